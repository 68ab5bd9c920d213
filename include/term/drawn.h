/* The cells that the terminal shows, to find those of a new picture that must be sent.
 *
 * A blank shows no foreground colour, so it is sent in the style that costs no bytes, unless the
 * style would be visible.
 */
#ifndef TERM_DRAWN_H
#define TERM_DRAWN_H

#include "ui/canvas.h"
#include <stdbool.h>
#include <stdint.h>

struct drawn {
	struct cell *cells; /* [rows][columns], as sent */
	int columns, rows;
	bool repaint;                     /* all cells must be sent again */
	uint8_t pen, ground;              /* style and background of the cell sent last */
	bool shows_on_blank[STYLE_COUNT]; /* visible on a blank: reverse or underlined */
};

/* Sets another size, of which nothing has been sent. False: not enough memory, nothing changed. */
bool drawn_resize(struct drawn *drawn, int columns, int rows);
void drawn_free(struct drawn *drawn);

/* Columns of the cell on this terminal; 0: the right half of a wide character. */
int drawn_width(const struct drawn *drawn, const struct canvas *canvas, int x, int y);

bool drawn_differs(const struct drawn *drawn, const struct canvas *canvas, int x, int y);

/* Marks the cell as sent and returns it; `pen` and `ground` become the style and the background to
 * send it in. */
struct cell drawn_take(struct drawn *drawn, const struct canvas *canvas, int x, int y);

#endif
