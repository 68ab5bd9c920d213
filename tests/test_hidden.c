/* What a teacher hides: settings, keys and panes, until they are shown or the lesson ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/config_file.h"
#include "app/hiding.h"
#include "ui/key.h"

#include "lessons.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct fixture taught(const char *lines)
{
	struct fixture fixture = start_paused("", "ascii");
	char text[1000];
	snprintf(text, sizeof(text), "title T\nsamples=50\ndepth=2\n%s", lines);
	begin_lesson(&fixture, text);
	return fixture;
}

static void end(struct fixture *fixture)
{
	if (fixture->app->tutor.failures)
		fail_msg("%s", fixture->app->tutor.failed.text);
	app_free(fixture->app);
}

static bool refused(struct fixture *fixture, const char *line, const char *why)
{
	enum app_state state;
	struct error error = {STATUS_DONE, ""};
	bool done = app_command(fixture->app, line, &state, &error);
	if (!done && !strstr(error.text, why))
		fail_msg("%s: %s", line, error.text);
	return !done;
}

/* The help is longer than a screen. */
static bool helps_with(struct fixture *fixture, const char *text)
{
	bool found = false;
	press(fixture, '?');
	for (int page = 0; page < 30 && !found; page++) {
		found = shows(fixture, text);
		press(fixture, KEYCODE_PAGE_DOWN);
	}
	press(fixture, KEYCODE_ESCAPE);
	return found;
}

static bool menu_has(struct fixture *fixture, const char *name)
{
	const struct viewer *viewer = &fixture->app->viewer;
	bool found = false;
	press(fixture, 'm');
	press(fixture, 'g');
	for (int row = 0; row < all_settings_count() && !found; row++) {
		app_draw(fixture->app);
		found = strcmp(all_settings_name(viewer->menu_row), name) == 0;
		press(fixture, 'j');
	}
	press(fixture, KEYCODE_ESCAPE);
	return found;
}

static void a_hidden_setting_is_in_no_menu_no_help_and_its_key_says_so(void **state)
{
	(void)state;
	struct fixture fixture = taught("hide setting activation init\nsay A\nactivation=relu\n"
									"say B\nshow setting activation\nsay C");
	const struct config *wanted = &fixture.app->session->wanted;
	const char *before = wanted->activation;
	assert_false(menu_has(&fixture, "activation"));
	assert_true(menu_has(&fixture, "depth"));
	assert_false(helps_with(&fixture, "relu/tanh/...: one"));
	press(&fixture, 'a');
	assert_true(shows(&fixture, "a (activation) is hidden by this lesson"));
	assert_true(refused(&fixture, "activation=tanh", "activation is hidden by this lesson"));
	assert_true(refused(&fixture, "set act tanh", "activation is hidden by this lesson"));
	assert_string_equal(wanted->activation, before);
	press(&fixture, '>'); /* the lesson itself may change it */
	assert_string_equal(config_of(&fixture)->activation, "relu");
	press(&fixture, '>');
	assert_true(menu_has(&fixture, "activation"));
	assert_false(menu_has(&fixture, "init"));
	assert_true(helps_with(&fixture, "relu/tanh/...: one"));
	press(&fixture, '<');
	press(&fixture, '<');
	assert_false(menu_has(&fixture, "activation"));
	end(&fixture);
}

static void a_hidden_key_does_nothing_but_say_so_and_the_ways_out_stay(void **state)
{
	static const char *const ways[] = {"quit", "close", "close-or-quit", "help", "lesson-next",
		"lesson-back", "redraw", "suspend"};
	(void)state;
	struct fixture fixture = taught("hide key all\nsay A\nshow key S\nsay B");
	int64_t epoch = epoch_of(&fixture);
	press(&fixture, 'S');
	assert_int_equal(epoch_of(&fixture), epoch);
	assert_true(shows(&fixture, "S (ten-epochs) is hidden by this lesson"));
	assert_true(refused(&fixture, "ten-epochs", "ten-epochs is hidden by this lesson"));
	assert_false(shows(&fixture, " menu"));
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct hidden hidden = {.action = {false}};
		struct error error;
		char line[60];
		snprintf(line, sizeof(line), "key %s", ways[i]);
		assert_false(hiding_change(&hidden, line, true, &error));
		assert_non_null(strstr(error.text, "cannot be hidden"));
	}
	assert_true(helps_with(&fixture, "the lesson goes on"));
	press(&fixture, '>');
	press(&fixture, 'S');
	assert_int_equal(epoch_of(&fixture), epoch + 10);
	end(&fixture);
}

static void hidden_panes_leave_the_layout_and_are_shown_one_after_the_other(void **state)
{
	(void)state;
	struct fixture fixture = taught("hide pane all\nsay A\nshow pane loss\nsay B\n"
									"show pane chain\nfocus chain\nsay C");
	assert_false(shows(&fixture, "gradients"));
	assert_false(shows(&fixture, "2 loss"));
	press(&fixture, '>');
	assert_true(shows(&fixture, "2 loss"));
	assert_false(shows(&fixture, "gradients"));
	assert_string_equal(pane_at(fixture.app->viewer.focus)->name, "loss");
	press(&fixture, '1');
	assert_true(shows(&fixture, "pane gradients is hidden by this lesson"));
	assert_true(refused(&fixture, "pane data", "pane data is hidden by this lesson"));
	press(&fixture, KEYCODE_TAB);
	assert_string_equal(pane_at(fixture.app->viewer.focus)->name, "loss");
	press(&fixture, '>');
	assert_true(shows(&fixture, "2 loss"));
	assert_true(shows(&fixture, "chain"));
	press(&fixture, KEYCODE_TAB);
	assert_string_equal(pane_at(fixture.app->viewer.focus)->name, "loss");
	press(&fixture, KEYCODE_TAB);
	assert_string_equal(pane_at(fixture.app->viewer.focus)->name, "chain");
	end(&fixture);
}

static void leaving_the_lesson_gives_everything_back(void **state)
{
	(void)state;
	for (int closes = 0; closes < 2; closes++) {
		struct fixture fixture =
			taught("hide setting all\nhide key all\nhide pane all\nshow pane data\nsay A");
		static const struct hidden nothing;
		press(&fixture, 'm');
		assert_true(shows(&fixture, "m (menu) is hidden by this lesson"));
		press(&fixture, closes ? KEYCODE_ESCAPE : '>');
		assert_memory_equal(&fixture.app->controls.screen.hidden, &nothing, sizeof(nothing));
		assert_true(shows(&fixture, "gradients"));
		assert_true(menu_has(&fixture, "depth"));
		end(&fixture);
	}
}

static void a_lesson_that_points_at_a_hidden_pane_is_found_by_its_check(void **state)
{
	(void)state;
	struct fixture fixture = taught("hide pane data\nfocus data\nsay A");
	assert_int_equal(fixture.app->tutor.failures, 1);
	assert_string_equal(
		fixture.app->tutor.failed.text, "here:5: pane data is hidden by this lesson");
	app_free(fixture.app);
}

static void the_configuration_and_the_prompt_hide_and_show_too(void **state)
{
	char text[] = "set depth 3\nhide pane all\nshow pane units loss\nhide key a\n";
	struct all_settings settings = all_settings_default();
	struct error error;
	(void)state;
	assert_true(config_file_parse(&settings, "f", text, &error));
	assert_int_equal(in_sight_count(settings.screen.hidden.pane, pane_count()), 2);
	assert_true(settings.screen.hidden.setting[all_settings_find("activation", NULL)]);
	struct app_options options = {.settings = settings, .glyphs = "ascii"};
	struct fixture fixture = {.now = 1000};
	options.settings.screen.glyphs = NULL;
	fixture.app = app_new(&options, &error);
	assert_non_null(fixture.app);
	app_resize(fixture.app, 120, 40);
	assert_true(shows(&fixture, "units"));
	assert_false(shows(&fixture, "gradients"));
	press(&fixture, 'a');
	assert_true(
		shows(&fixture, "a (activation) is hidden; :show setting, key or pane NAME shows it"));
	assert_false(refused(&fixture, "show setting activation", ""));
	press(&fixture, 'a');
	assert_string_equal(fixture.app->session->wanted.activation, "relu");
	end(&fixture);
}

static void what_cannot_be_hidden_is_refused(void **state)
{
	static const char *const cases[][2] = {
		{"", "found '', expected setting, key or pane"},
		{"pane", "expected setting, key or pane, then names or all"},
		{"loss", "found 'loss', expected setting, key or pane"},
		{"pane losses", "found 'losses', expected a pane"},
		{"setting widht", "widht"},
		{"key nokey", "found 'nokey', expected a key or an action"},
		{"pane loss nopane", "found 'nopane'"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		static const struct hidden nothing;
		struct hidden hidden = nothing;
		struct error error = {STATUS_DONE, ""};
		assert_false(hiding_change(&hidden, cases[i][0], true, &error));
		if (!strstr(error.text, cases[i][1]))
			fail_msg("'%s': %s", cases[i][0], error.text);
		assert_memory_equal(&hidden, &nothing, sizeof(nothing));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hidden_setting_is_in_no_menu_no_help_and_its_key_says_so),
		cmocka_unit_test(a_hidden_key_does_nothing_but_say_so_and_the_ways_out_stay),
		cmocka_unit_test(hidden_panes_leave_the_layout_and_are_shown_one_after_the_other),
		cmocka_unit_test(leaving_the_lesson_gives_everything_back),
		cmocka_unit_test(a_lesson_that_points_at_a_hidden_pane_is_found_by_its_check),
		cmocka_unit_test(the_configuration_and_the_prompt_hide_and_show_too),
		cmocka_unit_test(what_cannot_be_hidden_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
