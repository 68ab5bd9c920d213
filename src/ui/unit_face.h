/* How pane units draws a unit, or the mean of several, in some cells. */
#ifndef UI_UNIT_FACE_H
#define UI_UNIT_FACE_H

#include "ui/canvas.h"

struct unit_face {
	uint32_t sign;
	enum style style;
	bool works;      /* neither dead, off nor saturated: its activity is seen */
	double activity; /* mean |a|, from 0 to 1 and beyond; NaN: none to show */
};

/* Draws into cells that are all of the unit. Its activity is a colour, or without 256 colours the
 * height of a bar, or, where the glyph set has no bars, a digit: tenths. */
void unit_face_draw(struct area cells, const struct unit_face *face);

/* One line of words and signs that says how activity is drawn; `mean`: over all samples. */
void unit_face_legend(struct area area, int y, bool mean);

#endif
