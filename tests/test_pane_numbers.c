/* Pane numbers: scrolling sideways, sorting, and what is not in the record. */
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"

static bool go(struct case_data *made, int by)
{
	return pane_named("numbers")->across(&made->picture, by, &made->view);
}

static void every_statistic_of_the_layers_can_be_reached_in_a_small_pane(void **state)
{
	static const int sizes[][2] = {{78, 18}, {28, 8}, {132, 12}};
	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct case_data *made = case_named("vanishing");
		for (int i = 0; statistic_at(i); i++) {
			if (!statistic_at(i)->per_layer)
				continue;
			char name[40];
			snprintf(name, sizeof(name), " %s", statistic_at(i)->name);
			assert_shows(&made->picture, "numbers", sizes[s][0], sizes[s][1], name, true);
			go(made, 1);
		}
		assert_false(go(made, 1));
		while (go(made, -1))
			;
		assert_int_equal(made->view.column, 0);
		picture_free(made);
	}
}

static void what_is_left_out_at_both_sides_is_counted(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	assert_shows(&made->picture, "numbers", 78, 18, "16 more →", true);
	assert_shows(&made->picture, "numbers", 78, 18, "←", false);
	for (int i = 0; i < 7; i++)
		go(made, 1);
	assert_shows(&made->picture, "numbers", 78, 18, "← 2 more · 14 more →", true);
	picture_free(made);
}

/* The layers' numbers, from the top row of the table down. */
static void check_order(struct case_data *made, const char *expected)
{
	char *text = drawn("numbers", &made->picture, 78, 19, "ascii"), order[40] = "";
	char *line = strstr(text, "layer");
	assert_non_null(line);
	for (int row = 0; row < 4; row++) {
		line = strchr(line, '\n') + 1;
		char label[8];
		assert_int_equal(sscanf(line + 1, "%7s", label), 1);
		snprintf(order + strlen(order), sizeof(order) - strlen(order), "%s ", label);
	}
	assert_string_equal(order, expected);
	free(text);
}

static void rows_are_sorted_by_the_chosen_statistic(void **state)
{
	struct case_data *made = case_named("healthy"); /* of four layers */
	(void)state;
	check_order(made, "1 2 3 out ");
	for (int i = 0; i < 4; i++)
		made->record->layer[i].grad_l2 = (float[]){3, 1, 4, 2}[i];
	go(made, 1);
	check_order(made, "1 2 3 out ");
	made->view.sort = "falling";
	check_order(made, "3 1 out 2 ");
	made->view.sort = "rising";
	check_order(made, "2 out 1 3 ");
	made->record->layer[0].grad_l2 = record_nothing(); /* at the end either way */
	check_order(made, "2 out 3 1 ");
	made->view.sort = "falling";
	check_order(made, "3 out 2 1 ");
	for (int i = 0; i < 4; i++) /* among equals the layers keep their order */
		made->record->layer[i].grad_l2 = 5;
	check_order(made, "1 2 3 out ");
	picture_free(made);
}

static void parameters_time_and_target_are_told_where_they_are_known(void **state)
{
	struct case_data *made = case_named("healthy");
	(void)state;
	assert_shows(&made->picture, "numbers", 78, 18, "parameters", false);
	assert_shows(&made->picture, "numbers", 78, 18, "epoch time", false);
	assert_shows(&made->picture, "numbers", 78, 18, "to target", false);
	made->model->parameters = 1031;
	made->picture.epoch_seconds = 0.0023;
	made->view.target_loss = 0.1;
	assert_shows(&made->picture, "numbers", 78, 18, "parameters       1031", true);
	assert_shows(&made->picture, "numbers", 78, 18, "epoch time     2.3 ms", true);
	int64_t reached = history_reached(made->picture.frame.history, 0.1);
	char text[40];
	snprintf(text, sizeof(text), "to target  %10lld", (long long)reached);
	assert_true(reached > 0);
	assert_shows(&made->picture, "numbers", 78, 18, text, true);
	made->view.target_loss = 1e-9;
	assert_shows(&made->picture, "numbers", 78, 18, "to target     not yet", true);
	made->picture.epoch_seconds = 12;
	assert_shows(&made->picture, "numbers", 78, 18, "epoch time       12 s", true);
	picture_free(made);
}

/* Layers 1 and out of the chosen statistic, over the epochs, where the tables leave room. */
static void the_chosen_statistic_is_drawn_over_the_epochs_below(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	made->view.column = 0;
	assert_shows(&made->picture, "numbers", 200, 50, "grad_rms over the epochs", true);
	assert_shows(&made->picture, "numbers", 200, 50, " out", true);
	made->view.column = 2;
	assert_shows(&made->picture, "numbers", 200, 50, "delta_rms over the epochs", true);
	assert_shows(&made->picture, "numbers", 200, 20, "over the epochs", false);
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statistic_of_the_layers_can_be_reached_in_a_small_pane),
		cmocka_unit_test(what_is_left_out_at_both_sides_is_counted),
		cmocka_unit_test(rows_are_sorted_by_the_chosen_statistic),
		cmocka_unit_test(the_chosen_statistic_is_drawn_over_the_epochs_below),
		cmocka_unit_test(parameters_time_and_target_are_told_where_they_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
