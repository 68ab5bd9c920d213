/* Generators: points and sequences made by a formula, in order. Formulas: docs/numerics.md,
 * section 11. */
#ifndef LAB_GENERATORS_H
#define LAB_GENERATORS_H

#include "nn/rng.h"

enum { GENERATOR_FEATURES_MAX = 2 };

/* Random streams of a data set. `noise` is a length in the plane of the points or of the target. */
struct generator_state {
	uint64_t seed;
	double noise;
	struct rng positions, errors;
};

struct point {
	double x[GENERATOR_FEATURES_MAX];
	int class;
	double value; /* the target in place of a class, if there are none */
};

/* Makes points or sequences; the other function is NULL. */
struct generator {
	const char *name, *help;
	int features, classes; /* of a sequence: features a step; 0 classes: regression */
	/* Point number `index` of `count` (at least 10). */
	void (*point)(struct generator_state *state, int index, int count, struct point *point);
	/* Any one of them: x is [length][features], length at least 2; the target is all that is set
	 * of the point. */
	void (*sequence)(struct generator_state *state, int length, double *x, struct point *target);
};

/* NULL past the end. */
const struct generator *generator_at(int index);

/* NULL if there is none. */
const struct generator *generator_find(const char *name);

#endif
