/* Settings are stepped: down undoes up, numbers take familiar steps, choices go in a circle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/settings.h"
#include "nn/optim.h"

#include "setting_rows.h"

/* ---- steps ---- */

enum { STEPS_MAX = 80 };

/* From the lowest value up, then down again. */
static void stepping_down_undoes_stepping_up(void **state)
{
	static struct config path[STEPS_MAX];
	const struct setting *row;
	(void)state;
	for (int i = 0; (row = row_at(i)); i++) {
		char lowest[64];
		int top = 0;
		if (!is_number(row))
			continue;
		path[0] = config_default();
		snprintf(lowest, sizeof(lowest), "%.17g", row->minimum);
		assert_true(setting_assign(row, &path[0], lowest, NULL));
		for (; top + 1 < STEPS_MAX; top++) {
			path[top + 1] = path[top];
			if (!setting_step(row, &path[top + 1], 1))
				break;
			if (setting_equal(row, &path[top + 1], &path[0]))
				break; /* a key without a way back goes in a circle */
		}
		assert_true(top >= 2);
		for (struct config config = path[top]; top > 0; top--) {
			char value[SETTING_VALUE_MAX];
			assert_true(setting_step(row, &config, -1));
			setting_format(row, &config, value);
			if (!setting_equal(row, &config, &path[top - 1]))
				fail_msg("%s: a step down leads to %s", row->name, value);
		}
	}
}

/* auto follows the optimizer, also at the keys; a number stays. */
static void the_rate_is_the_optimizers_usual_one_unless_a_number_is_set(void **state)
{
	const struct setting *lr = setting_find(&config_table, "lr", NULL);
	struct config config = config_default();
	char value[SETTING_VALUE_MAX];
	(void)state;
	assert_true(config_rate(&config) == 0.1); /* as it was before there was auto */
	for (int i = 0; optimizer_at(i); i++)
		for (int up = 0; up <= 1; up++) {
			config = config_default();
			config.optimizer = optimizer_at(i)->name;
			assert_true(config_rate(&config) == optimizer_at(i)->rate);
			if (!(config_rate(&config) >= 1e-4 && config_rate(&config) <= 1))
				fail_msg("%s: .rate of its row is %g, expected 1e-4 to 1", optimizer_at(i)->name,
					optimizer_at(i)->rate);
			assert_true(setting_step(lr, &config, up ? 1 : -1));
			assert_true(up == (config.lr > optimizer_at(i)->rate));
			assert_true(setting_step(lr, &config, up ? -1 : 1));
			assert_true(config.lr == optimizer_at(i)->rate);
			setting_format(lr, &config, value);
			assert_true(strtod(value, NULL) == optimizer_at(i)->rate);
			config.optimizer = "sgd";
			assert_true(config_rate(&config) == optimizer_at(i)->rate);
			assert_true(setting_assign(lr, &config, "auto", NULL));
			assert_true(config_rate(&config) == 0.1);
		}
	assert_true(setting_assign(lr, &config, "0.3", NULL) && setting_assign(lr, &config, "a", NULL));
	setting_format(lr, &config, value);
	assert_string_equal(value, "auto");
}

static void steps_are_the_familiar_ones(void **state)
{
	static const struct {
		const char *name, *from, *up, *down;
	} cases[] = {
		{"lr", "0.1", "0.2", "0.05"},
		{"lr", "auto", "0.2", "0.05"},
		{"lr", "0.003", "0.005", "0.002"},
		{"lr", "1e-08", "2e-08", "1e-08"},
		{"lr", "100", "100", "50"},
		{"depth", "10", "11", "9"},
		{"depth", "20", "30", "19"},
		{"depth", "30", "40", "20"},
		{"depth", "0", "1", "0"},
		{"depth", "300", "300", "290"},
		{"width", "10", "20", "5"},
		{"width", "1", "2", "1"},
		{"batch", "1", "2", "0"},
		{"batch", "32", "50", "20"},
		{"batch", "0", "1", "0"},
		{"skip", "2", "0", "1"},
		{"dropout", "0", "0.001", "0"},
		{"dropout", "0.5", "0.95", "0.2"},
		{"init-low", "-0.5", "-0.2", "-1"},
		{"init-low", "0", "0.001", "-0.001"},
		{"init-low", "-0.001", "0", "-0.002"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (int up = 0; up <= 1; up++) {
			const struct setting *row = setting_find(&config_table, cases[i].name, NULL);
			struct config config = config_default();
			const char *wanted = up ? cases[i].up : cases[i].down;
			assert_true(setting_assign(row, &config, cases[i].from, NULL));
			assert_true(
				setting_step(row, &config, up ? 1 : -1) == (strcmp(wanted, cases[i].from) != 0));
			assert_value(row, &config, wanted);
		}
}

static void choices_are_stepped_in_a_circle(void **state)
{
	const struct setting *row;
	(void)state;
	for (int i = 0; (row = row_at(i)); i++) {
		struct config config = config_default();
		int count = 0;
		if (!has_choices(row))
			continue;
		while (row->choice(count))
			count++;
		assert_true(setting_assign(row, &config, row->choice(0), NULL));
		for (int k = 1; k <= count; k++) {
			assert_true(setting_step(row, &config, 1));
			assert_value(row, &config, row->choice(k % count));
		}
		for (int k = count - 1; k >= 0; k--) {
			assert_true(setting_step(row, &config, -1));
			assert_value(row, &config, row->choice(k));
		}
	}
}

static void a_step_from_a_path_leads_to_a_generator(void **state)
{
	const struct setting *row = setting_find(&config_table, "data", NULL);
	struct config config = config_default();
	(void)state;
	assert_true(setting_assign(row, &config, "/some/where.csv", NULL));
	assert_value(row, &config, "/some/where.csv");
	assert_true(setting_step(row, &config, 1));
	assert_value(row, &config, row->choice(0));
}

/* ---- lists ---- */

static void activations_may_be_given_layer_by_layer(void **state)
{
	static const struct {
		const char *text, *value, *layers[4];
	} cases[] = {
		{"relu", "relu", {"relu", "relu", "relu", "relu"}},
		{"relu/ta/sig", "relu/tanh/sigmoid", {"relu", "tanh", "sigmoid", "sigmoid"}},
		{"gelu-t/gelu", "gelu-tanh/gelu", {"gelu-tanh", "gelu", "gelu", "gelu"}},
		{"relu//tanh", NULL, {NULL}},
		{"relu/", NULL, {NULL}},
		{"relu/nothing", NULL, {NULL}},
		{"/", NULL, {NULL}},
	};
	const struct setting *row = setting_find(&config_table, "activation", NULL);
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config config = config_default();
		assert_true(setting_assign(row, &config, cases[i].text, NULL) == (cases[i].value != NULL));
		assert_value(row, &config, cases[i].value ? cases[i].value : row->initial);
		for (int l = 0; cases[i].value && l < 4; l++)
			assert_string_equal(config_activation(&config, l + 1), cases[i].layers[l]);
	}
}

static void a_list_is_bounded_and_stepped_as_one(void **state)
{
	const struct setting *row = setting_find(&config_table, "activation", NULL);
	struct config config = config_default();
	struct error error;
	char text[4000] = "tanh";
	(void)state;
	for (int layers = 1; layers <= 300; layers++) {
		bool done = setting_assign(row, &config, text, &error);
		assert_true(done == (strlen(text) < CHOICE_LIST_MAX));
		if (!done)
			assert_says(&error, "bytes");
		strcat(text, "/tanh");
	}
	assert_true(setting_assign(row, &config, "relu/sine", NULL));
	assert_true(setting_step(row, &config, 1));
	assert_value(row, &config, "tanh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stepping_down_undoes_stepping_up),
		cmocka_unit_test(the_rate_is_the_optimizers_usual_one_unless_a_number_is_set),
		cmocka_unit_test(steps_are_the_familiar_ones),
		cmocka_unit_test(choices_are_stepped_in_a_circle),
		cmocka_unit_test(a_step_from_a_path_leads_to_a_generator),
		cmocka_unit_test(activations_may_be_given_layer_by_layer),
		cmocka_unit_test(a_list_is_bounded_and_stepped_as_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
