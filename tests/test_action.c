/* The tables of the program: keys, names and help. */
#include "app/action.h"
#include "app/catalog.h"
#include "app/fold.h"
#include "app/help.h"
#include "app/tables.h"
#include "ui/key.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void tables_hold_together(void **state)
{
	struct error error = {0, ""};
	(void)state;
	if (!tables_check(&error))
		fail_msg("%s", error.text);
}

static void every_key_of_an_action_finds_it(void **state)
{
	(void)state;
	for (int i = 0; action_at(i); i++)
		for (int k = 0; k < ACTION_KEYS && action_at(i)->key[k]; k++)
			assert_ptr_equal(action_for_key(action_at(i)->key[k]), action_at(i));
	assert_null(action_for_key(KEYCODE_NONE));
	assert_null(action_for_key(KEYCODE_F(12)));
}

static void digits_share_one_action_and_zero_has_another(void **state)
{
	const struct action *focus = action_for_key('1');
	(void)state;
	for (int key = '1'; key <= '9'; key++)
		assert_ptr_equal(action_for_key(key), focus);
	assert_ptr_not_equal(action_for_key('0'), focus);
}

static void function_keys_have_plain_twins(void **state)
{
	(void)state;
	for (int n = 1; n <= 12; n++) {
		const struct action *action = action_for_key(KEYCODE_F(n));
		if (action)
			assert_in_range(action->key[0], ' ', '~');
	}
}

static void keys_are_spelt_as_on_the_keyboard(void **state)
{
	char keys[64];
	(void)state;
	action_keys(action_for_key(' '), keys, sizeof(keys));
	assert_string_equal(keys, "Space p F5");
	action_keys(action_for_key('1'), keys, sizeof(keys));
	assert_string_equal(keys, "1-9");
}

static void catalogs_list_settings_of_both_tables(void **state)
{
	const struct catalog *settings = catalog_find("settings");
	struct item item;
	int count = 0;
	(void)state;
	while (settings->item(count, &item))
		count++;
	assert_int_equal(count, config_table.count + screen_table.count);
	assert_null(catalog_find("setting"));
}

static void the_catalog_of_remedies_says_what_they_set(void **state)
{
	const struct catalog *remedies = catalog_find("remedies");
	struct item item;
	int i;
	(void)state;
	for (i = 0; remedies->item(i, &item); i++)
		assert_string_equal(item.choices, remedy_at(i)->settings);
	assert_null(remedy_at(i));
}

static void a_prefix_must_be_unique_across_both_tables(void **state)
{
	struct error error;
	struct all_settings settings = all_settings_default();
	(void)state;
	assert_true(all_settings_assign_pair(&settings, "activation=tanh", &error));
	assert_string_equal(settings.config.activation, "tanh");
	assert_true(all_settings_assign_pair(&settings, "pace=max", &error));
	assert_string_equal(settings.screen.pace, "max");
	assert_false(all_settings_assign_pair(&settings, "l=1", &error));
	assert_int_equal(error.status, STATUS_USAGE);
	assert_non_null(strstr(error.text, "layout"));
	assert_non_null(strstr(error.text, "leaky-slope"));
	assert_false(all_settings_assign_pair(&settings, "=1", &error));
	assert_false(all_settings_assign_pair(&settings, "depth", &error));
}

static void paces_step_without_going_round(void **state)
{
	(void)state;
	assert_string_equal(pace_step("10", 1), "20");
	assert_string_equal(pace_step("10", -1), "5");
	assert_string_equal(pace_step("max", 1), "max");
	assert_string_equal(pace_step("1", -1), "1");
	assert_true(pace_rate("max") > 1e300);
	assert_true(pace_rate("50") == 50);
}

static void folding_loses_no_word_and_keeps_the_width(void **state)
{
	const char *text = "a bb  ccc dddd eeeee ffffff ggggggg hhhhhhhh";
	char line[100];
	(void)state;
	for (int width = 1; width < 50; width++) {
		const char *rest = text;
		int letters = 0;
		while (fold_line(&rest, width, glyphs_at(0), line, sizeof(line))) {
			if (strchr(line, ' '))
				assert_true((int)strlen(line) <= width);
			for (const char *at = line; *at; at++)
				letters += *at != ' ';
		}
		assert_int_equal(letters, 36);
	}
}

/* The help screen as text: "keys<tab>text" a line, headings alone. */
struct written {
	struct help_writer writer;
	char text[65536];
	size_t used;
};

static void written_heading(struct help_writer *writer, const char *text)
{
	struct written *written = (struct written *)writer;
	written->used += (size_t)snprintf(
		written->text + written->used, sizeof(written->text) - written->used, "\n%s\n", text);
	assert_true(written->used < sizeof(written->text));
}

static void written_line(struct help_writer *writer, const char *keys, const char *text)
{
	struct written *written = (struct written *)writer;
	written->used += (size_t)snprintf(written->text + written->used,
		sizeof(written->text) - written->used, "\n%s\t%s\n", keys, text);
	assert_true(written->used < sizeof(written->text));
}

static void help_holds_every_row_of_every_catalog(void **state)
{
	static struct written written = {.writer = {written_heading, written_line}};
	char line[700];
	struct item item;
	(void)state;
	const struct hidden nothing = {.setting = {false}};
	help_write(&written.writer, pane_at(0), NULL, &nothing);
	for (int i = 0; catalog_at(i); i++) {
		const struct catalog *catalog = catalog_at(i);
		bool keys = strcmp(catalog->name, "actions") == 0;
		for (int k = 0; catalog->item(k, &item); k++) {
			snprintf(line, sizeof(line), "\n%s\t%s", keys ? item.keys : item.name, item.help);
			if (!strstr(written.text, line))
				fail_msg("the help screen lacks %s of '%s': see help_write() in help.c", item.name,
					catalog->name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_hold_together),
		cmocka_unit_test(every_key_of_an_action_finds_it),
		cmocka_unit_test(digits_share_one_action_and_zero_has_another),
		cmocka_unit_test(function_keys_have_plain_twins),
		cmocka_unit_test(keys_are_spelt_as_on_the_keyboard),
		cmocka_unit_test(catalogs_list_settings_of_both_tables),
		cmocka_unit_test(the_catalog_of_remedies_says_what_they_set),
		cmocka_unit_test(a_prefix_must_be_unique_across_both_tables),
		cmocka_unit_test(paces_step_without_going_round),
		cmocka_unit_test(folding_loses_no_word_and_keeps_the_width),
		cmocka_unit_test(help_holds_every_row_of_every_catalog),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
