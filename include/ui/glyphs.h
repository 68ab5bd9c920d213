/* Glyph sets and colour schemes: two tables of pure data.
 *
 * braille: dots for curves, eighth blocks for bars. block: half and eighth blocks. console:
 * what the Linux console's font has (full block, two shades, line drawing). ascii: 7 bits.
 * To add a glyph set or a scheme: one row in glyphs.c. Every glyph is one column wide.
 */
#ifndef UI_GLYPHS_H
#define UI_GLYPHS_H

#include "ui/canvas.h"

enum { GLYPHS_BAR_STEPS = 8, GLYPHS_DOTS_MAX = 8 };

struct glyphs {
	const char *name, *help;
	bool unicode;              /* text may hold Greek and mathematics; else it is transliterated */
	bool braille;              /* curves from 2x4 dots a cell; else from 1 x dot_rows, see dot[] */
	int dot_columns, dot_rows; /* dots a cell that a curve is drawn from */
	uint32_t dot[GLYPHS_DOTS_MAX];            /* by mask, bit 0 the topmost dot; not for braille */
	uint32_t horizontal, vertical, corner[4]; /* corners: top left, right, bottom left, right */
	uint32_t axis_left, axis_below, axis_corner;   /* tick on the left axis, below, both meet */
	uint32_t full, shade[3];                       /* bar cell; light, medium, dark shade */
	uint32_t horizontal_bar[GLYPHS_BAR_STEPS + 1]; /* filled from the left by k/8, or so dense */
	uint32_t vertical_bar[GLYPHS_BAR_STEPS + 1];   /* filled from below by k/8 */
	uint32_t point[2];                             /* faint and strong point */
	uint32_t tick, tick_level; /* second quantity across a bar: upright, level */
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
