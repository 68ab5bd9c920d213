/* Panes that show a pinned run beside the one that keys change. */
#include "lab/conditions.h"
#include "../src/ui/gradients.h"
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
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

/* The row of the first line that contains `text`; -1: none. */
static int row_with(const struct canvas *canvas, const char *text)
{
	char *all = canvas_text(canvas), *found = strstr(all, text);
	int row = found ? 0 : -1;
	for (char *at = all; found && at < found; at++)
		row += *at == '\n';
	free(all);
	return row;
}

static struct canvas *canvas_of(
	const char *pane, const struct picture *picture, int width, int height)
{
	struct canvas *canvas = canvas_make(width, height, glyphs_find("braille"));
	canvas->colors = 256;
	pane_named(pane)->draw(picture, area_all(canvas));
	return canvas;
}

/* ---- history ---- */

static struct history *history_lit(int64_t epochs, float gradient)
{
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch <= epochs; epoch++) {
		struct record *record = record_new(3);
		record->epoch = epoch;
		for (int layer = 0; layer < 3; layer++)
			record->layer[layer].grad_rms = gradient;
		assert_true(history_add(history, record));
		free(record);
	}
	return history;
}

/* Cells of a row that have this step of the ramp. */
static int cells_of_step(const struct canvas *canvas, int row, int step)
{
	int count = 0;
	for (int x = 0; x < canvas->columns; x++)
		count += canvas->cell[row * canvas->columns + x].style == heat_style(step);
	return count;
}

static void both_maps_have_the_same_columns_so_that_epochs_compare(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	struct history *run = history_lit(4, 1), *pinned = history_lit(79, 1e-9f);
	made->picture.frame.history = history_until(run, INT64_MAX);
	made->picture.frame.record = history_newest(run);
	made->picture.twin.history = history_until(pinned, INT64_MAX);
	struct canvas *canvas = canvas_of("history", &made->picture, 45, 12);
	int above = row_with(canvas, "pinned activation=sigmoid"), below = row_with(canvas, "this act");
	assert_true(above == 0 && below > above);
	/* 80 epochs in 40 columns: two a column, for the run of 5 epochs, too */
	assert_int_equal(cells_of_step(canvas, above + 2, 0), 40);
	assert_int_equal(cells_of_step(canvas, below + 2, HEAT_STEPS - 1), 3);
	canvas_free(canvas);
	history_free(run);
	history_free(pinned);
	picture_free(made);
}

static void a_history_without_room_for_two_maps_says_which_is_missing(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	assert_shows(&made->picture, "history", 44, 8, "pinned act", true);
	assert_shows(&made->picture, "history", 44, 7, "no room for the pinned run", true);
	assert_shows(&made->picture, "history", 60, 5, "no room for the pinned run", false);
	made->picture.twin = (struct frame){.model = NULL};
	assert_shows(&made->picture, "history", 44, 8, "pinned", false);
	assert_shows(&made->picture, "history", 44, 8, "this", false);
	picture_free(made);
}

/* ---- data ---- */

static void each_run_has_its_own_answers_beside_the_other(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	struct canvas *canvas = canvas_of("data", &made->picture, 78, 19);
	assert_int_equal(row_with(canvas, "pinned activation=sigmoid"), 0);
	assert_int_equal(row_with(canvas, "this activation=relu"), 0);
	struct probe_wish run = pane_data.wish(&made->picture, area_all(canvas));
	struct probe_wish pinned = pane_data.pinned_wish(&made->picture, area_all(canvas));
	assert_true(run.columns > 20 && run.columns < 39);
	assert_int_equal(pinned.columns, run.columns);
	assert_int_equal(pinned.rows, run.rows);
	assert_true(pinned.points);
	canvas_free(canvas);
	picture_free(made);
}

static void data_without_room_for_two_ask_nothing_of_the_pinned_run(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	struct canvas *canvas = canvas_of("data", &made->picture, 40, 11);
	assert_int_equal(row_with(canvas, "no room for the pinned run"), 0);
	struct probe_wish pinned = pane_data.pinned_wish(&made->picture, area_all(canvas));
	assert_false(probe_wishes(&pinned));
	canvas_free(canvas);
	picture_free(made);
}

/* ---- loss ---- */

static void add_event(struct history *history, int64_t epoch, float loss, const char *event)
{
	struct record *record = record_new(3);
	record->epoch = epoch;
	record->loss = loss;
	snprintf(record->event, sizeof(record->event), "%s", event);
	assert_true(history_add(history, record));
	free(record);
}

/* The loss is 0.7, and 0.05 from epoch `reached` on; an epoch costs `cost` multiply-adds and takes
 * so many seconds. */
static struct history *history_timed(int64_t epochs, int64_t reached, double cost, double seconds)
{
	struct config config = config_default();
	struct conditions *conditions = conditions_new(&config, NULL, NULL);
	struct history *history = history_new();
	conditions->epoch_cost = cost;
	for (int64_t epoch = 0; epoch <= epochs; epoch++) {
		add_event(history, epoch, epoch < reached ? 0.7f : 0.05f, "");
		history_note(history, conditions);
		history_spend(history, epoch > 0 ? seconds : 0);
	}
	conditions_release(conditions);
	return history;
}

static struct history *history_racing(int64_t epochs, int64_t reached, double cost)
{
	return history_timed(epochs, reached, cost, 0);
}

/* Only of an epoch whose loss the one before did not reach is it known that it was the first. */
static void a_target_is_reached_in_an_epoch_or_by_one_that_follows_a_gap(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	struct history *run = history_racing(10, 10, 100);
	made->view.target_loss = 0.1;
	made->picture.twin = (struct frame){.model = NULL};
	made->picture.frame.history = history_until(run, INT64_MAX);
	assert_shows(&made->picture, "loss", 150, 16, "≤ 0.1 in epoch 10", true);
	history_free(run);
	run = history_new();
	add_event(run, 0, 0.7f, "");
	add_event(run, 8, 0.05f, "");
	add_event(run, 9, 0.05f, "");
	made->picture.frame.history = history_until(run, INT64_MAX);
	assert_shows(&made->picture, "loss", 150, 16, "≤ 0.1 by epoch 8", true);
	history_free(run);
	picture_free(made);
}

static void the_race_names_the_first_and_what_the_other_needs_more(void **state)
{
	static const struct {
		int64_t run, pinned; /* epochs in which they reach the target */
		double cost, pinned_cost;
		const char *says, *briefly;
	} rows[] = {
		{10, 30, 100, 200, "this first: pinned takes 3× the epochs, 6× the multiply-adds",
			"this first by 3×"},
		{40, 10, 100, 800, "pinned first: this takes 4× the epochs, 0.5× the multiply-adds",
			"pinned first by 4×"},
		{20, 20, 100, 50, "both in epoch 20; pinned 0.5× the multiply-adds", "both in epoch 20"},
		{10, 30, (double)NAN, 200, "this first: pinned takes 3× the epochs", "this first by 3×"},
		{10, 99, 100, 200, "this first; pinned not at 0.1 yet", "this was first"},
		{99, 10, 100, 200, "pinned first; this not at 0.1 yet", "pinned was first"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct case_data *made = case_named("pair");
		struct history *run = history_racing(50, rows[i].run, rows[i].cost);
		struct history *pinned = history_racing(50, rows[i].pinned, rows[i].pinned_cost);
		made->view.target_loss = 0.1;
		made->picture.frame.history = history_until(run, INT64_MAX);
		made->picture.twin.history = history_until(pinned, INT64_MAX);
		assert_shows(&made->picture, "loss", 150, 16, rows[i].says, true);
		assert_shows(&made->picture, "loss", 30, 16, rows[i].briefly, true);
		history_free(run);
		history_free(pinned);
		picture_free(made);
	}
}

/* The run that needs fewer epochs may need more time. */
static void a_race_on_a_clock_is_told_in_seconds_of_training_too(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	struct history *run = history_timed(50, 10, 100, 0.03);
	struct history *pinned = history_timed(50, 20, 100, 0.006);
	made->view.target_loss = 0.1;
	made->picture.frame.history = history_until(run, INT64_MAX);
	made->picture.twin.history = history_until(pinned, INT64_MAX);
	assert_shows(&made->picture, "loss", 160, 16,
		"this first: pinned takes 2× the epochs, 0.4× the time, 2× the multiply-adds", true);
	assert_shows(
		&made->picture, "loss", 76, 16, "this first: pinned 2× the epochs, 0.4× the time", true);
	assert_shows(&made->picture, "loss", 30, 16, "this first by 2×", true);
	assert_shows(&made->picture, "loss", 160, 16, "≤ 0.1 in epoch 10, 300 ms", true);
	assert_shows(&made->picture, "loss", 160, 16, "≤ 0.1 in epoch 20, 120 ms", true);
	made->picture.twin = (struct frame){.model = NULL};
	assert_shows(&made->picture, "loss", 150, 16, "≤ 0.1 in epoch 10 ·", true);
	history_free(run);
	history_free(pinned);
	picture_free(made);
}

static void an_epoch_that_is_not_known_exactly_is_told_as_the_latest(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	struct history *run = history_racing(6000, 20, 100), *pinned = history_racing(6000, 2001, 100);
	made->view.target_loss = 0.1;
	made->picture.frame.history = history_until(run, INT64_MAX);
	made->picture.twin.history = history_until(pinned, INT64_MAX);
	assert_shows(&made->picture, "loss", 150, 16, "≤ 0.1 in epoch 20 ", true);
	assert_shows(&made->picture, "loss", 150, 16, "≤ 0.1 by epoch 20", true);
	assert_shows(&made->picture, "loss", 150, 16, "≤ 0.1 in epoch 200", false);
	history_free(run);
	history_free(pinned);
	picture_free(made);
}

/* ---- chain ---- */

/* The length of the bar in the row of layer 1, whose last number is `left`. */
static int bar_after(const char *text, const char *left)
{
	const char *row = strstr(text, left);
	int blocks = 0;
	if (!row)
		fail_msg("no '%s' in\n%s", left, text);
	for (row += strlen(left); *row == ' '; row++)
		;
	for (; strncmp(row, "█", strlen("█")) == 0; row += strlen("█"))
		blocks++;
	return blocks;
}

static void chains_of_two_runs_share_an_axis(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	struct record *run = made->record, *pinned = made->pinned->record;
	for (int layer = 1; layer < run->layers; layer++)
		run->layer[layer - 1].deriv_rms = run->layer[layer - 1].gain = 1;
	for (int layer = 1; layer < pinned->layers; layer++) {
		pinned->layer[layer - 1].deriv_rms = 0.1f;
		pinned->layer[layer - 1].gain = 1;
	}
	char *text = drawn("chain", &made->picture, 90, 20, "braille");
	const char *wide = "1e-12"; /* ten factors of 0.1 leave 1e-10, on both axes */
	assert_non_null(strstr(text, wide));
	assert_non_null(strstr(strstr(text, wide) + 1, wide));
	int short_bar = bar_after(text, "1.0e-10"), long_bar = bar_after(text, " 1.00");
	if (!(short_bar > 0 && long_bar > 2 * short_bar))
		fail_msg("bars of %d and %d:\n%s", short_bar, long_bar, text);
	free(text);
	assert_shows(&made->picture, "chain", 64, 13, "no room for the pinned run", true);
	picture_free(made);
}

/* ---- panes that draw each run by itself ---- */

static void every_pane_of_a_run_shows_both_or_says_which_one_is_missing(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	for (int i = 0; pane_at(i); i++) {
		const struct pane *pane = pane_at(i);
		if (strcmp(pane->name, "remedies") == 0) /* those of the run that keys change */
			continue;
		for (int width = 30; width <= 200; width += 10)
			for (int height = 10; height <= 50; height += 5) {
				char *text = drawn(pane->name, &made->picture, width, height, "braille");
				if (!strstr(text, "pinned"))
					fail_msg("%s at %dx%d has no pinned run:\n%s", pane->name, width, height, text);
				free(text);
			}
	}
	picture_free(made);
}

static void a_pane_wishes_the_pinned_state_if_and_only_if_it_draws_it(void **state)
{
	static const char *const panes[] = {"data", "network", "units", "chain", "weights", "step"};
	(void)state;
	struct case_data *made = case_named("pair");
	made->view.units = "sample";
	made->view.path[1] = made->view.unit = 1;
	for (size_t i = 0; i < sizeof(panes) / sizeof(panes[0]); i++) {
		const struct pane *pane = pane_named(panes[i]);
		struct canvas *small = canvas_of(panes[i], &made->picture, 36, 9);
		struct canvas *large = canvas_of(panes[i], &made->picture, 180, 40);
		struct probe_wish none = pane->pinned_wish(&made->picture, area_all(small));
		struct probe_wish pinned = pane->pinned_wish(&made->picture, area_all(large));
		struct probe_wish run = pane->wish(&made->picture, area_all(large));
		assert_int_equal(row_with(small, "no room for the pinned run"), 0);
		if (probe_wishes(&none))
			fail_msg("%s wants what it does not draw", panes[i]);
		if (!probe_wishes(&pinned) || !probe_wish_covers(&run, &pinned) ||
			!probe_wish_covers(&pinned, &run))
			fail_msg("%s wants something else of the pinned run", panes[i]);
		canvas_free(small);
		canvas_free(large);
	}
	picture_free(made);
}

/* The pinned run vanishes, so its first layer has another number. */
static void each_run_has_its_own_network_under_its_name(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	made->view.unit = 0;
	made->view.layer = 1;
	char *text = drawn("network", &made->picture, 110, 30, "braille");
	assert_true(strstr(text, "pinned activation=sigmoid norm=none") == text);
	assert_non_null(strstr(text, "this activation=relu norm=batch"));
	char *pinned = strstr(text, "layer 1: RMS δ 1.5e-07"),
		 *run = strstr(text, "layer 1: RMS δ 0.21");
	if (!pinned || !run || run < pinned)
		fail_msg("%s", text);
	free(text);
	picture_free(made);
}

static void numbers_of_both_runs_stand_in_the_same_row(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	char *text = drawn("numbers", &made->picture, 90, 40, "braille"), *row = strstr(text, "loss ");
	assert_non_null(row);
	*strchr(row, '\n') = '\0';
	char *pinned = strstr(row, "0.6931"), *run = strstr(row, "0.0123");
	if (!pinned || !run || run < pinned)
		fail_msg("%s", row);
	free(text);
	picture_free(made);
}

static void the_table_of_functions_marks_that_of_the_pinned_run(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	made->view.curves = "table";
	char title[256];
	struct canvas *canvas = canvas_of("activation", &made->picture, 80, 20);
	int pinned = row_with(canvas, " •sigmoid ");
	assert_true(pinned >= 0);
	assert_int_equal(canvas->cell[pinned * 80 + 1].style, STYLE_TWIN);
	assert_true(row_with(canvas, "▸ relu ") >= 0);
	pane_activation.title(&made->picture, title, sizeof(title));
	assert_string_equal(title, "activation · all functions · relu in force · •: pinned sigmoid");
	canvas_free(canvas);
	made->picture.twin.model = NULL;
	assert_shows(&made->picture, "activation", 80, 20, "•", false);
	picture_free(made);
}

static void a_click_on_the_pinned_run_means_its_pane_alone(void **state)
{
	enum { WIDTH = 130, HEIGHT = 30 };
	static const char *const panes[] = {"network", "units", "weights", "numbers"};
	(void)state;
	struct case_data *made = case_named("pair");
	for (size_t i = 0; i < sizeof(panes) / sizeof(panes[0]); i++) {
		struct target target[WIDTH * HEIGHT] = {{0}};
		int cells[2] = {0, 0};
		struct canvas *canvas = canvas_make(WIDTH, HEIGHT, glyphs_find("braille"));
		canvas->target = target;
		pane_named(panes[i])->draw(&made->picture, area_all(canvas));
		for (int at = 0; at < WIDTH * HEIGHT; at++)
			cells[at % WIDTH >= WIDTH / 2] += target[at].layer > 0;
		if (cells[0] > 0 || cells[1] == 0)
			fail_msg("%s: %d cells of the pinned run mean a layer, %d of the other", panes[i],
				cells[0], cells[1]);
		canvas->target = NULL;
		canvas_free(canvas);
	}
	picture_free(made);
}

/* ---- gradients ---- */

static void bars_of_a_pinned_run_of_another_depth_are_compared_from_the_output_on(void **state)
{
	(void)state;
	const struct quantity grad = {.offset = offsetof(struct layer_record, grad_rms)};
	struct case_data *made = case_named("pair");
	struct record *deep = record_new(5), *shallow = record_new(3);
	for (int l = 0; l < 5; l++)
		deep->layer[l].grad_rms = 10 * (float)(l + 1);
	for (int l = 0; l < 3; l++)
		shallow->layer[l].grad_rms = (float)(l + 1);
	made->picture.frame.record = deep;
	made->picture.twin.record = shallow;
	for (int l = 1; l <= 2; l++)
		assert_true(isnan(gradients_twin(&made->picture, &grad, l)));
	for (int l = 3; l <= 5; l++)
		assert_float_equal(gradients_twin(&made->picture, &grad, l), l - 2, 0);
	made->picture.frame.record = shallow;
	made->picture.twin.record = deep;
	for (int l = 1; l <= 3; l++)
		assert_float_equal(gradients_twin(&made->picture, &grad, l), 10 * (l + 2), 0);
	free(deep);
	free(shallow);
	picture_free(made);
}

/* ---- log ---- */

static void the_line_under_the_bars_says_which_are_of_the_pinned_run(void **state)
{
	(void)state;
	struct case_data *made = case_named("pair");
	assert_shows(&made->picture, "gradients", 60, 3, "left: pinned", true);
	assert_shows(&made->picture, "gradients", 60, 9, "•: pinned", true);
	assert_shows(&made->picture, "gradients", 60, 30, "lower: pinned", true);
	made->picture.twin.model = NULL;
	assert_shows(&made->picture, "gradients", 60, 9, "pinned", false);
	assert_shows(&made->picture, "gradients", 60, 30, "pinned", false);
	picture_free(made);
}

static void lines_of_both_runs_are_merged_and_say_whose_they_are(void **state)
{
	(void)state;
	static const char expected[] = "1 both   change  lr=0.2           \n"
								   "2 this   change  activation=relu  \n"
								   "3 pinned change  norm=batch       \n"
								   "4 this   change  depth=3          \n"
								   "9 pinned change  width=4          \n";
	struct case_data *made = case_named("pair");
	struct history *run = history_new(), *pinned = history_new();
	add_event(run, 1, 0.7f, "lr=0.2");
	add_event(pinned, 1, 0.7f, "lr=0.2");
	add_event(run, 2, 0.7f, "activation=relu");
	add_event(pinned, 2, 0.7f, "");
	add_event(run, 3, 0.5f, "");
	add_event(pinned, 3, 0.6f, "norm=batch");
	add_event(run, 4, 0.4f, "depth=3");
	add_event(pinned, 9, 0.4f, "width=4");
	made->picture.advice.count = 0;
	made->picture.frame.history = history_until(run, INT64_MAX);
	made->picture.twin.history = history_until(pinned, INT64_MAX);
	char *text = drawn("log", &made->picture, 42, 5, "ascii");
	for (const char *line = expected, *at = text; *line;) { /* whatever blanks end a row */
		size_t length = strcspn(line, "\n");
		while (length > 0 && line[length - 1] == ' ')
			length--;
		if (strncmp(at, line, length) != 0)
			fail_msg("%s", text);
		line += strcspn(line, "\n") + 1;
		at += strcspn(at, "\n") + 1;
	}
	free(text);
	history_free(run);
	history_free(pinned);
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_maps_have_the_same_columns_so_that_epochs_compare),
		cmocka_unit_test(a_history_without_room_for_two_maps_says_which_is_missing),
		cmocka_unit_test(each_run_has_its_own_answers_beside_the_other),
		cmocka_unit_test(data_without_room_for_two_ask_nothing_of_the_pinned_run),
		cmocka_unit_test(a_target_is_reached_in_an_epoch_or_by_one_that_follows_a_gap),
		cmocka_unit_test(the_race_names_the_first_and_what_the_other_needs_more),
		cmocka_unit_test(a_race_on_a_clock_is_told_in_seconds_of_training_too),
		cmocka_unit_test(an_epoch_that_is_not_known_exactly_is_told_as_the_latest),
		cmocka_unit_test(chains_of_two_runs_share_an_axis),
		cmocka_unit_test(every_pane_of_a_run_shows_both_or_says_which_one_is_missing),
		cmocka_unit_test(a_pane_wishes_the_pinned_state_if_and_only_if_it_draws_it),
		cmocka_unit_test(each_run_has_its_own_network_under_its_name),
		cmocka_unit_test(numbers_of_both_runs_stand_in_the_same_row),
		cmocka_unit_test(the_table_of_functions_marks_that_of_the_pinned_run),
		cmocka_unit_test(a_click_on_the_pinned_run_means_its_pane_alone),
		cmocka_unit_test(bars_of_a_pinned_run_of_another_depth_are_compared_from_the_output_on),
		cmocka_unit_test(the_line_under_the_bars_says_which_are_of_the_pinned_run),
		cmocka_unit_test(lines_of_both_runs_are_merged_and_say_whose_they_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
