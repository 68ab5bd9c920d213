/* The terminal's cursor, which screen readers follow, rests on what has the focus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/key.h"

#include "session.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What the cell under the cursor stands for. */
static struct target under_cursor(struct fixture *fixture)
{
	struct canvas *canvas = fixture->app->viewer.canvas;
	struct target found;
	canvas->target = calloc((size_t)canvas->columns * (size_t)canvas->rows, sizeof(found));
	assert_non_null(canvas->target);
	app_draw(fixture->app);
	assert_in_range(canvas->cursor.x, 0, canvas->columns - 1);
	assert_in_range(canvas->cursor.y, 0, canvas->rows - 1);
	found = canvas->target[canvas->cursor.y * canvas->columns + canvas->cursor.x];
	free(canvas->target);
	canvas->target = NULL;
	return found;
}

/* The line under the cursor from its column on, in ASCII. */
static const char *text_at_cursor(struct fixture *fixture, char out[CANVAS_COLUMNS_MAX + 1])
{
	const struct canvas *canvas = app_draw(fixture->app);
	int x = canvas->cursor.x, used = 0;
	for (; x < canvas->columns; x++)
		out[used++] = (char)canvas->cell[canvas->cursor.y * canvas->columns + x].code;
	out[used] = '\0';
	return out;
}

static bool has_rows_of_layers(const char *pane)
{
	static const char *const names[] = {
		"gradients", "history", "network", "units", "chain", "weights", "numbers"};
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i], pane) == 0)
			return true;
	return false;
}

static void the_cursor_is_in_the_focused_pane_on_its_selected_layer(void **state)
{
	static const int sizes[][2] = {{80, 24}, {132, 43}, {200, 60}};
	(void)state;
	struct fixture fixture = start_paused("depth=3 width=3", "ascii");
	press(&fixture, 's');
	for (size_t s = 0; s < COUNT(sizes); s++)
		for (int zoomed = 0; zoomed < 2; zoomed++) {
			app_resize(fixture.app, sizes[s][0], sizes[s][1]);
			fixture.app->viewer.zoomed = zoomed;
			for (int pane = 0; pane < pane_count(); pane++) {
				fixture.app->viewer.focus = pane;
				for (int layer = 1; layer <= 3; layer++) {
					fixture.app->viewer.view.layer = layer;
					app_draw(fixture.app); /* panes ask for what they need */
					work_until(&fixture, fixture.now + 0.6);
					struct target found = under_cursor(&fixture);
					const char *name = pane_at(pane)->name;
					if (found.pane != pane + 1)
						fail_msg("pane %s at %dx%d: the cursor is in pane %d", name, sizes[s][0],
							sizes[s][1], found.pane);
					if (found.layer != layer && has_rows_of_layers(name))
						fail_msg("pane %s at %dx%d%s: the cursor is on layer %d, expected %d", name,
							sizes[s][0], sizes[s][1], zoomed ? ", zoomed" : "", found.layer, layer);
				}
			}
		}
	app_free(fixture.app);
}

static void the_cursor_is_on_the_selected_row_of_menu_and_lessons(void **state)
{
	char text[CANVAS_COLUMNS_MAX + 1];
	(void)state;
	struct fixture fixture = start_paused("", "ascii");
	press(&fixture, 'm');
	for (int i = 0; i < 40; i++) {
		assert_int_equal(under_cursor(&fixture).setting, fixture.app->viewer.menu_row + 1);
		const char *name = all_settings_name(fixture.app->viewer.menu_row);
		if (!strstr(text_at_cursor(&fixture, text), name))
			fail_msg("'%s' lacks %s", text, name);
		press(&fixture, 'j');
	}
	press(&fixture, 'q');
	press(&fixture, 'L');
	press(&fixture, 'j');
	assert_int_equal(text_at_cursor(&fixture, text)[0], '>');
	assert_non_null(strstr(text, " min "));
	press(&fixture, 'q');
	press(&fixture, '?');
	assert_non_null(strstr(text_at_cursor(&fixture, text), "Focused pane"));
	app_free(fixture.app);
}

static void the_cursor_is_where_the_prompt_writes(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("", "ascii");
	const struct canvas *canvas = fixture.app->viewer.canvas;
	for (const char *key = ":depth=3"; *key; key++)
		press(&fixture, *key);
	app_draw(fixture.app);
	assert_int_equal(canvas->cursor.y, canvas->rows - 1);
	assert_int_equal(canvas->cursor.x, 8);
	press(&fixture, KEYCODE_LEFT);
	app_draw(fixture.app);
	assert_int_equal(canvas->cursor.x, 7);
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cursor_is_in_the_focused_pane_on_its_selected_layer),
		cmocka_unit_test(the_cursor_is_on_the_selected_row_of_menu_and_lessons),
		cmocka_unit_test(the_cursor_is_where_the_prompt_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
