#include "table_reader.h"

#include "lab/csv.h"
#include "lab/text.h"

#include "cell.h"
#include "columns.h"
#include "labels.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Parsing a number takes about this many times as long as copying one. */
enum { NUMBER_COST = 16 };

/* With fewer rows the notes below could be true by chance. */
enum { ROWS_TO_COUNT = 5, ROWS_OF_THEIR_OWN = 10 };

/* Memory of one row: the table's numbers, the features as floats, the row's place in two orders,
 * its target and its projection. */
static size_t row_bytes(int features)
{
	size_t count = (size_t)features;
	return (count + 2) * sizeof(double) + count * sizeof(float) + 2 * sizeof(uint32_t) +
		3 * sizeof(float);
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

/* A feature that so far is `base`, base + 1, base + 2, ... */
struct counter {
	int feature, base;
};

struct table_reader {
	struct csv *csv;
	size_t memory_limit;
	bool classes_allowed, values_allowed;
	char target[DATASET_CHOICE_MAX], drop[DATASET_CHOICE_MAX];
	struct columns columns;
	bool names_seen, words_seen, fractions_seen, labels_overflow;
	struct error first_name; /* what to say if the column turns out to hold values */
	struct labels labels;
	/* The target of the first row waits until there is another of its kind: it may be a title. */
	bool pending;
	struct label first;
	struct error first_refusal;
	struct counter counter[DATASET_FEATURES_MAX];
	int counters;
};

static bool task_read(struct table_reader *reader, const char *task, struct error *error)
{
	reader->classes_allowed = strcmp(task, "regression") != 0;
	reader->values_allowed = strcmp(task, "class") != 0;
	if (!reader->classes_allowed || !reader->values_allowed || strcmp(task, "auto") == 0)
		return true;
	return error_set(
		error, STATUS_USAGE, "task: found '%.60s', expected auto, class or regression", task);
}

static bool take_choice(
	const char *name, const char *text, char out[DATASET_CHOICE_MAX], struct error *error)
{
	if (text != NULL && strlen(text) >= DATASET_CHOICE_MAX)
		return error_set(
			error, STATUS_USAGE, "%s: found more than %d bytes", name, DATASET_CHOICE_MAX - 1);
	strcpy(out, text != NULL ? text : "");
	return true;
}

struct table_reader *table_reader_open(const struct embedded *embedded, const char *path,
	const struct dataset_request *request, size_t memory_limit, struct error *error)
{
	struct table_reader *reader = calloc(1, sizeof(*reader));
	if (reader == NULL) {
		error_set(error, STATUS_WORLD, "not enough memory");
		return NULL;
	}
	reader->memory_limit = memory_limit;
	if (task_read(reader, request->task, error) &&
		take_choice("target", request->target, reader->target, error) &&
		take_choice("drop", request->drop, reader->drop, error))
		reader->csv = embedded == NULL
			? csv_open(path, error)
			: csv_open_memory(embedded->name, embedded->bytes, embedded->size, error);
	if (reader->csv == NULL) {
		free(reader);
		return NULL;
	}
	return reader;
}

void table_reader_close(struct table_reader *reader)
{
	if (reader == NULL)
		return;
	csv_close(reader->csv);
	columns_free(&reader->columns);
	free(reader);
}

static bool refuse_missing(
	const struct table_reader *reader, int field, const char *expected, struct error *error)
{
	const char *text = csv_field(reader->csv, field);
	char title[COLUMN_TITLE];
	columns_title(&reader->columns, field, title);
	if (*text == '\0')
		return csv_refuse(
			reader->csv, field, error, "found an empty field in %s, expected %s", title, expected);
	return csv_refuse(reader->csv, field, error,
		"found '%.60s' for a missing value in %s, expected %s", text, title, expected);
}

static bool refuse_text(const struct table_reader *reader, int field, struct error *error)
{
	char title[COLUMN_TITLE], reference[COLUMN_NAME], plain[CELL_PLAIN];
	const char *text = csv_field(reader->csv, field);
	const char *flaw = cell_flaw(text, plain);
	columns_title(&reader->columns, field, title);
	columns_reference(&reader->columns, field, reference);
	bool target = field == reader->columns.target;
	if (flaw != NULL)
		return csv_refuse(reader->csv, field, error,
			"found '%.60s' in %s, a number with %s, "
			"expected %s%s",
			text, title, flaw, plain,
			target && reader->classes_allowed ? " (task=class takes it for a class)" : "");
	return csv_refuse(reader->csv, field, error, "found '%.60s' in %s, expected a number%s%s%s",
		text, title, target ? "" : " (drop=", target ? "" : reference,
		target ? "" : " leaves the column out)");
}

/* Numbers end up as floats, and a float is all that a network can take. */
static bool number_fits(
	const struct table_reader *reader, int field, double value, struct error *error)
{
	if (fabs(value) <= FLT_MAX)
		return true;
	return csv_refuse(reader->csv, field, error, "found '%.60s', expected a number below 3.4e38",
		csv_field(reader->csv, field));
}

static bool read_features(const struct table_reader *reader, double *row, struct error *error)
{
	const struct columns *columns = &reader->columns;
	for (int i = 0; i < columns->features; i++) {
		int field = columns->feature[i];
		enum cell_kind kind = cell_read(csv_field(reader->csv, field), &row[i]);
		if (kind == CELL_MISSING)
			return refuse_missing(reader, field, "a number", error);
		if (kind != CELL_NUMBER)
			return refuse_text(reader, field, error);
		if (!number_fits(reader, field, row[i], error))
			return false;
	}
	return true;
}

static void count_begin(struct table_reader *reader, const double *row)
{
	for (int i = 0; i < reader->columns.features; i++)
		if (row[i] == 0 || row[i] == 1)
			reader->counter[reader->counters++] = (struct counter){i, (int)row[i]};
}

/* Few columns are left after a few rows. */
static void count_go_on(struct table_reader *reader, const double *row, int number)
{
	int kept = 0;
	for (int i = 0; i < reader->counters; i++)
		if (row[reader->counter[i].feature] == reader->counter[i].base + number)
			reader->counter[kept++] = reader->counter[i];
	reader->counters = kept;
}

static bool refuse_many_classes(const struct table_reader *reader, struct error *error)
{
	char title[COLUMN_TITLE];
	columns_title(&reader->columns, reader->columns.target, title);
	return csv_refuse(reader->csv, reader->columns.target, error,
		"found more than %d classes in %s, expected at most as many (target= learns another "
		"column)",
		DATASET_CLASSES_MAX, title);
}

/* Whether the column holds classes or values may show only at its end, so both are kept until
 * something excludes one of them. `refusal` is what to say of a label that was read before. */
static bool number_label(struct table_reader *reader, const struct label *label, double *row,
	const struct error *refusal, struct error *error)
{
	struct error text;
	if (label->named && refusal == NULL && (!reader->classes_allowed || !reader->names_seen)) {
		refuse_text(reader, reader->columns.target, &text);
		refusal = &text;
	}
	if (label->named && !reader->classes_allowed) {
		if (error != NULL)
			*error = *refusal;
		return false;
	}
	if (label->named && !reader->names_seen) {
		reader->names_seen = true;
		reader->first_name = *refusal;
	}
	reader->fractions_seen |= !label->named && label->value != floor(label->value);
	int number = reader->classes_allowed ? labels_number(&reader->labels, label) : 0;
	if (number < 0 && (reader->names_seen || !reader->values_allowed) && !reader->labels_overflow)
		return refuse_many_classes(reader, error);
	reader->labels_overflow |= number < 0;
	if (reader->values_allowed && reader->names_seen &&
		(reader->fractions_seen || reader->labels_overflow)) {
		if (error != NULL)
			*error = reader->first_name;
		return false;
	}
	row[reader->columns.features + 1] = number;
	return true;
}

/* The first row, if nothing in its features said that it is a header. */
static void keep_first(struct table_reader *reader, const struct label *label)
{
	reader->pending = true;
	reader->first = *label;
	if (label->named)
		refuse_text(reader, reader->columns.target, &reader->first_refusal);
}

static bool number_first(struct table_reader *reader, struct table *table, struct error *error)
{
	reader->pending = false;
	return number_label(reader, &reader->first, table_row(table, 0), &reader->first_refusal, error);
}

/* A number in another notation (1,000) is refused, unless words in the column or the task show that
 * the targets are classes. */
static bool refuses_flawed(const struct table_reader *reader)
{
	return !reader->classes_allowed || (reader->values_allowed && !reader->words_seen);
}

static bool read_target(
	struct table_reader *reader, struct table *table, double *row, struct error *error)
{
	int field = reader->columns.target;
	const char *text = csv_field(reader->csv, field);
	const char *expected = reader->classes_allowed ? "a class or a number" : "a number";
	struct label label = {.value = 0};
	enum cell_kind kind = cell_read(text, &label.value);
	if (kind == CELL_MISSING)
		return refuse_missing(reader, field, expected, error);
	if (kind == CELL_FLAWED && refuses_flawed(reader))
		return refuse_text(reader, field, error);
	if (strlen(text) > LABEL_MAX)
		return csv_refuse(reader->csv, field, error,
			"found a class of %zu bytes, expected at most %d", strlen(text), LABEL_MAX);
	strcpy(label.text, text);
	label.named = kind != CELL_NUMBER;
	if (!label.named && !number_fits(reader, field, label.value, error))
		return false;
	row[reader->columns.features] = label.value;
	if (table->rows == 1 && !reader->columns.named) {
		keep_first(reader, &label);
		return true;
	}
	if (reader->pending && label.named == reader->first.named &&
		!number_first(reader, table, error))
		return false;
	reader->words_seen |= kind == CELL_WORD;
	return number_label(reader, &label, row, NULL, error);
}

static bool read_shape(struct table_reader *reader, struct table *table, struct error *error)
{
	if (csv_field_count(reader->csv) < 2)
		return csv_refuse(reader->csv, -1, error,
			"found one column in '%s', expected features and then a class or a value, "
			"separated by " CSV_SEPARATORS,
			csv_line_start(reader->csv));
	if (!columns_choose(&reader->columns, reader->csv, reader->target, reader->drop, error))
		return false;
	table_shape(table, reader->columns.features, reader->memory_limit);
	return true;
}

static bool refuse_row(
	const struct table_reader *reader, const struct table *table, struct error *error)
{
	if (table->rows_max == DATASET_ROWS_MAX)
		return csv_refuse(
			reader->csv, -1, error, "found more than %d rows, expected no more", DATASET_ROWS_MAX);
	return csv_refuse(reader->csv, -1, error,
		"found more than %d rows of %d columns, expected no more within %zu bytes of memory",
		table->rows_max, reader->columns.count, reader->memory_limit);
}

static bool refuse_count(const struct table_reader *reader, struct error *error)
{
	int count = csv_field_count(reader->csv);
	return csv_refuse(reader->csv, -1, error,
		"found %d field%s in '%s', expected %d, separated by %s "
		"as in the first line (known are " CSV_SEPARATORS ")",
		count, count == 1 ? "" : "s", csv_line_start(reader->csv), reader->columns.count,
		csv_separator(reader->csv));
}

static bool read_row(struct table_reader *reader, struct table *table, struct error *error)
{
	if (csv_field_count(reader->csv) != reader->columns.count)
		return refuse_count(reader, error);
	if (table->rows == table->rows_max)
		return refuse_row(reader, table, error);
	if (!table_reserve(table, table->rows + 1))
		return csv_refuse(reader->csv, -1, error, "not enough memory");
	double *row = table_append(table);
	if (!read_features(reader, row, error) || !read_target(reader, table, row, error))
		return false;
	if (table->rows == 1)
		count_begin(reader, row);
	else
		count_go_on(reader, row, table->rows - 1);
	return true;
}

static bool read_line(struct table_reader *reader, struct table *table, struct error *error)
{
	if (reader->columns.count == 0) {
		if (!read_shape(reader, table, error))
			return false;
		if (reader->columns.named)
			return true;
	}
	return read_row(reader, table, error);
}

/* A column that could be either holds classes if they are few integers or have names. */
const struct labels *table_reader_labels(const struct table_reader *reader)
{
	bool few_integers = !reader->fractions_seen && reader->labels.count <= DATASET_CLASSES_AUTO;
	if (reader->classes_allowed && (!reader->values_allowed || reader->names_seen || few_integers))
		return &reader->labels;
	return NULL;
}

/* A first row whose target is of another kind than all others is a header. */
static bool settle_first(struct table_reader *reader, struct table *table, struct error *error)
{
	if (!reader->pending)
		return true;
	if (table->rows < 3)
		return number_first(reader, table, error);
	reader->columns.named = true;
	reader->columns.numbered |= !reader->first.named;
	table->skipped = 1;
	table->rows--;
	return true;
}

/* Checks that need the whole file. */
static enum table_reader_state check_whole(
	struct table_reader *reader, struct table *table, struct error *error)
{
	char title[COLUMN_TITLE];
	if (!settle_first(reader, table, error))
		return TABLE_READER_FAILED;
	if (reader->columns.count == 0) {
		csv_refuse(reader->csv, -1, error, "found an empty file, expected rows of numbers");
	} else if (table->rows == 0) {
		csv_refuse(reader->csv, -1, error, "found a header alone, expected rows of numbers");
	} else if (table->rows == 1) {
		csv_refuse(reader->csv, -1, error, "found one row, expected at least 2");
	} else if (table_reader_labels(reader) != NULL && reader->labels.count == 1) {
		columns_title(&reader->columns, reader->columns.target, title);
		csv_refuse(reader->csv, CSV_WHOLE, error,
			"found class '%.60s' in every row of %s, expected at least 2 classes",
			reader->labels.label[0].text, title);
	} else {
		return TABLE_READER_DONE;
	}
	return TABLE_READER_FAILED;
}

bool table_reader_image(const struct table_reader *reader, int *width, int *height)
{
	return columns_image(&reader->columns, width, height);
}

const char *table_reader_target_name(const struct table_reader *reader)
{
	return reader->columns.named ? reader->columns.name[reader->columns.target] : "";
}

double table_reader_progress(const struct table_reader *reader)
{
	return csv_progress(reader->csv);
}

/* ---- notes about a file that was read ---- */

static void note_suspect(const struct table_reader *reader, struct notes *notes)
{
	int suspect = columns_suspect(&reader->columns);
	char learned[COLUMN_TITLE], other[COLUMN_TITLE], reference[COLUMN_NAME];
	if (suspect < 0)
		return;
	columns_title(&reader->columns, reader->columns.target, learned);
	columns_title(&reader->columns, suspect, other);
	columns_reference(&reader->columns, suspect, reference);
	notes_add(notes, "%s is learned, as the last one; target=%s learns %s instead", learned,
		reference, other);
}

static void note_counters(
	const struct table_reader *reader, const struct table *table, struct notes *notes)
{
	char title[COLUMN_TITLE], reference[COLUMN_NAME];
	if (table->rows < ROWS_TO_COUNT || reader->columns.features < 2)
		return;
	for (int i = 0; i < reader->counters; i++) {
		int field = reader->columns.feature[reader->counter[i].feature];
		columns_title(&reader->columns, field, title);
		columns_reference(&reader->columns, field, reference);
		notes_add(notes, "%s counts the rows: drop=%s leaves it out", title, reference);
	}
}

static void note_classes(
	const struct table_reader *reader, const struct table *table, struct notes *notes)
{
	const struct labels *labels = table_reader_labels(reader);
	char title[COLUMN_TITLE];
	if (labels == NULL || table->rows < ROWS_OF_THEIR_OWN || 5 * labels->count < 4 * table->rows)
		return;
	columns_title(&reader->columns, reader->columns.target, title);
	notes_add(notes, "nearly every row is a class of its own: %d classes in %d rows of %s",
		labels->count, table->rows, title);
}

void table_reader_note(
	const struct table_reader *reader, const struct table *table, struct notes *notes)
{
	if (reader->columns.numbered)
		notes_add(notes,
			"the first line is taken for the names of the columns; "
			"after a line of names it is a point");
	note_suspect(reader, notes);
	note_counters(reader, table, notes);
	note_classes(reader, table, notes);
}

enum table_reader_state table_reader_advance(
	struct table_reader *reader, struct table *table, uint64_t *budget, struct error *error)
{
	while (*budget > 0) {
		/* Returns whenever the reader has to wait or has gone through a buffer of blanks. */
		if (!csv_ready(reader->csv))
			return TABLE_READER_MORE;
		int got = csv_next(reader->csv, error);
		if (got == 0)
			return check_whole(reader, table, error);
		if (got < 0 || !read_line(reader, table, error))
			return TABLE_READER_FAILED;
		uint64_t cost = (uint64_t)reader->columns.count * NUMBER_COST;
		*budget -= cost < *budget ? cost : *budget;
	}
	return TABLE_READER_MORE;
}
