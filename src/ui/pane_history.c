/* History: a map of the run. Rows are layers or time steps, the output layer on top; columns are
 * epochs.
 *
 * The map never scrolls: the whole run fits, and a new epoch changes only the last column. So what
 * a column stands for doubles when the map is full: 1, 2, 4, ... epochs; in a short run an epoch
 * has 8, 4 or 2 columns. A column shows its first epoch with layers, the last one the newest epoch.
 */
#include "halves.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
	LABELS = 5, /* columns of a row's label */
	COLUMNS_FOR_LABELS = 16,
	ROWS_FOR_MARKS = 4, /* of the pane, from which on it has a row for changes of settings */
	ROWS_FOR_AXIS = 3,
	ROWS_FOR_LEGEND = 12,
	PAIR_ROWS = 3, /* least rows of each map of two runs */
	PAIR_COLUMNS = 24,
	EPOCH_LABEL = 24,
	NONE = -1,
};

struct shown {
	const char *name, *symbol;
	size_t offset;
	double scale;           /* makes it a magnitude for the ramp */
	bool dead;              /* a share of units that get no signal: the larger, the darker */
	const char *low, *high; /* beside the ends of the ramp */
	const char *reading;    /* how to read it, below the map; NULL: nothing */
};

#define GRADIENT 1, false, "1e-8 ", " 1", "dark: no signal"

/* The ramp of the output ends a little above the 1 that usual initializations aim at. */
/* clang-format off */
static const struct shown quantities[] = {
	{"rms", "RMS ∂L/∂W", offsetof(struct layer_record, grad_rms), GRADIENT},
	{"delta", "RMS δ = ∂L/∂z", offsetof(struct layer_record, delta_rms), GRADIENT},
	{"output", "deviation of a", offsetof(struct layer_record, a_std), 0.1, false,
		"1e-7 ", " 1e1", "one shade: variance kept"},
	{"update", "|ΔW|/|W| of a step", offsetof(struct layer_record, update_ratio), GRADIENT},
	{"change", "change since the start", offsetof(struct layer_record, change), 0.01, false,
		"1e-8 ", " 1", NULL},
	{"dead", "dead units", offsetof(struct layer_record, dead), 1, true,
		"all dead ", " none", NULL},
};
/* clang-format on */

/* In place of what is the same at all time steps, because they share their weights. */
static const struct shown of_state = {
	"delta", "RMS ∂L/∂h", offsetof(struct layer_record, delta_rms), GRADIENT};

static bool through_time(const struct picture *picture)
{
	return picture->frame.record && has_steps(picture->frame.record);
}

static bool is_of_weights(const struct shown *shown)
{
	return shown->offset == offsetof(struct layer_record, grad_rms) ||
		shown->offset == offsetof(struct layer_record, update_ratio) ||
		shown->offset == offsetof(struct layer_record, change);
}

static const struct shown *quantity_find(const struct picture *picture)
{
	for (size_t i = 0; i < sizeof(quantities) / sizeof(quantities[0]); i++)
		if (strcmp(quantities[i].name, picture->view->history) == 0)
			return &quantities[i];
	return &quantities[0];
}

static const struct shown *shown_find(const struct picture *picture)
{
	const struct shown *shown = quantity_find(picture);
	bool of_layer = is_of_weights(shown) || strcmp(shown->name, of_state.name) == 0;
	return through_time(picture) && of_layer ? &of_state : shown;
}

/* The newest record that has layers; NULL: none has. */
static const struct record *newest_with_rows(const struct history *history)
{
	for (int i = history ? history_count(history) - 1 : -1; i >= 0; i--)
		if (history_at(history, i)->rows > 0)
			return history_at(history, i);
	return NULL;
}

static void history_title(const struct picture *picture, char *out, int size)
{
	snprintf(out, (size_t)size, "history · %s · %s × epoch", shown_find(picture)->symbol,
		through_time(picture) ? "time step" : "layer");
}

/* How the run is laid out. A bin has so many epochs and is so many columns wide, both powers of two
 * of which one is 1; it shows the record with index shown_by[bin] of the history. */
struct map {
	const struct history *history;
	const struct shown *shown;
	int64_t first, last; /* epochs */
	int64_t end;         /* of the axis: the last epoch of both runs if there are two */
	bool paired;         /* one of two: marks and axis need more rows */
	bool axis;           /* the epochs are written below it */
	int64_t epochs;      /* of a bin */
	int across;          /* columns of a bin */
	int bins, columns;
	int labels; /* columns to the left of the map */
	int rows;   /* of a record: layers, or time steps of layers that have some */
	/* some columns from one epoch to another have no layers of their own: at most one of so many
	 * epochs is kept there; 0: all have */
	int64_t nearest, thin_from, thin_to;
	int shown_by[CANVAS_COLUMNS_MAX];
};

static int bin_of(const struct map *map, int64_t epoch)
{
	return (int)((epoch - map->first) / map->epochs);
}

/* The first column of an epoch, or the one it is in. */
static int column_of(const struct map *map, int64_t epoch)
{
	return bin_of(map, epoch) * map->across;
}

static int64_t first_epoch(const struct map *map, int bin)
{
	return map->first + bin * map->epochs;
}

/* The index in the history of the record that a column shows. */
static int index_at(const struct map *map, int column)
{
	return map->shown_by[column / map->across];
}

/* The widest bins, or those of the fewest epochs, that fit. The history thins its records by powers
 * of two as well, so that columns keep what they show, and a frame sends the last one alone. */
static void lay_out(struct map *map, int width)
{
	enum { WIDEST = 8 };
	const int64_t most = (int64_t)1 << 62, after_first = map->end - map->first;
	map->epochs = 1;
	map->across = WIDEST;
	while (map->across > 1 && after_first >= width / map->across)
		map->across /= 2;
	while (after_first / map->epochs >= width / map->across && map->epochs < most)
		map->epochs *= 2;
	map->bins = min_int(bin_of(map, map->last) + 1, width);
	map->columns = map->bins * map->across;
}

/* The record of each bin that has one with layers. */
static void find_own(struct map *map)
{
	for (int bin = 0; bin < map->bins; bin++)
		map->shown_by[bin] = NONE;
	for (int i = 0; i < history_count(map->history); i++) {
		const struct record *record = history_at(map->history, i);
		int bin = bin_of(map, record->epoch);
		if (record->layers > 0 && (map->shown_by[bin] == NONE || bin == map->bins - 1))
			map->shown_by[bin] = i;
	}
}

static int64_t distance(const struct map *map, int bin, int index)
{
	int64_t epoch = first_epoch(map, bin), other = history_at(map->history, index)->epoch;
	return epoch > other ? epoch - other : other - epoch;
}

/* Between the records `before` and `next` (NONE: there is none) are columns without their own. */
static void note_gap(struct map *map, int before, int next)
{
	int64_t from = before == NONE ? map->first : history_at(map->history, before)->epoch;
	int64_t to = next == NONE ? map->last : history_at(map->history, next)->epoch;
	if (map->nearest == 0)
		map->thin_from = from;
	map->thin_to = to;
	map->nearest = to - from > map->nearest ? to - from : map->nearest;
}

/* Bins without a record of their own take that of the nearest epoch. */
static void fill_gaps(struct map *map)
{
	int before = NONE;
	for (int bin = 0; bin < map->bins; bin++) {
		if (map->shown_by[bin] != NONE) {
			before = map->shown_by[bin];
			continue;
		}
		int after = bin;
		while (after < map->bins && map->shown_by[after] == NONE)
			after++;
		int next = after < map->bins ? map->shown_by[after] : NONE;
		note_gap(map, before, next);
		for (; bin < after; bin++)
			map->shown_by[bin] = before == NONE                         ? next
				: next == NONE                                          ? before
				: distance(map, bin, next) < distance(map, bin, before) ? next
																		: before;
		bin--;
	}
}

/* Rows of the records now, or of an earlier network of up to twice as many. */
static int rows_shown(const struct history *history)
{
	int now = 0, most = 0;
	for (int i = 0; i < history_count(history); i++) {
		int rows = history_at(history, i)->rows;
		now = rows > 0 ? rows : now;
		most = rows > most ? rows : most;
	}
	return most <= 2 * now ? most : now;
}

/* The record's row in line `line` of `lines`, both counted from below. Lines stretch over all rows;
 * if there are too few, rows are left out evenly, but never the first and the last. */
static int row_of_line(const struct map *map, int line, int lines)
{
	if (lines >= map->rows)
		return 1 + line * map->rows / lines;
	return lines < 2 ? 1 : 1 + (line * (map->rows - 1) + (lines - 1) / 2) / (lines - 1);
}

/* An earlier network with fewer layers has blank rows under its output layer. */
static int step_of(const struct map *map, int c, int row)
{
	const struct record *record = history_at(map->history, index_at(map, c));
	if (row == map->rows)
		row = record->rows;
	else if (row >= record->rows)
		return HEAT_NONE;
	float value = row_value(record, row, map->shown->offset);
	if (record_is_nothing(value))
		return HEAT_NONE;
	return map->shown->dead ? heat_step_of_share(1 - (double)value)
							: heat_step((double)value * map->shown->scale);
}

/* Each column stands for the epoch that it shows. */
static void set_epochs(const struct map *map, struct area area)
{
	for (int x = 0; x < map->columns; x++)
		area_target(area_sub(area, x, 0, 1, area.height),
			(struct target){
				.has_epoch = true, .epoch = history_at(map->history, index_at(map, x))->epoch});
}

static void draw_cells(const struct map *map, struct area area, bool pairs)
{
	int rows = pairs ? 2 * area.height : area.height;
	for (int y = 0; y < area.height; y++) {
		int upper = row_of_line(map, rows - 1 - (pairs ? 2 * y : y), rows);
		int lower = pairs ? row_of_line(map, rows - 2 - 2 * y, rows) : upper;
		for (int x = 0; x < map->columns; x++)
			heat_pair(area, x, y, step_of(map, x, upper), step_of(map, x, lower));
	}
}

/* A label stands in the first line of its row; the last line is that of row 1. A line of the whole
 * map stands for the row that its label names, or would name. */
static void draw_labels(
	const struct map *map, const struct picture *picture, struct area whole, bool pairs)
{
	struct area area = area_sub(whole, 0, 0, map->labels, whole.height);
	int rows = pairs ? 2 * area.height : area.height, before = 0;
	const struct record *named = newest_with_rows(map->history);
	int selected = row_selected(picture, map->rows);
	for (int y = 0; y < area.height; y++) {
		char label[LAYER_LABEL];
		int upper = row_of_line(map, rows - 1 - (pairs ? 2 * y : y), rows);
		int lower = pairs ? row_of_line(map, rows - 2 - 2 * y, rows) : upper;
		bool chosen = selected == upper || selected == lower;
		int row = chosen ? selected : y == area.height - 1 && y > 0 ? lower : upper;
		area_target(area_sub(whole, 0, y, whole.width, 1), (struct target){.layer = row});
		if (row == before)
			continue;
		before = row;
		if (named->rows == map->rows)
			row_label(label, named, row);
		else
			layer_label(label, row, map->rows);
		if (chosen)
			area_chosen(area, 0, y, STYLE_SELECTED);
		caption_right(area, LABELS - 1, y, chosen ? STYLE_SELECTED : STYLE_DIM, label);
	}
}

/* Beside its mark, to the right if there is room. */
static bool name_mark(struct area row, int x, const char *name)
{
	int width = glyphs_text_width(row.canvas->glyphs, name);
	if (is_blank(row, x + 1, 0, width + 1) && caption(row, x + 1, 0, STYLE_MARK, name))
		return true;
	return is_blank(row, x - width - 1, 0, width + 1) &&
		caption(row, x - width, 0, STYLE_MARK, name);
}

/* The value alone, if the event is a single change and the value is a word. */
static const char *value_of(const char *event)
{
	const char *value = strchr(event, '=');
	bool word = value && value[1] >= 'a' && value[1] <= 'z' && !strchr(event, ' ');
	return word ? value + 1 : NULL;
}

/* A mark for each change of settings; the newest ones are named if there is room. */
static void draw_marks(const struct map *map, struct area row)
{
	const struct history *history = map->history;
	for (int i = 0; i < history_count(history); i++)
		if (history_at(history, i)->event[0])
			area_put(row, column_of(map, history_at(history, i)->epoch), 0,
				row.canvas->glyphs->arrow_down, STYLE_MARK);
	for (int i = history_count(history) - 1; i >= 0; i--) {
		const struct record *record = history_at(history, i);
		int x = column_of(map, record->epoch);
		const char *value = value_of(record->event);
		if (record->event[0] && !name_mark(row, x, record->event) && value)
			name_mark(row, x, value);
	}
}

/* The smallest of 1, 2, 5, 10, 20, ... epochs whose labels have room. */
static int64_t label_gap(const struct map *map, int label)
{
	int64_t gap = 1;
	for (int turn = 0; gap < map->end && gap / map->epochs * map->across < label; turn++)
		gap = turn % 3 == 1 ? gap / 2 * 5 : gap * 2;
	return gap;
}

/* A label that would touch the cursor or its number is left out. */
static void draw_label(struct area row, int x, int64_t epoch)
{
	char label[EPOCH_LABEL];
	int end = x + snprintf(label, sizeof(label), "%lld", (long long)epoch);
	int from = x > 0 ? x - 1 : x, to = end < row.width ? end + 1 : end;
	if (is_blank(row, from, 0, to - from))
		caption(row, x, 0, STYLE_DIM, label);
}

static void draw_axis(const struct map *map, struct area row)
{
	char label[EPOCH_LABEL];
	int width = snprintf(label, sizeof(label), "%lld", (long long)map->end);
	int64_t gap = label_gap(map, width + 2);
	int64_t epoch = map->first - (map->first > 0 ? map->first % gap : 0);
	for (; epoch <= map->end; epoch += gap) {
		if (epoch >= map->first)
			draw_label(row, column_of(map, epoch), epoch);
		if (epoch > INT64_MAX - gap)
			break;
	}
}

/* The epoch that all panes show, if it is not the newest. */
static void draw_cursor(const struct map *map, const struct picture *picture, struct area row)
{
	const struct record *record = picture->frame.record;
	if (!record || record->epoch >= map->last || record->epoch < map->first)
		return;
	char label[EPOCH_LABEL];
	int x = column_of(map, record->epoch);
	int width = snprintf(label, sizeof(label), "%lld ", (long long)record->epoch);
	int from = x + 1 + width <= row.width ? x : x - width;
	area_put(row, x, 0, row.canvas->glyphs->arrow_up, STYLE_SELECTED);
	label[width - 1] = '\0';
	caption(row, from == x ? x + 1 : from + 1, 0, STYLE_SELECTED, label);
}

static void draw_legend(const struct map *map, struct area area, int y)
{
	struct parts parts = {0};
	int x = heat_legend_named(area, 0, y, map->shown->low, map->shown->high);
	x += x > 0 ? 2 : 0;
	if (map->epochs > 1)
		parts_add(&parts, 1, STYLE_DIM, "%lld epochs a column", (long long)map->epochs);
	if (map->nearest > 1) {
		parts_add(&parts, 2, STYLE_DIM, "epochs %lld to %lld: 1 in %lld kept",
			(long long)map->thin_from, (long long)map->thin_to, (long long)map->nearest);
		parts_shorten(&parts, "1 in %lld kept", (long long)map->nearest);
	}
	if (map->shown->reading)
		parts_add(&parts, 3, STYLE_DIM, "%s", map->shown->reading);
	parts_draw(&parts, area, x, y);
}

static int64_t min_epoch(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t max_epoch(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void draw_map(struct map *map, const struct picture *picture, struct area area)
{
	int spare = map->paired ? area.height - PAIR_ROWS : area.height;
	int axis = map->axis && spare >= (map->paired ? 1 : ROWS_FOR_AXIS);
	int marks = spare >= ROWS_FOR_MARKS, legend = map->axis && spare >= ROWS_FOR_LEGEND;
	int left = area.width >= COLUMNS_FOR_LABELS ? LABELS : 0;
	int height = area.height - marks - axis - legend;
	struct area cells = area_sub(area, left, marks, area.width - left, height);
	if (cells.width < 1 || cells.height < 1)
		return;
	map->labels = left;
	lay_out(map, cells.width);
	find_own(map);
	fill_gaps(map);
	bool pairs = map->rows > height && heat_has_pairs(area);
	if (area.canvas->target)
		set_epochs(map, area_sub(area, left, 0, cells.width, marks + height + axis));
	draw_cells(map, cells, pairs);
	draw_labels(map, picture, area_sub(area, 0, marks, left + map->columns, height), pairs);
	struct area below = area_sub(area, left, marks + height, cells.width, axis);
	if (axis) {
		draw_cursor(map, picture, below);
		draw_axis(map, below);
	}
	if (marks)
		draw_marks(map, area_sub(area, left, 0, cells.width, 1));
	if (legend)
		draw_legend(map, area_sub(area, left, area.height - 1, cells.width, 1), 0);
}

static bool has_layers(const struct history *history)
{
	return history && history_count(history) > 0 && rows_shown(history) > 0;
}

/* `other`: the history of another run whose map has the same columns; NULL: none. */
static void draw_run(
	const struct picture *picture, struct area area, const struct history *other, bool axis)
{
	struct map map = {
		.history = picture->frame.history.all,
		.shown = shown_find(picture),
		.paired = other != NULL,
		.axis = axis,
	};
	map.rows = rows_shown(map.history);
	map.first = history_at(map.history, 0)->epoch;
	map.end = map.last = history_newest(map.history)->epoch;
	if (other) {
		map.first = min_epoch(map.first, history_at(other, 0)->epoch);
		map.end = max_epoch(map.end, history_newest(other)->epoch);
	}
	draw_map(&map, picture, area);
}

/* The map of dead units would have one shade in every run of such a network. */
static bool nothing_dies(const struct picture *picture)
{
	const struct history *history = picture->frame.history.all;
	if (!shown_find(picture)->dead || !picture->frame.model || units_can_die(picture->frame.model))
		return false;
	for (int i = 0; i < history_count(history); i++) {
		const struct record *record = history_at(history, i);
		for (int row = 0; row < record->rows; row++)
			if (record->layer[row].dead > 0)
				return false;
	}
	return true;
}

static void say_nothing_dies(const struct picture *picture, struct area area)
{
	const struct layer_model *first = model_layer(picture->frame.model, 1);
	bool same = true;
	char text[160];
	for (int layer = 2; layer <= model_hidden(picture->frame.model); layer++)
		same = same &&
			strcmp(model_layer(picture->frame.model, layer)->activation, first->activation) == 0;
	snprintf(text, sizeof(text),
		"With %s no unit can die: f′ is nowhere exactly 0, it only gets small (saturated: pane "
		"units). H shows another number.",
		same ? first->activation : "these activations");
	caption_sentence(area, STYLE_DIM, text);
}

static void history_draw(const struct picture *picture, struct area area)
{
	static const struct halves_room room = {
		PAIR_COLUMNS, PAIR_ROWS + 1, COLUMNS_FOR_LABELS, PAIR_ROWS};
	const struct history *history = picture->frame.history.all, *twin = picture->twin.history.all;
	if (!has_layers(history)) {
		bool waits = !history || history_count(history) == 0;
		caption_sentence(
			area, STYLE_DIM, waits ? "waiting for the first epoch" : "no layers recorded");
		return;
	}
	if (nothing_dies(picture) && !picture->twin.model) {
		say_nothing_dies(picture, area);
		return;
	}
	struct halves halves = halves_of(picture, area, &room, false);
	bool both = halves.pinned.width > 0 && has_layers(twin);
	halves_draw_names(&halves, picture);
	draw_run(picture, halves.run, both ? twin : NULL, true);
	if (both) {
		const struct picture pinned = halves_pinned(picture);
		draw_run(&pinned, halves.pinned, history, halves.pinned.y == halves.run.y);
		area_target_pane_only(halves.pinned);
	}
}

/* clang-format off */
const struct pane pane_history = {
	.name = "history",
	.help = "a map of the run: gradient of every layer in every epoch, dark where it is small",
	.guide = "Each row is a layer, the output layer (out) on top and layer 1, next to the input, "
		"at the bottom; each column is an epoch. Dark means 1e-8 or less, light near 1 or more. "
		"The key H chooses what is shown: root mean square of dL/dW or of delta = dL/dz; the "
		"standard deviation of a layer's output a (1e-7 to 1e1): initial weights that keep it and "
		"delta from layer to layer give each map one shade; the update ratio |W after - W before| "
		"/ |W before|, median over the steps; the median change of a weight since initialization "
		"(1e-2 is 1 %); or the share of dead units (dark: all are dead). ! is a number that "
		"is nan or infinite. When the run outgrows the width, a column stands for several "
		"epochs and shows the first of them; the last column shows the newest epoch. "
		"A column whose layers were not kept shows the nearest epoch whose layers were. Arrows "
		"above mark changed settings; one below marks the past epoch that is shown. "
		"Where layers have time steps, rows are steps and show dL/dh of the state. "
		"A pinned run has a map of its own, with the same epochs in its columns.",
	.numbers = "grad_rms; delta_rms; a_std; update_ratio; change; dead",
	.minimum_width = 20, .minimum_height = 5,
	.title = history_title, .draw = history_draw, .output_on_top = true,
};
/* clang-format on */
