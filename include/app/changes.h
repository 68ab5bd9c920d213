/* Changes on the way of a run: what --at asks for, in the order in which it is due.
 *
 * EPOCH counts the epochs that the run has trained in all, before and after restarts. Those of
 * one epoch are one change, as keys pressed between the same two epochs are.
 */
#ifndef APP_CHANGES_H
#define APP_CHANGES_H

#include "lab/settings.h"
#include <stdbool.h>
#include <stdint.h>

enum { CHANGES_MAX = 256, RUN_EPOCHS = 100 /* of a run with epochs=0 */ };

struct change {
	int64_t epoch;
	const char *text; /* EPOCH:NAME=VALUE or EPOCH:restart, as it was written */
};

struct changes {
	struct change at[CHANGES_MAX]; /* by epoch; of one epoch in the order of writing */
	int count;
};

/* Adds a change; `text` must outlive the list. False: the error quotes it and says what is
 * wrong. */
bool changes_add(struct changes *changes, const char *text, struct error *error);

/* How many changes from number `first` on are due at its epoch, as one change. */
int changes_together(const struct changes *changes, int first);

/* Makes `count` changes in *config; *restart is whether one of them is a restart. */
bool changes_make(const struct changes *changes, int first, int count, struct config *config,
	bool *restart, struct error *error);

/* True if a run with these settings starts anew where it is given those. */
bool changes_start_anew(const struct config *from, const struct config *to, bool restart);

/* Refuses a change after which a run that begins with `config` (epochs: not 0) would train
 * nothing. *end becomes the number of epochs in all, unless the run ends early. */
bool changes_check(
	const struct changes *changes, const struct config *config, int64_t *end, struct error *error);

/* "--at 20:lr=0.1 --at 20:depth=3", cut to size. */
void changes_name(const struct changes *changes, int first, int count, char *out, size_t size);

#endif
