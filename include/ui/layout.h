/* Where the panes go: a pure function from the size of the screen to rectangles.
 *
 * Row 0 is the header; the last rows are the verdict, the advice (from 80x24 on) and the key hints.
 * The panes share the rows between them; a layout for large print has a large word below them.
 * Properties (tested at every size): rectangles lie inside, are disjoint, not empty, and leave
 * no gap; the focused pane is always among them; the panes that are shown keep their order.
 */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <stdbool.h>

enum { LAYOUT_PANES_MAX = 16, LAYOUT_COLUMNS_MIN = 40, LAYOUT_ROWS_MIN = 10 };

struct rectangle {
	int x, y, width, height;
};

struct layout {
	bool too_small;             /* under 40x10: no panes */
	int count;                  /* panes shown */
	int pane[LAYOUT_PANES_MAX]; /* index of each in the table of panes */
	struct rectangle place[LAYOUT_PANES_MAX];
};

/* Rows below the panes, hints included. */
int layout_rows_below(int columns, int rows);

/* Rows for one large word between panes and verdict, a blank one above it included; most layouts
 * have none. */
int layout_banner_rows(int columns, int rows, const char *name);

/* True if the panes of this layout draw the number that matters most large. */
bool layout_is_large(const char *name);

/* `panes`: how many there are; `focus`: index of the focused one, shown alone if `zoomed`; `name`:
 * that of a layout, see layout_name(); an unknown one means the default. */
struct layout layout_compute(
	int columns, int rows, int panes, int focus, bool zoomed, const char *name);

const char *layout_name(int index); /* NULL past the end */
const char *layout_help(int index);

#endif
