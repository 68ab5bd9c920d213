#include "ui/solid_curve.h"

#include "nn/elementary.h"
#include "ui/glyphs.h"
#include <math.h>

void solid_curve_begin(struct solid_curve *curve, struct area area)
{
	curve->area = area;
	for (int x = 0; x < CANVAS_COLUMNS_MAX; x++) {
		curve->low[x] = INFINITY;
		curve->high[x] = -INFINITY;
	}
}

static void include(struct solid_curve *curve, int x, double y)
{
	if (x < 0 || x >= curve->area.width)
		return;
	curve->low[x] = min_f64(curve->low[x], y);
	curve->high[x] = max_f64(curve->high[x], y);
}

/* In each column between the ends, the line is included where it enters and where it leaves. */
void solid_curve_add(struct solid_curve *curve, struct spot from, struct spot to)
{
	if (isnan(from.x) || isnan(from.y) || isnan(to.x) || isnan(to.y))
		return;
	int first = plot_column(curve->area, from.x), last = plot_column(curve->area, to.x);
	include(curve, first, from.y);
	include(curve, last, to.y);
	for (int x = first + 1; x <= last; x++) {
		double part = (double)(x - first) / (last - first + 1);
		double y = from.y + part * (to.y - from.y);
		include(curve, x - 1, y);
		include(curve, x, y);
	}
}

/* The range of a column in eighths of a cell from below; false if nothing of it is inside. */
static bool range_of(const struct solid_curve *curve, int x, int *low, int *high)
{
	double whole = (double)curve->area.height * GLYPHS_BAR_STEPS;
	if (!(curve->low[x] <= 1) || !(curve->high[x] >= 0))
		return false;
	*low = (int)(max_f64(curve->low[x], 0) * whole + 0.5);
	*high = (int)(min_f64(curve->high[x], 1) * whole + 0.5);
	*high = *high < 1 ? 1 : *high;
	return true;
}

/* Row of the cell, from below, that ends at or above so many eighths. */
static int row_of(int eighths)
{
	return eighths < 1 ? 0 : (eighths - 1) / GLYPHS_BAR_STEPS;
}

void solid_curve_draw(const struct solid_curve *curve, enum style style)
{
	struct area area = curve->area;
	const struct glyphs *glyphs = area.canvas->glyphs;
	for (int x = 0, low, high; x < area.width; x++) {
		if (!range_of(curve, x, &low, &high))
			continue;
		int top = row_of(high);
		for (int row = row_of(low); row < top; row++)
			area_put(area, x, area.height - 1 - row, glyphs->full, style);
		area_put(
			area, x, area.height - 1 - top, glyphs->height[high - top * GLYPHS_BAR_STEPS], style);
	}
}

void solid_curve_spell(const struct solid_curve *curve, uint32_t code, enum style style)
{
	for (int x = 0, low, high; x < curve->area.width; x++)
		if (range_of(curve, x, &low, &high))
			for (int row = row_of(low); row <= row_of(high); row++)
				area_put(curve->area, x, curve->area.height - 1 - row, code, style);
}

/* Rows below the curve in a column. */
static int rows_below(const struct solid_curve *curve, int x)
{
	int low, high;
	return range_of(curve, x, &low, &high) ? row_of(low) : 0;
}

void solid_curve_body(const struct solid_curve *curve)
{
	struct area area = curve->area;
	for (int x = 0; x < area.width && area.canvas->glyphs->body; x++)
		for (int y = area.height - rows_below(curve, x); y < area.height; y++)
			if (area_code(area, x, y) == ' ')
				area_put(area, x, y, area.canvas->glyphs->body, STYLE_DIM);
}

bool solid_curve_leaves(struct area area, int x, int y, int width)
{
	for (int i = x; i < x + width; i++) {
		uint32_t code = area_code(area, i, y);
		bool body = code == area.canvas->glyphs->body && area_style(area, i, y) == STYLE_DIM;
		if (code == 0 || (code != ' ' && !body))
			return false;
	}
	return true;
}

void solid_curve_fill(const struct solid_curve *curve, enum style ground)
{
	struct area area = curve->area;
	for (int x = 0; x < area.width; x++)
		for (int y = area.height - rows_below(curve, x); y < area.height; y++)
			area_lay(area, x, y, ground);
}
