/* Whole runs, what is said of them, and the numbers that decide it. */
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

/* Trains what `settings` make of the default network. */
static struct experiment *run_of(const char *settings, int epochs)
{
	const struct config config = config_with(config_default(), settings);
	struct error error = { 0 };
	struct experiment *e = experiment_new(&config, &error);

	if (!e)
		fail_msg("%s: %s", settings, error.text);
	train(e, epochs, UINT64_MAX, NULL);
	return e;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_training_loss_is_taken_in_evaluation_mode_too),
	};

	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
