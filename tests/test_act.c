/* Activation functions: f' is the slope of f, its largest value is the table's, kinks are where
 * the table says, and every build of the loops gives the same bits. Built for float and, with
 * NN_DOUBLE, for double. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nn/kernels.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#ifdef NN_DOUBLE
static const char *const variants[] = {"double"};
static const double difference_step = 1e-5, difference_tolerance = 1e-8;
#define REAL_EPSILON DBL_EPSILON
#else
static const char *const variants[] = {"baseline", "avx2", "avx512"};
static const double difference_step = 1.0 / 256, difference_tolerance = 6e-4;
#define REAL_EPSILON FLT_EPSILON
#endif

/* Not the defaults, so that f' jumps at every kink of the table, and confused parameters show. */
static const struct activation_parameters parameters = {
	.leaky_slope = (real)0.2,
	.elu_alpha = (real)1.75,
	.learned_slope = (real)0.375,
};

/* The next build this machine can run, from *index on; NULL past the end. */
static const struct kernels *next_variant(size_t *index)
{
	while (*index < COUNT(variants)) {
		const struct kernels *kernels = kernels_find(variants[(*index)++]);
		if (kernels)
			return kernels;
	}
	return NULL;
}

struct point {
	double f, derivative;
};

static struct point at(const struct activation *activation, double u)
{
	real x = (real)u, f, derivative;
	activation->apply(&parameters, 1, &x, &f, &derivative);
	return (struct point){f, derivative};
}

/* Calls check() for every row of every build. */
static void walk(void (*check)(const struct activation *activation))
{
	const struct kernels *kernels;
	size_t index = 0;
	int seen = 0;
	while ((kernels = next_variant(&index)))
		for (int i = 0; i < kernels->activations->count; i++, seen++)
			check(&kernels->activations->row[i]);
	assert_true(seen >= 18);
}

static int near_kink(const struct activation *activation, double u, double distance)
{
	for (int i = 0; i < activation->kinks; i++)
		if (fabs(u - activation->kink[i]) <= distance)
			return 1;
	return 0;
}

static void check_slope(const struct activation *activation)
{
	for (int k = -1600; k <= 1600; k++) {
		double u = (4 * k + 1) / 256.0, h = difference_step;
		if (near_kink(activation, u, h))
			continue;
		double high = (real)(u + h), low = (real)(u - h);
		double slope = (at(activation, high).f - at(activation, low).f) / (high - low);
		double derivative = at(activation, u).derivative;

		if (!(fabs(slope - derivative) <= difference_tolerance))
			fail_msg(
				"%s'(%g) is %.9g, differences say %.9g", activation->name, u, derivative, slope);
	}
}

static void derivatives_are_the_slopes(void **state)
{
	(void)state;
	walk(check_slope);
}

static void check_finite(const struct activation *activation)
{
	static const double far[] = {20, 21, 50, 89, 104, 200, 201, 1e3, 1e4, 1e10, 1e30};
	for (size_t i = 0; i < COUNT(far); i++)
		for (int sign = -1; sign <= 1; sign += 2) {
			struct point p = at(activation, sign * far[i]);
			if (!isfinite(p.f) || !isfinite(p.derivative))
				fail_msg(
					"%s(%g) = %g, slope %g", activation->name, sign * far[i], p.f, p.derivative);
		}
}

static void finite_inputs_give_finite_results(void **state)
{
	(void)state;
	walk(check_finite);
}

static void check_nan(const struct activation *activation)
{
	if (!isnan(at(activation, (double)NAN).f))
		fail_msg("%s hides a NaN", activation->name);
}

static void a_nan_is_never_hidden(void **state)
{
	(void)state;
	walk(check_nan);
}

static void check_supremum(const struct activation *activation)
{
	double supremum = activation_max_slope(activation, &parameters), largest = 0;
	assert_true(supremum == (activation->alpha_scales ? 1.75 : activation->max_slope));
	/* beside a kink too, where a slope may come near its largest and never be there */
	for (int i = 0; i < activation->kinks; i++)
		for (int sign = -1; sign <= 1; sign += 2)
			largest =
				fmax(largest, fabs(at(activation, activation->kink[i] + sign * 1e-6).derivative));
	for (int k = -25 * 1024; k <= 25 * 1024; k++)
		largest = fmax(largest, fabs(at(activation, k / 1024.0).derivative));
	for (double u = 32; u < 1e6; u *= 2)
		for (int sign = -1; sign <= 1; sign += 2)
			largest = fmax(largest, fabs(at(activation, sign * u).derivative));
	if (!(largest <= supremum + 1e-6 && largest >= supremum - 2e-6))
		fail_msg("%s: the largest slope is %.9g, the table says %.9g", activation->name, largest,
			supremum);
}

static void the_largest_slope_is_the_tables(void **state)
{
	(void)state;
	walk(check_supremum);
}

static void elu_with_small_alpha_still_reaches_slope_one(void **state)
{
	struct activation_parameters small = activation_parameters_default();
	(void)state;
	small.elu_alpha = (real)0.5;
	assert_true(activation_max_slope(activation_find("elu"), &small) == 1);
}

#define INF ((double)INFINITY)
#define NONE ((double)NAN)

/* f(0), f'(0) and whether f ever falls; at a kink f' is the one from the left, as PyTorch
 * takes it, but 0 where a function is cut off; the limits at the infinities. */
static const struct fact {
	const char *name;
	double f, derivative;
	int falls;
	double at_kink[ACTIVATION_KINKS_MAX];
	struct point low, high;
} facts[] = {
	{"sigmoid", 0.5, 0.25, 0, {0}, {0, 0}, {1, 0}},
	{"relu", 0, 0, 0, {0}, {0, 0}, {INF, 1}},
	{"tanh", 0, 1, 0, {0}, {-1, 0}, {1, 0}},
	{"leaky-relu", 0, 0.2, 0, {0.2}, {-INF, 0.2}, {INF, 1}},
	{"prelu", 0, 0.375, 0, {0.375}, {-INF, 0.375}, {INF, 1}},
	{"elu", 0, 1.75, 0, {1.75}, {-1.75, 0}, {INF, 1}},
	{"selu", 0, 1.7580993408473766, 0, {1.7580993408473766}, {-1.7580993408473766, 0},
		{INF, 1.0507009873554805}},
	{"gelu", 0, 0.5, 1, {0}, {0, 0},
		{INF, NONE}}, /* f' beside an infinite f may be NaN, see act.h */
	{"gelu-tanh", 0, 0.5, 1, {0}, {0, 0}, {INF, 1}},
	{"silu", 0, 0.5, 1, {0}, {0, 0}, {INF, NONE}}, /* the same */
	{"softplus", 0.69314718055994531, 0.5, 0, {0}, {0, 0}, {INF, 1}},
	{"mish", 0, 0.6, 1, {0}, {0, 0}, {INF, 1}},
	{"softsign", 0, 1, 0, {0}, {-1, 0}, {1, 0}},
	{"relu6", 0, 0, 0, {0, 0}, {0, 0}, {6, 0}},
	{"hard-tanh", 0, 1, 0, {0, 0}, {-1, 0}, {1, 0}},
	{"hard-sigmoid", 0.5, 1.0 / 6, 0, {0, 0}, {0, 0}, {1, 0}},
	{"sine", 0, 1, 1, {0}, {NONE, NONE}, {NONE, NONE}},
	{"identity", 0, 1, 0, {0}, {-INF, 1}, {INF, 1}},
};

static const struct fact *fact_of(const struct activation *activation)
{
	for (size_t i = 0; i < COUNT(facts); i++)
		if (strcmp(facts[i].name, activation->name) == 0)
			return &facts[i];
	fail_msg("%s has no facts in this test: add its values to facts[]", activation->name);
	return NULL;
}

static void check_zero(const struct activation *activation)
{
	const struct fact *fact = fact_of(activation);
	for (int sign = -1; sign <= 1; sign += 2) {
		struct point p = at(activation, sign * 0.0);
		if (!(fabs(p.f - fact->f) <= 2 * REAL_EPSILON &&
				fabs(p.derivative - fact->derivative) <= 2 * REAL_EPSILON))
			fail_msg("%s(0) = %.9g, slope %.9g; facts[] says %.9g, slope %.9g", activation->name,
				p.f, p.derivative, fact->f, fact->derivative);
	}
}

static void values_at_zero_are_the_conventions(void **state)
{
	(void)state;
	walk(check_zero);
}

static void check_monotone(const struct activation *activation)
{
	int falls = 0;
	for (int k = -25 * 64; k <= 25 * 64; k++)
		falls |= at(activation, k / 64.0).derivative < 0;
	if (falls != fact_of(activation)->falls)
		fail_msg("%s %s, facts[] says the opposite", activation->name,
			falls ? "falls somewhere" : "never falls");
}

static void slopes_are_negative_only_where_functions_fall(void **state)
{
	(void)state;
	walk(check_monotone);
}

static void check_kinks(const struct activation *activation)
{
	const struct fact *fact = fact_of(activation);
	const double d = 1.0 / 1024;
	for (int i = 0; i < activation->kinks; i++) {
		double kink = activation->kink[i];
		double left = at(activation, kink - d).derivative;
		double right = at(activation, kink + d).derivative;
		if (!(fabs(right - left) > 0.1))
			fail_msg("%s' does not jump at %g", activation->name, kink);
		double derivative = at(activation, kink).derivative;
		if (!(fabs(derivative - fact->at_kink[i]) <= 2 * REAL_EPSILON))
			fail_msg("%s'(%g) at the kink is %.9g, facts[] says %.9g", activation->name, kink,
				derivative, fact->at_kink[i]);
	}
	for (int k = -25 * 1024; k < 25 * 1024; k++) {
		double left = at(activation, k * d).derivative;
		double right = at(activation, (k + 1) * d).derivative;
		if (fabs(right - left) > 0.005 && !near_kink(activation, k * d, 2 * d))
			fail_msg("%s' jumps at %g", activation->name, k * d);
	}
}

static void kinks_are_where_slopes_jump(void **state)
{
	(void)state;
	walk(check_kinks);
}

static bool is_limit(double value, double limit)
{
	/* a limit of 0 may be reached early */
	return isnan(limit)
		? isnan(value)
		: value == limit || fabs(value - limit) <= 2 * REAL_EPSILON * fabs(limit) + 1e-70;
}

static void check_infinities(const struct activation *activation)
{
	const struct fact *fact = fact_of(activation);
	for (int sign = -1; sign <= 1; sign += 2) {
		struct point found = at(activation, sign * INF), limit = sign < 0 ? fact->low : fact->high;
		if (!is_limit(found.f, limit.f) || !is_limit(found.derivative, limit.derivative))
			fail_msg("%s(%g) = %g, slope %g; the limits are %g and %g", activation->name,
				sign * INF, found.f, found.derivative, limit.f, limit.derivative);
	}
}

static void infinities_give_the_limits(void **state)
{
	(void)state;
	walk(check_infinities);
}

static void sigmoid_and_its_mirror_add_up_to_one(void **state)
{
	const struct activation *sigmoid = activation_find("sigmoid");
	(void)state;
	for (int k = 0; k <= 100 * 128; k++) {
		double u = k / 128.0;
		double sum = at(sigmoid, u).f + at(sigmoid, -u).f;
		assert_true(fabs(sum - 1) <= REAL_EPSILON);
		assert_true(at(sigmoid, u).derivative == at(sigmoid, -u).derivative);
	}
}

/* A gradient must not be 0 where only rounding makes it so. */
static void slopes_stay_positive_while_the_type_can_hold_them(void **state)
{
	(void)state;
	for (double u = 0; u <= 40; u += 0.25)
		assert_true(at(activation_find("tanh"), u).derivative > 0);
	for (double u = 0; u <= 80; u += 0.25)
		assert_true(at(activation_find("sigmoid"), u).derivative > 0);
}

enum { LENGTH_MAX = 70 };

/* Values of every kind: the edges first, then the usual range. */
static void fill(real *u)
{
	static const double edges[] = {
		0,
		-0.0,
		1,
		-1,
		3,
		-3,
		6,
		20,
		-20,
		1e-30,
		-1e-30,
		1e4,
		-1e4,
		88.8,
		-88.8,
		104,
		-104,
	};
	for (size_t i = 0; i < LENGTH_MAX; i++)
		u[i] = i < COUNT(edges) ? (real)edges[i] : (real)((double)i * 0.37 - 16.1);
	u[LENGTH_MAX - 1] = (real)NAN;
	u[LENGTH_MAX - 2] = (real)INFINITY;
	u[LENGTH_MAX - 3] = (real)-INFINITY;
}

static int same(real a, real b)
{
	return memcmp(&a, &b, sizeof(a)) == 0 || (isnan(a) && isnan(b));
}

/* `expected` is what the first build computes, one value at a time. */
static void check_lengths(const struct activation *row, const real *u, const real *expected,
	const real *expected_derivative)
{
	real f[LENGTH_MAX], derivative[LENGTH_MAX], alone[LENGTH_MAX];
	for (size_t n = 1; n <= LENGTH_MAX; n++)
		for (size_t start = 0; start + n <= LENGTH_MAX; start += LENGTH_MAX - n + 1) {
			row->apply(&parameters, n, u + start, f, derivative);
			row->apply(&parameters, n, u + start, alone, NULL);
			for (size_t i = 0; i < n; i++)
				if (!same(f[i], expected[start + i]) || !same(f[i], alone[i]) ||
					!same(derivative[i], expected_derivative[start + i]))
					fail_msg("%s(%g) depends on the build or the length %zu", row->name,
						(double)u[start + i], n);
		}
}

static void builds_and_lengths_give_the_same_bits(void **state)
{
	const struct kernels *first = kernels_find(variants[0]), *kernels;
	real u[LENGTH_MAX + 1], expected[LENGTH_MAX], derivative[LENGTH_MAX];
	size_t index = 0;
	(void)state;
	fill(u + 1);
	assert_non_null(first);
	while ((kernels = next_variant(&index))) {
		assert_int_equal(kernels->activations->count, first->activations->count);
		for (int i = 0; i < first->activations->count; i++) {
			const struct activation *row = &first->activations->row[i];
			for (size_t k = 0; k < LENGTH_MAX; k++)
				row->apply(&parameters, 1, u + 1 + k, expected + k, derivative + k);
			check_lengths(&kernels->activations->row[i], u + 1, expected, derivative);
		}
	}
}

static void names_are_unique_and_found(void **state)
{
	const struct activation *row;
	(void)state;
	for (int i = 0; (row = activation_at(i)); i++) {
		assert_ptr_equal(activation_find(row->name), row);
		assert_true(row->help[0] && row->symbol[0]);
	}
	assert_null(activation_find("no such"));
	assert_null(activation_at(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derivatives_are_the_slopes),
		cmocka_unit_test(finite_inputs_give_finite_results),
		cmocka_unit_test(a_nan_is_never_hidden),
		cmocka_unit_test(the_largest_slope_is_the_tables),
		cmocka_unit_test(elu_with_small_alpha_still_reaches_slope_one),
		cmocka_unit_test(values_at_zero_are_the_conventions),
		cmocka_unit_test(slopes_are_negative_only_where_functions_fall),
		cmocka_unit_test(kinks_are_where_slopes_jump),
		cmocka_unit_test(infinities_give_the_limits),
		cmocka_unit_test(sigmoid_and_its_mirror_add_up_to_one),
		cmocka_unit_test(slopes_stay_positive_while_the_type_can_hold_them),
		cmocka_unit_test(builds_and_lengths_give_the_same_bits),
		cmocka_unit_test(names_are_unique_and_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
