/* Panes drawn to text. */
#ifndef TESTS_DRAWN_H
#define TESTS_DRAWN_H

#include "lab/text.h"
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include <stdlib.h>
#include <string.h>

enum { SENTINEL = '@', TEXT_MAX = 250 * 80 * 4 + 80 + 1 };

static inline struct canvas *canvas_make(int columns, int rows, const struct glyphs *glyphs)
{
	struct canvas *canvas = canvas_new();
	assert_non_null(canvas);
	assert_true(canvas_reset(canvas, columns, rows, glyphs));
	return canvas;
}

/* The canvas as UTF-8, a line a row. The caller frees. */
static inline char *canvas_text(const struct canvas *canvas)
{
	char *text = malloc(TEXT_MAX), *end = text;
	assert_non_null(text);
	for (int i = 0; i < canvas->columns * canvas->rows; i++) {
		if (canvas->cell[i].code)
			end += text_encode(end, canvas->cell[i].code);
		if ((i + 1) % canvas->columns == 0)
			*end++ = '\n';
	}
	*end = '\0';
	return text;
}

static inline const struct pane *pane_named(const char *name)
{
	for (int i = 0; pane_at(i); i++)
		if (strcmp(pane_at(i)->name, name) == 0)
			return pane_at(i);
	fail_msg("no pane %s", name);
	return NULL;
}

/* The inside of one pane as text. */
static inline char *drawn(
	const char *pane, const struct picture *picture, int width, int height, const char *glyphs)
{
	struct canvas *canvas = canvas_make(width, height, glyphs_find(glyphs));
	pane_named(pane)->draw(picture, area_all(canvas));
	char *text = canvas_text(canvas);
	canvas_free(canvas);
	return text;
}

static inline struct case_data *case_named(const char *name)
{
	for (int i = 0; picture_case_at(i); i++)
		if (strcmp(picture_case_at(i)->name, name) == 0)
			return picture_make(picture_case_at(i));
	fail_msg("no case %s", name);
	return NULL;
}

static inline void assert_shows(const struct picture *picture, const char *pane, int width,
	int height, const char *text, bool expected)
{
	char *found = drawn(pane, picture, width, height, "braille");
	if ((strstr(found, text) != NULL) != expected)
		fail_msg("%s at %dx%d %s '%s':\n%s", pane, width, height,
			expected ? "does not show" : "shows", text, found);
	free(found);
}

#endif
