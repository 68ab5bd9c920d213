/* The network's inside, shared by net.c (memory), weights.c (first weights), pass.c and stages.c
 * (forward and backward) and update.c (optimizer step). */
#ifndef NN_NET_INTERNAL_H
#define NN_NET_INTERNAL_H

#include "nn/net.h"

#define find_optimizer NN(find_optimizer)
#define start_normalization NN(start_normalization)

/* Where a resumable job stands: which stage of which layer, and how far into it. */
struct net_cursor {
	int layer, stage;
	int unit;   /* first unit (row) not yet done */
	int column; /* first sample not yet done */
	size_t parameter;
};

struct net_pass {
	enum net_mode mode;
	bool backward;
	int total;
	struct rng *dropout;
	struct net_observer observer;
	struct net_cursor at;
	uint64_t cost_in_one_go; /* 0: in steps only */
	double loss;
	int correct;
};

struct net_initialization {
	const struct initializer *initializer;
	struct initializer_parameters parameters;
	uint64_t seed;
	int layer, last, row;
	struct rng rng;
};

struct net_step {
	struct optimizer_step step;
	struct net_clip clip;
	struct net_cursor at;
	double squares; /* of the gradient, for clipping by norm */
	real scale;
	bool clipped, measured;
};

struct net {
	const struct kernels *kernels;
	struct team *team; /* or NULL */
	struct net_spec spec;
	const struct loss *loss;
	int layers, capacity, rows, stride;
	size_t parameters; /* length of the parameter vector */
	int64_t steps;
	int scale_from;      /* first layer that NET_UNIT_VARIANCE scales */
	double slots_hold;   /* what every slot holds, NaN once they differ */
	bool gradient_clear; /* all 0: clearing it again would take long in a large network */

	void *parameter_block, *work_block;
	size_t state_reals;   /* parameter, initial, running, slots: what a saved state holds */
	real *parameter, *initial, *running, *slot[OPTIMIZER_SLOTS_MAX], *gradient;

	/* workspace, [units][stride] of the batch at hand */
	real *input, *target;
	real *entering;       /* u of the layer at work */
	real *delta;          /* dL/dz of the layer at work */
	real *upstream;       /* dL/dh of the layer at work, or delta of the one before in the making */
	real *held;           /* what a shortcut carries past a layer */

	struct net_pass pass;
	struct net_step update;
	struct net_initialization initialization;
	struct net_layer layer[]; /* [0] unused: layers count from 1 */
};

/* gamma 1, beta 0, running mean 0, running variance 1 */
void start_normalization(struct net_layer *layer);

const struct optimizer *find_optimizer(const struct kernels *kernels, const char *name);

static inline real *gradient_at(struct net *net, const real *parameter)
{
	return net->gradient + (parameter - net->parameter);
}

static inline void spend(uint64_t *budget, uint64_t cost)
{
	*budget -= cost < *budget ? cost : *budget;
}

static inline int smaller(int a, int b)
{
	return a < b ? a : b;
}

#endif
