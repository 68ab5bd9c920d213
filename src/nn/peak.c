#include "variant.h"

#include "vector.h"

/* What the arithmetic units of this CPU can do at most, fed from registers alone: fused where the
 * CPU can, else a product and a sum. CHAINS sums run side by side, enough that none waits for the
 * one before it, few enough for 16 registers. */
enum { CHAINS = 12 };

#ifdef NO_MULTIPLY_ADD
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#else
#define MULTIPLY_ADD(a, b, c) multiply_add(a, b, c)
#endif

real VARIANT(fma_peak)(uint64_t rounds, uint64_t *multiply_adds)
{
	const vector half = all_lanes((real)0.5);
	vector sum[CHAINS], total = {0};
	real lane[VECTOR], all = 0;
	/* sum / 2 + 1 / 2 is soon 1, and never a number that slows the CPU down */
	for (int c = 0; c < CHAINS; c++)
		sum[c] = all_lanes((real)(c + 2));
	for (uint64_t step = rounds * FMA_PEAK_ROUND; step > 0; step--)
		UNROLLED
	for (int c = 0; c < CHAINS; c++)
		sum[c] = MULTIPLY_ADD(sum[c], half, half);
	for (int c = 0; c < CHAINS; c++)
		total += sum[c];
	store(lane, total);
	for (int i = 0; i < VECTOR; i++)
		all += lane[i];
	*multiply_adds = rounds * FMA_PEAK_ROUND * CHAINS * VECTOR;
	return all;
}
