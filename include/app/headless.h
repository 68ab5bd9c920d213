/* Shared by the commands that work long and without a screen: signals that end them between two
 * slices, a progress line on stderr, and an output file that is replaced atomically.
 */
#ifndef APP_HEADLESS_H
#define APP_HEADLESS_H

#include "lab/atomic_file.h"
#include "lab/experiment.h"
#include <stdbool.h>
#include <stdio.h>

/* From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT set a flag; an ignored signal (nohup) stays
 * ignored. */
void headless_catch_signals(void);
bool headless_ended(void);     /* a signal has come */
int headless_end_status(void); /* exit status: 128 + the signal's number */

/* A line that is overwritten in place; not shown unless stderr is a terminal. */
struct progress {
	bool shown;
	double start, due; /* seconds of progress_now() */
	int width;         /* of the line on the terminal */
};

struct progress progress_start(void);
double progress_now(void);                    /* seconds on a clock that never jumps */
bool progress_due(struct progress *progress); /* true a few times a second */
void progress_write(struct progress *progress, const char *line);
void progress_erase(struct progress *progress);

/* Writes the notes about the data to stderr, once, after a file of the user has been read. */
void headless_tell_data(bool *told, struct progress *progress, const struct experiment *experiment);

struct output {
	FILE *file;
	const char *name; /* for messages */
	const char *path; /* NULL: standard output */
	int cause;        /* errno of a write that failed */
	struct atomic_file whole;
};

/* `path` NULL is standard output; it must outlive the output. */
bool output_open(struct output *output, const char *path, struct error *error);

/* Reports a write that has just failed, with errno. Returns false. */
bool output_refuse(struct output *output, struct error *error);

/* Ends the output. `done`: all of it was written; else `error` says why not, which is written to
 * stderr unless a signal ended the work or the reader closed the pipe. Returns the exit status. */
int output_close(struct output *output, bool done, struct error *error);

#endif
