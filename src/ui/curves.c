#include "curves.h"

#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/glyphs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_COLUMNS = 16 };

/* An unbounded function leaves the picture here. */
static const double HIGH_ALONE = 3, HIGH_AMONG_OTHERS = 1.5;

static void add_curve(struct curves *curves, const struct function *function, int which,
	enum stroke stroke, enum style style)
{
	curves->curve[curves->count++] = (struct curve){function, which, stroke, style};
}

struct curves curves_of_both(const struct function *function)
{
	struct curves curves = {.y = {0, 1, false}};
	add_curve(&curves, function, FUNCTION_VALUE, STROKE_SOLID, STYLE_BAR);
	add_curve(&curves, function, FUNCTION_DERIVATIVE, STROKE_DASHED, STYLE_SECOND);
	function_stretch(function, FUNCTION_BOTH, HIGH_ALONE, &curves.y);
	return curves;
}

struct curves curves_of_one(const struct function *function, int which)
{
	struct curves curves = {.y = {0, 1, false}};
	bool slope = which == FUNCTION_DERIVATIVE;
	add_curve(&curves, function, which, slope ? STROKE_DASHED : STROKE_SOLID,
		slope ? STYLE_SECOND : STYLE_BAR);
	function_stretch(function, which, HIGH_ALONE, &curves.y);
	return curves;
}

struct curves curves_of_several(const struct function *function, int count, int which)
{
	static const enum style style[CURVES_MAX] = {
		STYLE_BAR, STYLE_SECOND, STYLE_CLASS3, STYLE_CLASS2, STYLE_WARNING, STYLE_NORMAL};
	struct curves curves = {.y = {0, 1, false}};
	for (int i = 0; i < count && i < CURVES_MAX; i++) {
		add_curve(&curves, &function[i], which, i ? STROKE_DASHED : STROKE_SOLID, style[i]);
		function_stretch(&function[i], which, HIGH_AMONG_OTHERS, &curves.y);
	}
	return curves;
}

static void draw_zero(struct area plot, const struct axis *y)
{
	int zero = plot_row(plot, axis_fraction(y, 0));
	for (int x = 0; x < plot.width; x += 2)
		area_put(plot, x, zero, plot.canvas->glyphs->point[0], STYLE_DIM);
}

/* The largest f' on the axis, in place of a tick in that row. */
static void mark_summit(
	struct area area, int left, const struct curves *curves, const struct ticks *ticks)
{
	const struct curve *last = &curves->curve[curves->count - 1];
	double greatest = function_summit(last->function).value;
	struct area plot = area_sub(area, left, 0, area.width - left, area.height);
	int row = plot_row(plot, axis_fraction(&curves->y, greatest));
	char number[PLOT_NUMBER];
	if (last->which != FUNCTION_DERIVATIVE)
		return;
	for (int i = 0; i < ticks->count; i++)
		if (fabs(ticks->value[i] - greatest) < 1e-6)
			return;
	plot_number(number, greatest);
	if (!caption_right(area, left - 1, row, STYLE_SECOND, number))
		return;
	for (int x = 0; x < left - 1 - glyphs_text_width(area.canvas->glyphs, number); x++)
		area_put(area, x, row, ' ', STYLE_NORMAL);
	area_put(area, left - 1, row, area.canvas->glyphs->axis_left, STYLE_SECOND);
}

static double height_at(const struct curves *curves, int i, double fraction)
{
	double value[2];
	const struct curve *curve = &curves->curve[i];
	function_at(curve->function, axis_value(&function_z_axis, fraction), value);
	double height = axis_fraction(&curves->y, value[curve->which]);
	return height < 0 || height > 1 ? NAN : height;
}

/* How far a curve is from the nearest other one. */
static double distance_at(const struct curves *curves, int i, double fraction)
{
	double here = height_at(curves, i, fraction), nearest = 1;
	for (int k = 0; k < curves->count; k++)
		if (k != i) {
			double there = height_at(curves, k, fraction);
			nearest = isnan(there) ? nearest : min_f64(nearest, fabs(there - here));
		}
	return isnan(here) ? 0 : nearest;
}

static bool is_free(struct area area, int x, int y, int width)
{
	for (int i = -1; i <= width; i++) {
		uint32_t code = area_code(area, x + i, y);
		if (code != ' ' && code != area.canvas->glyphs->point[0] && code != 0)
			return false;
	}
	return x >= 0 && x + width <= area.width && y >= 0 && y < area.height;
}

/* The name of a curve beside it, where it is farthest from the others. */
static void label_curve(struct area plot, const struct curves *curves, int i)
{
	const struct curve *curve = &curves->curve[i];
	char label[32];
	snprintf(label, sizeof(label), "%s%s", curve->function->activation->symbol,
		curve->which == FUNCTION_DERIVATIVE ? "′" : "");
	int width = glyphs_text_width(plot.canvas->glyphs, label), best_x = -1, best_y = 0;
	double farthest = 0;
	for (int x = 0; x < plot.width; x++) {
		double fraction = (x + 0.5) / plot.width, distance = distance_at(curves, i, fraction);
		int row = plot_row(plot, height_at(curves, i, fraction));
		for (int by = -1; by <= 1; by += 2)
			if (distance > farthest + 1e-9 && is_free(plot, x - width / 2, row + by, width)) {
				farthest = distance;
				best_x = x - width / 2;
				best_y = row + by;
			}
	}
	if (best_x >= 0)
		caption(plot, best_x, best_y, curve->style, label);
}

/* Room for the ticks and for the largest f'. */
int curves_left(const struct curves *curves, struct area area)
{
	const struct curve *last = &curves->curve[curves->count - 1];
	struct ticks ticks = axis_ticks(&curves->y, 2 + area.height / 2);
	char number[PLOT_NUMBER];
	plot_number(number, function_summit(last->function).value);
	int width = last->which == FUNCTION_DERIVATIVE ? (int)strlen(number) : 0;
	width = width > ticks.width ? width : ticks.width;
	return area.width >= LABEL_COLUMNS && area.height >= 3 ? width + 1 : 0;
}

void curves_draw(const struct curves *curves, struct area area, int left)
{
	struct area plot = area_sub(area, left, 0, area.width - left, area.height);
	struct ticks ticks = axis_ticks(&curves->y, 2 + area.height / 2);
	if (left) {
		plot_axis_left(area, left, &curves->y, &ticks);
		mark_summit(area, left, curves, &ticks);
	}
	draw_zero(plot, &curves->y);
	for (int i = curves->count - 1; i >= 0; i--)
		function_draw(plot, curves->curve[i].function, &curves->y, curves->curve[i].which,
			curves->curve[i].stroke, curves->curve[i].style);
}

void curves_label(const struct curves *curves, struct area plot)
{
	for (int i = 0; i < curves->count; i++)
		label_curve(plot, curves, i);
}
