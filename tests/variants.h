/* The builds of the kernels, and random values. */
#ifndef TESTS_VARIANTS_H
#define TESTS_VARIANTS_H

#include "nn/kernels.h"
#include "nn/rng.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#ifdef NN_DOUBLE
static const char *const variants[] = {"double"};
#define REAL_EPSILON DBL_EPSILON
#else
static const char *const variants[] = {"baseline", "avx2", "avx512"};
#define REAL_EPSILON FLT_EPSILON
#endif

enum { UNITS_MAX = 23, STRIDE_MAX = 80, VALUES = UNITS_MAX * STRIDE_MAX };

static inline void draw(real *values, size_t n, uint64_t index)
{
	struct rng rng = rng_stream(11, "kernels", index);
	for (size_t i = 0; i < n; i++)
		values[i] = (real)rng_normal(&rng);
}

#endif
