/* The phases of a step in recurrent layers, time step by time step. See step.h; the formulas are
 * those of docs/numerics.md, section 7. */
#include "step_time.h"

#include <math.h>
#include <stdio.h>

/* ---- u = W x + V h + b ---- */

static struct step_product product_of_input(const struct drawn_step *step, int row)
{
	int inputs = inputs_of(step);
	return (struct step_product){
		.factor = step_layer(step)->weight_ih + (size_t)row * (size_t)inputs,
		.apart = 1,
		.value = input_at(step, step_time(step)),
		.count = inputs};
}

/* Of a time step that has one before it. */
static struct step_product product_of_state(const struct drawn_step *step, int row)
{
	int units = units_of(step);
	return (struct step_product){
		.factor = step_layer(step)->weight_hh + (size_t)row * (size_t)units,
		.apart = 1,
		.value = units_at(step, time_of(step)->state, step_time(step) - 1),
		.count = units};
}

static double value_of_input(const struct drawn_step *step, int row)
{
	struct step_product product = product_of_input(step, row);
	return step_product_sum(&product);
}

static double value_of_state(const struct drawn_step *step, int row)
{
	const struct net_layer *layer = step_layer(step);
	const struct sample_time *time = time_of(step);
	double sum = 0;
	int units = units_of(step);
	if (is_apart(step, row))
		return gate_now(step, RESET, row % units) *
			(double)units_now(step, time->apart)[row % units];
	for (int i = 0; i < units; i++)
		sum += (double)layer->weight_hh[(size_t)row * (size_t)units + (size_t)i] *
			value_before(step, time->state, i);
	return sum;
}

static double value_of_bias(const struct drawn_step *step, int row)
{
	const struct net_layer *layer = step_layer(step);
	return (double)layer->bias_ih[row] + (is_apart(step, row) ? 0 : (double)layer->bias_hh[row]);
}

static double value_given(const struct drawn_step *step, int row)
{
	return (double)gates_now(step, time_of(step)->given)[row];
}

static void table_of_given(const struct drawn_step *step, struct step_table *table)
{
	gate_rows(step, table);
	step_add(table, "W·x", "", 2, value_of_input);
	step_add(table, "V·h", "+", 1, value_of_state);
	step_add(table, "b", "+", 3, value_of_bias);
	step_add(table, "u", "=", 0, value_given);
	table->bar[0] = 0;
	table->bar[1] = 1;
}

static void formula_of_given(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	if (step_time(step) == 0)
		snprintf(out, STEP_TEXT, "u%s = W x%s + b,  the state before is 0", n.now, n.now);
	else
		snprintf(out, STEP_TEXT, "u%s = W x%s + V h%s + b", n.now, n.now, n.before);
}

static const char *meaning_of_given(const struct drawn_step *step)
{
	if (time_of(step)->cell->apart)
		return "of V h the candidate n gets what the reset gate r lets through";
	return step->phase.layer > 1 ? "x is the state of the layer below"
								 : "what is read, and what is remembered";
}

static void effect_of_given(const struct drawn_step *step, struct parts *parts)
{
	struct step_table table;
	step_table(step, &table);
	add_rms(parts, 0, "RMS of W·x", step_rms(step, &table.column[0], table.rows));
	add_rms(parts, 0, "of V·h", step_rms(step, &table.column[1], table.rows));
	add_rms(parts, 1, "of u", step_rms(step, &table.column[3], table.rows));
}

static bool terms_of_given(const struct drawn_step *step, int row, int width, char out[STEP_TEXT])
{
	bool first = step_time(step) == 0;
	char label[STEP_HEAD], whole[2 * STEP_HEAD];
	if (is_apart(step, row))
		return false;
	label_of_gate(step, row, label);
	snprintf(whole, sizeof(whole), "%s: %s", label, first ? "W·x" : "V·h");
	struct step_product product = first ? product_of_input(step, row) : product_of_state(step, row);
	return step_product_text(&product, whole, width, out);
}

const struct step_row step_given = {
	.name = "forward",
	.row_head = "unit",
	.formula = formula_of_given,
	.meaning = meaning_of_given,
	.table = table_of_given,
	.label = label_of_gate,
	.effect = effect_of_given,
	.terms = terms_of_given,
};

/* ---- the activations ---- */

static double value_gate(const struct drawn_step *step, int row)
{
	return (double)gates_now(step, time_of(step)->gate)[row];
}

static void table_of_gates(const struct drawn_step *step, struct step_table *table)
{
	bool gated = gates_of(step) > 1;
	gate_rows(step, table);
	step_add(table, "u", "", 2, value_given);
	step_add(table, gated ? "f(u)" : "h", "→", 0, value_gate);
	step_add_positive(table, "f′(u)", "", 1, value_slope);
	table->bar[0] = 1;
	table->bar[1] = 2;
}

static void formula_of_gates(const struct drawn_step *step, char out[STEP_TEXT])
{
	const struct recurrent_cell *cell = time_of(step)->cell;
	struct names n = names_of(step);
	int used = 0;
	if (cell->gates == 1) {
		snprintf(out, STEP_TEXT, "h%s = %s(u%s)", n.now, step_symbol(step), n.now);
		return;
	}
	for (int opens = 1; opens >= 0; opens--) {
		const char *between = opens ? "" : ",  ";
		for (int i = 0; i < cell->gates; i++)
			if (cell->gate[i].opens == (opens != 0)) {
				used += snprintf(
					out + used, (size_t)(STEP_TEXT - used), "%s%s", between, cell->gate[i].symbol);
				between = ", ";
			}
		used += snprintf(out + used, (size_t)(STEP_TEXT - used), " = %s(u)",
			opens ? step_layer(step)->gate_activation->symbol : step_symbol(step));
	}
}

static const char *meaning_of_gates(const struct drawn_step *step)
{
	return gates_of(step) == 1 ? "the slope beside it will multiply the error on the way back"
							   : "how far each gate is open, and what may pass";
}

/* Over the units of one gate. */
static double mean_of(const struct drawn_step *step, int gate,
	double (*value)(const struct drawn_step *step, int row))
{
	int units = units_of(step);
	double sum = 0;
	for (int unit = 0; unit < units; unit++)
		sum += value(step, gate * units + unit) / units;
	return sum;
}

static void effect_of_gates(const struct drawn_step *step, struct parts *parts)
{
	const struct recurrent_cell *cell = time_of(step)->cell;
	if (cell->gates == 1) {
		add_rms(parts, 0, "mean slope", mean_of(step, 0, value_slope));
		parts_add(parts, 1, STYLE_DIM, "h goes to the output, and to the next step");
		return;
	}
	for (int gate = 0; gate < cell->gates; gate++) {
		char words[STEP_HEAD];
		snprintf(words, sizeof(words), "mean of %s", cell->gate[gate].symbol);
		if (cell->gate[gate].opens)
			add_rms(parts, gate > 1, words, mean_of(step, gate, value_gate));
	}
}

const struct step_row step_gates = {
	.name = "forward",
	.row_head = "unit",
	.formula = formula_of_gates,
	.meaning = meaning_of_gates,
	.table = table_of_gates,
	.label = label_of_gate,
	.effect = effect_of_gates,
};

/* ---- the states of an LSTM ---- */

static double value_input_gate(const struct drawn_step *step, int row)
{
	return gate_now(step, INPUT, row);
}

static double value_forget(const struct drawn_step *step, int row)
{
	return gate_now(step, FORGET, row);
}

static double value_candidate(const struct drawn_step *step, int row)
{
	return gate_now(step, CANDIDATE, row);
}

static double value_output_gate(const struct drawn_step *step, int row)
{
	return gate_now(step, OUTPUT, row);
}

static double value_cell_before(const struct drawn_step *step, int row)
{
	return value_before(step, time_of(step)->cell_state, row);
}

static double value_cell(const struct drawn_step *step, int row)
{
	return (double)units_now(step, time_of(step)->cell_state)[row];
}

static double value_squashed(const struct drawn_step *step, int row)
{
	return (double)units_now(step, time_of(step)->squashed)[row];
}

static double value_state(const struct drawn_step *step, int row)
{
	return (double)units_now(step, time_of(step)->state)[row];
}

static double value_state_before(const struct drawn_step *step, int row)
{
	return value_before(step, time_of(step)->state, row);
}

static void table_of_cell(const struct drawn_step *step, struct step_table *table)
{
	char head[STEP_HEAD];
	table->rows = units_of(step);
	snprintf(head, sizeof(head), "c%s", names_of(step).before);
	step_add_positive(table, "f", "", 2, value_forget);
	step_add(table, head, "×", 1, value_cell_before);
	step_add_positive(table, "i", "+", 2, value_input_gate);
	step_add(table, "g", "×", 1, value_candidate);
	step_add(table, "c", "=", 0, value_cell);
}

static void formula_of_cell(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	snprintf(out, STEP_TEXT, "c%s = f ⊙ c%s + i ⊙ g", n.now, n.before);
}

static const char *meaning_of_cell(const struct drawn_step *step)
{
	(void)step;
	return "the forget gate keeps, the input gate lets in";
}

static void effect_of_cell(const struct drawn_step *step, struct parts *parts)
{
	double kept = 0, added = 0;
	int units = units_of(step);
	for (int unit = 0; unit < units; unit++) {
		double keeps = value_forget(step, unit) * value_cell_before(step, unit);
		double adds = value_input_gate(step, unit) * value_candidate(step, unit);
		kept += keeps * keeps / units;
		added += adds * adds / units;
	}
	add_rms(parts, 0, "RMS of what is kept", sqrt(kept));
	add_rms(parts, 0, "of what is added", sqrt(added));
}

const struct step_row step_cell = {
	.name = "forward",
	.row_head = "unit",
	.formula = formula_of_cell,
	.meaning = meaning_of_cell,
	.table = table_of_cell,
	.effect = effect_of_cell,
};

static void table_of_state(const struct drawn_step *step, struct step_table *table)
{
	table->rows = units_of(step);
	step_add_positive(table, "o", "", 1, value_output_gate);
	step_add(table, "tanh(c)", "×", 2, value_squashed);
	step_add(table, "h", "=", 0, value_state);
	table->bar[0] = 1;
	table->bar[1] = 2;
}

static void formula_of_state(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	snprintf(out, STEP_TEXT, "h%s = o ⊙ tanh(c%s)", n.now, n.now);
}

static const char *meaning_of_state(const struct drawn_step *step)
{
	(void)step;
	return "what the cell shows of its state";
}

static void effect_of_state(const struct drawn_step *step, struct parts *parts)
{
	add_rms(parts, 0, "RMS of c",
		step_rms_of(units_now(step, time_of(step)->cell_state), units_of(step)));
	add_rms(parts, 0, "of h", step_rms_of(units_now(step, time_of(step)->state), units_of(step)));
}

const struct step_row step_state = {
	.name = "forward",
	.row_head = "unit",
	.formula = formula_of_state,
	.meaning = meaning_of_state,
	.table = table_of_state,
	.effect = effect_of_state,
};

/* ---- the state of a GRU ---- */

static double value_update(const struct drawn_step *step, int row)
{
	return gate_now(step, UPDATE, row);
}

static double value_renewed(const struct drawn_step *step, int row)
{
	return 1 - gate_now(step, UPDATE, row);
}

static double value_new(const struct drawn_step *step, int row)
{
	return gate_now(step, NEW, row);
}

static void table_of_mixed(const struct drawn_step *step, struct step_table *table)
{
	char head[STEP_HEAD];
	table->rows = units_of(step);
	snprintf(head, sizeof(head), "h%s", names_of(step).before);
	step_add_positive(table, "z", "", 2, value_update);
	step_add(table, head, "×", 1, value_state_before);
	step_add_positive(table, "1−z", "+", 3, value_renewed);
	step_add(table, "n", "×", 1, value_new);
	step_add(table, "h", "=", 0, value_state);
}

static void formula_of_mixed(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct names n = names_of(step);
	snprintf(out, STEP_TEXT, "h%s = z ⊙ h%s + (1 − z) ⊙ n", n.now, n.before);
}

static const char *meaning_of_mixed(const struct drawn_step *step)
{
	(void)step;
	return "the update gate keeps the old state, the rest is renewed";
}

static void effect_of_mixed(const struct drawn_step *step, struct parts *parts)
{
	add_rms(parts, 0, "mean of z", mean_of(step, UPDATE, value_gate));
	add_rms(
		parts, 0, "RMS of h", step_rms_of(units_now(step, time_of(step)->state), units_of(step)));
}

const struct step_row step_mixed = {
	.name = "forward",
	.row_head = "unit",
	.formula = formula_of_mixed,
	.meaning = meaning_of_mixed,
	.table = table_of_mixed,
	.effect = effect_of_mixed,
};
