/* Sums and counts over many values, for statistics. Sums are in double, in NN_LANES partial
 * sums joined in a fixed order: the same bits from every build of the kernels. */
#ifndef NN_MOMENTS_H
#define NN_MOMENTS_H

#include "nn/real.h"
#include <stddef.h>
#include <stdint.h>

struct moments {
	double sum, squares;
};

struct moment_kernels {
	/* adds the sum of n values, and of their squares */
	void (*moments)(size_t n, const real *x, struct moments *to);
	/* adds the sum of n absolute values, and of the squares */
	void (*absolute_moments)(size_t n, const real *x, struct moments *to);
	/* the sum of (x[i] - y[i])^2 */
	double (*distance_squares)(size_t n, const real *x, const real *y);
	/* adds how many of n values are 0, and how many lie between -bound and bound */
	void (*count_small)(size_t n, const real *x, real bound, uint32_t *zero, uint32_t *small);
	/* adds n values to a histogram: count[0] is below `low`, count[1 .. bins] equal shares of
	 * low..high, count[bins + 1] from `high` on, count[bins + 2] not a number */
	void (*count_bins)(size_t n, const real *x, real low, real high, int bins, uint64_t *count);
};

#endif
