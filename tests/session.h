/* The program at the keys, without a terminal and on a clock that the test moves. */
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

/* Settings apart from a small plain run, in a terminal that can show `glyphs` at best. */
static inline struct fixture start(const char *settings, const char *glyphs)
{
	struct app_options options = {.settings = all_settings_default(), .glyphs = glyphs};
	struct fixture fixture = {.now = 1000};
	struct error error = {0, ""};
	char copy[300], *rest = copy;
	snprintf(copy, sizeof(copy), "samples=50 depth=2 width=2 pace=max %s", settings);
	for (char *item; (item = strtok_r(rest, " ", &rest));)
		if (!all_settings_assign_pair(&options.settings, item, &error))
			fail_msg("%s", error.text);
	options.settings.screen.glyphs = NULL;
	fixture.app = app_new(&options, &error);
	if (!fixture.app)
		fail_msg("%s", error.text);
	app_resize(fixture.app, 120, 40);
	app_key(fixture.app, ' ', fixture.now);
	while (app_wait(fixture.app, fixture.now) == 0)
		app_work(fixture.app, fixture.now);
	return fixture;
}

static inline struct experiment *experiment_of(const struct fixture *fixture)
{
	return fixture->app->session->experiment;
}

static inline void settle(struct fixture *fixture)
{
	for (int i = 0; app_wait(fixture->app, fixture->now) == 0; i++) {
		assert_true(i < 1000000);
		app_work(fixture->app, fixture->now);
		fixture->now += 0.001;
	}
}

static inline void press(struct fixture *fixture, int key)
{
	app_key(fixture->app, key, fixture->now);
	settle(fixture);
}

static inline bool shows(struct fixture *fixture, const char *text)
{
	const struct canvas *canvas = app_draw(fixture->app);
	char line[601];
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
