#include "stages.h"

#include <math.h>
#include <string.h>

static inline const real *layer_input(const struct net *net, int l)
{
	return l == 1 ? net->input : net->layer[l - 1].output;
}

/* ---- what a layer has to do ---- */

static bool drops(const struct net *net, const struct net_layer *layer)
{
	return layer->mask && net->pass.mode == NET_TRAIN;
}

/* Is a shortcut added to the layer's output? */
static bool adds_shortcut(const struct net *net, const struct net_layer *layer)
{
	return layer->skip_from && !net->spec.skip_before;
}

/* Does the layer before get a gradient through a shortcut that starts there? */
static bool shortcut_starts_at(const struct net *net, int l)
{
	for (int k = l + 1; k <= l + 2 && k < net->layers; k++)
		if (l > 0 && net->layer[k].skip_from == l)
			return true;
	return false;
}

/* Is dL/dh times f' all there is to the delta of a layer? Then the product makes it at once. */
static bool delta_is_product(const struct net *net, const struct net_layer *layer)
{
	return layer->activation && !layer->activation->learns_slope && !layer->skip_from &&
		!drops(net, layer) && !(layer->normalization->forward && net->spec.normalize_after);
}

static bool has_stage(const struct net_layer *layer, enum stage stage)
{
	return layer->stages >> stage & 1;
}

unsigned stages_of(const struct net *net, const struct net_layer *layer)
{
	unsigned stages = 1u << FORWARD_PRODUCT;
	if (layer->activation)
		stages |= 1u << FORWARD_ACTIVATE;
	else
		stages |= 1u << LOSS;
	if (layer->normalization->forward)
		stages |= net->spec.normalize_after ? 1u << FORWARD_NORM_AFTER : 1u << FORWARD_NORM_BEFORE;
	if (drops(net, layer) || adds_shortcut(net, layer) || net->pass.observer.forward)
		stages |= 1u << FORWARD_COMBINE;
	if (!net->pass.backward)
		return stages;
	stages |= 1u << BACKWARD_WEIGHTS;
	if (layer > &net->layer[1])
		stages |= 1u << BACKWARD_INPUTS;
	if (layer->activation && !delta_is_product(net, layer))
		stages |= 1u << BACKWARD_ACTIVATE;
	if (layer->normalization->forward)
		stages |= net->spec.normalize_after ? 1u << BACKWARD_NORM_AFTER : 1u << BACKWARD_NORM_BEFORE;
	if (drops(net, layer) || adds_shortcut(net, layer))
		stages |= 1u << BACKWARD_COMBINE;
	return stages;
}

/* ---- norms ---- */

static struct norm_work norm_work(const struct net *net, const struct net_layer *layer,
	struct block block)
{
	bool per_unit = layer->normalization->per_unit;
	const struct net_spec *spec = &net->spec;
	enum net_mode mode = net->pass.mode;
	return (struct norm_work){
		.units = block.units,
		.rows = block.rows,
		.stride = net->stride,
		.epsilon = (real)spec->norm_epsilon,
		.gamma = layer->gamma + block.first,
		.beta = layer->beta + block.first,
		.inverse_deviation = layer->inverse_deviation + (per_unit ? block.first : block.column),
		.running_mean = layer->running_mean + block.first,
		.running_variance = layer->running_variance + block.first,
		.momentum = (real)(mode == NET_CALIBRATE ? (double)net->rows / net->pass.total :
			spec->norm_momentum),
		.evaluate = mode == NET_EVALUATE,
		.update_running = mode == NET_TRAIN || mode == NET_CALIBRATE,
	};
}

static void norm_forward(struct net *net, struct net_layer *layer, struct block block, real *values)
{
	struct norm_work work = norm_work(net, layer, block);
	layer->normalization->forward(&work, values + block.offset, layer->normalized + block.offset,
		values + block.offset);
}

static void norm_backward(struct net *net, struct net_layer *layer, struct block block, real *gradient)
{
	struct norm_work work = norm_work(net, layer, block);
	layer->normalization->backward(&work, layer->normalized + block.offset,
		gradient + block.offset, gradient_at(net, work.gamma), gradient_at(net, work.beta));
}

/* ---- forward: each stage over one block ---- */

static void forward_product(struct net *net, int l, struct net_layer *layer, struct block block)
{
	net->kernels->product(&(struct product){
		.fused = layer->fused, .rows = block.units, .columns = block.columns,
		.inner = layer->inputs,
		.a = layer->weight + (size_t)block.first * layer->inputs, .a_row = layer->inputs,
		.a_inner = 1,
		.b = layer_input(net, l) + block.column, .b_row = net->stride,
		.start = layer->bias + block.first,
		.c = (layer->activation ? net->entering : layer->output) + block.offset,
		.c_row = net->stride,
	});
}

static void forward_activate(struct net *net, struct net_layer *layer, struct block block)
{
	real *u = net->entering + block.offset;
	if (layer->skip_from && net->spec.skip_before)
		net->kernels->scale_add(block.values, (real)net->spec.branch_scale,
			net->layer[layer->skip_from].output + block.offset, u);
	struct activation_parameters parameters = layer->parameters;
	parameters.learned_slope = *layer->slope;
	layer->activation->apply(&parameters, block.values, u, layer->output + block.offset,
		layer->derivative + block.offset);
	if (layer->entering)
		memcpy(layer->entering + block.offset, u, block.values * sizeof(real));
}

/* Masks are drawn unit by unit, sample by sample: the order the random numbers come in. */
static void draw_mask(struct net *net, struct net_layer *layer, struct block block)
{
	real kept = (real)(1 / (1 - net->spec.dropout));
	for (int unit = block.first; unit < block.first + block.units; unit++)
		for (int i = 0; i < block.rows; i++)
			layer->mask[(size_t)unit * net->stride + block.column + i] =
				rng_uniform(net->pass.dropout) < net->spec.dropout ? 0 : kept;
}

static void forward_combine(struct net *net, int l, struct net_layer *layer, struct block block)
{
	const struct net_observer *observer = &net->pass.observer;
	real *output = layer->output + block.offset;
	if (drops(net, layer)) {
		if (net->pass.dropout)
			draw_mask(net, layer, block);
		net->kernels->multiply(block.values, layer->mask + block.offset, output, output);
	}
	if (adds_shortcut(net, layer))
		net->kernels->scale_add(block.values, (real)net->spec.branch_scale,
			net->layer[layer->skip_from].output + block.offset, output);
	if (observer->forward)
		observer->forward(observer->context, l, block.first, block.units, block.rows, net->stride,
			layer->activation ? net->entering + block.offset : output,
			layer->activation ? layer->derivative + block.offset : NULL, output);
}

/* Loss, delta and hits of a stretch of samples; what only fills the last lanes gets delta 0 and
 * so adds nothing to any gradient. */
static void take_loss(struct net *net, struct block block)
{
	struct net_pass *pass = &net->pass;
	const real *logits = net_logits(net) + block.column, *target = net->target + block.column;
	real *delta = net->delta + block.column;
	pass->loss += net->loss->apply(block.units, block.rows, net->stride, pass->total, logits, target,
		delta);
	if (pass->mode != NET_TRAIN)
		pass->correct += loss_correct(net->loss, block.units, block.rows, net->stride, logits, target);
	for (int o = 0; o < block.units; o++)
		for (int i = block.rows; i < block.columns; i++)
			delta[(size_t)o * net->stride + i] = 0;
}

/* ---- backward ---- */

/* From dL/dh to dL/d(branch): what the shortcut carries is held back for the layer it came
 * from, the branch's part gets its factor and its dropout mask. */
static void backward_combine(struct net *net, struct net_layer *layer, struct block block)
{
	real *gradient = net->upstream + block.offset;
	if (adds_shortcut(net, layer)) {
		memcpy(net->held + block.offset, gradient, block.values * sizeof(real));
		for (size_t i = 0; i < block.values; i++)
			gradient[i] *= (real)net->spec.branch_scale;
	}
	if (drops(net, layer))
		net->kernels->multiply(block.values, layer->mask + block.offset, gradient, gradient);
}

/* d/dslope = sum over u <= 0 of dL/df * u */
static void slope_gradient(struct net *net, struct net_layer *layer, struct block block)
{
	const real *u = layer->entering + block.offset, *gradient = net->upstream + block.offset;
	double sum = 0;
	for (int unit = 0; unit < block.units; unit++)
		for (int i = 0; i < block.rows; i++) {
			size_t at = (size_t)unit * net->stride + i;
			sum += u[at] <= 0 ? (double)gradient[at] * u[at] : 0;
		}
	*gradient_at(net, layer->slope) += (real)sum;
}

static void backward_activate(struct net *net, struct net_layer *layer, struct block block)
{
	if (layer->activation->learns_slope)
		slope_gradient(net, layer, block);
	real *delta = net->delta + block.offset;
	net->kernels->multiply(block.values, layer->derivative + block.offset,
		net->upstream + block.offset, delta);
	if (layer->skip_from && net->spec.skip_before) {
		memcpy(net->held + block.offset, delta, block.values * sizeof(real));
		for (size_t i = 0; i < block.values; i++)
			delta[i] *= (real)net->spec.branch_scale;
	}
}

/* dW = delta h^T and db, block of units by block of samples. */
static void backward_weights(struct net *net, int l, struct net_layer *layer, struct block block)
{
	net->kernels->product_transposed(&(struct product){
		.fused = layer->fused, .rows = block.units, .columns = layer->inputs,
		.inner = block.columns,
		.a = net->delta + block.offset, .a_row = net->stride, .a_inner = 1,
		.b = layer_input(net, l) + block.column, .b_row = net->stride,
		.add = true,
		.c = gradient_at(net, layer->weight) + (size_t)block.first * layer->inputs,
		.c_row = layer->inputs,
		.sums = gradient_at(net, layer->bias) + block.first,
	});
}

/* dL/dh of the layer before = W^T delta, plus what a shortcut held back for it; or at once delta
 * of the layer before. */
static void backward_inputs(struct net *net, int l, struct net_layer *layer, struct block block)
{
	const struct net_layer *before = layer - 1;
	bool held = shortcut_starts_at(net, l - 1);
	for (int unit = 0; held && unit < block.units; unit++) {
		size_t row = block.offset + (size_t)unit * net->stride;
		memcpy(net->upstream + row, net->held + row, block.columns * sizeof(real));
	}
	net->kernels->product(&(struct product){
		.fused = layer->fused, .rows = block.units, .columns = block.columns,
		.inner = layer->outputs,
		.a = layer->weight + block.first, .a_row = 1, .a_inner = layer->inputs,
		.b = net->delta + block.column, .b_row = net->stride,
		.add = held,
		.c = net->upstream + block.offset, .c_row = net->stride,
		.factor = has_stage(before, BACKWARD_ACTIVATE) ? NULL : before->derivative + block.offset,
	});
}

void stage_work(struct net *net, int l, enum stage stage, struct block block)
{
	struct net_layer *layer = &net->layer[l];
	switch (stage) {
	case FORWARD_PRODUCT:
		forward_product(net, l, layer, block);
		return;
	case FORWARD_NORM_BEFORE:
		norm_forward(net, layer, block, net->entering);
		return;
	case FORWARD_ACTIVATE:
		forward_activate(net, layer, block);
		return;
	case FORWARD_NORM_AFTER:
		norm_forward(net, layer, block, layer->output);
		return;
	case FORWARD_COMBINE:
		forward_combine(net, l, layer, block);
		return;
	case LOSS:
		take_loss(net, block);
		return;
	case BACKWARD_COMBINE:
		backward_combine(net, layer, block);
		return;
	case BACKWARD_NORM_AFTER:
		norm_backward(net, layer, block, net->upstream);
		return;
	case BACKWARD_ACTIVATE:
		backward_activate(net, layer, block);
		return;
	case BACKWARD_NORM_BEFORE:
		norm_backward(net, layer, block, net->delta);
		return;
	case BACKWARD_WEIGHTS:
		backward_weights(net, l, layer, block);
		return;
	default:
		backward_inputs(net, l, layer, block);
	}
}

/* ---- between stages ---- */

/* z = W h is linear in W where biases are 0, so dividing both by sd(z) makes z's variance 1 at
 * once. What the weights become is what they started from. */
static void scale_to_unit_variance(struct net *net, struct net_layer *layer)
{
	double n = (double)layer->outputs * net->rows, sum = 0, squares = 0;
	for (int unit = 0; unit < layer->outputs; unit++)
		for (int i = 0; i < net->rows; i++) {
			double z = net->entering[(size_t)unit * net->stride + i];
			sum += z;
			squares += z * z;
		}
	double variance = squares / n - sum / n * (sum / n);
	if (!(variance > 0) || fabs(variance - 1) < 0.1)
		return;
	real scale = (real)(1 / sqrt(variance));
	for (size_t i = 0; i < layer->weights; i++)
		layer->weight[i] *= scale;
	for (size_t i = 0; i < (size_t)layer->outputs * net->stride; i++)
		net->entering[i] *= scale;
	memcpy(net->initial + layer->first, layer->weight, layer->weights * sizeof(real));
}

void stage_complete(struct net *net, int l, enum stage stage)
{
	struct net_layer *layer = &net->layer[l];
	if (stage == BACKWARD_INPUTS && !has_stage(layer - 1, BACKWARD_ACTIVATE)) {
		real *delta = net->upstream;
		net->upstream = net->delta;
		net->delta = delta;
	}
	if (stage == FORWARD_PRODUCT && net->pass.mode == NET_UNIT_VARIANCE && layer->activation &&
			l >= net->scale_from)
		scale_to_unit_variance(net, layer);
}
