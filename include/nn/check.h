/* Gradient check: backpropagation against central differences, both in double.
 *
 * Every parameter is moved by +-CHECK_EPSILON and by twice that; the two central differences,
 * joined by Richardson's extrapolation, are compared with what backpropagation says. Data with
 * a pre-activation within 20 epsilon of a kink are drawn anew, dropout masks stay fixed. A
 * tensor passes when for every entry
 *	|a - n| <= 1e-6 max(|a| + |n|, 1e-3 max|g| of that tensor) + noise
 * where noise = 2^-50 max(L, 1) / epsilon is what rounding the two losses alone can do. A tensor
 * whose largest gradient is under 1e-9 or lost in that noise is 'too small to check', never
 * 'passed'. This module is built in double only and shares no type-dependent name.
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
	double worst;   /* largest |a - n| / max(|a| + |n|, 1e-3 max|g|) */
	double largest; /* max |g| */
	enum check_outcome outcome;
};

struct check;

/* A network of this spec with random weights (by `initializer`), biases, data and targets, all
 * from the seed. NULL without memory, or if no data away from all kinks could be drawn. */
struct check *check_new(
	const struct net_spec *spec, const char *initializer, double gain, int rows, uint64_t seed);
void check_free(struct check *check);

/* Multiplies every backpropagated gradient of this tensor by `factor`: a check must notice. */
void check_plant_error(struct check *check, int layer, const char *name, double factor);

/* Works until done (true) or the budget of multiply-adds is used up. */
bool check_advance(struct check *check, uint64_t *budget);

int check_tensors(const struct check *check);
const struct check_tensor *check_tensor_at(const struct check *check, int index);

/* The walk over the tables: case `index` of every activation x normalization x its position x
 * skip x loss, with dropout and penalties in some. False past the end. `name` gets a line. */
bool check_walk(int index, struct net_spec *spec, char *name, size_t size);

#endif
