#include "app/config_file.h"

#include "lab/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, ROWS_MAX = 128 };

/* Some editors write this before the text. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

/* `first` is the line that set each setting: setting it twice is an error. */
struct reader {
	struct all_settings *settings;
	const char *path;
	int line;
	int first[ROWS_MAX];
};

/* "PATH:LINE: CAUSE", or without LINE if it is 0. A long path is cut off, the cause never. */
static bool say(const char *path, int line, const char *cause, int status, struct error *error)
{
	enum { SHOWN_LEAST = 40 };
	char shown[sizeof(error->text)], place[16] = "";
	size_t used, room;
	if (line > 0)
		snprintf(place, sizeof(place), ":%d", line);
	used = strlen(place) + strlen(": ") + strlen(cause);
	room = sizeof(shown) > used + SHOWN_LEAST ? sizeof(shown) - used : SHOWN_LEAST;
	text_shorten(shown, room, path);
	return error_set(error, status, "%s%s: %s", shown, place, cause);
}

static bool refuse(const struct reader *reader, struct error *error, const char *text)
{
	return say(reader->path, reader->line, text, STATUS_USAGE, error);
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
	return true;
}

static bool parse_line(struct reader *reader, char *line, struct error *error)
{
	static const char blank[] = " \t\r";
	char *word = line + strspn(line, blank), *value = NULL;
	for (size_t n = strlen(word); n > 0 && strchr(blank, word[n - 1]); n--)
		word[n - 1] = '\0';
	if (!word[0] || word[0] == '#')
		return true;
	char *name = word + strcspn(word, blank);
	if (*name)
		*name++ = '\0';
	name += strspn(name, blank);
	value = name + strcspn(name, blank);
	if (*value)
		*value++ = '\0';
	value += strspn(value, blank);
	if (strcmp(word, "set") != 0 || !value[0])
		return refuse(reader, error, "expected: set NAME VALUE");
	return parse_setting(reader, name, value, error);
}

bool config_file_parse(
	struct all_settings *settings, const char *path, char *text, struct error *error)
{
	struct reader reader = {.settings = settings, .path = path};
	if (strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0)
		text += strlen(byte_order_mark);
	for (char *line = text; line;) {
		char *end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		reader.line++;
		if (!parse_line(&reader, line, error))
			return false;
		line = end;
	}
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

static bool fail(const char *path, struct error *error)
{
	char cause[200];
	snprintf(cause, sizeof(cause), "cannot be read: %s", strerror(errno));
	return say(path, 0, cause, STATUS_WORLD, error);
}

/* Reads an open file, which must be a regular file of limited size without NUL bytes. */
static bool read_text(int descriptor, const char *path, char *text, struct error *error)
{
	struct stat status;
	char cause[80];
	size_t used = 0;
	ssize_t got;
	if (fstat(descriptor, &status) != 0)
		return fail(path, error);
	if (!S_ISREG(status.st_mode))
		return say(path, 0, "not a plain file", STATUS_WORLD, error);
	while ((got = read(descriptor, text + used, CONFIG_FILE_MAX - used)) > 0)
		used += (size_t)got;
	if (got < 0)
		return fail(path, error);
	snprintf(cause, sizeof(cause), "expected less than %d bytes", CONFIG_FILE_MAX);
	if (used == CONFIG_FILE_MAX)
		return say(path, 0, cause, STATUS_USAGE, error);
	text[used] = '\0';
	return strlen(text) == used || say(path, 0, "a NUL byte", STATUS_USAGE, error);
}

bool config_file_load(struct all_settings *settings, struct error *error)
{
	char path[PATH_SIZE];
	if (!find_path(path))
		return true;
	/* O_NONBLOCK: opening a pipe that has no writer would block for ever. */
	int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (descriptor < 0)
		return errno == ENOENT || errno == ENOTDIR || fail(path, error);
	char *text = malloc(CONFIG_FILE_MAX);
	bool done = text ? read_text(descriptor, path, text, error)
					 : error_set(error, STATUS_WORLD, "not enough memory");
	close(descriptor);
	done = done && config_file_parse(settings, path, text, error);
	free(text);
	return done;
}
