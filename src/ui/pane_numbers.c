/* Numbers: the record as a table, in the order of the table of statistics. */
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"
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
		format_value(number, record_value(record, statistic, 0));
		draw_pair(area, count++, across, statistic->name, number);
	}
	const struct config *settings = picture->frame.settings;
	if (settings && strcmp(settings->clip, "none") != 0 && count / across < most) {
		snprintf(number, sizeof(number), "%d/%d", record->clipped, record->steps);
		draw_pair(area, count++, across, "clipped", number);
	}
	return (count + across - 1) / across;
}

static int column_width(const struct statistic *statistic)
{
	int name = (int)strlen(statistic->name);
	return COLUMN_GAP + (name > NUMBER_COLUMNS ? name : NUMBER_COLUMNS);
}

/* One line of the table; the headings if `layer` is 0. Returns the first statistic, from
 * `statistic_from` on, that did not fit. */
static int draw_line(const struct picture *picture, struct area line, int layer, int statistic_from)
{
	const struct record *record = picture->frame.record;
	bool selected = layer == layer_selected(picture, record->layers);
	enum style style = selected ? STYLE_SELECTED : layer ? STYLE_NORMAL : STYLE_DIM;
	char label[LAYER_LABEL] = "layer", number[PLOT_NUMBER];
	if (layer)
		layer_label(label, layer, record->layers);
	area_target(line, (struct target){.layer = layer});
	caption_right(line, LABEL_COLUMNS, 0, style, label);
	if (selected)
		area_put(line, 0, 0, line.canvas->glyphs->chosen, style);
	int x = LABEL_COLUMNS;
	int i = statistic_from;
	for (; statistic_at(i); i++) {
		const struct statistic *statistic = statistic_at(i);
		if (!statistic->per_layer)
			continue;
		int width = column_width(statistic);
		if (x + width > line.width)
			break;
		x += width;
		if (layer)
			format_value(number, record_value(record, statistic, layer - 1));
		caption_right(line, x, 0, style, layer ? number : statistic->name);
	}
	return i;
}

/* The layers around the selected one, as many as there are rows; returns what draw_line() does. */
static int draw_layers(const struct picture *picture, struct area area, int statistic_from)
{
	int layers = picture->frame.record->layers, rows = area.height - 1;
	int first = layer_selected(picture, layers) - rows / 2;
	first = first > layers - rows + 1 ? layers - rows + 1 : first;
	first = first < 1 ? 1 : first;
	int next = draw_line(picture, area_sub(area, 0, 0, area.width, 1), 0, statistic_from);
	for (int i = 0; i < rows && first + i <= layers; i++)
		draw_line(picture, area_sub(area, 0, i + 1, area.width, 1), first + i, statistic_from);
	return next;
}

static int layer_statistics_from(int index)
{
	int count = 0;
	for (; statistic_at(index); index++)
		count += statistic_at(index)->per_layer;
	return count;
}

/* Statistics that do not fit in the width get another table below if it has rows for all layers;
 * the last line counts those that are left out. */
static void draw_tables(const struct picture *picture, struct area area)
{
	int height = picture->frame.record->layers + 1, y = 0, next = 0;
	if (area.height < 2)
		return;
	do {
		int rows = area.height - y < height ? area.height - y : height;
		int drawn = draw_layers(picture, area_sub(area, 0, y, area.width, rows), next);
		if (drawn == next)
			return;
		next = drawn;
		y += rows + 1;
	} while (layer_statistics_from(next) && area.height - y >= height);
	char more[48];
	snprintf(
		more, sizeof(more), "%d more statistics in a larger pane", layer_statistics_from(next));
	if (layer_statistics_from(next) && y - 1 < area.height)
		area_text(area, 0, area.height - 1, STYLE_DIM, more);
}

static void numbers_draw(const struct picture *picture, struct area area)
{
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

const struct pane pane_numbers = {
	.name = "numbers",
	.help = "every number of the epoch: of the whole network, then layer by layer",
	.guide = "All numbers of the epoch: first those of the whole network, then one row for each "
			 "layer. The names are those of the CSV that wane run writes; the list of statistics "
			 "below explains them.",
	.minimum_width = 26,
	.minimum_height = 8,
	.title = numbers_title,
	.draw = numbers_draw,
};
