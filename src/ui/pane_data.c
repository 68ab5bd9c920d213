/* Data: the training and validation points; classes differ by sign as well as by colour. */
#include "ui/caption.h"
#include "nn/elementary.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	POINTS_MAX = 20000,
	FEW_CLASSES = 4,
	ROWS_FOR_AXIS = 7,
	ROWS_FOR_SCALE = 9,
	COLUMNS_FOR_AXIS = 30,
};

static void data_title(const struct picture *picture, char *out, int size)
{
	if (picture->frame.data)
		snprintf(out, (size_t)size, "data · %s", picture->frame.data->name);
	else
		snprintf(out, (size_t)size, "data");
}

static const char few_marks[FEW_CLASSES + 1] = "ox+^";
static const char many_marks[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static uint32_t class_mark(const struct dataset *data, int class)
{
	if (data->classes <= FEW_CLASSES)
		return (unsigned char)few_marks[class % FEW_CLASSES];
	return (unsigned char)many_marks[class % (int)(sizeof(many_marks) - 1)];
}

static enum style class_style(int class)
{
	return (enum style)(STYLE_CLASS0 + class % FEW_CLASSES);
}

/* Coordinates of point i; for a regression, y is the target. */
static struct spot point_of(const struct dataset *data, int i)
{
	const float *y = data->classes ? data->projection + data->rows : data->target;
	return (struct spot){(double)data->projection[i], (double)y[i]};
}

/* Of a large set only every n-th point is drawn, so that a frame stays cheap. */
static int stride_of(const struct dataset *data)
{
	return (data->rows + POINTS_MAX - 1) / POINTS_MAX;
}

static void widen(struct axis *axis, double value)
{
	if (!isfinite(value))
		return;
	axis->low = min_f64(axis->low, value);
	axis->high = max_f64(axis->high, value);
}

static void settle(struct axis *axis)
{
	if (!(axis->low <= axis->high))
		*axis = (struct axis){0, 1, false};
	double span = axis->high - axis->low;
	if (!(span > 0))
		span = fabs(axis->low) > 0 ? fabs(axis->low) : 1;
	axis->low -= 0.02 * span;
	axis->high += 0.02 * span;
}

static void draw_point(struct area plot, const struct dataset *data, int i,
	const struct axis *across, const struct axis *upright)
{
	struct spot point = point_of(data, i);
	int x = plot_column(plot, axis_fraction(across, point.x));
	int y = plot_row(plot, axis_fraction(upright, point.y));
	bool held_out = i >= data->training;
	if (data->classes == 0) {
		area_put(plot, x, y, held_out ? 'x' : 'o', held_out ? STYLE_SECOND : STYLE_BAR);
		return;
	}
	int class = data->target[i] > 0 ? (int)data->target[i] : 0;
	if (!held_out)
		area_put(plot, x, y, class_mark(data, class), class_style(class));
	else if (area_code(plot, x, y) == ' ')
		area_put(plot, x, y, plot.canvas->glyphs->point[0], STYLE_DIM);
}

static void draw_points(struct area plot, const struct dataset *data, const struct axis *across,
	const struct axis *upright)
{
	int stride = stride_of(data);
	for (int i = 0; i < data->rows; i += stride)
		draw_point(plot, data, i, across, upright);
}

/* Says that the axes are standardized, and how a target reads in the file's unit. */
static void draw_scale(struct area area, int y, const struct dataset *data)
{
	struct parts parts = {0};
	char mean[PLOT_NUMBER], sd[PLOT_NUMBER];
	if (data->classes) {
		parts_add(&parts, 0, STYLE_DIM, "features standardized");
	} else {
		plot_quantity(mean, data->target_mean);
		plot_quantity(sd, data->target_sd);
		parts_add(&parts, 0, STYLE_DIM, "standardized");
		parts_add(&parts, 1, STYLE_DIM, "%s: mean %s, sd %s",
			data->target_name[0] ? data->target_name : "target", mean, sd);
	}
	parts_draw(&parts, area, 0, y);
}

static void draw_legend(struct area area, int y, const struct dataset *data)
{
	struct parts parts = {0};
	if (data->classes == 0)
		parts_add(&parts, 0, STYLE_BAR, "o: %d to train on", data->training);
	for (int i = 0; i < data->classes && i < FEW_CLASSES && data->classes <= FEW_CLASSES; i++) {
		if (data->class_name)
			parts_add(
				&parts, 0, class_style(i), "%c: %s", (int)class_mark(data, i), data->class_name[i]);
		else
			parts_add(&parts, 0, class_style(i), "%c: class %d", (int)class_mark(data, i), i);
	}
	if (data->classes > FEW_CLASSES)
		parts_add(&parts, 0, STYLE_NORMAL, "%d classes by digit", data->classes);
	if (data->classes)
		parts_add(&parts, 1, STYLE_NORMAL, "%d to train on", data->training);
	if (data->rows > data->training)
		parts_add(&parts, 2, data->classes ? STYLE_DIM : STYLE_SECOND, "%s: %d held out",
			data->classes ? "points" : "x", data->rows - data->training);
	if (data->features > 2)
		parts_add(&parts, 3, STYLE_DIM, "principal component%s of %d features",
			data->classes ? "s" : "", data->features);
	else if (data->features > 1 && data->classes == 0)
		parts_add(&parts, 3, STYLE_DIM, "first of 2 features");
	if (stride_of(data) > 1)
		parts_add(&parts, 4, STYLE_DIM, "1 point in %d drawn", stride_of(data));
	parts_draw(&parts, area, 0, y);
}

/* Notes about the data file, in at most a third of the pane; returns the rows used. */
static int draw_notes(struct area area, const struct dataset *data)
{
	int used = 0, room = area.height / 3;
	for (int i = 0; i < data->notes.count; i++)
		used += caption_text(
			area_sub(area, 0, used, area.width, room - used), STYLE_WARNING, data->notes.text[i]);
	return used;
}

static void data_draw(const struct picture *picture, struct area area)
{
	const struct dataset *data = picture->frame.data;
	if (!data || data->rows < 1 || !data->projection) {
		caption_sentence(area, STYLE_DIM,
			data                        ? "no points"
				: picture->frame.record ? "the data of this epoch are not kept"
										: "loading the data");
		return;
	}
	struct axis across = {INFINITY, -INFINITY, false}, upright = across;
	for (int i = 0; i < data->rows; i += stride_of(data)) {
		struct spot point = point_of(data, i);
		widen(&across, point.x);
		widen(&upright, point.y);
	}
	settle(&across);
	settle(&upright);
	int notes = draw_notes(area, data);
	area = area_sub(area, 0, notes, area.width, area.height - notes);
	bool scale = data->standardized && area.height >= ROWS_FOR_SCALE;
	int legend = area.height >= 4 ? 1 + scale : 0, axis = area.height >= ROWS_FOR_AXIS ? 2 : 0;
	int height = area.height - legend - axis;
	struct ticks left_ticks = axis_ticks(&upright, 1 + height / 3);
	int left = axis && area.width >= COLUMNS_FOR_AXIS ? left_ticks.width + 1 : 0;
	struct area plot = area_sub(area, left, legend, area.width - left, height);
	if (left)
		plot_axis_left(area_sub(area, 0, legend, left, height), left, &upright, &left_ticks);
	draw_points(plot, data, &across, &upright);
	if (legend)
		draw_legend(area, 0, data);
	if (scale)
		draw_scale(area, 1, data);
	if (!axis)
		return;
	struct ticks below = axis_ticks(&across, 1 + plot.width / 8);
	plot_axis_below(area_sub(area, left, legend + height, plot.width, 2), &across, &below);
	if (left)
		area_put(area, left - 1, legend + height, area.canvas->glyphs->axis_corner, STYLE_DIM);
}

const struct pane pane_data = {
	.name = "data",
	.help = "the points to learn from, by class; a regression's target against its feature",
	.guide = "The points the network learns from, with one sign and colour for each class; points "
			 "held out for validation are dots. With more than two features, the first two "
			 "principal components are drawn. Data from a file are standardized, numeric targets "
			 "included: mean 0 and standard deviation 1 over the training points.",
	.minimum_width = 20,
	.minimum_height = 6,
	.title = data_title,
	.draw = data_draw,
};
