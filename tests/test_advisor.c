/* Remedies tried while the run trains: they take a tenth of a core and change nothing of the
 * run, and an applied remedy continues as its trial did. The test moves the clock. */
#include "app/app.h"
#include "app/app_internal.h"
#include "nn/float_mode.h"
#include "ui/key.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../src/lab/experiment_internal.h"

#define SLICE 0.002 /* seconds that every call takes on this clock */

struct fixture {
	struct app *app;
	double now;
	int calls, trials;   /* calls of app_work(), and those of them that worked on a trial */
	double last_trial;   /* start of the last of them */
	double shortest_gap; /* between the starts of two of them */
};

static struct fixture start(const char *settings)
{
	struct app_options options = {.settings = all_settings_default(), .glyphs = "braille"};
	struct fixture fixture = {.now = 1000, .last_trial = -INFINITY, .shortest_gap = INFINITY};
	struct error error = {0, ""};
	char copy[200], *rest = copy;
	snprintf(copy, sizeof(copy), "samples=200 seed=1 %s", settings);
	for (char *pair; (pair = strtok_r(rest, " ", &rest));)
		if (!all_settings_assign_pair(&options.settings, pair, &error))
			fail_msg("%s", error.text);
	fixture.app = app_new(&options, &error);
	if (!fixture.app)
		fail_msg("%s", error.text);
	app_resize(fixture.app, 80, 24);
	return fixture;
}

static int pane_named(const char *name)
{
	for (int i = 0; pane_at(i); i++)
		if (strcmp(pane_at(i)->name, name) == 0)
			return i;
	fail_msg("no pane %s", name);
	return 0;
}

static void focus_remedies(struct fixture *fixture)
{
	fixture->app->viewer.focus = pane_named("remedies");
}

/* Each call of app_work() takes a moment; in between time passes until the next is due. */
static void run_for(struct fixture *fixture, double seconds)
{
	double end = fixture->now + seconds;
	while (fixture->now < end) {
		double wait = app_wait(fixture->app, fixture->now);
		if (wait < 0 || fixture->now + wait > end)
			break;
		fixture->now += wait;
		app_work(fixture->app, fixture->now);
		fixture->calls++;
		if (fixture->app->follower.advisor->measuring) {
			fixture->shortest_gap = fmin(fixture->shortest_gap, fixture->now - fixture->last_trial);
			fixture->last_trial = fixture->now;
			fixture->trials++;
		}
		fixture->now += SLICE;
	}
	if (fixture->now < end)
		fixture->now = end;
}

static void press(struct fixture *fixture, int key)
{
	app_key(fixture->app, key, fixture->now);
	run_for(fixture, 0.01);
}

/* Paused, and all trials done. */
static void rest(struct fixture *fixture)
{
	if (fixture->app->session->left != 0)
		press(fixture, ' ');
	for (int i = 0; app_wait(fixture->app, fixture->now) >= 0; i++) {
		assert_true(i < 100);
		run_for(fixture, 10);
	}
}

static const struct record *record(const struct fixture *fixture)
{
	return experiment_record(fixture->app->session->experiment);
}

static void trials_take_a_tenth_of_the_time_and_end(void **state)
{
	struct fixture fixture = start("");
	(void)state;
	run_for(&fixture, 20);
	assert_true(fixture.trials > 50);
	assert_true(fixture.trials * SLICE <= 0.1 * 20);
	assert_non_null(advice_best(follower_advice(&fixture.app->follower, &fixture.app->controls)));
	rest(&fixture);
	assert_true(app_wait(fixture.app, fixture.now) < 0);
	assert_false(app_changed(fixture.app) && app_draw(fixture.app) && app_changed(fixture.app));
	app_free(fixture.app);
}

/* The long rests once a remedy is known must not make up for short ones before. */
static void every_slice_is_followed_by_nine_times_its_time_of_rest(void **state)
{
	struct fixture fixture = start("");
	(void)state;
	run_for(&fixture, 20);
	assert_true(fixture.shortest_gap > 9.99 * SLICE);
	assert_true(fixture.shortest_gap < 12 * SLICE);
	app_free(fixture.app);
}

/* On a shared machine a hundred sessions must not fill it with trials. */
static void where_others_want_the_processor_trials_are_rare(void **state)
{
	struct fixture fixture = start("");
	(void)state;
	app_took(fixture.app, 1, 0.5);
	run_for(&fixture, 20);
	assert_true(fixture.trials > 5);
	assert_true(fixture.trials * SLICE <= 0.01 * 20);
	app_free(fixture.app);
}

static void trials_change_no_bit_of_the_run(void **state)
{
	struct fixture tried = start(""), off = start("advice=off");
	(void)state;
	rest(&tried);
	rest(&off);
	for (int i = 0; i < 10; i++) {
		press(&tried, 'S'); /* ten epochs */
		press(&off, 'S');
		run_for(&tried, 1.5);
		run_for(&off, 1.5);
		assert_int_equal(record(&tried)->epoch, record(&off)->epoch);
		assert_memory_equal(record(&tried)->layer, record(&off)->layer,
			sizeof(struct layer_record) * (size_t)record(&off)->layers);
	}
	assert_true(tried.trials > 0);
	assert_int_equal(off.trials, 0);
	app_free(tried.app);
	app_free(off.app);
}

/* Applies every tried remedy of the list at the epoch of its trial. */
static void an_applied_remedy_continues_as_its_trial(void **state)
{
	struct fixture fixture = start("depth=4 batch=20 samples=80");
	int followed = 0;
	(void)state;
	focus_remedies(&fixture);
	run_for(&fixture, 0.6); /* too early for trials: all of them begin at one epoch */
	assert_int_equal(fixture.trials, 0);
	rest(&fixture);
	for (int row = 0; row < 30; row++) {
		const struct trial *trial =
			advice_at(follower_advice(&fixture.app->follower, &fixture.app->controls), row);
		float reached = trial->reached;
		int64_t begin = trial->restart ? 0 : trial->start, epochs = trial->epochs + begin;
		if (trial->state != TRIAL_DONE || (!trial->first && !trial->restart))
			continue;
		fixture.app->viewer.view.choice = row;
		press(&fixture, KEYCODE_ENTER);
		assert_int_equal(experiment_epoch(fixture.app->session->experiment), begin);
		fixture.app->session->pace.rate = INFINITY;
		session_run(fixture.app->session,
			epochs - experiment_epoch(fixture.app->session->experiment), fixture.now);
		while (session_wait(fixture.app->session, fixture.now) >= 0)
			session_work(fixture.app->session, fixture.now);
		assert_int_equal(record(&fixture)->epoch, epochs);
		assert_memory_equal(&record(&fixture)->loss, &reached, sizeof(reached));
		followed++;
		press(&fixture, 'u');
		rest(&fixture);
	}
	assert_true(followed > 5);
	app_free(fixture.app);
}

static void one_key_applies_the_best_remedy(void **state)
{
	struct fixture fixture = start("");
	(void)state;
	press(&fixture, '!');
	assert_non_null(strstr(fixture.app->messages.text, "no remedy has been tried"));
	run_for(&fixture, 20);
	rest(&fixture);
	app_key(fixture.app, '!', fixture.now);
	const struct config before = fixture.app->session->wanted;
	while (fixture.app->follower.active)
		app_work(fixture.app, fixture.now);
	const struct trial *best = advice_best(fixture.app->follower.advisor->advice);
	const struct config expected = trial_config(best, &before);
	run_for(&fixture, 0.01);
	assert_true(config_same(&expected, experiment_config(fixture.app->session->experiment)));
	assert_null(follower_advice(&fixture.app->follower,
		&fixture.app->controls)); /* what was tried was tried on another network */
	app_free(fixture.app);
}

static void the_key_pressed_too_early_says_when_to_press_it_again(void **state)
{
	struct fixture fixture = start("");
	const struct advice *advice;
	(void)state;
	do {
		fixture.now += SLICE;
		app_work(fixture.app, fixture.now);
		advice = follower_advice(&fixture.app->follower, &fixture.app->controls);
	} while (!advice || advice_best(advice) || !advice_busy(advice));
	app_key(fixture.app, '!', fixture.now);
	const char *said = fixture.app->messages.text;
	assert_non_null(strstr(said, "still being tried: press ! again when the line above names one"));
	assert_in_range(strlen(said), 1, 78);
	app_free(fixture.app);
}

/* A remedy tried earlier is tried again on the present weights before it is applied: the run
 * becomes, bit for bit, that trial. */
static void the_key_tries_its_remedy_on_the_present_weights_first(void **state)
{
	struct fixture fixture = start("samples=1000 seed=4");
	struct session *session = fixture.app->session;
	(void)state;
	run_for(&fixture, 20.3);
	assert_true(
		advice_best(follower_advice(&fixture.app->follower, &fixture.app->controls))->start <
		record(&fixture)->epoch);
	app_key(fixture.app, '!', fixture.now);
	while (fixture.app->follower.active) {
		app_work(fixture.app, fixture.now);
		fixture.now += SLICE;
	}
	const struct trial *best = advice_best(fixture.app->follower.advisor->advice);
	float reached = best->reached;
	int64_t epoch = record(&fixture)->epoch;
	int64_t begin = best->restart ? 0 : epoch, end = best->epochs + begin;
	assert_true(best->restart || best->start == epoch);
	while (session_pending(session))
		session_work(session, fixture.now);
	assert_int_equal(experiment_epoch(session->experiment), begin);
	session->pace.rate = INFINITY;
	session_run(session, end - experiment_epoch(session->experiment), fixture.now);
	while (session_wait(session, fixture.now) >= 0)
		session_work(session, fixture.now);
	assert_int_equal(record(&fixture)->epoch, end);
	assert_memory_equal(&record(&fixture)->loss, &reached, sizeof(reached));
	app_free(fixture.app);
}

static void changed_settings_or_an_earlier_epoch_restart_the_trials(void **state)
{
	struct fixture fixture = start("");
	(void)state;
	run_for(&fixture, 8);
	assert_true(advice_done(follower_advice(&fixture.app->follower, &fixture.app->controls)) > 2);
	press(&fixture, 'r');
	assert_null(follower_advice(&fixture.app->follower, &fixture.app->controls));
	run_for(&fixture, 8);
	assert_non_null(follower_advice(&fixture.app->follower, &fixture.app->controls));
	press(&fixture, 'd');
	assert_null(follower_advice(&fixture.app->follower, &fixture.app->controls));
	app_free(fixture.app);
}

/* 30 epochs later, or at one and a half times the epoch, whichever is later. */
static void rounds_come_ever_more_rarely(void **state)
{
	struct fixture fixture = start("pace=20");
	const struct advisor *advisor = fixture.app->follower.advisor;
	int64_t due = 0;
	int rounds = 0;
	(void)state;
	for (int i = 0; i < 1000 && rounds < 5; i++) {
		run_for(&fixture, 0.01);
		if (advisor->round_due == due)
			continue;
		due = advisor->round_due;
		double expected = fmax(1.5 * (double)advisor->epoch, (double)advisor->epoch + 30);
		if (due != (int64_t)expected)
			fail_msg("a round at epoch %d, the next at %d, expected %d", (int)advisor->epoch,
				(int)due, (int)expected);
		rounds++;
	}
	assert_int_equal(rounds, 5);
	assert_true(due > 150);
	app_free(fixture.app);
}

/* At full pace the only pause between two epochs is the one that is asked for. */
static void at_full_pace_there_is_advice_too(void **state)
{
	struct fixture fixture = start("pace=max");
	(void)state;
	run_for(&fixture, 10);
	assert_non_null(advice_best(follower_advice(&fixture.app->follower, &fixture.app->controls)));
	app_key(fixture.app, '!', fixture.now);
	for (int i = 0; fixture.app->follower.active; i++) {
		assert_true(i < 1000);
		app_work(fixture.app, fixture.now);
	}
	assert_true(session_pending(fixture.app->session));
	app_free(fixture.app);
}

/* A key between ! and its change cancels the change, and no message claims otherwise. */
static void another_change_takes_the_place_of_advice(void **state)
{
	struct fixture fixture = start("samples=1000 seed=4");
	(void)state;
	run_for(&fixture, 20);
	app_key(fixture.app, '!', fixture.now);
	app_work(fixture.app, fixture.now);
	assert_true(fixture.app->follower.active);
	press(&fixture, 'e');
	assert_false(fixture.app->follower.active);
	assert_false(fixture.app->follower.advisor->confirming);
	assert_null(strstr(fixture.app->messages.text, "no longer helps"));
	app_free(fixture.app);
}

/* A change that takes longer than a key may wait is made as it was tried. */
static void a_slow_trial_does_not_hold_the_key(void **state)
{
	struct fixture fixture = start("samples=1000 seed=4");
	(void)state;
	run_for(&fixture, 20);
	const struct trial *best =
		advice_best(follower_advice(&fixture.app->follower, &fixture.app->controls));
	const struct config expected = trial_config(best, &fixture.app->session->wanted);
	app_key(fixture.app, '!', fixture.now);
	for (int i = 0; fixture.app->follower.active; i++) {
		assert_true(i < 15);
		app_work(fixture.app, fixture.now);
		fixture.now += 0.3;
	}
	run_for(&fixture, 0.01);
	assert_true(config_same(&expected, experiment_config(fixture.app->session->experiment)));
	app_free(fixture.app);
}

/* Undo can come to the same settings at a later epoch of another run. */
static void trials_belong_to_one_run(void **state)
{
	struct fixture fixture = start("");
	(void)state;
	run_for(&fixture, 20);
	press(&fixture, 'r');
	run_for(&fixture, 10);
	assert_true(follower_advice(&fixture.app->follower, &fixture.app->controls) &&
		advice_done(follower_advice(&fixture.app->follower, &fixture.app->controls)) > 1);
	press(&fixture, 'u');
	assert_true(record(&fixture)->epoch > 150);
	assert_null(follower_advice(&fixture.app->follower, &fixture.app->controls));
	app_free(fixture.app);
}

/* The chosen row stays chosen when others rise in the list. */
static void a_chosen_remedy_stays_chosen(void **state)
{
	struct fixture fixture = start("");
	(void)state;
	focus_remedies(&fixture);
	run_for(&fixture, 5);
	press(&fixture, KEYCODE_DOWN);
	press(&fixture, KEYCODE_DOWN);
	assert_int_equal(fixture.app->viewer.view.choice, 2);
	const struct trial *chosen =
		advice_at(follower_advice(&fixture.app->follower, &fixture.app->controls), 2);
	for (int i = 0; i < 20; i++) {
		run_for(&fixture, 1);
		assert_ptr_equal(advice_at(follower_advice(&fixture.app->follower, &fixture.app->controls),
							 fixture.app->viewer.view.choice),
			chosen);
	}
	app_free(fixture.app);
}

static void the_ends_of_the_list_of_remedies_say_which_end_it_is(void **state)
{
	struct fixture fixture = start("");
	const char *text = fixture.app->messages.text;
	(void)state;
	focus_remedies(&fixture);
	run_for(&fixture, 5);
	press(&fixture, KEYCODE_UP);
	assert_string_equal(text, "this is the first of the list");
	press(&fixture, 'G');
	press(&fixture, KEYCODE_DOWN);
	assert_string_equal(text, "this is the last of the list");
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trials_take_a_tenth_of_the_time_and_end),
		cmocka_unit_test(every_slice_is_followed_by_nine_times_its_time_of_rest),
		cmocka_unit_test(where_others_want_the_processor_trials_are_rare),
		cmocka_unit_test(trials_change_no_bit_of_the_run),
		cmocka_unit_test(an_applied_remedy_continues_as_its_trial),
		cmocka_unit_test(one_key_applies_the_best_remedy),
		cmocka_unit_test(the_key_pressed_too_early_says_when_to_press_it_again),
		cmocka_unit_test(the_key_tries_its_remedy_on_the_present_weights_first),
		cmocka_unit_test(changed_settings_or_an_earlier_epoch_restart_the_trials),
		cmocka_unit_test(rounds_come_ever_more_rarely),
		cmocka_unit_test(at_full_pace_there_is_advice_too),
		cmocka_unit_test(another_change_takes_the_place_of_advice),
		cmocka_unit_test(a_slow_trial_does_not_hold_the_key),
		cmocka_unit_test(trials_belong_to_one_run),
		cmocka_unit_test(a_chosen_remedy_stays_chosen),
		cmocka_unit_test(the_ends_of_the_list_of_remedies_say_which_end_it_is),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
