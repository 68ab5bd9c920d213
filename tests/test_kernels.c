/* The loops that take the time: sums in the documented order to the last bit, whatever the
 * build, the shape and the cuts; norms against their formulas. Built for float and, with
 * NN_DOUBLE, for double. */
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

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#ifdef NN_DOUBLE
static const char *const variants[] = {"double"};
#define REAL_EPSILON DBL_EPSILON
#else
static const char *const variants[] = {"baseline", "avx2", "avx512"};
#define REAL_EPSILON FLT_EPSILON
#endif

enum { UNITS_MAX = 23, STRIDE_MAX = 80, VALUES = UNITS_MAX * STRIDE_MAX };

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

static void draw(real *values, size_t n, uint64_t index)
{
	struct rng rng = rng_stream(11, "kernels", index);
	for (size_t i = 0; i < n; i++)
		values[i] = (real)rng_normal(&rng);
}

static void assert_bits(const real *a, const real *b, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(a + i, b + i, sizeof(*a)) != 0)
			fail_msg("%s: value %zu is %.17g, expected %.17g", what, i, (double)a[i], (double)b[i]);
}

/* The sum that every build must come to: k ascending from 0, RUN terms at a time, each run added
 * to what is there; product and sum rounded together if fused, else apart. In double, which no
 * two machines compare, never together. */
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
	bool fused, turned; /* a as it lies in memory, or seen as its transpose */
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

/* Where rounding once and rounding twice differ: halves between two floats, sums that cancel,
 * huge and tiny terms, infinities. */
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

/* What a part of n values adds to sums in lanes. */
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

/* ---- norms ---- */

/* A layer and all that a norm reads and writes of it, so that two can be compared as bytes. */
struct layer {
	real x[VALUES], normalized[VALUES], y[VALUES], gradient[VALUES];
	real gamma[UNITS_MAX], beta[UNITS_MAX], gamma_gradient[UNITS_MAX], beta_gradient[UNITS_MAX];
	real running_mean[UNITS_MAX], running_variance[UNITS_MAX];
	real inverse[UNITS_MAX + STRIDE_MAX];
};

static struct norm_work work_of(struct layer *layer, int units, int rows)
{
	return (struct norm_work){
		.units = units,
		.rows = rows,
		.stride = (rows + NN_LANES - 1) / NN_LANES * NN_LANES,
		.epsilon = (real)1e-5,
		.gamma = layer->gamma,
		.beta = layer->beta,
		.inv_std = layer->inverse,
		.running_mean = layer->running_mean,
		.running_variance = layer->running_variance,
		.momentum = (real)0.1,
		.update_running = true,
	};
}

static void draw_layer(struct layer *layer)
{
	memset(layer, 0, sizeof(*layer));
	draw(layer->x, VALUES, 6);
	draw(layer->gradient, VALUES, 7);
	draw(layer->gamma, UNITS_MAX, 8);
	draw(layer->beta, UNITS_MAX, 9);
	for (int i = 0; i < UNITS_MAX; i++) {
		layer->running_mean[i] = (real)(0.1 * i);
		layer->running_variance[i] = (real)(1 + 0.1 * i);
	}
}

static void run_norm(
	const struct normalization *norm, struct layer *layer, int units, int rows, bool evaluate)
{
	struct norm_work work = work_of(layer, units, rows);
	work.evaluate = evaluate;
	norm->forward(&work, layer->x, layer->normalized, layer->y);
	if (!evaluate)
		norm->backward(
			&work, layer->normalized, layer->gradient, layer->gamma_gradient, layer->beta_gradient);
}

static void norms_give_the_same_bits_in_every_build(void **state)
{
	static const int units[] = {1, 3, 16, 23}, rows[] = {2, 7, 15, 16, 17, 33, 80};
	static struct layer first, other;
	const struct normalization_table *table = kernels_find(variants[0])->normalizations;
	(void)state;
	for (size_t v = 1; v < COUNT(variants); v++)
		for (int i = 0; i < table->count; i++)
			for (size_t k = 0; k < COUNT(units) * COUNT(rows) * 2; k++) {
				int u = units[k / 2 % COUNT(units)], r = rows[k / 2 / COUNT(units)];
				const struct kernels *kernels = kernels_find(variants[v]);
				if (!kernels || !table->row[i].forward)
					continue;
				draw_layer(&first);
				draw_layer(&other);
				run_norm(&table->row[i], &first, u, r, k % 2);
				run_norm(&kernels->normalizations->row[i], &other, u, r, k % 2);
				assert_memory_equal(&first, &other, sizeof(first));
			}
}

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
		fail_msg("%.17g instead of %.17g", value, expected);
}

/* Mean and biased variance of the values that one norm takes together. */
static void moments(const real *x, int n, ptrdiff_t step, double *mean, double *variance)
{
	*mean = *variance = 0;
	for (int i = 0; i < n; i++)
		*mean += (double)x[i * step] / n;
	for (int i = 0; i < n; i++)
		*variance += (x[i * step] - *mean) * (x[i * step] - *mean) / n;
}

/* What a norm takes the mean and the variance of. */
static const struct norm_fact {
	const char *name;
	bool normalizes, of_the_batch; /* a unit over the samples; or else a sample over the units */
} norm_facts[] = {
	{"none", false, false},
	{"batch", true, true},
	{"layer", true, false},
};

static const struct norm_fact *norm_fact_of(const struct normalization *norm)
{
	for (size_t i = 0; i < COUNT(norm_facts); i++)
		if (strcmp(norm_facts[i].name, norm->name) == 0)
			return &norm_facts[i];
	fail_msg("%s has no facts in this test: add to norm_facts[] what it normalizes", norm->name);
	return NULL;
}

static void check_norm_values(const struct normalization *norm, int units, int rows)
{
	static struct layer layer, before;
	const struct norm_fact *fact = norm_fact_of(norm);
	draw_layer(&layer);
	before = layer;
	run_norm(norm, &layer, units, rows, false);
	struct norm_work work = work_of(&layer, units, rows);
	int stride = work.stride;

	for (int unit = 0; unit < units; unit++)
		for (int i = 0; i < rows; i++) {
			double mean, variance;
			size_t at = (size_t)unit * stride + i;
			if (fact->of_the_batch)
				moments(before.x + (size_t)unit * stride, rows, 1, &mean, &variance);
			else
				moments(before.x + i, units, stride, &mean, &variance);
			double expected = (before.x[at] - mean) / sqrt(variance + (double)work.epsilon);

			assert_near(layer.normalized[at], expected, 8 * REAL_EPSILON);
			assert_near(
				layer.y[at], layer.gamma[unit] * expected + layer.beta[unit], 16 * REAL_EPSILON);
			if (!fact->of_the_batch || i > 0)
				continue;
			assert_near(layer.running_mean[unit], 0.9 * before.running_mean[unit] + 0.1 * mean,
				4 * REAL_EPSILON);
			assert_near(layer.running_variance[unit],
				0.9 * before.running_variance[unit] + 0.1 * variance * rows / (rows - 1),
				4 * REAL_EPSILON);
		}
}

static void norms_follow_their_formulas(void **state)
{
	const struct normalization *norm;
	(void)state;
	for (int i = 0; (norm = normalization_at(i)); i++) {
		if ((norm->forward != NULL) != norm_fact_of(norm)->normalizes)
			fail_msg("%s: forward is %s", norm->name, norm->forward ? "there" : "missing");
		for (int rows = 2; rows <= 40 && norm->forward; rows += 7)
			check_norm_values(norm, 9, rows);
	}
}

static void batch_norm_evaluates_by_its_running_statistics(void **state)
{
	static struct layer layer;
	const struct normalization *norm = normalization_at(1);
	(void)state;
	assert_string_equal(norm->name, "batch");
	draw_layer(&layer);
	run_norm(norm, &layer, 5, 1, true);
	for (int unit = 0; unit < 5; unit++)
		assert_near(layer.normalized[unit * NN_LANES],
			(layer.x[unit * NN_LANES] - 0.1 * unit) / sqrt(1 + 0.1 * unit + 1e-5),
			8 * REAL_EPSILON);
}

/* Columns that only fill the last lanes must not reach any gradient. */
static void norms_clear_the_gradient_of_padding(void **state)
{
	static struct layer layer;
	const struct normalization *norm;
	(void)state;
	for (int i = 0; (norm = normalization_at(i)); i++)
		for (int rows = 2; rows < NN_LANES && norm->forward; rows++) {
			draw_layer(&layer);
			run_norm(norm, &layer, 4, rows, false);
			for (int unit = 0; unit < 4; unit++)
				for (int k = rows; k < NN_LANES; k++)
					assert_true(layer.gradient[unit * NN_LANES + k] == 0);
		}
}

/* ---- optimizers ---- */

enum { LENGTH_MAX = 70 };

struct vectors {
	real w[LENGTH_MAX], g[LENGTH_MAX], slot[OPTIMIZER_SLOTS_MAX][LENGTH_MAX];
};

/* The forms of a row: Keras's, PyTorch's, and that with dampening. */
enum { FORMS = 3 };

static void take_steps(
	const struct optimizer *optimizer, int form, size_t n, bool alone, struct vectors *v)
{
	const struct optimizer_choice choice = {.optimizer = optimizer->name,
		.pytorch = form > 0,
		.rate = 0.05,
		.momentum = 0.9,
		.decay = 0.01,
		.dampening = form > 1 ? 0.3 : 0};
	size_t length = alone ? 1 : n;
	memset(v, 0, sizeof(*v));
	draw(v->w, LENGTH_MAX, 10);
	for (int t = 1; t <= 3; t++) {
		struct optimizer_step step = optimizer_step_prepare(optimizer, &choice, t);
		draw(v->g, LENGTH_MAX, 10 + (uint64_t)t);
		for (size_t at = 0; at < n; at += length)
			step.take(&step, length, v->w + at, v->g + at, v->slot[0] + at, v->slot[1] + at,
				v->slot[2] + at);
	}
}

static void steps_give_the_same_bits_in_every_build_and_length(void **state)
{
	static struct vectors expected, found;
	const struct optimizer_table *table = kernels_find(variants[0])->optimizers;
	(void)state;
	for (size_t v = 0; v < COUNT(variants); v++)
		for (int i = 0; i < FORMS * table->count; i++)
			for (size_t n = 1; n <= LENGTH_MAX; n++) {
				const struct kernels *kernels = kernels_find(variants[v]);
				if (!kernels)
					continue;
				take_steps(&table->row[i / FORMS], i % FORMS, n, true, &expected);
				take_steps(&kernels->optimizers->row[i / FORMS], i % FORMS, n, false, &found);
				assert_memory_equal(&expected, &found, sizeof(expected));
			}
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
		cmocka_unit_test(norms_give_the_same_bits_in_every_build),
		cmocka_unit_test(norms_follow_their_formulas),
		cmocka_unit_test(batch_norm_evaluates_by_its_running_statistics),
		cmocka_unit_test(norms_clear_the_gradient_of_padding),
		cmocka_unit_test(steps_give_the_same_bits_in_every_build_and_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
