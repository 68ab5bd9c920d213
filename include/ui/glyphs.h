/* Glyph sets and colour schemes: two tables of pure data.
 *
 * The console set has only what the Linux console's font has: the full block, two shades and line
 * drawing. To add a glyph set or a scheme: one row in glyphs.c. Every glyph is one column wide.
 */
#ifndef UI_GLYPHS_H
#define UI_GLYPHS_H

#include "ui/canvas.h"

enum { GLYPHS_BAR_STEPS = 8, GLYPHS_DOTS_MAX = 8 };

struct glyphs {
	const char *name, *help;
	bool unicode;                  /* text keeps Greek and mathematical signs; else ASCII */
	bool braille;                  /* curves are Braille dots; else glyphs of dot[] */
	int dot_columns, dot_rows;     /* dots per cell in curves */
	uint32_t dot[GLYPHS_DOTS_MAX]; /* by mask, bit 0 the topmost dot; unused by braille */
	uint32_t horizontal, vertical,
		corner[4]; /* corners: upper left, upper right, lower left, lower right */
	uint32_t axis_left, axis_below,
		axis_corner;         /* tick on the left axis, on the lower; their corner */
	uint32_t full, shade[3]; /* a full cell; light, medium, dark shade */
	uint32_t horizontal_bar[GLYPHS_BAR_STEPS + 1]; /* k/8 filled from the left, or as dense */
	uint32_t vertical_bar[GLYPHS_BAR_STEPS + 1];   /* k/8 filled from below, or as dense */
	uint32_t height[GLYPHS_BAR_STEPS + 1];         /* of a curve: k/8 of a cell, never by density */
	uint32_t body, second;     /* under a curve without a ground; a second curve; 0: none */
	uint32_t point[2];         /* faint and strong point */
	uint32_t tick, tick_level; /* second quantity, across a level bar, an upright bar */
	uint32_t arrow_left, arrow_right, arrow_up, arrow_down, chosen, run, pause;
};

const struct glyphs *glyphs_at(int index);          /* NULL past the end */
const struct glyphs *glyphs_find(const char *name); /* NULL if unknown */

enum { ATTRIBUTE_BOLD = 1, ATTRIBUTE_DIM = 2, ATTRIBUTE_REVERSE = 4, ATTRIBUTE_UNDERLINE = 8 };

struct look {
	short color256, color8; /* foreground: -1 is the terminal's own */
	uint8_t attributes;     /* used with colour */
	uint8_t mono;           /* attributes used without colour */
};

struct color_scheme {
	const char *name, *help;
	bool color;
	struct look look[STYLE_OWN_COUNT];
};

const struct color_scheme *color_scheme_at(int index);
const struct color_scheme *color_scheme_find(const char *name);
const struct look *color_scheme_look(const struct color_scheme *scheme, enum style style);

#endif
