/* Elementary functions made of + - * / sqrt and integer operations on the bits, so that the same
 * argument gives the same bits on every CPU, compiler and optimization level (those of libm do
 * not). They are built with -ffp-contract=off and use no fused multiply-add.
 *
 * The functions here serve data generators, statistics, random numbers and the double build of the
 * network. Their error is at most 3 units in the last place; that of exp10_f64 is at most 10.
 * log10_f64 of a power of ten and exp10_f64 of an integer up to 22 are exact. The float functions
 * (exp_f32, expm1_f32, log1p_f32, tanh_f32, erf_f32, sin_f32, cos_f32) serve training and are
 * private to nn: src/nn/elementary_f32.h has them inline and without branches, so that loops
 * over arrays vectorize.
 *
 * Special cases follow C99: exp(-inf) = 0, log(0) = -inf, NaN in gives NaN out, erf(+-inf) = +-1,
 * odd functions keep the sign of zero, sin(inf) is NaN. There are two exceptions: exp_f64 gives 0
 * where the result is below DBL_MIN, so that flush-to-zero changes nothing; and the sine and cosine
 * of numbers from 2^45 on, which are too coarse for an angle, are those of 0.
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
/* For |x| > 1e6 the angle is off by up to half a unit in the last place of x. */
double sin_f64(double x);
double cos_f64(double x);
double tanh_f64(double x);
double erf_f64(double x);
/* x^n for n >= 0, by repeated squaring. x^1 and the powers of 1/2 are exact. */
double power_f64(double x, int64_t n);

/* As C99's fmin and fmax: of a number and a NaN the result is the number. Inline, so that the
 * program does not need libm. */
static inline double min_f64(double a, double b)
{
	return a < b || b != b ? a : b;
}

static inline double max_f64(double a, double b)
{
	return a > b || b != b ? a : b;
}

#endif
