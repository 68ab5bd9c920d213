#include "app/advise.h"

#include "app/console.h"
#include "app/headless.h"
#include "lab/advice.h"
#include "lab/text.h"
#include <stdio.h>

static const uint64_t slice = 10000000; /* multiply-adds between two looks at the clock */

struct advising {
	struct experiment *experiment;
	struct advice *advice;
	struct output output;
	struct progress progress;
	bool told; /* the notes about the data have been written */
};

/* Trains `epochs` epochs; the last one yields a record. False: error, or a signal ended it. */
static bool train(struct advising *advising, int64_t epochs, struct error *error)
{
	struct experiment *experiment = advising->experiment;
	char line[80];
	while (!headless_ended()) {
		switch (experiment_advance(experiment, slice)) {
		case EXPERIMENT_BUSY:
		case EXPERIMENT_RECORD:
			break;
		case EXPERIMENT_IDLE:
			if (experiment_epoch(experiment) >= epochs || experiment_diverged(experiment))
				return true;
			experiment_epoch_begin(experiment, REPORT_RECORD);
			break;
		case EXPERIMENT_FAILED:
			*error = *experiment_error(experiment);
			return false;
		}
		headless_tell_data(&advising->told, &advising->progress, experiment);
		if (progress_due(&advising->progress)) {
			snprintf(line, sizeof(line), "epoch %lld of %lld",
				(long long)experiment_epoch(experiment), (long long)epochs);
			progress_write(&advising->progress, line);
		}
	}
	return false;
}

/* False: a signal ended it. */
static bool try_remedies(struct advising *advising)
{
	char line[80];
	while (advice_advance(advising->advice, slice)) {
		if (headless_ended())
			return false;
		if (progress_due(&advising->progress)) {
			snprintf(line, sizeof(line), "remedy %d of %d", advice_done(advising->advice) + 1,
				advice_count(advising->advice));
			progress_write(&advising->progress, line);
		}
	}
	return true;
}

static void write_number(FILE *file, float value)
{
	char text[32] = "";
	if (!record_is_nothing(value))
		number_format(text, value);
	fprintf(file, ",%s", text);
}

static void write_trial(
	FILE *file, int rank, const struct trial *trial, const struct config *config)
{
	const struct config changed = trial_config(trial, config);
	char name[TRIAL_SETTINGS_MAX], settings[TRIAL_SETTINGS_MAX];
	bool tried = trial->state == TRIAL_DONE;
	trial_name(trial, name, sizeof(name));
	config_difference(config, &changed, settings, sizeof(settings));
	fprintf(file, "%d,%s,%s,%s,%d", rank, name, settings, trial->restart ? "yes" : "no",
		tried ? trial->epochs : 0);
	write_number(file, tried ? trial->reached : record_nothing());
	write_number(file, trial->val_loss);
	write_number(file, trial->acc);
	write_number(file, trial->decades);
	fprintf(file, ",%s,%s\n", trial->verdict ? trial->verdict : "", tried ? "yes" : "no");
}

static bool write_all(struct advising *advising, struct error *error)
{
	FILE *file = advising->output.file;
	const struct config *config = experiment_config(advising->experiment);
	fputs("rank,remedy,settings,restart,epochs,loss,val_loss,acc,decades,verdict,tried\n", file);
	for (int i = 0; advice_at(advising->advice, i); i++)
		write_trial(file, i + 1, advice_at(advising->advice, i), config);
	return !ferror(file) || output_refuse(&advising->output, error);
}

static bool advise(struct advising *advising, const struct request *request, struct error *error)
{
	const struct advice_limits limits = {.epochs = request->epochs, .extent = ADVICE_ALL};
	if (!train(advising, request->after, error))
		return false;
	if (!advice_begin(advising->advice, advising->experiment, &limits))
		return error_set(error, STATUS_WORLD, "not enough memory");
	return try_remedies(advising) && write_all(advising, error);
}

int advise_command(const struct request *request)
{
	struct error error = {STATUS_DONE, ""};
	struct advising advising = {.progress = progress_start()};
	int status = STATUS_WORLD;
	headless_catch_signals();
	advising.experiment = experiment_new(&request->settings.config, &error);
	advising.advice = advice_new();
	if (!advising.advice)
		error_set(&error, STATUS_WORLD, "not enough memory");
	if (!advising.experiment || !advising.advice ||
		!output_open(&advising.output, request->output, &error)) {
		status = console_complain(&error);
	} else {
		bool done = advise(&advising, request, &error);
		progress_erase(&advising.progress);
		status = output_close(&advising.output, done, &error);
	}
	advice_free(advising.advice);
	experiment_free(advising.experiment);
	return status;
}
