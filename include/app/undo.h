/* Stacks of states for undo and redo.
 *
 * A state is a snapshot of the experiment, or its settings alone if there is no snapshot (an epoch
 * was abandoned, or the snapshot would not fit): undo then starts these settings at epoch 0. A
 * stack is limited to UNDO_STATES and a budget of bytes; the oldest states are dropped first. The
 * stack owns its snapshots.
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

/* Budget of bytes for the snapshots of a run with these settings. */
size_t undo_budget(const struct config *config);

/* The present state: with weights if `whole`, else the settings alone. */
struct undo_state undo_capture(const struct experiment *experiment, bool whole);

/* Pushes `state`, which the stack now owns. A snapshot larger than the budget is dropped. */
void undo_push(struct undo_stack *stack, struct undo_state state, size_t budget);

/* Pops the newest state, which the caller now owns; false if there is none. */
bool undo_pop(struct undo_stack *stack, struct undo_state *state);

void undo_state_free(struct undo_state *state);
void undo_clear(struct undo_stack *stack);

#endif
