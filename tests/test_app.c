/* The program at the keys, without a terminal, on a clock that the test moves. */
#include "app/app.h"
#include "app/app_internal.h"
#include "ui/key.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../src/lab/experiment_internal.h"
#include "frames.h"
#include "place.h"
#include "session.h"

static void epochs_come_at_the_pace(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	settle(&fixture);
	double begun = fixture.now;
	int64_t first = epoch_of(&fixture);
	work_until(&fixture, begun + 2.05);
	assert_in_range(epoch_of(&fixture) - first, 19, 21);
	press(&fixture, '+');
	first = epoch_of(&fixture);
	work_until(&fixture, fixture.now + 1.01);
	assert_in_range(epoch_of(&fixture) - first, 19, 21);
	app_free(fixture.app);
}

static void a_stall_is_not_made_up_for_by_a_burst(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	work_until(&fixture, fixture.now + 1);
	int64_t before = epoch_of(&fixture);
	fixture.now += 3600;
	work_until(&fixture, fixture.now + 0.5);
	assert_in_range(epoch_of(&fixture) - before, 1, 7);
	app_free(fixture.app);
}

static void paused_sleeps_and_draws_nothing(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	app_draw(fixture.app); /* its panes ask for a view of the network, which is drawn once */
	work_until(&fixture, fixture.now + 10);
	assert_true(app_wait(fixture.app, fixture.now) < 0);
	app_draw(fixture.app);
	int64_t before = epoch_of(&fixture);
	work_until(&fixture, fixture.now + 100);
	assert_false(app_changed(fixture.app));
	assert_int_equal(epoch_of(&fixture), before);
	press(&fixture, KEYCODE_F(12)); /* that the key does nothing is said once */
	work_until(&fixture, fixture.now + 10);
	app_draw(fixture.app);
	press(&fixture, KEYCODE_F(12));
	assert_false(app_changed(fixture.app));
	app_free(fixture.app);
}

static void one_and_ten_epochs_are_one_and_ten(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	int64_t before = epoch_of(&fixture);
	press(&fixture, 's');
	work_until(&fixture, fixture.now + 5);
	assert_int_equal(epoch_of(&fixture), before + 1);
	press(&fixture, 'S');
	work_until(&fixture, fixture.now + 5);
	assert_int_equal(epoch_of(&fixture), before + 11);
	app_free(fixture.app);
}

static void the_end_pauses_and_a_restart_goes_on(void **state)
{
	struct fixture fixture = start_small("epochs=3");
	(void)state;
	work_until(&fixture, fixture.now + 2);
	assert_int_equal(epoch_of(&fixture), 3);
	assert_true(shows(&fixture, "over"));
	work_until(&fixture, fixture.now + 20);
	assert_true(app_wait(fixture.app, fixture.now) < 0);
	press(&fixture, 'r');
	work_until(&fixture, fixture.now + 0.15);
	assert_in_range(epoch_of(&fixture), 1, 3);
	app_free(fixture.app);
}

static void divergence_stops_training_and_the_screen_lives(void **state)
{
	struct fixture fixture = start_small("lr=100 activation=identity loss=mse depth=8 gain=50");
	(void)state;
	work_until(&fixture, fixture.now + 20);
	assert_true(experiment_diverged(fixture.app->session->experiment));
	assert_true(app_wait(fixture.app, fixture.now) < 0);
	assert_true(shows(&fixture, "over"));
	assert_int_equal(press(&fixture, 'q'), APP_QUIT);
	app_free(fixture.app);
}

static void more_memory_than_allowed_is_refused(void **state)
{
	struct fixture fixture = start_small("memory-limit=16 depth=8");
	(void)state;
	pause_run(&fixture);
	press(&fixture, ':');
	for (const char *at = "width=1024"; *at; at++)
		press(&fixture, *at);
	press(&fixture, KEYCODE_ENTER);
	assert_int_equal(fixture.app->messages.style, STYLE_ALARM);
	assert_int_equal(config_of(&fixture)->width, 2);
	assert_false(session_failed(fixture.app->session));
	app_free(fixture.app);
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

static void a_long_epoch_shows_how_far_it_is(void **state)
{
	struct fixture fixture = start_long_epoch();
	(void)state;
	char progress[16];

	app_work(fixture.app, fixture.now);
	assert_int_equal(fixture.app->percent, -1);
	app_draw(fixture.app);
	app_work(fixture.app, fixture.now + 1);
	assert_true(app_changed(fixture.app));
	snprintf(progress, sizeof(progress), " 0 %d%%  ", fixture.app->percent);
	assert_true(shows(&fixture, progress));
	app_free(fixture.app);
}

/* Every action by its first key, on the panes and on each overlay. */
static void every_key_can_be_pressed_anywhere(void **state)
{
	static const int before[] = {0, '?', 'm'};
	(void)state;
	for (size_t b = 0; b < sizeof(before) / sizeof(before[0]); b++) {
		struct fixture fixture = start_small("");
		for (int key = 1; key <= KEYCODE_F(12); key = key == 127 ? KEYCODE_UP : key + 1) {
			fixture.app->viewer.overlay = OVERLAY_NONE;
			fixture.app->prompt.open = false;
			press(&fixture, before[b]);
			press(&fixture, key);
			app_draw(fixture.app);
			work_until(&fixture, fixture.now + 0.001);
		}
		app_free(fixture.app);
	}
}

static void keys_of_settings_change_them(void **state)
{
	char before[SETTING_VALUE_MAX], after[SETTING_VALUE_MAX];
	(void)state;
	for (int i = 0; i < all_settings_count(); i++) {
		struct fixture fixture = start_small("");
		struct all_settings settings = controls_settings(&fixture.app->controls);
		pause_run(&fixture);
		settings.config.lr = config_rate(&settings.config); /* no key leads back to auto */
		all_settings_format(&settings, i, before);
		if (all_settings_row(i)->key) {
			press(&fixture, all_settings_row(i)->key);
			settings = controls_settings(&fixture.app->controls);
			all_settings_format(&settings, i, after);
			if (strcmp(before, after) == 0)
				fail_msg("%s: key %c leaves it at %s", all_settings_row(i)->name,
					all_settings_row(i)->key, before);
		}
		if (all_settings_row(i)->back_key) {
			press(&fixture, all_settings_row(i)->back_key);
			settings = controls_settings(&fixture.app->controls);
			all_settings_format(&settings, i, after);
			if (strcmp(before, after) != 0)
				fail_msg("%s: key %c leads to %s, not back to %s", all_settings_row(i)->name,
					all_settings_row(i)->back_key, after, before);
		}
		app_free(fixture.app);
	}
}

static void q_closes_the_overlay_and_escape_never_quits(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	press(&fixture, '?');
	assert_int_equal(fixture.app->viewer.overlay, OVERLAY_HELP);
	assert_int_equal(press(&fixture, 'q'), APP_RUN);
	press(&fixture, 'm');
	assert_int_equal(press(&fixture, KEYCODE_ESCAPE), APP_RUN);
	assert_int_equal(fixture.app->viewer.overlay, OVERLAY_NONE);
	assert_int_equal(press(&fixture, KEYCODE_ESCAPE), APP_RUN);
	press(&fixture, ':');
	assert_int_equal(press(&fixture, 'q'), APP_RUN);
	press(&fixture, KEYCODE_ESCAPE);
	assert_int_equal(press(&fixture, KEYCODE_F(10)), APP_QUIT);
	assert_int_equal(press(&fixture, 'Q'), APP_QUIT);
	press(&fixture, ':');
	assert_int_equal(press(&fixture, KEYCODE_CONTROL('c')), APP_INTERRUPTED);
	assert_int_equal(press(&fixture, KEYCODE_CONTROL('l')), APP_REPAINT);
	assert_int_equal(press(&fixture, KEYCODE_CONTROL('z')), APP_SUSPEND);
	app_free(fixture.app);
}

static void help_scrolls_to_its_end_and_no_further(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	press(&fixture, '?');
	assert_true(shows(&fixture, "Focused pane"));
	press(&fixture, 'k');
	assert_int_equal(fixture.app->viewer.help_top, 0);
	press(&fixture, 'G');
	assert_true(shows(&fixture, "underflow"));
	int end = fixture.app->viewer.help_top;
	press(&fixture, 'j');
	assert_int_equal(fixture.app->viewer.help_top, end);
	press(&fixture, 'g');
	assert_int_equal(fixture.app->viewer.help_top, 0);
	app_free(fixture.app);
}

static void the_menu_steps_and_types_values(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	press(&fixture, 'm');
	while (strcmp(all_settings_name(fixture.app->viewer.menu_row), "depth") != 0)
		press(&fixture, 'j');
	press(&fixture, KEYCODE_RIGHT);
	assert_int_equal(config_of(&fixture)->depth, 3);
	press(&fixture, KEYCODE_ENTER);
	assert_string_equal(fixture.app->prompt.text, "set depth ");
	press(&fixture, '7');
	press(&fixture, KEYCODE_ENTER);
	assert_int_equal(config_of(&fixture)->depth, 7);
	app_free(fixture.app);
}

static void the_selected_layer_always_exists(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	press(&fixture, 'G');
	assert_int_equal(fixture.app->viewer.view.layer, 3);
	press(&fixture, 'j');
	assert_int_equal(fixture.app->viewer.view.layer, 3);
	press(&fixture, 'D');
	assert_int_equal(fixture.app->viewer.view.layer, 2);
	press(&fixture, KEYCODE_PAGE_UP);
	press(&fixture, 'h');
	assert_int_equal(fixture.app->viewer.view.layer, 1);
	app_free(fixture.app);
}

static void every_size_can_be_drawn(void **state)
{
	static const int keys[] = {0, '?', 'm', ':'};
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		fixture.app->viewer.overlay = OVERLAY_NONE;
		press(&fixture, keys[k]);
		for (int columns = 0; columns <= 130; columns += 1 + columns / 20)
			for (int rows = 0; rows <= 50; rows += 1 + rows / 12) {
				app_resize(fixture.app, columns, rows);
				const struct canvas *canvas = app_draw(fixture.app);
				assert_int_equal(canvas->columns, columns);
				assert_int_equal(canvas->rows, rows);
			}
		fixture.app->prompt.open = false;
	}
	app_resize(fixture.app, 30, 8);
	assert_true(shows(&fixture, "wane needs 40x10"));
	fixture.app->viewer.overlay = OVERLAY_NONE;
	assert_int_equal(press(&fixture, 'q'), APP_QUIT);
	app_resize(fixture.app, -5, 100000);
	app_draw(fixture.app);
	app_free(fixture.app);
}

static void messages_go_with_the_next_key_or_with_time(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	press(&fixture, 'e');
	assert_true(shows(&fixture, "lr 0.2"));
	settle(&fixture);
	assert_true(app_wait(fixture.app, fixture.now) > 0);
	work_until(&fixture, fixture.now + 5);
	assert_string_equal(fixture.app->messages.text, "");
	press(&fixture, 'e');
	press(&fixture, KEYCODE_TAB);
	assert_string_equal(fixture.app->messages.text, "");
	app_free(fixture.app);
}

static void a_paste_outside_the_prompt_does_nothing(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	pause_run(&fixture);
	app_draw(fixture.app);
	app_paste(fixture.app, "qqq");
	assert_false(app_changed(fixture.app));
	press(&fixture, ':');
	app_paste(fixture.app, "depth=4");
	assert_true(app_changed(fixture.app));
	press(&fixture, KEYCODE_ENTER);
	assert_int_equal(fixture.app->session->wanted.depth, 4);
	app_free(fixture.app);
}

static void prompt_errors_leave_the_line_to_be_mended(void **state)
{
	struct fixture fixture = start_small("");
	(void)state;
	press(&fixture, ':');
	for (const char *at = "lr=1000"; *at; at++)
		press(&fixture, *at);
	press(&fixture, KEYCODE_ENTER);
	assert_true(fixture.app->prompt.open);
	assert_true(shows(&fixture, "expected 1e-08 to 100"));
	assert_true(shows(&fixture, ":lr=1000"));
	press(&fixture, KEYCODE_BACKSPACE);
	press(&fixture, KEYCODE_BACKSPACE);
	press(&fixture, KEYCODE_ENTER);
	assert_false(fixture.app->prompt.open);
	assert_true(fixture.app->session->wanted.lr == 10);
	app_free(fixture.app);
}

static void unreadable_data_at_the_start_are_refused(void **state)
{
	struct app_options options = {.settings = all_settings_default()};
	struct error error = {0, ""};
	(void)state;
	strcpy(options.settings.config.data, "/no/such/file.csv");
	assert_null(app_new(&options, &error));
	assert_int_equal(error.status, STATUS_WORLD);
	assert_non_null(strstr(error.text, "/no/such/file.csv"));
}

/* At full pace most epochs yield a record without detail; a paused run has the detail of its
 * epoch. */
static void a_run_at_rest_shows_the_details_of_its_epoch(void **state)
{
	struct fixture fixture = start_small("");
	struct session *session = fixture.app->session;
	(void)state;
	pause_run(&fixture);
	session_restart(session, fixture.now);
	settle(&fixture);
	pause_run(&fixture);
	int64_t first = epoch_of(&fixture), behind = 0;
	session_pace(session, INFINITY, fixture.now);
	session_run(session, 20, fixture.now);
	while (session->left > 0) {
		session_work(session, fixture.now); /* no time passes */
		behind += frame_of(session->experiment).detail->epoch < epoch_of(&fixture) - 1;
	}
	assert_true(behind > 10);
	settle(&fixture);
	assert_int_equal(epoch_of(&fixture), first + 20);
	assert_int_equal(frame_of(session->experiment).detail->epoch, first + 20);
	assert_int_equal(experiment_record(session->experiment)->epoch, first + 20);
	assert_true(experiment_record(session->experiment)->steps > 0);
	assert_true(session_wait(session, fixture.now) < 0);
	app_free(fixture.app);
}

static void notes_about_a_file_are_shown_once(void **state)
{
	struct fixture fixture = start_small("data=tests/cases/label_header_first.csv");
	const char *said = "column 'x2' is learned, as the last one; target=label learns column "
					   "'label' instead";

	(void)state;
	settle(&fixture);
	assert_string_equal(fixture.app->messages.text, said);
	work_until(&fixture, fixture.now + 100);
	press(&fixture, 'r');
	settle(&fixture);
	assert_string_not_equal(fixture.app->messages.text, said);
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(epochs_come_at_the_pace),
		cmocka_unit_test(a_stall_is_not_made_up_for_by_a_burst),
		cmocka_unit_test(paused_sleeps_and_draws_nothing),
		cmocka_unit_test(one_and_ten_epochs_are_one_and_ten),
		cmocka_unit_test(the_end_pauses_and_a_restart_goes_on),
		cmocka_unit_test(divergence_stops_training_and_the_screen_lives),
		cmocka_unit_test(more_memory_than_allowed_is_refused),
		cmocka_unit_test(a_long_epoch_shows_how_far_it_is),
		cmocka_unit_test_setup_teardown(
			every_key_can_be_pressed_anywhere, place_enter, place_leave),
		cmocka_unit_test(keys_of_settings_change_them),
		cmocka_unit_test(q_closes_the_overlay_and_escape_never_quits),
		cmocka_unit_test(help_scrolls_to_its_end_and_no_further),
		cmocka_unit_test(the_menu_steps_and_types_values),
		cmocka_unit_test(the_selected_layer_always_exists),
		cmocka_unit_test(every_size_can_be_drawn),
		cmocka_unit_test(messages_go_with_the_next_key_or_with_time),
		cmocka_unit_test(a_paste_outside_the_prompt_does_nothing),
		cmocka_unit_test(prompt_errors_leave_the_line_to_be_mended),
		cmocka_unit_test(unreadable_data_at_the_start_are_refused),
		cmocka_unit_test(a_run_at_rest_shows_the_details_of_its_epoch),
		cmocka_unit_test(notes_about_a_file_are_shown_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
