/* Advice for the run on the screen: when remedies are tried, and how little of a core that takes.
 *
 * Whoever owns the session calls advisor_work() after session_work(). While the run is in trouble
 * a round of trials (lab/advice.h) works in slices, resting at least nine times as long as a slice
 * took, and much longer where others want the processor or nobody waits. Any change of the run
 * begins anew. Trials never change the run. Time is an argument, in seconds.
 */
#ifndef APP_ADVISOR_H
#define APP_ADVISOR_H

#include "app/session.h"
#include "lab/advice.h"

struct advisor {
	struct advice *advice;
	int changes;               /* of the session, when last seen, */
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

/* True if the run is to be copied at the next moment between two epochs. */
bool advisor_wants_rest(const struct advisor *advisor, enum advice_extent extent, double now);

/* One slice of trying the best remedy once more, on the weights of now; meanwhile the session is
 * left at rest. LATE: it takes longer than a key may. */
enum confirmation { CONFIRM_MORE, CONFIRM_DONE, CONFIRM_LATE };

enum confirmation advisor_confirm(
	struct advisor *advisor, const struct session *session, double now);

/* Gives up a confirmation. */
void advisor_leave(struct advisor *advisor);

/* As app_took(): on a crowded machine the rests are much longer. */
void advisor_took(struct advisor *advisor, double seconds, double processor_seconds);

/* Seconds until advisor_work() has something to do: 0 now, negative not before the session has. */
double advisor_wait(const struct advisor *advisor, const struct session *session,
	enum advice_extent extent, double now);

/* The trials of the run as it is; NULL while it is not in trouble, or a change is on its way. */
const struct advice *advisor_advice(const struct advisor *advisor, const struct session *session);

#endif
