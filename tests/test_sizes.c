/* Sizes that do not fit stay SIZE_MAX; all others are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../src/nn/sizes.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void sums_and_products_saturate(void **state)
{
	const size_t most = SIZE_MAX, half = SIZE_MAX / 2;
	const struct {
		size_t a, b, sum, product;
	} cases[] = {
		{0, 0, 0, 0},
		{2, 3, 5, 6},
		{most, 0, most, most},
		{0, most, most, most},
		{most, 1, most, most},
		{1, most, most, most},
		{most - 1, 0, most - 1, 0},
		{most - 1, 1, most, most - 1},
		{most - 2, 1, most - 1, most - 2},
		{most - 2, 3, most, most},
		{half, 2, half + 2, most - 1},
		{2, half, half + 2, most - 1},
		{half + 1, 2, half + 3, most},
		{2, half + 1, half + 3, most},
		{most / 3, 3, most / 3 + 3, most},
		{most / 5 - 1, 5, most / 5 + 4, most - 5},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(checked_add(cases[i].a, cases[i].b) == cases[i].sum);
		assert_true(checked_multiply(cases[i].a, cases[i].b) == cases[i].product);
	}
}

static void padding_goes_up_to_whole_vectors(void **state)
{
	const size_t lanes = NN_LANES, last = SIZE_MAX - (lanes - 1);
	(void)state;
	assert_true(padded(0) == 0);
	for (size_t i = 1; i <= lanes; i++) {
		assert_true(padded(i) == lanes);
		assert_true(padded(lanes + i) == 2 * lanes);
	}
	assert_true(padded(last - 1) == SIZE_MAX - (2 * lanes - 1) + lanes);
	assert_true(padded(last + 1) == SIZE_MAX);
	assert_true(padded(SIZE_MAX) == SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_and_products_saturate),
		cmocka_unit_test(padding_goes_up_to_whole_vectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
