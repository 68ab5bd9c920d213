#include "unit_face.h"

#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/plot.h"

#include <math.h>
#include <string.h>

enum { LOWER_HALF = 0x2584, TENTHS_MAX = 9 };

/* Bars can be told from the shades of units that do not work. */
static bool has_bars(const struct canvas *canvas)
{
	return canvas->glyphs->vertical_bar[GLYPHS_BAR_STEPS / 2] == LOWER_HALF;
}

static void fill(struct area cells, uint32_t sign, enum style style)
{
	for (int y = 0; y < cells.height; y++)
		for (int x = 0; x < cells.width; x++)
			area_put(cells, x, y, sign, style);
}

static void draw_in_color(struct area cells, const struct unit_face *face)
{
	int step = heat_step_of_share(face->activity);
	for (int y = 0; y < cells.height; y++)
		for (int x = 0; x < cells.width; x++)
			if (face->works)
				heat_cell(cells, x, y, step);
			else
				area_put_on(cells, x, y, face->sign, face->style, heat_style(step));
}

static void draw_bar(struct area cells, double activity)
{
	fill(cells, ' ', STYLE_NORMAL);
	int gap = cells.width > 2; /* to the next unit's bar */
	plot_bar_up(
		area_sub(cells, 0, 0, cells.width - gap, cells.height), min_f64(activity, 1), STYLE_NORMAL);
	if (activity <= 0)
		fill(area_sub(cells, 0, cells.height - 1, cells.width, 1), cells.canvas->glyphs->point[0],
			STYLE_DIM);
}

/* In the middle, once, so that a wide cell does not read as a long number. */
static void draw_digit(struct area cells, const struct unit_face *face)
{
	bool most = face->activity >= 1;
	int tenths = most ? TENTHS_MAX : (int)(face->activity * (TENTHS_MAX + 1));
	fill(cells, face->sign, face->style);
	area_put(cells, (cells.width - 1) / 2, (cells.height - 1) / 2, (uint32_t)('0' + tenths),
		STYLE_NORMAL);
}

void unit_face_draw(struct area cells, const struct unit_face *face)
{
	bool active = isfinite(face->activity);
	if (active && cells.canvas->colors >= 256)
		draw_in_color(cells, face);
	else if (!active || !face->works)
		fill(cells, face->sign, face->style);
	else if (has_bars(cells.canvas))
		draw_bar(cells, face->activity);
	else
		draw_digit(cells, face);
}

void unit_face_legend(struct area area, int y, bool mean)
{
	static const char words[] = "mean |a| ";
	const char *word = mean ? words : words + strlen("mean ");
	if (area.canvas->colors >= 256) {
		if (heat_legend_of_share(area, (int)strlen(word), y))
			area_text(area, 0, y, STYLE_DIM, word);
		return;
	}
	struct parts parts = {0};
	if (has_bars(area.canvas))
		parts_add(&parts, 0, STYLE_DIM, "works: %s0 ▁▂▃▄▅▆▇█ 1", word);
	else
		parts_add(&parts, 0, STYLE_DIM, "works: tenths of %s", word);
	parts_draw(&parts, area, 0, y);
}
