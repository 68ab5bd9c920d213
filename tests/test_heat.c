/* The ramp of magnitudes: absolute, rising, never mistaken for the background. */
#include "../src/ui/pixels.h"
#include "lab/record.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct canvas *canvas_make(const struct glyphs *glyphs, int colors)
{
	struct canvas *canvas = canvas_new();
	assert_non_null(canvas);
	canvas->colors = colors;
	assert_true(canvas_reset(canvas, 40, 2, glyphs));
	return canvas;
}

static void steps_rise_with_the_magnitude_from_1e_8_to_1(void **state)
{
	(void)state;
	int before = 0;
	for (double exponent = -12; exponent <= 3; exponent += 0.01) {
		int step = heat_step(pow(10, exponent));
		if (step < before || step > before + 1)
			fail_msg("1e%.2f is step %d, after %d", exponent, step, before);
		if (exponent < -7.4)
			assert_int_equal(step, 0);
		before = step;
	}
	assert_int_equal(before, HEAT_STEPS - 1);
	assert_int_equal(heat_step(0), 0);
	assert_int_equal(heat_step(1e-40), 0);
	/* the eight decades, divided evenly */
	for (int step = 1; step < HEAT_STEPS; step++) {
		double begins = -8 + 8.0 * step / HEAT_STEPS;
		assert_int_equal(heat_step(pow(10, begins - 0.01)), step - 1);
		assert_int_equal(heat_step(pow(10, begins + 0.01)), step);
	}
	assert_int_equal(heat_step_of_share(0), 0);
	assert_int_equal(heat_step_of_share(1), HEAT_STEPS - 1);
}

static void what_is_not_recorded_is_blank_and_what_is_not_finite_an_alarm(void **state)
{
	(void)state;
	assert_int_equal(heat_step((double)record_nothing()), HEAT_NONE);
	assert_int_equal(heat_step((double)NAN), HEAT_NOT_FINITE);
	assert_int_equal(heat_step((double)INFINITY), HEAT_NOT_FINITE);
	struct canvas *canvas = canvas_make(glyphs_at(0), 256);
	heat_cell(area_all(canvas), 0, 0, HEAT_NONE);
	heat_pair(area_all(canvas), 1, 0, 3, HEAT_NOT_FINITE);
	assert_int_equal(canvas->cell[0].code, ' ');
	assert_int_equal(canvas->cell[1].code, '!');
	assert_int_equal(canvas->cell[1].style, STYLE_ALARM);
	canvas_free(canvas);
}

/* However few colours there are, every step is seen, and a larger one is never less dense. */
static void no_step_looks_like_the_background(void **state)
{
	(void)state;
	static const int colors[] = {0, 8, 16, 256};
	for (int set = 0; glyphs_at(set); set++)
		for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++) {
			struct canvas *canvas = canvas_make(glyphs_at(set), colors[i]);
			for (int step = 0; step < HEAT_STEPS; step++) {
				heat_cell(area_all(canvas), step, 0, step);
				if (canvas->cell[step].code == ' ')
					fail_msg(
						"%s, %d colours: step %d is blank", glyphs_at(set)->name, colors[i], step);
			}
			assert_int_equal(canvas->cell[HEAT_STEPS - 1].code, glyphs_at(set)->full);
			if (colors[i] < 256)
				assert_int_equal(canvas->cell[0].code, glyphs_at(set)->shade[0]);
			canvas_free(canvas);
		}
}

static void two_steps_share_a_cell_where_there_are_256_colours(void **state)
{
	(void)state;
	struct canvas *canvas = canvas_make(glyphs_find("braille"), 256);
	heat_pair(area_all(canvas), 0, 0, 9, 2);
	assert_int_equal(canvas->cell[0].code, 0x2584);
	assert_int_equal(canvas->cell[0].style, heat_style(2));
	assert_int_equal(canvas->cell[0].ground, heat_style(9));
	canvas_free(canvas);
	canvas = canvas_make(glyphs_find("ascii"), 256);
	heat_pair(area_all(canvas), 0, 0, 2, 9);
	assert_int_equal(canvas->cell[0].style, heat_style(9));
	assert_int_equal(canvas->cell[0].ground, STYLE_NORMAL);
	canvas_free(canvas);
	canvas = canvas_make(glyphs_find("braille"), 8);
	area_put_on(area_all(canvas), 0, 0, 'x', STYLE_NORMAL, STYLE_REGION);
	assert_int_equal(canvas->cell[0].ground, STYLE_NORMAL);
	canvas_free(canvas);
}

/* Two rows of pixels share a row of cells, and the last of an odd number has one for itself;
 * without pairs a pixel has a row, and two columns so that it looks square. */
static void a_picture_takes_the_cells_that_its_pixels_need(void **state)
{
	static const struct {
		int width, height, size, columns, rows; /* the last two where two share a cell */
	} cases[] = {
		{1, 1, 1, 1, 1}, {3, 4, 1, 3, 2}, {4, 5, 1, 4, 3}, {3, 5, 2, 6, 5}, {5, 3, 3, 15, 5}};
	(void)state;
	struct canvas *pairs = canvas_make(glyphs_find("braille"), 256);
	struct canvas *single = canvas_make(glyphs_find("ascii"), 8);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int width = cases[i].width, height = cases[i].height, size = cases[i].size;
		assert_int_equal(pixels_columns(area_all(pairs), width, size), cases[i].columns);
		assert_int_equal(pixels_rows(area_all(pairs), height, size), cases[i].rows);
		assert_int_equal(pixels_columns(area_all(single), width, size), 2 * width * size);
		assert_int_equal(pixels_rows(area_all(single), height, size), height * size);
	}
	canvas_free(pairs);
	canvas_free(single);
}

/* Three rows of two pixels: 0 to 5 of 5, the last row without a partner. */
static void each_pixel_has_the_colour_of_its_value_between_the_ends_of_the_scale(void **state)
{
	const float value[] = {0, 1, 2, 3, 4, 5};
	const struct pixels_scale scale = {0, 5}, flat = {7, 7};
	(void)state;
	for (int size = 1; size <= 2; size++) {
		struct canvas *canvas = canvas_new();
		canvas->colors = 256;
		assert_true(canvas_reset(canvas, 40, 8, glyphs_find("braille")));
		pixels_draw(area_all(canvas), 2, 3, value, scale, size);
		for (int y = 0; y < 3 * size + 1; y++) /* half rows; below the last one is its own colour */
			for (int x = 0; x < 2 * size; x++) {
				int row = y / size < 2 ? y / size : 2;
				if (y / 2 >= pixels_rows(area_all(canvas), 3, size))
					continue;
				int step = heat_step_of_share((double)value[2 * row + x / size] / 5);
				const struct cell *cell = &canvas->cell[y / 2 * 40 + x];
				bool two = cell->code == 0x2584;
				assert_int_equal(two && y % 2 == 0 ? cell->ground : cell->style, heat_style(step));
			}
		assert_int_equal(canvas->cell[2 * size].code, ' ');
		assert_int_equal(canvas->cell[40 * pixels_rows(area_all(canvas), 3, size)].code, ' ');
		canvas_free(canvas);
	}
	/* a scale without width has its lowest step at its value */
	struct canvas *canvas = canvas_make(glyphs_find("braille"), 256);
	const float seven = 7;
	pixels_draw(area_all(canvas), 1, 1, &seven, flat, 1);
	assert_int_equal(canvas->cell[0].style, heat_style(0));
	canvas_free(canvas);
	canvas = canvas_make(glyphs_find("ascii"), 8);
	pixels_draw(area_all(canvas), 2, 1, value + 4, scale, 1); /* 4 and 5, two columns each */
	for (int x = 0; x < 4; x++)
		assert_int_equal(canvas->cell[x].style, heat_style(heat_step_of_share(x < 2 ? 0.8 : 1)));
	assert_int_equal(canvas->cell[4].code, ' ');
	pixels_draw(area_all(canvas), 1, 1, value, scale, 1); /* the darkest is the background here */
	assert_int_equal(canvas->cell[0].code, ' ');
	canvas_free(canvas);
}

/* A legend that does not fit is left out. */
static void a_legend_is_drawn_where_all_of_it_has_room(void **state)
{
	(void)state;
	struct canvas *canvas = canvas_make(glyphs_find("braille"), 256);
	int width = HEAT_STEPS + 5 + 2; /* between "1e-8 " and " 1" */
	assert_int_equal(heat_legend(area_all(canvas), 40 - width, 0), width);
	assert_int_equal(canvas->cell[40 - width].code, '1');
	assert_int_equal(canvas->cell[40 - width + 5].style, heat_style(0));
	assert_int_equal(canvas->cell[40 - 3].style, heat_style(HEAT_STEPS - 1));
	assert_int_equal(canvas->cell[40 - 2].code, ' ');
	assert_int_equal(canvas->cell[40 - 1].code, '1');
	assert_int_equal(heat_legend(area_all(canvas), 40 - width + 1, 1), 0);
	assert_int_equal(heat_legend(area_all(canvas), -1, 1), 0);
	assert_int_equal(canvas->cell[40 + 20].code, ' ');
	assert_int_equal(heat_legend_of_share(area_all(canvas), 0, 1), HEAT_STEPS + 2 + 2);
	canvas_free(canvas);
}

static void the_step_of_a_value_is_kept_between_the_first_and_the_last(void **state)
{
	(void)state;
	assert_int_equal(heat_style(-1), STYLE_NORMAL);
	assert_int_equal(heat_style(HEAT_NONE), STYLE_NORMAL);
	assert_int_equal(heat_style(HEAT_NOT_FINITE), STYLE_ALARM);
	assert_int_equal(heat_style(0), STYLE_HEAT);
	assert_int_equal(heat_style(HEAT_STEPS - 1), STYLE_HEAT + HEAT_STEPS - 1);
	assert_int_equal(heat_style(HEAT_STEPS), STYLE_HEAT + HEAT_STEPS - 1);
	for (int step = 0; step < HEAT_STEPS; step++)
		assert_int_equal(heat_step_of_share((step + 0.5) / HEAT_STEPS), step);
	assert_int_equal(heat_step_of_share(-0.5), 0);
	assert_int_equal(heat_step_of_share(1.5), HEAT_STEPS - 1);
	assert_int_equal(heat_step_of_share((double)NAN), HEAT_NOT_FINITE);
	assert_int_equal(heat_step_of_share((double)record_nothing()), HEAT_NONE);
	assert_int_equal(heat_step(-1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_rise_with_the_magnitude_from_1e_8_to_1),
		cmocka_unit_test(what_is_not_recorded_is_blank_and_what_is_not_finite_an_alarm),
		cmocka_unit_test(no_step_looks_like_the_background),
		cmocka_unit_test(two_steps_share_a_cell_where_there_are_256_colours),
		cmocka_unit_test(a_picture_takes_the_cells_that_its_pixels_need),
		cmocka_unit_test(each_pixel_has_the_colour_of_its_value_between_the_ends_of_the_scale),
		cmocka_unit_test(a_legend_is_drawn_where_all_of_it_has_room),
		cmocka_unit_test(the_step_of_a_value_is_kept_between_the_first_and_the_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
