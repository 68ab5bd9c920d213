#include "median.h"

/* The k-th smallest of n numbers, by partitioning; reorders them. */
static float select_kth(float *values, size_t n, size_t k)
{
	size_t low = 0, high = n - 1;
	while (low < high) {
		float pivot = values[low + (high - low) / 2];
		size_t i = low, j = high;
		for (;;) {
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i >= j)
				break;
			float swap = values[i];
			values[i++] = values[j];
			values[j--] = swap;
		}
		/* everything up to j is <= pivot, everything after it >= pivot */
		if (k <= j)
			high = j;
		else
			low = j + 1;
	}
	return values[k];
}

float median(float *values, size_t n)
{
	float upper = select_kth(values, n, n / 2);
	if (n % 2)
		return upper;
	float lower = values[0];
	for (size_t i = 1; i < n / 2; i++)
		lower = values[i] > lower ? values[i] : lower;
	return (float)(((double)lower + upper) / 2);
}
