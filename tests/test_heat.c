/* The ramp of magnitudes: absolute, rising, never mistaken for the background. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_rise_with_the_magnitude_from_1e_8_to_1),
		cmocka_unit_test(what_is_not_recorded_is_blank_and_what_is_not_finite_an_alarm),
		cmocka_unit_test(no_step_looks_like_the_background),
		cmocka_unit_test(two_steps_share_a_cell_where_there_are_256_colours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
