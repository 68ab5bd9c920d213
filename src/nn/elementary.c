#include "nn/elementary.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Like the float functions in elementary_f32.h, but with branches. These, too, must be compiled
 * with -ffp-contract=off: most of them add the rounding errors of their leading terms to the
 * result, and a fused product would change both. */

_Static_assert(FLT_EVAL_METHOD == 0, "double expressions must be rounded to double");

/* Adding it rounds to an integer and leaves that in the low bits of the sum. */
#define ROUNDER 0x1.8p52

/* ln 2 in two parts, the first so short that n times it is exact. */
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33

#define HORNER(terms, x) horner(terms, sizeof(terms) / sizeof((terms)[0]), x)

static double horner(const double *terms, size_t count, double x)
{
	double sum = terms[--count];
	while (count > 0)
		sum = sum * x + terms[--count];
	return sum;
}

static uint64_t double_bits(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static double double_from_bits(uint64_t bits)
{
	double x;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

static double with_sign_of(double value, double x)
{
	return double_bits(x) >> 63 ? -value : value;
}

static double magnitude(double x)
{
	return double_from_bits(double_bits(x) & ~(UINT64_C(1) << 63));
}

/* A number as an unevaluated sum, `low` below half a unit of `high`. */
struct pair {
	double high;
	double low;
};

/* a + b exactly; any order of magnitudes. */
static struct pair add_exactly(double a, double b)
{
	double sum = a + b;
	double part = sum - a;
	return (struct pair){sum, (a - (sum - part)) + (b - part)};
}

/* x = n ln 2 + r, r = high + low, |r| <= ln(2)/2. */
static struct pair reduce_power(double x, int *n)
{
	double whole = (x * 0x1.71547652b82fep0 + ROUNDER) - ROUNDER;
	*n = (int)whole;
	return add_exactly(x - whole * LN2_HIGH, -(whole * LN2_LOW));
}

static double power_of_two(int n)
{
	return double_from_bits((uint64_t)(n + 1023) << 52);
}

/* e^r - 1 - high, for r = high + low. */
static double exp_tail(struct pair r)
{
	/* (e^r - 1 - r)/r^2 on [-0.3467, 0.3467], degree 10, error 2^-60 of e^r - 1. */
	static const double terms[] = {
		0x1p-1,
		0x1.5555555555559p-3,
		0x1.555555555553fp-5,
		0x1.111111110f6cbp-7,
		0x1.6c16c16c1f0aep-10,
		0x1.a01a01afda683p-13,
		0x1.a01a017bbbaa9p-16,
		0x1.71ddf86c92c0fp-19,
		0x1.27e536357bfcp-22,
		0x1.af5e976c8610ep-26,
		0x1.1ee88f81b4645p-29,
	};
	return r.high * r.high * HORNER(terms, r.high) + (r.low + r.low * r.high);
}

double exp_f64(double x)
{
	int n;
	struct pair r;
	if (x != x)
		return x;
	if (x > 0x1.62e42fefa39efp9)
		return (double)INFINITY;
	if (x <= -0x1.6232bdd7abcd2p9)
		return 0;
	r = reduce_power(x, &n);
	/* In two steps: 2^1024 does not exist. */
	return (1 + (r.high + exp_tail(r))) * power_of_two(n / 2) * power_of_two(n - n / 2);
}

/* 10^n, exact up to 10^22. */
static double power_of_ten(int n)
{
	double power = 1, square = 10;
	for (; n > 0; n >>= 1, square *= square)
		if (n & 1)
			power *= square;
	return power;
}

double exp10_f64(double x)
{
	const double ln10 = 0x1.26bb1bbb55516p1;
	double n, rest;
	/* results of 0 or infinity, and NaN */
	if (!(magnitude(x) < 330))
		return exp_f64(x * ln10);
	n = (x + ROUNDER) - ROUNDER;
	rest = exp_f64((x - n) * ln10);
	return n < 0 ? rest / power_of_ten((int)-n) : rest * power_of_ten((int)n);
}

double expm1_f64(double x)
{
	int n;
	struct pair r, sum;
	double half;
	if (x != x || magnitude(x) < 0x1p-54)
		return x;
	if (x > 0x1.62e42fefa39efp9)
		return (double)INFINITY;
	if (x < -38)
		return -1;
	r = reduce_power(x, &n);
	/* At half size, as 2^1024 does not exist. */
	half = power_of_two(n - 1);
	sum = add_exactly(half - 0.5, half * r.high);
	return 2 * (sum.high + (sum.low + half * exp_tail(r)));
}

/* ln(1 + f) - f for 1 + f in [sqrt(1/2), sqrt 2), as high + low: -f^2/2 and the rest. */
static struct pair log_tail(double f)
{
	/* (2 atanh s - 2 s)/s^3 in w = s^2 on [0, 0.02944], degree 6, error 2^-58.8 of the
	 * logarithm; s = f/(2 + f). */
	static const double terms[] = {
		0x1.5555555555592p-1,
		0x1.999999997fd34p-2,
		0x1.24924941f8f73p-2,
		0x1.c71c520298591p-3,
		0x1.746640608105p-3,
		0x1.39a192d256b73p-3,
		0x1.2f0708d72b8dcp-3,
	};
	double s = f / (2 + f);
	double w = s * s;
	double half_square = 0.5 * f * f;
	/* 2s = f - s f = f - f^2/2 + s f^2/2. */
	return (struct pair){-half_square, s * (half_square + w * HORNER(terms, w))};
}

/* x = 2^n (1 + f) for finite x > 0. By its bits, since a subnormal x may count as 0. */
static double split_logarithm(double x, int *n)
{
	const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd), one = UINT64_C(0x3ff) << 52;
	uint64_t bits = double_bits(x), biased;
	*n = 0;
	if (bits >> 52 == 0) {
		bits = double_bits((double)bits);
		*n = -1074;
	}
	biased = (bits + (one - root_half)) >> 52;
	*n += (int)biased - 1023;
	return double_from_bits(bits - ((biased - 1023) << 52)) - 1;
}

/* n ln 2 + ln(1 + f + d), d far below f. */
static double join_logarithm(int n, double f, double d)
{
	struct pair tail = log_tail(f);
	struct pair sum = add_exactly(n * LN2_HIGH, f);
	struct pair more = add_exactly(sum.high, tail.high);
	return more.high + (more.low + (sum.low + (tail.low + (d / (1 + f) + n * LN2_LOW))));
}

/* Sets *y and returns true unless x is a finite positive number. */
static bool log_is_special(double x, double *y)
{
	uint64_t bits = double_bits(x);
	if (bits << 1 == 0)
		*y = -(double)INFINITY;
	else if (x != x || bits == double_bits((double)INFINITY))
		*y = x;
	else if (bits >> 63)
		*y = (double)NAN;
	else
		return false;
	return true;
}

double log_f64(double x)
{
	int n;
	double y;
	if (log_is_special(x, &y))
		return y;
	y = split_logarithm(x, &n);
	return join_logarithm(n, y, 0);
}

double log1p_f64(double x)
{
	int n;
	struct pair sum;
	double f;
	if (x != x || magnitude(x) < 0x1p-54 || x > DBL_MAX)
		return x;
	if (x <= -1)
		return x < -1 ? (double)NAN : -(double)INFINITY;
	sum = add_exactly(1, x);
	f = split_logarithm(sum.high, &n);
	/* From 2^60 on the lost part no longer counts, and 2^-n may have no double. */
	return join_logarithm(n, f, n < 60 ? sum.low * power_of_two(-n) : 0);
}

/* log10 x = n log10 2 + ln(1 + f) log10 e, to clearly more than double precision, so that every
 * power of ten gives its integer. */
double log10_f64(double x)
{
	const double log2_high = 0x1.34413508p-2, log2_low = 0x1.f79fef311f12bp-34;
	const double e_high = 0x1.bcb7b1p-2, e_low = 0x1.49b9438ca9aaep-28;
	int n;
	double y, f, short_part;
	struct pair tail, logarithm, sum;
	if (log_is_special(x, &y))
		return y;
	f = split_logarithm(x, &n);
	tail = log_tail(f);
	logarithm = add_exactly(f, tail.high);
	logarithm.low += tail.low;
	/* 26 bits of the logarithm and 26 of log10 e: their product is exact. */
	short_part = double_from_bits(double_bits(logarithm.high) & ~UINT64_C(0x7ffffff));
	logarithm.low += logarithm.high - short_part;
	sum = add_exactly(n * log2_high, short_part * e_high);
	return sum.high +
		(sum.low +
			(n * log2_low + (logarithm.low * e_high + (short_part + logarithm.low) * e_low)));
}

/* x >= 0 = quadrant * pi/2 + r, |r| <= pi/4, r = high + low. To the last bit up to 1e6, with an
 * error of about half a unit of x above; from 2^45 on x counts as 0, infinity as NaN. */
static struct pair reduce_angle(double x, unsigned *quadrant)
{
	/* pi/2; n times a part is exact for all but the last. */
	static const double parts[] = {
		0x1.921fb544p0,
		0x1.0b4611a6p-34,
		0x1.3198a2ep-69,
		0x1.b839a252049c1p-104,
	};
	double shifted, n;
	struct pair r;
	if (!(x < 0x1p45))
		x = x - x;
	shifted = x * 0x1.45f306dc9c883p-1 + ROUNDER;
	n = shifted - ROUNDER;
	r = (struct pair){x, 0};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct pair sum = add_exactly(r.high, -(n * parts[i]));
		r = (struct pair){sum.high, r.low + sum.low};
	}
	*quadrant = (unsigned)(double_bits(shifted) & 3);
	return add_exactly(r.high, r.low);
}

/* The sine of quadrant * pi/2 + r. */
static double sine_of(struct pair r, unsigned quadrant)
{
	/* (sin r - r)/r^3 in w = r^2 on [0, 0.617], degree 5, error 2^-57.3 of sin r. */
	static const double sine[] = {
		-0x1.5555555555549p-3,
		0x1.111111110f879p-7,
		-0x1.a01a019c11694p-13,
		0x1.71de35778ba7ap-19,
		-0x1.ae5e6617f6b14p-26,
		0x1.5d92f6ad805b7p-33,
	};
	/* (cos r - 1 + w/2)/w^2 in w = r^2 on [0, 0.617], degree 5, error 2^-59.9 of cos r. */
	static const double cosine[] = {
		0x1.555555555554cp-5,
		-0x1.6c16c16c1517cp-10,
		0x1.a01a019cb1982p-16,
		-0x1.27e4f809d44cdp-22,
		0x1.1ee9ebd52942fp-29,
		-0x1.8fae91b930bbbp-37,
	};
	double w = r.high * r.high;
	double half = 0.5 * w;
	double y;
	if (quadrant & 1) {
		struct pair leading = add_exactly(1, -half);
		y = leading.high + (leading.low + (w * w * HORNER(cosine, w) - r.high * r.low));
	} else {
		y = r.high + (r.high * w * HORNER(sine, w) + r.low * (1 - half));
	}
	return quadrant & 2 ? -y : y;
}

double sin_f64(double x)
{
	unsigned quadrant;
	struct pair r = reduce_angle(magnitude(x), &quadrant);
	return with_sign_of(sine_of(r, quadrant), x);
}

double cos_f64(double x)
{
	unsigned quadrant;
	struct pair r = reduce_angle(magnitude(x), &quadrant);
	return sine_of(r, quadrant + 1);
}

double tanh_f64(double x)
{
	double a = magnitude(x);
	double t;
	if (x != x || a < 0x1p-28)
		return x;
	if (a > 20)
		return with_sign_of(1, x);
	t = expm1_f64(2 * a);
	/* In both forms the rounding errors of t stay away from the leading digits. */
	return with_sign_of(a < 0.5 ? t / (t + 2) : 1 - 2 / (t + 2), x);
}

double erf_f64(double x)
{
	/* erf(a)/a in w = a^2 on [0, 1], degree 11, relative error 2^-54.8. */
	static const double small[] = {
		0x1.20dd750429b6dp0,
		-0x1.812746b0379c2p-2,
		0x1.ce2f21a041017p-4,
		-0x1.b82ce31206285p-6,
		0x1.565bccfa9a25ep-8,
		-0x1.c02db072e8efbp-11,
		0x1.f9a2bf7323192p-14,
		-0x1.f4ca948fc033ap-17,
		0x1.b9827ad66c41ap-20,
		-0x1.5c16e20063159p-23,
		0x1.d7848f20d7367p-27,
		-0x1.acdff40c97155p-31,
	};
	/* e^(a^2) (1 - erf a) in (a - 2)/(a + 2), a on [1, 6], degree 12, error 2^-57.1 of erf. */
	static const double large[] = {
		0x1.058671b52c776p-2,
		-0x1.b57034efd3f56p-2,
		0x1.eeea7dc8a790bp-3,
		-0x1.437f0b68ccc48p-4,
		0x1.e947158adc49cp-9,
		0x1.ca95ed864464cp-8,
		-0x1.bc258dc471ff8p-11,
		-0x1.016b5376601f6p-10,
		0x1.6d352f7ef271fp-15,
		0x1.6d8268842689ep-13,
		0x1.cf70ce379949ap-16,
		-0x1.be7700bd63a21p-16,
		-0x1.a8431c21b431cp-17,
	};
	double a = magnitude(x);
	if (x != x)
		return x;
	if (a < 1)
		return x * HORNER(small, x * x);
	if (a > 6)
		return with_sign_of(1, x);
	return with_sign_of(1 - exp_f64(-a * a) * HORNER(large, (a - 2) / (a + 2)), x);
}

double power_f64(double x, int64_t n)
{
	double result = 1;
	for (; n > 0; n >>= 1, x *= x)
		if (n & 1)
			result *= x;
	return result;
}
