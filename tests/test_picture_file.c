/* A canvas as text and as SVG. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../src/ui/svg_shapes.h"
#include "ui/picture_file.h"

static struct canvas *canvas_of(int columns, int rows, int colors)
{
	struct canvas *canvas = canvas_new();
	assert_true(canvas && canvas_reset(canvas, columns, rows, glyphs_at(0)));
	canvas->colors = colors;
	return canvas;
}

/* What a writer makes of a canvas; the caller frees it. */
static char *text_of(const struct canvas *canvas)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	assert_true(file && canvas_write_text(file, canvas));
	fclose(file);
	return text;
}

static char *svg_of(const struct canvas *canvas, const char *scheme)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	assert_true(file && canvas_write_svg(file, canvas, color_scheme_find(scheme)));
	fclose(file);
	return text;
}

static void assert_contains(const char *svg, const char *part)
{
	if (!strstr(svg, part))
		fail_msg("no %s in:\n%s", part, svg);
}

static void assert_without(const char *svg, const char *part)
{
	if (strstr(svg, part))
		fail_msg("%s in:\n%s", part, svg);
}

/* ---- text ---- */

static void text_has_a_line_a_row_without_blanks_at_its_end(void **state)
{
	struct canvas *canvas = canvas_of(8, 3, 256);
	(void)state;
	area_text(area_all(canvas), 1, 0, STYLE_ALARM, "a b");
	area_text(area_all(canvas), 0, 2, STYLE_NORMAL, "δ 漢!");
	char *text = text_of(canvas);
	assert_string_equal(text, " a b\n\nδ 漢!\n");
	free(text);
	canvas_free(canvas);
}

/* ---- SVG ---- */

static void a_drawing_has_the_size_of_its_cells(void **state)
{
	struct canvas *canvas = canvas_of(80, 24, 256);
	(void)state;
	char *svg = svg_of(canvas, "default");
	assert_contains(svg, "viewBox=\"0 0 640 384\"");
	assert_contains(svg, "<path fill=\"#101010\" d=\"M0 0h640v384H0z\"/>");
	free(svg);
	canvas_free(canvas);
}

static void words_are_one_text_and_columns_are_several(void **state)
{
	struct canvas *canvas = canvas_of(40, 2, 256);
	(void)state;
	area_text(area_all(canvas), 2, 1, STYLE_NORMAL, "two words  a column");
	area_text(area_all(canvas), 30, 1, STYLE_ALARM, "!");
	char *svg = svg_of(canvas, "default");
	assert_contains(svg, "<text x=\"16\" y=\"28\" textLength=\"72\">two words</text>");
	assert_contains(svg, "<text x=\"104\" y=\"28\" textLength=\"64\">a column</text>");
	assert_contains(svg, "<text x=\"240\" y=\"28\">!</text>");
	free(svg);
	canvas_free(canvas);
}

static void a_wide_character_has_the_width_of_two_cells(void **state)
{
	struct canvas *canvas = canvas_of(10, 1, 256);
	(void)state;
	area_text(area_all(canvas), 0, 0, STYLE_NORMAL, "a漢b");
	char *svg = svg_of(canvas, "default");
	assert_contains(svg, "textLength=\"32\">a漢b</text>");
	free(svg);
	canvas_free(canvas);
}

static void characters_that_xml_reserves_or_forbids_are_replaced(void **state)
{
	struct canvas *canvas = canvas_of(20, 1, 256);
	(void)state;
	area_text(area_all(canvas), 0, 0, STYLE_NORMAL, "a<b&c>\"\xef\xbf\xbe\x1b");
	area_put(area_all(canvas), 15, 0, 0x1b, STYLE_NORMAL);
	char *svg = svg_of(canvas, "default");
	assert_contains(svg, ">a&lt;b&amp;c>\"\xef\xbf\xbd\xef\xbf\xbd</text>");
	assert_without(svg, "\x1b");
	free(svg);
	canvas_free(canvas);
}

static void equal_blocks_side_by_side_are_one_rectangle(void **state)
{
	struct canvas *canvas = canvas_of(20, 2, 256);
	struct area area = area_all(canvas);
	(void)state;
	for (int x = 1; x < 4; x++)
		area_put(area, x, 1, 0x2588, STYLE_BAR);
	area_put(area, 5, 1, 0x2582, STYLE_BAR);
	area_put(area, 7, 1, 0x258D, STYLE_BAR);
	area_put(area, 9, 1, 0x2580, STYLE_BAR);
	area_put(area, 11, 1, 0x2590, STYLE_BAR);
	area_put(area, 13, 1, 0x2592, STYLE_BAR);
	char *svg = svg_of(canvas, "default");
	assert_contains(svg,
		"\"M8 16h24v16h-24z"
		"M40 28h8v4h-8z"
		"M56 16h3v16h-3z"
		"M72 16h8v8h-8z"
		"M92 16h4v16h-4z\"");
	assert_contains(svg, "fill-opacity=\".5\" d=\"M104 16h8v16h-8z\"");
	free(svg);
	canvas_free(canvas);
}

static void lines_of_a_box_meet_at_the_edges_of_their_cells(void **state)
{
	struct canvas *canvas = canvas_of(4, 3, 256);
	(void)state;
	area_frame(area_all(canvas), STYLE_DIM);
	char *svg = svg_of(canvas, "default");
	/* a corner ends where the line beside it and the line below it begin */
	assert_contains(svg, "M4 16v-4q0 -4 4 -4");
	assert_contains(svg, "M8 8h16");
	assert_contains(svg, "M28 16v-4q0 -4 -4 -4");
	assert_contains(svg, "M4 16v16");
	assert_contains(svg, "M28 16v16");
	assert_contains(svg, "M4 32v4q0 4 4 4");
	assert_contains(svg, "M8 40h16");
	assert_contains(svg, "M28 32v4q0 4 -4 4");
	free(svg);
	canvas_free(canvas);
}

static void ticks_reach_from_the_axis_into_the_picture(void **state)
{
	struct canvas *canvas = canvas_of(4, 1, 256);
	(void)state;
	area_put(area_all(canvas), 0, 0, 0x2524, STYLE_DIM);
	area_put(area_all(canvas), 1, 0, 0x252C, STYLE_DIM);
	area_put(area_all(canvas), 2, 0, 0x253C, STYLE_DIM);
	char *svg = svg_of(canvas, "default");
	assert_contains(svg, "M0 8h4M4 0v16M8 8h8M12 8v8M16 8h8M20 0v16");
	free(svg);
	canvas_free(canvas);
}

static void a_braille_pattern_has_its_dots_in_their_places(void **state)
{
	struct canvas *canvas = canvas_of(4, 2, 256);
	(void)state;
	area_put(area_all(canvas), 1, 1, 0x2801, STYLE_BAR);
	area_put(area_all(canvas), 2, 1, 0x28C0, STYLE_BAR);
	char *svg = svg_of(canvas, "default");
	assert_contains(svg, "\"M10 18h0M18 30h0M22 30h0\"");
	free(svg);
	canvas_free(canvas);
}

static void colours_are_those_of_the_terminal(void **state)
{
	struct canvas *canvas = canvas_of(8, 1, 256);
	(void)state;
	area_put_on(area_all(canvas), 0, 0, 0x2584, STYLE_HEAT, STYLE_HEAT + 11);
	area_text(area_all(canvas), 1, 0, STYLE_TITLE, "t");
	area_text(area_all(canvas), 2, 0, STYLE_SELECTED, "s ");
	char *svg = svg_of(canvas, "default");
	assert_contains(svg, "<g fill=\"#00005f\"");
	assert_contains(
		svg, "<path fill=\"#ffffd7\" shape-rendering=\"crispEdges\" d=\"M0 0h8v16h-8z\"");
	assert_contains(svg, "<g fill=\"#d4d4d4\" stroke=\"#d4d4d4\" font-weight=\"bold\">");
	/* reversed: the foreground is the ground of the blank, too */
	assert_contains(
		svg, "<path fill=\"#d4d4d4\" shape-rendering=\"crispEdges\" d=\"M16 0h16v16h-16z\"");
	free(svg);
	canvas_free(canvas);
}

static void without_colours_there_are_two_greys(void **state)
{
	static const struct {
		const char *scheme;
		int colors;
	} cases[] = {{"mono", 256}, {"default", 0}};
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct canvas *canvas = canvas_of(STYLE_COUNT, 1, cases[i].colors);
		for (int style = 0; style < STYLE_OWN_COUNT; style++)
			area_put(area_all(canvas), style, 0, 'x', (enum style)style);
		char *svg = svg_of(canvas, cases[i].scheme);
		for (const char *at = svg; (at = strstr(at, "=\"#")) != NULL; at++)
			if (strncmp(at + 3, "101010", 6) != 0 && strncmp(at + 3, "d4d4d4", 6) != 0)
				fail_msg("colour %.6s", at + 3);
		assert_contains(svg, "opacity=\".6\"");
		assert_contains(svg, "text-decoration=\"underline\"");
		free(svg);
		canvas_free(canvas);
	}
}

static void a_stream_that_fails_is_reported(void **state)
{
	struct canvas *canvas = canvas_of(200, 60, 256);
	FILE *full = fopen("/dev/full", "w");
	(void)state;
	if (!full)
		skip();
	for (int x = 0; x < 200; x++)
		area_put(area_all(canvas), x, x % 60, 'x', STYLE_NORMAL);
	assert_false(canvas_write_text(full, canvas));
	clearerr(full);
	assert_false(canvas_write_svg(full, canvas, color_scheme_at(0)));
	fclose(full);
	canvas_free(canvas);
}

/* Two cells from column 1 of row 1 on, each 8 wide and 16 high. */
static void every_sign_that_is_not_a_letter_has_its_strokes(void **state)
{
	static const struct {
		uint32_t code;
		enum svg_shape shape;
		const char *path;
	} signs[] = {
		{0x2500, SVG_LINE, "M8 24h16"},
		{0x2501, SVG_LINE_HEAVY, "M8 24h16"},
		{0x2502, SVG_LINE, "M12 16v16M20 16v16"},
		{0x2503, SVG_LINE_HEAVY, "M12 16v16M20 16v16"},
		{0x250C, SVG_LINE, "M12 24h12M12 24v8M20 24v8"},
		{0x2510, SVG_LINE, "M8 24h12M12 24v8M20 24v8"},
		{0x2514, SVG_LINE, "M12 24h12M12 16v8M20 16v8"},
		{0x2518, SVG_LINE, "M8 24h12M12 16v8M20 16v8"},
		{0x251C, SVG_LINE, "M12 24h12M12 16v16M20 16v16"},
		{0x2524, SVG_LINE, "M8 24h12M12 16v16M20 16v16"},
		{0x252C, SVG_LINE, "M8 24h16M12 24v8M20 24v8"},
		{0x2534, SVG_LINE, "M8 24h16M12 16v8M20 16v8"},
		{0x253C, SVG_LINE, "M8 24h16M12 16v16M20 16v16"},
		{0x256D, SVG_LINE, "M12 32v-4q0 -4 4 -4M20 32v-4q0 -4 4 -4"},
		{0x256E, SVG_LINE, "M12 32v-4q0 -4 -4 -4M20 32v-4q0 -4 -4 -4"},
		{0x256F, SVG_LINE, "M12 16v4q0 4 -4 4M20 16v4q0 4 -4 4"},
		{0x2570, SVG_LINE, "M12 16v4q0 4 4 4M20 16v4q0 4 4 4"},
		{0x2580, SVG_BLOCK, "M8 16h16v8h-16z"},
		{0x2581, SVG_BLOCK, "M8 30h16v2h-16z"},
		{0x2584, SVG_BLOCK, "M8 24h16v8h-16z"},
		{0x2587, SVG_BLOCK, "M8 18h16v14h-16z"},
		{0x2588, SVG_BLOCK, "M8 16h16v16h-16z"},
		{0x2589, SVG_BLOCK, "M8 16h7v16h-7zM16 16h7v16h-7z"},
		{0x258F, SVG_BLOCK, "M8 16h1v16h-1zM16 16h1v16h-1z"},
		{0x2590, SVG_BLOCK, "M12 16h4v16h-4zM20 16h4v16h-4z"},
		{0x2591, SVG_SHADE, "M8 16h16v16h-16z"},
		{0x2592, SVG_SHADE_MEDIUM, "M8 16h16v16h-16z"},
		{0x2593, SVG_SHADE_DARK, "M8 16h16v16h-16z"},
		{0x2809, SVG_DOTS, "M10 18h0M14 18h0M18 18h0M22 18h0"},
		{0x28F0, SVG_DOTS, "M14 22h0M14 26h0M10 30h0M14 30h0M22 22h0M22 26h0M18 30h0M22 30h0"},
		{0x2806, SVG_DOTS, "M10 22h0M10 26h0M18 22h0M18 26h0"},
		{' ', SVG_NOTHING, ""},
		{0, SVG_NOTHING, ""},
		{0x2800, SVG_NOTHING, ""},
		{'!', SVG_TEXT, ""},
		{0x24FF, SVG_TEXT, ""},
		{0x2504, SVG_TEXT, ""},
		{0x2571, SVG_TEXT, ""},
		{0x257F, SVG_TEXT, ""},
		{0x2594, SVG_TEXT, ""},
		{0x27FF, SVG_TEXT, ""},
		{0x2900, SVG_TEXT, ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		char *path = NULL;
		size_t size = 0;
		FILE *file = open_memstream(&path, &size);
		assert_non_null(file);
		svg_path_add(file, signs[i].code, 1, 1, 2);
		fclose(file);
		if (svg_shape_of(signs[i].code) != signs[i].shape || strcmp(path, signs[i].path) != 0)
			fail_msg("U+%04X: shape %d, '%s', expected '%s'", (unsigned)signs[i].code,
				(int)svg_shape_of(signs[i].code), path, signs[i].path);
		free(path);
	}
}

/* Colours end with their cells, and one style's with another's; so do texts at two blanks. */
static void a_drawing_is_cut_where_styles_and_lines_end(void **state)
{
	struct canvas *canvas = canvas_of(8, 2, 256);
	struct area area = area_all(canvas);
	(void)state;
	area_put_on(area, 0, 0, ' ', STYLE_NORMAL, STYLE_HEAT + 3);
	area_put_on(area, 1, 0, ' ', STYLE_NORMAL, STYLE_HEAT + 3);
	area_put_on(area, 2, 0, ' ', STYLE_NORMAL, STYLE_HEAT + 4);
	area_put_on(area, 7, 0, ' ', STYLE_NORMAL, STYLE_HEAT + 3);
	area_put_on(area, 0, 1, ' ', STYLE_NORMAL, STYLE_HEAT + 3);
	for (int x = 4; x < 8; x++)
		area_put(area, x, 1, 0x2588, x < 6 ? STYLE_BAR : STYLE_SECOND);
	area_text(area, 3, 0, STYLE_GOOD, "a b");
	area_text(area, 1, 1, STYLE_GOOD, "c  ");
	char *svg = svg_of(canvas, "default");
	assert_contains(svg, "\"M0 0h16v16h-16zM56 0h8v16h-8zM0 16h8v16h-8z\"");
	assert_contains(svg, "\"M16 0h8v16h-8z\"");
	assert_contains(svg, "\"M32 16h16v16h-16z\"");
	assert_contains(svg, "\"M48 16h16v16h-16z\"");
	assert_contains(svg, "<text x=\"24\" y=\"12\" textLength=\"24\">a b</text>");
	assert_contains(svg, "<text x=\"8\" y=\"28\">c</text>");
	free(svg);
	canvas_free(canvas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_has_a_line_a_row_without_blanks_at_its_end),
		cmocka_unit_test(a_drawing_has_the_size_of_its_cells),
		cmocka_unit_test(words_are_one_text_and_columns_are_several),
		cmocka_unit_test(a_wide_character_has_the_width_of_two_cells),
		cmocka_unit_test(characters_that_xml_reserves_or_forbids_are_replaced),
		cmocka_unit_test(equal_blocks_side_by_side_are_one_rectangle),
		cmocka_unit_test(lines_of_a_box_meet_at_the_edges_of_their_cells),
		cmocka_unit_test(ticks_reach_from_the_axis_into_the_picture),
		cmocka_unit_test(a_braille_pattern_has_its_dots_in_their_places),
		cmocka_unit_test(colours_are_those_of_the_terminal),
		cmocka_unit_test(without_colours_there_are_two_greys),
		cmocka_unit_test(a_stream_that_fails_is_reported),
		cmocka_unit_test(every_sign_that_is_not_a_letter_has_its_strokes),
		cmocka_unit_test(a_drawing_is_cut_where_styles_and_lines_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
