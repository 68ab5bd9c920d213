/* Elementary functions in float, for the training loops.
 *
 * Straight-line code: every select works on values already computed, so that a plain loop
 * over an array vectorizes, and a lane gives the same bits as a scalar call. Results are within
 * 2 ulp of the correctly rounded one wherever that is a normal float. The bits do not depend on
 * flush-to-zero and denormals-are-zero, except for subnormal arguments, which those modes treat
 * as 0. Results of exp_f32 below FLT_MIN are 0 in every mode.
 *
 * Must be compiled with -ffp-contract=off: the error terms below are wrong when a product is
 * fused with a sum.
 */
#ifndef NN_ELEMENTARY_F32_H
#define NN_ELEMENTARY_F32_H

#include <float.h>
#include <stdint.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "float expressions must be rounded to float");

/* Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits of the sum: no
 * conversion instruction, hence nothing that traps or saturates differently on another CPU. */
#define F32_ROUNDER 0x1.8p23f
#define F32_SIGN 0x80000000u
#define F32_INFINITY_BITS 0x7f800000u

static inline uint32_t f32_bits(float x)
{
	uint32_t bits;
	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static inline float f32_from_bits(uint32_t bits)
{
	float x;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* Through a mask rather than `?:`, which a compiler may turn back into a branch and then
 * refuse to vectorize because the branch could hide a floating-point trap. */
static inline float f32_select(int condition, float yes, float no)
{
	uint32_t mask = 0u - (uint32_t)condition;
	return f32_from_bits((f32_bits(yes) & mask) | (f32_bits(no) & ~mask));
}

static inline float f32_abs(float x)
{
	return f32_from_bits(f32_bits(x) & ~F32_SIGN);
}

/* The result of an odd function from its value at |x|. */
static inline float f32_with_sign_of(float value, float x)
{
	return f32_from_bits(f32_bits(value) ^ (f32_bits(x) & F32_SIGN));
}

/* x = n ln 2 + r + rest, |r| <= ln(2)/2. `shifted` holds n in its low bits. */
struct f32_power {
	float shifted;
	float r;
	float rest;
};

static inline struct f32_power f32_split_power(float x)
{
	struct f32_power power;
	float n, high, low;
	power.shifted = x * 0x1.715476p0f + F32_ROUNDER;
	n = power.shifted - F32_ROUNDER;
	high = x - n * 0x1.62e4p-1f; /* 15 bits of ln 2: the product is exact */
	low = n * 0x1.7f7d1cp-20f;
	power.r = high - low;
	power.rest = (high - power.r) - low;
	return power;
}

/* (e^r - 1 - r)/r^2 on [-0.3467, 0.3467], degree 5, error 2^-30 of e^r - 1. */
static inline float f32_exp_tail(float r)
{
	float p = 0x1.a0335ap-13f;
	p = p * r + 0x1.6d72a8p-10f;
	p = p * r + 0x1.11123ep-7f;
	p = p * r + 0x1.5554cep-5f;
	p = p * r + 0x1.555554p-3f;
	return p * r + 0.5f;
}

/* e^x wherever that is a normal float. */
static inline float f32_exp_core(float x)
{
	struct f32_power power = f32_split_power(x);
	float r = power.r;
	float y = 1.0f + (r + (r * r * f32_exp_tail(r) + power.rest));
	/* 2^n goes straight into the exponent: n = 128 has no float of its own, and a
	 * product on the way down could be flushed. */
	return f32_from_bits(f32_bits(y) + (f32_bits(power.shifted) << 23));
}

static inline float exp_f32(float x)
{
	float y = f32_exp_core(x);
	y = f32_select(x < -0x1.5d589ep6f, 0.0f, y);
	y = f32_select(x > 0x1.62e42ep6f, f32_from_bits(F32_INFINITY_BITS), y);
	return f32_select(x != x, x + x, y);
}

/* e^x for x <= 0 within 2 ulp, in as few steps as possible, because the logistic function spends
 * most of its time here. (e^r - 1 - r)/r^2 of degree 4, error 2^-28.2 of e^r, in two halves that
 * are computed in parallel (Estrin's scheme). A NaN made by arithmetic stays NaN: the low bits of
 * its payload, which the shift would turn into an exponent, are 0. */
static inline float exp_of_negative_f32(float x)
{
	float shifted = x * 0x1.715476p0f + F32_ROUNDER;
	float n = shifted - F32_ROUNDER;
	float r = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
	float square = r * r;
	float low = 0x1.fffffcp-2f + 0x1.555490p-3f * r;
	float high = 0x1.5558fap-5f + 0x1.123b6ap-7f * r + 0x1.6a21acp-10f * square;
	float y = 1.0f + (r + square * (low + square * high));
	y = f32_from_bits(f32_bits(y) + (f32_bits(shifted) << 23));
	return f32_select(x < -0x1.5d589ep6f, 0.0f, y);
}

/* e^x - 1 for 2^-25 <= |x| <= 88.72 and, as far as float goes, down to -17.5. Computed at
 * half size, so that n = 128 does not overflow before the last step. */
static inline float f32_expm1_core(float x)
{
	struct f32_power power = f32_split_power(x);
	float r = power.r;
	float half = f32_from_bits((f32_bits(power.shifted) + 126u) << 23);
	float base = half - 0.5f;
	float scaled = half * r;
	float sum = base + scaled;
	float lost = (base - sum) + scaled;
	return 2.0f * (sum + (lost + half * (r * r * f32_exp_tail(r) + power.rest)));
}

static inline float expm1_f32(float x)
{
	float y = f32_expm1_core(x);
	y = f32_select(f32_abs(x) < 0x1p-25f, x, y);
	y = f32_select(x < -17.5f, -1.0f, y);
	y = f32_select(x > 0x1.62e42ep6f, f32_from_bits(F32_INFINITY_BITS), y);
	return f32_select(x != x, x + x, y);
}

/* The root of x >= 0, within 1.2 ulp. A CPU computes roots and divisions in one unit, and the
 * optimizers divide by the root: this function leaves the unit to the division. It estimates
 * 1/sqrt x from the exponent, then takes a step of Newton's method and one of third order. The
 * root of infinity comes out as -infinity. */
static inline float sqrt_f32(float x)
{
	float y = f32_from_bits(0x5f3759dfu - (f32_bits(x) >> 1));
	float root, error;
	y = y * (1.5f - 0.5f * x * y * y);
	root = x * y;
	error = 1.0f - root * y;
	return root + root * (error * (0.5f + error * 0.375f));
}

/* (ln(1 + f) - f)/f^2 on [-0.2929, 0.4142], degree 8, error 2^-27.7 of ln(1 + f). */
static inline float f32_log_tail(float f)
{
	float p = -0x1.3830cep-4f;
	p = p * f + 0x1.0848fcp-3f;
	p = p * f - 0x1.0f3794p-3f;
	p = p * f + 0x1.22719ap-3f;
	p = p * f - 0x1.542788p-3f;
	p = p * f + 0x1.99a3f8p-3f;
	p = p * f - 0x1.000426p-2f;
	p = p * f + 0x1.55555p-2f;
	return p * f - 0x1.fffff8p-2f;
}

static inline float log1p_f32(float x)
{
	/* 1 + x = sum + lost, exactly. */
	float sum = 1.0f + x;
	float part = sum - 1.0f;
	float lost = (1.0f - (sum - part)) + (x - part);
	/* sum = 2^n (1 + f), 1 + f in [sqrt(1/2), sqrt 2). The biased n comes from the bits. */
	uint32_t biased = (f32_bits(sum) + (0x3f800000u - 0x3f3504f3u)) >> 23;
	float n = (float)((int32_t)biased - 127);
	float f0 = f32_from_bits(f32_bits(sum) - ((biased - 127u) << 23)) - 1.0f;
	/* From 2^30 on `lost` no longer counts, and 2^-n may have no float. */
	float d = f32_select(x < 0x1p30f, lost * f32_from_bits((254u - biased) << 23), 0.0f);
	float f = f0 + d;
	float rest = d - (f - f0);
	float main = n * 0x1.62e4p-1f;
	float high = main + f;
	float low = (main - high) + f;
	float y = high + (low + (f * f * f32_log_tail(f) + (rest + n * 0x1.7f7d1cp-20f)));
	y = f32_select(f32_abs(x) < 0x1p-25f, x, y);
	y = f32_select(x > FLT_MAX, x, y);
	y = f32_select(x == -1.0f, f32_from_bits(F32_INFINITY_BITS | F32_SIGN), y);
	y = f32_select(x < -1.0f, f32_from_bits(F32_INFINITY_BITS | 0x400000u), y);
	return f32_select(x != x, x + x, y);
}

/* (tanh a - a)/a^3 in w = a^2 on [0, 0.3164], degree 4, error 2^-29.1 of tanh a. */
static inline float f32_tanh_tail(float w)
{
	float p = -0x1.950040p-8f;
	p = p * w + 0x1.582f90p-6f;
	p = p * w - 0x1.b90958p-5f;
	p = p * w + 0x1.110c72p-3f;
	return p * w - 0x1.555548p-2f;
}

/* Both branches keep the rounding of the longer computation away from the leading term;
 * the second is never above 1. */
static inline float tanh_f32(float x)
{
	float a = f32_abs(x);
	float capped = f32_select(a > 10.0f, 10.0f, a);
	float w = capped * capped;
	float small = capped + capped * w * f32_tanh_tail(w);
	float large = 1.0f - 2.0f / (f32_exp_core(2.0f * capped) + 1.0f);
	return f32_with_sign_of(f32_select(a < 0.5625f, small, large), x);
}

/* erf(a)/a - 1 in w = a^2 on [0, 0.856], degree 6, error 2^-27.9 of erf(a)/a. */
static inline float f32_erf_tail(float w)
{
	float p = 0x1.5e3556p-14f;
	p = p * w - 0x1.aaa866p-11f;
	p = p * w + 0x1.54d3bep-8f;
	p = p * w - 0x1.b80fbap-6f;
	p = p * w + 0x1.ce2e1ap-4f;
	p = p * w - 0x1.812744p-2f;
	return p * w + 0x1.06eba8p-3f;
}

/* ln(1 - erf(a)) on [0.92, 3.95], degree 6, error 2^-28.8 of erf(a). */
static inline float f32_log_erfc(float a)
{
	float p = 0x1.9ae86ep-13f;
	p = p * a - 0x1.8ee102p-9f;
	p = p * a + 0x1.6c2a5ep-6f;
	p = p * a - 0x1.a9b424p-4f;
	p = p * a - 0x1.463cc4p-1f;
	p = p * a - 0x1.20af58p0f;
	return p * a - 0x1.9a61a8p-13f;
}

static inline float erf_f32(float x)
{
	float a = f32_abs(x);
	float capped = f32_select(a > 3.95f, 3.95f, a);
	float tiny = a * 0x1.20dd76p0f; /* terms of the sum in `small` could be flushed to 0 */
	float small = capped + capped * f32_erf_tail(capped * capped);
	float large = 1.0f - f32_exp_core(f32_log_erfc(capped));
	float y = f32_select(a < 0.921875f, small, large);
	y = f32_select(a < 0x1p-100f, tiny, y);
	return f32_with_sign_of(y, x);
}

/* a = quadrant * pi/2 + r for 0 <= a < 2^22: to the last bit of r up to 1e4, with an error
 * of about half a unit in the last place of a above. Larger arguments are treated as 0 (floats
 * there are half a radian apart), infinity as NaN. */
struct f32_angle {
	uint32_t quadrant;
	float r;
};

static inline struct f32_angle f32_reduce_angle(float a)
{
	struct f32_angle angle;
	float inside = f32_select(a < 0x1p22f, a, a - a);
	float shifted = inside * 0x1.45f306p-1f + F32_ROUNDER;
	float n = shifted - F32_ROUNDER;
	/* pi/2 in four parts; all but the last so short that n times them is exact. */
	float first = (inside - n * 0x1.92p0f) - n * 0x1.fb4p-12f;
	float second = first - n * 0x1.444p-24f;
	float lost = (first - second) - n * 0x1.444p-24f;
	angle.r = second + (lost - n * 0x1.68c234p-39f);
	angle.quadrant = f32_bits(shifted);
	return angle;
}

/* (sin r - r)/r^3 in w = r^2 on [0, 0.6185], degree 2, error 2^-27.7 of sin r. */
static inline float f32_sin_core(float r)
{
	float w = r * r;
	float p = -0x1.993f02p-13f;
	p = p * w + 0x1.110750p-7f;
	p = p * w - 0x1.555546p-3f;
	return r + r * w * p;
}

/* (cos r - 1 + w/2)/w^2 in w = r^2 on [0, 0.6185], degree 2, error 2^-33 of cos r. */
static inline float f32_cos_core(float r)
{
	float w = r * r;
	float p = 0x1.99e714p-16f;
	p = p * w - 0x1.6c0c26p-10f;
	p = p * w + 0x1.55554ap-5f;
	return 1.0f - (0.5f * w - w * w * p);
}

static inline float f32_sin_of(struct f32_angle angle)
{
	float y = f32_select(angle.quadrant & 1u, f32_cos_core(angle.r), f32_sin_core(angle.r));
	return f32_from_bits(f32_bits(y) ^ ((angle.quadrant << 30) & F32_SIGN));
}

static inline float sin_f32(float x)
{
	return f32_with_sign_of(f32_sin_of(f32_reduce_angle(f32_abs(x))), x);
}

static inline float cos_f32(float x)
{
	struct f32_angle angle = f32_reduce_angle(f32_abs(x));
	angle.quadrant++;
	return f32_sin_of(angle);
}

#endif
