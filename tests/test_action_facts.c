/* What every action of the table leaves behind. A new action needs a row in facts[]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/action.h"
#include "ui/key.h"
#include "ui/layout.h"

#include "facts.h"
#include "session.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What a fact may speak of: the program's state before a key, and after it. */
struct seen {
	enum app_state asked; /* by the key */
	int64_t left, epoch, shown;
	int seed;
	char activation[CHOICE_LIST_MAX]; /* of the run */
	char pinned[CHOICE_LIST_MAX];     /* of the pinned run; "": there is none */
	double pace;
	struct viewer viewer;
	const char *layout;
	char prompt[PROMPT_MAX]; /* "-": closed */
};

static struct seen look(const struct fixture *fixture, enum app_state asked)
{
	const struct app *app = fixture->app;
	const struct experiment *twin = app->twin.experiment;
	struct seen seen = {
		.asked = asked,
		.left = app->session->left,
		.epoch = epoch_of(fixture),
		.shown = app->viewer.epoch,
		.seed = config_of(fixture)->seed,
		.pace = pace_rate(app->controls.screen.pace),
		.viewer = app->viewer,
		.layout = app->controls.screen.layout,
	};
	snprintf(seen.activation, sizeof(seen.activation), "%s", config_of(fixture)->activation);
	snprintf(seen.prompt, sizeof(seen.prompt), "%s", app->prompt.open ? app->prompt.text : "-");
	if (twin)
		snprintf(seen.pinned, sizeof(seen.pinned), "%s", experiment_config(twin)->activation);
	return seen;
}

static bool is(const char *text, const char *expected)
{
	return strcmp(text, expected) == 0;
}

/* ---- facts: a before the key, b after it and a second of work ---- */

#define FACT(name, holds) \
	static bool name(const struct seen *a, const struct seen *b) \
	{ \
		(void)a; \
		return holds; \
	}

FACT(lessons_are_listed, b->viewer.overlay == OVERLAY_LESSONS)
FACT(runs_without_end, b->left == -1)
FACT(is_paused, a->left == -1 && b->left == 0)
FACT(one_epoch_more, b->epoch == a->epoch + 1 && b->left == 0)
FACT(ten_epochs_more, b->epoch == a->epoch + 10 && b->left == 0)
FACT(starts_over, a->epoch > 0 && b->epoch == 0 && b->seed == a->seed)
FACT(starts_over_with_the_next_seed, a->epoch > 0 && b->epoch == 0 && b->seed == a->seed + 1)
FACT(is_faster, a->pace == 10 && b->pace == 20)
FACT(is_slower, a->pace == 10 && b->pace == 5)
FACT(sigmoid_again, is(a->activation, "relu") && is(b->activation, "sigmoid"))
FACT(relu_again, is(a->activation, "sigmoid") && is(b->activation, "relu"))
FACT(epoch_before, a->shown == EPOCH_PRESENT && b->shown == a->epoch - 1)
FACT(epoch_after, a->shown >= 0 && b->shown == a->shown + 1)
FACT(present_epoch, a->shown >= 0 && b->shown == EPOCH_PRESENT)
FACT(is_pinned, !a->pinned[0] && is(b->pinned, "sigmoid"))
FACT(have_changed_places, is(a->pinned, b->activation) && is(a->activation, b->pinned))
FACT(is_dropped, a->pinned[0] && !b->pinned[0] && is(a->activation, b->activation))
FACT(first_pane, a->viewer.focus == 2 && b->viewer.focus == 0)
FACT(next_pane, b->viewer.focus == a->viewer.focus + 1)
FACT(pane_before, b->viewer.focus == a->viewer.focus - 1)
FACT(first_pane_after_the_last, a->viewer.focus == pane_count() - 1 && b->viewer.focus == 0)
FACT(last_pane_before_the_first, a->viewer.focus == 0 && b->viewer.focus == pane_count() - 1)
FACT(pane_alone, !a->viewer.zoomed && b->viewer.zoomed)
FACT(all_panes, a->viewer.zoomed && !b->viewer.zoomed)
FACT(second_layout, is(a->layout, layout_name(0)) && is(b->layout, layout_name(1)))
FACT(first_layout, is(b->layout, layout_name(0)) && a->viewer.zoomed && !b->viewer.zoomed)
FACT(layer_before, b->viewer.view.layer == a->viewer.view.layer - 1)
FACT(layer_after, b->viewer.view.layer == a->viewer.view.layer + 1)
FACT(ten_layers_before, b->viewer.view.layer == a->viewer.view.layer - 10)
FACT(ten_layers_after, b->viewer.view.layer == a->viewer.view.layer + 10)
FACT(first_layer, a->viewer.view.layer > 1 && b->viewer.view.layer == 1)
FACT(output_layer, b->viewer.view.layer == 31)
FACT(unit_after, b->viewer.view.unit == a->viewer.view.unit + 1)
FACT(unit_before, b->viewer.view.unit == a->viewer.view.unit - 1)
FACT(help_is_open, b->viewer.overlay == OVERLAY_HELP && b->viewer.help_top == 0)
FACT(menu_is_open, b->viewer.overlay == OVERLAY_MENU)
FACT(prompt_is_open, is(a->prompt, "-") && is(b->prompt, ""))
FACT(prompt_asks_for_a_file, is(a->prompt, "-") && is(b->prompt, "save "))
FACT(closes, a->viewer.overlay != OVERLAY_NONE && b->viewer.overlay == OVERLAY_NONE)
FACT(closes_and_goes_on, closes(a, b) && b->asked == APP_RUN)
FACT(quits, b->asked == APP_QUIT)
FACT(repaints, b->asked == APP_REPAINT)
FACT(suspends, b->asked == APP_SUSPEND)

/* `keys` are pressed first, in a paused run of 30 layers, with the first pane in focus; an action
 * may have several rows. */
static const struct fact {
	const char *action, *keys;
	bool (*holds)(const struct seen *a, const struct seen *b);
	const char *elsewhere; /* "PROGRAM: TEST" that states the fact; NULL: it is here */
} facts[] = {
	{"run-pause", "", runs_without_end, NULL},
	{"run-pause", " ", is_paused, NULL},
	{"one-epoch", "s", one_epoch_more, NULL},
	{"ten-epochs", "s", ten_epochs_more, NULL},
	{"restart", "sRs", starts_over, NULL},
	{"new-seed", "s", starts_over_with_the_next_seed, NULL},
	{"faster", "", is_faster, NULL},
	{"slower", "", is_slower, NULL},
	{"undo", "sa", sigmoid_again, NULL},
	{"redo", "sau", relu_again, NULL},
	{"earlier", "sss", epoch_before, NULL},
	{"later", "ssss,,", epoch_after, NULL},
	{"present", "sss,,", present_epoch, NULL},
	{"pin", "s", is_pinned, NULL},
	{"swap", "sca", have_changed_places, NULL},
	{"unpin", "sca", is_dropped, NULL},
	{"follow-advice", "", NULL, "advisor: one_key_applies_the_best_remedy"},
	{"focus", "3", first_pane, NULL},
	{"focus-next", "3", next_pane, NULL},
	{"focus-next", "\x1f", first_pane_after_the_last, NULL},
	{"focus-previous", "3", pane_before, NULL},
	{"focus-previous", "1", last_pane_before_the_first, NULL},
	{"zoom", "", pane_alone, NULL},
	{"zoom", "z", all_panes, NULL},
	{"next-sample", "", NULL, "slow_motion: n_takes_the_samples_of_the_minibatch_in_turn"},
	{"next-layout", "", second_layout, NULL},
	{"default-layout", "ZZz", first_layout, NULL},
	{"up", "jj", layer_before, NULL},
	{"down", "jj", layer_after, NULL},
	{"left", "jj", layer_before, NULL},
	{"right", "jj", layer_after, NULL},
	{"page-up", "G", ten_layers_before, NULL},
	{"page-down", "", ten_layers_after, NULL},
	{"first", "jj", first_layer, NULL},
	{"last", "", output_layer, NULL},
	{"next-unit", ")", unit_after, NULL},
	{"previous-unit", "))", unit_before, NULL},
	{"help", "", help_is_open, NULL},
	{"menu", "", menu_is_open, NULL},
	{"prompt", "", prompt_is_open, NULL},
	{"export-all", "", NULL,
		"exporter: x_writes_the_screen_as_svg_and_text_and_the_records_as_csv"},
	{"lessons", "", lessons_are_listed, NULL},
	{"lesson-next", "", lessons_are_listed, NULL}, /* none has been begun */
	{"lesson-next", "", NULL,
		"lesson: the_tutor_stops_at_texts_and_takes_no_step_before_the_prediction"},
	{"lesson-back", "", NULL, "lesson: going_back_and_on_again_gives_the_same_numbers"},
	{"save-session", "", prompt_asks_for_a_file, NULL},
	{"command-line", "", NULL, "command_line: a_key_shows_it_and_copy_prints_it_at_the_end"},
	{"close", "?", closes, NULL},
	{"close", "z", all_panes, NULL},
	{"close-or-quit", "m", closes_and_goes_on, NULL},
	{"close-or-quit", "", quits, NULL},
	{"quit", "m", quits, NULL},
	{"redraw", "", repaints, NULL},
	{"suspend", "", suspends, NULL},
};

static const char *action_name(int index)
{
	return action_at(index) ? action_at(index)->name : NULL;
}

static const char *about(size_t f)
{
	return facts[f].action;
}

static const char *elsewhere(size_t f)
{
	return facts[f].elsewhere;
}

static const struct action *action_named(const char *name)
{
	int i = 0;
	while (!is(action_at(i)->name, name))
		i++;
	return action_at(i);
}

static bool holds(size_t f, const void *context)
{
	const struct fact *fact = &facts[f];
	(void)context;
	struct fixture fixture = start_session("depth=30 advice=off pace=10 seed=1", "ascii", 120, 40);
	pause_run(&fixture);
	for (const char *key = fact->keys; *key; key++) {
		press(&fixture, *key == '\x1f' ? KEYCODE_BACK_TAB : *key);
		if (fixture.app->session->left > 0)
			work_until(&fixture, fixture.now + 1);
	}
	const struct action *action = action_named(fact->action);
	struct seen before = look(&fixture, APP_RUN);
	enum app_state asked = app_key(fixture.app, action->key[0], fixture.now);
	work_until(&fixture, fixture.now + 2);
	struct seen after = look(&fixture, asked);
	app_free(fixture.app);
	if (fact->holds(&before, &after))
		return true;
	print_error("action %s after keys '%s': what facts[] says of it does not hold\n", fact->action,
		fact->keys);
	return false;
}

static void every_action_leaves_what_its_name_says(void **state)
{
	(void)state;
	assert_facts(&(struct facts){
		.kind = "action",
		.file = "tests/test_action_facts.c",
		.says = "what state its key leaves",
		.row = action_name,
		.count = COUNT(facts),
		.about = about,
		.elsewhere = elsewhere,
		.holds = holds,
	});
}

/* From none to the last unit and back, with an answer to each key. */
static void keys_go_through_the_units_of_a_layer_and_none(void **state)
{
	static const struct {
		const char *keys;
		int unit;
		const char *told;
	} presses[] = {
		{"(", 0, "no unit is selected; ) selects the first"},
		{")", 1, "unit 1 of layer 1"},
		{"))", 3, "unit 3 of layer 1"},
		{")", 3, "unit 3 is the last of layer 1"},
		{"(", 2, "unit 2 of layer 1"},
		{"(", 1, "unit 1 of layer 1"},
		{"(", 0, "no unit is selected"},
		{"))))", 3, ""},
		{"G(", 0, "no unit is selected"}, /* the output layer has one unit */
		{")", 1, "unit 1 of layer 3"},
		{")", 1, ""},
	};
	struct fixture fixture = start_session("depth=2 width=3 advice=off", "ascii", 120, 40);
	(void)state;
	pause_run(&fixture);
	for (size_t i = 0; i < COUNT(presses); i++) {
		for (const char *key = presses[i].keys; *key; key++)
			press(&fixture, *key);
		const char *told = fixture.app->messages.text;
		if (fixture.app->viewer.view.unit != presses[i].unit || strcmp(told, presses[i].told) != 0)
			fail_msg("press %zu: unit %d, '%s'", i, fixture.app->viewer.view.unit, told);
	}
	app_free(fixture.app);
}

/* Keys at the ends of what they move in: \x01 is a page down, \x02 Left, \x03 Right. */
static void a_key_that_can_go_no_further_says_why(void **state)
{
	static const struct {
		const char *settings, *keys, *told;
	} rows[] = {
		{"", "k", "layer 1 is the first"},
		{"", "g", "layer 1 is the first"},
		{"", "Gj", "the output layer is the last"},
		{"", "Gkj", ""},
		{"", "G\x01", "the output layer is the last"},
		{"", "j", ""},
		{"depth=0", "j", "the output layer is the only one; d adds a hidden layer"},
		{"depth=0", "k", "the output layer is the only one; d adds a hidden layer"},
		{"", "zj", "layer 2"},
		{"", "zjk", "layer 1"},
		{"", "zG", "output layer"},
		{"model=rnn data=echo length=4", "zj", "time step 2 of layer 1"},
		{"model=rnn data=echo length=4", "zjjj", "time step 4 of layer 1"},
		{"", "4j", "layer 1 is the first"}, /* history has the output layer on top */
		{"", "?k", "the help begins here"},
		{"", "?j", ""},
		{"", "?Gj", "the help ends here"},
		{"", "?G\x01", "the help ends here"},
		{"", "?\x03", "arrows up and down scroll the help; q closes it"},
		{"", "mk", "this is the first setting"},
		{"", "mj", ""},
		{"", "mGj", "this is the last setting"},
		{"", "Lk", "this is the first lesson"},
		{"", "Lj", ""},
		{"", "LGj", "this is the last lesson"},
		{"", ":pane remedies\rk", "this is the first of the list"},
		{"", ":pane step\r\x02", "pane step begins here"},
		{"", ":pane step\r\x03", ""},
		{"pace=1", "-", "pace 1 is the slowest"},
		{"pace=max", "+", "pace max is the fastest"},
		{"pace=1", "+", "pace 2"},
		{"", "ss,", "epoch 1 of 2 \xc2\xb7 , earlier  ; later  F the present"},
		{"", "s,,", "no earlier epoch is kept"},
		{"", "s;", "this is the newest epoch"},
		{"", "sF", "the screen follows the run already"},
		{"", "s,F", "the present epoch: the screen follows"},
		{"", "ss,;", "the present epoch: the screen follows"},
		{"", ",", "no earlier epoch is kept"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static const int special[] = {0, KEYCODE_PAGE_DOWN, KEYCODE_LEFT, KEYCODE_RIGHT};
		char settings[100];
		snprintf(settings, sizeof(settings), "depth=2 advice=off seed=1 %s", rows[i].settings);
		struct fixture fixture = start_session(settings, "ascii", 120, 40);
		press(&fixture, ' ');
		for (const char *key = rows[i].keys; *key; key++) {
			press(&fixture, *key == '\r' ? KEYCODE_ENTER : *key < 4 ? special[(int)*key] : *key);
			app_draw(fixture.app);
			if (fixture.app->session->left > 0)
				work_until(&fixture, fixture.now + 1);
			else if (*key == '\r')
				work_until(&fixture, fixture.now + 0.5); /* what a new pane wishes is computed */
		}
		if (strcmp(fixture.app->messages.text, rows[i].told) != 0)
			fail_msg("%s, keys '%s': '%s', expected '%s'", rows[i].settings, rows[i].keys,
				fixture.app->messages.text, rows[i].told);
		app_free(fixture.app);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_action_leaves_what_its_name_says),
		cmocka_unit_test(keys_go_through_the_units_of_a_layer_and_none),
		cmocka_unit_test(a_key_that_can_go_no_further_says_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
