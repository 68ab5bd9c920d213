/* The product of the chain rule, from records of experiments and made by hand. */
#include "lab/experiment.h"
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"
#include "frames.h"
#include "runs.h"

static const struct view view_of_layer_1 = {.gradient = "rms", .history = "rms", .layer = 1};

/* What the pane multiplies is what was measured: docs/numerics.md, section 9. */
static void factors_multiply_to_the_measured_ratio_of_delta(void **state)
{
	static const char *const settings[] = {"depth=8 activation=sigmoid",
		"depth=8 activation=relu init=he-normal", "depth=6 norm=batch",
		"depth=6 norm=layer norm-position=after", "depth=8 skip=2",
		"depth=6 skip=1 skip-add=pre norm=batch", "depth=4 dropout=0.3", "data=wave depth=5",
		"depth=4 activation=relu/tanh/sigmoid/selu"};
	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		struct experiment *e = trained(settings[i], 3);
		const struct record *record = experiment_record(e);
		double product = 1;
		for (int layer = record->layers - 1; layer >= 1; layer--) {
			const struct layer_record *row = &record->layer[layer - 1];
			product *= (double)row->deriv_rms * (double)row->gain;
		}
		double ratio = (double)record->layer[0].delta_rms /
			(double)record->layer[record->layers - 1].delta_rms;
		if (!(fabs(product / ratio - 1) < 1e-5))
			fail_msg(
				"%s: the factors multiply to %g, the ratio is %g", settings[i], product, ratio);

		struct frame frame = frame_of(e);
		struct picture picture = {.frame = frame, .view = &view_of_layer_1};
		char left[40];
		snprintf(left, sizeof(left), "δ of layer 1 is %.*f", ratio < 9.995 ? 2 : 1, ratio);
		if (ratio < 0.0995)
			snprintf(left, sizeof(left), "δ of layer 1 is %.1e", ratio);
		assert_shows(&picture, "chain", 100, 20, left, true);
		experiment_free(e);
	}
}

/* Each row as its numbers stand: × f' × weights = step, what is left. */
static void rows_are_factors_their_product_and_what_is_left(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	for (int layer = 1; layer <= 10; layer++) {
		made->record->layer[layer - 1].deriv_rms = 0.25f;
		made->record->layer[layer - 1].gain = layer == 10 ? 0.5f : 0.8f;
	}
	static const char *const lines[] = {
		"out                                       1 █",
		" 10 × 0.250   × 0.500   = 0.125        0.12 █",
		"  9 × 0.250   × 0.800   = 0.200     2.5e-02 █",
		"  1 × 0.250   × 0.800   = 0.200     6.4e-08 █",
		"rms σ′    weights   step      left of δ 1e-8   ",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_shows(&made->picture, "chain", 90, 17, lines[i], true);
	picture_free(made);
}

static void bound_comes_from_the_activation(void **state)
{
	static const struct {
		const char *activation, *text;
	} rows[] = {
		{"sigmoid", "σ′ is at most 0.25: over 10 layers 0.25^10 = 9.5e-07"},
		{"relu", "ReLU′ is at most 1: over 10 layers 1^10 = 1"},
		{"tanh", "tanh′ is at most 1: over 10 layers 1^10 = 1"},
		{"selu", "SELU′ is at most 1.758: over 10 layers 1.758^10 = 282.1"},
		{"sigmoid/relu", "the largest f′ of all 10 layers multiplied: 0.25"},
	};
	(void)state;
	struct case_data *made = case_named("vanishing");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(
			made->config.activation, sizeof(made->config.activation), "%s", rows[i].activation);
		picture_remodel(made);
		assert_shows(&made->picture, "chain", 90, 18, rows[i].text, true);
		assert_shows(&made->picture, "chain", 90, 18, "ReLU′ of a unit that is on is 1", i == 0);
	}
	picture_free(made);
}

/* The number of cells of the bar that begins at the first full block of the row with this label. */
static int bar_of(const char *text, const char *label)
{
	const char *row = strstr(text, label), *end = row ? strchr(row, '\n') : NULL;
	int blocks = 0;
	assert_non_null(row);
	for (const char *at = row; (at = strstr(at, "█")) != NULL && at < end; at++)
		blocks++;
	return blocks;
}

static void many_ones_stay_one_and_quarters_do_not(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	for (int small_factors = 0; small_factors < 2; small_factors++) {
		for (int layer = 1; layer <= 10; layer++) {
			made->record->layer[layer - 1].deriv_rms = small_factors ? 0.25f : 0.5f;
			made->record->layer[layer - 1].gain = small_factors ? 1 : 2;
		}
		char *text = drawn("chain", &made->picture, 90, 17, "braille");
		int before = bar_of(text, " out");
		for (int layer = 10; layer >= 1; layer--) {
			char label[8];
			snprintf(label, sizeof(label), "%3d ×", layer);
			int now = bar_of(text, label);
			assert_true(small_factors ? now < before : now == before);
			before = now;
		}
		free(text);
	}
	picture_free(made);
}

static void narrow_panes_drop_columns_but_no_digit(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	static const struct {
		int width;
		bool factors, left, step, theory;
	} rows[] = {{12, false, false, false, false}, {27, true, false, false, false},
		{36, true, true, false, false}, {60, true, true, true, false},
		{90, true, true, true, true}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_shows(&made->picture, "chain", rows[i].width, 17, "0.239", rows[i].factors);
		assert_shows(&made->picture, "chain", rows[i].width, 17, "0.920", rows[i].factors);
		assert_shows(&made->picture, "chain", rows[i].width, 17, "left of δ", rows[i].left);
		assert_shows(&made->picture, "chain", rows[i].width, 17, "0.220", rows[i].step);
		assert_shows(&made->picture, "chain", rows[i].width, 17, "~0.210", rows[i].theory);
		assert_shows(&made->picture, "chain", rows[i].width, 17, "█", true);
	}
	picture_free(made);
}

static void deep_networks_show_the_ends_and_the_selected_layer(void **state)
{
	(void)state;
	struct case_data *made = case_named("deep");
	for (int layer = 1; layer <= 301; layer += 75) {
		char label[16];
		made->view.layer = layer;
		snprintf(label, sizeof(label), layer == 301 ? "▸out" : "▸%3d ×", layer);
		assert_shows(&made->picture, "chain", 70, 20, label, true);
		assert_shows(&made->picture, "chain", 70, 20, "out", true);
		assert_shows(&made->picture, "chain", 70, 20, "  1 ×", true);
	}
	assert_shows(&made->picture, "chain", 70, 20, "of 301 layers", true);
	/* the product contains the layers that are not drawn */
	char left[16];
	snprintf(left, sizeof(left), "%.1e", pow((double)0.239f * (double)0.92f, 300));
	assert_shows(&made->picture, "chain", 70, 20, left, true);
	picture_free(made);
}

static void what_is_not_a_number_is_said_and_has_no_bar(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	made->record->layer[4].deriv_rms = NAN;
	made->record->layer[4].delta_rms = NAN;
	assert_shows(
		&made->picture, "chain", 90, 17, "  5 × nan     × 0.920   = nan           nan  ", true);
	made->record->layer[0].delta_rms = NAN;
	assert_shows(&made->picture, "chain", 90, 17, "δ of layer 1 is nan (theory", true);
	made->record->layer[4].deriv_rms = 0; /* a dead layer: nothing arrives below */
	made->record->layer[4].gain = record_nothing();
	for (int layer = 1; layer <= 5; layer++)
		made->record->layer[layer - 1].delta_rms = 0;
	for (int layer = 1; layer < 5; layer++)
		made->record->layer[layer - 1].gain = record_nothing();
	assert_shows(
		&made->picture, "chain", 90, 17, "  5 × 0       × -       = 0               0", true);
	assert_shows(
		&made->picture, "chain", 90, 17, "  1 × 0.239   × -       = -               0", true);
	picture_free(made);
	made = case_named("empty");
	assert_shows(&made->picture, "chain", 90, 17, "δ is not recorded", true);
	picture_free(made);
	made = case_named("single");
	assert_shows(&made->picture, "chain", 90, 17, "no hidden layers", true);
	picture_free(made);
}

/* A log with delta alone still has the ratios. */
static void delta_alone_gives_the_steps(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	for (int layer = 1; layer <= 10; layer++)
		made->record->layer[layer - 1].deriv_rms = made->record->layer[layer - 1].gain =
			record_nothing();
	assert_shows(&made->picture, "chain", 90, 17, "  9 × -       × -       = 0.234 ", true);
	picture_free(made);
}

/* A dot between two numbers would read as their product. */
static void the_foot_multiplies_no_number_with_theory(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	for (int width = 26; width <= 130; width++)
		for (int height = 6; height <= 20; height += 7) {
			char *text = drawn("chain", &made->picture, width, height, "braille");
			if (strstr(text, "·theory") || strstr(text, "· theory") || strstr(text, " δout·"))
				fail_msg("%s", text);
			if (width >= 38 && !strstr(text, "5.0e-07 (theory: 1.7e-07)") &&
				!strstr(text, "output (theory"))
				fail_msg("%d columns: what is left of delta is not beside theory\n%s", width, text);
			free(text);
		}
	picture_free(made);
}

/* ASCII spells delta out, and the head over it then has no room at some widths. */
static void heads_of_columns_hide_no_other_head(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	for (int set = 0; glyphs_at(set); set++)
		for (int width = 26; width <= 130; width++) {
			char *text = drawn("chain", &made->picture, width, 17, glyphs_at(set)->name);
			const char *weights = strstr(text, "weig");
			*strchr(text, '\n') = '\0';
			if (weights && strncmp(weights, "weights ", 8) != 0)
				fail_msg("%d columns: %s", width, text);
			if (width >= 36)
				assert_non_null(strstr(text, " left"));
			free(text);
		}
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(factors_multiply_to_the_measured_ratio_of_delta),
		cmocka_unit_test(rows_are_factors_their_product_and_what_is_left),
		cmocka_unit_test(bound_comes_from_the_activation),
		cmocka_unit_test(many_ones_stay_one_and_quarters_do_not),
		cmocka_unit_test(narrow_panes_drop_columns_but_no_digit),
		cmocka_unit_test(deep_networks_show_the_ends_and_the_selected_layer),
		cmocka_unit_test(what_is_not_a_number_is_said_and_has_no_bar),
		cmocka_unit_test(delta_alone_gives_the_steps),
		cmocka_unit_test(the_foot_multiplies_no_number_with_theory),
		cmocka_unit_test(heads_of_columns_hide_no_other_head),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
