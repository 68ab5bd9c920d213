/* Early stopping goes by the recorded validation loss; changes of settings renew its patience. */
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

#include "../src/lab/experiment_internal.h"
#include "frames.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Keras's rule on the recorded losses: the epoch after which to stop; 0 if there is none. */
static int64_t rule(const struct history *history, int patience)
{
	float best = INFINITY;
	int wait = 0;
	for (int i = 1; i < history_count(history); i++) {
		const struct record *record = history_at(history, i);
		wait = record->val_loss < best ? 0 : wait + 1;
		best = fminf(best, record->val_loss);
		if (wait >= patience && wait > 0 && i > 1)
			return record->epoch;
	}
	return 0;
}

static const char hasty[] =
	"noise=0.5 width=20 activation=relu init=he-normal optimizer=adam lr=0.003";

static struct experiment *stopping(const char *more)
{
	char settings[200];
	snprintf(settings, sizeof(settings), "%s %s", hasty, more);
	return trained(settings, 0);
}

static void train_to_the_end(struct experiment *e, uint64_t operations)
{
	for (int i = 0; !experiment_finished(e); i++) {
		assert_true(i < 500);
		train(e, 1, operations, NULL);
	}
}

static void stopping_is_by_the_recorded_validation_loss(void **state)
{
	int64_t last = 0;
	(void)state;
	for (int patience = 1; patience <= 7; patience += 2) {
		char settings[20];
		snprintf(settings, sizeof(settings), "stop=%d", patience);
		struct experiment *e = stopping(settings);

		train_to_the_end(e, UINT64_MAX);
		assert_true(experiment_epoch(e) > 1);
		assert_int_equal(experiment_epoch(e), rule(history_of(e), patience));
		assert_true(experiment_epoch(e) >= last);
		last = experiment_epoch(e);
		experiment_free(e);
	}
	assert_true(last > 8);
}

static void a_saved_state_remembers_how_long_it_has_waited(void **state)
{
	struct experiment *straight = stopping("stop=4"), *other = stopping("stop=2");
	struct snapshot *waiting = NULL, *over = NULL;
	(void)state;
	while (straight->stop.wait != 3)
		train(straight, 1, UINT64_MAX, NULL);
	waiting = experiment_save(straight);
	train_to_the_end(straight, UINT64_MAX);
	over = experiment_save(straight);
	assert_true(experiment_restore(other, over));
	assert_int_equal(settle(other, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	assert_true(experiment_finished(other));
	assert_true(experiment_restore(other, waiting));
	assert_int_equal(settle(other, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	assert_false(experiment_finished(other));
	train_to_the_end(other, 10000);
	assert_int_equal(experiment_epoch(other), experiment_epoch(straight));
	snapshot_free(waiting);
	snapshot_free(over);
	experiment_free(straight);
	experiment_free(other);
}

static void changed_settings_renew_the_patience(void **state)
{
	static const char *const changes[] = {"lr=0.01", "stop=4", "data=circles", "depth=5"};
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct experiment *e = stopping("stop=3");
		train_to_the_end(e, UINT64_MAX);
		change(e, "epochs=400");
		assert_true(experiment_finished(e));
		change(e, changes[i]);
		assert_false(experiment_finished(e));
		train(e, 2, UINT64_MAX, NULL);
		assert_false(experiment_finished(e));
		experiment_free(e);
	}
}

static void stopping_needs_points_to_validate_on(void **state)
{
	struct experiment *e = experiment_of("split=0 stop=3"), *late = trained("split=0", 0);
	struct config config = config_with(*experiment_config(late), "stop=3");
	struct error error = {0};
	(void)state;
	assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_FAILED);
	assert_non_null(strstr(experiment_error(e)->text, "stop=3"));
	assert_false(experiment_configure(late, &config, &error));
	assert_non_null(strstr(error.text, "split is 0"));
	assert_int_equal(experiment_config(late)->stop, 0);
	experiment_free(e);
	experiment_free(late);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stopping_is_by_the_recorded_validation_loss),
		cmocka_unit_test(a_saved_state_remembers_how_long_it_has_waited),
		cmocka_unit_test(changed_settings_renew_the_patience),
		cmocka_unit_test(stopping_needs_points_to_validate_on),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
