/* A phase of a training step: what its row says, and what rows share. See step.h. */
#include "step.h"

#include "ui/plot.h"

#include <math.h>
#include <stdio.h>

bool step_has_formulas(const struct frame *frame)
{
	return !frame->state || !frame->state->net || step_walks(frame->state->net);
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
		.unit = picture->view->unit - 1,
		.phase = step_phase_of(picture, state->net),
	};
	return true;
}

const struct net_layer *step_layer(const struct drawn_step *step)
{
	return net_layer_of(step->before, step->phase.layer);
}

const struct sample_layer *step_sample(const struct drawn_step *step, int layer)
{
	return &step->view->layer[layer];
}

const char *step_symbol(const struct drawn_step *step)
{
	const struct net_layer *layer = step_layer(step);
	return layer->activation ? layer->activation->symbol : "";
}

/* ---- tables ---- */

void step_add(struct step_table *table, const char *head, const char *sign, int rank,
	double (*value)(const struct drawn_step *step, int row))
{
	struct step_column *column = &table->column[table->columns++];
	snprintf(column->head, sizeof(column->head), "%s", head);
	column->sign = sign;
	column->rank = rank;
	column->value = value;
}

void step_add_positive(struct step_table *table, const char *head, const char *sign, int rank,
	double (*value)(const struct drawn_step *step, int row))
{
	step_add(table, head, sign, rank, value);
	table->column[table->columns - 1].positive = true;
}

void step_table(const struct drawn_step *step, struct step_table *table)
{
	*table = (struct step_table){
		.rows = step_sample(step, step->phase.layer)->units, .bar = {-1, -1}, .rms = true};
	step->phase.row->table(step, table);
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
	if (step->phase.row->label)
		step->phase.row->label(step, row, out);
	else
		snprintf(out, STEP_HEAD, "%d", row + 1);
}

/* ---- words ---- */

void step_number(char *out, int size, double value)
{
	char number[PLOT_NUMBER];
	plot_number(number, value);
	snprintf(out, (size_t)size, "%s%s", value > 0 ? "+" : "", number);
}

void step_draw_number(struct area area, int end, double value, bool sign, enum style style)
{
	char number[PLOT_NUMBER + 2];
	if (sign)
		step_number(number, sizeof(number), value);
	else
		plot_number(number, value);
	caption_right(area, end, 0, isfinite(value) ? style : STYLE_ALARM, number);
}

const char *step_below(char out[STEP_SUBSCRIPT], int number)
{
	static const char *const digit[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
	char decimal[STEP_SUBSCRIPT];
	size_t used = 0;
	snprintf(decimal, sizeof(decimal), "%d", number);
	out[0] = '\0';
	for (const char *at = decimal; *at && used + 4 < STEP_SUBSCRIPT; at++)
		used += (size_t)snprintf(out + used, STEP_SUBSCRIPT - used, "%s", digit[*at - '0']);
	return out;
}

/* Signs take more bytes than columns. */
static int columns_of(const char *text)
{
	int columns = 0;
	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

struct step_product step_product_back(const struct drawn_step *step, int row)
{
	const struct net_layer *next = net_layer_of(step->before, step->phase.layer + 1);
	return (struct step_product){.factor = next->weight + row,
		.apart = (size_t)next->inputs,
		.value = step_sample(step, step->phase.layer + 1)->delta,
		.count = next->outputs};
}

double step_product_sum(const struct step_product *product)
{
	double sum = 0;
	for (int i = 0; i < product->count; i++)
		sum += (double)product->factor[(size_t)i * product->apart] * (double)product->value[i];
	return sum;
}

bool step_product_text(
	const struct step_product *product, const char *label, int width, char out[STEP_TEXT])
{
	enum { REST = 10 }; /* columns of " + 12 more" */
	int shown = 0, count = product->count;
	int used = snprintf(out, STEP_TEXT, "%s = ", label), columns = columns_of(out);
	for (; shown < count; shown++) {
		char term[2 * PLOT_NUMBER + 8], factor[PLOT_NUMBER], value[PLOT_NUMBER];
		double w = (double)product->factor[(size_t)shown * product->apart];
		plot_number(factor, shown ? fabs(w) : w);
		plot_number(value, (double)product->value[shown]);
		bool negative = value[0] == '-';
		int length = snprintf(term, sizeof(term), negative ? "%s%s×(%s)" : "%s%s×%s",
			!shown      ? ""
				: w < 0 ? " − "
						: " + ",
			factor, value);
		if (columns + columns_of(term) + REST > width || used + length + REST >= STEP_TEXT)
			break;
		columns += columns_of(term);
		used += snprintf(out + used, (size_t)(STEP_TEXT - used), "%s", term);
	}
	if (shown < count)
		snprintf(out + used, (size_t)(STEP_TEXT - used), " + %d more", count - shown);
	return shown > 0;
}

enum style step_add_passed(struct parts *parts, double from, double share, const char *whence)
{
	char part[PLOT_NUMBER], number[PLOT_NUMBER];
	enum style style = share < 0.5 ? STYLE_ALARM : share > 2 ? STYLE_WARNING : STYLE_GOOD;
	if (!isfinite(share)) {
		if (from == 0)
			parts_add(parts, 0, STYLE_ALARM, "no error comes from %s", whence);
		else
			parts_add(parts, 0, STYLE_ALARM, "the error is not a number");
		return STYLE_ALARM;
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
	return style;
}

void step_effect(const struct drawn_step *step, struct parts *parts)
{
	bool back = step_part_of(step->phase.row) != STEP_FORWARD;
	if (back && step->phase.layer <= net_spec_of(step->before)->frozen)
		parts_add(parts, 0, STYLE_WARNING, "frozen: the setting freeze keeps this layer's weights");
	else
		step->phase.row->effect(step, parts);
}
