/* Small grey pictures: kernels, maps and images, pixel by pixel in the colours of the ramp. */
#ifndef UI_PIXELS_H
#define UI_PIXELS_H

#include "ui/canvas.h"

/* The values that are darkest and lightest. */
struct pixels_scale {
	double low, high;
};

/* A pixel of size 1 is half a cell high; where halves cannot be drawn, it is a whole one, and two
 * cells wide. Cells of so many pixels, across and down: */
int pixels_columns(struct area area, int width, int size);
int pixels_rows(struct area area, int height, int size);

/* Draws value[height][width] from the upper left corner on. */
void pixels_draw(struct area area, int width, int height, const float *value,
	struct pixels_scale scale, int size);

#endif
