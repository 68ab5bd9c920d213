/* The products of a convolution: what a kernel sees of a map is found where it lies, and every sum
 * has its order to the last bit, in every build and shape. Built for float and for double. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/kernels.h"
#include "nn/rng.h"

#include "variants.h"

enum { CHANNELS_MAX = 40, SIDE_MAX = 9, KERNEL_MAX = 5, ROWS_MAX = 27, SAMPLES_MAX = 48 };

/* A map [channels][height][width][stride] and what sees it: [rows] kernels, at `lines` x `places`
 * places. */
struct scene {
	int channels, height, width, stride, kernel, rows, lines, places, taps;
	bool fused;
	real *map, *kernels; /* [rows][taps] */
	real *seen;          /* [taps][lines][places][stride], copied together */
	real *delta;         /* [rows][lines][places][stride] */
};

static real *numbers(size_t n, uint64_t index)
{
	real *values = malloc(n * sizeof(*values));
	assert_non_null(values);
	draw(values, n, index);
	return values;
}

static int at_most(struct rng *rng, int most)
{
	return 1 + (int)rng_below(rng, (uint32_t)most);
}

static struct scene draw_scene(struct rng *rng, uint64_t index)
{
	struct scene s = {.channels = at_most(rng, index % 7 ? 5 : CHANNELS_MAX),
		.stride = NN_LANES * at_most(rng, SAMPLES_MAX / NN_LANES),
		.kernel = at_most(rng, KERNEL_MAX),
		.rows = at_most(rng, ROWS_MAX),
		.fused = rng_below(rng, 2)};
	s.lines = at_most(rng, SIDE_MAX);
	s.places = at_most(rng, SIDE_MAX);
	s.height = s.lines + s.kernel - 1;
	s.width = s.places + s.kernel - 1;
	s.taps = s.channels * s.kernel * s.kernel;
	size_t all = (size_t)s.lines * s.places * s.stride;
	s.map = numbers((size_t)s.channels * s.height * s.width * s.stride, 4 * index);
	s.kernels = numbers((size_t)s.rows * s.taps, 4 * index + 1);
	s.seen = numbers(s.taps * all, 0);
	s.delta = numbers(s.rows * all, 4 * index + 2);
	for (int k = 0; k < s.taps; k++)
		for (size_t i = 0; i < all; i++) {
			int n = (int)(i % s.stride), x = (int)(i / s.stride) % s.places;
			int y = (int)(i / s.stride) / s.places;
			int channel = k / (s.kernel * s.kernel), tap = k % (s.kernel * s.kernel);
			int line = y + tap / s.kernel, place = x + tap % s.kernel;
			s.seen[k * all + i] =
				s.map[((size_t)(channel * s.height + line) * s.width + place) * s.stride + n];
		}
	return s;
}

static void free_scene(const struct scene *s)
{
	free(s->map);
	free(s->kernels);
	free(s->seen);
	free(s->delta);
}

static void assert_bits(const real *a, const real *b, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(a + i, b + i, sizeof(*a)) != 0)
			fail_msg("%s: value %zu is %.17g, expected %.17g", what, i, (double)a[i], (double)b[i]);
}

static void walk(void (*check)(const struct kernels *kernels, const struct scene *scene))
{
	struct rng rng = rng_stream(11, "scenes", 0);
	int seen = 0;
	for (uint64_t i = 1; i <= 120; i++) {
		const struct scene scene = draw_scene(&rng, i);
		for (size_t v = 0; v < COUNT(variants); v++)
			if (kernels_find(variants[v])) {
				check(kernels_find(variants[v]), &scene);
				seen++;
			}
		free_scene(&scene);
	}
	assert_true(seen > 0);
}

/* ---- the way out ---- */

/* A line of the map at a time, against the same product of what was copied together. */
static void check_product(const struct kernels *kernels, const struct scene *s)
{
	size_t row = (size_t)s->lines * s->places * s->stride, line = (size_t)s->places * s->stride;
	real *found = numbers(s->rows * row, 1), *expected = numbers(s->rows * row, 2);
	struct product product = {
		.fused = s->fused,
		.rows = s->rows,
		.inner = s->taps,
		.a = s->kernels,
		.a_row = s->taps,
		.a_inner = 1,
		.start = s->delta,
		.c_row = (ptrdiff_t)row,
		.factor = s->rows % 2 ? s->delta : NULL,
	};
	struct product copied = product;
	copied.columns = (int)row;
	copied.b = s->seen;
	copied.b_row = (ptrdiff_t)row;
	copied.c = expected;
	kernels->product(&copied);
	product.columns = (int)line;
	product.kernel = s->kernel;
	product.b_place = s->stride;
	product.b_line = (ptrdiff_t)s->width * s->stride;
	product.b_row = s->height * product.b_line;
	for (int y = 0; y < s->lines; y++) {
		product.b = s->map + y * product.b_line;
		product.c = found + y * line;
		product.factor = copied.factor ? copied.factor + y * line : NULL;
		kernels->product(&product);
	}
	assert_bits(found, expected, s->rows * row, kernels->name);
	free(found);
	free(expected);
}

static void a_kernel_sees_the_map_where_it_lies(void **state)
{
	(void)state;
	walk(check_product);
}

/* ---- the gradient of kernels ---- */

/* Sum of the products of two rows, or of one: in NN_LANES partial sums, joined by halves. */
static real sum_in_lanes(size_t n, bool fused, const real *a, const real *b)
{
	volatile real lane[NN_LANES] = {0};
	for (size_t i = 0; i < n; i++) {
		volatile real product = b ? a[i] * b[i] : a[i];
		volatile real *to = &lane[i % NN_LANES];
#ifdef NN_DOUBLE
		(void)fused;
		*to = *to + product;
#else
		*to = fused && b ? fmaf(a[i], b[i], *to) : *to + product;
#endif
	}
	for (int half = NN_LANES / 2; half > 0; half /= 2)
		for (int i = 0; i < half; i++)
			lane[i] += lane[i + half];
	return lane[0];
}

static struct correlation correlation_of(const struct scene *s, real *found, real *sums)
{
	ptrdiff_t line = (ptrdiff_t)s->width * s->stride;
	return (struct correlation){
		.fused = s->fused,
		.rows = s->rows,
		.channels = s->channels,
		.kernel = s->kernel,
		.lines = s->lines,
		.places = 1,
		.length = s->places * s->stride,
		.place = s->stride,
		.a = s->delta,
		.a_row = (ptrdiff_t)s->lines * s->places * s->stride,
		.a_line = (ptrdiff_t)s->places * s->stride,
		.b = s->map,
		.b_row = s->height * line,
		.b_line = line,
		.c = found,
		.sums = sums,
	};
}

static void check_correlation(const struct kernels *kernels, const struct scene *s)
{
	size_t row = (size_t)s->lines * s->places * s->stride, entries = (size_t)s->rows * s->taps;
	real *found = numbers(entries, 1), *expected = numbers(entries, 1);
	real sums[ROWS_MAX] = {0}, expected_sums[ROWS_MAX] = {0};
	const struct correlation lines = correlation_of(s, found, sums);
	kernels->correlate(&lines);
	for (int m = 0; m < s->rows; m++) {
		const real *a = s->delta + m * row;
		for (int k = 0; k < s->taps; k++)
			expected[m * s->taps + k] += sum_in_lanes(row, s->fused, a, s->seen + k * row);
		expected_sums[m] += sum_in_lanes(row, false, a, NULL);
	}
	assert_bits(found, expected, entries, kernels->name);
	assert_bits(sums, expected_sums, (size_t)s->rows, kernels->name);

	/* place by place, as where a batch is cut, it comes to the same */
	struct correlation places = lines;
	places.places = s->places;
	places.length = s->stride;
	draw(found, entries, 1);
	memset(sums, 0, sizeof(sums));
	kernels->correlate(&places);
	assert_bits(found, expected, entries, kernels->name);
	assert_bits(sums, expected_sums, (size_t)s->rows, kernels->name);
	free(found);
	free(expected);
}

static void gradients_of_kernels_are_sums_in_lanes(void **state)
{
	(void)state;
	walk(check_correlation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_sees_the_map_where_it_lies),
		cmocka_unit_test(gradients_of_kernels_are_sums_in_lanes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
