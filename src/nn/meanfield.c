#include "nn/meanfield.h"

#include "nn/act.h"
#include "nn/elementary.h"
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(real) == sizeof(double), "float is too coarse for these sums");

enum { HALF_PANEL = 5, PANEL = 2 * HALF_PANEL };

/* Gauss-Legendre nodes of a panel of ten, those right of its middle, and their weights. */
static const double node[HALF_PANEL] = {0.14887433898163121, 0.43339539412924719,
	0.67940956829902441, 0.86506336668898451, 0.97390652851717172};
static const double node_weight[HALF_PANEL] = {0.29552422471475287, 0.26926671930999636,
	0.21908636251598204, 0.14945134915058059, 0.066671344308688138};

/* Standard deviations from 0 where the normal distribution may end: e^-50 of it is left. */
#define REACH 10.0
#define ONE_OVER_SQRT_2PI 0.39894228040143268

#define Q_SMALLEST 1e-80
#define Q_LARGEST 1e40

/* A sine has no scale beyond which it is smooth: panels would have to be ever shorter.
 * sin^2, cos^2 and cos^4 are sums of cosines, and E cos(ku) = e^(-k^2 q/2). */
static struct meanfield_moments sine(double q)
{
	double twice = exp_f64(-2 * q), four_times = exp_f64(-8 * q);
	return (struct meanfield_moments){
		.square = -0.5 * expm1_f64(-2 * q),
		.derivative_square = 0.5 + 0.5 * twice,
		.derivative_fourth = 0.375 + 0.5 * twice + 0.125 * four_times,
	};
}

static const struct {
	const char *activation;
	struct meanfield_moments (*moments)(double q);
} closed[] = {
	{"sine", sine},
};

struct integral {
	const struct activation *activation;
	struct activation_parameters parameters;
	double std; /* sqrt(q) */
	struct meanfield_moments sum;
};

/* Adds what lies between a and b, in standard deviations. */
static void add_panel(struct integral *integral, double a, double b)
{
	double middle = (a + b) / 2, half = fabs(b - a) / 2;
	double density[PANEL], u[PANEL], f[PANEL], derivative[PANEL];
	for (int i = 0; i < PANEL; i++) {
		int k = i < HALF_PANEL ? i : i - HALF_PANEL;
		double z = middle + (i < HALF_PANEL ? half : -half) * node[k];
		density[i] = half * node_weight[k] * ONE_OVER_SQRT_2PI * exp_f64(-0.5 * z * z);
		u[i] = integral->std * z;
	}
	integral->activation->apply(&integral->parameters, PANEL, u, f, derivative);
	for (int i = 0; i < PANEL; i++) {
		double slope = derivative[i] * derivative[i];
		integral->sum.square += density[i] * (f[i] * f[i]);
		integral->sum.derivative_square += density[i] * slope;
		integral->sum.derivative_fourth += density[i] * (slope * slope);
	}
}

/* The nearest kink beyond `from` on one side of 0, as a distance in standard deviations. */
static double next_kink(const struct integral *integral, double side, double from)
{
	double nearest = REACH;
	for (int k = 0; k < integral->activation->kinks; k++) {
		double at = side * integral->activation->kink[k] / integral->std;
		if (at > from && at < nearest)
			nearest = at;
	}
	return nearest;
}

/* From 0 outwards: f changes on a scale of u = 1, the density on one of z = 1. Whichever is
 * shorter makes the first panel; farther out f is the smoother the farther, and from u = 32 on
 * it is as good as straight. */
static void add_side(struct integral *integral, double side)
{
	double first = min_f64(1, 1 / integral->std);
	for (double a = 0, b; a < REACH; a = b) {
		double width = a < 32 * first ? max_f64(first, a) : 3 * a;
		b = min_f64(a + min_f64(1, width), next_kink(integral, side, a));
		add_panel(integral, side * a, side * b);
	}
}

struct meanfield_moments meanfield_integrate(const struct meanfield_unit *unit, double q)
{
	q = min_f64(max_f64(q, Q_SMALLEST), Q_LARGEST);
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		if (strcmp(closed[i].activation, unit->activation) == 0)
			return closed[i].moments(q);
	struct integral integral = {
		.activation = activation_find(unit->activation),
		.parameters = {unit->leaky_slope, unit->elu_alpha, unit->learned_slope},
		.std = sqrt(q),
	};
	assert(integral.activation);
	add_side(&integral, -1);
	add_side(&integral, 1);
	return integral.sum;
}
