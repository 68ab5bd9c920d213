#include "lab/weights.h"

#include "lab/csv.h"
#include "lab/text.h"
#include "tensors.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the tensors expected, and those read ---- */

/* More than any layer has; larger indices are not counted further. */
enum { INDEX_MAX = 999999 };

/* A tensor that the file has to hold. */
struct wanted {
	const struct tensor *tensor;
	size_t first;      /* of its entries among all */
	size_t count;      /* entries read that belong to it */
	int rows, columns; /* as found so far */
	long line;         /* of its first entry, or better of the first outside of it */
	bool outside;
};

struct weights_load {
	struct csv *csv;
	struct net *net;
	char name[TEXT_PATH_SHOWN + 1]; /* of the file, for messages */
	bool begun;                     /* the header has been read */
	int tensors;
	struct wanted *wanted;          /* [tensors], layer by layer */
	int behind[NET_LAYERS_MAX + 1]; /* [l]: index behind the tensors of layer l; [0] is 0 */
	real *value;                    /* of all entries, until the whole file is checked */
	unsigned char *present;         /* one bit an entry */
	bool good;
	int copied;            /* tensors that are in the network */
	size_t copied_entries; /* of the next one */
};

/* calloc() of large lists is fast: the system zeroes pages when they are first used. */
static bool prepare(struct weights_load *load)
{
	size_t all = 0;
	const struct tensor *tensor;
	int most = 0;
	while (net_tensor(load->net, most))
		most++;
	load->wanted = calloc((size_t)most, sizeof(*load->wanted));
	if (!load->wanted)
		return false;
	for (int i = 0; (tensor = net_tensor(load->net, i)); i++) {
		if (!tensor_in_file(tensor))
			continue;
		load->wanted[load->tensors++] = (struct wanted){.tensor = tensor, .first = all};
		load->behind[tensor->layer] = load->tensors;
		all += tensor_entries(tensor);
	}
	load->value = calloc(all, sizeof(*load->value));
	load->present = calloc(all / 8 + 1, 1);
	return load->value && load->present;
}

struct weights_load *weights_load_begin(const char *path, struct net *net, struct error *error)
{
	struct csv *csv = csv_open(path, error);
	if (!csv)
		return NULL;
	struct weights_load *load = calloc(1, sizeof(*load));
	if (load) {
		strcpy(load->name, text_tail(path, TEXT_PATH_SHOWN));
		load->csv = csv;
		load->net = net;
	}
	if (load && prepare(load))
		return load;
	csv_refuse(csv, -1, error, "not enough memory");
	if (load)
		weights_load_finish(load);
	else
		csv_close(csv);
	return NULL;
}

void weights_load_finish(struct weights_load *load)
{
	if (!load)
		return;
	csv_close(load->csv);
	free(load->wanted);
	free(load->value);
	free(load->present);
	free(load);
}

/* ---- a line ---- */

/* Reads digits; a larger number becomes INDEX_MAX + 1. NULL if there is no digit. */
static const char *scan_index(const char *text, int *index)
{
	const char *at = text;
	for (*index = 0; *at >= '0' && *at <= '9'; at++)
		*index = *index > INDEX_MAX / 10 ? INDEX_MAX + 1 : *index * 10 + (*at - '0');
	return at == text ? NULL : at;
}

static bool refuse_name(const struct weights_load *load, int layer, struct error *error)
{
	char names[200] = "";
	for (int i = load->behind[layer - 1]; i < load->behind[layer]; i++) {
		size_t used = strlen(names);
		snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "",
			load->wanted[i].tensor->name);
	}
	return csv_refuse(load->csv, FIELD_TENSOR, error,
		"found '%.60s', expected for layer%d one of %s", csv_field(load->csv, FIELD_TENSOR), layer,
		names);
}

static struct wanted *find_wanted(struct weights_load *load, struct error *error)
{
	const char *text = csv_field(load->csv, FIELD_TENSOR), *end = NULL;
	int layer = 0, layers = net_spec_of(load->net)->layers;
	if (strncmp(text, "layer", strlen("layer")) == 0)
		end = scan_index(text + strlen("layer"), &layer);
	if (!end || *end != '.' || layer < 1 || layer > layers) {
		csv_refuse(load->csv, FIELD_TENSOR, error,
			"found '%.60s', expected a tensor of layers 1 to %d", text, layers);
		return NULL;
	}
	for (int i = load->behind[layer - 1]; i < load->behind[layer]; i++)
		if (strcmp(end + 1, load->wanted[i].tensor->name) == 0)
			return &load->wanted[i];
	refuse_name(load, layer, error);
	return NULL;
}

static bool read_index(
	const struct weights_load *load, int field, int size, int *index, struct error *error)
{
	const char *text = csv_field(load->csv, field), *end = scan_index(text, index);
	if (end && *end == '\0' && *index <= INDEX_MAX)
		return true;
	return csv_refuse(load->csv, field, error, "found '%.60s', expected a %s from 0 to %d", text,
		tensor_columns[field], size - 1);
}

static bool read_value(
	const struct weights_load *load, double least, real *value, struct error *error)
{
	const char *text = csv_field(load->csv, FIELD_VALUE);
	double number;
	if (!number_parse(text, strlen(text), &number) || !isfinite((real)number))
		return csv_refuse(
			load->csv, FIELD_VALUE, error, "found '%.60s', expected a number below 3.4e38", text);
	/* In double: not every CPU draws this border at the same place when it rounds. */
	*value = (real)(fabs(number) < FLT_MIN ? copysign(0, number) : number);
	if (*value >= (real)least)
		return true;
	return csv_refuse(
		load->csv, FIELD_VALUE, error, "found '%.60s', expected %g or more", text, least);
}

/* The shape is judged at the end of the file, when all of it is known. */
static void note_shape(struct wanted *wanted, int row, int column, long line)
{
	bool outside = row >= wanted->tensor->rows || column >= wanted->tensor->columns;
	if (wanted->rows == 0 || (outside && !wanted->outside))
		wanted->line = line;
	wanted->outside |= outside;
	if (row >= wanted->rows)
		wanted->rows = row + 1;
	if (column >= wanted->columns)
		wanted->columns = column + 1;
}

static bool keep_value(struct weights_load *load, struct wanted *wanted, int row, int column,
	real value, struct error *error)
{
	if (row >= wanted->tensor->rows || column >= wanted->tensor->columns)
		return true;
	size_t entry = wanted->first + (size_t)row * wanted->tensor->columns + (size_t)column;
	unsigned char bit = (unsigned char)(1u << entry % 8);
	if (load->present[entry / 8] & bit)
		return csv_refuse(load->csv, -1, error,
			"found row %d, col %d of %s again, "
			"expected it once",
			row, column, csv_field(load->csv, FIELD_TENSOR));
	load->present[entry / 8] |= bit;
	load->value[entry] = value;
	wanted->count++;
	return true;
}

static bool read_entry(struct weights_load *load, struct error *error)
{
	int row, column;
	real value = 0;
	struct wanted *wanted = find_wanted(load, error);
	if (!wanted)
		return false;
	if (!read_index(load, FIELD_ROW, wanted->tensor->rows, &row, error) ||
		!read_index(load, FIELD_COLUMN, wanted->tensor->columns, &column, error) ||
		!read_value(load, wanted->tensor->least, &value, error))
		return false;
	note_shape(wanted, row, column, csv_line(load->csv));
	return keep_value(load, wanted, row, column, value, error);
}

static bool read_header(struct weights_load *load, struct error *error)
{
	for (int c = 0; c < FIELD_COUNT; c++)
		if (strcmp(csv_field(load->csv, c), tensor_columns[c]) != 0)
			return csv_refuse(load->csv, c, error, "found '%.60s', expected %s",
				csv_field(load->csv, c), tensor_columns[c]);
	load->begun = true;
	return true;
}

static bool read_line(struct weights_load *load, struct error *error)
{
	if (csv_field_count(load->csv) != FIELD_COUNT)
		return csv_refuse(load->csv, -1, error, "found %d fields, expected tensor,row,col,value",
			csv_field_count(load->csv));
	return load->begun ? read_entry(load, error) : read_header(load, error);
}

/* ---- the whole ---- */

static bool check_present(
	const struct weights_load *load, int index, const char *name, struct error *error)
{
	const struct wanted *wanted = &load->wanted[index];
	if (wanted->rows > 0)
		return true;
	return csv_refuse(load->csv, -1, error, "found no %s, expected %dx%d", name,
		wanted->tensor->rows, wanted->tensor->columns);
}

static bool check_shape(
	const struct weights_load *load, int index, const char *name, struct error *error)
{
	const struct wanted *wanted = &load->wanted[index];
	const struct tensor *tensor = wanted->tensor;
	if (wanted->rows == tensor->rows && wanted->columns == tensor->columns)
		return true;
	return error_set(error, STATUS_WORLD, "%s:%ld: %s has %dx%d, expected %dx%d", load->name,
		wanted->line, name, wanted->rows, wanted->columns, tensor->rows, tensor->columns);
}

static bool check_complete(
	const struct weights_load *load, int index, const char *name, struct error *error)
{
	const struct wanted *wanted = &load->wanted[index];
	size_t entry = wanted->first;
	if (wanted->count == tensor_entries(wanted->tensor))
		return true;
	while (load->present[entry / 8] >> entry % 8 & 1)
		entry++;
	entry -= wanted->first;
	return error_set(error, STATUS_WORLD, "%s:%ld: %s has %dx%d, but row %zu, col %zu is missing",
		load->name, wanted->line, name, wanted->rows, wanted->columns,
		entry / wanted->tensor->columns, entry % wanted->tensor->columns);
}

typedef bool tensor_check(
	const struct weights_load *load, int index, const char *name, struct error *error);

static bool check_tensor(
	const struct weights_load *load, int index, tensor_check *check, struct error *error)
{
	char name[TENSOR_NAME_SIZE];
	tensor_full_name(name, load->wanted[index].tensor);
	return check(load, index, name, error);
}

static bool check_whole(const struct weights_load *load, struct error *error)
{
	static tensor_check *const checks[] = {check_present, check_shape, check_complete};
	if (!load->begun)
		return csv_refuse(
			load->csv, -1, error, "found an empty file, expected tensor,row,col,value");
	/* A file of another depth is best told by the layer it lacks. */
	if (!check_tensor(load, load->behind[net_spec_of(load->net)->layers - 1], check_present, error))
		return false;
	for (size_t c = 0; c < sizeof(checks) / sizeof(checks[0]); c++)
		for (int i = 0; i < load->tensors; i++)
			if (!check_tensor(load, i, checks[c], error))
				return false;
	return true;
}

static enum weights_state copy(struct weights_load *load, uint64_t operations)
{
	for (; load->copied < load->tensors; load->copied++, load->copied_entries = 0) {
		struct wanted *wanted = &load->wanted[load->copied];
		size_t done = load->copied_entries, some = tensor_entries(wanted->tensor) - done;
		if (some == 0)
			continue;
		if (some > operations)
			some = (size_t)operations;
		real *to = net_values(load->net, wanted->tensor) + done;
		memcpy(to, load->value + wanted->first + done, some * sizeof(*to));
		if (wanted->tensor->trained)
			net_mark_initial(load->net, to, some);
		operations -= some;
		load->copied_entries += some;
		if (load->copied_entries < tensor_entries(wanted->tensor))
			return WEIGHTS_MORE;
	}
	return WEIGHTS_DONE;
}

enum weights_state weights_load_advance(
	struct weights_load *load, uint64_t operations, struct error *error)
{
	enum { COST_OF_A_LINE = 1000 }; /* in multiply-adds */
	while (!load->good) {
		/* Returns when the reader has to wait or has gone through a buffer of blanks. */
		if (operations == 0 || !csv_ready(load->csv))
			return WEIGHTS_MORE;
		int got = csv_next(load->csv, error);
		if (got < 0 || (got > 0 && !read_line(load, error)))
			return WEIGHTS_FAILED;
		if (got == 0 && !check_whole(load, error))
			return WEIGHTS_FAILED;
		load->good = got == 0;
		operations -= operations < COST_OF_A_LINE ? operations : COST_OF_A_LINE;
	}
	return copy(load, operations);
}
