/* The help has a formula for every number that a pane shows, and the numbers put into it give the
 * number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <math.h>

#include "drawn.h"
#include "runs.h"
#include "ui/formula.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- every number has an entry ---- */

static bool lists(const struct pane *pane, const char *name)
{
	char listed[40];
	for (int i = 0; formula_of_pane(pane, i, listed); i++)
		if (strcmp(listed, name) == 0)
			return true;
	return false;
}

static void scale(struct record *record, const struct statistic *statistic, float factor)
{
	for (int row = 0; row < (statistic->per_layer ? record->rows : 1); row++)
		record_set(record, statistic, row, factor * record_value(record, statistic, row));
}

/* In the record that is shown, and in all of the history, which the test owns. */
static void scale_all(struct case_data *made, const struct statistic *statistic, float factor)
{
	scale(made->record, statistic, factor);
	for (int i = 0; i < history_count(made->history); i++)
		scale((struct record *)history_at(made->history, i), statistic, factor);
}

static void take_view(struct view *view, int index)
{
	static const char *const gradients[] = {"rms", "l2", "delta"};
	static const char *const maps[] = {"rms", "delta", "output", "update", "change", "dead"};
	static const char *const curves[] = {
		"own", "functions", "derivatives", "grid", "output", "table"};
	static const char *const beside[] = {"layers", "traces", "nothing"};
	static const char *const axes[] = {"fit", "zero", "log"};
	view->gradient = gradients[index % 3];
	view->history = maps[index % 6];
	view->curves = curves[index % 6];
	view->beside = beside[index % 3];
	view->loss_axis = axes[index % 3];
}

/* A pane that changes with a statistic shows it. */
static void every_statistic_that_a_pane_draws_is_in_its_list(void **state)
{
	static const char *const cases[] = {"vanishing", "healthy", "images"};
	(void)state;
	int lacking = 0;
	for (size_t c = 0; c < COUNT(cases); c++)
		for (int v = 0; v < 6; v++)
			for (int p = 0; pane_at(p); p++) {
				const struct statistic *statistic;
				struct case_data *made = case_named(cases[c]);
				take_view(&made->view, v);
				char *before = drawn(pane_at(p)->name, &made->picture, 160, 24, "ascii");
				for (int i = 0; (statistic = statistic_at(i)); i++) {
					if (lists(pane_at(p), statistic->name))
						continue;
					scale_all(made, statistic, 1.9F);
					char *after = drawn(pane_at(p)->name, &made->picture, 160, 24, "ascii");
					scale_all(made, statistic, 1 / 1.9F);
					if (strcmp(before, after) != 0) {
						print_error("pane %s shows %s, but .numbers lacks it (%s, view %d)\n",
							pane_at(p)->name, statistic->name, cases[c], v);
						lacking++;
					}
					free(after);
				}
				free(before);
				picture_free(made);
			}
	assert_int_equal(lacking, 0);
}

static void every_name_in_a_list_has_a_formula_and_every_formula_a_pane(void **state)
{
	char name[40], text[FORMULA_TEXT];
	(void)state;
	for (int p = 0; pane_at(p); p++) {
		int count = 0;
		for (; formula_of_pane(pane_at(p), count, name); count++)
			if (!formula_explain(name, NULL, text) || !text[0])
				fail_msg("pane %s: no formula for '%s'", pane_at(p)->name, name);
		if (count == 0)
			fail_msg("pane %s: no numbers", pane_at(p)->name);
	}
	for (int i = 0; formula_at(i); i++) {
		bool listed = false;
		for (int p = 0; pane_at(p); p++)
			listed = listed || lists(pane_at(p), formula_at(i)->name);
		if (!listed)
			fail_msg("no pane lists '%s'", formula_at(i)->name);
		assert_null(statistic_find(formula_at(i)->name));
	}
	assert_false(formula_explain("nonesuch", NULL, text));
}

/* ---- the numbers put in give the number ---- */

static double sum(const char **at);

static double value_of(const char **at)
{
	char *end;
	bool root = strncmp(*at, "sqrt(", 5) == 0, log = strncmp(*at, "log10(", 6) == 0;
	*at += root ? 4 : log ? 5 : 0;
	if (**at == '-') {
		++*at;
		return -value_of(at);
	}
	if (**at == '(') {
		++*at;
		double inside = sum(at);
		if (**at != ')')
			fail_msg("expected ')' at '%s'", *at);
		++*at;
		return root ? sqrt(inside) : log ? log10(inside) : inside;
	}
	double value = strtod(*at, &end);
	if (end == *at)
		fail_msg("expected a number at '%s'", *at);
	*at = end;
	return value;
}

static bool takes(const char **at, const char *sign)
{
	bool found = strncmp(*at, sign, strlen(sign)) == 0;
	*at += found ? strlen(sign) : 0;
	return found;
}

static double power(const char **at)
{
	double value = value_of(at);
	return takes(at, "^") ? pow(value, value_of(at)) : value;
}

static double product(const char **at)
{
	double value = power(at);
	for (;;)
		if (takes(at, " * "))
			value *= power(at);
		else if (takes(at, " / "))
			value /= power(at);
		else
			return value;
}

static double sum(const char **at)
{
	double value = product(at);
	while (takes(at, " + "))
		value += product(at);
	return value;
}

/* "... = NUMBERS = VALUE (layer 1)" */
static void assert_equation(const char *name, char *text)
{
	char *last = NULL, *before = NULL;
	for (char *at = text; (at = strstr(at, " = ")); at += 3) {
		before = last;
		last = at;
	}
	if (!last || !before)
		fail_msg("%s: no numbers are put in: %s", name, text);
	*last = '\0';
	const char *at = before + 3;
	double put_in = sum(&at), value = strtod(last + 3, NULL);
	if (*at || !(fabs(put_in - value) <= 0.05 * fabs(value) + 1e-3 * fabs(put_in)))
		fail_msg("%s: %s gives %g, expected %g", name, before + 3, put_in, value);
}

static const char *formula_of(const char *name)
{
	for (int i = 0; formula_at(i); i++)
		if (strcmp(formula_at(i)->name, name) == 0)
			return formula_at(i)->formula;
	return statistic_find(name)->formula;
}

static void the_present_values_put_into_a_formula_give_its_number(void **state)
{
	static const char *const settings[] = {
		"", "activation=relu depth=5 lr=0.3", "model=rnn data=echo length=6 samples=80 width=4"};
	(void)state;
	for (size_t s = 0; s < COUNT(settings); s++) {
		struct experiment *experiment = experiment_of(settings[s]);
		struct view view = {.layer = 2, .target_loss = 0.1};
		struct picture picture = {.view = &view};
		int checked = 0;
		train(experiment, 3, 1000000, NULL);
		experiment_frame(experiment, EPOCH_PRESENT, &picture.frame);
		for (int p = 0; pane_at(p); p++) {
			char name[40], text[FORMULA_TEXT];
			for (int i = 0; formula_of_pane(pane_at(p), i, name); i++) {
				assert_true(formula_explain(name, &picture, text));
				bool known = !strstr(text, "not recorded") && strstr(text, " = ");
				if (!known || !strstr(formula_of(name), " | "))
					continue;
				bool weights = strstr(formula_of(name), "{weights}") && s == 2;
				if (weights) /* a recurrent layer has several matrices */
					continue;
				assert_equation(name, text);
				checked++;
			}
		}
		assert_true(checked > 8);
		experiment_free(experiment);
	}
}

static void a_text_has_the_layer_its_number_is_about(void **state)
{
	char text[FORMULA_TEXT];
	(void)state;
	struct case_data *made = case_named("vanishing");
	made->view.layer = 5;
	assert_true(formula_explain("left of δ", &made->picture, text));
	assert_non_null(strstr(text, "rms δ / rms δ of the output = "));
	assert_non_null(strstr(text, " (layer 5)"));
	made->view.layer = 11;
	assert_true(formula_explain("grad_rms", &made->picture, text));
	assert_non_null(strstr(text, " (output layer)"));
	assert_true(formula_explain("rmse", &made->picture, text));
	assert_non_null(strstr(text, "(not recorded here)"));
	picture_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statistic_that_a_pane_draws_is_in_its_list),
		cmocka_unit_test(every_name_in_a_list_has_a_formula_and_every_formula_a_pane),
		cmocka_unit_test(the_present_values_put_into_a_formula_give_its_number),
		cmocka_unit_test(a_text_has_the_layer_its_number_is_about),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
