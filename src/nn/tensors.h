/* Where the tensors of a network lie. Depends on the spec alone, so that a network's size is known
 * before there is one. */
#ifndef NN_TENSORS_H
#define NN_TENSORS_H

#include "nn/net.h"

#define tensors_add_layer NN(tensors_add_layer)
#define tensors_resolve_ties NN(tensors_resolve_ties)
#define tensors_ranges NN(tensors_ranges)

struct tensor_totals {
	size_t tensors, parameters, statistics; /* SIZE_MAX if it does not fit */
};

/* Parameters that a step moves in one go: tensors that are used and lie side by side, what pads the
 * last of them included. The first `weights` of them are penalized. */
struct net_range {
	int layer;
	size_t at, count, weights;
};

/* Writes the list of a layer, placed behind the layers before it, and adds it to the totals. */
void tensors_add_layer(const struct net_spec *spec, int layer, struct tensor out[LAYER_TENSORS_MAX],
	struct tensor_totals *totals);

/* Takes the lists of all layers, joined in order, and gives each tied tensor the place of the
 * tensor it is tied to. */
void tensors_resolve_ties(struct tensor *tensor, size_t count);

/* The ranges of all layers in order, at most one a tensor; how many there are. */
int tensors_ranges(
	const struct tensor *tensor, size_t count, size_t parameters, struct net_range *out);

#endif
