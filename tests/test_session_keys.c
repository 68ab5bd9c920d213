/* A run at the keys: divergence and the way back, undo in quick succession, keys at the end of
 * their range, and what a terminal cannot draw. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/schedule.h"
#include "ui/glyphs.h"
#include "ui/key.h"

#include "place.h"
#include "frames.h"
#include "session.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- divergence ---- */

static const char wild[] = "data=wave lr=100 activation=relu init=he-normal width=10 depth=4";

/* Running or one epoch at a time: the checkpoint is there in either case. */
static void undo_goes_back_before_a_divergence(void **state)
{
	static const int keys[] = {' ', 's', 'S'};
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct fixture fixture = start_paused(wild, "ascii");
		int64_t last = 0;
		for (int k = 0; k < 100 && !experiment_diverged(experiment_of(&fixture)); k++)
			press(&fixture, keys[i]);
		assert_true(experiment_diverged(experiment_of(&fixture)));
		last = experiment_epoch(experiment_of(&fixture));
		press(&fixture, 'u');
		assert_false(experiment_diverged(experiment_of(&fixture)));
		assert_true(isfinite(experiment_record(experiment_of(&fixture))->loss));
		assert_in_range(experiment_epoch(experiment_of(&fixture)), 0, last - 1);
		assert_int_equal(experiment_record(experiment_of(&fixture))->epoch,
			experiment_epoch(experiment_of(&fixture)));
		assert_int_equal(history_newest(history_of(experiment_of(&fixture)))->epoch,
			experiment_epoch(experiment_of(&fixture)));
		press(&fixture, KEYCODE_CONTROL('r'));
		assert_true(experiment_diverged(experiment_of(&fixture)));
		assert_int_equal(experiment_epoch(experiment_of(&fixture)), last);
		app_free(fixture.app);
	}
}

/* A rate that rises slowly lets a run diverge long after its start. */
static void the_way_back_is_a_short_one(void **state)
{
	struct fixture fixture =
		start_paused("data=wave lr=2 schedule=one-cycle epochs=200 activation=relu "
					 "init=he-normal width=10",
			"ascii");
	const struct experiment *e = experiment_of(&fixture);
	(void)state;
	for (int i = 0; i < 200 && !experiment_diverged(e); i++) {
		press(&fixture, 's');
		fixture.now += 1.1; /* a little more than checkpoints are apart */
	}
	int64_t last = experiment_epoch(e);
	assert_true(experiment_diverged(e) && last > 10);
	press(&fixture, 'u');
	assert_false(experiment_diverged(e));
	assert_in_range(experiment_epoch(e), last - 2, last - 1);
	app_free(fixture.app);
}

/* A state of other settings, kept a moment before, is none of this run's. */
static void the_way_back_stays_in_the_settings_of_the_run(void **state)
{
	struct fixture fixture = start_paused(wild, "ascii");
	(void)state;
	press(&fixture, 'X');
	assert_string_equal(experiment_config(experiment_of(&fixture))->clip, "norm");
	app_key(fixture.app, 'u', fixture.now);
	while (experiment_config(experiment_of(&fixture))->clip[0] != 'n' ||
		fixture.app->session->busy || session_pending(fixture.app->session))
		app_work(fixture.app, fixture.now);
	app_key(fixture.app, 'S', fixture.now);
	while (app_wait(fixture.app, fixture.now) == 0)
		app_work(fixture.app, fixture.now);
	assert_true(experiment_diverged(experiment_of(&fixture)));
	press(&fixture, 'u');
	assert_string_equal(experiment_config(experiment_of(&fixture))->clip, "none");
	assert_false(experiment_diverged(experiment_of(&fixture)));
	app_free(fixture.app);
}

static void a_run_over_says_why(void **state)
{
	static const struct {
		const char *settings, *text;
	} cases[] = {
		{"epochs=3", "epochs=3 reached"},
		{"stop=2 lr=10 noise=1", "lowest in epoch 3 (stop=2)"},
	};
	struct fixture fixture = start_paused(wild, "ascii");
	(void)state;
	press(&fixture, ' ');
	assert_true(shows(&fixture, "u goes back, r restarts"));
	app_free(fixture.app);
	for (size_t i = 0; i < COUNT(cases); i++) {
		fixture = start_paused(cases[i].settings, "ascii");
		press(&fixture, ' ');
		assert_true(fixture.app->session->over);
		if (!shows(&fixture, cases[i].text))
			fail_msg("%s: '%s'", cases[i].settings, fixture.app->messages.text);
		app_free(fixture.app);
	}
}

/* ---- undo and redo ---- */

static void assert_whole(const struct fixture *fixture)
{
	const struct experiment *e = experiment_of(fixture);
	assert_false(session_failed(fixture->app->session));
	assert_false(session_pending(fixture->app->session));
	assert_true(experiment_between_epochs(e));
	assert_int_equal(experiment_record(e)->epoch, experiment_epoch(e));
	assert_int_equal(experiment_record(e)->layers, experiment_config(e)->depth + 1);
}

/* In the middle of epochs, several before any has been applied, and while one is being applied. */
static void keys_in_quick_succession_leave_a_whole_state(void **state)
{
	static const char keys[] = "adDuubuaduu\x12\x12wu\x12"
							   "afuuuu\x12oburu\x12uRu";
	(void)state;
	for (int gap = 0; gap <= 40; gap += 1 + gap / 3) {
		struct fixture fixture = start_paused("samples=300 width=10 depth=4", "ascii");
		press(&fixture, 'S');
		app_key(fixture.app, ' ', fixture.now);
		for (const char *key = keys; *key; key++) {
			app_key(fixture.app, *key, fixture.now);
			for (int i = 0; i < gap; i++) {
				app_work(fixture.app, fixture.now);
				fixture.now += 0.02;
			}
		}
		session_run(fixture.app->session, 0, fixture.now);
		settle(&fixture);
		assert_whole(&fixture);
		app_free(fixture.app);
	}
}

/* A quarter of memory-limit, but no more than 64 MiB. */
static void states_to_go_back_to_have_bounded_room(void **state)
{
	static const struct {
		int limit, room; /* MiB */
	} rows[] = {{16, 4}, {200, 50}, {256, 64}, {1024, 64}, {100000, 64}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct config config = config_default();
		config.memory_limit = rows[i].limit;
		assert_int_equal(undo_budget(&config), (size_t)rows[i].room << 20);
	}
}

static void as_many_redos_as_undos_are_nothing(void **state)
{
	struct fixture fixture = start_paused("", "ascii");
	(void)state;
	for (const char *key = "aSdSbSfS"; *key; key++)
		press(&fixture, *key);
	const struct record *record = experiment_record(experiment_of(&fixture));
	float loss = record->loss;
	int64_t epoch = record->epoch;

	for (int together = 0; together <= 1; together++) {
		for (int i = 0; i < 4; i++) {
			app_key(fixture.app, 'u', fixture.now);
			if (!together)
				settle(&fixture);
		}
		settle(&fixture);
		assert_string_equal(fixture.app->session->wanted.activation, "sigmoid");
		assert_int_equal(experiment_epoch(experiment_of(&fixture)), 0);
		for (int i = 0; i < 4; i++)
			app_key(fixture.app, KEYCODE_CONTROL('r'), fixture.now);
		settle(&fixture);
		assert_whole(&fixture);
		assert_int_equal(experiment_epoch(experiment_of(&fixture)), epoch);
		assert_true(experiment_record(experiment_of(&fixture))->loss == loss);
	}
	app_free(fixture.app);
}

/* ---- keys ---- */

static void glyphs_are_never_richer_than_the_terminal_allows(void **state)
{
	(void)state;
	for (int i = 0; glyphs_at(i); i++) {
		struct fixture fixture = start_paused("", glyphs_at(i)->name);
		unsigned seen = 0;
		for (int k = 0; k < 12; k++) {
			const struct glyphs *now = glyphs_find(fixture.app->controls.screen.glyphs);
			assert_true(now >= glyphs_at(i));
			seen |= 1u << (now - glyphs_at(0));
			press(&fixture, 'v');
		}
		for (int k = i; glyphs_at(k); k++)
			assert_true(seen >> k & 1);
		app_free(fixture.app);
	}
}

static void a_key_at_the_end_of_its_range_says_so(void **state)
{
	static const struct {
		const char *settings;
		int key;
		const char *text;
	} cases[] = {
		{"depth=1", 'D', "depth is at its limit ("},
		{"depth=299", 'd', "depth is at its limit ("},
		{"width=1", 'W', "width is at its limit ("},
		{"lr=50", 'e', "lr is at its limit ("},
		{"lr=1e-8", 'E', "lr is at its limit ("},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture = start_paused(cases[i].settings, "ascii");
		struct config before;
		press(&fixture, cases[i].key);
		before = *experiment_config(experiment_of(&fixture));
		press(&fixture, cases[i].key);
		if (!shows(&fixture, cases[i].text))
			fail_msg("%s", fixture.app->messages.text);
		assert_int_equal(
			config_effect(&before, experiment_config(experiment_of(&fixture))), EFFECT_NOTHING);
		app_free(fixture.app);
	}
}

static void a_key_without_a_meaning_says_so_once(void **state)
{
	static const struct {
		const char *settings;
		int key;
		const char *text;
	} cases[] = {
		{"", '|', "| does nothing here"}, /* not a letter: those are for new actions */
		{"", KEYCODE_F(12), "F12 does nothing here"},
		{"", KEYCODE_CONTROL('g'), "^G does nothing"},
		{"", 0x3c3, "s does nothing here"},
		{"depth=0", 'j', "output layer is the only one"},
		{"depth=0", KEYCODE_LEFT, "output layer is the only one"},
		{"", 'k', "layer 1 is the first"},
		{"depth=0", KEYCODE_END, "is the only one"},
		{"", KEYCODE_ESCAPE, "nothing to close"},
		{"pace=max", '+', "pace max is the fastest"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture = start_paused(cases[i].settings, "ascii");
		for (int again = 0; again <= 1; again++) {
			press(&fixture, cases[i].key);
			if (shows(&fixture, cases[i].text) == (again != 0))
				fail_msg("%s, %s: %s", cases[i].text, again ? "again" : "at first",
					fixture.app->messages.text);
			fixture.now += 10;
			settle(&fixture);
			app_work(fixture.app, fixture.now);
		}
		press(&fixture, '~'); /* of another key it is said all the same */
		assert_true(shows(&fixture, "~ does nothing here"));
		app_free(fixture.app);
	}
}

/* True if the picture after the key is another one. */
static bool answers(struct fixture *fixture, int key)
{
	const struct canvas *canvas = app_draw(fixture->app);
	size_t size = sizeof(canvas->cell[0]) * (size_t)(canvas->columns * canvas->rows);
	void *before = malloc(size);
	bool other = true;

	memcpy(before, canvas->cell, size);
	if (app_key(fixture->app, key, fixture->now) == APP_RUN) {
		for (int i = 0; i < 100; i++)
			app_work(fixture->app, fixture->now);
		other = memcmp(before, app_draw(fixture->app)->cell, size) != 0;
	}
	free(before);
	return other;
}

/* Whatever is pressed first, something is seen. */
static void every_key_is_answered(void **state)
{
	(void)state;
	for (int depth = 0; depth <= 1; depth++)
		for (int key = 1; key <= KEYCODE_F(24); key++) {
			struct fixture fixture = start_paused(depth ? "" : "depth=0", "ascii");
			if (!answers(&fixture, key))
				fail_msg("key %d, depth %d", key, depth);
			app_free(fixture.app);
			key = key == 0x7f ? KEYCODE_UP - 1 : key == KEYCODE_PASTE ? KEYCODE_F0 : key;
		}
}

static void keys_of_layers_that_are_not_there_say_so(void **state)
{
	static const int keys[] = {'a', 'A', 'b', 'B', 'f'};
	struct fixture other = start_paused("depth=0", "ascii");
	(void)state;
	press(&other, 'o');
	assert_false(shows(&other, "there is no hidden layer"));
	app_free(other.app);
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct fixture fixture = start_paused("depth=0", "ascii");
		press(&fixture, keys[i]);
		assert_true(shows(&fixture, "there is no hidden layer"));
		press(&fixture, 'd');
		press(&fixture, keys[i]);
		assert_false(shows(&fixture, "there is no hidden layer"));
		app_free(fixture.app);
	}
}

/* The rate in force is a number on the screen, whoever chose it, and u takes a number back. */
static void the_rate_follows_the_optimizer_until_a_key_sets_it(void **state)
{
	static const struct {
		const char *keys, *text;
		bool is_auto;
	} cases[] = {
		{"", "sgd lr 0.1 ", true},
		{"o", "momentum lr 0.01 ", true},
		{"oO", "sgd lr 0.1 ", true},
		{"oe", "momentum lr 0.02 ", false},
		{"oeO", "sgd lr 0.02 ", false},
		{"oeu", "momentum lr 0.01 ", true},
		{"E", "sgd lr 0.05 ", false},
		{"Eu", "sgd lr 0.1 ", true},
		{"eos", "momentum lr 0.2 ", false},
		{"os", "momentum lr 0.01 ", true},
	};
	(void)state;
	struct fixture menu = start_paused("", "ascii");
	press(&menu, 'm');
	menu.app->viewer.menu_row = all_settings_find("lr", NULL);
	assert_true(shows(&menu, "auto (0.1)"));
	app_free(menu.app);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture fixture = start_paused("", "ascii");
		for (const char *key = cases[i].keys; *key; key++)
			press(&fixture, *key);
		if (!shows(&fixture, cases[i].text))
			fail_msg("%s: not %s", cases[i].keys, cases[i].text);
		const struct config *config = experiment_config(experiment_of(&fixture));

		assert_true((config->lr == 0) == cases[i].is_auto);
		assert_true(experiment_record(experiment_of(&fixture))->lr == (float)config_rate(config));
		app_free(fixture.app);
	}
}

/* Each call is half a second later. */
static double half_seconds(void)
{
	static double time;
	return time += 0.5;
}

static void the_time_of_an_epoch_is_measured_where_there_is_a_clock(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("", "ascii");
	const struct session *session = fixture.app->session;
	press(&fixture, 's');
	assert_true(session->epoch_seconds == 0);
	fixture.app->session->processor = half_seconds;
	press(&fixture, 'a'); /* measures anew, which is no epoch */
	assert_true(session->epoch_seconds == 0);
	press(&fixture, 's');
	double took = session->epoch_seconds;
	assert_true(took >= 0.5 && took < 60);
	press(&fixture, 's'); /* as many slices as before */
	assert_true(fabs(session->epoch_seconds - took) < 0.2 * took + 0.2);
	press(&fixture, 'a'); /* another network takes another time */
	assert_true(session->epoch_seconds == 0);
	app_free(fixture.app);
}

static void the_activation_pane_follows_the_selected_layer(void **state)
{
	static const char *const names[] = {"relu", "tanh", "sine", "sine", "sine"};
	struct fixture fixture = start_paused("depth=4 activation=relu/tanh/sine", "ascii");
	const struct pane *pane = NULL;
	(void)state;
	for (int i = 0; pane_at(i); i++)
		if (strcmp(pane_at(i)->name, "activation") == 0)
			pane = pane_at(i);
	assert_non_null(pane);
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct context context = app_context(fixture.app, 0);
		const struct picture picture = context_picture(&context);
		char title[120];
		pane->title(&picture, title, sizeof(title));
		if (!strstr(title, names[i]))
			fail_msg("layer %zu: %s", i + 1, title);
		press(&fixture, 'j');
	}
	app_free(fixture.app);
}

static void up_and_down_follow_the_picture_of_the_focused_pane(void **state)
{
	static const struct {
		int key, layer, layer_if_output_on_top;
	} presses[] = {
		{KEYCODE_HOME, 1, 21},
		{KEYCODE_DOWN, 2, 20},
		{KEYCODE_PAGE_DOWN, 12, 10},
		{KEYCODE_UP, 11, 11},
		{KEYCODE_RIGHT, 12, 12},
		{KEYCODE_LEFT, 11, 11},
		{KEYCODE_END, 21, 1},
		{KEYCODE_PAGE_UP, 11, 11},
	};
	(void)state;
	int on_top = 0;
	for (int i = 0; pane_at(i); i++) {
		if (pane_at(i)->choices)
			continue;
		struct fixture fixture = start_paused("depth=20", "ascii");
		fixture.app->viewer.focus = i;
		on_top += pane_at(i)->output_on_top;
		for (size_t k = 0; k < COUNT(presses); k++) {
			bool across = presses[k].key == KEYCODE_LEFT || presses[k].key == KEYCODE_RIGHT;
			if (across && pane_at(i)->across)
				continue;
			press(&fixture, presses[k].key);
			assert_int_equal(fixture.app->viewer.view.layer,
				pane_at(i)->output_on_top ? presses[k].layer_if_output_on_top : presses[k].layer);
		}
		app_free(fixture.app);
	}
	assert_true(on_top > 0);
}

/* ---- weights to a file ---- */

static void type(struct fixture *fixture, const char *text)
{
	press(fixture, ':');
	for (; *text; text++)
		app_key(fixture->app, *text, fixture->now);
	app_key(fixture->app, KEYCODE_ENTER, fixture->now);
}

/* Keys are heard while the file is written, and change nothing before it is whole. */
static void weights_are_written_while_keys_are_answered(void **state)
{
	const struct place *place = *state;
	struct fixture fixture = start_paused("width=200 depth=4", "ascii");
	char command[200];
	int slices = 0;
	snprintf(command, sizeof(command), "save-weights %s", place->file);
	type(&fixture, command);
	app_key(fixture.app, 'a', fixture.now);
	app_key(fixture.app, 's', fixture.now);
	for (; fixture.app->session->save; slices++) {
		assert_int_equal(experiment_epoch(experiment_of(&fixture)), 0);
		assert_string_equal(experiment_config(experiment_of(&fixture))->activation, "sigmoid");
		assert_true(app_wait(fixture.app, fixture.now) == 0);
		app_work(fixture.app, fixture.now);
	}
	assert_true(slices > 20);
	assert_true(shows(&fixture, "weights of epoch 0 are in"));
	assert_int_equal(folder_entries(place, false), 1);
	settle(&fixture);
	assert_int_equal(experiment_epoch(experiment_of(&fixture)), 1);
	assert_string_equal(experiment_config(experiment_of(&fixture))->activation, "relu");
	type(&fixture, command); /* over weights it needs no second word */
	settle(&fixture);
	assert_true(shows(&fixture, "weights of epoch 1 are in"));
	app_free(fixture.app);
}

static void a_file_of_another_kind_is_replaced_only_on_demand(void **state)
{
	const struct place *place = *state;
	struct fixture fixture = start_paused("", "ascii");
	char command[200], line[80] = "";
	FILE *file = fopen(place->file, "w");
	fputs("my only copy\n", file);
	fclose(file);
	snprintf(command, sizeof(command), "save-weights %s", place->file);
	type(&fixture, command);
	settle(&fixture);
	assert_true(shows(&fixture, "overwrite-weights"));
	file = fopen(place->file, "r");
	assert_string_equal(fgets(line, sizeof(line), file), "my only copy\n");
	fclose(file);
	press(&fixture, KEYCODE_ESCAPE);
	snprintf(command, sizeof(command), "overwrite-weights %s", place->file);
	type(&fixture, command);
	settle(&fixture);
	file = fopen(place->file, "r");
	assert_string_equal(fgets(line, sizeof(line), file), "tensor,row,col,value\n");
	fclose(file);
	app_free(fixture.app);
}

/* A run that is given up while it writes leaves nothing behind. */
static void half_a_file_is_not_left_behind(void **state)
{
	const struct place *place = *state;
	struct fixture fixture = start_paused("width=200 depth=4", "ascii");
	char command[200];
	snprintf(command, sizeof(command), "save-weights %s", place->file);
	type(&fixture, command);
	app_work(fixture.app, fixture.now);
	assert_int_equal(folder_entries(place, false), 1);
	app_free(fixture.app);
	assert_int_equal(folder_entries(place, false), 0);
}

/* A key must not look for a set that the terminal can draw where it steps another setting. */
static void glyphs_richer_than_the_terminals_stay_until_their_own_key_is_pressed(void **state)
{
	(void)state;
	struct fixture fixture = start_session("", "ascii", 80, 24);
	struct all_settings settings = controls_settings(&fixture.app->controls);
	settings.screen.glyphs = "braille";
	controls_adopt(&fixture.app->controls, &settings);
	press(&fixture, 'a');
	assert_string_equal(config_of(&fixture)->activation, "relu");
	assert_string_equal(fixture.app->controls.screen.glyphs, "braille");
	press(&fixture, 'v');
	assert_string_equal(fixture.app->controls.screen.glyphs, "ascii");
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undo_goes_back_before_a_divergence),
		cmocka_unit_test(the_way_back_is_a_short_one),
		cmocka_unit_test(the_way_back_stays_in_the_settings_of_the_run),
		cmocka_unit_test(a_run_over_says_why),
		cmocka_unit_test(keys_in_quick_succession_leave_a_whole_state),
		cmocka_unit_test(states_to_go_back_to_have_bounded_room),
		cmocka_unit_test(as_many_redos_as_undos_are_nothing),
		cmocka_unit_test(glyphs_are_never_richer_than_the_terminal_allows),
		cmocka_unit_test(a_key_at_the_end_of_its_range_says_so),
		cmocka_unit_test(a_key_without_a_meaning_says_so_once),
		cmocka_unit_test(every_key_is_answered),
		cmocka_unit_test(keys_of_layers_that_are_not_there_say_so),
		cmocka_unit_test(the_rate_follows_the_optimizer_until_a_key_sets_it),
		cmocka_unit_test(the_time_of_an_epoch_is_measured_where_there_is_a_clock),
		cmocka_unit_test(the_activation_pane_follows_the_selected_layer),
		cmocka_unit_test(up_and_down_follow_the_picture_of_the_focused_pane),
		cmocka_unit_test_setup_teardown(
			weights_are_written_while_keys_are_answered, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			a_file_of_another_kind_is_replaced_only_on_demand, place_make, place_remove),
		cmocka_unit_test_setup_teardown(half_a_file_is_not_left_behind, place_make, place_remove),
		cmocka_unit_test(glyphs_richer_than_the_terminals_stay_until_their_own_key_is_pressed),
	};
	return cmocka_run_group_tests(tests, place_enter, place_leave);
}
