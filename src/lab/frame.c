#include "lab/frame.h"

#include "lab/conditions.h"

void frame_fill(
	struct frame *frame, const struct record *record, const struct conditions *conditions)
{
	frame->record = record;
	frame->model = conditions->model;
	frame->theory = conditions->predicted ? conditions->band : NULL;
	frame->loss = conditions->loss;
	frame->baseline_loss = conditions->baseline_loss;
	frame->settings = conditions->known ? &conditions->settings : NULL;
	if (record)
		frame->fault = record->fault;
}

bool frame_of_history(struct frame *frame, const struct history *history, int64_t epoch)
{
	int at = history_find(history, epoch);
	const struct conditions *conditions = at < 0 ? NULL : history_conditions(history, at);
	if (!conditions)
		return false;
	*frame = (struct frame){
		.epoch = epoch,
		.history = {history, at + 1},
		.detail = history_detail(history, at),
	};
	frame_fill(frame, history_at(history, at), conditions);
	return true;
}
