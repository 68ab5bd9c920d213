/* Rows of the table of settings, by what they hold. */
#ifndef TESTS_SETTING_ROWS_H
#define TESTS_SETTING_ROWS_H

#include <stdlib.h>
#include <string.h>
#include "lab/settings.h"
#include "nn/optim.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static inline const struct setting *row_at(int index)
{
	return index < config_table.count ? &config_table.row[index] : NULL;
}

static inline bool is_type(const struct setting *row, const struct setting_type *type)
{
	return row->type == type;
}

static inline bool has_choices(const struct setting *row)
{
	return is_type(row, &setting_type_CHOICE) || is_type(row, &setting_type_SOURCE) ||
		is_type(row, &setting_type_LIST);
}

static inline bool is_text(const struct setting *row)
{
	return is_type(row, &setting_type_PATH) || is_type(row, &setting_type_COLUMNS);
}

static inline bool is_number(const struct setting *row)
{
	return !has_choices(row) && !is_text(row) && !is_type(row, &setting_type_NUMBERS);
}

static inline void assert_says(const struct error *error, const char *part)
{
	if (!strstr(error->text, part))
		fail_msg("'%s' does not say '%s'", error->text, part);
	assert_int_equal(error->status, STATUS_USAGE);
}

static inline void assert_value(
	const struct setting *row, const struct config *config, const char *text)
{
	char value[SETTING_VALUE_MAX];
	setting_format(row, config, value);
	if (strcmp(value, text) != 0)
		fail_msg("%s is %s, not %s", row->name, value, text);
}

#endif
