#include "app/fold.h"

#include <string.h>

bool fold_line(const char **text, int width, const struct glyphs *glyphs, char *out, size_t size)
{
	size_t used = 0;
	const char *at = *text + strspn(*text, " ");
	out[0] = '\0';
	while (*at) {
		size_t blanks = strspn(at, " ");
		size_t word = blanks + strcspn(at + blanks, " ");
		if (used + word >= size)
			word = used ? 0 : size - 1;
		memcpy(out + used, at, word);
		out[used + word] = '\0';
		if (word == 0 || (used && glyphs_text_width(glyphs, out) > width)) {
			out[used] = '\0';
			break;
		}
		used += word;
		at += word;
	}
	*text = at;
	return used > 0;
}

int fold_draw(struct area area, int indent, int y, enum style style, const char *text)
{
	char line[1200];
	int first = y;
	while (fold_line(&text, area.width - indent, area.canvas->glyphs, line, sizeof(line)))
		area_text(area, indent, y++, style, line);
	return y - first;
}
