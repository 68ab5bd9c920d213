/* Advice for the run on the screen: when remedies are tried, and with how much of a core.
 *
 * The owner of the session calls advisor_work() after session_work(). While the run is in trouble,
 * a round of trials (lab/advice.h) works in slices. After a slice it rests at least nine times as
 * long as the slice took, and much longer if other programs need the processor or nobody waits for
 * advice. Any change of the run starts a new round. Trials never change the run. Time is an
 * argument, in seconds.
 */
#ifndef APP_ADVISOR_H
#define APP_ADVISOR_H

#include "app/session.h"
#include "lab/advice.h"

struct advisor {
	struct advice *advice;
	int changes;               /* the session's count when it was last looked at */
	int64_t epoch;             /* the run's epoch then */
	bool asked;                /* the run is in trouble, and trials are wanted */
	enum advice_extent extent; /* of the present round */
	int64_t round_due;         /* epoch from which another round is useful */
	bool measuring;            /* a slice is done; the next call measures how long it took */
	double slice_start, due;   /* the next slice starts at `due` */
	bool confirming;           /* the best remedy is tried with the present weights */
	double confirm_end;        /* latest end of that */
	double took, processor;    /* recent seconds of wall time and of CPU time */
};

struct advisor *advisor_new(void); /* NULL without memory */
void advisor_free(struct advisor *advisor);

/* At most one slice; `wanted`: the person wants trials. True if there is something new to see. */
bool advisor_work(struct advisor *advisor, const struct session *session, bool wanted,
	enum advice_extent extent, double now);

/* True if the session must pause between two epochs so that the run can be copied. */
bool advisor_wants_rest(const struct advisor *advisor, enum advice_extent extent, double now);

/* One slice of trying the best remedy again with the present weights; meanwhile the session must
 * rest. LATE: the time limit of a key is over. */
enum confirmation { CONFIRM_MORE, CONFIRM_DONE, CONFIRM_LATE };

enum confirmation advisor_confirm(
	struct advisor *advisor, const struct session *session, double now);

/* Abandons the confirmation. */
void advisor_leave(struct advisor *advisor);

/* As app_took(): on a busy machine the rests are much longer. */
void advisor_took(struct advisor *advisor, double seconds, double processor_seconds);

/* Seconds until advisor_work() has something to do: 0: now; negative: not before the session
 * has. */
double advisor_wait(const struct advisor *advisor, const struct session *session,
	enum advice_extent extent, double now);

/* The trials of the present run; NULL if it is not in trouble, or a change is pending. */
const struct advice *advisor_advice(const struct advisor *advisor, const struct session *session);

#endif
