/* Network: every unit as a cell in the colour of its error signal, activity, slope or change.
 *
 * A layer is a column, from the input on the left to the output on the right; cells are stretched
 * to the room. In very deep networks a column is several layers, in very wide ones a cell several
 * units.
 */
#include "network.h"
#include "halves.h"
#include "nn/bounds.h"
#include "nn/elementary.h"
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
	ROWS_FOR_LABELS = 3,
	ROWS_FOR_LEGEND = 5,
	ROWS_FOR_LAYER = 7,
	ROWS_FOR_WEIGHTS = 11,
	COLUMNS_FOR_GAPS = 3, /* of one layer */
	UNEVEN = 8,           /* columns of unequal width rather than 1/8 of the room unused */
	UPPER_HALF = 0x2580,
	LOWER_HALF = 0x2584,
};

/* Where the units are drawn. A slot is a row, or half of one. */
struct map {
	struct area area;
	int columns;  /* of layers, the inputs included */
	int width;    /* of the columns together */
	int inputs;   /* units of the inputs' column; 0: none is drawn */
	int a_column; /* layers of one column */
	int gap;      /* blank columns after one of layers */
	bool paired;  /* two slots a row */
	int slots;    /* of the largest layer */
	int most;     /* cells of it */
	int a_cell;   /* units of one cell, if not all of them have their own; else 1 */
	int slot_gap; /* blank slots between two cells */
};

static void network_title(const struct picture *picture, char *out, int size)
{
	snprintf(out, (size_t)size, "network · %s", network_quantity(picture)->title);
}

static int step_of(const struct network *network, double value)
{
	return network->shown->share ? heat_step_of_share(value) : heat_step(value);
}

/* ---- the map ---- */

static struct map map_of(const struct network *network, struct area area)
{
	struct map map = {.area = area, .a_column = 1, .paired = heat_has_pairs(area), .a_cell = 1};
	int most = 1, inputs = network_inputs(network);
	for (int l = 1; l <= network->layers; l++)
		most = network_units(network, l) > most ? network_units(network, l) : most;
	if (area.width < 1)
		return map;
	map.slots = map.paired ? 2 * area.height : area.height;
	if (most > map.slots && map.slots > 0)
		map.a_cell = (most + map.slots - 1) / map.slots;
	map.most = (most + map.a_cell - 1) / map.a_cell;
	map.slot_gap = map.slots / map.most > 2;
	map.a_column = (network->layers + area.width - 1) / area.width;
	map.columns = (network->layers + map.a_column - 1) / map.a_column;
	if (area.width / (map.columns + 1) >= COLUMNS_FOR_GAPS && inputs > 0 && inputs <= map.most) {
		map.inputs = inputs;
		map.columns++;
	}
	map.gap = area.width / map.columns >= COLUMNS_FOR_GAPS;
	int left_over = area.width % map.columns;
	map.width = left_over * UNEVEN < area.width ? area.width - left_over : area.width;
	return map;
}

/* The first column of the area that belongs to one of layers; that of map.columns is the end. */
static int column_start(const struct map *map, int column)
{
	return (map->area.width - map->width) / 2 + column * map->width / map->columns;
}

static int column_end(const struct map *map, int column)
{
	return column_start(map, column + 1) - map->gap;
}

/* The column of a layer; 0: the inputs. */
static int column_of(const struct map *map, int layer)
{
	return map->inputs ? layer : (layer - 1) / map->a_column;
}

/* The first slot of a cell, from 0, in a layer of so many units, which is drawn in the middle. */
static int slot_of(const struct map *map, int units, int cell)
{
	int cells = (units + map->a_cell - 1) / map->a_cell, top = (map->most - cells) * map->slots;
	return (top + 2 * cell * map->slots) / (2 * map->most);
}

/* What a slot stands for: units, those with a value, and the sum of its squares. */
struct slot_sum {
	int units, recorded;
	double squares;
};

/* The cell of a layer of so many units that a slot belongs to, from 0; -1: none, a gap. */
static int cell_of(const struct map *map, int units, int slot)
{
	int first = slot_of(map, units, 0);
	int cell = slot < first ? -1 : (slot - first) * map->most / map->slots;
	while (cell >= 0 && slot >= slot_of(map, units, cell + 1))
		cell++;
	return cell >= 0 && slot < slot_of(map, units, cell + 1) - map->slot_gap &&
			cell * map->a_cell < units
		? cell
		: -1;
}

static void add_layer(
	const struct network *network, const struct map *map, int layer, int slot, struct slot_sum *sum)
{
	int units = network_units(network, layer), cell = cell_of(map, units, slot);
	if (cell < 0)
		return;
	int unit = cell * map->a_cell;
	for (int i = 0; i < map->a_cell && unit + i < units; i++) {
		double value = network_value(network, layer, unit + i + 1);
		sum->units++;
		if (record_is_nothing((float)value))
			continue;
		sum->recorded++;
		sum->squares += value * value;
	}
}

/* The colour of a slot, by the root mean square of its units; false if it has none. */
static bool slot_step(
	const struct network *network, const struct map *map, int column, int slot, int *step)
{
	struct slot_sum sum = {0};
	int first = (column - (map->inputs > 0)) * map->a_column;
	for (int l = first; l < first + map->a_column && l < network->layers; l++)
		add_layer(network, map, l + 1, slot, &sum);
	*step = sum.recorded ? step_of(network, sqrt(sum.squares / sum.recorded)) : HEAT_NONE;
	return sum.units > 0;
}

/* One of two slots in a cell; the other one is blank. */
static void put_half(struct area area, int x, int y, uint32_t half, int step)
{
	if (step < 0)
		heat_cell(area, x, y, step);
	else
		area_put(area, x, y, half, heat_style(step));
}

/* The layer that a column stands for: the selected one, or its first. */
static int layer_of(const struct network *network, const struct map *map, int column)
{
	return column_of(map, network->layer) == column
		? network->layer
		: (column - (map->inputs > 0)) * map->a_column + 1;
}

static void draw_cell(const struct network *network, const struct map *map, int column, int y)
{
	int upper, lower, start = column_start(map, column), end = column_end(map, column);
	int slot = map->paired ? 2 * y : y;
	bool above = slot_step(network, map, column, slot, &upper), below = above;
	lower = upper;
	if (map->paired)
		below = slot_step(network, map, column, slot + 1, &lower);
	for (int x = start; x < end; x++)
		if ((above && upper == HEAT_NONE) || (below && lower == HEAT_NONE))
			area_put(map->area, x, y, map->area.canvas->glyphs->point[0], STYLE_DIM);
		else if (above && below)
			heat_pair(map->area, x, y, upper, lower);
		else if (above || below)
			put_half(map->area, x, y, above ? UPPER_HALF : LOWER_HALF, above ? upper : lower);
}

/* The row of a unit of a layer of so many units. */
static int row_of(const struct map *map, int units, int unit)
{
	int cell = (unit - 1) / map->a_cell;
	int slot = (slot_of(map, units, cell) + slot_of(map, units, cell + 1) - map->slot_gap - 1) / 2;
	return map->paired ? slot / 2 : slot;
}

/* The unit that a row stands for: the one whose arrow would be there, else one that is seen there;
 * 0: none. */
static int unit_of_row(const struct map *map, int units, int y)
{
	int slots = map->paired ? 2 : 1, seen = 0;
	for (int slot = slots * y; slot < slots * (y + 1); slot++) {
		int unit = cell_of(map, units, slot) * map->a_cell + 1;
		if (unit > 0 && row_of(map, units, unit) == y)
			return unit;
		seen = unit > 0 ? unit : seen;
	}
	return seen;
}

static void set_target(const struct network *network, const struct map *map, int column, int y)
{
	int layer = layer_of(network, map, column), start = column_start(map, column);
	area_target(area_sub(map->area, start, y, column_start(map, column + 1) - start, 1),
		(struct target){
			.layer = layer_row(network->picture, layer),
			.unit = unit_of_row(map, network_units(network, layer), y),
		});
}

static void draw_inputs(const struct map *map)
{
	int x = (column_start(map, 0) + column_end(map, 0) - 1) / 2;
	for (int i = 1; i <= map->inputs; i++)
		area_put(map->area, x, row_of(map, map->inputs, i), map->area.canvas->glyphs->point[1],
			STYLE_DIM);
}

/* Signs of the selected unit's weights, each beside the unit that it comes from, if each unit
 * before has one weight. */
static void draw_signs(const struct network *network, const struct map *map)
{
	const real *weight = network_weights(network, network->layer, network->unit);
	int from = network->layer - 1, units = from ? network_units(network, from) : map->inputs;
	if (!weight || !map->gap || map->a_cell > 1 || (from == 0 && !map->inputs) ||
		units != network_weight_count(network, network->layer))
		return;
	for (int i = 0; i < units; i++)
		area_put(map->area, column_end(map, column_of(map, from)), row_of(map, units, i + 1),
			weight[i] > 0       ? '+'
				: weight[i] < 0 ? '-'
								: '0',
			weight[i] < 0 ? STYLE_BAR : STYLE_SECOND);
}

static void draw_selected_unit(const struct network *network, const struct map *map)
{
	if (!network->unit)
		return;
	int column = column_of(map, network->layer);
	int x = map->gap ? column_end(map, column) : column_end(map, column) - 1;
	area_put(map->area, x, row_of(map, network_units(network, network->layer), network->unit),
		map->area.canvas->glyphs->arrow_left, STYLE_SELECTED);
	draw_signs(network, map);
}

static void draw_map(const struct network *network, const struct map *map)
{
	if (map->inputs)
		draw_inputs(map);
	for (int column = map->inputs > 0; column < map->columns; column++)
		for (int y = 0; y < map->area.height; y++) {
			draw_cell(network, map, column, y);
			set_target(network, map, column, y);
		}
	draw_selected_unit(network, map);
}

/* ---- labels ---- */

/* Writes a label in the middle of columns start to end if it is free there. */
static bool put_label(struct area area, int start, int end, enum style style, const char *label)
{
	int width = glyphs_text_width(area.canvas->glyphs, label);
	int x = clamp_int((start + end - width + (width > end - start)) / 2, 0, area.width - width);
	for (int i = x - 1; i <= x + width; i++) {
		uint32_t code = area_code(area, i, 0);
		if (code != ' ' && code != 0)
			return false;
	}
	return caption(area, x, 0, style, label);
}

static void draw_label(
	const struct network *network, const struct map *map, struct area area, int layer)
{
	char label[LAYER_LABEL];
	int column = column_of(map, layer);
	bool selected = layer == network->layer;
	layer_label(label, layer, network->layers);
	put_label(area, column_start(map, column), column_end(map, column),
		selected ? STYLE_SELECTED : STYLE_DIM, label);
	if (selected && !area.canvas->cursor.item)
		area_cursor(area, column_start(map, column), 0);
}

/* Layers from one label to the next: a round number, so that labels do not touch. */
static int label_every(const struct network *network, const struct map *map)
{
	static const int round[] = {1, 2, 5, 10, 20, 50, 100};
	int digits = network->layers > 100 ? 3 : network->layers > 10 ? 2 : 1;
	for (size_t i = 0; i < sizeof(round) / sizeof(round[0]); i++)
		if (round[i] * map->width / (map->columns * map->a_column) >= digits + (i > 0))
			return round[i];
	return network->layers;
}

/* The selected layer and the ends first; other labels where they leave room. */
static void draw_labels(const struct network *network, const struct map *map, struct area area)
{
	int every = label_every(network, map);
	for (int column = map->inputs > 0; column < map->columns; column++) {
		int start = column_start(map, column);
		area_target(area_sub(area, start, 0, column_start(map, column + 1) - start, 1),
			(struct target){.layer = layer_row(network->picture, layer_of(network, map, column))});
	}
	draw_label(network, map, area, network->layer);
	draw_label(network, map, area, network->layers);
	draw_label(network, map, area, 1);
	if (map->inputs)
		put_label(area, column_start(map, 0), column_end(map, 0), STYLE_DIM, "in");
	for (int layer = every; layer < network->layers; layer += every)
		if (layer != network->layer && layer > 1)
			draw_label(network, map, area, layer);
}

/* ---- words ---- */

static void draw_legend(
	const struct network *network, const struct map *map, struct area area, int y)
{
	struct parts parts = {0};
	int x = network->shown->share ? heat_legend_of_share(area, 0, y) : heat_legend(area, 0, y);
	if (map->a_column > 1)
		parts_add(&parts, 0, STYLE_DIM, "%d layers a column", map->a_column);
	if (map->a_cell > 1)
		parts_add(&parts, 0, STYLE_DIM, "%d units a cell", map->a_cell);
	if (!network->detail && detail_forgotten(network->picture))
		parts_add(&parts, 0, STYLE_DIM, "units not kept: layers");
	if (strcmp(network->shown->name, "delta") == 0)
		parts_add(&parts, 1, STYLE_DIM, "dark: no error signal");
	parts_draw(&parts, area, x ? x + 2 : 0, y);
}

/* The layer as a whole. The record has a row for each time step; units have their number over all
 * steps, and so has the layer in these words. */
static double whole_value(const struct network *network)
{
	const struct layer_model *model = model_layer(network->picture->frame.model, network->layer);
	int units = network_units(network, network->layer);
	double squares = 0;
	if (!model || model->steps < 2 || !network->detail ||
		network->layer > network->detail->layers || units < 1)
		return network_layer_value(network, network->layer);
	for (int i = 1; i <= units; i++) {
		double value = network_value(network, network->layer, i);
		squares += value * value;
	}
	return sqrt(squares / units);
}

/* Numbers of the layer: its own, and the range of its units. */
static void draw_layer_line(const struct network *network, struct area area, int y)
{
	struct parts parts = {0};
	char number[PLOT_NUMBER], last[PLOT_NUMBER], label[LAYER_LABEL];
	const char *symbol = network->shown->symbol;
	double low = INFINITY, high = -INFINITY, value = whole_value(network);
	bool output = network->layer == network->layers;
	for (int i = 1; i <= network_units(network, network->layer); i++) {
		low = min_f64(low, network_value(network, network->layer, i));
		high = max_f64(high, network_value(network, network->layer, i));
	}
	layer_label(label, network->layer, network->layers);
	if (record_is_nothing((float)value))
		snprintf(number, sizeof(number), "-");
	else
		plot_number(number, value);
	parts_add(
		&parts, 0, STYLE_NORMAL, "%s%s: %s %s", output ? "" : "layer ", label, symbol, number);
	plot_number(number, low);
	plot_number(last, high);
	if (low < high)
		parts_add(&parts, 1, STYLE_DIM, "units %s to %s", number, last);
	parts_draw(&parts, area, 0, y);
}

static void add_number(struct parts *parts, int rank, const char *name, double value)
{
	char number[PLOT_NUMBER];
	if (record_is_nothing((float)value))
		return;
	plot_number(number, value);
	parts_add(parts, rank, isfinite(value) ? STYLE_NORMAL : STYLE_ALARM, "%s %s", name, number);
}

/* The signals of the selected unit. A single output's are those of its layer. */
static void draw_unit_line(const struct network *network, struct area area, int y)
{
	struct parts parts = {0};
	int l = network->layer - 1, unit = network->unit - 1;
	char label[LAYER_LABEL];
	layer_label(label, network->layer, network->layers);
	parts_add(&parts, 0, STYLE_SELECTED, "%s%s, unit %d",
		network->layer < network->layers ? "layer " : "", label, network->unit);
	parts_shorten(&parts, "%s/%d", label, network->unit);
	const struct layer_record *row = record_layer(network->record, l + 1);
	if (network->detail && l < network->detail->layers) {
		const struct layer_detail *units = &network->detail->layer[l];
		add_number(&parts, 1, "RMS δ", (double)units->delta[unit]);
		add_number(&parts, 2, "z", (double)units->z[unit]);
		add_number(&parts, 3, "a", (double)units->activity[unit]);
		add_number(&parts, 4, "f′", (double)units->derivative[unit]);
	} else if (network_units(network, network->layer) == 1) {
		add_number(&parts, 1, "RMS δ", (double)row->delta_rms);
		add_number(&parts, 2, "z", (double)row->z_mean);
	} else
		parts_add(&parts, 1, STYLE_DIM, "signals of units not kept");
	parts_draw(&parts, area, 0, y);
}

static bool is_past(const struct network *network)
{
	const struct history *history = network->picture->frame.history.all;
	const struct record *newest = history ? history_newest(history) : NULL;
	return newest && network->record->epoch < newest->epoch;
}

static void draw_weights_line(const struct network *network, struct area area, int y)
{
	struct parts parts = {0};
	const real *weight = network_weights(network, network->layer, network->unit);
	int inputs = network_weight_count(network, network->layer), positive = 0;
	double squares = 0;
	if (!weight && network->net) {
		parts_add(&parts, 0, STYLE_DIM, "a unit with time steps has weights in two matrices");
		parts_shorten(&parts, "weights in two matrices");
		parts_draw(&parts, area, 0, y);
		return;
	}
	if (!weight) {
		parts_add(&parts, 0, STYLE_DIM, "%s",
			is_past(network) ? "weights not kept for this epoch" : "weights not known yet");
		parts_shorten(&parts, "weights not known");
		parts_draw(&parts, area, 0, y);
		return;
	}
	for (int i = 0; i < inputs; i++) {
		positive += weight[i] > 0;
		squares += (double)weight[i] * (double)weight[i];
	}
	const struct net_layer *layer = net_layer_of(network->net, network->layer);
	if (layer->bias)
		add_number(&parts, 1, "bias", (double)layer->bias[network->unit - 1]);
	parts_add(&parts, 0, STYLE_NORMAL, "%d of %d weights > 0", positive, inputs);
	add_number(&parts, 2, "RMS", sqrt(squares / inputs));
	parts_draw(&parts, area, 0, y);
}

/* The weights themselves, as many as fit. */
static void draw_weights(const struct network *network, struct area area, int y)
{
	enum { WORD = 12 };
	const real *weight = network_weights(network, network->layer, network->unit);
	int inputs = network_weight_count(network, network->layer);
	if (!weight)
		return;
	int x = area_text(area, 0, y, STYLE_DIM, "w ");
	for (int i = 0; i < inputs; i++) {
		char text[WORD + PLOT_NUMBER];
		snprintf(text, sizeof(text), "%+.2f", (double)weight[i]);
		int width = (int)strlen(text), room = i + 1 < inputs ? 2 : 0;
		if (x + width + room > area.width) {
			area_text(area, x, y, STYLE_DIM, "..");
			return;
		}
		area_text(area, x, y, weight[i] < 0 ? STYLE_BAR : STYLE_SECOND, text);
		x += width + 1;
	}
}

static void draw_words(const struct network *network, const struct map *map, struct area area)
{
	int y = 0;
	if (area.height > 1 && !network->unit)
		draw_layer_line(network, area, y++);
	if (network->unit && area.height > 0)
		draw_unit_line(network, area, y++);
	if (network->unit && area.height > 1)
		draw_weights_line(network, area, y++);
	if (network->unit && area.height > 2)
		draw_weights(network, area, y++);
	if (y < area.height)
		draw_legend(network, map, area, y);
}

static int rows_of_words(const struct network *network, int height)
{
	if (network->unit && height >= ROWS_FOR_WEIGHTS)
		return 4;
	return height >= ROWS_FOR_LAYER ? 2 : height >= ROWS_FOR_LEGEND;
}

static void draw_run(const struct picture *picture, struct area area, const struct picture *other)
{
	(void)other;
	const struct record *record = picture->frame.record;
	if (!record || !record->layers) {
		caption_sentence(area, STYLE_DIM,
			record ? "layers not kept for this epoch" : "waiting for the first epoch");
		return;
	}
	struct network network = network_of(picture);
	int words = rows_of_words(&network, area.height), labels = area.height >= ROWS_FOR_LABELS;
	struct map map =
		map_of(&network, area_sub(area, 0, labels, area.width, area.height - labels - words));
	if (map.columns < 1 || map.area.height < 1)
		return;
	if (labels)
		draw_labels(&network, &map, area);
	draw_map(&network, &map);
	draw_words(&network, &map, area_sub(area, 0, area.height - words, area.width, words));
}

/* Weights are asked for only when they are shown. */
static struct probe_wish wish_of(const struct picture *picture, struct area area)
{
	(void)area;
	bool change = strcmp(network_quantity(picture)->name, "change") == 0;
	return (struct probe_wish){.weights = change || picture->view->unit > 0};
}

static const struct halves_way way = {{20, 5, 20, 5}, true, draw_run, wish_of};

static void network_draw(const struct picture *picture, struct area area)
{
	halves_draw(&way, picture, area);
}

static struct probe_wish network_wish(const struct picture *picture, struct area area)
{
	return halves_wish(&way, picture, area);
}

static struct probe_wish network_pinned_wish(const struct picture *picture, struct area area)
{
	return halves_pinned_wish(&way, picture, area);
}

/* clang-format off */
const struct pane pane_network = {
	.name = "network",
	.help = "every unit of every layer, in the colour of its error signal; U shows other numbers",
	.guide = "Each column is a layer, the input on the left, each block a unit. Its colour is the "
		"root mean square over the samples of delta = dL/dz, the unit's error signal, on one scale "
		"in all panes: dark at 1e-8 and below, light towards 1 and above. Where the columns grow "
		"dark towards the input, the gradient vanishes. U goes on to the mean |a| (activity), the "
		"mean |f'(z)| (slope), both from 0 to 1, and |W - W0| / |W0|, how far the unit's incoming "
		"weights are from their initial values (change). The output layer has the number of the "
		"layer as a whole, and so has every layer where units are not kept. Several units or "
		"layers in one cell show the root mean square of their numbers. ( and ) select a unit: an "
		"arrow points at it, + and - are the signs of its weights, each beside the unit it "
		"comes from; below are its delta, mean z, mean |a| and mean |f'|, its bias and its "
		"weights. A pinned run has a network of its own; both have the layer and unit of the "
		"same number.",
	.numbers = "delta_rms; δ of a unit; z, |a|, |f'| of a unit; moved; bias, weights",
	.minimum_width = 20, .minimum_height = 5,
	.title = network_title, .draw = network_draw, .wish = network_wish,
	.pinned_wish = network_pinned_wish,
};
/* clang-format on */
