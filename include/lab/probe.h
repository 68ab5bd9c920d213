/* Views of a state: answers, weights and the next step of the network at one epoch.
 *
 * A probe copies the network of an experiment between two epochs and works on the copy in slices,
 * so training does not change. A finished view is a struct state_view, which stays valid while the
 * next one is made. Only what the wish asks for is computed.
 */
#ifndef LAB_PROBE_H
#define LAB_PROBE_H

#include "lab/dataset.h"
#include "lab/error.h"
#include "nn/net.h"
#include <stdbool.h>
#include <stdint.h>

struct experiment;

/* The parts of a view that are wanted; all zero: nothing. */
struct probe_wish {
	bool points;       /* an answer to every row of the data */
	int columns, rows; /* a grid of answers over the plane; a regression has a curve: one row */
	bool weights;      /* the network itself: parameters and their initial values */
	bool step;         /* the next minibatch: forward pass, backward pass and update */
	int sample;        /* whose values are kept, from 0; beyond the minibatch: its last one */
};

bool probe_wishes(const struct probe_wish *wish);
/* A wish that covers both; its sample is that of `a` if `a` wants a step, else of `b`. */
struct probe_wish probe_wish_join(struct probe_wish a, struct probe_wish b);
/* True if a view made for `have` has all that `want` asks for. */
bool probe_wish_covers(const struct probe_wish *have, const struct probe_wish *want);

/* The plane that data are drawn in: horizontal is the first feature or principal component,
 * vertical the second one, or the target of a regression. The bounds enclose all points, with a
 * margin of 2 %. */
struct plane {
	double low[2], high[2];
};
struct plane plane_of(const struct dataset *data);

/* The network's answer to one input: the class with the largest probability, and that probability;
 * for a regression the value, and class 0. NaN if an output is not finite. */
struct answer {
	float value;
	int16_t class;
};

/* A gate at one time step, over all units and all samples of the minibatch. */
struct gate_share {
	float open, shut; /* shares above GATE_OPEN, below GATE_SHUT; NaN with a value that is one */
	float mean;
};

#define GATE_OPEN 0.9f
#define GATE_SHUT 0.1f

/* One sample of the next minibatch in a recurrent layer, step by step. Of the sample's own loss,
 * see struct sample_layer. Arrays are [steps][units], those of gates [steps][gates][units], with
 * the gates in the cell's order. */
struct sample_time {
	int steps, units;
	const struct recurrent_cell *cell;
	const float *given;      /* of gates: W x + V h + b, what the activation of the gate is given */
	const float *gate;       /* of gates: f(given); of a cell without gates its state */
	const float *slope;      /* of gates: f'(given) */
	const float *delta;      /* of gates: dL/dgiven */
	const float *apart;      /* V h + d of a GRU's last gate; 0 elsewhere */
	const float *cell_state; /* c, tanh(c) and tanh'(c) of an LSTM; 0 elsewhere */
	const float *squashed;
	const float *squashed_slope;
	const float *state;        /* h */
	const float *delta_state;  /* dL/dh in total: from above and from the step after */
	const float *delta_cell;   /* dL/dc of an LSTM in total; 0 elsewhere */
	const float *delta_direct; /* of it, what h of the step before gets past V; 0 but in a GRU */
	const struct gate_share *share; /* [steps][gates] */
};

/* One sample of the next minibatch in one layer. `delta` is dL/dz of this sample's loss alone: that
 * of the batch's mean loss times the number of its samples. All arrays are [units]; those of a
 * recurrent layer are of its last time step, and delta is dL/dh there; those of a convolution have
 * each place of its map as a unit. */
struct sample_layer {
	int units;
	const float *z;          /* input of the activation */
	const float *derivative; /* f'(z); NULL at the output layer */
	const float *output;     /* output of the layer; for layer 0 the features */
	const float *passed;     /* what the next layer gets: output, pooled where the layer pools */
	const float *delta;      /* NULL for layer 0 */
	const struct sample_time *time; /* NULL: the layer has no state that goes from step to step */
};

/* The next step of training, done on a copy. */
struct step_view {
	int samples;                      /* of the minibatch */
	int sample;                       /* the one that is shown */
	int row;                          /* its row in the data */
	int layers;                       /* the output layer included */
	float loss, sample_loss;          /* mean of the batch; of the sample; both without penalties */
	float target;                     /* of the sample: class number or value */
	double rate;                      /* learning rate of the step */
	bool clipped;                     /* clipping cut the gradient */
	const struct sample_layer *layer; /* [layers + 1], from 0, the input */
	const struct net *after;          /* the network after the update: only its parameters */
	const float *gradient; /* of the batch's mean loss, without penalties; entries in the order
	                             of net_parameters() */
};

struct state_view {
	int64_t epoch;
	struct probe_wish wish;
	const struct dataset *data; /* the data of the run */
	struct plane plane;
	const struct answer *grid;  /* [wish.rows][wish.columns], top row first; NULL: not wanted */
	const struct answer *point; /* [data rows]; NULL: not wanted */
	const struct net *net;      /* parameters and initial values; NULL: not wanted */
	const struct step_view *step;
};

struct probe;

struct probe *probe_new(void); /* NULL without memory */
void probe_free(struct probe *probe);

/* Begins a view of the experiment's present state, which must be between epochs. An unfinished view
 * is given up, a finished one stays. False: no memory, or the copies would take more than a quarter
 * of the setting memory-limit; then nothing is begun. */
bool probe_begin(
	struct probe *probe, const struct experiment *experiment, const struct probe_wish *wish);

/* Works until the view is finished (true, once) or *budget multiply-adds are used up. */
bool probe_advance(struct probe *probe, uint64_t *budget);
bool probe_busy(const struct probe *probe);

/* The newest finished view; NULL: none. Valid until the next one is finished. */
const struct state_view *probe_view(const struct probe *probe);
/* Forgets all views: for another run, or other data. */
void probe_forget(struct probe *probe);

#endif
