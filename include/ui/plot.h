/* Primitives that turn numbers into cells: axes, bars, curves. They know nothing of networks.
 *
 * A fraction is a place on an axis: 0 at its low end, 1 at its high end, beyond them outside.
 * Curves are drawn from dots: braille has 2x4 of them a cell, other glyph sets fewer, see
 * glyphs.h. Dots are counted from the top left corner. NaN draws nothing.
 */
#ifndef UI_PLOT_H
#define UI_PLOT_H

#include "ui/canvas.h"

enum { PLOT_TICKS_MAX = 24, PLOT_NUMBER = 16 };

struct axis {
	double low, high; /* low < high; both above 0 if logarithmic */
	bool logarithmic;
};

double axis_fraction(const struct axis *axis, double value);
double axis_value(const struct axis *axis, double fraction);

struct ticks {
	int count, width; /* width: columns of the longest label */
	double value[PLOT_TICKS_MAX];
	char label[PLOT_TICKS_MAX][PLOT_NUMBER];
};

/* At most `most` round values within the axis; whole decades if it is logarithmic. The ends
 * of a logarithmic axis are always among them. */
struct ticks axis_ticks(const struct axis *axis, int most);

/* Short numbers for people: "0.6931", "1234", "2.5e-08", "nan", "-inf". At most 8 columns. */
void plot_number(char out[PLOT_NUMBER], double value);
/* In a unit of the user's, such as prices: whole up to a billion, else four digits. */
void plot_quantity(char out[PLOT_NUMBER], double value);
/* Always with an exponent, so that columns of them compare: "2.5e-08". */
void plot_scientific(char out[PLOT_NUMBER], double value);
/* A share in whole percents; 0 and 100 only if it is none and all, "<1 %" and ">99 %" near them. */
void plot_share(char out[PLOT_NUMBER], double share);

/* Filled from the left or from below to `fraction`; a positive fraction is never invisible. */
void plot_bar_right(struct area area, double fraction, enum style style);
void plot_bar_up(struct area area, double fraction, enum style style);

int plot_dots_across(struct area area);
int plot_dots_down(struct area area);
int plot_column(struct area area, double fraction); /* cell of a place on the level axis */
int plot_row(struct area area, double fraction);    /* cell of a place on the upright axis */
void plot_dot(struct area area, int x, int y, enum style style);

struct spot {
	double x, y; /* fractions, y upwards */
};

enum stroke { STROKE_SOLID, STROKE_DASHED };

/* A straight line; what lies outside is cut off, not bent. */
void plot_line(
	struct area area, struct spot from, struct spot to, enum stroke stroke, enum style style);

/* The left axis in the leftmost `width` columns of `area`, its line in the last of them. */
void plot_axis_left(
	struct area area, int width, const struct axis *axis, const struct ticks *ticks);
/* The axis below: a line with ticks, and the labels that fit whole in the row under it. */
void plot_axis_below(struct area area, const struct axis *axis, const struct ticks *ticks);

#endif
