/* The smaller and the larger of two numbers, and a number kept within bounds. Doubles have
 * min_f64() and max_f64() (nn/elementary.h), which say what becomes of a NaN. */
#ifndef NN_BOUNDS_H
#define NN_BOUNDS_H

#include <stddef.h>

static inline int min_int(int a, int b)
{
	return a < b ? a : b;
}

static inline int max_int(int a, int b)
{
	return a > b ? a : b;
}

static inline size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* low <= result <= high; `low` if high < low. */
static inline int clamp_int(int value, int low, int high)
{
	value = min_int(value, high);
	return value < low ? low : value;
}

#endif
