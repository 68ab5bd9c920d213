/* Words and numbers in pictures: shown whole or not at all, so that no number is ever cut.
 *
 * Parts are pieces of one line with a rank; what does not fit is dropped from the highest rank
 * down, and the rest is drawn in the order in which it was added, joined by middle dots. Parts that
 * have shorter forms are shortened first, from the highest rank down, too.
 */
#ifndef UI_CAPTION_H
#define UI_CAPTION_H

#include "ui/canvas.h"
#include <stddef.h>

enum { PARTS_MAX = 12, PART_TEXT_MAX = 160, PART_FORMS = 3 };

struct part {
	int rank; /* 0 is dropped last */
	enum style style;
	int forms; /* that it has, the longest first */
	char text[PART_FORMS][PART_TEXT_MAX];
};

struct parts {
	int count;
	int spare; /* from this rank on parts go before others take their shortest form; 0: none */
	struct part part[PARTS_MAX];
};

void parts_add(struct parts *parts, int rank, enum style style, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A shorter form of the part added last. */
void parts_shorten(struct parts *parts, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* True if all of them fit in `width` columns without their shortest forms. */
bool parts_fit(const struct parts *parts, const struct glyphs *glyphs, int width);
int parts_draw(const struct parts *parts, struct area area, int x, int y); /* columns taken */

/* A name of words with hyphens in fewer characters: "glorot-u"; briefer: "glor-u". Of names with
 * slashes the first stands for all: "relu/..". */
void caption_short_name(char *out, size_t size, const char *name, bool briefer);

/* Draws only if all of it fits right of x (or left of the end x); true if it did. */
bool caption(struct area area, int x, int y, enum style style, const char *text);
bool caption_right(struct area area, int end, int y, enum style style, const char *text);
bool caption_centre(struct area area, int centre, int y, enum style style, const char *text);

/* A text from the first row on, wrapped at blanks; nothing if it does not fit. Rows taken. */
int caption_text(struct area area, enum style style, const char *text);

/* A sentence in the middle of an empty pane, wrapped at blanks; nothing if it does not fit. */
void caption_sentence(struct area area, enum style style, const char *text);

#endif
