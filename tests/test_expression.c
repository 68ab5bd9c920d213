/* Comparisons of recorded numbers: what they mean, and what is said of wrong ones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/expression.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { STEPS = 4, LONG = 150 };

/* Layer 1 has four time steps, layer 2 is the output layer: delta is 1, 2, 3, 4 and 5. */
static struct record *record_made(float loss, const char *verdict)
{
	static const int steps[] = {STEPS, 0};
	struct record *record = record_new_with_steps(2, steps);
	assert_non_null(record);
	record->epoch = 7;
	record->loss = loss;
	record->acc = NAN;
	record->verdict = verdict;
	for (int row = 0; row < record->rows; row++)
		record->layer[row].delta_rms = (float)(row + 1);
	return record;
}

static const struct {
	const char *text;
	bool holds;
	const char *described;
} comparisons[] = {
	{"loss < 0.5", false, "loss is 0.5"},
	{"loss <= 0.5", true, "loss is 0.5"},
	{"loss > 0.5", false, "loss is 0.5"},
	{"loss >= 0.5", true, "loss is 0.5"},
	{"loss = 0.5", true, "loss is 0.5"},
	{"loss != 0.5", false, "loss is 0.5"},
	{"loss < 0.51", true, "loss is 0.5"},
	{"loss > 0.49", true, "loss is 0.5"},
	{"loss != 0.49", true, "loss is 0.5"},
	{"loss != 0.51", true, "loss is 0.5"},
	{"loss = 0.51", false, "loss is 0.5"},
	{"loss >= 0.51", false, "loss is 0.5"},
	{"loss <= 0.49", false, "loss is 0.5"},
	{" \tloss<1e3", true, "loss is 0.5"},
	{"loss > -1", true, "loss is 0.5"},
	{"epoch = 7", true, "epoch is 7"},
	{"twin.epoch = 7", true, "twin.epoch is 7"},
	{"twin.loss = 0.25", true, "twin.loss is 0.25"},
	{"loss = 2 * twin.loss", true, "loss is 0.5"},
	{"loss > twin.loss", true, "loss is 0.5"},
	{"twin.loss = 0.5*loss", true, "twin.loss is 0.25"},
	{"acc > 0", false, "acc is nan"},
	{"acc != 0", false, "acc is nan"},
	{"acc <= 0", false, "acc is nan"},
	{"val_loss != 0", false, "val_loss is not recorded"},
	{"loss < val_loss", false, "loss is 0.5"},
	{"delta_rms(1) = 4", true, "delta_rms(1) is 4"},
	{"delta_rms(1,1) = 1", true, "delta_rms(1,1) is 1"},
	{"delta_rms( 1 , 3 ) = 3", true, "delta_rms(1,3) is 3"},
	{"delta_rms(1,4) = 4", true, "delta_rms(1,4) is 4"},
	{"delta_rms(1,5) = 4", true, "delta_rms(1,5) is 4"},
	{"delta_rms(1,-1) = 4", true, "delta_rms(1,-1) is 4"},
	{"delta_rms(2) = 5", true, "delta_rms(2) is 5"},
	{"delta_rms(-1) = 5", true, "delta_rms(-1) is 5"},
	{"delta_rms(3) = 5", false, "delta_rms(3) is not recorded"},
	{"twin.delta_rms(2) = 5", true, "twin.delta_rms(2) is 5"},
	{"delta_rms(1,1) < 0.5 * delta_rms(1,3)", true, "delta_rms(1,1) is 1"},
	{"verdict = vanishing", true, "verdict is vanishing"},
	{"verdict != vanishing", false, "verdict is vanishing"},
	{"verdict = healthy", false, "verdict is vanishing"},
	{"verdict != healthy", true, "verdict is vanishing"},
	{"twin.verdict = healthy", true, "twin.verdict is healthy"},
	{"verdict=vanishing", true, "verdict is vanishing"},
};

static void comparisons_hold_as_written(void **state)
{
	struct record *run = record_made(0.5f, "vanishing"), *twin = record_made(0.25f, "healthy");
	const struct record_pair records = {run, twin};
	(void)state;
	for (size_t i = 0; i < COUNT(comparisons); i++) {
		struct expression expression;
		struct error error = {0};
		char text[80];
		if (!expression_parse(comparisons[i].text, &expression, &error))
			fail_msg("%s: %s", comparisons[i].text, error.text);
		if (expression_holds(&expression, records) != comparisons[i].holds)
			fail_msg("%s is %d", comparisons[i].text, !comparisons[i].holds);
		expression_describe(&expression, records, text, sizeof(text));
		assert_string_equal(text, comparisons[i].described);
	}
	free(run);
	free(twin);
}

static void nothing_holds_of_a_run_that_is_not_there(void **state)
{
	struct record *run = record_made(0.5f, NULL);
	const struct record_pair records = {run, NULL};
	static const struct {
		const char *text, *described;
	} cases[] = {{"twin.loss != 0", "twin.loss is not recorded"},
		{"twin.verdict != healthy", "twin.verdict is not known"},
		{"verdict != healthy", "verdict is not known"}, {"loss != twin.loss", "loss is 0.5"}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct expression expression;
		struct error error = {0};
		char text[80];
		assert_true(expression_parse(cases[i].text, &expression, &error));
		assert_false(expression_holds(&expression, records));
		expression_describe(&expression, records, text, sizeof(text));
		assert_string_equal(text, cases[i].described);
	}
	free(run);
}

/* The history keeps old records without their layers. */
static void numbers_of_layers_are_gone_with_them(void **state)
{
	struct record *run = record_made(0.5f, NULL), *bare = record_copy(run, 0);
	struct quantity_name quantity;
	struct error error = {0};
	(void)state;
	bare->layers = 2;
	assert_true(quantity_parse("delta_rms(1)", &quantity, &error));
	assert_true(
		record_is_nothing((float)quantity_value(&quantity, (struct record_pair){bare, NULL})));
	assert_true(quantity_value(&quantity, (struct record_pair){run, NULL}) == 4);
	free(run);
	free(bare);
}

/* Of a long sequence there are rows for some of the steps only: the first from there on. */
static void a_step_without_a_row_is_the_next_one_with_one(void **state)
{
	static const int steps[] = {LONG, 0};
	struct record *record = record_new_with_steps(2, steps);
	(void)state;
	for (int row = 0; row < record->rows; row++)
		record->layer[row].delta_rms = (float)record->layer[row].step;
	for (int step = 1; step <= LONG; step++) {
		const struct quantity_name quantity = {statistic_find("delta_rms"), false, 1, step};
		double found = quantity_value(&quantity, (struct record_pair){record, NULL});
		bool has_row = record_row(record, 1, step) != NULL;
		assert_true(found == (has_row ? step : step + 1));
	}
	free(record);
}

static const struct {
	const char *text, *error;
} refused[] = {
	{"", "found '', expected epoch, verdict or a statistic"},
	{"lss < 1", "found 'lss < 1', expected epoch, verdict or a statistic"},
	{"verdict", "found '', expected one of < <= > >= = != and a number"},
	{"verdict < healthy", "a verdict is compared by = or !="},
	{"verdict >= healthy", "a verdict is compared by = or !="},
	{"verdict =", "found nothing behind the sign, expected a verdict"},
	{"verdicts = x", "found 'verdicts = x', expected epoch"},
	{"loss(1) < 1", "loss is a number of the whole network"},
	{"delta_rms < 1", "delta_rms is a number of each layer, expected NAME(LAYER)"},
	{"delta_rms(0) < 1", "expected NAME(LAYER)"},
	{"delta_rms(-2) < 1", "expected NAME(LAYER)"},
	{"delta_rms(100001) < 1", "expected NAME(LAYER)"},
	{"delta_rms(1,0) < 1", "expected NAME(LAYER)"},
	{"delta_rms(1 < 1", "expected NAME(LAYER)"},
	{"delta_rms() < 1", "expected NAME(LAYER)"},
	{"epoch(1) = 1", "epoch is a number of the whole network"},
	{"loss", "found '', expected one of <"},
	{"loss ~ 1", "found '~ 1', expected one of <"},
	{"loss < ", "found '', expected a number or a name"},
	{"loss < 1x", "found '1x', expected a number or a name"},
	{"loss < inf", "found 'inf', expected a number or a name"},
	{"loss < x", "found 'x', expected epoch"},
	{"loss < 1 2", "found '2' at the end of '1 2'"},
	{"loss < 2 * ", "expected epoch"},
	{"loss < twin.loss 3", "found '3' at the end"},
};

static void wrong_comparisons_are_refused_where_they_are_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct expression expression;
		struct error error = {0};
		if (expression_parse(refused[i].text, &expression, &error))
			fail_msg("'%s' is taken", refused[i].text);
		assert_int_equal(error.status, STATUS_USAGE);
		if (!strstr(error.text, refused[i].error))
			fail_msg("'%s': %s", refused[i].text, error.text);
	}
}

static void a_name_alone_is_a_quantity(void **state)
{
	struct quantity_name quantity;
	struct error error = {0};
	(void)state;
	assert_true(quantity_parse(" twin.delta_rms(100000,2) ", &quantity, &error));
	assert_true(quantity.twin && quantity.layer == 100000 && quantity.step == 2);
	assert_true(quantity_parse("epoch", &quantity, &error));
	assert_true(!quantity.statistic && !quantity.twin && !quantity.layer && !quantity.step);
	assert_false(quantity_parse("loss < 1", &quantity, &error));
	assert_string_equal(error.text, "found '< 1' behind the name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons_hold_as_written),
		cmocka_unit_test(nothing_holds_of_a_run_that_is_not_there),
		cmocka_unit_test(numbers_of_layers_are_gone_with_them),
		cmocka_unit_test(a_step_without_a_row_is_the_next_one_with_one),
		cmocka_unit_test(wrong_comparisons_are_refused_where_they_are_wrong),
		cmocka_unit_test(a_name_alone_is_a_quantity),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
