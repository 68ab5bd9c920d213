/* Initializers: how the first weights are drawn. Section 2 of the numerics sheet.
 *
 * To add one: a row in src/nn/init.c; `spread` is the bound of a uniform distribution or the
 * standard deviation of a normal one.
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
	/* One weight of row `row`, column `column` of a matrix [fan_out][fan_in]. */
	double (*draw)(const struct initializer_parameters *parameters, struct rng *rng, int fan_in,
		int fan_out, int row, int column);
	/* For tests: standard deviation and bound (0: none) of what is drawn. */
	double (*std)(const struct initializer_parameters *parameters, int fan_in, int fan_out);
	double (*bound)(const struct initializer_parameters *parameters, int fan_in, int fan_out);
	bool draws_bias; /* biases by the same rule; else 0 */
	bool orthogonal; /* what was drawn is made orthonormal: columns, or rows if there are fewer */
	bool unit_variance; /* then scaled layer by layer until z has variance 1 on a batch */
};

#define initializer_at NN(initializer_at)
#define initializer_find NN(initializer_find)

const struct initializer *initializer_at(int index);          /* NULL past the end */
const struct initializer *initializer_find(const char *name); /* NULL if unknown */

#endif
