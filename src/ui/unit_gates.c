/* Gates in pane units. See unit_gates.h.
 *
 * A gate is a strip: time goes from left to right, light is open. With room a gate has three rows,
 * for its mean and both shares, or for one sample a map of units by time steps.
 */
#include "unit_gates.h"

#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	NUMBER_COLUMNS = 6, /* of a mean or a share, with the blank before it */
	NUMBERS = 3,
	NAME_COLUMNS = 7, /* of "forget", with the blank after it */
	STRIP_MIN = 4,
	WIDE = NAME_COLUMNS + STRIP_MIN + NUMBERS * NUMBER_COLUMNS,
	ROWS_FOR_SHARES = 3,
	ROWS_OF_UNITS = 16,
};

/* What is drawn of a gate; the last two of all samples only. */
enum row { MEAN, OPEN, SHUT };

struct gates {
	const struct picture *picture;
	const struct step_view *step; /* NULL: not known */
	bool sample;
	int selected;    /* layer */
	int first, last; /* layers that are shown */
	int labels;      /* columns of a layer's number */
};

static const struct recurrent_cell *cell_of(const struct model *model, int layer)
{
	const struct layer_model *row = model_layer(model, layer);
	return row ? row->cell : NULL;
}

/* Gates that open and shut in layers first..last. */
static int count_of(const struct model *model, int first, int last)
{
	int count = 0;
	for (int layer = first; layer <= last; layer++) {
		const struct recurrent_cell *cell = cell_of(model, layer);
		for (int gate = 0; cell && gate < cell->gates; gate++)
			count += cell->gate[gate].opens;
	}
	return count;
}

bool has_gates(const struct model *model)
{
	return model && count_of(model, 1, model->layers) > 0;
}

/* The step of a state, if it is of this network. */
static const struct step_view *step_of_picture(const struct picture *picture)
{
	const struct state_view *state = picture->frame.state;
	const struct model *model = picture->frame.model;
	const struct step_view *step = state ? state->step : NULL;
	bool fits = step && step->layers == model->layers;
	for (int layer = 1; fits && layer <= model->layers; layer++) {
		const struct sample_time *time = step->layer[layer].time;
		if (count_of(model, layer, layer) > 0)
			fits = time && time->cell->gates == cell_of(model, layer)->gates;
	}
	return fits ? step : NULL;
}

static int selected_of(const struct picture *picture)
{
	return layer_selected(picture, model_hidden(picture->frame.model));
}

/* Rows of a pane that the gates take, their heads included; 0: there is no room. Above them the map
 * has a row for each layer, and words about it as far as there is room. */
static int rows_of(const struct picture *picture, int height, bool sample)
{
	enum { WORDS = 6, WORDS_LEAST = 2 };
	const struct model *model = picture->frame.model;
	int all = count_of(model, 1, model->layers);
	int own = count_of(model, selected_of(picture), selected_of(picture));
	int each = sample && picture->view->unit == 0 ? ROWS_OF_UNITS : ROWS_FOR_SHARES;
	int room = height - model_hidden(model), most = room - WORDS;
	if (own == 0 || 1 + own > room - WORDS_LEAST)
		return 0;
	int least = 1 + (1 + all <= most ? all : own);
	return clamp_int(all * (each + 1), least, max_int(most, least));
}

/* ---- numbers ---- */

/* A gate at steps from ... to - 1, or NaN. */
static double value_of(
	const struct gates *gates, int layer, int gate, enum row what, int from, int to)
{
	const struct sample_time *time = gates->step->layer[layer].time;
	double sum = 0;
	for (int t = from; t < to; t++) {
		const struct gate_share *share = &time->share[t * time->cell->gates + gate];
		sum += (double)(what == OPEN ? share->open : what == SHUT ? share->shut : share->mean);
	}
	return sum / (to - from);
}

/* The same of the sample alone, over units first ... last - 1. */
static double sample_value_of(const struct gates *gates, int layer, int gate, enum row what,
	const int steps[2], const int units[2])
{
	const struct sample_time *time = gates->step->layer[layer].time;
	double sum = 0;
	for (int t = steps[0]; t < steps[1]; t++)
		for (int unit = units[0]; unit < units[1]; unit++) {
			float value = time->gate[(t * time->cell->gates + gate) * time->units + unit];
			sum += isnan(value) || what == MEAN ? (double)value
				: what == OPEN                  ? value > GATE_OPEN
												: value < GATE_SHUT;
		}
	return sum / ((steps[1] - steps[0]) * (units[1] - units[0]));
}

/* Units from which a row of so many takes its values; all of them or the selected one. */
static void units_of(const struct gates *gates, int layer, int row, int rows, int out[2])
{
	int all = gates->step->layer[layer].time->units, unit = gates->picture->view->unit;
	if (unit > 0 && layer == gates->selected) {
		out[0] = min_int(unit, all) - 1;
		out[1] = out[0] + 1;
		return;
	}
	out[0] = row * all / rows;
	out[1] = max_int((row + 1) * all / rows, out[0] + 1);
}

static double whole_of(const struct gates *gates, int layer, int gate, enum row what)
{
	int steps[2] = {0, gates->step->layer[layer].time->steps}, units[2];
	if (!gates->sample)
		return value_of(gates, layer, gate, what, steps[0], steps[1]);
	units_of(gates, layer, 0, 1, units);
	return sample_value_of(gates, layer, gate, what, steps, units);
}

/* ---- drawing ---- */

/* Row `row` of `rows` of a gate over time. */
static void draw_strip(
	const struct gates *gates, struct area strip, int layer, int gate, int row, int rows)
{
	int all = gates->step->layer[layer].time->steps;
	for (int x = 0; x < strip.width; x++) {
		int steps[2] = {x * all / strip.width}, units[2];
		double value;
		steps[1] = max_int((x + 1) * all / strip.width, steps[0] + 1);
		if (gates->sample) {
			units_of(gates, layer, row, rows, units);
			value = sample_value_of(gates, layer, gate, MEAN, steps, units);
		} else
			value = value_of(gates, layer, gate, (enum row)row, steps[0], steps[1]);
		for (int y = 0; y < strip.height; y++)
			heat_cell(strip, x, y, heat_step_of_share(value));
	}
}

/* Each column stands for its time step. */
static void set_targets(const struct gates *gates, struct area strip, int layer)
{
	const struct record *record = gates->picture->frame.record;
	int first = record_first(record, layer), rows = record_last(record, layer) - first + 1;
	for (int x = 0; x < strip.width; x++)
		area_target(area_sub(strip, x, 0, 1, strip.height),
			(struct target){.layer = 1 + first + x * rows / strip.width});
}

static void draw_number(
	const struct gates *gates, struct area row, int layer, int gate, enum row what)
{
	double value = whole_of(gates, layer, gate, what);
	char number[PLOT_NUMBER];
	if (what == MEAN || isnan(value))
		snprintf(number, sizeof(number), isnan(value) ? "nan" : "%.2f", value);
	else
		plot_share(number, value);
	caption_right(row, row.width - (SHUT - (int)what) * NUMBER_COLUMNS, 0,
		isnan(value) ? STYLE_ALARM : STYLE_NORMAL, number);
}

static void draw_name(const struct gates *gates, struct area row, int layer, int gate)
{
	const struct cell_gate *is = &cell_of(gates->picture->frame.model, layer)->gate[gate];
	bool selected = layer == gates->selected;
	enum style style = gates->labels == 0 ? STYLE_TITLE : selected ? STYLE_SELECTED : STYLE_NORMAL;
	char number[LAYER_LABEL];
	if (gates->labels > 0) {
		snprintf(number, sizeof(number), "%d", layer);
		if (selected)
			area_put(row, 0, 0, row.canvas->glyphs->chosen, STYLE_SELECTED);
		caption_right(row, gates->labels - 1, 0, style, number);
	}
	struct area name = area_sub(row, gates->labels, 0, row.width - gates->labels, 1);
	caption(name, 0, 0, style, row.width - gates->labels >= WIDE ? is->name : is->symbol);
}

/* The columns of time in an area as wide as the pane. */
static struct area strip_of(const struct gates *gates, struct area area)
{
	int left = gates->labels + (area.width - gates->labels >= WIDE ? NAME_COLUMNS : 2);
	int width = area.width - left - NUMBERS * NUMBER_COLUMNS;
	return area_sub(area, left, 0, width >= STRIP_MIN ? width : 0, area.height);
}

static void draw_gate(const struct gates *gates, struct area area, int layer, int gate)
{
	struct area strip = strip_of(gates, area);
	int rows = gates->sample ? area.height : area.height >= ROWS_FOR_SHARES ? ROWS_FOR_SHARES : 1;
	bool split = !gates->sample && rows == ROWS_FOR_SHARES;
	set_targets(gates, strip, layer);
	draw_name(gates, area_sub(area, 0, 0, area.width, 1), layer, gate);
	for (int row = 0; row < rows; row++)
		draw_strip(gates, area_sub(strip, 0, row, strip.width, 1), layer, gate, row, rows);
	for (enum row what = MEAN; what <= SHUT; what++) {
		struct area line = area_sub(area, 0, split ? (int)what : 0, area.width, 1);
		draw_number(gates, line, layer, gate, what);
		if (split && what != MEAN)
			caption_right(line, gates->labels + NAME_COLUMNS - 1, 0, STYLE_DIM,
				what == OPEN ? "open" : "shut");
	}
}

/* What open and shut mean, in the middle, and of how many samples. */
static void draw_rule(const struct gates *gates, struct area strip)
{
	char rule[80];
	int used =
		snprintf(rule, sizeof(rule), "open > %g · shut < %g", (double)GATE_OPEN, (double)GATE_SHUT);
	struct area middle = area_sub(strip, 5, 0, strip.width - 10, 1);
	if (!gates->sample)
		snprintf(rule + used, sizeof(rule) - (size_t)used, " · %d samples", gates->step->samples);
	if (!caption_centre(middle, middle.width / 2, 0, STYLE_DIM, rule)) {
		rule[used] = '\0';
		caption_centre(middle, middle.width / 2, 0, STYLE_DIM, rule);
	}
}

static void draw_heads(const struct gates *gates, struct area row)
{
	struct area strip = strip_of(gates, row);
	const int steps = model_layer(gates->picture->frame.model, gates->selected)->steps;
	static const char *const head[NUMBERS] = {"mean", "open", "shut"};
	char last[PLOT_NUMBER];
	caption(row, gates->labels, 0, STYLE_DIM, "gate");
	for (int i = 0; i < NUMBERS; i++)
		caption_right(row, row.width - (NUMBERS - 1 - i) * NUMBER_COLUMNS, 0, STYLE_DIM, head[i]);
	snprintf(last, sizeof(last), "t%d", steps);
	if (strip.width >= (int)strlen(last) + 3) {
		if (gates->labels + (int)strlen("gate") < strip.x - row.x)
			caption(strip, 0, 0, STYLE_DIM, "t1");
		caption_right(strip, strip.width, 0, STYLE_DIM, last);
		draw_rule(gates, strip);
	}
}

static void draw_lines(const struct gates *gates, struct area area)
{
	const struct model *model = gates->picture->frame.model;
	int count = count_of(model, gates->first, gates->last);
	int pitch = max_int((area.height + 1) / count, 1), y = 0;
	int most = gates->sample ? ROWS_OF_UNITS : ROWS_FOR_SHARES;
	if (pitch * count > area.height + 1)
		pitch = max_int(area.height / count, 1);
	int height = pitch > 1 ? min_int(pitch - 1, most) : 1;
	if (!gates->sample && height < ROWS_FOR_SHARES)
		height = pitch = 1;
	for (int layer = gates->first; layer <= gates->last; layer++) {
		const struct recurrent_cell *cell = cell_of(model, layer);
		for (int gate = 0; cell && gate < cell->gates; gate++)
			if (cell->gate[gate].opens) {
				draw_gate(gates, area_sub(area, 0, y, area.width, height), layer, gate);
				y += min_int(pitch, height + 1);
			}
	}
}

static void draw_all(struct gates gates, struct area area)
{
	if (1 + count_of(gates.picture->frame.model, 1, gates.last) > area.height)
		gates.first = gates.last = gates.selected;
	draw_heads(&gates, area_sub(area, 0, 0, area.width, 1));
	draw_lines(&gates, area_sub(area, 0, 1, area.width, area.height - 1));
}

struct area unit_gates_draw(const struct picture *picture, struct area area, bool sample)
{
	const struct model *model = picture->frame.model;
	int rows = rows_of(picture, area.height, sample), above = area.height - rows;
	struct area below = area_sub(area, 0, above, area.width, rows);
	const struct gates gates = {.picture = picture,
		.step = step_of_picture(picture),
		.sample = sample,
		.selected = selected_of(picture),
		.first = 1,
		.last = model->layers,
		.labels = model_hidden(model) > 1 ? 3 : 0};
	if (rows > 0 && gates.step)
		draw_all(gates, below);
	else if (rows > 0)
		caption(below, 0, 0, STYLE_DIM, "gates: where the weights are kept");
	return area_sub(area, 0, 0, area.width, above);
}
