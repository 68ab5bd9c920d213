/* A picture made of character cells, and the only thing that panes draw on.
 *
 * Drawing is clipped: any coordinate, any text and any size from 0x0 is safe. Text from files is
 * safe, too: text_next() replaces what a terminal could take for a command. A style is a role, not
 * a colour; the colour scheme says how each role looks.
 * Glyph sets without Unicode (ascii, console) spell Greek letters and mathematical signs in ASCII.
 * Shades, the full block and the run sign in a text are drawn as those of the glyph set.
 */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

enum style {
	STYLE_NORMAL,
	STYLE_DIM,    /* grid, hints, frames */
	STYLE_TITLE,  /* pane titles, header */
	STYLE_FOCUS,  /* frame and title of the focused pane */
	STYLE_KEY,    /* a key to press */
	STYLE_BAR,    /* main quantity */
	STYLE_SECOND, /* second quantity (delta tick, f', validation) */
	STYLE_GOOD,
	STYLE_WARNING,
	STYLE_ALARM,
	STYLE_SATURATED, /* shades of units */
	STYLE_DEAD,
	STYLE_MARK,     /* events on curves */
	STYLE_SELECTED, /* chosen line or layer */
	STYLE_CLASS0,
	STYLE_CLASS1,
	STYLE_CLASS2,
	STYLE_CLASS3,
	STYLE_TWIN,                     /* the second run beside the one that is shown */
	STYLE_OWN_COUNT,                /* from here on all colour schemes look alike, see ui/heat.h */
	STYLE_HEAT = STYLE_OWN_COUNT,   /* magnitudes, dark to light: HEAT_STEPS styles */
	STYLE_REGION = STYLE_HEAT + 12, /* backgrounds: 3 strengths of each of 4 classes */
	STYLE_REGION_BETWEEN = STYLE_REGION + 12, /* of no class */
	STYLE_POINT,                              /* light, for points on regions: 4 classes */
	STYLE_POINT_HELD_OUT = STYLE_POINT + 4,
	STYLE_POINT_WRONG,
	STYLE_COUNT,
};

struct cell {
	uint32_t code; /* 0: the right half of a wide character */
	uint8_t style;
	uint8_t ground; /* style whose colour is the background; STYLE_NORMAL: the terminal's own */
};

struct glyphs;

/* What a cell stands for, see ui/target.h; numbers from 1, 0: none. */
struct target {
	int pane;        /* its number */
	bool title;      /* the upper edge of the pane */
	int layer, unit; /* of the network; the unit is one of the layer */
	int weight;      /* of the selected layer */
	int cursor;      /* on the axis of z, see struct view */
	int column;      /* of a table: a statistic of the layers */
	int choice;      /* row of a list to choose from */
	int setting;     /* row of the menu */
	int value;       /* choice of the selected setting */
	int key;         /* a hint: the key to press */
	bool has_epoch;
	int64_t epoch;
};

/* A larger terminal stays blank beyond. */
enum { CANVAS_COLUMNS_MAX = 600, CANVAS_ROWS_MAX = 300 };

/* Where the terminal's cursor rests, which is hidden but followed by screen readers and braille
 * lines: on the focused thing. */
struct cursor {
	int x, y;
	bool item; /* on the chosen item of a pane, not just on its title */
};

struct canvas {
	int columns, rows;
	struct cursor cursor;
	int colors; /* that the terminal shows: 0, 8, 16 or 256; backgrounds need 256 */
	const struct glyphs *glyphs;
	struct cell *cell;     /* [rows][columns] */
	struct target *target; /* [rows][columns], all zero before drawing; NULL: no one asks */
};

/* A rectangle of a canvas; drawing is relative to it and clipped to it. */
struct area {
	struct canvas *canvas;
	int x, y, width, height;
};

struct canvas *canvas_new(void); /* 0x0; NULL if out of memory */
void canvas_free(struct canvas *canvas);
/* Clears to blanks and sets the size, clamped to the maximum; false if out of memory, with the
 * canvas unchanged. */
bool canvas_reset(struct canvas *canvas, int columns, int rows, const struct glyphs *glyphs);

struct area area_all(struct canvas *canvas);
struct area area_sub(struct area area, int x, int y, int width, int height); /* clipped */

/* A wide character is drawn only if both of its cells are inside. */
void area_put(struct area area, int x, int y, uint32_t code, enum style style);
/* The same on a background in the colour of the style `ground`, where there are 256 colours. */
void area_put_on(
	struct area area, int x, int y, uint32_t code, enum style style, enum style ground);
/* Lays such a background under what a cell shows. */
void area_lay(struct area area, int x, int y, enum style ground);
/* Rests the cursor on a cell of the area. */
void area_cursor(struct area area, int x, int y);
/* Draws the sign of a chosen item; the first one that the focused pane draws has the cursor. */
void area_chosen(struct area area, int x, int y, enum style style);
/* Draws a box just inside the area, four corners included. */
void area_frame(struct area area, enum style style);
/* The character of a cell; 0 outside, and in the right half of a wide character. */
uint32_t area_code(struct area area, int x, int y);
enum style area_style(struct area area, int x, int y); /* STYLE_NORMAL outside */
/* Draws UTF-8 text from x on; returns its width in columns, the clipped part included. */
int area_text(struct area area, int x, int y, enum style style, const char *text);
int area_format(struct area area, int x, int y, enum style style, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Width of a text in columns with these glyphs. */
int glyphs_text_width(const struct glyphs *glyphs, const char *text);
/* The ASCII spelling of a character; "?" if it has none. */
const char *glyphs_plain(uint32_t code);

#endif
