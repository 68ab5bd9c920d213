/* A second run beside the first: it trains on as it was, and neither changes the other. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "session.h"

static void train_to(struct fixture *fixture, int64_t epoch)
{
	while (epoch_of(fixture) < epoch)
		press(fixture, 's');
	settle(fixture);
}

static float loss_of_epoch(const struct experiment *experiment, int64_t epoch)
{
	struct frame frame;
	assert_true(experiment_frame(experiment, epoch, &frame));
	return frame.record->loss;
}

static void assert_same_losses(
	const struct experiment *a, const struct experiment *b, int64_t from, int64_t to)
{
	for (int64_t epoch = from; epoch <= to; epoch++) {
		float one = loss_of_epoch(a, epoch), other = loss_of_epoch(b, epoch);
		if (memcmp(&one, &other, sizeof(one)) != 0)
			fail_msg("epoch %d: loss %.9g and %.9g", (int)epoch, (double)one, (double)other);
	}
}

static const char settings[] = "advice=off depth=3 width=4 dropout=0.1 optimizer=adam";

static void the_pinned_run_and_the_changed_one_train_as_if_they_were_alone(void **state)
{
	(void)state;
	struct fixture both = start_paused(settings, "ascii"), pinned = start_paused(settings, "ascii"),
				   changed = start_paused(settings, "ascii");
	train_to(&both, 3);
	press(&both, 'c');
	press(&both, 'a');
	train_to(&both, 9);
	train_to(&pinned, 9);
	train_to(&changed, 3);
	press(&changed, 'a');
	train_to(&changed, 9);
	const struct experiment *twin = both.app->twin.experiment;
	assert_non_null(twin);
	assert_int_equal(experiment_epoch(twin), 9);
	assert_same_losses(twin, experiment_of(&pinned), 0, 9);
	assert_same_losses(experiment_of(&both), experiment_of(&changed), 0, 9);
	press(&both, '2');
	press(&both, 'z');
	assert_true(shows(&both, "pinned activation=sigmoid"));
	app_free(both.app);
	app_free(pinned.app);
	app_free(changed.app);
}

static void the_run_waits_for_its_twin_and_a_restart_lets_it_wait(void **state)
{
	(void)state;
	struct fixture fixture = start_small("advice=off pace=max");
	for (int i = 0; i < 300; i++)
		app_work(fixture.app, fixture.now += 0.001);
	app_key(fixture.app, 'c', fixture.now);
	for (int i = 0; i < 3000; i++) {
		app_work(fixture.app, fixture.now += 0.001);
		if (fixture.app->twin.experiment)
			assert_true(epoch_of(&fixture) - experiment_epoch(fixture.app->twin.experiment) <= 1);
	}
	press(&fixture, ' ');
	int64_t reached = experiment_epoch(fixture.app->twin.experiment);
	assert_true(reached > 2);
	press(&fixture, 'r');
	train_to(&fixture, 2);
	assert_int_equal(experiment_epoch(fixture.app->twin.experiment), reached);
	app_free(fixture.app);
}

static void the_two_runs_change_places(void **state)
{
	(void)state;
	struct fixture fixture = start_paused(settings, "ascii");
	press(&fixture, 'C');
	assert_true(shows(&fixture, "no run is pinned"));
	train_to(&fixture, 2);
	press(&fixture, 'c');
	press(&fixture, 'a');
	train_to(&fixture, 5);
	float run = loss_of_epoch(experiment_of(&fixture), 5);
	float twin = loss_of_epoch(fixture.app->twin.experiment, 5);
	assert_true(run != twin);
	press(&fixture, 'C');
	assert_float_equal(loss_of_epoch(experiment_of(&fixture), 5), twin, 0);
	assert_float_equal(loss_of_epoch(fixture.app->twin.experiment, 5), run, 0);
	assert_string_equal(config_of(&fixture)->activation, "sigmoid");
	press(&fixture, 'N');
	assert_null(fixture.app->twin.experiment);
	assert_false(shows(&fixture, "pinned activation"));
	train_to(&fixture, 6);
	app_free(fixture.app);
}

/* A clock that every look at it moves on, so that a slice of work takes half a second. */
static double half_seconds(void)
{
	static double time;
	return time += 0.5;
}

static double time_of(const struct experiment *experiment, int64_t epoch)
{
	struct frame frame;
	assert_true(experiment_frame(experiment, EPOCH_PRESENT, &frame));
	return history_time(frame.history, epoch);
}

static void assert_times(const struct experiment *a, const struct experiment *b, int64_t last)
{
	for (int64_t epoch = 1; epoch <= last; epoch++) {
		double one = time_of(a, epoch), other = time_of(b, epoch);
		if (!(one == other && one >= 0.5 * (double)epoch))
			fail_msg("epoch %d: %g s and %g s", (int)epoch, one, other);
	}
}

/* Slices of a million multiply-adds until the first epoch is trained, before it is measured. */
static int slices_of_training(const struct config *config)
{
	struct experiment *e = experiment_new(config, NULL);
	int slices = 0;
	assert_non_null(e);
	while (experiment_advance(e, 1000000) != EXPERIMENT_IDLE)
		;
	experiment_epoch_begin(e, REPORT_RECORD);
	while (experiment_epoch(e) == 0) {
		experiment_advance(e, 1000000);
		slices++;
	}
	experiment_free(e);
	return slices;
}

/* What is measured or drawn, and what the other run takes, is not its time. */
static void each_run_has_a_clock_of_its_own(void **state)
{
	static const char wider[] = "advice=off depth=2 width=90";
	(void)state;
	struct fixture both = start_paused(wider, "ascii"), pinned = start_paused(wider, "ascii"),
				   changed = start_paused(wider, "ascii");
	both.app->session->processor = pinned.app->session->processor =
		changed.app->session->processor = half_seconds;
	assert_true(isnan(time_of(experiment_of(&both), 3)));
	train_to(&both, 3);
	press(&both, 'c');
	press(&both, 'd');
	train_to(&both, 6);
	train_to(&pinned, 6);
	train_to(&changed, 3);
	press(&changed, 'd');
	train_to(&changed, 6);
	assert_times(both.app->twin.experiment, experiment_of(&pinned), 6);
	assert_times(experiment_of(&both), experiment_of(&changed), 6);
	assert_float_equal(
		time_of(experiment_of(&pinned), 1), 0.5 * slices_of_training(config_of(&pinned)), 0);
	assert_true(time_of(experiment_of(&both), 6) > time_of(both.app->twin.experiment, 6));
	double before = time_of(both.app->twin.experiment, 6), run = time_of(experiment_of(&both), 6);
	press(&both, 'C');
	train_to(&both, 7);
	assert_true(time_of(experiment_of(&both), 7) > before);
	assert_float_equal(time_of(experiment_of(&both), 6), before, 0);
	assert_float_equal(time_of(both.app->twin.experiment, 6), run, 0);
	app_free(both.app);
	app_free(pinned.app);
	app_free(changed.app);
}

static void an_epoch_that_is_given_up_takes_no_time(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off depth=2 width=90", "ascii");
	struct session *session = fixture.app->session;
	session->processor = half_seconds;
	app_key(fixture.app, 's', fixture.now);
	while (!session->lap.trains) /* trained, not yet measured */
		app_work(fixture.app, fixture.now);
	app_key(fixture.app, 'r', fixture.now);
	fixture.now += 1; /* longer than a restart waits for the end of an epoch */
	settle(&fixture);
	assert_true(isnan(time_of(experiment_of(&fixture), 0)));
	app_free(fixture.app);
}

static void time_goes_back_with_undo_and_begins_anew_with_a_restart(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off depth=2 width=4", "ascii");
	fixture.app->session->processor = half_seconds;
	train_to(&fixture, 4);
	double time = time_of(experiment_of(&fixture), 4);
	press(&fixture, 'a');
	train_to(&fixture, 6);
	press(&fixture, 'u'); /* back to the state before the change */
	settle(&fixture);
	assert_float_equal(time_of(experiment_of(&fixture), 6), time, 0);
	press(&fixture, 'r');
	settle(&fixture);
	assert_true(isnan(time_of(experiment_of(&fixture), 6)));
	app_free(fixture.app);
}

static void the_race_says_who_reached_the_target_first(void **state)
{
	(void)state;
	struct fixture fixture =
		start_paused("advice=off depth=1 width=8 optimizer=adam lr=0.1 target-loss=0.4", "ascii");
	press(&fixture, 'c');
	press(&fixture, 'e');
	work_until(&fixture, fixture.now + 1);
	train_to(&fixture, 40);
	press(&fixture, '2');
	press(&fixture, 'z');
	assert_true(shows(&fixture, "<= 0.4 in epoch"));
	assert_true(shows(&fixture, "first") || shows(&fixture, "both in epoch"));
	app_free(fixture.app);
}

static void a_network_too_large_for_two_is_refused(void **state)
{
	(void)state;
	struct fixture fixture = start_paused(
		"advice=off depth=2 width=1000 optimizer=adam memory-limit=48 samples=20", "ascii");
	press(&fixture, 'c');
	assert_null(fixture.app->twin.experiment);
	assert_true(shows(&fixture, "too large for a second one"));
	app_free(fixture.app);
}

/* Works and draws as the program does. */
static void live(struct fixture *fixture)
{
	for (int i = 0; i < 5; i++) {
		app_draw(fixture->app);
		work_until(fixture, fixture->now + 0.1);
	}
}

static const struct state_view *view_of_twin(const struct fixture *fixture)
{
	const struct twin *twin = &fixture->app->twin;
	return prober_view(&twin->prober, twin->experiment);
}

static void the_pinned_run_answers_while_pane_data_shows_it_and_only_then(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off lr=1", "ascii");
	train_to(&fixture, 2);
	press(&fixture, 'c');
	press(&fixture, 'a');
	press(&fixture, '2');
	press(&fixture, 'z');
	train_to(&fixture, 20);
	live(&fixture);
	assert_null(view_of_twin(&fixture));
	press(&fixture, '5');
	live(&fixture);
	const struct state_view *pinned = view_of_twin(&fixture);
	const struct state_view *run = prober_view(&fixture.app->prober, experiment_of(&fixture));
	assert_true(pinned && run && pinned->epoch == 20 && run->epoch == 20);
	assert_int_equal(pinned->wish.columns, run->wish.columns);
	assert_true(pinned->grid[0].value != run->grid[0].value);
	press(&fixture, 'c'); /* another twin may lie where the former one did */
	live(&fixture);
	assert_float_equal(view_of_twin(&fixture)->grid[0].value, run->grid[0].value, 0);
	press(&fixture, 'N');
	live(&fixture);
	assert_null(view_of_twin(&fixture));
	app_free(fixture.app);
}

static void values_of_the_pinned_run_are_shown_as_those_of_the_run_are(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off", "ascii");
	press(&fixture, 'c');
	press(&fixture, 'a');
	train_to(&fixture, 5);
	app_draw(fixture.app);
	const struct context context = app_context(fixture.app, 0);
	const struct picture picture = context_picture(&context);
	assert_non_null(picture.twin.detail);
	assert_int_equal(picture.twin.detail->epoch, 5);
	assert_int_equal(picture.frame.detail->epoch, 5);
	work_until(&fixture, fixture.now + 60);
	assert_true(app_wait(fixture.app, fixture.now) < 0);
	press(&fixture, '3');
	press(&fixture, 'z');
	assert_true(shows(&fixture, "pinned activation=sigmoid"));
	assert_true(shows(&fixture, "this activation=relu"));
	app_free(fixture.app);
}

/* Keys pressed during an epoch count in the order in which they were pressed. */
static void a_run_is_pinned_as_it_is_when_the_key_is_pressed(void **state)
{
	(void)state;
	static const struct {
		const char *keys, *pinned;
	} cases[] = {{"ca", "sigmoid"}, {"ac", "relu"}, {"cra", "sigmoid"}, {"arc", "relu"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture = start_small("advice=off depth=9 width=90 pace=max samples=2000");
		for (int slice = 0; slice < 300; slice++)
			app_work(fixture.app, fixture.now += 0.001);
		for (const char *key = cases[i].keys; *key; key++)
			app_key(fixture.app, *key, fixture.now);
		for (int slice = 0; slice < 20000 && !fixture.app->twin.experiment; slice++)
			app_work(fixture.app, fixture.now += 0.001);
		assert_non_null(fixture.app->twin.experiment);
		assert_string_equal(
			experiment_config(fixture.app->twin.experiment)->activation, cases[i].pinned);
		app_free(fixture.app);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pinned_run_and_the_changed_one_train_as_if_they_were_alone),
		cmocka_unit_test(the_run_waits_for_its_twin_and_a_restart_lets_it_wait),
		cmocka_unit_test(the_two_runs_change_places),
		cmocka_unit_test(each_run_has_a_clock_of_its_own),
		cmocka_unit_test(an_epoch_that_is_given_up_takes_no_time),
		cmocka_unit_test(time_goes_back_with_undo_and_begins_anew_with_a_restart),
		cmocka_unit_test(the_race_says_who_reached_the_target_first),
		cmocka_unit_test(a_network_too_large_for_two_is_refused),
		cmocka_unit_test(the_pinned_run_answers_while_pane_data_shows_it_and_only_then),
		cmocka_unit_test(values_of_the_pinned_run_are_shown_as_those_of_the_run_are),
		cmocka_unit_test(a_run_is_pinned_as_it_is_when_the_key_is_pressed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
