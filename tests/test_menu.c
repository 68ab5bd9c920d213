/* The menu of settings: groups, what it tells of the selected setting, and panes beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "app/all_settings.h"
#include "ui/key.h"

#include "session.h"

static struct fixture open_menu(int columns, int rows)
{
	struct fixture fixture = start_session("glyphs=ascii", "braille", columns, rows);
	pause_run(&fixture);
	press(&fixture, 'm');
	return fixture;
}

static void select_row(struct fixture *fixture, const char *name)
{
	press(fixture, 'g');
	for (int i = 0; i < all_settings_count(); i++) {
		if (strcmp(all_settings_name(fixture->app->viewer.menu_row), name) == 0)
			return;
		press(fixture, 'j');
	}
	fail_msg("the menu has no row %s", name);
}

/* The line of the screen that contains the name; -1: none. */
static int line_with(struct fixture *fixture, const char *name)
{
	const struct canvas *canvas = app_draw(fixture->app);
	for (int y = 0; y < canvas->rows; y++)
		for (int x = 0; x + (int)strlen(name) < canvas->columns; x++) {
			size_t k = 0;
			while (
				name[k] && canvas->cell[y * canvas->columns + x + (int)k].code == (uint32_t)name[k])
				k++;
			if (!name[k])
				return y;
		}
	return -1;
}

static void settings_of_a_group_stand_together(void **state)
{
	static const char *const groups[] = {
		"data", "network", "training", "regularization", "screen", NULL};
	int at = 0;
	(void)state;
	for (int i = 0; i < all_settings_count(); i++) {
		const char *group = all_settings_row(i)->group;
		if (strcmp(group, groups[at]) != 0 && groups[at + 1])
			at++;
		if (strcmp(group, groups[at]) != 0)
			fail_msg("setting %s is in group %s among those of group %s", all_settings_name(i),
				group, groups[at]);
	}
	assert_null(groups[at + 1]);
}

static void every_setting_tells_what_it_may_be_and_what_a_change_costs(void **state)
{
	struct fixture fixture = open_menu(200, 60);
	(void)state;
	for (int i = 0; i < all_settings_count(); i++) {
		const struct setting *row = all_settings_row(i);
		char range[80], initial[60];
		select_row(&fixture, row->name);
		assert_true(shows(&fixture, row->group));
		snprintf(initial, sizeof(initial), "default: %.20s", row->initial);
		if (!shows(&fixture, initial))
			fail_msg("the menu does not show the default of %s", row->name);
		snprintf(range, sizeof(range), "%.9g to %.9g", row->minimum, row->maximum);
		if (row->maximum > row->minimum && !shows(&fixture, range))
			fail_msg("the menu does not show the range of %s", row->name);
		for (int k = 0; row->choice && row->choice(k); k++)
			if (!shows(&fixture, row->choice(k)))
				fail_msg("the menu does not show %s of %s", row->choice(k), row->name);
	}
	select_row(&fixture, "width");
	assert_true(shows(&fixture, "new weights"));
	select_row(&fixture, "lr");
	assert_true(shows(&fixture, "keeps the weights"));
	app_free(fixture.app);
}

static void a_value_that_is_not_the_default_is_marked(void **state)
{
	struct fixture fixture = open_menu(80, 24);
	(void)state;
	select_row(&fixture, "noise");
	assert_true(shows(&fixture, " 0.1 "));
	assert_false(shows(&fixture, "* not the default: 0.1"));
	press(&fixture, 'l');
	assert_true(shows(&fixture, "*0.2"));
	assert_true(shows(&fixture, "* not the default: 0.1"));
	app_free(fixture.app);
}

static void a_choice_far_down_the_list_is_seen(void **state)
{
	struct fixture fixture = open_menu(80, 24);
	(void)state;
	select_row(&fixture, "activation");
	press(&fixture, 'h');
	assert_true(shows(&fixture, "hard-sigmoid  sine"));
	app_free(fixture.app);
}

static void panes_stand_beside_the_menu_where_there_is_room(void **state)
{
	struct fixture fixture = open_menu(80, 24);
	(void)state;
	assert_true(shows(&fixture, "1 gradients"));
	assert_true(shows(&fixture, "settings"));
	press(&fixture, '2');
	assert_true(shows(&fixture, ">2 loss"));
	press(&fixture, 'z');
	assert_true(fixture.app->viewer.zoomed);
	assert_false(shows(&fixture, "1 gradients"));
	app_resize(fixture.app, 79, 24);
	assert_false(shows(&fixture, "2 loss"));
	press(&fixture, '1');
	assert_true(shows(&fixture, "pane gradients has the focus; q closes the menu"));
	app_free(fixture.app);
}

static void the_list_moves_only_when_the_selected_row_would_leave_it(void **state)
{
	struct fixture fixture = open_menu(80, 24);
	(void)state;
	int first = line_with(&fixture, "samples");
	press(&fixture, 'j');
	press(&fixture, 'j');
	assert_int_equal(line_with(&fixture, "samples"), first);
	press(&fixture, 'G');
	int last = line_with(&fixture, "advice");
	assert_true(last > 0);
	assert_int_equal(line_with(&fixture, "samples"), -1);
	press(&fixture, 'k');
	assert_int_equal(line_with(&fixture, "advice"), last);
	press(&fixture, 'g');
	assert_true(shows(&fixture, " data  ")); /* with the heading of its group */
	assert_int_equal(line_with(&fixture, "samples"), first);
	app_free(fixture.app);
}

static void help_lists_the_settings_of_each_group(void **state)
{
	struct fixture fixture = open_menu(200, 60);
	const char *group = "";
	(void)state;
	press(&fixture, '?');
	for (int i = 0; i < all_settings_count(); i++) {
		char heading[80];
		bool opens = strcmp(all_settings_row(i)->group, group) != 0;
		group = all_settings_row(i)->group;
		snprintf(heading, sizeof(heading), "Settings: %s", group);
		for (int page = 0; opens && page < 20 && !shows(&fixture, heading); page++)
			press(&fixture, KEYCODE_PAGE_DOWN);
		if (opens && !shows(&fixture, heading))
			fail_msg("the help has no heading '%s'", heading);
	}
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_of_a_group_stand_together),
		cmocka_unit_test(every_setting_tells_what_it_may_be_and_what_a_change_costs),
		cmocka_unit_test(a_value_that_is_not_the_default_is_marked),
		cmocka_unit_test(a_choice_far_down_the_list_is_seen),
		cmocka_unit_test(panes_stand_beside_the_menu_where_there_is_room),
		cmocka_unit_test(help_lists_the_settings_of_each_group),
		cmocka_unit_test(the_list_moves_only_when_the_selected_row_would_leave_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
