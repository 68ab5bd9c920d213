/* A statistic of the layers over the epochs. See statistic_curves.h. */
#include "statistic_curves.h"

#include "nn/bounds.h"
#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"

#include <math.h>
#include <stdio.h>

enum { NAMES = 6, CURVES = 12 };

static const double MANY = 30; /* a range of so many times its least value has a logarithmic axis */

struct statistic_curves {
	const struct record *now;
	const struct statistic *statistic;
	struct history_view history;
	struct axis epochs, y;
};

/* A number of a row in an epoch; nan where its layers are not kept, or are others. */
static double value_at(const struct statistic_curves *curves, int index, int row)
{
	const struct record *record = history_at(curves->history.all, index);
	return record->layers == curves->now->layers && record->rows == curves->now->rows
		? (double)record_value(record, curves->statistic, row - 1)
		: NAN;
}

/* False: fewer than two epochs, or no numbers. */
static bool measure(struct statistic_curves *curves)
{
	double low = INFINITY, high = -INFINITY, first = INFINITY, last = 0;
	for (int i = 0; i < curves->history.count; i++)
		for (int row = 1; row <= curves->now->rows; row++) {
			double value = value_at(curves, i, row);
			if (!isfinite(value))
				continue;
			double epoch = (double)history_at(curves->history.all, i)->epoch;
			low = min_f64(low, value);
			high = max_f64(high, value);
			first = min_f64(first, epoch);
			last = max_f64(last, epoch);
		}
	if (!(last > first))
		return false;
	double margin = high > low ? 0.05 * (high - low) : high == 0 ? 0.5 : 0.5 * fabs(high);
	curves->epochs = (struct axis){first, last, false};
	curves->y = low > 0 && high > MANY * low
		? (struct axis){exp10_f64(floor(log10_f64(low))), exp10_f64(ceil(log10_f64(high))), true}
		: (struct axis){low - margin, high + margin, false};
	return true;
}

static void draw_curve(const struct statistic_curves *curves, struct area plot, int row, bool solid)
{
	struct spot before = {NAN, NAN};
	for (int i = 0; i < curves->history.count; i++) {
		double value = value_at(curves, i, row);
		if (!isfinite(value))
			continue;
		double epoch = (double)history_at(curves->history.all, i)->epoch;
		struct spot here = {
			axis_fraction(&curves->epochs, epoch), axis_fraction(&curves->y, value)};
		plot_line(plot, isnan(before.x) ? here : before, here, solid ? STROKE_SOLID : STROKE_DASHED,
			solid ? STYLE_BAR : STYLE_DIM);
		before = here;
	}
}

/* Beside the end of the curve, where no other name is. */
static void draw_name(const struct statistic_curves *curves, struct area names, int row, bool solid)
{
	char label[LAYER_LABEL];
	double value = (double)record_value(curves->now, curves->statistic, row - 1);
	int y = isfinite(value) ? plot_row(names, axis_fraction(&curves->y, value)) : -1;
	row_label(label, curves->now, row);
	if (y >= 0 && is_blank(names, 1, y, names.width - 1))
		caption(names, 1, y, solid ? STYLE_BAR : STYLE_DIM, label);
}

void statistic_curves_draw(
	const struct picture *picture, const struct statistic *statistic, struct area area)
{
	struct statistic_curves curves = {
		.now = picture->frame.record, .statistic = statistic, .history = picture->frame.history};
	if (area.height < STATISTIC_CURVES_ROWS || !statistic || !curves.history.all ||
		!measure(&curves))
		return;
	int rows = curves.now->rows, selected = row_selected(picture, rows);
	struct area upper = area_sub(area, 0, 1, area.width - NAMES, area.height - 3);
	struct ticks ticks = axis_ticks(&curves.y, 1 + 2 * upper.height / 5);
	int left = ticks.width + 1;
	struct area plot = area_sub(upper, left, 0, upper.width - left, upper.height);
	struct area names = area_sub(area, area.width - NAMES, 1, NAMES, area.height - 3);
	struct ticks epochs = axis_ticks(&curves.epochs, 1 + plot.width / 15);
	area_format(area, 0, 0, STYLE_TITLE, "%s over the epochs", statistic->name);
	plot_axis_left(upper, left, &curves.y, &ticks);
	plot_axis_below(area_sub(area, left, area.height - 2, plot.width, 2), &curves.epochs, &epochs);
	draw_name(&curves, names, selected, true);
	int others = min_int(rows, CURVES);
	for (int i = 0; i < others; i++) {
		int row = others > 1 ? 1 + i * (rows - 1) / (others - 1) : 1;
		if (row == selected)
			continue;
		draw_curve(&curves, plot, row, false);
		draw_name(&curves, names, row, false);
	}
	draw_curve(&curves, plot, selected, true);
}
