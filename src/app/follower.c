#include "app/follower.h"

const struct advice *follower_advice(
	const struct follower *follower, const struct controls *controls)
{
	return advisor_advice(follower->advisor, controls->session);
}

void follower_make(struct controls *controls, const struct trial *trial)
{
	struct all_settings settings = controls_settings(controls);
	char change[TRIAL_SETTINGS_MAX];
	trial_change(trial, &settings.config, change, sizeof(change));
	settings.config = trial_config(trial, &settings.config);
	controls_adopt(controls, &settings);
	if (trial->restart)
		session_restart(controls->session, controls->now);
	message_say(controls->messages, STYLE_NORMAL, "%s", change);
}

void follower_best(struct follower *follower, struct controls *controls)
{
	const struct advice *advice = follower_advice(follower, controls);
	advisor_leave(follower->advisor);
	follower->advised = advice ? advice_best(advice) : NULL;
	follower->active = follower->advised != NULL;
	if (follower->active)
		return;
	if (advice && advice_busy(advice))
		message_say(controls->messages, STYLE_NORMAL,
			"remedies are still being tried: press ! again when the line above names one");
	else
		message_say(controls->messages, STYLE_NORMAL,
			advice && advice_alone(advice) ? "no remedy that was tried helps"
										   : "no remedy has been tried on this run");
}

/* Reports it if this is not the remedy that the screen named. */
static void follow_confirmed(
	struct follower *follower, struct controls *controls, const struct trial *best)
{
	const struct config *config = experiment_config(controls->session->experiment);
	char named[TRIAL_SETTINGS_MAX], made[TRIAL_SETTINGS_MAX];
	trial_change(follower->advised, config, named, sizeof(named));
	trial_change(best, config, made, sizeof(made));
	follower_make(controls, best);
	if (best != follower->advised)
		message_say(controls->messages, STYLE_NORMAL,
			"with the present weights %s no longer helps; instead: %s", named, made);
}

/* A remedy that keeps the weights was tried some epochs ago, so it is tried again with the present
 * weights, and the run rests meanwhile. If that takes too long, the change is made all the same. */
static bool confirm_advice(
	struct follower *follower, struct controls *controls, const struct advice *advice)
{
	const struct trial *best;
	bool all_tried;
	switch (advisor_confirm(follower->advisor, controls->session, controls->now)) {
	case CONFIRM_MORE:
		return false;
	case CONFIRM_LATE:
		follower_make(controls, follower->advised);
		break;
	case CONFIRM_DONE:
		best = advice_best(advice);
		all_tried = advice_done(advice) == advice_count(advice);
		if (best && (all_tried || advice_mends(advice, best)))
			follow_confirmed(follower, controls, best);
		else
			message_say(controls->messages, STYLE_NORMAL,
				"with the present weights this no longer helps; "
				"other remedies are being tried");
		break;
	}
	follower->active = false;
	return true;
}

/* There is nothing to follow after another change, or when the trouble has ended. */
bool follower_work(struct follower *follower, struct controls *controls)
{
	const struct advice *advice = follower_advice(follower, controls);
	if (!advice || session_failed(controls->session)) {
		advisor_leave(follower->advisor);
		follower->active = false;
	} else if (session_at_rest(controls->session)) {
		return confirm_advice(follower, controls, advice);
	}
	return false;
}
