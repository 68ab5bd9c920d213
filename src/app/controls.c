#include "app/controls.h"

#include "lab/models.h"
#include "nn/bounds.h"
#include "ui/glyphs.h"
#include <stdio.h>
#include <string.h>

struct all_settings controls_settings(const struct controls *controls)
{
	struct all_settings settings;
	settings.config = controls->session->wanted;
	settings.screen = controls->screen;
	return settings;
}

bool controls_command_line(const struct controls *controls, char out[COMMAND_LINE_MAX])
{
	const struct all_settings settings = controls_settings(controls);
	return all_settings_command_line(&settings, &controls->standard, out);
}

int controls_rows(const struct controls *controls)
{
	struct frame frame;
	int layers = controls->session->wanted.depth + 1;
	experiment_frame(controls->session->experiment, EPOCH_PRESENT, &frame);
	return frame.record && frame.record->layers == layers ? frame.record->rows : layers;
}

void controls_clamp_row(struct controls *controls)
{
	controls->view->layer = min_int(controls->view->layer, controls_rows(controls));
}

void controls_adopt(struct controls *controls, const struct all_settings *settings)
{
	bool paced = strcmp(controls->screen.pace, settings->screen.pace) != 0;
	controls->screen = settings->screen;
	screen_settings_view(&controls->screen, controls->view);
	if (paced)
		session_pace(controls->session, pace_rate(controls->screen.pace), controls->now);
	session_want(controls->session, &settings->config, controls->now);
	controls_clamp_row(controls);
}

/* True for settings of the hidden layers, which a network may not have. */
static bool is_of_hidden_layers(int index)
{
	static const char *const names[] = {"activation", "norm", "skip"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(all_settings_name(index), names[i]) == 0)
			return true;
	return false;
}

static const char *cost_of(enum effect effect)
{
	static const char *const cost[] = {
		[EFFECT_NOTHING] = "does not touch the network",
		[EFFECT_LIVE] = "keeps the weights",
		[EFFECT_RESET] = "keeps the weights, resets the optimizer",
		[EFFECT_GROW] = "keeps the weights of all other layers",
		[EFFECT_DATA] = "keeps the weights if they fit",
		[EFFECT_REBUILD] = "restarts with new weights",
	};
	return cost[effect];
}

const char *controls_cost(int index)
{
	return cost_of(all_settings_row(index)->effect);
}

enum { FOLLOWED_MAX = 160 };

/* ", with data echo, depth 1": what else has changed with the setting in row `index`. */
static void name_followed(const struct all_settings *before, const struct all_settings *after,
	int index, char out[FOLLOWED_MAX])
{
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < config_table.count && used < FOLLOWED_MAX; i++) {
		char value[SETTING_VALUE_MAX];
		if (i == index || all_settings_equal(before, after, i))
			continue;
		all_settings_format(after, i, value);
		if (value[0]) /* emptied: columns of other data */
			used += (size_t)snprintf(out + used, FOLLOWED_MAX - used, "%s%s %s",
				used ? ", " : ", with ", all_settings_name(i), value);
	}
}

static void say_setting(struct controls *controls, const struct all_settings *before, int index)
{
	char value[SETTING_VALUE_MAX], followed[FOLLOWED_MAX];
	struct all_settings settings = controls_settings(controls);
	all_settings_describe(&settings, index, value);
	name_followed(before, &settings, index, followed);
	enum effect effect = config_effect(&before->config, &settings.config);
	if (followed[0]) {
		message_say(controls->messages, STYLE_NORMAL, "%s %.60s%s (%s)", all_settings_name(index),
			value, followed, cost_of(effect));
		return;
	}
	if (!all_settings_is_screen(index) && experiment_diverged(controls->session->experiment) &&
		all_settings_row(index)->effect < EFFECT_REBUILD) {
		message_say(controls->messages, STYLE_WARNING,
			"%s %.200s: takes effect at the restart: "
			"the run has diverged (r restarts, u goes back)",
			all_settings_name(index), value);
		return;
	}
	if (model_lacks(&settings.config, all_settings_name(index)))
		message_say(controls->messages, STYLE_NORMAL,
			"%s %.200s (nothing changes: model=%s has none)", all_settings_name(index), value,
			settings.config.model);
	else if (is_of_hidden_layers(index) && settings.config.depth == 0)
		message_say(controls->messages, STYLE_NORMAL,
			"%s %.200s (nothing changes: there is no hidden layer; d adds one)",
			all_settings_name(index), value);
	else if (all_settings_row(index)->effect > EFFECT_LIVE)
		message_say(controls->messages, STYLE_NORMAL, "%s %.200s (%s)", all_settings_name(index),
			value, controls_cost(index));
	else
		message_say(controls->messages, STYLE_NORMAL, "%s %.200s", all_settings_name(index), value);
}

/* The table of glyph sets is sorted from the richest to the plainest. */
static bool glyphs_drawable(const struct controls *controls, const char *name)
{
	return glyphs_find(name) >= glyphs_find(controls->richest_glyphs);
}

void controls_step(struct controls *controls, int index, int direction)
{
	const struct all_settings before = controls_settings(controls);
	struct all_settings settings = before;
	if (!all_settings_step(&settings, index, direction)) {
		char value[SETTING_VALUE_MAX];
		all_settings_describe(&settings, index, value);
		message_say(controls->messages, STYLE_NORMAL, "%s is at its limit (%.200s)",
			all_settings_name(index), value);
		return;
	}
	/* Skips glyph sets that are richer than the terminal can show; one that was asked for by name
	 * stays while another setting is stepped. */
	while (!glyphs_drawable(controls, settings.screen.glyphs) &&
		strcmp(all_settings_name(index), "glyphs") == 0)
		all_settings_step(&settings, index, direction);
	controls_adopt(controls, &settings);
	if (!all_settings_is_screen(index))
		session_settle(controls->session, index, controls->now);
	say_setting(controls, &before, index);
}

bool controls_assign(
	struct controls *controls, const char *name, const char *value, struct error *error)
{
	const struct all_settings before = controls_settings(controls);
	struct all_settings settings = before;
	if (!all_settings_assign(&settings, name, value, error))
		return false;
	controls_adopt(controls, &settings);
	say_setting(controls, &before, all_settings_find(name, NULL));
	return true;
}
