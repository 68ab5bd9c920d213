/* The phases: loading, first weights, and those of an epoch. */
#include "experiment_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum experiment_state load(struct experiment *e, uint64_t budget)
{
	enum { COST_OF_A_NUMBER = 16 }; /* in multiply-adds */
	uint64_t numbers = budget / COST_OF_A_NUMBER + 1;
	enum dataset_state state = dataset_advance(e->job, numbers, &e->error);
	if (state == DATASET_MORE)
		return EXPERIMENT_BUSY;
	if (state == DATASET_FAILED)
		return experiment_fail(e);
	struct shared_data *data = malloc(sizeof(*data));
	if (!data)
		return experiment_fail_memory(e);
	*data = (struct shared_data){dataset_finish(e->job), 1};
	e->job = NULL;
	shared_data_release(e->data);
	e->data = data;
	struct plan plan;
	if (!plan_make(&e->config, data->dataset, &plan, &e->error))
		return experiment_fail(e);
	bool fits = e->net && net_spec_of(e->net)->size[0] == plan.spec.size[0] &&
		net_spec_of(e->net)->size[plan.spec.layers] == plan.spec.size[plan.spec.layers];
	if (!experiment_build(e, &plan))
		return experiment_fail_memory(e);
	if (!fits) {
		net_free(e->former);
		e->former = NULL;
		e->epoch = 0;
		e->preview = false;
		e->watch = rate_watch_new(1);
		e->stop = early_stop_new();
		e->stopped = false;
		e->fault = (struct fault){0};
		history_clear(e->history);
	}
	experiment_begin_initializing(e);
	return EXPERIMENT_BUSY;
}

static enum experiment_state begin_reading(struct experiment *e)
{
	e->reading = weights_load_begin(e->config.weights, e->net, &e->error);
	if (!e->reading)
		return experiment_fail(e);
	e->phase = READING;
	return EXPERIMENT_BUSY;
}

/* The weights are there; running statistics taken over are those of another network. */
static void begin_use(struct experiment *e)
{
	if (e->grown && strcmp(e->plan.spec.normalization, "batch") == 0)
		experiment_begin_calibrating(e);
	else
		experiment_begin_measuring(e);
}

static enum experiment_state initialize(struct experiment *e, uint64_t budget)
{
	if (!net_initialize_advance(e->net, &budget))
		return EXPERIMENT_BUSY;
	e->grown = e->former != NULL;
	experiment_predict(e);
	/* new hidden layers come after those of the former network */
	int new_from = e->grown ? plan_hidden(net_spec_of(e->former)) + 1 : 1;
	if (e->former)
		net_copy_parameters(e->net, e->former);
	net_free(e->former);
	e->former = NULL;
	if (e->resets)
		net_optimizer_reset(e->net, &e->plan.optimizer);
	if (!e->grown && e->config.weights[0])
		return begin_reading(e);
	net_lsuv_from(e->net, new_from);
	if (e->plan.initializer->unit_variance && new_from <= plan_hidden(&e->plan.spec))
		experiment_begin_set(e, SCALING, 0);
	else
		begin_use(e);
	return EXPERIMENT_BUSY;
}

static enum experiment_state read_weights(struct experiment *e, uint64_t budget)
{
	enum weights_state state = weights_load_advance(e->reading, budget, &e->error);
	if (state == WEIGHTS_MORE)
		return EXPERIMENT_BUSY;
	weights_load_finish(e->reading);
	e->reading = NULL;
	if (state == WEIGHTS_FAILED)
		return experiment_fail(e);
	experiment_begin_measuring(e);
	return EXPERIMENT_BUSY;
}

/* Learning rate of the last step (trained), or of the next step. */
static double rate_of_step(const struct experiment *e, bool trained)
{
	struct optimizer_choice choice = e->plan.optimizer;
	if (!trained)
		choice.rate = experiment_next_rate(e);
	return optimizer_rate(&choice, net_steps(e->net) + !trained);
}

/* ---- phases of an epoch ---- */

/* Fisher-Yates shuffle, in slices. */
static enum experiment_state shuffle(struct experiment *e, uint64_t budget)
{
	enum { COST_OF_A_SWAP = 10 };
	for (uint64_t work = budget / COST_OF_A_SWAP + 1; e->shuffled > 1 && work; work--)
		rng_shuffle_step(&e->shuffle, e->order, (uint32_t)--e->shuffled);
	if (e->shuffled <= 1)
		experiment_begin_set(e, TRAINING, 0);
	return EXPERIMENT_BUSY;
}

/* Only the first fault is kept; later ones follow from it. */
static void note_fault(struct experiment *e, int64_t epoch)
{
	struct net_fault found;
	if (e->fault.layer)
		return;
	if (!net_find_fault(e->net, &found))
		found = (struct net_fault){e->plan.spec.layers, "loss"};
	e->fault = (struct fault){epoch, found.layer, found.tensor};
}

static enum experiment_state train(struct experiment *e, uint64_t budget)
{
	int training = dataset_of(e)->training;
	const struct pass_kind kind = {NET_TRAIN, true, e->plan.batch, training, false};
	while (e->cursor.updating || e->cursor.first < training) {
		if (!e->cursor.updating) {
			if (!experiment_pass(e, &kind, &budget))
				return EXPERIMENT_BUSY;
			e->loss_sum += net_penalty(e->net) * e->cursor.rows;
			if (!isfinite(net_pass_loss(e->net)))
				note_fault(e, e->epoch + 1);
			net_update_begin(e->net, &e->plan.optimizer, &e->plan.clip, stats_wants_step(e->stats));
			e->cursor.updating = true;
		}
		if (!net_update_advance(e->net, &budget))
			return EXPERIMENT_BUSY;
		e->cursor.updating = false;
		e->clipped += net_update_clipped(e->net);
		stats_step(e->stats, e->net);
	}
	e->epoch++;
	if (e->report == REPORT_NOTHING && !e->fault.layer) {
		e->report = REPORT_DETAIL;
		e->phase = IDLE;
		return EXPERIMENT_IDLE;
	}
	e->next->steps = (int)e->plan.steps;
	e->next->clipped = e->clipped;
	e->next->batch_loss = (float)(e->loss_sum / training);
	experiment_begin_measuring(e);
	return EXPERIMENT_BUSY;
}

/* LSUV uses one batch, and only on new layers: the old ones have learned their scale. */
static enum experiment_state scale(struct experiment *e, uint64_t budget)
{
	int rows = e->plan.batch;
	const struct pass_kind kind = {NET_UNIT_VARIANCE, false, rows, rows, false};
	if (experiment_pass(e, &kind, &budget))
		begin_use(e);
	return EXPERIMENT_BUSY;
}

static enum experiment_state calibrate(struct experiment *e, uint64_t budget)
{
	int training = dataset_of(e)->training;
	const struct pass_kind kind = {NET_CALIBRATE, false, e->plan.capacity, training, false};
	while (e->cursor.first < training)
		if (!experiment_pass(e, &kind, &budget))
			return EXPERIMENT_BUSY;
	experiment_begin_measuring(e);
	return EXPERIMENT_BUSY;
}

/* Of a regression, whose loss is the mean of squares, without penalties. */
static float error_in_unit(const struct experiment *e, int rows)
{
	return (float)(sqrt(e->loss_sum / rows) * dataset_of(e)->target_sd);
}

static enum experiment_state measure(struct experiment *e, uint64_t budget)
{
	int training = dataset_of(e)->training;
	const struct pass_kind kind = {NET_MEASURE, true, e->plan.capacity, training, true};
	while (e->cursor.first < training)
		if (!experiment_pass(e, &kind, &budget))
			return EXPERIMENT_BUSY;
	struct record *record = experiment_record_at_work(e);
	if (!record)
		return experiment_fail_memory(e);
	record->loss = (float)(e->loss_sum / training + net_penalty(e->net));
	if (isfinite(record->loss))
		e->fault = (struct fault){0}; /* the overflow was temporary: forget it */
	else
		note_fault(e, e->epoch);
	record->penalty = (float)net_penalty(e->net);
	record->eval_loss = record->loss;
	/* comparing with what is not a number tells nothing of a class */
	if (dataset_of(e)->classes == 0)
		record->rmse = error_in_unit(e, training);
	else if (!isnan(record->loss))
		record->acc = (float)((double)e->correct / training / net_answers(&e->plan.spec));
	/* only batch norm makes a difference, since dropout is off already */
	if (strcmp(e->plan.spec.normalization, "batch") == 0)
		experiment_begin_set(e, EVALUATING, 0);
	else
		experiment_begin_set(e, VALIDATING, training);
	return EXPERIMENT_BUSY;
}

static enum experiment_state evaluate(struct experiment *e, uint64_t budget)
{
	int training = dataset_of(e)->training;
	const struct pass_kind kind = {NET_EVALUATE, false, e->plan.capacity, training, false};
	while (e->cursor.first < training)
		if (!experiment_pass(e, &kind, &budget))
			return EXPERIMENT_BUSY;
	e->next->eval_loss = (float)(e->loss_sum / training + net_penalty(e->net));
	experiment_begin_set(e, VALIDATING, training);
	return EXPERIMENT_BUSY;
}

static enum experiment_state validate(struct experiment *e, uint64_t budget)
{
	const struct dataset *data = dataset_of(e);
	const struct pass_kind kind = {NET_EVALUATE, false, e->plan.capacity, data->rows, false};
	while (e->cursor.first < data->rows)
		if (!experiment_pass(e, &kind, &budget))
			return EXPERIMENT_BUSY;
	int held_out = data->rows - data->training;
	if (held_out) {
		e->next->val_loss = (float)(e->loss_sum / held_out + net_penalty(e->net));
		if (data->classes == 0)
			e->next->val_rmse = error_in_unit(e, held_out);
		else if (!isnan(e->next->val_loss))
			e->next->val_acc = (float)((double)e->correct / held_out / net_answers(&e->plan.spec));
	}
	e->next->epoch = e->epoch;
	bool trained = e->next->steps > 0;
	e->next->lr = (float)rate_of_step(e, trained);
	if (trained)
		schedule_see(e->plan.schedule, &e->plan.rates, &e->watch,
			held_out ? e->next->val_loss : e->next->loss, e->plan.optimizer.pytorch);
	if (trained && held_out && e->config.stop)
		e->stopped = early_stop_see(&e->stop, e->epoch - 1, e->next->val_loss, e->config.stop, 0);
	stats_finish_begin(e->stats);
	e->phase = FINISHING;
	return EXPERIMENT_BUSY;
}

/* A preview shows the present epoch under new settings; it repeats what training left behind
 * and carries the event, which stays pending for the epoch that is trained with it. */
static void complete_preview(struct experiment *e)
{
	const struct record *before = e->record;
	struct record *record = e->next;
	if (!before)
		return;
	record->batch_loss = before->batch_loss;
	record->steps = before->steps;
	record->clipped = before->clipped;
	record->largest_step = before->largest_step;
	record->largest_step_layer = before->largest_step_layer;
	bool same = !e->event[0] && before->rows == record->rows;
	for (int r = 0; r < record->rows; r++) /* under new settings no step has been made yet */
		record->layer[r].update_ratio = same ? before->layer[r].update_ratio : record_nothing();
	if (e->event[0])
		return;
	/* no change: a state gone back to, as it was */
	record->lr = before->lr;
	memcpy(record->event, before->event, sizeof(record->event));
}

/* The conditions of the record in progress: the present ones, unless a setting has changed. */
static struct conditions *conditions_now(struct experiment *e)
{
	bool loaded = e->conditions->loss != NULL;
	if (loaded && config_same(&e->conditions->settings, &e->config))
		return conditions_share(e->conditions);
	struct conditions *made = conditions_new(&e->config, &e->plan, e->banded ? e->band : NULL);
	if (made)
		made->model->parameters = net_parameter_count(e->net);
	return made;
}

/* A detail that has just been taken, also that of an epoch measured once more under the settings
 * that its record was made under. */
static bool keep_detail(struct experiment *e)
{
	const struct detail *detail = stats_detail(e->stats);
	int newest = history_count(e->history) - 1;
	bool of_newest = e->report == REPORT_DETAIL && detail && newest >= 0 &&
		history_at(e->history, newest)->epoch == detail->epoch &&
		history_conditions(e->history, newest) == e->conditions;
	return !of_newest || history_keep_detail(e->history, detail);
}

static enum experiment_state finish(struct experiment *e, uint64_t budget)
{
	if (!stats_finish_advance(e->stats, e->net, e->next, &budget))
		return EXPERIMENT_BUSY;
	struct record *record = e->next;
	for (int r = 0; e->predicts && net_hidden(&e->plan.spec, record->layer[r].layer); r++)
		record->layer[r].theory = (float)e->theory[r].ratio;
	memcpy(record->event, e->event, sizeof(record->event));
	record->fault = e->fault;
	if (e->preview)
		complete_preview(e);
	struct conditions *conditions = conditions_now(e);
	if (!conditions)
		return experiment_fail_memory(e);
	conditions_release(e->conditions);
	e->conditions = conditions;
	free(e->record);
	e->record = record;
	e->next = NULL;
	experiment_judge(e);
	record->verdict = verdict_judge(&e->evidence)->name;
	remarks_list(&e->evidence, record->remark);
	if (!e->preview) {
		e->event[0] = '\0';
		if (!history_add(e->history, record))
			return experiment_fail_memory(e);
		history_note(e->history, e->conditions);
	}
	if (!keep_detail(e))
		return experiment_fail_memory(e);
	e->previewed = e->preview;
	e->preview = false;
	e->report = REPORT_DETAIL;
	e->phase = IDLE;
	return EXPERIMENT_RECORD;
}

enum experiment_state experiment_advance(struct experiment *e, uint64_t operations)
{
	switch (e->phase) {
	case LOADING:
		return load(e, operations);
	case INITIALIZING:
		return initialize(e, operations);
	case READING:
		return read_weights(e, operations);
	case SCALING:
		return scale(e, operations);
	case CALIBRATING:
		return calibrate(e, operations);
	case SHUFFLING:
		return shuffle(e, operations);
	case TRAINING:
		return train(e, operations);
	case MEASURING:
		return measure(e, operations);
	case EVALUATING:
		return evaluate(e, operations);
	case VALIDATING:
		return validate(e, operations);
	case FINISHING:
		return finish(e, operations);
	case IDLE:
		return EXPERIMENT_IDLE;
	default:
		return EXPERIMENT_FAILED;
	}
}
