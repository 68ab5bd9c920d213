/* A second run beside the one on the screen: pinned as it is, it trains on in step with the first
 * while that one is changed.
 *
 * The twin is a copy with the same seed, data and order of samples. After each epoch of the run it
 * trains one, too, and the run waits for it. Time is an argument, in seconds.
 */
#ifndef APP_TWIN_H
#define APP_TWIN_H

#include "app/messages.h"
#include "app/prober.h"
#include "app/session.h"
#include "ui/pane.h"

struct twin {
	struct experiment *experiment; /* NULL: there is none */
	struct prober prober;          /* makes views of it for panes that show them */
	bool asked;                    /* to be made from the run as soon as that can be copied */
	bool after_change;             /* but not before a change that was asked for earlier */
	bool swaps;                    /* to change places with the run */
	bool busy;
	struct lap lap;  /* of the experiment */
	int64_t goal;    /* the newest epoch of the run so far: it trains up to that one */
	int64_t records; /* of all twins so far, previews left out */
	int id, pins;    /* as session->id; number of twins so far */
	char name[160], run_name[160]; /* the settings in which they differ */
};

bool twin_start(struct twin *twin); /* false: not enough memory */
void twin_end(struct twin *twin);

/* Pins the run as it is now, instead of the present twin if there is one. */
void twin_pin(struct twin *twin, const struct session *session, struct messages *messages);
void twin_unpin(struct twin *twin, struct session *session, struct messages *messages);
/* The twin becomes the run that keys change, and the run its twin. */
void twin_swap(struct twin *twin, struct messages *messages);

/* At most one slice. True if there is something new to see. */
bool twin_work(struct twin *twin, struct session *session, struct messages *messages, double now);

/* True if nothing that was asked of the twin is left to do. */
bool twin_at_rest(const struct twin *twin, const struct session *session);

/* True if both runs rest and have their records: a script or a lesson can go on. */
bool runs_at_rest(const struct twin *twin, const struct session *session);

/* True if a change of the run must wait until it is pinned as it was before. */
bool twin_comes_first(const struct twin *twin, const struct session *session);

/* True if the run must pause between two epochs: it is to be copied, or is ahead of its twin. */
bool twin_wants_rest(const struct twin *twin, const struct session *session);

/* Seconds until twin_work() has something to do: 0: now; negative: not before the session has. */
double twin_wait(const struct twin *twin, const struct session *session, double now);

/* Adds the twin's frame of that epoch to a picture of the run, and names both. */
void twin_show(
	struct twin *twin, const struct session *session, int64_t epoch, struct picture *picture);

#endif
