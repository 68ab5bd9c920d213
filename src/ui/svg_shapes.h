/* Characters as shapes of an SVG drawing: what the paths in picture_file.c are made of. */
#ifndef UI_SVG_SHAPES_H
#define UI_SVG_SHAPES_H

#include "ui/canvas.h"
#include <stdio.h>

/* Units of a cell: eighths of it, and the dots of Braille, have whole coordinates. */
enum { SVG_WIDTH = 8, SVG_HEIGHT = 16 };

enum svg_shape {
	SVG_NOTHING,
	SVG_BLOCK, /* rectangles that are filled, */
	SVG_SHADE, /* a quarter, */
	SVG_SHADE_MEDIUM,
	SVG_SHADE_DARK,
	SVG_LINE, /* strokes, */
	SVG_LINE_HEAVY,
	SVG_DOTS, /* strokes without length */
	SVG_TEXT,
	SVG_SHAPES,
};

enum svg_shape svg_shape_of(uint32_t code);

/* Appends `count` cells with the same character, from column x of row y on, to the data of a path.
 * Their shape is neither SVG_NOTHING nor SVG_TEXT. */
void svg_path_add(FILE *file, uint32_t code, int x, int y, int count);

#endif
