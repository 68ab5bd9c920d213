/* Models: each fits its data, and a change of one of the two brings the other; what is named
 * together with it stays, and a written session or command line leads to the same settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/all_settings.h"
#include "app/journal.h"
#include "app/script.h"
#include "frames.h"
#include "lab/models.h"
#include "nn/rng.h"
#include "place.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void set(struct all_settings *settings, const char *pair)
{
	struct error error = {STATUS_DONE, ""};
	if (!all_settings_assign_pair(settings, pair, &error))
		fail_msg("%s: %s", pair, error.text);
}

/* The settings after these, one after the other. */
static struct all_settings after(const char *pairs)
{
	struct all_settings settings = all_settings_default();
	char copy[400], *rest = copy;
	snprintf(copy, sizeof(copy), "%s", pairs);
	for (char *pair; (pair = strtok_r(rest, " ", &rest));)
		set(&settings, pair);
	return settings;
}

/* The settings after these, named together. */
static struct config together(const char *pairs)
{
	struct config config = config_default();
	struct settings_list list = settings_list_begin(&config);
	struct error error = {STATUS_DONE, ""};
	char copy[400], *rest = copy;
	snprintf(copy, sizeof(copy), "%s", pairs);
	for (char *pair; (pair = strtok_r(rest, " ", &rest));)
		assert_true(settings_list_run_pair(&list, &config, pair, &error));
	settings_list_end(&list, &config);
	return config;
}

static void assert_has(const struct config *config, const char *pairs, const char *what)
{
	struct config wanted = *config;
	char difference[300];
	config_assign_list(&wanted, pairs, NULL);
	config_difference(config, &wanted, difference, sizeof(difference));
	if (difference[0])
		fail_msg("%s: expected %s", what, difference);
}

static void every_model_learns_from_its_data(void **state)
{
	const struct model_type *row;
	(void)state;
	for (int i = 0; (row = model_type_at(i)); i++) {
		char pair[80];
		assert_true(row->takes & dataset_kinds(row->data));
		assert_int_equal(row->chooses & row->takes, row->chooses);
		assert_in_range(strlen(row->help), 20, 72);
		snprintf(pair, sizeof(pair), "model=%s", row->name);
		struct all_settings settings = after(pair);
		settings.config.samples = 50;
		settings.config.length = 4;
		settings.config.depth = 2;
		settings.config.seed = 1;
		struct error error = {STATUS_DONE, ""};
		struct experiment *e = experiment_new(&settings.config, &error);
		if (!e)
			fail_msg("%s: %s", row->name, error.text);
		train(e, 1, UINT64_MAX, NULL);
		for (int l = 1; l <= 3; l++)
			assert_true(record_layer(experiment_record(e), l)->grad_rms > 0);
		experiment_free(e);
	}
}

/* By a key or at the prompt. */
static void data_and_model_follow_each_other(void **state)
{
	static const struct {
		const char *changes, *expected;
	} cases[] = {
		{"model=rnn", "data=echo depth=1 width=32 activation=tanh optimizer=adam"},
		{"model=lstm", "data=echo depth=1"},
		{"data=parity", "model=rnn depth=1 width=32 activation=tanh"},
		{"data=parity model=lstm", "data=parity depth=1"},
		{"model=rnn depth=3 model=gru", "depth=3 data=echo"},
		{"model=rnn data=iris", "model=mlp depth=10 width=10 activation=sigmoid optimizer=sgd"},
		{"model=rnn data=./some.csv", "model=mlp depth=10"},
		{"depth=3 data=iris", "model=mlp depth=3"},
		{"depth=3 data=digits", "model=mlp depth=3"},
		/* the same data for a network without time, to compare */
		{"model=rnn model=mlp", "data=echo depth=10"},
		{"model=rnn model=mlp data=adding", "model=mlp data=adding"},
		{"model=rnn model=mlp data=moons data=adding", "model=rnn"},
		{"data=./some.csv target=x model=rnn", "data=echo target="},
		{"norm=batch skip=1 freeze=2 lr=0.5 model=rnn", "norm=none skip=0 freeze=0 lr=auto"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct all_settings settings = after(cases[i].changes);
		assert_has(&settings.config, cases[i].expected, cases[i].changes);
	}
}

/* On a command line. */
static void what_is_named_together_stays(void **state)
{
	static const struct {
		const char *pairs, *expected;
	} cases[] = {
		{"model=rnn", "data=echo depth=1 width=32"},
		{"depth=3 model=rnn", "depth=3 width=32"},
		{"model=rnn depth=10", "depth=10 width=32"},
		{"data=echo", "model=rnn depth=1"},
		{"data=echo model=mlp", "model=mlp depth=10"},
		{"model=mlp data=echo", "model=mlp depth=10"},
		{"model=rnn data=adding", "model=rnn data=adding depth=1"},
		{"model=rnn data=moons", "model=rnn data=moons"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct config config = together(cases[i].pairs);
		assert_has(&config, cases[i].expected, cases[i].pairs);
	}
}

static void what_does_not_go_together_is_refused_in_a_line(void **state)
{
	static const struct {
		const char *settings, *says;
	} cases[] = {
		{"model=rnn data=moons depth=1",
			"model=rnn learns from sequences, but moons has points: try data=echo, or model=mlp"},
		{"model=lstm data=digits depth=1", "digits has images"},
		{"model=gru data=echo depth=0", "depth=0: model=gru has at least 1 hidden layer"},
		{"model=rnn data=echo norm=batch", "norm=batch: model=rnn has norm=none only"},
		{"model=rnn data=echo skip=1", "skip=1: model=rnn has skip=0 only"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct experiment *e = experiment_of(cases[i].settings);
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_FAILED);
		const char *text = experiment_error(e)->text;
		if (!strstr(text, cases[i].says) || strchr(text, '\n'))
			fail_msg("%s: found '%s', expected '%s'", cases[i].settings, text, cases[i].says);
		experiment_free(e);
	}
}

/* Changes by keys and at the prompt, from the seed; each of the settings that depend on each other
 * is likely. */
static void change_something(struct rng *rng, struct all_settings *settings)
{
	static const char *const names[] = {
		"data", "model", "depth", "width", "activation", "optimizer"};
	uint32_t which = rng_below(rng, COUNT(names) + 1);
	int index = which < COUNT(names) ? all_settings_find(names[which], NULL)
									 : (int)rng_below(rng, (uint32_t)config_table.count);
	all_settings_step(settings, index, rng_below(rng, 2) ? 1 : -1);
}

static void a_command_line_leads_to_the_same_settings(void **state)
{
	struct rng rng = rng_stream(1, "test", 0);
	(void)state;
	for (int round = 0; round < 300; round++) {
		struct all_settings standard = all_settings_default(), settings = standard;
		char line[COMMAND_LINE_MAX];
		for (uint32_t i = rng_below(&rng, 8); i > 0; i--)
			change_something(&rng, &settings);
		assert_true(all_settings_command_line(&settings, &standard, line));
		const struct config reached = together(line + strlen("wane"));
		if (!config_same(&reached, &settings.config))
			fail_msg("%s leads to other settings", line);
	}
}

static void a_session_leads_to_the_same_settings(void **state)
{
	const struct place *place = *state;
	struct rng rng = rng_stream(2, "test", 0);
	for (int round = 0; round < 200; round++) {
		struct journal journal = {0};
		struct all_settings start = all_settings_default();
		for (uint32_t i = rng_below(&rng, 8); i > 0; i--)
			change_something(&rng, &start);
		struct all_settings settings = start;
		for (uint32_t i = rng_below(&rng, 8); i > 0; i--)
			change_something(&rng, &settings);
		journal_start(&journal, &start);
		journal_change(&journal, 3, false, &start.config, &settings.config, true);
		struct error error;
		assert_true(journal_save(&journal, 5, place->file, &error));
		journal_free(&journal);
		struct script *script = script_load(place->file, &error);
		if (!script)
			fail_msg("%s", error.text);
		assert_true(config_same(&script->start.config, &start.config));
		struct all_settings reached = script->start;
		for (int i = 0; i < script->count; i++)
			if (strchr(script->line[i].text, '='))
				set(&reached, script->line[i].text);
		assert_true(config_same(&reached.config, &settings.config));
		script_free(script);
	}
}

/* Layers of 64, 512, 512 (pooled to 128), 128 and 128 units (pooled to 8), and ten outputs. */
static void a_convolution_is_compared_with_dense_layers_of_as_many_units(void **state)
{
	(void)state;
	struct experiment *cnn = trained("model=cnn data=digits depth=4 width=8", 0);
	struct experiment *mlp = trained("data=digits depth=4 width=8", 0);
	const struct frame of_cnn = frame_of(cnn), of_mlp = frame_of(mlp);
	double dense = 65 * 512 + 513 * 512 + 129 * 128 + 129 * 128 + 9 * 10;
	assert_true(of_cnn.model->unshared == dense);
	assert_int_equal(of_cnn.model->parameters, 9 * 8 + 8 + 3 * (9 * 8 * 8 + 8) + 9 * 10);
	assert_true(of_mlp.model->unshared == 0);
	experiment_free(cnn);
	experiment_free(mlp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_model_learns_from_its_data),
		cmocka_unit_test(data_and_model_follow_each_other),
		cmocka_unit_test(what_is_named_together_stays),
		cmocka_unit_test(what_does_not_go_together_is_refused_in_a_line),
		cmocka_unit_test(a_command_line_leads_to_the_same_settings),
		cmocka_unit_test_setup_teardown(
			a_session_leads_to_the_same_settings, place_make, place_remove),
		cmocka_unit_test(a_convolution_is_compared_with_dense_layers_of_as_many_units),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
