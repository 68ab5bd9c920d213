#include "app/headless.h"

#include "app/console.h"
#include "lab/text.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double progress_period = 0.25;

/* ---- signals ---- */

/* The only variable that the signal handler writes. */
static volatile sig_atomic_t caught;

static void catch_signal(int number)
{
	caught = number;
}

/* Without SA_RESTART, so that a signal also interrupts a blocked write. */
void headless_catch_signals(void)
{
	static const int number[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
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

bool headless_ended(void)
{
	return caught != 0;
}

int headless_end_status(void)
{
	return 128 + (int)caught;
}

/* ---- progress ---- */

double progress_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct progress progress_start(void)
{
	return (struct progress){.shown = isatty(STDERR_FILENO), .start = progress_now()};
}

bool progress_due(struct progress *progress)
{
	double now;
	if (!progress->shown)
		return false;
	now = progress_now();
	if (now < progress->due)
		return false;
	progress->due = now + progress_period;
	return true;
}

void progress_write(struct progress *progress, const char *line)
{
	int width = (int)strlen(line);
	if (!progress->shown)
		return;
	fprintf(stderr, "\r%s%*s\r", line, width < progress->width ? progress->width - width : 0, "");
	fflush(stderr);
	progress->width = width;
}

void progress_erase(struct progress *progress)
{
	if (progress->width > 0)
		progress_write(progress, "");
}

/* ---- data ---- */

static void tell(const struct dataset *data, const char *sentence)
{
	char text[sizeof(data->name) + NOTE_MAX + 2];
	snprintf(text, sizeof(text), "%s: %s", data->name, sentence);
	console_say(text);
}

static void tell_split(const struct dataset *data, double split)
{
	char text[NOTE_MAX];
	int held_out = data->rows - data->training;
	if (held_out > 0)
		snprintf(text, sizeof(text), "trains on %d of %d rows, %d held out (split=%g)",
			data->training, data->rows, held_out, split);
	else
		snprintf(text, sizeof(text), "trains on all %d rows%s (split=%g)", data->rows,
			split == 0          ? ""
				: data->classes ? ", as no class has one to spare"
								: ", too few to hold one out",
			split);
	tell(data, text);
}

void headless_tell_data(bool *told, struct progress *progress, const struct experiment *experiment)
{
	const struct dataset *data = experiment_data(experiment);
	if (*told || !data)
		return;
	*told = true;
	if (!data->own)
		return;
	progress_erase(progress);
	for (int i = 0; i < data->notes.count; i++)
		tell(data, data->notes.text[i]);
	tell_split(data, experiment_config(experiment)->split);
}

/* ---- output ---- */

bool output_open(struct output *output, const char *path, struct error *error)
{
	*output = (struct output){.path = path};
	if (path && !atomic_file_open(&output->whole, path, error))
		return false;
	output->file = path ? output->whole.stream : stdout;
	output->name = path ? path : "standard output";
	return true;
}

bool output_refuse(struct output *output, struct error *error)
{
	output->cause = errno;
	return error_set(
		error, STATUS_WORLD, "%s: cannot be written: %s", output->name, strerror(errno));
}

int output_close(struct output *output, bool done, struct error *error)
{
	done = done && (fflush(output->file) == 0 || output_refuse(output, error));
	if (!done && output->path)
		atomic_file_abandon(&output->whole);
	if (!done && caught)
		return headless_end_status();
	/* No message if the reader has closed the pipe. */
	if (!done && !output->path && output->cause == EPIPE)
		return 128 + SIGPIPE;
	if (!done || (output->path && !atomic_file_commit(&output->whole, error)))
		return console_complain(error);
	return STATUS_DONE;
}
