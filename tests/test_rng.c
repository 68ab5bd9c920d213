/* Random numbers: streams frozen for ever, independent of each other, and of the
 * distributions they claim. The seeds are fixed, so the statistical limits (5 standard
 * deviations) either hold or do not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nn/rng.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { DRAWS = 200000 };

/* Calculated from the published definitions in another language. */
static const struct frozen {
	uint64_t seed;
	const char *purpose;
	uint64_t index;
	uint64_t first[8];
} frozen[] = {
	{1, "weights", 0,
		{UINT64_C(0xfebd6e24c153e101), UINT64_C(0xa077bff044009540), UINT64_C(0x45a87bbf5666a0c1),
			UINT64_C(0xbc14001bead14803), UINT64_C(0x49d939c7e4fa02c6),
			UINT64_C(0x85791c5395e8a96f), UINT64_C(0xd360431b6b57dca0),
			UINT64_C(0x2258e0635221e149)}},
	{1, "weights", 1,
		{UINT64_C(0x94efba99207106af), UINT64_C(0x78bf07b6a96f05c8), UINT64_C(0xcf443bcea33f8381),
			UINT64_C(0xa5cd5c7cfdb6b242), UINT64_C(0x119f86200e25a021),
			UINT64_C(0xdc525386d80cfb32), UINT64_C(0x4c5f1177972281dd),
			UINT64_C(0x0bdfab0d5d98d776)}},
	{1, "shuffle", 0,
		{UINT64_C(0xf5ce33abd52441dc), UINT64_C(0x930009b70b372974), UINT64_C(0x5a2bb383e2c5d024),
			UINT64_C(0x1060ebd67ab3c063), UINT64_C(0x59a91041d371fd4c),
			UINT64_C(0x0ba1661b984a66a6), UINT64_C(0x6fd4c8a77f6b9869),
			UINT64_C(0x117cce035cf75bb2)}},
	{2, "weights", 0,
		{UINT64_C(0x6410216f736debbb), UINT64_C(0x96f5e2ae01bfb5ea), UINT64_C(0x198c7ae8735f155e),
			UINT64_C(0x155e58bcdfc0cdc2), UINT64_C(0x51f974258180dd30),
			UINT64_C(0x651f891cf424431a), UINT64_C(0x80e70f0d2ddcbd0a),
			UINT64_C(0x8e06c358a021e23a)}},
	{UINT64_MAX, "data", UINT64_C(1) << 40,
		{UINT64_C(0x3695c19a39ca70c2), UINT64_C(0x7a297a6a32552df8), UINT64_C(0xdc1e873674ad566a),
			UINT64_C(0xb5bd258301601e2a), UINT64_C(0xb74ae49c48668009),
			UINT64_C(0x875f3f16399ed6bd), UINT64_C(0x6733b9108a1243de),
			UINT64_C(0xa78af8a531ace5f0)}},
};

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.9g instead of %.9g", value, expected);
}

/* Neither too uneven for chance nor too even. */
static void assert_uniform(const uint32_t *counts, size_t bins)
{
	double total = 0, chi_square = 0, freedom = (double)bins - 1;
	for (size_t i = 0; i < bins; i++)
		total += counts[i];
	for (size_t i = 0; i < bins; i++) {
		double off = counts[i] - total / (double)bins;
		chi_square += off * off / (total / (double)bins);
	}
	assert_near(chi_square, freedom, 5 * sqrt(2 * freedom));
}

static void streams_stay_as_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(frozen); i++) {
		const struct frozen *f = &frozen[i];
		struct rng rng = rng_stream(f->seed, f->purpose, f->index);
		for (size_t k = 0; k < COUNT(f->first); k++)
			if (rng_next(&rng) != f->first[k])
				fail_msg("number %zu of %s %d", k, f->purpose, (int)f->index);
	}
}

/* The first outputs for this state are published with other implementations. */
static void the_generator_is_xoshiro256_star_star(void **state)
{
	static const uint64_t published[] = {
		11520,
		0,
		1509978240,
		UINT64_C(1215971899390074240),
		UINT64_C(1216172134540287360),
		UINT64_C(607988272756665600),
	};
	struct rng rng = {{1, 2, 3, 4}};
	(void)state;
	for (size_t i = 0; i < COUNT(published); i++)
		assert_true(rng_next(&rng) == published[i]);
}

static void every_name_has_its_own_stream(void **state)
{
	static const struct name {
		uint64_t seed;
		const char *purpose;
		uint64_t index;
	} names[] = {
		{0, "", 0},
		{0, "", 1},
		{1, "", 0},
		{0, "a", 0},
		{0, "a", 'b'},
		{0, "ab", 0},
		{0, "ba", 0},
		{'a', "", 0},
		{0, "", 'a'},
		{0, "a", 1},
		{1, "a", 0},
		{UINT64_C(1) << 63, "a", 0},
		{0, "a", UINT64_C(1) << 63},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct rng one = rng_stream(names[i].seed, names[i].purpose, names[i].index);
		for (size_t k = 0; k < COUNT(names); k++) {
			const struct name *n = &names[k];
			struct rng two = rng_stream(n->seed, n->purpose, n->index);
			int equal = 0;
			for (int word = 0; word < 4; word++)
				equal += one.state[word] == two.state[word];
			assert_int_equal(equal, i == k ? 4 : 0);
		}
	}
}

static double correlation(struct rng one, struct rng two)
{
	double sum = 0;
	for (int i = 0; i < DRAWS; i++)
		sum += (rng_uniform(&one) - 0.5) * (rng_uniform(&two) - 0.5);
	return 12 * sum / DRAWS;
}

static void neighbouring_streams_are_uncorrelated(void **state)
{
	const double limit = 5 / sqrt(DRAWS);
	struct rng base = rng_stream(1, "weights", 0), later = base;
	(void)state;
	rng_next(&later);
	assert_near(correlation(base, base), 1, 0.01);
	assert_near(correlation(base, later), 0, limit);
	assert_near(correlation(base, rng_stream(1, "weights", 1)), 0, limit);
	assert_near(correlation(base, rng_stream(2, "weights", 0)), 0, limit);
	assert_near(correlation(base, rng_stream(1, "shuffle", 0)), 0, limit);
}

/* Over the first number of many streams, where a weak hash would show. */
static void first_numbers_of_streams_are_uniform(void **state)
{
	uint32_t by_index[64] = {0}, by_seed[64] = {0};
	(void)state;
	for (uint64_t i = 0; i < 20000; i++) {
		struct rng one = rng_stream(1, "shuffle", i), two = rng_stream(i, "data", 0);
		by_index[(int)(rng_uniform(&one) * 64)]++;
		by_seed[(int)(rng_uniform(&two) * 64)]++;
	}
	assert_uniform(by_index, COUNT(by_index));
	assert_uniform(by_seed, COUNT(by_seed));
}

static void uniform_numbers_fill_the_unit_interval_evenly(void **state)
{
	struct rng rng = rng_stream(7, "test", 0);
	uint32_t counts[100] = {0};
	double sum = 0, squares = 0;
	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		double u = rng_uniform(&rng);
		assert_true(u >= 0 && u < 1);
		counts[(int)(u * 100)]++;
		sum += u;
		squares += u * u;
	}
	assert_uniform(counts, COUNT(counts));
	assert_near(sum / DRAWS, 0.5, 5 * sqrt(1.0 / 12 / DRAWS));
	assert_near(squares / DRAWS, 1.0 / 3, 5 * sqrt(4.0 / 45 / DRAWS));
}

static void uniform_numbers_use_53_bits(void **state)
{
	struct rng rng = rng_stream(7, "test", 1);
	uint64_t seen = 0;
	(void)state;
	for (int i = 0; i < 1000; i++) {
		double scaled = rng_uniform(&rng) * 0x1p53;
		assert_true(scaled == floor(scaled));
		seen |= (uint64_t)scaled;
	}
	assert_true(seen == (UINT64_C(1) << 53) - 1);
}

static void between_includes_the_lower_end_only(void **state)
{
	static const struct {
		double low, high;
	} ranges[] = {
		{0, 1},
		{-1, 1},
		{2, 5},
		{-0.5, 0.5},
		{1, 1 + 0x1p-52},
		{-1, -1 + 0x1p-53},
		{1e15, 1e15 + 1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(ranges); i++) {
		struct rng rng = rng_stream(7, "test", i);
		double low = ranges[i].low, high = ranges[i].high, sum = 0;
		for (int k = 0; k < 10000; k++) {
			double value = rng_between(&rng, low, high);
			assert_true(value >= low && value < high);
			sum += (value - low) / (high - low) / 10000;
		}
		if (i < 4)
			assert_near(sum, 0.5, 5 * sqrt(1.0 / 12 / 10000));
		assert_true(rng_between(&rng, low, low) == low);
	}
}

static void normal_numbers_have_normal_moments(void **state)
{
	/* E x, E x^2, E x^3, E x^4 and the variances of these means' terms. */
	static const double moments[] = {0, 1, 0, 3}, variances[] = {1, 2, 15, 96};
	struct rng rng = rng_stream(7, "test", 2);
	double sums[4] = {0};
	int within_one = 0, beyond_three = 0;
	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_normal(&rng), power = x;
		for (size_t k = 0; k < COUNT(sums); k++, power *= x)
			sums[k] += power;
		within_one += fabs(x) < 1;
		beyond_three += fabs(x) > 3;
	}
	for (size_t k = 0; k < COUNT(sums); k++)
		assert_near(sums[k] / DRAWS, moments[k], 5 * sqrt(variances[k] / DRAWS));
	assert_near(within_one, 0.682689 * DRAWS, 5 * sqrt(0.2166 * DRAWS));
	assert_near(beyond_three, 0.0026998 * DRAWS, 5 * sqrt(0.0026998 * DRAWS));
}

static void normal_numbers_stay_as_they_are(void **state)
{
	static const double first[] = {
		-0x1.d0a9fa4ea9a78p-1,
		-0x1.d71286f78f88ep+0,
		0x1.86fe646e952b8p-3,
		-0x1.3737a2c7955ecp-1,
	};
	struct rng rng = rng_stream(1, "weights", 0), copy;
	(void)state;
	for (size_t i = 0; i < COUNT(first); i++) {
		double x, y;
		/* A stream is its state: a copy goes on alike, nothing is kept elsewhere. */
		copy = rng;
		x = rng_normal(&rng);
		y = rng_normal(&copy);
		assert_memory_equal(&x, &y, sizeof(x));
		if (memcmp(&x, &first[i], sizeof(x)) != 0)
			fail_msg("normal %zu is %a", i, x);
	}
}

static void below_is_uniform_under_its_bound(void **state)
{
	static const uint32_t bounds[] = {
		1,
		2,
		3,
		7,
		10,
		1000,
		1u << 31,
		(1u << 31) + 1,
		3u << 30,
		UINT32_MAX,
	};
	(void)state;
	for (size_t i = 0; i < COUNT(bounds); i++) {
		struct rng rng = rng_stream(7, "below", i);
		uint32_t bound = bounds[i], bins = bound < 10 ? bound : 10, counts[10] = {0};
		for (int k = 0; k < 20000; k++) {
			uint32_t value = rng_below(&rng, bound);
			assert_true(value < bound);
			counts[(uint64_t)value * bins / bound]++;
		}
		if (bins > 1)
			assert_uniform(counts, bins);
	}
}

/* Without rejection every third value under 3 * 2^30 comes up twice as often. */
static void below_has_no_bias(void **state)
{
	struct rng rng = rng_stream(7, "bias", 0);
	uint32_t counts[3] = {0};
	(void)state;
	for (int i = 0; i < 20000; i++)
		counts[rng_below(&rng, 3u << 30) % 3]++;
	assert_uniform(counts, COUNT(counts));
}

static void shuffle(struct rng *rng, uint32_t *values, uint32_t count)
{
	while (count > 1)
		rng_shuffle_step(rng, values, --count);
}

static void a_shuffle_is_a_permutation(void **state)
{
	(void)state;
	for (uint32_t count = 0; count <= 100; count++) {
		struct rng rng = rng_stream(7, "shuffle", count);
		uint32_t values[101], seen[101] = {0};
		int moved = 0;
		for (uint32_t i = 0; i <= 100; i++)
			values[i] = i;
		shuffle(&rng, values, count);
		for (uint32_t i = 0; i < count; i++) {
			assert_true(values[i] < count);
			assert_int_equal(seen[values[i]]++, 0);
			moved += values[i] != i;
		}
		for (uint32_t i = count; i <= 100; i++)
			assert_int_equal(values[i], i);
		if (count > 10)
			assert_true(moved > (int)count / 2);
	}
}

static void all_orders_come_up_alike(void **state)
{
	struct rng rng = rng_stream(7, "orders", 0);
	uint32_t counts[256] = {0}, packed[24];
	size_t orders = 0;
	(void)state;
	for (int i = 0; i < 24000; i++) {
		uint32_t values[] = {0, 1, 2, 3};
		shuffle(&rng, values, 4);
		counts[values[0] << 6 | values[1] << 4 | values[2] << 2 | values[3]]++;
	}
	for (size_t i = 0; i < COUNT(counts); i++) {
		if (counts[i] > 0) {
			assert_true(orders < COUNT(packed));
			packed[orders++] = counts[i];
		}
	}
	assert_int_equal(orders, 24);
	assert_uniform(packed, orders);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_stay_as_they_are),
		cmocka_unit_test(the_generator_is_xoshiro256_star_star),
		cmocka_unit_test(every_name_has_its_own_stream),
		cmocka_unit_test(neighbouring_streams_are_uncorrelated),
		cmocka_unit_test(first_numbers_of_streams_are_uniform),
		cmocka_unit_test(uniform_numbers_fill_the_unit_interval_evenly),
		cmocka_unit_test(uniform_numbers_use_53_bits),
		cmocka_unit_test(between_includes_the_lower_end_only),
		cmocka_unit_test(normal_numbers_have_normal_moments),
		cmocka_unit_test(normal_numbers_stay_as_they_are),
		cmocka_unit_test(below_is_uniform_under_its_bound),
		cmocka_unit_test(below_has_no_bias),
		cmocka_unit_test(a_shuffle_is_a_permutation),
		cmocka_unit_test(all_orders_come_up_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
