/* Mean-field theory: the recursion agrees with independent numbers, the predictions with
 * tabulated and measured networks, and there is none where it does not hold. */
#include "nn/act.h"
#include "nn/elementary.h"

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
#include "tensor_file.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum { DEPTH_MAX = 30 };

static struct meanfield_unit unit_of(const char *activation)
{
	return (struct meanfield_unit){activation, 0.01, 1, 0.25};
}

/* Layers of constant width whose incoming weights have sigma_w^2 = inputs * variance. */
static void recur(const char *activation, double sigma_w2, double sigma_b2, int width,
	struct theory_layer out[DEPTH_MAX])
{
	struct theory_given given[DEPTH_MAX + 1];
	for (int l = 0; l <= DEPTH_MAX; l++)
		given[l] = (struct theory_given){
			width, width, sigma_w2 / width, sigma_b2, false, unit_of(activation)};
	theory_recur(given, DEPTH_MAX + 1, 1, out);
}

/* Decades that delta loses from hidden layer `depth` to layer 1. */
static double decades(const struct theory_layer *layer, int depth, bool typical)
{
	double sum = 0;
	for (int l = 0; l + 1 < depth; l++)
		sum -= log10_f64(typical ? layer[l].typical : layer[l].ratio);
	return sum;
}

/* ---- the recursion ---- */

/* The reference's names of activations are ours with _ for -, but for two. */
static void turn_name(const char *theirs, char *ours, size_t size)
{
	bool hard = strncmp(theirs, "hard", 4) == 0;
	snprintf(ours, size, "%s%s", hard ? "hard-" : "", theirs + (hard ? 4 : 0));
	for (char *at = ours; (at = strchr(at, '_'));)
		*at = '-';
}

static void layers_agree_with_the_reference(void **state)
{
	static const char *const column[] = {"q", "chi", "kappa"};
	struct theory_layer layer[DEPTH_MAX];
	char *line = take_memory(TABLE_LINE_MAX, 1), *field[TABLE_FIELDS_MAX], name[40], what[60];
	FILE *table = fopen("tests/reference/meanfield.csv", "r");
	int rows = 0;
	(void)state;
	assert_non_null(table);
	assert_int_equal(table_row(table, line, field), 7);
	for (; table_row(table, line, field) == 7; rows++) {
		turn_name(field[0], name, sizeof(name));
		assert_non_null(activation_find(name));
		recur(name, atof(field[1]), atof(field[2]), 10, layer);
		const struct theory_layer *at = &layer[atoi(field[3]) - 1];
		const double ours[] = {at->q, at->chi, at->kappa};
		for (size_t i = 0; i < LENGTH(ours); i++) {
			snprintf(what, sizeof(what), "%s layer %s %s", name, field[3], column[i]);
			assert_near(ours[i], atof(field[4 + i]), 1e-5 * fabs(atof(field[4 + i])), what);
		}
	}
	assert_int_equal(rows, 575);
	fclose(table);
	free(line);
}

/* Decades lost between hidden layers 10 and 1, then 30 and 1, at widths 10, 64, 256, 1024, for
 * a typical network; measured networks are within 0.3 decades of them. */
static const struct {
	const char *activation;
	double sigma_w2;
	int depth;
	double theory, typical[4];
} tabulated[] = {
	{"sigmoid", 1, 10, 5.69, {5.90, 5.72, 5.70, 5.69}},
	{"sigmoid", 1, 30, 18.23, {18.89, 18.33, 18.26, 18.24}},
	{"sigmoid", 2, 10, 4.55, {4.78, 4.59, 4.56, 4.56}},
	{"sigmoid", 2, 30, 14.51, {15.21, 14.62, 14.54, 14.52}},
	{"tanh", 1, 10, 0.55, {0.79, 0.59, 0.56, 0.55}},
	{"tanh", 1, 30, 0.80, {1.48, 0.91, 0.83, 0.81}},
	{"tanh", 2, 10, -0.01, {0.33, 0.04, 0.00, -0.01}},
	{"tanh", 2, 30, -0.45, {0.57, -0.29, -0.41, -0.44}},
	{"relu", 1, 10, 1.35, {1.84, 1.43, 1.37, 1.36}},
	{"relu", 1, 30, 4.36, {5.94, 4.61, 4.43, 4.38}},
	{"relu", 2, 10, 0, {0.49, 0.08, 0.02, 0.00}},
	{"relu", 2, 30, 0, {1.57, 0.25, 0.06, 0.02}},
	{"gelu", 1, 10, 2.39, {2.70, 2.44, 2.40, 2.39}},
	{"gelu", 1, 30, 8.41, {9.15, 8.53, 8.44, 8.42}},
	{"gelu", 2, 10, 0.12, {0.64, 0.20, 0.14, 0.13}},
	{"gelu", 2, 30, 2.56, {3.73, 2.74, 2.60, 2.57}},
};

static void decades_agree_with_the_tabulated_ones(void **state)
{
	static const int width[] = {10, 64, 256, 1024};
	struct theory_layer layer[DEPTH_MAX];
	(void)state;
	for (size_t i = 0; i < LENGTH(tabulated); i++)
		for (size_t k = 0; k < LENGTH(width); k++) {
			recur(tabulated[i].activation, tabulated[i].sigma_w2, 0, width[k], layer);
			assert_near(decades(layer, tabulated[i].depth, false), tabulated[i].theory, 0.0051,
				tabulated[i].activation);
			assert_near(decades(layer, tabulated[i].depth, true), tabulated[i].typical[k], 0.0051,
				tabulated[i].activation);
		}
}

/* Weights of N(0, 1): sigma_w^2 is the width. */
/* clang-format off */
static const struct {
	const char *activation;
	int depth, width;
	double theory;
} of_unit_weights[] = {
	{"sigmoid", 10, 10, 2.41}, {"sigmoid", 10, 1024, -2.11}, {"sigmoid", 30, 64, 1.54},
	{"sigmoid", 30, 256, -2.69}, {"tanh", 10, 64, -2.92}, {"tanh", 30, 10, -4.14},
	{"tanh", 30, 1024, -17.93}, {"relu", 10, 256, -9.48}, {"relu", 30, 1024, -39.28},
};
/* clang-format on */

static void wide_networks_of_unit_weights_explode_as_tabulated(void **state)
{
	struct theory_layer layer[DEPTH_MAX];
	(void)state;
	for (size_t i = 0; i < LENGTH(of_unit_weights); i++) {
		int width = of_unit_weights[i].width;
		recur(of_unit_weights[i].activation, width, 0, width, layer);
		assert_near(decades(layer, of_unit_weights[i].depth, false), of_unit_weights[i].theory,
			0.0051, of_unit_weights[i].activation);
	}
}

static const struct {
	const char *activation;
	double sigma_w2, q, ratio;
} fixed_points[] = {
	{"sigmoid", 1, 0.2647, 0.2361},
	{"sigmoid", 2, 0.5553, 0.3178},
	{"tanh", 2, 0.618, 1.0514},
};

static void deep_layers_come_to_their_fixed_point(void **state)
{
	struct theory_layer layer[DEPTH_MAX];
	(void)state;
	for (size_t i = 0; i < LENGTH(fixed_points); i++) {
		recur(fixed_points[i].activation, fixed_points[i].sigma_w2, 0, 10, layer);
		const struct theory_layer *last = &layer[DEPTH_MAX - 1];
		/* tanh is still on its way there at layer 30 */
		assert_near(last->q, fixed_points[i].q, 5e-4, fixed_points[i].activation);
		assert_near(last->ratio, fixed_points[i].ratio, 5e-4, fixed_points[i].activation);
	}
}

/* ---- from settings and data ---- */

enum { ROWS = 8, TRAINING = 6 };

/* Six points of mean square 8/3; two held out that must not count. */
static struct dataset few_points(void)
{
	static float x[2 * ROWS] = {
		1,
		-1,
		1,
		-1,
		1,
		-1,
		1e9f,
		1e9f,
		2,
		-2,
		2,
		-2,
		3,
		-1,
		1e9f,
		1e9f,
	};
	static float target[ROWS] = {0, 1, 0, 1, 0, 1, 0, 1};
	return (struct dataset){.name = "few",
		.rows = ROWS,
		.training = TRAINING,
		.features = 2,
		.classes = 2,
		.x = x,
		.target = target};
}

/* ReLU has everything in closed form, layers of unequal fans included. */
static void prediction_takes_its_variances_from_the_plan(void **state)
{
	struct dataset data = few_points();
	struct config config = config_default();
	config.seed = 1;
	struct theory_layer layer[3];
	struct plan plan;
	const char *reason = "";
	(void)state;
	config_set(&config, "depth", "3");
	config_set(&config, "width", "20");
	config_set(&config, "activation", "relu");
	config_set(&config, "gain", "0.5");
	plan_of(&config, &data, &plan);
	assert_true(theory_predict(&plan, &data, layer, &reason));
	assert_null(reason);
	/* Glorot with a quarter of the variance: 2 / (in + out) / 4 */
	const double inner = 20 * 0.5 / (20 + 20) / 2, chi[] = {inner, inner, 1 * 0.5 / (20 + 1) / 2};
	double q = 2 * 0.5 / (2 + 20) * 8 / 3;
	for (int l = 0; l < 3; l++) {
		assert_near(layer[l].q, q, 1e-6 * q, "q");
		assert_near(layer[l].chi, chi[l], 1e-9, "chi");
		assert_near(layer[l].ratio, sqrt(chi[l]), 1e-9, "ratio");
		assert_near(layer[l].kappa, 5, 1e-9, "kappa");
		assert_near(layer[l].typical, sqrt(chi[l]) * exp(-5 / 80.0), 1e-9, "typical");
		assert_near(layer[l].spread, sqrt(5 / 80.0), 1e-9, "spread");
		q *= inner;
	}
}

/* Uniform within 1 / sqrt(inputs): a variance of 1 / (3 inputs), of biases too. */
static void drawn_biases_count(void **state)
{
	struct dataset data = few_points();
	struct config config = config_default();
	config.seed = 1;
	struct theory_layer layer[10];
	struct plan plan;
	(void)state;
	config_set(&config, "init", "pytorch");
	config_set(&config, "activation", "identity");
	plan_of(&config, &data, &plan);
	assert_true(theory_predict(&plan, &data, layer, NULL));
	assert_near(layer[0].q, 8.0 / 9 + 1.0 / 6, 1e-6, "layer 1");
	assert_near(layer[1].q, layer[0].q / 3 + 1.0 / 30, 1e-9, "layer 2");
}

/* A square orthogonal matrix turns delta and leaves its length: nothing scatters in a linear
 * network, and in others only what f' does. */
static void orthogonal_weights_scatter_less(void **state)
{
	struct dataset data = few_points();
	struct config config = config_default();
	config.seed = 1;
	struct theory_layer layer[10];
	struct plan plan;
	(void)state;
	config_set(&config, "init", "orthogonal");
	config_set(&config, "activation", "identity");
	plan_of(&config, &data, &plan);
	assert_true(theory_predict(&plan, &data, layer, NULL));
	assert_near(layer[4].kappa, 0, 1e-12, "identity");
	assert_near(layer[4].typical, 1, 1e-12, "identity");
	assert_false(isnan(layer[4].spread));
	config_set(&config, "activation", "relu");
	plan_of(&config, &data, &plan);
	assert_true(theory_predict(&plan, &data, layer, NULL));
	assert_near(layer[4].kappa, 3, 1e-9, "relu");
	assert_near(layer[9].kappa, 3, 1e-9, "relu before the only output");
	const struct theory_given widening[] = {
		{2, 10, 0.1, 0, true, unit_of("relu")}, {10, 40, 0.1, 0, true, unit_of("relu")}};
	theory_recur(widening, 2, 1, layer);
	assert_near(layer[0].kappa, 4.5, 1e-9, "relu before a wider layer");
}

static void slopes_of_the_settings_count(void **state)
{
	struct dataset data = few_points();
	struct config config = config_default();
	config.seed = 1;
	struct theory_layer layer[10];
	struct plan plan;
	(void)state;
	config_set(&config, "init", "he-normal");
	config_set(&config, "activation", "leaky-relu");
	config_set(&config, "leaky-slope", "0.5");
	plan_of(&config, &data, &plan);
	assert_true(theory_predict(&plan, &data, layer, NULL));
	assert_near(layer[3].chi, 1 + 0.25, 1e-9, "leaky-relu");
	config_set(&config, "activation", "prelu");
	plan_of(&config, &data, &plan);
	assert_true(theory_predict(&plan, &data, layer, NULL));
	assert_near(layer[3].chi, 1 + 0.0625, 1e-9, "prelu");
	config_set(&config, "activation", "elu");
	config_set(&config, "elu-alpha", "0");
	plan_of(&config, &data, &plan);
	assert_true(theory_predict(&plan, &data, layer, NULL));
	assert_near(layer[3].chi, 1, 1e-9, "elu");
}

static const struct {
	const char *name, *value, *reason; /* NULL: it holds */
} answers[] = {
	{"activation", "tanh", NULL},
	{"init", "uniform", NULL},
	{"init", "normal", NULL},
	{"init", "he-normal-truncated", NULL},
	{"init", "orthogonal", NULL},
	{"init", "pytorch", NULL},
	{"init", "zeros", "all the same"},
	{"init", "constant", "all the same"},
	{"init", "lsuv", "scaled"},
	{"init", "identity", "not random"},
	{"init", "uniform-2-5", "mean"},
	{"gain", "0", "all the same"},
	{"depth", "0", "no hidden layer"},
	{"norm", "batch", "normalization"},
	{"norm", "layer", "normalization"},
	{"skip", "1", "skip connections"},
	{"dropout", "0.1", "dropout"},
};

static void prediction_says_why_there_is_none(void **state)
{
	struct dataset data = few_points();
	(void)state;
	for (size_t i = 0; i < LENGTH(answers); i++) {
		struct config config = config_default();
		config.seed = 1;
		struct theory_layer layer[10] = {{.q = -7}};
		struct plan plan;
		const char *reason = "untouched";
		config_set(&config, answers[i].name, answers[i].value);
		plan_of(&config, &data, &plan);
		assert_int_equal(theory_predict(&plan, &data, layer, &reason), !answers[i].reason);
		if (!answers[i].reason)
			assert_null(reason);
		else if (!reason || !strstr(reason, answers[i].reason) || layer[0].q != -7)
			fail_msg("%s=%s: %s", answers[i].name, answers[i].value, reason ? reason : "holds");
	}
}

static void uneven_bounds_and_empty_inputs_have_no_prediction(void **state)
{
	static float nothing[ROWS];
	struct dataset data = few_points();
	struct config config = config_default();
	config.seed = 1;
	struct theory_layer layer[10];
	struct plan plan;
	(void)state;
	config_set(&config, "init", "uniform");
	config_set(&config, "init-high", "0.75");
	plan_of(&config, &data, &plan);
	assert_false(theory_predict(&plan, &data, layer, NULL));
	config_set(&config, "init-low", "-0.75");
	plan_of(&config, &data, &plan);
	assert_true(theory_predict(&plan, &data, layer, NULL));
	data.features = 1;
	data.x = nothing;
	plan_of(&config, &data, &plan);
	assert_false(theory_predict(&plan, &data, layer, NULL));
}

/* Whatever initializer it believes draws independent numbers of mean 0 and of its deviation. */
static void only_centred_random_weights_are_believed(void **state)
{
	enum { FAN = 64, DRAWS = FAN * FAN };
	const struct initializer *row;
	struct dataset data = few_points();
	struct theory_layer layer[10];
	struct plan plan;
	int believed = 0;
	(void)state;
	for (int i = 0; (row = initializer_at(i)); i++) {
		struct config config = config_default();
		config.seed = 1;
		struct rng rng = rng_stream(3, "weights", (uint64_t)i);
		config_set(&config, "init", row->name);
		plan_of(&config, &data, &plan);
		if (!theory_predict(&plan, &data, layer, NULL))
			continue;
		/* orthogonal ones are drawn normal, and only then made what they are */
		double deviation = row->orthogonal ? 1 : row->std(&plan.initial, FAN, FAN);
		double sum = 0, squares = 0;
		int zeros = 0;
		for (int k = 0; k < DRAWS; k++) {
			double w = row->draw(&plan.initial, &rng, FAN, FAN, k / FAN, k % FAN);
			sum += w;
			squares += w * w;
			zeros += w == 0;
		}
		assert_near(sum / DRAWS, 0, 5 * deviation / FAN, row->name);
		assert_near(sqrt(squares / DRAWS), deviation, 0.06 * deviation, row->name);
		assert_int_equal(zeros, 0);
		believed++;
	}
	assert_true(believed >= 13);
}

/* ---- beside measurement ---- */

static struct experiment *measured(const struct config *config)
{
	struct error error = {0, ""};
	struct experiment *experiment = experiment_new(config, &error);
	if (!experiment)
		fail_msg("%s", error.text);
	enum experiment_state now;
	while ((now = experiment_advance(experiment, 10000000)) == EXPERIMENT_BUSY)
		continue;
	assert_int_equal(now, EXPERIMENT_RECORD);
	return experiment;
}

static void fresh_networks_lie_within_the_band(void **state)
{
	static const char *const run[][2] = {{"sigmoid", "glorot-uniform"}, {"tanh", "he-normal"},
		{"relu", "he-uniform"}, {"gelu", "lecun-normal"}, {"sigmoid", "uniform"},
		{"elu", "orthogonal"}, {"sigmoid", "pytorch"}};
	(void)state;
	for (size_t i = 0; i < LENGTH(run); i++) {
		struct config config = config_default();
		config.seed = 1;
		struct theory_layer layer[6];
		struct plan plan;
		config_set(&config, "samples", "100");
		config_set(&config, "depth", "6");
		config_set(&config, "width", "200");
		config_set(&config, "activation", run[i][0]);
		config_set(&config, "init", run[i][1]);
		struct experiment *experiment = measured(&config);
		const struct record *record = experiment_record(experiment);
		plan_of(&config, experiment_data(experiment), &plan);
		assert_true(theory_predict(&plan, experiment_data(experiment), layer, NULL));
		for (int l = 0; l < 6; l++) {
			double ratio = (double)record->layer[l].delta_rms / record->layer[l + 1].delta_rms;
			assert_near(log(ratio / layer[l].typical), 0, 4 * layer[l].spread, run[i][0]);
			assert_near(log(record->layer[l].q / layer[l].q), 0, 0.7, run[i][0]);
		}
		experiment_free(experiment);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers_agree_with_the_reference),
		cmocka_unit_test(decades_agree_with_the_tabulated_ones),
		cmocka_unit_test(wide_networks_of_unit_weights_explode_as_tabulated),
		cmocka_unit_test(deep_layers_come_to_their_fixed_point),
		cmocka_unit_test(prediction_takes_its_variances_from_the_plan),
		cmocka_unit_test(drawn_biases_count),
		cmocka_unit_test(orthogonal_weights_scatter_less),
		cmocka_unit_test(slopes_of_the_settings_count),
		cmocka_unit_test(prediction_says_why_there_is_none),
		cmocka_unit_test(uneven_bounds_and_empty_inputs_have_no_prediction),
		cmocka_unit_test(only_centred_random_weights_are_believed),
		cmocka_unit_test(fresh_networks_lie_within_the_band),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
