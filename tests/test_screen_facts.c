/* What every setting of the screen changes. A new one needs a row in facts[]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "session.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is(const char *text, const char *expected)
{
	return strcmp(text, expected) == 0;
}

/* Boxes beside each other in the first row of panes. */
static int boxes_across(struct app *app)
{
	const struct canvas *canvas = app_draw(app);
	int corners = 0;
	for (int x = 0; x < canvas->columns; x++)
		corners += canvas->cell[canvas->columns + x].code == canvas->glyphs->corner[0];
	return corners;
}

/* ---- facts ---- */

#define FACT(name, holds) \
	static bool name(struct app *app) \
	{ \
		return holds; \
	}

FACT(fifty_epochs_a_second, app->session->pace.rate == 50)
FACT(seven_pictures_a_second, app_frames_per_second(app) == 7)
FACT(drawn_in_ascii, is(app_draw(app)->glyphs->name, "ascii"))
FACT(drawn_without_colours, is(app_colors(app)->name, "mono") && app_draw(app)->colors == 0)
FACT(one_pane_a_row, boxes_across(app) == 1)
FACT(bars_of_delta, is(app->viewer.view.gradient, "delta"))
FACT(map_of_updates, is(app->viewer.view.history, "update"))
FACT(map_of_outputs, is(app->viewer.view.history, "output"))
FACT(units_by_slope, is(app->viewer.view.network, "slope"))
FACT(units_of_one_sample, is(app->viewer.view.units, "sample"))
FACT(slopes_of_several, is(app->viewer.view.curves, "derivatives"))
FACT(all_functions, is(app->viewer.view.curves, "table"))
FACT(mouse_left_to_the_terminal, !app_wants_mouse(app))
FACT(elu_beside, is(app->viewer.view.compare, "elu"))
FACT(nothing_beside, is(app->viewer.view.beside, "nothing"))
FACT(largest_first, is(app->viewer.view.sort, "falling"))
FACT(weights_beside_traces, is(app->viewer.view.beside, "traces"))
FACT(theory_always, is(app->viewer.view.theory, "on"))
FACT(axis_from_zero, is(app->viewer.view.loss_axis, "zero"))
FACT(no_verdict_to_be_seen, app_draw(app) && app->viewer.view.quiz)
FACT(timed, app->viewer.view.timer)
FACT(target_of_a_third, app->viewer.view.target_loss == 0.3)

static const struct fact {
	const char *setting, *value;
	bool (*holds)(struct app *app);
	const char *elsewhere; /* "PROGRAM: TEST" that states the fact; NULL: it is here */
} facts[] = {
	{"pace", "50", fifty_epochs_a_second, NULL},
	{"fps", "7", seven_pictures_a_second, NULL},
	{"glyphs", "ascii", drawn_in_ascii, NULL},
	{"colors", "mono", drawn_without_colours, NULL},
	{"layout", "rows", one_pane_a_row, NULL},
	{"mouse", "off", mouse_left_to_the_terminal, NULL},
	{"gradient", "delta", bars_of_delta, NULL},
	{"history", "update", map_of_updates, NULL},
	{"history", "output", map_of_outputs, NULL},
	{"network", "slope", units_by_slope, NULL},
	{"units", "sample", units_of_one_sample, NULL},
	{"curves", "derivatives", slopes_of_several, NULL},
	{"curves", "table", all_functions, NULL},
	{"compare", "elu", elu_beside, NULL},
	{"weights-beside", "nothing", nothing_beside, NULL},
	{"sort", "falling", largest_first, NULL},
	{"quiz", "on", no_verdict_to_be_seen, NULL},
	{"timer", "on", timed, NULL},
	{"lang", NULL, NULL, "translation: the_setting_and_the_locale_choose_the_language"},
	{"weights-beside", "traces", weights_beside_traces, NULL},
	{"theory", "on", theory_always, NULL},
	{"loss-axis", "zero", axis_from_zero, NULL},
	{"target-loss", "0.3", target_of_a_third, NULL},
	{"advice", NULL, NULL, "advisor: trials_change_no_bit_of_the_run"},
};

static const char *setting_name(int index)
{
	return index < screen_table.count ? screen_table.row[index].name : NULL;
}

static const char *about(size_t f)
{
	return facts[f].setting;
}

static const char *elsewhere(size_t f)
{
	return facts[f].elsewhere;
}

static bool holds(size_t f, const void *context)
{
	const struct fact *fact = &facts[f];
	(void)context;
	struct fixture fixture = start_session("seed=1", "braille", 120, 40);
	char line[100];
	fixture.app->controls.color_count = 256;
	pause_run(&fixture);
	bool before = fact->holds(fixture.app);
	snprintf(line, sizeof(line), "%s=%s", fact->setting, fact->value);
	command(&fixture, line);
	bool after = fact->holds(fixture.app);
	app_free(fixture.app);
	if (!before && after)
		return true;
	print_error("%s: what facts[] says of it %s\n", line,
		before ? "holds without it, too" : "does not hold");
	return false;
}

static void every_setting_of_the_screen_changes_what_is_drawn_by_it(void **state)
{
	(void)state;
	assert_facts(&(struct facts){
		.kind = "setting",
		.file = "tests/test_screen_facts.c",
		.says = "what it changes",
		.row = setting_name,
		.count = COUNT(facts),
		.about = about,
		.elsewhere = elsewhere,
		.holds = holds,
	});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_setting_of_the_screen_changes_what_is_drawn_by_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
