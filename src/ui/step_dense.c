/* The phases of a step in dense layers. See step.h. */
#include "step.h"

#include "nn/bounds.h"
#include "ui/heat.h"
#include "ui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- numbers of one unit ---- */

static const struct sample_layer *here(const struct drawn_step *step)
{
	return step_sample(step, step->phase.layer);
}

static double value_z(const struct drawn_step *step, int row)
{
	return (double)here(step)->z[row];
}

static double value_output(const struct drawn_step *step, int row)
{
	return (double)here(step)->output[row];
}

static double value_slope(const struct drawn_step *step, int row)
{
	return (double)here(step)->derivative[row];
}

static double value_delta(const struct drawn_step *step, int row)
{
	return (double)here(step)->delta[row];
}

static double value_bias(const struct drawn_step *step, int row)
{
	return (double)step_layer(step)->bias[row];
}

/* Row `row` of W times what the layer below puts out. */
static struct step_product product_of_sum(const struct drawn_step *step, int row)
{
	const struct net_layer *layer = step_layer(step);
	return (struct step_product){.factor = layer->weight + (size_t)row * (size_t)layer->inputs,
		.apart = 1,
		.value = step_sample(step, step->phase.layer - 1)->passed,
		.count = layer->inputs};
}

static double value_weighted(const struct drawn_step *step, int row)
{
	struct step_product product = product_of_sum(step, row);
	return step_product_sum(&product);
}

static double value_sum(const struct drawn_step *step, int row)
{
	return value_weighted(step, row) + value_bias(step, row);
}

/* f(u), before what comes after the activation. */
static double value_activation(const struct drawn_step *step, int row)
{
	const struct net_layer *layer = step_layer(step);
	struct activation_parameters parameters = layer->parameters;
	real u = here(step)->z[row], f;
	if (layer->slope)
		parameters.learned_slope = *layer->slope;
	layer->activation->apply(&parameters, 1, &u, &f, NULL);
	return (double)f;
}

static double value_back(const struct drawn_step *step, int row)
{
	struct step_product product = step_product_back(step, row);
	return step_product_sum(&product);
}

static double rms_of_input(const struct drawn_step *step)
{
	return step_rms_of(step_sample(step, step->phase.layer - 1)->passed, step_layer(step)->inputs);
}

static double rms_of_delta(const struct drawn_step *step, int layer)
{
	const struct sample_layer *at = step_sample(step, layer);
	return step_rms_of(at->delta, at->units);
}

/* ---- what else a layer does ---- */

/* The norm, the dropout or the shortcuts of this layer that are left out by a formula that says no
 * more than this; NULL: nothing. */
static const char *besides(const struct drawn_step *step, enum step_does does)
{
	const struct net_spec *spec = net_spec_of(step->before);
	const struct net_layer *layer = step_layer(step);
	bool forward = does == STEP_SUMS || does == STEP_ACTIVATES;
	if (!layer->hidden || does == STEP_DOES_OTHER)
		return NULL;
	bool here = !forward || (does == STEP_ACTIVATES) == spec->normalize_after;
	if (layer->normalization->forward && here)
		return strcmp(spec->normalization, "layer") == 0 ? "layer norm" : "batch norm";
	here = !forward || (does == STEP_ACTIVATES) != spec->skip_before;
	if (spec->skip > 0 && here && (!forward || layer->skip_from))
		return "the skip connection";
	if (spec->dropout > 0 && does != STEP_SUMS)
		return "dropout";
	return NULL;
}

const char *step_besides(const struct drawn_step *step)
{
	return besides(step, step->phase.row->does);
}

bool step_before_activation(const struct drawn_step *step)
{
	return besides(step, STEP_SUMS) != NULL;
}

/* ---- names ---- */

/* Numbers of this layer, the next one and what comes from below: "3", "4", "a2". */
struct names {
	char here[STEP_SUBSCRIPT], next[STEP_SUBSCRIPT], input[2 * STEP_SUBSCRIPT];
};

static struct names names_of(const struct drawn_step *step)
{
	struct names names;
	char before[STEP_SUBSCRIPT];
	step_below(names.here, step->phase.layer);
	step_below(names.next, step->phase.layer + 1);
	step_below(before, step->phase.layer - 1);
	bool first = step->phase.layer == 1, time = step_sample(step, step->phase.layer - 1)->time;
	snprintf(names.input, sizeof(names.input), first ? "x" : time ? "h%s" : "a%s", before);
	return names;
}

/* ---- the weighted sum ---- */

static void table_of_sum(const struct drawn_step *step, struct step_table *table)
{
	if (step_before_activation(step)) {
		step_add(table, "W·a + b", "", 1, value_sum);
		step_add(table, "u", "→", 0, value_z);
	} else {
		step_add(table, step->phase.layer == 1 ? "W·x" : "W·a", "", 1, value_weighted);
		step_add(table, "b", "+", 2, value_bias);
		step_add(table, "z", "=", 0, value_z);
	}
	table->bar[0] = table->columns - 1;
}

static void formula_of_sum(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	snprintf(out, STEP_TEXT, "z%s = W%s %s + b%s", n.here, n.here, n.input, n.here);
}

static const char *meaning_of_sum(const struct drawn_step *step)
{
	(void)step;
	return "each unit adds its weighted inputs and its bias";
}

static void effect_of_sum(const struct drawn_step *step, struct parts *parts)
{
	const char *sum = step_besides(step) ? "u" : "z";
	char from[PLOT_NUMBER], to[PLOT_NUMBER];
	plot_number(from, rms_of_input(step));
	plot_number(to, step_rms_of(here(step)->z, here(step)->units));
	parts_add(parts, 0, STYLE_NORMAL, "inputs with RMS %s become %s with RMS %s", from, sum, to);
	parts_shorten(parts, "RMS: inputs %s, %s %s", from, sum, to);
}

static bool terms_of_sum(const struct drawn_step *step, int row, int width, char out[STEP_TEXT])
{
	struct step_product product = product_of_sum(step, row);
	char label[STEP_HEAD];
	snprintf(label, sizeof(label), "unit %d: %s", row + 1, step->phase.layer == 1 ? "W·x" : "W·a");
	return step_product_text(&product, label, width, out);
}

static bool factors_of_sum(const struct drawn_step *step, struct step_factors *factors)
{
	const struct net_layer *layer = step_layer(step);
	*factors = (struct step_factors){.matrix = "W",
		.vector = step->phase.layer == 1 ? "x" : "a",
		.in = step_sample(step, step->phase.layer - 1)->passed,
		.weight = layer->weight,
		.by_row = (size_t)layer->inputs,
		.by_column = 1,
		.columns = layer->inputs};
	return true;
}

const struct step_row step_sum = {
	.name = "forward",
	.row_head = "unit",
	.does = STEP_SUMS,
	.formula = formula_of_sum,
	.meaning = meaning_of_sum,
	.table = table_of_sum,
	.effect = effect_of_sum,
	.terms = terms_of_sum,
	.factors = factors_of_sum,
};

/* ---- the activation ---- */

static void table_of_activation(const struct drawn_step *step, struct step_table *table)
{
	const char *input = step_before_activation(step) ? "u" : "z";
	char head[STEP_HEAD];
	step_add(table, input, "", 2, value_z);
	snprintf(head, sizeof(head), "%s(%s)", step_symbol(step), input);
	step_add(table, head, "→", step_besides(step) ? 3 : 0, value_activation);
	if (step_besides(step))
		step_add(table, "a", "→", 0, value_output);
	table->bar[0] = table->columns - 1;
	snprintf(head, sizeof(head), "%s′(%s)", step_symbol(step), input);
	step_add_positive(table, head, "", 1, value_slope);
	table->bar[1] = table->columns - 1;
}

static void formula_of_activation(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	snprintf(out, STEP_TEXT, "a%s = %s(z%s)", n.here, step_symbol(step), n.here);
}

static const char *meaning_of_activation(const struct drawn_step *step)
{
	(void)step;
	return "the slope beside it will multiply the error on the way back";
}

static void effect_of_activation(const struct drawn_step *step, struct parts *parts)
{
	char slope[PLOT_NUMBER];
	int units = here(step)->units, zeros = 0;
	double sum = 0;
	for (int u = 0; u < units; u++) {
		sum += (double)here(step)->derivative[u];
		zeros += here(step)->derivative[u] == 0;
	}
	plot_number(slope, sum / units);
	parts_add(parts, 0, STYLE_NORMAL, "mean slope %s", slope);
	if (zeros > 0)
		parts_add(parts, 1, STYLE_WARNING, "%d of %d units have slope 0: no error passes them",
			zeros, units);
	else
		parts_add(parts, 1, STYLE_DIM, "on the way back the slopes multiply the error");
}

const struct step_row step_activation = {
	.name = "forward",
	.row_head = "unit",
	.does = STEP_ACTIVATES,
	.formula = formula_of_activation,
	.meaning = meaning_of_activation,
	.table = table_of_activation,
	.effect = effect_of_activation,
};

/* ---- delta ---- */

static void table_of_delta(const struct drawn_step *step, struct step_table *table)
{
	char head[STEP_HEAD];
	if (step_layer(step)->hidden) {
		step_add(table, "Wᵀδ", "", 1, value_back);
		snprintf(head, sizeof(head), "%s′", step_symbol(step));
		step_add_positive(table, head, "×", 2, value_slope);
		step_add(table, "δ", step_besides(step) ? "→" : "=", 0, value_delta);
		table->bar[0] = 0;
		table->bar[1] = 2;
		return;
	}
	bool probability = !step_loss_is(step, "mse");
	step_add_positive(table, probability ? "p" : "z", "", 1, step_answer);
	step_add_positive(table, "t", "−", 2, step_target);
	step_add(table, "δ", probability && step_outputs(step) == 1 ? "=" : "→", 0, value_delta);
	table->bar[0] = 2;
	table->rms = false;
}

static void formula_of_delta(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	char share[STEP_SUBSCRIPT] = "";
	if (step_outputs(step) > 1)
		snprintf(share, sizeof(share), " / %d", step_outputs(step));
	if (step_layer(step)->hidden)
		snprintf(out, STEP_TEXT, "δ%s = W%sᵀ δ%s ⊙ %s′(z%s)", n.here, n.next, n.next,
			step_symbol(step), n.here);
	else if (step_loss_is(step, "bce") && step_outputs(step) > 1)
		snprintf(out, STEP_TEXT, "δ%s = (p − t)%s", n.here, share);
	else if (step_loss_is(step, "mse"))
		snprintf(out, STEP_TEXT, "δ%s = 2 (z%s − t)%s", n.here, n.here, share);
	else
		snprintf(out, STEP_TEXT, "δ%s = p − t", n.here);
}

static const char *meaning_of_delta(const struct drawn_step *step)
{
	return step_layer(step)->hidden
		? "the next layer's error, sent back through its weights, times the slope"
		: "the derivative of the loss with respect to z";
}

/* How much of the error of the next layer arrives, and what each factor does to it. */
static void effect_of_delta(const struct drawn_step *step, struct parts *parts)
{
	double here = rms_of_delta(step, step->phase.layer);
	char number[PLOT_NUMBER];
	plot_number(number, here);
	if (!step_layer(step)->hidden) {
		parts_add(parts, 0, STYLE_NORMAL, "the error that is sent back has RMS %s", number);
		parts_shorten(parts, "RMS %s", number);
		return;
	}
	struct step_table table;
	step_table(step, &table);
	double from = rms_of_delta(step, step->phase.layer + 1), share = here / from;
	double weighted = step_rms(step, &table.column[0], table.rows);
	enum style style = step_add_passed(parts, from, share, "the next layer");
	if (!isfinite(share))
		return;
	plot_number(number, weighted / from);
	parts_add(parts, 1, style, "weights ×%s", number);
	plot_number(number, here / weighted);
	if (weighted > 0)
		parts_add(parts, 1, style, "%s ×%s", step_besides(step) ? "the rest" : "slopes", number);
}

static bool terms_of_delta(const struct drawn_step *step, int row, int width, char out[STEP_TEXT])
{
	char label[STEP_HEAD];
	if (!step_layer(step)->hidden)
		return false;
	struct step_product product = step_product_back(step, row);
	snprintf(label, sizeof(label), "unit %d: Wᵀδ", row + 1);
	return step_product_text(&product, label, width, out);
}

static bool factors_of_delta(const struct drawn_step *step, struct step_factors *factors)
{
	if (step->phase.layer == step->view->layers)
		return false;
	const struct net_layer *next = net_layer_of(step->before, step->phase.layer + 1);
	*factors = (struct step_factors){.matrix = "Wᵀ",
		.vector = "δ",
		.in = step_sample(step, step->phase.layer + 1)->delta,
		.weight = next->weight,
		.by_row = 1,
		.by_column = (size_t)next->inputs,
		.columns = next->outputs};
	return true;
}

const struct step_row step_delta = {
	.name = "backward",
	.row_head = "unit",
	.does = STEP_SENDS_BACK,
	.formula = formula_of_delta,
	.meaning = meaning_of_delta,
	.table = table_of_delta,
	.effect = effect_of_delta,
	.terms = terms_of_delta,
	.factors = factors_of_delta,
};

/* ---- the gradient: delta times the input, as a matrix ---- */

static void formula_of_gradient(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	snprintf(out, STEP_TEXT, "∂L/∂W%s = δ%s %sᵀ", n.here, n.here, n.input);
}

static const char *meaning_of_gradient(const struct drawn_step *step)
{
	(void)step;
	return "each weight: error of its unit times the input it multiplies";
}

static void effect_of_gradient(const struct drawn_step *step, struct parts *parts)
{
	const struct net_layer *layer = step_layer(step);
	char one[PLOT_NUMBER], mean[PLOT_NUMBER];
	plot_number(one, rms_of_delta(step, step->phase.layer) * rms_of_input(step));
	plot_number(mean, step_rms_of(step->view->gradient + layer->first, (int)layer->weights));
	parts_add(parts, 0, STYLE_NORMAL, "RMS of this sample %s", one);
	parts_shorten(parts, "RMS %s", one);
	parts_add(parts, 1, STYLE_NORMAL, "RMS of the mean over the minibatch %s", mean);
	parts_shorten(parts, "of the minibatch %s", mean);
}

enum { LABEL = 5, NUMBER_COLUMNS = 9, SIGN_COLUMNS = 3 };

/* Columns of a matrix, as numbers or as colours. */
struct matrix {
	int left, each, columns;
	bool numbers;
};

static void draw_value(struct area row, const struct matrix *m, int column, double value, bool dim)
{
	int heat = heat_step(fabs(value)), x = m->left + column * m->each;
	if (m->numbers)
		step_draw_number(row, x + m->each - 1, value, true, dim ? STYLE_DIM : heat_style(heat));
	else
		for (int k = 0; k < m->each; k++)
			heat_cell(row, x + k, 0, heat);
}

static void draw_matrix_row(
	const struct drawn_step *step, struct area row, const struct matrix *m, int unit)
{
	const struct sample_layer *below = here(step) - 1;
	double delta = (double)here(step)->delta[unit];
	char label[STEP_HEAD];
	snprintf(label, sizeof(label), "%d", unit + 1);
	caption_right(row, LABEL, 0, STYLE_DIM, label);
	if (m->left > LABEL + 1) {
		step_draw_number(row, m->left - SIGN_COLUMNS, delta, true, STYLE_NORMAL);
		area_text(row, m->left - 2, 0, STYLE_DIM, "×");
	}
	for (int i = 0; i < m->columns; i++)
		draw_value(row, m, i, delta * (double)below->passed[i], false);
}

static void draw_matrix(const struct drawn_step *step, struct area area)
{
	enum { LEFT = LABEL + SIGN_COLUMNS + NUMBER_COLUMNS + SIGN_COLUMNS };
	const struct sample_layer *below = here(step) - 1;
	int inputs = step_layer(step)->inputs;
	struct matrix m = {.left = area.width >= 2 * LEFT ? LEFT : LABEL + 1};
	m.each = clamp_int((area.width - m.left) / inputs, 1, 12);
	m.columns = min_int(inputs, (area.width - m.left) / m.each);
	m.numbers = m.each > NUMBER_COLUMNS;
	int rows = min_int(here(step)->units, area.height - 2);
	if (m.columns < 1 || rows < 1)
		return;
	caption_right(area, LABEL, 0, STYLE_DIM, "unit");
	if (m.left == LEFT)
		caption_right(area, LEFT - SIGN_COLUMNS, 0, STYLE_DIM, "δ");
	area_text(area, m.left, 0, STYLE_DIM, step->phase.layer == 1 ? "x" : "a");
	struct area heads = area_sub(area, 0, !m.numbers, area.width, 1);
	for (int i = 0; i < m.columns; i++)
		draw_value(heads, &m, i, (double)below->passed[i], true);
	for (int u = 0; u < rows; u++)
		draw_matrix_row(step, area_sub(area, 0, 1 + !m.numbers + u, area.width, 1), &m, u);
}

static int matrix_rows(const struct drawn_step *step)
{
	return here(step)->units + 2;
}

const struct step_row step_gradient = {
	.name = "backward",
	.row_head = "unit",
	.formula = formula_of_gradient,
	.meaning = meaning_of_gradient,
	.picture = draw_matrix,
	.picture_rows = matrix_rows,
	.effect = effect_of_gradient,
};
