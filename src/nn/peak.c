#include "variant.h"

#include <string.h>

/* What the arithmetic units of this CPU can do at most, fed from registers alone. CHAINS sums
 * run side by side, enough that no multiply-add waits for the one before it, few enough for 16
 * registers. Fused where the CPU can, though no product of ours ever is (kernels.h): the peak is
 * the machine's, whatever the rules of this program. */

#if defined(__AVX512F__) && !defined(NN_DOUBLE)
#include <immintrin.h>
typedef __m512 vector;
#define FUSED(a, b, c) _mm512_fmadd_ps(a, b, c)
#define CAN_FUSE true
#elif defined(__AVX2__) && !defined(NN_DOUBLE)
#include <immintrin.h>
typedef __m256 vector;
#define FUSED(a, b, c) _mm256_fmadd_ps(a, b, c)
#define CAN_FUSE __builtin_cpu_supports("fma") /* -mavx2 does not promise it */
#define FUSED_TARGET __attribute__((target("fma")))
#elif defined(__aarch64__) && !defined(NN_DOUBLE)
#include <arm_neon.h>
typedef float32x4_t vector;
#define FUSED(a, b, c) vfmaq_f32(c, a, b)
#define CAN_FUSE true
#else
typedef real vector __attribute__((vector_size(16)));
#define FUSED(a, b, c) SEPARATE(a, b, c)
#define CAN_FUSE false
#endif
#ifndef FUSED_TARGET
#define FUSED_TARGET
#endif
#define SEPARATE(a, b, c) ((a) * (b) + (c))

enum { CHAINS = 12, LANES = sizeof(vector) / sizeof(real) };

/* sum = sum / 2 + 1 / 2 is soon 1, and never a number that slows the CPU down. */
#define PEAK(NAME, MULTIPLY_ADD, TARGET) \
	TARGET static real NAME(uint64_t rounds) \
	{ \
		const vector half = (vector){0} + (real)0.5; \
		vector sum[CHAINS], total = {0}; \
		real lane[LANES], all = 0; \
		for (int c = 0; c < CHAINS; c++) \
			sum[c] = (vector){0} + (real)(c + 2); \
		for (uint64_t step = rounds * FMA_PEAK_ROUND; step > 0; step--) \
			for (int c = 0; c < CHAINS; c++) \
				sum[c] = MULTIPLY_ADD(sum[c], half, half); \
		for (int c = 0; c < CHAINS; c++) \
			total += sum[c]; \
		memcpy(lane, &total, sizeof lane); \
		for (int i = 0; i < LANES; i++) \
			all += lane[i]; \
		return all; \
	}

PEAK(peak_fused, FUSED, FUSED_TARGET)
PEAK(peak_separate, SEPARATE, )

real VARIANT(fma_peak)(uint64_t rounds, uint64_t *multiply_adds)
{
	*multiply_adds = rounds * FMA_PEAK_ROUND * CHAINS * LANES;
	return CAN_FUSE ? peak_fused(rounds) : peak_separate(rounds);
}
