/* Words in pictures. See caption.h. */
#include "ui/caption.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char separator[] = " · ";

static int width_of(struct area area, const char *text)
{
	return glyphs_text_width(area.canvas->glyphs, text);
}

void parts_add(struct parts *parts, int rank, enum style style, const char *format, ...)
{
	if (parts->count == PARTS_MAX)
		return;
	struct part *part = &parts->part[parts->count++];
	part->rank = rank;
	part->style = style;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(part->text, sizeof(part->text), format, arguments);
	va_end(arguments);
}

static int parts_width(const struct parts *parts, struct area area, int rank_end)
{
	int width = 0, shown = 0;
	for (int i = 0; i < parts->count; i++)
		if (parts->part[i].rank < rank_end) {
			width += width_of(area, parts->part[i].text);
			shown++;
		}
	return shown ? width + (shown - 1) * width_of(area, separator) : 0;
}

int parts_draw(const struct parts *parts, struct area area, int x, int y)
{
	int rank_end = 0;
	for (int i = 0; i < parts->count; i++)
		if (parts->part[i].rank >= rank_end)
			rank_end = parts->part[i].rank + 1;
	while (rank_end > 0 && parts_width(parts, area, rank_end) > area.width - x)
		rank_end--;
	int from = x;
	for (int i = 0; i < parts->count; i++) {
		if (parts->part[i].rank >= rank_end)
			continue;
		if (x > from)
			x += area_text(area, x, y, STYLE_DIM, separator);
		x += area_text(area, x, y, parts->part[i].style, parts->part[i].text);
	}
	return x - from;
}

bool caption(struct area area, int x, int y, enum style style, const char *text)
{
	if (x < 0 || x + width_of(area, text) > area.width || y < 0 || y >= area.height)
		return false;
	area_text(area, x, y, style, text);
	return true;
}

bool caption_right(struct area area, int end, int y, enum style style, const char *text)
{
	return caption(area, end - width_of(area, text), y, style, text);
}

bool caption_centre(struct area area, int centre, int y, enum style style, const char *text)
{
	return caption(area, centre - width_of(area, text) / 2, y, style, text);
}

/* Copies the words of *text that fit into `width` columns to a line and moves on; false if
 * not even the first does. */
static bool line_take(struct area area, const char **text, char *line, size_t size)
{
	size_t taken = 0;
	for (const char *at = *text; *at;) {
		size_t word = strcspn(at, " ");
		size_t end = (size_t)(at - *text) + word;
		if (end + 1 > size)
			break;
		memcpy(line, *text, end);
		line[end] = '\0';
		if (width_of(area, line) > area.width)
			break;
		taken = end;
		at += word + strspn(at + word, " ");
	}
	memcpy(line, *text, taken);
	line[taken] = '\0';
	*text += taken + strspn(*text + taken, " ");
	return taken > 0;
}

/* Rows that a text takes; 0 if a word is too long or the rows are too many. */
static int count_lines(struct area area, const char *text)
{
	char line[256];
	int lines = 0;
	for (const char *rest = text; *rest; lines++)
		if (!line_take(area, &rest, line, sizeof(line)))
			return 0;
	return lines <= area.height ? lines : 0;
}

int caption_text(struct area area, enum style style, const char *text)
{
	char line[256];
	int lines = count_lines(area, text);
	for (int y = 0; y < lines; y++) {
		line_take(area, &text, line, sizeof(line));
		caption(area, 0, y, style, line);
	}
	return lines;
}

void caption_sentence(struct area area, enum style style, const char *text)
{
	char line[256];
	int lines = count_lines(area, text);
	int y = (area.height - lines) / 2;
	for (; lines > 0; lines--, y++) {
		line_take(area, &text, line, sizeof(line));
		caption_centre(area, area.width / 2, y, style, line);
	}
}
