#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* wcwidth */
#endif
#include "term/drawn.h"
#include <stdlib.h>
#include <wchar.h>

enum { BLANKS_WRITTEN = 5 };

bool drawn_resize(struct drawn *drawn, int columns, int rows)
{
	struct cell *cells = calloc((size_t)columns * (size_t)rows, sizeof(*cells));
	if (cells == NULL)
		return false;
	free(drawn->cells);
	drawn->cells = cells;
	drawn->columns = columns;
	drawn->rows = rows;
	drawn->repaint = true;
	return true;
}

void drawn_free(struct drawn *drawn)
{
	free(drawn->cells);
	drawn->cells = NULL;
}

static struct cell *sent(const struct drawn *drawn, int x, int y)
{
	return &drawn->cells[(size_t)y * (size_t)drawn->columns + (size_t)x];
}

static struct cell cell_at(const struct canvas *canvas, int x, int y)
{
	static const struct cell blank = {.code = ' ', .style = STYLE_NORMAL};
	if (x < 0 || x >= canvas->columns || y >= canvas->rows)
		return blank;
	return canvas->cell[(size_t)y * (size_t)canvas->columns + (size_t)x];
}

/* True if both the picture and the locale call it wide; else the rest of the line would shift. */
static bool is_wide(const struct drawn *drawn, const struct canvas *canvas, int x, int y)
{
	wchar_t code = (wchar_t)cell_at(canvas, x, y).code;
	return x + 1 < drawn->columns && cell_at(canvas, x + 1, y).code == 0 && wcwidth(code) == 2;
}

int drawn_width(const struct drawn *drawn, const struct canvas *canvas, int x, int y)
{
	if (cell_at(canvas, x, y).code == 0)
		return x > 0 && is_wide(drawn, canvas, x - 1, y) ? 0 : 1;
	return is_wide(drawn, canvas, x, y) ? 2 : 1;
}

static bool is_plain_blank(const struct drawn *drawn, struct cell cell)
{
	return cell.code == ' ' && cell.ground == STYLE_NORMAL && !drawn->shows_on_blank[cell.style];
}

/* End of the plain blanks that begin at x. */
static int end_of_blanks(const struct drawn *drawn, const struct canvas *canvas, int x, int y)
{
	while (x < drawn->columns && is_plain_blank(drawn, cell_at(canvas, x, y)))
		x++;
	return x;
}

/* On a cleared screen a wide gap is skipped; a narrow one costs fewer bytes written as blanks. */
static bool gap_starts(const struct drawn *drawn, const struct canvas *canvas, int x, int y)
{
	bool first = x == 0 || !is_plain_blank(drawn, cell_at(canvas, x - 1, y));
	return drawn->repaint && first && end_of_blanks(drawn, canvas, x, y) - x > BLANKS_WRITTEN;
}

/* Blanks take the style of the text before them or, if that would be visible, after them. */
static void choose_pen(struct drawn *drawn, const struct canvas *canvas, int x, int y)
{
	struct cell cell = cell_at(canvas, x, y);
	drawn->ground = cell.ground;
	if (!is_plain_blank(drawn, cell)) {
		drawn->pen = cell.style;
		return;
	}
	if (gap_starts(drawn, canvas, x, y))
		drawn->pen = STYLE_NORMAL;
	if (drawn->shows_on_blank[drawn->pen])
		drawn->pen = cell_at(canvas, end_of_blanks(drawn, canvas, x, y), y).style;
	if (drawn->shows_on_blank[drawn->pen])
		drawn->pen = STYLE_NORMAL;
}

bool drawn_differs(const struct drawn *drawn, const struct canvas *canvas, int x, int y)
{
	struct cell shown = *sent(drawn, x, y);
	struct cell cell = cell_at(canvas, x, y);
	if (drawn->repaint || cell.code != shown.code)
		return true;
	return (cell.style != shown.style || cell.ground != shown.ground) &&
		!(is_plain_blank(drawn, cell) && is_plain_blank(drawn, shown));
}

struct cell drawn_take(struct drawn *drawn, const struct canvas *canvas, int x, int y)
{
	struct cell cell = cell_at(canvas, x, y);
	*sent(drawn, x, y) = cell;
	choose_pen(drawn, canvas, x, y);
	return cell;
}
