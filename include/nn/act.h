/* Activation functions: one table row is the whole of one.
 *
 * A row computes f and f' together, since both need the same exponential. At a kink f' is
 * PyTorch's: from the left, and 0 where a function is cut off (relu6, hard-*). It stays
 * positive as long as a float can hold it (sigmoid and tanh use e^-|u| forms, not s(1 - s)).
 * NaN in gives NaN out; infinities give the limits of f and f', or NaN where there is none or,
 * for f' beside an infinite f, it would cost time. Formulas: section 1 of the numerics sheet.
 *
 * To add one: in src/nn/act.c a function POINT(name) and, at the end, its row.
 */
#ifndef NN_ACT_H
#define NN_ACT_H

#include "nn/real.h"
#include <stdbool.h>
#include <stddef.h>

struct activation_parameters {
	real leaky_slope;   /* of leaky-relu */
	real elu_alpha;     /* of elu */
	real learned_slope; /* of prelu: the layer's own parameter */
};

enum { ACTIVATION_KINKS_MAX = 2 };

struct activation {
	const char *name, *symbol, *help;
	double max_slope;  /* of |f'|; with elu_alpha > 1 see activation_max_slope() */
	bool alpha_scales; /* f' reaches elu_alpha */
	bool learns_slope; /* has one learned slope per layer */
	int kinks;         /* where f' jumps: gradient checks stay away from these */
	double kink[ACTIVATION_KINKS_MAX];
	/* f[i], and derivative[i] unless that is NULL, for n values u[i]; arrays do not overlap */
	void (*apply)(const struct activation_parameters *parameters, size_t n, const real *u, real *f,
		real *derivative);
};

#define activation_find NN(activation_find)
#define activation_at NN(activation_at)
#define activation_max_slope NN(activation_max_slope)
#define activation_parameters_default NN(activation_parameters_default)

const struct activation *activation_find(const char *name); /* NULL if unknown */
const struct activation *activation_at(int index);          /* NULL past the end */
double activation_max_slope(
	const struct activation *activation, const struct activation_parameters *parameters);
struct activation_parameters activation_parameters_default(void);

#endif
