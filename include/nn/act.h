/* Activation functions. Each is one row of a table; the rows name the papers.
 *
 * A row computes f and f' together, since both need the same exponential. At a kink f' is
 * PyTorch's: the derivative from the left, and 0 where a function is cut off (relu6, hard-*).
 * f' stays positive as long as a float can hold it: sigmoid and tanh use e^-|u|, not s(1 - s).
 * NaN in gives NaN out. Infinities give the limits of f and f'; NaN where a limit does not exist,
 * or where f is infinite and the limit of f' would cost time. Formulas: docs/numerics.md,
 * section 1.
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
	const char *derivative; /* f' as people write it; {f} and {z} stand for the values at z */
	double max_slope;       /* least upper bound of |f'|; see activation_max_slope() */
	bool alpha_scales;      /* the bound is elu_alpha where that is larger */
	bool learns_slope;      /* each layer has a learned slope */
	int kinks;              /* where f' jumps: gradient checks stay away from these */
	double kink[ACTIVATION_KINKS_MAX];
	/* Writes f[i] and derivative[i] for n values u[i]; `derivative` may be NULL. The arrays do not
	 * overlap. */
	void (*apply)(const struct activation_parameters *parameters, size_t n, const real *u, real *f,
		real *derivative);
};

#define activation_find NN(activation_find)
#define activation_at NN(activation_at)
#define activation_max_slope NN(activation_max_slope)
#define activation_parameters_default NN(activation_parameters_default)

const struct activation *activation_find(const char *name); /* NULL if unknown */
const struct activation *activation_at(int index);          /* NULL past the end */
/* The least upper bound of |f'| with these parameters. */
double activation_max_slope(
	const struct activation *activation, const struct activation_parameters *parameters);
/* PyTorch's: leaky slope 0.01, alpha 1, learned slope 0.25. */
struct activation_parameters activation_parameters_default(void);

#endif
