#include "experiment_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void shared_data_release(struct shared_data *data)
{
	if (!data || --data->users > 0)
		return;
	dataset_free(data->dataset);
	free(data);
}

enum experiment_state experiment_fail(struct experiment *e)
{
	e->phase = FAILED;
	return EXPERIMENT_FAILED;
}

enum experiment_state experiment_fail_memory(struct experiment *e)
{
	error_set(&e->error, STATUS_WORLD, "not enough memory");
	return experiment_fail(e);
}

bool experiment_begin_loading(
	struct experiment *e, const struct config *config, struct error *error)
{
	const struct dataset_request request = plan_request(config);
	struct dataset_job *job = dataset_begin(&request, error);
	if (!job)
		return false;
	dataset_free(dataset_finish(e->job));
	e->job = job;
	e->phase = LOADING;
	return true;
}

struct experiment *experiment_blank(const struct config *config, struct error *error)
{
	struct experiment *e = calloc(1, sizeof(*e));
	if (!e) {
		error_set(error, STATUS_WORLD, "not enough memory");
		return NULL;
	}
	e->config = *config;
	e->report = REPORT_DETAIL;
	/* a name for tests and comparisons; any build gives the same numbers */
	const char *wanted = getenv("WANE_KERNEL");
	e->kernels = kernels_find(wanted && *wanted ? wanted : NULL);
	e->history = history_new();
	e->conditions = conditions_new(config, NULL, NULL);
	e->watch = rate_watch_new(1);
	e->stop = early_stop_new();
	if (!e->kernels)
		error_set(error, STATUS_USAGE, "WANE_KERNEL=%s: no such kernels on this machine", wanted);
	else if (!e->history || !e->conditions)
		error_set(error, STATUS_WORLD, "not enough memory");
	else if (experiment_hold_threads(e, config->threads, error))
		return e;
	experiment_free(e);
	return NULL;
}

struct experiment *experiment_new(const struct config *config, struct error *error)
{
	struct experiment *e = experiment_blank(config, error);
	if (e && !experiment_begin_loading(e, config, error)) {
		experiment_free(e);
		return NULL;
	}
	return e;
}

void experiment_free(struct experiment *e)
{
	if (!e)
		return;
	dataset_free(dataset_finish(e->job));
	shared_data_release(e->data);
	weights_load_finish(e->reading);
	net_free(e->net);
	net_free(e->former);
	team_free(e->team);
	stats_free(e->stats);
	history_free(e->history);
	conditions_release(e->conditions);
	free(e->record);
	free(e->next);
	free(e->order);
	free(e);
}

/* ---- networks ---- */

/* True if an optimizer with choice a can go on with the slots of one with choice b. */
static bool same_state(const struct optimizer_choice *a, const struct optimizer_choice *b)
{
	return strcmp(a->optimizer, b->optimizer) == 0 && a->pytorch == b->pytorch &&
		a->beta1 == b->beta1 && a->beta2 == b->beta2 && a->slot_start == b->slot_start;
}

bool experiment_build(struct experiment *e, const struct plan *plan)
{
	struct net *net = net_new(e->kernels, &plan->spec, plan->capacity);
	struct stats *stats = stats_new(e->kernels, &plan->spec);
	uint32_t *order = malloc((size_t)dataset_of(e)->training * sizeof(*order));
	if (!net || !stats || !order) {
		net_free(net);
		stats_free(stats);
		free(order);
		return false;
	}
	net_free(e->former);
	stats_free(e->stats);
	free(e->order);
	e->resets = e->net && !same_state(&e->plan.optimizer, &plan->optimizer);
	e->former = e->net;
	e->net = net;
	net_use_team(net, e->team);
	e->stats = stats;
	e->order = order;
	e->plan = *plan;
	net_optimizer_reset(net, &plan->optimizer);
	return true;
}

void experiment_begin_initializing(struct experiment *e)
{
	net_initialize_begin(e->net, e->plan.initializer, &e->plan.initial, (uint64_t)e->config.seed, 1,
		e->plan.spec.layers);
	net_initialize_recurrent(e->net, e->plan.recurrent, &e->plan.recurrent_initial);
	e->phase = INITIALIZING;
}

void experiment_predict(struct experiment *e)
{
	e->predicts = !e->config.weights[0] && theory_predict(&e->plan, dataset_of(e), e->theory, NULL);
	e->banded = e->predicts && layer_kind_of(&e->plan.spec, 1) == &layer_dense;
	if (e->banded)
		theory_bands(e->theory, plan_hidden(&e->plan.spec), e->band);
}

void experiment_begin_set(struct experiment *e, enum phase phase, int first)
{
	e->phase = phase;
	e->cursor = (struct batch_cursor){.first = first};
	e->loss_sum = 0;
	e->correct = 0;
}

void experiment_begin_calibrating(struct experiment *e)
{
	experiment_begin_set(e, CALIBRATING, 0);
}

void experiment_begin_measuring(struct experiment *e)
{
	experiment_begin_set(e, MEASURING, 0);
	net_gradient_clear(e->net);
	stats_measure_begin(e->stats, e->net, dataset_of(e)->training, e->report == REPORT_DETAIL);
}

struct record *experiment_record_at_work(struct experiment *e)
{
	if (!e->next)
		e->next = stats_record(e->stats);
	return e->next;
}

/* ---- epochs ---- */

double experiment_next_rate(const struct experiment *e)
{
	return e->watch.share *
		schedule_rate(
			e->plan.schedule, &e->plan.rates, config_rate(&e->config), e->epoch, e->config.epochs);
}

struct rng experiment_shuffle(const struct experiment *e)
{
	return rng_stream((uint64_t)e->config.seed, "shuffle", (uint64_t)e->epoch + 1);
}

struct rng experiment_dropout(const struct experiment *e)
{
	return rng_stream((uint64_t)e->config.seed, "dropout", (uint64_t)e->epoch + 1);
}

void experiment_epoch_begin(struct experiment *e, enum experiment_report report)
{
	assert(e->phase == IDLE);
	bool watched = e->config.stop || e->plan.schedule->see;
	e->report = report == REPORT_NOTHING && watched ? REPORT_RECORD : report;
	int training = dataset_of(e)->training;
	e->next = experiment_record_at_work(e);
	if (!e->next) {
		experiment_fail_memory(e);
		return;
	}
	for (int i = 0; i < training; i++)
		e->order[i] = (uint32_t)i;
	e->shuffled = training;
	e->clipped = 0;
	e->plan.optimizer.rate = experiment_next_rate(e);
	e->shuffle = experiment_shuffle(e);
	e->dropout = experiment_dropout(e);
	net_gradient_clear(e->net);
	stats_epoch_begin(e->stats, e->report == REPORT_NOTHING ? 0 : e->plan.steps);
	e->phase = SHUFFLING;
}

void experiment_note_time(struct experiment *e, double seconds)
{
	history_spend(e->history, seconds);
}

void experiment_measure_again(struct experiment *e)
{
	assert(e->phase == IDLE && e->record && e->record->epoch == e->epoch);
	e->preview = true;
	experiment_begin_measuring(e);
}
