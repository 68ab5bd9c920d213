/* Upright bars: one column a row of the record, or several where columns run out. */
#include "gradients.h"
#include "nn/bounds.h"
#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/target.h"
#include <math.h>
#include <string.h>

enum { UPRIGHT_AXIS = 6, BAR_COLUMNS_MAX = 10 };

static void draw_band_up(
	struct area bar, const struct axis *axis, double low, double high, enum style color)
{
	for (int y = plot_row(bar, axis_fraction(axis, high));
		 y <= plot_row(bar, axis_fraction(axis, low)); y++)
		for (int x = 0; x < bar.width; x++)
			gradients_put_theory(bar, x, y, color);
}

/* Rows that share one upright bar: geometric means, or the word for the worst of them. */
struct group {
	const char *word;
	double value, tick, twin, twin_tick; /* NaN: none */
	enum style color;
	bool predicted; /* theory predicts low to high; only where a column is one row */
	double low, high;
};

/* nan is worst, then inf, 0, not recorded, and any other word. */
static int severity(const char *word)
{
	static const char *const order[] = {"nan", "inf", "0", "not"};
	for (int i = 0; word && i < 4; i++)
		if (strncmp(word, order[i], strlen(order[i])) == 0)
			return 5 - i;
	return word ? 1 : 0;
}

static struct group group_of(
	const struct record *record, const struct quantity *shown, int first, int last)
{
	struct group group = {0};
	for (int row = first; row <= last; row++) {
		float value = row_value(record, row, shown->offset);
		const char *word = gradients_word(record, row, value);
		if (severity(word) > severity(group.word))
			group.word = word;
		group.value += log10_f64((double)value) / (last - first + 1);
		group.tick += log10_f64(gradients_tick_of(record, shown, row)) / (last - first + 1);
	}
	group.value = exp10_f64(group.value);
	group.tick = exp10_f64(group.tick);
	return group;
}

/* In place of a bar: the first word of `word`, written downwards if the bar is too narrow for it;
 * only its first letter if that does not fit either. */
static void draw_word_up(struct area bar, const char *word)
{
	int length = (int)strcspn(word, " ");
	if (strncmp(word, "not", 3) == 0) {
		area_put(bar, 0, bar.height - 1, '-', STYLE_DIM);
		return;
	}
	if (length > bar.height)
		length = 1;
	if (length > 1 && bar.width >= length) {
		area_format(bar, 0, bar.height - 1, STYLE_ALARM, "%.*s", length, word);
		return;
	}
	for (int i = 0; i < length; i++)
		area_put(bar, 0, bar.height - length + i, (unsigned char)word[i], STYLE_ALARM);
}

static void draw_tick_up(struct area bar, const struct axis *axis, double tick)
{
	double place = axis_fraction(axis, tick);
	if (!gradients_drawable(tick) || place < 0 || place > 1)
		return;
	for (int x = 0; x < bar.width; x++)
		area_put(bar, x, plot_row(bar, place), bar.canvas->glyphs->tick_level, gradients_tick);
}

/* The second run has the left half of two equal ones, or in a single column a point. */
static void draw_group(struct area whole, const struct axis *axis, const struct group *group)
{
	const struct glyphs *glyphs = whole.canvas->glyphs;
	double fraction = axis_fraction(axis, group->value), twin = axis_fraction(axis, group->twin);
	bool two = isfinite(group->twin), pair = two && whole.width > 1;
	struct area bar = whole;
	if (pair) {
		struct area half = area_sub(whole, 0, 0, whole.width / 2, whole.height);
		plot_bar_up(half, twin, STYLE_TWIN);
		draw_tick_up(half, axis, group->twin_tick);
		bar = area_sub(whole, half.width, 0, half.width, whole.height);
	}
	if (!group->word) {
		plot_bar_up(bar, gradients_end(bar.canvas, fraction, bar.height), group->color);
		if (group->predicted)
			draw_band_up(bar, axis, group->low, group->high, group->color);
	}
	if (two && !pair)
		area_put(bar, 0, plot_row(bar, twin), glyphs->point[1], STYLE_TWIN);
	draw_tick_up(bar, axis, group->tick);
	if (group->word) {
		draw_word_up(bar, group->word);
		return;
	}
	for (int x = 0; x < bar.width; x++) {
		if (fraction < 0)
			area_put(bar, x, bar.height - 1, glyphs->arrow_down, STYLE_WARNING);
		if (fraction > 1)
			area_put(bar, x, 0, glyphs->arrow_up, STYLE_WARNING);
	}
}

/* Upright bars have no room for numbers: this line has those of the selected, the first and the
 * last one. */
static void draw_numbers_line(
	const struct picture *picture, const struct quantity *shown, struct area area, int a_column)
{
	enum { LEGEND = 4 };
	struct parts parts = {.spare = LEGEND};
	const struct record *record = picture->frame.record;
	int rows = record->rows, selected = row_selected(picture, rows);
	const char *things = has_steps(record) ? "steps" : "layers";
	gradients_add_row(&parts, 0, picture, shown, selected, true);
	if (selected > 1)
		gradients_add_row(&parts, 2, picture, shown, 1, false);
	if (selected < rows)
		gradients_add_row(&parts, 3, picture, shown, rows, false);
	if (shown->level_symbol)
		parts_add(&parts, LEGEND, gradients_tick, "%s", shown->level_symbol);
	if (a_column > 1) {
		parts_add(&parts, 1, STYLE_DIM, "%d %s a column: geometric mean", a_column, things);
		parts_shorten(&parts, "%d %s a column", a_column, things);
		parts_shorten(&parts, "%d a column", a_column);
	}
	parts_draw(&parts, area, 0, 0);
}

/* Labels of the columns: the selected one, then the last, then the others if there is room. */
static void draw_labels(
	const struct picture *picture, struct area area, int y, int step, int a_column)
{
	const struct record *record = picture->frame.record;
	int rows = record->rows, selected = row_selected(picture, rows);
	int columns = (rows + a_column - 1) / a_column;
	char label[LAYER_LABEL];
	row_label(label, record, selected);
	int chosen_x = (selected - 1) / a_column * step, chosen_width = (int)strlen(label);
	if (chosen_x + chosen_width > area.width)
		chosen_x = area.width - chosen_width;
	int chosen_end = chosen_x + chosen_width;
	bool marked = caption(area, chosen_x, y, STYLE_SELECTED, label);
	if (marked && !area.canvas->cursor.item)
		area_cursor(area, chosen_x, y);
	row_label(label, record, rows);
	int last_x = (columns - 1) * step, last_end = last_x + 3;
	if (last_end > area.width)
		last_x = area.width - 3;
	if (!marked || chosen_end < last_x)
		caption(area, last_x, y, STYLE_NORMAL, label);
	else
		last_x = chosen_x;
	if (rows > 1)
		row_label(label, record, rows - 1);
	int every = ((int)strlen(label) + step) / step;
	for (int i = 0; i < columns - 1; i += every) {
		int x = i * step;
		row_label(label, record, i * a_column + 1);
		int end = x + (int)strlen(label);
		bool hidden = marked && end >= chosen_x && x <= chosen_end;
		if (end < last_x && !hidden)
			caption(area, x, y, STYLE_NORMAL, label);
	}
}

void gradients_draw_upright(
	const struct picture *picture, struct area area, const struct quantity *shown)
{
	int rows = picture->frame.record->rows;
	int above = area.height >= 6, below = (area.height >= 3) + (area.height >= 4);
	int left = area.width >= 16 && area.height >= 3 ? UPRIGHT_AXIS : 0;
	struct axis axis = gradients_axis(picture, shown);
	struct area plot = area_sub(area, left, above, area.width - left, area.height - above - below);
	if (plot.width < 1 || plot.height < 1)
		return;
	int a_column = (rows + plot.width - 1) / plot.width;
	int columns = (rows + a_column - 1) / a_column, step = plot.width / columns;
	step = step > BAR_COLUMNS_MAX ? BAR_COLUMNS_MAX : step;
	struct ticks ticks = axis_ticks(&axis, 1 + plot.height / 2);
	if (left)
		plot_axis_left(area_sub(area, 0, above, left, plot.height), left, &axis, &ticks);
	for (int i = 0; i < columns; i++) {
		int last = min_int((i + 1) * a_column, rows);
		struct group group = group_of(picture->frame.record, shown, i * a_column + 1, last);
		group.color = gradients_color(picture, shown, i * a_column + 1, last);
		group.twin = a_column == 1 ? gradients_twin(picture, shown, i + 1) : NAN;
		group.twin_tick = a_column == 1 ? gradients_twin_tick(picture, shown, i + 1) : NAN;
		group.predicted =
			a_column == 1 && gradients_predicted(picture, i + 1, &group.low, &group.high);
		area_target(area_sub(area, left + i * step, above, step, plot.height + (below == 2)),
			(struct target){.layer = i * a_column + 1});
		draw_group(
			area_sub(plot, i * step, 0, step > 1 ? step - 1 : 1, plot.height), &axis, &group);
	}
	if (above)
		draw_numbers_line(picture, shown, area, a_column);
	if (below == 2)
		draw_labels(picture, area_sub(area, left, 0, area.width - left, area.height),
			area.height - 2, step, a_column);
	if (below)
		gradients_draw_summary(picture, shown, area, area.height - 1, NULL,
			a_column > 1   ? NULL
				: step > 2 ? "left"
						   : "•",
			above ? 0 : row_selected(picture, rows));
}
