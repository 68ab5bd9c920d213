/* The integrals behind mean-field theory: every activation, at every scale of its input. */
#include "nn/meanfield.h"

#include "nn/act.h"
#include "nn/elementary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void assert_near(double ours, double theirs, double tolerance, const char *what)
{
	if (!(fabs(ours - theirs) <= tolerance))
		fail_msg("%s: %.9g, expected %.9g +- %.2g", what, ours, theirs, tolerance);
}

static struct meanfield_unit unit_of(const char *activation)
{
	return (struct meanfield_unit){activation, 0.01, 1, 0.25};
}

static double normal_part(double bound) /* share of N(0, 1) within +-bound */
{
	return erf_f64(bound / sqrt(2));
}

/* E[clip(u, -c, c)^2] for u ~ N(0, q). */
static double clipped_square(double c, double q)
{
	double k = c / sqrt(q), inside = normal_part(k);
	double density = exp_f64(-0.5 * k * k) * 0.39894228040143268;
	return q * (inside - 2 * k * density) + c * c * (1 - inside);
}

/* The closed forms; q is the only argument. */
static double half(double q)
{
	return q / 2;
}
static double one_half(double q)
{
	(void)q;
	return 0.5;
}
static double itself(double q)
{
	return q;
}
static double leaky_square(double q)
{
	return q * (1 + 0.0001) / 2;
}
static double hard_tanh_square(double q)
{
	return clipped_square(1, q);
}
static double hard_tanh_slope(double q)
{
	return normal_part(1 / sqrt(q));
}
static double hard_sigmoid_square(double q)
{
	return 0.25 + clipped_square(3, q) / 36;
}
static double hard_sigmoid_slope(double q)
{
	return normal_part(3 / sqrt(q)) / 36;
}
static double hard_sigmoid_fourth(double q)
{
	return normal_part(3 / sqrt(q)) / 1296;
}
static double relu6_square(double q)
{
	return clipped_square(6, q) / 2;
}
static double relu6_slope(double q)
{
	return normal_part(6 / sqrt(q)) / 2;
}
static double sine_square(double q)
{
	return (1 - exp_f64(-2 * q)) / 2;
}
static double sine_slope(double q)
{
	return (1 + exp_f64(-2 * q)) / 2;
}

static const struct {
	const char *activation;
	double (*square)(double q), (*slope)(double q), (*fourth)(double q); /* NULL: none */
} closed[] = {
	{"identity", itself, NULL, NULL},
	{"relu", half, one_half, one_half},
	{"leaky-relu", leaky_square, NULL, NULL},
	{"relu6", relu6_square, relu6_slope, relu6_slope},
	{"hard-tanh", hard_tanh_square, hard_tanh_slope, hard_tanh_slope},
	{"hard-sigmoid", hard_sigmoid_square, hard_sigmoid_slope, hard_sigmoid_fourth},
	{"sine", sine_square, sine_slope, NULL},
};

static void integrals_meet_their_closed_forms_at_every_scale(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(closed); i++)
		for (double q = 1e-3; q < 1e9; q *= 3.7) {
			struct meanfield_unit unit = unit_of(closed[i].activation);
			struct meanfield_moments m = meanfield_integrate(&unit, q);
			double square = closed[i].square(q);
			/* closed forms lose digits if the clip is hardly reached */
			assert_near(m.square, square, 1e-11 * (square + fmin(1, q)), unit.activation);
			if (closed[i].slope)
				assert_near(m.derivative_square, closed[i].slope(q), 1e-11 * closed[i].slope(q),
					unit.activation);
			if (closed[i].fourth)
				assert_near(m.derivative_fourth, closed[i].fourth(q), 1e-11 * closed[i].fourth(q),
					unit.activation);
		}
}

/* Simpson's rule over u rather than z, with steps fine enough for f everywhere it changes. */
static struct meanfield_moments by_simpson(const struct activation *row, double q)
{
	enum { STEPS = 10000 };
	const double reach = fmin(10 * sqrt(q), 200), step = reach / STEPS;
	struct activation_parameters parameters = activation_parameters_default();
	struct meanfield_moments m = {0, 0, 0};
	for (int side = -1; side <= 1; side += 2)
		for (int i = 0; i <= STEPS; i++) {
			double at = side * (i ? i * step : 1e-12); /* f' at 0 from either side */
			real u = (real)at, f, derivative;
			row->apply(&parameters, 1, &u, &f, &derivative);
			double weight = (i == 0 || i == STEPS ? 1
									: i % 2       ? 4
												  : 2) *
				step / 3 * exp_f64(-at * at / (2 * q)) * 0.39894228040143268 / sqrt(q);
			double slope = (double)derivative * derivative;
			m.square += weight * f * f;
			m.derivative_square += weight * slope;
			m.derivative_fourth += weight * slope * slope;
		}
	return m;
}

static void every_activation_is_integrated(void **state)
{
	const double scale[] = {0.05, 1, 30, 300};
	const struct activation *row;
	int walked = 0;
	(void)state;
	for (; (row = activation_at(walked)); walked++)
		for (size_t k = 0; k < LENGTH(scale); k++) {
			struct meanfield_unit unit = unit_of(row->name);
			struct meanfield_moments ours = meanfield_integrate(&unit, scale[k]);
			struct meanfield_moments theirs = by_simpson(row, scale[k]);
			/* the kinks of relu6 and the hard ones fall between Simpson's points */
			double tolerance = row->kinks == 2 ? 5e-3 : 1e-5;
			assert_near(ours.square, theirs.square, tolerance * theirs.square, row->name);
			assert_near(ours.derivative_square, theirs.derivative_square,
				tolerance * theirs.derivative_square, row->name);
			assert_near(ours.derivative_fourth, theirs.derivative_fourth,
				tolerance * theirs.derivative_fourth, row->name);
		}
	assert_true(walked >= 18);
}

/* A saturating f' is a spike beside a wide distribution: what remains is the density at 0 times
 * the integrals of f'^2 and f'^4 over all u. */
static const struct {
	const char *activation;
	double square, fourth;
} spikes[] = {
	{"sigmoid", 1.0 / 6, 1.0 / 140},
	{"tanh", 4.0 / 3, 32.0 / 35},
	{"softsign", 2.0 / 3, 2.0 / 7},
};

static void a_narrow_slope_is_not_missed(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(spikes); i++) {
		struct meanfield_unit unit = unit_of(spikes[i].activation);
		struct meanfield_moments m = meanfield_integrate(&unit, 1e26);
		double density = 0.39894228040143268 / 1e13;
		assert_near(m.derivative_square / density, spikes[i].square, 1e-9, unit.activation);
		assert_near(m.derivative_fourth / density, spikes[i].fourth, 1e-9, unit.activation);
	}
}

static void no_signal_and_too_much_count_as_the_nearest_that_can_be(void **state)
{
	const struct activation *row;
	(void)state;
	for (int i = 0; (row = activation_at(i)); i++) {
		struct meanfield_unit unit = unit_of(row->name);
		struct meanfield_moments none = meanfield_integrate(&unit, 0);
		struct meanfield_moments small = meanfield_integrate(&unit, 1e-20);
		assert_near(none.square, small.square, 1e-9, row->name);
		assert_near(none.derivative_square, small.derivative_square, 1e-9, row->name);
		assert_true(none.derivative_square > 0);
		assert_true(
			meanfield_integrate(&unit, 1e300).square == meanfield_integrate(&unit, 1e40).square);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integrals_meet_their_closed_forms_at_every_scale),
		cmocka_unit_test(every_activation_is_integrated),
		cmocka_unit_test(a_narrow_slope_is_not_missed),
		cmocka_unit_test(no_signal_and_too_much_count_as_the_nearest_that_can_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
