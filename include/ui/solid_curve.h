/* Curves with a body: solid blocks at the height of the values, over ground in their colour.
 *
 * A curve is collected piece by piece, as the range of its values in each column of cells, so that
 * a peak is seen however narrow it is. It is drawn in eighths of a cell where the glyph set has
 * these blocks; with other sets in thirds, and the body in a glyph of its own.
 */
#ifndef UI_SOLID_CURVE_H
#define UI_SOLID_CURVE_H

#include "ui/plot.h"

struct solid_curve {
	struct area area;                                         /* where it will be drawn */
	double low[CANVAS_COLUMNS_MAX], high[CANVAS_COLUMNS_MAX]; /* low > high: nothing there */
};

void solid_curve_begin(struct solid_curve *curve, struct area area);
/* A straight line between two spots; one with a NaN draws nothing. */
void solid_curve_add(struct solid_curve *curve, struct spot from, struct spot to);

/* Covers what has been drawn there before. */
void solid_curve_draw(const struct solid_curve *curve, enum style style);
/* The same with one sign in every cell, for a second curve that differs from the first without
 * colour. */
void solid_curve_spell(const struct solid_curve *curve, uint32_t code, enum style style);
/* Fills the blanks below the curve, if the glyph set has a body. */
void solid_curve_body(const struct solid_curve *curve);
/* True if a text would hide blanks and body only. */
bool solid_curve_leaves(struct area area, int x, int y, int width);
/* Lays a ground under all that is drawn below the curve, where there are 256 colours. */
void solid_curve_fill(const struct solid_curve *curve, enum style ground);

#endif
