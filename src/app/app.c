#include "app/app.h"

#include "app/action.h"
#include "app/command.h"
#include "app/state.h"
#include "nn/elementary.h"
#include "ui/key.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double message_seconds = 4;
static const double progress_after = 0.5; /* seconds of work before its progress is shown */

/* Slices of the start that are worked off before the first picture, so that a data file that is
 * no good is refused without one; a long start goes on behind the picture. */
enum { START_SLICES = 200 };

__attribute__((format(printf, 3, 0))) static void say(
	struct app *app, enum style style, const char *format, va_list arguments)
{
	vsnprintf(app->message.text, sizeof(app->message.text), format, arguments);
	app->message.style = style;
	app->message.until = app->now + message_seconds;
	app->changed = true;
}

void app_say(struct app *app, enum style style, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(app, style, format, arguments);
	va_end(arguments);
}

void app_say_once(struct app *app, const char *format, ...)
{
	va_list arguments;
	for (int i = 0; i < app->told_count; i++)
		if (app->told[i] == app->key && app->key != 0)
			return;
	if (app->key != 0 && app->told_count < TOLD_KEYS)
		app->told[app->told_count++] = app->key;
	va_start(arguments, format);
	say(app, STYLE_NORMAL, format, arguments);
	va_end(arguments);
}

void app_notice(struct app *app, const char *text, double now)
{
	app->now = now;
	app_say(app, STYLE_NORMAL, "%s", text);
}

static void drop_message(struct app *app)
{
	app->changed = app->changed || app->message.text[0];
	app->message.text[0] = '\0';
}

/* ---- settings ---- */

struct all_settings app_settings(const struct app *app)
{
	struct all_settings settings;
	settings.config = app->session->wanted;
	settings.screen = app->screen;
	return settings;
}

int app_layers(const struct app *app)
{
	return app->session->wanted.depth + 1;
}

static void clamp_layer(struct app *app)
{
	if (app->view.layer > app_layers(app))
		app->view.layer = app_layers(app);
}

void app_adopt(struct app *app, const struct all_settings *settings)
{
	bool paced = strcmp(app->screen.pace, settings->screen.pace) != 0;
	app->screen = settings->screen;
	app->view.gradient = app->screen.gradient;
	app->view.theory = app->screen.theory;
	app->view.log_y = strcmp(app->screen.log_y, "on") == 0;
	if (paced)
		session_pace(app->session, pace_rate(app->screen.pace), app->now);
	session_want(app->session, &settings->config, app->now);
	clamp_layer(app);
	app->changed = true;
}

/* True for the keys whose settings are those of layers that may not be there. */
static bool is_of_hidden_layers(int index)
{
	static const char *const names[] = {"activation", "norm", "skip"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(all_settings_name(index), names[i]) == 0)
			return true;
	return false;
}

static void say_setting(struct app *app, int index)
{
	static const char *const cost[] = {
		[EFFECT_NOTHING] = "",
		[EFFECT_LIVE] = "",
		[EFFECT_RESET] = " (keeps the weights, the optimizer starts anew)",
		[EFFECT_GROW] = " (keeps the layers that stay)",
		[EFFECT_DATA] = " (keeps the weights if they fit)",
		[EFFECT_REBUILD] = " (starts anew)",
	};
	char value[SETTING_VALUE_MAX];
	struct all_settings settings = app_settings(app);
	all_settings_describe(&settings, index, value);
	if (!all_settings_is_screen(index) && experiment_diverged(app->session->experiment) &&
		all_settings_row(index)->effect < EFFECT_REBUILD) {
		app_say(app, STYLE_WARNING,
			"%s %.200s: for the restart, as the run has diverged "
			"(r restarts, u goes back)",
			all_settings_name(index), value);
		return;
	}
	app_say(app, STYLE_NORMAL, "%s %.200s%s", all_settings_name(index), value,
		is_of_hidden_layers(index) && settings.config.depth == 0
			? " (nothing changes: there is no hidden layer; d adds one)"
			: cost[all_settings_row(index)->effect]);
}

/* Glyph sets stand in their table from the richest to the plainest. */
static bool glyphs_drawable(const struct app *app, const char *name)
{
	return glyphs_find(name) >= glyphs_find(app->richest_glyphs);
}

void app_step_setting(struct app *app, int index, int direction)
{
	struct all_settings settings = app_settings(app);
	if (!all_settings_step(&settings, index, direction)) {
		app_say(app, STYLE_NORMAL, "%s goes no further", all_settings_name(index));
		return;
	}
	/* the terminal draws no glyphs richer than those it started with */
	while (!glyphs_drawable(app, settings.screen.glyphs))
		all_settings_step(&settings, index, direction);
	app_adopt(app, &settings);
	if (!all_settings_is_screen(index))
		session_settle(app->session, index, app->now);
	say_setting(app, index);
}

bool app_assign(struct app *app, const char *name, const char *value, struct error *error)
{
	struct all_settings settings = app_settings(app);
	if (!all_settings_assign(&settings, name, value, error))
		return false;
	app_adopt(app, &settings);
	say_setting(app, all_settings_find(name, NULL));
	return true;
}

/* ---- life ---- */

static bool load(struct app *app, struct error *error)
{
	struct session *session = app->session;
	for (int i = 0; i < START_SLICES && session->busy; i++) {
		session_work(session, 0);
		if (session_failed(session)) {
			*error = *experiment_error(session->experiment);
			return false;
		}
	}
	return true;
}

static bool start(struct app *app, const struct app_options *options, struct error *error)
{
	app->canvas = canvas_new();
	app->advisor = advisor_new();
	app->session = session_new(&options->settings.config, error);
	if (!app->session)
		return false;
	if (!app->canvas || !app->advisor)
		return error_set(error, STATUS_WORLD, "out of memory");
	app->screen = options->settings.screen;
	app->richest_glyphs = options->glyphs ? options->glyphs : glyphs_at(0)->name;
	if (!app->screen.glyphs)
		app->screen.glyphs = options->glyphs ? options->glyphs : glyphs_at(0)->name;
	app->color_count = options->color_count;
	if (!app->screen.colors)
		app->screen.colors = options->colors ? options->colors : color_scheme_at(0)->name;
	session_pace(app->session, pace_rate(app->screen.pace), 0);
	return load(app, error);
}

struct app *app_new(const struct app_options *options, struct error *error)
{
	struct error ignored;
	struct all_settings settings;
	struct app *app = calloc(1, sizeof(*app));
	if (!app) {
		error_set(error, STATUS_WORLD, "out of memory");
		return NULL;
	}
	app->overlay = &overlay_panes;
	app->percent = -1;
	app->view.layer = 1;
	if (!start(app, options, error ? error : &ignored)) {
		app_free(app);
		return NULL;
	}
	settings = app_settings(app);
	app_adopt(app, &settings);
	session_run(app->session, -1, 0);
	app->session->busy_since = INFINITY; /* the clock is not known yet */
	return app;
}

void app_free(struct app *app)
{
	if (!app)
		return;
	advisor_free(app->advisor);
	session_free(app->session);
	canvas_free(app->canvas);
	free(app);
}

void app_resize(struct app *app, int columns, int rows)
{
	app->columns = columns < 0 ? 0 : columns > CANVAS_COLUMNS_MAX ? CANVAS_COLUMNS_MAX : columns;
	app->rows = rows < 0 ? 0 : rows > CANVAS_ROWS_MAX ? CANVAS_ROWS_MAX : rows;
	canvas_reset(app->canvas, app->columns, app->rows, glyphs_find(app->screen.glyphs));
	app->changed = true;
}

/* ---- keys ---- */

static void complete(struct app *app)
{
	struct prompt *prompt = &app->prompt;
	char text[PROMPT_MAX];
	if (prompt->cursor != prompt->length)
		return;
	command_complete(prompt->text, text, sizeof(text), prompt->note, sizeof(prompt->note));
	prompt->alarm = false;
	prompt_set(prompt, text);
}

static enum app_state enter(struct app *app)
{
	struct prompt *prompt = &app->prompt;
	struct error error;
	enum app_state state;
	/* Closed before the command runs, since the command may open it again. */
	prompt->open = false;
	if (command_run(app, prompt->text, &state, &error)) {
		if (!prompt->open)
			prompt_done(prompt);
		return state;
	}
	prompt->open = true;
	prompt->alarm = true;
	snprintf(prompt->note, sizeof(prompt->note), "%s", error.text);
	return APP_RUN;
}

static enum app_state key_for_prompt(struct app *app, int key)
{
	enum prompt_event event = prompt_key(&app->prompt, key);
	app->changed = true;
	if (event == PROMPT_COMPLETE)
		complete(app);
	return event == PROMPT_ENTER ? enter(app) : APP_RUN;
}

/* True if the key belongs to a setting. */
static bool key_for_setting(struct app *app, int key)
{
	for (int i = 0; i < all_settings_count(); i++) {
		const struct setting *row = all_settings_row(i);
		if (key == row->key || key == row->back_key) {
			app_step_setting(app, i, key == row->key ? 1 : -1);
			return true;
		}
	}
	return false;
}

/* These work whatever is in front, an open prompt included. */
static bool always_works(int key)
{
	return key == KEYCODE_CONTROL('c') || key == KEYCODE_CONTROL('l') ||
		key == KEYCODE_CONTROL('z');
}

enum app_state app_key(struct app *app, int key, double now)
{
	const struct action *action = action_for_key(key);
	app->now = now;
	app->key = key;
	drop_message(app);
	if (key == KEYCODE_NONE)
		return APP_RUN;
	if (app->prompt.open && !always_works(key))
		return key_for_prompt(app, key);
	if (action) {
		app->changed = true;
		return action_run(action, app);
	}
	if (!key_for_setting(app, key)) {
		char name[16];
		key_name(name, key);
		app_say_once(app, "%s does nothing here; ? lists the keys", name);
	}
	return APP_RUN;
}

void app_paste(struct app *app, const char *text)
{
	if (!app->prompt.open)
		return;
	prompt_insert(&app->prompt, text);
	app->changed = true;
}

/* ---- time ---- */

static void update_percent(struct app *app)
{
	const struct session *session = app->session;
	double progress = session_progress(session);
	int percent = -1;
	if (progress >= 0 && app->now - session->busy_since > progress_after)
		percent = (int)(100 * progress);
	app->changed = app->changed || percent != app->percent;
	app->percent = percent;
}

static void take_notice(struct app *app)
{
	struct notice *notice = &app->session->notice;
	if (notice->kind == NOTICE_NONE)
		return;
	app_say(app, notice->kind == NOTICE_ERROR ? STYLE_ALARM : STYLE_NORMAL, "%s", notice->text);
	notice->kind = NOTICE_NONE;
}

const struct advice *app_advice(const struct app *app)
{
	return advisor_advice(app->advisor, app->session);
}

void app_follow_best(struct app *app)
{
	const struct advice *advice = app_advice(app);
	advisor_leave(app->advisor);
	app->advised = advice ? advice_best(advice) : NULL;
	app->following = app->advised != NULL;
	if (app->following)
		return;
	if (advice && advice_busy(advice))
		app_say(app, STYLE_NORMAL, "remedies are still being tried; none helps so far");
	else
		app_say(app, STYLE_NORMAL,
			advice && advice_alone(advice) ? "nothing that was tried helps"
										   : "no remedy has been tried on this run");
}

/* Where it is another remedy than the screen named, that is said. */
static void follow_confirmed(struct app *app, const struct trial *best)
{
	const struct config *config = experiment_config(app->session->experiment);
	char named[TRIAL_SETTINGS_MAX], made[TRIAL_SETTINGS_MAX];
	trial_change(app->advised, config, named, sizeof(named));
	trial_change(best, config, made, sizeof(made));
	app_follow(app, best);
	if (best != app->advised)
		app_say(
			app, STYLE_NORMAL, "on the weights of now %s helps no more; instead: %s", named, made);
}

/* What keeps the weights was tried some epochs ago; nothing is trained until it is known to help
 * the weights of now. What takes too long is made as it was tried. */
static void confirm_advice(struct app *app, const struct advice *advice)
{
	const struct trial *best;
	bool all_tried;
	switch (advisor_confirm(app->advisor, app->session, app->now)) {
	case CONFIRM_MORE:
		return;
	case CONFIRM_LATE:
		app_follow(app, app->advised);
		break;
	case CONFIRM_DONE:
		best = advice_best(advice);
		all_tried = advice_done(advice) == advice_count(advice);
		if (best && (all_tried || advice_mends(advice, best)))
			follow_confirmed(app, best);
		else
			app_say(app, STYLE_NORMAL,
				"on the weights of now this helps no more; "
				"others are being tried");
		break;
	}
	app->following = false;
	app->changed = true;
}

/* A change meanwhile, or the end of the trouble, leaves nothing to follow. */
static void go_on_following(struct app *app)
{
	const struct advice *advice = app_advice(app);
	if (!advice || session_failed(app->session)) {
		advisor_leave(app->advisor);
		app->following = false;
	} else if (session_at_rest(app->session)) {
		confirm_advice(app, advice);
	}
}

void app_follow(struct app *app, const struct trial *trial)
{
	struct all_settings settings = app_settings(app);
	char change[TRIAL_SETTINGS_MAX];
	trial_change(trial, &settings.config, change, sizeof(change));
	settings.config = trial_config(trial, &settings.config);
	app_adopt(app, &settings);
	if (trial->restart)
		session_restart(app->session, app->now);
	app_say(app, STYLE_NORMAL, "%s", change);
}

/* Whoever looks at the list of remedies wants all of it. */
static enum advice_extent extent_wanted(const struct app *app)
{
	return pane_at(app->focus)->choices ? ADVICE_SINGLES : ADVICE_FIRST;
}

/* The chosen row stays with its remedy while others overtake it; the first row stays the first. */
static void keep_choice(struct app *app, const struct trial *chosen)
{
	struct advice_view view = advice_view(app->advisor->advice);
	int row = 0;
	for (int i = 0; i < view.count && app->view.choice > 0; i++)
		if (view.trial[i] == chosen)
			row = i;
	app->view.choice = row;
}

static void work_on_advice(struct app *app, double now)
{
	const struct trial *chosen = advice_at(app->advisor->advice, app->view.choice);
	bool wanted = strcmp(app->screen.advice, "tried") == 0;
	if (!advisor_work(app->advisor, app->session, wanted, extent_wanted(app), now))
		return;
	keep_choice(app, chosen);
	app->changed = true;
}

void app_work(struct app *app, double now)
{
	app->now = now;
	if (app->message.text[0] && now >= app->message.until)
		drop_message(app);
	app->session->hold =
		app->following || advisor_wants_rest(app->advisor, extent_wanted(app), now);
	if (session_work(app->session, now))
		app->changed = true;
	app->session->hold = false;
	if (app->following)
		go_on_following(app);
	else
		work_on_advice(app, now);
	take_notice(app);
	clamp_layer(app);
	update_percent(app);
}

void app_took(struct app *app, double seconds, double processor_seconds)
{
	advisor_took(app->advisor, seconds, processor_seconds);
}

/* Of two waits, of which negative ones have no end. */
static double sooner(double a, double b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

double app_wait(const struct app *app, double now)
{
	double wait = app->following ? 0 : session_wait(app->session, now);
	wait = sooner(wait, advisor_wait(app->advisor, app->session, extent_wanted(app), now));
	return app->message.text[0] ? sooner(wait, max_f64(app->message.until - now, 0)) : wait;
}

/* ---- picture ---- */

struct picture app_picture(const struct app *app)
{
	const struct advice *advice = app_advice(app);
	struct picture picture = {
		.advice = advice ? advice_view(advice) : (struct advice_view){.count = 0},
		.view = &app->view,
	};
	experiment_frame(app->session->experiment, EPOCH_PRESENT, &picture.frame);
	return picture;
}

bool app_changed(const struct app *app)
{
	return app->changed;
}

const struct canvas *app_draw(struct app *app)
{
	app->changed = false;
	app->canvas->colors = app_colors(app)->color ? app->color_count : 0;
	if (canvas_reset(app->canvas, app->columns, app->rows, glyphs_find(app->screen.glyphs)))
		screen_draw(app);
	return app->canvas;
}

const struct color_scheme *app_colors(const struct app *app)
{
	return color_scheme_find(app->screen.colors);
}

int app_frames_per_second(const struct app *app)
{
	return app->screen.fps;
}

int app_exit_status(const struct app *app)
{
	return app->exit_status;
}
