/* Sums and counts over many values, for statistics. Sums are in double, in NN_LANES partial sums
 * joined in a fixed order, so that every build of the kernels gives the same bits. Values come in
 * parts; each part is summed by itself and then added to the total. */
#ifndef NN_MOMENTS_H
#define NN_MOMENTS_H

#include "nn/real.h"
#include <stddef.h>
#include <stdint.h>

/* Partial sums: value i of each part adds to lane i % NN_LANES. */
struct moments {
	double sum[NN_LANES], squares[NN_LANES];
};

/* The sum of all lanes: adds lanes i and i + 8, then i and i + 4, i + 2, i + 1. */
static inline double lanes_joined(const double *lanes)
{
	double half[NN_LANES];
	for (int i = 0; i < NN_LANES; i++)
		half[i] = lanes[i];
	for (int count = NN_LANES / 2; count > 0; count /= 2)
		for (int i = 0; i < count; i++)
			half[i] += half[i + count];
	return half[0];
}

struct moment_kernels {
	/* adds n values and their squares */
	void (*moments)(size_t n, const real *x, struct moments *to);
	/* adds the absolute values of n numbers and their squares */
	void (*absolute_moments)(size_t n, const real *x, struct moments *to);
	/* adds the sum of y[i]^2 to *squares and the sum of (x[i] - y[i])^2 to *distance */
	void (*distance_squares)(
		size_t n, const real *x, const real *y, double *squares, double *distance);
	/* adds the number of values that are 0 to *zero, and of those with |x| < bound to *small */
	void (*count_small)(size_t n, const real *x, real bound, uint32_t *zero, uint32_t *small);
	/* adds n values to a histogram: count[0] counts values below `low`, count[1 .. bins] those in
	 * equal parts of low..high, count[bins + 1] those from `high` on, count[bins + 2] NaN */
	void (*count_bins)(size_t n, const real *x, real low, real high, int bins, uint64_t *count);
};

#endif
