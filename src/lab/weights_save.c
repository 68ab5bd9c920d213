#include "lab/weights.h"

#include "lab/atomic_file.h"
#include "lab/text.h"
#include "tensors.h"

#include <math.h>
#include <stdio.h>

static int tensor_write(FILE *stream, const struct net *net, int index)
{
	struct tensor tensor = tensor_at(net, index);
	char name[TENSOR_NAME_SIZE], value[32];
	tensor_name(name, index);
	for (size_t i = 0; i < tensor_entries(&tensor); i++) {
		number_format(value, tensor.value[i]);
		if (fprintf(stream, "%s,%zu,%zu,%s\n", name, i / tensor.columns, i % tensor.columns,
			value) < 0)
			return -1;
	}
	return 0;
}

int weights_write(FILE *stream, const struct net *net)
{
	for (int c = 0; c < TENSOR_COLUMNS; c++)
		if (fprintf(stream, "%s%c", tensor_columns[c], c + 1 < TENSOR_COLUMNS ? ',' : '\n') < 0)
			return -1;
	for (int i = 0; i < tensor_count(net); i++)
		if (tensor_write(stream, net, i) != 0)
			return -1;
	return 0;
}

/* What could not be read again must not take the place of something that can. */
static bool check_finite(const char *path, const struct net *net, int index, struct error *error)
{
	struct tensor tensor = tensor_at(net, index);
	char name[TENSOR_NAME_SIZE], value[32];
	tensor_name(name, index);
	for (size_t i = 0; i < tensor_entries(&tensor); i++) {
		if (isfinite(tensor.value[i]))
			continue;
		number_format(value, tensor.value[i]);
		return error_set(error, STATUS_WORLD, "%.255s: not written: row %zu, col %zu of %s "
			"is %s, expected a finite number", path, i / tensor.columns,
			i % tensor.columns, name, value);
	}
	return true;
}

bool weights_save(const char *path, const struct net *net, struct error *error)
{
	struct atomic_file file;
	for (int i = 0; i < tensor_count(net); i++)
		if (!check_finite(path, net, i, error))
			return false;
	if (!atomic_file_open(&file, path, error))
		return false;
	if (weights_write(file.stream, net) == 0)
		return atomic_file_commit(&file, error);
	atomic_file_refuse(&file, error);
	atomic_file_abandon(&file);
	return false;
}
