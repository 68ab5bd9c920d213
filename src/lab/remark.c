#include "lab/verdict.h"

#include "shared_rules.h"
#include "thresholds.h"

#include <assert.h>
#include <string.h>

static bool is_judged(const struct evidence *e, const char *const names[])
{
	const char *judged = verdict_judge(e)->name;
	for (; *names; names++)
		if (strcmp(judged, *names) == 0)
			return true;
	return false;
}

static bool is_broken(const struct evidence *e)
{
	static const char *const names[] = {"overflow", "diverged", NULL};
	return is_judged(e, names);
}

static bool has_converged(const struct evidence *e)
{
	static const char *const names[] = {"converged", NULL};
	return is_judged(e, names);
}

/* Remarks about steps make no sense once a run has converged or broken. */
static bool still_matters(const struct evidence *e)
{
	return !is_broken(e) && !has_converged(e) && e->dead.layer == 0;
}

/* Some verdicts already say this. */
static bool no_learning(const struct evidence *e)
{
	static const char *const told[] = {"vanishing", "cannot-learn", "not-learning", NULL};
	return is_stuck(e) && !is_judged(e, told);
}

static bool worse_than_baseline(const struct evidence *e)
{
	static const char *const told[] = {"not-learning", "collapsed", NULL};
	return e->settled >= threshold.worse_epochs && !is_broken(e) && !is_judged(e, told) &&
		is_worse(e);
}

static bool overfits(const struct evidence *e)
{
	static const char *const told[] = {"overfitting", NULL};
	return !is_broken(e) && !is_judged(e, told) && verdict_find("overfitting")->applies(e);
}

static bool validation_rises(const struct evidence *e)
{
	static const char *const learning[] = {
		"converged",
		"overfitting",
		"weak",
		"growing",
		"healthy",
		NULL,
	};
	return is_judged(e, learning) && e->epoch - e->best_val_epoch >= threshold.falling_epochs &&
		e->val_loss > threshold.rise_times * e->best_val &&
		e->val_loss - e->best_val > threshold.rise_share * e->baseline_loss;
}

static bool running_statistics_lag(const struct evidence *e)
{
	return !is_broken(e) && e->eval_loss > threshold.lag_times * e->loss &&
		e->eval_loss - e->loss > threshold.lag_share * e->baseline_loss;
}

static bool still_falling(const struct evidence *e)
{
	return has_converged(e) && e->loss_before >= 2 * e->loss;
}

static bool no_progress(const struct evidence *e)
{
	static const char *const learning[] = {"overfitting", "weak", "growing", "healthy", NULL};
	return e->flat && is_judged(e, learning);
}

static bool underflow(const struct evidence *e)
{
	static const char *const told[] = {"symmetric", NULL};
	return still_matters(e) && !is_judged(e, told) &&
		(e->underflow.layer > 0 || e->time.underflow > 0) && !e->no_error;
}

static bool underflow_in_time(const struct evidence *e)
{
	return e->time.underflow > 0;
}

static bool is_truncated(const struct evidence *e)
{
	return !is_broken(e) && e->time.truncated > 0;
}

static bool lost_steps(const struct evidence *e)
{
	return still_matters(e) && e->lost.layer > 0;
}

static bool frozen(const struct evidence *e)
{
	static const char *const told[] = {"not-learning", NULL};
	return still_matters(e) && !is_judged(e, told) && e->frozen.layer > 0;
}

static bool large_now(const struct evidence *e)
{
	return e->large.layer > 0;
}

/* Past steps matter only while the loss has not recovered from them. */
static bool large_steps(const struct evidence *e)
{
	/* beside weights of nearly 0 any step is large */
	static const char *const told[] = {
		"too-large-steps",
		"weights-vanished",
		"symmetric",
		"cannot-learn",
		NULL,
	};
	bool did_harm = e->largest.ratio > threshold.step_huge && worse_than_baseline(e);
	return still_matters(e) && (large_now(e) || did_harm) && !is_judged(e, told);
}

static bool dying_units(const struct evidence *e)
{
	return !is_broken(e) && e->dead.layer == 0 && e->dying.layer > 0;
}

static const struct remark remarks[] = {
	{"large-steps", "median update ratio of a layer 0.1 or more, or one step over 1 and a bad loss",
		true, large_steps,
		{{large_now, "Steps too large: one moves layer {large_layer} by {large_percent} %.",
			 "A step moves layer {large_layer} by {large_percent} %."},
			{NULL,
				"Steps too large: in epoch {largest_epoch} one moved layer {largest_layer} by "
				"{largest_percent} %.",
				"A step moved layer {largest_layer} by {largest_percent} %."}}},
	{"worse-than-baseline", "after 5 epochs the loss is over 1.2 times the baseline", true,
		worse_than_baseline,
		{{NULL, "Loss {loss} is worse than the baseline, {baseline}.",
			"Loss {loss}: baseline {baseline}."}}},
	{"no-learning", "after 20 epochs the loss is within 0.5 % of the baseline", true, no_learning,
		{{NULL, "No learning: loss {loss} is the baseline.", "No learning: loss {loss}."}}},
	{"underflow", "delta is 0 in the first layers or steps: below 1.2e-38 a float is 0", true,
		underflow,
		{{underflow_in_time,
			 "Underflow: ∂L/∂h is under 1e-38 at the time steps to t{underflow_step}.",
			 "Underflow: ∂L/∂h is 0 to t{underflow_step}."},
			{NULL, "Underflow: the error of the first {underflow_layer} layers is under 1e-38.",
				"Underflow in layers 1 to {underflow_layer}."}}},
	{"lost-steps", "a layer has a gradient, but no step changes any of its weights", true,
		lost_steps,
		{{NULL, "Layer {lost_layer}: steps below float32 resolution, no weight changes.",
			"Layer {lost_layer}: steps too small to count."}}},
	{"frozen", "median update ratio of a layer below 1e-5: under 1 % in 1,000 steps", true, frozen,
		{{NULL,
			"Layer {frozen_layer} hardly moves: a step changes it by {frozen_share} of its size.",
			"Layer {frozen_layer} hardly moves."}}},
	{"overfitting", "val_loss over twice eval_loss, and by a tenth of the baseline", false,
		overfits,
		{{NULL, "Overfitting: loss {val_loss} on validation data, {eval_loss} on training data.",
			"Overfits: {val_loss} against {eval_loss}."}}},
	{"running-statistics-lag", "eval_loss over 1.5 times loss, and by a tenth of the baseline",
		false, running_statistics_lag,
		{{NULL, "Running statistics lag: with them the training loss is {eval_loss}, not {loss}.",
			"Running statistics lag: {eval_loss}."}}},
	{"validation-rises", "val_loss 10 % above its lowest of ten or more epochs ago", false,
		validation_rises,
		{{NULL, "Validation loss rises: {val_loss}, was {best_val} in epoch {best_val_epoch}.",
			"val_loss rises: {best_val} to {val_loss}."}}},
	{"dying-units", "over 90 % of a layer's units dead, or 20 points more than at the start", false,
		dying_units,
		{{is_in_time,
			 "Dead units: at every time step at least {dying_percent} % of layer {dying_layer}.",
			 "Dead units: {dying_percent} % of layer {dying_layer}."},
			{NULL, "Dead units: {dying_percent} % of layer {dying_layer}.",
				"Dead units: {dying_percent} % of layer {dying_layer}."}}},
	{"truncated", "truncate: no gradient reaches the time steps before", false, is_truncated,
		{{NULL,
			"Truncated: gradients go back {reach} steps; none comes to t{truncated_step} and "
			"before.",
			"Truncated: none before t{first_step}."}}},
	{"no-progress", "in the last 20 epochs the loss found no value 1 % lower than before", false,
		no_progress,
		{{NULL, "No progress: in 20 epochs the loss found no value 1 % lower.",
			"No progress in 20 epochs."}}},
	{"still-falling", "converged, and the loss has halved in the last ten epochs", false,
		still_falling,
		{{NULL, "The loss still falls: ten epochs ago it was {loss_before}.",
			"Still falling, from {loss_before}."}}},
};

const struct remark *remark_at(int index)
{
	return index >= 0 && index < (int)(sizeof(remarks) / sizeof(remarks[0])) ? &remarks[index]
																			 : NULL;
}

const struct remark *remark_find(const char *name, size_t length)
{
	const struct remark *row;
	for (int i = 0; (row = remark_at(i)); i++)
		if (strlen(row->name) == length && strncmp(row->name, name, length) == 0)
			return row;
	return NULL;
}

static_assert(
	sizeof(remarks) / sizeof(remarks[0]) <= RECORD_REMARKS_MAX, "a record holds them all");

void remarks_list(const struct evidence *evidence, const char *names[RECORD_REMARKS_MAX])
{
	int count = 0;
	memset(names, 0, RECORD_REMARKS_MAX * sizeof(names[0]));
	for (int i = 0; remark_at(i); i++)
		if (remarks[i].applies(evidence))
			names[count++] = remarks[i].name;
}

void remark_sentence(const struct remark *remark, const struct evidence *evidence, int columns,
	char *out, size_t size)
{
	sentence_write(remark->sentence, evidence, columns, out, size);
}
