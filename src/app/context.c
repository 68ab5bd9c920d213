#include "app/context.h"

struct picture context_picture(const struct context *context)
{
	const struct advice *advice = follower_advice(context->follower, context->controls);
	struct picture picture = {
		.advice = advice ? advice_view(advice) : (struct advice_view){.count = 0},
		.view = &context->viewer->view,
		.epoch_seconds = context->session->epoch_seconds,
	};
	const struct experiment *experiment = context->session->experiment;
	int64_t shown = context->viewer->epoch;
	if (shown != EPOCH_PRESENT && experiment_frame(experiment, shown, &picture.frame)) {
		picture.advice.count = 0; /* trials are of the present */
		picture.frame.state = kept_view(context->kept, shown);
		twin_show(context->twin, context->session, shown, &picture);
		return picture;
	}
	experiment_frame(experiment, EPOCH_PRESENT, &picture.frame);
	picture.frame.state = prober_view(context->prober, experiment);
	twin_show(context->twin, context->session, EPOCH_PRESENT, &picture);
	return picture;
}
