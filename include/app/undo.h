/* States to go back to, and forward again.
 *
 * A state is the experiment's snapshot, or the settings alone where no snapshot could be had
 * (an epoch was given up half way, or it would not fit): going back then starts those settings
 * at epoch 0. Bounded by UNDO_STATES and a budget of bytes; the oldest go first. The stack owns
 * its snapshots.
 */
#ifndef APP_UNDO_H
#define APP_UNDO_H

#include "lab/experiment.h"

enum { UNDO_STATES = 50 };

struct undo_state {
	struct snapshot *snapshot; /* NULL: the settings alone */
	struct config config;
};

struct undo_stack {
	struct undo_state state[UNDO_STATES];
	int count;
};

struct undo {
	struct undo_stack past, future;
};

/* Bytes of snapshots that a run with these settings may keep. */
size_t undo_budget(const struct config *config);

/* The state as it is now: with weights if `whole`, else the settings alone. */
struct undo_state undo_capture(const struct experiment *experiment, bool whole);

/* Takes over `state` as the newest. A snapshot that does not fit in the budget is dropped. */
void undo_push(struct undo_stack *stack, struct undo_state state, size_t budget);

/* Hands the newest state to the caller; false if there is none. */
bool undo_pop(struct undo_stack *stack, struct undo_state *state);

void undo_state_free(struct undo_state *state);
void undo_clear(struct undo_stack *stack);

#endif
