/* Elementary functions from + - * / sqrt and integer operations on the bits alone, so that
 * the same argument gives the same bits on every CPU, compiler and optimisation level
 * (libm's do not). Never contracted: built with -ffp-contract=off, no fused multiply-add.
 *
 * These serve data generators, statistics, random numbers and the double build of the network;
 * within 3 units in the last place (log10_f64 of a power of ten is exactly its exponent, and
 * exp10_f64 of an integer up to 22 exactly the power; of others within 10 units). The
 * float ones (exp_f32, expm1_f32, log1p_f32, tanh_f32, erf_f32, sin_f32, cos_f32) serve
 * training and are private to nn: static inline in src/nn/elementary_f32.h, branch-free,
 * so that a loop over an array vectorizes.
 *
 * Special cases follow C99: exp(-inf) = 0, log(0) = -inf, NaN in gives NaN out, erf(+-inf) = +-1,
 * odd functions keep the sign of zero, sin(inf) is NaN. Two do not: exp_f64 gives 0 below
 * DBL_MIN, so that flush-to-zero changes nothing, and the sine and cosine of a number too
 * large to have an angle (2^45 on) are those of 0.
 */
#ifndef NN_ELEMENTARY_H
#define NN_ELEMENTARY_H

#include "nn/real.h"
#include <stdint.h>

double exp_f64(double x);
double exp10_f64(double x);
double expm1_f64(double x);
double log_f64(double x);
double log10_f64(double x);
double log1p_f64(double x);
double sin_f64(double x); /* |x| <= 1e6; above, off by half a unit in the last place of x */
double cos_f64(double x); /* likewise */
double tanh_f64(double x);
double erf_f64(double x);
/* x^n, n >= 0, by repeated squaring: a half to the power of n is exact, and so is x^1. */
double power_f64(double x, int64_t n);

/* C99's fmin and fmax, which take a number over a NaN; inline, so that the program need not load
 * the C library's mathematics for them. */
static inline double min_f64(double a, double b)
{
	return a < b || b != b ? a : b;
}

static inline double max_f64(double a, double b)
{
	return a > b || b != b ? a : b;
}

#endif
