/* The built-in descriptions of terminals: ncurses reads exactly them, and each name gets the one
 * that fits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../src/term/builtin.c" /* for its tables */
#include <curses.h>
#include <term.h>

static const char *text_of(const struct builtin *builtin, const char *name)
{
	for (size_t i = 0; i < LENGTH(capabilities); i++)
		if (strcmp(capabilities[i].name, name) == 0 && has(builtin, &capabilities[i]))
			return capabilities[i].text;
	return NULL;
}

static void set_up(const struct builtin *builtin)
{
	static char description[BUILTIN_TEXT_MAX]; /* the environment points to it */
	int found = 0;
	builtin_write(builtin, description);
	setenv("TERMINFO", description, 1);
	assert_int_equal(setupterm(builtin->name, 1, &found), OK);
	assert_int_equal(found, 1);
}

static void ncurses_reads_the_descriptions_as_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(builtins); i++) {
		int texts = 0;
		set_up(&builtins[i]);
		for (int k = 0; strnames[k]; k++) {
			const char *text = text_of(&builtins[i], strnames[k]);
			const char *read = tigetstr(strnames[k]);
			texts += text != NULL;
			if ((text != NULL) != (read != NULL) || (text && strcmp(text, read) != 0))
				fail_msg("%s: %s", builtins[i].name, strnames[k]);
		}
		assert_true(texts > 20 && text_of(&builtins[i], "cup"));
		for (int k = 0; boolnames[k]; k++)
			assert_int_equal(tigetflag(boolnames[k]) > 0,
				strcmp(boolnames[k], "am") == 0 || strcmp(boolnames[k], "xenl") == 0 ||
					strcmp(boolnames[k], "msgr") == 0);
		assert_int_equal(tigetnum("colors"), builtins[i].colors);
		assert_true(tigetnum("pairs") >= 64);
		assert_int_equal(tigetnum("cols"), 80);
		assert_int_equal(tigetnum("lines"), 24);
		del_curterm(cur_term);
	}
}

static void colours_are_those_asked_for(void **state)
{
	static const struct {
		int builtin, color;
		const char *sent;
	} rows[] = {
		{0, 1, "\033[31m"},
		{0, 7, "\033[37m"},
		{0, 8, "\033[38;5;8m"},
		{0, 244, "\033[38;5;244m"},
		{1, 5, "\033[35m"},
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		set_up(&builtins[rows[i].builtin]);
		assert_string_equal(tiparm(tigetstr("setaf"), rows[i].color), rows[i].sent);
		del_curterm(cur_term);
	}
}

static void a_name_gets_the_description_that_fits(void **state)
{
	static const struct {
		const char *terminal;
		int colors; /* 0: none fits */
	} rows[] = {
		{"xterm-kitty", 256},
		{"foot", 256},
		{"alacritty", 256},
		{"ghostty", 256},
		{"xterm-ghostty", 256},
		{"putty", 256},
		{"tmux-direct", 256},
		{"vte-256color", 256},
		{"x", 256},
		{"linux", 8},
		{"linux-16color", 8},
		{"vt220", 8},
		{"ansi", 8},
		{"dumb", 0},
		{"dumb-emacs-ansi", 0},
		{"emacs", 0},
	};
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct builtin *builtin = builtin_for(rows[i].terminal);
		assert_int_equal(builtin ? builtin->colors : 0, rows[i].colors);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ncurses_reads_the_descriptions_as_written),
		cmocka_unit_test(colours_are_those_asked_for),
		cmocka_unit_test(a_name_gets_the_description_that_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
