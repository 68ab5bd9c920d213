/* Primitives that turn numbers into cells: axes, bars, curves. They know nothing of networks.
 *
 * A fraction is a position on an axis: 0 at its low end, 1 at its high end; others are outside.
 * Curves are made of dots: 2x4 a cell with braille, fewer with other glyph sets (glyphs.h), counted
 * from the upper left corner. NaN draws nothing.
 */
#ifndef UI_PLOT_H
#define UI_PLOT_H

#include "ui/canvas.h"

enum { PLOT_TICKS_MAX = 24, PLOT_NUMBER = 16 };

struct axis {
	double low, high; /* low < high; both above 0 if logarithmic */
	bool logarithmic;
};

double axis_fraction(const struct axis *axis, double value); /* NaN: log of value < 0 */
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
/* Two numbers with as few digits as tell them apart, where that needs no more than so many columns
 * (PLOT_NUMBER - 1 at most) and 9 digits, which a float has; else both as plot_number(). */
void plot_pair(char a[PLOT_NUMBER], char b[PLOT_NUMBER], double x, double y, int columns);
/* For values in the user's own unit, such as prices: as plot_number(), but integers from 10000 to a
 * billion. */
void plot_quantity(char out[PLOT_NUMBER], double value);
/* Always with an exponent, so that numbers in a column compare: "2.5e-08". */
void plot_scientific(char out[PLOT_NUMBER], double value);
/* A share in whole percents; "<1 %" and ">99 %" where it would wrongly round to 0 or 100. */
/* "2.3 ms", "120 s": two digits, so that a steady time stays as it is. */
void plot_time(char out[PLOT_NUMBER], double seconds);
void plot_share(char out[PLOT_NUMBER], double share);

/* A bar from the left or from below to `fraction`; a positive fraction is always visible. */
void plot_bar_right(struct area area, double fraction, enum style style);
void plot_bar_up(struct area area, double fraction, enum style style);

int plot_dots_across(struct area area);
int plot_dots_down(struct area area);
int plot_column(struct area area, double fraction); /* column of the cell; -1: before the axis */
int plot_row(struct area area, double fraction);    /* row of the cell; -1: above the axis */
void plot_dot(struct area area, int x, int y, enum style style);

struct spot {
	double x, y; /* fractions, y upwards */
};

enum stroke { STROKE_SOLID, STROKE_DASHED };

/* A straight line, clipped to the area. */
void plot_line(
	struct area area, struct spot from, struct spot to, enum stroke stroke, enum style style);

/* The left axis in the first `width` columns of `area`; its line is the last of them. */
void plot_axis_left(
	struct area area, int width, const struct axis *axis, const struct ticks *ticks);
/* The lower axis: a line with ticks, and under it the labels that fit whole. */
void plot_axis_below(struct area area, const struct axis *axis, const struct ticks *ticks);

#endif
