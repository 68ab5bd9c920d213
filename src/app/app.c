#include "app/app.h"

#include "app/action.h"
#include "app/hiding.h"
#include "app/command.h"
#include "app/overlay.h"
#include "app/past.h"
#include "app/motion.h"
#include "app/player.h"
#include "app/pointer.h"
#include "app/lesson_begin.h"
#include "app/screen.h"
#include "app/tutor_work.h"
#include "app/app_internal.h"
#include "nn/elementary.h"
#include "ui/key.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double progress_after = 0.5; /* seconds of work before its progress is shown */

/* Work done before the first frame: a bad data file is then reported without opening the screen. */
enum { START_SLICES = 200 };

struct context app_context(struct app *app, int key)
{
	return (struct context){
		.session = app->session,
		.controls = &app->controls,
		.viewer = &app->viewer,
		.follower = &app->follower,
		.prober = &app->prober,
		.kept = &app->kept,
		.twin = &app->twin,
		.exporter = &app->exporter,
		.tutor = &app->tutor,
		.quiz = &app->quiz,
		.prompt = &app->prompt,
		.messages = &app->messages,
		.key = key,
		.now = app->controls.now,
	};
}

static void begin(struct app *app, int key, double now)
{
	app->controls.now = now;
	messages_begin(&app->messages, key, now);
}

void app_notice(struct app *app, const char *text, double now)
{
	begin(app, 0, now);
	message_say(&app->messages, STYLE_NORMAL, "%s", text);
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
	app->viewer.canvas = canvas_new();
	app->follower.advisor = advisor_new();
	app->session = session_new(&options->settings.config, error);
	if (!app->session)
		return false;
	app->session->processor = options->processor;
	app->controls.session = app->session;
	app->controls.messages = &app->messages;
	app->controls.view = &app->viewer.view;
	if (!app->viewer.canvas || !app->follower.advisor || !prober_start(&app->prober) ||
		!kept_start(&app->kept) || !twin_start(&app->twin))
		return error_set(error, STATUS_WORLD, "not enough memory");
	app->controls.screen = options->settings.screen;
	app->controls.richest_glyphs = options->glyphs ? options->glyphs : glyphs_at(0)->name;
	if (!app->controls.screen.glyphs)
		app->controls.screen.glyphs = options->glyphs ? options->glyphs : glyphs_at(0)->name;
	app->controls.color_count = options->color_count;
	if (!app->controls.screen.colors)
		app->controls.screen.colors = options->colors ? options->colors : color_scheme_at(0)->name;
	app->controls.standard = all_settings_default();
	if (!options->settings.screen.glyphs)
		app->controls.standard.screen.glyphs = app->controls.screen.glyphs;
	if (!options->settings.screen.colors)
		app->controls.standard.screen.colors = app->controls.screen.colors;
	session_pace(app->session, pace_rate(app->controls.screen.pace), 0);
	return load(app, error);
}

struct app *app_new(const struct app_options *options, struct error *error)
{
	struct error ignored;
	struct all_settings settings;
	struct app *app = calloc(1, sizeof(*app));
	if (!app) {
		error_set(error, STATUS_WORLD, "not enough memory");
		return NULL;
	}
	app->script = options->script;
	app->percent = -1;
	app->viewer.epoch = EPOCH_PRESENT;
	app->viewer.view.layer = 1;
	if (!start(app, options, error ? error : &ignored)) {
		app_free(app);
		return NULL;
	}
	settings = controls_settings(&app->controls);
	controls_adopt(&app->controls, &settings);
	session_run(app->session, -1, 0);
	app->session->busy_since = INFINITY; /* the clock is not known yet */
	app->session->journal.start = options->settings;
	app->viewer.focus = hidden_focus(&app->controls.screen.hidden, app->viewer.focus);
	app->noted.focus = app->viewer.focus;
	app->noted.screen = app->controls.screen;
	app->noted.epoch = app->viewer.epoch;
	if (app->script) {
		const struct context context = app_context(app, 0);
		player_start(&app->player, app->script, &context);
	}
	if (options->greeting[0])
		message_say(&app->messages, STYLE_NORMAL, "%s", options->greeting);
	if (options->lesson) {
		const struct context context = app_context(app, 0);
		tutor_start(&app->tutor, options->lesson, &context);
	}
	return app;
}

void app_free(struct app *app)
{
	if (!app)
		return;
	advisor_free(app->follower.advisor);
	prober_end(&app->prober);
	kept_end(&app->kept);
	twin_end(&app->twin);
	exporter_end(&app->exporter);
	tutor_end(&app->tutor);
	session_free(app->session);
	script_free(app->script);
	canvas_free(app->viewer.canvas);
	free(app);
}

void app_resize(struct app *app, int columns, int rows)
{
	app->columns = columns < 0 ? 0 : columns > CANVAS_COLUMNS_MAX ? CANVAS_COLUMNS_MAX : columns;
	app->rows = rows < 0 ? 0 : rows > CANVAS_ROWS_MAX ? CANVAS_ROWS_MAX : rows;
	canvas_reset(
		app->viewer.canvas, app->columns, app->rows, glyphs_find(app->controls.screen.glyphs));
	app->changed = true;
}

/* ---- the journal, and a script that is played ---- */

static void note_view(struct app *app)
{
	const struct viewer *viewer = &app->viewer;
	struct journal *journal = &app->session->journal;
	int64_t at = app->session->trained - app->session->in_epoch;
	journal_screen(journal, at, &app->noted.screen, &app->controls.screen);
	if (viewer->focus != app->noted.focus)
		journal_add(journal, at, "pane %s", pane_at(viewer->focus)->name);
	if (viewer->zoomed != app->noted.zoomed)
		journal_add(journal, at, "zoom");
	if (viewer->epoch != app->noted.epoch && viewer->epoch == EPOCH_PRESENT)
		journal_add(journal, at, "present");
	else if (viewer->epoch != app->noted.epoch)
		journal_add(journal, at, "epoch %lld", (long long)viewer->epoch);
	app->noted.focus = viewer->focus;
	app->noted.zoomed = viewer->zoomed;
	app->noted.epoch = viewer->epoch;
	app->noted.screen = app->controls.screen;
}

/* What a key or a command may ask of the run. */
struct wish {
	struct config wanted;
	bool restart, asked, swaps, follows;
	int undos;
	const struct experiment *twin;
};

static struct wish wish_of(const struct app *app)
{
	const struct session *session = app->session;
	return (struct wish){
		.wanted = session->wanted,
		.restart = session->restart,
		.undos = session->undos,
		.asked = app->twin.asked,
		.swaps = app->twin.swaps,
		.follows = app->follower.active,
		.twin = app->twin.experiment,
	};
}

static bool same_wish(const struct wish *a, const struct wish *b)
{
	return config_same(&a->wanted, &b->wanted) && a->restart == b->restart &&
		a->undos == b->undos && a->asked == b->asked && a->swaps == b->swaps &&
		a->follows == b->follows && a->twin == b->twin;
}

/* Whoever changes the run takes it over from a script; a lesson waits. */
static void note_wish(struct app *app, const struct wish *before)
{
	const struct wish after = wish_of(app);
	if (same_wish(before, &after))
		return;
	tutor_depart(&app->tutor);
	if (!app->player.script)
		return;
	int64_t left = app->session->left;
	const struct context context = app_context(app, 0);
	player_end(&app->player, &context, "the script ends here: the run is yours");
	session_run(app->session, left ? -1 : 0, app->controls.now);
}

bool app_plays(const struct app *app, struct error *error)
{
	*error = app->player.error;
	return app->player.script != NULL;
}

bool app_last_words(const struct app *app, char out[COMMAND_LINE_MAX])
{
	return app->controls.copies && controls_command_line(&app->controls, out);
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

static enum app_state run_action(struct app *app, const struct action *action, int key)
{
	const struct context context = app_context(app, key);
	if (action->run)
		return action->run(&context);
	overlay_move(&context, action->move);
	return APP_RUN;
}

/* Begins the lesson that a key or a command asked for; the quiz asks as soon as the run rests. */
static void follow_up(struct app *app)
{
	const struct context context = app_context(app, 0);
	lesson_begin_wanted(&context);
	app->changed = quiz_work(&context) || app->changed;
}

/* The picture is drawn anew, because the key has closed the prompt and the message. */
static void export_if_asked(struct app *app)
{
	if (!app->exporter.asked)
		return;
	const struct context context = app_context(app, 0);
	const struct picture picture = context_picture(&context);
	exporter_write(&app->exporter, app_draw(app), app_colors(app), &picture.frame, &app->messages);
	app->changed = true;
}

bool app_command(struct app *app, const char *line, enum app_state *state, struct error *error)
{
	const struct context context = app_context(app, 0);
	const struct wish before = wish_of(app);
	const struct action *action;
	messages_begin(&app->messages, 0, app->controls.now);
	*state = APP_RUN;
	if (!command_run(&context, line, &action, error))
		return false;
	if (action)
		*state = run_action(app, action, 0);
	export_if_asked(app);
	note_view(app);
	note_wish(app, &before);
	follow_up(app);
	return true;
}

static enum app_state enter(struct app *app)
{
	struct prompt *prompt = &app->prompt;
	struct error error;
	enum app_state state;
	/* Closed before the command runs, because the command may open it again. */
	prompt->open = false;
	if (app_command(app, prompt->text, &state, &error)) {
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
	int index = all_settings_of_key(key);
	if (index >= 0)
		controls_step(&app->controls, index, key == all_settings_row(index)->key ? 1 : -1);
	return index >= 0;
}

/* These work in any overlay and in an open prompt. */
static bool always_works(int key)
{
	return key == KEYCODE_CONTROL('c') || key == KEYCODE_CONTROL('l') ||
		key == KEYCODE_CONTROL('z');
}

static enum app_state answer_key(struct app *app, int key)
{
	const struct context context = app_context(app, key);
	const struct action *action = action_for_key(key);
	if (app->prompt.open && !always_works(key))
		return key_for_prompt(app, key);
	if (lesson_takes_key(&context) || quiz_takes_key(&context)) {
		app->changed = true;
		return APP_RUN;
	}
	if (hiding_refuses_key(&context))
		return APP_RUN;
	if (action) {
		app->changed = true;
		return run_action(app, action, key);
	}
	if (key_for_setting(app, key)) {
		app->changed = true;
	} else {
		char name[16];
		key_name(name, key);
		message_say_once(&app->messages, "%s does nothing here; ? lists the keys", name);
	}
	return APP_RUN;
}

enum app_state app_key(struct app *app, int key, double now)
{
	const struct wish before = wish_of(app);
	begin(app, key, now);
	messages_drop(&app->messages);
	if (key == KEYCODE_NONE)
		return APP_RUN;
	bool teaches = app->tutor.state == TUTOR_WORKS;
	enum app_state state = answer_key(app, key);
	export_if_asked(app);
	note_view(app);
	if (teaches == (app->tutor.state == TUTOR_WORKS))
		note_wish(app, &before);
	follow_up(app);
	return state;
}

/* Draws once more, to learn what stands there; nothing if memory is short. */
static struct target target_at(struct app *app, int x, int y)
{
	struct canvas *canvas = app->viewer.canvas;
	struct target found = {0};
	bool changed = app_changed(app);
	if (x >= app->columns || y >= app->rows)
		return found;
	canvas->target = calloc((size_t)app->columns * (size_t)app->rows, sizeof(found));
	if (!canvas->target)
		return found;
	app_draw(app);
	app->changed = changed;
	found = canvas->target[y * app->columns + x];
	free(canvas->target);
	canvas->target = NULL;
	return found;
}

enum app_state app_mouse(struct app *app, const struct mouse *mouse, double now)
{
	const struct wish before = wish_of(app);
	if (app->prompt.open)
		return APP_RUN;
	begin(app, 0, now);
	struct target target = target_at(app, mouse->x, mouse->y);
	const struct context context = app_context(app, 0);
	int key = KEYCODE_NONE;
	messages_drop(&app->messages);
	app->changed = true;
	if (mouse->kind == MOUSE_PRESS)
		key = pointer_press(&context, &target, mouse);
	else
		overlay_wheel(&context, &target, mouse->kind == MOUSE_WHEEL_DOWN ? 1 : -1);
	enum app_state state = key == KEYCODE_NONE ? APP_RUN : app_key(app, key, now);
	note_view(app);
	note_wish(app, &before);
	return state;
}

bool app_wants_mouse(const struct app *app)
{
	return strcmp(app->controls.screen.mouse, "on") == 0;
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
	if (progress >= 0 && app->controls.now - session->busy_since > progress_after)
		percent = (int)(100 * progress);
	app->changed = app->changed || percent != app->percent;
	app->percent = percent;
}

static void take_notice(struct app *app)
{
	struct notice *notice = &app->session->notice;
	if (notice->kind == NOTICE_NONE)
		return;
	if (notice->kind == NOTICE_ERROR && app->player.script) {
		const struct context context = app_context(app, 0);
		player_fail(&app->player, &context, notice->text);
		notice->kind = NOTICE_NONE;
		return;
	}
	static const enum style styles[] = {
		[NOTICE_NEWS] = STYLE_NORMAL,
		[NOTICE_WARNING] = STYLE_WARNING,
		[NOTICE_ERROR] = STYLE_ALARM,
	};
	message_say(&app->messages, styles[notice->kind], "%s", notice->text);
	notice->kind = NOTICE_NONE;
}

/* A pane that lists remedies needs all of them. */
static enum advice_extent extent_wanted(const struct app *app)
{
	return pane_at(app->viewer.focus)->choices ? ADVICE_SINGLES : ADVICE_FIRST;
}

/* The chosen row follows its remedy as the order changes; the first row stays the first. */
static void keep_choice(struct app *app, const struct trial *chosen)
{
	struct advice_view view = advice_view(app->follower.advisor->advice);
	int row = 0;
	for (int i = 0; i < view.count && app->viewer.view.choice > 0; i++)
		if (view.trial[i] == chosen)
			row = i;
	app->viewer.view.choice = row;
}

static void work_on_advice(struct app *app, double now)
{
	const struct trial *chosen = advice_at(app->follower.advisor->advice, app->viewer.view.choice);
	const struct context context = app_context(app, 0);
	bool wanted = strcmp(app->controls.screen.advice, "tried") == 0 && !quiz_is_on(&context);
	if (!advisor_work(app->follower.advisor, app->session, wanted, extent_wanted(app), now))
		return;
	keep_choice(app, chosen);
	app->changed = true;
}

void app_work(struct app *app, double now)
{
	begin(app, 0, now);
	if (app->messages.text[0] && now >= app->messages.until)
		messages_drop(&app->messages);
	const struct context context = app_context(app, 0);
	app->changed = past_check(&context) || app->changed;
	if (app->player.script) {
		app->changed = player_work(&app->player, &context) || app->changed;
		note_view(app);
	}
	if (app->tutor.lesson)
		app->changed = tutor_work(&app->tutor, &context) || app->changed;
	app->session->hold = app->follower.active || twin_wants_rest(&app->twin, app->session) ||
		prober_wants_rest(&app->prober, now) ||
		advisor_wants_rest(app->follower.advisor, extent_wanted(app), now);
	app->session->hold_changes = twin_comes_first(&app->twin, app->session);
	if (session_work(app->session, now)) {
		prober_note_record(&app->prober);
		kept_note(&app->kept, app->session->experiment);
		app->changed = true;
	}
	app->session->hold = false;
	if (app->follower.active)
		app->changed = follower_work(&app->follower, &app->controls) || app->changed;
	else
		work_on_advice(app, now);
	app->changed = twin_work(&app->twin, app->session, &app->messages, now) || app->changed;
	app->changed = prober_work(&app->prober, app->session->experiment, now) || app->changed;
	app->changed =
		kept_work(&app->kept, app->session->experiment, app->viewer.epoch, now) || app->changed;
	app->changed = past_check(&context) || app->changed;
	app->changed = motion_work(&context) || app->changed;
	app->changed = quiz_work(&context) || app->changed;
	take_notice(app);
	exporter_work(&app->exporter, &app->messages);
	controls_clamp_row(&app->controls);
	update_percent(app);
}

void app_took(struct app *app, double seconds, double processor_seconds)
{
	advisor_took(app->follower.advisor, seconds, processor_seconds);
}

/* The shorter of two waits; negative ones have no end. */
static double sooner(double a, double b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

double app_wait(const struct app *app, double now)
{
	bool busy = app->follower.active || app->exporter.records;
	double wait = busy ? 0 : session_wait(app->session, now);
	wait = sooner(wait, twin_wait(&app->twin, app->session, now));
	if (player_due(&app->player, app->session, &app->twin) ||
		tutor_due(&app->tutor, app->session, &app->twin))
		return 0;
	wait = sooner(wait, prober_wait(&app->prober, app->session->experiment, now));
	wait = sooner(wait, motion_wait(&app->viewer, now));
	wait = sooner(wait, kept_wait(&app->kept, app->viewer.epoch, now));
	wait = sooner(wait, advisor_wait(app->follower.advisor, app->session, extent_wanted(app), now));
	return app->messages.text[0] ? sooner(wait, max_f64(app->messages.until - now, 0)) : wait;
}

/* ---- picture ---- */

bool app_changed(const struct app *app)
{
	return app->changed || app->messages.changed;
}

const struct canvas *app_draw(struct app *app)
{
	const struct context context = app_context(app, 0);
	app->changed = app->messages.changed = false;
	app->viewer.canvas->colors = app_colors(app)->color ? app->controls.color_count : 0;
	if (canvas_reset(
			app->viewer.canvas, app->columns, app->rows, glyphs_find(app->controls.screen.glyphs)))
		screen_draw(&context, app->percent);
	return app->viewer.canvas;
}

const struct color_scheme *app_colors(const struct app *app)
{
	return color_scheme_find(app->controls.screen.colors);
}

int app_frames_per_second(const struct app *app)
{
	return app->controls.screen.fps;
}
