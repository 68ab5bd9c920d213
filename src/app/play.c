#include "app/play.h"

#include "app/app_internal.h"
#include "app/console.h"
#include "app/headless.h"
#include <stdio.h>
#include <unistd.h>

bool play_shows(const struct request *request)
{
	return !request->output && isatty(STDOUT_FILENO);
}

bool play_open(const struct request *request, struct app_options *options, struct error *error)
{
	if (!request->operand)
		return error_set(error, STATUS_USAGE, "play: found nothing, expected the name of a script");
	options->script = script_load(request->operand, error);
	if (!options->script)
		return false;
	options->settings = options->script->start;
	return true;
}

struct play {
	struct app *app;
	struct output output;
	struct progress progress;
	bool pins, headed, told;
	int64_t records, twin_records; /* written */
	double now;                    /* on a clock that only counts the waits */
};

/* Of the run that the session began with, and of those that were pinned, in their order. */
static const char *run_name(int id, char out[24])
{
	snprintf(out, 24, id > 1 ? "twin%d" : id == 1 ? "twin" : "first", id);
	return out;
}

static bool write_record(
	struct play *play, const struct experiment *experiment, int id, struct error *error)
{
	FILE *file = play->output.file;
	char name[24];
	if (!play->headed && (play->pins ? record_write_runs_header(file) : record_write_header(file)))
		return output_refuse(&play->output, error);
	play->headed = true;
	return record_write_run(
			   file, play->pins ? run_name(id, name) : NULL, experiment_record(experiment)) == 0 ||
		output_refuse(&play->output, error);
}

/* Writes what the newest slice has completed: at most one record of each run. */
static bool write_new(struct play *play, struct error *error)
{
	const struct session *session = play->app->session;
	const struct twin *twin = &play->app->twin;
	if (session->records != play->records &&
		!write_record(play, session->experiment, session->id, error))
		return false;
	if (twin->records != play->twin_records && twin->experiment &&
		!write_record(play, twin->experiment, twin->id, error))
		return false;
	play->records = session->records;
	play->twin_records = twin->records;
	return true;
}

static void progress_show(struct play *play)
{
	const struct player *player = &play->app->player;
	char line[80];
	if (!progress_due(&play->progress) || !player->script)
		return;
	snprintf(line, sizeof(line), "epoch %lld of %lld", (long long)play->app->session->trained,
		(long long)player->script->line[player->script->count - 1].at);
	progress_write(&play->progress, line);
}

static bool play_on(struct play *play, struct error *error)
{
	while (!headless_ended()) {
		if (!write_new(play, error))
			return false;
		if (!app_plays(play->app, error))
			return error->text[0] == '\0';
		double wait = app_wait(play->app, play->now);
		play->now += wait > 0 ? wait : 0;
		app_work(play->app, play->now);
		headless_tell_data(&play->told, &play->progress, play->app->session->experiment);
		progress_show(play);
	}
	return false;
}

int play_command(const struct request *request)
{
	struct app_options options = {.script = NULL};
	struct error error = {STATUS_DONE, ""};
	struct play play = {.progress = progress_start()};
	if (!play_open(request, &options, &error))
		return console_complain(&error);
	play.pins = options.script->pins;
	headless_catch_signals();
	play.app = app_new(&options, &error);
	if (!play.app)
		return console_complain(&error);
	int status;
	if (output_open(&play.output, request->output, &error)) {
		bool done = play_on(&play, &error);
		progress_erase(&play.progress);
		status = output_close(&play.output, done, &error);
	} else {
		status = console_complain(&error);
	}
	app_free(play.app);
	return status;
}
