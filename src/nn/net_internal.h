/* The inside of a network, shared by net.c (memory), initialize.c (initial weights), pass.c and the
 * kinds of layer (forward and backward), update.c (optimizer step) and states.c (copies, counts,
 * faults). */
#ifndef NN_NET_INTERNAL_H
#define NN_NET_INTERNAL_H

#include "nn/bounds.h"
#include "nn/net.h"
#include "tensors.h"

#define start_tensors NN(start_tensors)

/* The position of a pass. */
struct net_cursor {
	int layer, stage;
	int unit;   /* first unit (row) that is not done */
	int column; /* first sample that is not done */
};

struct net_pass {
	enum net_mode mode;
	bool backward;
	int total;
	struct rng *dropout;
	struct net_observer observer;
	struct net_cursor at;
	uint64_t cost_in_one_go; /* multiply-adds of a pass that may run in one go; 0: it may not */
	bool done;
	double loss;
	int correct;
};

/* The stages of all layers; used again for later passes that need the same ones. */
struct net_pass_plan {
	int serves;                /* code of these passes, see plan_pass(); 0: no plan */
	uint64_t cost_of_a_sample; /* in multiply-adds */
};

struct net_draw {
	const struct initializer *initializer;
	struct initializer_parameters parameters;
};

struct net_initialization {
	struct net_draw draw, draw_recurrent; /* the second one for recurrent tensors */
	uint64_t seed;
	int layer, last;
	int matrix, row; /* number of the drawn matrix; its row, later the vector to orthogonalize */
	struct rng rng;
};

struct net_step {
	struct optimizer_step step;
	struct net_clip clip;
	int stage, piece; /* position of the step, see update.c */
	size_t parameter; /* first one of the piece that is not done */
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
	int widest;              /* values of the widest layer (the input is not a layer) */
	int places;              /* of the largest map */
	struct tensor *tensor;   /* [tensors] */
	struct net_range *range; /* [ranges] of parameters that a step moves */
	int tensors, ranges;
	size_t parameters, statistics; /* lengths of the two vectors */
	int64_t steps;
	int lsuv_from;       /* first layer that LSUV scales */
	double slot_value;   /* of every entry of all slots; NaN once they differ */
	bool gradient_clear; /* all 0; saves the time to clear it again */

	void *parameter_block, *work_block;
	size_t state_reals; /* parameter, initial, running, slots: what a saved state holds */
	real *parameter, *initial, *running, *slot[OPTIMIZER_SLOTS_MAX], *gradient;

	/* workspace, [units][stride] of the present batch */
	real *input, *target;
	real *preactivation; /* u of the present layer */
	real *delta;         /* dL/dz of the present layer */
	real *upstream; /* dL/dh of the present layer, or the delta of the layer before, unfinished */
	real *padded;   /* a map with zeros around it, of the largest layer that needs one */
	real *turned;   /* [inputs' channels][outputs' channels][taps]: kernels for the way back */
	real *held;     /* what a skip connection carries past a layer */

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
