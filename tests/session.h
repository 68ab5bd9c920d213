/* The program without a terminal: keys in, a canvas out, on a clock that the test moves. */
#ifndef TESTS_SESSION_H
#define TESTS_SESSION_H

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/app_internal.h"

struct fixture {
	struct app *app;
	double now;
};

/* A small network with `settings` added (NAME=VALUE, separated by blanks), on a screen that can
 * draw `glyphs` and poorer sets. */
static inline struct fixture start_session(
	const char *settings, const char *glyphs, int columns, int rows)
{
	struct app_options options = {.settings = all_settings_default(), .glyphs = glyphs};
	options.settings.screen.glyphs = NULL;
	struct fixture fixture = {.now = 1000};
	struct error error = {0, ""};
	char copy[400], *rest = copy;
	snprintf(copy, sizeof(copy), "samples=50 depth=2 width=2 %s", settings);
	for (char *item; (item = strtok_r(rest, " ", &rest));)
		if (!all_settings_assign_pair(&options.settings, item, &error))
			fail_msg("%s: %s", item, error.text);
	fixture.app = app_new(&options, &error);
	if (!fixture.app)
		fail_msg("%s: %s", settings, error.text);
	app_resize(fixture.app, columns, rows);
	return fixture;
}

static inline struct experiment *experiment_of(const struct fixture *fixture)
{
	return fixture->app->session->experiment;
}

static inline int64_t epoch_of(const struct fixture *fixture)
{
	return experiment_epoch(experiment_of(fixture));
}

static inline const struct config *config_of(const struct fixture *fixture)
{
	return experiment_config(experiment_of(fixture));
}

/* Works until there is nothing to do before `until`; the clock is at `until` then. */
static inline void work_until(struct fixture *fixture, double until)
{
	for (int i = 0; i < 1000000; i++) {
		double wait = app_wait(fixture->app, fixture->now);
		if (wait < 0 || fixture->now + wait > until) {
			if (fixture->now < until)
				fixture->now = until;
			return;
		}
		fixture->now += wait;
		app_work(fixture->app, fixture->now);
	}
	fail_msg("the session works without end");
}

static inline void settle(struct fixture *fixture)
{
	work_until(fixture, fixture->now);
}

static inline enum app_state press(struct fixture *fixture, int key)
{
	enum app_state state = app_key(fixture->app, key, fixture->now);
	settle(fixture);
	return state;
}

/* A line as the prompt takes it; one that is refused fails the test. */
static inline void command(struct fixture *fixture, const char *line)
{
	enum app_state state;
	struct error error;
	if (!app_command(fixture->app, line, &state, &error))
		fail_msg("%s: %s", line, error.text);
}

/* The pane is alone on the screen, and has got what it asks the run for. */
static inline void zoom_to(struct fixture *fixture, const char *pane)
{
	char line[80];
	snprintf(line, sizeof(line), "pane %s", pane);
	command(fixture, line);
	press(fixture, 'z');
	app_draw(fixture->app); /* tells what the pane needs */
	work_until(fixture, fixture->now + 3);
}

/* Training as fast as it can, and paused at epoch 0. */
static inline struct fixture start_paused(const char *settings, const char *glyphs)
{
	char fast[300];
	snprintf(fast, sizeof(fast), "pace=max %s", settings);
	struct fixture fixture = start_session(fast, glyphs, 120, 40);
	press(&fixture, ' ');
	return fixture;
}

/* At the usual pace in a small terminal, in ASCII so that shows() can read all of the screen. */
static inline struct fixture start_small(const char *settings)
{
	char in_ascii[300];
	snprintf(in_ascii, sizeof(in_ascii), "glyphs=ascii %s", settings);
	return start_session(in_ascii, "braille", 80, 24);
}

static inline void pause_run(struct fixture *fixture)
{
	settle(fixture);
	if (fixture->app->session->left != 0)
		press(fixture, ' ');
}

/* True if a line of the screen contains `text` (ASCII). */
static inline bool shows(struct fixture *fixture, const char *text)
{
	const struct canvas *canvas = app_draw(fixture->app);
	char line[CANVAS_COLUMNS_MAX + 1];
	for (int y = 0; y < canvas->rows; y++) {
		for (int x = 0; x < canvas->columns; x++) {
			uint32_t code = canvas->cell[y * canvas->columns + x].code;
			line[x] = code >= ' ' && code < 127 ? (char)code : '~';
		}
		line[canvas->columns] = '\0';
		if (strstr(line, text))
			return true;
	}
	return false;
}

#endif
