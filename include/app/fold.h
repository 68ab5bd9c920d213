/* Folds text into lines of limited width, between words. */
#ifndef APP_FOLD_H
#define APP_FOLD_H

#include "ui/glyphs.h"
#include <stddef.h>

/* Moves the words that fit into `width` columns, at least one, from *text to `out`; false at the
 * end. */
bool fold_line(const char **text, int width, const struct glyphs *glyphs, char *out, size_t size);

/* Draws text from line y on, every line indented by `indent`, folded to the width of the area.
 * Returns the number of lines, clipped ones included. */
int fold_draw(struct area area, int indent, int y, enum style style, const char *text);

#endif
