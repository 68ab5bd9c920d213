/* Changes of settings at the keys: each one shows, is taken back by undo or if it fails, and waits
 * for the end of the epoch only if it keeps the weights. */
#include "app/app.h"
#include "app/app_internal.h"
#include "ui/key.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../src/lab/experiment_internal.h"
#include "frames.h"
#include "session.h"

static void a_change_while_paused_shows_at_once_and_keeps_the_epoch(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	work_until(&fixture, fixture.now + 1);
	pause_run(&fixture);
	int64_t before = epoch_of(&fixture);
	press(&fixture, 'a');
	assert_string_equal(config_of(&fixture)->activation, "relu");
	assert_int_equal(epoch_of(&fixture), before);
	assert_true(shows(&fixture, "relu"));
	assert_true(experiment_between_epochs(fixture.app->session->experiment));
	app_free(fixture.app);
}

static void several_presses_before_an_epoch_ends_are_one_change(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	for (int i = 0; i < 3; i++)
		app_key(fixture.app, 'd', fixture.now);
	settle(&fixture);
	assert_int_equal(config_of(&fixture)->depth, 5);
	press(&fixture, 'u');
	assert_int_equal(config_of(&fixture)->depth, 2);
	app_free(fixture.app);
}

static void undo_brings_back_weights_and_epoch_and_redo_undoes_it(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	work_until(&fixture, fixture.now + 1);
	pause_run(&fixture);
	int64_t before = epoch_of(&fixture);
	float loss = experiment_record(fixture.app->session->experiment)->loss;
	press(&fixture, 'i');
	assert_int_equal(epoch_of(&fixture), 0);
	assert_string_not_equal(config_of(&fixture)->init, "glorot-uniform");
	press(&fixture, 'u');
	assert_int_equal(epoch_of(&fixture), before);
	assert_string_equal(config_of(&fixture)->init, "glorot-uniform");
	assert_true(experiment_record(fixture.app->session->experiment)->loss == loss);
	press(&fixture, KEYCODE_CONTROL('r'));
	assert_int_equal(epoch_of(&fixture), 0);
	assert_string_not_equal(config_of(&fixture)->init, "glorot-uniform");
	app_free(fixture.app);
}

static void a_new_change_leaves_nothing_to_redo(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	press(&fixture, 'a');
	press(&fixture, 'u');
	press(&fixture, 'b');
	press(&fixture, KEYCODE_CONTROL('r'));
	assert_true(shows(&fixture, "nothing to redo"));
	assert_string_equal(config_of(&fixture)->activation, "sigmoid");
	assert_string_equal(config_of(&fixture)->norm, "batch");
	app_free(fixture.app);
}

static void undo_is_bounded(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	for (int i = 0; i < UNDO_STATES + 10; i++)
		press(&fixture, "ab"[i % 2]); /* the same key again would be the same change */
	assert_int_equal(fixture.app->session->undo.past.count, UNDO_STATES);
	for (int i = 0; i < UNDO_STATES + 10; i++)
		press(&fixture, 'u');
	assert_int_equal(fixture.app->session->undo.past.count, 0);
	assert_true(shows(&fixture, "nothing to undo"));
	app_free(fixture.app);
}

static void snapshots_over_the_budget_leave_the_settings(void **state)
{
	struct fixture fixture = start_small("");
	struct undo_stack stack = {.count = 0};
	struct undo_state popped;
	const struct experiment *experiment = fixture.app->session->experiment;
	(void)state;
	pause_run(&fixture);
	struct undo_state one = undo_capture(experiment, true);
	size_t bytes = snapshot_bytes(one.snapshot);
	undo_push(&stack, one, 2 * bytes);
	for (int i = 0; i < 4; i++)
		undo_push(&stack, undo_capture(experiment, true), 2 * bytes);
	assert_int_equal(stack.count, 2);
	undo_push(&stack, undo_capture(experiment, true), bytes - 1);
	assert_true(undo_pop(&stack, &popped));
	assert_null(popped.snapshot);
	assert_int_equal(popped.config.depth, 2);
	undo_clear(&stack);
	app_free(fixture.app);
}

static void restart_repeats_the_numbers_and_a_new_seed_does_not(void **state)
{
	struct fixture fixture = start_small("");
	float loss[3];
	(void)state;
	pause_run(&fixture);
	for (int i = 0; i < 3; i++) {
		press(&fixture, "rrR"[i]);
		press(&fixture, 's');
		assert_int_equal(epoch_of(&fixture), 1);
		loss[i] = experiment_record(fixture.app->session->experiment)->loss;
	}
	assert_true(loss[0] == loss[1]);
	assert_true(loss[1] != loss[2]);
	assert_int_equal(config_of(&fixture)->seed, config_default().seed + 1);
	app_free(fixture.app);
}

static void a_change_that_fails_says_so_and_is_taken_back(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	press(&fixture, 's');
	int64_t before = epoch_of(&fixture);
	press(&fixture, ':');
	for (const char *at = "data=/no/such/file.csv"; *at; at++)
		press(&fixture, *at);
	press(&fixture, KEYCODE_ENTER);
	assert_true(shows(&fixture, "/no/such/file.csv"));
	assert_string_equal(config_of(&fixture)->data, "moons");
	assert_string_equal(fixture.app->session->wanted.data, "moons");
	assert_int_equal(epoch_of(&fixture), before);
	app_free(fixture.app);
}

/* An error in the file shows only after the experiment has been changed. */
static void data_that_fail_while_loading_are_taken_back(void **state)
{
	char name[] = "/tmp/wane-test-XXXXXX", line[80];
	struct fixture fixture = start_small("");
	int descriptor = mkstemp(name);
	FILE *file = fdopen(descriptor, "w");
	(void)state;
	assert_non_null(file);
	fputs("x,y,class\n1,2,a\n1,oops,b\n", file);
	fclose(file);
	work_until(&fixture, fixture.now + 1);
	pause_run(&fixture);
	int64_t before = epoch_of(&fixture);
	snprintf(line, sizeof(line), "data=%s", name);
	press(&fixture, ':');
	for (const char *at = line; *at; at++)
		press(&fixture, *at);
	press(&fixture, KEYCODE_ENTER);
	remove(name);
	assert_true(shows(&fixture, "oops"));
	assert_string_equal(config_of(&fixture)->data, "moons");
	assert_int_equal(epoch_of(&fixture), before);
	assert_false(session_failed(fixture.app->session));
	app_free(fixture.app);
}

/* A run without end counts its epochs as -1 that are left. */
static void a_run_goes_on_after_a_change_that_failed(void **state)
{
	char name[] = "/tmp/wane-test-XXXXXX", line[80];
	enum app_state next;
	struct error error = {0, ""};
	FILE *file = fdopen(mkstemp(name), "w");
	(void)state;
	assert_non_null(file);
	fputs("x,y,class\n1,2,a\n1,oops,b\n", file);
	fclose(file);
	snprintf(line, sizeof(line), "data=%s", name);
	for (int64_t left = -1; left <= 1000; left += 1001) { /* without end, and with one */
		struct fixture fixture = start_small("");
		work_until(&fixture, fixture.now + 1);
		session_run(fixture.app->session, left, fixture.now);
		int64_t before = epoch_of(&fixture);
		assert_true(app_command(fixture.app, line, &next, &error));
		work_until(&fixture, fixture.now + 2);
		assert_string_equal(config_of(&fixture)->data, "moons");
		assert_int_equal(fixture.app->session->left < 0, left < 0);
		assert_true(epoch_of(&fixture) > before);
		app_free(fixture.app);
	}
	remove(name);
}

/* Fails as if there were no memory for another record. */
static void fail_at_work(struct fixture *fixture)
{
	struct experiment *experiment = fixture->app->session->experiment;
	experiment->phase = FAILED;
	error_set(&experiment->error, STATUS_WORLD, "no luck");
	fixture->app->session->busy = true;
	app_work(fixture->app, fixture->now);
	assert_true(shows(fixture, "no luck"));
}

static void a_failure_of_its_own_takes_no_change_back(void **state)
{
	static const char *const before[] = {"", "b", "bb", "bu", "bub", "i"};
	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		struct fixture fixture = start_small("");
		pause_run(&fixture);
		for (const char *key = before[i]; *key; key++)
			press(&fixture, *key);
		struct undo *undo = &fixture.app->session->undo;
		struct config set = *config_of(&fixture);
		int past = undo->past.count, future = undo->future.count;

		fail_at_work(&fixture);
		assert_true(session_failed(fixture.app->session));
		assert_int_equal(undo->past.count, past);
		assert_int_equal(undo->future.count, future);
		assert_int_equal(config_effect(&set, config_of(&fixture)), EFFECT_NOTHING);
		if (past > 0) {
			press(&fixture, 'u');
			assert_false(session_failed(fixture.app->session));
			assert_int_equal(undo->past.count, past - 1);
		}
		app_free(fixture.app);
	}
}

/* A network whose epoch takes many slices, in the middle of one. */
static struct fixture start_long_epoch(void)
{
	struct fixture fixture = start_small("samples=2000 width=20 depth=8");
	while (!experiment_record(fixture.app->session->experiment) ||
		experiment_between_epochs(fixture.app->session->experiment))
		app_work(fixture.app, fixture.now);
	return fixture;
}

static void a_change_that_rebuilds_does_not_wait_for_a_long_epoch(void **state)
{
	struct fixture fixture = start_long_epoch();
	(void)state;
	app_key(fixture.app, 'w', fixture.now);
	assert_true(shows(&fixture, "8 layers x 50"));
	app_work(fixture.app, fixture.now + 0.1);
	assert_int_equal(config_of(&fixture)->width, 20);
	fixture.now += 0.3;
	app_work(fixture.app, fixture.now);
	assert_int_equal(config_of(&fixture)->width, 50);
	assert_int_equal(epoch_of(&fixture), 0);
	pause_run(&fixture);
	press(&fixture, 'u');
	assert_int_equal(config_of(&fixture)->width, 20);
	assert_int_equal(epoch_of(&fixture), 0);
	app_free(fixture.app);
}

static void a_change_that_keeps_weights_waits_for_the_end_of_the_epoch(void **state)
{
	struct fixture fixture = start_long_epoch();
	(void)state;
	int64_t before = epoch_of(&fixture);
	app_key(fixture.app, 'a', fixture.now);
	app_work(fixture.app, fixture.now + 1);
	assert_string_equal(config_of(&fixture)->activation, "sigmoid");
	fixture.now += 2;
	app_key(fixture.app, 'p', fixture.now);
	settle(&fixture);
	assert_string_equal(config_of(&fixture)->activation, "relu");
	assert_int_equal(epoch_of(&fixture), before + 1);
	app_free(fixture.app);
}

static void undo_of_a_change_that_waits_takes_it_back(void **state)
{
	struct fixture fixture = start_long_epoch();
	(void)state;
	app_key(fixture.app, 'a', fixture.now);
	app_key(fixture.app, 'u', fixture.now);
	assert_false(session_pending(fixture.app->session));
	assert_string_equal(fixture.app->session->wanted.activation, "sigmoid");
	app_free(fixture.app);
}

static void other_data_by_a_key_leave_the_columns_chosen_before(void **state)
{
	struct fixture fixture =
		start_small("data=tests/cases/label_header_first.csv target=label drop=x1");
	const struct config *wanted = &fixture.app->session->wanted;
	(void)state;
	settle(&fixture);
	assert_int_equal(experiment_data(fixture.app->session->experiment)->classes, 3);
	for (int i = 0; dataset_name(i); i++) {
		press(&fixture, 't');
		assert_string_equal(wanted->target, "");
		assert_string_equal(wanted->drop, "");
		assert_string_equal(
			experiment_config(fixture.app->session->experiment)->data, dataset_name(i));
	}
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_while_paused_shows_at_once_and_keeps_the_epoch),
		cmocka_unit_test(several_presses_before_an_epoch_ends_are_one_change),
		cmocka_unit_test(undo_brings_back_weights_and_epoch_and_redo_undoes_it),
		cmocka_unit_test(a_new_change_leaves_nothing_to_redo),
		cmocka_unit_test(undo_is_bounded),
		cmocka_unit_test(snapshots_over_the_budget_leave_the_settings),
		cmocka_unit_test(restart_repeats_the_numbers_and_a_new_seed_does_not),
		cmocka_unit_test(a_change_that_fails_says_so_and_is_taken_back),
		cmocka_unit_test(data_that_fail_while_loading_are_taken_back),
		cmocka_unit_test(a_run_goes_on_after_a_change_that_failed),
		cmocka_unit_test(a_failure_of_its_own_takes_no_change_back),
		cmocka_unit_test(a_change_that_rebuilds_does_not_wait_for_a_long_epoch),
		cmocka_unit_test(a_change_that_keeps_weights_waits_for_the_end_of_the_epoch),
		cmocka_unit_test(undo_of_a_change_that_waits_takes_it_back),
		cmocka_unit_test(other_data_by_a_key_leave_the_columns_chosen_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
