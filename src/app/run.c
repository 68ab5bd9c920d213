#include "app/run.h"

#include "app/console.h"
#include "app/figure.h"
#include "app/headless.h"
#include "lab/experiment.h"
#include "lab/text.h"
#include "nn/elementary.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const uint64_t slice = 10000000; /* multiply-adds between two looks at the clock */

/* One of the networks that are trained. */
struct trainee {
	const char *name; /* in the column `run`; NULL: there is no such column */
	struct experiment *experiment;
	const struct changes *changes;
	int changed;          /* number of changes made */
	int measured;         /* number of changes made whose settings have yielded a record */
	int64_t trained, end; /* epochs begun, and epochs in all; restarts do not reset them */
	bool started, done;   /* epoch 0 is measured; the last epoch is */
};

enum { TRAINEES = 2 };

struct run {
	struct trainee trainee[TRAINEES]; /* the second is the twin */
	int count;                        /* of them */
	const char *twin;                 /* its settings */
	struct output output;
	struct weights_save *save; /* NULL: the weights are not saved */
	bool drawn;                /* a picture is asked for: its file is open */
	struct atomic_file picture;
	int every;
	struct progress progress;
	bool headed; /* the header is written */
	bool told;   /* the notes about the data have been written */
};

/* ---- the twin's settings ---- */

/* Puts the option before the cause of the error. */
static bool refuse_twin(const char *text, const struct error *cause, struct error *error)
{
	return error_set(error, cause->status, "--twin '%.200s': %s", text, cause->text);
}

bool run_twin_settings(const char *text, struct config *config, struct error *error)
{
	static const char blank[] = " \t\n";
	struct config changed = *config;
	struct settings_list list = settings_list_begin(config);
	struct error cause = {STATUS_DONE, ""};
	const char *at = text + strspn(text, blank);
	if (!*at)
		error_set(&cause, STATUS_USAGE, "found nothing, expected NAME=VALUE");
	for (size_t length; *at && cause.status == STATUS_DONE;
		 at += length + strspn(at + length, blank)) {
		char pair[DATA_PATH_MAX + 64];
		length = strcspn(at, blank);
		if (length >= sizeof(pair)) {
			error_set(&cause, STATUS_USAGE, "a setting is longer than %zu bytes", sizeof(pair) - 1);
			break;
		}
		memcpy(pair, at, length);
		pair[length] = '\0';
		settings_list_run_pair(&list, &changed, pair, &cause);
	}
	settings_list_end(&list, &changed);
	if (cause.status != STATUS_DONE)
		return refuse_twin(text, &cause, error);
	*config = changed;
	if (config->epochs == 0)
		config->epochs = RUN_EPOCHS;
	return true;
}

/* ---- progress and records ---- */

/* Of the twin only after the first run has ended. */
static void progress_show(struct run *run)
{
	const struct trainee *shown = &run->trainee[run->count > 1 && run->trainee[0].done];
	const struct experiment *experiment = shown->experiment;
	struct progress *progress = &run->progress;
	const struct record *record = experiment_record(experiment);
	int epochs = experiment_config(experiment)->epochs;
	double done = shown->trained == 0
		? 0
		: (double)(shown->trained - 1) + experiment_progress(experiment),
		   left;
	char line[120];
	if (!progress_due(progress))
		return;
	left = done > 0
		? (progress_now() - progress->start) / done * max_f64((double)shown->end - done, 0)
		: NAN;
	if (!record)
		snprintf(line, sizeof(line), "%s  %.0f %%",
			experiment_data(experiment) ? "starting" : "loading",
			floor(100 * experiment_progress(experiment)));
	else if (isfinite(left))
		snprintf(line, sizeof(line), "epoch %lld of %d  loss %.4g  %.0f s left",
			(long long)experiment_epoch(experiment), epochs, number_to_print(record->loss),
			ceil(left));
	else
		snprintf(
			line, sizeof(line), "epoch 0 of %d  loss %.4g", epochs, number_to_print(record->loss));
	progress_write(progress, line);
}

static bool write_record(struct run *run, const struct trainee *trainee, struct error *error)
{
	const struct record *record = experiment_record(trainee->experiment);
	FILE *file = run->output.file;
	if (!run->headed &&
		(trainee->name ? record_write_runs_header(file) : record_write_header(file)) != 0)
		return output_refuse(&run->output, error);
	run->headed = true;
	if (record->epoch % run->every != 0 && !experiment_finished(trainee->experiment))
		return true;
	return record_write_run(file, trainee->name, record) == 0 || output_refuse(&run->output, error);
}

/* Writes every K-th epoch and the last. */
static enum experiment_report next_report(
	const struct run *run, const struct experiment *experiment)
{
	int64_t next = experiment_epoch(experiment) + 1;
	bool written = next % run->every == 0 || next == experiment_config(experiment)->epochs;
	return written ? REPORT_RECORD : REPORT_NOTHING;
}

/* Puts the changes that may have caused the error before its text, or the settings of the twin. */
static bool blame_changes(const struct run *run, const struct trainee *trainee,
	const struct error *cause, struct error *error)
{
	char name[300];
	if (trainee != &run->trainee[0])
		return refuse_twin(run->twin, cause, error);
	changes_name(trainee->changes, trainee->measured, trainee->changed - trainee->measured, name,
		sizeof(name));
	return error_set(error, cause->status, "%s%s%s", name, name[0] ? ": " : "", cause->text);
}

/* Makes the changes that are due, like keys pressed between the same two epochs; *made: there were
 * any. */
static bool make_changes(
	const struct run *run, struct trainee *trainee, bool *made, struct error *error)
{
	const struct changes *changes = trainee->changes;
	const struct config *present = experiment_config(trainee->experiment);
	struct config wanted = *present;
	struct error cause = {STATUS_DONE, ""};
	int first = trainee->changed;
	bool restart;
	*made = first < changes->count && changes->at[first].epoch == trainee->trained;
	if (!*made)
		return true;
	int count = changes_together(changes, first);
	if (!changes_make(changes, first, count, &wanted, &restart, error))
		return false;
	trainee->measured = first;
	trainee->changed = first + count;
	if (!changes_start_anew(present, &wanted, restart)) {
		return config_same(present, &wanted) ||
			experiment_configure(trainee->experiment, &wanted, &cause) ||
			blame_changes(run, trainee, &cause, error);
	}
	experiment_free(trainee->experiment);
	trainee->experiment = experiment_new(&wanted, &cause);
	return trainee->experiment || blame_changes(run, trainee, &cause, error);
}

/* What comes after a record: changes, the next epoch, or the end. *rests: it is the turn of the
 * other run, because epoch 0 or the epoch begun in this turn is complete. */
static bool go_on(
	struct run *run, struct trainee *trainee, bool begun, bool *rests, struct error *error)
{
	bool made;
	*rests = begun || !trainee->started;
	trainee->started = true;
	if (*rests)
		return true;
	if (!make_changes(run, trainee, &made, error))
		return false;
	if (made)
		return true;
	trainee->done = *rests = experiment_finished(trainee->experiment);
	if (trainee->done)
		return true;
	trainee->trained++;
	experiment_epoch_begin(trainee->experiment, next_report(run, trainee->experiment));
	return true;
}

/* Trains one epoch, or measures epoch 0; false: error says why not, or a signal ended it. */
static bool train_epoch(struct run *run, struct trainee *trainee, struct error *error)
{
	int64_t before = trainee->trained;
	bool rests = false;
	while (!headless_ended()) {
		switch (experiment_advance(trainee->experiment, slice)) {
		case EXPERIMENT_BUSY:
			break;
		case EXPERIMENT_RECORD:
			trainee->measured = trainee->changed;
			if (!experiment_previewed(trainee->experiment) && !write_record(run, trainee, error))
				return false;
			break;
		case EXPERIMENT_IDLE:
			if (!go_on(run, trainee, trainee->trained > before, &rests, error))
				return false;
			break;
		case EXPERIMENT_FAILED:
			return blame_changes(run, trainee, experiment_error(trainee->experiment), error);
		}
		if (rests)
			return true;
		headless_tell_data(&run->told, &run->progress, run->trainee[0].experiment);
		progress_show(run);
	}
	return false;
}

/* Trains to the end, epoch by epoch in turn; false: error says why not, or a signal ended it. */
static bool train(struct run *run, struct error *error)
{
	bool done = false;
	while (!done) {
		done = true;
		for (int i = 0; i < run->count; i++) {
			struct trainee *trainee = &run->trainee[i];
			if (!trainee->done && !train_epoch(run, trainee, error))
				return false;
			done = done && trainee->done;
		}
	}
	return true;
}

/* Reports why a run ended before its last epoch, and which changes it did not reach. */
static void say_early_end(const struct run *run, const struct trainee *trainee)
{
	const struct experiment *experiment = trainee->experiment;
	const char *whose = trainee == &run->trainee[0] ? "" : "--twin: ";
	char why[120], left[400], text[420];
	experiment_describe_end(experiment, why, sizeof(why));
	if (experiment_diverged(experiment) ||
		experiment_epoch(experiment) < experiment_config(experiment)->epochs) {
		snprintf(text, sizeof(text), "%s%s", whose, why);
		console_say(text);
	}
	changes_name(trainee->changes, trainee->changed, trainee->changes->count - trainee->changed,
		left, sizeof(left));
	if (left[0]) {
		snprintf(text, sizeof(text), "not reached: %s", left);
		console_say(text);
	}
}

static void progress_show_save(struct run *run)
{
	char line[120];
	if (!progress_due(&run->progress))
		return;
	snprintf(line, sizeof(line), "writing the weights  %.0f %%",
		floor(100 * experiment_save_progress(run->trainee[0].experiment, run->save)));
	progress_write(&run->progress, line);
}

/* Writes the weights in slices; a signal ends it between two. Returns the exit status. */
static int save_weights(struct run *run)
{
	struct error error = {STATUS_DONE, ""};
	enum weights_state state = WEIGHTS_MORE;
	while (state == WEIGHTS_MORE && !headless_ended()) {
		state = experiment_save_weights(run->trainee[0].experiment, run->save, slice, &error);
		progress_show_save(run);
	}
	progress_erase(&run->progress);
	if (state == WEIGHTS_MORE)
		return headless_end_status();
	return state == WEIGHTS_DONE ? STATUS_DONE : console_complain(&error);
}

/* Draws the runs up to their last epochs. Returns the exit status. */
static int draw_picture(struct run *run, const struct screen_settings *settings)
{
	struct error error = {STATUS_DONE, ""};
	struct frame frame, twin = {.model = NULL};
	experiment_frame(run->trainee[0].experiment, EPOCH_PRESENT, &frame);
	if (run->twin) {
		experiment_frame(run->trainee[1].experiment, EPOCH_PRESENT, &twin);
		frame.name = "run";
		twin.name = run->twin;
	}
	if (!figure_write(&run->picture, &frame, &twin, settings, &error))
		return console_complain(&error);
	run->drawn = false;
	return atomic_file_commit(&run->picture, &error) ? STATUS_DONE : console_complain(&error);
}

/* False, and the error says so, if both options name the same file. `file` NULL: there is none. */
static bool differ(const struct atomic_file *file, const char *option,
	const struct atomic_file *other, const char *other_option, struct error *error)
{
	return !file || !other || !atomic_file_same(file, other) ||
		error_set(error, STATUS_USAGE, "%s: found '%s', expected another file than that of %s",
			option, file->path, other_option);
}

static bool open_outputs(struct run *run, const struct request *request, struct error *error)
{
	if (!output_open(&run->output, request->output, error))
		return false;
	if (request->weights)
		run->save = weights_save_begin(request->weights, error);
	if (request->weights && !run->save)
		return false;
	if (request->picture)
		run->drawn = atomic_file_open(&run->picture, request->picture, error);
	if (request->picture && !run->drawn)
		return false;
	const struct atomic_file *records = request->output ? &run->output.whole : NULL;
	const struct atomic_file *weights = run->save ? weights_save_file(run->save) : NULL;
	const struct atomic_file *picture = run->drawn ? &run->picture : NULL;
	return differ(weights, "--save", records, "-o", error) &&
		differ(picture, "--svg", records, "-o", error) &&
		differ(picture, "--svg", weights, "--save", error);
}

static int run_to(struct run *run, const struct request *request)
{
	struct error error = {STATUS_DONE, ""};
	bool open = open_outputs(run, request, &error);
	if (!open && !run->output.file)
		return console_complain(&error);
	bool done = open && train(run, &error);
	progress_erase(&run->progress);
	for (int i = 0; done && i < run->count; i++)
		say_early_end(run, &run->trainee[i]);
	int status = output_close(&run->output, done, &error);
	/* If the records cannot be written, the weights are still saved and the picture is drawn. */
	int saved = done && run->save ? save_weights(run) : STATUS_DONE;
	int drawn = done && run->drawn ? draw_picture(run, &request->settings.screen) : STATUS_DONE;
	return status != STATUS_DONE ? status : saved != STATUS_DONE ? saved : drawn;
}

static bool start(struct run *run, const struct config *config, const struct request *request,
	struct error *error)
{
	static const struct changes none = {.count = 0};
	struct trainee *first = &run->trainee[0], *twin = &run->trainee[1];
	struct config changed = *config;
	struct error cause = {STATUS_DONE, ""};
	run->count = 1;
	first->changes = &request->changes;
	first->experiment = experiment_new(config, error);
	if (!request->twin || !first->experiment)
		return first->experiment;
	run->count = 2;
	run->twin = request->twin;
	first->name = "first";
	twin->name = "twin";
	twin->changes = &none;
	if (!run_twin_settings(request->twin, &changed, error))
		return false;
	twin->end = changed.epochs;
	twin->experiment = experiment_new(&changed, &cause);
	return twin->experiment || refuse_twin(request->twin, &cause, error);
}

int run_command(const struct request *request)
{
	struct config config = request->settings.config;
	struct error error = {STATUS_DONE, ""};
	struct run run = {.every = request->every, .progress = progress_start()};
	if (config.epochs == 0)
		config.epochs = RUN_EPOCHS;
	if (!changes_check(&request->changes, &config, &run.trainee[0].end, &error))
		return console_complain(&error);
	headless_catch_signals();
	int status =
		start(&run, &config, request, &error) ? run_to(&run, request) : console_complain(&error);
	weights_save_finish(run.save);
	if (run.drawn)
		atomic_file_abandon(&run.picture);
	for (int i = 0; i < run.count; i++)
		experiment_free(run.trainee[i].experiment);
	return status;
}
