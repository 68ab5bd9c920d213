/* Panes of networks whose layers have time steps: a row of the record is a time step. */
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
#include "golden.h"

enum { STEPS = 20, EPOCHS = 40, LAYERS_MAX = 3 };

/* dL/dh loses the factor `kept` with every step back; the layer above gives half of its own. */
static void fill(struct record *record, double kept)
{
	double state = 0.01;
	for (int layer = record->layers - 1; layer >= 1; layer--, state *= 0.5) {
		double delta = state;
		for (int step = STEPS; step >= 1; step--, delta *= kept) {
			struct layer_record *row = &record->layer[record_first(record, layer) + step - 1];
			row->delta_rms = (float)delta;
			row->grad_rms = 0.002f;
			row->deriv_rms = 0.8f;
			row->gain =
				(float)(step < STEPS ? kept / 0.8 : 0.5 / (layer < record->layers - 1 ? 0.8 : 1));
		}
	}
	record->layer[record->rows - 1].delta_rms = 0.02f;
	record->layer[record->rows - 1].grad_rms = 0.002f;
	record->decay = (float)-log10(kept);
	record->loss = 0.3f;
}

/* `layers`: the output layer included. */
static struct case_data *time_made(int layers)
{
	struct case_data *made = case_named("nothing");
	const int steps[LAYERS_MAX] = {STEPS, layers > 2 ? STEPS : 0};
	made->history = history_new();
	for (int64_t epoch = 0; epoch < EPOCHS; epoch++) {
		struct record *record = record_new_with_steps(layers, steps);
		assert_non_null(record);
		record->epoch = epoch;
		fill(record, epoch < EPOCHS / 2 ? 0.4 : 0.95);
		if (epoch == EPOCHS / 2)
			strcpy(record->event, "model=lstm");
		assert_true(history_add(made->history, record));
		free(made->record);
		made->record = record;
	}
	made->config.depth = layers - 1;
	made->picture.frame.history = history_until(made->history, INT64_MAX);
	made->picture.frame.record = made->record;
	made->picture.frame.epoch = EPOCHS - 1;
	picture_remodel(made);
	return made;
}

static char *drawn_text(const struct case_data *made, const char *pane, int columns, int rows)
{
	struct canvas *canvas = canvas_make(columns, rows, glyphs_find("braille"));
	pane_draw(pane_named(pane), 1, true, &made->picture, area_all(canvas));
	char *text = canvas_text(canvas);
	canvas_free(canvas);
	return text;
}

static void golden_frames_of_time_steps_have_not_changed(void **state)
{
	static const char *const panes[] = {"gradients", "history", "chain", "numbers"};
	static const int sizes[][2] = {{80, 12}, {80, 30}, {132, 39}};
	char *all = calloc(1, FRAME_MAX), *end = all;
	(void)state;
	assert_non_null(all);
	for (int layers = 2; layers <= LAYERS_MAX; layers++)
		for (size_t p = 0; p < sizeof(panes) / sizeof(panes[0]); p++)
			for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
				struct case_data *made = time_made(layers);
				made->view.layer = 3;
				char *text = drawn_text(made, panes[p], sizes[s][0], sizes[s][1]);
				assert_true(end + strlen(text) < all + FRAME_MAX);
				end = stpcpy(end, text);
				free(text);
				picture_free(made);
			}
	check_frames("pane-time", all);
	free(all);
}

/* What only a row of the record can say, in every pane at every size. */
static void every_pane_draws_networks_with_time_steps_at_every_size(void **state)
{
	(void)state;
	for (int layers = 2; layers <= LAYERS_MAX; layers++) {
		struct case_data *made = time_made(layers);
		for (int row = 1; row <= made->record->rows; row += STEPS / 2)
			for (int p = 0; p < pane_count(); p++)
				for (int columns = 1; columns < 140; columns += 13)
					for (int rows = 1; rows < 45; rows += 4) {
						made->view.layer = row;
						struct canvas *canvas = canvas_make(columns, rows, glyphs_find("ascii"));
						pane_draw(pane_at(p), 1, true, &made->picture, area_all(canvas));
						canvas_free(canvas);
					}
		picture_free(made);
	}
}

static void the_chain_leads_from_the_output_through_the_last_step_back_in_time(void **state)
{
	(void)state;
	struct case_data *made = time_made(3);
	made->view.layer = 2; /* step 2 of layer 1 */
	char *text = drawn_text(made, "chain", 80, 40);
	const char *after = text;
	/* out, the last step of layer 2, then all steps of layer 1 */
	static const char *const labels[] = {"out ", "2:20 ", "1:20 ", "1:19 ", "1:1 "};
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		after = strstr(after, labels[i]);
		if (!after)
			fail_msg("%s does not follow what comes before it in\n%s", labels[i], text);
	}
	assert_null(strstr(text, "2:19 "));
	free(text);
	picture_free(made);
}

static void the_chain_says_what_a_step_can_do_at_most_and_what_gates_keep(void **state)
{
	static const struct {
		float stretch, kept;
		int columns;
		const char *text;
	} cases[] = {
		{1.5f, NAN, 80,
			"V makes a vector ×1.5 longer at most, and tanh′ ≤ 1: a step is at most ×1.5"},
		{1.5f, NAN, 50, "V at most ×1.5, tanh′ ≤ 1: a step ≤ 1.5"},
		{NAN, 0.5f, 80, "gates keep 0.50 of the state a step on average: 0.50^19 = 1.9e-06"},
		{NAN, 0.5f, 50, "gates keep 0.50: 0.50^19 = 1.9e-06"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct case_data *made = time_made(2);
		((struct layer_model *)made->picture.frame.model->layer)->activation = "tanh";
		for (int r = 0; r < STEPS; r++) {
			made->record->layer[r].stretch = cases[i].stretch;
			made->record->layer[r].kept = cases[i].kept;
		}
		char *text = drawn_text(made, "chain", cases[i].columns, 30);
		if (!strstr(text, cases[i].text))
			fail_msg("'%s' is not in\n%s", cases[i].text, text);
		assert_int_equal(strstr(text, "gates") != NULL, isnan(cases[i].stretch));
		free(text);
		picture_free(made);
	}
}

/* The histogram beside it is of all steps. */
static void mean_and_deviation_of_z_name_their_time_step(void **state)
{
	struct case_data *made = time_made(2);
	(void)state;
	((struct layer_model *)made->picture.frame.model->layer)->activation = "tanh";
	made->record->layer[6].z_mean = 0.5f;
	made->record->layer[6].z_std = 2;
	made->view.layer = 7;
	char *text = drawn_text(made, "activation", 60, 16);
	if (!strstr(text, "t7: z 0.5 ± 2"))
		fail_msg("no step in\n%s", text);
	free(text);
	picture_free(made);
}

static void a_row_is_named_by_its_step_and_by_its_layer_where_several_have_time(void **state)
{
	(void)state;
	const int steps[] = {3, 0, 0}, both[] = {3, 3, 0};
	char label[LAYER_LABEL];
	struct record *one = record_new_with_steps(3, steps), *two = record_new_with_steps(3, both);
	assert_non_null(one);
	assert_non_null(two);
	row_label(label, one, 2);
	assert_string_equal(label, "t2");
	row_label(label, one, 4);
	assert_string_equal(label, "2");
	row_label(label, one, 5);
	assert_string_equal(label, "out");
	row_label(label, two, 6);
	assert_string_equal(label, "2:3");
	assert_int_equal(record_first(two, 2), 3);
	assert_int_equal(record_last(two, 2), 5);
	assert_ptr_equal(record_layer(one, 1), &one->layer[2]);
	free(one);
	free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_frames_of_time_steps_have_not_changed),
		cmocka_unit_test(every_pane_draws_networks_with_time_steps_at_every_size),
		cmocka_unit_test(the_chain_leads_from_the_output_through_the_last_step_back_in_time),
		cmocka_unit_test(the_chain_says_what_a_step_can_do_at_most_and_what_gates_keep),
		cmocka_unit_test(mean_and_deviation_of_z_name_their_time_step),
		cmocka_unit_test(a_row_is_named_by_its_step_and_by_its_layer_where_several_have_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
