/* Large letters and digits, for the last row of a hall: each is a bitmap of five rows, whose dots
 * are halves of a cell (scale 0) or blocks of 2 x 1, 4 x 2, ... cells (scale 1, 2, ...).
 */
#ifndef UI_LARGE_H
#define UI_LARGE_H

#include "ui/canvas.h"

enum { LARGE_NONE = -1 };

/* Rows and columns of a text; small letters are drawn as capitals, unknown characters as blanks. */
int large_height(int scale);
int large_width(const char *text, int scale);

/* The largest scale at which a text fits into so many columns and rows; LARGE_NONE: there is
 * none. */
int large_scale(const char *text, int columns, int rows);

/* Draws a text whose scale is not LARGE_NONE, from its upper left corner on. */
void large_draw(struct area area, int x, int y, int scale, enum style style, const char *text);

/* Rows of large_number(); 0: there is no room. */
int large_number_rows(struct area area, const char *usual, bool first);

/* Draws a number in the upper left corner of an area if it takes at most two thirds of the columns
 * and a quarter of the rows; if the number comes `first`, also in a low area of which it leaves at
 * least two rows. Returns the columns and *rows to leave free, gaps included; 0: there is no room.
 * A number as wide as `usual` or narrower leaves the same free. */
int large_number(struct area area, enum style style, const char *number, const char *usual,
	bool first, int *rows);

#endif
