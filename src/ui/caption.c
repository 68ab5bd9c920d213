/* Words and numbers in pictures. See caption.h. */
#include "ui/caption.h"
#include "ui/glyphs.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char separator[] = " · ";

static int width_of(struct area area, const char *text)
{
	return glyphs_text_width(area.canvas->glyphs, text);
}

__attribute__((format(printf, 2, 0))) static void add_form(
	struct part *part, const char *format, va_list arguments)
{
	if (part->forms < PART_FORMS)
		vsnprintf(part->text[part->forms++], PART_TEXT_MAX, format, arguments);
}

void parts_add(struct parts *parts, int rank, enum style style, const char *format, ...)
{
	if (parts->count == PARTS_MAX)
		return;
	struct part *part = &parts->part[parts->count++];
	*part = (struct part){.rank = rank, .style = style};
	va_list arguments;
	va_start(arguments, format);
	add_form(part, format, arguments);
	va_end(arguments);
}

void parts_shorten(struct parts *parts, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	if (parts->count > 0)
		add_form(&parts->part[parts->count - 1], format, arguments);
	va_end(arguments);
}

/* One way to write the parts of a line. */
struct setting_of_parts {
	int form[PARTS_MAX];
	int rank_end; /* parts from this rank on are left out */
	const char *between;
};

static int parts_width(
	const struct parts *parts, const struct glyphs *glyphs, const struct setting_of_parts *set)
{
	int width = 0, shown = 0;
	for (int i = 0; i < parts->count; i++)
		if (parts->part[i].rank < set->rank_end) {
			width += glyphs_text_width(glyphs, parts->part[i].text[set->form[i]]);
			shown++;
		}
	return shown ? width + (shown - 1) * glyphs_text_width(glyphs, set->between) : 0;
}

/* Takes the next shorter form of all parts, from the highest rank down, until they fit. */
static bool set_shorter(
	const struct parts *parts, const struct glyphs *glyphs, int width, struct setting_of_parts *set)
{
	for (int rank = set->rank_end - 1; rank >= 0; rank--) {
		for (int i = 0; i < parts->count; i++)
			if (parts->part[i].rank == rank && set->form[i] + 1 < parts->part[i].forms)
				set->form[i]++;
		if (parts_width(parts, glyphs, set) <= width)
			return true;
	}
	return false;
}

static bool set_without(const struct parts *parts, const struct glyphs *glyphs, int width,
	struct setting_of_parts *set, int rank_end)
{
	while (set->rank_end > rank_end && parts_width(parts, glyphs, set) > width)
		set->rank_end--;
	return parts_width(parts, glyphs, set) <= width;
}

static bool has_short_forms(const struct parts *parts)
{
	for (int i = 0; i < parts->count; i++)
		if (parts->part[i].forms > 1)
			return true;
	return false;
}

/* Shortens and drops no more than needed; returns what parts_fit() does. */
static bool set_parts(
	const struct parts *parts, const struct glyphs *glyphs, int width, struct setting_of_parts *set)
{
	*set = (struct setting_of_parts){.between = separator};
	for (int i = 0; i < parts->count; i++)
		if (parts->part[i].rank >= set->rank_end)
			set->rank_end = parts->part[i].rank + 1;
	if (parts_width(parts, glyphs, set) <= width)
		return true;
	if (has_short_forms(parts)) {
		if (set_shorter(parts, glyphs, width, set))
			return true;
		set->between = glyphs->unicode ? "·" : "|"; /* "." would look like a decimal point */
		if (parts_width(parts, glyphs, set) <= width)
			return true;
		if (set_without(parts, glyphs, width, set, parts->spare ? parts->spare : set->rank_end) ||
			set_shorter(parts, glyphs, width, set))
			return false;
	}
	set_without(parts, glyphs, width, set, 0);
	return false;
}

bool parts_fit(const struct parts *parts, const struct glyphs *glyphs, int width)
{
	struct setting_of_parts set;
	return set_parts(parts, glyphs, width, &set);
}

int parts_draw(const struct parts *parts, struct area area, int x, int y)
{
	struct setting_of_parts set;
	set_parts(parts, area.canvas->glyphs, area.width - x, &set);
	int from = x;
	for (int i = 0; i < parts->count; i++) {
		if (parts->part[i].rank >= set.rank_end)
			continue;
		if (x > from)
			x += area_text(area, x, y, STYLE_DIM, set.between);
		x += area_text(area, x, y, parts->part[i].style, parts->part[i].text[set.form[i]]);
	}
	return x - from;
}

void caption_short_name(char *out, size_t size, const char *name, bool briefer)
{
	enum { BRIEF = 4 };
	size_t first = strcspn(name, "-/"), used = briefer && first > BRIEF ? BRIEF : first;
	int length = snprintf(out, size, "%.*s", (int)used, name);
	for (const char *at = name + first; length >= 0 && (size_t)length < size && *at == '-';) {
		size_t word = strcspn(++at, "-/");
		/* a number keeps all of its digits */
		int kept = at[0] >= '0' && at[0] <= '9' ? (int)word : 1;
		length += snprintf(out + length, size - (size_t)length, "-%.*s", kept, at);
		at += word;
	}
	if (strchr(name, '/') && length >= 0 && (size_t)length < size)
		snprintf(out + length, size - (size_t)length, "/..");
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

bool is_blank(struct area area, int x, int y, int width)
{
	for (int i = 0; i < width; i++)
		if (area_code(area, x + i, y) != ' ')
			return false;
	return true;
}

bool caption_beside(struct area area, int end, int y, enum style style, const char *text)
{
	int x = end - width_of(area, text), gap = x > 0;
	return is_blank(area, x - gap, y, end - x + gap) && caption(area, x, y, style, text);
}

/* Copies the words of *text that fit the area's width to `line` and moves on; false if the first
 * does not fit. */
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

/* Rows that a text needs; 0 if a word is too long or the area has too few rows. */
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
