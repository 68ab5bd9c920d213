#include "lab/advice.h"

#include "lab/text.h"
#include "nn/elementary.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TRIALS_MAX = 512,
	EPOCHS_MIN = 10, /* a shorter trial would show too little */
	SHARES = 20,     /* the first 20 trials should fit in half of the limit */
	FRESH_EPOCHS = 30,
};

/* Classes of the loss a trial reached; CLASSES: it learned nothing. */
enum { CLASS_CONVERGED, CLASS_GOOD, CLASSES = 4 };

/* A remedy that keeps the weights is tried again once the run is this much further. */
static const double fresh_times = 1.5, alone_fresh_times = 3;

const struct advice_limits advice_limits_screen = {
	.epochs = 100,
	.multiply_adds = 40000000000u,
	.extent = ADVICE_FIRST,
};

struct advice {
	struct snapshot *base;      /* the state that trials start from; NULL: no round is running */
	struct config config;       /* its settings */
	int64_t epoch;              /* its epoch */
	double loss, baseline_loss; /* its loss; the best constant answer's */
	struct advice_limits limits;
	int epochs;           /* of each trial of this round */
	uint64_t cost, spent; /* multiply-adds of an epoch; of all trials so far */
	struct trial trial[TRIALS_MAX];
	int count, ended;
	bool confirming;         /* only the best trial is repeated, on the present weights */
	struct experiment *copy; /* trains the present trial; NULL: none */
	struct trial *at;        /* the trial that the copy runs */
	struct trial work;       /* copied to *at when the copy has finished */
	int trained;             /* epochs that the copy has begun */
	const struct trial *rank[TRIALS_MAX];
};

/* ---- ranking ---- */

/* Singles before pairs, kept weights before a restart. */
static int size_of_change(const struct trial *trial)
{
	return !trial->first ? trial->restart : 1 + trial->restart + (trial->second != NULL);
}

const struct trial *advice_alone(const struct advice *advice)
{
	return advice->count && advice->trial[0].state == TRIAL_DONE ? &advice->trial[0] : NULL;
}

/* True if it has learned its points by heart: on others it does worse than guessing, and than the
 * network that is left alone. */
static bool only_memorizes(const struct advice *advice, const struct trial *trial)
{
	const struct trial *alone = advice_alone(advice);
	return trial->val_loss > advice->baseline_loss &&
		!(alone && trial->val_loss <= alone->val_loss);
}

/* The class of the loss that a trial reached; within a class the smaller change is the better
 * advice. A remedy that keeps the weights counts by the worse of its last two trials, because it is
 * applied later than it was tried. */
static int class_of(const struct advice *advice, const struct trial *trial)
{
	static const double share[CLASSES] = {0.05, 0.15, 0.5, 0.9};
	double loss = trial->reached, before = trial->loss_before;
	double worst = before > loss ? before : loss;
	int reached = 0;
	if (!isfinite(worst))
		return CLASSES + 1;
	if (only_memorizes(advice, trial))
		return CLASSES;
	while (reached < CLASSES && !(worst < share[reached] * advice->baseline_loss))
		reached++;
	return reached;
}

bool advice_helps(const struct advice *advice, const struct trial *trial)
{
	const double enough = 0.8;
	const struct trial *alone = advice_alone(advice);
	if (!alone || trial == alone || trial->state != TRIAL_DONE)
		return false;
	double loss = trial->reached;
	bool better_than_now = loss < enough * advice->loss || !isfinite(advice->loss);
	bool better_than_alone = loss < enough * alone->reached || !isfinite(alone->reached);
	return class_of(advice, trial) < CLASSES && better_than_now && better_than_alone;
}

static bool ranks_before(const struct advice *advice, const struct trial *a, const struct trial *b)
{
	if (a->state != b->state)
		return a->state == TRIAL_DONE || (b->state == TRIAL_UNTRIED);
	if (a->state != TRIAL_DONE)
		return false;
	int class_a = class_of(advice, a), class_b = class_of(advice, b);
	if (class_a != class_b)
		return class_a < class_b;
	if (size_of_change(a) != size_of_change(b))
		return size_of_change(a) < size_of_change(b);
	/* among converged trials the order of the list decides, not the loss */
	return class_a > CLASS_CONVERGED && a->reached < b->reached;
}

/* Sorts by insertion, so that equals keep the order of the list. */
static void rank_trials(struct advice *advice)
{
	for (int i = 0; i < advice->count; i++) {
		int at = i;
		const struct trial *trial = &advice->trial[i];
		for (; at > 0 && ranks_before(advice, trial, advice->rank[at - 1]); at--)
			advice->rank[at] = advice->rank[at - 1];
		advice->rank[at] = trial;
	}
}

int advice_count(const struct advice *advice)
{
	return advice->count;
}

int advice_done(const struct advice *advice)
{
	int done = 0;
	for (int i = 0; i < advice->count; i++)
		done += advice->trial[i].state != TRIAL_WAITING;
	return done;
}

int advice_ended(const struct advice *advice)
{
	return advice->ended;
}

const struct trial *advice_at(const struct advice *advice, int rank)
{
	return rank >= 0 && rank < advice->count ? advice->rank[rank] : NULL;
}

/* True if it helps and its class is `worst` or better. */
static bool helps_within(const struct advice *advice, const struct trial *trial, int worst)
{
	return advice_helps(advice, trial) && class_of(advice, trial) <= worst;
}

static const struct trial *best_within(const struct advice *advice, int worst)
{
	for (int i = 0; i < advice->count && advice->rank[i]->state == TRIAL_DONE; i++)
		if (helps_within(advice, advice->rank[i], worst))
			return advice->rank[i];
	return NULL;
}

bool advice_mends(const struct advice *advice, const struct trial *trial)
{
	return helps_within(advice, trial, CLASS_GOOD);
}

/* While trials go on, only a good one is advice: a better one may come. */
const struct trial *advice_best(const struct advice *advice)
{
	return best_within(advice, advice_busy(advice) ? CLASS_GOOD : CLASSES);
}

static int tried(const struct advice *advice)
{
	int count = 0;
	for (int i = 1; i < advice->count; i++)
		count += advice->trial[i].state == TRIAL_DONE;
	return count;
}

struct advice_view advice_view(const struct advice *advice)
{
	return (struct advice_view){
		.trial = advice->rank,
		.count = advice->count,
		.tried = tried(advice),
		.busy = advice_busy(advice),
		.config = &advice->config,
		.loss = advice->loss,
	};
}

bool advice_is_for(const struct advice *advice, const struct config *config, int64_t epoch)
{
	return advice->count && config_same(&advice->config, config) && epoch >= advice->epoch;
}

/* ---- rounds ---- */

struct advice *advice_new(void)
{
	return calloc(1, sizeof(struct advice));
}

static void drop_round(struct advice *advice)
{
	experiment_free(advice->copy);
	snapshot_free(advice->base);
	advice->copy = NULL;
	advice->base = NULL;
	advice->confirming = false;
}

void advice_clear(struct advice *advice)
{
	drop_round(advice);
	advice->count = 0;
	advice->spent = 0;
}

void advice_free(struct advice *advice)
{
	if (!advice)
		return;
	drop_round(advice);
	free(advice);
}

static void add_trial(
	struct advice *advice, const struct remedy *first, const struct remedy *second, bool restart)
{
	if (advice->count < TRIALS_MAX)
		advice->trial[advice->count++] = (struct trial){
			.first = first,
			.second = second,
			.restart = restart,
			.val_loss = record_nothing(),
			.acc = record_nothing(),
			.decades = record_nothing(),
			.loss_before = record_nothing(),
		};
}

/* A change that keeps the weights, and can therefore be tried on the trained network. */
static bool keeps_weights(const struct config *config, const struct remedy *remedy)
{
	struct config changed = *config;
	if (!remedy_apply(remedy, &changed))
		return false;
	enum effect effect = config_effect(config, &changed);
	return effect > EFFECT_NOTHING && effect < EFFECT_DATA;
}

static bool changes(const struct config *config, const struct remedy *remedy)
{
	struct config changed = *config;
	return remedy_apply(remedy, &changed);
}

/* True if the two remedies lead to the same settings in either order. */
static bool go_together(const struct config *config, const struct remedy *a, const struct remedy *b)
{
	struct config one = *config, other = *config;
	return remedy_apply(a, &one) && remedy_apply(b, &one) && remedy_apply(b, &other) &&
		remedy_apply(a, &other) && config_same(&one, &other);
}

static void list_trials(struct advice *advice)
{
	const struct config *config = &advice->config;
	const struct remedy *a, *b;
	advice->count = 0;
	add_trial(advice, NULL, NULL, false);
	for (int i = 0; (a = remedy_at(i)); i++) {
		if (keeps_weights(config, a))
			add_trial(advice, a, NULL, false);
		if (i == 0 && advice->epoch > 0)
			add_trial(advice, NULL, NULL, true);
		if (changes(config, a))
			add_trial(advice, a, NULL, true);
	}
	for (int i = 0; (a = remedy_at(i)); i++)
		for (int k = i + 1; (b = remedy_at(k)); k++)
			if (go_together(config, a, b))
				add_trial(advice, a, b, true);
}

/* Wide and deep networks get shorter trials, so that several fit in the limit. */
static int affordable_epochs(const struct advice *advice)
{
	const struct advice_limits *limits = &advice->limits;
	if (!limits->multiply_adds)
		return limits->epochs;
	uint64_t epochs = limits->multiply_adds / 2 / SHARES / (advice->cost ? advice->cost : 1);
	if (epochs >= (uint64_t)limits->epochs)
		return limits->epochs;
	return epochs < EPOCHS_MIN ? EPOCHS_MIN : (int)epochs;
}

static bool affordable(const struct advice *advice)
{
	uint64_t limit = advice->limits.multiply_adds;
	uint64_t cost = advice->cost * (uint64_t)advice->epochs;
	return !limit || advice->spent + cost <= limit;
}

/* True if there is memory for a copy, which takes about as much as the run, and the saved state. */
static bool has_room(const struct experiment *experiment)
{
	size_t limit = (size_t)experiment_config(experiment)->memory_limit << 20;
	return experiment_save_bytes(experiment) < limit / 4;
}

static void leave_untried(struct advice *advice)
{
	for (int i = 0; i < advice->count; i++)
		if (advice->trial[i].state == TRIAL_WAITING)
			advice->trial[i].state = TRIAL_UNTRIED;
	rank_trials(advice);
}

bool advice_begin(
	struct advice *advice, const struct experiment *experiment, const struct advice_limits *limits)
{
	const struct config *config = experiment_config(experiment);
	struct frame frame;
	experiment_frame(experiment, EPOCH_PRESENT, &frame);
	bool again = advice_is_for(advice, config, frame.record->epoch);
	if (!again)
		advice_clear(advice);
	snapshot_free(advice->base);
	advice->base = NULL;
	advice->limits = *limits;
	advice->cost = experiment_epoch_cost(experiment);
	advice->epochs = affordable_epochs(advice);
	advice->config = *config;
	advice->epoch = frame.record->epoch;
	advice->loss = frame.record->loss;
	advice->baseline_loss = frame.baseline_loss;
	if (!again)
		list_trials(advice);
	rank_trials(advice);
	if (!affordable(advice) || !has_room(experiment)) {
		leave_untried(advice);
		return true;
	}
	advice->base = experiment_save(experiment);
	return advice->base != NULL;
}

bool advice_confirm(struct advice *advice, const struct experiment *experiment)
{
	const struct advice_limits limits = advice->limits;
	experiment_free(advice->copy);
	advice->copy = NULL;
	if (!advice_begin(advice, experiment, &limits))
		return false;
	advice->confirming = true;
	return true;
}

/* ---- the next trial ---- */

static bool has_converged(const struct advice *advice, bool restart)
{
	for (int i = 1; i < advice->count; i++) {
		const struct trial *trial = &advice->trial[i];
		if (trial->state == TRIAL_DONE && trial->restart == restart &&
			class_of(advice, trial) == CLASS_CONVERGED)
			return true;
	}
	return false;
}

/* One converged trial of each kind is enough: one with the weights kept, one restarted. Pairs are
 * only for networks that no single remedy mends. */
static bool is_wanted(const struct advice *advice, const struct trial *trial)
{
	switch (advice->limits.extent) {
	case ADVICE_ALL:
		return true;
	case ADVICE_SINGLES:
		return !trial->second || !has_converged(advice, true);
	case ADVICE_FIRST:
		return !has_converged(advice, trial->restart);
	}
	return false;
}

/* True if the run has come so far since the trial that the result may be out of date. */
static bool is_stale(const struct advice *advice, const struct trial *trial, double times)
{
	double start = (double)trial->start, limit = start * times;
	return trial->state == TRIAL_DONE && !trial->restart &&
		(double)advice->epoch >= max_f64(limit, start + FRESH_EPOCHS);
}

static struct trial *unconfirmed_trial(struct advice *advice)
{
	const struct trial *best = best_within(advice, CLASSES);
	bool old = best && !best->restart && best->start < advice->epoch;
	return old ? &advice->trial[best - advice->trial] : NULL;
}

/* A trial to repeat because its result is out of date: the run left alone, or the best trial, so
 * that the advice helps the present weights. If it no longer helps, the next best replaces it. */
static struct trial *stale_trial(struct advice *advice)
{
	const struct trial *best = best_within(advice, CLASSES);
	if (advice->count && is_stale(advice, &advice->trial[0], alone_fresh_times))
		return &advice->trial[0];
	return best && is_stale(advice, best, fresh_times) ? &advice->trial[best - advice->trial]
													   : NULL;
}

/* NULL if all wanted trials are done. Marks trials beyond the limits as untried. */
static struct trial *next_trial(struct advice *advice)
{
	if (advice->confirming)
		return unconfirmed_trial(advice);
	struct trial *stale = stale_trial(advice);
	if (stale && affordable(advice))
		return stale;
	for (int i = 0; i < advice->count; i++) {
		struct trial *trial = &advice->trial[i];
		if (trial->state != TRIAL_WAITING || !is_wanted(advice, trial))
			continue;
		if (affordable(advice))
			return trial;
		trial->state = TRIAL_UNTRIED;
	}
	return NULL;
}

/* ---- work ---- */

static void start_copy(struct advice *advice)
{
	const struct config config = trial_config(advice->at, &advice->config);
	advice->copy = experiment_branch(advice->base, &config, advice->at->restart, NULL);
	advice->trained = 0;
	advice->work = *advice->at;
	advice->work.start = advice->epoch;
	advice->work.epochs = advice->epochs;
	for (int i = 0; i < TRIAL_LOSSES; i++)
		advice->work.loss[i] = record_nothing();
	advice->work.loss[0] = (float)advice->loss;
	if (advice->at->state == TRIAL_DONE)
		advice->work.loss_before = advice->at->reached;
	if (!advice->copy) {
		advice->at->state = TRIAL_UNTRIED;
		rank_trials(advice);
	}
}

static void end_copy(struct advice *advice, enum trial_state state)
{
	struct trial *trial = &advice->work;
	const struct record *record = experiment_record(advice->copy);
	trial->state = state;
	trial->epochs = advice->trained;
	if (state == TRIAL_DONE) {
		trial->reached = record->loss;
		trial->val_loss = record->val_loss;
		trial->acc = record->acc;
		trial->decades = record->decades;
		trial->verdict = record->verdict;
	}
	*advice->at = *trial;
	advice->ended++;
	advice->spent += advice->cost * (uint64_t)trial->epochs;
	experiment_free(advice->copy);
	advice->copy = NULL;
	rank_trials(advice);
}

/* The index in `loss` of an epoch of the trial; -1 if its loss is not kept. */
static int place_of(const struct trial *trial, int epoch)
{
	int steps = TRIAL_LOSSES - 1;
	int place = epoch * steps / trial->epochs;
	bool first_there = (epoch - 1) * steps / trial->epochs < place;
	return epoch > 0 && first_there ? place : -1;
}

static void note_loss(struct advice *advice)
{
	struct trial *trial = &advice->work;
	const struct record *record = experiment_record(advice->copy);
	int place = place_of(trial, advice->trained);
	if (!advice->trained && trial->restart)
		trial->loss[0] = record->loss;
	if (experiment_diverged(advice->copy)) /* from here on to the end */
		for (int i = place < 0 ? 1 : place; i < TRIAL_LOSSES; i++)
			trial->loss[i] = record->loss;
	else if (place >= 0)
		trial->loss[place] = record->loss;
}

/* True if the trial may end early, because it has learned nearly everything. */
static bool has_shown_it(const struct advice *advice)
{
	static const double share = 0.01;
	bool recorded = advice->trained > 0 && place_of(&advice->work, advice->trained) >= 0;
	return advice->limits.extent != ADVICE_ALL && recorded &&
		experiment_record(advice->copy)->loss < share * advice->baseline_loss;
}

/* Begins the next epoch of the trial, or ends it: after the last, or when it diverges. */
static void go_on(struct advice *advice)
{
	bool over = advice->trained == advice->work.epochs || experiment_diverged(advice->copy) ||
		has_shown_it(advice);
	if (over) {
		end_copy(advice, TRIAL_DONE);
		return;
	}
	advice->trained++;
	experiment_epoch_begin(advice->copy,
		place_of(&advice->work, advice->trained) >= 0 ? REPORT_RECORD : REPORT_NOTHING);
}

bool advice_busy(const struct advice *advice)
{
	return advice->base != NULL;
}

static void step(struct advice *advice, uint64_t multiply_adds)
{
	switch (experiment_advance(advice->copy, multiply_adds)) {
	case EXPERIMENT_BUSY:
		break;
	case EXPERIMENT_RECORD:
		note_loss(advice);
		break;
	case EXPERIMENT_IDLE:
		go_on(advice);
		break;
	case EXPERIMENT_FAILED:
		end_copy(advice, TRIAL_UNTRIED);
		break;
	}
}

bool advice_advance(struct advice *advice, uint64_t multiply_adds)
{
	if (!advice->base)
		return false;
	if (!advice->copy) {
		advice->at = next_trial(advice);
		if (advice->at)
			start_copy(advice);
		else
			drop_round(advice);
		return advice_busy(advice);
	}
	/* an epoch without a record takes three steps, however small it is */
	uint64_t steps = 3 * multiply_adds / (advice->cost ? advice->cost : 1);
	for (uint64_t i = 0; advice->copy && i <= steps; i++)
		step(advice, multiply_adds);
	return true;
}
