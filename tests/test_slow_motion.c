/* A step in slow motion by keys: phases, layers and samples; and what the pane says without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ui/key.h"

#include "session.h"

static void wait_for_view(struct fixture *fixture)
{
	app_draw(fixture->app);
	work_until(fixture, fixture->now + 1);
}

static void arrows_go_through_phases_and_layers(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off depth=3 width=4", "ascii");
	zoom_to(&fixture, "step");
	assert_true(shows(&fixture, "step . 1 of 20 . forward . layer 1 . sample 1 of 32"));
	assert_true(shows(&fixture, "z1 = W1 x + b1"));
	press(&fixture, KEYCODE_RIGHT);
	assert_true(shows(&fixture, "step . 2 of 20 . forward . layer 1"));
	press(&fixture, KEYCODE_RIGHT);
	assert_true(shows(&fixture, "step . 3 of 20 . forward . layer 2"));
	press(&fixture, KEYCODE_DOWN);
	assert_true(shows(&fixture, "z3 = W3 a2 + b3"));
	for (int i = 0; i < 4; i++)
		press(&fixture, KEYCODE_RIGHT);
	assert_true(shows(&fixture, "step . 9 of 20 . backward . layer out"));
	press(&fixture, KEYCODE_LEFT);
	assert_true(shows(&fixture, "step . 8 of 20 . loss"));
	press(&fixture, KEYCODE_LEFT);
	assert_true(shows(&fixture, "step . 7 of 20 . forward . layer out"));
	app_free(fixture.app);
}

/* The numbers of two phases belong together only if the network rests between them. */
static void going_through_phases_pauses_the_run(void **state)
{
	static const int keys[] = {KEYCODE_RIGHT, KEYCODE_ENTER};
	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct fixture fixture = start_paused("advice=off depth=2 width=4", "ascii");
		zoom_to(&fixture, "step");
		app_key(fixture.app, ' ', fixture.now);
		assert_true(fixture.app->session->left != 0);
		app_key(fixture.app, keys[i], fixture.now);
		assert_true(fixture.app->session->left == 0);
		assert_true(shows(&fixture, "paused, so that all phases are"));
		app_free(fixture.app);
	}
}

/* Enter leads through all phases, one after the other, and the program sleeps in between. */
static void a_step_plays_by_itself_to_its_end(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off depth=1", "ascii");
	char phase[40];
	zoom_to(&fixture, "step");
	assert_true(shows(&fixture, "step . 1 of 10"));
	press(&fixture, KEYCODE_ENTER);
	for (int i = 2; i <= 10; i++) {
		snprintf(phase, sizeof(phase), "step . %d of 10", i);
		if (!shows(&fixture, phase))
			fail_msg("not at %s", phase);
		assert_true(app_wait(fixture.app, fixture.now) > 0.5);
		work_until(&fixture, fixture.now + 1.5);
	}
	work_until(&fixture, fixture.now + 20);
	assert_true(app_wait(fixture.app, fixture.now) < 0);
	assert_true(shows(&fixture, "step . 10 of 10"));
	press(&fixture, KEYCODE_ENTER); /* from the beginning */
	assert_true(shows(&fixture, "step . 1 of 10"));
	work_until(&fixture, fixture.now + 2);
	assert_true(shows(&fixture, "step . 2 of 10"));
	press(&fixture, KEYCODE_ENTER);
	work_until(&fixture, fixture.now + 10);
	assert_true(shows(&fixture, "step . 2 of 10"));
	press(&fixture, KEYCODE_ENTER);
	press(&fixture, '1'); /* another pane stays as it is */
	work_until(&fixture, fixture.now + 10);
	assert_true(app_wait(fixture.app, fixture.now) < 0);
	app_free(fixture.app);
}

static void the_ends_of_a_step_say_so(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off", "ascii");
	zoom_to(&fixture, "step");
	press(&fixture, KEYCODE_LEFT);
	assert_true(shows(&fixture, "pane step begins here"));
	for (int i = 0; i < 15; i++)
		press(&fixture, KEYCODE_RIGHT);
	assert_true(shows(&fixture, "pane step ends here"));
	assert_true(shows(&fixture, "training goes on with the next minibatch"));
	app_free(fixture.app);
}

static void n_takes_the_samples_of_the_minibatch_in_turn(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off batch=3", "ascii");
	zoom_to(&fixture, "step");
	const char *const title[] = {"sample 2 of 3", "sample 3 of 3", "sample 1 of 3"};
	for (int i = 0; i < 3; i++) {
		press(&fixture, 'n');
		wait_for_view(&fixture);
		char whole[80];
		snprintf(whole, sizeof(whole), "layer 1 . %s ", title[i]);
		if (!shows(&fixture, whole))
			fail_msg("after %d times n the title does not end with '%s'", i + 1, title[i]);
	}
	app_free(fixture.app);
}

static void without_a_step_n_says_where_samples_are(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off", "ascii");
	press(&fixture, 'n');
	assert_true(shows(&fixture, "samples go through pane step"));
	app_free(fixture.app);
}

static void a_past_epoch_has_the_step_that_was_made_then(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off lr=1 activation=tanh width=8", "ascii");
	press(&fixture, 's');
	zoom_to(&fixture, "step");
	wait_for_view(&fixture);
	assert_true(shows(&fixture, "W1 x + b1"));
	struct cell *then = malloc(sizeof(*then) * 120 * 40);
	assert_non_null(then);
	memcpy(then, app_draw(fixture.app)->cell, sizeof(*then) * 120 * 40);
	press(&fixture, 's');
	wait_for_view(&fixture);
	const struct cell *now = app_draw(fixture.app)->cell;
	int same = 1;
	for (int i = 5 * 120; i < 20 * 120; i++)
		same &= now[i].code == then[i].code;
	assert_false(same);
	press(&fixture, ',');
	wait_for_view(&fixture);
	now = app_draw(fixture.app)->cell;
	for (int i = 5 * 120; i < 20 * 120; i++)
		assert_int_equal(now[i].code, then[i].code);
	free(then);
	app_free(fixture.app);
}

/* Epoch 1 has moved the weights, so the same sample has other numbers. */
static void the_step_follows_the_run(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off lr=1 activation=tanh width=8", "ascii");
	zoom_to(&fixture, "step");
	struct cell *before = malloc(sizeof(*before) * 120 * 40);
	assert_non_null(before);
	memcpy(before, app_draw(fixture.app)->cell, sizeof(*before) * 120 * 40);
	press(&fixture, 's');
	wait_for_view(&fixture);
	const struct cell *now = app_draw(fixture.app)->cell;
	int changed = 0;
	for (int i = 5 * 120; i < 20 * 120; i++)
		changed += now[i].code != before[i].code;
	assert_true(changed > 10);
	free(before);
	app_free(fixture.app);
}

static void left_and_right_choose_a_weight(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("advice=off", "ascii");
	zoom_to(&fixture, "weights");
	assert_true(shows(&fixture, ">1<-1"));
	press(&fixture, KEYCODE_RIGHT);
	assert_true(shows(&fixture, ">1<-2"));
	press(&fixture, KEYCODE_DOWN);
	assert_true(shows(&fixture, "layer 2: 4 weights"));
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrows_go_through_phases_and_layers),
		cmocka_unit_test(going_through_phases_pauses_the_run),
		cmocka_unit_test(a_step_plays_by_itself_to_its_end),
		cmocka_unit_test(the_ends_of_a_step_say_so),
		cmocka_unit_test(n_takes_the_samples_of_the_minibatch_in_turn),
		cmocka_unit_test(without_a_step_n_says_where_samples_are),
		cmocka_unit_test(a_past_epoch_has_the_step_that_was_made_then),
		cmocka_unit_test(the_step_follows_the_run),
		cmocka_unit_test(left_and_right_choose_a_weight),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
