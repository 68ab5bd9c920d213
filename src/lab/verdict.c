#include "lab/verdict.h"

#include "lab/text.h"
#include "nn/elementary.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Thresholds of section 9 of the numerics sheet, in one place. */
static const struct {
	double diverged_times;       /* of max(first loss, 1) */
	double converged_share;      /* of the constant guess's loss */
	double decades_lost;         /* and more: vanishing; negative: exploding */
	double decades_weak;
	double norm_exploding;
	double norm_times_median;    /* of the last epochs, and above norm_least */
	double norm_least;
	double stuck_share;          /* of the constant guess's loss */
	int stuck_epochs;
	int median_epochs;
	double worse_times;                 /* of the constant guess's loss */
	double overfit_times, overfit_share; /* of the loss; of the constant guess's */
	double step_frozen, step_too_large; /* update ratio */
	double units_dead, units_died;      /* share of a layer; since the start */
} threshold = {
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
	.worse_times = 1.2,
	.overfit_times = 2,
	.overfit_share = 0.1,
	.step_frozen = 1e-5,
	.step_too_large = 1e-1,
	.units_dead = 0.9,
	.units_died = 0.2,
};

#define LN_10 2.30258509299404568

/* Not from the layers, which a thinned record has lost. */
static double times_of(double decades)
{
	return exp_f64(decades * LN_10);
}

static bool is_bad(float value)
{
	return !record_is_nothing(value) && !isfinite(value);
}

/* ---- rules ---- */

static double output_error(const struct record *record)
{
	return record->layers ? record->layer[record->layers - 1].delta_rms : 0;
}

static double first_loss(const struct verdict_case *given)
{
	return history_count(given->history) ? history_at(given->history, 0)->loss :
		given->record->loss;
}

/* First layer with a weight or gradient that is not finite; 0 if there is none. */
static int broken_layer(const struct record *record)
{
	for (int l = 0; l < record->layers; l++)
		if (is_bad(record->layer[l].weight_rms) || is_bad(record->layer[l].grad_rms))
			return l + 1;
	return 0;
}

static bool diverged(const struct verdict_case *given)
{
	const struct record *record = given->record;
	double limit = threshold.diverged_times * max_f64(first_loss(given), 1);
	return is_bad(record->loss) || is_bad(record->grad_norm) || broken_layer(record) ||
		record->loss > limit;
}

static void say_diverged(const struct verdict_case *given, char *out, size_t size)
{
	const struct fault *fault = &given->fault;
	int layer = broken_layer(given->record);
	if (fault->layer)
		snprintf(out, size,
			"Diverged: in epoch %lld the %s of layer %d was the first to overflow.",
			(long long)fault->epoch, fault->tensor, fault->layer);
	else if (layer)
		snprintf(out, size, "Diverged: layer %d is no longer finite in epoch %lld.", layer,
			(long long)given->record->epoch);
	else
		snprintf(out, size, "Diverged: the loss went from %.3g to %.3g.",
			number_to_print(first_loss(given)), number_to_print(given->record->loss));
}

static int dead_layer(const struct record *record)
{
	for (int l = 0; l + 1 < record->layers; l++)
		if (record->layer[l].dead >= 1)
			return l + 1;
	return 0;
}

static bool dead(const struct verdict_case *given)
{
	return dead_layer(given->record) > 0;
}

static void say_dead(const struct verdict_case *given, char *out, size_t size)
{
	snprintf(out, size, "Dead: every unit of layer %d has f' = 0 for every sample.",
		dead_layer(given->record));
}

static bool converged(const struct verdict_case *given)
{
	return given->record->loss < threshold.converged_share * given->constant_guess;
}

static void say_converged(const struct verdict_case *given, char *out, size_t size)
{
	snprintf(out, size, "Converged: loss %.3g, guessing gives %.3g. Small gradients are fine.",
		given->record->loss, given->constant_guess);
}

static bool is_stuck(const struct verdict_case *given)
{
	double guess = given->constant_guess;
	return given->record->epoch >= threshold.stuck_epochs &&
		fabs(given->record->loss - guess) <= threshold.stuck_share * guess;
}

static bool underflows(const struct record *record)
{
	return record->layers > 1 ? record->layer[0].delta_rms == 0 : record->decades == INFINITY;
}

/* A large factor in few characters: 1.2e7. */
static void factor_text(char out[24], double factor)
{
	int exponent = factor > 0 && isfinite(factor) ? (int)floor(log10_f64(factor)) : 0;
	double mantissa = factor / times_of(exponent);
	if (exponent < 3)
		snprintf(out, 24, "%.3g", factor);
	else
		snprintf(out, 24, "%.1fe%d", min_f64(mantissa, 9.9), exponent);
}

static bool vanishing(const struct verdict_case *given)
{
	const struct record *record = given->record;
	return record->decades >= threshold.decades_lost || underflows(record);
}

static void say_vanishing(const struct verdict_case *given, char *out, size_t size)
{
	const struct record *record = given->record;
	const char *flat = is_stuck(given) ? "; loss flat" : "";
	char factor[24];
	factor_text(factor, times_of(record->decades));
	if (underflows(record))
		snprintf(out, size, "Vanishing: δ of layer 1 is under 1e-38, a float's 0%s.", flat);
	else
		snprintf(out, size, "Vanishing: layer 1's δ is %s× below the output's%s.", factor,
			flat);
}

static int descending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x < y) - (x > y);
}

/* Median gradient norm of the last epochs; 0 when there are too few since the settings changed: a
 * norm under other settings says nothing of what is usual now. */
static double usual_norm(const struct verdict_case *given)
{
	const struct history *history = given->history;
	float norm[16];
	int count = 0;
	bool changed = given->record->event[0];
	int i = history_count(history) - 1;
	for (; i >= 0 && count < threshold.median_epochs && !changed; i--) {
		norm[count++] = history_at(history, i)->grad_norm;
		changed = history_at(history, i)->event[0];
	}
	if (count < threshold.median_epochs)
		return 0;
	qsort(norm, (size_t)count, sizeof norm[0], descending);
	return norm[count / 2];
}

static bool exploding(const struct verdict_case *given)
{
	const struct record *record = given->record;
	double usual = usual_norm(given), norm = record->grad_norm;
	return record->decades <= -threshold.decades_lost || norm > threshold.norm_exploding ||
		(usual > 0 && norm > threshold.norm_least &&
		norm > threshold.norm_times_median * usual);
}

static void say_exploding(const struct verdict_case *given, char *out, size_t size)
{
	const struct record *record = given->record;
	char factor[24];
	factor_text(factor, times_of(-record->decades));
	if (record->decades <= -threshold.decades_lost)
		snprintf(out, size, "Exploding: layer 1's δ is %s× above the output's.", factor);
	else
		snprintf(out, size, "Exploding: the gradient's norm is %.3g.", record->grad_norm);
}

static bool weak(const struct verdict_case *given)
{
	return fabs(given->record->decades) >= threshold.decades_weak;
}

static void say_weak(const struct verdict_case *given, char *out, size_t size)
{
	double decades = given->record->decades;
	char factor[24];
	factor_text(factor, times_of(fabs(decades)));
	snprintf(out, size, decades > 0 ? "Weak: layer 1's δ is %s× below the output's." :
		"Weak: layer 1's δ is %s× above the output's.", factor);
}

static bool always(const struct verdict_case *given)
{
	(void)given;
	return true;
}

static void say_healthy(const struct verdict_case *given, char *out, size_t size)
{
	if (record_is_nothing(given->record->decades)) {
		snprintf(out, size, "No error signal to compare.");
		return;
	}
	snprintf(out, size, "Healthy: layer 1's δ is within a factor of %.1f of the output's.",
		times_of(fabs(given->record->decades)));
}

static const struct verdict rows[] = {
	{"diverged", "loss, a weight or a gradient is not finite, or loss > 100 max(first loss, 1)",
		TONE_ALARM, diverged, say_diverged},
	{"dead", "a hidden layer has only dead units (f' = 0 for every sample)", TONE_ALARM, dead,
		say_dead},
	{"converged", "loss under 5 % of a constant guess's", TONE_GOOD, converged, say_converged},
	{"vanishing", "D >= 3 decades lost between the output's delta and layer 1's, or delta 0 there",
		TONE_ALARM, vanishing, say_vanishing},
	{"exploding", "D <= -3, or gradient norm > 1000, or > 100 times its recent median and > 1",
		TONE_ALARM, exploding, say_exploding},
	{"weak", "1 <= |D| < 3 decades between the output's delta and layer 1's", TONE_WARNING, weak,
		say_weak},
	{"healthy", "|D| < 1 decade", TONE_QUIET, always, say_healthy},
};

const struct verdict *verdict_at(int index)
{
	return index >= 0 && index < (int)(sizeof rows / sizeof rows[0]) ? &rows[index] : NULL;
}

const struct verdict *verdict_find(const char *name)
{
	const struct verdict *row;
	for (int i = 0; (row = verdict_at(i)); i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

const struct verdict *verdict_judge(const struct verdict_case *given)
{
	int i = 0;
	while (!rows[i].applies(given))
		i++;
	return &rows[i];
}

void verdict_sentence(const struct verdict *verdict, const struct verdict_case *given, int columns,
	char *out, size_t size)
{
	(void)columns;
	verdict->say(given, out, size);
}

/* ---- remarks: beside the verdict, not instead of it ---- */

/* Nothing is to be said of the steps of a run that is over, well or badly. */
static bool still_matters(const struct verdict_case *given)
{
	return !diverged(given) && !converged(given) && !dead(given);
}

static bool no_learning(const struct verdict_case *given)
{
	return is_stuck(given) && !vanishing(given);
}

static void say_no_learning(const struct verdict_case *given, char *out, size_t size)
{
	snprintf(out, size, "No learning: loss %.4f is a constant guess's.", given->record->loss);
}

static bool worse_than_guessing(const struct verdict_case *given)
{
	return given->record->epoch >= threshold.stuck_epochs / 4 && !diverged(given) &&
		given->record->loss > threshold.worse_times * given->constant_guess;
}

static void say_worse_than_guessing(const struct verdict_case *given, char *out, size_t size)
{
	snprintf(out, size, "Loss %.3g is worse than guessing (%.3g): try a lower lr.",
		given->record->loss, given->constant_guess);
}

static bool overfits(const struct verdict_case *given)
{
	const struct record *record = given->record;
	return record->val_loss > threshold.overfit_times * record->loss &&
		record->val_loss - record->loss > threshold.overfit_share * given->constant_guess;
}

static void say_overfits(const struct verdict_case *given, char *out, size_t size)
{
	snprintf(out, size, "Overfitting: val_loss %.3g, loss %.3g.", given->record->val_loss,
		given->record->loss);
}

/* Number of hidden layers from the first on whose delta is 0; 0 if the first has one. */
static int underflown(const struct record *record)
{
	int layers = 0;
	while (layers + 1 < record->layers && record->layer[layers].delta_rms == 0)
		layers++;
	return layers;
}

static bool underflow(const struct verdict_case *given)
{
	return still_matters(given) && underflown(given->record) > 0 &&
		output_error(given->record) > 0;
}

static void say_underflow(const struct verdict_case *given, char *out, size_t size)
{
	snprintf(out, size, "Underflow: the error of the first %d layers is under 1e-38.",
		underflown(given->record));
}

/* First trained layer whose update ratio lies in [low, high); 0 if there is none. */
static int layer_stepping(const struct verdict_case *given, double low, double high)
{
	const struct record *record = given->record;
	for (int l = given->config->freeze; l < record->layers && still_matters(given); l++) {
		double ratio = record->layer[l].update_ratio;
		if (ratio >= low && ratio < high)
			return l + 1;
	}
	return 0;
}

/* Steps that change no bit of any weight, though there is a gradient. */
static int layer_losing_steps(const struct verdict_case *given)
{
	int l = layer_stepping(given, 0, DBL_MIN);
	return l && given->record->layer[l - 1].grad_rms > 0 ? l : 0;
}

static bool lost_steps(const struct verdict_case *given)
{
	return layer_losing_steps(given) > 0;
}

static void say_lost_steps(const struct verdict_case *given, char *out, size_t size)
{
	snprintf(out, size, "Layer %d: steps below float32 resolution, no weight changes.",
		layer_losing_steps(given));
}

static bool frozen(const struct verdict_case *given)
{
	return layer_stepping(given, DBL_MIN, threshold.step_frozen) > 0;
}

static void say_frozen(const struct verdict_case *given, char *out, size_t size)
{
	int l = layer_stepping(given, DBL_MIN, threshold.step_frozen);
	snprintf(out, size, "Layer %d is as good as frozen: a step moves it by %.0e of its size.", l,
		(double)given->record->layer[l - 1].update_ratio);
}

static bool large_steps(const struct verdict_case *given)
{
	return layer_stepping(given, threshold.step_too_large, INFINITY) > 0;
}

static void say_large_steps(const struct verdict_case *given, char *out, size_t size)
{
	int l = layer_stepping(given, threshold.step_too_large, INFINITY);
	snprintf(out, size, "Steps too large: one moves layer %d by %.0f %%.", l,
		100 * (double)given->record->layer[l - 1].update_ratio);
}

/* First layer with far more dead units than at birth, or hardly any living ones. */
static int dying_layer(const struct verdict_case *given)
{
	const struct record *now = given->record;
	const struct record *start = history_count(given->history) ?
		history_at(given->history, 0) : now;
	for (int l = 0; l + 1 < now->layers; l++) {
		bool known = start->layers == now->layers;
		double at_start = known ? start->layer[l].dead : now->layer[l].dead;
		if (now->layer[l].dead > threshold.units_dead ||
			now->layer[l].dead - at_start >= threshold.units_died)
			return l + 1;
	}
	return 0;
}

static bool dying_units(const struct verdict_case *given)
{
	return !diverged(given) && !dead(given) && dying_layer(given) > 0;
}

static void say_dying_units(const struct verdict_case *given, char *out, size_t size)
{
	int l = dying_layer(given);
	snprintf(out, size, "Dead units: %.0f %% of layer %d.",
		100 * (double)given->record->layer[l - 1].dead, l);
}

static const struct remark remarks[] = {
	{"no-learning", "after 20 epochs the loss is within 0.5 % of a constant guess's",
		no_learning, say_no_learning},
	{"worse-than-guessing", "after 5 epochs the loss is over 1.2 times a constant guess's",
		worse_than_guessing, say_worse_than_guessing},
	{"overfitting", "val_loss over twice the loss, and by a tenth of a constant guess's", overfits,
		say_overfits},
	{"underflow", "delta is 0 in the first layers: below 1.2e-38 a float is 0", underflow,
		say_underflow},
	{"lost-steps", "a layer has a gradient, but no step changes any of its weights", lost_steps,
		say_lost_steps},
	{"frozen", "median update ratio of a layer below 1e-5: under 1 % in 1,000 steps", frozen,
		say_frozen},
	{"large-steps", "median update ratio of a layer of 0.1 or more; 1e-3 is usual", large_steps,
		say_large_steps},
	{"dying-units", "over 90 % of a layer's units dead, or 20 points more than at the start",
		dying_units, say_dying_units},
};

const struct remark *remark_at(int index)
{
	return index >= 0 && index < (int)(sizeof remarks / sizeof remarks[0]) ? &remarks[index] :
		NULL;
}

void remark_sentence(const struct remark *remark, const struct verdict_case *given, int columns,
	char *out, size_t size)
{
	(void)columns;
	remark->say(given, out, size);
}
