#include "lab/error.h"
#include "lab/text.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void text_comes_out_clean(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"plain", "plain"},
		{"\xC3\xA9\xE2\x88\x82\xF0\x9F\x98\x80", "\xC3\xA9\xE2\x88\x82\xF0\x9F\x98\x80"},
		{"a\033[2Jb", "a\xEF\xBF\xBD[2Jb"}, /* C0 */
		{"\r\n\t\x7F", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\xC2\x9B"
		 "2J",
			"\xEF\xBF\xBD"
			"2J"}, /* C1 as U+009B */
		{"\x9B"
		 "2J",
			"\xEF\xBF\xBD"
			"2J"}, /* C1 as a byte */
		{"a\xE2\x80\xAE"
		 "b",
			"a\xEF\xBF\xBD"
			"b"},                                                   /* bidi override */
		{"\xE2\x81\xA6\xD8\x9C", "\xEF\xBF\xBD\xEF\xBF\xBD"},       /* bidi isolate, Arabic mark */
		{"a\xE2\x80\x8B\xEF\xBB\xBF", "a\xEF\xBF\xBD\xEF\xBF\xBD"}, /* zero width, BOM */
		{"e\xCC\x81", "e\xEF\xBF\xBD"},                             /* combining acute */
		{"\xE2\x80\xA8", "\xEF\xBF\xBD"},                           /* line separator */
		{"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},                   /* overlong / */
		{"\xE0\x80\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, /* surrogate */
		{"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\xFF\xFE", "\xEF\xBF\xBD\xEF\xBF\xBD"},
		{"\xE2\x88", "\xEF\xBF\xBD"},                   /* cut at the end */
		{"\xE2\x88\033x", "\xEF\xBF\xBD\xEF\xBF\xBDx"}, /* cut by an escape */
		{"\xEF\xBF\xBF", "\xEF\xBF\xBD"},               /* noncharacter */
		{"%s%n", "%s%n"},
	};
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++) {
		char out[64];
		text_clean(out, sizeof(out), cases[i].in);
		assert_string_equal(out, cases[i].out);
	}
}

static void cutting_keeps_whole_characters(void **state)
{
	static const char text[] = "a\xE2\x88\x82"
							   "b";
	static const size_t expected[] = {0, 1, 1, 1, 4, 5};
	(void)state;
	for (int i = 0; i < LENGTH(expected); i++) {
		char out[8];
		memset(out, 'x', sizeof(out));
		text_clean(out, (size_t)i + 1, text);
		assert_int_equal(strlen(out), expected[i]);
		assert_memory_equal(out, text, expected[i]);
		assert_int_equal(out[i + 1], 'x');
	}
}

/* Every code point either survives encoding and decoding or is a mark, and takes at least the
 * bytes it came with, never those after it. */
static void every_code_point_is_itself_or_a_mark(void **state)
{
	int marks = 0;
	(void)state;
	for (uint32_t code = 1; code <= 0x10FFFF; code++) {
		char bytes[6];
		int length = text_encode(bytes, code);
		const char *cursor = bytes;
		assert_int_equal(strlen(bytes), length);
		uint32_t seen = text_next(&cursor);
		assert_ptr_equal(cursor, bytes + length);
		assert_int_equal(text_next(&cursor), 0);
		assert_ptr_equal(cursor, bytes + length);
		assert_true(seen == code || seen == TEXT_MARK);
		marks += seen != code;
	}
	assert_in_range(marks, 2000, 800000);
}

/* As in the tables of Unicode 14: of code points that are marks, and of those two columns wide, how
 * many and the sum. A range that begins or ends elsewhere changes both. */
static void the_ranges_of_code_points_are_those_of_unicode(void **state)
{
	uint64_t marks = 0, sum_of_marks = 0, wide = 0, sum_of_wide = 0;
	(void)state;
	for (uint32_t code = 1; code <= 0x10FFFF; code++) {
		char bytes[6];
		const char *cursor = bytes;
		text_encode(bytes, code);
		bool mark = text_next(&cursor) != code;
		bool two = !mark && text_width(code) == 2;
		marks += mark;
		sum_of_marks += mark ? code : 0;
		wide += two;
		sum_of_wide += two ? code : 0;
	}
	assert_int_equal(marks, 729911);
	assert_int_equal(sum_of_marks, 449575538801);
	assert_int_equal(wide, 131333);
	assert_int_equal(sum_of_wide, 15082583163);
}

static void character_widths_equal_those_of_terminals(void **state)
{
	static const struct {
		uint32_t code;
		int width;
	} cases[] = {
		{'a', 1},
		{0xE9, 1},
		{0x2502, 1},
		{0x28FF, 1},
		{0x2588, 1},
		{0x2207, 1},
		{TEXT_MARK, 1},
		{0x4E2D, 2},
		{0xAC00, 2},
		{0x3042, 2},
		{0xFF21, 2},
		{0xFF71, 1},
		{0x1F600, 2},
		{0x1100, 2},
		{0x20000, 2},
		{0x25B6, 1},
		{0x2705, 2},
		{0x303F, 1},
		{0x10FFFD, 1},
	};
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++)
		assert_int_equal(text_width(cases[i].code), cases[i].width);
}

/* clang-format off */
static const struct {
	const char *text;
	double value;
} numbers[] = {
	{"0", 0}, {"1", 1}, {"-1", -1}, {"+1.5", 1.5}, {".5", 0.5}, {"5.", 5}, {"1e3", 1000},
	{"1E-3", 1e-3}, {"-2.5e+02", -250}, {"0.1", 0.1}, {"3.4028234663852886e38", FLT_MAX},
	{"1.7976931348623157e308", DBL_MAX}, {"2.2250738585072014e-308", DBL_MIN},
	{"1e-320", 0}, {"1e-999999999999", 0}, {"0e99999999999", 0}, {"000000000012", 12},
	{"123456789012345678901234567890", 123456789012345678901234567890.0},
	{"9007199254740993", 9007199254740992.0}, {"0.000000000000000000000000001", 1e-27},
	{"9007199254740993.00000000000000000000000000000000001", 9007199254740994.0},
};
/* clang-format on */

static void numbers_are_read_whole_and_exactly(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(numbers); i++) {
		double value = 42;
		assert_true(number_parse(numbers[i].text, strlen(numbers[i].text), &value));
		assert_true(value == numbers[i].value);
	}
	double value;
	assert_true(number_parse("-0", 2, &value) && signbit(value));
	assert_true(number_parse("12,3", 2, &value) && value == 12);
}

static void text_that_is_no_number_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"+",
		"-",
		".",
		"e5",
		"1e",
		"1e+",
		"1.2.3",
		"1,5",
		"0x10",
		"inf",
		"-inf",
		"nan",
		"NaN",
		"infinity",
		" 1",
		"1 ",
		"1_000",
		"--1",
		"+-1",
		"1e5.0",
		"1f",
		"1e999",
		"-1e999",
		"\xD9\xA1",
		"1e99999999999999999999",
	};
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++) {
		double value = 42;
		assert_false(number_parse(cases[i], strlen(cases[i]), &value));
		assert_true(value == 42);
	}
	double value;
	assert_false(number_parse("1\0002", 3, &value));
}

static void heads_and_tails_are_whole_characters(void **state)
{
	static const char text[] = "a\xC3\xA4\xE2\x82\xAC"
							   "b";
	static const struct {
		size_t most, head;
		const char *tail;
	} rows[] = {
		{0, 0, ""},
		{1, 1, "b"},
		{2, 1, "b"},
		{3, 3, "b"},
		{4, 3,
			"\xE2\x82\xAC"
			"b"},
		{5, 3,
			"\xE2\x82\xAC"
			"b"},
		{6, 6,
			"\xC3\xA4\xE2\x82\xAC"
			"b"},
		{7, 7, text},
		{8, 7, text},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(text_head(text, rows[i].most), rows[i].head);
		assert_string_equal(text_tail(text, rows[i].most), rows[i].tail);
	}
}

static void a_long_path_keeps_its_beginning_and_its_end(void **state)
{
	static const struct {
		const char *path, *shown;
		size_t size;
	} rows[] = {
		{"", "", 8},
		{"/a/b/cd", "/a/b/cd", 8},
		{"/a/b/cde", "/...cde", 8},
		{"/home/someone/.config/wane/config", "/home...ane/config", 19},
		/* characters are whole or not there */
		{"\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", "...\u00e9", 8},
		{"a\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", "a...\u00e9\u00e9\u00e9", 12},
	};
	char out[40];
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text_shorten(out, rows[i].size, rows[i].path);
		assert_string_equal(out, rows[i].shown);
	}
}

/* A long tail still decides which side of a border between two doubles a number is on. */
static void long_numbers_are_rounded_by_all_their_digits(void **state)
{
	enum { SIZE = 3000 };
	static const char border[] = "9007199254740993.";
	char text[SIZE];
	double value;
	(void)state;
	memset(text, '0', sizeof(text));
	memcpy(text, border, sizeof(border) - 1);
	assert_true(number_parse(text, SIZE, &value) && value == 9007199254740992.0);
	text[SIZE - 1] = '1';
	assert_true(number_parse(text, SIZE, &value) && value == 9007199254740994.0);
	memset(text, '0', sizeof(text));
	memcpy(text, "1", 1);
	memcpy(text + SIZE - 5, "e-299", 5);
	assert_false(number_parse(text, SIZE, &value));
	memcpy(text + SIZE - 6, "e-2993", 6);
	assert_true(number_parse(text, SIZE, &value) && value == 1);
}

/* clang-format off */
static const struct {
	float value;
	const char *text;
} floats[] = {
	{0.0f, "0"}, {-0.0f, "-0"}, {1.0f, "1"}, {-1.5f, "-1.5"}, {0.1f, "0.1"}, {100000.0f, "100000"},
	{1e6f, "1e+06"}, {123456792.0f, "1.2345679e+08"}, {1e-4f, "0.0001"}, {1e-5f, "1e-05"},
	{0.69314718f, "0.6931472"}, {1.0f / 3, "0.33333334"}, {16777216.0f, "16777216"},
	{-2.5e-8f, "-2.5e-08"}, {FLT_MAX, "3.4028235e+38"}, {FLT_MIN, "1.1754944e-38"},
	{1e-45f, "1e-45"}, {20.0f, "20"}, {12345.678f, "12345.678"},
};
/* clang-format on */

static void floats_are_written_at_their_shortest(void **state)
{
	char out[32];
	(void)state;
	for (int i = 0; i < LENGTH(floats); i++) {
		number_format(out, floats[i].value);
		assert_string_equal(out, floats[i].text);
	}
	number_format(out, NAN);
	assert_string_equal(out, "nan");
	number_format(out, -NAN);
	assert_string_equal(out, "nan");
	number_format(out, INFINITY);
	assert_string_equal(out, "inf");
	number_format(out, -INFINITY);
	assert_string_equal(out, "-inf");
}

static float float_from_bits(uint32_t bits)
{
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static void floats_read_back_as_they_were(void **state)
{
	(void)state;
	for (uint32_t bits = 0; bits < 0x7F800000u; bits += 7919) {
		float value = float_from_bits(bits);
		char out[32], shorter[48];
		double back;
		number_format(out, value);
		assert_in_range(strlen(out), 1, 15);
		assert_true(number_parse(out, strlen(out), &back));
		assert_true((float)back == value);
		assert_true(strtof(out, NULL) == value);
		for (int digits = 1; digits < 9; digits++) {
			snprintf(shorter, sizeof(shorter), "%.*g", digits, (double)value);
			if (strtof(shorter, NULL) == value)
				break;
		}
		assert_true(strtof(shorter, NULL) != value || strlen(out) <= strlen(shorter));
	}
}

static void numbers_mean_the_same_in_every_locale(void **state)
{
	static const char *const locales[] = {
		"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "cs_CZ.UTF-8", "de_DE", "C"};
	(void)state;
	for (int i = 0; i < LENGTH(locales); i++) {
		if (setlocale(LC_ALL, locales[i]) == NULL)
			continue;
		numbers_are_read_whole_and_exactly(state);
		text_that_is_no_number_is_refused(state);
		floats_are_written_at_their_shortest(state);
	}
	assert_non_null(setlocale(LC_ALL, "C"));
}

static void errors_hold_one_line_and_may_be_ignored(void **state)
{
	struct error error = {.status = STATUS_DONE};
	char text[2000];
	(void)state;
	assert_false(error_set(&error, STATUS_USAGE, "%s: found %d", "%n", 3));
	assert_string_equal(error.text, "%n: found 3");
	assert_int_equal(error.status, STATUS_USAGE);
	assert_false(error_set(NULL, STATUS_WORLD, "nobody listens"));
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(error_set(&error, STATUS_WORLD, "%s", text));
	assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_and_tails_are_whole_characters),
		cmocka_unit_test(text_comes_out_clean),
		cmocka_unit_test(cutting_keeps_whole_characters),
		cmocka_unit_test(every_code_point_is_itself_or_a_mark),
		cmocka_unit_test(the_ranges_of_code_points_are_those_of_unicode),
		cmocka_unit_test(character_widths_equal_those_of_terminals),
		cmocka_unit_test(numbers_are_read_whole_and_exactly),
		cmocka_unit_test(text_that_is_no_number_is_refused),
		cmocka_unit_test(a_long_path_keeps_its_beginning_and_its_end),
		cmocka_unit_test(long_numbers_are_rounded_by_all_their_digits),
		cmocka_unit_test(floats_are_written_at_their_shortest),
		cmocka_unit_test(floats_read_back_as_they_were),
		cmocka_unit_test(numbers_mean_the_same_in_every_locale),
		cmocka_unit_test(errors_hold_one_line_and_may_be_ignored),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
