/* Kernels: sums in the documented order to the last bit, in every build, shape and cut. Built for
 * float and, with NN_DOUBLE, for double. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nn/kernels.h"
#include "nn/rng.h"

#include "variants.h"

static void walk(void (*check)(const struct kernels *kernels))
{
	int seen = 0;
	for (size_t i = 0; i < COUNT(variants); i++) {
		const struct kernels *kernels = kernels_find(variants[i]);
		if (kernels) {
			assert_string_equal(kernels->name, variants[i]);
			check(kernels);
			seen++;
		}
	}
	assert_true(seen > 0);
	assert_null(kernels_find("no such"));
}

static void assert_bits(const real *a, const real *b, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(a + i, b + i, sizeof(*a)) != 0)
			fail_msg("%s: value %zu is %.17g, expected %.17g", what, i, (double)a[i], (double)b[i]);
}

/* The sum that every build must yield: k ascends from 0, RUN terms at a time, and each run is
 * added to the result; a fused product is rounded once with its sum. In double, never compared
 * between machines, nothing is fused. */
enum { RUN = 256 };

static real plain_sum(bool fused, int inner, const real *a, ptrdiff_t a_inner, const real *b,
	ptrdiff_t b_inner, real start)
{
	for (int first = 0; first < inner; first += RUN) {
		volatile real sum = 0;

		for (int k = first; k < inner && k < first + RUN; k++) {
			volatile real product = a[k * a_inner] * b[k * b_inner];
#ifdef NN_DOUBLE
			sum = sum + product;
			(void)fused;
#else
			sum = fused ? fmaf(a[k * a_inner], b[k * b_inner], sum) : sum + product;
#endif
		}
		start += sum;
	}
	return start;
}

/* The sum over a batch of a narrow layer: in NN_LANES partial sums, joined by halves. */
static real sum_in_lanes(int inner, const real *a, const real *b, ptrdiff_t b_inner, real start)
{
	volatile real lane[NN_LANES] = {0};

	for (int k = 0; k < inner; k++) {
		volatile real product = a[k] * b[k * b_inner];

		lane[k % NN_LANES] += product;
	}
	for (int half = NN_LANES / 2; half > 0; half /= 2)
		for (int i = 0; i < half; i++)
			lane[i] += lane[i + half];
	return start + lane[0];
}

/* Shapes that make tiles and panels of every size, with remainders, and sums of several runs. */
enum { ROWS_MAX = 37, COLUMNS_MAX = 80, INNER_MAX = 3 * RUN };

struct shape {
	int rows, columns, inner;
	bool fused, turned; /* a as stored, or its transpose */
};

static struct shape draw_shape(struct rng *rng)
{
	static const int runs[] = {0, 1, 2, RUN, RUN + 1, 2 * RUN + 7, INNER_MAX};
	bool long_sum = rng_below(rng, 4) == 0;
	return (struct shape){
		.rows = 1 + (int)rng_below(rng, ROWS_MAX),
		.columns = 1 + (int)rng_below(rng, COLUMNS_MAX),
		.inner = long_sum ? runs[rng_below(rng, COUNT(runs))] : (int)rng_below(rng, 40),
		.fused = rng_below(rng, 2),
		.turned = rng_below(rng, 2),
	};
}

static real factor_a[ROWS_MAX * INNER_MAX], factor_b[COLUMNS_MAX * INNER_MAX],
	found_c[ROWS_MAX * COLUMNS_MAX], plain_c[ROWS_MAX * COLUMNS_MAX],
	scale_c[ROWS_MAX * COLUMNS_MAX], first_c[ROWS_MAX];

static void check_product(const struct kernels *kernels)
{
	struct rng rng = rng_stream(11, "shapes", 1);
	for (int i = 0; i < 1000; i++) {
		struct shape s = draw_shape(&rng);
		ptrdiff_t a_row = s.turned ? 1 : INNER_MAX, a_inner = s.turned ? ROWS_MAX : 1;
		bool starts = rng_below(&rng, 2), adds = rng_below(&rng, 2), scales = rng_below(&rng, 2);

		s.columns = (s.columns + NN_LANES - 1) / NN_LANES * NN_LANES;
		draw(found_c, COUNT(found_c), (uint64_t)i);
		memcpy(plain_c, found_c, sizeof(found_c));
		for (int m = 0; m < s.rows; m++)
			for (int n = 0; n < s.columns; n++) {
				real *at = &plain_c[m * COLUMNS_MAX + n];
				*at = plain_sum(s.fused, s.inner, factor_a + m * a_row, a_inner, factor_b + n,
					COLUMNS_MAX,
					starts     ? first_c[m]
						: adds ? *at
							   : 0);
				*at *= scales ? scale_c[m * COLUMNS_MAX + n] : 1;
			}
		kernels->product(&(struct product){
			.fused = s.fused,
			.rows = s.rows,
			.columns = s.columns,
			.inner = s.inner,
			.a = factor_a,
			.a_row = a_row,
			.a_inner = a_inner,
			.b = factor_b,
			.b_row = COLUMNS_MAX,
			.start = starts ? first_c : NULL,
			.add = adds,
			.factor = scales ? scale_c : NULL,
			.c = found_c,
			.c_row = COLUMNS_MAX,
		});
		assert_bits(found_c, plain_c, COUNT(found_c), kernels->name);
	}
}

static void products_are_sums_in_ascending_order(void **state)
{
	(void)state;
	draw(factor_a, COUNT(factor_a), 1);
	draw(factor_b, COUNT(factor_b), 2);
	draw(first_c, COUNT(first_c), 3);
	draw(scale_c, COUNT(scale_c), 4);
	walk(check_product);
}

static void check_transposed(const struct kernels *kernels)
{
	static const real one = 1;
	struct rng rng = rng_stream(11, "shapes", 2);
	for (int i = 0; i < 1000; i++) {
		struct shape s = draw_shape(&rng);
		real sums[ROWS_MAX] = {0}, plain_sums[ROWS_MAX] = {0};
		int c_row = rng_below(&rng, 2) ? COLUMNS_MAX : s.columns;
		bool narrow = !s.fused && s.columns <= NN_LANES;

		s.inner = s.inner / NN_LANES * NN_LANES;
		draw(found_c, COUNT(found_c), (uint64_t)i);
		memcpy(plain_c, found_c, sizeof(found_c));
		for (int m = 0; m < s.rows; m++) {
			const real *row = factor_a + m * INNER_MAX;
			for (int n = 0; n < s.columns; n++) {
				real *at = &plain_c[m * c_row + n];
				*at = narrow
					? sum_in_lanes(s.inner, row, factor_b + n * INNER_MAX, 1, *at)
					: plain_sum(s.fused, s.inner, row, 1, factor_b + n * INNER_MAX, 1, *at);
			}
			plain_sums[m] = narrow ? sum_in_lanes(s.inner, row, &one, 0, 0)
								   : plain_sum(s.fused, s.inner, row, 1, &one, 0, 0);
		}
		kernels->product_transposed(&(struct product){
			.fused = s.fused,
			.rows = s.rows,
			.columns = s.columns,
			.inner = s.inner,
			.a = factor_a,
			.a_row = INNER_MAX,
			.a_inner = 1,
			.b = factor_b,
			.b_row = INNER_MAX,
			.add = true,
			.c = found_c,
			.c_row = c_row,
			.sums = sums,
		});
		assert_bits(found_c, plain_c, COUNT(found_c), kernels->name);
		assert_bits(sums, plain_sums, COUNT(sums), kernels->name);
	}
}

static void transposed_products_are_sums_in_the_order_stated(void **state)
{
	(void)state;
	draw(factor_a, COUNT(factor_a), 1);
	draw(factor_b, COUNT(factor_b), 2);
	walk(check_transposed);
}

/* Values for which rounding once differs from rounding twice: halves between two floats, sums
 * that cancel, huge and tiny terms, infinities. */
static void check_fused(const struct kernels *kernels)
{
	static const real hard[] = {1, -1, (real)(1 + REAL_EPSILON), (real)(1 - REAL_EPSILON / 2),
		(real)0x1p12, (real)0x1p-12, (real)(0x1p12 + 1), (real)-0x1p24, (real)(0x1p24 - 1),
		(real)0x1p100, (real)-0x1p-60, (real)0x1.fffffep60, 3, (real)(1.0 / 3), 0, (real)-0.0,
		(real)INFINITY};
	for (size_t i = 0; i < COUNT(hard); i++)
		for (size_t j = 0; j < COUNT(hard); j++)
			for (size_t k = 0; k < COUNT(hard); k++) {
				real left[2] = {1, hard[i]}, right[2][NN_LANES], found[NN_LANES];
				real once = plain_sum(true, 2, left, 1, (const real[]){hard[k], hard[j]}, 1, 0);
				for (int lane = 0; lane < NN_LANES; lane++) {
					right[0][lane] = hard[k];
					right[1][lane] = hard[j];
				}
				kernels->product(&(struct product){
					.fused = true,
					.rows = 1,
					.columns = NN_LANES,
					.inner = 2,
					.a = left,
					.a_row = 2,
					.a_inner = 1,
					.b = right[0],
					.b_row = NN_LANES,
					.c = found,
					.c_row = NN_LANES,
				});
				for (int lane = 0; lane < NN_LANES; lane++)
					if (isnan(once))
						assert_true(isnan(found[lane]));
					else
						assert_bits(&found[lane], &once, 1, kernels->name);
			}
}

static void fused_products_are_rounded_once(void **state)
{
	(void)state;
	walk(check_fused);
}

/* Blocks of rows and of columns, cut anywhere. */
static void check_cuts(const struct kernels *kernels)
{
	enum { ROWS = 29, INNER = 13, WIDTH = 5 * NN_LANES };
	static real whole[ROWS * WIDTH], parts[ROWS * WIDTH];
	const struct product all = {.fused = true,
		.rows = ROWS,
		.columns = WIDTH,
		.inner = INNER,
		.a = factor_a,
		.a_row = INNER,
		.a_inner = 1,
		.b = factor_b,
		.b_row = WIDTH,
		.factor = scale_c,
		.c = whole,
		.c_row = WIDTH};
	kernels->product(&all);
	for (int row = 0; row <= ROWS; row++)
		for (int column = 0; column <= WIDTH; column += NN_LANES) {
			memset(parts, 0, sizeof(parts));
			for (int part = 0; part < 4; part++) {
				int m = part & 1 ? row : 0, n = part & 2 ? column : 0;
				struct product piece = all;
				piece.rows = part & 1 ? ROWS - row : row;
				piece.columns = part & 2 ? WIDTH - column : column;
				piece.a += m * INNER;
				piece.b += n;
				piece.factor += m * WIDTH + n;
				piece.c = parts + m * WIDTH + n;
				kernels->product(&piece);
			}
			assert_bits(parts, whole, COUNT(parts), kernels->name);
		}
}

static void cutting_a_product_changes_nothing(void **state)
{
	(void)state;
	walk(check_cuts);
}

static void check_transposed_cuts(const struct kernels *kernels)
{
	enum { ROWS = 17, COLUMNS = 39, INNER = 3 * NN_LANES };
	static real whole[ROWS * COLUMNS], parts[ROWS * COLUMNS], sums[ROWS];
	const struct product all = {.fused = true,
		.rows = ROWS,
		.columns = COLUMNS,
		.inner = INNER,
		.a = factor_a,
		.a_row = INNER,
		.a_inner = 1,
		.b = factor_b,
		.b_row = INNER,
		.add = true,
		.c = whole,
		.c_row = COLUMNS,
		.sums = sums};
	memset(whole, 0, sizeof(whole));
	kernels->product_transposed(&all);
	for (int row = 0; row <= ROWS; row++)
		for (int column = 0; column <= COLUMNS; column++) {
			memset(parts, 0, sizeof(parts));
			for (int part = 0; part < 4; part++) {
				int m = part & 1 ? row : 0, n = part & 2 ? column : 0;
				struct product piece = all;
				piece.rows = part & 1 ? ROWS - row : row;
				piece.columns = part & 2 ? COLUMNS - column : column;
				piece.a += m * INNER;
				piece.b += n * INNER;
				piece.c = parts + m * COLUMNS + n;
				kernels->product_transposed(&piece);
			}
			assert_bits(parts, whole, COUNT(parts), kernels->name);
		}
}

static void cutting_a_transposed_product_changes_nothing(void **state)
{
	(void)state;
	walk(check_transposed_cuts);
}

/* Partial sums, joined by halves. */
static double joined_double(double lane[NN_LANES])
{
	for (int half = NN_LANES / 2; half > 0; half /= 2)
		for (int i = 0; i < half; i++)
			lane[i] += lane[i + half];
	return lane[0];
}

/* Adds n values to sums in lanes. */
static void add_part(
	const real *x, size_t n, bool absolute, double sum[NN_LANES], double square[NN_LANES])
{
	double part[NN_LANES] = {0}, squares[NN_LANES] = {0};
	for (size_t i = 0; i < n; i++) {
		double v = x[i];
		part[i % NN_LANES] += absolute ? fabs(v) : v;
		squares[i % NN_LANES] += v * v;
	}
	for (int lane = 0; lane < NN_LANES; lane++) {
		sum[lane] += part[lane];
		square[lane] += squares[lane];
	}
}

static void check_moments(const struct kernels *kernels)
{
	static real x[COLUMNS_MAX], y[COLUMNS_MAX];
	draw(x, COUNT(x), 6);
	draw(y, COUNT(y), 7);
	x[3] = 0;
	for (size_t n = 0; n <= COUNT(x); n++) {
		struct moments sums = {.sum = {0}}, sizes = {.sum = {0}};
		double of_y[NN_LANES] = {0}, distance[NN_LANES] = {0};
		uint32_t zero = 0, small = 0, zeros = 0, smalls = 0;
		for (size_t i = 0; i < n; i++) {
			double d = (double)x[i] - (double)y[i];
			of_y[i % NN_LANES] += (double)y[i] * (double)y[i];
			distance[i % NN_LANES] += d * d;
			zeros += x[i] == 0;
			smalls += fabs((double)x[i]) < 0.5;
		}
		/* in two parts of any length */
		size_t first = n / 3;
		add_part(x, first, false, sums.sum, sums.squares);
		add_part(x + first, n - first, false, sums.sum, sums.squares);
		add_part(x, n, true, sizes.sum, sizes.squares);
		struct moments found = {.sum = {0}}, absolute = {.sum = {0}};
		double squares = 1, apart = 2;

		kernels->moments->moments(first, x, &found);
		kernels->moments->moments(n - first, x + first, &found);
		kernels->moments->absolute_moments(n, x, &absolute);
		kernels->moments->distance_squares(n, x, y, &squares, &apart);
		assert_memory_equal(&found, &sums, sizeof(sums));
		assert_memory_equal(&absolute, &sizes, sizeof(sizes));
		assert_true(squares == 1 + lanes_joined(of_y));
		assert_true(apart == 2 + lanes_joined(distance));
		assert_true(lanes_joined(sums.sum) == joined_double(sums.sum));
		kernels->moments->count_small(n, x, (real)0.5, &zero, &small);
		assert_int_equal(zero, zeros);
		assert_int_equal(small, smalls);
	}
}

static void moments_are_sums_in_lanes(void **state)
{
	(void)state;
	walk(check_moments);
}

static void check_histogram(const struct kernels *kernels)
{
	enum { BINS = 8 };
	static const real values[] = {-5, -4, (real)-3.5, 0, (real)3.9, 4, 1e30f, (real)-INFINITY,
		(real)INFINITY, (real)NAN, -1, 1, 2, 3, (real)-0.0, (real)0.5, (real)0.25};
	static const uint64_t expects[BINS + 3] = {2, 2, 0, 0, 1, 4, 1, 1, 2, 3, 1};
	uint64_t count[BINS + 3] = {0};
	kernels->moments->count_bins(COUNT(values), values, -4, 4, BINS, count);
	assert_memory_equal(count, expects, sizeof(count));
}

static void histograms_count_every_value_once(void **state)
{
	(void)state;
	walk(check_histogram);
}

static void check_vectors(const struct kernels *kernels)
{
	static real x[STRIDE_MAX], y[STRIDE_MAX], product[STRIDE_MAX], scaled[STRIDE_MAX];
	draw(x, STRIDE_MAX, 4);
	for (size_t n = 0; n <= 70; n++) {
		draw(y, STRIDE_MAX, 5);
		memcpy(product, y, sizeof(y));
		memcpy(scaled, y, sizeof(y));
		for (size_t i = 0; i < n; i++) {
			volatile real part = (real)0.7 * y[i];

			product[i] = y[i] * x[i];
			scaled[i] = part + x[i];
		}
		kernels->multiply(n, x, y, y);
		assert_bits(y, product, STRIDE_MAX, "multiply");
		draw(y, STRIDE_MAX, 5);
		kernels->scale_add(n, (real)0.7, x, y);
		assert_bits(y, scaled, STRIDE_MAX, "scale_add");
	}
}

static void vectors_of_any_length_are_exact(void **state)
{
	(void)state;
	walk(check_vectors);
}

static void check_peak(const struct kernels *kernels)
{
	uint64_t multiply_adds = 0;
	real sums = kernels->fma_peak(3, &multiply_adds);
	assert_true(sums >= 1);
	assert_true((double)multiply_adds == 3.0 * FMA_PEAK_ROUND * (double)sums);
}

static void the_peak_counts_what_it_computes(void **state)
{
	(void)state;
	walk(check_peak);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(products_are_sums_in_ascending_order),
		cmocka_unit_test(transposed_products_are_sums_in_the_order_stated),
		cmocka_unit_test(fused_products_are_rounded_once),
		cmocka_unit_test(cutting_a_product_changes_nothing),
		cmocka_unit_test(cutting_a_transposed_product_changes_nothing),
		cmocka_unit_test(moments_are_sums_in_lanes),
		cmocka_unit_test(histograms_count_every_value_once),
		cmocka_unit_test(vectors_of_any_length_are_exact),
		cmocka_unit_test(the_peak_counts_what_it_computes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
