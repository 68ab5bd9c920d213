/* A multiply-add of vectors rounds once, also where the processor has none: as fmaf() does. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../src/nn/vector.h"
#include "nn/rng.h"

static void assert_rounded_once(float a, float b, float c)
{
	vector x = {0}, y = {0}, z = {0};
	for (int i = 0; i < VECTOR; i++) {
		x[i] = i % 2 ? a : 1;
		y[i] = i % 2 ? b : 2;
		z[i] = i % 2 ? c : 3;
	}
	const vector sum = multiply_add(x, y, z);
	for (int i = 0; i < VECTOR; i++) {
		float found = sum[i], expected = i % 2 ? fmaf(a, b, c) : 5;
		if (memcmp(&found, &expected, sizeof(found)) != 0)
			fail_msg("%a * %a + %a is %a, not %a", (double)a, (double)b, (double)c, (double)found,
				(double)expected);
	}
}

/* With all signs. */
static void assert_all_signs(float a, float b, float c)
{
	assert_rounded_once(a, b, c);
	assert_rounded_once(-a, b, c);
	assert_rounded_once(a, b, -c);
	assert_rounded_once(-a, b, -c);
	assert_rounded_once(-a, -b, c);
}

/* The sum is so near the middle between two floats that a double, too, says it is the middle. */
static void ties_are_broken_by_what_a_double_loses(void **state)
{
	static const float above[2] = {0x1.002p0f, 0x1.ffc008p-1f};    /* 1 + 2^-33 */
	static const float below[2] = {0x1.000002p0f, 0x1.fffffcp-1f}; /* 1 - 2^-46 */
	(void)state;
	for (int exponent = -60; exponent <= 60; exponent++)
		for (int last = 0; last < 8; last++) {
			float c = ldexpf(1 + (float)last * 0x1p-23f, exponent);
			float half = ldexpf(1, exponent - 24);
			assert_all_signs(above[0] * half, above[1], c);
			assert_all_signs(below[0] * half, below[1], c);
			assert_all_signs(half, 1, c);
			assert_all_signs(half, 0x1p-40f, c);
			assert_all_signs(half / 2, 1, c);
			assert_all_signs(c, 1, half);
			assert_all_signs(c, c, half);
		}
}

static void random_numbers_are_rounded_once(void **state)
{
	struct rng rng = rng_stream(1, "multiply-add", 0);
	(void)state;
	for (int i = 0; i < 100000; i++) {
		float a = (float)rng_between(&rng, -1, 1), b = (float)rng_between(&rng, -1, 1);
		float c = ldexpf((float)rng_between(&rng, -1, 1), (int)rng_below(&rng, 60) - 40);
		assert_rounded_once(a, b, c);
		assert_rounded_once(a, b, -(a * b));
		assert_rounded_once(a, b, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ties_are_broken_by_what_a_double_loses),
		cmocka_unit_test(random_numbers_are_rounded_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
