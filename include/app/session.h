/* The run behind the screen: an experiment, the changes that keys ask of it, undo, and pace.
 *
 * Keys change the *wanted* settings; session_work() applies them together at the next moment
 * between two epochs, pushing the state of before on the undo stack. What starts anew anyway
 * does not wait for the end of a long epoch. Keys that step through values are given half a second
 * to settle: each shows its preview at once, but training waits, and a further step replaces the
 * change, so that values only passed by leave nothing behind. A change that fails is reported in
 * the notice and the wanted settings return to those in force. Time is an argument, in seconds.
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "app/pace.h"
#include "app/undo.h"

enum notice_kind { NOTICE_NONE, NOTICE_NEWS, NOTICE_ERROR };

/* Something to tell the person; whoever has shown it sets kind to NOTICE_NONE. */
struct notice {
	enum notice_kind kind;
	char text[600];
};

struct session {
	struct experiment *experiment;
	struct config wanted;
	struct undo undo;
	struct undo_stack
		*undo_on_failure;         /* holds the state before the change at work; NULL: none is */
	struct undo_state checkpoint; /* of a moment ago, for a run that diverges */
	double checkpoint_due;
	struct pace pace;
	double detail_due; /* when an epoch is to yield more than its record again */
	struct notice notice;
	int64_t left;         /* epochs to go: 0 paused, negative without end */
	bool over;            /* paused because the run had come to its end */
	char told[NOTE_MAX];  /* the first note about the data, when it was shown */
	bool restart;         /* wanted: the same settings from epoch 0 */
	int undos;            /* wanted: so many undos; negative: redos */
	double waiting_since; /* when the oldest pending change was asked for */
	double settle_due;    /* no epoch begins before this moment */
	int stepped;          /* setting that a key has stepped last */
	bool steps;           /* wanted: by such a key */
	bool unsettled;       /* the newest change was, and no epoch has begun since */
	bool replaces;        /* wanted: in the place of that change */
	bool failed;          /* the experiment cannot go on; its error says why */
	bool busy;            /* the experiment has work in hand */
	bool hold;            /* no epoch is begun: somebody wants to copy the run as it is */
	int changes;          /* that were made: with each the run is another one */
	double busy_since;
	struct weights_save *save; /* weights being written; training and changes wait for it */
	char save_path[DATA_PATH_MAX];
};

struct session *session_new(const struct config *config, struct error *error);
void session_free(struct session *session);

/* Trains `epochs` more (negative: until told otherwise, 0: pauses after the epoch in hand). */
void session_run(struct session *session, int64_t epochs, double now);

void session_want(struct session *session, const struct config *wanted, double now);
/* What has just been wanted came from a key that steps through the values of a setting (its index):
 * it is to settle. */
void session_settle(struct session *session, int setting, double now);

void session_restart(struct session *session, double now);
void session_undo(struct session *session, int count, double now); /* negative: forward again */
void session_pace(struct session *session, double rate, double now);

/* Begins to write the weights of the present epoch; session_work() goes on, and the notice says
 * how it ended. False: error says why not. */
bool session_save_weights(
	struct session *session, const char *path, double now, struct error *error);

/* 0..1 of the work in hand; negative if there is none. */
double session_progress(const struct session *session);

/* True if something asked for has not been applied yet. */
bool session_pending(const struct session *session);

/* A moment at which the run can be copied: nothing is at work or asked for. */
bool session_at_rest(const struct session *session);

/* One slice; true if there is something new to see. */
bool session_work(struct session *session, double now);

/* Seconds until session_work() has something to do: 0 now, negative never. */
double session_wait(const struct session *session, double now);

/* True if the experiment cannot go on and there was no state before it to go back to. */
bool session_failed(const struct session *session);
const char *session_error(const struct session *session); /* why, if it has failed */

#endif
