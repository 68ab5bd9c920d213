#include "variant.h"

#include "elementary_real.h"

/* Begins a step function; names its three slots, unused_... where it needs fewer. */
#define STEP(name, first, second, third) \
	static void name(const struct optimizer_step *s, size_t n, real *restrict w, \
		const real *restrict g, SLOT(first), SLOT(second), SLOT(third))
#define SLOT(name) __attribute__((unused)) real *restrict name

/* The gradient with PyTorch's coupled decay, and the weight after decoupled decay. */
#define GRADIENT(i) (g[i] + s->coupled * w[i])
#define KEPT(i) (w[i] * s->keep)

STEP(sgd, unused_first, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++)
		w[i] = KEPT(i) - s->rate * GRADIENT(i);
}

STEP(momentum_keras, velocity, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		velocity[i] = s->momentum * velocity[i] - s->rate * g[i];
		w[i] = KEPT(i) + velocity[i];
	}
}

STEP(momentum_pytorch, velocity, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		velocity[i] = s->momentum * velocity[i] + GRADIENT(i);
		w[i] -= s->rate * velocity[i];
	}
}

STEP(momentum_damped, velocity, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		velocity[i] = s->momentum * velocity[i] + s->undamped * GRADIENT(i);
		w[i] -= s->rate * velocity[i];
	}
}

STEP(nesterov_keras, velocity, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		real step = s->rate * g[i];
		velocity[i] = s->momentum * velocity[i] - step;
		w[i] = KEPT(i) + (s->momentum * velocity[i] - step);
	}
}

STEP(nesterov_pytorch, velocity, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		velocity[i] = s->momentum * velocity[i] + gradient;
		w[i] -= s->rate * (gradient + s->momentum * velocity[i]);
	}
}

STEP(adagrad_keras, sum_of_squares, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		sum_of_squares[i] += g[i] * g[i];
		w[i] = KEPT(i) - s->rate * g[i] / real_sqrt(sum_of_squares[i] + s->epsilon);
	}
}

STEP(adagrad_pytorch, sum_of_squares, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		sum_of_squares[i] += gradient * gradient;
		w[i] -= s->rate * gradient / (real_sqrt(sum_of_squares[i]) + s->epsilon);
	}
}

STEP(rmsprop_keras, squares, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		squares[i] = s->beta2 * squares[i] + s->one_minus_beta2 * g[i] * g[i];
		w[i] = KEPT(i) - s->rate * g[i] / real_sqrt(squares[i] + s->epsilon);
	}
}

STEP(rmsprop_pytorch, squares, unused_second, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		squares[i] = s->beta2 * squares[i] + s->one_minus_beta2 * gradient * gradient;
		w[i] -= s->rate * gradient / (real_sqrt(squares[i]) + s->epsilon);
	}
}

STEP(rmsprop_momentum_keras, squares, velocity, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		squares[i] = s->beta2 * squares[i] + s->one_minus_beta2 * g[i] * g[i];
		velocity[i] =
			s->momentum * velocity[i] + s->rate * g[i] / real_sqrt(squares[i] + s->epsilon);
		w[i] = KEPT(i) - velocity[i];
	}
}

STEP(rmsprop_momentum_pytorch, squares, velocity, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		squares[i] = s->beta2 * squares[i] + s->one_minus_beta2 * gradient * gradient;
		velocity[i] = s->momentum * velocity[i] + gradient / (real_sqrt(squares[i]) + s->epsilon);
		w[i] -= s->rate * velocity[i];
	}
}

/* Rounding can make a variance close to 0 negative. */
static inline real variance(real squares, real mean)
{
	real difference = squares - mean * mean;
	return difference > 0 ? difference : 0;
}

STEP(rmsprop_centered_keras, squares, mean, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		squares[i] = s->beta2 * squares[i] + s->one_minus_beta2 * g[i] * g[i];
		mean[i] = s->beta2 * mean[i] + s->one_minus_beta2 * g[i];
		w[i] = KEPT(i) - s->rate * g[i] / real_sqrt(variance(squares[i], mean[i]) + s->epsilon);
	}
}

STEP(rmsprop_centered_pytorch, squares, mean, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		squares[i] = s->beta2 * squares[i] + s->one_minus_beta2 * gradient * gradient;
		mean[i] = s->beta2 * mean[i] + s->one_minus_beta2 * gradient;
		w[i] -= s->rate * gradient / (real_sqrt(variance(squares[i], mean[i])) + s->epsilon);
	}
}

/* Both forms of Adam: rms_correction is 1 in Keras's, whose bias correction is all in the rate. */
STEP(adam, mean, squares, unused_third)
{
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		mean[i] = s->beta1 * mean[i] + s->one_minus_beta1 * gradient;
		squares[i] = s->beta2 * squares[i] + s->one_minus_beta2 * gradient * gradient;
		w[i] =
			KEPT(i) - s->rate * mean[i] / (real_sqrt(squares[i]) * s->rms_correction + s->epsilon);
	}
}

/* The same with the largest second moment so far. */
STEP(amsgrad, mean, squares, largest)
{
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		mean[i] = s->beta1 * mean[i] + s->one_minus_beta1 * gradient;
		squares[i] = s->beta2 * squares[i] + s->one_minus_beta2 * gradient * gradient;
		largest[i] = squares[i] > largest[i] ? squares[i] : largest[i];
		w[i] =
			KEPT(i) - s->rate * mean[i] / (real_sqrt(largest[i]) * s->rms_correction + s->epsilon);
	}
}

/* clang-format off */
static const struct optimizer rows[] = {
	{.name = "sgd", .rate = 0.1, .help = "plain gradient descent",
		.keras = {.step = sgd, .decoupled = true}, .pytorch = {.step = sgd}},
	{.name = "momentum", .rate = 0.01,
		.help = "gradient descent with momentum (Polyak 1964)", .slots = 1, .has_momentum = true,
		.keras = {.step = momentum_keras, .decoupled = true},
		.pytorch = {.step = momentum_pytorch, .damped = momentum_damped}},
	{.name = "nesterov", .rate = 0.01,
		.help = "Nesterov's momentum (Sutskever et al. 2013)", .slots = 1, .has_momentum = true,
		.keras = {.step = nesterov_keras, .decoupled = true},
		.pytorch = {.step = nesterov_pytorch}},
	{.name = "rmsprop", .rate = 0.01,
		.help = "steps scaled by the recent size of the gradient (Hinton 2012)", .slots = 1,
		.keras = {.step = rmsprop_keras, .beta2 = 0.9, .epsilon = 1e-7, .decoupled = true},
		.pytorch = {.step = rmsprop_pytorch, .beta2 = 0.99, .epsilon = 1e-8}},
	{.name = "adagrad", .rate = 0.1,
		.help = "steps scaled by all past gradients (Duchi et al. 2011)", .slots = 1,
		.accumulates = true,
		.keras = {.step = adagrad_keras, .epsilon = 1e-7, .slot_start = 0.1, .decoupled = true},
		.pytorch = {.step = adagrad_pytorch, .epsilon = 1e-10}},
	{.name = "adam", .rate = 0.01,
		.help = "momentum and scaled steps together (Kingma and Ba 2015)", .slots = 2,
		.corrects_bias = true,
		.keras = {.step = adam, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-7,
			.decoupled = true},
		.pytorch = {.step = adam, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}},
	{.name = "adamw", .rate = 0.01,
		.help = "Adam with decoupled weight decay (Loshchilov and Hutter 2019)", .slots = 2,
		.corrects_bias = true,
		.keras = {.step = adam, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-7, .decay = 0.004,
			.decoupled = true},
		.pytorch = {.step = adam, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .decay = 0.01,
			.decoupled = true}},
	{.name = "rmsprop-momentum", .rate = 0.001, .help = "rmsprop's steps gathered by momentum",
		.slots = 2, .has_momentum = true,
		.keras = {.step = rmsprop_momentum_keras, .beta2 = 0.9, .epsilon = 1e-7,
			.decoupled = true},
		.pytorch = {.step = rmsprop_momentum_pytorch, .beta2 = 0.99, .epsilon = 1e-8}},
	{.name = "rmsprop-centered", .rate = 0.01,
		.help = "rmsprop by the gradient's variance instead of its square (Graves 2013)",
		.slots = 2,
		.keras = {.step = rmsprop_centered_keras, .beta2 = 0.9, .epsilon = 1e-7,
			.decoupled = true},
		.pytorch = {.step = rmsprop_centered_pytorch, .beta2 = 0.99, .epsilon = 1e-8}},
	{.name = "amsgrad", .rate = 0.01,
		.help = "Adam whose scale never shrinks again (Reddi et al. 2018)", .slots = 3,
		.corrects_bias = true,
		.keras = {.step = amsgrad, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-7,
			.decoupled = true},
		.pytorch = {.step = amsgrad, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}},
};
/* clang-format on */

const struct optimizer_table VARIANT(optimizer_table) = TABLE(rows);
