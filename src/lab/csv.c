#include "csv_internal.h"

#include "lab/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *csv_shown_name(const char *path)
{
	return text_tail(path, TEXT_PATH_SHOWN);
}

static bool file_check(
	int file, const char *path, bool *is_pipe, uint64_t *size, struct error *error)
{
	struct stat status;
	const char *name = csv_shown_name(path);
	if (fstat(file, &status) != 0)
		return error_set(error, STATUS_WORLD, "%s: %s", name, strerror(errno));
	*is_pipe = S_ISFIFO(status.st_mode);
	*size = S_ISREG(status.st_mode) && status.st_size > 0 ? (uint64_t)status.st_size : 0;
	if (S_ISREG(status.st_mode) || *is_pipe)
		return true;
	return error_set(error, STATUS_WORLD, "%s: found a %s, expected a file or a pipe", name,
		S_ISDIR(status.st_mode) ? "directory" : "device");
}

static struct csv *csv_new(const char *path, int file, struct error *error)
{
	struct csv *csv = calloc(1, sizeof(*csv));
	char *copy = malloc(strlen(path) + 1);
	if (csv == NULL || copy == NULL) {
		error_set(error, STATUS_WORLD, "%s: not enough memory", csv_shown_name(path));
		free(csv);
		free(copy);
		return NULL;
	}
	csv->path = strcpy(copy, path);
	csv->file = file;
	csv->line = csv->first_line = 1;
	return csv;
}

struct csv *csv_open(const char *path, struct error *error)
{
	/* Without O_NONBLOCK a named pipe that nobody writes to would hold us here. */
	int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	bool is_pipe;
	uint64_t size;
	if (file < 0) {
		error_set(error, STATUS_WORLD, "%s: %s", csv_shown_name(path), strerror(errno));
		return NULL;
	}
	struct csv *csv = NULL;
	if (file_check(file, path, &is_pipe, &size, error))
		csv = csv_new(path, file, error);
	if (csv == NULL) {
		close(file);
		return NULL;
	}
	csv->pipe = is_pipe;
	csv->size_known = size;
	return csv;
}

struct csv *csv_open_memory(const char *name, const void *bytes, size_t size, struct error *error)
{
	struct csv *csv = csv_new(name, -1, error);
	if (csv == NULL)
		return NULL;
	csv->memory = bytes;
	csv->memory_left = size;
	csv->size_known = size;
	return csv;
}

void csv_close(struct csv *csv)
{
	if (csv == NULL)
		return;
	if (csv->file >= 0)
		close(csv->file);
	free(csv->path);
	free(csv->text);
	free(csv);
}

int csv_next(struct csv *csv, struct error *error)
{
	while (!csv_ready(csv))
		continue;
	if (csv->gathered == GATHER_LINE && csv_split_line(csv)) {
		csv->line_read = csv->first_line;
		csv->first_line = csv->line;
		csv->gathered = GATHER_MORE;
		csv->place = PLACE_START;
		csv->length = 0;
		return 1;
	}
	if (csv->gathered != GATHER_FAILED)
		return 0;
	error_set(error, csv->error.status, "%s", csv->error.text);
	return -1;
}

int csv_field_count(const struct csv *csv)
{
	return csv->fields;
}

const char *csv_field(const struct csv *csv, int index)
{
	return csv->text + csv->field[index].start;
}

size_t csv_field_column(const struct csv *csv, int index)
{
	return csv->field[index].column;
}

long csv_field_line(const struct csv *csv, int index)
{
	return csv->field[index].line;
}

long csv_line(const struct csv *csv)
{
	return csv->line_read;
}

double csv_progress(const struct csv *csv)
{
	double done = (double)(csv->taken - (csv->have - csv->used));
	if (csv->size_known == 0)
		return 0;
	return done < (double)csv->size_known ? done / (double)csv->size_known : 1;
}

const char *csv_line_start(const struct csv *csv)
{
	return csv->start;
}

const char *csv_separator(const struct csv *csv)
{
	static const char *const names[] = {",", ";", "|"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (csv->delimiter == names[i][0])
			return names[i];
	return csv->delimiter == '\t' ? "TAB" : "blanks";
}

bool csv_refuse(const struct csv *csv, int field, struct error *error, const char *format, ...)
{
	char text[300], where[64] = "";
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (field >= 0)
		snprintf(where, sizeof(where), ":%ld:%zu", csv_field_line(csv, field),
			csv_field_column(csv, field));
	else if (field != CSV_WHOLE && csv->line_read > 0)
		snprintf(where, sizeof(where), ":%ld", csv->line_read);
	return error_set(error, STATUS_WORLD, "%s%s: %s", csv_shown_name(csv->path), where, text);
}
