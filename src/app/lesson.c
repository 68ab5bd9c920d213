#include "app/lesson.h"

#include "app/text_file.h"
#include "ui/plot.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool lesson_refuse(
	const struct lesson *lesson, int number, const char *cause, int status, struct error *error)
{
	return text_file_refuse(lesson->name, number, cause, status, error);
}

void lesson_free(struct lesson *lesson)
{
	if (!lesson)
		return;
	free(lesson->name);
	free(lesson->bytes);
	free(lesson->translated);
	free(lesson->line);
	free(lesson->head);
	free(lesson);
}

static bool is_text(const struct lesson *lesson, int line)
{
	return line >= 0 && line < lesson->count && lesson->line[line].kind == LESSON_SAY;
}

bool lesson_stops_after(const struct lesson *lesson, int line)
{
	const struct lesson_line *at = &lesson->line[line];
	bool asked = line + 1 < lesson->count && lesson->line[line + 1].kind == LESSON_ASK;
	return at->kind == LESSON_ASK ||
		(at->kind == LESSON_SAY && !is_text(lesson, line + 1) && !asked);
}

int lesson_stops(const struct lesson *lesson)
{
	int stops = 0;
	for (int i = 0; i < lesson->count; i++)
		stops += lesson_stops_after(lesson, i);
	return stops;
}

/* ---- texts ---- */

/* The number for "{NAME}"; what cannot be read stays as it is written. */
static bool fill_number(const char *name, size_t length, struct record_pair records, char *out)
{
	char text[64];
	struct error ignored;
	struct quantity_name quantity;
	snprintf(text, sizeof(text), "%.*s", (int)length, name);
	if (!quantity_parse(text, &quantity, &ignored))
		return false;
	double value = quantity_value(&quantity, records);
	if (record_is_nothing((float)value))
		snprintf(out, PLOT_NUMBER, "-");
	else
		plot_number(out, value);
	return true;
}

void lesson_fill(const char *text, struct record_pair records, char *out, size_t size)
{
	size_t used = 0;
	while (*text && used + PLOT_NUMBER < size) {
		char number[PLOT_NUMBER];
		size_t length = *text == '{' ? strcspn(text, "}") : 0;
		if (length > 1 && text[length] == '}' &&
			fill_number(text + 1, length - 1, records, number)) {
			used += (size_t)snprintf(out + used, size - used, "%s", number);
			text += length + 1;
		} else {
			out[used++] = *text++;
		}
	}
	out[used] = '\0';
}
