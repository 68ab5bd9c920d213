/* The panes of a whole run as large as the screen: history, chain and log of ten layers that vanish
 * for 100 epochs, until sigmoid is exchanged for relu. Without colours, so that shades tell. */
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
#include "views.h"

enum { LAYERS = 11, CHANGE = 100, EPOCHS = 160 };

/* A wave instead of noise. */
static double ripple(int64_t epoch, int layer)
{
	return 0.3 * sin(0.7 * (double)epoch + 2.1 * layer);
}

static void fill(struct record *record, int change)
{
	bool relu = record->epoch >= change;
	double delta = 0.5;
	record->verdict = relu ? "healthy" : record->epoch < 3 ? "weak" : "vanishing";
	record->loss = relu ? (float)(0.69 * exp(-0.05 * (double)(record->epoch - change))) : 0.6931f;
	for (int layer = LAYERS; layer >= 1; layer--) {
		struct layer_record *row = &record->layer[layer - 1];
		if (layer < LAYERS) {
			row->deriv_rms = relu ? 0.71f : 0.24f;
			row->gain = (float)((relu ? 1.4 : 0.95) * (1 + ripple(record->epoch, layer)));
			row->theory = relu ? 1 : 0.236f;
			row->dead = relu && layer == 4 ? 0.3f : 0;
			row->inactive = relu ? 0.5f : 0;
			delta *= (double)row->deriv_rms * (double)row->gain;
		}
		row->delta_rms = (float)delta;
		row->grad_rms = (float)(0.4 * delta);
	}
	if (record->epoch == change)
		strcpy(record->event, "activation=relu");
	record->steps = 25;
	record->clipped = record->epoch == 130;
}

/* From epoch `change` on with relu. */
static struct case_data *run_made(int epochs, int change)
{
	struct case_data *made = case_named("nothing");
	made->history = history_new();
	for (int64_t epoch = 0; epoch < epochs; epoch++) {
		struct record *record = record_new(LAYERS);
		assert_non_null(record);
		record->epoch = epoch;
		fill(record, change);
		assert_true(history_add(made->history, record));
		free(made->record);
		made->record = record;
	}
	made->config.depth = LAYERS - 1;
	if (epochs > change)
		strcpy(made->config.activation, "relu");
	made->picture.frame.history = history_until(made->history, INT64_MAX);
	made->picture.frame.record = made->record;
	made->picture.frame.epoch = epochs - 1;
	picture_remodel(made);
	return made;
}

/* Beside the same run without the change. */
static struct case_data *pair_made(void)
{
	struct case_data *made = run_made(EPOCHS, CHANGE);
	made->pinned = run_made(EPOCHS, EPOCHS);
	made->view.target_loss = 0.1;
	made->picture.twin = made->pinned->picture.frame;
	made->picture.twin.name = "activation=sigmoid";
	made->picture.frame.name = "activation=relu";
	return made;
}

static void golden_frames_of_a_run_have_not_changed(void **state)
{
	static const struct {
		const char *name, *glyphs;
		int columns, rows, epochs;
		bool pair;
		const struct pane *panes[5]; /* NULL ends them */
	} frames[] = {
		{"pane-run-80x24", "braille", 80, 24, EPOCHS, false,
			{&pane_history, &pane_chain, &pane_log}},
		{"pane-run-132x43", "braille", 132, 43, EPOCHS, false,
			{&pane_history, &pane_chain, &pane_log}},
		{"pane-run-vanishing-80x24", "ascii", 80, 24, CHANGE, false,
			{&pane_history, &pane_chain, &pane_log}},
		{"pane-pair-80x24", "braille", 80, 24, EPOCHS, true,
			{&pane_loss, &pane_history, &pane_chain, &pane_log}},
		{"pane-pair-132x43", "ascii", 132, 43, EPOCHS, true,
			{&pane_loss, &pane_history, &pane_chain, &pane_log}},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct case_data *made = frames[i].pair ? pair_made() : run_made(frames[i].epochs, CHANGE);
		struct canvas *canvas = canvas_new();
		char *all = calloc(1, FRAME_MAX), *end = all;
		assert_true(canvas && all);
		for (int p = 0; frames[i].panes[p]; p++) {
			assert_true(canvas_reset(
				canvas, frames[i].columns, frames[i].rows - 4, glyphs_find(frames[i].glyphs)));
			pane_draw(frames[i].panes[p], 1, true, &made->picture, area_all(canvas));
			char *text = canvas_text(canvas);
			assert_true(end + strlen(text) < all + FRAME_MAX);
			end = stpcpy(end, text);
			free(text);
		}
		check_frames(frames[i].name, all);
		free(all);
		canvas_free(canvas);
		picture_free(made);
	}
}

/* Alone on the screen at 80x24 and 132x43. */
static void golden_frames_of_the_views_have_not_changed(void **state)
{
	static const int sizes[][2] = {{80, 20}, {132, 39}};
	char *all = calloc(1, FRAME_MAX), *end = all;
	(void)state;
	assert_non_null(all);
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			struct case_data *made = case_named(choices[i].of);
			struct canvas *canvas = canvas_make(sizes[s][0], sizes[s][1], glyphs_find("braille"));
			choose(&made->view, &choices[i].view);
			pane_draw(pane_named(choices[i].pane), 1, true, &made->picture, area_all(canvas));
			char *text = canvas_text(canvas);
			assert_true(end + strlen(text) < all + FRAME_MAX);
			end = stpcpy(end, text);
			free(text);
			canvas_free(canvas);
			picture_free(made);
		}
	check_frames("pane-views", all);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_frames_of_a_run_have_not_changed),
		cmocka_unit_test(golden_frames_of_the_views_have_not_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
