#include "app/all_settings.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_MAX = 128 };

struct all_settings all_settings_default(void)
{
	struct all_settings settings;
	settings.config = config_default();
	settings.screen = screen_settings_default();
	return settings;
}

int all_settings_count(void)
{
	return config_table.count + screen_table.count;
}

bool all_settings_is_screen(int index)
{
	return index >= config_table.count;
}

const struct setting *all_settings_row(int index)
{
	assert(index >= 0 && index < all_settings_count());
	return all_settings_is_screen(index) ? &screen_table.row[index - config_table.count]
										 : &config_table.row[index];
}

const char *all_settings_name(int index)
{
	return index >= 0 && index < all_settings_count() ? all_settings_row(index)->name : NULL;
}

void *all_settings_values(struct all_settings *settings, int index)
{
	return all_settings_is_screen(index) ? (void *)&settings->screen : (void *)&settings->config;
}

/* Searches both tables as one, so that a prefix of a name in each is ambiguous and the nearest name
 * is the nearest of all. */
int all_settings_find(const char *name, struct error *error)
{
	struct setting row[ROWS_MAX];
	struct setting_table table = {row, all_settings_count()};
	assert(table.count <= ROWS_MAX);
	for (int i = 0; i < table.count; i++)
		row[i] = *all_settings_row(i);
	const struct setting *found = setting_find(&table, name, error);
	return found ? (int)(found - row) : -1;
}

bool all_settings_assign(
	struct all_settings *settings, const char *name, const char *value, struct error *error)
{
	int index = all_settings_find(name, error);
	return index >= 0 &&
		setting_assign(all_settings_row(index), all_settings_values(settings, index), value, error);
}

bool all_settings_assign_pair(struct all_settings *settings, const char *pair, struct error *error)
{
	char name[64];
	const char *equals = strchr(pair, '=');
	size_t length = equals ? (size_t)(equals - pair) : 0;
	if (!equals || length == 0)
		return error_set(error, STATUS_USAGE, "expected NAME=VALUE, found '%s'", pair);
	if (length >= sizeof(name))
		length = sizeof(name) - 1; /* longer than any name: not found */
	memcpy(name, pair, length);
	name[length] = '\0';
	return all_settings_assign(settings, name, equals + 1, error);
}

bool all_settings_assign_run(struct config *config, const char *pair, struct error *error)
{
	char name[64];
	struct all_settings settings = all_settings_default();
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(pair, "="), pair);
	int index = all_settings_find(name, NULL);
	if (index >= 0 && all_settings_is_screen(index))
		return error_set(error, STATUS_USAGE,
			"%s is a setting of the screen, which a run does not have", all_settings_name(index));
	settings.config = *config;
	if (!all_settings_assign_pair(&settings, pair, error))
		return false;
	*config = settings.config;
	return true;
}

/* Quoted for a shell where that is needed. */
static void write_word(FILE *stream, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
								"0123456789_-+./,:=@%";
	if (word[strspn(word, plain)] == '\0') {
		fputs(word, stream);
		return;
	}
	fputc('\'', stream);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", stream);
		else
			fputc(*word, stream);
	fputc('\'', stream);
}

static const void *values_of(const struct all_settings *settings, int index)
{
	return all_settings_is_screen(index) ? (const void *)&settings->screen
										 : (const void *)&settings->config;
}

bool all_settings_equal(const struct all_settings *a, const struct all_settings *b, int index)
{
	return setting_equal(all_settings_row(index), values_of(a, index), values_of(b, index));
}

bool all_settings_command_line(const struct all_settings *settings,
	const struct all_settings *standard, char out[COMMAND_LINE_MAX])
{
	FILE *stream = fmemopen(out, COMMAND_LINE_MAX, "w");
	out[0] = '\0';
	if (!stream)
		return false;
	fputs("wane", stream);
	for (int i = 0; i < all_settings_count(); i++) {
		char value[SETTING_VALUE_MAX];
		if (all_settings_equal(settings, standard, i))
			continue;
		all_settings_format(settings, i, value);
		fprintf(stream, " %s=", all_settings_name(i));
		write_word(stream, value);
	}
	bool whole = fflush(stream) == 0 && ftell(stream) < COMMAND_LINE_MAX - 1;
	fclose(stream);
	if (!whole)
		out[0] = '\0';
	return whole;
}

/* The columns belong to the old data. */
static void forget_columns(struct all_settings *settings)
{
	for (int i = 0; i < all_settings_count(); i++)
		if (all_settings_row(i)->type == &setting_type_COLUMNS)
			setting_assign(all_settings_row(i), all_settings_values(settings, i), "", NULL);
}

bool all_settings_step(struct all_settings *settings, int index, int direction)
{
	if (all_settings_row(index)->type == &setting_type_SOURCE)
		forget_columns(settings);
	return setting_step(all_settings_row(index), all_settings_values(settings, index), direction);
}

void all_settings_format(
	const struct all_settings *settings, int index, char out[SETTING_VALUE_MAX])
{
	setting_format(all_settings_row(index), values_of(settings, index), out);
}

void all_settings_describe(
	const struct all_settings *settings, int index, char out[SETTING_VALUE_MAX])
{
	all_settings_format(settings, index, out);
	if (all_settings_row(index)->type == &setting_type_RATE && settings->config.lr == 0)
		snprintf(out, SETTING_VALUE_MAX, "auto (%g)", config_rate(&settings->config));
}
