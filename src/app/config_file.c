#include "app/config_file.h"

#include "app/hiding.h"
#include "app/text_file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

/* `first` is the line that set each setting: setting it twice is an error. */
struct reader {
	struct all_settings *settings;
	const char *path;
	int line;
	int first[ALL_SETTINGS_MAX];
	struct settings_list list;
};

static bool refuse(const struct reader *reader, struct error *error, const char *text)
{
	return text_file_refuse(reader->path, reader->line, text, STATUS_USAGE, error);
}

static bool parse_setting(
	struct reader *reader, const char *name, const char *value, struct error *error)
{
	struct error cause = {STATUS_DONE, ""};
	char twice[120];
	int index = all_settings_find(name, &cause);
	if (index < 0 ||
		!setting_assign(
			all_settings_row(index), all_settings_values(reader->settings, index), value, &cause))
		return refuse(reader, error, cause.text);
	if (reader->first[index]) {
		snprintf(twice, sizeof(twice), "%s is set on line %d already", all_settings_name(index),
			reader->first[index]);
		return refuse(reader, error, twice);
	}
	reader->first[index] = reader->line;
	reader->list.named[index] = true;
	return true;
}

static bool parse_line(struct reader *reader, char *line, struct error *error)
{
	static const char blank[] = " \t\r";
	char *word = line, *value = NULL;
	if (!word[0] || word[0] == '#')
		return true;
	char *name = word + strcspn(word, blank);
	if (*name)
		*name++ = '\0';
	bool hides = strcmp(word, "hide") == 0;
	if (hides || strcmp(word, "show") == 0) {
		struct error cause;
		return hiding_change(&reader->settings->screen.hidden, name, hides, &cause) ||
			refuse(reader, error, cause.text);
	}
	name += strspn(name, blank);
	value = name + strcspn(name, blank);
	if (*value)
		*value++ = '\0';
	value += strspn(value, blank);
	if (strcmp(word, "set") != 0 || !value[0])
		return refuse(reader, error, "expected: set NAME VALUE, or hide or show KIND NAME");
	return parse_setting(reader, name, value, error);
}

bool config_file_parse(
	struct all_settings *settings, const char *path, char *text, struct error *error)
{
	struct reader reader = {
		.settings = settings, .path = path, .list = settings_list_begin(&settings->config)};
	text = text_file_begin(text);
	while (text) {
		char *line = text_file_line(&text);
		reader.line++;
		if (!parse_line(&reader, line, error))
			return false;
	}
	settings_list_end(&reader.list, &settings->config);
	return true;
}

static bool find_path(char path[PATH_SIZE])
{
	const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int length;
	if (folder && folder[0] == '/')
		length = snprintf(path, PATH_SIZE, "%s/wane/config", folder);
	else if (home && home[0] == '/')
		length = snprintf(path, PATH_SIZE, "%s/.config/wane/config", home);
	else
		return false;
	return length > 0 && length < PATH_SIZE;
}

bool config_file_load(struct all_settings *settings, struct error *error)
{
	char path[PATH_SIZE];
	bool missing = false;
	if (!find_path(path))
		return true;
	char *text = malloc(CONFIG_FILE_MAX);
	if (!text)
		return error_set(error, STATUS_WORLD, "not enough memory");
	bool done = text_file_read(path, text, CONFIG_FILE_MAX, &missing, error) &&
		config_file_parse(settings, path, text, error);
	free(text);
	return done || missing;
}
