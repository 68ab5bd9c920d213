/* Level bars: one line a layer or time step, with its numbers to the right. */
#include "gradients.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include "ui/target.h"
#include <math.h>
#include <stdio.h>

enum {
	LABEL_WIDTH = 5,
	NUMBER_WIDTH = 8,
	COLUMNS = 4,
	ROWS_BLANK = 2,
	UPPER_HALF = 0x2580,
	LOWER_HALF = 0x2584,
	UPPER_TICK = 0x2579,
	LOWER_TICK = 0x257B,
};

/* Columns of numbers to the right of the bars; wide panes have more. */
struct column {
	const char *title;
	size_t offset;
	bool percent;
	int from_width;
};

static int number_columns(const struct quantity *shown, int width, struct column column[COLUMNS])
{
	const struct column all[COLUMNS] = {
		{shown->heading, shown->offset, false, 24},
		{shown->tick_symbol, shown->tick, false, 64},
		{"|ΔW|/|W|", offsetof(struct layer_record, update_ratio), false, 76},
		{"change", offsetof(struct layer_record, change), true, 76},
	};
	int count = 0;
	while (count < COLUMNS && width >= all[count].from_width) {
		column[count] = all[count];
		count++;
		if (count == 1 && !shown->tick_symbol)
			break;
	}
	return count;
}

static int column_width(const struct column *column, int count)
{
	/* one of several columns needs room for its title, or for words in place of a number */
	return column->percent ? 17 : count > 1 ? 12 : NUMBER_WIDTH;
}

/* The words for a change of 0 after training; NULL if it is a number. The median can be 0 although
 * some weights have moved. */
static const char *change_word(const struct picture *picture, int row)
{
	const struct record *record = picture->frame.record;
	const struct layer_record *numbers = &record->layer[row - 1];
	if (numbers->change != 0 || record->epoch == 0)
		return NULL;
	const struct layer_model *model = model_layer(picture->frame.model, numbers->layer);
	if (model && model->frozen)
		return "frozen";
	return numbers->change_norm > 0 ? "<0.001 %" : "no step moved it";
}

static void draw_number(const struct picture *picture, struct area area, int end, int y,
	const struct column *column, int row, enum style style)
{
	char number[PLOT_NUMBER], text[PLOT_NUMBER + 4];
	float value = row_value(picture->frame.record, row, column->offset);
	const char *word = column->percent ? change_word(picture, row) : NULL;
	if (record_is_nothing(value))
		return;
	if (word) {
		caption_right(area, end, y, style, word);
		return;
	}
	if (column->percent)
		plot_number(number, (double)value);
	else
		plot_scientific(number, (double)value);
	snprintf(text, sizeof(text), column->percent ? "%s %%" : "%s", number);
	caption_right(area, end, y, style, text);
}

/* Faint points through all rows at the labelled values. */
static void draw_grid(struct area bar, const struct axis *axis, const struct ticks *ticks)
{
	for (int i = 0; i < ticks->count; i++)
		for (int y = 0; y < bar.height; y++)
			area_put(bar, plot_column(bar, axis_fraction(axis, ticks->value[i])), y,
				bar.canvas->glyphs->point[0], STYLE_DIM);
}

static void draw_axis(struct area strip, const struct axis *axis, const struct ticks *ticks)
{
	for (int i = 0; i < ticks->count; i++) {
		int centre = plot_column(strip, axis_fraction(axis, ticks->value[i]));
		int width = glyphs_text_width(strip.canvas->glyphs, ticks->label[i]);
		int start = i == 0 ? 0 : i == ticks->count - 1 ? strip.width - width : centre - width / 2;
		caption(strip, start, 0, STYLE_DIM, ticks->label[i]);
	}
}

/* Draws the tick of a bar over it, an arrow where it leaves the axis. */
static void draw_tick(struct area bar, const struct axis *axis, double tick)
{
	const struct glyphs *glyphs = bar.canvas->glyphs;
	double place = axis_fraction(axis, tick);
	for (int y = 0; y < bar.height && gradients_drawable(tick); y++)
		if (place < 0)
			area_put(bar, 0, y, glyphs->arrow_left, gradients_tick);
		else if (place > 1)
			area_put(bar, bar.width - 1, y, glyphs->arrow_right, gradients_tick);
		else
			area_put(bar, plot_column(bar, place), y, glyphs->tick, gradients_tick);
}

/* Draws over a bar: its tick, and an arrow where the bar leaves the axis. */
static void draw_marks(struct area bar, const struct axis *axis, double value, double tick)
{
	const struct glyphs *glyphs = bar.canvas->glyphs;
	double fraction = axis_fraction(axis, value);
	draw_tick(bar, axis, tick);
	for (int y = 0; y < bar.height; y++) {
		if (fraction < 0)
			area_put(bar, 0, y, glyphs->arrow_left, STYLE_WARNING);
		else if (fraction > 1)
			area_put(bar, bar.width - 1, y, glyphs->arrow_right, STYLE_WARNING);
	}
}

/* The range of theory's prediction; drawn after the bars and before the ticks. */
static void draw_band_across(
	struct area bar, const struct axis *axis, double low, double high, enum style color)
{
	for (int x = plot_column(bar, axis_fraction(axis, low));
		 x <= plot_column(bar, axis_fraction(axis, high)); x++)
		for (int y = 0; y < bar.height; y++)
			gradients_put_theory(bar, x, y, color);
}

/* What all rows share. */
struct level {
	const struct picture *picture;
	const struct quantity *shown;
	struct axis axis;
	struct column column[COLUMNS];
	int columns;
	int pair;        /* rows of each of two bars, the twin's under the run's; 0: the twin is a
	                    point on the bar, or there is none */
	int step, steps; /* half rows of which heights are multiples; steps of all layers together */
	int gap;         /* half rows between two bars */
	int bars;        /* rows of the record */
};

/* All bars of both runs are equally high; rows that are left over part the pairs, or stay blank
 * below. */
static void share_rows_of_pairs(struct level *level, int rows)
{
	int parted = (rows + 1) / level->bars; /* the last pair needs no gap */
	int height = parted >= 3 ? parted : 2;
	level->pair = (height - (height >= 3)) / 2;
	level->step = 2;
	level->steps = height * level->bars;
	level->gap = 2 * (height - 2 * level->pair);
}

/* All bars are equally high if that leaves at most two rows blank, else they share all rows.
 * Halves of rows that two bars share need cells of two colours; where there are three rows or
 * more for a bar, one parts it from the next. */
static void share_rows(struct level *level, struct area bars)
{
	int rows = bars.height, count = level->bars;
	if (level->picture->twin.model && rows >= 2 * count) {
		share_rows_of_pairs(level, rows);
		return;
	}
	level->step = heat_has_pairs(bars) ? 1 : 2;
	level->steps = 2 * rows / level->step;
	if (level->steps % count * level->step <= 2 * ROWS_BLANK)
		level->steps -= level->steps % count;
	level->gap = rows < 3 * count ? 0 : 2;
}

/* Half rows above a bar. */
static int start_of(const struct level *level, int number)
{
	return (number - 1) * level->steps / level->bars * level->step;
}

/* Where a bar ends. If some bars share a row, all bars end at whole cells: a cell has no room for
 * the ends of two bars. */
static double end_of(const struct level *level, struct area bar, double fraction)
{
	double end = gradients_end(bar.canvas, fraction, bar.width), cells = end * bar.width;
	bool shared = level->steps * level->step % (2 * level->bars) != 0;
	return shared && level->step == 1 && cells > 1 && end < 1 ? floor(cells + 0.5) / bar.width
															  : end;
}

/* The half of a bar's row that it shares with the bar above it or below it. */
static void draw_half_row(const struct level *level, struct area row, int number, uint32_t half)
{
	const struct record *record = level->picture->frame.record;
	float value = row_value(record, number, level->shown->offset);
	double fraction = axis_fraction(&level->axis, (double)value);
	double tick = axis_fraction(&level->axis, gradients_tick_of(record, level->shown, number));
	if (gradients_word(record, number, value))
		return;
	enum style style = gradients_color(level->picture, level->shown, number, number);
	double end = end_of(level, row, fraction) * row.width;
	for (int x = 0; x < row.width && x + 0.5 < end; x++)
		if (half == LOWER_HALF && area_code(row, x, 0) == UPPER_HALF)
			area_lay(row, x, 0, style);
		else
			area_put(row, x, 0, half, style);
	if (tick > fraction && tick <= 1)
		area_put(row, plot_column(row, tick), 0, half == UPPER_HALF ? UPPER_TICK : LOWER_TICK,
			gradients_tick);
}

/* `height`: of the rows that are all the bar's; halves of others are drawn later. */
static void draw_level_row(const struct level *level, struct area row, int height, int number)
{
	const struct picture *picture = level->picture;
	const struct record *record = picture->frame.record;
	const struct quantity *shown = level->shown;
	const struct axis *axis = &level->axis;
	int columns = level->columns;
	char label[LAYER_LABEL];
	bool selected = number == row_selected(picture, record->rows);
	enum style style = selected ? STYLE_SELECTED : STYLE_NORMAL;
	int left = row.width >= 8 ? LABEL_WIDTH : 0, end = row.width;
	row_label(label, record, number);
	if (left) {
		caption_right(row, left - 1, 0, style, label);
		if (selected)
			area_chosen(row, 0, 0, STYLE_SELECTED);
	}
	float value = row_value(record, number, shown->offset);
	const char *word = gradients_word(record, number, value);
	for (int i = columns - 1; i >= 0; i--) {
		if (i > 0 || !word)
			draw_number(picture, row, end, 0, &level->column[i], number, style);
		end -= column_width(&level->column[i], columns);
	}
	struct area bar = area_sub(row, left, 0, end - left, height);
	if (word) {
		/* with one column, the word may take the place of the number, too */
		struct area rest = area_sub(row, left, 0, columns == 1 ? row.width - left : end - left, 1);
		for (int x = 0; x < rest.width; x++)
			area_put(rest, x, 0, ' ', STYLE_NORMAL);
		caption(rest, 1, 0, STYLE_ALARM, word);
		return;
	}
	double low, high, fraction = axis_fraction(axis, (double)value);
	bar.height = level->pair ? level->pair : bar.height;
	plot_bar_right(
		bar, end_of(level, bar, fraction), gradients_color(picture, shown, number, number));
	if (gradients_predicted(picture, number, &low, &high))
		draw_band_across(bar, axis, low, high, gradients_color(picture, shown, number, number));
	draw_marks(bar, axis, (double)value, gradients_tick_of(record, shown, number));
}

/* The bar of the second run under that of the run, also where that one has a word; or a point in
 * the first row, drawn last because a bar may have no row of its own. */
static void draw_twin(const struct level *level, struct area bar, int number)
{
	const struct record *record = level->picture->frame.record;
	double twin = gradients_twin(level->picture, level->shown, number);
	double fraction = axis_fraction(&level->axis, twin);
	int x = plot_column(bar, fraction);
	if (!isfinite(twin))
		return;
	if (level->pair) {
		struct area below = area_sub(bar, 0, level->pair, bar.width, level->pair);
		plot_bar_right(below, fraction, STYLE_TWIN);
		draw_tick(below, &level->axis, gradients_twin_tick(level->picture, level->shown, number));
		return;
	}
	bool word =
		gradients_word(record, number, row_value(record, number, level->shown->offset)) != NULL;
	if (!word || area_code(bar, x, 0) == ' ' ||
		area_code(bar, x, 0) == bar.canvas->glyphs->point[0])
		area_put(bar, x, 0, bar.canvas->glyphs->point[1], STYLE_TWIN);
}

void gradients_draw_level(
	const struct picture *picture, struct area area, const struct quantity *shown)
{
	int count = picture->frame.record->rows;
	bool labelled = area.height > count + 1, summed = area.height > count;
	int rows = area.height - labelled - summed;
	struct level level = {
		.picture = picture,
		.shown = shown,
		.axis = gradients_axis(picture, shown),
		.bars = count,
	};
	level.columns = number_columns(shown, area.width, level.column);
	int left = area.width >= 8 ? LABEL_WIDTH : 0, end = area.width;
	for (int i = level.columns - 1; i >= 0; i--) {
		if (labelled && level.columns > 1)
			caption_right(area, end, 0, i == 1 ? gradients_tick : STYLE_DIM, level.column[i].title);
		end -= column_width(&level.column[i], level.columns);
	}
	struct area bars = area_sub(area, left, labelled, end - left, rows);
	struct ticks ticks = axis_ticks(&level.axis, 1 + bars.width / 11);
	share_rows(&level, bars);
	draw_grid(bars, &level.axis, &ticks);
	if (labelled)
		draw_axis(area_sub(area, left, 0, end - left, 1), &level.axis, &ticks);
	for (int number = 1; number <= count; number++) {
		int start = start_of(&level, number), after = start_of(&level, number + 1);
		int stop = after - level.gap, first = (start + 1) / 2;
		int last = min_int((after + 1) / 2, rows);
		struct area row = area_sub(area, 0, labelled + first, area.width, last - first);
		area_target(row, (struct target){.layer = number});
		draw_level_row(&level, row, stop / 2 - first, number);
		if (start % 2)
			draw_half_row(&level, area_sub(bars, 0, first - 1, bars.width, 1), number, LOWER_HALF);
		if (stop % 2)
			draw_half_row(&level, area_sub(bars, 0, stop / 2, bars.width, 1), number, UPPER_HALF);
	}
	for (int number = 1; number <= count; number++) {
		int first = (start_of(&level, number) + 1) / 2;
		draw_twin(&level, area_sub(bars, 0, first, bars.width, bars.height - first), number);
	}
	if (summed)
		gradients_draw_summary(picture, shown, area, area.height - 1,
			level.columns == 1 ? shown->tick_symbol : NULL, level.pair ? "lower" : "•", 0);
}
