#include "app/run.h"

#include "app/console.h"
#include "app/headless.h"
#include "lab/experiment.h"
#include "lab/text.h"
#include "nn/elementary.h"
#include <math.h>
#include <stdio.h>

static const uint64_t slice = 10000000; /* multiply-adds between two looks at the clock */

struct run {
	struct experiment *experiment;
	struct output output;
	struct weights_save *save; /* NULL: the weights are not saved */
	int every;
	struct progress progress;
	const struct changes *changes;
	int changed;          /* number of changes made */
	int measured;         /* number of changes made whose settings have yielded a record */
	int64_t trained, end; /* epochs begun, and epochs in all; restarts do not reset them */
	bool headed;          /* the header is written */
	bool told;            /* the notes about the data have been written */
};

static void progress_show(struct run *run)
{
	const struct experiment *experiment = run->experiment;
	struct progress *progress = &run->progress;
	const struct record *record = experiment_record(experiment);
	int epochs = experiment_config(experiment)->epochs;
	double done =
			   run->trained == 0 ? 0 : (double)(run->trained - 1) + experiment_progress(experiment),
		   left;
	char line[120];
	if (!progress_due(progress))
		return;
	left = done > 0
		? (progress_now() - progress->start) / done * max_f64((double)run->end - done, 0)
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

static bool write_record(struct run *run, struct error *error)
{
	const struct record *record = experiment_record(run->experiment);
	if (!run->headed && record_write_header(run->output.file) != 0)
		return output_refuse(&run->output, error);
	run->headed = true;
	if (record->epoch % run->every != 0 && !experiment_finished(run->experiment))
		return true;
	return record_write(run->output.file, record) == 0 || output_refuse(&run->output, error);
}

/* Writes every K-th epoch and the last. */
static enum experiment_report next_report(const struct run *run)
{
	int64_t next = experiment_epoch(run->experiment) + 1;
	bool written = next % run->every == 0 || next == experiment_config(run->experiment)->epochs;
	return written ? REPORT_RECORD : REPORT_NOTHING;
}

/* Puts the changes that may have caused the error before its text. */
static bool blame_changes(const struct run *run, const struct error *cause, struct error *error)
{
	char name[300];
	changes_name(run->changes, run->measured, run->changed - run->measured, name, sizeof(name));
	return error_set(error, cause->status, "%s%s%s", name, name[0] ? ": " : "", cause->text);
}

/* Makes the changes that are due, like keys pressed between the same two epochs; *made: there were
 * any. */
static bool make_changes(struct run *run, bool *made, struct error *error)
{
	const struct changes *changes = run->changes;
	const struct config *present = experiment_config(run->experiment);
	struct config wanted = *present;
	struct error cause = {STATUS_DONE, ""};
	int first = run->changed;
	bool restart;
	*made = first < changes->count && changes->at[first].epoch == run->trained;
	if (!*made)
		return true;
	int count = changes_together(changes, first);
	if (!changes_make(changes, first, count, &wanted, &restart, error))
		return false;
	run->measured = first;
	run->changed = first + count;
	if (!changes_start_anew(present, &wanted, restart)) {
		return config_same(present, &wanted) ||
			experiment_configure(run->experiment, &wanted, &cause) ||
			blame_changes(run, &cause, error);
	}
	experiment_free(run->experiment);
	run->experiment = experiment_new(&wanted, &cause);
	return run->experiment || blame_changes(run, &cause, error);
}

/* Begins the next epoch, if there is one. */
static void begin_epoch(struct run *run)
{
	run->trained++;
	experiment_epoch_begin(run->experiment, next_report(run));
}

/* Trains to the end; false: error says why not, or a signal ended it. */
static bool train(struct run *run, struct error *error)
{
	bool made;
	while (!headless_ended()) {
		switch (experiment_advance(run->experiment, slice)) {
		case EXPERIMENT_BUSY:
			break;
		case EXPERIMENT_RECORD:
			run->measured = run->changed;
			if (!experiment_previewed(run->experiment) && !write_record(run, error))
				return false;
			break;
		case EXPERIMENT_IDLE:
			if (!make_changes(run, &made, error))
				return false;
			if (made)
				break;
			if (experiment_finished(run->experiment))
				return true;
			begin_epoch(run);
			break;
		case EXPERIMENT_FAILED:
			return blame_changes(run, experiment_error(run->experiment), error);
		}
		headless_tell_data(&run->told, &run->progress, run->experiment);
		progress_show(run);
	}
	return false;
}

/* Reports why a run ended before its last epoch, and which changes it did not reach. */
static void say_early_end(const struct run *run)
{
	const struct experiment *experiment = run->experiment;
	char why[120], left[400], text[420];
	experiment_describe_end(experiment, why, sizeof(why));
	if (experiment_diverged(experiment) ||
		experiment_epoch(experiment) < experiment_config(experiment)->epochs)
		console_say(why);
	changes_name(
		run->changes, run->changed, run->changes->count - run->changed, left, sizeof(left));
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
		floor(100 * experiment_save_progress(run->experiment, run->save)));
	progress_write(&run->progress, line);
}

/* Writes the weights in slices; a signal ends it between two. Returns the exit status. */
static int save_weights(struct run *run)
{
	struct error error = {STATUS_DONE, ""};
	enum weights_state state = WEIGHTS_MORE;
	while (state == WEIGHTS_MORE && !headless_ended()) {
		state = experiment_save_weights(run->experiment, run->save, slice, &error);
		progress_show_save(run);
	}
	progress_erase(&run->progress);
	if (state == WEIGHTS_MORE)
		return headless_end_status();
	return state == WEIGHTS_DONE ? STATUS_DONE : console_complain(&error);
}

static bool open_outputs(struct run *run, const struct request *request, struct error *error)
{
	if (!output_open(&run->output, request->output, error))
		return false;
	if (!request->weights)
		return true;
	run->save = weights_save_begin(request->weights, error);
	if (run->save && request->output &&
		atomic_file_same(&run->output.whole, weights_save_file(run->save)))
		error_set(error, STATUS_USAGE,
			"--save: found '%s', expected another file than that "
			"of -o",
			request->weights);
	return error->status == STATUS_DONE;
}

static int run_to(struct run *run, const struct request *request)
{
	struct error error = {STATUS_DONE, ""};
	bool open = open_outputs(run, request, &error);
	if (!open && !run->output.file)
		return console_complain(&error);
	bool done = open && train(run, &error);
	progress_erase(&run->progress);
	if (done)
		say_early_end(run);
	int status = output_close(&run->output, done, &error);
	/* If the records cannot be written, the weights are still saved. */
	int saved = done && run->save ? save_weights(run) : STATUS_DONE;
	return status != STATUS_DONE ? status : saved;
}

int run_command(const struct request *request)
{
	struct config config = request->settings.config;
	struct error error = {STATUS_DONE, ""};
	struct run run = {
		.every = request->every,
		.progress = progress_start(),
		.changes = &request->changes,
	};
	if (config.epochs == 0)
		config.epochs = RUN_EPOCHS;
	if (!changes_check(&request->changes, &config, &run.end, &error))
		return console_complain(&error);
	headless_catch_signals();
	run.experiment = experiment_new(&config, &error);
	if (!run.experiment)
		return console_complain(&error);
	int status = run_to(&run, request);
	weights_save_finish(run.save);
	experiment_free(run.experiment);
	return status;
}
