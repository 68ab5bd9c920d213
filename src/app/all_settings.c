#include "app/all_settings.h"

#include "lab/models.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

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

int all_settings_of_key(int key)
{
	for (int i = 0; i < all_settings_count(); i++)
		if (all_settings_row(i)->key == key || all_settings_row(i)->back_key == key)
			return i;
	return -1;
}

void *all_settings_values(struct all_settings *settings, int index)
{
	return all_settings_is_screen(index) ? (void *)&settings->screen : (void *)&settings->config;
}

/* Searches both tables as one, so that a prefix of a name in each is ambiguous and the nearest name
 * is the nearest of all. */
int all_settings_find(const char *name, struct error *error)
{
	struct setting row[ALL_SETTINGS_MAX];
	struct setting_table table = {row, all_settings_count()};
	assert(table.count <= ALL_SETTINGS_MAX);
	for (int i = 0; i < table.count; i++)
		row[i] = *all_settings_row(i);
	const struct setting *found = setting_find(&table, name, error);
	return found ? (int)(found - row) : -1;
}

static bool assign(struct all_settings *settings, int index, const char *value, struct error *error)
{
	return setting_assign(
		all_settings_row(index), all_settings_values(settings, index), value, error);
}

/* The row and the value of "NAME=VALUE"; -1: error says why there is none. */
static int split_pair(const char *pair, const char **value, struct error *error)
{
	char name[64];
	const char *equals = strchr(pair, '=');
	size_t length = equals ? (size_t)(equals - pair) : 0;
	if (!equals || length == 0) {
		error_set(error, STATUS_USAGE, "expected NAME=VALUE, found '%s'", pair);
		return -1;
	}
	if (length >= sizeof(name))
		length = sizeof(name) - 1; /* longer than any name: not found */
	memcpy(name, pair, length);
	name[length] = '\0';
	*value = equals + 1;
	return all_settings_find(name, error);
}

bool all_settings_assign(
	struct all_settings *settings, const char *name, const char *value, struct error *error)
{
	int index = all_settings_find(name, error);
	struct settings_list list = settings_list_begin(&settings->config);
	if (index < 0 || !assign(settings, index, value, error))
		return false;
	list.named[index] = true;
	settings_list_end(&list, &settings->config);
	return true;
}

bool all_settings_assign_pair(struct all_settings *settings, const char *pair, struct error *error)
{
	struct settings_list list = settings_list_begin(&settings->config);
	bool assigned = settings_list_pair(&list, settings, pair, error);
	settings_list_end(&list, &settings->config);
	return assigned;
}

struct settings_list settings_list_begin(const struct config *config)
{
	return (struct settings_list){.before = *config};
}

bool settings_list_pair(struct settings_list *list, struct all_settings *settings, const char *pair,
	struct error *error)
{
	const char *value;
	int index = split_pair(pair, &value, error);
	if (index < 0 || !assign(settings, index, value, error))
		return false;
	list->named[index] = true;
	return true;
}

bool settings_list_run_pair(
	struct settings_list *list, struct config *config, const char *pair, struct error *error)
{
	char name[64];
	struct all_settings settings = all_settings_default();
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(pair, "="), pair);
	int index = all_settings_find(name, NULL);
	if (index >= 0 && all_settings_is_screen(index))
		return error_set(error, STATUS_USAGE,
			"%s is a setting of the screen, which a run does not have", all_settings_name(index));
	settings.config = *config;
	if (!settings_list_pair(list, &settings, pair, error))
		return false;
	*config = settings.config;
	return true;
}

void settings_list_end(const struct settings_list *list, struct config *config)
{
	model_follow(&list->before, config, list->named);
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

/* Which settings a list must name so that it leads from `standard` to `settings`: those that
 * differ, and those that would not if they did not follow from them. */
static void find_listed(const struct all_settings *settings, const struct all_settings *standard,
	bool listed[ALL_SETTINGS_MAX])
{
	int known = -1, count = 0;
	for (int i = 0; i < all_settings_count(); i++)
		count += listed[i] = !all_settings_equal(settings, standard, i);
	while (known != count) {
		struct config reached = standard->config;
		known = count;
		for (int i = 0; i < config_table.count; i++)
			if (listed[i])
				setting_copy(&config_table.row[i], &settings->config, &reached);
		model_follow(&standard->config, &reached, listed);
		for (int i = 0; i < config_table.count; i++)
			if (!setting_equal(&config_table.row[i], &reached, &settings->config)) {
				listed[i] = true;
				count++;
			}
	}
}

bool all_settings_command_line(const struct all_settings *settings,
	const struct all_settings *standard, char out[COMMAND_LINE_MAX])
{
	FILE *stream = fmemopen(out, COMMAND_LINE_MAX, "w");
	bool listed[ALL_SETTINGS_MAX];
	out[0] = '\0';
	if (!stream)
		return false;
	find_listed(settings, standard, listed);
	fputs("wane", stream);
	for (int i = 0; i < all_settings_count(); i++) {
		char value[SETTING_VALUE_MAX];
		if (!listed[i])
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
	struct settings_list list = settings_list_begin(&settings->config);
	if (all_settings_row(index)->type == &setting_type_SOURCE)
		forget_columns(settings);
	if (!setting_step(all_settings_row(index), all_settings_values(settings, index), direction))
		return false;
	settings_list_end(&list, &settings->config);
	return true;
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
