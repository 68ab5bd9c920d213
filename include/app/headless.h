/* What the commands that work long and without a screen share: signals that end them between two
 * slices, a line of progress on stderr, and an output that appears whole or not at all.
 */
#ifndef APP_HEADLESS_H
#define APP_HEADLESS_H

#include "lab/atomic_file.h"
#include "lab/experiment.h"
#include <stdbool.h>
#include <stdio.h>

/* From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT are noted; one that is ignored (nohup) stays
 * ignored. */
void headless_catch_signals(void);
bool headless_ended(void);     /* one of them has come */
int headless_end_status(void); /* exit status for it: 128 + its number */

/* A line that is written over itself; nothing unless stderr is a terminal. */
struct progress {
	bool shown;
	double start, due; /* in seconds of progress_now() */
	int width;         /* of the line that stands there */
};

struct progress progress_start(void);
double progress_now(void);                    /* seconds on a clock that never jumps */
bool progress_due(struct progress *progress); /* true a few times a second */
void progress_write(struct progress *progress, const char *line);
void progress_erase(struct progress *progress);

/* Says on stderr what to know about the data, when a file of the user's has been read; once. */
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

/* A write has just failed, and errno says why. Returns false. */
bool output_refuse(struct output *output, struct error *error);

/* Ends the output: `done` says whether all of it was written, `error` why not. Complains on
 * stderr, unless a signal ended the work or nobody reads any more; returns the exit status. */
int output_close(struct output *output, bool done, struct error *error);

#endif
