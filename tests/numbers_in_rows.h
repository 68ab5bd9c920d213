/* Numbers in the rows of a drawn table. */
#ifndef TESTS_NUMBERS_IN_ROWS_H
#define TESTS_NUMBERS_IN_ROWS_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS_MAX_IN_ROW = 12 };

/* The numbers behind the label of a row, signs and arrows skipped; returns how many. */
static inline int numbers_of(const char *text, const char *label, double number[NUMBERS_MAX_IN_ROW])
{
	int count = 0;
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		const char *at = line + strspn(line, " ");
		if (strncmp(at, label, strlen(label)) != 0 || at[strlen(label)] != ' ')
			continue;
		at += strlen(label);
		while (count < NUMBERS_MAX_IN_ROW) {
			char *end;
			at += strspn(at, " =x>");
			/* a sign with a blank behind it stands between two numbers */
			while ((*at == '+' || *at == '-') && (at[1] == ' ' || at[1] == '>'))
				at += 1 + strspn(at + 1, " >");
			number[count] = strtod(at, &end);
			if (end == at || *at == '\n')
				break;
			at = end;
			count++;
		}
		if (count > 0)
			return count;
	}
	return count;
}

/* Numbers are drawn with two digits or more. */
static inline bool near(double shown, double value)
{
	return fabs(shown - value) <= 0.06 * fabs(value) + 1e-12;
}

static inline void assert_row(
	const char *text, const char *label, const double *expected, int count, const char *what)
{
	double number[NUMBERS_MAX_IN_ROW];
	int found = numbers_of(text, label, number);
	if (found < count)
		fail_msg("%s, row %s has %d numbers, expected %d:\n%s", what, label, found, count, text);
	for (int i = 0; i < count; i++)
		if (!near(number[i], expected[i]))
			fail_msg("%s, row %s: number %d is %g, expected %g:\n%s", what, label, i + 1, number[i],
				expected[i], text);
}

#define ASSERT_UNIT(text, unit, what, ...) \
	do { \
		char label_of_unit[16]; \
		const double expected_numbers[] = {__VA_ARGS__}; \
		snprintf(label_of_unit, sizeof(label_of_unit), "%d", (unit) + 1); \
		assert_row(text, label_of_unit, expected_numbers, \
			(int)(sizeof(expected_numbers) / sizeof(double)), what); \
	} while (0)

#endif
