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

/* The column or row of the grid, of `answers`, at place `at` of `places`. */
static int grid_place(int at, int places, int answers)
{
	return clamp_int(at, 0, places - 1) * answers / places;
}

static const struct answer *grid_row(const struct state_view *state, int row, int rows)
{
	return state->grid +
		(size_t)grid_place(row, rows, state->wish.rows) * (size_t)state->wish.columns;
}

enum style regions_ground(
	struct area area, const struct state_view *state, double across, double down)
{
	if (area.canvas->colors < 256)
		return STYLE_NORMAL;
	int rows = regions_rows(area);
	const struct answer *row = grid_row(state, (int)(down * rows), rows);
	return regions_style(
		&row[grid_place((int)(across * area.width), area.width, state->wish.columns)]);
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

/* The places of an area, worked out once for all its cells. */
struct places {
	struct area area;
	const struct state_view *state;
	int rows;                           /* of answers, see regions_rows() */
	int column[CANVAS_COLUMNS_MAX + 1]; /* of the grid, at each column and after the last one */
	double across, down;                /* dots of a column and of a row */
};

static const struct answer *answers_of(const struct places *places, int row)
{
	return grid_row(places->state, row, places->rows);
}

static struct places places_of(struct area area, const struct state_view *state)
{
	struct places places = {.area = area, .state = state, .rows = regions_rows(area)};
	for (int x = 0; x <= area.width; x++)
		places.column[x] = grid_place(x, area.width, state->wish.columns);
	places.across = (double)plot_dots_across(area) / area.width;
	places.down = (double)plot_dots_down(area) / places.rows;
	return places;
}

/* Dots at the crossings between the middle of a row's place and those to the right and below. */
static void dot_borders(const struct places *places, int row)
{
	const struct answer *these = answers_of(places, row), *next = answers_of(places, row + 1);
	for (int x = 0; x < places->area.width; x++) {
		const struct answer *here = &these[places->column[x]];
		const struct answer *right = &these[places->column[x + 1]];
		const struct answer *below = &next[places->column[x]];
		if (differ(here, right))
			plot_dot(places->area, (int)((x + 0.5 + crossing(here, right)) * places->across),
				(int)((row + 0.5) * places->down), STYLE_DIM);
		if (differ(here, below))
			plot_dot(places->area, (int)((x + 0.5) * places->across),
				(int)((row + 0.5 + crossing(here, below)) * places->down), STYLE_DIM);
	}
}

static void draw_borders(const struct places *places)
{
	struct area area = places->area;
	for (int row = 0; row < places->rows; row++)
		dot_borders(places, row);
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
	if (area.width < 1 || area.height < 1)
		return;
	const struct places places = places_of(area, state);
	int each = places.rows / area.height;
	bool grounds = area.canvas->colors >= 256;
	draw_borders(&places);
	for (int y = 0; y < area.height; y++) {
		const struct answer *upper = answers_of(&places, y * each);
		const struct answer *lower = answers_of(&places, y * each + each - 1);
		for (int x = 0; x < area.width; x++) {
			int column = places.column[x];
			if (grounds)
				draw_ground(
					area, x, y, regions_style(&upper[column]), regions_style(&lower[column]));
			else
				draw_shade(area, x, y, &upper[column]);
		}
	}
}
