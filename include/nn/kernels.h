/* The loops that take most of the time, compiled from one source for every instruction set.
 *
 * A struct kernels is one such build: its tables of activations, normalizations, losses, optimizers
 * and recurrent cells, and its matrix products. Every build gives the same bits, because the order
 * of every sum is fixed. There are two orders:
 *	sequential: terms are added in order, in runs of 256; each run's sum is then added to the
 *		result. Matrix products use it.
 *	in lanes: NN_LANES interleaved partial sums, joined in a fixed order. Other sums over a batch
 *		use it, and so do the gradient of a convolution's kernels and the weight gradient of a layer
 *		whose products are not fused and whose rows have at most NN_LANES weights.
 *
 * A product is fused (each multiply-add is rounded once) or not (product and sum are rounded
 * separately). Fused is twice as fast on a CPU with such an instruction and many times slower on
 * one without, where the same value is computed in double. So only layers with many weights are
 * fused: see NET_FUSED_FROM.
 *
 * Matrices are [units][stride]: the values of one unit for the whole batch are adjacent, and stride
 * is the batch size rounded up to a multiple of NN_LANES.
 */
#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "nn/act.h"
#include "nn/cell.h"
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

struct recurrent_cell_table {
	const struct recurrent_cell *row;
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
	/* Not 0: the rows of b are those that a kernel of kernel x kernel taps sees of a map. Row
	 * (channel * kernel + y) * kernel + x is at b + channel * b_row + y * b_line + x * b_place. */
	int kernel;
	ptrdiff_t b_line, b_place;
	real *c;
	ptrdiff_t c_row;
	const real *start; /* [rows] */
	bool add;
	const real *factor; /* [rows][c_row] */
	real *sums;         /* [rows] */
};

/* The gradient of a convolution's kernels. Of a and b, line y and place x begin at
 * y * a_line + x * place and y * b_line + x * place. */
struct correlation {
	bool fused;
	int rows, channels, kernel;
	int lines, places, length;
	ptrdiff_t place;
	const real *a;
	ptrdiff_t a_row, a_line;
	const real *b;
	ptrdiff_t b_row, b_line;
	real *c;    /* [rows][channels][kernel][kernel] */
	real *sums; /* [rows] */
};

struct kernels {
	const char *name; /* "baseline", "avx2", "avx512" */
	const struct activation_table *activations;
	const struct normalization_table *normalizations;
	const struct loss_table *losses;
	const struct optimizer_table *optimizers;
	const struct recurrent_cell_table *cells;
	const struct moment_kernels *moments;

	/* c[m][n] = sum over k of a(m, k) * b[k][n]. Adds start[m] if `start` is set, else the old
	 * c[m][n] if `add` is set; then multiplies by factor[m][n] if `factor` is set. b is
	 * [inner][columns], columns a multiple of NN_LANES. */
	void (*product)(const struct product *product);

	/* c[m][n] += sum over k of a(m, k) * b[n][k], and sums[m] += sum over k of a(m, k), with
	 * a_inner 1 and `add` set. b is [columns][inner], `inner` a multiple of NN_LANES; any columns.
	 * The sums are in lanes if there are at most NN_LANES columns and `fused` is not set. */
	void (*product_transposed)(const struct product *product);

	/* c[m][k][i][j] += sum over lines y, places x and n < length of a's row m at (y, x, n) times
	 * b's row k at (y + i, x + j, n), and sums[m] += the sum of a's row m. length is a multiple of
	 * NN_LANES. The sums are in lanes. */
	void (*correlate)(const struct correlation *correlation);

	/* a product of this many multiply-adds takes well below a millisecond, fused or not */
	uint64_t product_block;

	/* result[i] = x[i] * y[i]; result may be y */
	void (*multiply)(size_t n, const real *x, const real *y, real *result);
	/* y[i] = scale * y[i] + x[i] */
	void (*scale_add)(size_t n, real scale, const real *x, real *y);

	/* Measures the CPU: runs multiply-adds on registers only, fused if this build can. A round
	 * takes a few microseconds. Sets *multiply_adds to the number done. The result, the total of
	 * the sums, only keeps the compiler from removing the loop. */
	real (*fma_peak)(uint64_t rounds, uint64_t *multiply_adds);
};

#define kernels_find NN(kernels_find)
#define activation_in NN(activation_in)
#define normalization_in NN(normalization_in)
#define loss_in NN(loss_in)
#define optimizer_in NN(optimizer_in)
#define recurrent_cell_in NN(recurrent_cell_in)

/* The build of this name, or for NULL the fastest one that this CPU can run. NULL if the CPU cannot
 * run it or no build has that name. */
const struct kernels *kernels_find(const char *name);

/* The row of that name in this build's table; NULL if there is none. */
const struct activation *activation_in(const struct kernels *kernels, const char *name);
const struct normalization *normalization_in(const struct kernels *kernels, const char *name);
const struct loss *loss_in(const struct kernels *kernels, const char *name);
const struct optimizer *optimizer_in(const struct kernels *kernels, const char *name);
const struct recurrent_cell *recurrent_cell_in(const struct kernels *kernels, const char *name);

#endif
