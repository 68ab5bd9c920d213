#include "variant.h"

#include "elementary_real.h"

#define STEP(name) \
	static void name(const struct optimizer_step *s, size_t n, real *restrict w, \
		const real *restrict g, real *restrict slot0, real *restrict slot1)

/* The gradient with PyTorch's coupled decay, and the weight after decoupled decay. */
#define GRADIENT(i) (g[i] + s->coupled * w[i])
#define KEPT(i) (w[i] * s->keep)

STEP(sgd)
{
	(void)slot0, (void)slot1;
	for (size_t i = 0; i < n; i++)
		w[i] = KEPT(i) - s->rate * GRADIENT(i);
}

STEP(momentum_keras)
{
	(void)slot1;
	for (size_t i = 0; i < n; i++) {
		slot0[i] = s->momentum * slot0[i] - s->rate * g[i];
		w[i] = KEPT(i) + slot0[i];
	}
}

STEP(momentum_pytorch)
{
	(void)slot1;
	for (size_t i = 0; i < n; i++) {
		slot0[i] = s->momentum * slot0[i] + GRADIENT(i);
		w[i] -= s->rate * slot0[i];
	}
}

STEP(nesterov_keras)
{
	(void)slot1;
	for (size_t i = 0; i < n; i++) {
		real step = s->rate * g[i];
		slot0[i] = s->momentum * slot0[i] - step;
		w[i] = KEPT(i) + (s->momentum * slot0[i] - step);
	}
}

STEP(nesterov_pytorch)
{
	(void)slot1;
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		slot0[i] = s->momentum * slot0[i] + gradient;
		w[i] -= s->rate * (gradient + s->momentum * slot0[i]);
	}
}

STEP(adagrad_keras)
{
	(void)slot1;
	for (size_t i = 0; i < n; i++) {
		slot0[i] += g[i] * g[i];
		w[i] = KEPT(i) - s->rate * g[i] / real_sqrt(slot0[i] + s->epsilon);
	}
}

STEP(adagrad_pytorch)
{
	(void)slot1;
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		slot0[i] += gradient * gradient;
		w[i] -= s->rate * gradient / (real_sqrt(slot0[i]) + s->epsilon);
	}
}

STEP(rmsprop_keras)
{
	(void)slot1;
	for (size_t i = 0; i < n; i++) {
		slot0[i] = s->second * slot0[i] + s->second_rest * g[i] * g[i];
		w[i] = KEPT(i) - s->rate * g[i] / real_sqrt(slot0[i] + s->epsilon);
	}
}

STEP(rmsprop_pytorch)
{
	(void)slot1;
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		slot0[i] = s->second * slot0[i] + s->second_rest * gradient * gradient;
		w[i] -= s->rate * gradient / (real_sqrt(slot0[i]) + s->epsilon);
	}
}

/* Both forms of Adam: second_scale is 1 in Keras's, whose bias correction is all in the rate. */
STEP(adam)
{
	for (size_t i = 0; i < n; i++) {
		real gradient = GRADIENT(i);
		slot0[i] = s->first * slot0[i] + s->first_rest * gradient;
		slot1[i] = s->second * slot1[i] + s->second_rest * gradient * gradient;
		w[i] = KEPT(i) -
			s->rate * slot0[i] / (real_sqrt(slot1[i]) * s->second_scale + s->epsilon);
	}
}

static const struct optimizer rows[] = {
	{.name = "sgd", .help = "plain gradient descent",
		.keras = {.step = sgd, .decoupled = true}, .pytorch = {.step = sgd}},
	{.name = "momentum", .help = "gradient descent with momentum (Polyak 1964)", .slots = 1,
		.keras = {.step = momentum_keras, .decoupled = true},
		.pytorch = {.step = momentum_pytorch}},
	{.name = "nesterov", .help = "Nesterov's momentum (Sutskever et al. 2013)", .slots = 1,
		.keras = {.step = nesterov_keras, .decoupled = true},
		.pytorch = {.step = nesterov_pytorch}},
	{.name = "rmsprop", .help = "steps scaled by the recent size of the gradient (Hinton 2012)",
		.slots = 1,
		.keras = {.step = rmsprop_keras, .second = 0.9, .epsilon = 1e-7, .decoupled = true},
		.pytorch = {.step = rmsprop_pytorch, .second = 0.99, .epsilon = 1e-8}},
	{.name = "adagrad", .help = "steps scaled by all past gradients (Duchi et al. 2011)",
		.slots = 1,
		.keras = {.step = adagrad_keras, .epsilon = 1e-7, .slot_start = 0.1, .decoupled = true},
		.pytorch = {.step = adagrad_pytorch, .epsilon = 1e-10}},
	{.name = "adam", .help = "momentum and scaled steps together (Kingma and Ba 2015)", .slots = 2,
		.corrects_bias = true,
		.keras = {.step = adam, .first = 0.9, .second = 0.999, .epsilon = 1e-7,
			.decoupled = true},
		.pytorch = {.step = adam, .first = 0.9, .second = 0.999, .epsilon = 1e-8}},
	{.name = "adamw", .help = "Adam with decoupled weight decay (Loshchilov and Hutter 2019)",
		.slots = 2, .corrects_bias = true,
		.keras = {.step = adam, .first = 0.9, .second = 0.999, .epsilon = 1e-7, .decay = 0.004,
			.decoupled = true},
		.pytorch = {.step = adam, .first = 0.9, .second = 0.999, .epsilon = 1e-8, .decay = 0.01,
			.decoupled = true}},
};

const struct optimizer_table VARIANT(optimizer_table) = TABLE(rows);
