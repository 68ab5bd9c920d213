/* What the layers of a network are, for whoever draws or judges it: plain data, without weights.
 *
 * It belongs to the records made while it held, so that a past epoch, or the log of another
 * program, needs no settings to be understood. Layers count from 1, next to the input.
 */
#ifndef LAB_MODEL_H
#define LAB_MODEL_H

#include "lab/settings.h"
#include "nn/act.h"
#include "nn/net.h"
#include <stdbool.h>

struct layer_model {
	const char *kind;       /* "dense" */
	const char *activation; /* name of a row of the table of activations; NULL: not known */
	struct activation_parameters parameters; /* of it; a learned slope is in the detail */
	int units;                               /* 0: not known */
	int steps;                               /* of a sequence; 1: the layer has no time */
	const struct recurrent_cell *cell;       /* what a step computes; NULL: the layer has no time */
	int first_step;                          /* that gradients come to; 1: they are not truncated */
	double saturation_below;                 /* |f'| under this counts as saturated; 0: not known */
	bool hidden, frozen;
};

struct model {
	int layers;        /* the output layer included */
	size_t parameters; /* net_parameter_count() of the network; 0: not known */
	/* Those of a network of dense layers with as many units, without norms, where each value of a
	 * map is a unit with weights of its own; 0: the network has no maps, or they are not known. */
	double unshared;
	const char *normalization; /* of the hidden layers, "none" if without; NULL: not known */
	struct layer_model layer[];
};

/* The model of a network. The caller frees it. NULL without memory. Normalization and activations
 * are strings of the spec. */
struct model *model_of(const struct net_spec *spec);

/* The model that the settings ask for while the data are not loaded: the output layer and what else
 * follows from the data has 0 units. */
struct model *model_asked_for(const struct config *config);

/* Dense layers of which nothing else is known; the last one is the output layer. */
struct model *model_unknown(int layers);

/* Hidden layer `layer` as the settings describe it, even if it lies beyond their depth. */
struct layer_model model_hidden_layer(const struct config *config, int layer);

const struct layer_model *model_layer(const struct model *model, int layer); /* NULL: none such */

int model_hidden(const struct model *model); /* how many layers are hidden: the first ones */

#endif
