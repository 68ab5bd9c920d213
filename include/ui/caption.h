/* Words and numbers in pictures: shown whole or not at all, so that no number is ever cut.
 *
 * Parts are the pieces of one line. If they do not fit, they take their shorter forms, then some
 * are dropped; both begin at the highest rank. The rest is drawn in the order of parts_add(),
 * joined by middle dots.
 */
#ifndef UI_CAPTION_H
#define UI_CAPTION_H

#include "ui/canvas.h"
#include <stddef.h>

enum { PARTS_MAX = 12, PART_TEXT_MAX = 160, PART_FORMS = 3 };

struct part {
	int rank; /* 0 is dropped last */
	enum style style;
	int forms; /* number of texts, the longest first */
	char text[PART_FORMS][PART_TEXT_MAX];
};

struct parts {
	int count;
	int spare; /* parts from this rank on are dropped before others are shortened twice; 0: none */
	struct part part[PARTS_MAX];
};

void parts_add(struct parts *parts, int rank, enum style style, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Adds a shorter form to the part added last. */
void parts_shorten(struct parts *parts, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* True if all parts fit in `width` columns, each in its first or second form. */
bool parts_fit(const struct parts *parts, const struct glyphs *glyphs, int width);
/* Returns the columns used. */
int parts_draw(const struct parts *parts, struct area area, int x, int y);

/* Abbreviates a name: "glorot-uniform" becomes "glorot-u", briefer "glor-u". A list as "relu/tanh"
 * becomes "relu/..". */
void caption_short_name(char *out, size_t size, const char *name, bool briefer);

/* Draw a text only if it fits whole; return true if it did. caption_right() ends before `end`. */
bool caption(struct area area, int x, int y, enum style style, const char *text);
bool caption_right(struct area area, int end, int y, enum style style, const char *text);
bool caption_centre(struct area area, int centre, int y, enum style style, const char *text);

/* True if a row of cells is inside the area and blank. */
bool is_blank(struct area area, int x, int y, int width);

/* As caption_right(), only if the text and a blank before it hide nothing. */
bool caption_beside(struct area area, int end, int y, enum style style, const char *text);

/* Draws a text from row 0 on, wrapped at blanks; nothing if it does not fit. Returns the rows
 * used. */
int caption_text(struct area area, enum style style, const char *text);

/* Draws a sentence in the middle of an empty pane, as caption_text() does. */
void caption_sentence(struct area area, enum style style, const char *text);

#endif
