/* The stages of a pass: what each of them does with a block of one layer. Private to pass.c, which
 * says in which order and in what blocks they are taken. */
#ifndef NN_STAGES_H
#define NN_STAGES_H

#include "net_internal.h"

#define stages_of NN(stages_of)
#define stage_work NN(stage_work)
#define stage_complete NN(stage_complete)

enum stage {
	FORWARD_PRODUCT, FORWARD_NORM_BEFORE, FORWARD_ACTIVATE, FORWARD_NORM_AFTER, FORWARD_COMBINE,
	LOSS,
	BACKWARD_COMBINE, BACKWARD_NORM_AFTER, BACKWARD_ACTIVATE, BACKWARD_NORM_BEFORE,
	BACKWARD_WEIGHTS, BACKWARD_INPUTS,
	DONE,
};

/* A block of units of the layer at work, and of their samples if one unit has too many. */
struct block {
	int first, units;
	int column, columns, rows; /* rows: columns that are samples, not padding */
	size_t offset, values;     /* in a [units][stride] matrix: where it begins, how many from there */
};

/* The stages in which a layer has something to do, a bit each; the output layer has no
 * activation, layer 1 no inputs with a gradient. */
unsigned stages_of(const struct net *net, const struct net_layer *layer);

/* A stage of layer l over one block. Blocks of different units may be worked on at once. */
void stage_work(struct net *net, int l, enum stage stage, struct block block);

/* To be called when a stage has gone over its whole layer. */
void stage_complete(struct net *net, int l, enum stage stage);

/* Units that a stage of a layer goes over. */
static inline int units_of(const struct net_layer *layer, enum stage stage)
{
	return stage == BACKWARD_INPUTS ? layer->inputs : layer->outputs;
}

static inline bool is_product(enum stage stage)
{
	return stage == FORWARD_PRODUCT || stage >= BACKWARD_WEIGHTS;
}

static inline bool is_norm(enum stage stage)
{
	return stage == FORWARD_NORM_BEFORE || stage == FORWARD_NORM_AFTER ||
		stage == BACKWARD_NORM_BEFORE || stage == BACKWARD_NORM_AFTER;
}

#endif
