#include "lab/advice.h"

#include "lab/text.h"
#include "nn/elementary.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TRIALS_MAX = 512,
	EPOCHS_MIN = 10, /* a shorter trial says too little */
	SHARES = 20,     /* the first so many trials are to fit in half of the limit */
};

const struct advice_limits advice_limits_screen = {
	.epochs = 100, .multiply_adds = 40000000000u,
};

struct advice {
	struct snapshot *base;   /* the state that trials start from; NULL: no round has begun */
	struct config config;    /* its settings */
	int64_t epoch;           /* its epoch */
	double loss, guess;      /* its loss; the best constant answer's */
	struct advice_limits limits;
	int epochs;              /* of each trial of this round */
	uint64_t cost, spent;    /* multiply-adds of an epoch; of all trials so far */
	struct trial trial[TRIALS_MAX];
	int count, at;           /* trials; the one in work */
	bool busy;
	struct experiment *copy; /* of the trial in work; NULL: not yet made */
	int trained;             /* epochs that the copy has begun */
	int rank[TRIALS_MAX];
};

/* ---- one trial ---- */

float trial_loss(const struct trial *trial)
{
	return trial->loss[TRIAL_LOSSES - 1];
}

struct config trial_config(const struct trial *trial, const struct config *config)
{
	struct config changed = *config;
	if (trial->first)
		remedy_apply(trial->first, &changed);
	if (trial->second)
		remedy_apply(trial->second, &changed);
	return changed;
}

void trial_name(const struct trial *trial, char *out, size_t size)
{
	if (trial->first && trial->second)
		snprintf(out, size, "%s+%s", trial->first->name, trial->second->name);
	else if (trial->first)
		snprintf(out, size, "%s", trial->first->name);
	else
		snprintf(out, size, "%s", trial->restart ? "restart" : "none");
}

void trial_change(const struct trial *trial, const struct config *config, char *out, size_t size)
{
	const struct config changed = trial_config(trial, config);
	remedy_keys(config, &changed, out, size);
	size_t used = strlen(out);
	if (trial->restart)
		snprintf(out + used, size - used, "%s", used ? ", restarted" : "r restart");
	else if (!used)
		snprintf(out, size, "left alone");
}

/* Singles before pairs, kept weights before a restart. */
static int size_of_change(const struct trial *trial)
{
	return !trial->first ? trial->restart : 1 + trial->restart + (trial->second != NULL);
}

/* ---- ranking ---- */

/* What a trial reached, coarsely: within a class the smaller change is the better advice. What kept
 * the weights counts by the worse of its last two trials, since it is pressed later than tried. */
static int class_of(const struct advice *advice, const struct trial *trial)
{
	static const double share[] = {0.05, 0.15, 0.5, 0.9};
	enum { CLASSES = sizeof share / sizeof share[0] };
	double loss = trial_loss(trial), before = trial->loss_before;
	double worst = before > loss ? before : loss;
	int class = 0;
	if (!isfinite(worst))
		return CLASSES + 1;
	while (class < CLASSES && !(worst < share[class] * advice->guess))
		class++;
	return class;
}

const struct trial *advice_alone(const struct advice *advice)
{
	return advice->count && advice->trial[0].state == TRIAL_DONE ? &advice->trial[0] : NULL;
}

bool advice_helps(const struct advice *advice, const struct trial *trial)
{
	const double enough = 0.8;
	const struct trial *alone = advice_alone(advice);
	if (!alone || trial == alone || trial->state != TRIAL_DONE)
		return false;
	double loss = trial_loss(trial);
	bool better_than_now = loss < enough * advice->loss || !isfinite(advice->loss);
	bool better_than_alone = loss < enough * trial_loss(alone) || !isfinite(trial_loss(alone));
	return isfinite(loss) && better_than_now && better_than_alone;
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
	/* among those that have converged a smaller loss is no reason; the list's order is */
	return class_a > 0 && trial_loss(a) < trial_loss(b);
}

/* Sorts by insertion, so that equals keep the order of the list. */
static void rank_trials(struct advice *advice)
{
	for (int i = 0; i < advice->count; i++) {
		int at = i;
		const struct trial *trial = &advice->trial[i];
		for (; at > 0 && ranks_before(advice, trial, &advice->trial[advice->rank[at - 1]]); at--)
			advice->rank[at] = advice->rank[at - 1];
		advice->rank[at] = i;
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

const struct trial *advice_at(const struct advice *advice, int rank)
{
	return rank >= 0 && rank < advice->count ? &advice->trial[advice->rank[rank]] : NULL;
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
	advice->busy = false;
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

static void add_trial(struct advice *advice, const struct remedy *first,
	const struct remedy *second, bool restart)
{
	if (advice->count < TRIALS_MAX)
		advice->trial[advice->count++] = (struct trial){
			.first = first, .second = second, .restart = restart,
			.val_loss = record_nothing(), .acc = record_nothing(),
			.decades = record_nothing(), .loss_before = record_nothing(),
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

/* Two remedies that leave each other's settings alone: in either order they lead to the same. */
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
	if (advice->epoch > 0)
		add_trial(advice, NULL, NULL, true);
	for (int i = 0; (a = remedy_at(i)); i++) {
		if (keeps_weights(config, a))
			add_trial(advice, a, NULL, false);
		if (changes(config, a))
			add_trial(advice, a, NULL, true);
	}
	for (int i = 0; (a = remedy_at(i)); i++)
		for (int k = i + 1; (b = remedy_at(k)); k++)
			if (go_together(config, a, b))
				add_trial(advice, a, b, true);
}

/* Wide and deep networks get shorter trials, so that there are some. */
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

/* What keeps the weights is to be tried again; the last result stands until then. */
static void list_again(struct advice *advice)
{
	for (int i = 0; i < advice->count; i++) {
		struct trial *trial = &advice->trial[i];
		if (trial->restart || trial->state != TRIAL_DONE)
			continue;
		trial->loss_before = trial_loss(trial);
		trial->state = TRIAL_WAITING;
	}
}

bool advice_begin(struct advice *advice, const struct experiment *experiment,
	const struct advice_limits *limits)
{
	struct verdict_case given = experiment_case(experiment);
	bool again = advice->count && config_same(&advice->config, given.config) &&
		given.record->epoch >= advice->epoch;
	if (!again)
		advice_clear(advice);
	drop_round(advice);
	advice->limits = *limits;
	advice->cost = experiment_epoch_cost(experiment);
	advice->epochs = affordable_epochs(advice);
	if (limits->multiply_adds && advice->spent >= limits->multiply_adds)
		return false;
	advice->base = experiment_save(experiment);
	if (!advice->base)
		return false;
	advice->config = *given.config;
	advice->epoch = given.record->epoch;
	advice->loss = given.record->loss;
	advice->guess = given.constant_guess;
	if (again)
		list_again(advice);
	else
		list_trials(advice);
	advice->at = -1;
	advice->busy = true;
	rank_trials(advice);
	return true;
}

/* ---- work ---- */

static bool has_converged(const struct advice *advice)
{
	for (int i = 1; i < advice->count; i++)
		if (advice->trial[i].state == TRIAL_DONE && class_of(advice, &advice->trial[i]) == 0)
			return true;
	return false;
}

static bool affordable(const struct advice *advice)
{
	uint64_t limit = advice->limits.multiply_adds;
	uint64_t cost = advice->cost * (uint64_t)advice->epochs;
	return !limit || advice->spent + cost <= limit;
}

/* Goes to the next trial that waits; false if there is none. Pairs are for networks that no single
 * remedy mends. */
static bool next_trial(struct advice *advice)
{
	bool enough = !advice->limits.all_pairs && has_converged(advice);
	for (advice->at++; advice->at < advice->count; advice->at++) {
		struct trial *trial = &advice->trial[advice->at];
		if (trial->state != TRIAL_WAITING || (trial->second && enough))
			continue;
		if (affordable(advice))
			return true;
		trial->state = TRIAL_UNTRIED;
	}
	return false;
}

static void start_copy(struct advice *advice)
{
	struct trial *trial = &advice->trial[advice->at];
	const struct config config = trial_config(trial, &advice->config);
	advice->copy = experiment_branch(advice->base, &config, trial->restart, NULL);
	advice->trained = 0;
	trial->start = advice->epoch;
	trial->epochs = advice->epochs;
	trial->loss[0] = (float)advice->loss;
	if (!advice->copy)
		trial->state = TRIAL_UNTRIED;
}

static void end_copy(struct advice *advice)
{
	struct trial *trial = &advice->trial[advice->at];
	const struct record *record = experiment_record(advice->copy);
	trial->state = TRIAL_DONE;
	trial->val_loss = record->val_loss;
	trial->acc = record->acc;
	trial->decades = record->decades;
	trial->verdict = record->verdict;
	advice->spent += advice->cost * (uint64_t)advice->epochs;
	experiment_free(advice->copy);
	advice->copy = NULL;
	rank_trials(advice);
}

/* The place in `loss` of an epoch of the trial; -1 if it has none. */
static int place_of(const struct advice *advice, int epoch)
{
	int steps = TRIAL_LOSSES - 1;
	int place = epoch * steps / advice->epochs;
	bool first_there = (epoch - 1) * steps / advice->epochs < place;
	return epoch > 0 && first_there ? place : -1;
}

static void note_loss(struct advice *advice)
{
	struct trial *trial = &advice->trial[advice->at];
	const struct record *record = experiment_record(advice->copy);
	int place = place_of(advice, advice->trained);
	if (!advice->trained && trial->restart)
		trial->loss[0] = record->loss;
	if (experiment_diverged(advice->copy)) /* from here on to the end */
		for (int i = place < 0 ? 1 : place; i < TRIAL_LOSSES; i++)
			trial->loss[i] = record->loss;
	else if (place >= 0)
		trial->loss[place] = record->loss;
}

/* The next epoch of the trial in work; a trial ends after the last, or when it diverges. */
static void go_on(struct advice *advice)
{
	bool over = advice->trained == advice->epochs || experiment_diverged(advice->copy);
	if (over) {
		end_copy(advice);
		return;
	}
	advice->trained++;
	experiment_epoch_begin(advice->copy,
		place_of(advice, advice->trained) >= 0 ? REPORT_RECORD : REPORT_NOTHING);
}

bool advice_busy(const struct advice *advice)
{
	return advice->busy;
}

bool advice_advance(struct advice *advice, uint64_t multiply_adds)
{
	if (!advice->busy)
		return false;
	if (!advice->copy) {
		if (next_trial(advice))
			start_copy(advice);
		else
			drop_round(advice);
		return advice->busy;
	}
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
		advice->trial[advice->at].state = TRIAL_UNTRIED;
		experiment_free(advice->copy);
		advice->copy = NULL;
		rank_trials(advice);
		break;
	}
	return true;
}

/* ---- the sentence ---- */

/* Takes over `text` if it fits in `width` columns; text is ASCII. */
static bool fits(const char *text, int width, char *out, size_t size)
{
	if (strlen(text) > (size_t)width || strlen(text) >= size)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

static void say_nothing_helps(const struct advice *advice, int width, char *out, size_t size)
{
	char text[200];
	int tried = 0;
	for (int i = 0; i < advice->count; i++)
		tried += advice->trial[i].state == TRIAL_DONE;
	snprintf(text, sizeof text, "Tried %d remedies for %d epochs each: none of them helps.",
		tried - 1, advice->trial[0].epochs);
	if (tried < 2 || fits(text, width, out, size))
		return;
	snprintf(text, sizeof text, "Tried %d remedies: none helps.", tried - 1);
	fits(text, width, out, size);
}

static void say_alone_is_best(const struct advice *advice, const struct trial *alone, int width,
	char *out, size_t size)
{
	char text[200];
	snprintf(text, sizeof text,
		"Tried: left alone it gets from loss %.3g to %.2g in %d epochs. Let it train.",
		advice->loss, (double)trial_loss(alone), alone->epochs);
	if (fits(text, width, out, size))
		return;
	snprintf(text, sizeof text, "Let it train: %.2g in %d epochs.", (double)trial_loss(alone),
		alone->epochs);
	fits(text, width, out, size);
}

/* Numbers of less weight are left out where there is no room, and at last the keys. */
static void say_best(const struct advice *advice, const struct config *config,
	const struct trial *best, int width, char *out, size_t size)
{
	char change[TRIAL_SETTINGS_MAX], text[TRIAL_SETTINGS_MAX + 120], epochs[40], now[40];
	const char *press = ". ! does it";
	trial_change(best, config, change, sizeof change);
	snprintf(epochs, sizeof epochs, " in %d epochs", best->epochs);
	snprintf(now, sizeof now, " (now %.3g)", number_to_print(advice->loss));
	const char *part[][3] = {
		{epochs, now, press}, {epochs, "", press}, {"", "", press}, {"", "", ""},
	};
	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
		snprintf(text, sizeof text, "Tried: %s: loss %.2g%s%s%s", change,
			(double)trial_loss(best), part[i][0], part[i][1], part[i][2]);
		if (fits(text, width, out, size))
			return;
	}
	snprintf(text, sizeof text, "Tried a remedy: loss %.2g%s", (double)trial_loss(best), press);
	fits(text, width, out, size);
}

void advice_sentence(const struct advice *advice, const struct config *config, int width,
	char *out, size_t size)
{
	const struct trial *best = advice_at(advice, 0), *alone = advice_alone(advice);
	out[0] = '\0';
	for (int i = 1; best && best->state == TRIAL_DONE && !advice_helps(advice, best); i++)
		best = advice_at(advice, i);
	if (alone && best && best->state == TRIAL_DONE)
		say_best(advice, config, best, width, out, size);
	else if (alone && trial_loss(alone) < 0.5 * advice->loss)
		say_alone_is_best(advice, alone, width, out, size);
	else if (alone && !advice->busy)
		say_nothing_helps(advice, width, out, size);
}
