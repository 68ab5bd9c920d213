#include "app/action.h"

#include "app/all_settings.h"
#include "ui/key.h"
#include <stdio.h>
#include <string.h>

static enum app_state run_or_pause(struct app *app)
{
	struct session *session = app->session;
	session_run(session, session->left == 0 ? -1 : 0, app->now);
	return APP_RUN;
}

static enum app_state run_one(struct app *app)
{
	session_run(app->session, 1, app->now);
	return APP_RUN;
}

static enum app_state run_ten(struct app *app)
{
	session_run(app->session, 10, app->now);
	return APP_RUN;
}

static enum app_state restart(struct app *app)
{
	session_restart(app->session, app->now);
	app_say(app, STYLE_NORMAL, "restart with the same seed");
	return APP_RUN;
}

static enum app_state new_seed(struct app *app)
{
	struct all_settings settings = app_settings(app);
	settings.config.seed = settings.config.seed < 2000000000 ? settings.config.seed + 1 : 0;
	app_adopt(app, &settings);
	app_say(app, STYLE_NORMAL, "seed %d", settings.config.seed);
	return APP_RUN;
}

static void change_pace(struct app *app, int direction)
{
	struct all_settings settings = app_settings(app);
	const char *before = settings.screen.pace;
	settings.screen.pace = pace_step(before, direction);
	if (strcmp(settings.screen.pace, before) == 0)
		app_say_once(app, "pace %s goes no further", before);
	else
		app_say(app, STYLE_NORMAL, "pace %s", settings.screen.pace);
	app_adopt(app, &settings);
}

static enum app_state faster(struct app *app)
{
	change_pace(app, 1);
	return APP_RUN;
}

static enum app_state slower(struct app *app)
{
	change_pace(app, -1);
	return APP_RUN;
}

static enum app_state undo(struct app *app)
{
	session_undo(app->session, 1, app->now);
	return APP_RUN;
}

static enum app_state redo(struct app *app)
{
	session_undo(app->session, -1, app->now);
	return APP_RUN;
}

static enum app_state follow_advice(struct app *app)
{
	app_follow_best(app);
	return APP_RUN;
}

static void focus_on(struct app *app, int index)
{
	if (app->overlay == &overlay_menu)
		app_say(app, STYLE_NORMAL, "pane %s is in front when the menu is closed; q closes it",
			pane_at(index)->name);
	else if (index == app->focus)
		app_say_once(app, "pane %d is in front already", index + 1);
	app->focus = index;
}

static enum app_state focus_number(struct app *app)
{
	int index = app->key - '1';
	if (index >= 0 && index < pane_count())
		focus_on(app, index);
	else
		app_say_once(app, "there is no pane %d; there are %d", index + 1, pane_count());
	return APP_RUN;
}

static enum app_state focus_next(struct app *app)
{
	focus_on(app, (app->focus + 1) % pane_count());
	return APP_RUN;
}

static enum app_state focus_previous(struct app *app)
{
	focus_on(app, (app->focus + pane_count() - 1) % pane_count());
	return APP_RUN;
}

/* Enter in a pane that lists remedies does the chosen one. */
static void choose(struct app *app)
{
	const struct advice *advice = app_advice(app);
	const struct trial *trial = advice ? advice_at(advice, app->view.choice) : NULL;
	if (trial)
		app_follow(app, trial);
}

static enum app_state zoom(struct app *app)
{
	char text[80];
	if (app->overlay == &overlay_menu) {
		snprintf(text, sizeof(text), "set %s ", all_settings_name(app->menu_row));
		prompt_open(&app->prompt, text);
	} else if (app->overlay == &overlay_panes) {
		if (app->key == KEYCODE_ENTER && pane_at(app->focus)->choices)
			choose(app);
		else
			app->zoomed = !app->zoomed;
	} else {
		app_say_once(app, "nothing to zoom here; q closes the help");
	}
	return APP_RUN;
}

static enum app_state layout_next(struct app *app)
{
	app_step_setting(app, all_settings_find("layout", NULL), 1);
	return APP_RUN;
}

static enum app_state layout_default(struct app *app)
{
	struct all_settings settings = app_settings(app);
	if (strcmp(settings.screen.layout, layout_name(0)) == 0 && !app->zoomed)
		app_say_once(app, "the panes are arranged as at the start");
	settings.screen.layout = layout_name(0);
	app_adopt(app, &settings);
	app->zoomed = false;
	return APP_RUN;
}

static void toggle_overlay(struct app *app, const struct overlay *overlay)
{
	app->overlay = app->overlay == overlay ? &overlay_panes : overlay;
}

static enum app_state help(struct app *app)
{
	app->help_top = 0;
	toggle_overlay(app, &overlay_help);
	return APP_RUN;
}

static enum app_state menu(struct app *app)
{
	toggle_overlay(app, &overlay_menu);
	return APP_RUN;
}

static enum app_state open_prompt(struct app *app)
{
	prompt_open(&app->prompt, "");
	return APP_RUN;
}

static enum app_state escape(struct app *app)
{
	if (app->overlay != &overlay_panes)
		app->overlay = &overlay_panes;
	else if (app->zoomed)
		app->zoomed = false;
	else
		app_say_once(app, "nothing to close; q quits");
	return APP_RUN;
}

static enum app_state close_or_quit(struct app *app)
{
	if (app->overlay == &overlay_panes)
		return APP_QUIT;
	return escape(app);
}

static enum app_state quit(struct app *app)
{
	if (app->key == KEYCODE_CONTROL('c'))
		app->exit_status = 130;
	return APP_QUIT;
}

static enum app_state repaint(struct app *app)
{
	app->changed = true;
	return APP_REPAINT;
}

static enum app_state suspend(struct app *app)
{
	(void)app;
	return APP_SUSPEND;
}

static const char train[] = "train", past[] = "past", panes[] = "panes", always[] = "always";

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
	  .help = "start again with the same seed",
	  .run = restart},
	{.name = "new-seed", .key = {'R'}, .group = train,
	  .help = "start again with the next seed",
	  .run = new_seed},
	{.name = "faster", .key = {'+', '='}, .group = train,
	  .help = "more epochs a second",
	  .run = faster},
	{.name = "slower", .key = {'-'}, .group = train,
	  .help = "fewer epochs a second",
	  .run = slower},
	{.name = "undo", .key = {'u', KEYCODE_F(7)}, .group = past,
	  .help = "take back the last change: weights and epoch of before",
	  .run = undo, .hint = "undo", .hint_place = 5},
	{.name = "redo", .key = {KEYCODE_CONTROL('r')}, .group = past,
	  .help = "make it again",
	  .run = redo},
	{.name = "follow-advice", .key = {'!'}, .group = train,
	  .help = "make the change that was tried and helps best; see pane remedies",
	  .run = follow_advice},
	{.name = "focus", .key = {'1'}, .through = '9', .group = panes,
	  .help = "go to the pane with this number",
	  .run = focus_number},
	{.name = "focus-next", .key = {KEYCODE_TAB}, .group = panes,
	  .help = "go to the next pane",
	  .run = focus_next},
	{.name = "focus-previous", .key = {KEYCODE_BACK_TAB}, .group = panes,
	  .help = "go to the pane before",
	  .run = focus_previous},
	{.name = "zoom", .key = {'z', KEYCODE_ENTER}, .group = panes,
	  .help = "this pane alone or all again; Enter in menu: type; in remedies: do it",
	  .run = zoom},
	{.name = "next-layout", .key = {'Z'}, .group = panes,
	  .help = "another arrangement of the panes",
	  .run = layout_next},
	{.name = "default-layout", .key = {'0'}, .group = panes,
	  .help = "the arrangement of the start",
	  .run = layout_default},
	{.name = "up", .key = {'k', KEYCODE_UP}, .group = panes,
	  .help = "the layer before; a line up in help and menu",
	  .move = {.lines = -1}},
	{.name = "down", .key = {'j', KEYCODE_DOWN}, .group = panes,
	  .help = "the next layer; a line down in help and menu",
	  .move = {.lines = 1}},
	{.name = "left", .key = {'h', KEYCODE_LEFT}, .group = panes,
	  .help = "the layer before; the value before in the menu",
	  .move = {.values = -1}},
	{.name = "right", .key = {'l', KEYCODE_RIGHT}, .group = panes,
	  .help = "the next layer; the next value in the menu",
	  .move = {.values = 1}},
	{.name = "page-up", .key = {KEYCODE_CONTROL('u'), KEYCODE_PAGE_UP}, .group = panes,
	  .help = "ten layers back; a page up in help and menu",
	  .move = {.pages = -1}},
	{.name = "page-down", .key = {KEYCODE_CONTROL('d'), KEYCODE_PAGE_DOWN}, .group = panes,
	  .help = "ten layers on; a page down in help and menu",
	  .move = {.pages = 1}},
	{.name = "first", .key = {'g', KEYCODE_HOME}, .group = panes,
	  .help = "the first layer or line",
	  .move = {.ends = -1}},
	{.name = "last", .key = {'G', KEYCODE_END}, .group = panes,
	  .help = "the last layer or line",
	  .move = {.ends = 1}},
	{.name = "help", .key = {'?', KEYCODE_F(1)}, .group = always,
	  .help = "help, beginning with what is in front",
	  .run = help, .hint = "help", .hint_place = 1},
	{.name = "menu", .key = {'m', KEYCODE_F(2)}, .group = always,
	  .help = "all settings with their values",
	  .run = menu, .hint = "menu", .hint_place = 4},
	{.name = "prompt", .key = {':'}, .group = always,
	  .help = "type a command; Tab completes it",
	  .run = open_prompt, .hint = "type", .hint_place = 6},
	{.name = "close", .key = {KEYCODE_ESCAPE}, .group = always,
	  .help = "close what is in front; never quits",
	  .run = escape},
	{.name = "close-or-quit", .key = {'q', KEYCODE_F(10)}, .group = always,
	  .help = "close what is in front, or else quit",
	  .run = close_or_quit, .hint = "quit", .hint_place = 2},
	{.name = "quit", .key = {'Q', KEYCODE_CONTROL('c')}, .group = always,
	  .help = "quit",
	  .run = quit},
	{.name = "redraw", .key = {KEYCODE_CONTROL('l')}, .group = always,
	  .help = "draw the screen anew",
	  .run = repaint},
	{.name = "suspend", .key = {KEYCODE_CONTROL('z')}, .group = always,
	  .help = "back to the shell, until fg",
	  .run = suspend},
};
/* clang-format on */

enum { ACTION_COUNT = sizeof(actions) / sizeof(actions[0]) };

const struct action *action_at(int index)
{
	return index >= 0 && index < ACTION_COUNT ? &actions[index] : NULL;
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

enum app_state action_run(const struct action *action, struct app *app)
{
	if (action->run)
		return action->run(app);
	app->overlay->move(app, action->move);
	return APP_RUN;
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
