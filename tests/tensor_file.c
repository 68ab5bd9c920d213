#include "tensor_file.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 1 << 26 };

struct reader {
	FILE *file;
	char *line;
	int number; /* of the line, from 1 */
	char *why;
	size_t size;
};

void *take_memory(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);
	if (!memory) {
		fputs("out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return memory;
}

/* Arrays here grow by doubling at powers of two; returns the new, zeroed last element. */
static void *append(void **array, int *count, size_t size)
{
	if ((*count & (*count - 1)) == 0) {
		char *larger = take_memory(*count ? 2 * (size_t)*count : 1, size);
		if (*count)
			memcpy(larger, *array, (size_t)*count * size);
		free(*array);
		*array = larger;
	}
	return (char *)*array + (size_t)(*count)++ * size;
}

static bool refuse(const struct reader *reader, const char *what)
{
	snprintf(reader->why, reader->size, "line %d: %s", reader->number, what);
	return false;
}

static bool next_line(struct reader *reader)
{
	reader->number++;
	if (!fgets(reader->line, TABLE_LINE_MAX, reader->file))
		return refuse(reader, "the file ends before its E");
	char *end = strchr(reader->line, '\n');
	if (!end)
		return refuse(reader, "the line is cut off or too long");
	*end = '\0';
	return true;
}

static bool read_setting(struct reader *reader, struct tensor_file *file)
{
	void *array = file->setting;
	struct tensor_setting *setting = append(&array, &file->settings, sizeof(*setting));
	file->setting = array;
	char *key = reader->line + 2, *comma = strchr(key, ',');
	if (!comma || (size_t)(comma - key) >= sizeof(setting->key) ||
		strlen(comma + 1) >= sizeof(setting->value))
		return refuse(reader, "expected M,key,value");
	memcpy(setting->key, key, (size_t)(comma - key));
	strcpy(setting->value, comma + 1);
	return true;
}

static bool read_values(struct reader *reader, struct file_tensor *tensor)
{
	double *value = tensor->value;
	for (int row = 0; row < tensor->rows; row++) {
		if (!next_line(reader))
			return false;
		char *at = reader->line;
		for (int column = 0; column < tensor->columns; column++) {
			char *end;
			*value++ = strtod(at, &end);
			if (end == at || *end != (column + 1 < tensor->columns ? ',' : '\0'))
				return refuse(reader, "not the numbers that its T line says");
			at = end + 1;
		}
	}
	return true;
}

static bool read_tensor(struct reader *reader, struct tensor_file *file)
{
	void *array = file->tensor;
	struct file_tensor *tensor = append(&array, &file->tensors, sizeof(*tensor));
	file->tensor = array;
	int got = sscanf(reader->line, "T,%79[^,],%d,%d,%lf", tensor->name, &tensor->rows,
		&tensor->columns, &tensor->error);
	if (got != 4 || tensor->rows < 1 || tensor->columns < 1 ||
		tensor->rows > VALUES_MAX / tensor->columns)
		return refuse(reader, "expected T,name,rows,columns,error");
	tensor->value = take_memory((size_t)tensor->rows * tensor->columns, sizeof(double));
	return read_values(reader, tensor);
}

static bool read_all(struct reader *reader, struct tensor_file *file)
{
	if (!next_line(reader) || strcmp(reader->line, "# wane reference 1") != 0)
		return refuse(reader, "expected '# wane reference 1'");
	while (next_line(reader)) {
		if (strcmp(reader->line, "E") == 0)
			return true;
		bool setting = strncmp(reader->line, "M,", 2) == 0;
		if (!(setting ? read_setting(reader, file) : read_tensor(reader, file)))
			return false;
	}
	return false;
}

struct tensor_file *tensor_file_read(const char *path, char *why, size_t size)
{
	struct reader reader = {.file = fopen(path, "r"), .why = why, .size = size};
	if (!reader.file) {
		snprintf(why, size, "cannot be opened");
		return NULL;
	}
	reader.line = take_memory(TABLE_LINE_MAX, 1);
	struct tensor_file *file = take_memory(1, sizeof(*file));
	bool whole = read_all(&reader, file);
	free(reader.line);
	fclose(reader.file);
	if (whole)
		return file;
	tensor_file_free(file);
	return NULL;
}

void tensor_file_free(struct tensor_file *file)
{
	if (!file)
		return;
	for (int i = 0; i < file->tensors; i++)
		free(file->tensor[i].value);
	free(file->tensor);
	free(file->setting);
	free(file);
}

const char *tensor_setting(const struct tensor_file *file, const char *key, const char *otherwise)
{
	for (int i = 0; i < file->settings; i++)
		if (strcmp(file->setting[i].key, key) == 0)
			return file->setting[i].value;
	return otherwise;
}

struct file_tensor *tensor_find(struct tensor_file *file, const char *format, ...)
{
	char name[sizeof(file->tensor->name)];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	for (int i = 0; i < file->tensors; i++)
		if (strcmp(file->tensor[i].name, name) == 0) {
			file->tensor[i].asked = true;
			return &file->tensor[i];
		}
	return NULL;
}

int table_row(FILE *table, char *line, char *field[TABLE_FIELDS_MAX])
{
	int fields = 0;
	if (!fgets(line, TABLE_LINE_MAX, table))
		return 0;
	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at && fields < TABLE_FIELDS_MAX; fields++) {
		field[fields] = at;
		at = strchr(at, ',');
		if (at)
			*at++ = '\0';
	}
	return fields;
}
