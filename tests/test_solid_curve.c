/* Curves with a body, and how the loss pane draws them: nothing is written over a curve. */
#include "pictures.h"
#include "ui/solid_curve.h"
#include "ui/glyphs.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"

enum { WIDTH = 10, HEIGHT = 4, FULL = 0x2588 };

/* A curve through spots, on a canvas with 256 colours. */
static struct canvas *curve_through(const struct spot *spot, int count)
{
	struct canvas *canvas = canvas_make(WIDTH, HEIGHT, glyphs_find("braille"));
	struct solid_curve curve;
	canvas->colors = 256;
	solid_curve_begin(&curve, area_all(canvas));
	for (int i = 0; i < count; i++)
		solid_curve_add(&curve, spot[i > 0 ? i - 1 : 0], spot[i]);
	solid_curve_draw(&curve, STYLE_BAR);
	solid_curve_fill(&curve, STYLE_REGION);
	return canvas;
}

static void assert_drawn(const struct spot *spot, int count, const char *expected)
{
	struct canvas *canvas = curve_through(spot, count);
	char *found = canvas_text(canvas);
	assert_string_equal(found, expected);
	free(found);
	canvas_free(canvas);
}

static void a_level_curve_is_one_cell_high_in_eighths(void **state)
{
	const struct spot level[] = {{0, 0.5}, {1, 0.5}}, higher[] = {{0, 0.5625}, {1, 0.5625}};
	(void)state;
	assert_drawn(level, 2, "          \n          \n██████████\n          \n");
	assert_drawn(higher, 2, "          \n▂▂▂▂▂▂▂▂▂▂\n          \n          \n");
}

static void a_peak_is_seen_however_narrow_it_is(void **state)
{
	const struct spot peak[] = {{0, 0.125}, {0.5, 0.125}, {0.5, 1}, {0.5, 0.125}, {1, 0.125}};
	(void)state;
	assert_drawn(peak, 5, "     █    \n     █    \n     █    \n▄▄▄▄▄█▄▄▄▄\n");
}

/* Each column begins at most one row below the end of the one before. */
static void assert_no_gap(const struct spot *spot, int count)
{
	struct canvas *canvas = curve_through(spot, count);
	int before = 0;
	for (int x = 1; x < WIDTH; x++) {
		int top = 0, bottom = HEIGHT - 1;
		while (top < HEIGHT && area_code(area_all(canvas), x, top) == ' ')
			top++;
		while (bottom > 0 && area_code(area_all(canvas), x, bottom) == ' ')
			bottom--;
		assert_true(top <= before + 1 && bottom >= before);
		before = bottom;
	}
	canvas_free(canvas);
}

static void a_fall_has_no_gap(void **state)
{
	const struct spot fall[] = {{0, 1}, {0.28, 1}, {0.42, 0}, {1, 0}};
	const struct spot steeper[] = {{0, 1}, {0.28, 1}, {0.32, 0}, {1, 0}};
	(void)state;
	assert_no_gap(fall, 4);
	assert_no_gap(steeper, 4);
}

static void what_is_not_finite_or_outside_draws_nothing_there(void **state)
{
	const struct spot gap[] = {{0, 0.125}, {0.3, 0.125}, {0.5, NAN}, {0.8, 0.125}, {1, 0.125}};
	const struct spot above[] = {{0, 2}, {1, 2}}, across[] = {{0, 3}, {0.5, 3}, {0.5, -3}, {1, -3}};
	(void)state;
	assert_drawn(gap, 5, "          \n          \n          \n▄▄▄▄   ▄▄▄\n");
	assert_drawn(above, 2, "          \n          \n          \n          \n");
	assert_drawn(across, 4, "     █    \n     █    \n     █    \n     █    \n");
}

static void the_ground_is_below_the_curve_and_keeps_what_is_drawn(void **state)
{
	struct canvas *canvas = canvas_make(WIDTH, HEIGHT, glyphs_find("braille"));
	struct area area = area_all(canvas);
	struct solid_curve curve;
	(void)state;
	canvas->colors = 256;
	area_text(area, 1, 3, STYLE_DIM, "ln 2");
	solid_curve_begin(&curve, area);
	solid_curve_add(&curve, (struct spot){0, 0.7}, (struct spot){1, 0.7});
	solid_curve_draw(&curve, STYLE_BAR);
	solid_curve_fill(&curve, STYLE_REGION);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			assert_int_equal(
				canvas->cell[y * WIDTH + x].ground, y > 1 ? STYLE_REGION : STYLE_NORMAL);
	assert_int_equal(area_code(area, 1, 3), 'l');
	canvas->colors = 16;
	area_text(area, 1, 3, STYLE_DIM, "ln 2");
	solid_curve_fill(&curve, STYLE_REGION);
	assert_int_equal(canvas->cell[3 * WIDTH + 1].ground, STYLE_NORMAL);
	canvas_free(canvas);
}

/* ---- the loss pane ---- */

enum { EPOCHS = 160, CHANGE = 100 };

/* A plateau at ln 2 until the last change, then a fall; the validation loss is higher. */
static struct case_data *loss_made(const char *event, int first_change)
{
	struct case_data *made = case_named("vanishing");
	struct record *record = record_new(0);
	assert_non_null(record);
	history_clear(made->history);
	for (int epoch = 0; epoch <= EPOCHS; epoch++) {
		bool changed = epoch == CHANGE || (epoch == first_change && epoch > 0);
		record->epoch = epoch;
		record->loss = epoch < CHANGE ? 0.6932f : 0.6932f / (float)(1 + epoch - CHANGE);
		record->val_loss = epoch < CHANGE ? 0.6932f : 0.3f;
		snprintf(record->event, sizeof(record->event), "%s", changed ? event : "");
		assert_true(history_add(made->history, record));
	}
	free(record);
	made->view.loss_axis = "fit";
	made->picture.frame.baseline_loss = 0.6931472;
	made->picture.frame.history = history_until(made->history, INT64_MAX);
	made->picture.frame.record = history_newest(made->history);
	return made;
}

/* At every size the curve has as many cells with names and labels as without. */
static void nothing_is_written_over_the_curve(void **state)
{
	struct case_data *named = loss_made("norm=batch", 60), *plain = loss_made("", 0);
	(void)state;
	plain->picture.frame.baseline_loss = NAN;
	for (int width = 20; width <= 120; width += 4)
		for (int height = 5; height <= 30; height++) {
			struct canvas *a = canvas_make(width, height, glyphs_find("braille"));
			struct canvas *b = canvas_make(width, height, glyphs_find("braille"));
			pane_named("loss")->draw(&named->picture, area_sub(area_all(a), 0, 0, width, height));
			pane_named("loss")->draw(&plain->picture, area_sub(area_all(b), 0, 0, width, height));
			for (int i = width; i < width * height; i++)
				if (b->cell[i].style == STYLE_BAR && a->cell[i].code != b->cell[i].code)
					fail_msg("%dx%d:\n%s", width, height, canvas_text(a));
			canvas_free(a);
			canvas_free(b);
		}
	picture_free(named);
	picture_free(plain);
}

static void all_changes_are_named_where_there_is_room(void **state)
{
	struct case_data *made = loss_made("norm=batch", 30);
	(void)state;
	char *wide = drawn("loss", &made->picture, 80, 16, "braille");
	char *first = strstr(wide, "norm=batch");
	assert_true(first && strstr(first + 1, "norm=batch"));
	free(wide);
	/* in little room, the newest has its name and the other its value */
	char *narrow = drawn("loss", &made->picture, 36, 16, "braille");
	first = strstr(narrow, "batch");
	assert_true(first && strstr(first + 1, "batch"));
	free(narrow);
	picture_free(made);
}

static void the_baseline_has_a_name_beside_a_curve_that_covers_it(void **state)
{
	struct case_data *made = loss_made("norm=batch", 0);
	(void)state;
	assert_shows(&made->picture, "loss", 80, 16, "ln 2 = 0.6931: baseline", true);
	assert_shows(&made->picture, "loss", 60, 16, "ln 2", true);
	made->picture.frame.history = history_until(made->history, INT64_MAX);
	picture_free(made);
}

/* Thin dots, dashed, beside solid blocks: without colours, too. */
static void validation_and_training_differ_in_shape(void **state)
{
	struct case_data *made = loss_made("", 0);
	struct canvas *canvas = canvas_make(60, 16, glyphs_find("braille"));
	int blocks = 0, dots = 0;
	(void)state;
	pane_named("loss")->draw(&made->picture, area_all(canvas));
	for (int i = 60; i < 60 * 14; i++) {
		const struct cell *cell = &canvas->cell[i];
		blocks += cell->style == STYLE_BAR && cell->code >= 0x2581 && cell->code <= 0x2588;
		dots += cell->style == STYLE_SECOND && cell->code > 0x2800 && cell->code < 0x2900;
		assert_false(cell->style == STYLE_BAR && cell->code > 0x2800);
	}
	assert_in_range(blocks, 50, 100);
	assert_in_range(dots, 10, 40);
	canvas_free(canvas);
	picture_free(made);
}

/* A single value far above all others is marked at the edge; the curves keep the axis. */
static void a_rare_peak_of_the_validation_loss_does_not_squeeze_the_curves(void **state)
{
	struct case_data *made = loss_made("", 0), *peak = loss_made("", 0);
	struct record *record = record_new(0);
	(void)state;
	assert_non_null(record);
	*record = *history_newest(peak->history);
	record->layers = 0;
	record->epoch++;
	record->val_loss = 12.5f;
	assert_true(history_add(made->history, record) && history_add(peak->history, record));
	record->epoch++;
	made->view.loss_axis = "zero";
	char *squeezed = drawn("loss", &made->picture, 80, 16, "braille");
	char *fitted = drawn("loss", &peak->picture, 80, 16, "braille");
	assert_non_null(strstr(squeezed, "10"));
	assert_null(strstr(squeezed, "↑"));
	assert_null(strstr(fitted, "10┤"));
	assert_non_null(strstr(fitted, "0.6┤"));
	assert_non_null(strstr(fitted, "↑ val up to 12.5"));             /* the legend */
	assert_true(strstr(fitted, "12.5↑") || strstr(fitted, "↑12.5")); /* the edge */
	free(squeezed);
	free(fitted);
	free(record);
	picture_free(made);
	picture_free(peak);
}

/* Without colour and blocks: '#' and a body for the one, 'o' for the other. */
static void in_ascii_the_two_curves_differ_and_the_first_has_a_body(void **state)
{
	struct case_data *made = loss_made("", 0);
	(void)state;
	made->view.loss_axis = "zero";
	char *text = drawn("loss", &made->picture, 80, 16, "ascii");
	assert_non_null(strstr(text, "# loss"));
	assert_non_null(strstr(text, "o val"));
	assert_non_null(strstr(text, ":::::::::::::::"));
	assert_non_null(strstr(text, "oooooooooooooo"));
	free(text);
	picture_free(made);
}

static void a_number_is_named_by_its_setting_where_room_is_little(void **state)
{
	struct case_data *made = loss_made("weight-decay=0.0001", 90);
	(void)state;
	char *narrow = drawn("loss", &made->picture, 36, 16, "braille");
	assert_null(strstr(narrow, "│0.0"));
	assert_non_null(strstr(narrow, "weight-d"));
	free(narrow);
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_curve_is_one_cell_high_in_eighths),
		cmocka_unit_test(a_peak_is_seen_however_narrow_it_is),
		cmocka_unit_test(a_fall_has_no_gap),
		cmocka_unit_test(what_is_not_finite_or_outside_draws_nothing_there),
		cmocka_unit_test(the_ground_is_below_the_curve_and_keeps_what_is_drawn),
		cmocka_unit_test(nothing_is_written_over_the_curve),
		cmocka_unit_test(all_changes_are_named_where_there_is_room),
		cmocka_unit_test(a_rare_peak_of_the_validation_loss_does_not_squeeze_the_curves),
		cmocka_unit_test(in_ascii_the_two_curves_differ_and_the_first_has_a_body),
		cmocka_unit_test(a_number_is_named_by_its_setting_where_room_is_little),
		cmocka_unit_test(the_baseline_has_a_name_beside_a_curve_that_covers_it),
		cmocka_unit_test(validation_and_training_differ_in_shape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
