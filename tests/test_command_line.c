/* The command line that begins a run with the present settings: a shell reads it back as they
 * are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "session.h"

/* What a shell makes of the line: its words, one a line, set in the defaults. */
static struct all_settings read_by_a_shell(const char *line)
{
	char command[COMMAND_LINE_MAX + 80], word[SETTING_VALUE_MAX + 80];
	struct all_settings settings = all_settings_default();
	struct error error = {0, ""};
	int words = 0;
	snprintf(command, sizeof(command), "wane() { printf '%%s\\n' \"$@\"; }; %s", line);
	FILE *shell = popen(command, "r");
	assert_non_null(shell);
	for (; fgets(word, sizeof(word), shell); words++) {
		word[strcspn(word, "\n")] = '\0';
		if (word[0] && !all_settings_assign_pair(&settings, word, &error))
			fail_msg("%s: %s", word, error.text);
	}
	assert_int_equal(pclose(shell), 0);
	return settings;
}

static void assert_read_back(const struct all_settings *settings, const char *what)
{
	char line[COMMAND_LINE_MAX];
	struct all_settings standard = all_settings_default(), same = *settings;
	assert_true(all_settings_command_line(settings, &standard, line));
	struct all_settings read = read_by_a_shell(line);
	for (int i = 0; i < all_settings_count(); i++)
		if (!setting_equal(
				all_settings_row(i), all_settings_values(&read, i), all_settings_values(&same, i)))
			fail_msg("%s: %s is not read back: %s", what, all_settings_name(i), line);
}

static void any_setting_is_read_back_by_a_shell(void **state)
{
	(void)state;
	static const char *const paths[] = {"./a b.csv", "./it's.csv", "./$HOME;`x`&.csv", "./\\n.csv"};
	for (int i = 0; i < all_settings_count(); i++) {
		struct all_settings settings = all_settings_default();
		all_settings_step(&settings, i, 1);
		all_settings_step(&settings, i, 1);
		assert_read_back(&settings, all_settings_name(i));
	}
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct all_settings settings = all_settings_default();
		struct error error = {0, ""};
		assert_true(all_settings_assign(&settings, "data", paths[i], &error));
		assert_true(all_settings_assign(&settings, "weights", paths[i], &error));
		assert_read_back(&settings, paths[i]);
	}
}

static void defaults_need_no_words(void **state)
{
	(void)state;
	char line[COMMAND_LINE_MAX];
	const struct all_settings standard = all_settings_default();
	assert_true(all_settings_command_line(&standard, &standard, line));
	assert_string_equal(line, "wane");
}

static void a_key_shows_it_and_copy_prints_it_at_the_end(void **state)
{
	(void)state;
	char line[COMMAND_LINE_MAX];
	enum app_state answer;
	struct error error;
	struct fixture fixture = start_session("advice=off", "ascii", 120, 40);
	press(&fixture, 'a');
	press(&fixture, '$');
	const char *expected = "wane samples=50 depth=2 width=2 activation=relu advice=off";
	assert_true(shows(&fixture, expected));
	assert_false(app_last_words(fixture.app, line));
	assert_true(app_command(fixture.app, "copy", &answer, &error));
	press(&fixture, 'd');
	assert_true(app_last_words(fixture.app, line));
	assert_string_equal(line, "wane samples=50 depth=3 width=2 activation=relu advice=off");
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_setting_is_read_back_by_a_shell),
		cmocka_unit_test(defaults_need_no_words),
		cmocka_unit_test(a_key_shows_it_and_copy_prints_it_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
