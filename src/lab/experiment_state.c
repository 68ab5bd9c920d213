#include "experiment_internal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct snapshot {
	struct config config;
	struct plan plan;
	struct shared_data *data;
	int64_t epoch;
	struct history *history;
	struct record *record;
	struct conditions *conditions;
	struct fault fault;
	struct rate_watch watch;
	struct early_stop stop;
	bool stopped;
	char event[sizeof((struct record *)0)->event];
	size_t state_bytes;
	char state[];
};

static struct shared_data *share_data(struct shared_data *data)
{
	data->users++;
	return data;
}

/* ---- changes ---- */

bool experiment_hold_threads(struct experiment *e, int threads, struct error *error)
{
	if (threads == team_size(e->team))
		return true;
	struct team *team = threads > 1 ? team_new(threads) : NULL;
	if (threads > 1 && !team)
		return error_set(error, STATUS_WORLD, "threads=%d cannot be started", threads);
	team_free(e->team);
	e->team = team;
	if (e->net)
		net_use_team(e->net, team);
	return true;
}

/* The events of several changes before the next epoch stand together in its record. */
static void note_event(struct experiment *e, const struct config *config)
{
	char change[sizeof(e->event)];
	config_difference(&e->config, config, change, sizeof(change));
	size_t used = strlen(e->event);
	snprintf(
		e->event + used, sizeof(e->event) - used, "%s%s", used && change[0] ? " " : "", change);
}

/* New formulas in the same shapes: the network stays. */
static bool reconfigure(
	struct experiment *e, const struct plan *plan, bool reset, struct error *error)
{
	bool normalizes = strcmp(plan->spec.normalization, e->plan.spec.normalization) != 0 &&
		strcmp(plan->spec.normalization, "batch") == 0;
	if (!net_configure(e->net, &plan->spec, plan->capacity))
		return error_set(error, STATUS_WORLD, "not enough memory");
	e->plan = *plan;
	experiment_predict(e);
	if (reset)
		net_optimizer_reset(e->net, &plan->optimizer);
	if (normalizes)
		experiment_begin_calibrating(e);
	else
		experiment_begin_measuring(e);
	return true;
}

bool experiment_configure(struct experiment *e, const struct config *config, struct error *error)
{
	assert(e->phase == IDLE);
	enum effect effect = config_effect(&e->config, config);
	assert(effect != EFFECT_REBUILD);
	if (!experiment_hold_threads(e, config->threads, error))
		return false;
	if (effect == EFFECT_DATA) {
		if (!experiment_begin_loading(e, config, error))
			return false;
	} else if (effect != EFFECT_NOTHING) {
		struct plan plan;
		if (!plan_make(config, dataset_of(e), &plan, error))
			return false;
		const int *size = plan.spec.size, *now = e->plan.spec.size;
		bool same = plan.spec.layers == e->plan.spec.layers &&
			memcmp(size, now, (plan.spec.layers + 1) * sizeof(*size)) == 0;
		if (same && !reconfigure(e, &plan, effect == EFFECT_RESET, error))
			return false;
		if (!same && !experiment_build(e, &plan))
			return error_set(error, STATUS_WORLD, "not enough memory");
		if (!same)
			experiment_begin_initializing(e);
	}
	note_event(e, config);
	/* Losses before a change cannot be compared with those after it. A rate that plateaus have
	 * reduced stays, unless the change sets the rate or its schedule. */
	if (effect != EFFECT_NOTHING) {
		bool rate = config->lr != e->config.lr || config->schedule != e->config.schedule ||
			config_rate(config) != config_rate(&e->config);
		e->watch = rate_watch_new(rate ? 1 : e->watch.share);
		e->stop = early_stop_new();
		e->stopped = false;
	}
	e->config = *config;
	e->preview = effect != EFFECT_NOTHING;
	return true;
}

/* ---- saved states ---- */

size_t experiment_save_bytes(const struct experiment *e)
{
	return sizeof(struct snapshot) + net_state_bytes(e->net) + history_bytes(e->history);
}

/* `history`: what the snapshot will own; NULL: no memory. */
static struct snapshot *save(const struct experiment *e, struct history *history)
{
	assert(e->phase == IDLE);
	size_t bytes = net_state_bytes(e->net);
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot) + bytes);
	if (!snapshot) {
		history_free(history);
		return NULL;
	}
	snapshot->config = e->config;
	snapshot->plan = e->plan;
	snapshot->epoch = e->epoch;
	snapshot->fault = e->fault;
	snapshot->watch = e->watch;
	snapshot->stop = e->stop;
	snapshot->stopped = e->stopped;
	snapshot->data = share_data(e->data);
	snapshot->history = history;
	snapshot->record = record_copy(e->record, e->record->layers);
	snapshot->conditions = conditions_share(e->conditions);
	memcpy(snapshot->event, e->event, sizeof(snapshot->event));
	snapshot->state_bytes = bytes;
	net_state_save(e->net, snapshot->state);
	if (!snapshot->history || !snapshot->record) {
		snapshot_free(snapshot);
		return NULL;
	}
	return snapshot;
}

struct snapshot *experiment_save(const struct experiment *e)
{
	return save(e, history_copy(e->history));
}

struct snapshot *experiment_keep(const struct experiment *e)
{
	return save(e, history_new());
}

size_t experiment_keep_bytes(const struct experiment *e)
{
	return sizeof(struct snapshot) + net_state_bytes(e->net);
}

const struct config *snapshot_config(const struct snapshot *snapshot)
{
	return &snapshot->config;
}

int64_t snapshot_epoch(const struct snapshot *snapshot)
{
	return snapshot->epoch;
}

bool snapshot_is_of(const struct snapshot *snapshot, const struct experiment *e)
{
	int at = history_find(e->history, snapshot->epoch);
	return at >= 0 && history_conditions(e->history, at) == snapshot->conditions;
}

/* Takes over everything of the state but its threads. False without memory: nothing has changed. */
static bool take_over(struct experiment *e, const struct snapshot *snapshot)
{
	struct history *history = history_copy(snapshot->history);
	struct record *record = record_copy(snapshot->record, snapshot->record->layers);
	struct shared_data *former = e->data;
	e->data = share_data(snapshot->data);
	if (!history || !record || !experiment_build(e, &snapshot->plan)) {
		shared_data_release(e->data);
		e->data = former;
		history_free(history);
		free(record);
		return false;
	}
	shared_data_release(former);
	net_free(e->former);
	e->former = NULL;
	dataset_free(dataset_finish(e->job));
	e->job = NULL;
	weights_load_finish(e->reading);
	e->reading = NULL;
	history_free(e->history);
	free(e->record);
	free(e->next);
	e->history = history;
	e->record = record;
	conditions_release(e->conditions);
	e->conditions = conditions_share(snapshot->conditions);
	e->next = NULL;
	e->config = snapshot->config;
	e->config.threads = team_size(e->team);
	e->epoch = snapshot->epoch;
	e->fault = snapshot->fault;
	e->watch = snapshot->watch;
	e->stop = snapshot->stop;
	e->stopped = snapshot->stopped;
	memcpy(e->event, snapshot->event, sizeof(e->event));
	net_state_load(e->net, snapshot->state);
	experiment_predict(e);
	experiment_judge(e);
	return true;
}

bool experiment_restore(struct experiment *e, const struct snapshot *snapshot)
{
	if (!take_over(e, snapshot))
		return false;
	struct error unavailable; /* a state can be gone back to with fewer threads, too */
	experiment_hold_threads(e, snapshot->config.threads, &unavailable);
	e->config.threads = team_size(e->team);
	/* measured anew, since the detail is not part of a saved state */
	e->preview = true;
	experiment_begin_measuring(e);
	return true;
}

/* The state's data, and new weights from the seed of `config`. */
static bool start_over(struct experiment *e, const struct snapshot *snapshot, struct error *error)
{
	struct plan plan;
	e->data = share_data(snapshot->data);
	if (!plan_make(&e->config, dataset_of(e), &plan, error))
		return false;
	if (!experiment_build(e, &plan))
		return error_set(error, STATUS_WORLD, "not enough memory");
	experiment_begin_initializing(e);
	return true;
}

bool experiment_restore_changed(struct experiment *e, const struct snapshot *snapshot,
	const struct config *config, struct error *error)
{
	if (!take_over(e, snapshot))
		return error_set(error, STATUS_WORLD, "not enough memory");
	e->phase = IDLE;
	return experiment_configure(e, config, error);
}

struct experiment *experiment_branch(
	const struct snapshot *snapshot, const struct config *config, bool restart, struct error *error)
{
	struct config alone = *config;
	alone.threads = 1;
	struct experiment *e = experiment_blank(&alone, error);
	bool made = e &&
		(restart ? start_over(e, snapshot, error)
				 : experiment_restore_changed(e, snapshot, &alone, error));
	if (e && !made) {
		experiment_free(e);
		return NULL;
	}
	return e;
}

size_t snapshot_bytes(const struct snapshot *snapshot)
{
	return sizeof(*snapshot) + snapshot->state_bytes + history_bytes(snapshot->history);
}

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	shared_data_release(snapshot->data);
	history_free(snapshot->history);
	free(snapshot->record);
	conditions_release(snapshot->conditions);
	free(snapshot);
}

enum weights_state experiment_save_weights(
	const struct experiment *e, struct weights_save *save, uint64_t operations, struct error *error)
{
	assert(e->phase == IDLE);
	return weights_save_advance(save, e->net, operations, error);
}

double experiment_save_progress(const struct experiment *e, const struct weights_save *save)
{
	return e->phase == IDLE ? weights_save_progress(save, e->net) : 0;
}

/* ---- answers ---- */

bool experiment_between_epochs(const struct experiment *e)
{
	return e->phase == IDLE;
}

const struct config *experiment_config(const struct experiment *e)
{
	return &e->config;
}

bool experiment_previewed(const struct experiment *e)
{
	return e->previewed;
}

const struct record *experiment_record(const struct experiment *e)
{
	return e->record;
}

/* True if the points of now are those that the records under these conditions were made with. */
static bool has_data_of(const struct experiment *e, const struct conditions *conditions)
{
	const struct config *then = &conditions->settings;
	return config_effect(then, &e->config) < EFFECT_DATA &&
		config_effect(then, &e->conditions->settings) < EFFECT_DATA;
}

static bool frame_of_past(const struct experiment *e, int64_t epoch, struct frame *frame)
{
	if (!frame_of_history(frame, e->history, epoch))
		return false;
	int at = history_find(e->history, epoch);
	bool same = has_data_of(e, history_conditions(e->history, at));
	frame->data = same ? dataset_of(e) : NULL;
	return true;
}

bool experiment_frame(const struct experiment *e, int64_t epoch, struct frame *frame)
{
	if (epoch >= 0 && !(e->record && e->record->epoch == epoch))
		return frame_of_past(e, epoch, frame);
	*frame = (struct frame){
		.epoch = e->epoch,
		.history = {e->history, history_count(e->history)},
		.detail = e->record && e->stats ? stats_detail(e->stats) : NULL,
		.data = dataset_of(e),
	};
	frame_fill(frame, e->record, e->conditions);
	return true;
}

void experiment_judge(struct experiment *e)
{
	struct frame frame;
	experiment_frame(e, EPOCH_PRESENT, &frame);
	e->evidence = evidence_collect(&frame);
}

const struct evidence *experiment_evidence(const struct experiment *e)
{
	return e->record ? &e->evidence : NULL;
}

const struct kernels *experiment_kernels(const struct experiment *e)
{
	return e->kernels;
}

const struct dataset *experiment_data(const struct experiment *e)
{
	return dataset_of(e);
}

const struct error *experiment_error(const struct experiment *e)
{
	return &e->error;
}

uint64_t experiment_epoch_cost(const struct experiment *e)
{
	return e->plan.epoch_cost;
}

int64_t experiment_epoch(const struct experiment *e)
{
	return e->epoch;
}

double experiment_progress(const struct experiment *e)
{
	const struct dataset *data = dataset_of(e);
	/* shares of an epoch's time: training (at the start: loading), then one pass to measure, then
	 * the rest */
	const double trained = 0.7, measured = 0.95;
	if (e->phase == LOADING)
		return trained * dataset_progress(e->job);
	if (!data || e->phase == IDLE)
		return e->phase == IDLE;
	double part = (double)e->cursor.first / data->training;
	switch (e->phase) {
	case TRAINING:
		return trained * part;
	case MEASURING:
		return trained + (measured - trained) * part;
	case EVALUATING:
	case VALIDATING:
	case FINISHING:
		return measured;
	default:
		return e->record ? 0 : trained; /* weights come after the data */
	}
}

bool experiment_diverged(const struct experiment *e)
{
	return e->record && !isfinite(e->record->loss);
}

void experiment_describe_end(const struct experiment *e, char *out, size_t size)
{
	long long epoch = (long long)e->epoch;
	assert(experiment_finished(e));
	if (experiment_diverged(e))
		snprintf(out, size, "diverged in epoch %lld", epoch);
	else if (e->config.epochs && epoch >= e->config.epochs)
		snprintf(out, size, "epochs=%d reached", e->config.epochs);
	else
		snprintf(out, size, "stopped after epoch %lld: val_loss was lowest in epoch %lld (stop=%d)",
			epoch, (long long)e->stop.best_epoch + 1, e->config.stop);
}

bool experiment_finished(const struct experiment *e)
{
	bool reached = e->config.epochs && e->epoch >= e->config.epochs;
	return experiment_diverged(e) || e->stopped || reached;
}
