/* A feed-forward network and its backpropagation, as a resumable machine.
 *
 * Layers count from 1 (next to the input) to `layers` (the output layer, linear: the loss works
 * on logits). Each is of a kind, see nn/layer.h; a dense hidden layer l computes, in this order,
 *	z = W h[l-1] + b                                      W is [outputs][inputs]
 *	u = norm(z)            (if normalized before)         what enters the activation
 *	u = branch_scale * u + h[l-k]  (skip connection added 'pre')
 *	t = f(u), then norm(t) (if normalized after)
 *	h = mask * t           (dropout, training only)
 *	h = branch_scale * h + h[l-k]  (skip connection added 'post')
 * with skip connections around one layer (k = 1, l >= 2) or two (k = 2, l = 3, 5, ...) where the
 * widths agree. Gradients are of the mean loss over the pass's samples plus the penalties.
 *
 * A pass is begun, then advanced until it is done; it stops inside a layer when the budget is
 * used up, and no sum depends on where it stopped. All memory is allocated here: parameters in
 * one block, the workspace for up to `capacity` samples in another. The network owns both.
 */
#ifndef NN_NET_H
#define NN_NET_H

#include "nn/init.h"
#include "nn/kernels.h"
#include "nn/layer.h"
#include "nn/loss.h"
#include "nn/team.h"
#include <stdint.h>

enum {
	NET_LAYERS_MAX = 301,
	LAYER_STAGES_MAX = 16, /* of one pass, there and back */
	NET_FUSED_FROM = 2048, /* weights of a layer whose products are fused, see kernels.h */
};

/* What decides shapes and formulas; plain data. Names are those of the tables. */
struct net_spec {
	int layers;                             /* hidden layers + 1 */
	int size[NET_LAYERS_MAX + 1];           /* [0] inputs, [l] units of layer l */
	const char *kind[NET_LAYERS_MAX];       /* [l - 1] of layer l; NULL: "dense" */
	const struct layer_kind *own_kinds;     /* beside those of the table, up to a row without
	                                              name; NULL: none */
	const char *activation[NET_LAYERS_MAX]; /* [l - 1] of hidden layer l */
	double leaky_slope, elu_alpha;
	const char *normalization;
	bool normalize_after;
	double norm_epsilon, norm_momentum;
	int skip;
	bool skip_before;
	double branch_scale;
	double dropout, l1, l2;
	int frozen; /* layers 1..frozen keep their parameters */
	const char *loss;
	int optimizer_slots; /* 0..OPTIMIZER_SLOTS_MAX */
};

struct net_layer {
	int inputs, outputs;
	bool hidden; /* not the output layer */
	bool fused;  /* its products are */
	/* what it goes through in the pass at hand: `outward` stages forward, the others back */
	const struct stage *stage[LAYER_STAGES_MAX];
	int outward, stages;
	bool takes_delta;                    /* see struct layer_kind */
	const struct activation *activation; /* NULL for the output layer */
	struct activation_parameters parameters;
	const struct normalization *normalization; /* its forward is NULL for none */
	int skip_from;                             /* layer whose output is added; 0: none */
	const struct layer_kind *kind;
	const struct tensor *tensor; /* [tensors] of the layer, in its kind's order */
	int tensors;
	size_t first, count; /* range of the layer in the parameter vector,
	                                              what pads its tensors included */
	size_t weights;      /* entries of `weight` */
	/* the values of the tensors of these names; NULL where the layer has none */
	real *weight, *bias, *gamma, *beta, *slope;
	real *running_mean, *running_variance;
	/* its buffers of these names, [outputs][stride]; NULL where it has none */
	real *output, *derivative;                  /* h, f'(u) */
	real *normalized, *inv_std;                 /* with normalization */
	real *preactivation;                        /* u, kept where a slope is learned */
	real *mask;                                 /* with dropout: 0 or 1/(1 - dropout) */
	double update_squares, before_squares;      /* of W in the last update: |dW|^2, |W|^2 */
	double gradient_squares[LAYER_TENSORS_MAX]; /* of each tensor, when clipping asks for it */
};

/* Is it a hidden layer? The others are output layers, whose z is what the loss gets. */
static inline bool net_hidden(const struct net_spec *spec, int layer)
{
	return layer < spec->layers;
}

/* Where in a pass an observer is: arrays are [units][stride] from its first unit and sample on. */
struct net_place {
	int layer, step; /* step: of layers that go through time, from 0; else 0 */
	int first, units;
	int first_sample, samples, stride;
};

/* Looks at a pass while it runs; any function may be NULL. Blocks of units come in order; a
 * very large batch comes in stretches of samples of one unit. */
struct net_observer {
	void *context;
	/* u, f'(u) (NULL at the output layer) and h */
	void (*forward)(void *context, const struct net_place *place, const real *u,
		const real *derivative, const real *output);
	/* delta = dL/dz of the mean loss */
	void (*backward)(void *context, const struct net_place *place, const real *delta);
	/* The loss of each sample [place->samples], penalties not included; place has all outputs.
	 * Each sample comes once, in order. */
	void (*loss)(void *context, const struct net_place *place, const double *sample);
};

enum net_mode {
	NET_TRAIN,
	NET_MEASURE,
	NET_EVALUATE,
	NET_CALIBRATE,
	NET_UNIT_VARIANCE,
};

struct net;

#define net_bytes NN(net_bytes)
#define net_new NN(net_new)
#define net_free NN(net_free)
#define net_configure NN(net_configure)
#define net_use_team NN(net_use_team)
#define net_spec_of NN(net_spec_of)
#define net_layer_of NN(net_layer_of)
#define net_tensor NN(net_tensor)
#define net_values NN(net_values)
#define net_copy_parameters NN(net_copy_parameters)
#define net_initialize_begin NN(net_initialize_begin)
#define net_initialize_advance NN(net_initialize_advance)
#define net_lsuv_from NN(net_lsuv_from)
#define net_input NN(net_input)
#define net_target NN(net_target)
#define net_batch NN(net_batch)
#define net_pass_begin NN(net_pass_begin)
#define net_pass_advance NN(net_pass_advance)
#define net_pass_loss NN(net_pass_loss)
#define net_pass_correct NN(net_pass_correct)
#define net_penalty NN(net_penalty)
#define net_penalize NN(net_penalize)
#define net_update_begin NN(net_update_begin)
#define net_update_advance NN(net_update_advance)
#define net_update_clipped NN(net_update_clipped)
#define net_logits NN(net_logits)
#define net_gradient_of NN(net_gradient_of)
#define net_gradient_clear NN(net_gradient_clear)
#define net_gradient_squares NN(net_gradient_squares)
#define net_find_fault NN(net_find_fault)
#define net_initial_of NN(net_initial_of)
#define net_mark_initial NN(net_mark_initial)
#define net_parameter_count NN(net_parameter_count)
#define net_parameters NN(net_parameters)
#define net_state_bytes NN(net_state_bytes)
#define net_state_save NN(net_state_save)
#define net_state_load NN(net_state_load)
#define net_optimizer_reset NN(net_optimizer_reset)
#define net_steps NN(net_steps)

/* Bytes a network of this spec takes, workspace for `capacity` samples included; SIZE_MAX if
 * the number does not fit. */
size_t net_bytes(const struct net_spec *spec, int capacity);

/* All parameters 0 (gamma 1). NULL without memory. The spec must be valid (assert). */
struct net *net_new(const struct kernels *kernels, const struct net_spec *spec, int capacity);
void net_free(struct net *net);

/* Takes a spec with the same sizes, other formulas or slots; keeps the parameters. Layers that
 * begin to normalize start with gamma 1, beta 0, mean 0, variance 1. False without memory:
 * nothing changed. */
bool net_configure(struct net *net, const struct net_spec *spec, int capacity);

/* Large products and updates are shared with a team from now on, which must outlive this use; NULL:
 * with nobody. Results are the same. */
void net_use_team(struct net *net, struct team *team);

const struct net_spec *net_spec_of(const struct net *net);
const struct net_layer *net_layer_of(const struct net *net, int layer); /* 1 .. layers */

/* The tensors of all layers, numbered from 0 layer by layer, the output layer last, unused and tied
 * ones included. NULL past the end. */
const struct tensor *net_tensor(const struct net *net, int index);
real *net_values(const struct net *net, const struct tensor *tensor); /* [rows][columns] */

/* Copies the layers that both networks have in the same shape: hidden layers by number, the
 * output layer onto the output layer; parameters, their initial values and optimizer slots.
 * Another kind of normalization starts as in net_configure(). */
void net_copy_parameters(struct net *to, const struct net *from);

/* Draws the weights of layers first..last in slices; biases 0. Layer l uses stream
 * ("initial", l), the output layer ("initial", 0), so depth shifts no other layer. */
void net_initialize_begin(struct net *net, const struct initializer *initializer,
	const struct initializer_parameters *parameters, uint64_t seed, int first, int last);
bool net_initialize_advance(struct net *net, uint64_t *budget);

/* Sets the number of samples of the next pass (1 .. capacity) and returns the stride. */
int net_batch(struct net *net, int rows);
real *net_input(struct net *net);  /* [inputs][stride], to be filled after net_batch() */
real *net_target(struct net *net); /* [outputs][stride] */

/* Begins a pass over the batch: forward only, or backward too (then gradients are added to
 * those present). `total`: samples that the mean loss is over, when several passes make one
 * gradient. Dropout masks are drawn from `dropout` in NET_TRAIN (NULL: the masks stay).
 * NET_TRAIN updates running statistics; NET_MEASURE does not; NET_EVALUATE uses them;
 * NET_CALIBRATE makes them the mean over `total` samples: those of such passes so far, this one's
 * included. NET_UNIT_VARIANCE divides each hidden layer's weights by the standard deviation of
 * its z before going on, where the variance is off 1 by 0.1 or more (LSUV; biases must be 0),
 * from the layer of net_lsuv_from() on, at first 1. */
void net_pass_begin(struct net *net, enum net_mode mode, bool backward, int total,
	struct rng *dropout, const struct net_observer *observer);
/* Works until the pass is done (true) or *budget multiply-adds are used up (false). */
bool net_pass_advance(struct net *net, uint64_t *budget);
void net_lsuv_from(struct net *net, int layer);
double net_pass_loss(const struct net *net);   /* sum over the samples, penalties not included */
int net_pass_correct(const struct net *net);   /* samples classified right */
double net_penalty(const struct net *net);     /* l1 sum|W| + l2 sum W^2 */
const real *net_logits(const struct net *net); /* [outputs][stride] of the last pass */

struct net_clip {
	double norm;     /* > 0: the global norm is cut to it */
	double value;    /* > 0: each entry is cut to +-value */
	bool per_tensor; /* the norm of each weight matrix, bias, gamma, ... by itself instead */
	bool keras;      /* Keras's form of norm clipping: max / max(n, max); else max / (n + 1e-6) */
};

/* One optimizer step from the gradients present (penalties added first); clears them. `measured`:
 * fills update_squares and before_squares of the layers, else these are 0. */
void net_update_begin(struct net *net, const struct optimizer_choice *choice,
	const struct net_clip *clip, bool measured);
bool net_update_advance(struct net *net, uint64_t *budget);
bool net_update_clipped(const struct net *net); /* whether the last one cut anything */

/* Gradient of a parameter array of this network, e.g. net_gradient_of(net, layer->weight). */
const real *net_gradient_of(const struct net *net, const real *parameter);
void net_gradient_clear(struct net *net);
void net_penalize(struct net *net, int layer);      /* adds the penalties' gradient of one layer */
double net_gradient_squares(const struct net *net); /* sum of squares over all parameters */
const real *net_initial_of(const struct net *net, const real *parameter);
/* The present values of so many parameters become their initial ones, as if drawn so. */
void net_mark_initial(struct net *net, const real *parameter, size_t count);

/* The first number that is not finite, in the order in which training computes them up to the
 * end of a backward pass: parameters as the step before left them, the last layer first like the
 * gradients they come from; outputs from layer 1 on; gradients from the last layer back. Large
 * networks take a while. False: all are finite. */
struct net_fault {
	int layer;
	const char *tensor; /* "output", or a tensor's value_name or gradient_name */
};
bool net_find_fault(const struct net *net, struct net_fault *fault);

size_t net_parameter_count(const struct net *net);    /* in use: weights, biases, norm, slopes */
real *net_parameters(struct net *net, size_t *count); /* the whole vector */

/* Parameters, initial values, running statistics, slots and step count as one block. */
size_t net_state_bytes(const struct net *net);
void net_state_save(const struct net *net, void *state);
void net_state_load(struct net *net, const void *state);

/* Slots to their start values, step count to 0. */
void net_optimizer_reset(struct net *net, const struct optimizer_choice *choice);
int64_t net_steps(const struct net *net);

#endif
