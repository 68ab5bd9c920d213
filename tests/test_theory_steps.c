/* Mean-field theory through time: what comes in and what the state keeps, step by step; and the
 * bands that the ratios of layers or steps make. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "predictions.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum { ROWS = 8, TRAINING = 6 };

/* One input per step, of mean squares 1, 9 and 4 with three steps; rows held out do not count. */
static struct dataset few_sequences(int steps)
{
	static float x[150 * ROWS], target[ROWS] = {0, 1, 0, 1, 0, 1, 0, 1};
	static const float size[] = {1, 3, 2};
	for (int step = 0; step < steps; step++)
		for (int i = 0; i < ROWS; i++)
			x[step * ROWS + i] = i < TRAINING ? size[step % 3] * (i % 2 ? 1 : -1) : 1e9f;
	return (struct dataset){.name = "few",
		.rows = ROWS,
		.training = TRAINING,
		.features = steps,
		.steps = steps,
		.classes = 2,
		.x = x,
		.target = target};
}

/* Four units without a bend in f. */
static struct config steps_config(const char *init, const char *recurrent_init)
{
	struct config config = config_default();
	config.seed = 1;
	config_set(&config, "model", "rnn");
	config_set(&config, "depth", "1");
	config_set(&config, "width", "4");
	config_set(&config, "activation", "identity");
	config_set(&config, "init", init);
	config_set(&config, "gain", "0.5");
	config_set(&config, "recurrent-init", recurrent_init);
	config_set(&config, "recurrent-gain", "3");
	return config;
}

/* Variances by hand: lecun-normal's are gain^2 / inputs, PyTorch's gain^2 / (3 units) for all
 * tensors of the layer, of biases too; and of the output layer's weights. */
static const struct {
	const char *init, *recurrent_init;
	double input, state, biases, output;
} steps_cases[] = {
	{"lecun-normal", "lecun-normal", 0.25, 9 / 4.0, 0, 0.25 / 4},
	{"lecun-normal", "pytorch", 0.25, 9 / 12.0, 9 / 12.0, 0.25 / 4},
	{"pytorch", "lecun-normal", 0.25 / 12, 9 / 4.0, 0.25 / 12, 0.25 / 12},
	{"pytorch", "pytorch", 0.25 / 12, 9 / 12.0, 0.25 / 12 + 9 / 12.0, 0.25 / 12},
};

static void steps_add_what_comes_in_to_what_the_state_keeps(void **state)
{
	static const double square[] = {1, 9, 4};
	struct dataset data = few_sequences(3);
	(void)state;
	for (size_t i = 0; i < LENGTH(steps_cases); i++) {
		struct config config = steps_config(steps_cases[i].init, steps_cases[i].recurrent_init);
		struct theory_layer layer[3];
		struct plan plan;
		double q = 0, chi = 4 * steps_cases[i].state;
		plan_of(&config, &data, &plan);
		assert_true(theory_predict(&plan, &data, layer, NULL));
		for (int t = 0; t < 3; t++) {
			double ratio = sqrt(t < 2 ? chi : steps_cases[i].output);
			q = steps_cases[i].input * square[t] + chi * q + steps_cases[i].biases;
			assert_near(layer[t].q, q, 1e-9 * q, steps_cases[i].init);
			assert_near(layer[t].chi, chi, 1e-9 * chi, steps_cases[i].init);
			assert_near(layer[t].ratio, ratio, 1e-9 * ratio, steps_cases[i].init);
			assert_near(layer[t].typical, ratio, 1e-9 * ratio, steps_cases[i].init);
			assert_near(layer[t].spread, 0, 0, steps_cases[i].init);
		}
	}
}

/* Where a record has a row for some of the steps only, a row's ratio is over the steps between. */
static void rows_of_a_long_sequence_share_its_ratios(void **state)
{
	enum { STEPS = 150 };
	struct dataset data = few_sequences(STEPS);
	struct config config = steps_config("lecun-normal", "lecun-normal");
	struct theory_layer layer[RECORD_STEPS_MAX];
	struct plan plan;
	(void)state;
	config_set(&config, "recurrent-gain", "0.9");
	plan_of(&config, &data, &plan);
	assert_true(theory_predict(&plan, &data, layer, NULL));
	for (int row = 0; row + 1 < RECORD_STEPS_MAX; row++) {
		int between = record_step_of(STEPS, row + 1) - record_step_of(STEPS, row);
		double ratio = between == 1 ? 0.9 : 0.9 * 0.9;
		assert_in_range(between, 1, 2);
		assert_near(layer[row].ratio, ratio, 1e-9, "ratio");
	}
	assert_near(layer[RECORD_STEPS_MAX - 1].ratio, 0.25, 1e-9, "output");
}

static const struct {
	const char *name, *value, *reason;
} steps_answers[] = {
	{"seed", "2", NULL},
	{"depth", "2", "one recurrent layer"},
	{"model", "lstm", "one recurrent layer"},
	{"model", "gru", "one recurrent layer"},
	{"recurrent-init", "identity", "not random"},
	{"recurrent-init", "zeros", "all the same"},
	{"init", "zeros", "all the same"},
};

static void recurrent_networks_have_reasons_of_their_own(void **state)
{
	struct dataset data = few_sequences(3);
	(void)state;
	for (size_t i = 0; i < LENGTH(steps_answers); i++) {
		struct config config = steps_config("he-normal", "he-normal");
		struct theory_layer layer[10];
		struct plan plan;
		const char *reason = "untouched";
		config_set(&config, steps_answers[i].name, steps_answers[i].value);
		plan_of(&config, &data, &plan);
		assert_int_equal(theory_predict(&plan, &data, layer, &reason), !steps_answers[i].reason);
		if (steps_answers[i].reason && !strstr(reason, steps_answers[i].reason))
			fail_msg("%s=%s: %s", steps_answers[i].name, steps_answers[i].value, reason);
	}
}

static void bands_multiply_ratios_and_add_variances_from_the_output_down(void **state)
{
	const struct theory_layer layer[] = {
		{.typical = 0.5, .spread = 0.3},
		{.typical = 0.25, .spread = 0.4},
		{.typical = 4, .spread = 0},
	};
	static const double factor[] = {0.5, 1, 4}, spread[] = {0.5, 0.4, 0};
	struct theory_band band[LENGTH(layer)];
	(void)state;
	theory_bands(layer, LENGTH(layer), band);
	for (size_t l = 0; l < LENGTH(layer); l++) {
		assert_near(band[l].low, factor[l] * exp(-spread[l]), 1e-12, "low");
		assert_near(band[l].high, factor[l] * exp(spread[l]), 1e-12, "high");
	}
}

/* The mean square of u at each time step. */
static void fresh_recurrent_networks_agree_with_the_prediction(void **state)
{
	static const char *const init[] = {"glorot-uniform", "he-normal", "pytorch"};
	(void)state;
	for (size_t i = 0; i < LENGTH(init); i++) {
		struct theory_layer layer[20];
		struct plan plan;
		char settings[200];
		const char *reason = NULL;
		snprintf(settings, sizeof(settings),
			"model=rnn data=echo depth=1 samples=100 length=20 width=200 activation=tanh init=%s",
			init[i]);
		struct experiment *experiment = trained(settings, 0);
		const struct record *record = experiment_record(experiment);
		plan_of(experiment_config(experiment), experiment_data(experiment), &plan);
		if (!theory_predict(&plan, experiment_data(experiment), layer, &reason))
			fail_msg("%s: %s", init[i], reason);
		for (int t = 0; t < 20; t++)
			assert_near(log(record->layer[t].q / layer[t].q), 0, 0.3, init[i]);
		experiment_free(experiment);
	}
}

/* |dL/dh| of a step over that of the next one, and what theory and the recorded f' say of it: of
 * weights with gain g about g rms f'. The same matrix at every step does not spoil the theory. */
static void measured_factors_through_time_are_those_predicted(void **state)
{
	static const struct {
		const char *settings;
		double gain; /* g; each row has a mean square of the weights of g^2 / units */
		double tolerance;
	} rows[] = {
		{"recurrent-init=orthogonal", 1, 0.03},
		{"recurrent-init=orthogonal recurrent-gain=0.5", 0.5, 0.03},
		{"recurrent-init=orthogonal recurrent-gain=1.5", 1.5, 0.03},
		{"recurrent-init=orthogonal activation=sigmoid", 1, 0.03},
		{"recurrent-init=glorot-normal", 1, 0.1},
		{"recurrent-init=lecun-normal recurrent-gain=1.5", 1.5, 0.1},
		{"recurrent-init=he-normal activation=relu", 1.41421356, 0.1},
		{"recurrent-init=pytorch", 0.57735027, 0.1},
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct theory_layer layer[20];
		struct plan plan;
		char settings[200];
		double product = 0, predicted = 0;
		snprintf(settings, sizeof(settings),
			"model=rnn data=echo depth=1 samples=100 length=20 width=200 activation=tanh %s",
			rows[i].settings);
		struct experiment *experiment = trained(settings, 0);
		const struct record *record = experiment_record(experiment);
		plan_of(experiment_config(experiment), experiment_data(experiment), &plan);
		assert_true(theory_predict(&plan, experiment_data(experiment), layer, NULL));
		for (int t = 0; t + 1 < 20; t++) {
			const struct layer_record *here = &record->layer[t];
			double factor = (double)here->delta_rms / (double)here[1].delta_rms;
			assert_near(factor / (rows[i].gain * (double)here[1].deriv_rms), 1,
				2 * rows[i].tolerance, rows[i].settings);
			assert_near((double)here->theory, layer[t].ratio, 1e-6, rows[i].settings);
			product += log(factor);
			predicted += log(layer[t].ratio);
		}
		assert_near((product - predicted) / 19, 0, rows[i].tolerance, rows[i].settings);
		experiment_free(experiment);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_add_what_comes_in_to_what_the_state_keeps),
		cmocka_unit_test(rows_of_a_long_sequence_share_its_ratios),
		cmocka_unit_test(recurrent_networks_have_reasons_of_their_own),
		cmocka_unit_test(bands_multiply_ratios_and_add_variances_from_the_output_down),
		cmocka_unit_test(fresh_recurrent_networks_agree_with_the_prediction),
		cmocka_unit_test(measured_factors_through_time_are_those_predicted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
