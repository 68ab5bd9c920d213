/* What hidden layers of every kind do once their z is there: normalization, activation, dropout and
 * skip connection, forward and back. See nn/net.h for their order. */
#include "hidden.h"

#include <math.h>
#include <string.h>

/* ---- what it is made of ---- */

int weight_tensors(int rows, int columns, int fan_in, int fan_out, struct tensor *out)
{
	int count = 0;
	/* clang-format off */
	out[count++] = (struct tensor){.name = "weight",
		.value_name = "weight", .gradient_name = "weight gradient",
		.rows = rows, .columns = columns, .fan_in = fan_in, .fan_out = fan_out, .blocks = 1,
		.draw = DRAW_MATRIX, .penalized = true, .trained = true, .used = true,
		.least = -INFINITY};
	out[count++] = (struct tensor){.name = "bias",
		.value_name = "bias", .gradient_name = "bias gradient",
		.rows = rows, .columns = 1, .fan_in = fan_in, .fan_out = fan_out, .draw = DRAW_BIAS,
		.joined = true, .trained = true, .used = true, .check_spread = 0.3, .least = -INFINITY};
	/* clang-format on */
	return count;
}

int hidden_tensors(const struct net_spec *spec, int l, int units, struct tensor *out)
{
	int count = 0;
	/* clang-format off */
	const struct normalization *norm = normalization_find(spec->normalization);
	bool normalizes = norm && norm->forward;
	/* only statistics over the batch are kept running */
	bool keeps_statistics = normalizes && norm->per_unit;
	out[count++] = (struct tensor){.name = "norm.gamma",
		.value_name = "norm", .gradient_name = "norm gradient",
		.rows = units, .columns = 1, .start = 1, .trained = true, .used = normalizes,
		.check_spread = 0.4, .least = -INFINITY};
	out[count++] = (struct tensor){.name = "norm.beta",
		.value_name = "norm", .gradient_name = "norm gradient",
		.rows = units, .columns = 1, .joined = true, .trained = true, .used = normalizes,
		.check_spread = 0.3, .least = -INFINITY};
	out[count++] = (struct tensor){.name = "norm.running_mean", .value_name = "running mean",
		.rows = units, .columns = 1, .used = keeps_statistics, .least = -INFINITY};
	out[count++] = (struct tensor){.name = "norm.running_var", .value_name = "running variance",
		.rows = units, .columns = 1, .start = 1, .used = keeps_statistics, .least = 0};
	/* clang-format on */
	const struct activation *activation = activation_find(spec->activation[l - 1]);
	out[count++] = (struct tensor){.name = "activation.slope",
		.value_name = "slope",
		.gradient_name = "slope gradient",
		.rows = 1,
		.columns = 1,
		.start = 0.25,
		.trained = true,
		.used = activation && activation->learns_slope,
		.least = -INFINITY};
	return count;
}

int hidden_buffers(const struct net_spec *spec, int l, struct buffer *out)
{
	int values = net_map_values(spec, l), count = 0;
	const struct activation *activation = activation_find(spec->activation[l - 1]);
	out[count++] = (struct buffer){.name = "derivative", .units = values};
	if (strcmp(spec->normalization, "none") != 0) {
		out[count++] = (struct buffer){.name = "normalized", .units = values};
		/* one a unit, or one a sample */
		out[count++] = (struct buffer){.name = "inv_std", .units = 1, .more = values};
	}
	if (activation->learns_slope)
		out[count++] = (struct buffer){.name = "preactivation", .units = values};
	if (spec->dropout > 0)
		out[count++] = (struct buffer){.name = "mask", .units = values};
	return count;
}

/* ---- what a layer has to do ---- */

static bool drops(const struct net *net, const struct net_layer *layer)
{
	return layer->mask && net->pass.mode == NET_TRAIN;
}

/* Is a skip connection added to the layer's output? */
static bool adds_skip(const struct net *net, const struct net_layer *layer)
{
	return layer->skip_from && !net->spec.skip_before;
}

bool hidden_skip_starts_at(const struct net *net, int l)
{
	for (int k = l + 1; k <= l + 2 && k < net->layers; k++)
		if (l > 0 && net->layer[k].skip_from == l)
			return true;
	return false;
}

bool hidden_takes_delta(const struct net *net, const struct net_layer *layer)
{
	return layer->hidden && !layer->activation->learns_slope && !layer->skip_from &&
		!drops(net, layer) && !(layer->normalization->forward && net->spec.normalize_after);
}

bool hidden_is(const struct net *net, const struct net_layer *layer)
{
	(void)net;
	return layer->hidden;
}

bool hidden_normalizes_before(const struct net *net, const struct net_layer *layer)
{
	return layer->normalization->forward && !net->spec.normalize_after;
}

bool hidden_normalizes_after(const struct net *net, const struct net_layer *layer)
{
	return layer->normalization->forward && net->spec.normalize_after;
}

bool hidden_combines(const struct net *net, const struct net_layer *layer)
{
	return drops(net, layer) || adds_skip(net, layer);
}

bool hidden_output_observed(const struct net *net, const struct net_layer *layer)
{
	(void)layer;
	return net->pass.observer.forward;
}

bool hidden_delta_observed(const struct net *net, const struct net_layer *layer)
{
	(void)layer;
	return net->pass.observer.backward;
}

bool hidden_makes_delta(const struct net *net, const struct net_layer *layer)
{
	(void)net;
	return layer->hidden && !layer->takes_delta;
}

/* ---- norms ---- */

static struct norm_work norm_work(
	const struct net *net, const struct net_layer *layer, struct block block)
{
	bool per_unit = layer->normalization->per_unit;
	const struct net_spec *spec = &net->spec;
	enum net_mode mode = net->pass.mode;
	return (struct norm_work){
		.units = block.units,
		.places = layer->places,
		.rows = block.rows,
		.stride = net->stride,
		.epsilon = (real)spec->norm_epsilon,
		.gamma = layer->gamma + block.first,
		.beta = layer->beta + block.first,
		.inv_std = layer->inv_std + (per_unit ? block.first : block.column),
		.running_mean = layer->running_mean + block.first,
		.running_variance = layer->running_variance + block.first,
		.momentum = (real)(mode == NET_CALIBRATE ? (double)net->rows / net->pass.total
												 : spec->norm_momentum),
		.evaluate = mode == NET_EVALUATE,
		.update_running = mode == NET_TRAIN || mode == NET_CALIBRATE,
	};
}

/* Where the values of a block of units begin, each of which has a row for each place. */
static size_t norm_offset(const struct net *net, const struct net_layer *layer, struct block block)
{
	return (size_t)block.first * layer->places * net->stride + block.column;
}

static void norm_forward(struct net *net, struct net_layer *layer, struct block block, real *values)
{
	struct norm_work work = norm_work(net, layer, block);
	size_t at = norm_offset(net, layer, block);
	layer->normalization->forward(&work, values + at, layer->normalized + at, values + at);
}

static void norm_backward(
	struct net *net, struct net_layer *layer, struct block block, real *gradient)
{
	struct norm_work work = norm_work(net, layer, block);
	size_t at = norm_offset(net, layer, block);
	layer->normalization->backward(&work, layer->normalized + at, gradient + at,
		gradient_at(net, work.gamma), gradient_at(net, work.beta));
}

void hidden_norm_before(struct net *net, struct net_layer *layer, struct block block)
{
	norm_forward(net, layer, block, net->preactivation);
}

void hidden_norm_after(struct net *net, struct net_layer *layer, struct block block)
{
	norm_forward(net, layer, block, layer->map);
}

void hidden_norm_before_back(struct net *net, struct net_layer *layer, struct block block)
{
	norm_backward(net, layer, block, net->delta);
}

void hidden_norm_after_back(struct net *net, struct net_layer *layer, struct block block)
{
	norm_backward(net, layer, block, net->upstream);
}

/* ---- forward: each stage over one block ---- */

void hidden_activate(struct net *net, struct net_layer *layer, struct block block)
{
	real *u = net->preactivation + block.offset;
	if (layer->skip_from && net->spec.skip_before)
		net->kernels->scale_add(block.values, (real)net->spec.branch_scale,
			net->layer[layer->skip_from].output + block.offset, u);
	struct activation_parameters parameters = layer->parameters;
	parameters.learned_slope = *layer->slope;
	layer->activation->apply(
		&parameters, block.values, u, layer->map + block.offset, layer->derivative + block.offset);
	if (layer->preactivation)
		memcpy(layer->preactivation + block.offset, u, block.values * sizeof(real));
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

void hidden_combine(struct net *net, struct net_layer *layer, struct block block)
{
	real *output = layer->map + block.offset;
	if (drops(net, layer)) {
		if (net->pass.dropout)
			draw_mask(net, layer, block);
		net->kernels->multiply(block.values, layer->mask + block.offset, output, output);
	}
	if (adds_skip(net, layer))
		net->kernels->scale_add(block.values, (real)net->spec.branch_scale,
			net->layer[layer->skip_from].output + block.offset, output);
}

void hidden_show_output(struct net *net, struct net_layer *layer, struct block block)
{
	const struct net_observer *observer = &net->pass.observer;
	const struct net_place place = place_of(net, layer, block);
	const real *output = layer->map + block.offset;
	observer->forward(observer->context, &place,
		layer->hidden ? net->preactivation + block.offset : output,
		layer->hidden ? layer->derivative + block.offset : NULL, output);
}

/* ---- backward ---- */

/* From dL/dh to dL/d(branch): what the skip connection carries is held back for the layer it came
 * from, the branch's part gets its factor and its dropout mask. */
void hidden_combine_back(struct net *net, struct net_layer *layer, struct block block)
{
	real *gradient = net->upstream + block.offset;
	if (adds_skip(net, layer)) {
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
	const real *u = layer->preactivation + block.offset, *gradient = net->upstream + block.offset;
	double sum = 0;
	for (int unit = 0; unit < block.units; unit++)
		for (int i = 0; i < block.rows; i++) {
			size_t at = (size_t)unit * net->stride + i;
			sum += u[at] <= 0 ? (double)gradient[at] * u[at] : 0;
		}
	*gradient_at(net, layer->slope) += (real)sum;
}

void hidden_activate_back(struct net *net, struct net_layer *layer, struct block block)
{
	if (layer->activation->learns_slope)
		slope_gradient(net, layer, block);
	real *delta = net->delta + block.offset;
	net->kernels->multiply(
		block.values, layer->derivative + block.offset, net->upstream + block.offset, delta);
	if (layer->skip_from && net->spec.skip_before) {
		memcpy(net->held + block.offset, delta, block.values * sizeof(real));
		for (size_t i = 0; i < block.values; i++)
			delta[i] *= (real)net->spec.branch_scale;
	}
}

void hidden_show_delta(struct net *net, struct net_layer *layer, struct block block)
{
	const struct net_observer *observer = &net->pass.observer;
	const struct net_place place = place_of(net, layer, block);
	observer->backward(observer->context, &place, net->delta + block.offset);
}

/* ---- behind stages ---- */

/* z = W h is linear in W where biases are 0, so dividing both by sd(z) makes z's variance 1 at
 * once. What the weights become is what they started from. */
static void scale_to_unit_variance(struct net *net, struct net_layer *layer)
{
	double n = (double)layer->values * net->rows, sum = 0, squares = 0;
	for (int unit = 0; unit < layer->values; unit++)
		for (int i = 0; i < net->rows; i++) {
			double z = net->preactivation[(size_t)unit * net->stride + i];
			sum += z;
			squares += z * z;
		}
	double variance = squares / n - sum / n * (sum / n);
	if (!tensor_owns(&layer->tensor[0]) || !(variance > 0) || fabs(variance - 1) < 0.1)
		return;
	real scale = (real)(1 / sqrt(variance));
	for (size_t i = 0; i < layer->weights; i++)
		layer->weight[i] *= scale;
	for (size_t i = 0; i < (size_t)layer->values * net->stride; i++)
		net->preactivation[i] *= scale;
	net_mark_initial(net, layer->weight, layer->weights);
}

void hidden_complete_z(struct net *net, struct net_layer *layer)
{
	if (net->pass.mode == NET_UNIT_VARIANCE && layer->hidden &&
		layer_number(net, layer) >= net->lsuv_from)
		scale_to_unit_variance(net, layer);
}

/* What was made for the layer before is its delta already, if that is all it wants. */
void hidden_complete_inputs(struct net *net, struct net_layer *layer)
{
	if (!layer[-1].takes_delta)
		return;
	real *delta = net->upstream;
	net->upstream = net->delta;
	net->delta = delta;
}

/* ---- costs ---- */

uint64_t hidden_cost_of_norm(const struct net_layer *layer)
{
	return 16 * (uint64_t)layer->places;
}

uint64_t hidden_cost_of_values(const struct net_layer *layer)
{
	(void)layer;
	return 8;
}
