/* What is advised first mends networks that do not learn: many of them are trained. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/advice.h"
#include "lab/models.h"
#include "nn/float_mode.h"

#include "frames.h"
#include "runs.h"
#include "trials.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Networks that do not learn; the recommended remedy mends them. */
static void the_first_advice_mends_networks_in_trouble(void **state)
{
	static const char *const starts[] = {
		"depth=30 activation=sigmoid",
		"activation=tanh init=normal init-sd=5 depth=10",
		"lr=30 depth=10 activation=sigmoid",
		"optimizer=adam lr=0.1 depth=10 activation=sigmoid",
		"init=zeros depth=10 activation=sigmoid",
		"init=uniform-2-5 depth=10 activation=sigmoid",
		"l2=0.1 depth=10 activation=sigmoid",
		"depth=10 activation=sigmoid",
	};
	const struct advice_limits hundred = {.epochs = 100, .extent = ADVICE_FIRST};
	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++)
		for (int seed = 1; seed <= 2; seed++) {
			char settings[200];
			snprintf(
				settings, sizeof(settings), "%s width=10 samples=300 seed=%d", starts[i], seed);
			struct experiment *e = trained(settings, 20);
			struct advice *advice = tried_on(e, &hundred);
			if (!(advice_at(advice, 0)->reached < 0.1f))
				fail_msg("%s: %g", settings, (double)advice_at(advice, 0)->reached);
			advice_free(advice);
			experiment_free(e);
		}
}

/* Networks in trouble through time. What is advised can be had by the model, and a run that follows
 * it gets what was told. */
static void advice_mends_recurrent_networks(void **state)
{
	static const char *const starts[] = {
		"model=rnn activation=tanh recurrent-gain=0.5",
		"model=lstm forget-bias=0 seed=2",
		"model=rnn truncate=10",
	};
	const struct advice_limits forty = {.epochs = 40, .extent = ADVICE_FIRST};
	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		char settings[300];
		snprintf(settings, sizeof(settings),
			"data=echo length=40 depth=1 width=16 samples=300 optimizer=adam %s", starts[i]);
		struct experiment *e = trained(settings, 5);
		struct advice *advice = tried_on(e, &forty);
		const struct trial *best = advice_best(advice);
		if (!best || !(best->reached < 0.1f * (float)frame_of(e).baseline_loss) || !best->restart)
			fail_msg("%s: %g", settings, best ? (double)best->reached : NAN);
		const struct config advised = trial_config(best, experiment_config(e));
		assert_true(model_takes_change(experiment_config(e), &advised));
		struct experiment *followed = experiment_new(&advised, NULL);
		train(followed, best->epochs, UINT64_MAX, NULL);
		assert_true(loss_of(followed) == best->reached);
		experiment_free(followed);
		advice_free(advice);
		experiment_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(advice_mends_recurrent_networks),
		cmocka_unit_test(the_first_advice_mends_networks_in_trouble),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
