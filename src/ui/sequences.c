/* Sequences of a data set. See sequences.h. */
#include "sequences.h"

#include "answers.h"
#include "images.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/plot.h"

#include <stdio.h>

enum {
	SEQUENCES_MAX = 12,
	CAPTION = 19, /* "is 1, says 0 (0.52)" */
	CURVE_MIN = 10,
	ROWS_MIN = 2, /* of one sequence */
	ROWS_EACH = 4,
};

static double input_at(const struct dataset *data, int row, int step, int input)
{
	int inputs = data->features / data->steps;
	return (double)data->x[(size_t)(step * inputs + input) * (size_t)data->rows + (size_t)row];
}

/* The rows to show: wrong ones first, else the first ones of the training set. */
static int choose_rows(
	const struct dataset *data, const struct state_view *view, int most, int row[SEQUENCES_MAX])
{
	int count = 0, wrong = 0;
	for (int i = 0; i < data->training && wrong < most; i++)
		if (is_wrong(data, view, i))
			row[wrong++] = i;
	count = wrong;
	for (int i = 0; i < data->training && count < most; i++)
		if (!is_wrong(data, view, i))
			row[count++] = i;
	return count;
}

static void draw_caption(
	struct area area, const struct dataset *data, const struct state_view *view, int row)
{
	bool answered = view && view->point;
	char target[PLOT_NUMBER], answer[PLOT_NUMBER];
	struct parts parts = {0};
	if (data->classes) {
		int class = class_of(data, row);
		enum style style = is_wrong(data, view, row) ? STYLE_ALARM : STYLE_NORMAL;
		if (answered)
			parts_add(&parts, 0, style, "is %d, says %d (%.2f)", class, view->point[row].class,
				(double)view->point[row].value);
		else
			parts_add(&parts, 0, STYLE_NORMAL, "is %d", class);
		parts_draw(&parts, area, 0, 0);
		return;
	}
	plot_number(target, (double)data->target[row]);
	parts_add(&parts, 0, STYLE_BAR, "target %s", target);
	parts_draw(&parts, area, 0, 0);
	if (!answered)
		return;
	parts = (struct parts){0};
	plot_number(answer, (double)view->point[row].value);
	parts_add(&parts, 0, STYLE_TITLE, "answer %s", answer);
	parts_draw(&parts, area, 0, 1);
}

/* The first input over time. Where the second is above a half it marks the step. */
static void draw_curve(
	struct area area, const struct axis *axis, const struct dataset *data, int row)
{
	int steps = data->steps, inputs = data->features / steps;
	struct spot last = {0, 0};
	for (int t = 0; t < steps; t++) {
		struct spot spot = {(t + 0.5) / steps, axis_fraction(axis, input_at(data, row, t, 0))};
		if (t > 0)
			plot_line(area, last, spot, STROKE_SOLID, STYLE_BAR);
		last = spot;
	}
	for (int t = 0; t < steps && inputs > 1; t++)
		if (input_at(data, row, t, 1) > 0.5)
			area_put(area, plot_column(area, (t + 0.5) / steps),
				plot_row(area, axis_fraction(axis, input_at(data, row, t, 0))), 'o', STYLE_ALARM);
}

/* From the least to the greatest of the first inputs. */
static struct axis axis_of(const struct dataset *data)
{
	struct axis axis = {INFINITY, -INFINITY, false};
	for (int t = 0; t < data->steps; t++)
		for (int i = 0; i < data->training; i++) {
			double value = input_at(data, i, t, 0);
			axis.low = value < axis.low ? value : axis.low;
			axis.high = value > axis.high ? value : axis.high;
		}
	if (!(axis.high > axis.low))
		axis = (struct axis){axis.low - 1, axis.low + 1, false};
	return axis;
}

static void draw_legend(struct area area, const struct dataset *data, const struct axis *axis)
{
	int inputs = data->features / data->steps;
	char low[PLOT_NUMBER], high[PLOT_NUMBER];
	struct parts parts = {0};
	plot_number(low, axis->low);
	plot_number(high, axis->high);
	parts_add(&parts, 0, STYLE_NORMAL, "%d steps", data->steps);
	if (inputs > 1)
		parts_add(&parts, 1, STYLE_ALARM, "o marked");
	parts_add(&parts, 3, STYLE_DIM, "from %s to %s", low, high);
	parts_add(&parts, 2, STYLE_DIM, "%d to train on, %d held out", data->training,
		data->rows - data->training);
	parts_draw(&parts, area, 0, 0);
}

/* Rows of pixels as steps: the images from top to bottom are the sequences. */
static void draw_images(struct area area, const struct dataset *data, const struct state_view *view)
{
	struct parts parts = {0};
	images_draw(area_sub(area, 0, 0, area.width, area.height - 1), data, view);
	parts_add(&parts, 0, STYLE_NORMAL, "%d steps: rows of pixels from above", data->steps);
	parts_add(&parts, 2, STYLE_DIM, "%d to train on, %d held out", data->training,
		data->rows - data->training);
	parts_draw(&parts, area, 0, area.height - 1);
}

void sequences_draw(struct area area, const struct dataset *data, const struct state_view *view)
{
	if (data->image_width > 0) {
		draw_images(area, data, view);
		return;
	}
	const struct axis axis = axis_of(data);
	int height = area.height - 1, most = height / ROWS_EACH, row[SEQUENCES_MAX];
	most = most < 1 ? 1 : most > SEQUENCES_MAX ? SEQUENCES_MAX : most;
	int count = choose_rows(data, view, most, row);
	int caption = area.width >= CAPTION + CURVE_MIN ? CAPTION + 1 : 0;
	for (int i = 0; i < count; i++) {
		int top = i * height / most, rows = (i + 1) * height / most - top;
		if (rows < ROWS_MIN)
			break;
		draw_caption(area_sub(area, 0, top, caption, rows), data, view, row[i]);
		/* a row between two sequences stays empty if there is room */
		draw_curve(area_sub(area, caption, top, area.width - caption,
					   rows > ROWS_MIN && i + 1 < count ? rows - 1 : rows),
			&axis, data, row[i]);
	}
	draw_legend(area_sub(area, 0, area.height - 1, area.width, 1), data, &axis);
}
