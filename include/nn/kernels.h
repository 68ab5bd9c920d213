/* The loops that take the time, compiled once for every instruction set from one source.
 *
 * A struct kernels is one such build: its tables of activations, normalizations and optimizers
 * and its matrix products. Which one runs never changes a bit of a result: products are
 * multiplied and added separately in a fixed order, sums over a batch run in NN_LANES partial
 * sums joined in a fixed order.
 *
 * Matrices here are [units][stride]: the values of one unit for the whole batch lie side by
 * side, and stride is the batch size rounded up to NN_LANES.
 */
#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "nn/act.h"
#include "nn/norm.h"
#include "nn/optim.h"
#include "nn/real.h"
#include <stdbool.h>
#include <stddef.h>

struct activation_table {
	const struct activation *row;
	int count;
};
struct normalization_table {
	const struct normalization *row;
	int count;
};
struct optimizer_table {
	const struct optimizer *row;
	int count;
};

struct kernels {
	const char *name; /* "baseline", "avx2", "avx512" */
	const struct activation_table *activations;
	const struct normalization_table *normalizations;
	const struct optimizer_table *optimizers;

	/* c[m][n] += sum over k of a(m, k) * b[k][n], k ascending; a(m, k) = a[m * a_row + k * a_inner].
	 * Shapes: c [rows][columns], b [inner][columns]; columns a multiple of NN_LANES. */
	void (*product)(int rows, int columns, int inner, const real *a, ptrdiff_t a_row,
		ptrdiff_t a_inner, const real *b, ptrdiff_t b_row, real *c, ptrdiff_t c_row);

	/* c[m][n] += sum over k of a[m][k] * b[n][k], in NN_LANES partial sums; `inner` is a
	 * multiple of NN_LANES. */
	void (*product_transposed)(int rows, int columns, int inner, const real *a, ptrdiff_t a_row,
		const real *b, ptrdiff_t b_row, real *c, ptrdiff_t c_row);

	/* Sum of n values in NN_LANES partial sums. */
	real (*sum)(size_t n, const real *values);

	/* y[i] *= x[i] */
	void (*multiply)(size_t n, const real *x, real *y);
	/* y[i] = scale * y[i] + x[i] */
	void (*scale_add)(size_t n, real scale, const real *x, real *y);
};

#define kernels_find NN(kernels_find)

/* The build named, if this CPU can run it; the fastest it can run for NULL; else NULL. */
const struct kernels *kernels_find(const char *name);

#endif
