/* The median is that of the sorted numbers, whatever their order and however many are equal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../src/lab/median.h"
#include "nn/rng.h"

enum { MOST = 70, ROUNDS = 40 };

static int ascending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static void assert_median(const float *values, size_t n)
{
	float sorted[MOST], work[MOST];
	for (size_t i = 0; i < n; i++)
		sorted[i] = work[i] = values[i];
	qsort(sorted, n, sizeof(sorted[0]), ascending);
	float middle =
		n % 2 ? sorted[n / 2] : (float)(((double)sorted[n / 2 - 1] + (double)sorted[n / 2]) / 2);
	assert_true(median(work, n) == middle);
	qsort(work, n, sizeof(work[0]), ascending);
	assert_memory_equal(work, sorted, n * sizeof(work[0]));
}

static void a_median_is_the_middle_of_the_sorted_numbers(void **state)
{
	struct rng rng = rng_stream(1, "median", 0);
	float values[MOST];
	(void)state;
	for (size_t n = 1; n <= MOST; n++)
		for (int round = 0; round < ROUNDS; round++) {
			uint32_t distinct = 1 + rng_below(&rng, 2 * MOST);
			for (size_t i = 0; i < n; i++)
				values[i] = (float)rng_below(&rng, distinct) - (float)distinct / 2;
			assert_median(values, n);
			qsort(values, n, sizeof(values[0]), ascending);
			assert_median(values, n);
			for (size_t i = 0; i < n / 2; i++) {
				float swap = values[i];
				values[i] = values[n - 1 - i];
				values[n - 1 - i] = swap;
			}
			assert_median(values, n);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_median_is_the_middle_of_the_sorted_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
