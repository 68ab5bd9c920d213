/* The network's inside, shared by net.c (memory), initialize.c (initial weights), pass.c and the kinds
 * of layer (forward and backward), update.c (optimizer step) and states.c (copies, counts,
 * faults). */
#ifndef NN_NET_INTERNAL_H
#define NN_NET_INTERNAL_H

#include "nn/bounds.h"
#include "nn/net.h"
#include "tensors.h"

#define start_tensors NN(start_tensors)

/* Where a pass stands: which stage of which layer, and how far into it. */
struct net_cursor {
	int layer, stage;
	int unit;   /* first unit (row) not yet done */
	int column; /* first sample not yet done */
};

struct net_pass {
	enum net_mode mode;
	bool backward;
	int total;
	struct rng *dropout;
	struct net_observer observer;
	struct net_cursor at;
	uint64_t cost_in_one_go; /* 0: in steps only */
	bool done;
	double loss;
	int correct;
};

/* Made once for all passes in which the layers go through the same stages. */
struct net_pass_plan {
	int serves;                /* which passes, see plan_pass(); 0: none */
	uint64_t cost_of_a_sample; /* in multiply-adds */
};

struct net_initialization {
	const struct initializer *initializer;
	struct initializer_parameters parameters;
	uint64_t seed;
	int layer, last;
	int matrix, row; /* of the layer's drawn matrices; rows, then vectors made orthogonal */
	struct rng rng;
};

struct net_step {
	struct optimizer_step step;
	struct net_clip clip;
	int stage, piece; /* where the step stands: see update.c */
	size_t parameter; /* of the piece, first one not yet done */
	double squares;   /* of the gradient, for clipping by norm */
	real scale;
	bool clipped, measured;
};

struct net {
	const struct kernels *kernels;
	struct team *team; /* or NULL */
	struct net_spec spec;
	const struct loss *loss;
	int layers, capacity, rows, stride;
	int widest;              /* units of the widest layer, the input not being one */
	struct tensor *tensor;   /* [tensors] */
	struct net_range *range; /* [ranges] that a step moves */
	int tensors, ranges;
	size_t parameters, statistics; /* lengths of the two vectors */
	int64_t steps;
	int lsuv_from;       /* first layer that NET_UNIT_VARIANCE scales */
	double slots_hold;   /* what every slot holds, NaN once they differ */
	bool gradient_clear; /* all 0: clearing it again would take long in a large network */

	void *parameter_block, *work_block;
	size_t state_reals; /* parameter, initial, running, slots: what a saved state holds */
	real *parameter, *initial, *running, *slot[OPTIMIZER_SLOTS_MAX], *gradient;

	/* workspace, [units][stride] of the batch at hand */
	real *input, *target;
	real *preactivation; /* u of the layer at work */
	real *delta;         /* dL/dz of the layer at work */
	real *upstream;      /* dL/dh of the layer at work, or delta of the one before in the making */
	real *held;          /* what a skip connection carries past a layer */

	struct net_pass pass;
	struct net_pass_plan pass_plan;
	struct net_step update;
	struct net_initialization initialization;
	struct net_layer layer[]; /* [0] unused: layers count from 1 */
};

/* Fills those tensors of a layer whose names begin with `part` ("norm."; "": all) with their start
 * values, but for matrices, which are drawn, and those of other layers. */
void start_tensors(struct net *net, const struct net_layer *layer, const char *part);

static inline real *gradient_at(struct net *net, const real *parameter)
{
	return net->gradient + (parameter - net->parameter);
}

static inline void spend(uint64_t *budget, uint64_t cost)
{
	*budget -= cost < *budget ? cost : *budget;
}

#endif
