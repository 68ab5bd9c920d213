/* Advice for the run on the screen: when remedies are tried, and how little of a core that takes.
 *
 * Whoever owns the session calls advisor_work() after session_work(). While the run is in trouble
 * a round of trials (lab/advice.h) works in slices, resting nine times as long as a slice took;
 * other settings, or an earlier epoch, begin anew. Trials never change the run. Time is an
 * argument, in seconds.
 */
#ifndef APP_ADVISOR_H
#define APP_ADVISOR_H

#include "app/session.h"
#include "lab/advice.h"

struct advisor {
	struct advice *advice;
	struct config config;      /* in force when last seen, */
	int64_t epoch;             /* and the epoch of the run */
	bool asked;                /* the run is in trouble, and trials are wanted */
	enum advice_extent extent; /* of the round at work or done */
	int64_t round_due;         /* epoch from which another round is of use */
	bool measuring;            /* a slice has been worked; the next call tells how long it took */
	double slice_start, due;   /* no slice before `due` */
	bool confirming;           /* the best trial is tried on the weights of now, */
	double confirm_end;        /* until then at most */
	double took, processor;    /* seconds lately, on the clock and on the processor */
};

struct advisor *advisor_new(void); /* NULL without memory */
void advisor_free(struct advisor *advisor);

/* At most one slice; `wanted`: the person wants trials. True if there is something new to see. */
bool advisor_work(struct advisor *advisor, const struct session *session, bool wanted,
	enum advice_extent extent, double now);

/* One slice of trying the best remedy once more, on the weights of now; meanwhile the session is
 * left at rest. True when that is known, or has taken too long. */
bool advisor_confirm(struct advisor *advisor, const struct session *session, double now);

/* As app_took(): on a crowded machine the rests are much longer. */
void advisor_took(struct advisor *advisor, double seconds, double processor_seconds);

/* Seconds until advisor_work() has something to do: 0 now, negative not before the session has. */
double advisor_wait(const struct advisor *advisor, const struct session *session,
	enum advice_extent extent, double now);

/* The trials of the run as it is; NULL while it is not in trouble, or a change is on its way. */
const struct advice *advisor_advice(const struct advisor *advisor, const struct session *session);

#endif
