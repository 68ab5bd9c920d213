/* The gradients pane: its bars, axis, words and verdict. */
#include "lab/text.h"
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"

static void bars_stand_up_when_rows_run_out_and_share_columns_when_those_do(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	assert_shows(&made->picture, "gradients", 48, 13, " out █", true);
	assert_shows(&made->picture, "gradients", 48, 9, "10 out", true);
	assert_shows(&made->picture, "gradients", 48, 9, "layer 5: 1.0e-05 · 1: 3.1e-08", true);
	picture_free(made);
	made = case_named("deep");
	assert_shows(&made->picture, "gradients", 80, 20, "5 layers a column: geometric mean", true);
	assert_shows(&made->picture, "units", 80, 20, "4 a column", true);
	picture_free(made);
}

/* A column shared by several layers has the word of the worst of them. */
static void a_column_of_several_layers_says_the_worst_word(void **state)
{
	const float words[] = {NAN, INFINITY, 0, record_nothing()};
	enum { WORDS = sizeof(words) / sizeof(words[0]), SHARED = 5 };
	(void)state;
	for (int worse = 0; worse < WORDS; worse++)
		for (int milder = worse + 1; milder < WORDS; milder++) {
			struct case_data *mixed = case_named("deep"), *pure = case_named("deep");
			mixed->view.gradient = pure->view.gradient = "rms";
			for (int l = 0; l < SHARED; l++) {
				mixed->record->layer[l].grad_rms = words[l == 2 ? worse : milder];
				pure->record->layer[l].grad_rms = words[worse];
			}
			char *found = drawn("gradients", &mixed->picture, 80, 20, "braille");
			char *expected = drawn("gradients", &pure->picture, 80, 20, "braille");
			/* the line above is about single layers */
			if (strcmp(strchr(found, '\n'), strchr(expected, '\n')) != 0)
				fail_msg("%g among %g, found then expected:\n%s\n%s", (double)words[worse],
					(double)words[milder], found, expected);
			free(found);
			free(expected);
			picture_free(mixed);
			picture_free(pure);
		}
}

static void axis_follows_recent_records_and_clips_a_spike(void **state)
{
	(void)state;
	struct case_data *made = case_named("healthy");
	made->view.gradient = "rms";
	made->record->layer[1].grad_rms = 1e12f;
	assert_shows(&made->picture, "gradients", 48, 9, "→ 1.0e+12", true);
	made->record->layer[1].grad_rms = 1e-30f;
	assert_shows(&made->picture, "gradients", 48, 9, "←", true);
	/* after a change of a setting the records before it no longer count */
	strcpy(made->record->event, "lr=0.2");
	assert_shows(&made->picture, "gradients", 48, 9, "←", false);
	picture_free(made);
}

static void bars_show_what_the_view_asks_for(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	static const struct {
		const char *name, *title, *number;
	} rows[] = {
		{"rms", "RMS ∂L/∂W", "6.2e-02"},
		{"l2", "L2 ∂L/∂W", "6.2e-01"},
		{"delta", "RMS δ = ∂L/∂z", "3.0e-01"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char title[256];
		made->view.gradient = rows[i].name;
		pane_named("gradients")->title(&made->picture, title, sizeof(title));
		assert_non_null(strstr(title, rows[i].title));
		assert_shows(&made->picture, "gradients", 48, 13, rows[i].number, true);
	}
	picture_free(made);
}

static void verdict_is_loud_only_when_something_is_wrong(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	assert_shows(&made->picture, "gradients", 48, 9, "×0.23 a layer", true);
	assert_shows(&made->picture, "gradients", 48, 9, "VANISHING", true);
	made->record->verdict = "healthy";
	assert_shows(&made->picture, "gradients", 48, 9, "HEALTHY", false);
	picture_free(made);
}

static void selected_layer_is_marked_without_colour(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	assert_shows(&made->picture, "gradients", 48, 13, "▸  5", true);
	assert_shows(&made->picture, "units", 48, 13, "▸5", true);
	for (int layer = 1; layer <= 11; layer++) {
		char label[16];
		made->view.layer = layer;
		snprintf(label, sizeof(label), layer == 11 ? "▸ out" : "▸%4d", layer);
		assert_shows(&made->picture, "numbers", 48, 9, label, true);
	}
	picture_free(made);
}

/* Upright bars have its number in a line, level bars beside its row. */
static void gradients_of_the_selected_layer_are_in_view_at_every_size(void **state)
{
	static const char *const names[] = {"vanishing", "deep", "healthy"};
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct case_data *made = case_named(names[i]);
		int layers = made->record->layers;
		for (int layer = 1; layer <= layers; layer += 1 + layer / 4) {
			char words[32], row[32];
			made->view.layer = layer;
			snprintf(words, sizeof(words), layer == layers ? "out: " : "layer %d: ", layer);
			snprintf(row, sizeof(row), layer == layers ? "▸out" : "▸%3d", layer);
			for (int width = 28; width <= 100; width += 8)
				for (int height = 4; height <= 24; height++) {
					char *found = drawn("gradients", &made->picture, width, height, "braille");
					if (!strstr(found, words) && !strstr(found, row))
						fail_msg(
							"%s, layer %d at %dx%d:\n%s", names[i], layer, width, height, found);
					free(found);
				}
		}
		picture_free(made);
	}
}

/* 0 % would be nothing at all. */
static void a_change_too_small_to_show_is_told_from_none(void **state)
{
	static const struct {
		int epoch;
		float change, norm;
		int freeze;
		const char *text;
	} cases[] = {
		{5, 0, 0, 0, "no step moved it"},
		{5, 0, 0.01f, 0, "<0.001 %"},
		{5, 0, 0, 1, "frozen"},
		{0, 0, 0, 0, " 0 %"},
		{5, 2e-6f, 0, 0, "2.0e-06 %"},
		{5, 12.5f, 0, 0, "12.5 %"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct case_data *made = case_named("vanishing");
		made->record->epoch = cases[i].epoch;
		made->record->layer[0].change = cases[i].change;
		made->record->layer[0].change_norm = cases[i].norm;
		made->config.freeze = cases[i].freeze;
		picture_remodel(made);
		assert_shows(&made->picture, "gradients", 100, 20, cases[i].text, true);
		picture_free(made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bars_stand_up_when_rows_run_out_and_share_columns_when_those_do),
		cmocka_unit_test(a_column_of_several_layers_says_the_worst_word),
		cmocka_unit_test(axis_follows_recent_records_and_clips_a_spike),
		cmocka_unit_test(bars_show_what_the_view_asks_for),
		cmocka_unit_test(verdict_is_loud_only_when_something_is_wrong),
		cmocka_unit_test(selected_layer_is_marked_without_colour),
		cmocka_unit_test(gradients_of_the_selected_layer_are_in_view_at_every_size),
		cmocka_unit_test(a_change_too_small_to_show_is_told_from_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
