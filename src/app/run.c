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

static int run_to(struct run *run, const char *path)
{
	struct error error = { STATUS_DONE, "" };

	if (!output_open(&run->output, path, &error))
		return cli_complain(&error);
	bool done = train(run, &error);
	progress_erase(&run->progress);
	if (done)
		say_early_end(run->experiment);
	return output_close(&run->output, done, &error);
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
	int status = run_to(&run, request->output);
	if (status == STATUS_DONE && request->weights &&
		!experiment_save_weights(run.experiment, request->weights, &error))
		status = cli_complain(&error);
	experiment_free(run.experiment);
	return status;
}
