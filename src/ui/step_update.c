/* The update of one matrix of a layer, as a phase of a step. See step.h. */
#include "step.h"
#include "ui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct tensor *matrix_of(const struct drawn_step *step)
{
	return step_matrix(step->before, step->phase.layer, step->phase.place);
}

static double value_old(const struct drawn_step *step, int row)
{
	return (double)net_values(step->before, matrix_of(step))[row];
}

static double value_new(const struct drawn_step *step, int row)
{
	return (double)net_values(step->view->after, matrix_of(step))[row];
}

static double value_move(const struct drawn_step *step, int row)
{
	return value_new(step, row) - value_old(step, row);
}

/* Of the mean loss of the minibatch, penalties not included. */
static double value_gradient(const struct drawn_step *step, int row)
{
	return (double)step->view->gradient[matrix_of(step)->at + (size_t)row];
}

static double value_plain(const struct drawn_step *step, int row)
{
	return -step->view->rate * value_gradient(step, row);
}

static void table(const struct drawn_step *step, struct step_table *table)
{
	table->rows = (int)tensor_entries(matrix_of(step));
	step_add(table, "old", "", 1, value_old);
	step_add(table, "g", "", 2, value_gradient);
	step_add(table, "−η·g", "", 4, value_plain);
	step_add(table, "step", "+", 3, value_move);
	table->bar[0] = table->columns - 1;
	step_add(table, "new", "=", 0, value_new);
}

/* The unit, in a recurrent matrix with its gate, and what it weighs; of a kernel "3←2:1,3": channel
 * 3, for input 2, line and place. */
static void label(const struct drawn_step *step, int row, char out[STEP_HEAD])
{
	const struct net_layer *layer = step_layer(step);
	int columns = matrix_of(step)->columns, to = row / columns;
	const struct recurrent_cell *cell = layer->cell;
	const char *gate = cell && cell->gates > 1 ? cell->gate[to / layer->units].symbol : "";
	int side = net_spec_of(step->before)->kernel[step->phase.layer - 1], from = row % columns;
	if (side > 0) {
		snprintf(out, STEP_HEAD, "%d←%d:%d,%d", to + 1, from / (side * side) + 1,
			from % (side * side) / side + 1, from % side + 1);
		return;
	}
	snprintf(
		out, STEP_HEAD, "%s%d←%d", gate, cell ? to % layer->units + 1 : to + 1, row % columns + 1);
}

static const char *name_of(const struct drawn_step *step)
{
	bool kernels = net_spec_of(step->before)->kernel[step->phase.layer - 1] > 0;
	return matrix_of(step)->recurrent ? "V" : kernels ? "K" : "W";
}

static void formula(const struct drawn_step *step, char out[STEP_TEXT])
{
	char here[STEP_SUBSCRIPT];
	const char *l = step_below(here, step->phase.layer);
	const char *name = name_of(step);
	if (strcmp(step->optimizer, "sgd") == 0)
		snprintf(out, STEP_TEXT, "%s%s ← %s%s − η·g,  η = %g", name, l, name, l, step->view->rate);
	else
		snprintf(out, STEP_TEXT, "%s%s ← %s%s + step(g) of %s,  η = %g", name, l, name, l,
			step->optimizer, step->view->rate);
}

static const char *meaning(const struct drawn_step *step)
{
	(void)step;
	return "g is the mean gradient over the minibatch";
}

static void effect(const struct drawn_step *step, struct parts *parts)
{
	const struct tensor *matrix = matrix_of(step);
	const char *name = name_of(step);
	int entries = (int)tensor_entries(matrix), lost = 0;
	double moved = 0, size = 0;
	for (int i = 0; i < entries; i++) {
		double by = value_move(step, i), old = value_old(step, i);
		moved += by * by;
		size += old * old;
		lost += by == 0 && value_gradient(step, i) != 0;
	}
	char part[PLOT_NUMBER];
	plot_number(part, 100 * sqrt(moved / size));
	if (size > 0) {
		parts_add(parts, 0, moved < 1e-12 * size ? STYLE_ALARM : STYLE_NORMAL,
			"this step moves %s by %s %% of its size", name, part);
		parts_shorten(parts, "%s moves by %s %%", name, part);
	} else {
		parts_add(parts, 0, STYLE_NORMAL, "all weights are 0");
	}
	if (lost > 0)
		parts_add(parts, 1, STYLE_ALARM, "rounded away in %d of %d weights", lost, entries);
	if (step->view->clipped)
		parts_add(parts, 2, STYLE_WARNING, "gradient clipped");
}

/* The step as the rate times a number: g for plain SGD, else what the optimizer makes of g. */
static bool terms(const struct drawn_step *step, int row, int width, char out[STEP_TEXT])
{
	char name[STEP_HEAD], old[PLOT_NUMBER], rate[PLOT_NUMBER], gradient[PLOT_NUMBER],
		new[PLOT_NUMBER], in_place[PLOT_NUMBER];
	bool sgd = strcmp(step->optimizer, "sgd") == 0;
	label(step, row, name);
	plot_number(old, value_old(step, row));
	plot_number(rate, step->view->rate);
	plot_number(gradient, value_gradient(step, row));
	plot_number(new, value_new(step, row));
	plot_number(in_place, -value_move(step, row) / step->view->rate);
	const char *factor = sgd ? gradient : in_place;
	int used = snprintf(out, STEP_TEXT,
		factor[0] == '-' ? "%s: %s − %s × (%s) = %s" : "%s: %s − %s × %s = %s", name, old, rate,
		factor, new);
	if (!sgd && used + 30 < width)
		snprintf(
			out + used, (size_t)(STEP_TEXT - used), " · %s in place of g = %s", in_place, gradient);
	return true;
}

const struct step_row step_update = {
	.name = "update",
	.row_head = "",
	.wide_labels = true,
	.formula = formula,
	.meaning = meaning,
	.table = table,
	.label = label,
	.effect = effect,
	.terms = terms,
};
