/* Every action of the table has a visible effect, or says why it has none. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/action.h"
#include "ui/key.h"

#include "place.h"
#include "session.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Situations in which an action is tried: the pane that has the focus (NULL: the first), and the
 * keys pressed before it. */
static const struct situation {
	const char *what, *pane, *keys;
} situations[] = {
	{"at the start", NULL, ""},
	{"a while later", NULL, "saSdjzZ\t"},
	{"in a pane that shows no layer", "loss", "z"},
	{"in the list of remedies", "remedies", ""},
	{"at a selected unit", "network", "))"},
	{"in a step in slow motion", "step", ""},
	{"in the help", NULL, "?"},
	{"at the end of the help", NULL, "?G"},
	{"in the menu", NULL, "m"},
	{"at the end of the menu", NULL, "mG"},
};

/* The key that leads to a pane. */
static int index_of(const char *pane)
{
	for (int i = 0; pane_at(i); i++)
		if (strcmp(pane_at(i)->name, pane) == 0)
			return i;
	fail_msg("no pane %s", pane);
	return 0;
}

/* Compares the codes and styles of all cells. */
static bool same_picture(const struct cell *before, struct app *app)
{
	const struct canvas *canvas = app_draw(app);
	for (int i = 0; i < canvas->columns * canvas->rows; i++)
		if (canvas->cell[i].code != before[i].code || canvas->cell[i].style != before[i].style)
			return false;
	return true;
}

static struct cell *picture_of(struct app *app)
{
	const struct canvas *canvas = app_draw(app);
	size_t size = (size_t)canvas->columns * (size_t)canvas->rows * sizeof(*canvas->cell);
	struct cell *copy = malloc(size);
	assert_non_null(copy);
	memcpy(copy, canvas->cell, size);
	return copy;
}

static bool is_seen(const struct action *action, const struct situation *situation)
{
	struct fixture fixture = start_paused("depth=30", "ascii");
	if (situation->pane)
		fixture.app->viewer.focus = index_of(situation->pane);
	for (const char *key = situation->keys; *key; key++)
		press(&fixture, *key);
	app_key(fixture.app, KEYCODE_NONE, fixture.now); /* clears an earlier message */
	settle(&fixture);
	struct cell *before = picture_of(fixture.app);
	enum app_state asked = app_key(fixture.app, action->key[0], fixture.now);
	bool seen = asked != APP_RUN || !same_picture(before, fixture.app);
	/* some effects are seen after an epoch */
	for (int i = 0; i < 1000 && !seen && app_wait(fixture.app, fixture.now) == 0; i++) {
		app_work(fixture.app, fixture.now);
		fixture.now += 0.001;
		seen = !same_picture(before, fixture.app);
	}
	free(before);
	app_free(fixture.app);
	return seen;
}

static void every_action_is_seen_or_says_why_not(void **state)
{
	int blind = 0;
	(void)state;
	for (int i = 0; action_at(i); i++)
		for (size_t s = 0; s < COUNT(situations); s++) {
			if (is_seen(action_at(i), &situations[s]))
				continue;
			print_error("action %s, %s: nothing changes on the screen; it must do something, or "
						"tell why it does not (message_say_once)\n",
				action_at(i)->name, situations[s].what);
			blind++;
		}
	if (blind)
		fail_msg("%d actions, each in a situation named above, are not seen", blind);
}

/* ---- moving ---- */

enum { PANES, HELP, MENU, PLACES };

static int place_of(const struct app *app, int place)
{
	return place == PANES ? app->viewer.view.layer
		: place == HELP   ? app->viewer.help_top
						  : app->viewer.menu_row;
}

/* How far the key of an action moves in a place. */
static int way(struct fixture *fixture, int place, const char *action)
{
	int before = place_of(fixture->app, place);
	for (int i = 0; action_at(i); i++)
		if (strcmp(action_at(i)->name, action) == 0) {
			press(fixture, action_at(i)->key[0]);
			return place_of(fixture->app, place) - before;
		}
	fail_msg("no action %s", action);
	return 0;
}

static void moves_lead_where_their_names_say(void **state)
{
	static const int open[PLACES] = {KEYCODE_NONE, '?', 'm'};
	(void)state;
	for (int place = 0; place < PLACES; place++) {
		struct fixture fixture = start_paused("depth=40", "ascii");
		press(&fixture, open[place]);
		int page = way(&fixture, place, "page-down");
		assert_in_range(page, 5, 60);
		assert_int_equal(way(&fixture, place, "down"), 1);
		assert_int_equal(way(&fixture, place, "page-up"), -page);
		assert_int_equal(way(&fixture, place, "up"), -1);
		int all = way(&fixture, place, "last");
		assert_true(all > page);
		assert_int_equal(way(&fixture, place, "first"), -all);
		app_free(fixture.app);
	}
}

static void the_ends_of_a_list_say_which_end_it_is(void **state)
{
	static const struct {
		const char *keys, *text;
	} cases[] = {
		{"?g", "the help begins here"},
		{"?GG", "the help ends here"},
		{"mg", "this is the first setting"},
		{"mGG", "this is the last setting"},
		{"g", "layer 1 is the first"},
		{"GG", "the output layer is the last"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture = start_paused("", "ascii");
		for (const char *key = cases[i].keys; *key; key++)
			press(&fixture, *key);
		if (!shows(&fixture, cases[i].text))
			fail_msg("keys %s: '%s', expected '%s'", cases[i].keys, fixture.app->messages.text,
				cases[i].text);
		app_free(fixture.app);
	}
}

/* ---- panes ---- */

static void a_pane_has_the_number_that_leads_to_it(void **state)
{
	struct fixture fixture = start_paused("", "ascii");
	char title[80];
	(void)state;
	app_resize(fixture.app, 200, 60);
	for (int i = 0; i < 9 && pane_at(i); i++) {
		press(&fixture, '1' + i);
		press(&fixture, 'z');
		snprintf(title, sizeof(title), "%d %s", i + 1, pane_at(i)->name);
		if (!shows(&fixture, title))
			fail_msg("key %d does not lead to a pane '%s'", i + 1, title);
		press(&fixture, 'z');
		if (!shows(&fixture, title))
			fail_msg("among all panes there is no '%s'", title);
	}
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_action_is_seen_or_says_why_not),
		cmocka_unit_test(moves_lead_where_their_names_say),
		cmocka_unit_test(the_ends_of_a_list_say_which_end_it_is),
		cmocka_unit_test(a_pane_has_the_number_that_leads_to_it),
	};
	return cmocka_run_group_tests(tests, place_enter, place_leave);
}
