#include "lab/verdict.h"

#include "thresholds.h"

#include <math.h>

static bool holds(const struct evidence *e, const char *name)
{
	return verdict_find(name)->applies(e);
}

/* Nothing is to be said of the steps of a run that is over, well or badly. */
static bool still_matters(const struct evidence *e)
{
	return !holds(e, "diverged") && !holds(e, "converged") && !holds(e, "dead");
}

static bool no_learning(const struct evidence *e)
{
	return e->epoch >= threshold.stuck_epochs && !holds(e, "vanishing") &&
		fabs(e->loss - e->guess) <= threshold.stuck_share * e->guess;
}

static bool worse_than_guessing(const struct evidence *e)
{
	return e->epoch >= threshold.worse_epochs && !holds(e, "diverged") &&
		e->loss > threshold.worse_times * e->guess;
}

/* Both losses in evaluation mode, or batch norm's two modes would be compared. */
static bool overfits(const struct evidence *e)
{
	return e->val_loss > threshold.overfit_times * e->eval_loss &&
		e->val_loss - e->eval_loss > threshold.overfit_share * e->guess;
}

static bool running_statistics_lag(const struct evidence *e)
{
	return !holds(e, "diverged") && e->eval_loss > threshold.lag_times * e->loss &&
		e->eval_loss - e->loss > threshold.lag_share * e->guess;
}

static bool underflow(const struct evidence *e)
{
	return still_matters(e) && e->underflow.layer > 0 && !e->no_error;
}

static bool lost_steps(const struct evidence *e)
{
	return still_matters(e) && e->lost.layer > 0;
}

static bool frozen(const struct evidence *e)
{
	return still_matters(e) && e->frozen.layer > 0;
}

static bool large_steps(const struct evidence *e)
{
	return still_matters(e) && e->large.layer > 0;
}

static bool dying_units(const struct evidence *e)
{
	return !holds(e, "diverged") && !holds(e, "dead") && e->dying.layer > 0;
}

static const struct remark remarks[] = {
	{"no-learning", "after 20 epochs the loss is within 0.5 % of a constant guess's",
		true, no_learning, {
		{NULL, "No learning: loss {loss} is a constant guess's.", "No learning: loss {loss}."}}},
	{"worse-than-guessing", "after 5 epochs the loss is over 1.2 times a constant guess's",
		true, worse_than_guessing, {
		{NULL, "Loss {loss} is worse than guessing ({guess}): try a lower lr.",
			"Loss {loss}: guessing has {guess}."}}},
	{"overfitting", "val_loss over twice eval_loss, and by a tenth of a constant guess's",
		true, overfits, {
		{NULL, "Overfitting: loss {val_loss} on validation data, {eval_loss} on training data.",
			"Overfits: {val_loss} against {eval_loss}."}}},
	{"running-statistics-lag", "eval_loss over 1.5 times loss, and by a tenth of a constant guess's",
		false, running_statistics_lag, {
		{NULL, "Running statistics lag: with them the training loss is {eval_loss}, not {loss}.",
			"Statistics lag: {eval_loss} for {loss}."}}},
	{"underflow", "delta is 0 in the first layers: below 1.2e-38 a float is 0",
		true, underflow, {
		{NULL, "Underflow: the error of the first {underflow_layer} layers is under 1e-38.",
			"Underflow in layers 1 to {underflow_layer}."}}},
	{"lost-steps", "a layer has a gradient, but no step changes any of its weights",
		true, lost_steps, {
		{NULL, "Layer {lost_layer}: steps below float32 resolution, no weight changes.",
			"Layer {lost_layer}: steps too small to count."}}},
	{"frozen", "median update ratio of a layer below 1e-5: under 1 % in 1,000 steps",
		true, frozen, {
		{NULL, "Layer {frozen_layer} is as good as frozen: a step moves it by {frozen_share} of "
			"its size.", "Layer {frozen_layer} is as good as frozen."}}},
	{"large-steps", "median update ratio of a layer of 0.1 or more; 1e-3 is usual",
		true, large_steps, {
		{NULL, "Steps too large: one moves layer {large_layer} by {large_percent} %.",
			"A step moves layer {large_layer} by {large_percent} %."}}},
	{"dying-units", "over 90 % of a layer's units dead, or 20 points more than at the start",
		true, dying_units, {
		{NULL, "Dead units: {dying_percent} % of layer {dying_layer}.",
			"Dead units: {dying_percent} % of layer {dying_layer}."}}},
};

const struct remark *remark_at(int index)
{
	return index >= 0 && index < (int)(sizeof remarks / sizeof remarks[0]) ? &remarks[index] :
		NULL;
}

void remark_sentence(const struct remark *remark, const struct evidence *evidence, int columns,
	char *out, size_t size)
{
	sentence_write(remark->sentence, evidence, columns, out, size);
}
