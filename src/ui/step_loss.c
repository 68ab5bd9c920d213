/* The loss at the output layer, as a phase of a step. See step.h. */
#include "nn/elementary.h"
#include "step.h"
#include "ui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool step_loss_is(const struct drawn_step *step, const char *name)
{
	return strcmp(net_spec_of(step->before)->loss, name) == 0;
}

int step_outputs(const struct drawn_step *step)
{
	return step_sample(step, step->view->layers)->units;
}

double step_target(const struct drawn_step *step, int row)
{
	bool value = step->data->classes == 0 || step_outputs(step) == 1;
	return value ? (double)step->view->target : step->view->target == (float)row;
}

double step_answer(const struct drawn_step *step, int row)
{
	const struct sample_layer *out = step_sample(step, step->view->layers);
	double z = (double)out->z[row], sum = 0;
	if (step_loss_is(step, "bce"))
		return 1 / (1 + exp_f64(-z));
	if (!step_loss_is(step, "ce"))
		return z;
	for (int o = 0; o < out->units; o++)
		sum += exp_f64((double)out->z[o] - z);
	return 1 / sum;
}

static double value_z(const struct drawn_step *step, int row)
{
	return (double)step_sample(step, step->view->layers)->z[row];
}

/* The output's part of the sample's loss, from the logit so that nothing overflows. */
static double value_loss(const struct drawn_step *step, int row)
{
	double z = value_z(step, row), t = step_target(step, row);
	if (step_loss_is(step, "bce"))
		return ((z > 0 ? z : 0) - z * t + log1p_f64(exp_f64(-fabs(z)))) / step_outputs(step);
	if (step_loss_is(step, "ce"))
		return t > 0 ? -t * log_f64(step_answer(step, row)) : 0;
	return (z - t) * (z - t) / step_outputs(step);
}

static void table(const struct drawn_step *step, struct step_table *table)
{
	step_add(table, "z", "", 3, value_z);
	if (!step_loss_is(step, "mse"))
		step_add_positive(table, "p", "→", 1, step_answer);
	step_add_positive(table, "t", "", 2, step_target);
	step_add_positive(table, "L", "→", 0, value_loss);
	table->bar[0] = table->columns - 1;
	table->rms = false;
}

static void formula(const struct drawn_step *step, char out[STEP_TEXT])
{
	char here[STEP_SUBSCRIPT];
	const char *mean = step_outputs(step) > 1 ? "mean of " : "";
	const char *l = step_below(here, step->phase.layer);
	if (step_loss_is(step, "bce"))
		snprintf(out, STEP_TEXT, "L = %s−t·ln p − (1−t)·ln(1−p),  p = σ(z%s)", mean, l);
	else if (step_loss_is(step, "ce"))
		snprintf(out, STEP_TEXT, "L = −ln p of the target class,  p = softmax(z%s)", l);
	else
		snprintf(out, STEP_TEXT, "L = %s(z%s − t)²", mean, l);
}

static const char *meaning(const struct drawn_step *step)
{
	(void)step;
	return "how wrong the answer p is for the target t";
}

static void effect(const struct drawn_step *step, struct parts *parts)
{
	char loss[PLOT_NUMBER], batch[PLOT_NUMBER], baseline[PLOT_NUMBER];
	plot_number(loss, (double)step->view->sample_loss);
	plot_number(batch, (double)step->view->loss);
	plot_number(baseline, step->baseline_loss);
	parts_add(parts, 0, STYLE_NORMAL, "loss of the sample %s", loss);
	parts_shorten(parts, "loss %s", loss);
	parts_add(parts, 1, STYLE_NORMAL, "mean of the minibatch %s", batch);
	if (isfinite(step->baseline_loss))
		parts_add(parts, 2, STYLE_DIM, "baseline %s", baseline);
}

static bool terms(const struct drawn_step *step, int row, int width, char out[STEP_TEXT])
{
	char answer[PLOT_NUMBER], other[PLOT_NUMBER], target[PLOT_NUMBER], loss[PLOT_NUMBER];
	double p = step_answer(step, row), t = step_target(step, row);
	(void)width;
	plot_number(answer, p);
	plot_number(other, 1 - p);
	plot_number(target, t);
	plot_number(loss, value_loss(step, row));
	if (step_loss_is(step, "mse"))
		snprintf(out, STEP_TEXT, "unit %d: (%s − %s)²%s = %s", row + 1, answer, target,
			step_outputs(step) > 1 ? " / outputs" : "", loss);
	else if (t == 0 || t == 1)
		snprintf(out, STEP_TEXT, "unit %d: −ln %s = %s", row + 1, t > 0 ? answer : other, loss);
	else
		snprintf(out, STEP_TEXT, "unit %d: %s", row + 1, loss);
	return true;
}

const struct step_row step_loss = {
	.name = "loss",
	.row_head = "unit",
	.formula = formula,
	.meaning = meaning,
	.table = table,
	.effect = effect,
	.terms = terms,
};
