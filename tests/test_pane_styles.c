/* The styles of every pane, a letter a cell: they tell what is wrong, chosen, pinned or large, and
 * no golden frame of text shows them. */
#include "ui/pane_rows.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"
#include "golden.h"
#include "styles.h"
#include "views.h"

enum { COLUMNS = 78, ROWS = 18 };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char *add_frame(char *end, const struct pane *pane, const char *title,
	const struct picture *picture, int colors)
{
	struct canvas *canvas = canvas_make(COLUMNS, ROWS, glyphs_find("braille"));
	canvas->colors = colors;
	pane->draw(picture, area_all(canvas));
	end += sprintf(end, "==== %s, %d colours\n", title, colors);
	end = add_grounds(add_styles(end, canvas), canvas);
	*end = '\0';
	canvas_free(canvas);
	return end;
}

/* A step has a picture for each of its phases; other panes do not know of them. */
static char *add_pictures(char *end, const struct pane *pane)
{
	static const struct {
		const char *name;
		int colors;
	} rows[] = {
		{"vanishing", 256},
		{"healthy", 256},
		{"exploded", 16},
		{"pair", 256},
		{"zeros", 256},
	};
	int phases = pane == &pane_step ? 6 : 1;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int phase = 0; phase < phases; phase++) {
			struct case_data *made = case_named(rows[i].name);
			char title[60];
			made->view.phase = phase;
			snprintf(title, sizeof(title), phases > 1 ? "%s, phase %d" : "%s", rows[i].name, phase);
			end = add_frame(end, pane, title, &made->picture, rows[i].colors);
			picture_free(made);
		}
	return end;
}

static char *add_choices(char *end, const struct pane *pane)
{
	for (size_t i = 0; i < COUNT(choices); i++) {
		if (strcmp(choices[i].pane, pane->name) != 0)
			continue;
		struct case_data *made = case_named(choices[i].of);
		char title[60];
		choose(&made->view, &choices[i].view);
		snprintf(title, sizeof(title), "%s, choice %zu", choices[i].of, i);
		end = add_frame(end, pane, title, &made->picture, 256);
		picture_free(made);
	}
	return end;
}

static void golden_styles_of_every_pane_have_not_changed(void **state)
{
	char *all = malloc(FRAME_MAX), file[40];
	(void)state;
	assert_non_null(all);
	for (int p = 0; pane_at(p); p++) {
		char *end = add_choices(add_pictures(all, pane_at(p)), pane_at(p));
		assert_true(end < all + FRAME_MAX);
		snprintf(file, sizeof(file), "styles-%s", pane_at(p)->name);
		check_frames(file, all);
	}
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_styles_of_every_pane_have_not_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
