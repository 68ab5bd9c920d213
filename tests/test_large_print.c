/* The layout for the last row of a hall: the verdict in one large word, numbers in large digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/key.h"
#include "ui/large.h"
#include "ui/layout.h"
#include "ui/plot.h"

#include "session.h"

/* The row in which a large text begins in column 1; -1: it is nowhere. */
static int row_of(struct fixture *fixture, const char *text, int scale)
{
	const struct canvas *canvas = app_draw(fixture->app);
	int width = large_width(text, scale), height = large_height(scale);
	struct canvas *alone = canvas_new();
	assert_true(alone && canvas_reset(alone, width, height, canvas->glyphs));
	large_draw(area_all(alone), 0, 0, scale, STYLE_NORMAL, text);
	int found = -1;
	for (int top = 0; top + height <= canvas->rows && found < 0; top++) {
		found = top;
		for (int y = 0; y < height; y++)
			for (int x = 0; x < width; x++)
				if (canvas->cell[(top + y) * canvas->columns + 1 + x].code !=
					alone->cell[y * width + x].code)
					found = -1;
	}
	canvas_free(alone);
	return found;
}

static const char *verdict_of(struct fixture *fixture)
{
	return experiment_record(experiment_of(fixture))->verdict;
}

static void the_verdict_is_one_large_word_above_its_sentence(void **state)
{
	static const struct {
		int columns, rows, scale;
	} sizes[] = {{80, 24, 0}, {132, 43, 1}, {200, 60, 2}};
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fixture fixture = start_session("seed=1 layout=large", "braille", 80, 24);
		pause_run(&fixture);
		app_resize(fixture.app, sizes[i].columns, sizes[i].rows);
		assert_non_null(verdict_of(&fixture));
		int below = layout_rows_below(sizes[i].columns, sizes[i].rows);
		assert_int_equal(row_of(&fixture, verdict_of(&fixture), sizes[i].scale),
			sizes[i].rows - below - large_height(sizes[i].scale));
		app_free(fixture.app);
	}
}

static void other_layouts_and_small_screens_have_no_large_word(void **state)
{
	struct fixture fixture = start_session("seed=1", "braille", 80, 24);
	(void)state;
	pause_run(&fixture);
	assert_int_equal(row_of(&fixture, verdict_of(&fixture), 0), -1);
	app_free(fixture.app);
	fixture = start_session("seed=1 layout=large", "braille", 40, 10);
	pause_run(&fixture);
	assert_int_equal(row_of(&fixture, verdict_of(&fixture), 0), -1);
	app_free(fixture.app);
}

/* The height of large digits is that of the only pane's upper three rows. */
static void the_smallest_screen_has_large_digits(void **state)
{
	struct fixture fixture = start_session("seed=1 layout=large", "braille", 40, 10);
	(void)state;
	pause_run(&fixture);
	press(&fixture, '2');
	const struct canvas *canvas = app_draw(fixture.app);
	char loss[PLOT_NUMBER];
	plot_number(loss, (double)experiment_record(experiment_of(&fixture))->loss);
	assert_int_equal(row_of(&fixture, loss, 0), 2);
	assert_int_equal(canvas->rows, 10);
	press(&fixture, '0');
	assert_int_equal(row_of(&fixture, loss, 0), -1);
	app_free(fixture.app);
}

static void z_leads_to_large_print_and_zero_back(void **state)
{
	struct fixture fixture = start_session("seed=1", "braille", 80, 24);
	int layouts = 0;
	(void)state;
	pause_run(&fixture);
	for (; row_of(&fixture, verdict_of(&fixture), 0) < 0; layouts++) {
		assert_in_range(layouts, 0, 10);
		press(&fixture, 'Z');
	}
	assert_string_equal(layout_name(layouts), "large");
	assert_true(fixture.app->viewer.view.large);
	press(&fixture, '0');
	assert_int_equal(row_of(&fixture, verdict_of(&fixture), 0), -1);
	assert_false(fixture.app->viewer.view.large);
	app_free(fixture.app);
}

static void a_zoomed_pane_has_large_digits_and_its_neighbours_have_not(void **state)
{
	struct fixture fixture = start_session("seed=1", "braille", 80, 24);
	(void)state;
	pause_run(&fixture);
	app_draw(fixture.app);
	assert_false(fixture.app->viewer.view.large);
	press(&fixture, 'z');
	app_draw(fixture.app);
	assert_true(fixture.app->viewer.view.large);
	app_free(fixture.app);
}

static void the_help_covers_the_large_word(void **state)
{
	struct fixture fixture = start_session("seed=1 layout=large", "braille", 80, 24);
	(void)state;
	pause_run(&fixture);
	press(&fixture, '?');
	assert_int_equal(row_of(&fixture, verdict_of(&fixture), 0), -1);
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_is_one_large_word_above_its_sentence),
		cmocka_unit_test(other_layouts_and_small_screens_have_no_large_word),
		cmocka_unit_test(the_smallest_screen_has_large_digits),
		cmocka_unit_test(z_leads_to_large_print_and_zero_back),
		cmocka_unit_test(a_zoomed_pane_has_large_digits_and_its_neighbours_have_not),
		cmocka_unit_test(the_help_covers_the_large_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
