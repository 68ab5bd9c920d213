#include "app/motion.h"

static const double period = 1.5; /* seconds for each phase */

static bool go(const struct context *context, int by)
{
	const struct picture picture = context_picture(context);
	return pane_at(context->viewer->focus)->across(&picture, by, &context->viewer->view);
}

void motion_hold(const struct context *context)
{
	struct session *session = context->session;
	if (!pane_at(context->viewer->focus)->plays || session->left == 0)
		return;
	session_run(session, 0, context->now);
	message_say(context->messages, STYLE_NORMAL,
		"paused, so that all phases are those of one network; Space goes on");
}

void motion_toggle(const struct context *context)
{
	struct viewer *viewer = context->viewer;
	viewer->playing = !viewer->playing;
	message_say(context->messages, STYLE_NORMAL,
		viewer->playing ? "goes on by itself; Enter stops" : "stopped; Enter goes on");
	if (!viewer->playing)
		return;
	motion_hold(context);
	viewer->play_due = context->now + period;
	if (!go(context, 1))
		while (go(context, -1))
			;
}

bool motion_work(const struct context *context)
{
	struct viewer *viewer = context->viewer;
	if (!viewer->playing)
		return false;
	if (!pane_at(viewer->focus)->plays || viewer->overlay != OVERLAY_NONE) {
		viewer->playing = false;
		return false;
	}
	if (context->now < viewer->play_due)
		return false;
	viewer->play_due = context->now + period;
	viewer->playing = go(context, 1);
	return true;
}

double motion_wait(const struct viewer *viewer, double now)
{
	double wait = viewer->play_due - now;
	return !viewer->playing ? -1 : wait > 0 ? wait : 0;
}
