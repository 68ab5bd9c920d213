/* Text in lines of bounded width, broken between words. */
#ifndef APP_FOLD_H
#define APP_FOLD_H

#include "ui/glyphs.h"
#include <stddef.h>

/* Takes from *text the words that fit into `width` columns, at least one; false at the end. */
bool fold_line(const char **text, int width, const struct glyphs *glyphs, char *out, size_t size);

/* Draws text from line y on, folded to the area's width less `indent`, which the first line has
 * too. Returns the number of lines it takes, drawn or clipped. */
int fold_draw(struct area area, int indent, int y, enum style style, const char *text);

#endif
