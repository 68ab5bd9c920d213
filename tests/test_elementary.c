/* The elementary functions: their accuracy, their edges, and the same bits scalar or vectorized,
 * with and without flush-to-zero, on every machine. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <fenv.h>

#include "../src/nn/elementary_f32.h"
#include "nn/elementary.h"
#include "nn/float_mode.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum {
	BLOCK = 1021,   /* no multiple of a vector: the loops have remainders */
	STRIDE = 20011, /* prime, so that the floats walked through differ in all their bits */
	STEPS = 5003,   /* through the range of a double function */
};

/* Each as a scalar function and as the loop a compiler vectorizes. */
#define FLOAT_FUNCTION(name) \
	static float scalar_##name(float x) \
	{ \
		return name##_f32(x); \
	} \
	static void loop_##name(float *restrict y, const float *restrict x, size_t count) \
	{ \
		for (size_t i = 0; i < count; i++) \
			y[i] = name##_f32(x[i]); \
	}

FLOAT_FUNCTION(exp)
FLOAT_FUNCTION(expm1)
FLOAT_FUNCTION(log1p)
FLOAT_FUNCTION(tanh)
FLOAT_FUNCTION(erf)
FLOAT_FUNCTION(sin)
FLOAT_FUNCTION(cos)

static const struct float_function {
	const char *name;
	float (*scalar)(float x);
	void (*loop)(float *restrict y, const float *restrict x, size_t count);
	double (*reference)(double x);
	float largest;        /* accurate up to this |x| */
	float worst;          /* the argument with the largest error of all floats */
	uint64_t fingerprint; /* of the bits of all results walked through */
} float_functions[] = {
	{"exp", scalar_exp, loop_exp, exp, FLT_MAX, 0x1.20d21p+2f, UINT64_C(0x49cfca530eb9f359)},
	{"expm1", scalar_expm1, loop_expm1, expm1, FLT_MAX, 0x1.1176fap+4f,
		UINT64_C(0xdff9851c86276117)},
	{"log1p", scalar_log1p, loop_log1p, log1p, FLT_MAX, 0x1.c0005ap-2f,
		UINT64_C(0x404a337cbf638838)},
	{"tanh", scalar_tanh, loop_tanh, tanh, FLT_MAX, 0x1.203bc6p-1f, UINT64_C(0xf58d8a71dd881174)},
	{"erf", scalar_erf, loop_erf, erf, FLT_MAX, 0x1.c59964p-126f, UINT64_C(0x5db1a7255fc88e5b)},
	{"sin", scalar_sin, loop_sin, sin, 1e4f, 0x1.55fa26p+11f, UINT64_C(0xb329932f080b2426)},
	{"cos", scalar_cos, loop_cos, cos, 1e4f, 0x1.df28e8p+12f, UINT64_C(0x6dc394d806644bc9)},
};

static const struct double_function {
	const char *name;
	double (*function)(double x);
	long double (*reference)(long double x);
	double low, high; /* walked through by their bits: every magnitude in between */
	double sign;
	uint64_t fingerprint;
} double_functions[] = {
	{"exp", exp_f64, expl, 1e-30, 709.7, 1, UINT64_C(0x055267353f279e99)},
	{"exp below 0", exp_f64, expl, 1e-30, 708.3, -1, UINT64_C(0x6fd3377b69d6598b)},
	{"expm1", expm1_f64, expm1l, 1e-300, 709.7, 1, UINT64_C(0xd8316cf2261175fb)},
	{"expm1 below 0", expm1_f64, expm1l, 1e-300, 100, -1, UINT64_C(0x99a9a75a41629375)},
	{"log", log_f64, logl, 1e-310, 1e308, 1, UINT64_C(0x3373e97532251435)},
	{"log near 1", log_f64, logl, 0.5, 2, 1, UINT64_C(0x896a5b3a0a02e084)},
	{"log10", log10_f64, log10l, 1e-310, 1e308, 1, UINT64_C(0x7402b0c0cc1dcefb)},
	{"log10 near 1", log10_f64, log10l, 0.5, 2, 1, UINT64_C(0x40b6d03913546465)},
	{"log1p", log1p_f64, log1pl, 1e-300, 1e308, 1, UINT64_C(0xacc5cca77e1ba57f)},
	{"log1p below 0", log1p_f64, log1pl, 1e-18, 0.999999, -1, UINT64_C(0xb4893c2f4cdbff51)},
	{"sin", sin_f64, sinl, 1e-300, 1e6, 1, UINT64_C(0x99a13c3f0b1549a1)},
	{"sin of an angle", sin_f64, sinl, 0.1, 1e6, -1, UINT64_C(0x58aa4a9f0b1e27f8)},
	{"cos", cos_f64, cosl, 1e-30, 1e6, 1, UINT64_C(0x949c054487f1ab7f)},
	{"cos of an angle", cos_f64, cosl, 0.1, 1e6, -1, UINT64_C(0xebbd40bb2b589157)},
	{"tanh", tanh_f64, tanhl, 1e-300, 30, 1, UINT64_C(0x3ac35ae6be53e88f)},
	{"erf", erf_f64, erfl, 1e-300, 7, -1, UINT64_C(0xbb8da9e1dc0b3a62)},
	{"erf near 1", erf_f64, erfl, 0.5, 2, 1, UINT64_C(0x697ef34520e9ef2e)},
};

static uint64_t bits_of(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static double from_bits(uint64_t bits)
{
	double x;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* Equal as bits; NaN equals NaN, whatever its sign and payload. */
static int same(double a, double b)
{
	return bits_of(a) == bits_of(b) || (isnan(a) && isnan(b));
}

/* The sign of a NaN depends on the machine. */
static uint64_t fingerprint_add(uint64_t hash, double value)
{
	hash = (hash ^ (isnan(value) ? 0 : bits_of(value))) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ (hash >> 32);
}

/* The next floats of the walk over all bit patterns; 0 at its end. */
static size_t next_block(uint64_t *position, float *x)
{
	size_t count = 0;
	for (; count < BLOCK && *position >> 32 == 0; *position += STRIDE)
		x[count++] = f32_from_bits((uint32_t)*position);
	return count;
}

static double units_off(double value, double exact)
{
	int exponent;
	frexp(exact, &exponent);
	return fabs(value - exact) / ldexp(1, exponent - FLT_MANT_DIG);
}

static double units_off_double(double value, long double exact)
{
	int exponent;
	frexpl(exact, &exponent);
	return (double)(fabsl(value - exact) / ldexpl(1, exponent - DBL_MANT_DIG));
}

static void check_float(const struct float_function *f, float x, float y)
{
	double exact = f->reference(x);
	float rounded = (float)exact;
	if (!(fabsf(x) <= f->largest))
		return;
	if (isnan(exact) || isinf(rounded)) {
		if (!same(y, rounded))
			fail_msg("%s(%a) = %a instead of %a", f->name, x, y, rounded);
	} else if (fabsf(rounded) < FLT_MIN) {
		if (fabsf(y) > FLT_MIN)
			fail_msg("%s(%a) = %a instead of almost 0", f->name, x, y);
	} else if (!(units_off(y, exact) <= 1.6)) {
		fail_msg("%s(%a) = %a is %g ulp off", f->name, x, y, units_off(y, exact));
	}
}

static void float_functions_are_accurate_over_all_floats(void **state)
{
	static float x[BLOCK], y[BLOCK];
	(void)state;
	for (size_t i = 0; i < COUNT(float_functions); i++) {
		const struct float_function *f = &float_functions[i];
		uint64_t position = 0;
		size_t count;
		while ((count = next_block(&position, x)) > 0) {
			f->loop(y, x, count);
			for (size_t k = 0; k < count; k++)
				check_float(f, x[k], y[k]);
		}
		check_float(f, f->worst, f->scalar(f->worst));
	}
}

static void a_lane_gives_the_bits_of_a_scalar_call(void **state)
{
	static float x[BLOCK], y[BLOCK];
	(void)state;
	for (size_t i = 0; i < COUNT(float_functions); i++) {
		float (*volatile scalar)(float) = float_functions[i].scalar;
		uint64_t position = 0;
		size_t count;
		while ((count = next_block(&position, x)) > 0) {
			float_functions[i].loop(y, x, count);
			for (size_t k = 0; k < count; k++)
				if (!same(y[k], scalar(x[k])))
					fail_msg("%s(%a)", float_functions[i].name, x[k]);
		}
	}
}

static void flush_to_zero_changes_no_normal_number(void **state)
{
	static float x[BLOCK], kept[BLOCK], flushed[BLOCK];
	fenv_t mode;

	(void)state;
	for (size_t i = 0; i < COUNT(float_functions); i++) {
		uint64_t position = 0;
		size_t count;
		while ((count = next_block(&position, x)) > 0) {
			float_functions[i].loop(kept, x, count);
			fegetenv(&mode);
			floating_point_setup();
			float_functions[i].loop(flushed, x, count);
			fesetenv(&mode);
			for (size_t k = 0; k < count; k++)
				if (isnormal(x[k]) && !same(kept[k], flushed[k]))
					fail_msg("%s(%a)", float_functions[i].name, x[k]);
		}
	}
}

static void float_results_are_the_same_on_every_machine(void **state)
{
	static float x[BLOCK], y[BLOCK];
	(void)state;
	for (size_t i = 0; i < COUNT(float_functions); i++) {
		uint64_t position = 0, hash = 0;
		size_t count;
		while ((count = next_block(&position, x)) > 0) {
			float_functions[i].loop(y, x, count);
			for (size_t k = 0; k < count; k++)
				hash = fingerprint_add(hash, y[k]);
		}
		if (hash != float_functions[i].fingerprint)
			fail_msg("%s gives 0x%jx", float_functions[i].name, (uintmax_t)hash);
	}
}

static void float_edges_follow_the_standard(void **state)
{
	static const struct edge {
		float (*function)(float x);
		float x, y;
	} edges[] = {
		{scalar_exp, 0.0f, 1.0f},
		{scalar_exp, -0.0f, 1.0f},
		{scalar_exp, 0x1p-149f, 1.0f},
		{scalar_exp, INFINITY, INFINITY},
		{scalar_exp, -INFINITY, 0.0f},
		{scalar_exp, NAN, NAN},
		{scalar_exp, 0x1.62e430p6f, INFINITY},
		{scalar_exp, 0x1.62e42ep6f, 0x1.ffff08p127f},
		{scalar_exp, -0x1.5d589ep6f, 0x1.00004cp-126f},
		{scalar_exp, -0x1.5d58a0p6f, 0.0f},
		{scalar_exp, -FLT_MAX, 0.0f},
		{scalar_expm1, 0.0f, 0.0f},
		{scalar_expm1, -0.0f, -0.0f},
		{scalar_expm1, FLT_MIN, FLT_MIN},
		{scalar_expm1, INFINITY, INFINITY},
		{scalar_expm1, -INFINITY, -1.0f},
		{scalar_expm1, -FLT_MAX, -1.0f},
		{scalar_expm1, 0x1.62e42ep6f, 0x1.ffff08p127f},
		{scalar_expm1, 0x1.62e430p6f, INFINITY},
		{scalar_expm1, NAN, NAN},
		{scalar_log1p, 0.0f, 0.0f},
		{scalar_log1p, -0.0f, -0.0f},
		{scalar_log1p, -FLT_MIN, -FLT_MIN},
		{scalar_log1p, -1.0f, -INFINITY},
		{scalar_log1p, -1.0000001f, NAN},
		{scalar_log1p, -INFINITY, NAN},
		{scalar_log1p, INFINITY, INFINITY},
		{scalar_log1p, FLT_MAX, 0x1.62e430p6f},
		{scalar_log1p, NAN, NAN},
		{scalar_tanh, 0.0f, 0.0f},
		{scalar_tanh, -0.0f, -0.0f},
		{scalar_tanh, FLT_MIN, FLT_MIN},
		{scalar_tanh, INFINITY, 1.0f},
		{scalar_tanh, -INFINITY, -1.0f},
		{scalar_tanh, -FLT_MAX, -1.0f},
		{scalar_tanh, NAN, NAN},
		{scalar_erf, 0.0f, 0.0f},
		{scalar_erf, -0.0f, -0.0f},
		{scalar_erf, INFINITY, 1.0f},
		{scalar_erf, -INFINITY, -1.0f},
		{scalar_erf, FLT_MAX, 1.0f},
		{scalar_erf, NAN, NAN},
		{scalar_sin, 0.0f, 0.0f},
		{scalar_sin, -0.0f, -0.0f},
		{scalar_sin, FLT_MIN, FLT_MIN},
		{scalar_sin, INFINITY, NAN},
		{scalar_sin, -INFINITY, NAN},
		{scalar_sin, NAN, NAN},
		{scalar_cos, 0.0f, 1.0f},
		{scalar_cos, -0.0f, 1.0f},
		{scalar_cos, INFINITY, NAN},
		{scalar_cos, -INFINITY, NAN},
		{scalar_cos, NAN, NAN},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(edges); i++) {
		float y = edges[i].function(edges[i].x);
		if (!same(y, edges[i].y))
			fail_msg("row %zu: %a gives %a, not %a", i, edges[i].x, y, edges[i].y);
	}
}

static void odd_functions_are_odd_and_the_cosine_even(void **state)
{
	uint64_t position = 0;
	static float x[BLOCK];
	size_t count;
	(void)state;
	while ((count = next_block(&position, x)) > 0) {
		for (size_t k = 0; k < count; k++) {
			assert_true(same(tanh_f32(-x[k]), -tanh_f32(x[k])));
			assert_true(same(erf_f32(-x[k]), -erf_f32(x[k])));
			assert_true(same(sin_f32(-x[k]), -sin_f32(x[k])));
			assert_true(same(cos_f32(-x[k]), cos_f32(x[k])));
		}
	}
}

static void squashing_functions_never_leave_their_range(void **state)
{
	uint64_t position = 0;
	static float x[BLOCK];
	size_t count;
	(void)state;
	while ((count = next_block(&position, x)) > 0) {
		for (size_t k = 0; k < count; k++) {
			if (!isfinite(x[k]))
				continue;
			assert_true(fabsf(tanh_f32(x[k])) <= 1);
			assert_true(fabsf(erf_f32(x[k])) <= 1);
			assert_true(fabsf(sin_f32(x[k])) <= 1);
			assert_true(fabsf(cos_f32(x[k])) <= 1);
			assert_true(exp_f32(x[k]) >= 0);
			assert_true(expm1_f32(x[k]) >= -1);
		}
	}
}

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%a instead of %a", value, expected);
}

static void identities_hold(void **state)
{
	(void)state;
	for (int i = -8000; i <= 8000; i++) {
		float x = (float)i / 100;
		double y = (double)i / 100 + 1e-3; /* never 0 */
		double sine = sin_f32(x), cosine = cos_f32(x);
		assert_near((double)exp_f32(x) * exp_f32(-x), 1, 0x1p-21);
		assert_near(sine * sine + cosine * cosine, 1, 0x1p-21);
		assert_near(exp_f64(y) * exp_f64(-y), 1, 0x1p-50);
		assert_near(log_f64(exp_f64(y)), y, 0x1p-46);
		assert_near(sin_f64(y) * sin_f64(y) + cos_f64(y) * cos_f64(y), 1, 0x1p-50);
		if (y > -1)
			assert_near(log1p_f64(expm1_f64(y)) / y, 1, 0x1p-50);
	}
}

static void double_functions_are_accurate(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(double_functions); i++) {
		const struct double_function *f = &double_functions[i];
		uint64_t low = bits_of(f->low), step = (bits_of(f->high) - low) / STEPS;
		for (uint64_t k = 0; k < STEPS; k++) {
			double x = from_bits(low + k * step) * f->sign;
			double off = units_off_double(f->function(x), f->reference(x));
			if (!(off <= 3))
				fail_msg("%s(%a) is %g ulp off", f->name, x, off);
		}
	}
}

static void double_results_are_the_same_on_every_machine(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(double_functions); i++) {
		const struct double_function *f = &double_functions[i];
		uint64_t low = bits_of(f->low), step = (bits_of(f->high) - low) / STEPS;
		uint64_t hash = 0;
		for (uint64_t k = 0; k < STEPS; k++)
			hash = fingerprint_add(hash, f->function(from_bits(low + k * step) * f->sign));
		if (hash != f->fingerprint)
			fail_msg("%s gives 0x%jx", f->name, (uintmax_t)hash);
	}
}

static void double_edges_follow_the_standard(void **state)
{
	static const double infinity = (double)INFINITY, nan = (double)NAN;
	const struct edge {
		double (*function)(double x);
		double x, y;
	} edges[] = {
		{exp_f64, -0.0, 1},
		{exp_f64, infinity, infinity},
		{exp_f64, -infinity, 0},
		{exp_f64, 709.79, infinity},
		{exp_f64, 709.78, 0x1.fe9ce5c4c52b4p1023},
		{exp_f64, -708.4, 0},
		{exp_f64, -708.39, 0x1.01a5ff6ed496bp-1022},
		{exp_f64, nan, nan},
		{expm1_f64, 709.78, 0x1.fe9ce5c4c52b4p1023},
		{expm1_f64, -0.0, -0.0},
		{expm1_f64, infinity, infinity},
		{expm1_f64, -infinity, -1},
		{expm1_f64, nan, nan},
		{log_f64, 0, -infinity},
		{log_f64, -0.0, -infinity},
		{log_f64, 1, 0},
		{log_f64, -1, nan},
		{log_f64, -infinity, nan},
		{log_f64, infinity, infinity},
		{log_f64, nan, nan},
		{log_f64, 0x1p-1074, -0x1.74385446d71c3p9},
		{log10_f64, 0, -infinity},
		{log10_f64, -0.0, -infinity},
		{log10_f64, 1, 0},
		{log10_f64, -1, nan},
		{log10_f64, infinity, infinity},
		{log10_f64, nan, nan},
		{log1p_f64, -0.0, -0.0},
		{log1p_f64, -1, -infinity},
		{log1p_f64, -1.5, nan},
		{log1p_f64, infinity, infinity},
		{log1p_f64, -infinity, nan},
		{log1p_f64, nan, nan},
		{log1p_f64, DBL_MAX, 0x1.62e42fefa39efp9},
		{sin_f64, -0.0, -0.0},
		{sin_f64, infinity, nan},
		{sin_f64, nan, nan},
		{sin_f64, 1e300, 0},
		{cos_f64, 1e300, 1},
		{cos_f64, -0.0, 1},
		{cos_f64, -infinity, nan},
		{cos_f64, nan, nan},
		/* The closest any double up to 1e6 comes to a multiple of pi/2. */
		{cos_f64, 0x1.6c6cbc45dc8dep5, -0x1.6d61b58c99c43p-61},
		{sin_f64, 0x1.6c6cbc45dc8dep7, 0x1.6d61b58c99c43p-59},
		{tanh_f64, -0.0, -0.0},
		{tanh_f64, infinity, 1},
		{tanh_f64, -infinity, -1},
		{tanh_f64, nan, nan},
		{erf_f64, -0.0, -0.0},
		{erf_f64, infinity, 1},
		{erf_f64, -infinity, -1},
		{erf_f64, nan, nan},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(edges); i++) {
		double y = edges[i].function(edges[i].x);
		if (!same(y, edges[i].y))
			fail_msg("row %zu: %a gives %a, not %a", i, edges[i].x, y, edges[i].y);
	}
}

/* Within 2 units in the last place, down to the smallest normal float, below which it is 0. */
static void the_exponential_of_a_negative_is_accurate(void **state)
{
	(void)state;
	for (float x = -87.33654f; x < -1e-30f; x *= 1 - 0x1.3p-16f) {
		double exact = exp((double)x);
		double unit = ldexp(1, ilogb(exact) - 23);
		if (!(fabs((double)exp_of_negative_f32(x) - exact) <= 2 * unit))
			fail_msg("e^%a is off by %g units", (double)x,
				((double)exp_of_negative_f32(x) - exact) / unit);
	}
	assert_true(exp_of_negative_f32(-0.0f) == 1 && exp_of_negative_f32(0) == 1);
	assert_true(exp_of_negative_f32(-87.34f) == 0 && exp_of_negative_f32(-1e30f) == 0);
	assert_true(isnan(exp_of_negative_f32((float)NAN)));
}

static void powers_of_ten_have_whole_logarithms(void **state)
{
	double power = 1;
	(void)state;
	for (int k = 0; k <= 22; k++, power *= 10) {
		assert_true(same(log10_f64(power), k));
		assert_true(same(log10_f64(1 / power), k ? -k : 0));
		assert_true(same(exp10_f64(k), power));
		assert_true(same(exp10_f64(-k), 1 / power));
	}
}

static void powers_of_ten_are_accurate_from_one_end_of_double_to_the_other(void **state)
{
	(void)state;
	for (double x = -307.5; x < 308.25; x += 0.03125 * 0.99) {
		long double exact = powl(10, x);
		double error = (double)fabsl(exp10_f64(x) / exact - 1);
		if (!(error <= 10 * DBL_EPSILON))
			fail_msg("10^%a is off by %g units", x, error / DBL_EPSILON);
	}
	assert_true(same(exp10_f64(-400), 0) && same(exp10_f64(-1e300), 0));
	assert_true(same(exp10_f64(400), (double)INFINITY) &&
		same(exp10_f64((double)INFINITY), (double)INFINITY));
	assert_true(same(exp10_f64((double)NAN), (double)NAN));
}

static void a_minimum_or_maximum_takes_a_number_over_a_nan(void **state)
{
	const double values[] = {-(double)INFINITY, -1, 0, 2, (double)INFINITY, (double)NAN};
	(void)state;
	for (size_t i = 0; i < COUNT(values); i++)
		for (size_t k = 0; k < COUNT(values); k++) {
			assert_true(same(min_f64(values[i], values[k]), fmin(values[i], values[k])));
			assert_true(same(max_f64(values[i], values[k]), fmax(values[i], values[k])));
		}
}

static void powers_of_simple_numbers_are_exact(void **state)
{
	(void)state;
	for (int n = 0; n <= 1000; n++) {
		assert_true(power_f64(0.5, n) == ldexp(1, -n));
		assert_true(power_f64(1, n) == 1);
	}
	for (double x = 0.001; x < 1; x += 0.001) {
		assert_true(power_f64(x, 1) == x && power_f64(x, 0) == 1);
		assert_true(fabs(power_f64(x, 37) - pow(x, 37)) <= 40 * DBL_EPSILON * pow(x, 37));
	}
	assert_true(power_f64(0.999, INT64_C(1000000000000)) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(float_functions_are_accurate_over_all_floats),
		cmocka_unit_test(a_lane_gives_the_bits_of_a_scalar_call),
		cmocka_unit_test(flush_to_zero_changes_no_normal_number),
		cmocka_unit_test(float_results_are_the_same_on_every_machine),
		cmocka_unit_test(float_edges_follow_the_standard),
		cmocka_unit_test(odd_functions_are_odd_and_the_cosine_even),
		cmocka_unit_test(squashing_functions_never_leave_their_range),
		cmocka_unit_test(identities_hold),
		cmocka_unit_test(double_functions_are_accurate),
		cmocka_unit_test(double_results_are_the_same_on_every_machine),
		cmocka_unit_test(double_edges_follow_the_standard),
		cmocka_unit_test(the_exponential_of_a_negative_is_accurate),
		cmocka_unit_test(powers_of_ten_have_whole_logarithms),
		cmocka_unit_test(powers_of_ten_are_accurate_from_one_end_of_double_to_the_other),
		cmocka_unit_test(a_minimum_or_maximum_takes_a_number_over_a_nan),
		cmocka_unit_test(powers_of_simple_numbers_are_exact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
