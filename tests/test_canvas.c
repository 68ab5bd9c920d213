/* Cells, clipping, foreign text, and the tables of glyphs, colours and key names. */
#include "lab/text.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"
#include "ui/key.h"
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static struct canvas *make(int columns, int rows, const char *glyphs)
{
	struct canvas *canvas = canvas_new();
	assert_non_null(canvas);
	assert_true(canvas_reset(canvas, columns, rows, glyphs_find(glyphs)));
	return canvas;
}

/* One row as UTF-8. */
static const char *row_text(const struct canvas *canvas, int row, char *out)
{
	char *end = out;
	for (int x = 0; x < canvas->columns; x++) {
		uint32_t code = canvas->cell[row * canvas->columns + x].code;
		if (code)
			end += text_encode(end, code);
	}
	*end = '\0';
	return out;
}

static void any_coordinates_and_sizes_are_safe(void **state)
{
	(void)state;
	static const int odd[] = {INT_MIN, -70000, -1, 0, 1, 2, 4, 5, 70000, INT_MAX};
	enum { COUNT = sizeof(odd) / sizeof(odd[0]) };
	struct canvas *canvas = make(5, 3, "braille");
	for (int a = 0; a < COUNT; a++)
		for (int b = 0; b < COUNT; b++) {
			area_put(area_all(canvas), odd[a], odd[b], 'x', STYLE_BAR);
			area_put(area_all(canvas), odd[a], odd[b], 0x6F22, STYLE_BAR);
			area_text(area_all(canvas), odd[a], odd[b], STYLE_BAR, "漢字 text");
			for (int c = 0; c < COUNT; c++) {
				struct area area = area_sub(area_all(canvas), odd[a], odd[b], odd[c], odd[b]);
				assert_true(area.x >= 0 && area.y >= 0 && area.width >= 0 && area.height >= 0);
				assert_true(area.x + area.width <= 5 && area.y + area.height <= 3);
				area_put(area, odd[c], odd[a], 'y', STYLE_BAR);
			}
		}
	canvas_free(canvas);
}

static void sizes_are_clamped_and_a_reset_clears(void **state)
{
	(void)state;
	struct canvas *canvas = make(100000, 100000, "ascii");
	assert_int_equal(canvas->columns, 600);
	assert_int_equal(canvas->rows, 300);
	area_text(area_all(canvas), 0, 0, STYLE_ALARM, "x");
	assert_true(canvas_reset(canvas, 600, 300, glyphs_find("ascii")));
	assert_int_equal(canvas->cell[0].code, ' ');
	assert_true(canvas_reset(canvas, -5, 0, glyphs_find("ascii")));
	assert_int_equal(canvas->columns, 0);
	canvas_free(canvas);
}

static void drawing_stays_within_its_area(void **state)
{
	(void)state;
	char text[256];
	struct canvas *canvas = make(10, 3, "braille");
	struct area area = area_sub(area_all(canvas), 2, 1, 4, 1);
	assert_int_equal(area_text(area, -2, 0, STYLE_BAR, "0123456789"), 10);
	area_text(area, 0, 1, STYLE_BAR, "below");
	assert_string_equal(row_text(canvas, 0, text), "          ");
	assert_string_equal(row_text(canvas, 1, text), "  2345    ");
	assert_string_equal(row_text(canvas, 2, text), "          ");
	canvas_free(canvas);
}

static void wide_characters_are_never_halved(void **state)
{
	(void)state;
	char text[256];
	struct canvas *canvas = make(6, 1, "braille");
	struct area area = area_all(canvas);
	assert_int_equal(area_text(area, 0, 0, STYLE_BAR, "漢字漢"), 6);
	area_put(area, 3, 0, 'x', STYLE_BAR); /* the right half of the second */
	assert_string_equal(row_text(canvas, 0, text), "漢 x漢");
	area_put(area, 4, 0, 'y', STYLE_BAR); /* the left half of the third */
	assert_string_equal(row_text(canvas, 0, text), "漢 xy ");
	area_put(area, 5, 0, 0x6F22, STYLE_BAR); /* half a column too few */
	assert_string_equal(row_text(canvas, 0, text), "漢 xy ");
	canvas_free(canvas);
}

static void text_is_seven_bits_where_the_font_is(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"σ′(z) ≤ 0.25", "s'(z) <= 0.25"},
		{"RMS ∂L/∂W · log", "RMS dL/dW . log"},
		{"z 1 ± 2 ×3 R²", "z 1 +- 2 x3 R2"},
		{"…δ Δ", "...delta D"},
		{"漢é", "?e"},
		{"a\x1b[31mb", "a?[31mb"},
		{"\xff\xc3", "??"},
		{"dead▓ sat░", "dead# sat-"},
		{"▶ 10/s", "> 10/s"},
	};
	char text[256];
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct canvas *canvas = make((int)strlen(rows[i].out), 1, "ascii");
		int width = area_text(area_all(canvas), 0, 0, STYLE_NORMAL, rows[i].in);
		assert_int_equal(width, strlen(rows[i].out));
		assert_string_equal(row_text(canvas, 0, text), rows[i].out);
		canvas_free(canvas);
	}
}

static void measured_width_is_drawn_width(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "abc", "σ′ ≤ 0.25 ░▒▓", "漢字", "\x01\x7f", "√∞", "…"};
	for (int set = 0; glyphs_at(set); set++)
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
			struct canvas *canvas = make(40, 1, glyphs_at(set)->name);
			int width = area_text(area_all(canvas), 0, 0, STYLE_BAR, texts[i]);
			int last = -1;
			for (int x = 0; x < 40; x++)
				last = canvas->cell[x].style == STYLE_BAR ? x : last;
			assert_int_equal(width, last + 1);
			assert_int_equal(width, glyphs_text_width(canvas->glyphs, texts[i]));
			canvas_free(canvas);
		}
}

static void check_glyph(const struct glyphs *glyphs, uint32_t code)
{
	assert_true(code >= ' ');
	assert_int_equal(code < 0x80 ? 1 : text_width(code), 1);
	if (strcmp(glyphs->name, "ascii") == 0)
		assert_true(code < 0x7f);
}

static void glyph_sets_are_whole(void **state)
{
	(void)state;
	for (int set = 0; glyphs_at(set); set++) {
		const struct glyphs *glyphs = glyphs_at(set);
		assert_ptr_equal(glyphs_find(glyphs->name), glyphs);
		const uint32_t single[] = {
			glyphs->horizontal,
			glyphs->vertical,
			glyphs->axis_left,
			glyphs->axis_below,
			glyphs->axis_corner,
			glyphs->full,
			glyphs->tick,
			glyphs->tick_level,
			glyphs->arrow_left,
			glyphs->arrow_right,
			glyphs->arrow_up,
			glyphs->arrow_down,
			glyphs->chosen,
			glyphs->run,
			glyphs->pause,
			glyphs->point[0],
			glyphs->point[1],
			glyphs->shade[0],
			glyphs->shade[1],
			glyphs->shade[2],
			glyphs->corner[0],
			glyphs->corner[1],
			glyphs->corner[2],
			glyphs->corner[3],
		};
		for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
			check_glyph(glyphs, single[i]);
		for (int i = 0; i <= GLYPHS_BAR_STEPS; i++) {
			check_glyph(glyphs, glyphs->horizontal_bar[i]);
			check_glyph(glyphs, glyphs->vertical_bar[i]);
			assert_int_equal(glyphs->horizontal_bar[i] == ' ', i == 0);
			assert_int_equal(glyphs->vertical_bar[i] == ' ', i == 0);
		}
		assert_true(glyphs->shade[0] != glyphs->shade[2]);
		for (int i = 0; !glyphs->braille && i < 1 << glyphs->dot_rows; i++) {
			check_glyph(glyphs, glyphs->dot[i]);
			for (int k = 0; k < i; k++)
				assert_true(glyphs->dot[i] != glyphs->dot[k]);
		}
	}
	assert_null(glyphs_find("no such set"));
}

/* Relative luminance of one of the 256 colours' cube or grey ramp. */
static double luminance(int color)
{
	static const int level[] = {0, 95, 135, 175, 215, 255};
	int part[3] = {8 + 10 * (color - 232), 8 + 10 * (color - 232), 8 + 10 * (color - 232)};
	if (color < 232) {
		part[0] = level[(color - 16) / 36];
		part[1] = level[(color - 16) / 6 % 6];
		part[2] = level[(color - 16) % 6];
	}
	double linear[3];
	for (int i = 0; i < 3; i++)
		linear[i] = part[i] <= 10 ? part[i] / 3294.6 : pow((part[i] / 255.0 + 0.055) / 1.055, 2.4);
	return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

static void colours_are_readable_on_black_and_on_white(void **state)
{
	(void)state;
	int colours = 0;
	for (int i = 0; color_scheme_at(i); i++) {
		const struct color_scheme *scheme = color_scheme_at(i);
		assert_ptr_equal(color_scheme_find(scheme->name), scheme);
		for (int style = 0; style < STYLE_OWN_COUNT; style++) {
			const struct look *look = &scheme->look[style];
			assert_in_range(look->color8 + 1, 0, 8);
			assert_true(scheme->color || look->color256 < 0);
			if (look->color256 < 0)
				continue;
			double light = luminance(look->color256);
			assert_true(1.05 / (light + 0.05) >= 3 && (light + 0.05) / 0.05 >= 3);
			colours++;
		}
	}
	assert_true(colours > 20);
}

static void the_ramp_gets_lighter_all_the_way_and_regions_stay_dark(void **state)
{
	(void)state;
	double before = 0;
	for (int style = STYLE_HEAT; style < STYLE_COUNT; style++) {
		const struct look *look = color_scheme_look(color_scheme_at(0), (enum style)style);
		double light = luminance(look->color256);
		if (style < STYLE_REGION && light <= before)
			fail_msg("step %d of the ramp is no lighter than the one before", style - STYLE_HEAT);
		if (style >= STYLE_REGION && style <= STYLE_REGION_BETWEEN && light > 0.2)
			fail_msg("region %d is too light for points to stand out", style - STYLE_REGION);
		if (style >= STYLE_POINT && light < 0.35)
			fail_msg("point %d is too dark to stand out from a region", style - STYLE_POINT);
		before = light;
	}
}

static void alarms_and_selection_are_seen_without_colour(void **state)
{
	(void)state;
	for (int i = 0; color_scheme_at(i); i++) {
		const struct look *look = color_scheme_at(i)->look;
		assert_true(look[STYLE_ALARM].mono != look[STYLE_NORMAL].mono);
		assert_true(look[STYLE_SELECTED].mono & ATTRIBUTE_REVERSE);
		assert_true(look[STYLE_SELECTED].attributes & ATTRIBUTE_REVERSE);
	}
}

static void keys_have_names(void **state)
{
	(void)state;
	static const struct {
		int key;
		const char *name;
	} rows[] = {
		{'a', "a"},
		{'?', "?"},
		{' ', "Space"},
		{KEYCODE_CONTROL('R'), "^R"},
		{KEYCODE_F(5), "F5"},
		{KEYCODE_F(12), "F12"},
		{KEYCODE_TAB, "Tab"},
		{KEYCODE_BACK_TAB, "BackTab"},
		{KEYCODE_ESCAPE, "Esc"},
		{KEYCODE_PAGE_UP, "PgUp"},
		{0xE9, "é"},
		{INT_MIN, "key -2147483648"},
	};
	char name[16];
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		key_name(name, rows[i].key);
		assert_string_equal(name, rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_coordinates_and_sizes_are_safe),
		cmocka_unit_test(sizes_are_clamped_and_a_reset_clears),
		cmocka_unit_test(drawing_stays_within_its_area),
		cmocka_unit_test(wide_characters_are_never_halved),
		cmocka_unit_test(text_is_seven_bits_where_the_font_is),
		cmocka_unit_test(measured_width_is_drawn_width),
		cmocka_unit_test(glyph_sets_are_whole),
		cmocka_unit_test(colours_are_readable_on_black_and_on_white),
		cmocka_unit_test(the_ramp_gets_lighter_all_the_way_and_regions_stay_dark),
		cmocka_unit_test(alarms_and_selection_are_seen_without_colour),
		cmocka_unit_test(keys_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
