/* Large letters and digits. */
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/large.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"

static char *large(const char *glyphs, const char *text, int scale)
{
	struct canvas *canvas =
		canvas_make(large_width(text, scale), large_height(scale), glyphs_find(glyphs));
	large_draw(area_all(canvas), 0, 0, scale, STYLE_NORMAL, text);
	char *found = canvas_text(canvas);
	canvas_free(canvas);
	return found;
}

static void assert_large(const char *glyphs, const char *text, int scale, const char *expected)
{
	char *found = large(glyphs, text, scale);
	assert_string_equal(found, expected);
	free(found);
}

static void dots_are_halves_of_a_cell_or_blocks(void **state)
{
	(void)state;
	assert_large("braille", "0.7×", 0,
		"█▀█   ▀▀█ ▄ ▄\n"
		"█ █    ▄▀ ▄▀▄\n"
		"▀▀▀ ▀  ▀     \n");
	assert_large("ascii", "0.7", 0,
		"#'#   ''#\n"
		"# #    .'\n"
		"''' '  ' \n");
	assert_large("ascii", "1.", 1,
		"  ##      \n"
		"####      \n"
		"  ##      \n"
		"  ##      \n"
		"######  ##\n");
}

static void small_letters_are_capitals_and_others_blanks(void **state)
{
	(void)state;
	char *small = large("braille", "e é", 0), *capital = large("braille", "E  ", 0);
	assert_string_equal(small, capital);
	free(small);
	free(capital);
}

static void the_largest_scale_that_fits_is_chosen(void **state)
{
	(void)state;
	assert_int_equal(large_scale("0.24", 13, 3), 0);
	assert_int_equal(large_scale("0.24", 12, 3), LARGE_NONE);
	assert_int_equal(large_scale("0.24", 13, 2), LARGE_NONE);
	assert_int_equal(large_scale("0.24", 26, 5), 1);
	assert_int_equal(large_scale("0.24", 300, 5), 1);
	assert_int_equal(large_scale("0.24", 52, 10), 2);
}

static void all_letters_and_digits_look_different(void **state)
{
	static const char all[] = "0123456789ABCDEFGHIJKLMNPQRSTUVWXYZ.-+%<>";
	(void)state;
	for (size_t a = 0; all[a]; a++)
		for (size_t b = 0; b < a; b++) {
			/* five and the letter S are drawn alike on purpose: words and numbers do not mix */
			if (all[a] == 'S' && all[b] == '5')
				continue;
			const char one[2] = {all[a]}, other[2] = {all[b]};
			char *first = large("braille", one, 1), *second = large("braille", other, 1);
			if (strcmp(first, second) == 0)
				fail_msg("%s and %s", one, other);
			free(first);
			free(second);
		}
}

static void a_number_takes_a_quarter_of_the_rows_at_most_and_keeps_its_room(void **state)
{
	struct canvas *canvas = canvas_make(78, 18, glyphs_find("braille"));
	struct area all = area_all(canvas);
	int rows, wide = large_number(all, STYLE_BAR, "0.6932", "0.0000", false, &rows);
	(void)state;
	assert_int_equal(rows, 3);
	assert_int_equal(wide, large_width("0.6932", 0) + 2);
	/* what stands beside it does not move with the number of its digits */
	assert_int_equal(large_number(all, STYLE_BAR, "0.69", "0.0000", false, &rows), wide);
	assert_int_equal(
		large_number(area_sub(all, 0, 0, 78, 11), STYLE_BAR, "0", "0", false, &rows), 0);
	assert_int_equal(rows, 0);
	assert_int_equal(
		large_number(area_sub(all, 0, 0, 30, 18), STYLE_BAR, "0", "0.0000", false, &rows), 0);
	canvas_free(canvas);
}

/* The number in the view's large digits, at a size that has room for them and at one that has
 * not. */
static void the_number_that_matters_most_is_large_if_asked(void **state)
{
	static const struct {
		const char *pane, *digits;
	} cases[] = {{"loss", "█▀█   █▀▀"}, {"gradients", "▄ ▄ █▀█   ▀▀█"}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct case_data *made = case_named("vanishing");
		assert_shows(&made->picture, cases[i].pane, 78, 18, cases[i].digits, false);
		made->view.large = true;
		assert_shows(&made->picture, cases[i].pane, 78, 18, cases[i].digits, true);
		assert_shows(&made->picture, cases[i].pane, 78, 10, cases[i].digits, false);
		picture_free(made);
	}
}

/* Where large print was asked for, it takes its room also from a low pane, of which it leaves two
 * rows at least: 38x5 is the inside of the only pane at 40x10. */
static void large_print_has_a_large_number_in_the_smallest_pane(void **state)
{
	static const char *const panes[] = {
		"gradients", "loss", "activation", "data", "units", "chain", "weights"};
	static const int heights[] = {5, 6, 9, 14, 18, 39};
	struct case_data *made = case_named("vanishing");
	(void)state;
	made->record->acc = 0.975f;
	for (size_t p = 0; p < sizeof(panes) / sizeof(panes[0]); p++)
		for (size_t h = 0; h < sizeof(heights) / sizeof(heights[0]); h++)
			for (int first = 0; first < 2; first++) {
				const struct pane *pane = pane_named(panes[p]);
				struct canvas *canvas = canvas_make(40, heights[h] + 2, glyphs_find("braille"));
				struct area all = area_all(canvas);
				made->view.large = made->view.large_first = first;
				int rows = pane->headline
					? pane_inside(all).height - pane_room(pane, &made->picture, all).height
					: 0;
				pane_draw(pane, 1, true, &made->picture, all);
				if (pane->headline)
					assert_in_range(rows, first ? 3 : 0, first ? heights[h] - 2 : 0);
				/* the upper half of the letters, which all digits have */
				int halves = 0;
				for (int y = 1; y <= 3; y++)
					for (int x = 1; x < 18; x++) {
						uint32_t code = canvas->cell[y * 40 + x].code;
						halves += code == 0x2580 || code == 0x2588;
					}
				if (first && halves < 4)
					fail_msg("%s has no large number in %d rows", panes[p], heights[h]);
				canvas_free(canvas);
			}
	picture_free(made);
}

/* All signs of a headline can be drawn large, and what it means is said in the smallest pane. */
static void headlines_can_be_drawn_and_say_what_they_are(void **state)
{
	(void)state;
	for (int c = 0; picture_case_at(c); c++) {
		struct case_data *made = picture_make(picture_case_at(c));
		for (int p = 0; pane_at(p); p++) {
			struct headline headline = {.style = STYLE_NORMAL};
			if (!pane_at(p)->headline || !made->picture.frame.record ||
				!pane_at(p)->headline(&made->picture, &headline))
				continue;
			for (const char *at = headline.number; *at; at++)
				if (!strchr("0123456789.-+% <>abcdefghijklmnopqrstuvwxyz", *at))
					fail_msg("%s: %s", pane_at(p)->name, headline.number);
			assert_true(headline.number[0] && headline.words[0]);
			int room = 38 - large_width(headline.usual, 0) - 2;
			if ((int)strlen(headline.briefly) > room + 4) /* Greek letters have two bytes */
				fail_msg("%s: '%s' is too long", pane_at(p)->name, headline.briefly);
		}
		picture_free(made);
	}
}

/* Beside the digits there are three lines for what stands in one line otherwise. */
static void large_digits_hide_no_number(void **state)
{
	static const char *const words[] = {"loss 0.69", "val 0.72", "acc ", "epoch "};
	struct case_data *made = case_named("vanishing");
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		made->view.large = false;
		assert_shows(&made->picture, "loss", 78, 18, words[i], true);
		made->view.large = true;
		assert_shows(&made->picture, "loss", 78, 18, words[i], true);
	}
	picture_free(made);
}

/* Large digits do not turn level bars, which have numbers, into upright ones. */
static void bars_stay_level_under_large_digits(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	for (int height = 12; height <= 40; height++) {
		made->view.large = false;
		char *plain = drawn("gradients", &made->picture, 78, height, "braille");
		made->view.large = true;
		char *large = drawn("gradients", &made->picture, 78, height, "braille");
		assert_true((strstr(plain, "\n▸") != NULL) == (strstr(large, "\n▸") != NULL));
		free(plain);
		free(large);
	}
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dots_are_halves_of_a_cell_or_blocks),
		cmocka_unit_test(small_letters_are_capitals_and_others_blanks),
		cmocka_unit_test(the_largest_scale_that_fits_is_chosen),
		cmocka_unit_test(all_letters_and_digits_look_different),
		cmocka_unit_test(a_number_takes_a_quarter_of_the_rows_at_most_and_keeps_its_room),
		cmocka_unit_test(the_number_that_matters_most_is_large_if_asked),
		cmocka_unit_test(large_print_has_a_large_number_in_the_smallest_pane),
		cmocka_unit_test(headlines_can_be_drawn_and_say_what_they_are),
		cmocka_unit_test(large_digits_hide_no_number),
		cmocka_unit_test(bars_stay_level_under_large_digits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
