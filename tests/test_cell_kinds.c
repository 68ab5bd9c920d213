/* Cells of a file: numbers, numbers as people write them, what is missing, and words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../src/lab/cell.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
	const char *text, *flaw, *plain; /* NULL: it has none */
} flaws[] = {
	{"1,000", "thousands separators", "1000"},
	{"999,999", "thousands separators", "999999"},
	{"1234,567", "a decimal comma", "1234.567"},
	{"1,0000", "a decimal comma", "1.0000"},
	{"1,00", "a decimal comma", "1.00"},
	{"0,500", "a decimal comma", "0.500"},
	{",5", "a decimal comma", ".5"},
	{"-1,5", "a decimal comma", "-1.5"},
	{"+1,5", "a decimal comma", "1.5"},
	{"1,234,567", "thousands separators", "1234567"},
	{"1.234.567", "thousands separators", "1234567"},
	{"1,234.5", "thousands separators", "1234.5"},
	{"1.234,5", "thousands separators", "1234.5"},
	{"1.234,567", "thousands separators", "1234.567"},
	{"1,234,567.89", "thousands separators", "1234567.89"},
	{"12 345 678,9", "thousands separators", "12345678.9"},
	{"1 000", "thousands separators", "1000"},
	{"1\xC2\xA0"
	 "000",
		"thousands separators", "1000"},
	{"1\xE2\x80\xAF"
	 "000",
		"thousands separators", "1000"},
	{"1'234", "thousands separators", "1234"},
	{"1_000_000", "thousands separators", "1000000"},
	{" \t1,000 ", "thousands separators", "1000"},
	{"1,000,000,000,000,000,000,000,000,000,000", "thousands separators",
		"1000000000000000000000000000000"},
	{"$5", "a currency sign", "5"},
	{"$ 5", "a currency sign", "5"},
	{"-$5.50", "a currency sign", "-5.50"},
	{"5 EUR", "a currency sign", "5"},
	{"5\xE2\x82\xAC", "a currency sign", "5"},
	{"$1,000", "a currency sign", "1000"},
	{"$5%", "a currency sign", "5"},
	{"5%", "a percent sign", "5"},
	{"5 %", "a percent sign", "5"},
	{".5%", "a percent sign", ".5"},
	{"1,5%", "a percent sign", "1.5"},
	{"12", NULL, NULL},
	{"1.5", NULL, NULL},
	{"1.234", NULL, NULL},
	{"1,234,56", NULL, NULL},
	{"1,23.4", NULL, NULL},
	{"1234,567.8", NULL, NULL},
	{"1,234 567", NULL, NULL},
	{"1'23", NULL, NULL},
	{"1 00", NULL, NULL},
	{"1.2.3", NULL, NULL},
	{"1,234.", NULL, NULL},
	{"1,", NULL, NULL},
	{"5%%", NULL, NULL},
	{"5x", NULL, NULL},
	{"--5", NULL, NULL},
	{"abc", NULL, NULL},
	{"", NULL, NULL},
};

static void each_way_to_write_a_number_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(flaws); i++) {
		char plain[CELL_PLAIN] = "";
		const char *flaw = cell_flaw(flaws[i].text, plain);
		if (!flaw != !flaws[i].flaw || (flaw && strcmp(flaw, flaws[i].flaw) != 0))
			fail_msg("'%s': %s", flaws[i].text, flaw ? flaw : "nothing");
		if (flaw)
			assert_string_equal(plain, flaws[i].plain);
	}
}

/* As many digits as there is room for, and one more; as many groups. */
static void a_number_too_long_to_be_shown_is_no_flaw(void **state)
{
	char text[200] = "", plain[CELL_PLAIN];
	(void)state;
	for (size_t digits = 1; digits < 2 * CELL_PLAIN; digits++) {
		memset(text, '7', digits);
		strcpy(text + digits, "%");
		assert_int_equal(cell_flaw(text, plain) != NULL, digits + 3 <= CELL_PLAIN);
	}
	for (int groups = 1; groups <= 20; groups++) {
		text[0] = '\0';
		for (int i = 0; i < groups; i++)
			strcat(text, i ? "_111" : "1");
		strcat(text, "$");
		assert_int_equal(cell_flaw(text, plain) != NULL, groups <= 15);
	}
}

static void every_cell_is_of_one_kind(void **state)
{
	static const struct {
		const char *text;
		enum cell_kind kind;
	} cases[] = {{"1", CELL_NUMBER}, {"-1.5e3", CELL_NUMBER}, {"1e-999", CELL_NUMBER},
		{"", CELL_MISSING}, {"?", CELL_MISSING}, {"NA", CELL_MISSING}, {"NaN", CELL_MISSING},
		{"n/a", CELL_MISSING}, {"NULL", CELL_MISSING}, {"inf", CELL_FLAWED},
		{"-Infinity", CELL_FLAWED}, {"+INF", CELL_FLAWED}, {"1e999", CELL_FLAWED},
		{"-1.5E+999", CELL_FLAWED}, {"1e", CELL_WORD}, {"1e+", CELL_WORD}, {"1e999x", CELL_WORD},
		{"1.2.3e999", CELL_WORD}, {"e999", CELL_WORD}, {"1.2.3", CELL_WORD}, {"1f9", CELL_WORD},
		{"1,000", CELL_FLAWED}, {"5%", CELL_FLAWED}, {"a", CELL_WORD}, {"none", CELL_WORD},
		{"-", CELL_WORD}};
	char digits[400];
	double value;
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (cell_read(cases[i].text, &value) != cases[i].kind)
			fail_msg("'%s' is %d", cases[i].text, cell_read(cases[i].text, &value));
	for (size_t count = 300; count < 320; count++) {
		memset(digits, '9', count);
		digits[count] = '\0';
		assert_int_equal(cell_read(digits, &value), count <= 308 ? CELL_NUMBER : CELL_FLAWED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_to_write_a_number_is_named),
		cmocka_unit_test(a_number_too_long_to_be_shown_is_no_flaw),
		cmocka_unit_test(every_cell_is_of_one_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
