#include "app/text_file.h"

#include "lab/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool text_file_refuse(
	const char *path, int line, const char *cause, int status, struct error *error)
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

static bool fail(const char *path, struct error *error)
{
	char cause[200];
	snprintf(cause, sizeof(cause), "cannot be read: %s", strerror(errno));
	return text_file_refuse(path, 0, cause, STATUS_WORLD, error);
}

static bool read_text(
	int descriptor, const char *path, char *text, size_t size, struct error *error)
{
	struct stat status;
	char cause[80];
	size_t used = 0;
	ssize_t got;
	if (fstat(descriptor, &status) != 0)
		return fail(path, error);
	if (!S_ISREG(status.st_mode))
		return text_file_refuse(path, 0, "not a plain file", STATUS_WORLD, error);
	while ((got = read(descriptor, text + used, size - used)) > 0)
		used += (size_t)got;
	if (got < 0)
		return fail(path, error);
	snprintf(cause, sizeof(cause), "expected less than %zu bytes", size);
	if (used == size)
		return text_file_refuse(path, 0, cause, STATUS_USAGE, error);
	text[used] = '\0';
	return strlen(text) == used || text_file_refuse(path, 0, "a NUL byte", STATUS_USAGE, error);
}

bool text_file_read(const char *path, char *text, size_t size, bool *missing, struct error *error)
{
	/* O_NONBLOCK: opening a pipe that has no writer would block for ever. */
	int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (missing)
		*missing = descriptor < 0 && (errno == ENOENT || errno == ENOTDIR);
	if (descriptor < 0)
		return (missing && *missing) ? false : fail(path, error);
	bool done = read_text(descriptor, path, text, size, error);
	close(descriptor);
	return done;
}

char *text_file_begin(char *text)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf"; /* some editors write it */
	bool marked = strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0;
	return text + (marked ? strlen(byte_order_mark) : 0);
}

int text_file_lines(const char *text)
{
	int lines = 1;
	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

char *text_file_trim(char *text)
{
	static const char blank[] = " \t\r";
	text += strspn(text, blank);
	for (size_t n = strlen(text); n > 0 && strchr(blank, text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

char *text_file_line(char **rest)
{
	char *line = *rest, *end = strchr(line, '\n');
	if (end)
		*end++ = '\0';
	*rest = end;
	return text_file_trim(line);
}
