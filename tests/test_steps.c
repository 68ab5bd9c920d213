/* Changes on the way of a run: those of --at are those of the keys, and keys that step through
 * values are one change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/run.h"
#include "app/all_settings.h"

#include "place.h"
#include "frames.h"
#include "session.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- the same changes without a screen ---- */

/* Writes the newest record of the history (the present one may be a preview), unless it has been
 * written already. */
static void write_newest(const struct fixture *fixture, FILE *file, char **written)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);
	record_write(memory, history_newest(history_of(experiment_of(fixture))));
	fclose(memory);
	if (!*written || strcmp(text, *written) != 0)
		fputs(text, file);
	free(*written);
	*written = text;
}

/* Trains `epochs` epochs at the keys; before the one that follows epoch `at` of the whole run
 * presses the keys together. */
static void run_by_keys(
	const char *settings, const char *const *keys, const int *at, int epochs, const char *path)
{
	struct fixture fixture = start_paused(settings, "ascii");
	FILE *file = fopen(path, "w");
	char *written = NULL;
	record_write_header(file);
	write_newest(&fixture, file, &written);
	for (int epoch = 0, next = 0; epoch < epochs; epoch++) {
		if (keys[next] && at[next] == epoch) {
			for (const char *key = keys[next++]; *key; key++)
				app_key(fixture.app, *key, fixture.now);
			settle(&fixture);
			session_run(fixture.app->session, 0, fixture.now); /* what was over goes on */
			settle(&fixture);
			write_newest(&fixture, file, &written); /* a new epoch 0 */
		}
		press(&fixture, 's');
		write_newest(&fixture, file, &written);
	}
	free(written);
	fclose(file);
	app_free(fixture.app);
}

static void run_by_options(const char *settings, const char *options, int epochs, const char *path)
{
	struct request request = {.settings = all_settings_default(), .output = path, .every = 1};
	struct error error = {0, ""};
	char copy[1200], *rest = copy;
	snprintf(copy, sizeof(copy), "samples=50 depth=2 width=2 epochs=%d %s", epochs, settings);
	for (char *item; (item = strtok_r(rest, " ", &rest));)
		if (!all_settings_assign_pair(&request.settings, item, &error))
			fail_msg("%s", error.text);
	snprintf(copy, sizeof(copy), "%s", options);
	rest = copy;
	for (char *item; (item = strtok_r(rest, " ", &rest));)
		if (!changes_add(&request.changes, item, &error))
			fail_msg("%s", error.text);
	assert_int_equal(run_command(&request), 0);
}

static void assert_same_text(const char *path, const char *other, const char *what)
{
	FILE *a = fopen(path, "r"), *b = fopen(other, "r");
	int c, d, line = 1;
	assert_true(a && b);
	do {
		c = getc(a);
		d = getc(b);
		if (c != d)
			fail_msg("%s: line %d", what, line);
		line += c == '\n';
	} while (c != EOF);
	assert_true(line > 10);
	fclose(a);
	fclose(b);
}

static void assert_file_contains(const char *path, const char *text, const char *what)
{
	static char bytes[1 << 20];
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	bytes[fread(bytes, 1, sizeof(bytes) - 1, file)] = '\0';
	fclose(file);
	if (!strstr(bytes, text))
		fail_msg("%s: not found: %.200s", what, text);
}

/* Of every row of every epoch, restarts and data of another shape included. */
static void a_change_by_at_is_the_change_by_the_key(void **state)
{
	static const struct {
		const char *settings, *keys[4];
		int at[4], epochs; /* trained by keys */
		const char *options;
		int asked; /* epochs= */
	} cases[] = {
		{"", {"a"}, {7}, 12, "7:activation=relu", 12},
		{"", {"ad", "bf", "D"}, {0, 3, 4}, 8,
			"4:depth=2 0:act=relu 3:norm=batch 0:depth=3 3:skip=1", 8},
		{"noise=0.3", {"oe", "X", "r"}, {2, 5, 9}, 9 + 12,
			"9:restart 2:optimizer=momentum 2:lr=0.02 5:clip=norm", 12},
		{"schedule=cosine epochs=6 seed=1", {"i", "R"}, {4, 10}, 4 + 6 + 6,
			"4:init=glorot-normal 10:seed=2", 6},
		{"dropout=0.2", {"w", "a"}, {3, 5}, 3 + 6, "3:width=5 5:activation=relu", 6},
		{"data=iris", {"T"}, {4}, 4 + 8, "4:data=digits", 8},
		{"data=iris", {"T"}, {0}, 3, "0:data=digits", 3},
		{"", {"ar"}, {5}, 5 + 9, "5:restart 5:activation=relu", 9},
	};
	const struct place *place = *state;
	char other[100];
	snprintf(other, sizeof(other), "%s-too", place->file);
	for (size_t i = 0; i < COUNT(cases); i++) {
		run_by_keys(cases[i].settings, cases[i].keys, cases[i].at, cases[i].epochs, other);
		run_by_options(cases[i].settings, cases[i].options, cases[i].asked, place->file);
		assert_same_text(other, place->file, cases[i].options);
	}
	remove(other);
}

/* ---- stepping through values ---- */

/* Ten epochs done, the next about to begin at any moment. */
static struct fixture start_running(const char *settings)
{
	struct fixture fixture = start_paused(settings, "ascii");
	press(&fixture, 'S');
	app_key(fixture.app, ' ', fixture.now);
	return fixture;
}

/* Presses a key `count` times, a fifth of a second apart; each time the picture is the one of what
 * is wanted, and nothing is trained. */
static void step_quickly(struct fixture *fixture, int key, int count)
{
	for (int i = 0; i < count; i++) {
		double wait;
		app_key(fixture->app, key, fixture->now);
		settle(fixture);
		assert_true(
			config_same(experiment_config(experiment_of(fixture)), &fixture->app->session->wanted));
		assert_true(experiment_record(experiment_of(fixture)) != NULL);
		assert_in_range(experiment_epoch(experiment_of(fixture)) % 10, 0, 0);
		wait = session_wait(fixture->app->session, fixture->now);
		if (fixture->app->session->undo.past.count > 0)
			assert_true(wait > 0.2 && wait <= 0.5);
		fixture->now += 0.2;
	}
}

/* clang-format off */
static const struct {int key; const char *name;} steppers[] = {
	{'o', "optimizer"}, {'a', "activation"}, {'i', "init"}, {'b', "norm"}, {'d', "depth"},
	{'f', "skip"}, {'e', "lr"}, {'w', "width"}, {'t', "data"}, {'A', "activation"},
	{'O', "optimizer"}, {'E', "lr"}, {'I', "init"},
};
/* clang-format on */

/* To the last bit that of a run in which the key was pressed once. */
static void quick_steps_are_one_change(void **state)
{
	const struct place *place = *state;
	for (size_t i = 0; i < COUNT(steppers); i++) {
		struct fixture fixture = start_running("");
		char options[SETTING_VALUE_MAX + 80], value[SETTING_VALUE_MAX], *text = NULL;
		const struct config *config;
		size_t size;
		step_quickly(&fixture, steppers[i].key, 5);
		assert_int_equal(fixture.app->session->undo.past.count, 1);
		config = experiment_config(experiment_of(&fixture));
		setting_format(setting_find(&config_table, steppers[i].name, NULL), config, value);
		snprintf(options, sizeof(options), "10:%s=%s", steppers[i].name, value);
		fixture.now += 0.5;
		while (experiment_epoch(experiment_of(&fixture)) % 10 != 7)
			app_work(fixture.app, fixture.now);
		press(&fixture, ' ');
		const struct record *newest = history_newest(history_of(experiment_of(&fixture)));
		FILE *memory = open_memstream(&text, &size);

		record_write(memory, newest);
		fclose(memory);
		run_by_options("", options, 30, place->file);
		assert_file_contains(place->file, text, options);
		for (int k = 0; k < history_count(history_of(experiment_of(&fixture))); k++) {
			const struct record *record = history_at(history_of(experiment_of(&fixture)), k);
			if (record->event[0]) /* at epoch 0 of data of another shape */
				assert_string_equal(record->event, options + 3);
		}
		press(&fixture, 'u');
		assert_int_equal(experiment_epoch(experiment_of(&fixture)), 10);
		assert_int_equal(fixture.app->session->undo.past.count, 0);
		free(text);
		app_free(fixture.app);
	}
}

static void changes_at_one_epoch_are_made_in_the_order_given(void **state)
{
	static const char *const given[] = {"5:lr=1", "7:lr=9", "5:lr=2", "3:lr=8", "5:lr=3"};
	struct changes changes = {.count = 0};
	struct config config = config_default();
	struct error error = {0, ""};
	bool restart;
	(void)state;
	for (size_t i = 0; i < COUNT(given); i++)
		assert_true(changes_add(&changes, given[i], &error));
	assert_int_equal(changes_together(&changes, 0), 1);
	assert_int_equal(changes_together(&changes, 1), 3);
	for (int i = 1; i <= 3; i++) {
		assert_true(changes_make(&changes, 1, i, &config, &restart, &error));
		assert_float_equal(config.lr, i, 0);
	}
}

static void a_run_takes_no_change_of_a_setting_of_the_screen(void **state)
{
	(void)state;
	for (int i = 0; i < all_settings_count(); i++) {
		struct changes changes = {.count = 0};
		struct error error = {.text = ""};
		char text[100];
		snprintf(text, sizeof(text), "5:%s=%s", all_settings_name(i), all_settings_row(i)->initial);
		if (changes_add(&changes, text, &error) == all_settings_is_screen(i))
			fail_msg("%s: %s", text, error.text);
		assert_int_equal(error.status, all_settings_is_screen(i) ? STATUS_USAGE : 0);
		assert_int_equal(
			strstr(error.text, "a setting of the screen") != NULL, all_settings_is_screen(i));
	}
}

/* Once around and back at the value of before, or there and back: the run goes on, weights and
 * all. */
static void quick_steps_back_to_the_value_of_before_are_no_change(void **state)
{
	static const struct {
		const char *around, *back;
	} pairs[] = {
		{"a", "A"},
		{"i", "I"},
		{"o", "O"},
		{"b", "B"},
		{"d", "D"},
		{"t", "T"},
		{"w", "W"},
		{"fff", ""},
		{"ii", "II"},
		{"bbb", ""},
	};
	struct fixture plain = start_running("depth=3 width=5");
	(void)state;
	session_run(plain.app->session, 3, plain.now);
	settle(&plain);
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct fixture fixture = start_running("depth=3 width=5");
		for (const char *key = pairs[i].around; *key; key++)
			step_quickly(&fixture, *key, 1);
		for (const char *key = pairs[i].back; *key; key++)
			step_quickly(&fixture, *key, 1);
		assert_int_equal(fixture.app->session->undo.past.count, 0);
		assert_int_equal(experiment_epoch(experiment_of(&fixture)), 10);
		session_run(fixture.app->session, 3, fixture.now);
		settle(&fixture);
		const struct record *record = experiment_record(experiment_of(&fixture));

		assert_int_equal(record->epoch, 13);
		assert_true(record->loss == experiment_record(experiment_of(&plain))->loss);
		assert_string_equal(record->event, "");
		app_free(fixture.app);
	}
	app_free(plain.app);
}

/* Slow steps, and those of different settings, can be taken back one by one. */
static void slow_presses_are_changes_of_their_own(void **state)
{
	static const struct {
		const char *keys;
		double gap;
		int states;
	} cases[] = {
		{"aaa", 0.6, 3},
		{"aaa", 0.1, 1},
		{"abab", 0.1, 4},
		{"aabb", 0.1, 2},
		{"as", 0.1, 1},
		{"asa", 0.1, 2},
		{"a a", 0.1, 2},
		{"ara", 0.1, 3},
		{"aua", 0.1, 1},
	};
	(void)state;
	for (int running = 0; running <= 1; running++)
		for (size_t i = 0; i < COUNT(cases); i++) {
			struct fixture fixture = start_paused("", "ascii");
			if (running)
				press(&fixture, 'S');
			for (const char *key = cases[i].keys; *key; key++) {
				app_key(fixture.app, *key, fixture.now);
				for (int k = 0; k < 300; k++)
					app_work(fixture.app, fixture.now);
				fixture.now += cases[i].gap;
			}
			if (fixture.app->session->undo.past.count != cases[i].states)
				fail_msg("%s: %d states", cases[i].keys, fixture.app->session->undo.past.count);
			app_free(fixture.app);
		}
}

/* At rest nothing is waited for: what comes next comes at once, and nothing wakes up. */
static void a_run_at_rest_does_not_wait_for_steps_to_settle(void **state)
{
	struct fixture fixture = start_paused("", "ascii");
	(void)state;
	press(&fixture, 'a');
	assert_true(session_wait(fixture.app->session, fixture.now) < 0);
	assert_string_equal(experiment_config(experiment_of(&fixture))->activation, "relu");
	app_key(fixture.app, 's', fixture.now);
	settle(&fixture);
	assert_int_equal(experiment_epoch(experiment_of(&fixture)), 1);
	app_key(fixture.app, ' ', fixture.now);
	app_key(fixture.app, 'd', fixture.now);
	settle(&fixture);
	assert_true(session_wait(fixture.app->session, fixture.now) > 0);
	fixture.now -= 100; /* a clock set back */
	assert_true(session_wait(fixture.app->session, fixture.now) >= 0);
	for (int i = 0; i < 1000 && experiment_epoch(experiment_of(&fixture)) < 3; i++) {
		app_work(fixture.app, fixture.now);
		fixture.now += 0.01;
	}
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_change_by_at_is_the_change_by_the_key, place_make, place_remove),
		cmocka_unit_test_setup_teardown(quick_steps_are_one_change, place_make, place_remove),
		cmocka_unit_test(changes_at_one_epoch_are_made_in_the_order_given),
		cmocka_unit_test(a_run_takes_no_change_of_a_setting_of_the_screen),
		cmocka_unit_test(quick_steps_back_to_the_value_of_before_are_no_change),
		cmocka_unit_test(slow_presses_are_changes_of_their_own),
		cmocka_unit_test(a_run_at_rest_does_not_wait_for_steps_to_settle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
