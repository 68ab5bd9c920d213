/* What the terminal shows, and so what of a new picture has to be sent.
 *
 * A blank shows no foreground: it wears whatever style costs no bytes, unless that would show.
 */
#ifndef TERM_DRAWN_H
#define TERM_DRAWN_H

#include "ui/canvas.h"
#include <stdbool.h>
#include <stdint.h>

struct drawn {
	struct cell *cells; /* [rows][columns], what has been sent */
	int columns, rows;
	bool repaint;                     /* all of it has to be sent anew */
	uint8_t pen, ground;              /* style and background of the cell sent last */
	bool shows_on_blank[STYLE_COUNT]; /* reverse or underlined */
};

/* Another size, and nothing of it sent yet. False: no memory, and all is as it was. */
bool drawn_resize(struct drawn *drawn, int columns, int rows);
void drawn_free(struct drawn *drawn);

/* Columns the cell takes on this terminal; 0 is the right half of a wide character. */
int drawn_width(const struct drawn *drawn, const struct canvas *canvas, int x, int y);

bool drawn_differs(const struct drawn *drawn, const struct canvas *canvas, int x, int y);

/* The cell counts as sent; returns it; `pen` and `ground` are what to send it in. */
struct cell drawn_take(struct drawn *drawn, const struct canvas *canvas, int x, int y);

#endif
