/* Gradient check: compares backpropagation with central differences, both in double.
 *
 * Every parameter is moved by +-CHECK_EPSILON and by twice that. Richardson extrapolation combines
 * the two central differences into n, which is compared with the gradient a of backpropagation.
 * Data with a pre-activation within 20 epsilon of a kink are drawn again, and so are those where
 * max pooling chooses by less; dropout masks stay fixed.
 * A tensor passes when for every entry
 *	|a - n| <= 1e-6 max(|a| + |n|, 1e-3 max|g| of that tensor) + noise
 * where noise = 2^-50 max(L, 1) / epsilon bounds the rounding error of the losses. A tensor whose
 * largest gradient is below 1e-9 or below that noise is 'too small to check', never 'passed'.
 * This module is built in double only and shares no type-dependent name.
 */
#ifndef NN_CHECK_H
#define NN_CHECK_H

#include "nn/net.h"
#include <stdint.h>

#define CHECK_EPSILON 1e-5

enum check_outcome { CHECK_PASSED, CHECK_FAILED, CHECK_TOO_SMALL };

struct check_tensor {
	int layer;
	const char *name; /* "weight", "bias", "gamma", "beta", "slope" */
	size_t entries;
	double worst;   /* largest relative error: |a - n| / max(|a| + |n|, 1e-3 max|g|) */
	double largest; /* max|g| */
	enum check_outcome outcome;
};

struct check;

/* A network of this spec with random weights (by `initializer`), biases, data and targets, all
 * drawn from the seed. The caller frees it. NULL if there is no memory, or if no data far enough
 * from all kinks could be drawn. */
struct check *check_new(
	const struct net_spec *spec, const char *initializer, double gain, int rows, uint64_t seed);
void check_free(struct check *check);

/* For tests: multiplies the backpropagated gradient of this tensor by `factor`, so that the check
 * must fail. */
void check_plant_error(struct check *check, int layer, const char *name, double factor);

/* Works until the check is done (true) or *budget multiply-adds are used up (false). */
bool check_advance(struct check *check, uint64_t *budget);

int check_tensors(const struct check *check);
const struct check_tensor *check_tensor_at(const struct check *check, int index);

/* Spec number `index` of a list that combines every activation, normalization, position of the
 * normalization, skip connection and loss; some have dropout and penalties. `name` gets a
 * description of at most `size` bytes. False past the end. */
bool check_walk(int index, struct net_spec *spec, char *name, size_t size);

#endif
