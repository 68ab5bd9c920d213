/* Words of lists: what is meant, and what is suggested for a wrong one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../src/lab/words.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *word_of(const void *context, int index)
{
	return ((const char *const *)context)[index];
}

static const char *const words[] = {"lr", "loss", "loss-scale", "activation", "depth", "one", NULL};
static const struct word_list list = {word_of, words};

static void a_word_or_the_beginning_of_one_alone_is_meant(void **state)
{
	static const struct {
		const char *text;
		int index;
	} cases[] = {{"lr", 0}, {"loss", 1}, {"loss-", 2}, {"l", -2}, {"lo", -2}, {"a", 3}, {"one", 5},
		{"ones", -1}, {"x", -1}, {"", -1}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(words_match(&list, cases[i].text), cases[i].index);
}

/* Fewer than four edits, and fewer than the word has letters; the first of those as near. */
static void the_nearest_word_is_suggested(void **state)
{
	static const struct {
		const char *text, *near; /* NULL: none */
	} cases[] = {
		{"detph", "depth"},
		{"deth", "depth"},
		{"deepth", "depth"},
		{"dxxxh", "depth"},
		{"dxxxx", NULL},
		{"xactivation", "activation"},
		{"activa", NULL},
		{"activat", "activation"},
		{"actvatn", "activation"},
		{"xr", "lr"},
		{"xy", NULL},
		{"oxx", "one"},
		{"one1", "one"},
		{"losx", "loss"},
		{"loss-scal1", "loss-scale"},
		{"x", NULL},
		{"", NULL},
		{"a-word-that-is-much-longer-than-forty-letters", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error error = {0};
		char expected[300];
		static const char all[] = "lr loss loss-scale activation depth one";
		assert_false(words_refuse(&error, &list, "setting", cases[i].text, false));
		assert_int_equal(error.status, STATUS_USAGE);
		if (cases[i].near)
			snprintf(expected, sizeof(expected), "no setting '%s'; did you mean %s? (%s)",
				cases[i].text, cases[i].near, all);
		else
			snprintf(
				expected, sizeof(expected), "no setting '%s'; there are: %s", cases[i].text, all);
		assert_string_equal(error.text, expected);
	}
}

static void several_words_are_listed(void **state)
{
	struct error error = {0};
	(void)state;
	assert_false(words_refuse(&error, &list, "setting", "lo", true));
	assert_string_equal(error.text, "setting 'lo' may mean: loss loss-scale");
}

/* A list of more than 419 bytes ends with the last word that is whole. */
static void a_long_list_ends_with_a_whole_word(void **state)
{
	static char word[60][12];
	const char *many[61] = {0};
	const struct word_list long_list = {word_of, many};
	struct error error = {0};
	(void)state;
	for (int length = 6; length < 12; length++) {
		for (int i = 0; i < 60; i++) {
			snprintf(word[i], sizeof(word[i]), "%0*d", length, i);
			many[i] = word[i];
		}
		assert_false(words_refuse(&error, &long_list, "n", "zzzzzzzzzzzz", false));
		size_t listed = strlen(strchr(error.text, ':') + 2);
		assert_int_equal(listed, 420 / (length + 1) * (length + 1) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_or_the_beginning_of_one_alone_is_meant),
		cmocka_unit_test(the_nearest_word_is_suggested),
		cmocka_unit_test(several_words_are_listed),
		cmocka_unit_test(a_long_list_ends_with_a_whole_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
