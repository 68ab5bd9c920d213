/* The run behind the screen: an experiment, the changes that keys ask of it, undo, and pace.
 *
 * Keys change the *wanted* settings. session_work() applies them together between two epochs and
 * pushes the state before the change on the undo stack. A change that restarts the run does not
 * wait for the end of a long epoch. Keys that step through values have half a second to settle:
 * each value is shown at once, but training waits, and a further step replaces the change, so
 * intermediate values have no effect. If a change fails, the notice says so and the wanted settings
 * return to those in force. Time is an argument, in seconds.
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "app/harm.h"
#include "app/journal.h"
#include "app/lap.h"
#include "app/pace.h"
#include "app/undo.h"

enum notice_kind { NOTICE_NONE, NOTICE_NEWS, NOTICE_WARNING, NOTICE_ERROR };

enum { NOTICE_TEXT = 600 };

/* A message for the user; the caller that shows it sets kind to NOTICE_NONE. */
struct notice {
	enum notice_kind kind;
	char text[NOTICE_TEXT];
};

struct session {
	struct experiment *experiment;
	struct config wanted;
	struct undo undo;
	struct undo_stack
		*undo_on_failure; /* its top is restored if the change in progress fails; NULL: no change */
	struct undo_state checkpoint; /* a recent state, in case training diverges */
	double checkpoint_due;
	int64_t checkpoint_at; /* epochs trained in all, and entries of the journal, at that moment */
	int checkpoint_position;
	struct journal journal;
	bool scripted; /* a script says when checkpoints are taken, instead of the clock */
	bool abandons; /* the next change is one that gives up the epoch that has begun */
	struct pace pace;
	double detail_due; /* when an epoch must yield its detail again */
	struct notice notice;
	int64_t left;              /* remaining epochs; 0: paused; negative: no end */
	bool over;                 /* paused because the run has ended */
	char told[NOTE_MAX];       /* the first note about the data that was shown */
	bool restart;              /* wanted: the same settings from epoch 0 */
	int undos;                 /* wanted: number of undos; negative: redos */
	double waiting_since;      /* when the oldest pending change was asked for */
	double settle_due;         /* no epoch begins before this moment */
	int stepped;               /* the last setting stepped by a key */
	bool steps;                /* the wanted change is a step by a key */
	bool unsettled;            /* the last change was a step, and no epoch has begun since */
	bool replaces;             /* the wanted change replaces that one */
	bool failed;               /* the experiment cannot continue; its error says why */
	bool busy;                 /* the experiment has work to do */
	bool hold;                 /* no epoch may begin, because the run is to be copied */
	bool hold_changes;         /* nor may a change be made, because it was asked for later */
	bool in_epoch;             /* an epoch has begun and is not complete */
	int64_t trained;           /* epochs in all that were begun and not given up */
	int64_t records;           /* number of records so far, previews left out */
	int id;                    /* of the experiment: 0 the first, 1, 2, ... those pinned */
	int changes;               /* number of changes made so far */
	int64_t changed_at;        /* `trained` at the last one that undo leads behind; -1: none */
	double loss_before;        /* it, before any epoch was trained; NaN: not to be told */
	bool change_diverged;      /* training diverged with nothing to go back to since it */
	double (*processor)(void); /* seconds of processor time so far; NULL: not measured */
	struct lap lap;            /* of the experiment */
	double epoch_seconds;      /* of processor time, of an epoch lately; 0: unknown */
	double busy_since;
	struct weights_save *save; /* weights being written; training and changes wait for it */
	char save_path[DATA_PATH_MAX];
};

struct session *session_new(const struct config *config, struct error *error);
void session_free(struct session *session);

/* Trains `epochs` more (negative: without end; 0: pauses after the present epoch). */
void session_run(struct session *session, int64_t epochs, double now);

void session_want(struct session *session, const struct config *wanted, double now);
/* The change just requested came from a key that steps through the values of this setting (an
 * index), so it has to settle. */
void session_settle(struct session *session, int setting, double now);

void session_restart(struct session *session, double now);
void session_undo(struct session *session, int count, double now); /* negative: redo */
void session_pace(struct session *session, double rate, double now);

/* Begins to write the weights of the present epoch; session_work() continues, and the notice
 * reports the result. False: error says why not. */
bool session_save_weights(
	struct session *session, const char *path, double now, struct error *error);

/* Keeps the present state for an undo in case training diverges. */
void session_keep(struct session *session);

/* Puts another experiment in the place of the present one, which is returned; both between epochs.
 * Undo still leads to the states before. */
struct experiment *session_exchange(struct session *session, struct experiment *experiment);

/* Progress of the present work, 0 to 1; negative if there is none. */
double session_progress(const struct session *session);

/* True if a requested change has not been applied yet. */
bool session_pending(const struct session *session);

/* True if the run can be copied: no work and no change is pending. */
bool session_at_rest(const struct session *session);

/* One slice; true if there is something new to see. */
bool session_work(struct session *session, double now);

/* Seconds until session_work() has something to do: 0: now; negative: never. */
double session_wait(const struct session *session, double now);

/* True if the experiment cannot continue and there was no earlier state to restore. */
bool session_failed(const struct session *session);
const char *session_error(const struct session *session); /* why, if it has failed */

#endif
