/* Frames for tests: that of an experiment, and frames made by hand. */
#ifndef TESTS_FRAMES_H
#define TESTS_FRAMES_H

#include <assert.h>
#include <stdlib.h>

#include "lab/experiment.h"
#include "modelled.h"

static inline struct frame frame_of(const struct experiment *e)
{
	struct frame frame;
	experiment_frame(e, EPOCH_PRESENT, &frame);
	return frame;
}

static inline const struct history *history_of(const struct experiment *e)
{
	return frame_of(e).history.all;
}

/* A frame with the model that the settings describe; frame_drop() frees that model. */
static inline struct frame frame_by_hand(const struct record *record, const struct history *history,
	const struct config *settings, double baseline_loss)
{
	struct frame frame = {
		.record = record,
		.history = history_until(history, INT64_MAX),
		.settings = settings,
		.model = model_for_points(settings),
		.baseline_loss = baseline_loss,
	};
	assert(frame.model);
	return frame;
}

static inline void frame_drop(const struct frame *frame)
{
	free((void *)frame->model);
}

#endif
