/* Kinds of layer: what a layer computes and from which parameters.
 *
 * To add one: a row in src/nn/kinds.c.
 */
#ifndef NN_LAYER_H
#define NN_LAYER_H

#include "nn/real.h"
#include "nn/tensor.h"

struct net_spec;

struct layer_kind {
	const char *name, *help;
	/* Lists the tensors of a layer, all but `layer` and `at`; how many there are. It follows from
	 * sizes and kinds alone which there are; names of formulas only decide which are used. */
	int (*tensors)(const struct net_spec *spec, int layer, struct tensor out[LAYER_TENSORS_MAX]);
};

#define layer_kind_at NN(layer_kind_at)
#define layer_kind_of NN(layer_kind_of)

const struct layer_kind *layer_kind_at(int index); /* NULL past the end */
/* The kind of a layer 1 .. layers; NULL if there is none of the name. */
const struct layer_kind *layer_kind_of(const struct net_spec *spec, int layer);

#endif
