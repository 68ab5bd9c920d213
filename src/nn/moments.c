#include "variant.h"

#include "wides.h"

/* Adds the sums of one part to the lanes. */
static inline void join(const wide *sum, double *lanes)
{
	UNROLLED
	for (int v = 0; v < WIDES; v++)
		*(stored_wide *)(lanes + v * WIDE) += sum[v];
}

/* NN_LANES values from value i on; past the last of n, zeros, copied to `rest`. */
static inline const real *next_lanes(const real *values, size_t i, size_t n, real *rest)
{
	if (n - i >= NN_LANES)
		return values + i;
	for (size_t k = 0; k < NN_LANES; k++)
		rest[k] = i + k < n ? values[i + k] : 0;
	return rest;
}

static inline __attribute__((always_inline)) void add_moments(
	size_t n, const real *x, struct moments *to, const bool absolute)
{
	wide sum[WIDES] = {{0}}, squares[WIDES] = {{0}};
	real rest[NN_LANES];
	for (size_t i = 0; i < n; i += NN_LANES) {
		const real *from = next_lanes(x, i, n, rest);
		UNROLLED
		for (int v = 0; v < WIDES; v++) {
			wide value = load_wide(from + v * WIDE);
			sum[v] += absolute ? absolute_wide(value) : value;
			squares[v] = add_square(squares[v], value);
		}
	}
	join(sum, to->sum);
	join(squares, to->squares);
}

static void moments(size_t n, const real *x, struct moments *to)
{
	add_moments(n, x, to, false);
}

static void absolute_moments(size_t n, const real *x, struct moments *to)
{
	add_moments(n, x, to, true);
}

static void distance_squares(size_t n, const real *x, const real *y, double *of_y, double *distance)
{
	wide squares[WIDES] = {{0}}, apart[WIDES] = {{0}};
	real rest_x[NN_LANES], rest_y[NN_LANES];
	for (size_t i = 0; i < n; i += NN_LANES) {
		const real *from_x = next_lanes(x, i, n, rest_x), *from_y = next_lanes(y, i, n, rest_y);
		UNROLLED
		for (int v = 0; v < WIDES; v++) {
			wide value = load_wide(from_y + v * WIDE);
			wide difference = load_wide(from_x + v * WIDE) - value;
			squares[v] = add_square(squares[v], value);
			apart[v] += difference * difference;
		}
	}
	*of_y += wides_joined(squares);
	*distance += wides_joined(apart);
}

static void count_small(size_t n, const real *x, real bound, uint32_t *zero, uint32_t *small)
{
	uint32_t zeros = 0, smalls = 0;
	for (size_t i = 0; i < n; i++) {
		zeros += x[i] == 0;
		smalls += (x[i] < bound) & (x[i] > -bound);
	}
	*zero += zeros;
	*small += smalls;
}

static void count_bins(size_t n, const real *x, real low, real high, int bins, uint64_t *count)
{
	const real scale = (real)bins / (high - low);
	for (size_t i = 0; i < n; i += NN_LANES) {
		int32_t slot[NN_LANES];
		int some = n - i < NN_LANES ? (int)(n - i) : NN_LANES;
		real rest[NN_LANES];
		const real *from = next_lanes(x, i, n, rest);
		for (int k = 0; k < NN_LANES; k++) {
			real position = (from[k] - low) * scale + 1;
			position = position < 0 ? 0 : position;
			position = position > (real)(bins + 1) ? (real)(bins + 1) : position;
			slot[k] = (int32_t)(position == position ? position : (real)(bins + 2));
		}
		for (int k = 0; k < some; k++)
			count[slot[k]]++;
	}
}

const struct moment_kernels VARIANT(moment_kernels) = {
	.moments = moments,
	.absolute_moments = absolute_moments,
	.distance_squares = distance_squares,
	.count_small = count_small,
	.count_bins = count_bins,
};
