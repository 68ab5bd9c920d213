/* Regions of the classes. See regions.h. */
#include "regions.h"

#include "nn/bounds.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/plot.h"

#include <math.h>

enum { LOWER_HALF = 0x2584, STRENGTHS = REGIONS_STEPS - 1 };

/* Few steps, so that few cells change from frame to frame. */
static const double even = 0.55, likely = 0.75, sure = 0.95;

int regions_rows(struct area area)
{
	return heat_has_pairs(area) ? 2 * area.height : area.height;
}

enum style regions_style(const struct answer *answer)
{
	double value = (double)answer->value;
	if (isnan(value))
		return STYLE_NORMAL;
	if (value < even)
		return STYLE_REGION_BETWEEN;
	int strength = (value >= likely) + (value >= sure);
	return (enum style)(STYLE_REGION + answer->class % REGIONS_CLASSES * STRENGTHS + strength);
}

enum style regions_step(int step)
{
	return step == 0 ? STYLE_REGION_BETWEEN : (enum style)(STYLE_REGION + step - 1);
}

uint32_t regions_shade(struct area area, int class)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	const uint32_t shades[REGIONS_CLASSES] = {' ', glyphs->shade[0], glyphs->shade[1], ' '};
	return shades[class % REGIONS_CLASSES];
}

uint32_t regions_border(struct area area)
{
	enum { BRAILLE_PAIR = 0x2812 };
	return area.canvas->glyphs->braille ? BRAILLE_PAIR : ':';
}

/* The answer at a place that counts in rows of regions_rows(). */
static const struct answer *answer_at(
	struct area area, const struct state_view *state, int x, int row)
{
	int rows = regions_rows(area);
	int column = clamp_int(x, 0, area.width - 1) * state->wish.columns / area.width;
	int down = clamp_int(row, 0, rows - 1) * state->wish.rows / rows;
	return &state->grid[(size_t)down * (size_t)state->wish.columns + (size_t)column];
}

enum style regions_ground(
	struct area area, const struct state_view *state, double across, double down)
{
	if (area.canvas->colors < 256)
		return STYLE_NORMAL;
	int x = (int)(across * area.width), row = (int)(down * regions_rows(area));
	return regions_style(answer_at(area, state, x, row));
}

/* ---- borders ---- */

static bool differ(const struct answer *a, const struct answer *b)
{
	return a->class != b->class && !isnan(a->value) && !isnan(b->value);
}

/* How far from `a` to `b` the border lies, 0..1: where the probability of both is 0.5 if it changes
 * evenly in between; halfway if there are other classes. */
static double crossing(const struct answer *a, const struct answer *b)
{
	double over_a = (double)a->value - 0.5, over_b = (double)b->value - 0.5;
	return over_a >= 0 && over_b >= 0 && over_a + over_b > 0 ? over_a / (over_a + over_b) : 0.5;
}

/* Dots at the crossings between the middle of a row's place and those to the right and below. */
static void dot_borders(struct area area, const struct state_view *state, int x, int row)
{
	int rows = regions_rows(area);
	double across = (double)plot_dots_across(area) / area.width;
	double down = (double)plot_dots_down(area) / rows;
	const struct answer *here = answer_at(area, state, x, row);
	const struct answer *right = answer_at(area, state, x + 1, row);
	const struct answer *below = answer_at(area, state, x, row + 1);
	if (differ(here, right))
		plot_dot(area, (int)((x + 0.5 + crossing(here, right)) * across), (int)((row + 0.5) * down),
			STYLE_DIM);
	if (differ(here, below))
		plot_dot(area, (int)((x + 0.5) * across), (int)((row + 0.5 + crossing(here, below)) * down),
			STYLE_DIM);
}

static void draw_borders(struct area area, const struct state_view *state)
{
	for (int row = 0; row < regions_rows(area); row++)
		for (int x = 0; x < area.width; x++)
			dot_borders(area, state, x, row);
	for (int y = 0; y < area.height && !area.canvas->glyphs->braille; y++)
		for (int x = 0; x < area.width; x++)
			if (area_code(area, x, y) != ' ')
				area_put(area, x, y, regions_border(area), STYLE_DIM);
}

/* ---- cells ---- */

/* A cell on the border of two regions shows the border instead of its two halves. */
static void draw_ground(struct area area, int x, int y, enum style upper, enum style lower)
{
	uint32_t border = area_code(area, x, y);
	if (border != ' ')
		area_put_on(area, x, y, border, STYLE_POINT_HELD_OUT, STYLE_REGION_BETWEEN);
	else if (upper == lower)
		area_put_on(area, x, y, ' ', STYLE_NORMAL, upper);
	else
		area_put_on(area, x, y, LOWER_HALF, lower, upper);
}

static void draw_shade(struct area area, int x, int y, const struct answer *answer)
{
	int class = answer->class % REGIONS_CLASSES;
	if (area_code(area, x, y) == ' ' && (double)answer->value >= even)
		area_put(area, x, y, regions_shade(area, class), (enum style)(STYLE_CLASS0 + class));
}

void regions_draw(struct area area, const struct state_view *state)
{
	int each = area.height > 0 ? regions_rows(area) / area.height : 0;
	draw_borders(area, state);
	for (int y = 0; y < area.height; y++)
		for (int x = 0; x < area.width; x++) {
			const struct answer *upper = answer_at(area, state, x, y * each);
			const struct answer *lower = answer_at(area, state, x, y * each + each - 1);
			if (area.canvas->colors >= 256)
				draw_ground(area, x, y, regions_style(upper), regions_style(lower));
			else
				draw_shade(area, x, y, upper);
		}
}
