/* The next step of a run in slow motion, for tests of pane step. */
#ifndef TESTS_SLOW_H
#define TESTS_SLOW_H

#include "drawn.h"
#include "frames.h"
#include "probed.h"

/* Views of phases, in the order of src/ui/step_walk.c. */
enum {
	SUM,
	ACTIVATION,
	LOSS,
	DELTA,
	GRADIENT,
	UPDATE,
	GIVEN,
	GATES,
	CELL,
	STATE,
	MIXED,
	BACK_STATE,
	BACK_CELL,
	BACK_PLAIN,
	BACK_LSTM,
	BACK_GRU,
	OVER_TIME,
	PLACE,
	MAP,
	BACK_MAP,
	OVER_PLACES
};

/* A run with a picture of its next step. */
struct slow {
	struct experiment *e;
	struct probe *probe;
	struct view view;
	struct picture picture;
	const struct step_view *step;
	const struct net *net;
	const struct net_layer *layer;  /* layer 1 */
	const struct sample_time *time; /* of layer 1; NULL: it has none */
};

/* slow_end() frees the experiment, too. */
static inline void slow_begin(struct slow *slow, struct experiment *e, int sample)
{
	const struct probe_wish wish = {.weights = true, .step = true, .sample = sample};
	*slow = (struct slow){.e = e, .probe = probe_new()};
	slow->view = (struct view){.gradient = "rms", .layer = 1, .sample = sample};
	slow->picture = (struct picture){.frame = frame_of(e), .view = &slow->view};
	slow->picture.frame.state = probe_whole(slow->probe, e, wish);
	slow->step = slow->picture.frame.state->step;
	slow->net = slow->picture.frame.state->net;
	slow->layer = net_layer_of(slow->net, 1);
	slow->time = slow->step->layer[1].time;
}

static inline void slow_end(struct slow *slow)
{
	probe_free(slow->probe);
	experiment_free(slow->e);
}

/* The pane at a phase, with a row of the record selected. */
static inline char *slow_drawn(struct slow *slow, int phase, int row, int width, int height)
{
	slow->view.phase = phase;
	slow->view.layer = row;
	return drawn("step", &slow->picture, width, height, "ascii");
}

#endif
