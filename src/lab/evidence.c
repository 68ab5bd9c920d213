#include "lab/evidence.h"

#include "thresholds.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

const struct thresholds threshold = {
	.diverged_times = 100,
	.converged_share = 0.05,
	.decades_lost = 3,
	.decades_weak = 1,
	.norm_exploding = 1e3,
	.norm_times_median = 100,
	.norm_least = 1,
	.stuck_share = 0.005,
	.stuck_epochs = 20,
	.median_epochs = 10,
	.worse_epochs = 5,
	.worse_times = 1.2,
	.overfit_times = 2,
	.overfit_share = 0.1,
	.lag_times = 1.5,
	.lag_share = 0.1,
	.step_frozen = 1e-5,
	.step_too_large = 1e-1,
	.units_dead = 0.9,
	.units_died = 0.2,
};

static bool is_bad(float value)
{
	return !record_is_nothing(value) && !isfinite(value);
}

/* ---- the past ---- */

/* Index of the newest record before the one that is judged, which may have been added already. */
static int newest_before(const struct verdict_case *given)
{
	int i = history_count(given->history) - 1;
	while (i >= 0 && history_at(given->history, i)->epoch >= given->record->epoch)
		i--;
	return i;
}

static const struct record *first_of(const struct verdict_case *given)
{
	return history_count(given->history) ? history_at(given->history, 0) : given->record;
}

static int descending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x < y) - (x > y);
}

/* 0 when there are too few since the settings changed: a norm under other settings says nothing of
 * what is usual now. */
static double usual_norm(const struct verdict_case *given)
{
	const struct history *history = given->history;
	float norm[16];
	int count = 0;
	bool changed = given->record->event[0];
	int i = newest_before(given);
	for (; i >= 0 && count < threshold.median_epochs && !changed; i--) {
		norm[count++] = history_at(history, i)->grad_norm;
		changed = history_at(history, i)->event[0];
	}
	if (count < threshold.median_epochs)
		return 0;
	qsort(norm, (size_t)count, sizeof norm[0], descending);
	return norm[count / 2];
}

/* ---- layers ---- */

static struct finding broken_layer(const struct record *record)
{
	for (int l = 0; l < record->layers; l++)
		if (is_bad(record->layer[l].weight_rms) || is_bad(record->layer[l].grad_rms))
			return (struct finding){l + 1, 0};
	return (struct finding){0};
}

static struct finding dead_layer(const struct record *record)
{
	for (int l = 0; l + 1 < record->layers; l++)
		if (record->layer[l].dead >= 1)
			return (struct finding){l + 1, 1};
	return (struct finding){0};
}

static struct finding dying_layer(const struct record *now, const struct record *start)
{
	bool known = start->layers == now->layers;
	for (int l = 0; l + 1 < now->layers; l++) {
		double at_start = known ? start->layer[l].dead : now->layer[l].dead;
		if (now->layer[l].dead > threshold.units_dead ||
			now->layer[l].dead - at_start >= threshold.units_died)
			return (struct finding){l + 1, now->layer[l].dead};
	}
	return (struct finding){0};
}

static struct finding underflown_layers(const struct record *record)
{
	int layers = 0;
	while (layers + 1 < record->layers && record->layer[layers].delta_rms == 0)
		layers++;
	return (struct finding){layers, 0};
}

/* First trained layer whose update ratio lies in [low, high). */
static struct finding layer_stepping(const struct verdict_case *given, double low, double high)
{
	const struct record *record = given->record;
	for (int l = given->config->freeze; l < record->layers; l++) {
		double ratio = record->layer[l].update_ratio;
		if (ratio >= low && ratio < high)
			return (struct finding){l + 1, ratio};
	}
	return (struct finding){0};
}

/* Steps that change no bit of any weight, though there is a gradient. */
static struct finding layer_losing_steps(const struct verdict_case *given)
{
	struct finding found = layer_stepping(given, 0, DBL_MIN);
	bool lost = found.layer && given->record->layer[found.layer - 1].grad_rms > 0;
	return lost ? found : (struct finding){0};
}

/* ---- all of it ---- */

/* The first number that broke as training noted it, or else as the record shows it. */
static void find_fault(const struct verdict_case *given, struct evidence *evidence)
{
	const struct record *record = given->record;
	evidence->broken = broken_layer(record);
	evidence->not_finite = is_bad(record->loss) || is_bad(record->grad_norm) ||
		evidence->broken.layer;
	evidence->fault = given->fault;
	int l = evidence->broken.layer;
	if (evidence->not_finite && !evidence->fault.layer && l)
		evidence->fault = (struct fault){record->epoch, l,
			is_bad(record->layer[l - 1].weight_rms) ? "weight" : "weight gradient"};
}

static double without_penalty(const struct record *record, float loss)
{
	return record->penalty > 0 ? (double)loss - record->penalty : (double)loss;
}

struct evidence evidence_collect(const struct verdict_case *given)
{
	const struct record *record = given->record, *start = first_of(given);
	int layers = record->layers;
	struct evidence evidence = {
		.epoch = record->epoch,
		.layers = layers,
		.guess = given->constant_guess,
		.loss = without_penalty(record, record->loss),
		.val_loss = without_penalty(record, record->val_loss),
		.eval_loss = without_penalty(record,
			record_is_nothing(record->eval_loss) ? record->loss : record->eval_loss),
		.start_loss = without_penalty(start, start->loss),
		.penalty = record->penalty,
		.grad_norm = record->grad_norm,
		.usual_norm = usual_norm(given),
		.decades = record->decades,
		.dead = dead_layer(record),
		.dying = dying_layer(record, start),
		.underflow = underflown_layers(record),
		.lost = layer_losing_steps(given),
		.frozen = layer_stepping(given, DBL_MIN, threshold.step_frozen),
		.large = layer_stepping(given, threshold.step_too_large, INFINITY),
		.no_signal = layers > 1 ? record->layer[0].delta_rms == 0 :
			record->decades == INFINITY,
		.no_error = !layers || record->layer[layers - 1].delta_rms == 0,
	};
	find_fault(given, &evidence);
	return evidence;
}
