/* The loops that take the time, compiled once for every instruction set from one source.
 *
 * A struct kernels is one such build: its tables of activations, normalizations, losses and optimizers
 * and its matrix products. Which one runs never changes a bit of a result, because the order of
 * every sum is fixed. A product adds up its terms one after the other, 256 at a time, and then
 * adds what that came to: to what was there, run after run. Other sums over a batch have
 * NN_LANES partial sums, joined in a fixed order.
 *
 * The gradient of a layer of few weights has sums over a batch as well: where a row of weights is no
 * longer than NN_LANES, and the products are not fused, they are sums of that second kind.
 *
 * A product is fused (each multiply-add is rounded once) or not (product and sum are rounded
 * apart). Fused is twice as fast where the CPU has an instruction for it, and many times slower
 * where it has none and the same value must be put together in double; so only layers of many
 * weights are fused, see NET_FUSED_FROM.
 *
 * Matrices here are [units][stride]: the values of one unit for the whole batch lie side by
 * side, and stride is the batch size rounded up to NN_LANES.
 */
#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "nn/act.h"
#include "nn/loss.h"
#include "nn/moments.h"
#include "nn/norm.h"
#include "nn/optim.h"
#include "nn/real.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct activation_table {
	const struct activation *row;
	int count;
};
struct normalization_table {
	const struct normalization *row;
	int count;
};
struct loss_table {
	const struct loss *row;
	int count;
};
struct optimizer_table {
	const struct optimizer *row;
	int count;
};

enum { FMA_PEAK_ROUND = 1000 };

/* A matrix product: c [rows][columns] of a(m, k) = a[m * a_row + k * a_inner] and b. */
struct product {
	bool fused;
	int rows, columns, inner;
	const real *a;
	ptrdiff_t a_row, a_inner;
	const real *b;
	ptrdiff_t b_row;
	real *c;
	ptrdiff_t c_row;
	const real *start; /* [rows] */
	bool add;
	const real *factor; /* [rows][c_row] */
	real *sums;         /* [rows] */
};

struct kernels {
	const char *name; /* "baseline", "avx2", "avx512" */
	const struct activation_table *activations;
	const struct normalization_table *normalizations;
	const struct loss_table *losses;
	const struct optimizer_table *optimizers;
	const struct moment_kernels *moments;

	/* c[m][n] = sum over k of a(m, k) * b[k][n], added to start[m], or without start to c[m][n]
	 * if `add` is set; then multiplied by factor[m][n], if there is one. b is [inner][columns],
	 * columns a multiple of NN_LANES. */
	void (*product)(const struct product *product);

	/* c[m][n] += sum over k of a(m, k) * b[n][k], and sums[m] += sum over k of a(m, k), with
	 * a_inner 1 and `add` set. b is [columns][inner], `inner` a multiple of NN_LANES; any columns.
	 * The sums are of the second kind where there are no more columns than NN_LANES, and not
	 * fused. */
	void (*product_transposed)(const struct product *product);

	/* multiply-adds of a product that take well under a millisecond, fused or not */
	uint64_t product_block;

	/* result[i] = x[i] * y[i]; result may be y */
	void (*multiply)(size_t n, const real *x, const real *y, real *result);
	/* y[i] = scale * y[i] + x[i] */
	void (*scale_add)(size_t n, real scale, const real *x, real *y);

	/* For measuring the machine: multiply-adds from registers alone, fused where this CPU can
	 * with registers of this width; a round takes some microseconds. *multiply_adds becomes how
	 * many were done: FMA_PEAK_ROUND a round for each of some sums, whose number is returned. */
	real (*fma_peak)(uint64_t rounds, uint64_t *multiply_adds);
};

#define kernels_find NN(kernels_find)
#define activation_in NN(activation_in)
#define normalization_in NN(normalization_in)
#define loss_in NN(loss_in)
#define optimizer_in NN(optimizer_in)

/* The build named, if this CPU can run it; the fastest it can run for NULL; else NULL. */
const struct kernels *kernels_find(const char *name);

/* The row of that name in this build's table; NULL if there is none. */
const struct activation *activation_in(const struct kernels *kernels, const char *name);
const struct normalization *normalization_in(const struct kernels *kernels, const char *name);
const struct loss *loss_in(const struct kernels *kernels, const char *name);
const struct optimizer *optimizer_in(const struct kernels *kernels, const char *name);

#endif
