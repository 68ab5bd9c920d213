/* A session that was saved and is played again yields the same records, bit by bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/play.h"
#include "ui/key.h"

#include "place.h"
#include "session.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- a session whose records are written down ---- */

struct watched {
	struct fixture fixture;
	FILE *file;
	char *text; /* of all records, each with the number of its run */
	size_t size;
	int64_t records, twin_records;
};

static void note(struct watched *watched)
{
	const struct session *session = watched->fixture.app->session;
	const struct twin *twin = &watched->fixture.app->twin;
	char id[8];
	if (session->records != watched->records) {
		snprintf(id, sizeof(id), "%d", session->id);
		record_write_run(watched->file, id, experiment_record(session->experiment));
	}
	if (twin->records != watched->twin_records) {
		snprintf(id, sizeof(id), "%d", twin->id);
		record_write_run(watched->file, id, experiment_record(twin->experiment));
	}
	watched->records = session->records;
	watched->twin_records = twin->records;
}

/* Works for so many seconds, as the program does. */
static void work(struct watched *watched, double seconds)
{
	struct fixture *fixture = &watched->fixture;
	double until = fixture->now + seconds;
	for (double wait; (wait = app_wait(fixture->app, fixture->now)) >= 0;) {
		if (fixture->now + wait > until)
			break;
		fixture->now += wait + 0.0002; /* a slice takes time */
		app_work(fixture->app, fixture->now);
		note(watched);
	}
	fixture->now = fixture->now < until ? until : fixture->now;
}

static struct watched *watch(const struct all_settings *settings, struct script *script)
{
	struct app_options options = {
		.settings = script ? script->start : *settings, .glyphs = "ascii", .script = script};
	struct watched *watched = calloc(1, sizeof(*watched));
	struct error error = {0, ""};
	watched->fixture.now = 1000;
	watched->file = open_memstream(&watched->text, &watched->size);
	watched->fixture.app = app_new(&options, &error);
	if (!watched->fixture.app)
		fail_msg("%s", error.text);
	app_resize(watched->fixture.app, 80, 24);
	note(watched);
	return watched;
}

static struct watched *start(const char *words)
{
	struct all_settings settings = all_settings_default();
	char copy[600], *rest = copy;
	struct error error = {0, ""};
	settings.screen.glyphs = settings.screen.colors = NULL;
	snprintf(copy, sizeof(copy), "samples=60 depth=3 width=3 seed=1 advice=off pace=20 %s", words);
	for (char *item; (item = strtok_r(rest, " ", &rest));)
		if (!all_settings_assign_pair(&settings, item, &error))
			fail_msg("%s", error.text);
	return watch(&settings, NULL);
}

static char *finish(struct watched *watched)
{
	fclose(watched->file);
	app_free(watched->fixture.app);
	char *text = watched->text;
	free(watched);
	return text;
}

/* Each step: "KEY" presses a key, ":line" is typed, "N" lets it work for N tenths of a second. */
static void carry_out(struct watched *watched, const char *step)
{
	struct app *app = watched->fixture.app;
	if (step[0] == ':')
		command(&watched->fixture, step + 1);
	else if (step[0] >= '0' && step[0] <= '9')
		work(watched, atoi(step) / 10.0);
	else
		app_key(
			app, strcmp(step, "^R") == 0 ? KEYCODE_CONTROL('r') : step[0], watched->fixture.now);
	note(watched);
}

static void save(struct watched *watched, const char *path)
{
	char line[200];
	work(watched, 0.001);
	if (watched->fixture.app->session->left != 0)
		app_key(watched->fixture.app, ' ', watched->fixture.now);
	work(watched, 3);
	snprintf(line, sizeof(line), "save %s", path);
	command(&watched->fixture, line);
}

static char *content(const char *path)
{
	char *text = calloc(1, 1 << 20);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
	fclose(file);
	return text;
}

/* The records of one run, without their column `run`, in the order in which they were made. */
static char *lines_of(const char *text, const char *run)
{
	char *out = calloc(1, strlen(text) + 1), *end = out;
	size_t length = strlen(run);
	for (const char *next; *text; text = next) {
		next = text + strcspn(text, "\n") + 1;
		if (strncmp(text, run, length) != 0 || text[length] != ',')
			continue;
		memcpy(end, text + length + 1, (size_t)(next - text) - length - 1);
		end += (size_t)(next - text) - length - 1;
	}
	return out;
}

static void assert_same_lines(const char *expected, const char *found, const char *what)
{
	int line = 1, begin = 0;
	for (int i = 0; expected[i] || found[i]; i++) {
		if (expected[i] != found[i])
			fail_msg("%s: line %d\n%.60s\n%.60s", what, line, expected + begin, found + begin);
		if (expected[i] == '\n') {
			line++;
			begin = i + 1;
		}
	}
}

/* Runs the steps, saves, and plays without a screen; the records of every run must be equal. */
static void assert_repeats(const char *settings, const char *const *steps, const char *folder)
{
	static const char *const names[] = {"first", "twin", "twin2"};
	char script[120], csv[120];
	snprintf(script, sizeof(script), "%s/script", folder);
	snprintf(csv, sizeof(csv), "%s/csv", folder);
	remove(script);
	struct watched *watched = start(settings);
	for (int i = 0; steps[i]; i++)
		carry_out(watched, steps[i]);
	save(watched, script);
	char *lived = finish(watched), *text = content(script);
	const struct request request = {.operand = script, .output = csv};
	if (play_command(&request) != STATUS_DONE)
		fail_msg("not played:\n%s", text);
	char *played = content(csv);
	bool pins = strstr(text, " pin\n") != NULL;
	for (int run = 0; run < 3; run++) {
		char id[8];
		snprintf(id, sizeof(id), "%d", run);
		char *one = lines_of(lived, id);
		char *other =
			pins ? lines_of(played, names[run]) : strdup(run ? "" : strchr(played, '\n') + 1);
		if (run == 0)
			assert_true(strlen(one) > 1000);
		assert_same_lines(one, other, text);
		free(one);
		free(other);
	}
	free(played);
	free(text);
	free(lived);
}

static void a_session_that_was_saved_is_repeated_bit_by_bit(void **state)
{
	static const struct {
		const char *settings;
		const char *steps[40];
	} cases[] = {
		{"", {"8", "a", "1", "b", "9", "u", "6", "u", "1", "^R", "9", "r", "12"}},
		{"dropout=0.2",
			{"7", "c", "a", "15", "C", "5", "e", "9", "u", "7", "r", "4", "N", "c", "5", "C", "5"}},
		/* several settings in one moment, several steps of one key, a step back */
		{"",
			{"5", "d", "1", "d", "1", "d", "20", "a", "1", "A", "9", "o", "1", "O", "9", "i", "R",
				"9", "t", "9"}},
		/* undo of a restart, redo, undo to the beginning, beyond it */
		{"optimizer=adam", {"9", "r", "9", "R", "5", "u", "u", "3", "^R", "8", "u", "u", "u", "5"}},
		/* a run that diverges, and goes back to a state of a second before */
		{"data=wave activation=relu init=he-normal",
			{"30", ":lr=100", "9", "u", "1", ":lr=0.01", "9", "u", "3"}},
		/* a run that ends, and goes on */
		{"epochs=9", {"12", ":epochs=20", "1", " ", "12", "r", "9", "c", "r", "30"}},
		/* the twin follows a run that was restarted while the twin was behind */
		{"pace=max", {"1", "c", "1", "a", "1", "r", "1", "C", "1", "d", "1", "C", "1", " "}},
		{"pace=max depth=9 width=90", {"2", "c", "3", "r", "2", "C", "1", "r", "2"}},
		/* data of another shape, columns left out, views, the past */
		{"data=iris",
			{"7", "T", "9", "2", "z", ",", ",", "7", "F", "Y", "+", "9", ":target-loss=0.2"}},
		{"", {":pane data", "z", ":layout=default", "9", "a", "!", "9"}},
	};
	const struct place *place = *state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_repeats(cases[i].settings, cases[i].steps, place->folder);
}

/* ---- every setting ---- */

/* Another value than the present one of row `i`. */
static void change(struct all_settings *settings, int i)
{
	const struct all_settings before = *settings;
	const struct setting *row = all_settings_row(i);
	struct error error = {0, ""};
	static const char *const texts[] = {"b", "2", "./some file.csv", "1 2 3", "1,2"};
	for (int direction = 1; direction >= -1; direction -= 2)
		if (all_settings_step(settings, i, direction) &&
			!setting_equal(row, all_settings_values(settings, i),
				all_settings_values((struct all_settings *)&before, i)))
			return;
	for (size_t t = 0; t < COUNT(texts); t++)
		if (all_settings_assign(settings, row->name, texts[t], &error))
			return;
	fail_msg("%s: no other value: %s", row->name, error.text);
}

static void every_setting_of_the_start_and_every_change_is_in_the_script(void **state)
{
	const struct place *place = *state;
	char script[120], line[SETTING_VALUE_MAX + 80], value[SETTING_VALUE_MAX];
	snprintf(script, sizeof(script), "%s/script", place->folder);
	for (int i = 0; i < all_settings_count(); i++) {
		struct journal journal = {.count = 0};
		struct error error = {0, ""};
		struct all_settings start = all_settings_default(), later;
		change(&start, i);
		later = start;
		for (int twice = 0; twice < 2; twice++)
			change(&later, i);
		journal_start(&journal, &start);
		journal_change(&journal, 3, false, &start.config, &later.config, false);
		journal_screen(&journal, 3, &start.screen, &later.screen);
		if (!journal_save(&journal, 5, script, &error))
			fail_msg("%s", error.text);
		struct script *read = script_load(script, &error);
		if (!read)
			fail_msg("%s: %s", all_settings_name(i), error.text);
		struct all_settings found = read->start, standard = all_settings_default();
		if (!found.screen.glyphs)
			found.screen.glyphs = standard.screen.glyphs;
		if (!found.screen.colors)
			found.screen.colors = standard.screen.colors;
		for (int k = 0; k < all_settings_count(); k++)
			if (!setting_equal(all_settings_row(k), all_settings_values(&found, k),
					all_settings_values(&start, k)))
				fail_msg("%s: not as at the start: %s", all_settings_name(i), all_settings_name(k));
		all_settings_format(&later, i, value);
		snprintf(line, sizeof(line), "%s=%s", all_settings_name(i), value);
		bool same = setting_equal(
			all_settings_row(i), all_settings_values(&later, i), all_settings_values(&start, i));
		if (!same && (read->count < 2 || strcmp(read->line[0].text, line) != 0))
			fail_msg("'%s' is not in the script", line);
		script_free(read);
		journal_free(&journal);
	}
}

static void a_change_that_left_an_epoch_says_so_in_every_line(void **state)
{
	const struct place *place = *state;
	char path[120];
	struct journal journal = {.count = 0};
	struct error error = {0, ""};
	struct all_settings start = all_settings_default(), later = start;
	snprintf(path, sizeof(path), "%s/script", place->folder);
	later.config.depth = 3;
	later.config.width = 4;
	journal_start(&journal, &start);
	journal_change(&journal, 5, true, &start.config, &later.config, false);
	journal_change(&journal, 7, false, &later.config, &start.config, false);
	if (!journal_save(&journal, 9, path, &error))
		fail_msg("%s", error.text);
	struct script *script = script_load(path, &error);
	if (!script)
		fail_msg("%s", error.text);
	assert_int_equal(script->count, 5); /* with its end */
	for (int i = 0; i < 4; i++) {
		assert_int_equal(script->line[i].at, i < 2 ? 5 : 7);
		assert_int_equal(script->line[i].during, i < 2);
		assert_int_equal(script->line[i].joined, i % 2);
	}
	script_free(script);
	journal_free(&journal);
}

/* The epochs of the records in a file, in their order. */
static void epochs_in(const char *path, char *out, size_t size)
{
	char *text = content(path);
	size_t used = 0;
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1) {
		int digits = (int)strspn(at, "0123456789");
		if (digits > 0 && strncmp(at + digits, ",,", 2) == 0)
			used += (size_t)snprintf(out + used, size - used, "%.*s ", digits, at);
	}
	free(text);
}

/* A restart that gave up an epoch ("at 5+") left no whole state to go back to: undo begins again.
 * After one between two epochs undo goes on where the run was. */
static void a_change_that_left_an_epoch_leaves_it_when_played(void **state)
{
	static const struct {
		const char *at, *epochs;
	} cases[] = {
		{"5", "0 1 2 3 4 5 0 1 2 3 6 7 8 "},
		{"5+", "0 1 2 3 4 5 0 1 2 3 0 1 2 3 "},
	};
	const struct place *place = *state;
	char script[120], text[200], found[200];
	snprintf(script, sizeof(script), "%s/script", place->folder);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct request request = {.operand = script, .output = place->file};
		int length = snprintf(text, sizeof(text),
			"samples=60\ndepth=2\nwidth=2\nat %s restart\nat 8 undo\nat 11 end\n", cases[i].at);
		file_put(script, text, (size_t)length);
		assert_int_equal(play_command(&request), STATUS_DONE);
		epochs_in(place->file, found, sizeof(found));
		assert_string_equal(found, cases[i].epochs);
	}
}

/* ---- scripts with mistakes ---- */

static void a_mistake_in_a_script_names_file_line_and_what_was_expected(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"depth=x\n", ":1: depth: found 'x'"},
		{"# a\n\ndepht=3\n", ":3: "},
		{"depth=2\nat x lr=1\n", ":2: found 'at x lr=1', expected: at EPOCHS COMMAND"},
		{"at 5 lr=0.1\nat 4 lr=1\n", ":2: found at 4, expected no less than in line 1: 5"},
		{"and lr=0.1\n", ":1: found and, expected a line with at before it"},
		{"at 5 lr=0.1\nlr=1\n", ":2: found 'lr=1', expected at EPOCHS COMMAND"},
		{"at 5 quit\n", ":1: quit is not for scripts"},
		{"at 5 overwrite-weights x\n", ":1: overwrite-weights is not for scripts"},
		{"at 5 lr=\n", ":1: lr: found ''"},
		{"at 5 fly\n", ":1: no command, action or setting 'fly'"},
		{"at 5 restart now\n", ":1: takes no argument, found 'now'"},
		{"at 1 end\nat 2 lr=1\n", ":2: found 'at 2 lr=1' after end"},
		/* found when it is played */
		{"epochs=3 \nat 2 lr=1\nat 9 lr=1\n", ":3: the run ends before so many epochs"},
		{"at 2 pane nonsense\n", ":1: no pane 'nonsense'"},
		{"at 2 freeze=40\nat 3 end\n", ":1: freeze=40"},
		{"at 2 data=./none.csv\nat 3 end\n", ":1: ./none.csv"},
	};
	const struct place *place = *state;
	char path[120], csv[120];
	snprintf(path, sizeof(path), "%s/script", place->folder);
	snprintf(csv, sizeof(csv), "%s/csv", place->folder);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error error = {0, ""};
		char place_of_error[200];
		file_put(path, cases[i].text, strlen(cases[i].text));
		struct app_options options = {.glyphs = "ascii"};
		const struct request request = {.operand = path, .output = csv};
		snprintf(place_of_error, sizeof(place_of_error), "%s%s", path, cases[i].says);
		if (play_open(&request, &options, &error)) {
			struct app *app = app_new(&options, &error);
			double now = 0;
			for (double wait; app_plays(app, &error) && (wait = app_wait(app, now)) >= 0;)
				app_work(app, now += wait);
			app_free(app);
		}
		if (strncmp(error.text, place_of_error, strlen(place_of_error)) != 0)
			fail_msg("'%s', expected '%s'", error.text, place_of_error);
	}
}

/* ---- on the screen ---- */

static const char demonstration[] = "samples=60\ndepth=3\nwidth=3\npace=10\nadvice=off\n"
									"at 5 activation=relu\nat 10 pane data\nat 20 norm=batch\n"
									"at 30 end\n";

static struct watched *play(const struct place *place)
{
	char path[120];
	struct error error = {0, ""};
	snprintf(path, sizeof(path), "%s/script", place->folder);
	file_put(path, demonstration, strlen(demonstration));
	struct script *script = script_load(path, &error);
	if (!script)
		fail_msg("%s", error.text);
	return watch(NULL, script);
}

static void a_script_plays_at_its_pace_and_leaves_the_run_to_the_user(void **state)
{
	struct error error;
	struct watched *watched = play(*state);
	struct fixture *fixture = &watched->fixture;
	work(watched, 1.5);
	assert_in_range(epoch_of(fixture), 13, 17);
	assert_string_equal(config_of(fixture)->activation, "relu");
	assert_string_equal(pane_at(fixture->app->viewer.focus)->name, "data");
	app_key(fixture->app, ' ', fixture->now); /* pauses the script, too */
	work(watched, 5);
	assert_in_range(epoch_of(fixture), 13, 17);
	app_key(fixture->app, 'z', fixture->now); /* looking around does not end it */
	app_key(fixture->app, ' ', fixture->now);
	work(watched, 9);
	assert_int_equal(epoch_of(fixture), 30);
	assert_string_equal(config_of(fixture)->norm, "batch");
	assert_false(app_plays(fixture->app, &error));
	assert_string_equal(error.text, "");
	app_key(fixture->app, 's', fixture->now);
	work(watched, 1);
	assert_int_equal(epoch_of(fixture), 31);
	free(finish(watched));
}

static void whoever_changes_the_run_takes_it_over(void **state)
{
	struct error error;
	struct watched *watched = play(*state);
	struct fixture *fixture = &watched->fixture;
	work(watched, 1.5);
	assert_true(app_plays(fixture->app, &error));
	app_key(fixture->app, 'b', fixture->now);
	assert_false(app_plays(fixture->app, &error));
	assert_true(shows(fixture, "the script ends here: the run is yours"));
	work(watched, 5);
	assert_true(epoch_of(fixture) > 40); /* it goes on, without the script's end */
	free(finish(watched));
}

static void a_session_replaces_no_file_but_another_session(void **state)
{
	const struct place *place = *state;
	char line[200], path[120];
	enum app_state answer;
	struct error error = {0, ""};
	struct watched *watched = start("");
	snprintf(path, sizeof(path), "%s/notes", place->folder);
	snprintf(line, sizeof(line), "save %s", path);
	file_put(path, "my notes\n", strlen("my notes\n"));
	assert_false(app_command(watched->fixture.app, line, &answer, &error));
	assert_non_null(strstr(error.text, "does not hold a session"));
	assert_file_is(path, "my notes\n");
	remove(path);
	for (int twice = 0; twice < 2; twice++)
		assert_true(app_command(watched->fixture.app, line, &answer, &error));
	free(finish(watched));
}

static void a_state_kept_before_a_change_leaves_it_the_newest_one(void **state)
{
	const struct all_settings start = all_settings_default();
	struct config once = start.config, twice = start.config;
	struct journal journal = {.count = 0};
	(void)state;
	once.batch = 50;
	twice.batch = 60;
	journal_start(&journal, &start);
	journal_change(&journal, 5, false, &start.config, &once, false);
	journal_keep(&journal, 0, 3);
	journal_amend(&journal, &start.config, &twice, false);
	assert_int_equal(journal.count, 2);
	assert_string_equal(journal.entry[0].text, "keep");
	assert_string_equal(journal.entry[1].text, "batch=60");
	journal_free(&journal);
}

/* With no descriptor left nobody can read the file, not even root. */
static void a_file_that_cannot_be_read_is_not_replaced(void **state)
{
	const struct place *place = *state;
	struct rlimit old, none;
	char path[120];
	snprintf(path, sizeof(path), "%s/session", place->folder);
	file_put(path, journal_title, strlen(journal_title));
	assert_false(journal_would_replace(path));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	int next = open(".", O_RDONLY);
	assert_true(next >= 0);
	close(next);
	none = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	bool kept = journal_would_replace(path);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_true(kept);
	assert_int_equal(remove(path), 0);
	assert_false(journal_would_replace(path));
}

/* A session keeps a state every second, in case it diverges; a script says itself when one is kept,
 * so that undo leads to the same place at any pace. */
static void a_script_goes_back_to_its_start_or_to_what_its_lines_keep(void **state)
{
	const struct place *place = *state;
	static const char *const keeps[] = {"", "at 30 keep\n"};
	for (int k = 0; k < 2; k++) {
		char path[120], text[300];
		struct error error = {0, ""};
		snprintf(path, sizeof(path), "%s/script", place->folder);
		snprintf(text, sizeof(text),
			"samples=50\nwidth=10\ndepth=2\ndata=wave\nlr=2\nschedule=one-cycle\nepochs=200\n"
			"activation=relu\ninit=he-normal\npace=20\nadvice=off\n%sat 199 end\n",
			keeps[k]);
		file_put(path, text, strlen(text));
		struct script *script = script_load(path, &error);
		if (!script)
			fail_msg("%s", error.text);
		struct watched *watched = watch(NULL, script);
		struct fixture *fixture = &watched->fixture;
		work(watched, 20);
		assert_true(experiment_diverged(experiment_of(fixture)) && epoch_of(fixture) > 40);
		app_key(fixture->app, 'u', fixture->now);
		work(watched, 0.1);
		assert_int_equal(epoch_of(fixture), k == 0 ? 0 : 30);
		free(finish(watched));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_session_that_was_saved_is_repeated_bit_by_bit, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			every_setting_of_the_start_and_every_change_is_in_the_script, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			a_change_that_left_an_epoch_says_so_in_every_line, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			a_change_that_left_an_epoch_leaves_it_when_played, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			a_mistake_in_a_script_names_file_line_and_what_was_expected, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			a_script_plays_at_its_pace_and_leaves_the_run_to_the_user, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			whoever_changes_the_run_takes_it_over, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			a_session_replaces_no_file_but_another_session, place_make, place_remove),
		cmocka_unit_test(a_state_kept_before_a_change_leaves_it_the_newest_one),
		cmocka_unit_test_setup_teardown(
			a_file_that_cannot_be_read_is_not_replaced, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			a_script_goes_back_to_its_start_or_to_what_its_lines_keep, place_make, place_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
