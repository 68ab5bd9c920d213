/* Step: one sample of the next minibatch on its way through the network and back, in slow motion.
 *
 * One phase at a time: its formula, the network's own numbers put in, and what it does to the
 * signal. Above stands the whole way; what lies ahead of the phase is not yet known there.
 */
#include "step.h"

#include "halves.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	TERMS_WIDTH = 60,
	NUMBER_COLUMNS = 9, /* of a number in the table */
	SIGN_COLUMNS = 3,
	BAR_MIN = 8,
	BAR_MAX = 40,
	COLUMNS_FOR_FACTORS = 170, /* bars leave room for them */
	ARROW_COLUMNS = 3,
	MAP_MAX = 24,     /* rows of the map of all units */
	UNITS_FIRST = 10, /* rows of the table that have room before the lines under it */
};

/* ---- the way ---- */

/* A part of the line for each layer; with few columns only layers around that of the phase. */
struct way {
	int first, last; /* layers that are drawn; 0 is the input */
	int step;        /* columns from one to the next */
	int left;
};

static struct way way_of(const struct drawn_step *step, int width)
{
	enum { LEFT = 10, STEP_MIN = 6, STEP_MAX = 24 };
	int layers = step->view->layers, left = width >= 40 ? LEFT : 0;
	int room = width - left, fit = room / STEP_MIN;
	struct way way = {.left = left, .last = layers, .step = STEP_MIN};
	if (fit > layers) {
		way.step = clamp_int(room / (layers + 1), STEP_MIN, STEP_MAX);
		return way;
	}
	way.first = clamp_int(step->phase.layer - fit / 2, 0, layers + 1 - fit);
	way.last = way.first + fit - 1;
	return way;
}

/* True if the sample has reached the output, or on the way back the delta, of the layer. */
static bool way_done(const struct drawn_step *step, int layer, bool back)
{
	int now = step_index(step->before, step->phase);
	return layer == 0 || step_known_from(step->before, layer, back) <= now;
}

/* Units first..last of a layer in one cell: the root mean square. Outputs have the ramp from 0 to 1
 * that panes units and network give to activity: on that of deltas all would look alike. */
static int heat_of_units(const struct sample_layer *layer, bool back, int row, int rows)
{
	int first = row * layer->units / rows, last = (row + 1) * layer->units / rows;
	const float *value = back ? layer->delta : layer->output;
	double size = step_rms_of(value + first, last > first ? last - first : 1);
	return back ? heat_step(size) : heat_step_of_share(size);
}

/* One layer's outputs, or on the way back its deltas; units from top to bottom. */
static void draw_way_layer(
	const struct drawn_step *step, struct area area, const struct way *way, int layer, bool back)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	const struct sample_layer *sample = &step->view->layer[layer];
	int x = way->left + (layer - way->first) * way->step, cells = way->step - ARROW_COLUMNS;
	bool done = way_done(step, layer, back);
	if (back && layer == 0)
		return;
	if (back && layer > way->first && layer > 1)
		area_put(area, x - 2, 0, glyphs->arrow_left, STYLE_DIM);
	for (int y = 0; y < area.height; y++) {
		int heat = heat_of_units(sample, back, y, area.height);
		for (int i = 0; i < cells; i++)
			if (done)
				heat_cell(area, x + i, y, heat);
			else
				area_put(area, x + i, y, glyphs->point[0], STYLE_DIM);
	}
}

/* The layers' names, and under them what the phase's direction carries, deltas or outputs; with
 * three rows or more the other one stands there, too, in a single row. */
static void draw_way(const struct drawn_step *step, struct area area)
{
	if (step_sample(step, step->phase.layer)->time) {
		step_draw_time(step, area);
		return;
	}
	struct way way = way_of(step, area.width);
	bool back = step_part_of(step->phase.row) != STEP_FORWARD, both = area.height > 2;
	int map = area.height - 1 - both, outputs = back ? both : map;
	struct area forward = area_sub(area, 0, 1, area.width, outputs);
	struct area backward = area_sub(area, 0, 1 + outputs, area.width, area.height - 1 - outputs);
	if (way.left > 0) {
		area_text(area, 0, 0, STYLE_DIM, "layer");
		area_text(
			forward, 0, 0, back ? STYLE_DIM : STYLE_TITLE, !back && map > 1 ? "|a|" : "RMS a");
		area_text(
			backward, 0, 0, back ? STYLE_TITLE : STYLE_DIM, back && map > 1 ? "|δ|" : "RMS δ");
	}
	for (int layer = way.first; layer <= way.last; layer++) {
		int x = way.left + (layer - way.first) * way.step;
		char label[LAYER_LABEL];
		layer_label(label, layer, step->view->layers);
		if (layer > way.first)
			area_put(area, x - 2, 0, area.canvas->glyphs->arrow_right, STYLE_DIM);
		area_text(area, x, 0, layer == step->phase.layer ? STYLE_SELECTED : STYLE_NORMAL,
			layer ? label : "x");
		draw_way_layer(step, forward, &way, layer, false);
		draw_way_layer(step, backward, &way, layer, true);
	}
}

/* ---- the table ---- */

struct table_place {
	bool shown[STEP_COLUMNS];
	bool signs; /* no column is left out, so that the rows read as formulas */
	int label;  /* columns of the row's name */
	int bars, bar_width;
	int end; /* columns of names, numbers and bars */
};

static struct table_place place_table(
	const struct drawn_step *step, const struct step_table *table, int width)
{
	struct table_place place = {.signs = true, .label = 5};
	char label[STEP_HEAD];
	step_row_label(step, table->rows - 1, label);
	if (step->phase.row->wide_labels)
		place.label = (int)strlen(label);
	int used = place.label;
	for (int i = 0; i < table->columns; i++) {
		place.shown[i] = true;
		used += NUMBER_COLUMNS + SIGN_COLUMNS;
	}
	for (int rank = STEP_COLUMNS; rank > 0 && used > width; rank--)
		for (int i = 0; i < table->columns && used > width; i++)
			if (table->column[i].rank == rank) {
				place.shown[i] = place.signs = false;
				used -= NUMBER_COLUMNS + SIGN_COLUMNS;
			}
	place.bars = (table->bar[0] >= 0) + (table->bar[1] >= 0);
	int room = place.bars > 0 ? (width - used - 2) / place.bars - ARROW_COLUMNS : 0;
	place.bar_width = min_int(room, width < COLUMNS_FOR_FACTORS ? BAR_MAX : BAR_MAX / 2);
	if (place.bar_width < BAR_MIN)
		place.bars = 0;
	place.end = used + 2 + place.bars * (place.bar_width + ARROW_COLUMNS);
	return place;
}

/* One bar for each of the bars' columns, on one linear scale. */
static void draw_bars(const struct drawn_step *step, const struct step_table *table,
	const struct table_place *place, struct area area, int row, double most)
{
	int x = 0;
	for (int i = 0; i < place->bars; i++) {
		double value = fabs(table->column[table->bar[i]].value(step, row));
		if (i > 0) {
			area_put(area, x + 1, 0, area.canvas->glyphs->arrow_right, STYLE_DIM);
			x += ARROW_COLUMNS;
		}
		plot_bar_right(area_sub(area, x, 0, place->bar_width, area.height),
			most > 0 ? value / most : 0, heat_style(heat_step(value)));
		x += place->bar_width;
	}
}

/* The heads (`row` -1), one row, or the root mean squares (`row` table->rows). */
static void draw_row(const struct drawn_step *step, const struct step_table *table,
	const struct table_place *place, struct area area, int row, double most)
{
	char label[STEP_HEAD] = "";
	int x = place->label;
	bool whole = row >= 0 && row < table->rows;
	if (whole)
		step_row_label(step, row, label);
	caption_right(area, place->label, 0, STYLE_DIM,
		row < 0     ? step->phase.row->row_head
			: whole ? label
					: "RMS");
	for (int i = 0; i < table->columns; i++) {
		const struct step_column *column = &table->column[i];
		if (!place->shown[i])
			continue;
		if (place->signs && column->sign[0] && whole)
			area_text(area, x + 1, 0, STYLE_DIM, column->sign);
		x += SIGN_COLUMNS + NUMBER_COLUMNS;
		if (row < 0)
			caption_right(area_sub(area, x - NUMBER_COLUMNS - 1, 0, NUMBER_COLUMNS + 1, 1),
				NUMBER_COLUMNS + 1, 0, STYLE_DIM, column->head);
		else if (whole)
			step_draw_number(area, x, column->value(step, row), !column->positive, STYLE_NORMAL);
		else
			step_draw_number(area, x, step_rms(step, column, table->rows), false, STYLE_TITLE);
	}
	if (whole)
		draw_bars(step, table, place, area_sub(area, x + 2, 0, area.width - x - 2, area.height),
			row, most);
}

static double largest(
	const struct drawn_step *step, const struct step_table *table, int from, int to)
{
	double most = 0;
	for (int i = 0; i < 2; i++)
		for (int row = from; row < to && table->bar[i] >= 0; row++) {
			double value = fabs(table->column[table->bar[i]].value(step, row));
			if (isfinite(value) && value > most)
				most = value;
		}
	return most;
}

/* As many rows as there is room for, under them how many are left out, and the RMS. */
static void draw_table(const struct drawn_step *step, struct area area)
{
	struct step_table table;
	step_table(step, &table);
	struct table_place place = place_table(step, &table, area.width);
	int below = (table.rms && area.height >= 5), rows = area.height - 1 - below;
	bool cut = rows < table.rows && rows > 2;
	int shown = min_int(table.rows, rows - cut),
		top = clamp_int(table.first, 0, table.rows - shown);
	if (shown < 1)
		return;
	double most = largest(step, &table, top, top + shown);
	draw_row(step, &table, &place, area_sub(area, 0, 0, area.width, 1), -1, most);
	for (int i = 0; i < shown; i++)
		draw_row(step, &table, &place, area_sub(area, 0, 1 + i, area.width, 1), top + i, most);
	int y = 1 + shown;
	if (cut)
		area_format(area, place.label, y++, STYLE_DIM, "… %d more", table.rows - shown);
	if (below)
		draw_row(step, &table, &place, area_sub(area, 0, y, area.width, 1), table.rows, most);
	step_draw_factors(
		step, area_sub(area, place.end, 0, area.width - place.end, area.height), shown);
}

/* ---- the pane ---- */

/* Rows of each block, from the top; 0: not shown. */
struct blocks {
	int way, formula, table, effect, terms, next, keys;
	int gap; /* blank rows after way, formula, table and effect */
};

static int take(int *room, int rows)
{
	int taken = min_int(*room, rows);
	*room -= taken;
	return taken;
}

/* Rows for a map of the units: a multiple of the most units of a layer, if there is room for one;
 * with the single row of the other direction. */
static int map_rows(const struct drawn_step *step, int room)
{
	int most = 1;
	for (int l = 1; l <= step->view->layers; l++)
		if (step->view->layer[l].units > most)
			most = step->view->layer[l].units;
	int rows = room >= most ? room / most * most : room;
	return 1 + (rows > 1 ? min_int(rows, MAP_MAX) - 1 : 0);
}

/* The formula with the numbers of the selected unit, or of the first row. */
static bool terms_of(const struct drawn_step *step, int width, char text[STEP_TEXT])
{
	struct step_table table;
	if (!step->phase.row->terms)
		return false;
	step_table(step, &table);
	bool units = strcmp(step->phase.row->row_head, "unit") == 0;
	return step->phase.row->terms(step, units ? step_unit(step, table.rows) : 0, width, text);
}

/* Rows of the whole picture, or of the table with its heads. */
static int rows_wanted(const struct drawn_step *step)
{
	struct step_table table;
	if (step->phase.row->picture)
		return step->phase.row->picture_rows(step);
	step_table(step, &table);
	return table.rows + 1 + table.rms;
}

static struct blocks blocks_of(const struct drawn_step *step, int height)
{
	struct blocks blocks = {0};
	char text[STEP_TEXT];
	int rows = rows_wanted(step), room = height;
	blocks.formula = take(&room, 1);
	blocks.effect = take(&room, 1);
	blocks.table = room >= 3 ? take(&room, min_int(4, rows)) : 0;
	blocks.way = room >= 2 ? take(&room, 2) : 0;
	blocks.terms = take(&room, terms_of(step, TERMS_WIDTH, text));
	if (blocks.table)
		blocks.table +=
			take(&room, clamp_int(min_int(rows, UNITS_FIRST + 2) - blocks.table, 0, rows));
	blocks.next = take(&room, 1);
	blocks.keys = take(&room, 1);
	for (int *gap = &blocks.gap; *gap < 4 && room > 0; ++*gap)
		room--;
	if (blocks.table)
		blocks.table += take(&room, rows - blocks.table > 0 ? rows - blocks.table : 0);
	if (step_sample(step, step->phase.layer)->time)
		blocks.way += blocks.way ? take(&room, 1) : 0;
	else if (blocks.way && room > 0)
		blocks.way += map_rows(step, take(&room, 1) ? room : 0);
	return blocks;
}

static void draw_formula(const struct drawn_step *step, struct area area)
{
	struct parts parts = {0};
	char formula[STEP_TEXT];
	const char *besides = step_besides(step);
	step->phase.row->formula(step, formula);
	parts_add(&parts, 0, STYLE_TITLE, "%s", formula);
	if (besides)
		parts_add(&parts, 1, STYLE_WARNING, "and %s, not taken apart here", besides);
	parts_add(&parts, 2, STYLE_DIM, "%s", step->phase.row->meaning(step));
	parts_draw(&parts, area, 0, 0);
}

static void draw_next(const struct drawn_step *step, struct area area)
{
	int index = step_index_after(step->before, step_index(step->before, step->phase), 1);
	struct drawn_step next = *step;
	char formula[STEP_TEXT];
	if (index < 0) {
		caption(
			area, 0, 0, STYLE_DIM, "this was the step; training goes on with the next minibatch");
		return;
	}
	next.phase = step_phase_at(step->before, index);
	next.phase.row->formula(&next, formula);
	int x = area_text(area, 0, 0, STYLE_DIM, "next: ");
	caption(area, x, 0, STYLE_NORMAL, formula);
}

static void draw_keys(struct area area)
{
	struct parts parts = {0};
	parts_add(&parts, 0, STYLE_DIM, "← → phase");
	parts_add(&parts, 1, STYLE_DIM, "↑ ↓ layer");
	parts_add(&parts, 2, STYLE_DIM, "n next sample");
	parts_draw(&parts, area, 0, 0);
}

static void draw_phase(const struct drawn_step *step, struct area area)
{
	struct blocks blocks = blocks_of(step, area.height);
	char text[STEP_TEXT];
	int y = 0, gaps = blocks.gap;
	if (blocks.way) {
		draw_way(step, area_sub(area, 0, y, area.width, blocks.way));
		y += blocks.way + (gaps-- > 0);
	}
	draw_formula(step, area_sub(area, 0, y, area.width, 1));
	y += blocks.formula + (gaps-- > 0);
	struct area table = area_sub(area, 0, y, area.width, blocks.table);
	if (step->phase.row->picture)
		step->phase.row->picture(step, table);
	else
		draw_table(step, table);
	y += blocks.table + (gaps-- > 0);
	if (blocks.effect) {
		struct parts effect = {0};
		step_effect(step, &effect);
		parts_draw(&effect, area, 0, y++);
	}
	if (blocks.terms && terms_of(step, area.width, text))
		caption(area, 0, y++, STYLE_NORMAL, text);
	y += gaps > 0;
	if (blocks.next)
		draw_next(step, area_sub(area, 0, y++, area.width, 1));
	if (blocks.keys)
		draw_keys(area_sub(area, 0, area.height - 1, area.width, 1));
}

static void draw_run(const struct picture *picture, struct area area, const struct picture *other)
{
	(void)other;
	struct drawn_step step;
	if (step_of(picture, &step))
		draw_phase(&step, area);
	else
		caption_sentence(area, STYLE_DIM,
			!step_has_formulas(&picture->frame) ? "One step in slow motion: not for these layers"
				: picture->frame.data && picture->frame.record
				? "One step in slow motion: for the present epoch, and for past "
				  "ones whose weights are kept"
				: "waiting for the first epoch");
}

static void step_title(const struct picture *picture, char *out, int size)
{
	struct drawn_step step;
	char label[LAYER_LABEL], time[LAYER_LABEL] = "";
	if (!step_of(picture, &step)) {
		snprintf(out, (size_t)size, "step");
		return;
	}
	enum step_part part = step_part_of(step.phase.row);
	layer_label(label, step.phase.layer, step.view->layers);
	if (step_layer(&step)->cell && (part == STEP_FORWARD || part == STEP_BACK))
		snprintf(time, sizeof(time), ", t%d", step_time(&step) + 1);
	snprintf(out, (size_t)size, "step · %d of %d · %s · layer %s%s · sample %d of %d",
		step_index(step.before, step.phase) + 1, step_count(step.before), step.phase.row->name,
		label, time, step.view->sample + 1, step.view->samples);
}

static struct probe_wish wish_of(const struct picture *picture, struct area area)
{
	(void)area;
	return (struct probe_wish){.weights = true, .step = true, .sample = picture->view->sample};
}

static const struct halves_way way = {{30, 8, 30, 8}, true, draw_run, wish_of};

static void step_draw(const struct picture *picture, struct area area)
{
	halves_draw(&way, picture, area);
}

static struct probe_wish step_wish(const struct picture *picture, struct area area)
{
	return halves_wish(&way, picture, area);
}

static struct probe_wish step_pinned_wish(const struct picture *picture, struct area area)
{
	return halves_pinned_wish(&way, picture, area);
}

static bool step_across(const struct picture *picture, int by, struct view *view)
{
	struct drawn_step step;
	if (!step_of(picture, &step))
		return true; /* the pane says why it has no phases, or will have some in a moment */
	int index = step_index_after(step.before, step_index(step.before, step.phase), by);
	if (index >= 0)
		step_view_phase(picture, step_phase_at(step.before, index), view);
	return index >= 0;
}

/* clang-format off */
const struct pane pane_step = {
	.name = "step",
	.help = "one sample forward, back and the update, phase by phase with its numbers",
	.guide = "One sample of the next minibatch goes through the network as it is now. Left and "
		"right go through the phases and pause the run, up and down go through the layers, n "
		"takes another sample; Enter goes from phase to phase by itself, and stops. "
		"Forward: z = W a + b, then a = f(z). At the output the loss L compares the answer p with "
		"the target t. Backward: delta = dL/dz; from layer to layer it is multiplied by the "
		"weights and by the slope f'(z). The gradient of a weight is the delta of its unit times "
		"the input that it multiplies: a matrix, row by row the units. The update takes the mean "
		"gradient over the minibatch; eta is the learning rate. RMS is the root of the mean "
		"square of a column. The row 'RMS delta' has the colour of each layer's error, dark is "
		"small; outputs have colours from 0 to 1, as in pane units; a dot is not reached yet. In a "
		"wide pane the weights stand beside their sums, above them what they are multiplied with. "
		"A recurrent layer goes through its time steps: u = W x + V h + b with the state h of the "
		"step before, then h = f(u); LSTM and GRU first their gates. Back, dL/dh of a step comes "
		"through the same V from the step after; delta = dL/du. The gradients of W and V are sums "
		"over all steps. Of a long sequence left and right show the first and last three steps, "
		"up and down every one. "
		"Of a convolution one channel is shown: a patch times the kernel at the place of its "
		"largest z, then its map of z, a and f'(z); back, its map of delta, and the gradient of "
		"its kernel, a sum over all places. ( and ) choose the unit or channel that is "
		"written out. "
		"Bars of a table have one linear scale. A pinned run goes "
		"through the same phase beside it, while both are paused with the same sample.",
	.numbers = "z; a; L; δ; dW; W; u; h; dL/dh; patch, product",
	.minimum_width = 30, .minimum_height = 6,
	.title = step_title, .draw = step_draw, .wish = step_wish,
	.pinned_wish = step_pinned_wish, .across = step_across, .plays = true,
};
/* clang-format on */
