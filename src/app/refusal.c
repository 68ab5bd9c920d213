#include "app/refusal.h"

#include "app/tutor.h"

const char *refusal_reason(const struct context *context)
{
	return context->tutor->keeps_before ? "hidden by this lesson"
										: "hidden; :show setting, key or pane NAME shows it";
}

static bool refuse(
	const struct context *context, bool hidden, const char *name, struct error *error)
{
	if (!hidden || context->tutor->speaks || context->session->scripted)
		return false;
	error_set(error, STATUS_USAGE, "%s is %s", name, refusal_reason(context));
	return true;
}

bool refusal_of_setting(const struct context *context, int index, struct error *error)
{
	const struct hidden *hidden = &context->controls->screen.hidden;
	return refuse(context, hidden->setting[index], all_settings_name(index), error);
}

bool refusal_of_action(
	const struct context *context, int index, const char *name, struct error *error)
{
	return refuse(context, context->controls->screen.hidden.action[index], name, error);
}

bool refusal_of_pane(const struct context *context, int index, struct error *error)
{
	if (!context->controls->screen.hidden.pane[index])
		return false;
	error_set(error, STATUS_USAGE, "pane %s is %s", pane_at(index)->name, refusal_reason(context));
	return true;
}
