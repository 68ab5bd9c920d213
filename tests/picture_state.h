/* The state of a hand-made picture: a network with weights by formula, one sample's way through it
 * and back, and a step of SGD. Sums are made here anew, in double, so they also are what tests of
 * drawing compare with. */
#ifndef TESTS_PICTURE_STATE_H
#define TESTS_PICTURE_STATE_H

#include "lab/probe.h"
#include "nn/kernels.h"
#include "pictures.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_SAMPLES = 32 };

struct picture_state {
	struct state_view view;
	struct step_view step;
	struct net *net, *after;
	float *gradient;
	struct sample_layer *layer;
	float *values;
};

static inline struct net_spec state_spec(int inputs, int layers, int units, const char *activation)
{
	struct net_spec spec = {
		.layers = layers,
		.leaky_slope = 0.01,
		.elu_alpha = 1,
		.normalization = "none",
		.norm_epsilon = 1e-5,
		.norm_momentum = 0.1,
		.branch_scale = 1,
		.loss = "bce",
	};
	spec.size[0] = inputs;
	for (int l = 1; l < layers; l++) {
		spec.size[l] = units;
		spec.activation[l - 1] = activation;
	}
	spec.size[layers] = 1;
	return spec;
}

/* Weights around 0, as wide as Glorot's; biases small. The initial ones are a little smaller. */
static inline void state_weights(struct net *net, int layers)
{
	for (int l = 1; l <= layers; l++) {
		const struct net_layer *layer = net_layer_of(net, l);
		double bound = sqrt(6.0 / (layer->inputs + layer->outputs));
		for (size_t i = 0; i < layer->weights; i++)
			layer->weight[i] =
				(float)(bound * (2 * fmod((double)(i + 1) * 0.618034 + 0.37 * l, 1) - 1));
		net_mark_initial(net, layer->weight, layer->weights);
		for (size_t i = 0; i < layer->weights; i++)
			layer->weight[i] *= (float)(1 + 0.05 * exp(l - layers) * ((double)(i % 5) - 1));
		for (int u = 0; u < layer->outputs; u++)
			layer->bias[u] = (float)(0.01 * ((u + l) % 7 - 3));
	}
}

static inline void state_forward(struct picture_state *state, const float *x)
{
	for (int i = 0; i < state->layer[0].units; i++)
		((float *)state->layer[0].output)[i] = x[i];
	for (int l = 1; l <= state->step.layers; l++) {
		const struct net_layer *layer = net_layer_of(state->net, l);
		const struct sample_layer *below = &state->layer[l - 1], *here = &state->layer[l];
		for (int u = 0; u < here->units; u++) {
			double z = (double)layer->bias[u];
			for (int i = 0; i < below->units; i++)
				z += (double)layer->weight[u * below->units + i] * (double)below->output[i];
			((float *)here->z)[u] = ((float *)here->output)[u] = (float)z;
			if (layer->hidden)
				layer->activation->apply(&layer->parameters, 1, &here->z[u],
					(float *)&here->output[u], (float *)&here->derivative[u]);
		}
	}
}

static inline void state_backward(struct picture_state *state)
{
	int layers = state->step.layers;
	const struct sample_layer *out = &state->layer[layers];
	double p = 1 / (1 + exp(-(double)out->z[0]));
	((float *)out->delta)[0] = (float)(p - (double)state->step.target);
	state->step.sample_loss = (float)-log((double)state->step.target > 0 ? p : 1 - p);
	state->step.loss = state->step.sample_loss * 0.98f;
	for (int l = layers - 1; l >= 1; l--) {
		const struct net_layer *next = net_layer_of(state->net, l + 1);
		for (int i = 0; i < state->layer[l].units; i++) {
			double back = 0;
			for (int u = 0; u < next->outputs; u++)
				back += (double)next->weight[u * next->inputs + i] *
					(double)state->layer[l + 1].delta[u];
			((float *)state->layer[l].delta)[i] =
				(float)(back * (double)state->layer[l].derivative[i]);
		}
	}
}

/* The gradient of the minibatch: a twentieth of the sample's. */
static inline void state_update(struct picture_state *state)
{
	net_copy_parameters(state->after, state->net);
	for (int l = 1; l <= state->step.layers; l++) {
		const struct net_layer *layer = net_layer_of(state->net, l),
							   *moved = net_layer_of(state->after, l);
		for (size_t i = 0; i < layer->weights; i++) {
			float *gradient = &state->gradient[layer->first + i];
			*gradient = state->layer[l].delta[i / (size_t)layer->inputs] *
				state->layer[l - 1].output[i % (size_t)layer->inputs] / 20;
			moved->weight[i] = layer->weight[i] - 0.1f * *gradient;
		}
	}
}

static inline void state_place(struct picture_state *state, const struct net_spec *spec)
{
	size_t values = (size_t)spec->size[0];
	for (int l = 1; l <= spec->layers; l++)
		values += 4 * (size_t)spec->size[l];
	state->layer = calloc((size_t)spec->layers + 1, sizeof(*state->layer));
	float *at = state->values = calloc(values, sizeof(*at));
	assert(state->layer && at);
	state->layer[0] = (struct sample_layer){.units = spec->size[0], .output = at, .passed = at};
	at += spec->size[0];
	for (int l = 1; l <= spec->layers; at += 4 * spec->size[l++])
		state->layer[l] = (struct sample_layer){
			.units = spec->size[l],
			.z = at,
			.derivative = l < spec->layers ? at + spec->size[l] : NULL,
			.output = at + 2 * spec->size[l],
			.passed = at + 2 * spec->size[l],
			.delta = at + 3 * spec->size[l],
		};
}

/* Of a network with two inputs and one output. */
static inline struct picture_state *state_make(
	const struct dataset *data, int64_t epoch, int layers, int units, const char *activation)
{
	struct net_spec spec = state_spec(2, layers, units, activation);
	struct picture_state *state = calloc(1, sizeof(*state));
	assert(state);
	state->net = net_new(kernels_find(NULL), &spec, 1);
	state->after = net_new(kernels_find(NULL), &spec, 1);
	assert(state->net && state->after);
	size_t parameters;
	net_parameters(state->net, &parameters);
	state->gradient = calloc(parameters, sizeof(*state->gradient));
	assert(state->gradient);
	state_place(state, &spec);
	state->step = (struct step_view){
		.samples = STATE_SAMPLES,
		.sample = 6,
		.row = 17,
		.layers = layers,
		.target = 1,
		.rate = 0.1,
		.layer = state->layer,
		.after = state->after,
		.gradient = state->gradient,
	};
	state->view = (struct state_view){
		.epoch = epoch,
		.wish = {.weights = true, .step = true, .sample = 6},
		.data = data,
		.net = state->net,
		.step = &state->step,
	};
	state_weights(state->net, layers);
	state_forward(state, (const float[]){0.8f, -0.35f});
	state_backward(state);
	state_update(state);
	return state;
}

static inline void state_free(struct picture_state *state)
{
	if (!state)
		return;
	net_free(state->net);
	net_free(state->after);
	free(state->gradient);
	free(state->layer);
	free(state->values);
	free(state);
}

#endif
