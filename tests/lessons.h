/* Lessons that are written in a test. */
#ifndef TESTS_LESSONS_H
#define TESTS_LESSONS_H

#include "app/lesson_file.h"
#include "session.h"

/* A lesson of this text, whose errors are said to be in the file "here". */
static inline struct lesson *lesson_of(const char *text)
{
	struct error error = {STATUS_DONE, ""};
	struct lesson *lesson = lesson_read("here", text, &error);
	if (!lesson)
		fail_msg("%s", error.text);
	return lesson;
}

/* A session that begins with the lesson, at its first stop. */
static inline struct fixture lesson_begun(const char *text)
{
	struct error error = {STATUS_DONE, ""};
	struct app_options options = {.glyphs = "ascii", .lesson = lesson_of(text)};
	struct fixture fixture = {.now = 1000};
	options.settings = options.lesson->start;
	options.settings.screen.glyphs = options.settings.screen.colors = NULL;
	options.settings.screen.pace = "max";
	options.settings.screen.advice = "off";
	fixture.app = app_new(&options, &error);
	assert_non_null(fixture.app);
	app_resize(fixture.app, 80, 30);
	settle(&fixture);
	return fixture;
}

/* Begins the lesson in a session, and goes to its first stop. */
static inline void begin_lesson(struct fixture *fixture, const char *text)
{
	const struct context context = app_context(fixture->app, 0);
	tutor_start(&fixture->app->tutor, lesson_of(text), &context);
	settle(fixture);
}

#endif
