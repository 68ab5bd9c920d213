/* Checksums of what is drawn. */
#ifndef TESTS_SUMS_H
#define TESTS_SUMS_H

#include <stdint.h>

#define SUM_OF_NOTHING 2166136261

/* FNV-1a of the lower four bytes. */
static inline void add_number(uint32_t *sum, int64_t number)
{
	for (int byte = 0; byte < 4; byte++) {
		*sum ^= (uint32_t)(number >> 8 * byte) & 255;
		*sum *= 16777619;
	}
}

#endif
