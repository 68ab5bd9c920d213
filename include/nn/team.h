/* Threads that share one piece of work.
 *
 * A team is the thread that calls and others that sleep until it does. Nobody spins: a call costs
 * some ten microseconds, so only work that takes many times longer is worth sharing. What the
 * parts compute must not depend on how many there are; then a result does not depend on the team.
 */
#ifndef NN_TEAM_H
#define NN_TEAM_H

enum { TEAM_MAX = 50 };

struct team;

/* Starts threads - 1 threads, which take no signals; floating_point_setup() is called in each.
 * NULL if they cannot be had. 1 <= threads <= TEAM_MAX. */
struct team *team_new(int threads);
void team_free(struct team *team);      /* NULL: nothing */
int team_size(const struct team *team); /* of NULL: 1 */

/* work(context, part, parts) once for each part of 0 .. parts - 1, at once, part 0 in the calling
 * thread; parts is the team's size. Returns when all are done. */
void team_share(struct team *team, void (*work)(void *context, int part, int parts), void *context);

#endif
