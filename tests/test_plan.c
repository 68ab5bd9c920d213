/* Plans: what settings and data together ask of the network. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/models.h"
#include "lab/stats.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { ROWS = 10, TRAINING = 8, MANY = 5000 };

static float inputs[64 * ROWS];

/* Two rows are held out and must not count. */
static struct dataset dataset_of(int features, int classes, float *target)
{
	return (struct dataset){.name = "few",
		.rows = ROWS,
		.training = TRAINING,
		.features = features,
		.classes = classes,
		.x = inputs,
		.target = target};
}

static float one_of_four[ROWS] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1};
static float three_classes[ROWS] = {0, 1, 1, 2, 2, 2, 2, 2, 0, 0};
static float values[ROWS] = {1, 1, 1, 1, 3, 3, 3, 5, 100, 100};

static bool makes(const struct dataset *data, const char *settings, struct plan *plan, char *why)
{
	static struct config config; /* whose strings a plan has */
	struct error error = {0};
	config = config_with(config_default(), settings);
	bool made = plan_make(&config, data, plan, &error);
	strcpy(why, error.text);
	return made;
}

static struct plan planned(const struct dataset *data, const char *settings)
{
	char why[sizeof(((struct error *)0)->text)];
	struct plan plan;
	if (!makes(data, settings, &plan, why))
		fail_msg("%s: %s", settings, why);
	return plan;
}

/* Of an answer that is right with probability p: in bits of e, as one output and as one of many. */
static double ce(double p)
{
	return -p * log(p);
}

static double bce(double p)
{
	return -p * log(p) - (1 - p) * log(1 - p);
}

static void the_baseline_is_the_loss_of_the_best_constant_answer(void **state)
{
	const struct dataset two = dataset_of(2, 2, one_of_four),
						 three = dataset_of(2, 3, three_classes);
	const struct dataset numbers = dataset_of(2, 0, values);
	const double mse = (0.125 * 0.875 + 0.25 * 0.75 + 0.625 * 0.375) / 3;
	const struct {
		const struct dataset *data;
		const char *loss;
		int outputs;
		double baseline;
	} cases[] = {
		{&two, "auto", 1, bce(0.25)},
		{&two, "bce", 1, bce(0.25)},
		{&two, "mse", 1, 0.25 * 0.75},
		{&two, "ce", 2, ce(0.25) + ce(0.75)},
		{&three, "auto", 3, ce(0.125) + ce(0.25) + ce(0.625)},
		{&three, "bce", 3, (bce(0.125) + bce(0.25) + bce(0.625)) / 3},
		{&three, "mse", 3, mse},
		{&numbers, "auto", 1, (4 * 1 + 3 * 9 + 25) / 8.0 - 2.25 * 2.25},
		{&numbers, "mse", 1, (4 * 1 + 3 * 9 + 25) / 8.0 - 2.25 * 2.25},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char settings[40];
		snprintf(settings, sizeof(settings), "loss=%s", cases[i].loss);
		const struct plan plan = planned(cases[i].data, settings);
		if (fabs(plan.baseline_loss - cases[i].baseline) > 1e-12)
			fail_msg("%zu: %s: %.17g", i, plan.spec.loss, plan.baseline_loss);
		assert_int_equal(plan.spec.size[plan.spec.layers], cases[i].outputs);
	}
}

static void a_class_that_is_all_there_is_leaves_no_loss(void **state)
{
	float ones[ROWS] = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0};
	const struct dataset data = dataset_of(2, 2, ones);
	(void)state;
	assert_true(planned(&data, "loss=bce").baseline_loss == 0);
	assert_true(planned(&data, "loss=ce").baseline_loss == 0);
}

static void targets_are_values_or_one_for_the_class(void **state)
{
	const struct dataset two = dataset_of(2, 2, one_of_four),
						 three = dataset_of(2, 3, three_classes);
	const struct dataset numbers = dataset_of(2, 0, values);
	const struct plan one = planned(&two, "loss=bce"), both = planned(&two, "loss=ce");
	const struct plan each = planned(&three, "loss=ce"), value = planned(&numbers, "loss=mse");
	(void)state;
	for (int row = 0; row < ROWS; row++) {
		assert_true(plan_target(&one, &two, row, 0) == one_of_four[row]);
		assert_true(plan_target(&value, &numbers, row, 0) == values[row]);
		for (int o = 0; o < 2; o++)
			assert_true(plan_target(&both, &two, row, o) == (one_of_four[row] == (float)o));
		for (int o = 0; o < 3; o++)
			assert_true(plan_target(&each, &three, row, o) == (three_classes[row] == (float)o));
	}
}

/* Three passes over the weights, biases left out, for each sample and each place of a kernel. */
static void an_epoch_costs_its_multiply_adds(void **state)
{
	struct dataset points = dataset_of(2, 2, one_of_four), sequence = dataset_of(6, 2, one_of_four);
	struct dataset image = dataset_of(64, 2, one_of_four);
	(void)state;
	sequence.steps = 3;
	image.image_width = image.image_height = 8;
	const struct {
		const struct dataset *data;
		const char *settings;
		uint64_t weights;
	} cases[] = {
		{&points, "depth=0", 2},
		{&points, "depth=2 width=5", 2 * 5 + 5 * 5 + 5},
		{&sequence, "model=rnn depth=1 width=4", 3 * (2 * 4 + 4 * 4) + 4},
		{&sequence, "model=rnn depth=2 width=4", 3 * (2 * 4 + 4 * 4) + 3 * (2 * 4 * 4) + 4},
		{&sequence, "model=lstm depth=1 width=4", 4 * 3 * (2 * 4 + 4 * 4) + 4},
		{&image, "model=cnn depth=1 width=4", 64 * 9 * 4 + 4},
		{&image, "model=cnn depth=2 width=4", 64 * 9 * 4 + 16 * 9 * 4 * 4 + 4},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct plan plan = planned(cases[i].data, cases[i].settings);
		if (plan.epoch_cost != 3 * TRAINING * cases[i].weights)
			fail_msg("%s: %llu", cases[i].settings, (unsigned long long)plan.epoch_cost);
	}
}

static void the_last_minibatch_may_be_smaller(void **state)
{
	static const struct {
		const char *settings;
		int batch, steps;
	} cases[] = {{"batch=1", 1, 8}, {"batch=3", 3, 3}, {"batch=4", 4, 2}, {"batch=7", 7, 2},
		{"batch=8", 8, 1}, {"batch=9", 8, 1}, {"batch=0", 8, 1}};
	const struct dataset data = dataset_of(2, 2, one_of_four);
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct plan plan = planned(&data, cases[i].settings);
		assert_int_equal(plan.batch, cases[i].batch);
		assert_int_equal(plan.steps, cases[i].steps);
		assert_int_equal(plan.capacity, 8);
	}
}

static void batch_norm_is_measured_over_as_many_as_can_be(void **state)
{
	static float target[MANY];
	static const struct {
		const char *settings;
		int training, capacity;
	} cases[] = {{"batch=10", MANY, 128}, {"batch=10", 100, 100}, {"batch=200", MANY, 200},
		{"batch=10 norm=batch", MANY, 4096}, {"batch=10 norm=batch", 3000, 3000},
		{"batch=10 norm=layer", MANY, 128}};
	struct dataset data = dataset_of(2, 2, target);
	(void)state;
	for (int i = 0; i < MANY; i++)
		target[i] = (float)(i % 2);
	data.rows = MANY;
	for (size_t i = 0; i < COUNT(cases); i++) {
		data.training = cases[i].training;
		assert_int_equal(planned(&data, cases[i].settings).capacity, cases[i].capacity);
	}
}

/* Halves of it are tried until a pass fits. */
static void what_does_not_fit_is_measured_in_smaller_passes(void **state)
{
	static float target[MANY];
	struct dataset data = dataset_of(2, 2, target);
	(void)state;
	data.rows = data.training = MANY;
	const struct plan little = planned(&data, "batch=10 width=200 depth=3");
	const struct plan large =
		planned(&data, "batch=10 width=200 depth=3 norm=batch memory-limit=16");
	size_t limit = (size_t)16 << 20, other = MANY * 6 * sizeof(float) + stats_bytes(&large.spec);
	assert_int_equal(little.capacity, 128);
	assert_true(large.capacity < 4096 && 4096 % large.capacity == 0);
	assert_true(net_bytes(&large.spec, large.capacity) + other <= limit);
	assert_true(net_bytes(&large.spec, 2 * large.capacity) + other > limit);
}

/* Its whole need in MiB, rounded up. */
static void what_never_fits_is_refused_with_what_it_needs(void **state)
{
	const struct dataset data = dataset_of(2, 2, one_of_four);
	char why[sizeof(((struct error *)0)->text)], expected[200];
	struct plan plan;
	(void)state;
	assert_false(makes(&data, "batch=3 width=1000 depth=4 memory-limit=16", &plan, why));
	size_t other = ROWS * 6 * sizeof(float) + stats_bytes(&plan.spec);
	size_t needs = ((net_bytes(&plan.spec, 3) + other) >> 20) + 1;
	snprintf(expected, sizeof(expected),
		"network of 4 hidden layers of 1000 units with batches of 3: needs %zu MiB, memory-limit "
		"is 16 MiB",
		needs);
	assert_string_equal(why, expected);
	assert_true(plan.capacity == 3 && needs > 16);
}

static void plans_refuse_what_does_not_go_together(void **state)
{
	const struct dataset points = dataset_of(2, 2, one_of_four), numbers = dataset_of(2, 0, values);
	struct dataset all = points;
	(void)state;
	all.training = ROWS;
	const struct {
		const struct dataset *data;
		const char *settings, *why; /* NULL: it goes */
	} cases[] = {
		{&points, "depth=3 freeze=3", NULL},
		{&points, "depth=3 freeze=4", "freeze=4: there are 3 hidden layers"},
		{&points, "norm=batch batch=2", NULL},
		{&points, "norm=batch batch=4", NULL},
		{&points, "norm=batch batch=6", NULL},
		{&points, "norm=batch batch=7", "a minibatch of one point"},
		{&points, "norm=batch batch=1", "a minibatch of one point"},
		{&points, "norm=layer batch=1", NULL},
		{&points, "stop=5", NULL},
		{&all, "stop=5", "stop=5 needs points to validate on"},
		{&all, "stop=0", NULL},
		{&numbers, "loss=bce", "use mse"},
		{&numbers, "loss=mse", NULL},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char why[sizeof(((struct error *)0)->text)];
		struct plan plan;
		bool made = makes(cases[i].data, cases[i].settings, &plan, why);
		if (made != !cases[i].why || (cases[i].why && !strstr(why, cases[i].why)))
			fail_msg("%s: '%s'", cases[i].settings, why);
	}
}

/* The last layer takes the mean of each map, the middle one the largest of each 2x2 places. */
static void a_convolutional_network_pools_in_its_middle_and_at_its_end(void **state)
{
	static const struct {
		int depth, width, height;
		const char *pools; /* of the layers: '2' the largest of 2x2, 'm' the mean, '.' none */
	} cases[] = {{1, 8, 8, "m"}, {2, 8, 8, "2m"}, {3, 8, 8, ".2m"}, {4, 8, 8, ".2.m"},
		{5, 8, 8, "..2.m"}, {2, 64, 1, ".m"}, {2, 1, 64, ".m"}, {2, 2, 32, "2m"}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dataset data = dataset_of(64, 2, one_of_four);
		char settings[40];
		data.image_width = cases[i].width;
		data.image_height = cases[i].height;
		snprintf(settings, sizeof(settings), "model=cnn width=5 depth=%d", cases[i].depth);
		const struct plan plan = planned(&data, settings);
		int places = 64;
		for (int l = 1; l <= cases[i].depth; l++) {
			char pool = cases[i].pools[l - 1];
			places = pool == 'm' ? 1 : pool == '2' ? places / 4 : places;
			assert_int_equal(plan.spec.pool[l - 1],
				pool == 'm'       ? NET_POOL_MEAN
					: pool == '2' ? NET_POOL_MAX
								  : 0);
			assert_int_equal(plan.spec.size[l], 5 * places);
			assert_int_equal(plan.spec.kernel[l - 1], 3);
			assert_int_equal(plan.spec.padding[l - 1], 1);
		}
		assert_int_equal(plan.spec.layers, cases[i].depth + 1);
	}
}

/* Only the last recurrent layer hands on one state instead of those of all steps. */
static void recurrent_layers_hand_on_the_states_of_all_steps_but_for_the_last(void **state)
{
	struct dataset data = dataset_of(6, 2, one_of_four);
	(void)state;
	data.steps = 3;
	const struct plan plan = planned(&data, "model=gru depth=3 width=4");
	assert_int_equal(plan.spec.size[1], 12);
	assert_int_equal(plan.spec.size[2], 12);
	assert_int_equal(plan.spec.size[3], 4);
	assert_int_equal(plan.spec.shape[1].steps, 3);
	assert_int_equal(plan.spec.shape[2].steps, 3);
	assert_int_equal(plan.spec.shape[3].steps, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_baseline_is_the_loss_of_the_best_constant_answer),
		cmocka_unit_test(a_class_that_is_all_there_is_leaves_no_loss),
		cmocka_unit_test(targets_are_values_or_one_for_the_class),
		cmocka_unit_test(an_epoch_costs_its_multiply_adds),
		cmocka_unit_test(the_last_minibatch_may_be_smaller),
		cmocka_unit_test(batch_norm_is_measured_over_as_many_as_can_be),
		cmocka_unit_test(what_does_not_fit_is_measured_in_smaller_passes),
		cmocka_unit_test(what_never_fits_is_refused_with_what_it_needs),
		cmocka_unit_test(plans_refuse_what_does_not_go_together),
		cmocka_unit_test(a_convolutional_network_pools_in_its_middle_and_at_its_end),
		cmocka_unit_test(recurrent_layers_hand_on_the_states_of_all_steps_but_for_the_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
