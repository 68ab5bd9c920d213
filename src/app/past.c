#include "app/past.h"

#include <stdio.h>

int64_t past_shown(const struct context *context)
{
	return context->viewer->epoch;
}

int64_t past_of(const struct context *context)
{
	bool past = past_shown(context) != EPOCH_PRESENT;
	return past ? experiment_epoch(context->session->experiment) : 0;
}

static struct history_view records_of(const struct context *context)
{
	struct frame present;
	experiment_frame(context->session->experiment, EPOCH_PRESENT, &present);
	return present.history;
}

static bool can_show(const struct context *context, const struct record *record)
{
	struct frame frame;
	return record->layers > 0 &&
		experiment_frame(context->session->experiment, record->epoch, &frame);
}

/* What is not there of the shown epoch. */
static const char *missing(const struct context *context, bool details)
{
	bool state = kept_has(context->kept, context->session->experiment, past_shown(context));
	if (state)
		return details ? "" : ", its units are not kept";
	return details ? ", its weights are not kept" : ", its units and weights are not kept";
}

/* `asked`: the epoch that should have been shown. */
static void say(const struct context *context, int64_t asked, bool details)
{
	const struct experiment *experiment = context->session->experiment;
	char other[80] = "";
	if (asked != past_shown(context))
		snprintf(other, sizeof(other), ": %lld is not kept", (long long)asked);
	if (past_shown(context) == EPOCH_PRESENT)
		message_say(context->messages, STYLE_NORMAL, "the present epoch: the screen follows");
	else
		message_say(context->messages, STYLE_NORMAL,
			"epoch %lld of %lld%s · , earlier  ; later  F the present",
			(long long)past_shown(context), (long long)experiment_epoch(experiment),
			other[0] ? other : missing(context, details));
}

static void show(const struct context *context, int64_t asked, int64_t epoch, int64_t newest)
{
	struct frame frame;
	bool details = true;
	context->viewer->epoch = epoch == newest ? EPOCH_PRESENT : epoch;
	if (experiment_frame(context->session->experiment, epoch, &frame))
		details = frame.detail != NULL;
	say(context, asked, details);
}

void past_step(const struct context *context, int direction)
{
	struct history_view records = records_of(context);
	int64_t from = past_shown(context);
	int newest = records.count - 1, at = newest;
	while (from != EPOCH_PRESENT && at > 0 && history_at(records.all, at)->epoch > from)
		at--;
	if (newest >= 0 && (from != EPOCH_PRESENT || direction < 0))
		for (at += direction; at >= 0 && at <= newest; at += direction)
			if (can_show(context, history_at(records.all, at))) {
				int64_t epoch = history_at(records.all, at)->epoch;
				show(context, epoch, epoch, history_at(records.all, newest)->epoch);
				return;
			}
	message_say_once(
		context->messages, direction < 0 ? "no earlier epoch is kept" : "this is the newest epoch");
}

bool past_go(const struct context *context, int64_t epoch)
{
	struct history_view records = records_of(context);
	for (int at = records.count - 1; at >= 0; at--) {
		const struct record *record = history_at(records.all, at);
		if (record->epoch > epoch || !can_show(context, record))
			continue;
		show(context, epoch, record->epoch, history_at(records.all, records.count - 1)->epoch);
		return true;
	}
	return false;
}

void past_leave(const struct context *context)
{
	if (past_shown(context) == EPOCH_PRESENT)
		message_say_once(context->messages, "the screen follows the run already");
	else
		message_say(context->messages, STYLE_NORMAL, "the present epoch: the screen follows");
	context->viewer->epoch = EPOCH_PRESENT;
}

static bool still_shows(const struct context *context, int64_t epoch)
{
	struct frame frame;
	return experiment_frame(context->session->experiment, epoch, &frame) && frame.record &&
		frame.record->layers > 0;
}

/* A later epoch could be nearer, but the history may thin that one out next. */
bool past_check(const struct context *context)
{
	int64_t epoch = past_shown(context);
	if (epoch != EPOCH_PRESENT && session_pending(context->session)) {
		context->viewer->epoch = EPOCH_PRESENT; /* a change is seen where it happens */
		return true;
	}
	if (epoch == EPOCH_PRESENT || still_shows(context, epoch))
		return false;
	if (past_go(context, epoch))
		return true;
	context->viewer->epoch = EPOCH_PRESENT;
	message_say(context->messages, STYLE_NORMAL,
		"epoch %lld is not kept any more: the screen shows the present", (long long)epoch);
	return true;
}
