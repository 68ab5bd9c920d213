/* Optimizers: how a gradient moves the parameters, in Keras's form and in PyTorch's.
 *
 * The forms differ in the place of epsilon and in their constants (docs/numerics.md, section 6);
 * both are tested against results of the frameworks. The rows name the papers. State, such as
 * momentum, is kept in up to three slots, arrays of the same shape as the parameters, which the
 * network owns.
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

/* Moves n parameters w by their gradients g. Slots that the optimizer does not use may be NULL. */
typedef void optimizer_function(const struct optimizer_step *step, size_t n, real *restrict w,
	const real *restrict g, real *restrict slot0, real *restrict slot1, real *restrict slot2);

/* The constants of one step, computed in double by optimizer_step_prepare(). */
struct optimizer_step {
	optimizer_function *take;
	real rate; /* learning rate, bias correction included where the form has one */
	real momentum;
	real undamped;                         /* with dampening: 1 - dampening; 1 in the first step */
	real beta1, beta2;                     /* decay of the first and second moment */
	real one_minus_beta1, one_minus_beta2; /* 1 - beta1, 1 - beta2 */
	real rms_correction;                   /* 1 / sqrt(1 - beta2^t) in PyTorch's Adam, else 1 */
	real epsilon;
	real keep;    /* decoupled decay: w *= keep before the step */
	real coupled; /* PyTorch's weight_decay: g += coupled * w */
};

struct optimizer_form {
	double beta1, beta2, epsilon;
	double slot_start; /* initial value of every slot */
	double decay;      /* default weight decay */
	bool decoupled;    /* weight decay is w *= 1 - rate * decay (Loshchilov and Hutter 2019) */
	optimizer_function *step;
	optimizer_function *damped; /* used instead with dampening; NULL: ignores dampening */
};

struct optimizer {
	const char *name, *help;
	double rate; /* default learning rate: the best of the usual ones for moons with 3 tanh or
	                         ReLU layers */
	int slots;
	bool has_momentum;  /* uses the setting `momentum` */
	bool corrects_bias; /* corrects the moments for their start at 0, as Adam does */
	bool accumulates;   /* its slot is a sum, whose start the user may choose */
	struct optimizer_form keras, pytorch;
};

struct optimizer_choice {
	const char *optimizer; /* name */
	bool pytorch;
	double rate, momentum;
	double dampening;  /* PyTorch's: momentum adds (1 - dampening) g, except in the first step */
	double rate_decay; /* the rate of step t is rate / (1 + (t - 1) rate_decay) */
	/* In what follows 0 means the form's default. */
	double decay; /* weight decay */
	double beta1, beta2, epsilon;
	double slot_start; /* of optimizers that accumulate */
};

#define optimizer_at NN(optimizer_at)
#define optimizer_find NN(optimizer_find)
#define optimizer_step_prepare NN(optimizer_step_prepare)
#define optimizer_slot_start NN(optimizer_slot_start)
#define optimizer_rate NN(optimizer_rate)

const struct optimizer *optimizer_at(int index);          /* NULL past the end */
const struct optimizer *optimizer_find(const char *name); /* NULL if unknown */

/* The constants of step t = 1, 2, ... */
struct optimizer_step optimizer_step_prepare(
	const struct optimizer *optimizer, const struct optimizer_choice *choice, int64_t t);

/* The value of every slot before the first step. */
double optimizer_slot_start(
	const struct optimizer *optimizer, const struct optimizer_choice *choice);

/* The learning rate of step t, without bias correction. */
double optimizer_rate(const struct optimizer_choice *choice, int64_t t);

#endif
