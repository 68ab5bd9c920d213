#include "app/undo.h"

#include <string.h>

size_t undo_budget(const struct config *config)
{
	const size_t mebibyte = (size_t)1 << 20;
	size_t quarter = (size_t)config->memory_limit * mebibyte / 4;
	return quarter < 64 * mebibyte ? quarter : 64 * mebibyte;
}

struct undo_state undo_capture(const struct experiment *experiment, bool whole)
{
	struct undo_state state;
	state.config = *experiment_config(experiment);
	bool fits = whole && experiment_save_bytes(experiment) <= undo_budget(&state.config);
	state.snapshot = fits ? experiment_save(experiment) : NULL;
	return state;
}

static size_t state_bytes(const struct undo_state *state)
{
	return state->snapshot ? snapshot_bytes(state->snapshot) : 0;
}

static void drop_oldest(struct undo_stack *stack)
{
	undo_state_free(&stack->state[0]);
	stack->count--;
	memmove(stack->state, stack->state + 1, (size_t)stack->count * sizeof(stack->state[0]));
}

void undo_push(struct undo_stack *stack, struct undo_state state, size_t budget)
{
	size_t bytes = state_bytes(&state);
	if (bytes > budget) {
		undo_state_free(&state);
		bytes = 0;
	}
	for (int i = 0; i < stack->count; i++)
		bytes += state_bytes(&stack->state[i]);
	while (stack->count > 0 && (stack->count == UNDO_STATES || bytes > budget)) {
		bytes -= state_bytes(&stack->state[0]);
		drop_oldest(stack);
	}
	stack->state[stack->count++] = state;
}

bool undo_pop(struct undo_stack *stack, struct undo_state *state)
{
	if (stack->count == 0)
		return false;
	*state = stack->state[--stack->count];
	return true;
}

void undo_state_free(struct undo_state *state)
{
	snapshot_free(state->snapshot);
	state->snapshot = NULL;
}

void undo_clear(struct undo_stack *stack)
{
	while (stack->count > 0)
		drop_oldest(stack);
}
