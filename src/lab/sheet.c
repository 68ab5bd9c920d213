#include "sheet.h"

#include "lab/csv.h"
#include "lab/text.h"

#include "labels.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Reading a number out of text takes about so many times what copying one does. */
enum { NUMBER_COST = 16 };

/* Of one row: its numbers as read, as kept, its place in two orders, its target and its view. */
static size_t row_bytes(int features)
{
	size_t count = (size_t)features;
	return (count + 2) * sizeof(double) + count * sizeof(float) + 2 * sizeof(uint32_t)
		+ 3 * sizeof(float);
}

void table_shape(struct table *table, int features, size_t memory_limit)
{
	size_t rows = memory_limit / row_bytes(features);
	*table = (struct table){.features = features, .width = features + 2};
	table->rows_max = rows < DATASET_ROWS_MAX ? (int)rows : DATASET_ROWS_MAX;
}

bool table_reserve(struct table *table, int rows)
{
	size_t bytes = TABLE_BLOCK_ROWS * (size_t)table->width * sizeof(double);
	for (; table->blocks * TABLE_BLOCK_ROWS < rows; table->blocks++) {
		table->block[table->blocks] = malloc(bytes);
		if (table->block[table->blocks] == NULL)
			return false;
	}
	return true;
}

double *table_append(struct table *table)
{
	return table_row(table, table->rows++);
}

void table_free(struct table *table)
{
	for (int i = 0; i < table->blocks; i++)
		free(table->block[i]);
}

struct sheet {
	struct csv *csv;
	size_t memory_limit;
	bool classes_allowed, values_allowed;
	int columns; /* 0 before the first line */
	bool names_seen, fractions_seen, labels_overflow;
	struct error first_name; /* what to say if the column turns out to hold values */
	struct labels labels;
};

static bool task_read(struct sheet *sheet, const char *task, struct error *error)
{
	sheet->classes_allowed = strcmp(task, "regression") != 0;
	sheet->values_allowed = strcmp(task, "class") != 0;
	if (!sheet->classes_allowed || !sheet->values_allowed || strcmp(task, "auto") == 0)
		return true;
	return error_set(error, STATUS_USAGE, "task: found '%.60s', expected auto, class or regression",
		task);
}

struct sheet *sheet_open(const struct embedded *embedded, const char *path, const char *task,
	size_t memory_limit, struct error *error)
{
	struct sheet *sheet = calloc(1, sizeof(*sheet));
	if (sheet == NULL) {
		error_set(error, STATUS_WORLD, "not enough memory");
		return NULL;
	}
	sheet->memory_limit = memory_limit;
	if (task_read(sheet, task, error))
		sheet->csv = embedded == NULL ? csv_open(path, error)
			: csv_open_memory(embedded->name, embedded->bytes, embedded->size, error);
	if (sheet->csv == NULL) {
		free(sheet);
		return NULL;
	}
	return sheet;
}

void sheet_close(struct sheet *sheet)
{
	if (sheet == NULL)
		return;
	csv_close(sheet->csv);
	free(sheet);
}

/* As spreadsheets, R, NumPy, Weka and SQL write a value that is not there. */
static bool text_is_missing(const char *text)
{
	static const char *const spellings[] = {"", "?", "na", "nan", "n/a", "null"};
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (strcasecmp(text, spellings[i]) == 0)
			return true;
	return false;
}

static bool field_is_number(const struct sheet *sheet, int field, double *value)
{
	const char *text = csv_field(sheet->csv, field);
	return number_parse(text, strlen(text), value);
}

static bool refuse_missing(const struct sheet *sheet, int field, const char *expected,
	struct error *error)
{
	const char *text = csv_field(sheet->csv, field);
	if (*text == '\0')
		return csv_refuse(sheet->csv, field, error, "found an empty field, expected %s", expected);
	return csv_refuse(sheet->csv, field, error, "found '%.60s' for a missing value, expected %s",
		text, expected);
}

static bool refuse_text(const struct sheet *sheet, int field, struct error *error)
{
	return csv_refuse(sheet->csv, field, error, "found '%.60s', expected a number",
		csv_field(sheet->csv, field));
}

/* Numbers end up as floats, and a float is all that a network can take. */
static bool number_fits(const struct sheet *sheet, int field, double value, struct error *error)
{
	if (fabs(value) <= FLT_MAX)
		return true;
	return csv_refuse(sheet->csv, field, error, "found '%.60s', expected a number below 3.4e38",
		csv_field(sheet->csv, field));
}

static bool read_features(const struct sheet *sheet, double *row, struct error *error)
{
	for (int field = 0; field < sheet->columns - 1; field++) {
		if (text_is_missing(csv_field(sheet->csv, field)))
			return refuse_missing(sheet, field, "a number", error);
		if (!field_is_number(sheet, field, &row[field]))
			return refuse_text(sheet, field, error);
		if (!number_fits(sheet, field, row[field], error))
			return false;
	}
	return true;
}

static bool refuse_many_classes(const struct sheet *sheet, struct error *error)
{
	return csv_refuse(sheet->csv, sheet->columns - 1, error,
		"found more than %d classes, expected at most %d", DATASET_CLASSES_MAX,
		DATASET_CLASSES_MAX);
}

/* Whether the column holds classes or values may show only at its end, so both are kept until
 * something excludes one of them. */
static bool number_label(struct sheet *sheet, const struct label *label, double *row,
	struct error *error)
{
	int field = sheet->columns - 1;
	if (label->named && !sheet->classes_allowed)
		return refuse_text(sheet, field, error);
	if (label->named && !sheet->names_seen) {
		sheet->names_seen = true;
		refuse_text(sheet, field, &sheet->first_name);
	}
	sheet->fractions_seen |= !label->named && label->value != floor(label->value);
	int number = sheet->classes_allowed ? labels_number(&sheet->labels, label) : 0;
	if (number < 0 && (sheet->names_seen || !sheet->values_allowed)
			&& !sheet->labels_overflow)
		return refuse_many_classes(sheet, error);
	sheet->labels_overflow |= number < 0;
	if (sheet->values_allowed && sheet->names_seen
			&& (sheet->fractions_seen || sheet->labels_overflow)) {
		if (error != NULL)
			*error = sheet->first_name;
		return false;
	}
	row[field + 1] = number;
	return true;
}

static bool read_target(struct sheet *sheet, double *row, struct error *error)
{
	int field = sheet->columns - 1;
	const char *text = csv_field(sheet->csv, field);
	const char *expected = sheet->classes_allowed ? "a class or a number" : "a number";
	struct label label = {.value = 0};
	if (text_is_missing(text))
		return refuse_missing(sheet, field, expected, error);
	if (strlen(text) > LABEL_MAX)
		return csv_refuse(sheet->csv, field, error,
			"found a class of %zu bytes, expected at most %d", strlen(text), LABEL_MAX);
	strcpy(label.text, text);
	label.named = !field_is_number(sheet, field, &label.value);
	if (!label.named && !number_fits(sheet, field, label.value, error))
		return false;
	row[field] = label.value;
	return number_label(sheet, &label, row, error);
}

/* The last column does not count: a class may well be a word. */
static bool line_is_header(const struct sheet *sheet)
{
	double value;
	for (int field = 0; field < sheet->columns - 1; field++)
		if (!text_is_missing(csv_field(sheet->csv, field))
				&& !field_is_number(sheet, field, &value))
			return true;
	return false;
}

static bool read_shape(struct sheet *sheet, struct table *table, struct error *error)
{
	int columns = csv_field_count(sheet->csv);
	if (columns < 2)
		return csv_refuse(sheet->csv, -1, error,
			"found one column in '%s', expected features and then a class or a value, "
			"separated by " CSV_SEPARATORS, csv_line_start(sheet->csv));
	if (columns - 1 > DATASET_FEATURES_MAX)
		return csv_refuse(sheet->csv, -1, error, "found %d feature columns, expected at most %d",
			columns - 1, DATASET_FEATURES_MAX);
	sheet->columns = columns;
	table_shape(table, columns - 1, sheet->memory_limit);
	return true;
}

static bool refuse_row(const struct sheet *sheet, const struct table *table, struct error *error)
{
	if (table->rows_max == DATASET_ROWS_MAX)
		return csv_refuse(sheet->csv, -1, error, "found more than %d rows, expected no more",
			DATASET_ROWS_MAX);
	return csv_refuse(sheet->csv, -1, error,
		"found more than %d rows of %d columns, expected no more within %zu bytes of memory",
		table->rows_max, sheet->columns, sheet->memory_limit);
}

static bool refuse_count(const struct sheet *sheet, struct error *error)
{
	int count = csv_field_count(sheet->csv);
	return csv_refuse(sheet->csv, -1, error, "found %d field%s in '%s', expected %d, separated by %s "
		"as in the first line (known are " CSV_SEPARATORS ")", count, count == 1 ? "" : "s",
		csv_line_start(sheet->csv), sheet->columns, csv_separator(sheet->csv));
}

static bool read_row(struct sheet *sheet, struct table *table, struct error *error)
{
	if (csv_field_count(sheet->csv) != sheet->columns)
		return refuse_count(sheet, error);
	if (table->rows == table->rows_max)
		return refuse_row(sheet, table, error);
	if (!table_reserve(table, table->rows + 1))
		return csv_refuse(sheet->csv, -1, error, "not enough memory");
	double *row = table_append(table);
	return read_features(sheet, row, error) && read_target(sheet, row, error);
}

static bool read_line(struct sheet *sheet, struct table *table, struct error *error)
{
	if (sheet->columns == 0) {
		if (!read_shape(sheet, table, error))
			return false;
		if (line_is_header(sheet))
			return true;
	}
	return read_row(sheet, table, error);
}

/* A column that could be either holds classes if they are few integers or have names. */
const struct labels *sheet_labels(const struct sheet *sheet)
{
	bool few_integers = !sheet->fractions_seen && sheet->labels.count <= DATASET_CLASSES_AUTO;
	if (sheet->classes_allowed
			&& (!sheet->values_allowed || sheet->names_seen || few_integers))
		return &sheet->labels;
	return NULL;
}

/* What only the end of the file can tell. */
static enum sheet_state check_whole(const struct sheet *sheet, const struct table *table,
	struct error *error)
{
	if (sheet->columns == 0)
		csv_refuse(sheet->csv, -1, error, "found an empty file, expected rows of numbers");
	else if (table->rows == 0)
		csv_refuse(sheet->csv, -1, error, "found a header alone, expected rows of numbers");
	else if (table->rows == 1)
		csv_refuse(sheet->csv, -1, error, "found one row, expected at least 2");
	else if (sheet_labels(sheet) != NULL && sheet->labels.count == 1)
		csv_refuse(sheet->csv, -1, error,
			"found class '%.60s' in every row, expected at least 2 classes",
			sheet->labels.label[0].text);
	else
		return SHEET_DONE;
	return SHEET_FAILED;
}

enum sheet_state sheet_advance(struct sheet *sheet, struct table *table, uint64_t *budget,
	struct error *error)
{
	while (*budget > 0) {
		/* Returns whenever the reader has to wait or has gone through a buffer of blanks. */
		if (!csv_ready(sheet->csv))
			return SHEET_MORE;
		int got = csv_next(sheet->csv, error);
		if (got == 0)
			return check_whole(sheet, table, error);
		if (got < 0 || !read_line(sheet, table, error))
			return SHEET_FAILED;
		uint64_t cost = (uint64_t)sheet->columns * NUMBER_COST;
		*budget -= cost < *budget ? cost : *budget;
	}
	return SHEET_MORE;
}
