/* A register full of numbers, and the few operations the products need. How many lanes it has
 * changes no result. Included by files that are compiled once per instruction set. */
#ifndef NN_VECTOR_H
#define NN_VECTOR_H

#include "nn/bounds.h"
#include "nn/real.h"
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
#define VECTOR ((int)(VECTOR_BYTES / sizeof(real)))

/* vector registers of the CPU: they limit the tile of a product */
#if defined(__AVX512F__) || defined(__aarch64__)
#define VECTOR_REGISTERS 32
#else
#define VECTOR_REGISTERS 16
#endif

/* Before a short loop whose arrays should stay in registers. With sanitizers, whose checks stand
 * at every access, unrolled loops take minutes to compile. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(SANITIZED)
#define UNROLLED
#elif defined(__clang__)
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif

typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
/* the same in memory, anywhere */
typedef real stored_vector
	__attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

static inline vector load(const real *p)
{
	return *(const stored_vector *)p;
}

static inline void store(real *p, vector v)
{
	*(stored_vector *)p = v;
}

#if defined(__AVX2__) && !defined(__AVX512F__)
static inline __m256i first_lanes(int n)
{
	return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
#endif

/* The first n < VECTOR lanes; the rest are 0. */
static inline vector load_first(const real *p, int n)
{
#if defined(__AVX512F__) && !defined(NN_DOUBLE)
	return (vector)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#elif defined(__AVX2__) && !defined(NN_DOUBLE)
	return (vector)_mm256_maskload_ps(p, first_lanes(n));
#else
	real lane[VECTOR] = {0};
	for (int i = 0; i < n; i++)
		lane[i] = p[i];
	return load(lane);
#endif
}

static inline void store_first(real *p, vector v, int n)
{
#if defined(__AVX512F__) && !defined(NN_DOUBLE)
	_mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
#elif defined(__AVX2__) && !defined(NN_DOUBLE)
	_mm256_maskstore_ps(p, first_lanes(n), (__m256)v);
#else
	real lane[VECTOR];
	store(lane, v);
	for (int i = 0; i < n; i++)
		p[i] = lane[i];
#endif
}

/* The first n <= VECTOR lanes. */
static inline vector load_part(const real *p, int n)
{
	return n == VECTOR ? load(p) : load_first(p, n);
}

static inline void store_part(real *p, vector v, int n)
{
	if (n == VECTOR)
		store(p, v);
	else
		store_first(p, v, n);
}

/* x in all lanes */
static inline vector all_lanes(real x)
{
	return x - (vector){0};
}

/* Doubles in a register of the same size. */
#define WIDE ((int)(VECTOR_BYTES / sizeof(double)))
typedef double wide __attribute__((vector_size(VECTOR_BYTES)));
typedef double stored_wide
	__attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(double)), may_alias));
typedef int64_t wide_bits __attribute__((vector_size(VECTOR_BYTES)));

/* WIDE numbers as doubles. */
static inline wide load_wide(const real *p)
{
#if defined(NN_DOUBLE)
	return *(const stored_wide *)p;
#elif defined(__AVX512F__)
	return (wide)_mm512_cvtps_pd(_mm256_loadu_ps(p));
#elif defined(__AVX2__)
	return (wide)_mm256_cvtps_pd(_mm_loadu_ps(p));
#elif defined(__x86_64__)
	return (wide)_mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)p)));
#else
	wide v;
	for (int i = 0; i < WIDE; i++)
		v[i] = p[i];
	return v;
#endif
}

/* sum + x * x for numbers that were floats: the square is exact, fused or not. */
static inline wide add_square(wide sum, wide x)
{
#if defined(NN_DOUBLE)
	return sum + x * x;
#elif defined(__AVX512F__)
	return (wide)_mm512_fmadd_pd((__m512d)x, (__m512d)x, (__m512d)sum);
#elif defined(__FMA__)
	return (wide)_mm256_fmadd_pd((__m256d)x, (__m256d)x, (__m256d)sum);
#else
	return sum + x * x;
#endif
}

static inline wide absolute_wide(wide x)
{
	return (wide)((wide_bits)x & INT64_MAX);
}

#if !defined(__FMA__) && !defined(__AVX512F__) && !defined(__aarch64__) && !defined(NN_DOUBLE)
#define NO_MULTIPLY_ADD

/* a * b + c, rounded to odd: rounded again, to float, it is as if rounded once (Boldo and Melquiond
 * 2008). The product of two floats is exact. */
static inline wide multiply_add_to_odd(wide a, wide b, wide c)
{
	wide product = a * b, sum = product + c;
	wide part = sum - product;
	wide lost = (product - (sum - part)) + (c - part);
	wide_bits below = (wide_bits)(lost < 0);
	wide_bits inexact = below | (wide_bits)(lost > 0);
	wide_bits away = inexact & (below ^ (wide_bits)(sum < 0));
	return (wide)(((wide_bits)sum + away) | (inexact & 1));
}

static inline vector emulated_multiply_add(vector a, vector b, vector c)
{
#if defined(__x86_64__)
	__m128 x = (__m128)a, y = (__m128)b, z = (__m128)c;
	wide low =
		multiply_add_to_odd((wide)_mm_cvtps_pd(x), (wide)_mm_cvtps_pd(y), (wide)_mm_cvtps_pd(z));
	wide high = multiply_add_to_odd((wide)_mm_cvtps_pd(_mm_movehl_ps(x, x)),
		(wide)_mm_cvtps_pd(_mm_movehl_ps(y, y)), (wide)_mm_cvtps_pd(_mm_movehl_ps(z, z)));
	return (vector)_mm_movelh_ps(_mm_cvtpd_ps((__m128d)low), _mm_cvtpd_ps((__m128d)high));
#else
	for (int i = 0; i < VECTOR; i++)
		c[i] = (real)multiply_add_to_odd((wide){a[i]}, (wide){b[i]}, (wide){c[i]})[0];
	return c;
#endif
}
#endif

/* a * b + c, rounded once. */
static inline vector multiply_add(vector a, vector b, vector c)
{
#if defined(NN_DOUBLE)
	/* never compared across machines: gradient checks only need it accurate */
	return a * b + c;
#elif defined(__AVX512F__)
	return (vector)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
	return (vector)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
	return (vector)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
	return emulated_multiply_add(a, b, c);
#endif
}

#endif
