#include "app/lesson_command.h"

#include "app/app_internal.h"
#include "app/config_file.h"
#include "app/console.h"
#include "app/headless.h"
#include "app/lesson_file.h"
#include "app/translation.h"
#include <math.h>
#include <stdio.h>

enum { SEEDS = 5 };

bool lesson_shows(const struct request *request)
{
	return !request->check;
}

typedef struct lesson *loader(const char *name, struct error *error);

static struct lesson *lesson_named(
	loader *load, const char *name, const char *what, struct error *error)
{
	if (name)
		return load(name, error);
	error_set(
		error, STATUS_USAGE, "found nothing, expected the name of a %s: wane list %ss", what, what);
	return NULL;
}

bool lesson_open(const struct request *request, struct app_options *options, struct error *error)
{
	options->lesson = lesson_named(lesson_load, request->operand, "lesson", error);
	if (!options->lesson)
		return false;
	options->settings = request->settings;
	if (!config_file_load(&options->settings, error))
		return false;
	options->settings.config = options->lesson->start.config;
	return translation_load(options->lesson, language_chosen(options->settings.screen.lang), error);
}

/* A preset is a run like any other; what the file claims of it is only checked. */
bool preset_open(const struct request *request, struct app_options *options, struct error *error)
{
	struct lesson *preset = lesson_named(preset_load, request->operand, "preset", error);
	if (!preset)
		return false;
	options->settings = request->settings;
	bool read = config_file_load(&options->settings, error);
	options->settings.config = preset->start.config;
	snprintf(options->greeting, sizeof(options->greeting), "%s", preset->sees);
	lesson_free(preset);
	return read;
}

/* Goes on at every stop; a question is answered rightly. */
static void go_on(struct app *app)
{
	struct tutor *tutor = &app->tutor;
	const struct context context = app_context(app, 0);
	if (tutor->state == TUTOR_ASKS)
		tutor_answer(tutor, tutor->question->question.right, &context);
	else if (tutor->state == TUTOR_STOPS)
		tutor_next(tutor, &context);
	session_pace(app->session, INFINITY, 0);
}

/* Returns the number of claims that do not hold; negative: it could not be carried out. */
static int give(struct lesson *lesson, struct error *error)
{
	const struct app_options options = {.settings = lesson->start, .lesson = lesson};
	double now = 0;
	struct app *app = app_new(&options, error);
	if (!app)
		return -1;
	while (app->tutor.state != TUTOR_ENDED && !headless_ended() && !session_failed(app->session)) {
		if (app->tutor.state != TUTOR_WORKS)
			go_on(app);
		double wait = app_wait(app, now);
		now += wait > 0 ? wait : 0;
		app_work(app, now);
	}
	int failures = app->tutor.failures;
	*error = app->tutor.failed;
	if (session_failed(app->session)) {
		error_set(error, STATUS_WORLD, "%s", session_error(app->session));
		failures = -1;
	}
	app_free(app);
	return failures;
}

/* Prints one line for each seed with which a claim fails. */
static int check(loader *load, const char *name, const char *what)
{
	int seeds = 1, failures = 0;
	headless_catch_signals();
	for (int seed = 1; seed <= seeds && !headless_ended(); seed++) {
		struct error error = {STATUS_DONE, ""};
		struct lesson *lesson = lesson_named(load, name, what, &error);
		if (!lesson)
			return console_complain(&error);
		if (!lesson->fixes_seed) {
			lesson->start.config.seed = seed;
			seeds = SEEDS;
		}
		seed = lesson->start.config.seed;
		int found = give(lesson, &error);
		if (found == 0)
			continue;
		failures++;
		printf("%s (seed %d, %d in all)\n", error.text, seed, found < 0 ? 1 : found);
	}
	if (headless_ended())
		return headless_end_status();
	int status = console_finish_output();
	return status == STATUS_DONE && failures ? STATUS_WORLD : status;
}

int lesson_command(const struct request *request)
{
	return check(lesson_load, request->operand, "lesson");
}

int preset_command(const struct request *request)
{
	return check(preset_load, request->operand, "preset");
}
