/* Forward and backward as a machine of small steps.
 *
 * Each layer goes through the stages below; a step takes one stage over a block of units (or of
 * samples, where a norm runs over the units) and moves the cursor. Blocks have fixed sizes, and
 * every sum lies within one block or is carried in order from one to the next, so nothing
 * depends on where a pass was interrupted. A pass so small that nobody need interrupt it takes
 * every stage over its whole layer.
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
	SMALL_PASS = 1 << 20,      /* multiply-adds of a pass that is not interrupted */
	SHARED_FROM = 1 << 25,     /* multiply-adds of a step that a team shares */
};

/* A block of units of the layer at work, and of their samples if one unit has too many. */
struct block {
	int first, units;
	int column, columns, rows; /* rows: columns that are samples, not padding */
	size_t offset, values;     /* in a [units][stride] matrix: where it begins, how many from there */
};

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

/* The stages in which a layer has something to do, a bit each; the output layer has no
 * activation, layer 1 no inputs with a gradient. */
static unsigned stages_of(const struct net *net, const struct net_layer *layer)
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

static void work_on(struct net *net, int l, enum stage stage, struct block block)
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

/* A stage has gone over its whole layer. */
static void complete(struct net *net, int l, enum stage stage)
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

/* Units that a stage of a layer goes over. */
static inline int units_of(const struct net_layer *layer, enum stage stage)
{
	return stage == BACKWARD_INPUTS ? layer->inputs : layer->outputs;
}

static bool is_product(enum stage stage)
{
	return stage == FORWARD_PRODUCT || stage >= BACKWARD_WEIGHTS;
}

static bool is_norm(enum stage stage)
{
	return stage == FORWARD_NORM_BEFORE || stage == FORWARD_NORM_AFTER ||
		stage == BACKWARD_NORM_BEFORE || stage == BACKWARD_NORM_AFTER;
}

/* Multiply-adds that a stage costs for each value it yields, or as much time. */
static uint64_t cost_of_a_value(const struct net_layer *layer, enum stage stage)
{
	enum { ELEMENTWISE = 8, NORM = 16 };
	if (is_product(stage))
		return 1 + (uint64_t)(stage == BACKWARD_INPUTS ? layer->outputs : layer->inputs);
	return is_norm(stage) ? NORM : ELEMENTWISE;
}

/* ---- a step, alone or with a team ---- */

struct shared_step {
	struct net *net;
	int l;
	enum stage stage;
	struct block block;
};

/* Some of the block's units: products and activations of different units have nothing to do with
 * each other. */
static void take_part(void *context, int part, int parts)
{
	const struct shared_step *step = context;
	struct block block = step->block;
	int from = block.units * part / parts / BLOCK_UNITS * BLOCK_UNITS;
	int to = part + 1 == parts ? block.units :
		block.units * (part + 1) / parts / BLOCK_UNITS * BLOCK_UNITS;
	size_t stride = (size_t)step->net->stride;
	block.first += from;
	block.units = to - from;
	block.offset += (size_t)from * stride;
	block.values = (size_t)block.units * stride;
	if (block.units > 0)
		work_on(step->net, step->l, step->stage, block);
}

static void take_step(struct net *net, int l, enum stage stage, struct block block)
{
	const struct net_observer *observer = &net->pass.observer;
	uint64_t cost = (uint64_t)block.units * (uint64_t)block.columns *
		cost_of_a_value(&net->layer[l], stage);
	if (stage == BACKWARD_WEIGHTS && block.column == 0 && observer->backward)
		observer->backward(observer->context, l, block.first, block.units, net->rows, net->stride,
			net->delta + block.offset);
	if (net->team && cost >= SHARED_FROM && block.units > BLOCK_UNITS &&
			(is_product(stage) || stage == FORWARD_ACTIVATE))
		team_share(net->team, take_part, &(struct shared_step){net, l, stage, block});
	else
		work_on(net, l, stage, block);
}

/* ---- the machine ---- */

static inline struct block block_of(const struct net *net, int first, int units, int column,
	int columns)
{
	size_t values = (size_t)units * net->stride;
	return (struct block){.first = first, .units = units, .column = column, .columns = columns,
		.rows = smaller(net->rows - column, columns),
		.offset = (size_t)first * net->stride + column,
		.values = columns < net->stride ? (size_t)columns : values};
}

/* How many units a step takes on that costs so much a unit. */
static int units_at_once(uint64_t per_unit, uint64_t limit)
{
	uint64_t fit = limit / per_unit;
	return fit < BLOCK_UNITS ? 1 : (int)(fit / BLOCK_UNITS * BLOCK_UNITS);
}

/* What the cursor stands before. Products cut their units the same way for every stretch of
 * samples, the shorter last one too, so that each unit sees all of them; a norm over the batch
 * needs whole units, one over the layer all units. */
static struct block next_block(const struct net *net, const struct net_layer *layer, enum stage stage)
{
	const struct net_cursor *at = &net->pass.at;
	bool by_sample = is_norm(stage) && !layer->normalization->per_unit;
	int all = units_of(layer, stage), units = all, columns = BLOCK_VALUES;
	if (is_product(stage)) {
		columns = BLOCK_SAMPLES;
		units = units_at_once(cost_of_a_value(layer, stage) *
			(uint64_t)smaller(net->stride, columns), net->kernels->product_block);
	} else if (by_sample) {
		columns = BLOCK_SAMPLES;
	} else if (stage != LOSS) {
		units = units_at_once((uint64_t)net->stride, BLOCK_VALUES);
		columns = is_norm(stage) ? net->stride : BLOCK_VALUES;
	}
	return block_of(net, at->unit, smaller(units, all - at->unit), at->column,
		smaller(columns, net->stride - at->column));
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

static const unsigned forward_stages = (1u << LOSS) - 1;

/* On to the next stage in which there is something to do: of this layer, or of the one that
 * comes next on the way to the output layer and back. */
static void next_stage(struct net *net)
{
	struct net_cursor *at = &net->pass.at;
	bool outward = at->stage < LOSS && at->layer < net->layers;
	unsigned left = net->layer[at->layer].stages & (outward ? forward_stages : ~0u) &
		(~1u << at->stage);
	if (!left && outward) {
		at->layer++;
		left = 1u << FORWARD_PRODUCT;
	} else if (!left && net->pass.backward && at->layer > 1) {
		at->layer--;
		left = net->layer[at->layer].stages & ~forward_stages;
	}
	at->stage = left ? __builtin_ctz(left) : DONE;
}

/* Stages of a layer, a bit each, one after the other over the whole layer. */
static void take_stages(struct net *net, int l, unsigned stages)
{
	for (unsigned left = stages; left; left &= left - 1) {
		enum stage stage = (enum stage)__builtin_ctz(left);
		take_step(net, l, stage, block_of(net, 0, units_of(&net->layer[l], stage), 0, net->stride));
		complete(net, l, stage);
	}
}

/* A small pass in one go. */
static void take_pass(struct net *net)
{
	for (int l = 1; l < net->layers; l++)
		take_stages(net, l, net->layer[l].stages & forward_stages);
	take_stages(net, net->layers, net->layer[net->layers].stages);
	for (int l = net->layers - 1; l >= 1; l--)
		take_stages(net, l, net->layer[l].stages & ~forward_stages);
	net->pass.at.stage = DONE;
}

/* Multiply-adds of a pass that may be taken in one go: one that is small, and in which no stage
 * would be cut, since the cuts are part of what some sums are. 0: it may not. */
static uint64_t cost_in_one_go(const struct net *net)
{
	enum { ELEMENTWISE = 24 }; /* for each value of all stages together */
	uint64_t each = 0;
	for (int l = 1; l <= net->layers; l++) {
		const struct net_layer *layer = &net->layer[l];
		if ((uint64_t)layer->outputs * net->stride > BLOCK_VALUES)
			return 0;
		each += layer->weights * (net->pass.backward ? 3 : 1) + (uint64_t)layer->outputs * ELEMENTWISE;
	}
	uint64_t cost = each * net->stride;
	return net->stride <= BLOCK_SAMPLES && cost <= SMALL_PASS ? cost : 0;
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
	net->pass.cost_in_one_go = cost_in_one_go(net);
	/* what fills the last lanes is a copy of a real sample, so it is finite when those are */
	for (int i = 0; i < net->spec.size[0]; i++) {
		real *row = net->input + (size_t)i * net->stride;
		for (int k = net->rows; k < net->stride; k++)
			row[k] = row[net->rows - 1];
	}
}

static bool is_begun(const struct net_cursor *at)
{
	return at->layer > 1 || at->stage != FORWARD_PRODUCT || at->unit || at->column;
}

bool net_pass_advance(struct net *net, uint64_t *budget)
{
	struct net_cursor *at = &net->pass.at;
	uint64_t cost = net->pass.cost_in_one_go;
	if (cost && cost <= *budget && !is_begun(at)) {
		take_pass(net);
		spend(budget, cost);
	}
	while (at->stage != DONE) {
		const struct net_layer *layer = &net->layer[at->layer];
		enum stage stage = (enum stage)at->stage;
		if (!*budget)
			return false;
		struct block block = next_block(net, layer, stage);
		take_step(net, at->layer, stage, block);
		spend(budget, (uint64_t)block.units * (uint64_t)block.columns * cost_of_a_value(layer, stage));
		if (pass_block(at, block, units_of(layer, stage), net->stride)) {
			complete(net, at->layer, stage);
			next_stage(net);
		}
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
