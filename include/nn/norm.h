/* Normalization: none, batch norm (Ioffe and Szegedy 2015) or layer norm (Ba et al. 2016).
 *
 * normalized = (x - mean) / sqrt(variance + epsilon), y = gamma * normalized + beta, with the
 * biased variance. Batch norm computes mean and variance of each unit over the samples, layer norm
 * of each sample over the units. A unit that makes a map, as a channel of a convolution does, has
 * one row for each place, and all of them belong together. Matrices are [units][places][stride]
 * with `rows` valid columns. Backward formulas: docs/numerics.md, section 4.
 *
 * To add one: forward and backward in src/nn/norm.c and a row.
 */
#ifndef NN_NORM_H
#define NN_NORM_H

#include "nn/real.h"
#include <stdbool.h>
#include <stddef.h>

struct norm_work {
	int units, places, rows, stride;
	real epsilon;
	const real *gamma, *beta;              /* [units] */
	real *inv_std;                         /* per unit [units] (batch) or sample [rows] (layer) */
	real *running_mean, *running_variance; /* [units], batch norm only */
	real momentum;                         /* weight of this batch in the running statistics */
	bool evaluate;                         /* use the running statistics */
	bool update_running;
};

struct normalization {
	const char *name, *help;
	bool per_unit; /* statistics of each unit over the batch; else of each sample over the units */
	/* Both are NULL for `none`. forward: reads x, writes normalized and y; y may be x. */
	void (*forward)(const struct norm_work *work, const real *x, real *normalized, real *y);
	/* backward: replaces dL/dy in `gradient` by dL/dx and sets columns past `rows` to 0; adds
	 * dL/dgamma and dL/dbeta. */
	void (*backward)(const struct norm_work *work, const real *normalized, real *gradient,
		real *gamma_gradient, real *beta_gradient);
};

#define normalization_at NN(normalization_at)
#define normalization_find NN(normalization_find)

const struct normalization *normalization_at(int index);          /* NULL past the end */
const struct normalization *normalization_find(const char *name); /* NULL if unknown */

#endif
