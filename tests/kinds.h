/* Kinds of layer that only tests have: code that serves every kind must serve these, too. */
#ifndef TESTS_KINDS_H
#define TESTS_KINDS_H

#include <assert.h>

#include "../src/nn/stages.h"
#include "nets.h"

/* ---- tied: dense, with the weight matrix of the layer before ---- */

static bool tied_fits(const struct net_spec *spec, int l)
{
	return l >= 2 && spec->size[l] == spec->size[l - 1] && spec->size[l] == spec->size[l - 2];
}

static int tied_tensors(const struct net_spec *spec, int l, struct tensor out[LAYER_TENSORS_MAX])
{
	int count = layer_dense.tensors(spec, l, out);
	assert_string_equal(out[0].name, "weight");
	out[0].tied_to = l - 1;
	return count;
}

/* ---- halves: dense, with a matrix that is drawn in two blocks ---- */

static int halves_tensors(const struct net_spec *spec, int l, struct tensor out[LAYER_TENSORS_MAX])
{
	int count = layer_dense.tensors(spec, l, out);
	out[0].blocks = 2;
	return count;
}

/* ---- scale: h = s x + b, each unit by itself, with stages of its own ---- */

enum { SCALE, BIAS };

static bool scale_fits(const struct net_spec *spec, int l)
{
	return net_hidden(spec, l) && spec->size[l] == spec->size[l - 1];
}

static int scale_tensors(const struct net_spec *spec, int l, struct tensor out[LAYER_TENSORS_MAX])
{
	const struct tensor tensors[] = {
		[SCALE] = {.name = "scale",
			.value_name = "scale",
			.gradient_name = "scale gradient",
			.start = 1,
			.check_spread = 0.4},
		[BIAS] = {.name = "bias",
			.value_name = "bias",
			.gradient_name = "bias gradient",
			.check_spread = 0.3},
	};
	for (int i = 0; i < 2; i++) {
		out[i] = tensors[i];
		out[i].rows = spec->size[l];
		out[i].columns = 1;
		out[i].trained = out[i].used = true;
		out[i].least = -INFINITY;
	}
	return 2;
}

static int scale_buffers(const struct net_spec *spec, int l, struct buffer out[LAYER_BUFFERS_MAX])
{
	out[0] = (struct buffer){.name = "output", .units = spec->size[l]};
	return 1;
}

static void scale_forward(struct net *net, struct net_layer *layer, struct block block)
{
	const real *scale = net_values(net, &layer->tensor[SCALE]), *x = layer_input(net, layer);
	for (int unit = block.first; unit < block.first + block.units; unit++)
		for (int i = block.column; i < block.column + block.columns; i++) {
			size_t at = (size_t)unit * net->stride + i;
			layer->output[at] = scale[unit] * x[at] + layer->bias[unit];
		}
}

static void scale_gradient(struct net *net, struct net_layer *layer, struct block block)
{
	real *scale = gradient_at(net, net_values(net, &layer->tensor[SCALE]));
	real *bias = gradient_at(net, layer->bias);
	const real *x = layer_input(net, layer);
	for (int unit = block.first; unit < block.first + block.units; unit++)
		for (int i = 0; i < net->rows; i++) {
			size_t at = (size_t)unit * net->stride + i;
			scale[unit] += net->upstream[at] * x[at];
			bias[unit] += net->upstream[at];
		}
}

static void scale_inputs(struct net *net, struct net_layer *layer, struct block block)
{
	const real *scale = net_values(net, &layer->tensor[SCALE]);
	const real *derivative = layer[-1].takes_delta ? layer[-1].derivative : NULL;
	for (int unit = block.first; unit < block.first + block.units; unit++)
		for (int i = block.column; i < block.column + block.columns; i++) {
			size_t at = (size_t)unit * net->stride + i;
			net->upstream[at] *= scale[unit];
			if (derivative)
				net->upstream[at] *= derivative[at];
		}
}

static void scale_complete(struct net *net, struct net_layer *layer)
{
	real *delta = net->upstream;
	if (!layer[-1].takes_delta)
		return;
	net->upstream = net->delta;
	net->delta = delta;
}

static uint64_t scale_cost(const struct net_layer *layer)
{
	(void)layer;
	return 8;
}

static const struct stage scale_stages_forward[] = {
	{.name = "scale", .work = scale_forward, .cost = scale_cost},
	{0},
};

static const struct stage scale_stages_backward[] = {
	{.name = "gradient", .cut = CUT_UNITS, .work = scale_gradient, .cost = scale_cost},
	{.name = "inputs", .work = scale_inputs, .complete = scale_complete, .cost = scale_cost},
	{0},
};

/* ---- steps: dense; shows the observer three time steps, step s with u and delta times s ---- */

enum { STEPS = 3 };

static int steps_of_three(const struct net_spec *spec, int l)
{
	(void)spec;
	(void)l;
	return STEPS;
}

/* A block of values times a factor, where the block's array begins. */
static const real *times(const struct net *net, struct block block, const real *values, real factor)
{
	static real scaled[1 << 12];
	size_t count = (size_t)(block.units - 1) * net->stride + block.rows;
	assert(count <= sizeof(scaled) / sizeof(scaled[0]));
	for (size_t i = 0; i < count; i++)
		scaled[i] = factor * values[i];
	return scaled;
}

static void steps_output(struct net *net, struct net_layer *layer, struct block block)
{
	const struct net_observer *observer = &net->pass.observer;
	struct net_place place = place_of(net, layer, block);
	for (; place.step < STEPS; place.step++)
		observer->forward(observer->context, &place,
			times(net, block, net->preactivation + block.offset, (real)(place.step + 1)),
			layer->derivative + block.offset, layer->output + block.offset);
}

static void steps_delta(struct net *net, struct net_layer *layer, struct block block)
{
	const struct net_observer *observer = &net->pass.observer;
	struct net_place place = place_of(net, layer, block);
	for (; place.step < STEPS; place.step++)
		observer->backward(observer->context, &place,
			times(net, block, net->delta + block.offset, (real)(place.step + 1)));
}

static struct stage steps_stages[2][LAYER_STAGES_MAX];

/* Dense's stages, but for the one that tells the observer. */
static void make_steps_stages(struct stage *out, const struct stage *dense,
	void (*tell)(struct net *net, struct net_layer *layer, struct block block))
{
	bool found = false;
	for (; dense->name; dense++, out++) {
		*out = *dense;
		if (strncmp(dense->name, "look at", strlen("look at")) != 0)
			continue;
		out->work = tell;
		found = true;
	}
	assert(found);
}

/* ---- the rows ---- */

enum { TIED, HALVES, SCALED, STEPPING, OWN_KINDS };

static struct layer_kind own_kinds[OWN_KINDS + 1];

static inline void make_own_kinds(void)
{
	own_kinds[TIED] = own_kinds[HALVES] = layer_dense;
	own_kinds[TIED].name = "tied";
	own_kinds[TIED].fits = tied_fits;
	own_kinds[TIED].tensors = tied_tensors;
	own_kinds[HALVES].name = "halves";
	own_kinds[HALVES].tensors = halves_tensors;
	make_steps_stages(steps_stages[0], layer_dense.forward, steps_output);
	make_steps_stages(steps_stages[1], layer_dense.backward, steps_delta);
	own_kinds[STEPPING] = layer_dense;
	own_kinds[STEPPING].name = "steps";
	own_kinds[STEPPING].steps = steps_of_three;
	own_kinds[STEPPING].forward = steps_stages[0];
	own_kinds[STEPPING].backward = steps_stages[1];
	own_kinds[SCALED] = (struct layer_kind){
		.name = "scale",
		.help = "each unit sees one",
		.fits = scale_fits,
		.tensors = scale_tensors,
		.buffers = scale_buffers,
		.forward = scale_stages_forward,
		.backward = scale_stages_backward,
	};
}

/* Layers: dense, dense, tied, dense, scale, dense, dense (output); all hidden ones have one
 * width. */
static inline struct net_spec mixed_spec(const char *activation, int width, const char *loss)
{
	struct net_spec spec = plain_spec(activation, 6, width, loss);
	spec.own_kinds = own_kinds;
	spec.optimizer_slots = 2;
	spec.kind[2] = "tied";
	spec.kind[4] = "scale";
	return spec;
}

#endif
