/* NN_LANES partial sums in double, in registers. Included by files that are compiled once per
 * instruction set. */
#ifndef NN_WIDES_H
#define NN_WIDES_H

#include "vector.h"

enum { WIDES = NN_LANES / WIDE };

/* All lanes, in the order of lanes_joined(). */
static inline double wides_joined(wide sum[WIDES])
{
	double lane[WIDE];
	UNROLLED
	for (int count = WIDES / 2; count > 0; count /= 2)
		UNROLLED
	for (int v = 0; v < count; v++)
		sum[v] += sum[v + count];
	*(stored_wide *)lane = sum[0];
	UNROLLED
	for (int count = WIDE / 2; count > 0; count /= 2)
		UNROLLED
	for (int i = 0; i < count; i++)
		lane[i] += lane[i + count];
	return lane[0];
}

#endif
