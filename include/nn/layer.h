/* Kinds of layer: what a layer computes, from which parameters, and in what it keeps its values.
 *
 * To add one: its rows and functions in a file of its own beside src/nn/layer_dense.c, which shows
 * how, and its name in the table of src/nn/kinds.c. Stages are described in src/nn/stages.h.
 */
#ifndef NN_LAYER_H
#define NN_LAYER_H

#include "nn/real.h"
#include "nn/tensor.h"

enum { LAYER_BUFFERS_MAX = 8 };

struct net;
struct net_layer;
struct net_spec;
struct stage;

/* An array of the workspace that a layer has for itself: [units][stride] of the batch at hand. */
struct buffer {
	const char *name;
	int units;
	int more; /* numbers behind these */
};

struct layer_kind {
	const char *name, *help;
	/* Whether the kind can make what the spec's sizes say of the layer; else the spec is not valid. */
	bool (*fits)(const struct net_spec *spec, int layer);
	/* Lists the tensors of a layer, all but `layer` and `at`; how many there are. It follows from
	 * sizes and kinds alone which there are; names of formulas only decide which are used. */
	int (*tensors)(const struct net_spec *spec, int layer, struct tensor out[LAYER_TENSORS_MAX]);
	/* Lists the buffers of a layer, "output" among them, which may depend on the formulas too. */
	int (*buffers)(const struct net_spec *spec, int layer, struct buffer out[LAYER_BUFFERS_MAX]);
	/* What a pass does with a layer, in order, each up to a row without name. The forward stages
	 * make the layer's output from that of the layer before. The backward stages begin with dL/dh
	 * of the layer in the network's `upstream`, or with delta in `delta` where they follow the
	 * loss or where takes_delta() says so; they add to the gradient of the layer's tensors, and
	 * leave the same for the layer before, if there is one. Stages also tell the pass's observer. */
	const struct stage *forward, *backward;
	/* In the pass at hand, is dL/dz = dL/dh f' and nothing else, f' being in the layer's buffer
	 * "derivative"? Then the layer above multiplies by it. NULL: never. */
	bool (*takes_delta)(const struct net *net, const struct net_layer *layer);
	/* Time steps of the layer: its stages tell the observer of each, by net_place.step. NULL: the
	 * layer has no time. */
	int (*steps)(const struct net_spec *spec, int layer);
};

#define layer_dense NN(layer_dense)
#define layer_kind_at NN(layer_kind_at)
#define layer_kind_of NN(layer_kind_of)

extern const struct layer_kind layer_dense;

const struct layer_kind *layer_kind_at(int index); /* NULL past the end */
/* The kind of a layer 1 .. layers; NULL if there is none of the name. */
const struct layer_kind *layer_kind_of(const struct net_spec *spec, int layer);

#endif
