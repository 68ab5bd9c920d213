/* A feed-forward network and its backpropagation, as a resumable machine.
 *
 * Layers are numbered from 1 (next to the input) to `layers` (the output layer, which is linear:
 * the loss is a function of logits). Each has a kind (nn/layer.h). A dense hidden layer l computes
 *	z = W h[l-1] + b                                      W is [outputs][inputs]
 *	u = norm(z)            (if normalized before)         input of the activation
 *	u = branch_scale * u + h[l-k]  (skip connection added 'pre')
 *	t = f(u), then norm(t) (if normalized after)
 *	h = mask * t           (dropout in training: Srivastava et al. 2014)
 *	h = branch_scale * h + h[l-k]  (skip connection added 'post')
 * with skip connections around one layer (k = 1, l >= 2) or two (k = 2, l = 3, 5, ...) where the
 * widths agree (He et al. 2016). A convolutional one (kind "conv") computes z by kernels that move
 * over a map, and may pool h at last. docs/numerics.md has the formulas: sections 4 to 7. Gradients
 * are those of the mean loss over the samples of the pass plus the penalties.
 *
 * A pass is begun, then advanced until it is done. It stops, even inside a layer, when the budget
 * is used up; where it stops does not change the order of any sum. The network owns its memory:
 * one block of parameters and one workspace for up to `capacity` samples.
 */
#ifndef NN_NET_H
#define NN_NET_H

#include "nn/cell.h"
#include "nn/init.h"
#include "nn/kernels.h"
#include "nn/layer.h"
#include "nn/loss.h"
#include "nn/team.h"
#include <stdint.h>

enum {
	NET_LAYERS_MAX = 301,
	LAYER_STAGES_MAX = 24, /* of one pass, forward and backward */
	NET_POOL_MAX = 2,      /* largest of each 2 x 2 places; the last of an odd number is left out */
	NET_POOL_MEAN = -1,    /* mean over the map */
	NET_FUSED_FROM = 2048, /* layers of at least this many weights use fused products: kernels.h */
};

/* How the values of a layer are arranged: [steps][units][height][width], the time step outermost.
 * A 0 counts as 1. */
struct net_shape {
	int steps;         /* time steps of a sequence */
	int height, width; /* of an image or of the map that each unit (channel) makes of it */
};

/* Shapes and formulas of a network; plain data. Names are those of the tables. */
struct net_spec {
	int layers;                   /* hidden layers + 1 */
	int size[NET_LAYERS_MAX + 1]; /* [0] inputs, [l] values of layer l: its units, times
	                                              steps, height and width where it has them */
	struct net_shape shape[NET_LAYERS_MAX + 1];
	const char *kind[NET_LAYERS_MAX];   /* [l - 1] of layer l; NULL: "dense" */
	const struct layer_kind *own_kinds; /* more kinds than the table's, ended by a row
	                                              without name; NULL: none */
	/* [l - 1] of a layer of kind "conv": places along one side of the kernel, zeros around the map
	 * that it sees, and NET_POOL_MAX, NET_POOL_MEAN or 0 for no pooling */
	int kernel[NET_LAYERS_MAX], padding[NET_LAYERS_MAX], pool[NET_LAYERS_MAX];
	const char *activation[NET_LAYERS_MAX]; /* [l - 1] of hidden layer l */
	double leaky_slope, elu_alpha;
	const char *normalization;
	bool normalize_after;
	double norm_epsilon, norm_momentum;
	int skip;
	bool skip_before;
	double branch_scale;
	double dropout, l1, l2;
	double forget_bias; /* added to the first biases of an LSTM's forget gates (Jozefowicz et al.
	                              2015) */
	int truncate;       /* > 0: no derivative of a recurrent state goes back past every
	                      that many steps, counted from the last one (truncated
	                      backpropagation through time, Williams and Peng 1990) */
	int frozen;         /* layers 1..frozen keep their parameters */
	const char *loss;
	int optimizer_slots; /* 0..OPTIMIZER_SLOTS_MAX */
};

struct net_layer {
	int inputs, outputs;
	int values;  /* of z: as many as outputs, or more where the layer pools them */
	int places;  /* of the map that each unit has of its own; 1: no map */
	int steps;   /* time steps of its kind, at least 1 */
	int units;   /* at one time step and one place of the map */
	bool hidden; /* not the output layer */
	bool fused;  /* its products are fused, see kernels.h */
	/* stages of the present pass: the first `outward` are forward, the others backward */
	const struct stage *stage[LAYER_STAGES_MAX];
	int outward, stages;
	bool takes_delta;                    /* see struct layer_kind */
	const struct activation *activation; /* NULL for the output layer */
	struct activation_parameters parameters;
	const struct normalization *normalization; /* its forward is NULL for none */
	int skip_from;                             /* its skip connection starts here; 0: none */
	const struct layer_kind *kind;
	const struct recurrent_cell *cell;        /* NULL for kinds without steps */
	const struct activation *gate_activation; /* of the cell's gates; NULL: it has none */
	const struct tensor *tensor;              /* [tensors] of the layer, in its kind's order */
	int tensors;
	size_t first, count; /* range in the parameter vector, padding included */
	size_t weights;      /* entries of `weight` */
	/* values of the tensors of these names; NULL if the layer has none */
	real *weight, *bias, *gamma, *beta, *slope;
	real *running_mean, *running_variance;
	real *weight_ih, *weight_hh, *bias_ih, *bias_hh;
	/* buffers of these names, [values][stride] but the output, which is [outputs][stride]; NULL if
	 * the layer has none */
	real *output, *derivative;  /* h, f'(u) */
	real *map;                  /* h before pooling; output if nothing is pooled */
	real *normalized, *inv_std; /* with normalization */
	real *preactivation;        /* u, only if a slope is learned */
	real *mask;                 /* with dropout: 0 or 1/(1 - dropout) */
	/* of recurrent kinds, the time step outermost: [steps][units][stride] */
	real *state;          /* h of all steps but the last, if the output is the last alone */
	real *gates, *slopes; /* [steps][gates][units][stride]: gates in PyTorch's order after their
	                              activation, and the activation's derivative; LSTM, GRU */
	real *cell_state, *squashed; /* c and tanh(c) of an LSTM, whose `derivative` is tanh'(c) */
	real *delta_cell;            /* [units][stride]: dL/dc in total of the step worked on */
	real *apart;                 /* V h + d of a GRU's last gate */
	real *scratch;               /* of one step, see layer_recurrent.c */
	double update_squares, before_squares;      /* in the last step: |dW|^2, |W|^2 */
	double gradient_squares[LAYER_TENSORS_MAX]; /* of each tensor, for clipping */
};

/* True for hidden layers. The z of the output layer are the logits. */
static inline bool net_hidden(const struct net_spec *spec, int layer)
{
	return layer < spec->layers;
}

/* Units of layer l, or numbers of an input (l = 0), at one time step and one place of the map. */
static inline int net_units(const struct net_spec *spec, int layer)
{
	const struct net_shape *shape = &spec->shape[layer];
	int steps = shape->steps ? shape->steps : 1, height = shape->height ? shape->height : 1;
	return spec->size[layer] / (steps * height * (shape->width ? shape->width : 1));
}

/* The first time step, from 1, of recurrent layer l that a derivative of the loss comes to: where
 * the network answers once, after the last step, truncation cuts off all steps before it. */
static inline int net_first_step(const struct net_spec *spec, int layer)
{
	int steps = spec->shape[layer - 1].steps, cut = steps - spec->truncate;
	bool answers_once = spec->shape[spec->layers].steps == 0;
	return spec->truncate > 0 && cut > 0 && answers_once ? cut + 1 : 1;
}

#define net_conv_shape NN(net_conv_shape)
#define net_map_places NN(net_map_places)
#define net_map_values NN(net_map_values)

/* The shape that the output of layer l of kind "conv" must have, from the shape before it and its
 * kernel, padding and pooling: spec->shape[layer]. Its size is channels x height x width. */
struct net_shape net_conv_shape(const struct net_spec *spec, int layer);

/* Places of the map that each unit of a layer has before anything is pooled; 1 where a layer has no
 * map, and its values. Its output has fewer if it pools: spec->size[layer]. */
int net_map_places(const struct net_spec *spec, int layer);
int net_map_values(const struct net_spec *spec, int layer);

/* Answers of a sample, each with a loss and right or wrong: one, or one at each time step. */
static inline int net_answers(const struct net_spec *spec)
{
	int steps = spec->shape[spec->layers].steps;
	return steps ? steps : 1;
}

/* The part of a layer that an observer is shown. Its arrays are [units][stride] and begin at the
 * first unit and first sample of the part. */
struct net_place {
	int layer, step; /* step: time step, from 0, of layers that have several; else 0 */
	int first, units;
	int first_sample, samples, stride;
};

/* Is shown the numbers of a pass while it runs. Any function may be NULL. Blocks of units come in
 * order; a very large batch comes as one unit at a time, in several parts. Where units have a map,
 * each value of it counts as one, before pooling: net_map_values(), [units][height][width]. */
struct net_observer {
	void *context;
	/* u, f'(u) and h; at the output layer u = h = logits and f'(u) is NULL. A recurrent layer
	 * tells of each step: of an LSTM u is the cell state c, of a GRU what the candidate's tanh is
	 * given, h the state. */
	void (*forward)(void *context, const struct net_place *place, const real *u,
		const real *derivative, const real *output);
	/* delta = dL/dz, where L is the mean loss. Of a recurrent layer it is dL/dh of the step's state
	 * in total: through the layer above and through all later steps. These come last step first. */
	void (*backward)(void *context, const struct net_place *place, const real *delta);
	/* All that a recurrent layer has computed in a step, in arrays of [units][stride], those of
	 * gates [gates][units][stride]; then what it has made of dL/dh on the way back, before that
	 * goes through V. What `state_before` and `cell_state_before` lack at the first step is 0. */
	void (*cell)(void *context, const struct net_place *place, const struct cell_step *step);
	void (*cell_back)(void *context, const struct net_place *place, const struct cell_step *step);
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
#define net_initialize_recurrent NN(net_initialize_recurrent)
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

/* All weights and biases are 0, gamma is 1. NULL without memory. The spec must be valid, which is
 * asserted. */
struct net *net_new(const struct kernels *kernels, const struct net_spec *spec, int capacity);
void net_free(struct net *net);

/* Changes formulas or the number of optimizer slots and keeps the parameters; sizes must be the
 * same. Layers that begin to normalize start with gamma 1, beta 0, mean 0, variance 1. False
 * without memory; then nothing has changed. */
bool net_configure(struct net *net, const struct net_spec *spec, int capacity);

/* From now on large products and updates run on this team's threads (NULL: on the calling thread
 * only). The team must outlive the network or the next call. Results are the same. */
void net_use_team(struct net *net, struct team *team);

const struct net_spec *net_spec_of(const struct net *net);
const struct net_layer *net_layer_of(const struct net *net, int layer); /* 1 .. layers */

/* Tensor `index` of all layers, from 0, in the order of the layers; unused and tied tensors count.
 * NULL past the end. */
const struct tensor *net_tensor(const struct net *net, int index);
real *net_values(const struct net *net, const struct tensor *tensor); /* [rows][columns] */

/* Copies parameters, their initial values and optimizer slots of layers that have the same shape in
 * both networks: hidden layers with the same number, and the output layer. A layer whose kind of
 * normalization differs starts it as in net_configure(). */
void net_copy_parameters(struct net *to, const struct net *from);

/* Draws the initial weights of layers first..last in slices; biases are 0 unless the initializer
 * draws them. Layer l uses the stream ("initial", l), the output layer ("initial", 0): so the depth
 * does not change the weights of other layers. */
void net_initialize_begin(struct net *net, const struct initializer *initializer,
	const struct initializer_parameters *parameters, uint64_t seed, int first, int last);
/* Right after it: the matrices from state to state, and their biases, are drawn by this one. */
void net_initialize_recurrent(struct net *net, const struct initializer *initializer,
	const struct initializer_parameters *parameters);
bool net_initialize_advance(struct net *net, uint64_t *budget);

/* Sets the number of samples of the next pass (1 .. capacity) and returns the stride. */
int net_batch(struct net *net, int rows);
real *net_input(struct net *net);  /* [inputs][stride]; fill it after net_batch() */
real *net_target(struct net *net); /* [outputs][stride] */

/* Begins a pass over the batch, forward or forward and backward (gradients are added to the old
 * ones). The mean loss is over `total` samples, so several passes can make one gradient. `observer`
 * may be NULL. The modes are:
 *	NET_TRAIN draws dropout masks from `dropout` (NULL: keeps the masks) and updates the running
 *		statistics of batch norm.
 *	NET_MEASURE normalizes by the batch and updates nothing.
 *	NET_EVALUATE normalizes by the running statistics.
 *	NET_CALIBRATE makes the running statistics the mean over several passes; `total` is the number
 *		of samples so far, those of this pass included.
 *	NET_UNIT_VARIANCE is LSUV (Mishkin and Matas 2016): divides the weights of each hidden layer by
 *		the standard deviation of its z if var(z) differs from 1 by 0.1 or more. Biases must be 0.
 *		It begins at the layer of net_lsuv_from(), by default 1. Recurrent layers stay as they
 *		are. */
void net_pass_begin(struct net *net, enum net_mode mode, bool backward, int total,
	struct rng *dropout, const struct net_observer *observer);
/* Works until the pass is done (true) or *budget multiply-adds are used up (false). */
bool net_pass_advance(struct net *net, uint64_t *budget);
void net_lsuv_from(struct net *net, int layer);
double net_pass_loss(const struct net *net);   /* sum over the samples, penalties not included */
int net_pass_correct(const struct net *net);   /* correct answers, see net_answers() */
double net_penalty(const struct net *net);     /* l1 sum|W| + l2 sum W^2 */
const real *net_logits(const struct net *net); /* [outputs][stride] of the last pass */

/* Gradient clipping (Pascanu et al. 2013). */
struct net_clip {
	double norm;     /* > 0: upper bound of the global norm */
	double value;    /* > 0: upper bound of the absolute value of each entry */
	bool per_tensor; /* `norm` bounds each tensor's norm instead of the global one */
	bool keras;      /* Keras's form of norm clipping: max / max(n, max); else max / (n + 1e-6) */
};

/* Begins an optimizer step: adds the penalties to the gradients, clips them, moves the parameters
 * and clears the gradients. With `measured` it sets update_squares and before_squares of the
 * layers, else these are 0. */
void net_update_begin(struct net *net, const struct optimizer_choice *choice,
	const struct net_clip *clip, bool measured);
bool net_update_advance(struct net *net, uint64_t *budget);
bool net_update_clipped(const struct net *net); /* true if the last step clipped a gradient */

/* Gradient of a parameter array of this network, e.g. net_gradient_of(net, layer->weight). */
const real *net_gradient_of(const struct net *net, const real *parameter);
void net_gradient_clear(struct net *net);
void net_penalize(struct net *net, int layer);      /* adds the gradient of a layer's penalties */
double net_gradient_squares(const struct net *net); /* sum of squares over all parameters */
const real *net_initial_of(const struct net *net, const real *parameter);
/* Makes the present values of `count` parameters their initial values. */
void net_mark_initial(struct net *net, const real *parameter, size_t count);

/* Finds the first number that is not finite, in the order in which training computes them:
 * parameters (left by the last step) from the output layer to layer 1, outputs from layer 1 on,
 * gradients from the output layer to layer 1. Takes long for large networks. False: all are
 * finite. */
struct net_fault {
	int layer;
	const char *tensor; /* "output", or a tensor's value_name or gradient_name */
};
bool net_find_fault(const struct net *net, struct net_fault *fault);

size_t net_parameter_count(const struct net *net);    /* those in use, norms and slopes included */
real *net_parameters(struct net *net, size_t *count); /* the whole vector */

/* Parameters, initial values, running statistics, slots and step count as one block of
 * net_state_bytes(), which the caller owns. Load it only into a network of the same sizes and
 * slots. */
size_t net_state_bytes(const struct net *net);
void net_state_save(const struct net *net, void *state);
void net_state_load(struct net *net, const void *state);

/* Sets the slots to their start values and the step count to 0. */
void net_optimizer_reset(struct net *net, const struct optimizer_choice *choice);
int64_t net_steps(const struct net *net);

#endif
