/* Initializers: how the initial weights are drawn. docs/numerics.md, section 2.
 *
 * LeCun et al. 1998, Glorot and Bengio 2010, He et al. 2015, orthogonal matrices (Saxe et al. 2014)
 * and LSUV (Mishkin and Matas 2016), beside plain distributions.
 *
 * To add one: a row in src/nn/init.c.
 */
#ifndef NN_INIT_H
#define NN_INIT_H

#include "nn/real.h"
#include "nn/rng.h"
#include <stdbool.h>

struct initializer_parameters {
	double low, high; /* of `uniform` */
	double std;       /* of `normal` */
	double value;     /* of `constant` */
	double gain;      /* multiplies every weight */
};

struct initializer {
	const char *name, *help;
	/* The weight in row `row` and column `column` of a matrix [fan_out][fan_in]. */
	double (*draw)(const struct initializer_parameters *parameters, struct rng *rng, int fan_in,
		int fan_out, int row, int column);
	/* Standard deviation of the weights, and the largest |weight| (0: unbounded). */
	double (*std)(const struct initializer_parameters *parameters, int fan_in, int fan_out);
	double (*bound)(const struct initializer_parameters *parameters, int fan_in, int fan_out);
	bool draws_bias;    /* biases are drawn like weights; else they are 0 */
	bool orthogonal;    /* makes the columns orthonormal, or the rows if there are fewer */
	bool unit_variance; /* LSUV: then scales layer by layer until z has variance 1 on a batch */
};

#define initializer_at NN(initializer_at)
#define initializer_find NN(initializer_find)
#define initializer_fan_in NN(initializer_fan_in)

const struct initializer *initializer_at(int index);          /* NULL past the end */
const struct initializer *initializer_find(const char *name); /* NULL if unknown */

/* The fan_in that a tensor is drawn by: PyTorch's default takes the units of a recurrent layer's
 * state for all of its tensors. state_units is 0 in other layers. */
int initializer_fan_in(const struct initializer *initializer, int fan_in, int state_units);

#endif
