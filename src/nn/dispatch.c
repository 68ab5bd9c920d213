/* Finds the fastest build of the kernels that this CPU can run, and rows of the tables, which are
 * the same in every build. */
#include "nn/kernels.h"

#include <string.h>

#ifdef NN_DOUBLE
extern const struct kernels kernels_double;
static const struct kernels *const builds[] = {&kernels_double};
#else
extern const struct kernels kernels_baseline;
#ifdef NN_X86
extern const struct kernels kernels_avx2, kernels_avx512;
static const struct kernels *const builds[] = {&kernels_avx512, &kernels_avx2, &kernels_baseline};
#else
static const struct kernels *const builds[] = {&kernels_baseline};
#endif
#endif

static bool supported(const struct kernels *kernels)
{
#if defined(NN_X86) && !defined(NN_DOUBLE)
	if (kernels == &kernels_avx512)
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
			__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
	if (kernels == &kernels_avx2)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
	(void)kernels;
	return true;
}

const struct kernels *kernels_find(const char *name)
{
	for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++)
		if ((!name || strcmp(name, builds[i]->name) == 0) && supported(builds[i]))
			return builds[i];
	return NULL;
}

/* For each table: x_in() finds a row by name in a given build; x_at(), by index, and x_find(), by
 * name, find it in the fastest build. */
#define TABLE_FUNCTIONS(row_type, table) \
	const struct row_type *row_type##_in(const struct kernels *kernels, const char *name) \
	{ \
		for (int i = 0; i < kernels->table->count; i++) \
			if (strcmp(kernels->table->row[i].name, name) == 0) \
				return &kernels->table->row[i]; \
		return NULL; \
	} \
	const struct row_type *row_type##_at(int index) \
	{ \
		const struct kernels *kernels = kernels_find(NULL); \
		return index >= 0 && index < kernels->table->count ? &kernels->table->row[index] : NULL; \
	} \
	const struct row_type *row_type##_find(const char *name) \
	{ \
		return row_type##_in(kernels_find(NULL), name); \
	}

TABLE_FUNCTIONS(activation, activations)
TABLE_FUNCTIONS(normalization, normalizations)
TABLE_FUNCTIONS(loss, losses)
TABLE_FUNCTIONS(optimizer, optimizers)
TABLE_FUNCTIONS(recurrent_cell, cells)
