#include "app/action.h"

#include "app/all_settings.h"
#include "app/past.h"
#include "app/motion.h"
#include "app/refusal.h"
#include "app/tutor.h"
#include "app/window.h"
#include "ui/key.h"
#include "ui/layout.h"
#include "ui/pane.h"
#include "lab/embedded.h"
#include "nn/bounds.h"
#include <stdio.h>
#include <string.h>

static enum app_state run_or_pause(const struct context *context)
{
	struct session *session = context->session;
	session_run(session, session->left == 0 ? -1 : 0, context->now);
	return APP_RUN;
}

static enum app_state run_one(const struct context *context)
{
	session_run(context->session, 1, context->now);
	return APP_RUN;
}

static enum app_state run_ten(const struct context *context)
{
	session_run(context->session, 10, context->now);
	return APP_RUN;
}

static enum app_state restart(const struct context *context)
{
	session_restart(context->session, context->now);
	message_say(context->messages, STYLE_NORMAL, "restart with the same seed");
	return APP_RUN;
}

static enum app_state new_seed(const struct context *context)
{
	struct all_settings settings = controls_settings(context->controls);
	settings.config.seed = settings.config.seed < 2000000000 ? settings.config.seed + 1 : 0;
	controls_adopt(context->controls, &settings);
	message_say(context->messages, STYLE_NORMAL, "seed %d", settings.config.seed);
	return APP_RUN;
}

static void change_pace(const struct context *context, int direction)
{
	struct all_settings settings = controls_settings(context->controls);
	const char *before = settings.screen.pace;
	settings.screen.pace = pace_step(before, direction);
	if (strcmp(settings.screen.pace, before) == 0)
		message_say_once(
			context->messages, "pace %s is the %s", before, direction > 0 ? "fastest" : "slowest");
	else
		message_say(context->messages, STYLE_NORMAL, "pace %s", settings.screen.pace);
	controls_adopt(context->controls, &settings);
}

static enum app_state faster(const struct context *context)
{
	change_pace(context, 1);
	return APP_RUN;
}

static enum app_state slower(const struct context *context)
{
	change_pace(context, -1);
	return APP_RUN;
}

static enum app_state undo(const struct context *context)
{
	session_undo(context->session, 1, context->now);
	return APP_RUN;
}

static enum app_state redo(const struct context *context)
{
	session_undo(context->session, -1, context->now);
	return APP_RUN;
}

static enum app_state earlier(const struct context *context)
{
	past_step(context, -1);
	return APP_RUN;
}

static enum app_state later(const struct context *context)
{
	past_step(context, 1);
	return APP_RUN;
}

static enum app_state follow_run(const struct context *context)
{
	past_leave(context);
	return APP_RUN;
}

static enum app_state pin(const struct context *context)
{
	twin_pin(context->twin, context->session, context->messages);
	return APP_RUN;
}

static enum app_state swap(const struct context *context)
{
	twin_swap(context->twin, context->messages);
	return APP_RUN;
}

static enum app_state unpin(const struct context *context)
{
	twin_unpin(context->twin, context->session, context->messages);
	return APP_RUN;
}

static enum app_state follow_advice(const struct context *context)
{
	follower_best(context->follower, context->controls);
	return APP_RUN;
}

static void focus_on(const struct context *context, int index)
{
	struct error hidden;
	if (refusal_of_pane(context, index, &hidden)) {
		message_say(context->messages, STYLE_NORMAL, "%s", hidden.text);
		return;
	}
	if (context->viewer->overlay == OVERLAY_MENU && window_beside(context->viewer) == 0)
		message_say(context->messages, STYLE_NORMAL, "pane %s has the focus; q closes the menu",
			pane_at(index)->name);
	else if (index == context->viewer->focus)
		message_say_once(context->messages, "pane %d has the focus already", index + 1);
	context->viewer->focus = index;
}

static enum app_state focus_number(const struct context *context)
{
	int index = context->key - '1';
	if (index >= 0 && index < pane_count())
		focus_on(context, index);
	else
		message_say_once(
			context->messages, "there is no pane %d; there are %d", index + 1, pane_count());
	return APP_RUN;
}

/* The next pane that is in sight, in this direction. */
static enum app_state focus_step(const struct context *context, int direction)
{
	const struct hidden *hidden = &context->controls->screen.hidden;
	int index = context->viewer->focus, panes = pane_count();
	do
		index = (index + panes + direction) % panes;
	while (hidden->pane[index] && index != context->viewer->focus);
	focus_on(context, index);
	return APP_RUN;
}

static enum app_state focus_next(const struct context *context)
{
	return focus_step(context, 1);
}

static enum app_state focus_previous(const struct context *context)
{
	return focus_step(context, -1);
}

/* Enter in a pane that lists remedies applies the chosen one. */
static void choose(const struct context *context)
{
	const struct advice *advice = follower_advice(context->follower, context->controls);
	const struct trial *trial = advice ? advice_at(advice, context->viewer->view.choice) : NULL;
	if (trial)
		follower_make(context->controls, trial);
}

static enum app_state zoom(const struct context *context)
{
	char text[80];
	struct error hidden;
	if (context->viewer->overlay == OVERLAY_MENU && context->key == KEYCODE_ENTER) {
		if (refusal_of_setting(context, context->viewer->menu_row, &hidden)) {
			message_say(context->messages, STYLE_NORMAL, "%s", hidden.text);
			return APP_RUN;
		}
		snprintf(text, sizeof(text), "set %s ", all_settings_name(context->viewer->menu_row));
		prompt_open(context->prompt, text);
	} else if (context->viewer->overlay == OVERLAY_LESSONS) {
		const struct embedded *lesson = &embedded_lessons[context->viewer->lesson_row];
		snprintf(context->tutor->wanted, sizeof(context->tutor->wanted), "%s", lesson->name);
		context->viewer->overlay = OVERLAY_NONE;
	} else if (context->viewer->overlay != OVERLAY_HELP) {
		const struct pane *pane = pane_at(context->viewer->focus);
		if (context->key == KEYCODE_ENTER && pane->choices)
			choose(context);
		else if (context->key == KEYCODE_ENTER && pane->plays)
			motion_toggle(context);
		else
			context->viewer->zoomed = !context->viewer->zoomed;
	} else {
		message_say_once(context->messages, "nothing to zoom here; q closes the help");
	}
	return APP_RUN;
}

static enum app_state next_sample(const struct context *context)
{
	const struct picture picture = context_picture(context);
	const struct state_view *state = picture.frame.state;
	struct view *view = &context->viewer->view;
	if (!state || !state->step) {
		message_say_once(context->messages, "samples go through pane step, at the present epoch");
		return APP_RUN;
	}
	view->sample = (state->step->sample + 1) % state->step->samples;
	message_say(context->messages, STYLE_NORMAL, "sample %d of the %d of the next minibatch",
		view->sample + 1, state->step->samples);
	return APP_RUN;
}

static enum app_state layout_next(const struct context *context)
{
	controls_step(context->controls, all_settings_find("layout", NULL), 1);
	return APP_RUN;
}

static enum app_state layout_default(const struct context *context)
{
	struct all_settings settings = controls_settings(context->controls);
	if (strcmp(settings.screen.layout, layout_name(0)) == 0 && !context->viewer->zoomed)
		message_say_once(context->messages, "this is the default layout already");
	settings.screen.layout = layout_name(0);
	controls_adopt(context->controls, &settings);
	context->viewer->zoomed = false;
	return APP_RUN;
}

/* Units of the selected layer, whose number it gives; 1 where they are not known. */
static int units_selectable(const struct context *context, int *number)
{
	const struct picture picture = context_picture(context);
	*number = layer_selected(&picture, picture.frame.model->layers);
	const struct layer_model *layer = model_layer(picture.frame.model, *number);
	return layer && layer->units > 1 ? layer->units : 1;
}

static enum app_state select_unit(const struct context *context, int direction)
{
	struct view *view = &context->viewer->view;
	int layer, units = units_selectable(context, &layer), before = min_int(view->unit, units);
	view_choose_unit(view, clamp_int(before + direction, 0, units));
	if (view->unit == 0 && before == 0)
		message_say_once(context->messages, "no unit is selected; ) selects the first");
	else if (view->unit == 0)
		message_say(context->messages, STYLE_NORMAL, "no unit is selected");
	else if (view->unit == before)
		message_say_once(context->messages, "unit %d is the last of layer %d", units, layer);
	else
		message_say(context->messages, STYLE_NORMAL, "unit %d of layer %d", view->unit, layer);
	return APP_RUN;
}

static enum app_state next_unit(const struct context *context)
{
	return select_unit(context, 1);
}

static enum app_state previous_unit(const struct context *context)
{
	return select_unit(context, -1);
}

static enum app_state export_all(const struct context *context)
{
	struct error error;
	if (!exporter_ask(context->exporter, "", &error))
		message_say(context->messages, STYLE_NORMAL, "%s", error.text);
	return APP_RUN;
}

static void toggle_overlay(struct viewer *viewer, enum overlay overlay)
{
	viewer->overlay = viewer->overlay == overlay ? OVERLAY_NONE : overlay;
}

/* ---- lessons ---- */

static enum app_state lessons(const struct context *context)
{
	toggle_overlay(context->viewer, OVERLAY_LESSONS);
	return APP_RUN;
}

/* Shows a closed panel again; without a lesson the list. False: the lesson is not shown yet. */
static bool lesson_shown(const struct context *context)
{
	bool shown = context->tutor->lesson && context->tutor->open;
	if (!context->tutor->lesson)
		context->viewer->overlay = OVERLAY_LESSONS;
	else if (!shown)
		tutor_open(context->tutor);
	return shown;
}

static enum app_state lesson_next(const struct context *context)
{
	if (lesson_shown(context))
		tutor_next(context->tutor, context);
	return APP_RUN;
}

static enum app_state lesson_back(const struct context *context)
{
	if (lesson_shown(context))
		tutor_back(context->tutor, context);
	return APP_RUN;
}

static enum app_state help(const struct context *context)
{
	context->viewer->help_top = 0;
	toggle_overlay(context->viewer, OVERLAY_HELP);
	return APP_RUN;
}

static enum app_state menu(const struct context *context)
{
	toggle_overlay(context->viewer, OVERLAY_MENU);
	return APP_RUN;
}

static enum app_state open_prompt(const struct context *context)
{
	prompt_open(context->prompt, "");
	return APP_RUN;
}

static enum app_state save_session(const struct context *context)
{
	prompt_open(context->prompt, "save ");
	return APP_RUN;
}

static enum app_state show_command_line(const struct context *context)
{
	char line[COMMAND_LINE_MAX];
	bool shown = controls_command_line(context->controls, line) &&
		strlen(line) < sizeof(context->messages->text);
	message_say(context->messages, STYLE_NORMAL, "%s",
		shown ? line : "the command line is too long to be shown; :copy prints it at the end");
	return APP_RUN;
}

static enum app_state escape(const struct context *context)
{
	if (context->viewer->overlay != OVERLAY_NONE)
		context->viewer->overlay = OVERLAY_NONE;
	else if (context->viewer->zoomed)
		context->viewer->zoomed = false;
	else if (context->tutor->open)
		tutor_close(context->tutor, context);
	else
		message_say_once(context->messages, "nothing to close; q quits");
	return APP_RUN;
}

static enum app_state close_or_quit(const struct context *context)
{
	if (context->viewer->overlay == OVERLAY_NONE)
		return APP_QUIT;
	return escape(context);
}

static enum app_state quit(const struct context *context)
{
	return context->key == KEYCODE_CONTROL('c') ? APP_INTERRUPTED : APP_QUIT;
}

static enum app_state repaint(const struct context *context)
{
	(void)context;
	return APP_REPAINT;
}

static enum app_state suspend(const struct context *context)
{
	(void)context;
	return APP_SUSPEND;
}

static const char teach[] = "lessons", train[] = "train", past[] = "past", panes[] = "panes",
				  always[] = "always";

/* clang-format off */
static const struct action actions[] = {
	{.name = "run-pause", .key = {' ', 'p', KEYCODE_F(5)}, .group = train,
	  .help = "run or pause",
	  .run = run_or_pause, .hint = "pause", .hint_place = 3},
	{.name = "one-epoch", .key = {'s', KEYCODE_F(6)}, .group = train,
	  .help = "train one epoch, then pause",
	  .run = run_one},
	{.name = "ten-epochs", .key = {'S'}, .group = train,
	  .help = "train ten epochs, then pause",
	  .run = run_ten},
	{.name = "restart", .key = {'r', KEYCODE_F(8)}, .group = train,
	  .help = "restart with the same seed",
	  .run = restart, .scripted = true},
	{.name = "new-seed", .key = {'R'}, .group = train,
	  .help = "restart with the next seed",
	  .run = new_seed},
	{.name = "faster", .key = {'+', '='}, .group = train,
	  .help = "more epochs per second",
	  .run = faster},
	{.name = "slower", .key = {'-'}, .group = train,
	  .help = "fewer epochs per second",
	  .run = slower},
	{.name = "undo", .key = {'u', KEYCODE_F(7)}, .group = past,
	  .help = "undo the last change: restore the weights and epoch before it",
	  .run = undo, .hint = "undo", .hint_place = 5, .scripted = true},
	{.name = "redo", .key = {KEYCODE_CONTROL('r')}, .group = past,
	  .help = "redo the change that was undone",
	  .run = redo, .scripted = true},
	{.name = "earlier", .key = {','}, .group = past,
	  .help = "show the epoch before, as it was; training goes on",
	  .run = earlier},
	{.name = "later", .key = {';'}, .group = past,
	  .help = "show the next epoch that is kept",
	  .run = later},
	{.name = "present", .key = {'F'}, .group = past,
	  .help = "show the present epoch again, and follow the run",
	  .run = follow_run, .scripted = true},
	{.name = "pin", .key = {'c'}, .group = train,
	  .help = "pin this run: it trains on beside the one that you change",
	  .run = pin, .scripted = true},
	{.name = "swap", .key = {'C'}, .group = train,
	  .help = "the pinned run and the other one change places",
	  .run = swap, .scripted = true},
	{.name = "unpin", .key = {'N'}, .group = train,
	  .help = "drop the pinned run",
	  .run = unpin, .scripted = true},
	{.name = "follow-advice", .key = {'!'}, .group = train,
	  .help = "make the change that helped best when tried; see pane remedies",
	  .run = follow_advice},
	{.name = "lessons", .key = {'L', KEYCODE_F(4)}, .group = teach,
	  .help = "list of lessons; Enter begins one",
	  .run = lessons},
	{.name = "lesson-next", .key = {'>'}, .group = teach,
	  .help = "the lesson goes on; while it trains: at once",
	  .run = lesson_next, .essential = true},
	{.name = "lesson-back", .key = {'<'}, .group = teach,
	  .help = "back to the stop before, with the run as it was there",
	  .run = lesson_back, .essential = true},
	{.name = "focus", .key = {'1'}, .through = '9', .group = panes,
	  .help = "focus the pane with this number",
	  .run = focus_number},
	{.name = "focus-next", .key = {KEYCODE_TAB}, .group = panes,
	  .help = "focus the next pane",
	  .run = focus_next},
	{.name = "focus-previous", .key = {KEYCODE_BACK_TAB}, .group = panes,
	  .help = "focus the previous pane",
	  .run = focus_previous},
	{.name = "zoom", .key = {'z', KEYCODE_ENTER}, .group = panes,
	  .help = "this pane alone, or all; Enter: menu types, remedies apply, step plays",
	  .run = zoom, .scripted = true},
	{.name = "next-sample", .key = {'n'}, .group = panes,
	  .help = "next sample of the minibatch that pane step shows",
	  .run = next_sample},
	{.name = "next-layout", .key = {'Z'}, .group = panes,
	  .help = "next layout of the panes",
	  .run = layout_next},
	{.name = "default-layout", .key = {'0'}, .group = panes,
	  .help = "default layout of the panes",
	  .run = layout_default},
	{.name = "up", .key = {'k', KEYCODE_UP}, .group = panes,
	  .help = "the layer drawn above; a line up in help and menu",
	  .move = {.lines = -1}},
	{.name = "down", .key = {'j', KEYCODE_DOWN}, .group = panes,
	  .help = "the layer drawn below; a line down in help and menu",
	  .move = {.lines = 1}},
	{.name = "left", .key = {'h', KEYCODE_LEFT}, .group = panes,
	  .help = "previous layer, or phase in pane step; previous value in the menu",
	  .move = {.values = -1}},
	{.name = "right", .key = {'l', KEYCODE_RIGHT}, .group = panes,
	  .help = "next layer, or phase in pane step; next value in the menu",
	  .move = {.values = 1}},
	{.name = "page-up", .key = {KEYCODE_CONTROL('u'), KEYCODE_PAGE_UP}, .group = panes,
	  .help = "ten layers up; a page up in help and menu",
	  .move = {.pages = -1}},
	{.name = "page-down", .key = {KEYCODE_CONTROL('d'), KEYCODE_PAGE_DOWN}, .group = panes,
	  .help = "ten layers down; a page down in help and menu",
	  .move = {.pages = 1}},
	{.name = "first", .key = {'g', KEYCODE_HOME}, .group = panes,
	  .help = "the topmost layer or line",
	  .move = {.ends = -1}},
	{.name = "last", .key = {'G', KEYCODE_END}, .group = panes,
	  .help = "the lowest layer or line",
	  .move = {.ends = 1}},
	{.name = "next-unit", .key = {')'}, .group = panes,
	  .help = "next unit of the selected layer, in pane network",
	  .run = next_unit},
	{.name = "previous-unit", .key = {'('}, .group = panes,
	  .help = "previous unit; before the first: none",
	  .run = previous_unit},
	{.name = "help", .key = {'?', KEYCODE_F(1)}, .group = always,
	  .help = "help, beginning with the focused pane",
	  .run = help, .hint = "help", .hint_place = 1, .essential = true},
	{.name = "menu", .key = {'m', KEYCODE_F(2)}, .group = always,
	  .help = "menu of all settings with their values",
	  .run = menu, .hint = "menu", .hint_place = 4},
	{.name = "prompt", .key = {':'}, .group = always,
	  .help = "type a command; Tab completes it",
	  .run = open_prompt, .hint = "type", .hint_place = 6},
	{.name = "export-all", .key = {'x'}, .group = always,
	  .help = "write the screen as SVG and text, the records as CSV, to new files",
	  .run = export_all},
	{.name = "save-session", .key = {'@', KEYCODE_F(9)}, .group = always,
	  .help = "save this session as a script that wane play repeats",
	  .run = save_session},
	{.name = "command-line", .key = {'$'}, .group = always,
	  .help = "show the command line that begins a run with these settings",
	  .run = show_command_line},
	{.name = "close", .key = {KEYCODE_ESCAPE}, .group = always,
	  .help = "close help, menu or zoom; never quits",
	  .run = escape, .essential = true},
	{.name = "close-or-quit", .key = {'q', KEYCODE_F(10)}, .group = always,
	  .help = "close help or menu; quit if none is open",
	  .run = close_or_quit, .hint = "quit", .hint_place = 2, .essential = true},
	{.name = "quit", .key = {'Q', KEYCODE_CONTROL('c')}, .group = always,
	  .help = "quit",
	  .run = quit, .essential = true},
	{.name = "redraw", .key = {KEYCODE_CONTROL('l')}, .group = always,
	  .help = "redraw the screen",
	  .run = repaint, .essential = true},
	{.name = "suspend", .key = {KEYCODE_CONTROL('z')}, .group = always,
	  .help = "suspend the program; the shell's fg continues it",
	  .run = suspend, .essential = true},
};
/* clang-format on */

enum { ACTION_COUNT = sizeof(actions) / sizeof(actions[0]) };

const struct action *action_at(int index)
{
	return index >= 0 && index < ACTION_COUNT ? &actions[index] : NULL;
}

int action_count(void)
{
	return ACTION_COUNT;
}

bool action_has_key(const struct action *action, int key)
{
	if (key == 0)
		return false;
	for (int i = 0; i < ACTION_KEYS; i++)
		if (action->key[i] == key)
			return true;
	return action->through && key >= action->key[0] && key <= action->through;
}

const struct action *action_for_key(int key)
{
	for (int i = 0; i < ACTION_COUNT; i++)
		if (action_has_key(&actions[i], key))
			return &actions[i];
	return NULL;
}

void action_keys(const struct action *action, char *out, size_t size)
{
	char name[16];
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < ACTION_KEYS && action->key[i]; i++) {
		key_name(name, action->key[i]);
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", name);
		if (used >= size)
			return;
	}
	if (action->through) {
		key_name(name, action->through);
		snprintf(out + used, size - used, "-%s", name);
	}
}
