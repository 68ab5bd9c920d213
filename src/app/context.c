#include "app/context.h"

struct picture context_picture(const struct context *context)
{
	const struct advice *advice = follower_advice(context->follower, context->controls);
	struct picture picture = {
		.advice = advice ? advice_view(advice) : (struct advice_view){.count = 0},
		.view = &context->viewer->view,
	};
	experiment_frame(context->session->experiment, EPOCH_PRESENT, &picture.frame);
	picture.frame.state = prober_view(context->prober, context->session);
	return picture;
}
