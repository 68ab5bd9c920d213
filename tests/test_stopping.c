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

/* Training is 70 % of an epoch's time, the pass that measures it 25 %. */
static void an_epoch_comes_by_seventy_and_ninety_five_hundredths(void **state)
{
	static const double stations[] = {0, 0.35, 0.7, 0.825, 0.95, 1};
	struct experiment *e = trained("samples=640 batch=32 split=0.2", 1);
	bool seen[COUNT(stations)] = {false};
	enum experiment_state now = EXPERIMENT_BUSY;
	double last = 0;
	(void)state;
	assert_true(experiment_progress(e) == 1);
	experiment_epoch_begin(e, REPORT_DETAIL);
	while (now != EXPERIMENT_IDLE) {
		double progress = experiment_progress(e);
		assert_true(progress >= last && progress <= 1);
		for (size_t i = 0; i < COUNT(stations); i++)
			seen[i] |= fabs(progress - stations[i]) < 1e-9;
		last = progress;
		now = experiment_advance(e, 100);
	}
	seen[COUNT(stations) - 1] = experiment_progress(e) == 1;
	for (size_t i = 0; i < COUNT(stations); i++)
		if (!seen[i])
			fail_msg("%g is left out", stations[i]);
	experiment_free(e);
}

static void the_end_of_a_run_has_its_reason(void **state)
{
	static const struct {
		const char *settings, *end;
	} cases[] = {{"epochs=3", "epochs=3 reached"}, {"lr=100 data=wave activation=relu", "diverged"},
		{"stop=2 epochs=500", "stopped after epoch 3: val_loss was lowest in epoch 1 (stop=2)"}};
	char text[120];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct experiment *e = trained(cases[i].settings, 0);
		for (int k = 0; k < 500 && !experiment_finished(e); k++) {
			if (i == 2) /* no loss is better than the first */
				e->stop.best = k ? 0 : (double)INFINITY;
			train(e, 1, UINT64_MAX, NULL);
		}
		assert_true(experiment_finished(e));
		experiment_describe_end(e, text, sizeof(text));
		if (strncmp(text, cases[i].end, strlen(cases[i].end)) != 0)
			fail_msg("%s: %s", cases[i].settings, text);
		experiment_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stopping_is_by_the_recorded_validation_loss),
		cmocka_unit_test(a_saved_state_remembers_how_long_it_has_waited),
		cmocka_unit_test(changed_settings_renew_the_patience),
		cmocka_unit_test(an_epoch_comes_by_seventy_and_ninety_five_hundredths),
		cmocka_unit_test(the_end_of_a_run_has_its_reason),
		cmocka_unit_test(stopping_needs_points_to_validate_on),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
