/* Sums in NN_LANES partial sums, see nn/kernels.h: how these are held in registers and joined.
 * Included by files that are compiled once per instruction set, in float alone. */
#ifndef NN_LANES_H
#define NN_LANES_H

#include "vector.h"

enum { PARTS = NN_LANES / VECTOR }; /* vectors that hold the partial sums of an entry */

/* Each halves the partial sums of two entries, or two groups of entries, and puts them into one
 * vector: first lane i and lane i + 8, then i + 4, i + 2, i + 1. */
#if defined(__x86_64__)
#if defined(__AVX512F__)
typedef __m512 packed;
#elif defined(__AVX2__)
typedef __m256 packed;
#else
typedef __m128 packed;
#endif
#define FOLD(name, low, high) \
	static inline vector name(vector v, vector w) \
	{ \
		packed x = (packed)v, y = (packed)w; \
		return (vector)low + (vector)high; \
	}
#if defined(__AVX512F__)
FOLD(by_8, _mm512_shuffle_f32x4(x, y, 0x44), _mm512_shuffle_f32x4(x, y, 0xee))
FOLD(by_4, _mm512_shuffle_f32x4(x, y, 0x88), _mm512_shuffle_f32x4(x, y, 0xdd))
FOLD(by_2, _mm512_unpacklo_pd((__m512d)x, (__m512d)y), _mm512_unpackhi_pd((__m512d)x, (__m512d)y))
FOLD(by_1, _mm512_shuffle_ps(x, y, 0x88), _mm512_shuffle_ps(x, y, 0xdd))
#elif defined(__AVX2__)
FOLD(by_4, _mm256_permute2f128_ps(x, y, 0x20), _mm256_permute2f128_ps(x, y, 0x31))
FOLD(by_2, _mm256_unpacklo_pd((__m256d)x, (__m256d)y), _mm256_unpackhi_pd((__m256d)x, (__m256d)y))
FOLD(by_1, _mm256_shuffle_ps(x, y, 0x88), _mm256_shuffle_ps(x, y, 0xdd))
#else
FOLD(by_2, _mm_movelh_ps(x, y), _mm_movehl_ps(y, x))
FOLD(by_1, _mm_shuffle_ps(x, y, 0x88), _mm_shuffle_ps(x, y, 0xdd))
#endif
#else
static inline vector by_2(vector x, vector y)
{
	return (vector){x[0], x[1], y[0], y[1]} + (vector){x[2], x[3], y[2], y[3]};
}

static inline vector by_1(vector x, vector y)
{
	return (vector){x[0], x[2], y[0], y[2]} + (vector){x[1], x[3], y[1], y[3]};
}
#endif

/* Partial sums that take several vectors, in one. */
static inline vector parts_joined(const vector part[PARTS])
{
	vector half[PARTS];
	UNROLLED
	for (int p = 0; p < PARTS; p++)
		half[p] = part[p];
	UNROLLED
	for (int count = PARTS / 2; count > 0; count /= 2)
		UNROLLED
	for (int p = 0; p < count; p++)
		half[p] += half[p + count];
	return half[0];
}

/* Lane i: all of entry[i] together. */
static inline vector lanes_of(const vector entry[VECTOR])
{
	vector quad[4]; /* quad[j]: entries j, j + 4, j + 8, ... */
	UNROLLED
	for (int j = 0; j < 4; j++)
#if defined(__AVX512F__)
		quad[j] = by_4(by_8(entry[j], entry[j + 4]), by_8(entry[j + 8], entry[j + 12]));
#elif defined(__AVX2__)
		quad[j] = by_4(entry[j], entry[j + 4]);
#else
		quad[j] = entry[j];
#endif
	return by_1(by_2(quad[0], quad[1]), by_2(quad[2], quad[3]));
}

#endif
