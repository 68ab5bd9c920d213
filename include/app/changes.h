/* Changes during a run, requested by --at, in the order in which they are due.
 *
 * EPOCH counts all epochs that the run has trained, before and after restarts. All changes after
 * the same epoch are one change, as keys pressed between the same two epochs are.
 */
#ifndef APP_CHANGES_H
#define APP_CHANGES_H

#include "lab/settings.h"
#include <stdbool.h>
#include <stdint.h>

enum { CHANGES_MAX = 256, RUN_EPOCHS = 100 /* epochs of a run with epochs=0 */ };

struct change {
	int64_t epoch;
	const char *text; /* EPOCH:NAME=VALUE or EPOCH:restart, as the user wrote it */
};

struct changes {
	struct change at[CHANGES_MAX]; /* by epoch; within an epoch in the order of the command line */
	int count;
};

/* Adds a change; `text` must outlive the list. False: the error quotes it and says what is
 * wrong. */
bool changes_add(struct changes *changes, const char *text, struct error *error);

/* The number of changes, from number `first` on, that are due at its epoch. */
int changes_together(const struct changes *changes, int first);

/* Makes `count` changes in *config; *restart is set if one of them is a restart. */
bool changes_make(const struct changes *changes, int first, int count, struct config *config,
	bool *restart, struct error *error);

/* True if a run restarts when its settings change like this. */
bool changes_start_anew(const struct config *from, const struct config *to, bool restart);

/* Refuses a change after which a run that begins with `config` (epochs: not 0) would not train.
 * *end becomes the total number of epochs, unless the run ends early. */
bool changes_check(
	const struct changes *changes, const struct config *config, int64_t *end, struct error *error);

/* "--at 20:lr=0.1 --at 20:depth=3", cut off at `size`. */
void changes_name(const struct changes *changes, int first, int count, char *out, size_t size);

#endif
