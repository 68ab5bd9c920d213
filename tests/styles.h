/* The styles of what is drawn, a letter a cell. */
#ifndef TESTS_STYLES_H
#define TESTS_STYLES_H

#include "ui/canvas.h"

/* Text in the normal style has a comma; the shades of heat are a to l, those of regions m to x. */
static inline char letter_of(enum style style)
{
	static const char own[STYLE_OWN_COUNT + 1] = ",.TFKBSGWAsDM>0123P";
	if (style < STYLE_OWN_COUNT)
		return own[style];
	if (style < STYLE_REGION)
		return (char)('a' + style - STYLE_HEAT);
	if (style < STYLE_REGION_BETWEEN)
		return (char)('m' + style - STYLE_REGION);
	return "-4567h!"[style - STYLE_REGION_BETWEEN];
}

/* Ends a line without the blanks before its end. */
static inline char *end_line(const char *start, char *end)
{
	while (end > start && end[-1] == ' ')
		end--;
	*end = '\n';
	return end + 1;
}

static inline char *add_styles(char *end, const struct canvas *canvas)
{
	for (int y = 0; y < canvas->rows; y++) {
		const struct cell *row = &canvas->cell[y * canvas->columns];
		char *start = end;
		for (int x = 0; x < canvas->columns; x++)
			*end++ = row[x].code == ' ' ? ' ' : letter_of(row[x].style);
		end = end_line(start, end);
	}
	return end;
}

/* Only where a cell has a ground of its own. */
static inline char *add_grounds(char *end, const struct canvas *canvas)
{
	for (int y = 0; y < canvas->rows; y++) {
		const struct cell *row = &canvas->cell[y * canvas->columns];
		char *start = end;
		for (int x = 0; x < canvas->columns; x++)
			*end++ = row[x].ground == STYLE_NORMAL ? ' ' : letter_of(row[x].ground);
		char *after = end_line(start, end);
		end = after - start > 1 ? after : start;
	}
	return end;
}

#endif
