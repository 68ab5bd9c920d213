/* Networks of past epochs, so that panes can look at their weights, answers and steps again.
 *
 * After every k-th epoch the run's state is kept beside it, k a power of 2 that doubles when their
 * number or memory is used up. A view of a past epoch is made on a copy of its state; where none
 * is kept only records are left. Time is an argument, in seconds.
 */
#ifndef APP_KEPT_H
#define APP_KEPT_H

#include "app/prober.h"

enum { KEPT_STATES = 48 };

struct kept {
	struct snapshot *state[KEPT_STATES]; /* in any order */
	int count;
	int64_t gap;               /* epochs from one to the next */
	struct experiment *branch; /* of the state that is looked at; NULL: none is */
	int64_t epoch;             /* of it */
	struct prober prober;      /* makes views of the branch */
};

bool kept_start(struct kept *kept); /* false: not enough memory */
void kept_end(struct kept *kept);

/* The run has a new record: keeps its state if its epoch is one of those. */
void kept_note(struct kept *kept, const struct experiment *run);

/* True if the state of this epoch of the run is kept. */
bool kept_has(const struct kept *kept, const struct experiment *run, int64_t epoch);

/* At most one slice of a view of this epoch; EPOCH_PRESENT: none is looked at. True if a new view
 * is there to be drawn. */
bool kept_work(struct kept *kept, const struct experiment *run, int64_t epoch, double now);

/* Seconds until kept_work() has something to do for this epoch: 0: now; negative: nothing. */
double kept_wait(const struct kept *kept, int64_t epoch, double now);

/* The newest view of this epoch; NULL: there is none yet, or its state is not kept. */
const struct state_view *kept_view(const struct kept *kept, int64_t epoch);

#endif
