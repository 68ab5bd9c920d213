/* Axes, bars and curves: numbers in, cells out. */
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/plot.h"
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct canvas *make(int columns, int rows, const char *glyphs)
{
	struct canvas *canvas = canvas_new();
	assert_non_null(canvas);
	assert_true(canvas_reset(canvas, columns, rows, glyphs_find(glyphs)));
	return canvas;
}

static void ticks_are_round_ascending_and_labelled_true(void **state)
{
	(void)state;
	static const struct axis axes[] = {
		{0, 1, false},
		{-8, 8, false},
		{0, 0.7277, false},
		{0, 1e-7, false},
		{-3e5, 2e6, false},
		{0, 137, false},
		{1e6, 1e6 + 3, false},
		{0, 1e38, false},
		{-1, 1, false},
		{1e-10, 1e-1, true},
		{1e-38, 1e38, true},
		{1e-3, 1, true},
		{1e-46, 1e-43, true},
	};
	for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); i++)
		for (int most = 2; most < 30; most++) {
			struct ticks ticks = axis_ticks(&axes[i], most);
			assert_in_range(ticks.count, 1, most > PLOT_TICKS_MAX ? PLOT_TICKS_MAX : most);
			for (int k = 0; k < ticks.count; k++) {
				double place = axis_fraction(&axes[i], ticks.value[k]);
				assert_true(place > -0.01 && place < 1.01);
				assert_true(k == 0 || ticks.value[k] > ticks.value[k - 1]);
				double span = axes[i].logarithmic
					? ticks.value[k]
					: fmax(fabs(ticks.value[k]), axes[i].high - axes[i].low);
				assert_true(fabs(strtod(ticks.label[k], NULL) - ticks.value[k]) <= 0.051 * span);
				assert_true((int)strlen(ticks.label[k]) <= ticks.width);
			}
			if (axes[i].logarithmic) {
				assert_true(fabs(axis_fraction(&axes[i], ticks.value[0])) < 1e-9);
				assert_true(fabs(axis_fraction(&axes[i], ticks.value[ticks.count - 1]) - 1) < 1e-9);
			}
		}
}

static void fractions_and_values_are_inverse(void **state)
{
	(void)state;
	static const struct axis axes[] = {{-8, 8, false}, {1e-10, 1e-1, true}};
	for (size_t i = 0; i < 2; i++)
		for (double f = -0.5; f <= 1.5; f += 0.125)
			assert_true(fabs(axis_fraction(&axes[i], axis_value(&axes[i], f)) - f) < 1e-9);
	assert_true(isnan(axis_fraction(&axes[1], -1)));
	assert_true(axis_fraction(&axes[1], 0) < 0);
}

static void numbers_are_short_and_close(void **state)
{
	(void)state;
	char text[PLOT_NUMBER];
	for (double size = 1e-46; size < 1e39; size *= 1.37)
		for (int sign = -1; sign <= 1; sign += 2) {
			plot_number(text, sign * size);
			assert_true(strlen(text) <= 8);
			assert_true(fabs(strtod(text, NULL) - sign * size) <= 0.051 * size);
			plot_scientific(text, sign * size);
			assert_true(strlen(text) <= 8 && strchr(text, 'e'));
		}
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{0, "0"},
		{-0.0, "0"},
		{0.69314718, "0.6931"},
		{2.5e-8, "2.5e-08"},
		{1234, "1234"},
		{99999.6, "1.0e+05"},
		{NAN, "nan"},
		{INFINITY, "inf"},
		{-INFINITY, "-inf"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plot_number(text, rows[i].value);
		assert_string_equal(text, rows[i].text);
	}
}

/* How much of a strip is inked, in eighths; sets without eighths count cells. */
static int ink(const struct canvas *canvas, const uint32_t *bar)
{
	int sum = 0;
	for (int i = 0; i < canvas->columns * canvas->rows; i++)
		for (int k = GLYPHS_BAR_STEPS; k > 0; k--)
			if (canvas->cell[i].code == bar[k]) {
				sum += k;
				break;
			}
	return sum;
}

static void bars_grow_with_the_fraction_and_are_never_invisible(void **state)
{
	(void)state;
	for (int set = 0; glyphs_at(set); set++)
		for (int upright = 0; upright < 2; upright++) {
			int before = 0;
			for (double f = -0.2; f <= 1.2; f += 0.0625) {
				struct canvas *canvas =
					make(upright ? 1 : 12, upright ? 12 : 1, glyphs_at(set)->name);
				const struct glyphs *glyphs = glyphs_at(set);
				(upright ? plot_bar_up : plot_bar_right)(area_all(canvas), f, STYLE_BAR);
				int now = ink(canvas, upright ? glyphs->vertical_bar : glyphs->horizontal_bar);
				assert_true(now >= before);
				assert_true(f <= 0 ? now == 0 : now > 0);
				assert_true(f < 1 || now == 96);
				before = now;
				canvas_free(canvas);
			}
			struct canvas *canvas = make(4, 4, glyphs_at(set)->name);
			(upright ? plot_bar_up : plot_bar_right)(area_all(canvas), 1e-9, STYLE_BAR);
			assert_true(ink(canvas, glyphs_at(set)->horizontal_bar) +
					ink(canvas, glyphs_at(set)->vertical_bar) >
				0);
			canvas_free(canvas);
			canvas = make(4, 4, glyphs_at(set)->name);
			plot_bar_right(area_all(canvas), NAN, STYLE_BAR);
			plot_bar_up(area_all(canvas), NAN, STYLE_BAR);
			assert_int_equal(ink(canvas, glyphs_at(set)->horizontal_bar), 0);
			canvas_free(canvas);
		}
}

static int inked(const struct canvas *canvas, int column)
{
	int count = 0;
	for (int y = 0; y < canvas->rows; y++)
		count += canvas->cell[y * canvas->columns + column].code != ' ';
	return count;
}

static void solid_lines_have_no_gaps(void **state)
{
	(void)state;
	static const struct spot from[] = {{0, 0}, {0, 1}, {0, 0.5}, {-3, -1}, {0, 0}};
	static const struct spot to[] = {{1, 1}, {1, 0}, {1, 0.5}, {4, 2}, {1, 0.01}};
	for (int set = 0; glyphs_at(set); set++)
		for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
			struct canvas *canvas = make(30, 10, glyphs_at(set)->name);
			plot_line(area_all(canvas), from[i], to[i], STROKE_SOLID, STYLE_BAR);
			for (int x = 0; x < 30; x++)
				assert_true(inked(canvas, x) >= 1);
			canvas_free(canvas);
		}
}

static void lines_outside_and_without_numbers_draw_nothing(void **state)
{
	(void)state;
	static const struct spot from[] = {{0, 1.5}, {-5, 0}, {NAN, 0}, {0, INFINITY}, {0, -1e30}};
	static const struct spot to[] = {{1, 1.2}, {-1, 1}, {1, 1}, {1, INFINITY}, {1, -1e300}};
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		struct canvas *canvas = make(30, 10, "braille");
		plot_line(area_all(canvas), from[i], to[i], STROKE_SOLID, STYLE_BAR);
		for (int x = 0; x < 30; x++)
			assert_int_equal(inked(canvas, x), 0);
		canvas_free(canvas);
	}
}

static void dots_join_within_a_cell(void **state)
{
	(void)state;
	for (int set = 0; glyphs_at(set); set++) {
		struct canvas *canvas = make(1, 1, glyphs_at(set)->name);
		struct area area = area_all(canvas);
		for (int y = 0; y < plot_dots_down(area); y++)
			for (int x = 0; x < plot_dots_across(area); x++) {
				uint32_t before = area_code(area, 0, 0);
				plot_dot(area, x, y, STYLE_BAR);
				assert_true(area_code(area, 0, 0) != before);
			}
		int all = (1 << canvas->glyphs->dot_rows) - 1;
		assert_int_equal(
			area_code(area, 0, 0), canvas->glyphs->braille ? 0x28FF : canvas->glyphs->dot[all]);
		plot_dot(area, -1, 0, STYLE_BAR);
		plot_dot(area, 0, 99, STYLE_BAR);
		canvas_free(canvas);
	}
}

static void places_outside_are_not_drawn_at_the_edge(void **state)
{
	(void)state;
	struct canvas *canvas = make(20, 5, "braille");
	struct area area = area_all(canvas);
	assert_int_equal(plot_column(area, 0), 0);
	assert_int_equal(plot_column(area, 1), 19);
	assert_int_equal(plot_row(area, 1), 0);
	assert_int_equal(plot_row(area, 0), 4);
	assert_true(plot_column(area, -0.04) < 0 && plot_column(area, 1.04) > 19);
	assert_true(plot_column(area, NAN) < 0 && plot_row(area, NAN) < 0);
	canvas_free(canvas);
}

static void captions_are_whole_or_absent(void **state)
{
	(void)state;
	for (int width = 0; width < 12; width++) {
		struct canvas *canvas = make(width, 1, "braille");
		assert_int_equal(caption(area_all(canvas), 0, 0, STYLE_BAR, "2.5e-08"), width >= 7);
		for (int x = 0; x < width; x++)
			assert_int_equal(canvas->cell[x].code == ' ', width < 7 || x >= 7);
		bool fits = caption_right(area_all(canvas), width, 0, STYLE_BAR, "2.5e-08");
		assert_int_equal(fits, width >= 7);
		canvas_free(canvas);
	}
}

static void parts_are_dropped_by_rank_and_drawn_in_order(void **state)
{
	(void)state;
	static const struct {
		int width;
		const char *text;
	} rows[] = {
		{40, "one . three . two"},
		{16, "one . two"},
		{9, "one . two"},
		{8, "one"},
		{2, ""},
	};
	struct parts parts = {0};
	parts_add(&parts, 0, STYLE_BAR, "one");
	parts_add(&parts, 2, STYLE_BAR, "three");
	parts_add(&parts, 1, STYLE_BAR, "two");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[64] = "";
		struct canvas *canvas = make(rows[i].width, 1, "ascii");
		int taken = parts_draw(&parts, area_all(canvas), 0, 0);
		for (int x = 0; x < taken; x++)
			text[x] = (char)canvas->cell[x].code;
		assert_string_equal(text, rows[i].text);
		canvas_free(canvas);
	}
}

static void sentences_wrap_at_blanks_or_stay_away(void **state)
{
	(void)state;
	for (int width = 1; width < 40; width++)
		for (int height = 1; height < 6; height++) {
			int letters = 0;
			struct canvas *canvas = make(width, height, "ascii");
			caption_sentence(area_all(canvas), STYLE_DIM, "waiting for the first epoch");
			for (int i = 0; i < width * height; i++)
				letters += canvas->cell[i].code != ' ';
			assert_true(letters == 0 || letters == 23);
			assert_true(width < 27 || letters == 23);
			canvas_free(canvas);
		}
}

static void two_numbers_that_differ_little_get_the_digits_that_show_it(void **state)
{
	static const struct {
		double x, y;
		int columns;
		const char *a, *b;
	} rows[] = {
		{0.45312, 0.4621, 15, "0.4531", "0.4621"}, /* four digits show it */
		{0.453, 0.453, 15, "0.453", "0.453"},      /* nothing to show */
		{0.114318, 0.1143181, 15, "0.1143180", "0.1143181"},
		{-0.0325133, -0.0325147, 15, "-0.032513", "-0.032515"},
		{12.00003, 12.00001, 15, "12.00003", "12.00001"},
		{1e-5, 1.0000002e-5, 15, "1.0000000e-05", "1.0000002e-05"},
		{0.114318, 0.1143181, 8, "0.1143", "0.1143"}, /* no room */
		{0.5, 0.5 + 1e-12, 15, "0.5", "0.5"},         /* more digits than a float has */
		{0.5, NAN, 15, "0.5", "nan"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char a[PLOT_NUMBER], b[PLOT_NUMBER];
		plot_pair(a, b, rows[i].x, rows[i].y, rows[i].columns);
		assert_string_equal(a, rows[i].a);
		assert_string_equal(b, rows[i].b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ticks_are_round_ascending_and_labelled_true),
		cmocka_unit_test(fractions_and_values_are_inverse),
		cmocka_unit_test(numbers_are_short_and_close),
		cmocka_unit_test(bars_grow_with_the_fraction_and_are_never_invisible),
		cmocka_unit_test(solid_lines_have_no_gaps),
		cmocka_unit_test(lines_outside_and_without_numbers_draw_nothing),
		cmocka_unit_test(dots_join_within_a_cell),
		cmocka_unit_test(places_outside_are_not_drawn_at_the_edge),
		cmocka_unit_test(two_numbers_that_differ_little_get_the_digits_that_show_it),
		cmocka_unit_test(captions_are_whole_or_absent),
		cmocka_unit_test(parts_are_dropped_by_rank_and_drawn_in_order),
		cmocka_unit_test(sentences_wrap_at_blanks_or_stay_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
