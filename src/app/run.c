#include "app/run.h"

#include "app/headless.h"
#include "lab/experiment.h"
#include "lab/text.h"
#include "nn/elementary.h"
#include <math.h>
#include <stdio.h>

static const uint64_t slice = 10000000; /* multiply-adds between two looks at the clock */

static void progress_show(struct progress *progress, const struct experiment *experiment)
{
	const struct record *record = experiment_record(experiment);
	int epochs = experiment_config(experiment)->epochs;
	double done = (double)experiment_epoch(experiment) + experiment_progress(experiment), left;
	char line[120];

	if (!progress_due(progress))
		return;
	left = done > 0 ? (progress_now() - progress->start) * max_f64(epochs - done, 0) / done : NAN;
	if (!record)
		snprintf(line, sizeof(line), "starting");
	else if (isfinite(left))
		snprintf(line, sizeof(line), "epoch %lld of %d  loss %.4g  %.0f s left",
			(long long)experiment_epoch(experiment), epochs, number_to_print(record->loss),
			ceil(left));
	else
		snprintf(line, sizeof(line), "epoch 0 of %d  loss %.4g", epochs,
			number_to_print(record->loss));
	progress_write(progress, line);
}

struct run {
	struct experiment *experiment;
	struct output output;
	struct weights_save *save; /* NULL: the weights are not wanted */
	int every;
	struct progress progress;
};

static bool write_record(struct run *run, struct error *error)
{
	const struct record *record = experiment_record(run->experiment);

	if (record->epoch == 0 && record_write_header(run->output.file) != 0)
		return output_refuse(&run->output, error);
	if (record->epoch % run->every != 0 && !experiment_finished(run->experiment))
		return true;
	return record_write(run->output.file, record) == 0 || output_refuse(&run->output, error);
}

/* Every K-th epoch is written, and the last. */
static enum experiment_report next_report(const struct run *run)
{
	int64_t next = experiment_epoch(run->experiment) + 1;
	bool written = next % run->every == 0 || next == experiment_config(run->experiment)->epochs;
	return written ? REPORT_RECORD : REPORT_NOTHING;
}

/* Trains to the end; false: error says why not, or a signal came. */
static bool train(struct run *run, struct error *error)
{
	while (!headless_ended()) {
		switch (experiment_advance(run->experiment, slice)) {
		case EXPERIMENT_BUSY:
			break;
		case EXPERIMENT_RECORD:
			if (!write_record(run, error))
				return false;
			break;
		case EXPERIMENT_IDLE:
			if (experiment_finished(run->experiment))
				return true;
			experiment_epoch_begin(run->experiment, next_report(run));
			break;
		case EXPERIMENT_FAILED:
			*error = *experiment_error(run->experiment);
			return false;
		}
		progress_show(&run->progress, run->experiment);
	}
	return false;
}

/* A run that ends before its last epoch says why. */
static void say_early_end(const struct experiment *experiment)
{
	char why[120];

	experiment_describe_end(experiment, why, sizeof(why));
	if (experiment_diverged(experiment) ||
	    experiment_epoch(experiment) < experiment_config(experiment)->epochs)
		fprintf(stderr, "wane: %s\n", why);
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

/* Writes the weights in slices, between which a signal ends it; returns the exit status. */
static int save_weights(struct run *run)
{
	struct error error = { STATUS_DONE, "" };
	enum weights_state state = WEIGHTS_MORE;

	while (state == WEIGHTS_MORE && !headless_ended()) {
		state = experiment_save_weights(run->experiment, run->save, slice, &error);
		progress_show_save(run);
	}
	progress_erase(&run->progress);
	if (state == WEIGHTS_MORE)
		return headless_end_status();
	return state == WEIGHTS_DONE ? STATUS_DONE : cli_complain(&error);
}

static bool open_outputs(struct run *run, const struct cli_request *request, struct error *error)
{
	if (!output_open(&run->output, request->output, error))
		return false;
	if (!request->weights)
		return true;
	run->save = weights_save_begin(request->weights, error);
	if (run->save && request->output
		&& atomic_file_same(&run->output.whole, weights_save_file(run->save)))
		error_set(error, STATUS_USAGE, "--save: found '%s', expected another file than that "
			"of -o", request->weights);
	return error->status == STATUS_DONE;
}

static int run_to(struct run *run, const struct cli_request *request)
{
	struct error error = { STATUS_DONE, "" };
	bool open = open_outputs(run, request, &error);

	if (!open && !run->output.file)
		return cli_complain(&error);
	bool done = open && train(run, &error);
	progress_erase(&run->progress);
	if (done)
		say_early_end(run->experiment);
	int status = output_close(&run->output, done, &error);
	/* Records that cannot be written are no reason to lose the weights, too. */
	int saved = done && run->save ? save_weights(run) : STATUS_DONE;
	return status != STATUS_DONE ? status : saved;
}

int run_command(const struct cli_request *request)
{
	struct config config = request->setup.config;
	struct error error = { STATUS_DONE, "" };
	struct run run = { .every = request->every, .progress = progress_start() };

	if (config.epochs == 0)
		config.epochs = RUN_EPOCHS;
	headless_catch_signals();
	run.experiment = experiment_new(&config, &error);
	if (!run.experiment)
		return cli_complain(&error);
	int status = run_to(&run, request);
	weights_save_finish(run.save);
	experiment_free(run.experiment);
	return status;
}
