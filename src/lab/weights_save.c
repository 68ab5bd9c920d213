#include "lab/weights.h"

#include "lab/csv.h"
#include "lab/text.h"
#include "tensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One sweep over all entries: first they are looked at, then they are written. */
struct weights_save {
	struct atomic_file file;
	bool open;  /* the file is neither committed nor abandoned */
	bool begun; /* the header is written: what is looked at has been found good */
	int tensor; /* next entry */
	size_t entry;
	int unsettled; /* bytes since the disk was last waited for */
	char path[];   /* the caller's, copied */
};

struct weights_save *weights_save_begin(const char *path, struct error *error)
{
	struct weights_save *save = malloc(sizeof(*save) + strlen(path) + 1);
	if (!save) {
		error_set(error, STATUS_WORLD, "not enough memory");
		return NULL;
	}
	*save = (struct weights_save){.open = false};
	strcpy(save->path, path);
	save->open = atomic_file_open(&save->file, save->path, error);
	if (save->open)
		return save;
	free(save);
	return NULL;
}

void weights_save_finish(struct weights_save *save)
{
	if (save && save->open)
		atomic_file_abandon(&save->file);
	free(save);
}

const struct atomic_file *weights_save_file(const struct weights_save *save)
{
	return &save->file;
}

double weights_save_progress(const struct weights_save *save, const struct net *net)
{
	double done = 0, all = 0;
	const struct tensor *tensor;
	for (int i = 0; save->begun && (tensor = net_tensor(net, i)); i++) {
		size_t count = tensor_in_file(tensor) ? tensor_entries(tensor) : 0;
		all += (double)count;
		done += (double)(i < save->tensor ? count : i == save->tensor ? save->entry : 0);
	}
	return all > 0 ? done / all : 0;
}

/* What could not be read again must not take the place of something that can. */
static bool refuse_entry(
	const struct weights_save *save, const struct tensor *tensor, real entry, struct error *error)
{
	char name[TENSOR_NAME_SIZE], value[32];
	tensor_full_name(name, tensor);
	number_format(value, entry);
	return error_set(error, STATUS_WORLD,
		"%s: not written: row %zu, col %zu of %s is %s, "
		"expected a finite number",
		text_tail(save->path, TEXT_PATH_SHOWN), save->entry / tensor->columns,
		save->entry % tensor->columns, name, value);
}

static bool write_header(struct weights_save *save, struct error *error)
{
	for (int c = 0; c < FIELD_COUNT; c++)
		if (fprintf(
				save->file.stream, "%s%c", tensor_columns[c], c + 1 < FIELD_COUNT ? ',' : '\n') < 0)
			return atomic_file_refuse(&save->file, error);
	save->begun = true;
	save->tensor = 0;
	return true;
}

static bool write_entry(
	struct weights_save *save, const struct tensor *tensor, real entry, struct error *error)
{
	enum { BYTES_UNSETTLED = 4 << 20 }; /* bytes written between two calls of fdatasync() */
	char name[TENSOR_NAME_SIZE], value[32];
	tensor_full_name(name, tensor);
	number_format(value, entry);
	int bytes = fprintf(save->file.stream, "%s,%zu,%zu,%s\n", name, save->entry / tensor->columns,
		save->entry % tensor->columns, value);
	if (bytes < 0)
		return atomic_file_refuse(&save->file, error);
	save->unsettled += bytes;
	if (save->unsettled < BYTES_UNSETTLED)
		return true;
	save->unsettled = 0;
	return atomic_file_settle(&save->file, error);
}

/* Goes on through the present tensor; returns how many entries were met, -1 on failure. */
static int64_t sweep(
	struct weights_save *save, const struct net *net, int64_t most, struct error *error)
{
	const struct tensor *tensor = net_tensor(net, save->tensor);
	const real *value = net_values(net, tensor);
	size_t count = tensor_in_file(tensor) ? tensor_entries(tensor) : 0;
	int64_t met = 0;
	for (; save->entry < count && met < most; save->entry++, met++)
		if (!isfinite(value[save->entry])
				? !refuse_entry(save, tensor, value[save->entry], error)
				: save->begun && !write_entry(save, tensor, value[save->entry], error))
			return -1;
	if (save->entry == count) {
		save->entry = 0;
		save->tensor++;
	}
	return met;
}

enum weights_state weights_save_advance(
	struct weights_save *save, const struct net *net, uint64_t operations, struct error *error)
{
	enum { COST_OF_A_LOOK = 2, COST_OF_A_LINE = 1000 }; /* in multiply-adds */
	int64_t cost = save->begun ? COST_OF_A_LINE : COST_OF_A_LOOK;
	int64_t left = (int64_t)(operations / (uint64_t)cost) + 1;
	while (left > 0 && net_tensor(net, save->tensor)) {
		int64_t met = sweep(save, net, left, error);
		if (met < 0)
			return WEIGHTS_FAILED;
		left -= met;
	}
	if (net_tensor(net, save->tensor))
		return WEIGHTS_MORE;
	if (!save->begun)
		return write_header(save, error) ? WEIGHTS_MORE : WEIGHTS_FAILED;
	save->open = false;
	return atomic_file_commit(&save->file, error) ? WEIGHTS_DONE : WEIGHTS_FAILED;
}

static bool is_header(const struct csv *csv)
{
	if (csv_field_count(csv) != FIELD_COUNT)
		return false;
	for (int c = 0; c < FIELD_COUNT; c++)
		if (strcmp(csv_field(csv, c), tensor_columns[c]) != 0)
			return false;
	return true;
}

bool weights_would_replace(const char *path)
{
	struct stat status;
	struct error ignored;
	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
		return false;
	struct csv *csv = csv_open(path, &ignored);
	bool weights = csv && csv_next(csv, &ignored) > 0 && is_header(csv);
	csv_close(csv);
	return !weights;
}
