/* Views of the run's state for the panes that are on the screen (lab/probe.h): when they are made.
 *
 * After each picture prober_want() says what its panes need. A new view is begun between two
 * epochs, at most a few times a second, and worked on in slices beside training. If no pane wants
 * anything, nothing is computed. Time is an argument, in seconds.
 */
#ifndef APP_PROBER_H
#define APP_PROBER_H

#include "lab/experiment.h"
#include "lab/probe.h"

struct prober {
	struct probe *probe;
	struct probe_wish wish;
	bool stale;                       /* the run has a record that no view was made after */
	bool refused;                     /* the network is too large to be copied */
	double due;                       /* the next view may begin then */
	const struct experiment *subject; /* the experiment the view is of */
};

bool prober_start(struct prober *prober); /* false: not enough memory */
void prober_end(struct prober *prober);

/* What the panes of the newest picture need. */
void prober_want(struct prober *prober, struct probe_wish wish);

/* The run has a new record, or its settings have changed. */
void prober_note_record(struct prober *prober);

/* At most one slice. True if a new view is there to be drawn. */
bool prober_work(struct prober *prober, const struct experiment *experiment, double now);

/* True if the run must pause between two epochs so that its state can be copied. */
bool prober_wants_rest(const struct prober *prober, double now);

/* Seconds until prober_work() has something to do: 0: now; negative: not before the run has. */
double prober_wait(const struct prober *prober, const struct experiment *experiment, double now);

/* The newest view, if it is of this experiment; else NULL. */
const struct state_view *prober_view(
	const struct prober *prober, const struct experiment *experiment);

/* Forgets all views; needed before an experiment is freed whose place no other takes at once. */
void prober_forget(struct prober *prober);

#endif
