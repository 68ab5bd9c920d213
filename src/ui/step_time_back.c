/* The way back of a step through the time steps of a recurrent layer, and the gradient as their
 * sum. See step.h. */
#include "step_time.h"

#include "ui/plot.h"

#include <math.h>
#include <stdio.h>

/* ---- dL/dh: from above, and from the step after ---- */

/* A recurrent layer above has a delta for each time step, another one for the last step only. */
static double value_from_above(const struct drawn_step *step, int row)
{
	int l = step->phase.layer + 1, t = step_time(step);
	const struct sample_time *above = step_sample(step, l)->time;
	struct step_product product;
	if (!above && t < time_of(step)->steps - 1)
		return 0;
	if (above) {
		int rows = above->cell->gates * above->units;
		product = (struct step_product){.factor = net_layer_of(step->before, l)->weight_ih + row,
			.apart = (size_t)units_of(step),
			.value = above->delta + (size_t)t * (size_t)rows,
			.count = rows};
	} else {
		product = step_product_back(step, row);
	}
	return step_product_sum(&product);
}

/* Delta of a row of V at a time step: dL/d(V h + d). */
static double delta_of_state(const struct drawn_step *step, int t, int row)
{
	double delta = (double)gates_at(step, time_of(step)->delta, t)[row];
	double reset = (double)gates_at(step, time_of(step)->gate, t)[row % units_of(step)];
	return is_apart(step, row) ? delta * reset : delta;
}

static double value_from_after(const struct drawn_step *step, int row)
{
	const real *weight = step_layer(step)->weight_hh;
	int t = step_time(step), units = units_of(step);
	if (starts_anew(step))
		return 0;
	double sum = (double)units_at(step, time_of(step)->delta_direct, t + 1)[row];
	for (int i = 0; i < gates_of(step) * units; i++)
		sum += (double)weight[(size_t)i * (size_t)units + (size_t)row] *
			delta_of_state(step, t + 1, i);
	return sum;
}

static double value_error(const struct drawn_step *step, int row)
{
	return (double)units_now(step, time_of(step)->delta_state)[row];
}

static void table_of_back_state(const struct drawn_step *step, struct step_table *table)
{
	table->rows = units_of(step);
	step_add(table, "above", "", 2, value_from_above);
	step_add(table, "after", "+", 1, value_from_after);
	step_add(table, "∂L/∂h", "=", 0, value_error);
	table->bar[0] = 2;
}

static void formula_of_back_state(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	bool direct = time_of(step)->cell->passes_state, anew = starts_anew(step);
	bool above = step_sample(step, step->phase.layer + 1)->time ||
		step_time(step) == time_of(step)->steps - 1;
	int used = snprintf(out, STEP_TEXT, "∂L/∂h%s =", n.now);
	if (above)
		used += snprintf(
			out + used, (size_t)(STEP_TEXT - used), " Wᵀδ of the layer above%s", anew ? "" : " +");
	if (!anew)
		used += snprintf(out + used, (size_t)(STEP_TEXT - used), " Vᵀ δ%s", n.after);
	if (!anew && direct)
		snprintf(out + used, (size_t)(STEP_TEXT - used), " + z%s ⊙ ∂L/∂h%s", n.after, n.after);
	if (anew && !above)
		snprintf(out + used, (size_t)(STEP_TEXT - used), " 0: truncate=%d cuts the way here",
			net_spec_of(step->before)->truncate);
}

static const char *meaning_of_back_state(const struct drawn_step *step)
{
	return starts_anew(step) ? "the error enters the layer's time steps"
							 : "the error of the step after, back through the same V";
}

/* Against the step after; at the last step, against the layer above. */
static void effect_of_back_state(const struct drawn_step *step, struct parts *parts)
{
	int t = step_time(step), units = units_of(step);
	double now = step_rms_of(units_now(step, time_of(step)->delta_state), units);
	char number[PLOT_NUMBER], name[STEP_HEAD];
	if (starts_anew(step)) {
		add_rms(parts, 0, "the error that goes back in time has RMS", now);
		return;
	}
	double after = step_rms_of(units_at(step, time_of(step)->delta_state, t + 1), units);
	snprintf(name, sizeof(name), "step %d", t + 2);
	step_add_passed(parts, after, now / after, name);
	int last = time_of(step)->steps - 1;
	double first = step_rms_of(units_at(step, time_of(step)->delta_state, last), units);
	plot_number(number, now / first);
	if (isfinite(now / first) && t + 1 < last)
		parts_add(parts, 1, STYLE_NORMAL, "since t%d: ×%s", last + 1, number);
}

static bool terms_of_back_state(
	const struct drawn_step *step, int row, int width, char out[STEP_TEXT])
{
	char label[STEP_HEAD];
	const struct sample_time *time = time_of(step);
	if (starts_anew(step) || time->cell->apart)
		return false;
	snprintf(label, sizeof(label), "unit %d: Vᵀδ", row + 1);
	struct step_product product = {.factor = step_layer(step)->weight_hh + row,
		.apart = (size_t)units_of(step),
		.value = gates_at(step, time->delta, step_time(step) + 1),
		.count = gates_of(step) * units_of(step)};
	return step_product_text(&product, label, width, out);
}

const struct step_row step_back_state = {
	.name = "backward",
	.row_head = "unit",
	.formula = formula_of_back_state,
	.meaning = meaning_of_back_state,
	.table = table_of_back_state,
	.effect = effect_of_back_state,
	.terms = terms_of_back_state,
};

/* ---- dL/dc of an LSTM ---- */

static double value_through_output(const struct drawn_step *step, int row)
{
	return gate_now(step, OUTPUT, row) *
		(double)units_now(step, time_of(step)->squashed_slope)[row];
}

static double value_forget_after(const struct drawn_step *step, int row)
{
	const float *gate = time_of(step)->gate;
	if (starts_anew(step))
		return 0;
	return (double)gates_at(step, gate, step_time(step) + 1)[FORGET * units_of(step) + row];
}

static double value_cell_after(const struct drawn_step *step, int row)
{
	if (starts_anew(step))
		return 0;
	return (double)units_at(step, time_of(step)->delta_cell, step_time(step) + 1)[row];
}

static double value_cell_error(const struct drawn_step *step, int row)
{
	return (double)units_now(step, time_of(step)->delta_cell)[row];
}

static void table_of_back_cell(const struct drawn_step *step, struct step_table *table)
{
	char head[STEP_HEAD];
	struct names n = names_of(step);
	table->rows = units_of(step);
	step_add(table, "∂L/∂h", "", 1, value_error);
	step_add_positive(table, "o·tanh′", "×", 2, value_through_output);
	snprintf(head, sizeof(head), "f%s", n.after);
	step_add_positive(table, head, "+", 2, value_forget_after);
	snprintf(head, sizeof(head), "∂L/∂c%s", n.after);
	step_add(table, head, "×", 1, value_cell_after);
	step_add(table, "∂L/∂c", "=", 0, value_cell_error);
}

static void formula_of_back_cell(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	int used = snprintf(out, STEP_TEXT, "∂L/∂c%s = ∂L/∂h%s ⊙ o ⊙ tanh′(c%s)", n.now, n.now, n.now);
	if (!starts_anew(step))
		snprintf(out + used, (size_t)(STEP_TEXT - used), " + f%s ⊙ ∂L/∂c%s", n.after, n.after);
}

static const char *meaning_of_back_cell(const struct drawn_step *step)
{
	(void)step;
	return "along c the error is multiplied by the forget gate only";
}

static void effect_of_back_cell(const struct drawn_step *step, struct parts *parts)
{
	double kept = 0, entered = 0;
	int units = units_of(step);
	for (int unit = 0; unit < units; unit++) {
		double from_h = value_error(step, unit) * value_through_output(step, unit);
		double from_c = value_forget_after(step, unit) * value_cell_after(step, unit);
		entered += from_h * from_h / units;
		kept += from_c * from_c / units;
	}
	add_rms(parts, 0, "RMS from h", sqrt(entered));
	add_rms(parts, 0, "from c of the step after", sqrt(kept));
}

const struct step_row step_back_cell = {
	.name = "backward",
	.row_head = "unit",
	.formula = formula_of_back_cell,
	.meaning = meaning_of_back_cell,
	.table = table_of_back_cell,
	.effect = effect_of_back_cell,
};

/* ---- delta: dL/du of each gate ---- */

static double value_delta(const struct drawn_step *step, int row)
{
	return (double)gates_now(step, time_of(step)->delta)[row];
}

static double error_of_lstm(const struct drawn_step *step, int row)
{
	const struct sample_time *time = time_of(step);
	int units = units_of(step), unit = row % units;
	switch (row / units) {
	case INPUT:
		return value_cell_error(step, unit) * gate_now(step, CANDIDATE, unit);
	case FORGET:
		return value_cell_error(step, unit) * value_before(step, time->cell_state, unit);
	case CANDIDATE:
		return value_cell_error(step, unit) * gate_now(step, INPUT, unit);
	default:
		return value_error(step, unit) * (double)units_now(step, time->squashed)[unit];
	}
}

static double error_of_gru(const struct drawn_step *step, int row)
{
	const struct sample_time *time = time_of(step);
	int units = units_of(step), unit = row % units;
	switch (row / units) {
	case RESET:
		return value_delta(step, NEW * units + unit) * (double)units_now(step, time->apart)[unit];
	case UPDATE:
		return value_error(step, unit) *
			(value_before(step, time->state, unit) - gate_now(step, NEW, unit));
	default:
		return value_error(step, unit) * (1 - gate_now(step, UPDATE, unit));
	}
}

static void table_of_deltas(const struct drawn_step *step, struct step_table *table,
	const char *head, double (*error)(const struct drawn_step *step, int row))
{
	gate_rows(step, table);
	step_add(table, head, "", 1, error);
	step_add_positive(table, "f′(u)", "×", 2, value_slope);
	step_add(table, "δ", "=", 0, value_delta);
	table->bar[0] = 0;
	table->bar[1] = 2;
}

static void table_of_plain(const struct drawn_step *step, struct step_table *table)
{
	table_of_deltas(step, table, "∂L/∂h", value_error);
}

static void table_of_lstm(const struct drawn_step *step, struct step_table *table)
{
	table_of_deltas(step, table, "∂L/∂gate", error_of_lstm);
}

static void table_of_gru(const struct drawn_step *step, struct step_table *table)
{
	table_of_deltas(step, table, "∂L/∂gate", error_of_gru);
}

static void formula_of_plain(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	snprintf(out, STEP_TEXT, "δ%s = ∂L/∂h%s ⊙ %s′(u%s)", n.now, n.now, step_symbol(step), n.now);
}

static void formula_of_lstm(const struct drawn_step *step, char out[STEP_TEXT])
{
	snprintf(out, STEP_TEXT,
		"δ of i: ∂L/∂c·g·i′,  f: ∂L/∂c·c%s·f′,  g: ∂L/∂c·i·g′,  o: ∂L/∂h·tanh c·o′",
		names_of(step).before);
}

static void formula_of_gru(const struct drawn_step *step, char out[STEP_TEXT])
{
	snprintf(out, STEP_TEXT,
		"δ of n: ∂L/∂h·(1−z)·n′,  z: ∂L/∂h·(h%s−n)·z′,  r: δ of n·(V h + d)·r′",
		names_of(step).before);
}

static const char *meaning_of_deltas(const struct drawn_step *step)
{
	(void)step;
	return "a saturated activation passes little";
}

static void effect_of_deltas(const struct drawn_step *step, struct parts *parts)
{
	struct step_table table;
	step_table(step, &table);
	double error = step_rms(step, &table.column[0], table.rows);
	double delta = step_rms(step, &table.column[2], table.rows);
	add_rms(parts, 0, "δ has RMS", delta);
	if (error > 0)
		add_rms(parts, 1, "slopes multiply the error by", delta / error);
}

const struct step_row step_back_plain = {
	.name = "backward",
	.row_head = "unit",
	.formula = formula_of_plain,
	.meaning = meaning_of_deltas,
	.table = table_of_plain,
	.label = label_of_gate,
	.effect = effect_of_deltas,
};

const struct step_row step_back_lstm = {
	.name = "backward",
	.row_head = "unit",
	.formula = formula_of_lstm,
	.meaning = meaning_of_deltas,
	.table = table_of_lstm,
	.label = label_of_gate,
	.effect = effect_of_deltas,
};

const struct step_row step_back_gru = {
	.name = "backward",
	.row_head = "unit",
	.formula = formula_of_gru,
	.meaning = meaning_of_deltas,
	.table = table_of_gru,
	.label = label_of_gate,
	.effect = effect_of_deltas,
};

/* ---- the gradient: a sum over the time steps, from the last one back ---- */

static int time_of_row(const struct drawn_step *step, int row)
{
	return time_of(step)->steps - 1 - row;
}

static double rms_of_deltas(const struct drawn_step *step, int row)
{
	int values = gates_of(step) * units_of(step);
	return step_rms_of(gates_at(step, time_of(step)->delta, time_of_row(step, row)), values);
}

/* With what a reset gate lets through. */
static double rms_of_state_deltas(const struct drawn_step *step, int row)
{
	int values = gates_of(step) * units_of(step), t = time_of_row(step, row);
	double sum = 0;
	for (int i = 0; i < values; i++) {
		double delta = delta_of_state(step, t, i);
		sum += delta * delta / values;
	}
	return sqrt(sum);
}

static double rms_of_input(const struct drawn_step *step, int row)
{
	return step_rms_of(input_at(step, time_of_row(step, row)), inputs_of(step));
}

static double rms_of_state_before(const struct drawn_step *step, int row)
{
	int t = time_of_row(step, row);
	return t > 0 ? step_rms_of(units_at(step, time_of(step)->state, t - 1), units_of(step)) : 0;
}

/* The root mean square of a product of a column and a row is that of their own ones. */
static double rms_of_w(const struct drawn_step *step, int row)
{
	return rms_of_deltas(step, row) * rms_of_input(step, row);
}

static double rms_of_v(const struct drawn_step *step, int row)
{
	return rms_of_state_deltas(step, row) * rms_of_state_before(step, row);
}

static void table_of_time(const struct drawn_step *step, struct step_table *table)
{
	table->rows = time_of(step)->steps;
	step_add_positive(table, "δ", "", 2, rms_of_deltas);
	step_add_positive(table, "x", "", 3, rms_of_input);
	step_add_positive(table, "h before", "", 4, rms_of_state_before);
	step_add_positive(table, "δ·xᵀ", "", 1, rms_of_w);
	step_add_positive(table, "δ·hᵀ", "", 0, rms_of_v);
	table->bar[0] = 4;
	table->rms = false;
}

static void label_of_time(const struct drawn_step *step, int row, char out[STEP_HEAD])
{
	snprintf(out, STEP_HEAD, "t%d", time_of_row(step, row) + 1);
}

static void formula_of_time(const struct drawn_step *step, char out[STEP_TEXT])
{
	(void)step;
	snprintf(out, STEP_TEXT, "∂L/∂W = Σ δ(t) x(t)ᵀ,  ∂L/∂V = Σ δ(t) h(t−1)ᵀ over all steps t");
}

static const char *meaning_of_time(const struct drawn_step *step)
{
	(void)step;
	return "the same weights serve every step: their gradients add up";
}

/* RMS of the whole sum: of dL/dV of this sample. */
static double rms_of_sum(const struct drawn_step *step)
{
	const struct sample_time *time = time_of(step);
	int units = units_of(step), rows = gates_of(step) * units;
	double squares = 0;
	for (int row = 0; row < rows; row++)
		for (int i = 0; i < units; i++) {
			double sum = 0;
			for (int t = 1; t < time->steps; t++)
				sum += delta_of_state(step, t, row) * (double)units_at(step, time->state, t - 1)[i];
			squares += sum * sum;
		}
	return sqrt(squares / ((double)rows * units));
}

static void effect_of_time(const struct drawn_step *step, struct parts *parts)
{
	const struct tensor *matrix = step_matrix(step->before, step->phase.layer, 1);
	add_rms(parts, 0, "∂L/∂V of this sample: RMS", rms_of_sum(step));
	if (matrix)
		add_rms(parts, 1, "mean over the minibatch",
			step_rms_of(step->view->gradient + matrix->at, (int)tensor_entries(matrix)));
}

const struct step_row step_over_time = {
	.name = "backward",
	.row_head = "step",
	.formula = formula_of_time,
	.meaning = meaning_of_time,
	.table = table_of_time,
	.label = label_of_time,
	.effect = effect_of_time,
};
