/* Shared by the tests of data sets: requests, data sets made in slices, a folder for files. */
#ifndef TESTS_DATASETS_H
#define TESTS_DATASETS_H

#include "lab/dataset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A folder of its own for each test, removed with the one file in it. */
struct place {
	char folder[64], file[80];
};

static inline int place_make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	assert_non_null(place);
	strcpy(place->folder, "/tmp/wane-data-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof(place->file), "%s/a.csv", place->folder);
	*state = place;
	return 0;
}

static inline int place_remove(void **state)
{
	struct place *place = *state;
	unlink(place->file);
	rmdir(place->folder);
	free(place);
	return 0;
}

static inline void file_write(const struct place *place, const char *text)
{
	FILE *file = fopen(place->file, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline struct dataset_request request_default(const char *data)
{
	return (struct dataset_request){.data = data,
		.samples = 1000,
		.length = 50,
		.noise = 0.1,
		.split = 0.2,
		.task = "auto",
		.seed = 1};
}

/* Returns NULL and fills the error if anything fails. */
static inline struct dataset *make_sliced(
	const struct dataset_request *request, uint64_t budget, struct error *error)
{
	struct dataset_job *job = dataset_begin(request, error);
	enum dataset_state state = DATASET_MORE;
	while (job != NULL && state == DATASET_MORE)
		state = dataset_advance(job, budget, error);
	return dataset_finish(job);
}

static inline struct dataset *make(const struct dataset_request *request)
{
	struct error error = {.text = ""};
	struct dataset *data = make_sliced(request, 1000000000, &error);
	if (data == NULL)
		print_error("%s\n", error.text);
	assert_non_null(data);
	return data;
}

static inline struct dataset *make_from(
	const struct place *place, const char *text, double split, const char *task)
{
	struct dataset_request request = request_default(place->file);
	request.split = split;
	request.task = task;
	file_write(place, text);
	return make(&request);
}

static inline void assert_same(const struct dataset *a, const struct dataset *b)
{
	size_t rows = (size_t)a->rows;
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->rows, b->rows);
	assert_int_equal(a->training, b->training);
	assert_int_equal(a->features, b->features);
	assert_int_equal(a->classes, b->classes);
	assert_memory_equal(a->x, b->x, rows * (size_t)a->features * sizeof(float));
	assert_memory_equal(a->target, b->target, rows * sizeof(float));
	assert_memory_equal(a->projection, b->projection, 2 * rows * sizeof(float));
	assert_int_equal(a->class_name == NULL, b->class_name == NULL);
	for (int c = 0; a->class_name != NULL && c < a->classes; c++)
		assert_string_equal(a->class_name[c], b->class_name[c]);
}

static inline void assert_sliced_the_same(const struct dataset_request *request)
{
	static const uint64_t budgets[] = {1, 37, 1000000000};
	struct dataset *first = make(request);
	for (int i = 0; i < LENGTH(budgets); i++) {
		struct dataset *data = make_sliced(request, budgets[i], NULL);
		assert_non_null(data);
		assert_same(first, data);
		dataset_free(data);
	}
	dataset_free(first);
}

static inline int count_class(const struct dataset *data, int class, int first, int last)
{
	int count = 0;
	for (int i = first; i < last; i++)
		count += (int)data->target[i] == class;
	return count;
}

#endif
