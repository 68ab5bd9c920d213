/* Sums and counts over many values, for statistics. Sums are in double, in NN_LANES partial
 * sums joined in a fixed order: the same bits from every build of the kernels. Values come in
 * parts; each part is summed up before it joins those before, so that the sums of one part need
 * not wait for those of another. */
#ifndef NN_MOMENTS_H
#define NN_MOMENTS_H

#include "nn/real.h"
#include <stddef.h>
#include <stdint.h>

/* Partial sums: value i of each part adds to lane i % NN_LANES. */
struct moments {
	double sum[NN_LANES], squares[NN_LANES];
};

/* Lane i and lane i + 8, then i + 4, i + 2, i + 1. */
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
	/* adds n values, and their squares */
	void (*moments)(size_t n, const real *x, struct moments *to);
	/* adds n absolute values, and the squares */
	void (*absolute_moments)(size_t n, const real *x, struct moments *to);
	/* adds the sum of n squares of y[i] and that of x[i] - y[i], lanes joined */
	void (*distance_squares)(
		size_t n, const real *x, const real *y, double *squares, double *distance);
	/* adds how many of n values are 0, and how many lie between -bound and bound */
	void (*count_small)(size_t n, const real *x, real bound, uint32_t *zero, uint32_t *small);
	/* adds n values to a histogram: count[0] is below `low`, count[1 .. bins] equal shares of
	 * low..high, count[bins + 1] from `high` on, count[bins + 2] not a number */
	void (*count_bins)(size_t n, const real *x, real low, real high, int bins, uint64_t *count);
};

#endif
