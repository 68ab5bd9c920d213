/* A canvas as a file: text, or a drawing in SVG 1.1 that is crisp at any size.
 *
 * In the drawing a cell is 8 units wide and 16 high. Block elements are rectangles, box lines are
 * strokes that join, Braille patterns are dots, and all other characters are text in whatever
 * monospace font the reader has, set to the width of its cells. The ground is dark. Colours are
 * those that the canvas may show (canvas->colors): 256, 8, or none.
 *
 * Both return false if the stream failed; neither allocates.
 */
#ifndef UI_PICTURE_FILE_H
#define UI_PICTURE_FILE_H

#include "ui/glyphs.h"
#include <stdio.h>

/* UTF-8, a line for each row, without the blanks at its end. */
bool canvas_write_text(FILE *file, const struct canvas *canvas);

bool canvas_write_svg(FILE *file, const struct canvas *canvas, const struct color_scheme *scheme);

#endif
