/* Forward and backward as a machine of small steps.
 *
 * Each layer goes through the stages below; a stage works on a block of units (or of samples,
 * where a norm runs over the units) and moves the cursor. Blocks have fixed sizes, and every
 * sum lies within one block or is carried in order from one to the next, so nothing depends on
 * where a pass was interrupted.
 */
#include "net_internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum stage {
	FORWARD_PRODUCT, FORWARD_NORM_BEFORE, FORWARD_ACTIVATE, FORWARD_NORM_AFTER, FORWARD_COMBINE,
	LOSS,
	BACKWARD_COMBINE, BACKWARD_NORM_AFTER, BACKWARD_ACTIVATE, BACKWARD_NORM_BEFORE,
	BACKWARD_WEIGHTS, BACKWARD_INPUTS,
	DONE,
};

enum {
	BLOCK_VALUES = 1 << 15,    /* values that one elementwise step touches */
	BLOCK_SAMPLES = 1 << 10,   /* samples in one step of a sum over the batch */
	BLOCK_UNITS = 4,           /* units are cut in multiples of this */
	COST_OF_A_VALUE = 8,       /* multiply-adds that an elementwise step costs per value */
};

/* A block of units of the layer at work, and of their samples if one unit has too many. */
struct block {
	int first, units;
	int column, columns, rows; /* rows: columns that are samples, not padding */
	size_t offset, values;     /* of the block in a [units][stride] matrix */
};

static inline struct block unit_block(const struct net *net, int units, int at, uint64_t per_unit,
	uint64_t limit)
{
	int count = units;
	if (per_unit * (uint64_t)units > limit) {
		uint64_t fit = limit / per_unit;
		count = fit < BLOCK_UNITS ? 1 : (int)fit / BLOCK_UNITS * BLOCK_UNITS;
	}
	count = smaller(count, units - at);
	return (struct block){.first = at, .units = count, .columns = net->stride, .rows = net->rows,
		.offset = (size_t)at * net->stride, .values = (size_t)count * net->stride};
}

/* The units of one product step; the same for every stretch of samples, the shorter last one
 * too, so that each unit sees all of them. */
static struct block product_block(const struct net *net, int units, int inner)
{
	uint64_t per_unit = (uint64_t)inner * smaller(net->stride, BLOCK_SAMPLES);
	return unit_block(net, units, net->pass.at.unit, per_unit, net->kernels->product_block);
}

/* Whole units, as a norm over the batch needs them. */
static inline struct block row_block(const struct net *net, const struct net_layer *layer)
{
	return unit_block(net, layer->outputs, net->pass.at.unit, net->stride, BLOCK_VALUES);
}

/* Units, or part of one unit, for work that goes value by value. */
static inline struct block value_block(const struct net *net, const struct net_layer *layer)
{
	struct block block = row_block(net, layer);
	if (net->stride <= BLOCK_VALUES)
		return block;
	block.column = net->pass.at.column;
	block.columns = smaller(net->stride - block.column, BLOCK_VALUES);
	block.rows = smaller(net->rows - block.column, block.columns);
	block.offset += block.column;
	block.values = block.columns;
	return block;
}

/* Moves the cursor past a block; true when the stage has seen all units. */
static bool pass_block(struct net_cursor *at, struct block block, int units, int stride)
{
	at->column = block.column + block.columns;
	if (at->column < stride)
		return false;
	at->column = 0;
	at->unit = block.first + block.units;
	if (at->unit < units)
		return false;
	at->unit = 0;
	return true;
}

static struct norm_work norm_work(const struct net *net, const struct net_layer *layer,
	struct block block)
{
	bool per_unit = layer->normalization->per_unit;
	const struct net_spec *spec = &net->spec;
	enum net_mode mode = net->pass.mode;
	return (struct norm_work){
		.units = block.units,
		.rows = net->rows,
		.stride = net->stride,
		.epsilon = (real)spec->norm_epsilon,
		.gamma = layer->gamma + block.first,
		.beta = layer->beta + block.first,
		.inverse_deviation = layer->inverse_deviation + (per_unit ? block.first : 0),
		.running_mean = layer->running_mean + block.first,
		.running_variance = layer->running_variance + block.first,
		.momentum = (real)(mode == NET_CALIBRATE ? (double)net->rows / net->pass.total :
			spec->norm_momentum),
		.evaluate = mode == NET_EVALUATE,
		.update_running = mode == NET_TRAIN || mode == NET_CALIBRATE,
	};
}

/* One step of a norm, on a block of units or of samples; true when the layer is done. */
static bool norm_step(struct net *net, struct net_layer *layer, real *values, bool backward,
	uint64_t *cost)
{
	struct net_cursor *at = &net->pass.at;
	const struct normalization *norm = layer->normalization;
	struct block block = norm->per_unit ? row_block(net, layer) :
		(struct block){.units = layer->outputs};
	struct norm_work work = norm_work(net, layer, block);
	if (!norm->per_unit) {
		/* cut by samples: the same matrices, seen from a later column on */
		block.offset = at->column;
		work.rows = smaller(net->rows - at->column, BLOCK_SAMPLES);
		work.inverse_deviation += at->column;
	}
	*cost = (uint64_t)work.units * work.rows * COST_OF_A_VALUE * 2;
	real *normalized = layer->normalized + block.offset;
	if (backward)
		norm->backward(&work, normalized, values + block.offset,
			gradient_at(net, work.gamma), gradient_at(net, work.beta));
	else
		norm->forward(&work, values + block.offset, normalized, values + block.offset);
	if (norm->per_unit)
		return pass_block(at, block, layer->outputs, net->stride);
	at->column += work.rows;
	if (at->column < net->rows)
		return false;
	at->column = 0;
	return true;
}

/* ---- forward ---- */

static const real *layer_input(const struct net *net, int l)
{
	return l == 1 ? net->input : net->layer[l - 1].output;
}

static bool forward_product(struct net *net, struct net_layer *layer, uint64_t *cost)
{
	struct net_cursor *at = &net->pass.at;
	int columns = smaller(net->stride - at->column, BLOCK_SAMPLES);
	struct block block = product_block(net, layer->outputs, layer->inputs);
	real *z = (layer->activation ? net->entering : layer->output) + block.offset + at->column;
	net->kernels->product(layer->fused, block.units, columns, layer->inputs,
		layer->weight + (size_t)block.first * layer->inputs, layer->inputs, 1,
		layer_input(net, at->layer) + at->column, net->stride, layer->bias + block.first, z,
		net->stride);
	*cost = (uint64_t)block.units * columns * (layer->inputs + 1);
	block.column = at->column;
	block.columns = columns;
	return pass_block(at, block, layer->outputs, net->stride);
}

static bool forward_activate(struct net *net, struct net_layer *layer, uint64_t *cost)
{
	struct block block = value_block(net, layer);
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
	*cost = block.values * COST_OF_A_VALUE;
	return pass_block(&net->pass.at, block, layer->outputs, net->stride);
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

static bool drops(const struct net *net, const struct net_layer *layer)
{
	return layer->mask && net->pass.mode == NET_TRAIN;
}

/* Is a shortcut added to the layer's output? */
static bool adds_shortcut(const struct net *net, const struct net_layer *layer)
{
	return layer->skip_from && !net->spec.skip_before;
}

static bool forward_combine(struct net *net, struct net_layer *layer, uint64_t *cost)
{
	const struct net_observer *observer = &net->pass.observer;
	struct block block = value_block(net, layer);
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
		observer->forward(observer->context, net->pass.at.layer, block.first, block.units,
			block.rows, net->stride,
			layer->activation ? net->entering + block.offset : output,
			layer->activation ? layer->derivative + block.offset : NULL, output);
	*cost = block.values * COST_OF_A_VALUE / 2;
	return pass_block(&net->pass.at, block, layer->outputs, net->stride);
}

/* Loss, delta and hits of a stretch of samples; what only fills the last lanes gets delta 0 and
 * so adds nothing to any gradient. */
static bool take_loss(struct net *net, uint64_t *cost)
{
	struct net_pass *pass = &net->pass;
	int outputs = net->layer[net->layers].outputs, first = pass->at.column;
	int rows = smaller(net->rows - first, BLOCK_VALUES);
	const real *logits = net_logits(net) + first, *target = net->target + first;
	pass->loss += net->loss->apply(outputs, rows, net->stride, pass->total, logits, target,
		net->delta + first);
	pass->correct += loss_correct(net->loss, outputs, rows, net->stride, logits, target);
	*cost = (uint64_t)outputs * rows * COST_OF_A_VALUE;
	pass->at.column = first + rows;
	if (pass->at.column < net->rows)
		return false;
	pass->at.column = 0;
	for (int o = 0; o < outputs; o++)
		for (int i = net->rows; i < net->stride; i++)
			net->delta[(size_t)o * net->stride + i] = 0;
	return true;
}

/* ---- backward ---- */

/* From dL/dh to dL/d(branch): what the shortcut carries is held back for the layer it came
 * from, the branch's part gets its factor and its dropout mask. */
static bool backward_combine(struct net *net, struct net_layer *layer, uint64_t *cost)
{
	struct block block = value_block(net, layer);
	real *gradient = net->upstream + block.offset;
	if (adds_shortcut(net, layer)) {
		memcpy(net->held + block.offset, gradient, block.values * sizeof(real));
		for (size_t i = 0; i < block.values; i++)
			gradient[i] *= (real)net->spec.branch_scale;
	}
	if (drops(net, layer))
		net->kernels->multiply(block.values, layer->mask + block.offset, gradient, gradient);
	*cost = block.values;
	return pass_block(&net->pass.at, block, layer->outputs, net->stride);
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

static bool backward_activate(struct net *net, struct net_layer *layer, uint64_t *cost)
{
	struct block block = value_block(net, layer);
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
	*cost = block.values * 2;
	return pass_block(&net->pass.at, block, layer->outputs, net->stride);
}

/* dW = delta h^T and db, block of units by block of samples. */
static bool backward_weights(struct net *net, struct net_layer *layer, uint64_t *cost)
{
	struct net_cursor *at = &net->pass.at;
	const struct net_observer *observer = &net->pass.observer;
	int samples = smaller(net->stride - at->column, BLOCK_SAMPLES);
	struct block block = product_block(net, layer->outputs, layer->inputs);
	const real *delta = net->delta + block.offset;
	if (at->column == 0 && observer->backward)
		observer->backward(observer->context, at->layer, block.first, block.units, net->rows,
			net->stride, delta);
	real *weight = gradient_at(net, layer->weight) + (size_t)block.first * layer->inputs;
	net->kernels->product_transposed(layer->fused, block.units, layer->inputs, samples,
		delta + at->column, net->stride, layer_input(net, at->layer) + at->column, net->stride,
		weight, layer->inputs, gradient_at(net, layer->bias) + block.first);
	*cost = (uint64_t)block.units * samples * (layer->inputs + 1);
	block.column = at->column;
	block.columns = samples;
	return pass_block(at, block, layer->outputs, net->stride);
}

/* Does the layer before get a gradient through a shortcut that starts there? */
static bool shortcut_starts_at(const struct net *net, int l)
{
	for (int k = l + 1; k <= l + 2 && k < net->layers; k++)
		if (l > 0 && net->layer[k].skip_from == l)
			return true;
	return false;
}

/* dL/dh of the layer before = W^T delta, plus what a shortcut held back for it. */
static bool backward_inputs(struct net *net, struct net_layer *layer, uint64_t *cost)
{
	struct net_cursor *at = &net->pass.at;
	int columns = smaller(net->stride - at->column, BLOCK_SAMPLES);
	struct block block = product_block(net, layer->inputs, layer->outputs);
	bool held = shortcut_starts_at(net, at->layer - 1), whole = columns == net->stride;
	size_t run = whole ? block.values : (size_t)columns;
	for (int unit = 0; unit < (whole ? 1 : block.units); unit++) {
		size_t row = block.offset + (size_t)unit * net->stride + at->column;
		if (held)
			memcpy(net->upstream + row, net->held + row, run * sizeof(real));
		else
			memset(net->upstream + row, 0, run * sizeof(real));
	}
	net->kernels->product(layer->fused, block.units, columns, layer->outputs,
		layer->weight + block.first, 1, layer->inputs, net->delta + at->column, net->stride, NULL,
		net->upstream + block.offset + at->column, net->stride);
	*cost = (uint64_t)block.units * columns * (layer->outputs + 1);
	block.column = at->column;
	block.columns = columns;
	return pass_block(at, block, layer->inputs, net->stride);
}

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

/* ---- the machine ---- */

/* The stage after `stage` of the cursor's layer, or the next layer's first. */
static void next_stage(struct net *net)
{
	struct net_cursor *at = &net->pass.at;
	switch (at->stage) {
	case FORWARD_COMBINE:
		at->stage = at->layer < net->layers ? FORWARD_PRODUCT : LOSS;
		at->layer += at->layer < net->layers;
		break;
	case LOSS:
		at->stage = net->pass.backward ? BACKWARD_WEIGHTS : DONE;
		break;
	case BACKWARD_WEIGHTS:
		at->stage = at->layer > 1 ? BACKWARD_INPUTS : DONE;
		break;
	case BACKWARD_INPUTS:
		at->stage = BACKWARD_COMBINE;
		at->layer--;
		break;
	default:
		at->stage++;
	}
}

/* The stages in which a layer has something to do, a bit each; the output layer has no
 * activation. */
static unsigned stages_of(const struct net *net, const struct net_layer *layer)
{
	unsigned stages = 1u << FORWARD_PRODUCT | 1u << LOSS | 1u << BACKWARD_WEIGHTS |
		1u << BACKWARD_INPUTS;
	if (layer->activation)
		stages |= 1u << FORWARD_ACTIVATE | 1u << BACKWARD_ACTIVATE;
	if (layer->normalization->forward)
		stages |= net->spec.normalize_after ?
			1u << FORWARD_NORM_AFTER | 1u << BACKWARD_NORM_AFTER :
			1u << FORWARD_NORM_BEFORE | 1u << BACKWARD_NORM_BEFORE;
	if (drops(net, layer) || adds_shortcut(net, layer))
		stages |= 1u << FORWARD_COMBINE | 1u << BACKWARD_COMBINE;
	if (net->pass.observer.forward)
		stages |= 1u << FORWARD_COMBINE;
	return stages;
}

/* One block of work; true when the stage is complete. */
static bool stage_step(struct net *net, struct net_layer *layer, uint64_t *cost)
{
	switch (net->pass.at.stage) {
	case FORWARD_PRODUCT:
		if (!forward_product(net, layer, cost))
			return false;
		if (net->pass.mode == NET_UNIT_VARIANCE && layer->activation &&
				layer >= &net->layer[net->scale_from])
			scale_to_unit_variance(net, layer);
		return true;
	case FORWARD_NORM_BEFORE:
		return norm_step(net, layer, net->entering, false, cost);
	case FORWARD_ACTIVATE:
		return forward_activate(net, layer, cost);
	case FORWARD_NORM_AFTER:
		return norm_step(net, layer, layer->output, false, cost);
	case FORWARD_COMBINE:
		return forward_combine(net, layer, cost);
	case LOSS:
		return take_loss(net, cost);
	case BACKWARD_COMBINE:
		return backward_combine(net, layer, cost);
	case BACKWARD_NORM_AFTER:
		return norm_step(net, layer, net->upstream, true, cost);
	case BACKWARD_ACTIVATE:
		return backward_activate(net, layer, cost);
	case BACKWARD_NORM_BEFORE:
		return norm_step(net, layer, net->delta, true, cost);
	case BACKWARD_WEIGHTS:
		return backward_weights(net, layer, cost);
	default:
		return backward_inputs(net, layer, cost);
	}
}

void net_pass_begin(struct net *net, enum net_mode mode, bool backward, int total,
	struct rng *dropout, const struct net_observer *observer)
{
	net->pass = (struct net_pass){
		.mode = mode, .backward = backward, .total = total, .dropout = dropout,
		.at = {.layer = 1, .stage = FORWARD_PRODUCT}};
	net->gradient_clear &= !backward;
	if (observer)
		net->pass.observer = *observer;
	for (int l = 1; l <= net->layers; l++)
		net->layer[l].stages = stages_of(net, &net->layer[l]);
	/* what fills the last lanes is a copy of a real sample, so it is finite when those are */
	for (int i = 0; i < net->spec.size[0]; i++) {
		real *row = net->input + (size_t)i * net->stride;
		for (int k = net->rows; k < net->stride; k++)
			row[k] = row[net->rows - 1];
	}
}

bool net_pass_advance(struct net *net, uint64_t *budget)
{
	struct net_cursor *at = &net->pass.at;
	while (at->stage != DONE) {
		struct net_layer *layer = &net->layer[at->layer];
		uint64_t cost = 0;
		if (!*budget)
			return false;
		if (!(layer->stages >> at->stage & 1) || stage_step(net, layer, &cost))
			next_stage(net);
		spend(budget, cost);
	}
	return true;
}

double net_pass_loss(const struct net *net)
{
	assert(net->pass.at.stage == DONE);
	return net->pass.loss;
}

int net_pass_correct(const struct net *net)
{
	return net->pass.correct;
}

double net_penalty(const struct net *net)
{
	double absolute = 0, squares = 0;
	if (net->spec.l1 == 0 && net->spec.l2 == 0)
		return 0;
	for (int l = 1; l <= net->layers; l++)
		for (size_t i = 0; i < net->layer[l].weights; i++) {
			double w = net->layer[l].weight[i];
			absolute += w < 0 ? -w : w;
			squares += w * w;
		}
	return net->spec.l1 * absolute + net->spec.l2 * squares;
}
