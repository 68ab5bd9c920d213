/* The phases of a training step and their numbers. See step.h. */
#include "step.h"

#include "nn/bounds.h"
#include "nn/elementary.h"
#include "ui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- phases ---- */

int step_count(int layers)
{
	return 5 * layers;
}

int step_index(struct step_phase phase, int layers)
{
	int back = layers - phase.layer;
	switch (phase.kind) {
	case STEP_SUM:
		return 2 * phase.layer - 2;
	case STEP_ACTIVATION:
	case STEP_LOSS:
		return 2 * phase.layer - 1;
	case STEP_DELTA:
		return 2 * layers + 2 * back;
	case STEP_GRADIENT:
		return 2 * layers + 2 * back + 1;
	default:
		return 4 * layers + phase.layer - 1;
	}
}

struct step_phase step_phase_at(int index, int layers)
{
	index = clamp_int(index, 0, step_count(layers) - 1);
	int half = index / 2, odd = index % 2;
	if (index >= 4 * layers)
		return (struct step_phase){STEP_UPDATE, index - 4 * layers + 1};
	if (index >= 2 * layers)
		return (struct step_phase){odd ? STEP_GRADIENT : STEP_DELTA, 2 * layers - half};
	if (odd)
		return (struct step_phase){half + 1 == layers ? STEP_LOSS : STEP_ACTIVATION, half + 1};
	return (struct step_phase){STEP_SUM, half + 1};
}

struct step_phase step_phase_of(const struct view *view, int layers)
{
	struct step_phase phase = {
		.kind = (enum step_kind)clamp_int(view->phase, STEP_SUM, STEP_UPDATE),
		.layer = clamp_int(view->layer, 1, layers),
	};
	if (phase.kind == STEP_ACTIVATION && phase.layer == layers)
		phase.kind = STEP_LOSS;
	if (phase.kind == STEP_LOSS)
		phase.layer = layers;
	return phase;
}

static bool is_dense(const struct net *net)
{
	bool dense = true;
	for (int l = 1; l <= net_spec_of(net)->layers; l++)
		dense = dense && net_layer_of(net, l)->kind == &layer_dense;
	return dense;
}

bool step_has_formulas(const struct frame *frame)
{
	return !frame->state || !frame->state->net || is_dense(frame->state->net);
}

bool step_of(const struct picture *picture, struct drawn_step *step)
{
	const struct frame *frame = &picture->frame;
	const struct state_view *state = frame->state;
	if (!state || !state->step || !state->net || state->data != frame->data ||
		!step_has_formulas(frame))
		return false;
	*step = (struct drawn_step){
		.view = state->step,
		.before = state->net,
		.data = state->data,
		.optimizer = frame->settings ? frame->settings->optimizer : "",
		.baseline_loss = frame->baseline_loss,
		.phase = step_phase_of(picture->view, state->step->layers),
	};
	return true;
}

/* ---- numbers of one unit ---- */

static const struct net_layer *layer_of(const struct drawn_step *step)
{
	return net_layer_of(step->before, step->phase.layer);
}

static const struct sample_layer *sample_of(const struct drawn_step *step, int layer)
{
	return &step->view->layer[layer];
}

static double value_z(const struct drawn_step *step, int row)
{
	return (double)sample_of(step, step->phase.layer)->z[row];
}

static double value_output(const struct drawn_step *step, int row)
{
	return (double)sample_of(step, step->phase.layer)->output[row];
}

static double value_slope(const struct drawn_step *step, int row)
{
	return (double)sample_of(step, step->phase.layer)->derivative[row];
}

static double value_delta(const struct drawn_step *step, int row)
{
	return (double)sample_of(step, step->phase.layer)->delta[row];
}

static double value_bias(const struct drawn_step *step, int row)
{
	return (double)layer_of(step)->bias[row];
}

/* Row `row` of W times what the layer below puts out. */
static double value_weighted(const struct drawn_step *step, int row)
{
	const struct net_layer *layer = layer_of(step);
	const float *below = sample_of(step, step->phase.layer - 1)->output;
	const real *weight = layer->weight + (size_t)row * layer->inputs;
	double sum = 0;
	for (int i = 0; i < layer->inputs; i++)
		sum += (double)weight[i] * (double)below[i];
	return sum;
}

static double value_sum(const struct drawn_step *step, int row)
{
	return value_weighted(step, row) + value_bias(step, row);
}

/* f(u), before what comes after the activation. */
static double value_activation(const struct drawn_step *step, int row)
{
	const struct net_layer *layer = layer_of(step);
	struct activation_parameters parameters = layer->parameters;
	real u = sample_of(step, step->phase.layer)->z[row], f;
	if (layer->slope)
		parameters.learned_slope = *layer->slope;
	layer->activation->apply(&parameters, 1, &u, &f, NULL);
	return (double)f;
}

/* Column `row` of the next layer's W times that layer's delta. */
static double value_back(const struct drawn_step *step, int row)
{
	const struct net_layer *next = net_layer_of(step->before, step->phase.layer + 1);
	const float *delta = sample_of(step, step->phase.layer + 1)->delta;
	double sum = 0;
	for (int u = 0; u < next->outputs; u++)
		sum += (double)next->weight[(size_t)u * next->inputs + row] * (double)delta[u];
	return sum;
}

/* ---- numbers of the loss ---- */

static const char *loss_of(const struct drawn_step *step)
{
	return net_spec_of(step->before)->loss;
}

static int outputs_of(const struct drawn_step *step)
{
	return sample_of(step, step->view->layers)->units;
}

static double value_target(const struct drawn_step *step, int row)
{
	bool value = step->data->classes == 0 || outputs_of(step) == 1;
	return value ? (double)step->view->target : step->view->target == (float)row;
}

/* What the loss makes of an output: a probability, or with mse the output itself. */
static double value_answer(const struct drawn_step *step, int row)
{
	const struct sample_layer *out = sample_of(step, step->view->layers);
	double z = (double)out->z[row], sum = 0;
	if (strcmp(loss_of(step), "bce") == 0)
		return 1 / (1 + exp_f64(-z));
	if (strcmp(loss_of(step), "ce") != 0)
		return z;
	for (int o = 0; o < out->units; o++)
		sum += exp_f64((double)out->z[o] - z);
	return 1 / sum;
}

/* The output's part of the sample's loss, from the logit so that nothing overflows. */
static double value_loss(const struct drawn_step *step, int row)
{
	double z = value_z(step, row), t = value_target(step, row);
	if (strcmp(loss_of(step), "bce") == 0)
		return ((z > 0 ? z : 0) - z * t + log1p_f64(exp_f64(-fabs(z)))) / outputs_of(step);
	if (strcmp(loss_of(step), "ce") == 0)
		return t > 0 ? -t * log_f64(value_answer(step, row)) : 0;
	return (z - t) * (z - t) / outputs_of(step);
}

/* ---- numbers of the weights ---- */

static double value_old(const struct drawn_step *step, int row)
{
	return (double)layer_of(step)->weight[row];
}

static double value_new(const struct drawn_step *step, int row)
{
	return (double)net_layer_of(step->view->after, step->phase.layer)->weight[row];
}

static double value_move(const struct drawn_step *step, int row)
{
	return value_new(step, row) - value_old(step, row);
}

/* Of the mean loss of the minibatch, penalties not included. */
static double value_gradient(const struct drawn_step *step, int row)
{
	const struct net_layer *layer = layer_of(step);
	return (double)step->view->gradient[layer->first + (size_t)row];
}

static double value_plain(const struct drawn_step *step, int row)
{
	return -step->view->rate * value_gradient(step, row);
}

/* ---- tables ---- */

static void add(struct step_table *table, const char *head, const char *sign, int rank,
	double (*value)(const struct drawn_step *step, int row))
{
	struct step_column *column = &table->column[table->columns++];
	snprintf(column->head, sizeof(column->head), "%s", head);
	column->sign = sign;
	column->positive = value == value_slope || value == value_answer || value == value_target ||
		value == value_loss;
	column->rank = rank;
	column->value = value;
}

static const char *symbol_of(const struct drawn_step *step)
{
	const struct net_layer *layer = layer_of(step);
	return layer->activation ? layer->activation->symbol : "";
}

static bool before_activation(const struct drawn_step *step)
{
	const struct net_spec *spec = net_spec_of(step->before);
	return layer_of(step)->hidden &&
		((layer_of(step)->normalization->forward && !spec->normalize_after) ||
			(layer_of(step)->skip_from && spec->skip_before));
}

static bool after_activation(const struct drawn_step *step)
{
	const struct net_spec *spec = net_spec_of(step->before);
	return layer_of(step)->hidden &&
		((layer_of(step)->normalization->forward && spec->normalize_after) || spec->dropout > 0 ||
			(layer_of(step)->skip_from && !spec->skip_before));
}

static void table_of_sums(const struct drawn_step *step, struct step_table *table)
{
	bool more = before_activation(step);
	if (more) {
		add(table, "W·a + b", "", 1, value_sum);
		add(table, "u", "→", 0, value_z);
	} else {
		add(table, step->phase.layer == 1 ? "W·x" : "W·a", "", 1, value_weighted);
		add(table, "b", "+", 2, value_bias);
		add(table, "z", "=", 0, value_z);
	}
	table->bar[0] = table->columns - 1;
}

static void table_of_activations(const struct drawn_step *step, struct step_table *table)
{
	const char *input = before_activation(step) ? "u" : "z";
	char head[STEP_HEAD];
	add(table, input, "", 2, value_z);
	snprintf(head, sizeof(head), "%s(%s)", symbol_of(step), input);
	add(table, head, "→", after_activation(step) ? 3 : 0, value_activation);
	if (after_activation(step))
		add(table, "a", "→", 0, value_output);
	table->bar[0] = table->columns - 1;
	snprintf(head, sizeof(head), "%s′(%s)", symbol_of(step), input);
	add(table, head, "", 1, value_slope);
	table->bar[1] = table->columns - 1;
}

static void table_of_loss(const struct drawn_step *step, struct step_table *table)
{
	bool probability = strcmp(loss_of(step), "mse") != 0;
	add(table, "z", "", 3, value_z);
	if (probability)
		add(table, "p", "→", 1, value_answer);
	add(table, "t", "", 2, value_target);
	add(table, "L", "→", 0, value_loss);
	table->bar[0] = table->columns - 1;
	table->rms = false;
}

static void table_of_deltas(const struct drawn_step *step, struct step_table *table)
{
	char head[STEP_HEAD];
	if (layer_of(step)->hidden) {
		add(table, "Wᵀδ", "", 1, value_back);
		snprintf(head, sizeof(head), "%s′", symbol_of(step));
		add(table, head, "×", 2, value_slope);
		add(table, "δ", step_besides(step) ? "→" : "=", 0, value_delta);
		table->bar[0] = 0;
		table->bar[1] = 2;
		return;
	}
	bool probability = strcmp(loss_of(step), "mse") != 0;
	add(table, probability ? "p" : "z", "", 1, value_answer);
	add(table, "t", "−", 2, value_target);
	add(table, "δ", probability && outputs_of(step) == 1 ? "=" : "→", 0, value_delta);
	table->bar[0] = 2;
	table->rms = false;
}

static void table_of_updates(const struct drawn_step *step, struct step_table *table)
{
	table->rows = layer_of(step)->inputs * layer_of(step)->outputs;
	add(table, "old", "", 1, value_old);
	add(table, "g", "", 2, value_gradient);
	add(table, "−η·g", "", 4, value_plain);
	add(table, "step", "+", 3, value_move);
	table->bar[0] = table->columns - 1;
	add(table, "new", "=", 0, value_new);
}

void step_table(const struct drawn_step *step, struct step_table *table)
{
	static void (*const fill[])(const struct drawn_step *step, struct step_table *table) = {
		[STEP_SUM] = table_of_sums,
		[STEP_ACTIVATION] = table_of_activations,
		[STEP_LOSS] = table_of_loss,
		[STEP_DELTA] = table_of_deltas,
		[STEP_GRADIENT] = table_of_deltas, /* has a picture of its own */
		[STEP_UPDATE] = table_of_updates,
	};
	*table = (struct step_table){
		.rows = sample_of(step, step->phase.layer)->units, .bar = {-1, -1}, .rms = true};
	fill[step->phase.kind](step, table);
}

double step_rms(const struct drawn_step *step, const struct step_column *column, int rows)
{
	double sum = 0;
	for (int row = 0; row < rows; row++) {
		double value = column->value(step, row);
		sum += value * value;
	}
	return rows > 0 ? sqrt(sum / rows) : 0;
}

double step_rms_of(const float *value, int n)
{
	double sum = 0;
	for (int i = 0; i < n; i++)
		sum += (double)value[i] * (double)value[i];
	return n > 0 ? sqrt(sum / n) : 0;
}

void step_row_label(const struct drawn_step *step, int row, char out[STEP_HEAD])
{
	int inputs = layer_of(step)->inputs;
	if (step->phase.kind == STEP_UPDATE)
		snprintf(out, STEP_HEAD, "%d←%d", row / inputs + 1, row % inputs + 1);
	else
		snprintf(out, STEP_HEAD, "%d", row + 1);
}

void step_number(char *out, int size, double value)
{
	char number[PLOT_NUMBER];
	plot_number(number, value);
	snprintf(out, (size_t)size, "%s%s", value > 0 ? "+" : "", number);
}

/* ---- a formula with numbers ---- */

static void loss_with_numbers(const struct drawn_step *step, int row, char out[STEP_TEXT])
{
	char answer[PLOT_NUMBER], other[PLOT_NUMBER], target[PLOT_NUMBER], loss[PLOT_NUMBER];
	double p = value_answer(step, row), t = value_target(step, row);
	plot_number(answer, p);
	plot_number(other, 1 - p);
	plot_number(target, t);
	plot_number(loss, value_loss(step, row));
	if (strcmp(loss_of(step), "mse") == 0)
		snprintf(out, STEP_TEXT, "unit %d: (%s − %s)²%s = %s", row + 1, answer, target,
			outputs_of(step) > 1 ? " / outputs" : "", loss);
	else if (t == 0 || t == 1)
		snprintf(out, STEP_TEXT, "unit %d: −ln %s = %s", row + 1, t > 0 ? answer : other, loss);
	else
		snprintf(out, STEP_TEXT, "unit %d: %s", row + 1, loss);
}

/* The step as the rate times a number: g for plain SGD, else what the optimizer makes of g. */
static void update_with_numbers(
	const struct drawn_step *step, int row, int width, char out[STEP_TEXT])
{
	char label[STEP_HEAD], old[PLOT_NUMBER], rate[PLOT_NUMBER], gradient[PLOT_NUMBER],
		new[PLOT_NUMBER], in_place[PLOT_NUMBER];
	bool sgd = strcmp(step->optimizer, "sgd") == 0;
	step_row_label(step, row, label);
	plot_number(old, value_old(step, row));
	plot_number(rate, step->view->rate);
	plot_number(gradient, value_gradient(step, row));
	plot_number(new, value_new(step, row));
	plot_number(in_place, -value_move(step, row) / step->view->rate);
	const char *factor = sgd ? gradient : in_place;
	int used = snprintf(out, STEP_TEXT,
		factor[0] == '-' ? "%s: %s − %s × (%s) = %s" : "%s: %s − %s × %s = %s", label, old, rate,
		factor, new);
	if (!sgd && used + 30 < width)
		snprintf(
			out + used, (size_t)(STEP_TEXT - used), " · %s in place of g = %s", in_place, gradient);
}

/* A sum: row `row` of W times the outputs below, or column `row` of the next W times its deltas. */
static bool sum_with_numbers(const struct drawn_step *step, int row, int width, char out[STEP_TEXT])
{
	enum { REST = 10 }; /* columns of " + 12 more" */
	bool forward = step->phase.kind == STEP_SUM;
	int l = step->phase.layer;
	const struct net_layer *layer = net_layer_of(step->before, forward ? l : l + 1);
	const float *signal = forward ? sample_of(step, l - 1)->output : sample_of(step, l + 1)->delta;
	const real *weight =
		layer->weight + (forward ? (size_t)row * (size_t)layer->inputs : (size_t)row);
	size_t stride = forward ? 1 : (size_t)layer->inputs;
	int count = forward ? layer->inputs : layer->outputs, shown = 0;
	int used = snprintf(out, STEP_TEXT, "unit %d: %s = ", row + 1,
		!forward     ? "Wᵀδ"
			: l == 1 ? "W·x"
					 : "W·a");
	for (; shown < count; shown++) {
		char term[2 * PLOT_NUMBER + 8], factor[PLOT_NUMBER], value[PLOT_NUMBER];
		double w = (double)weight[(size_t)shown * stride];
		plot_number(factor, shown ? fabs(w) : w);
		plot_number(value, (double)signal[shown]);
		bool negative = value[0] == '-';
		int length = snprintf(term, sizeof(term), negative ? "%s%s×(%s)" : "%s%s×%s",
			!shown      ? ""
				: w < 0 ? " − "
						: " + ",
			factor, value);
		/* in each term the times sign and a minus take more bytes than columns */
		if (used + length + REST > min_int(width + 3 * shown, STEP_TEXT - 1))
			break;
		used += snprintf(out + used, (size_t)(STEP_TEXT - used), "%s", term);
	}
	if (shown < count)
		snprintf(out + used, (size_t)(STEP_TEXT - used), " + %d more", count - shown);
	return shown > 0;
}

bool step_terms(const struct drawn_step *step, int row, int width, char out[STEP_TEXT])
{
	switch (step->phase.kind) {
	case STEP_DELTA:
		return layer_of(step)->hidden && sum_with_numbers(step, row, width, out);
	case STEP_SUM:
		return sum_with_numbers(step, row, width, out);
	case STEP_LOSS:
		loss_with_numbers(step, row, out);
		return true;
	case STEP_UPDATE:
		update_with_numbers(step, row, width, out);
		return true;
	default:
		return false;
	}
}
