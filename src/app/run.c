#include "app/run.h"

#include "lab/atomic_file.h"
#include "lab/experiment.h"
#include "lab/text.h"
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const uint64_t slice = 10000000; /* multiply-adds between two looks at the clock */
static const double progress_period = 0.25;

/* The one variable that a signal handler may touch. */
static volatile sig_atomic_t caught;

static void catch_signal(int number)
{
	caught = number;
}

/* A signal that was ignored at the start (nohup) stays ignored. Without SA_RESTART a write to a
 * reader that has stopped reading is interrupted, too. */
static void catch_signals(void)
{
	static const int number[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action, old;

	memset(&action, 0, sizeof(action));
	action.sa_handler = catch_signal;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++) {
		sigaction(number[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(number[i], &action, NULL);
	}
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct progress {
	bool shown;
	double start, due;
	int width; /* of the line that stands there */
};

static void progress_write(struct progress *progress, const char *line)
{
	int width = (int)strlen(line);
	fprintf(stderr, "\r%s%*s\r", line, width < progress->width ? progress->width - width : 0, "");
	fflush(stderr);
	progress->width = width;
}

static void progress_show(struct progress *progress, const struct experiment *experiment)
{
	const struct record *record = experiment_record(experiment);
	int epochs = experiment_config(experiment)->epochs;
	double now = seconds(), done, left;
	char line[120];

	if (!progress->shown || now < progress->due)
		return;
	progress->due = now + progress_period;
	done = (double)experiment_epoch(experiment) + experiment_progress(experiment);
	left = done > 0 ? (now - progress->start) * fmax(epochs - done, 0) / done : NAN;
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

static void progress_erase(struct progress *progress)
{
	if (progress->shown && progress->width > 0)
		progress_write(progress, "");
}

struct run {
	struct experiment *experiment;
	FILE *file;
	const char *name; /* of the file, for messages */
	int every;
	int cause;        /* errno of a write that failed */
	struct progress progress;
};

static bool refuse_write(struct run *run, struct error *error)
{
	run->cause = errno;
	return error_set(error, STATUS_WORLD, "%s: cannot be written: %s", run->name,
		strerror(errno));
}

static bool write_record(struct run *run, struct error *error)
{
	const struct record *record = experiment_record(run->experiment);

	if (record->epoch == 0 && record_write_header(run->file) != 0)
		return refuse_write(run, error);
	if (record->epoch % run->every != 0 && !experiment_finished(run->experiment))
		return true;
	return record_write(run->file, record) == 0 || refuse_write(run, error);
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
	while (!caught) {
		switch (experiment_advance(run->experiment, slice)) {
		case EXPERIMENT_BUSY:
			break;
		case EXPERIMENT_RECORD:
			if (!write_record(run, error))
				return false;
			break;
		case EXPERIMENT_IDLE:
			if (experiment_finished(run->experiment))
				return fflush(run->file) == 0 || refuse_write(run, error);
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

/* What a failure to write comes to: nobody reading any more is not worth a word. */
static int failure(const struct run *run, const struct error *error)
{
	if (caught)
		return 128 + (int)caught;
	if (run->file == stdout && run->cause == EPIPE)
		return 128 + SIGPIPE;
	return cli_complain(error);
}

static int run_to(struct run *run, const char *path)
{
	struct error error = { STATUS_DONE, "" };
	struct atomic_file output;

	if (path && !atomic_file_open(&output, path, &error))
		return cli_complain(&error);
	run->file = path ? output.stream : stdout;
	run->name = path ? path : "standard output";
	bool done = train(run, &error);
	progress_erase(&run->progress);
	if (!done && path)
		atomic_file_abandon(&output);
	if (!done)
		return failure(run, &error);
	if (path && !atomic_file_commit(&output, &error))
		return cli_complain(&error);
	return STATUS_DONE;
}

int run_command(const struct cli_request *request)
{
	struct config config = request->setup.config;
	struct error error = { STATUS_DONE, "" };
	struct run run = { .every = request->every };

	if (config.epochs == 0)
		config.epochs = RUN_EPOCHS;
	catch_signals();
	run.progress.shown = isatty(STDERR_FILENO);
	run.progress.start = seconds();
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
