/* Rectangles of panes, as properties at every size. */
#include "ui/layout.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

enum { COLUMNS_END = 251, ROWS_END = 81 };

static bool overlap(struct rectangle a, struct rectangle b)
{
	return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
		b.y < a.y + a.height;
}

static void check(
	const struct layout *layout, int columns, int rows, int panes, int focus, const char *name)
{
	assert_int_equal(layout->too_small, columns < LAYOUT_COLUMNS_MIN || rows < LAYOUT_ROWS_MIN);
	if (layout->too_small) {
		assert_int_equal(layout->count, 0);
		return;
	}
	int covered = 0, focused = 0;
	int below = layout_rows_below(columns, rows) + layout_banner_rows(columns, rows, name);
	assert_in_range(layout->count, 1, LAYOUT_PANES_MAX);
	for (int i = 0; i < layout->count; i++) {
		struct rectangle place = layout->place[i];
		assert_true(place.width > 0 && place.height > 0 && place.x >= 0 && place.y >= 1);
		assert_true(place.x + place.width <= columns && place.y + place.height <= rows - below);
		assert_in_range(layout->pane[i], 0, panes - 1);
		assert_true(i == 0 || layout->pane[i] > layout->pane[i - 1]);
		focused += layout->pane[i] == focus;
		covered += place.width * place.height;
		for (int k = 0; k < i; k++)
			assert_false(overlap(place, layout->place[k]));
	}
	assert_int_equal(focused, 1);
	/* disjoint, inside and as large as the whole: no gap */
	assert_int_equal(covered, columns * (rows - 1 - below));
}

static void panes_tile_the_screen_at_every_size(void **state)
{
	(void)state;
	for (int scheme = 0; layout_name(scheme); scheme++)
		for (int columns = 1; columns < COLUMNS_END; columns++)
			for (int rows = 1; rows < ROWS_END; rows++)
				for (int focus = 0; focus < 11; focus += 5) {
					struct layout layout =
						layout_compute(columns, rows, 11, focus, false, layout_name(scheme));
					check(&layout, columns, rows, 11, focus, layout_name(scheme));
				}
}

static void any_number_of_panes_and_any_focus_tile_the_screen(void **state)
{
	(void)state;
	static const struct {
		int columns, rows;
	} sizes[] = {{40, 10}, {59, 24}, {80, 24}, {132, 43}, {200, 60}, {250, 80}, {600, 300}};
	for (int scheme = 0; layout_name(scheme); scheme++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			for (int panes = 1; panes < 40; panes++)
				for (int focus = 0; focus < panes; focus++)
					for (int zoomed = 0; zoomed < 2; zoomed++) {
						struct layout layout = layout_compute(sizes[i].columns, sizes[i].rows,
							panes, focus, zoomed, layout_name(scheme));
						check(&layout, sizes[i].columns, sizes[i].rows, panes, focus,
							layout_name(scheme));
						assert_true(!zoomed || layout.count == 1);
					}
}

static void larger_screens_show_more_panes(void **state)
{
	(void)state;
	static const struct {
		int columns, rows, shown;
	} expected[] = {
		{40, 10, 1},
		{59, 24, 2},
		{80, 12, 2},
		{80, 24, 4},
		{132, 43, 6},
		{200, 60, 11},
	};
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct layout layout =
			layout_compute(expected[i].columns, expected[i].rows, 11, 0, false, "default");
		assert_int_equal(layout.count, expected[i].shown);
	}
}

static void first_pane_is_the_largest_at_80x24(void **state)
{
	(void)state;
	struct layout layout = layout_compute(80, 24, 6, 0, false, "default");
	assert_int_equal(layout.count, 4);
	assert_int_equal(layout.place[0].width, 50);
	assert_int_equal(layout.place[0].height, 10);
	assert_int_equal(layout.place[1].x, 50);
	assert_int_equal(layout.place[2].height, 10);
}

/* One line for the verdict, one for the advice from 80x24 on, and one for the hints. */
static void verdict_and_advice_have_a_line_each_from_80x24_on(void **state)
{
	(void)state;
	assert_int_equal(layout_rows_below(40, 10), 2);
	assert_int_equal(layout_rows_below(79, 60), 2);
	assert_int_equal(layout_rows_below(200, 23), 2);
	assert_int_equal(layout_rows_below(80, 24), 3);
	assert_int_equal(layout_rows_below(200, 60), 3);
}

static void main_layout_gives_the_focused_pane_most_room(void **state)
{
	(void)state;
	struct layout layout = layout_compute(100, 40, 6, 4, false, "main");
	int most = 0;
	for (int i = 1; i < layout.count; i++)
		if (layout.place[i].width * layout.place[i].height >
			layout.place[most].width * layout.place[most].height)
			most = i;
	assert_int_equal(layout.pane[most], 4);
}

static void large_print_has_two_panes_and_a_large_word(void **state)
{
	(void)state;
	assert_int_equal(layout_compute(80, 24, 6, 0, false, "large").count, 2);
	assert_int_equal(layout_compute(200, 60, 6, 0, false, "large").count, 2);
	assert_int_equal(layout_compute(60, 24, 6, 0, false, "large").count, 1);
	assert_int_equal(layout_banner_rows(80, 24, "large"), 1 + 3);
	assert_int_equal(layout_banner_rows(132, 43, "large"), 1 + 5);
	assert_int_equal(layout_banner_rows(40, 10, "large"), 0);
	for (int i = 0; layout_name(i); i++) {
		bool large = strcmp(layout_name(i), "large") == 0;
		assert_int_equal(layout_is_large(layout_name(i)), large);
		assert_true(large || layout_banner_rows(132, 43, layout_name(i)) == 0);
	}
}

static void odd_arguments_are_mended(void **state)
{
	(void)state;
	struct layout unknown = layout_compute(80, 24, 6, 0, false, "no such layout");
	struct layout known = layout_compute(80, 24, 6, 0, false, "default");
	assert_memory_equal(&unknown, &known, sizeof(known));
	assert_int_equal(layout_compute(80, 24, 0, 0, false, NULL).count, 0);
	assert_int_equal(layout_compute(80, 24, 6, 99, true, NULL).pane[0], 5);
	assert_int_equal(layout_compute(80, 24, 6, -4, true, NULL).pane[0], 0);
}

static void layouts_have_unique_names_and_short_help(void **state)
{
	(void)state;
	for (int i = 0; layout_name(i); i++) {
		if (strlen(layout_help(i)) < 10 || strlen(layout_help(i)) > 70)
			fail_msg("layout %s: its help must have 10 to 70 characters", layout_name(i));
		for (int k = 0; k < i; k++)
			if (strcmp(layout_name(i), layout_name(k)) == 0)
				fail_msg("two layouts are named %s", layout_name(i));
	}
	assert_string_equal(layout_name(0), "default");
	assert_null(layout_name(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(panes_tile_the_screen_at_every_size),
		cmocka_unit_test(any_number_of_panes_and_any_focus_tile_the_screen),
		cmocka_unit_test(larger_screens_show_more_panes),
		cmocka_unit_test(first_pane_is_the_largest_at_80x24),
		cmocka_unit_test(verdict_and_advice_have_a_line_each_from_80x24_on),
		cmocka_unit_test(main_layout_gives_the_focused_pane_most_room),
		cmocka_unit_test(large_print_has_two_panes_and_a_large_word),
		cmocka_unit_test(odd_arguments_are_mended),
		cmocka_unit_test(layouts_have_unique_names_and_short_help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
