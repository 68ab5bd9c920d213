/* Threads that share one piece of work.
 *
 * A team is the calling thread and threads that sleep until it calls. Waking them costs about ten
 * microseconds, so only work that takes much longer is worth sharing. If what a part computes does
 * not depend on the number of parts, results do not depend on the team.
 */
#ifndef NN_TEAM_H
#define NN_TEAM_H

enum { TEAM_MAX = 50 };

struct team;

/* Starts threads - 1 threads, which block all signals and call floating_point_setup(). 1 <= threads
 * <= TEAM_MAX. NULL if they cannot be started. */
struct team *team_new(int threads);
void team_free(struct team *team);      /* NULL: nothing */
int team_size(const struct team *team); /* of NULL: 1 */

/* Calls work(context, part, parts) for each part 0 .. parts - 1 in parallel, part 0 in the calling
 * thread; `parts` is the team's size. Returns when all are done. */
void team_share(struct team *team, void (*work)(void *context, int part, int parts), void *context);

#endif
