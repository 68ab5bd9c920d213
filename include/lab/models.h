/* Models: which layers a network has, from settings and the shape of the data.
 *
 * To add one: its function and a row in src/lab/models.c. Nothing else asks which model it is.
 */
#ifndef LAB_MODELS_H
#define LAB_MODELS_H

#include "lab/dataset.h"
#include "lab/settings.h"
#include "nn/net.h"

/* What a network has to know of data. All 0: they are not loaded. */
struct data_shape {
	int features; /* numbers of a sample */
	struct net_shape arranged;
	int classes; /* 0: regression */
};

struct data_shape data_shape_of(const struct dataset *data);

struct model_type {
	const char *name, *help;
	/* Fills in the number of layers of a spec, and of each hidden layer its kind, size, shape and
	 * activation. Those of the input are there, but 0 if the data are not loaded. */
	void (*hidden)(const struct config *config, struct net_spec *spec);
};

const struct model_type *model_type_at(int index); /* NULL past the end */

/* The network that the settings ask for, whether it fits the data or not. Its strings are static or
 * belong to `config`. Sizes that follow from data that are not loaded are 0. */
void model_spec(const struct config *config, const struct data_shape *data, struct net_spec *spec);

#endif
