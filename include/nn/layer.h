/* Kinds of layer: what a layer computes, its parameters and its buffers.
 *
 * To add one: its functions and tables in a new file like src/nn/layer_dense.c, and its name in the
 * table of src/nn/kinds.c. src/nn/stages.h describes stages.
 */
#ifndef NN_LAYER_H
#define NN_LAYER_H

#include "nn/real.h"
#include "nn/tensor.h"

enum { LAYER_BUFFERS_MAX = 10 };

struct net;
struct net_layer;
struct net_shape;
struct net_spec;
struct stage;

/* An array of the workspace that belongs to one layer: [units][stride] of the present batch. */
struct buffer {
	const char *name;
	int units;
	int more; /* additional numbers after these */
};

struct layer_kind {
	const char *name, *help;
	/* Whether a layer of this kind can have the sizes of the spec; if not, the spec is invalid. */
	bool (*fits)(const struct net_spec *spec, int layer);
	/* The map that each unit has before anything is pooled. NULL: a unit is one value. */
	struct net_shape (*map)(const struct net_spec *spec, int layer);
	/* Fills in the tensors of a layer except `layer` and `at`; returns their number. Which tensors
	 * exist may depend on sizes and kinds only; formulas decide only which are used. */
	int (*tensors)(const struct net_spec *spec, int layer, struct tensor out[LAYER_TENSORS_MAX]);
	/* Fills in the buffers of a layer, one of them "output"; returns their number. They may depend
	 * on the formulas. */
	int (*buffers)(const struct net_spec *spec, int layer, struct buffer out[LAYER_BUFFERS_MAX]);
	/* Working space that the network has once for all layers: see `padded` and `turned` in struct
	 * net. NULL: none. */
	struct buffer (*shared)(const struct net_spec *spec, int layer);
	/* The stages of a pass through the layer, in order; a row without name ends each list. The
	 * forward stages compute the layer's output from that of the layer before. The backward stages
	 * get dL/dh of the layer in the network's `upstream`; after the loss, or if takes_delta(), they
	 * get delta in `delta`. They add to the gradients of the layer's tensors and write the same
	 * for the layer before, if there is one. Stages also call the pass's observer. */
	const struct stage *forward, *backward;
	/* True if in the present pass dL/dz = dL/dh * f', with f' in the layer's buffer "derivative".
	 * Then the layer above multiplies by it. NULL: never. */
	bool (*takes_delta)(const struct net *net, const struct net_layer *layer);
	/* Time steps of the layer: its stages tell the observer of each, by net_place.step. NULL: the
	 * layer has no time. */
	int (*steps)(const struct net_spec *spec, int layer);
	const char *cell; /* what a step computes, see nn/cell.h; NULL: the layer has no steps */
};

#define layer_dense NN(layer_dense)
#define layer_conv NN(layer_conv)
#define layer_rnn NN(layer_rnn)
#define layer_lstm NN(layer_lstm)
#define layer_gru NN(layer_gru)
#define layer_each_step NN(layer_each_step)
#define layer_kind_at NN(layer_kind_at)
#define layer_kind_of NN(layer_kind_of)

extern const struct layer_kind layer_dense, layer_conv, layer_rnn, layer_lstm, layer_gru,
	layer_each_step;

const struct layer_kind *layer_kind_at(int index); /* NULL past the end */
/* The kind of layer 1 .. layers; NULL if its name is unknown. */
const struct layer_kind *layer_kind_of(const struct net_spec *spec, int layer);

#endif
