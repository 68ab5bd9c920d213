#include "app/setup.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_MAX = 128 };

struct setup setup_default(void)
{
	struct setup setup;
	setup.config = config_default();
	setup.screen = screen_settings_default();
	return setup;
}

int setup_count(void)
{
	return config_table.count + screen_table.count;
}

bool setup_is_screen(int index)
{
	return index >= config_table.count;
}

const struct setting *setup_row(int index)
{
	assert(index >= 0 && index < setup_count());
	return setup_is_screen(index) ? &screen_table.row[index - config_table.count]
								  : &config_table.row[index];
}

const char *setup_name(int index)
{
	return index >= 0 && index < setup_count() ? setup_row(index)->name : NULL;
}

void *setup_values(struct setup *setup, int index)
{
	return setup_is_screen(index) ? (void *)&setup->screen : (void *)&setup->config;
}

/* Both tables are laid end to end for the search, so that a prefix that fits a row in each is
 * ambiguous and the nearest name is the nearest of all. */
int setup_find(const char *name, struct error *error)
{
	struct setting row[ROWS_MAX];
	struct setting_table table = {row, setup_count()};
	assert(table.count <= ROWS_MAX);
	for (int i = 0; i < table.count; i++)
		row[i] = *setup_row(i);
	const struct setting *found = setting_find(&table, name, error);
	return found ? (int)(found - row) : -1;
}

bool setup_assign(struct setup *setup, const char *name, const char *value, struct error *error)
{
	int index = setup_find(name, error);
	return index >= 0 && setting_assign(setup_row(index), setup_values(setup, index), value, error);
}

bool setup_assign_pair(struct setup *setup, const char *pair, struct error *error)
{
	char name[64];
	const char *equals = strchr(pair, '=');
	size_t length = equals ? (size_t)(equals - pair) : 0;
	if (!equals || length == 0)
		return error_set(error, STATUS_USAGE, "expected NAME=VALUE, found '%s'", pair);
	if (length >= sizeof(name))
		length = sizeof(name) - 1; /* no name is as long, so none will be found */
	memcpy(name, pair, length);
	name[length] = '\0';
	return setup_assign(setup, name, equals + 1, error);
}

/* Columns were named for the data that are left. */
static void forget_columns(struct setup *setup)
{
	for (int i = 0; i < setup_count(); i++)
		if (setup_row(i)->type == &setting_type_COLUMNS)
			setting_assign(setup_row(i), setup_values(setup, i), "", NULL);
}

bool setup_step(struct setup *setup, int index, int direction)
{
	if (setup_row(index)->type == &setting_type_SOURCE)
		forget_columns(setup);
	return setting_step(setup_row(index), setup_values(setup, index), direction);
}

void setup_format(const struct setup *setup, int index, char out[SETTING_VALUE_MAX])
{
	const void *values =
		setup_is_screen(index) ? (const void *)&setup->screen : (const void *)&setup->config;
	setting_format(setup_row(index), values, out);
}

void setup_describe(const struct setup *setup, int index, char out[SETTING_VALUE_MAX])
{
	setup_format(setup, index, out);
	if (setup_row(index)->type == &setting_type_RATE && setup->config.lr == 0)
		snprintf(out, SETTING_VALUE_MAX, "auto (%g)", config_rate(&setup->config));
}
