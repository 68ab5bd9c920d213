#include "lab/verdict.h"

#include "thresholds.h"

#include <math.h>
#include <string.h>

static bool diverged(const struct evidence *e)
{
	double start = e->start_loss > 1 ? e->start_loss : 1;
	return e->not_finite || e->loss > threshold.diverged_times * start;
}

static bool fault_is_known(const struct evidence *e)
{
	return e->fault.layer > 0;
}

static bool dead(const struct evidence *e)
{
	return e->dead.layer > 0;
}

static bool converged(const struct evidence *e)
{
	return e->loss < threshold.converged_share * e->guess;
}

static bool is_stuck(const struct evidence *e)
{
	return e->epoch >= threshold.stuck_epochs &&
		fabs(e->loss - e->guess) <= threshold.stuck_share * e->guess;
}

static bool vanishing(const struct evidence *e)
{
	return e->decades >= threshold.decades_lost || e->no_signal;
}

static bool no_signal(const struct evidence *e)
{
	return e->no_signal;
}

static bool no_signal_and_stuck(const struct evidence *e)
{
	return e->no_signal && is_stuck(e);
}

static bool explodes_backwards(const struct evidence *e)
{
	return e->decades <= -threshold.decades_lost;
}

static bool exploding(const struct evidence *e)
{
	return explodes_backwards(e) || e->grad_norm > threshold.norm_exploding ||
		(e->usual_norm > 0 && e->grad_norm > threshold.norm_least &&
		e->grad_norm > threshold.norm_times_median * e->usual_norm);
}

static bool weak(const struct evidence *e)
{
	return fabs(e->decades) >= threshold.decades_weak;
}

static bool grows(const struct evidence *e)
{
	return e->decades < 0;
}

static bool always(const struct evidence *e)
{
	(void)e;
	return true;
}

static bool nothing_to_compare(const struct evidence *e)
{
	return isnan(e->decades);
}

static const struct verdict rows[] = {
	{"diverged", "loss, a weight or a gradient is not finite, or loss > 100 max(first loss, 1)",
		TONE_ALARM, true, diverged, {
		{fault_is_known, "Diverged: layer {fault_layer}'s {fault_tensor} overflowed first in "
			"epoch {fault_epoch}.",
			"Diverged: layer {fault_layer}, epoch {fault_epoch}."},
		{NULL, "Diverged: the loss went from {start_loss} to {loss}.",
			"Diverged: loss {start_loss}, now {loss}."}}},
	{"dead", "a hidden layer has only dead units (f' = 0 for every sample)",
		TONE_ALARM, true, dead, {
		{NULL, "Dead: every unit of layer {dead_layer} has f' = 0 for every sample.",
			"Dead: f' = 0 in all of layer {dead_layer}."}}},
	{"converged", "loss under 5 % of a constant guess's",
		TONE_GOOD, false, converged, {
		{NULL, "Converged: loss {loss}, guessing gives {guess}. Small gradients are fine.",
			"Converged: loss {loss} of {guess}."}}},
	{"vanishing", "D >= 3 decades lost between the output's delta and layer 1's, or delta 0 there",
		TONE_ALARM, true, vanishing, {
		{no_signal_and_stuck, "Vanishing: δ of layer 1 is under 1e-38, a float's 0; loss flat.",
			"Vanishing: δ of layer 1 is 0 here."},
		{no_signal, "Vanishing: δ of layer 1 is under 1e-38, a float's 0.",
			"Vanishing: δ of layer 1 is 0 here."},
		{is_stuck, "Vanishing: layer 1's δ is {factor}× below the output's; loss flat.",
			"Vanishing: layer 1's δ is ÷{factor}."},
		{NULL, "Vanishing: layer 1's δ is {factor}× below the output's.",
			"Vanishing: layer 1's δ is ÷{factor}."}}},
	{"exploding", "D <= -3, or gradient norm > 1000, or > 100 times its recent median and > 1",
		TONE_ALARM, true, exploding, {
		{explodes_backwards, "Exploding: layer 1's δ is {factor}× above the output's.",
			"Exploding: layer 1's δ is ×{factor}."},
		{NULL, "Exploding: the gradient's norm is {norm}.",
			"Exploding: gradient norm {norm}."}}},
	{"weak", "1 <= |D| < 3 decades between the output's delta and layer 1's",
		TONE_WARNING, false, weak, {
		{grows, "Weak: layer 1's δ is {factor}× above the output's.",
			"Weak: layer 1's δ is ×{factor}."},
		{NULL, "Weak: layer 1's δ is {factor}× below the output's.",
			"Weak: layer 1's δ is ÷{factor}."}}},
	{"healthy", "|D| < 1 decade",
		TONE_QUIET, false, always, {
		{nothing_to_compare, "No error signal to compare.", "No error signal to compare."},
		{NULL, "Healthy: layer 1's δ is within a factor of {factor} of the output's.",
			"Healthy: δ keeps within {factor}×."}}},
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

const struct verdict *verdict_judge(const struct evidence *evidence)
{
	int i = 0;
	while (!rows[i].applies(evidence))
		i++;
	return &rows[i];
}

void verdict_sentence(const struct verdict *verdict, const struct evidence *evidence, int columns,
	char *out, size_t size)
{
	sentence_write(verdict->sentence, evidence, columns, out, size);
}
