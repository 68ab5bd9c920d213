/* The phases of a training step in formulas and words. See step.h. */
#include "step.h"

#include "ui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SUBSCRIPT = 16 };

/* A layer's number below the line. */
static const char *below(char out[SUBSCRIPT], int number)
{
	static const char *const digit[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
	char decimal[SUBSCRIPT];
	size_t used = 0;
	snprintf(decimal, sizeof(decimal), "%d", number);
	out[0] = '\0';
	for (const char *at = decimal; *at && used + 4 < SUBSCRIPT; at++)
		used += (size_t)snprintf(out + used, SUBSCRIPT - used, "%s", digit[*at - '0']);
	return out;
}

static const struct net_layer *layer_of(const struct drawn_step *step)
{
	return net_layer_of(step->before, step->phase.layer);
}

static bool loss_is(const struct drawn_step *step, const char *name)
{
	return strcmp(net_spec_of(step->before)->loss, name) == 0;
}

static const char *symbol_of(const struct drawn_step *step)
{
	return layer_of(step)->activation ? layer_of(step)->activation->symbol : "";
}

static bool frozen(const struct drawn_step *step)
{
	return step->phase.layer <= net_spec_of(step->before)->frozen;
}

static void formula_of_loss(const struct drawn_step *step, const char *l, char out[STEP_TEXT])
{
	int outputs = step->view->layer[step->view->layers].units;
	const char *mean = outputs > 1 ? "mean of " : "";
	if (loss_is(step, "bce"))
		snprintf(out, STEP_TEXT, "L = %s−t·ln p − (1−t)·ln(1−p),  p = σ(z%s)", mean, l);
	else if (loss_is(step, "ce"))
		snprintf(out, STEP_TEXT, "L = −ln p of the target class,  p = softmax(z%s)", l);
	else
		snprintf(out, STEP_TEXT, "L = %s(z%s − t)²", mean, l);
}

static void formula_of_delta(const struct drawn_step *step, const char *l, char out[STEP_TEXT])
{
	char next[SUBSCRIPT], share[SUBSCRIPT] = "";
	int outputs = step->view->layer[step->view->layers].units;
	below(next, step->phase.layer + 1);
	if (outputs > 1)
		snprintf(share, sizeof(share), " / %d", outputs);
	if (layer_of(step)->hidden)
		snprintf(out, STEP_TEXT, "δ%s = W%sᵀ δ%s ⊙ %s′(z%s)", l, next, next, symbol_of(step), l);
	else if (loss_is(step, "bce") && outputs > 1)
		snprintf(out, STEP_TEXT, "δ%s = (p − t)%s", l, share);
	else if (loss_is(step, "mse"))
		snprintf(out, STEP_TEXT, "δ%s = 2 (z%s − t)%s", l, l, share);
	else
		snprintf(out, STEP_TEXT, "δ%s = p − t", l);
}

void step_formula(const struct drawn_step *step, char out[STEP_TEXT])
{
	char here[SUBSCRIPT], before[SUBSCRIPT], input[SUBSCRIPT];
	const char *l = below(here, step->phase.layer);
	snprintf(input, sizeof(input), step->phase.layer == 1 ? "x" : "a%s",
		below(before, step->phase.layer - 1));
	switch (step->phase.kind) {
	case STEP_SUM:
		snprintf(out, STEP_TEXT, "z%s = W%s %s + b%s", l, l, input, l);
		break;
	case STEP_ACTIVATION:
		snprintf(out, STEP_TEXT, "a%s = %s(z%s)", l, symbol_of(step), l);
		break;
	case STEP_LOSS:
		formula_of_loss(step, l, out);
		break;
	case STEP_DELTA:
		formula_of_delta(step, l, out);
		break;
	case STEP_GRADIENT:
		snprintf(out, STEP_TEXT, "∂L/∂W%s = δ%s %sᵀ", l, l, input);
		break;
	default:
		if (strcmp(step->optimizer, "sgd") == 0)
			snprintf(out, STEP_TEXT, "W%s ← W%s − η·g,  η = %g", l, l, step->view->rate);
		else
			snprintf(out, STEP_TEXT, "W%s ← W%s + step(g) of %s,  η = %g", l, l, step->optimizer,
				step->view->rate);
	}
}

const char *step_meaning(const struct drawn_step *step)
{
	switch (step->phase.kind) {
	case STEP_SUM:
		return "each unit adds its weighted inputs and its bias";
	case STEP_ACTIVATION:
		return "the slope beside it will multiply the error on the way back";
	case STEP_LOSS:
		return "how wrong the answer p is for the target t";
	case STEP_DELTA:
		return layer_of(step)->hidden
			? "the next layer's error, sent back through its weights, times the slope"
			: "the derivative of the loss with respect to z";
	case STEP_GRADIENT:
		return "each weight: error of its unit times the input it multiplies";
	default:
		return "g is the mean gradient over the minibatch";
	}
}

/* A norm, the dropout or the shortcuts of this layer that the phase's formula leaves out. */
const char *step_besides(const struct drawn_step *step)
{
	const struct net_spec *spec = net_spec_of(step->before);
	const struct net_layer *layer = layer_of(step);
	bool norm = layer->hidden && layer->normalization->forward;
	bool forward = step->phase.kind == STEP_SUM || step->phase.kind == STEP_ACTIVATION;
	if (!layer->hidden || step->phase.kind > STEP_DELTA || step->phase.kind == STEP_LOSS)
		return NULL;
	bool here = !forward || (step->phase.kind == STEP_ACTIVATION) == spec->normalize_after;
	if (norm && here)
		return strcmp(spec->normalization, "layer") == 0 ? "layer norm" : "batch norm";
	here = !forward || (step->phase.kind == STEP_ACTIVATION) != spec->skip_before;
	if (spec->skip > 0 && here && (!forward || layer->skip_from))
		return "the skip connection";
	if (spec->dropout > 0 && step->phase.kind != STEP_SUM)
		return "dropout";
	return NULL;
}

static double rms_of_output(const struct drawn_step *step, int layer)
{
	const struct sample_layer *at = &step->view->layer[layer];
	return step_rms_of(at->output, at->units);
}

static double rms_of_delta(const struct drawn_step *step, int layer)
{
	const struct sample_layer *at = &step->view->layer[layer];
	return step_rms_of(at->delta, at->units);
}

static void effect_of_sum(const struct drawn_step *step, struct parts *parts)
{
	const struct sample_layer *here = &step->view->layer[step->phase.layer];
	const char *sum = step_besides(step) ? "u" : "z";
	char from[PLOT_NUMBER], to[PLOT_NUMBER];
	plot_number(from, rms_of_output(step, step->phase.layer - 1));
	plot_number(to, step_rms_of(here->z, here->units));
	parts_add(parts, 0, STYLE_NORMAL, "inputs with RMS %s become %s with RMS %s", from, sum, to);
	parts_shorten(parts, "RMS: inputs %s, %s %s", from, sum, to);
}

static void effect_of_activation(const struct drawn_step *step, struct parts *parts)
{
	const struct sample_layer *here = &step->view->layer[step->phase.layer];
	char slope[PLOT_NUMBER];
	double sum = 0;
	int zeros = 0;
	for (int u = 0; u < here->units; u++) {
		sum += (double)here->derivative[u];
		zeros += here->derivative[u] == 0;
	}
	plot_number(slope, sum / here->units);
	parts_add(parts, 0, STYLE_NORMAL, "mean slope %s", slope);
	if (zeros > 0)
		parts_add(parts, 1, STYLE_WARNING, "%d of %d units have slope 0: no error passes them",
			zeros, here->units);
	else
		parts_add(parts, 1, STYLE_DIM, "on the way back the slopes multiply the error");
}

static void effect_of_loss(const struct drawn_step *step, struct parts *parts)
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

/* How much of the error of the next layer arrives, and what each factor does to it. */
static void effect_of_delta(const struct drawn_step *step, struct parts *parts)
{
	double here = rms_of_delta(step, step->phase.layer);
	char number[PLOT_NUMBER], part[PLOT_NUMBER];
	plot_number(number, here);
	if (!layer_of(step)->hidden) {
		parts_add(parts, 0, STYLE_NORMAL, "the error that is sent back has RMS %s", number);
		parts_shorten(parts, "RMS %s", number);
		return;
	}
	struct step_table table;
	step_table(step, &table);
	double from = rms_of_delta(step, step->phase.layer + 1), share = here / from;
	double weighted = step_rms(step, &table.column[0], table.rows);
	enum style style = share < 0.5 ? STYLE_ALARM : share > 2 ? STYLE_WARNING : STYLE_GOOD;
	if (!isfinite(share)) {
		parts_add(parts, 0, STYLE_ALARM,
			from == 0 ? "no error comes from the next layer" : "the error is not a number");
		return;
	}
	plot_share(part, share);
	plot_number(number, share);
	if (share < 0.995) {
		parts_add(parts, 0, style, "only %s of the error passes", part);
		parts_shorten(parts, "%s passes", part);
	} else {
		parts_add(parts, 0, style, "the error is multiplied by %s", number);
		parts_shorten(parts, "error ×%s", number);
	}
	plot_number(number, weighted / from);
	parts_add(parts, 1, style, "weights ×%s", number);
	plot_number(number, here / weighted);
	if (weighted > 0)
		parts_add(parts, 1, style, "%s ×%s", step_besides(step) ? "the rest" : "slopes", number);
}

static void effect_of_gradient(const struct drawn_step *step, struct parts *parts)
{
	const struct net_layer *layer = layer_of(step);
	char one[PLOT_NUMBER], mean[PLOT_NUMBER];
	plot_number(
		one, rms_of_delta(step, step->phase.layer) * rms_of_output(step, step->phase.layer - 1));
	plot_number(mean, step_rms_of(step->view->gradient + layer->first, (int)layer->weights));
	parts_add(parts, 0, STYLE_NORMAL, "RMS of this sample %s", one);
	parts_shorten(parts, "RMS %s", one);
	parts_add(parts, 1, STYLE_NORMAL, "RMS of the mean over the minibatch %s", mean);
	parts_shorten(parts, "of the minibatch %s", mean);
}

static void effect_of_update(const struct drawn_step *step, struct parts *parts)
{
	const struct net_layer *old = layer_of(step),
						   *new = net_layer_of(step->view->after, step->phase.layer);
	const float *gradient = step->view->gradient + old->first;
	double moved = 0, size = 0;
	size_t lost = 0;
	for (size_t i = 0; i < old->weights; i++) {
		double by = (double)new->weight[i] - (double)old->weight[i];
		moved += by * by;
		size += (double)old->weight[i] * (double)old->weight[i];
		lost += by == 0 && gradient[i] != 0;
	}
	char part[PLOT_NUMBER];
	plot_number(part, 100 * sqrt(moved / size));
	if (size > 0) {
		parts_add(parts, 0, moved < 1e-12 * size ? STYLE_ALARM : STYLE_NORMAL,
			"this step moves W by %s %% of its size", part);
		parts_shorten(parts, "W moves by %s %%", part);
	} else {
		parts_add(parts, 0, STYLE_NORMAL, "all weights are 0");
	}
	if (lost > 0)
		parts_add(parts, 1, STYLE_ALARM, "rounded away in %zu of %zu weights", lost, old->weights);
	if (step->view->clipped)
		parts_add(parts, 2, STYLE_WARNING, "gradient clipped");
}

void step_effect(const struct drawn_step *step, struct parts *parts)
{
	static void (*const add[])(const struct drawn_step *step, struct parts *parts) = {
		[STEP_SUM] = effect_of_sum,
		[STEP_ACTIVATION] = effect_of_activation,
		[STEP_LOSS] = effect_of_loss,
		[STEP_DELTA] = effect_of_delta,
		[STEP_GRADIENT] = effect_of_gradient,
		[STEP_UPDATE] = effect_of_update,
	};
	if (frozen(step) && step->phase.kind >= STEP_DELTA)
		parts_add(parts, 0, STYLE_WARNING, "frozen: the setting freeze keeps this layer's weights");
	else
		add[step->phase.kind](step, parts);
}
