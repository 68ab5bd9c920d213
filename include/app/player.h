/* Plays a script: carries out its lines in a session, each after its number of epochs.
 *
 * Between two lines the run trains as fast as its pace says; Space pauses the script, too. Whoever
 * changes the run ends the script and goes on from there. What is computed does not depend on pace,
 * screen or pauses.
 */
#ifndef APP_PLAYER_H
#define APP_PLAYER_H

#include "app/action.h"
#include "app/script.h"

struct player {
	const struct script *script; /* NULL: none is played, or it has ended */
	int next;                    /* line */
	struct error error;          /* why it ended before its last line */
};

/* At the start of a session. The script belongs to the caller and must outlive the player. */
void player_start(
	struct player *player, const struct script *script, const struct context *context);

/* Carries out what is due. True if there is something new to see. */
bool player_work(struct player *player, const struct context *context);

/* True if player_work() has something to do now. */
bool player_due(
	const struct player *player, const struct session *session, const struct twin *twin);

/* The session could not do what the newest line asked. */
void player_fail(struct player *player, const struct context *context, const char *cause);

/* Ends the script; the run rests, and is the user's. */
void player_end(struct player *player, const struct context *context, const char *why);

#endif
