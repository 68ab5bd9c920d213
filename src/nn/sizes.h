/* Arithmetic on sizes that may be anything, as depth x width x samples may: what does not fit
 * becomes SIZE_MAX, and so does everything computed from it. */
#ifndef NN_SIZES_H
#define NN_SIZES_H

#include "nn/real.h"
#include <stddef.h>
#include <stdint.h>

static inline size_t checked_add(size_t a, size_t b)
{
	return a == SIZE_MAX || b == SIZE_MAX || a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static inline size_t checked_multiply(size_t a, size_t b)
{
	if (a == SIZE_MAX || b == SIZE_MAX || (b && a > SIZE_MAX / b))
		return SIZE_MAX;
	return a * b;
}

/* Up to whole vectors. */
static inline size_t padded(size_t reals)
{
	size_t above = checked_add(reals, NN_LANES - 1);
	return above == SIZE_MAX ? SIZE_MAX : above & ~(size_t)(NN_LANES - 1);
}

#endif
