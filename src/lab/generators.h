/* Generators: points made by a formula, in order. Formulas: docs/numerics.md, section 11. */
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

struct generator {
	const char *name, *help;
	int features, classes; /* 0 classes: regression */
	/* Point number `index` of `count` (at least 10). */
	void (*point)(struct generator_state *state, int index, int count, struct point *point);
};

/* NULL past the end. */
const struct generator *generator_at(int index);

/* NULL if there is none. */
const struct generator *generator_find(const char *name);

#endif
