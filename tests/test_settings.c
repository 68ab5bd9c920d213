/* Settings: every row can be written, read back and stepped, a change costs what its row says,
 * and an error names the valid values. */
#include <math.h>
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

/* ---- the table ---- */

static void names_and_keys_are_unique(void **state)
{
	const struct setting *row;
	int used[256] = {0};
	(void)state;
	for (int i = 0; (row = row_at(i)); i++) {
		if (!row->name[0] || !row->help[0] || strpbrk(row->name, "_ =,"))
			fail_msg("setting '%s' needs a help, and a name of letters and hyphens", row->name);
		for (int k = 0; k < i; k++)
			if (strcmp(row->name, row_at(k)->name) == 0)
				fail_msg("two settings are named %s", row->name);
		if (row->key < 0 || row->key > 127 || row->back_key < 0 || row->back_key > 127)
			fail_msg("setting %s: its keys must be ASCII", row->name);
		if (row->back_key && !row->key)
			fail_msg("setting %s has a back key and no key", row->name);
		if ((row->key && used[row->key]++) || (row->back_key && used[row->back_key]++))
			fail_msg("setting %s: a key of it is another setting's, too", row->name);
	}
}

static void defaults_are_what_the_table_says(void **state)
{
	const struct config config = config_default();
	const struct setting *row;
	(void)state;
	for (int i = 0; (row = row_at(i)); i++)
		assert_value(row, &config, row->initial);
}

static void every_choice_can_be_set_and_read_back(void **state)
{
	const struct setting *row;
	struct config config = config_default();
	struct error error;
	const char *choice;
	(void)state;
	for (int i = 0; (row = row_at(i)); i++) {
		assert_true(has_choices(row) == (row->choice != NULL));
		for (int k = 0; row->choice && (choice = row->choice(k)); k++) {
			if (!setting_assign(row, &config, choice, &error))
				fail_msg("%s=%s: %s", row->name, choice, error.text);
			assert_value(row, &config, choice);
		}
	}
}

static bool is_real(const struct setting *row)
{
	return is_type(row, &setting_type_REAL) || is_type(row, &setting_type_RATE);
}

static void every_number_can_be_read_back_to_the_last_bit(void **state)
{
	static const double shares[] = {0, 1.0 / 3, 0.1, 0.123456789012345678, 0.7, 1};
	struct config config = config_default(), again = config;
	const struct setting *row;
	char text[SETTING_VALUE_MAX];
	(void)state;
	for (int i = 0; (row = row_at(i)); i++)
		for (size_t k = 0; k < COUNT(shares) && !has_choices(row); k++) {
			double value = row->minimum + shares[k] * (row->maximum - row->minimum);
			if (!is_real(row))
				value = floor(value);
			snprintf(text, sizeof(text), "%.17g", value);
			assert_true(setting_assign(row, &config, text, NULL));
			setting_format(row, &config, text);
			assert_true(strtod(text, NULL) == value);
			assert_true(setting_assign(row, &again, text, NULL));
			assert_true(setting_equal(row, &config, &again));
		}
}

/* ---- names and prefixes ---- */

/* Counts the words with this prefix. */
static int begin_with(const char *(*word)(int index), const char *prefix, const char **first)
{
	int found = 0;
	const char *one;
	for (int i = 0; (one = word(i)); i++)
		if (strncmp(one, prefix, strlen(prefix)) == 0 && !found++)
			*first = one;
	return found;
}

static const char *setting_name(int index)
{
	const struct setting *row = row_at(index);
	return row ? row->name : NULL;
}

static void a_unique_prefix_of_a_name_is_enough(void **state)
{
	const struct setting *row;
	struct error error;
	int ambiguous = 0;
	(void)state;
	for (int i = 0; (row = row_at(i)); i++) {
		assert_ptr_equal(setting_find(&config_table, row->name, NULL), row);
		for (size_t length = 1; length < strlen(row->name); length++) {
			char prefix[64];
			const char *first = NULL;
			snprintf(prefix, sizeof(prefix), "%.*s", (int)length, row->name);
			bool unique = begin_with(setting_name, prefix, &first) == 1;
			const struct setting *found = setting_find(&config_table, prefix, &error);

			if (unique)
				assert_ptr_equal(found, row);
			else if (found) /* the whole name of another one */
				assert_string_equal(found->name, prefix);
			else
				assert_says(&error, "may mean");
			ambiguous += !found;
		}
	}
	assert_true(ambiguous > 0);
	assert_null(setting_find(&config_table, "norm-", &error));
	assert_says(&error, "norm-position norm-momentum norm-epsilon");
}

static void an_exact_value_beats_a_prefix(void **state)
{
	static const struct {
		const char *name, *text, *value;
	} cases[] = {
		{"optimizer", "adam", "adam"},
		{"optimizer", "adamw", "adamw"},
		{"optimizer", "adag", "adagrad"},
		{"optimizer", "m", "momentum"},
		{"activation", "relu", "relu"},
		{"activation", "leaky", "leaky-relu"},
		{"activation", "gelu", "gelu"},
		{"activation", "gelu-", "gelu-tanh"},
		{"activation", "relu6", "relu6"},
		{"init", "uniform", "uniform"},
		{"init", "he-n", NULL},
		{"init", "normal", "normal"},
		{"data", "sp", "spirals"},
		{"data", "w", NULL},
		{"loss", "mse", "mse"},
		{"norm", "b", "batch"},
		{"clip", "no", NULL},
		{"clip", "nor", "norm"},
		{"clip", "", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct setting *row = setting_find(&config_table, cases[i].name, NULL);
		struct config config = config_default(), before = config;
		bool done = setting_assign(row, &config, cases[i].text, NULL);
		const char *first = NULL;
		/* without a value, the case must be ambiguous */
		if (!cases[i].value && cases[i].text[0] &&
			begin_with(row->choice, cases[i].text, &first) == 1)
			continue;
		assert_true(done == (cases[i].value != NULL));
		assert_value(row, &config, done ? cases[i].value : row->initial);
		assert_true(done || setting_equal(row, &config, &before));
	}
}

static void unknown_names_are_answered_with_the_nearest(void **state)
{
	static const struct {
		const char *name, *value, *said;
	} cases[] = {
		{"detph", NULL, "did you mean depth?"},
		{"activaton", NULL, "activation"},
		{"xyzzyxyzzy", NULL, "there are: data samples length noise"},
		{"", NULL, "there are"},
		{"activation", "rellu", "did you mean relu?"},
		{"activation", "xyzzyxyzzy", "there are: sigmoid relu tanh"},
		{"optimizer", "ada", "may mean: adagrad adam adamw"},
		{"data", "mons", "did you mean moons?"},
		{"data", "points.csv", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config config = config_default();
		struct error error = {0};
		const struct setting *row = setting_find(&config_table, cases[i].name, &error);
		assert_true((row != NULL) == (cases[i].value != NULL));
		if (row)
			assert_true(
				setting_assign(row, &config, cases[i].value, &error) == (cases[i].said == NULL));
		if (cases[i].said)
			assert_says(&error, cases[i].said);
	}
}

static void long_and_strange_words_are_refused_quietly(void **state)
{
	struct config config = config_default();
	struct error error;
	char text[3000];
	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_null(setting_find(&config_table, text, &error));
	for (int i = 0; i < config_table.count; i++)
		assert_false(setting_assign(row_at(i), &config, text, &error));
	text[5] = '/';
	assert_false(setting_assign(setting_find(&config_table, "data", NULL), &config, text, &error));
	assert_says(&error, "1023 bytes");
}

/* ---- ranges ---- */

/* The bounds in the message are exact. */
static void assert_says_bounds(const struct error *error, const struct setting *row)
{
	const char *bounds = strstr(error->text, "expected ");
	char *end;
	assert_non_null(bounds);
	assert_true(strtod(bounds + strlen("expected "), &end) == row->minimum);
	assert_int_equal(strncmp(end, " to ", 4), 0);
	assert_true(strtod(end + 4, &end) == row->maximum);
	assert_string_equal(end, row->maximum < 1 && row->maximum > 0.99 ? ", below 1" : "");
}

static void numbers_out_of_range_are_refused_with_the_range(void **state)
{
	static const char *const no_numbers[] = {"", "x", "1x", "0x10", "nan", "inf", " 1", "1,5"};
	struct config config = config_default(), before = config;
	const struct setting *row;
	struct error error;
	char text[64];
	(void)state;
	for (int i = 0; (row = row_at(i)); i++) {
		if (!is_number(row))
			continue;
		for (int side = 0; side <= 1; side++) {
			double end = side ? row->maximum : row->minimum;
			double step = is_real(row) ? fabs(end) * 1e-9 + 1e-15 : 1;
			snprintf(text, sizeof(text), "%.17g", side ? end + step : end - step);
			assert_false(setting_assign(row, &config, text, &error));
			assert_says(&error, row->name);
			assert_says_bounds(&error, row);
			snprintf(text, sizeof(text), "%.17g", end);
			assert_true(setting_assign(row, &config, text, &error));
			config = before;
		}
		for (size_t k = 0; k < COUNT(no_numbers); k++) {
			assert_false(setting_assign(row, &config, no_numbers[k], &error));
			assert_says(&error, "expected a number");
		}
		if (!is_real(row)) {
			snprintf(text, sizeof(text), "%.1f", row->minimum + 0.5);
			assert_false(setting_assign(row, &config, text, &error));
			assert_says(&error, "whole number");
		}
		assert_true(setting_equal(row, &config, &before));
	}
}

static void a_list_of_numbers_is_kept_in_order_and_whole(void **state)
{
	static const struct {
		const char *text, *says; /* NULL: as written */
	} lists[] = {
		{"0", NULL},
		{"30", NULL},
		{"30/60/80", NULL},
		{"0.5/0.75", NULL},
		{"5/1", NULL},
		{"1/2/3/4/5/6/7/8", NULL},
		{"1/2/3/4/5/6/7/8/9", "more than 8"},
		{"1//2", "expected a number"},
		{"1/", "expected a number"},
		{"a", "expected a number"},
		{"0/1", "0 stands alone"},
		{"1/0", "0 stands alone"},
		{"1/-2", "expected 0 to"},
	};
	const struct setting *row = setting_find(&config_table, "schedule-at", NULL);
	struct config config = config_default();
	char text[SETTING_VALUE_MAX];
	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct error error;
		struct config before = config;
		bool taken = setting_assign(row, &config, lists[i].text, &error);
		setting_format(row, &config, text);
		if (taken != !lists[i].says || (taken && strcmp(text, lists[i].text) != 0))
			fail_msg("%s: %s", lists[i].text, taken ? text : error.text);
		if (!taken) {
			assert_says(&error, lists[i].says);
			assert_true(setting_equal(row, &config, &before));
		}
	}
	assert_true(setting_assign(row, &config, "20/70", NULL));
	assert_true(setting_step(row, &config, 1));
	setting_format(row, &config, text);
	assert_string_equal(text, "50");
}

/* ---- differences ---- */

static struct config changed(struct config config, const struct setting *row)
{
	struct config before = config;
	setting_step(row, &config, 1);
	if (setting_equal(row, &config, &before))
		setting_step(row, &config, -1);
	if (is_text(row))
		assert_true(setting_assign(row, &config, "some/file.csv", NULL));
	assert_false(setting_equal(row, &config, &before));
	return config;
}

static void a_change_costs_what_its_row_says(void **state)
{
	const struct config config = config_default();
	const struct setting *row, *other;
	(void)state;
	assert_int_equal(config_effect(&config, &config), EFFECT_NOTHING);
	for (int i = 0; (row = row_at(i)); i++) {
		struct config one = changed(config, row);
		assert_int_equal(config_effect(&config, &one), row->effect);
		assert_int_equal(config_effect(&one, &config), row->effect);
		for (int k = 0; (other = row_at(k)); k++) {
			struct config two = other == row ? one : changed(one, other);
			assert_int_equal(config_effect(&config, &two),
				row->effect > other->effect ? row->effect : other->effect);
		}
	}
}

static void differences_can_be_read_back(void **state)
{
	const struct config config = config_default();
	struct config all = config, again = config;
	const struct setting *row;
	char text[4000], *rest = text;
	(void)state;
	config_difference(&config, &config, text, sizeof(text));
	assert_string_equal(text, "");
	for (int i = 0; (row = row_at(i)); i++)
		all = changed(all, row);
	config_difference(&config, &all, text, sizeof(text));
	for (char *item; (item = strtok_r(rest, " ", &rest));) {
		char *sign = strchr(item, '=');
		assert_non_null(sign);
		*sign = '\0';
		assert_true(
			setting_assign(setting_find(&config_table, item, NULL), &again, sign + 1, NULL));
	}
	assert_int_equal(config_effect(&all, &again), EFFECT_NOTHING);
}

static void differences_are_cut_between_settings(void **state)
{
	const struct config config = config_default();
	struct config other = config;
	char whole[200], text[200];
	(void)state;
	other.depth = 7;
	other.lr = 0.5;
	config_difference(&config, &other, whole, sizeof(whole));
	assert_string_equal(whole, "depth=7 lr=0.5");
	for (size_t size = 1; size < sizeof(text); size++) {
		config_difference(&config, &other, text, size);
		assert_string_equal(text, size > 14 ? whole : size > 7 ? "depth=7" : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_keys_are_unique),
		cmocka_unit_test(defaults_are_what_the_table_says),
		cmocka_unit_test(every_choice_can_be_set_and_read_back),
		cmocka_unit_test(every_number_can_be_read_back_to_the_last_bit),
		cmocka_unit_test(a_unique_prefix_of_a_name_is_enough),
		cmocka_unit_test(an_exact_value_beats_a_prefix),
		cmocka_unit_test(unknown_names_are_answered_with_the_nearest),
		cmocka_unit_test(long_and_strange_words_are_refused_quietly),
		cmocka_unit_test(numbers_out_of_range_are_refused_with_the_range),
		cmocka_unit_test(a_list_of_numbers_is_kept_in_order_and_whole),
		cmocka_unit_test(a_change_costs_what_its_row_says),
		cmocka_unit_test(differences_can_be_read_back),
		cmocka_unit_test(differences_are_cut_between_settings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
