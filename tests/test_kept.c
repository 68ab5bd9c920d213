/* Networks of past epochs: which are kept, and that they are those of then. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/kept.h"
#include "frames.h"
#include "nn/float_mode.h"
#include "probed.h"
#include "runs.h"

static void train_and_note(struct experiment *e, struct kept *kept, int epochs)
{
	for (int i = 0; i < epochs; i++) {
		experiment_epoch_begin(e, REPORT_RECORD);
		settle(e, UINT64_MAX, NULL);
		kept_note(kept, e);
	}
}

static void evenly_spaced_epochs_are_kept_however_long_the_run(void **state)
{
	static const int epochs[] = {30, 100, 400};
	(void)state;
	for (size_t i = 0; i < sizeof(epochs) / sizeof(epochs[0]); i++) {
		struct experiment *e = trained("samples=20 depth=2 width=2 batch=0", 0);
		struct kept kept = {.count = 0};
		assert_true(kept_start(&kept));
		kept_note(&kept, e);
		train_and_note(e, &kept, epochs[i]);
		int found = 0;
		for (int64_t epoch = 0; epoch <= epochs[i]; epoch++) {
			bool has = kept_has(&kept, e, epoch);
			assert_int_equal(has, epoch % kept.gap == 0);
			found += has;
		}
		assert_in_range(found, epochs[i] < KEPT_STATES ? epochs[i] : KEPT_STATES / 2, KEPT_STATES);
		kept_end(&kept);
		experiment_free(e);
	}
}

/* The weights of an epoch, by a view of the run itself or of what is kept. */
static float *weights_of(const struct net *net, size_t *bytes)
{
	const struct net_layer *layer = net_layer_of(net, 2);
	*bytes = layer->weights * sizeof(float);
	float *copy = malloc(*bytes);
	assert_non_null(copy);
	memcpy(copy, layer->weight, *bytes);
	return copy;
}

static void a_view_of_the_past_has_the_weights_of_then(void **state)
{
	struct experiment *e = trained("samples=60 depth=3 width=5 optimizer=adam", 0);
	struct probe *probe = probe_new();
	struct kept kept = {.count = 0};
	const struct probe_wish wish = {.weights = true, .step = true};
	(void)state;
	assert_true(kept_start(&kept));
	kept_note(&kept, e);
	train_and_note(e, &kept, 7);
	const struct state_view *present = probe_whole(probe, e, wish);
	size_t bytes;
	float *then = weights_of(present->net, &bytes);
	float loss = present->step->loss;
	int row = present->step->row;
	train_and_note(e, &kept, 5);
	prober_want(&kept.prober, wish);
	assert_null(kept_view(&kept, 7));
	for (int i = 0; i < 1000 && !kept_work(&kept, e, 7, 1); i++)
		assert_true(kept_wait(&kept, 7, 1) == 0);
	const struct state_view *view = kept_view(&kept, 7);
	assert_non_null(view);
	assert_null(kept_view(&kept, 6));
	assert_int_equal(view->epoch, 7);
	assert_memory_equal(net_layer_of(view->net, 2)->weight, then, bytes);
	assert_true(view->step->loss == loss && view->step->row == row);
	kept_work(&kept, e, EPOCH_PRESENT, 2);
	assert_null(kept_view(&kept, 7));
	assert_null(kept.branch);
	free(then);
	probe_free(probe);
	kept_end(&kept);
	experiment_free(e);
}

/* A state of before a restart has the same epoch, but not the record's network. */
static void states_of_another_run_are_not_taken_for_those_of_this_one(void **state)
{
	struct experiment *first = trained("samples=20 depth=2 width=2", 0);
	struct experiment *second = trained("samples=20 depth=2 width=2", 0);
	struct kept kept = {.count = 0};
	(void)state;
	assert_true(kept_start(&kept));
	train_and_note(first, &kept, 5);
	assert_true(kept_has(&kept, first, 3));
	train_and_note(second, &kept, 4);
	assert_true(kept_has(&kept, second, 3));
	assert_false(kept_has(&kept, first, 3));
	assert_false(kept_has(&kept, second, 5));
	kept_end(&kept);
	experiment_free(first);
	experiment_free(second);
}

static void after_a_long_run_a_new_one_keeps_every_epoch_again(void **state)
{
	struct experiment *first = trained("samples=20 depth=2 width=2", 0);
	struct experiment *second = trained("samples=20 depth=2 width=2", 0);
	struct kept kept = {.count = 0};
	(void)state;
	assert_true(kept_start(&kept));
	train_and_note(first, &kept, 3 * KEPT_STATES);
	assert_int_equal(kept.gap, 4);
	kept_note(&kept, second);
	train_and_note(second, &kept, 10);
	for (int64_t epoch = 0; epoch <= 10; epoch++)
		assert_true(kept_has(&kept, second, epoch));
	kept_end(&kept);
	experiment_free(first);
	experiment_free(second);
}

/* A network that is too large for the budget costs nothing. */
static void large_networks_are_not_kept(void **state)
{
	struct experiment *e =
		trained("samples=10 depth=4 width=512 batch=0 memory-limit=64 activation=relu", 1);
	struct kept kept = {.count = 0};
	(void)state;
	assert_true(kept_start(&kept));
	kept_note(&kept, e);
	assert_int_equal(kept.count, 0);
	assert_true(kept_wait(&kept, EPOCH_PRESENT, 0) < 0);
	kept_end(&kept);
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evenly_spaced_epochs_are_kept_however_long_the_run),
		cmocka_unit_test(a_view_of_the_past_has_the_weights_of_then),
		cmocka_unit_test(states_of_another_run_are_not_taken_for_those_of_this_one),
		cmocka_unit_test(after_a_long_run_a_new_one_keeps_every_epoch_again),
		cmocka_unit_test(large_networks_are_not_kept),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
