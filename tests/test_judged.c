/* Whole runs, their verdicts, and the numbers that decide them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/float_mode.h"

#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Trains the default network with `settings`. */
static struct experiment *run_of(const char *settings, int epochs)
{
	const struct config first_seed = config_with(config_default(), "seed=1");
	const struct config config = config_with(first_seed, settings);
	struct error error = {0};
	struct experiment *e = experiment_new(&config, &error);
	if (!e)
		fail_msg("%s: %s", settings, error.text);
	train(e, epochs, UINT64_MAX, NULL);
	return e;
}

static const char *verdict_of(const struct experiment *e)
{
	return experiment_record(e)->verdict;
}

static void assert_verdict(const struct experiment *e, const char *what, const char *verdict)
{
	if (strcmp(verdict_of(e), verdict) != 0)
		fail_msg(
			"%s, epoch %d: %s, not %s", what, (int)experiment_epoch(e), verdict_of(e), verdict);
}

static bool remarked(const struct experiment *e, const char *name)
{
	const struct remark *remark;
	for (int i = 0; (remark = remark_at(i)); i++)
		if (strcmp(remark->name, name) == 0)
			return remark->applies(experiment_evidence(e));
	fail_msg("no remark %s", name);
	return false;
}

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%g, not %g", value, expected);
}

/* A record has the verdict that the screen has in a sentence. */
static void remarks_are_part_of_the_record(void **state)
{
	struct experiment *e = run_of("noise=0 depth=10 norm=batch seed=5 split=0", 9);
	const char *const *names = experiment_record(e)->remark;
	(void)state;
	assert_string_equal(names[0], "running-statistics-lag");
	assert_null(names[1]);
	experiment_free(e);
	e = run_of("lr=30", 100);
	names = experiment_record(e)->remark;
	for (int i = 0, k = 0; remark_at(i); i++)
		if (remark_at(i)->applies(experiment_evidence(e)))
			assert_string_equal(names[k++], remark_at(i)->name);
	assert_string_equal(names[0], "large-steps");
	experiment_free(e);
}

/* ---- two modes of batch norm ---- */

static void the_training_loss_is_taken_in_evaluation_mode_too(void **state)
{
	struct experiment *e = run_of("noise=0 depth=10 norm=batch seed=5 split=0", 9);
	(void)state;
	assert_near(loss_of(e), 0.084, 0.001);
	assert_near(experiment_record(e)->eval_loss, 0.505, 0.001);
	assert_true(remarked(e, "running-statistics-lag") && !remarked(e, "overfitting"));
	experiment_free(e);
	e = run_of("depth=3 activation=tanh dropout=0.2 l2=0.001 norm=layer", 3);
	assert_true(loss_of(e) == experiment_record(e)->eval_loss);
	assert_false(remarked(e, "running-statistics-lag"));
	experiment_free(e);
}

/* ---- the verdicts of whole runs ---- */

static double evidence_loss(const struct evidence *e)
{
	return e->loss;
}

static double best_loss(const struct evidence *e)
{
	return e->best_loss;
}

static double step_ratio(const struct evidence *e)
{
	return e->step.ratio;
}

static double step_epoch(const struct evidence *e)
{
	return (double)e->step.epoch;
}

static double shrunk_share(const struct evidence *e)
{
	return e->shrunk.value;
}

static double zero_layer(const struct evidence *e)
{
	return e->zero.layer;
}

static double equal_layer(const struct evidence *e)
{
	return e->equal.layer;
}

static double dead_layer(const struct evidence *e)
{
	return e->dead.layer;
}

static double gradient_norm(const struct evidence *e)
{
	return e->grad_norm;
}

static double frozen_ratio(const struct evidence *e)
{
	return e->frozen.value;
}

static double decades(const struct evidence *e)
{
	return e->decades;
}

static double fault_layer(const struct evidence *e)
{
	return e->fault.layer;
}

/* The deciding number at the end of the run, and its bounds. */
static const struct {
	const char *settings;
	int epochs;
	const char *verdict;
	double (*number)(const struct evidence *e);
	double low, high;
} runs[] = {
	/* a skip connection leads around the dead layer */
	{"depth=12 width=3 activation=relu init=he-normal skip=1 branch-scale=0.3 optimizer=adam "
	 "lr=0.01 seed=5",
		150, "converged", evidence_loss, 0.0004, 0.0005},
	{"depth=12 width=3 activation=relu init=he-normal skip=1 branch-scale=0.3 optimizer=adam "
	 "lr=0.01 seed=5",
		1, "healthy", dead_layer, 0, 0},
	{"activation=relu width=3 depth=20 init=he-normal seed=1", 0, "dead", dead_layer, 1, 20},

	/* one step too large, and what it left behind */
	{"depth=3 activation=tanh optimizer=momentum lr=3", 100, "too-large-steps", step_ratio, 1.4,
		1.5},
	{"depth=2 activation=relu lr=30", 100, "too-large-steps", step_epoch, 1, 1},
	{"depth=2 activation=tanh lr=100", 3, "too-large-steps", step_ratio, 100, 200},
	{"depth=2 activation=tanh lr=100", 100, "too-large-steps", step_epoch, 1, 1},
	{"activation=relu lr=1", 100, "too-large-steps", step_ratio, 0.35, 0.4},

	/* penalties that ate the weights */
	{"depth=3 activation=tanh l2=0.1", 100, "weights-vanished", shrunk_share, 0, 1e-20},
	{"depth=3 activation=tanh weight-decay=0.5", 100, "weights-vanished", shrunk_share, 0, 0},
	{"depth=3 activation=tanh l1=0.05 lr=0.01", 100, "weights-vanished", shrunk_share, 1e-4, 1e-2},

	/* zero weights pass no gradient back, and equal ones make units that stay equal */
	{"init=zeros", 100, "symmetric", zero_layer, 2, 2},
	{"init=zeros activation=relu", 100, "symmetric", zero_layer, 2, 2},
	{"init=constant", 100, "symmetric", equal_layer, 1, 1},
	{"init=constant depth=3 activation=tanh optimizer=adam", 100, "symmetric", equal_layer, 1, 1},
	{"init=constant width=2", 100, "symmetric", equal_layer, 1, 1},
	{"init=constant width=1", 100, "vanishing", equal_layer, 0, 0}, /* no second unit to equal */

	/* learned and lost again */
	{"depth=40 activation=tanh init=orthogonal", 100, "collapsed", best_loss, 0.24, 0.26},
	{"depth=25 activation=selu init=lecun-normal", 100, "collapsed", best_loss, 0.0005, 0.0006},

	/* no lower rate helps: the signal is lost from the start */
	{"depth=4 init=uniform-2-5 optimizer=adam lr=0.001", 100, "vanishing", decades, 23, 24},

	/* nothing is learned */
	{"depth=0 data=circles noise=0", 100, "cannot-learn", gradient_norm, 0, 0.02},
	{"depth=2 activation=tanh init=normal init-sd=5 lr=0.00001", 100, "not-learning", frozen_ratio,
		1e-7, 1e-6},
	{"data=xor depth=1 width=2", 100, "not-learning", evidence_loss, 0.69, 0.694},

	/* weights too large for a float */
	{"depth=80 width=100 init=uniform-2-5 activation=relu", 0, "overflow", fault_layer, 10, 20},
};

static void each_run_has_the_verdict_that_its_numbers_ask_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(runs); i++) {
		struct experiment *e = run_of(runs[i].settings, runs[i].epochs);
		double number = runs[i].number(experiment_evidence(e));
		assert_verdict(e, runs[i].settings, runs[i].verdict);
		if (!(number >= runs[i].low && number <= runs[i].high))
			fail_msg("%s: %g", runs[i].settings, number);
		experiment_free(e);
	}
}

/* In trouble from the first epoch on, with a verdict that does not alternate. */
static void too_large_steps_stay_the_verdict(void **state)
{
	struct experiment *e = run_of("depth=2 activation=tanh lr=100", 0);
	(void)state;
	for (int epoch = 1; epoch <= 60; epoch++) {
		train(e, 1, UINT64_MAX, NULL);
		assert_verdict(e, "lr=100", "too-large-steps");
	}
	change(e, "lr=0.01");
	train(e, 5, UINT64_MAX, NULL);
	assert_verdict(e, "lr=100, then 0.01", "too-large-steps");
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_training_loss_is_taken_in_evaluation_mode_too),
		cmocka_unit_test(remarks_are_part_of_the_record),
		cmocka_unit_test(each_run_has_the_verdict_that_its_numbers_ask_for),
		cmocka_unit_test(too_large_steps_stay_the_verdict),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
