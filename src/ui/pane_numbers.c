/* Numbers: the record as a table, in the order of the table of statistics. */
#include "halves.h"
#include "statistic_curves.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMN_GAP = 2, NUMBER_COLUMNS = 9, LABEL_COLUMNS = 5 };
enum { PAIR = 10 + COLUMN_GAP + NUMBER_COLUMNS };

static void numbers_title(const struct picture *picture, char *out, int size)
{
	if (picture->frame.record)
		snprintf(
			out, (size_t)size, "numbers · epoch %lld", (long long)picture->frame.record->epoch);
	else
		snprintf(out, (size_t)size, "numbers");
}

static void format_value(char out[PLOT_NUMBER], float value)
{
	if (record_is_nothing(value))
		snprintf(out, PLOT_NUMBER, "-");
	else
		plot_number(out, (double)value);
}

/* Draws pair number `place` in rows of `across` pairs. */
static void draw_pair(struct area area, int place, int across, const char *name, const char *number)
{
	struct area cell =
		area_sub(area, place % across * (PAIR + COLUMN_GAP), place / across, PAIR, 1);
	if (caption(cell, 0, 0, STYLE_DIM, name))
		caption_right(cell, cell.width, 0, STYLE_NORMAL, number);
}

/* The whole network's numbers with their names, in at most `most` rows; returns the rows used. */
static int draw_whole(const struct picture *picture, struct area area, int most)
{
	const struct record *record = picture->frame.record;
	int across = (area.width + COLUMN_GAP) / (PAIR + COLUMN_GAP), count = 0;
	char number[PLOT_NUMBER];
	if (across < 1)
		return 0;
	for (int i = 0; statistic_at(i); i++) {
		const struct statistic *statistic = statistic_at(i);
		if (statistic->per_layer || count / across >= most)
			continue;
		float value = record_value(record, statistic, 0);
		if (record_is_nothing(value))
			continue;
		format_value(number, value);
		draw_pair(area, count++, across, statistic->name, number);
	}
	if (picture->frame.model->parameters && count / across < most) {
		plot_quantity(number, (double)picture->frame.model->parameters);
		draw_pair(area, count++, across, "parameters", number);
	}
	if (picture->frame.model->unshared > 0 && count / across < most) {
		plot_quantity(number, picture->frame.model->unshared);
		draw_pair(area, count++, across, "if dense", number);
	}
	if (picture->epoch_seconds > 0 && count / across < most) {
		plot_time(number, picture->epoch_seconds);
		draw_pair(area, count++, across, "epoch time", number);
	}
	int64_t reached = history_reached(picture->frame.history, picture->view->target_loss);
	if (picture->view->target_loss > 0 && count / across < most) {
		snprintf(number, sizeof(number), reached < 0 ? "not yet" : "%lld", (long long)reached);
		draw_pair(area, count++, across, "to target", number);
	}
	const struct config *settings = picture->frame.settings;
	if (settings && strcmp(settings->clip, "none") != 0 && count / across < most) {
		snprintf(number, sizeof(number), "%d/%d", record->clipped, record->steps);
		draw_pair(area, count++, across, "clipped", number);
	}
	return (count + across - 1) / across;
}

/* ---- the table of layers ---- */

static int column_width(const struct statistic *statistic)
{
	int name = (int)strlen(statistic->name);
	return COLUMN_GAP + (name > NUMBER_COLUMNS ? name : NUMBER_COLUMNS);
}

/* The per-layer statistic at this place among them, from 0; NULL past the end. */
static const struct statistic *layer_statistic(int place)
{
	const struct statistic *statistic;
	for (int i = 0; (statistic = statistic_at(i)); i++)
		if (statistic->per_layer && place-- == 0)
			return statistic;
	return NULL;
}

static int layer_statistics(void)
{
	int count = 0;
	while (layer_statistic(count))
		count++;
	return count;
}

/* The first place, from `from` on, that does not fit in the width. */
static int fits_until(int width, int from)
{
	int x = LABEL_COLUMNS, place = from;
	for (; layer_statistic(place); place++) {
		x += column_width(layer_statistic(place));
		if (x > width)
			break;
	}
	return place;
}

/* The place past the last one shown, if the first one is `from`: statistics that do not fit in the
 * width get another table below if it has rows for all layers. */
static int shown_until(const struct picture *picture, struct area area, int from)
{
	int height = picture->frame.record->rows + 1, y = 0, next = from, before;
	do {
		before = next;
		next = fits_until(area.width, before);
		y += height + 1;
	} while (next > before && layer_statistic(next) && area.height - y >= height);
	return next;
}

/* True if row a of the record stands above row b. */
static bool is_above(const struct picture *picture, int a, int b)
{
	const struct record *record = picture->frame.record;
	const struct statistic *statistic = layer_statistic(picture->view->column);
	const char *sort = picture->view->sort;
	if (!statistic || strcmp(sort, "layer") == 0)
		return a < b;
	float x = record_value(record, statistic, a - 1), y = record_value(record, statistic, b - 1);
	if (isnan(x) || isnan(y) || x == y)
		return isnan(x) == isnan(y) ? a < b : isnan(y);
	return strcmp(sort, "falling") == 0 ? x > y : x < y;
}

/* The line of a row of the record, from 0. */
static int line_of(const struct picture *picture, int row)
{
	int line = 0;
	for (int other = 1; other <= picture->frame.record->rows; other++)
		line += other != row && is_above(picture, other, row);
	return line;
}

/* One line of the table with the statistics from `from` on; the headings if `row` is 0. */
static void draw_line(const struct picture *picture, struct area line, int row, int from)
{
	const struct record *record = picture->frame.record;
	bool selected = row == row_selected(picture, record->rows);
	enum style style = selected ? STYLE_SELECTED : row ? STYLE_NORMAL : STYLE_DIM;
	char label[LAYER_LABEL] = "layer", number[PLOT_NUMBER];
	if (row)
		row_label(label, record, row);
	area_target(line, (struct target){.layer = row});
	caption_right(line, LABEL_COLUMNS, 0, style, label);
	if (selected)
		area_chosen(line, 0, 0, style);
	int x = LABEL_COLUMNS;
	for (int place = from; place < fits_until(line.width, from); place++) {
		const struct statistic *statistic = layer_statistic(place);
		bool chosen = !row && place == picture->view->column;
		area_target(
			area_sub(line, x, 0, column_width(statistic), 1), (struct target){.column = place + 1});
		x += column_width(statistic);
		if (row)
			format_value(number, record_value(record, statistic, row - 1));
		caption_right(line, x, 0, chosen ? STYLE_SELECTED : style, row ? number : statistic->name);
		if (chosen && strcmp(picture->view->sort, "layer") != 0)
			area_put(line, x - (int)strlen(statistic->name) - 1, 0,
				strcmp(picture->view->sort, "falling") == 0 ? line.canvas->glyphs->arrow_down
															: line.canvas->glyphs->arrow_up,
				STYLE_KEY);
	}
}

/* The record's rows around the selected one, as many as there is room for. */
static void draw_rows(const struct picture *picture, struct area area, int from)
{
	int rows = picture->frame.record->rows, lines = area.height - 1;
	int selected = line_of(picture, row_selected(picture, rows));
	int first = clamp_int(selected - lines / 2, 0, rows > lines ? rows - lines : 0);
	draw_line(picture, area_sub(area, 0, 0, area.width, 1), 0, from);
	for (int row = 1; row <= rows; row++) {
		int line = line_of(picture, row) - first;
		if (line >= 0 && line < lines)
			draw_line(picture, area_sub(area, 0, line + 1, area.width, 1), row, from);
	}
}

/* The last line counts the statistics at both sides that are left out. */
static void draw_hidden(struct area row, int before, int after)
{
	struct parts parts = {0};
	if (before)
		parts_add(&parts, 0, STYLE_DIM, "← %d more", before);
	if (after)
		parts_add(&parts, 0, STYLE_DIM, "%d more →", after);
	parts_draw(&parts, row, 0, 0);
}

/* Scrolled so far that the chosen statistic is shown; below, if there is room, its curves. */
static void draw_tables(const struct picture *picture, struct area area)
{
	int height = picture->frame.record->rows + 1, count = layer_statistics(), y = 0, from = 0;
	if (area.height < 2 || fits_until(area.width, 0) == 0)
		return;
	while (
		from < picture->view->column && shown_until(picture, area, from) <= picture->view->column)
		from++;
	int next = from, end = shown_until(picture, area, from);
	int hints = (from > 0 || end < count) && area.height > 3;
	while (next < end && y < area.height - hints) {
		draw_rows(picture,
			area_sub(area, 0, y, area.width, min_int(area.height - hints - y, height)), next);
		next = fits_until(area.width, next);
		y += height + 1;
	}
	statistic_curves_draw(picture, layer_statistic(picture->view->column),
		area_sub(area, 0, y, area.width, area.height - hints - y));
	if (hints)
		draw_hidden(area_sub(area, 0, area.height - 1, area.width, 1), from, count - end);
}

/* ---- the pane ---- */

static void draw_run(const struct picture *picture, struct area area, const struct picture *other)
{
	(void)other;
	if (!picture->frame.record) {
		caption_sentence(area, STYLE_DIM, "waiting for the first epoch");
		return;
	}
	/* the layers get at least half of the rows */
	int most = picture->frame.record->layers > 0 ? (area.height + 1) / 2 : area.height;
	int rows = draw_whole(picture, area, most);
	rows += rows < area.height - 2;
	if (picture->frame.record->layers > 0)
		draw_tables(picture, area_sub(area, 0, rows, area.width, area.height - rows));
}

/* Two runs side by side, if there is room, with the same statistics. */
static void numbers_draw(const struct picture *picture, struct area area)
{
	static const struct halves_way way = {{26, 8, 26, 8}, true, draw_run, NULL};
	halves_draw(&way, picture, area);
}

static bool numbers_across(const struct picture *picture, int by, struct view *view)
{
	int before = picture->view->column;
	view->column = clamp_int(before + by, 0, layer_statistics() - 1);
	return view->column != before;
}

const struct pane pane_numbers = {
	.name = "numbers",
	.help = "every number of the epoch: of the whole network, then layer by layer",
	.guide =
		"All numbers of the epoch: first those of the whole network, then one row for each "
		"layer. The names are those of the CSV that wane run writes; the list of statistics "
		"below explains them. parameters counts those that learn and the running numbers of "
		"norms. if dense is what dense layers with as many units would have, each place of a "
		"map being a unit: (inputs + 1) x units of each layer; a convolution has so few "
		"because all places share them. epoch time is the processor time that training and "
		"measuring an epoch took lately. to target is the first epoch with a loss of at most "
		"target-loss. Left and right choose a statistic and scroll to it; L sorts the layers "
		"by it. In a tall pane it is drawn over the epochs, too: the selected layer solid, the "
		"others by their names at the right. A pinned run has numbers of its own.",
	.numbers = "statistics; parameters; if dense; epoch time; to target",
	.minimum_width = 26,
	.minimum_height = 8,
	.title = numbers_title,
	.draw = numbers_draw,
	.across = numbers_across,
};
