/* A stage: one part of a layer's work in a pass, done block by block. Each kind of layer has its
 * table of stages (nn/layer.h); pass.c runs them. */
#ifndef NN_STAGES_H
#define NN_STAGES_H

#include "net_internal.h"

/* Some units of a layer, with all samples or, if one unit has too many, with some of them. */
struct block {
	int first, units;
	int column, columns, rows; /* rows: columns that are samples, not padding */
	size_t offset, values; /* in a [units][stride] matrix: where it begins, how many from there */
};

/* How a layer is cut into blocks. Blocks come unit by unit, those of the same units sample by
 * sample, so a sum over samples may be carried from one to the next. */
enum cut {
	CUT_VALUES,  /* anywhere: each value by itself */
	CUT_PRODUCT, /* anywhere, but all blocks of a unit hold the same units; a team may share it */
	CUT_UNITS,   /* into whole units */
	CUT_SAMPLES, /* into whole samples */
	CUT_NORM,    /* CUT_UNITS or CUT_SAMPLES, by the layer's normalization */
	CUT_LOSS,    /* into whole samples, as many as there may be */
	CUT_PLACES,  /* into places of a map, each with some of the samples; a team may share them. The
	              * block's units are places, and its offset and values mean nothing */
	CUT_STEPS,   /* into time steps, each with some of the samples; the block's units are steps,
	              * and its offset and values mean nothing */
};

struct stage {
	const char *name;
	enum cut cut;
	bool over_inputs; /* its units are those of the layer before */
	/* Its units, where they are not the values of a layer: channels or places of a map. */
	int (*units)(const struct net *net, const struct net_layer *layer);
	/* Whether a layer has anything to do in a pass. It may depend on the spec, and of the pass on
	 * mode, `backward` and who observes. NULL: always. */
	bool (*needed)(const struct net *net, const struct net_layer *layer);
	/* Blocks of different units may be worked on at once where the cut is CUT_PRODUCT. */
	void (*work)(struct net *net, struct net_layer *layer, struct block block);
	void (*complete)(
		struct net *net, struct net_layer *layer); /* after the last block; NULL: nothing */
	/* cost of each output value, in multiply-adds or in work that takes as long */
	uint64_t (*cost)(const struct net_layer *layer);
};

static inline int layer_number(const struct net *net, const struct net_layer *layer)
{
	return (int)(layer - net->layer);
}

/* The layer's input: the output of the layer before, or the batch. */
static inline const real *layer_input(const struct net *net, const struct net_layer *layer)
{
	return layer_number(net, layer) == 1 ? net->input : layer[-1].output;
}

static inline struct net_place place_of(
	const struct net *net, const struct net_layer *layer, struct block block)
{
	return (struct net_place){.layer = layer_number(net, layer),
		.first = block.first,
		.units = block.units,
		.first_sample = block.column,
		.samples = block.rows,
		.stride = net->stride};
}

#endif
