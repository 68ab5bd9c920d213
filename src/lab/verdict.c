#include "lab/verdict.h"

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
};

/* Not from the layers, which a thinned record has lost. */
static double times_of(double decades)
{
	return exp(decades * log(10));
}

static bool is_bad(float value)
{
	return !record_is_nothing(value) && !isfinite(value);
}

/* ---- rules ---- */

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
	double limit = threshold.diverged_times * fmax(first_loss(given), 1);
	return is_bad(record->loss) || is_bad(record->grad_norm) || broken_layer(record) ||
		record->loss > limit;
}

static void say_diverged(const struct verdict_case *given, char *out, size_t size)
{
	int layer = broken_layer(given->record);
	if (layer)
		snprintf(out, size, "Diverged: layer %d is no longer finite in epoch %lld.", layer,
			(long long)given->record->epoch);
	else
		snprintf(out, size, "Diverged: the loss went from %.3g to %.3g.", first_loss(given),
			given->record->loss);
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
	snprintf(out, size, "Dead: f' = 0 in all units of layer %d for every sample; nothing passes.",
		dead_layer(given->record));
}

static bool converged(const struct verdict_case *given)
{
	return given->record->loss < threshold.converged_share * given->constant_guess;
}

static void say_converged(const struct verdict_case *given, char *out, size_t size)
{
	snprintf(out, size, "Converged: loss %.3g, a constant guess has %.3g. Small gradients are fine.",
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
	int exponent = factor > 0 && isfinite(factor) ? (int)floor(log10(factor)) : 0;
	double mantissa = factor / exp(exponent * log(10));
	if (exponent < 3)
		snprintf(out, 24, "%.3g", factor);
	else
		snprintf(out, 24, "%.1fe%d", fmin(mantissa, 9.9), exponent);
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
		snprintf(out, size, "Vanishing: layer 1's error is under 1e-38, a float's 0%s.", flat);
	else
		snprintf(out, size, "Vanishing: layer 1 gets %s× less than the output%s.", factor,
			flat);
}

static int descending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x < y) - (x > y);
}

/* Median gradient norm of the last epochs; 0 when there are too few. */
static double usual_norm(const struct history *history)
{
	float norm[16];
	int count = 0;
	for (int i = history_count(history) - 1; i >= 0 && count < threshold.median_epochs; i--)
		norm[count++] = history_at(history, i)->grad_norm;
	if (count < threshold.median_epochs)
		return 0;
	qsort(norm, (size_t)count, sizeof norm[0], descending);
	return norm[count / 2];
}

static bool exploding(const struct verdict_case *given)
{
	const struct record *record = given->record;
	double usual = usual_norm(given->history), norm = record->grad_norm;
	return record->decades <= -threshold.decades_lost || norm > threshold.norm_exploding ||
		(usual > 0 && norm > threshold.norm_times_median * usual && norm > threshold.norm_least);
}

static void say_exploding(const struct verdict_case *given, char *out, size_t size)
{
	const struct record *record = given->record;
	char factor[24];
	factor_text(factor, times_of(-record->decades));
	if (record->decades <= -threshold.decades_lost)
		snprintf(out, size, "Exploding: layer 1 gets %s× more than the output.", factor);
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
	snprintf(out, size, decades > 0 ? "Weak: layer 1 gets %s× less than the output." :
		"Growing: layer 1 gets %s× more than the output.", factor);
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
	snprintf(out, size, "Healthy: layer 1 and the output get the same within a factor of %.1f.",
		times_of(fabs(given->record->decades)));
}

static const struct verdict rows[] = {
	{"diverged", "loss, a weight or a gradient is not finite, or loss > 100 max(first loss, 1)",
		TONE_ALARM, diverged, say_diverged, {"clip=norm", "lr=0.01", "init=glorot-uniform"}},
	{"dead", "a hidden layer has only dead units (f' = 0 for every sample)", TONE_ALARM, dead,
		say_dead, {"activation=leaky-relu", "init=he-normal"}},
	{"converged", "loss under 5 % of a constant guess's", TONE_GOOD, converged, say_converged, {0}},
	{"vanishing", "D >= 3 decades lost between the output's delta and layer 1's, or delta 0 there",
		TONE_ALARM, vanishing, say_vanishing, {"activation=relu", "init=he-normal", "norm=batch", "skip=1"}},
	{"exploding", "D <= -3, or gradient norm > 1000, or > 100 times its recent median and > 1",
		TONE_ALARM, exploding, say_exploding, {"clip=norm", "init=glorot-uniform", "lr=0.01"}},
	{"weak", "1 <= |D| < 3 decades between the output's delta and layer 1's", TONE_WARNING, weak,
		say_weak, {0}},
	{"healthy", "|D| < 1 decade", TONE_QUIET, always, say_healthy, {0}},
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

void verdict_sentence(const struct verdict *verdict, const struct verdict_case *given, char *out,
	size_t size)
{
	verdict->say(given, out, size);
	size_t used = strlen(out);
	/* a flat loss is said beside every verdict that has not said it itself */
	if (verdict->applies != vanishing && is_stuck(given))
		snprintf(out + used, size - used, " No learning: loss %.4f is a constant guess's.",
			given->record->loss);
}

/* Splits "name=value" and tells whether it would change anything. */
static const struct setting *open_remedy(const char *remedy, const struct config *config,
	const char **value)
{
	char name[40];
	const char *sign = strchr(remedy, '=');
	snprintf(name, sizeof name, "%.*s", (int)(sign - remedy), remedy);
	const struct setting *setting = setting_find(&config_table, name, NULL);
	struct config tried = *config;
	*value = sign + 1;
	if (!setting || !setting_assign(setting, &tried, *value, NULL))
		return NULL;
	return setting_equal(setting, &tried, config) ? NULL : setting;
}

const struct setting *verdict_remedy(const struct verdict *verdict, const struct config *config,
	int index, const char **value)
{
	for (int i = 0; i < VERDICT_REMEDIES && verdict->remedy[i]; i++) {
		const struct setting *setting = open_remedy(verdict->remedy[i], config, value);
		if (setting && index-- == 0)
			return setting;
	}
	return NULL;
}

void verdict_advice(const struct verdict *verdict, const struct config *config, char *out,
	size_t size)
{
	const struct setting *setting;
	const char *value;
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; (setting = verdict_remedy(verdict, config, i, &value)); i++) {
		char name[40];
		if (setting->key)
			snprintf(name, sizeof name, "%c: ", setting->key);
		else
			snprintf(name, sizeof name, "%s=", setting->name);
		int n = snprintf(out + used, size - used, "%s%s%s", used ? ", " : "Try ", name, value);
		if (n < 0 || (size_t)n >= size - used) {
			out[used] = '\0';
			return;
		}
		used += (size_t)n;
	}
}
