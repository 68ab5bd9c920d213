/* Pane units: a selected unit, and one sample. */
#include "picture_state.h"
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"

enum { LABEL = 3 };

static void a_selected_dead_unit_tells_when_it_died_also_in_a_small_pane(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	made->view.unit = 9; /* of layer 5 */
	assert_shows(&made->picture, "units", 60, 8, "unit 9 died at or before epoch 137", true);
	assert_shows(&made->picture, "units", 28, 8, "unit 9: died by 137", true);
	made->view.unit = 3;
	assert_shows(&made->picture, "units", 28, 8, "died", false);
	picture_free(made);
}

/* Unit 1 dies in epoch 1, units 2 and 3 in epoch 3. */
static void the_newest_deaths_are_told_first(void **state)
{
	static const int units[] = {4}, died[] = {1, 3, 3};
	static const char *const lines[] = {
		"unit 2 died in epoch 3", "unit 3 died in epoch 3", "unit 1 died in epoch 1"};
	struct case_data *made = case_named("nothing");
	struct detail *detail = detail_new(1, units, NULL);
	(void)state;
	made->history = history_new();
	for (int epoch = 0; epoch < 5; epoch++) {
		struct record *record = record_new(2);
		record->epoch = detail->epoch = epoch;
		record->layer[0].dead = record->layer[0].saturated = 0.5f;
		for (int unit = 0; unit < 3; unit++)
			detail_shares(detail, 1)[unit] = epoch >= died[unit] ? 1.0f : 0.5f;
		assert_true(history_add(made->history, record));
		assert_true(history_keep_detail(made->history, detail));
		free(made->record);
		made->record = record;
	}
	made->config.depth = 1;
	made->config.width = 4;
	made->picture.frame.history = history_until(made->history, INT64_MAX);
	made->picture.frame.record = made->record;
	made->picture.frame.detail = made->detail = detail;
	picture_remodel(made);
	char *text = drawn("units", &made->picture, 60, 16, "ascii");
	const char *at = text;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		at = strstr(at, lines[i]);
		if (!at)
			fail_msg("'%s' is missing, or stands above the one before it:\n%s", lines[i], text);
	}
	free(text);
	picture_free(made);
}

static void a_selected_unit_at_work_tells_how(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	made->view.unit = 1;
	assert_shows(
		&made->picture, "units", 60, 8, "layer 5, unit 1 · f′ = 0: 30 % · mean |a| ", true);
	assert_shows(&made->picture, "units", 60, 14, "▸", true);
	made->view.unit = 999;
	assert_shows(&made->picture, "units", 60, 8, "unit 10", true);
	picture_free(made);
}

/* Cell by cell: a unit whose f' is 0 for the sample is a point, any other one is filled. */
static void one_sample_shows_which_units_are_off(void **state)
{
	struct case_data *made = case_named("healthy");
	const struct sample_layer *layer = made->walk->layer;
	int off = 0, on = 0;
	(void)state;
	made->view.units = "sample";
	made->view.unit = 0;
	for (int colors = 0; colors <= 256; colors += 256) {
		struct canvas *canvas = canvas_make(LABEL + 16, 3 + 3, glyphs_at(0));
		canvas->colors = colors;
		pane_named("units")->draw(&made->picture, area_all(canvas));
		for (int l = 1; l <= 3; l++)
			for (int unit = 0; unit < 16; unit++) {
				const struct cell *cell = &canvas->cell[(l - 1) * canvas->columns + LABEL + unit];
				bool is_off = layer[l].derivative[unit] == 0;
				assert_int_equal(cell->code == glyphs_at(0)->point[0], is_off);
				if (!is_off && colors == 256)
					assert_int_equal(
						cell->style, heat_style(heat_step_of_share((double)layer[l].output[unit])));
				off += is_off;
				on += !is_off;
			}
		canvas_free(canvas);
	}
	assert_true(off > 10 && on > 10);
	picture_free(made);
}

static void one_sample_is_counted_by_layer(void **state)
{
	struct case_data *made = case_named("healthy");
	char text[80];
	int off = 0;
	(void)state;
	made->view.units = "sample";
	made->view.unit = 0;
	for (int unit = 0; unit < 16; unit++)
		off += made->walk->layer[2].derivative[unit] == 0;
	snprintf(text, sizeof(text), "sample 7 of 32 · layer 2: %d of 16 off", off);
	assert_shows(&made->picture, "units", 60, 14, text, true);
	/* what is off is not saturated as well */
	snprintf(text, sizeof(text), "%d saturated", off);
	assert_shows(&made->picture, "units", 60, 14, text, false);
	picture_free(made);
}

/* It is asked for only while it is shown, and known at the present epoch only. */
static void one_sample_is_asked_for_and_without_it_all_samples_are_shown(void **state)
{
	struct case_data *made = case_named("healthy");
	struct area area = {0};
	(void)state;
	assert_false(pane_named("units")->wish(&made->picture, area).step);
	made->view.units = "sample";
	assert_true(pane_named("units")->wish(&made->picture, area).step);
	made->picture.frame.state = NULL;
	assert_shows(&made->picture, "units", 70, 14, "weights of this epoch are not kept", true);
	assert_shows(&made->picture, "units", 70, 14, "dead", true);
	picture_free(made);
}

/* Without colours the activity of a unit at work is a bar, or in sets without bars a digit. */
static void activity_is_seen_without_colours(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	for (int half = 0; half < 2; half++) {
		for (int unit = 0; unit < 10; unit++) {
			detail_shares(made->detail, 1)[unit] = 0;
			((float *)made->detail->layer[0].saturated)[unit] = 0;
			((float *)made->detail->layer[0].activity)[unit] = half ? 0.5f : 0.25f;
		}
		char *bars = drawn("units", &made->picture, 100, 16, "block");
		char *digits = drawn("units", &made->picture, 100, 16, "ascii");
		assert_non_null(strstr(bars, half ? " 1 ▄▄▄" : " 1 ▂▂▂"));
		assert_non_null(strstr(digits, half ? " 1 ...5..." : " 1 ...2..."));
		free(bars);
		free(digits);
	}
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_selected_dead_unit_tells_when_it_died_also_in_a_small_pane),
		cmocka_unit_test(the_newest_deaths_are_told_first),
		cmocka_unit_test(a_selected_unit_at_work_tells_how),
		cmocka_unit_test(one_sample_shows_which_units_are_off),
		cmocka_unit_test(one_sample_is_counted_by_layer),
		cmocka_unit_test(one_sample_is_asked_for_and_without_it_all_samples_are_shown),
		cmocka_unit_test(activity_is_seen_without_colours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
