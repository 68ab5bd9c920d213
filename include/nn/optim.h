/* Optimizers: how a gradient moves the parameters, in Keras's form and in PyTorch's.
 *
 * The forms differ in where epsilon stands and in their constants (section 6 of the numerics
 * sheet); both were checked against the frameworks' own results. State lives in up to three
 * slots of the same shape as the parameters, owned by the network.
 *
 * To add one: its step functions and a row in src/nn/optim.c.
 */
#ifndef NN_OPTIM_H
#define NN_OPTIM_H

#include "nn/real.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPTIMIZER_SLOTS_MAX = 3 };

struct optimizer_step;

/* Moves n parameters w by their gradients g; of the slots only those that the optimizer has. */
typedef void optimizer_function(const struct optimizer_step *step, size_t n, real *restrict w,
	const real *restrict g, real *restrict slot0, real *restrict slot1, real *restrict slot2);

/* What one step needs, worked out in double once a step by optimizer_step_prepare(). */
struct optimizer_step {
	optimizer_function *take;
	real rate; /* learning rate, bias correction included where the form has one */
	real momentum;
	real undamped;     /* with dampening: share of the gradient that is added to the momentum */
	real beta1, beta2; /* decay of the first and second moment */
	real one_minus_beta1, one_minus_beta2; /* 1 - beta1, 1 - beta2 */
	real rms_correction;                   /* 1 / sqrt(1 - beta2^t) in PyTorch's Adam, else 1 */
	real epsilon;
	real keep;    /* decoupled decay: w *= keep before the step */
	real coupled; /* PyTorch's weight_decay: g += coupled * w */
};

struct optimizer_form {
	double beta1, beta2, epsilon;
	double slot_start; /* every slot's initial value */
	double decay;      /* default weight decay */
	bool decoupled;    /* decay by w *= 1 - rate * decay */
	optimizer_function *step;
	optimizer_function *damped; /* in its place where there is dampening; NULL: it has none */
};

struct optimizer {
	const char *name, *help;
	double rate; /* usual learning rate for small networks: of those that one would try,
	                         the one that learned moons best with 3 tanh or ReLU layers */
	int slots;
	bool has_momentum;  /* reads the setting `momentum` */
	bool corrects_bias; /* Adam's moments start at 0 and are corrected */
	bool accumulates;   /* its slot is a sum, which may start with a value of the user's */
	struct optimizer_form keras, pytorch;
};

struct optimizer_choice {
	const char *optimizer; /* name */
	bool pytorch;
	double rate, momentum;
	double dampening;  /* share of each gradient but the first that momentum leaves out */
	double rate_decay; /* the rate of step t is rate / (1 + (t - 1) rate_decay) */
	/* 0: the form's own */
	double decay; /* of the weights */
	double beta1, beta2, epsilon;
	double slot_start; /* for optimizers that accumulate */
};

#define optimizer_at NN(optimizer_at)
#define optimizer_find NN(optimizer_find)
#define optimizer_step_prepare NN(optimizer_step_prepare)
#define optimizer_slot_start NN(optimizer_slot_start)
#define optimizer_rate NN(optimizer_rate)

const struct optimizer *optimizer_at(int index);          /* NULL past the end */
const struct optimizer *optimizer_find(const char *name); /* NULL if unknown */

/* Step number t = 1, 2, ... */
struct optimizer_step optimizer_step_prepare(
	const struct optimizer *optimizer, const struct optimizer_choice *choice, int64_t t);

/* What every slot holds before the first step. */
double optimizer_slot_start(
	const struct optimizer *optimizer, const struct optimizer_choice *choice);

/* The learning rate of step t, without what an optimizer's bias correction makes of it. */
double optimizer_rate(const struct optimizer_choice *choice, int64_t t);

#endif
