/* The prompt: editing a line, and the language typed there. */
#include "app/app_internal.h"
#include "app/command.h"
#include "app/config_file.h"
#include "app/prompt.h"
#include "ui/key.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void type(struct prompt *prompt, const char *keys)
{
	for (; *keys; keys++)
		prompt_key(prompt, (unsigned char)*keys);
}

static struct prompt *opened(const char *text)
{
	struct prompt *prompt = calloc(1, sizeof(*prompt));
	assert_non_null(prompt);
	prompt_open(prompt, "");
	type(prompt, text);
	return prompt;
}

static void keys_edit_the_line(void **state)
{
	static const struct {
		int key[4];
		const char *line;
	} cases[] = {
		{{KEYCODE_BACKSPACE}, "set lr 0."},
		{{KEYCODE_CONTROL('h')}, "set lr 0."},
		{{KEYCODE_CONTROL('w')}, "set lr "},
		{{KEYCODE_CONTROL('u')}, ""},
		{{KEYCODE_HOME, KEYCODE_DELETE}, "et lr 0.1"},
		{{KEYCODE_LEFT, KEYCODE_LEFT, 'x'}, "set lr 0x.1"},
		{{KEYCODE_HOME, KEYCODE_RIGHT, 'x'}, "sxet lr 0.1"},
		{{KEYCODE_HOME, KEYCODE_END, 'x'}, "set lr 0.1x"},
		{{KEYCODE_F(5), 1, 2}, "set lr 0.1"},
		{{0x3c3, KEYCODE_BACKSPACE}, "set lr 0.1"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prompt *prompt = opened("set lr 0.1");
		for (int k = 0; k < 4 && cases[i].key[k]; k++)
			prompt_key(prompt, cases[i].key[k]);
		assert_string_equal(prompt->text, cases[i].line);
		assert_int_equal(prompt->length, (int)strlen(cases[i].line));
		free(prompt);
	}
}

static void escape_and_backspace_on_nothing_close(void **state)
{
	struct prompt *prompt = opened("x");
	(void)state;
	assert_int_equal(prompt_key(prompt, KEYCODE_BACKSPACE), PROMPT_EDITED);
	assert_int_equal(prompt_key(prompt, KEYCODE_BACKSPACE), PROMPT_CLOSED);
	prompt_open(prompt, "abc");
	assert_int_equal(prompt_key(prompt, KEYCODE_ESCAPE), PROMPT_CLOSED);
	assert_false(prompt->open);
	free(prompt);
}

static void history_goes_back_and_returns_to_the_line_at_work(void **state)
{
	struct prompt *prompt = opened("one");
	(void)state;
	prompt_done(prompt);
	prompt_open(prompt, "");
	type(prompt, "two");
	prompt_done(prompt);
	prompt_open(prompt, "");
	type(prompt, "thr");
	prompt_key(prompt, KEYCODE_UP);
	assert_string_equal(prompt->text, "two");
	prompt_key(prompt, KEYCODE_UP);
	prompt_key(prompt, KEYCODE_UP);
	assert_string_equal(prompt->text, "one");
	prompt_key(prompt, KEYCODE_DOWN);
	prompt_key(prompt, KEYCODE_DOWN);
	assert_string_equal(prompt->text, "thr");
	free(prompt);
}

static void a_line_typed_again_is_kept_once_only_if_it_follows_itself(void **state)
{
	static const char *const typed[] = {"one", "two", "two", "one", ""};
	static const char *const kept[] = {"one", "two", "one"};
	struct prompt *prompt = opened("");
	(void)state;
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		prompt_open(prompt, typed[i]);
		prompt_done(prompt);
	}
	assert_int_equal(prompt->past_count, 3);
	for (int i = 0; i < 3; i++)
		assert_string_equal(prompt->past[i], kept[i]);
	free(prompt);
}

static void history_is_bounded(void **state)
{
	struct prompt *prompt = opened("");
	char text[2] = "a";
	(void)state;
	for (int i = 0; i < 2 * PROMPT_HISTORY; i++) {
		text[0] = (char)('0' + i);
		prompt_open(prompt, text);
		prompt_done(prompt);
	}
	assert_int_equal(prompt->past_count, PROMPT_HISTORY);
	assert_string_equal(prompt->past[PROMPT_HISTORY - 1], text);
	free(prompt);
}

static void a_paste_is_bounded_and_ends_at_the_line(void **state)
{
	struct prompt *prompt = opened("");
	char *flood = malloc(100001);
	(void)state;
	assert_non_null(flood);
	prompt_insert(prompt, "lr 1\nquit");
	assert_string_equal(prompt->text, "lr 1");
	prompt_insert(prompt, "\033]0;x\007");
	assert_string_equal(prompt->text, "lr 1");
	memset(flood, 'x', 100000);
	flood[100000] = '\0';
	prompt_insert(prompt, flood);
	assert_int_equal(prompt->length, PROMPT_MAX - 1);
	free(flood);
	free(prompt);
}

static void tab_completes_words_names_and_values(void **state)
{
	static const struct {
		const char *line, *completed, *choice; /* choice: one of several that are listed */
	} cases[] = {
		{"opt", "optimizer", "optimizer-style"},
		{"set wid", "set width ", NULL},
		{"set activation tan", "set activation tanh ", NULL},
		{"activation=tan", "activation=tanh ", NULL},
		{"activation tan", "activation tanh ", NULL},
		{"pane gra", "pane gradients ", NULL},
		{"run-", "run-pause ", NULL},
		{"set data m", "set data moons ", NULL},
		{"lr 0.", "lr 0.", NULL},
		{"set nothing x", "set nothing x", NULL},
		{"zzz", "zzz", NULL},
		{"init=lecun-", "init=lecun-", "lecun-normal"},
	};
	char out[PROMPT_MAX], choices[600];
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		command_complete(cases[i].line, out, sizeof(out), choices, sizeof(choices));
		assert_string_equal(out, cases[i].completed);
		if (cases[i].choice)
			assert_non_null(strstr(choices, cases[i].choice));
		else
			assert_string_equal(choices, "");
	}
}

static void lines_do_what_they_say(void **state)
{
	static const struct {
		const char *line;
		bool done;
	} cases[] = {
		{"", true},
		{"   ", true},
		{"set depth 3", true},
		{"depth=3", true},
		{"depth = 3", true},
		{"depth 3", true},
		{"set depth=3", true},
		{"depth", true},
		{"set pace max", true},
		{"set depth", false},
		{"set", false},
		{"depth=", false},
		{"depth x", false},
		{"depth=301", false},
		{"lr=0", false},
		{"lr=nan", false},
		{"lr=1e30", false},
		{"lr=-1", false},
		{"activation=nonsense", false},
		{"data=nonsense", false},
		{"pane loss", true},
		{"pane los", true},
		{"pane nowhere", false},
		{"pane n", false}, /* network, numbers */
		{"pane", false},
		{"run 5", true},
		{"run", true},
		{"run x", false},
		{"run -1", false},
		{"run 1.5", false},
		{"run 1e30", false},
		{"pause", true},
		{"pause 3", false},
		{"restart", true},
		{"restart now", false},
		{"focus", false},
		{"help", true},
		{"p", false},
		{"no-such-thing", false},
		{"=", false},
		{"%s%n", false},
	};
	struct app_options options = {.settings = all_settings_default()};
	struct error error;
	enum app_state next;
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct app *app = app_new(&options, &error);
		assert_non_null(app);
		error.text[0] = '\0';
		if (app_command(app, cases[i].line, &next, &error) != cases[i].done)
			fail_msg("'%s': %s", cases[i].line, error.text);
		assert_int_equal(next, APP_RUN);
		assert_true(cases[i].done || error.text[0]);
		app_free(app);
	}
}

static void the_cursor_of_a_long_line_stays_on_the_screen(void **state)
{
	struct app_options options = {.settings = all_settings_default()};
	struct app *app = app_new(&options, NULL);
	enum { COLUMNS = 60, ROWS = 20 };
	(void)state;
	assert_non_null(app);
	app_resize(app, COLUMNS, ROWS);
	app_key(app, ':', 1);
	for (int typed = 0; typed < 3 * COLUMNS; typed++) {
		const struct canvas *canvas = app_draw(app);
		const struct cell *row = canvas->cell + (ROWS - 1) * COLUMNS;
		int x = 0;
		while (x < COLUMNS && row[x].style != STYLE_SELECTED)
			x++;
		if (x == COLUMNS || (x < COLUMNS - 1 && x != 1 + typed))
			fail_msg("after %d letters the cursor is in column %d", typed, x);
		assert_true(x == 1 || row[x - 1].code == 'x');
		app_key(app, 'x', 1);
	}
	app_free(app);
}

static void quit_quits(void **state)
{
	struct app_options options = {.settings = all_settings_default()};
	struct error error;
	enum app_state next;
	struct app *app = app_new(&options, &error);
	(void)state;
	assert_true(app_command(app, "quit", &next, &error));
	assert_int_equal(next, APP_QUIT);
	app_free(app);
}

static void a_long_path_leaves_room_for_the_cause(void **state)
{
	static const char *const wrong[] = {
		"set depth 3\nset lr x\n",
		"depth\n",
		"\n\nset activation sigmiod\n",
		"set xyzzyxyzzy 1\n",
		"set beta2 1\n",
	};
	char path[4096] = "", text[100];
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct all_settings settings = all_settings_default();
		struct error plain = {0, ""}, error = {0, ""};
		strcpy(text, wrong[i]);
		assert_false(config_file_parse(&settings, "f", text, &plain));
		for (size_t length = 1; length < sizeof(path); length += 13) {
			size_t head = length < 9 ? length : 9;
			memset(path, 'a', length);
			memcpy(path + length - 1, "f", 2);
			strcpy(text, wrong[i]);
			assert_false(config_file_parse(&settings, path, text, &error));
			const char *cause = strstr(error.text, "f:");
			if (!cause || strcmp(cause, plain.text) != 0 || strncmp(error.text, path, head) != 0)
				fail_msg("%zu bytes: %s", length, error.text);
		}
	}
}

static void config_files_are_read_or_refused_by_line(void **state)
{
	static const struct {
		const char *text, *found; /* found: in the error; NULL: it is read */
	} cases[] = {
		{"", NULL},
		{"\n\n# nothing\n  # more\n", NULL},
		{"set depth 3\nset pace max", NULL},
		{"  set\tdepth\t3  \r\n", NULL},
		{"set depth 3\nset lr x\n", "f:2: "},
		{"depth 3\n", "f:1: expected"},
		{"set depth\n", "f:1: expected"},
		{"\nset dept 3\nset dpth 3\n", "f:3: "},
		{"set depth 3\n\nset depth 4\n", "line 1"},
		{"set depth 301\n", "0 to 300"},
		{"\xef\xbb\xbf", NULL},
		{"\xef\xbb\xbfset depth 3\nset pace max", NULL},
		{"\xef\xbb\xbf# more\nset lr x\n", "f:2: "},
		{"#\n\xef\xbb\xbfset lr 1\n", "f:2: "},
		{"set beta2 1\n", "expected 0 to 0.999999999, below 1"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct all_settings settings = all_settings_default();
		struct error error = {0, ""};
		char text[100];
		strcpy(text, cases[i].text);
		bool done = config_file_parse(&settings, "f", text, &error);
		if (done != !cases[i].found || (!done && !strstr(error.text, cases[i].found)))
			fail_msg("'%s': %s", cases[i].text, error.text);
		assert_int_equal(error.status, done ? 0 : STATUS_USAGE);
		if (strstr(cases[i].text, "set depth 3\nset pace"))
			assert_int_equal(settings.config.depth, 3);
	}
}

/* Beyond the oldest line and beyond the new one nothing changes; a line that is typed again at once
 * is kept once, were it the first. */
static void the_history_ends_at_the_oldest_line_and_at_the_new_one(void **state)
{
	struct prompt *prompt = opened("one");
	(void)state;
	prompt_key(prompt, KEYCODE_UP); /* there is none yet */
	assert_string_equal(prompt->text, "one");
	prompt_done(prompt);
	assert_false(prompt->open);
	prompt_open(prompt, "one");
	prompt_done(prompt);
	assert_int_equal(prompt->past_count, 1);
	prompt_open(prompt, "new");
	prompt_key(prompt, KEYCODE_DOWN);
	assert_string_equal(prompt->text, "new");
	prompt_key(prompt, KEYCODE_CONTROL('p'));
	assert_string_equal(prompt->text, "one");
	assert_int_equal(prompt->recalled, 1);
	prompt_key(prompt, KEYCODE_CONTROL('p'));
	assert_string_equal(prompt->text, "one");
	assert_int_equal(prompt->recalled, 1);
	prompt_key(prompt, KEYCODE_CONTROL('n'));
	assert_string_equal(prompt->text, "new");
	assert_int_equal(prompt->recalled, 0);
	/* of 32 lines and one more the first goes, the others stay in their order */
	char text[3] = "a";
	for (int i = 0; i <= PROMPT_HISTORY; i++) {
		text[0] = (char)('a' + i % 26);
		text[1] = i < 26 ? '\0' : '2';
		prompt_open(prompt, text);
		prompt_done(prompt);
	}
	assert_int_equal(prompt->past_count, PROMPT_HISTORY);
	assert_string_equal(prompt->past[0], "b");
	assert_string_equal(prompt->past[1], "c");
	assert_string_equal(prompt->past[PROMPT_HISTORY - 1], "g2");
	free(prompt);
}

/* Each key leaves this line, with the cursor before the mark. */
static void keys_move_by_characters_and_erase_words_before_the_cursor(void **state)
{
	static const struct {
		int key[6];
		const char *line;
	} cases[] = {
		{{KEYCODE_LEFT}, "ab \xcf\x83 |d"},
		{{KEYCODE_LEFT, KEYCODE_LEFT, KEYCODE_LEFT}, "ab |\xcf\x83 d"},
		{{KEYCODE_LEFT, KEYCODE_LEFT, KEYCODE_LEFT, KEYCODE_RIGHT}, "ab \xcf\x83| d"},
		{{KEYCODE_LEFT, KEYCODE_LEFT, KEYCODE_LEFT, KEYCODE_DELETE}, "ab | d"},
		{{KEYCODE_LEFT, KEYCODE_LEFT, KEYCODE_BACKSPACE}, "ab | d"},
		{{KEYCODE_HOME, KEYCODE_LEFT}, "|ab \xcf\x83 d"},
		{{KEYCODE_END, KEYCODE_RIGHT}, "ab \xcf\x83 d|"},
		{{KEYCODE_END, KEYCODE_DELETE}, "ab \xcf\x83 d|"},
		{{KEYCODE_HOME, KEYCODE_BACKSPACE}, "|ab \xcf\x83 d"},
		{{KEYCODE_CONTROL('w'), KEYCODE_CONTROL('w')}, "ab |"},
		{{KEYCODE_CONTROL('w'), KEYCODE_CONTROL('w'), KEYCODE_CONTROL('w')}, "|"},
		{{KEYCODE_LEFT, KEYCODE_CONTROL('w')}, "ab |d"},
		{{KEYCODE_HOME, KEYCODE_RIGHT, KEYCODE_CONTROL('w')}, "|b \xcf\x83 d"},
		{{KEYCODE_HOME, KEYCODE_RIGHT, KEYCODE_CONTROL('u')}, "|b \xcf\x83 d"},
		{{KEYCODE_HOME, ' ', '~'}, " ~|ab \xcf\x83 d"},
		{{KEYCODE_HOME, 31, 127}, "|ab \xcf\x83 d"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prompt *prompt = opened("");
		char line[40];
		prompt_set(prompt, "ab \xcf\x83 d");
		for (int k = 0; k < 6 && cases[i].key[k]; k++)
			prompt_key(prompt, cases[i].key[k]);
		snprintf(line, sizeof(line), "%.*s|%s", prompt->cursor, prompt->text,
			prompt->text + prompt->cursor);
		if (strcmp(line, cases[i].line) != 0)
			fail_msg("case %zu: '%s', expected '%s'", i, line, cases[i].line);
		assert_int_equal(prompt->length, strlen(prompt->text));
		free(prompt);
	}
}

/* A character is never cut, and one byte less is room enough. */
static void a_line_holds_all_bytes_but_one_of_its_room(void **state)
{
	char *long_text = malloc(PROMPT_MAX + 2);
	(void)state;
	for (int length = PROMPT_MAX - 4; length <= PROMPT_MAX + 1; length++) {
		struct prompt *prompt = opened("");
		memset(long_text, 'x', (size_t)length);
		long_text[length] = '\0';
		prompt_set(prompt, long_text);
		int held = length < PROMPT_MAX ? length : PROMPT_MAX - 1;
		assert_int_equal(prompt->length, held);
		prompt_key(prompt, 0x3c3); /* two bytes */
		held += held + 2 < PROMPT_MAX ? 2 : 0;
		assert_int_equal(prompt->length, held);
		prompt_key(prompt, 'y');
		held += held + 1 < PROMPT_MAX ? 1 : 0;
		assert_int_equal(prompt->length, held);
		assert_int_equal(strlen(prompt->text), held);
		free(prompt);
	}
	free(long_text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_edit_the_line),
		cmocka_unit_test(escape_and_backspace_on_nothing_close),
		cmocka_unit_test(history_goes_back_and_returns_to_the_line_at_work),
		cmocka_unit_test(a_line_typed_again_is_kept_once_only_if_it_follows_itself),
		cmocka_unit_test(history_is_bounded),
		cmocka_unit_test(a_paste_is_bounded_and_ends_at_the_line),
		cmocka_unit_test(tab_completes_words_names_and_values),
		cmocka_unit_test(lines_do_what_they_say),
		cmocka_unit_test(the_cursor_of_a_long_line_stays_on_the_screen),
		cmocka_unit_test(quit_quits),
		cmocka_unit_test(a_long_path_leaves_room_for_the_cause),
		cmocka_unit_test(config_files_are_read_or_refused_by_line),
		cmocka_unit_test(the_history_ends_at_the_oldest_line_and_at_the_new_one),
		cmocka_unit_test(keys_move_by_characters_and_erase_words_before_the_cursor),
		cmocka_unit_test(a_line_holds_all_bytes_but_one_of_its_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
