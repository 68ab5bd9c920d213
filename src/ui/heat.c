#include "ui/heat.h"

#include "lab/record.h"
#include "lab/text.h"
#include "nn/elementary.h"
#include "ui/glyphs.h"

#include <math.h>
#include <string.h>

enum { HALF = GLYPHS_BAR_STEPS / 2, LOWER_HALF = 0x2584 };

static const double darkest = -8, lightest = 0; /* log10 of a magnitude */

static int clamp_step(double step)
{
	return step < 0 ? 0 : step > HEAT_STEPS - 1 ? HEAT_STEPS - 1 : (int)step;
}

int heat_step(double magnitude)
{
	if (record_is_nothing((float)magnitude))
		return HEAT_NONE;
	if (!isfinite(magnitude))
		return HEAT_NOT_FINITE;
	if (magnitude <= 0)
		return 0;
	return clamp_step((log10_f64(magnitude) - darkest) / (lightest - darkest) * HEAT_STEPS);
}

int heat_step_of_share(double share)
{
	if (record_is_nothing((float)share))
		return HEAT_NONE;
	return isfinite(share) ? clamp_step(share * HEAT_STEPS) : HEAT_NOT_FINITE;
}

enum style heat_style(int step)
{
	if (step < 0)
		return step == HEAT_NOT_FINITE ? STYLE_ALARM : STYLE_NORMAL;
	return (enum style)(STYLE_HEAT + (step < HEAT_STEPS ? step : HEAT_STEPS - 1));
}

static uint32_t dense_glyph(struct area area, int step)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	int density = step * 4 / HEAT_STEPS;
	if (area.canvas->colors >= 256 || density > 2)
		return glyphs->full;
	return glyphs->shade[density];
}

void heat_cell(struct area area, int x, int y, int step)
{
	if (step == HEAT_NONE)
		area_put(area, x, y, ' ', STYLE_NORMAL);
	else if (step < 0)
		area_put(area, x, y, '!', STYLE_ALARM);
	else
		area_put(area, x, y, dense_glyph(area, step), heat_style(step));
}

bool heat_has_pairs(struct area area)
{
	return area.canvas->colors >= 256 && area.canvas->glyphs->vertical_bar[HALF] == LOWER_HALF;
}

void heat_pair(struct area area, int x, int y, int upper, int lower)
{
	if (upper == lower || upper < 0 || lower < 0 || !heat_has_pairs(area))
		heat_cell(area, x, y,
			upper == HEAT_NOT_FINITE || lower == HEAT_NOT_FINITE ? HEAT_NOT_FINITE
				: upper > lower                                  ? upper
																 : lower);
	else
		area_put_on(area, x, y, LOWER_HALF, heat_style(lower), heat_style(upper));
}

int heat_legend_named(struct area area, int x, int y, const char *low, const char *high)
{
	int width = (int)strlen(low) + HEAT_STEPS + (int)strlen(high);
	if (x < 0 || x + width > area.width)
		return 0;
	x += area_text(area, x, y, STYLE_DIM, low);
	for (int step = 0; step < HEAT_STEPS; step++)
		heat_cell(area, x + step, y, step);
	area_text(area, x + HEAT_STEPS, y, STYLE_DIM, high);
	return width;
}

int heat_legend(struct area area, int x, int y)
{
	return heat_legend_named(area, x, y, "1e-8 ", " 1");
}

int heat_legend_of_share(struct area area, int x, int y)
{
	return heat_legend_named(area, x, y, "0 ", " 1");
}
