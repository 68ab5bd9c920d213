#include "columns.h"

#include "lab/dataset.h"
#include "lab/text.h"

#include "cell.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TITLE_SHOWN = 32, NAME_LISTED = 40 }; /* bytes */

/* ---- one column by its name or number ---- */

/* By name: the field, -1 if there is none, -2 if there are several. */
static int find_name(const struct csv *csv, const char *text, size_t length, bool any_case)
{
	int found = -1;
	for (int field = 0; field < csv_field_count(csv); field++) {
		const char *name = csv_field(csv, field);
		int (*compare)(const char *, const char *, size_t) = any_case ? strncasecmp : strncmp;
		if (strlen(name) == length && compare(name, text, length) == 0)
			found = found == -1 ? field : -2;
	}
	return found;
}

/* A field from 0, or -1: not a column's number. */
static int find_number(const struct csv *csv, const char *text, size_t length)
{
	int number = 0;
	if (length == 0 || length > 5 || strspn(text, "0123456789") < length)
		return -1;
	for (size_t i = 0; i < length; i++)
		number = number * 10 + (text[i] - '0');
	return number >= 1 && number <= csv_field_count(csv) ? number - 1 : -1;
}

static int find_column(
	const struct columns *columns, const struct csv *csv, const char *text, size_t length)
{
	int found = columns->named ? find_name(csv, text, length, false) : -1;
	if (columns->named && found < 0)
		found = find_name(csv, text, length, true);
	return found >= 0 ? found : find_number(csv, text, length);
}

static bool is_number(const char *text, size_t length)
{
	return strspn(text, "0123456789") >= length;
}

void columns_names(const struct csv *csv, char *out, size_t size)
{
	static const char rest[] = "..., ";
	size_t used = 0;
	out[0] = '\0';
	for (int field = 0; field < csv_field_count(csv); field++) {
		const char *name = csv_field(csv, field);
		size_t length = text_head(name, NAME_LISTED);
		if (used + length + strlen(", ") + sizeof(rest) > size) {
			strcpy(out + used, rest);
			return;
		}
		used += (size_t)sprintf(out + used, "%.*s, ", (int)length, name);
	}
}

/* It is what was asked for that is wrong, not the file. */
__attribute__((format(printf, 3, 4))) static bool refuse_choice(
	const struct csv *csv, struct error *error, const char *format, ...)
{
	char text[300];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	csv_refuse(csv, -1, error, "%s", text);
	if (error != NULL)
		error->status = STATUS_USAGE;
	return false;
}

static bool refuse(const struct columns *columns, const struct csv *csv, struct error *error,
	const char *setting, const char *text, size_t length)
{
	char names[150] = "";
	double value;
	bool named = columns->named;
	for (int field = 0; field < columns->count; field++)
		named |= cell_read(csv_field(csv, field), &value) == CELL_WORD;
	if (named)
		columns_names(csv, names, sizeof(names));
	return refuse_choice(csv, error,
		"found no column '%.*s' for %s=, expected %s%sa number from 1 to %d",
		(int)(length < 60 ? length : 60), text, setting, names, named ? "or " : "",
		csv_field_count(csv));
}

/* ---- all columns ---- */

struct choice {
	const char *target, *drop;
	bool *dropped; /* [count] */
};

/* Marks each of the list. */
static bool drop_columns(const struct columns *columns, const struct csv *csv,
	struct choice *choice, struct error *error)
{
	memset(choice->dropped, 0, (size_t)columns->count);
	for (const char *at = choice->drop; *at != '\0'; at += *at == ',') {
		at += strspn(at, " ");
		size_t part = strcspn(at, ","), length = part;
		while (length > 0 && at[length - 1] == ' ')
			length--;
		int field = find_column(columns, csv, at, length);
		if (length > 0 && field < 0)
			return refuse(columns, csv, error, "drop", at, length);
		if (length > 0)
			choice->dropped[field] = true;
		at += part;
	}
	return true;
}

/* The column that is learned: as chosen, or the last one that is kept. */
static bool take_target(struct columns *columns, const struct csv *csv, const struct choice *choice,
	struct error *error)
{
	size_t length = strlen(choice->target);
	columns->target_chosen = length > 0;
	columns->target = columns->count - 1;
	if (length > 0) {
		columns->target = find_column(columns, csv, choice->target, length);
		return columns->target >= 0 ||
			refuse(columns, csv, error, "target", choice->target, length);
	}
	while (columns->target > 0 && choice->dropped[columns->target])
		columns->target--;
	return true;
}

/* Whether a setting speaks of names, which only a header can have. */
static bool speaks_of_names(const struct choice *choice)
{
	const char *target = choice->target;
	return !is_number(target, strlen(target)) ||
		choice->drop[strspn(choice->drop, "0123456789, ")] != '\0';
}

/* 0, 1, 2, ..., with or without an empty field for the index before them; of two fields, a point
 * is as likely. */
static bool holds_counting_names(const struct csv *csv)
{
	int first = csv_field(csv, 0)[0] == '\0', count = csv_field_count(csv);
	char name[16];
	for (int field = first; field < count; field++) {
		snprintf(name, sizeof(name), "%d", field - first);
		if (strcmp(csv_field(csv, field), name) != 0)
			return false;
	}
	return count - first >= 3;
}

/* A word in the place of a feature; the target may well be a word. */
static bool holds_word(
	const struct columns *columns, const struct csv *csv, const struct choice *choice)
{
	double value;
	for (int field = 0; field < columns->count; field++)
		if (field != columns->target && !choice->dropped[field] &&
			cell_read(csv_field(csv, field), &value) == CELL_WORD)
			return true;
	return false;
}

static bool keep_names(struct columns *columns, const struct csv *csv)
{
	columns->name = malloc((size_t)columns->count * sizeof(*columns->name));
	for (int field = 0; columns->name != NULL && field < columns->count; field++)
		snprintf(columns->name[field], COLUMN_NAME, "%s", csv_field(csv, field));
	return columns->name != NULL;
}

static bool take_features(struct columns *columns, const struct csv *csv,
	const struct choice *choice, struct error *error)
{
	if (choice->dropped[columns->target] && columns->target_chosen)
		return refuse_choice(csv, error,
			"drop=%.80s leaves out the column that target=%.80s learns", choice->drop,
			choice->target);
	if (choice->dropped[columns->target])
		return refuse_choice(csv, error, "drop=%.80s leaves no column to learn", choice->drop);
	for (int field = 0; field < columns->count; field++)
		if (field != columns->target && !choice->dropped[field])
			columns->feature[columns->features++] = field;
	if (columns->features == 0)
		return refuse_choice(csv, error, "drop=%.80s leaves no feature", choice->drop);
	if (columns->features > DATASET_FEATURES_MAX)
		return csv_refuse(csv, -1, error, "found %d feature columns, expected at most %d",
			columns->features, DATASET_FEATURES_MAX);
	return true;
}

static bool choose(
	struct columns *columns, const struct csv *csv, struct choice *choice, struct error *error)
{
	columns->numbered = holds_counting_names(csv);
	columns->named = columns->numbered || speaks_of_names(choice);
	if (!columns->named) {
		if (!drop_columns(columns, csv, choice, error) || !take_target(columns, csv, choice, error))
			return false;
		columns->named = holds_word(columns, csv, choice);
	}
	/* once more, as a header's names come before numbers */
	return drop_columns(columns, csv, choice, error) && take_target(columns, csv, choice, error) &&
		take_features(columns, csv, choice, error);
}

bool columns_choose(struct columns *columns, const struct csv *csv, const char *target,
	const char *drop, struct error *error)
{
	size_t count = (size_t)csv_field_count(csv);
	struct choice choice = {target, drop, calloc(count, sizeof(bool))};
	*columns = (struct columns){.count = (int)count};
	columns->feature = calloc(count, sizeof(*columns->feature));
	bool done = choice.dropped != NULL && columns->feature != NULL && keep_names(columns, csv);
	if (!done)
		csv_refuse(csv, -1, error, "not enough memory");
	done = done && choose(columns, csv, &choice, error);
	free(choice.dropped);
	return done;
}

void columns_free(struct columns *columns)
{
	free(columns->name);
	free(columns->feature);
}

void columns_title(const struct columns *columns, int field, char out[COLUMN_TITLE])
{
	const char *name = columns->name[field];
	int shown = (int)text_head(name, strlen(name) > TITLE_SHOWN ? TITLE_SHOWN - 3 : TITLE_SHOWN);
	if (columns->named && name[0] != '\0')
		snprintf(out, COLUMN_TITLE, "column '%.*s%s'", shown, name, name[shown] ? "..." : "");
	else
		snprintf(out, COLUMN_TITLE, "column %d", field + 1);
}

/* True if a shell, a list and other columns' names leave it as it is. */
static bool name_is_plain(const struct columns *columns, int field)
{
	const char *name = columns->name[field];
	size_t length = strlen(name);
	for (int other = 0; other < columns->count; other++)
		if (other != field && strcmp(columns->name[other], name) == 0)
			return false;
	for (size_t i = 0; i < length; i++)
		if (!((name[i] >= '0' && name[i] <= '9') || (name[i] >= 'a' && name[i] <= 'z') ||
				(name[i] >= 'A' && name[i] <= 'Z') || strchr("_-.+", name[i]) != NULL))
			return false;
	return length > 0 && length < COLUMN_NAME - 1;
}

void columns_reference(const struct columns *columns, int field, char out[COLUMN_NAME])
{
	if (columns->named && name_is_plain(columns, field))
		strcpy(out, columns->name[field]);
	else
		snprintf(out, COLUMN_NAME, "%d", field + 1);
}

static bool names_a_target(const char *name)
{
	static const char *const usual[] = {"label", "class", "target", "y", "species"};
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (strcasecmp(name, usual[i]) == 0)
			return true;
	return false;
}

int columns_suspect(const struct columns *columns)
{
	if (!columns->named || columns->target_chosen || names_a_target(columns->name[columns->target]))
		return -1;
	for (int i = 0; i < columns->features; i++)
		if (names_a_target(columns->name[columns->feature[i]]))
			return columns->feature[i];
	return -1;
}

static bool pixel_read(const struct columns *columns, int feature, int *row, int *column)
{
	const char *name = columns->name[columns->feature[feature]];
	int length = -1;
	sscanf(name, "row %5d column %5d%n", row, column, &length);
	return length >= 0 && name[length] == '\0';
}

bool columns_image(const struct columns *columns, int *width, int *height)
{
	int row, column;
	if (!columns->named || columns->features == 0 ||
		!pixel_read(columns, columns->features - 1, height, width) || *width < 2 || *height < 2 ||
		*width > columns->features || columns->features / *width != *height)
		return false;
	for (int i = 0; i < columns->features; i++)
		if (!pixel_read(columns, i, &row, &column) || row != i / *width + 1 ||
			column != i % *width + 1)
			return false;
	return columns->features == *width * *height;
}
