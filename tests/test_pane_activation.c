/* Pane activation: the cursor on z, several functions, and the grid. */
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
#include "nn/act.h"

static void choose(struct case_data *made, const char *activation)
{
	snprintf(made->config.activation, sizeof(made->config.activation), "%s", activation);
	picture_remodel(made);
}

static void go_right(struct case_data *made, int steps)
{
	const struct pane *pane = pane_named("activation");
	for (int i = 0; i < abs(steps); i++)
		assert_true(pane->across(&made->picture, steps < 0 ? -1 : 1, &made->view));
}

static void the_bound_of_the_derivative_is_told_and_marked(void **state)
{
	static const struct {
		const char *name, *text, *mark;
	} rows[] = {
		{"sigmoid", "σ′ ≤ 0.25", "0.25┤"},
		{"hard-sigmoid", "hσ′ ≤ 0.1667", "0.1667┤"},
		{"tanh", "tanh′ ≤ 1", NULL},
		{"relu", "ReLU′ ≤ 1", NULL},
	};
	struct case_data *made = case_named("vanishing");
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		choose(made, rows[i].name);
		assert_shows(&made->picture, "activation", 48, 8, rows[i].text, true);
		assert_shows(&made->picture, "activation", 48, 8, "mean f′ 0.238", true);
		if (rows[i].mark)
			assert_shows(&made->picture, "activation", 78, 18, rows[i].mark, true);
	}
	picture_free(made);
	made = case_named("exploded");
	assert_shows(&made->picture, "activation", 48, 20, "→", true);
	picture_free(made);
}

static void the_cursor_tells_f_and_how_its_derivative_is_computed(void **state)
{
	struct case_data *made = case_named("vanishing");
	char text[160];
	double f = 1 / (1 + exp(-1.0)), t = tanh(-0.5);
	(void)state;
	go_right(made, 5); /* the first step shows the cursor, at 0 */
	snprintf(text, sizeof(text), "z 1 · σ %.3g · σ′ = σ×(1−σ) = %.3g×(1−%.3g) = %.3g", f, f, f,
		f * (1 - f));
	assert_shows(&made->picture, "activation", 78, 18, text, true);
	assert_shows(&made->picture, "activation", 46, 8, "0.731×(1−0.731) = 0.197", true);
	choose(made, "tanh");
	go_right(made, -6);
	snprintf(text, sizeof(text), "tanh′ = 1−tanh² = 1−(%.3g)² = %.3g", t, 1 - t * t);
	assert_shows(&made->picture, "activation", 78, 18, text, true);
	choose(made, "relu");
	assert_shows(&made->picture, "activation", 78, 18, "ReLU′ = 0 (1 for z > 0, else 0)", true);
	choose(made, "softsign");
	assert_shows(&made->picture, "activation", 78, 18, "1/(1+|-0.5|)² = 0.444", true);
	picture_free(made);
}

/* Where f is almost 1, enough digits show that 1 - f is not 0. */
static void a_value_near_1_is_not_written_as_1(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	go_right(made, 33);
	assert_shows(&made->picture, "activation", 78, 18, "0.9997×(1−0.9997) = 0.000335", true);
	picture_free(made);
}

static void the_cursor_stays_on_the_axis(void **state)
{
	struct case_data *made = case_named("vanishing");
	const struct pane *pane = pane_named("activation");
	(void)state;
	assert_shows(&made->picture, "activation", 78, 18, "z 0 ·", false);
	go_right(made, 33);
	assert_false(pane->across(&made->picture, 1, &made->view));
	assert_shows(&made->picture, "activation", 78, 18, "z 8 ·", true);
	go_right(made, -64);
	assert_false(pane->across(&made->picture, -1, &made->view));
	assert_shows(&made->picture, "activation", 78, 18, "z -8 ·", true);
	picture_free(made);
}

static void other_functions_are_drawn_beside_the_one_in_force(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	made->view.curves = "functions";
	made->view.cursor = 33 + 4;
	assert_shows(&made->picture, "activation", 78, 18, "z 1 · σ 0.731 · ReLU 1 · tanh 0.762", true);
	made->view.curves = "derivatives";
	assert_shows(
		&made->picture, "activation", 78, 18, "z 1 · σ′ 0.197 · ReLU′ 1 · tanh′ 0.42", true);
	made->view.compare = "sine";
	assert_shows(&made->picture, "activation", 78, 18, "z 1 · σ′ 0.197 · sin′ 0.54", true);
	made->view.compare = "sigmoid"; /* in force itself: there is nothing beside it */
	assert_shows(&made->picture, "activation", 78, 18, "σ′ = σ×(1−σ)", true);
	picture_free(made);
}

/* Turned on its side: a bar stands in the row of its a; none is outside 0 to 1, where all are. */
static void outputs_of_the_layer_stand_beside_the_axis_of_f(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	made->view.curves = "output";
	struct layer_detail *layer = &made->detail->layer[made->view.layer - 1];
	memset(layer->output_bin, 0, sizeof(layer->output_bin));
	layer->output_bin[20] = 800; /* all are 1 */
	assert_shows(&made->picture, "activation", 78, 18, "a of this layer", true);
	char *text = drawn("activation", &made->picture, 78, 18, "braille"), *line = text;
	for (int row = 0; row < 12; row++, line = strchr(line, '\n') + 1) {
		char *end = strchr(line, '\n');
		*end = '\0';
		/* the legend is in row 0, 1.0 in row 1 */
		if ((row == 1) != (strstr(line, "█████████████████████████") != NULL))
			fail_msg("row %d: %s", row, line);
		*end = '\n';
	}
	free(text);
	layer->output_above = 200;
	assert_shows(&made->picture, "activation", 78, 18, "↑ 20 %", true);
	picture_free(made);
}

static int count_of(const char *text, const char *part)
{
	int count = 0;
	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

/* Their names stand in the legend and beside the curves. */
static void each_curve_has_its_name_beside_it(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	made->view.curves = "derivatives";
	char *text = drawn("activation", &made->picture, 78, 18, "braille");
	assert_int_equal(count_of(text, "ReLU′"), 2);
	assert_int_equal(count_of(text, "tanh′"), 2);
	assert_int_equal(count_of(text, "σ′"), 2);
	free(text);
	picture_free(made);
}

static void a_grid_shows_two_functions_and_their_derivatives_where_there_is_room(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	made->view.curves = "grid";
	assert_shows(&made->picture, "activation", 78, 18, "σ′ = σ×(1−σ)", true);
	assert_shows(&made->picture, "activation", 78, 18, "ReLU′ = 1 for z > 0, else 0", true);
	assert_shows(&made->picture, "activation", 78, 18, "max(0, z): slope 0 or 1", true);
	assert_shows(&made->picture, "activation", 48, 8, "mean f′ 0.238", true);
	assert_shows(&made->picture, "activation", 48, 8, "max(0, z)", false);
	choose(made, "relu");
	assert_shows(&made->picture, "activation", 78, 18, "σ′ = σ×(1−σ)", true);
	picture_free(made);
}

/* In ASCII, too. */
static void every_activation_says_how_its_derivative_is_computed(void **state)
{
	struct case_data *made = case_named("vanishing");
	const struct activation *activation;
	(void)state;
	for (int i = 0; (activation = activation_at(i)); i++) {
		choose(made, activation->name);
		made->view.cursor = 33 + 4;
		char *text = drawn("activation", &made->picture, 120, 18, "ascii");
		char *end = strchr(text, '\n');
		assert_non_null(end);
		*end = '\0';
		if (!strstr(text, "' = ") || strchr(text, '?') || strchr(text, '{'))
			fail_msg("%s: %s", activation->name, text);
		free(text);
	}
	picture_free(made);
}

/* From the formulas in docs/numerics.md, section 1; the leaky slope is 0.01, that of prelu 0.25. */
static const struct line {
	const char *name, *range, *greatest, *far, *word;
} lines[] = {
	{"sigmoid", "f 0 to 1 ", "f′ ≤ 0.25 at 0 ", "f′ → 0, 0 ", "saturates "},
	{"relu", "f 0 to ∞ ", "f′ ≤ 1 ", "f′ → 0, 1 ", "can die "},
	{"tanh", "f -1 to 1 ", "f′ ≤ 1 at 0 ", "f′ → 0, 0 ", "saturates "},
	{"leaky-relu", "f -∞ to ∞ ", "f′ ≤ 1 ", "f′ → 0.01, 1 ", ""},
	{"prelu", "f -∞ to ∞ ", "f′ ≤ 1 ", "f′ → 0.25, 1 ", ""},
	{"elu", "f -1 to ∞ ", "f′ ≤ 1 ", "f′ → 0, 1 ", "saturates left "},
	{"selu", "f -1.76 to ∞ ", "f′ ≤ 1.76 at 0 ", "f′ → 0, 1.05 ", "saturates left "},
	{"gelu", "f -0.17 to ∞ ", "f′ ≤ 1.13 at 1.4 ", "f′ → 0, 1 ", "saturates left "},
	{"gelu-tanh", "f -0.17 to ∞ ", "f′ ≤ 1.13 at 1.4 ", "f′ → 0, 1 ", "saturates left "},
	{"silu", "f -0.278 to ∞ ", "f′ ≤ 1.1 at 2.4 ", "f′ → 0, 1 ", "saturates left "},
	{"softplus", "f 0 to ∞ ", "f′ ≤ 1 ", "f′ → 0, 1 ", "saturates left "},
	{"mish", "f -0.309 to ∞ ", "f′ ≤ 1.09 at 1.5 ", "f′ → 0, 1 ", "saturates left "},
	{"softsign", "f -1 to 1 ", "f′ ≤ 1 at 0 ", "f′ → 0, 0 ", "saturates "},
	{"relu6", "f 0 to 6 ", "f′ ≤ 1 ", "f′ → 0, 0 ", "can die "},
	{"hard-tanh", "f -1 to 1 ", "f′ ≤ 1 ", "f′ → 0, 0 ", "can die "},
	{"hard-sigmoid", "f 0 to 1 ", "f′ ≤ 0.167 ", "f′ → 0, 0 ", "can die "},
	{"sine", "f -1 to 1 ", "f′ ≤ 1 ", "", "periodic "},
	{"identity", "f -∞ to ∞ ", "f′ ≤ 1 ", "f′ → 1, 1 ", ""},
};

static bool has(const char *line, const char *cell)
{
	bool there = strstr(line, cell) != NULL;
	if (!there)
		print_error("no \"%s\" in: %s\n", cell, line);
	return there;
}

static void the_table_has_a_line_for_each_function_with_range_slopes_and_limits(void **state)
{
	struct case_data *made = case_named("vanishing");
	const int count = (int)(sizeof(lines) / sizeof(lines[0]));
	bool right = true;
	(void)state;
	made->view.curves = "table";
	char *text = drawn("activation", &made->picture, 80, count, "braille"), *at = text;
	for (int i = 0; activation_at(i); i++) {
		assert_in_range(i, 0, count - 1);
		char *end = strchr(at, '\n'), name[40];
		*end = '\0';
		snprintf(name, sizeof(name), "%s ", lines[i].name);
		right = has(at, name) && has(at, lines[i].range) && has(at, lines[i].greatest) &&
			has(at, lines[i].far) && has(at, lines[i].word) && right;
		at = end + 1;
	}
	assert_true(right);
	free(text);
	picture_free(made);
}

static void a_table_without_room_for_all_keeps_the_function_in_force(void **state)
{
	struct case_data *made = case_named("vanishing");
	(void)state;
	made->view.curves = "table";
	for (int i = 0; activation_at(i); i++) {
		char text[40];
		choose(made, activation_at(i)->name);
		snprintf(text, sizeof(text), "▸ %s ", activation_at(i)->name);
		assert_shows(&made->picture, "activation", 30, 6, text, true);
		assert_shows(&made->picture, "activation", 78, 19, text, true);
	}
	assert_shows(&made->picture, "activation", 78, 19, "range of f", true);
	assert_shows(&made->picture, "activation", 78, 18, "range of f", false);
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bound_of_the_derivative_is_told_and_marked),
		cmocka_unit_test(the_cursor_tells_f_and_how_its_derivative_is_computed),
		cmocka_unit_test(a_value_near_1_is_not_written_as_1),
		cmocka_unit_test(the_cursor_stays_on_the_axis),
		cmocka_unit_test(other_functions_are_drawn_beside_the_one_in_force),
		cmocka_unit_test(outputs_of_the_layer_stand_beside_the_axis_of_f),
		cmocka_unit_test(each_curve_has_its_name_beside_it),
		cmocka_unit_test(a_grid_shows_two_functions_and_their_derivatives_where_there_is_room),
		cmocka_unit_test(every_activation_says_how_its_derivative_is_computed),
		cmocka_unit_test(the_table_has_a_line_for_each_function_with_range_slopes_and_limits),
		cmocka_unit_test(a_table_without_room_for_all_keeps_the_function_in_force),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
