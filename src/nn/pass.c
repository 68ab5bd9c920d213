/* Forward and backward as a machine of small steps.
 *
 * Each layer goes through the stages of stages.h; a step takes one stage over a block of units (or of
 * samples, where a norm runs over the units) and moves the cursor. Blocks have fixed sizes, and
 * every sum lies within one block or is carried in order from one to the next, so nothing
 * depends on where a pass was interrupted. A pass so small that nobody need interrupt it takes
 * every stage over its whole layer.
 */
#include "stages.h"

#include <assert.h>

enum {
	BLOCK_VALUES = 1 << 15,    /* values that one elementwise step touches */
	BLOCK_SAMPLES = 1 << 10,   /* samples in one step of a sum over the batch */
	BLOCK_UNITS = 4,           /* units are cut in multiples of this */
	SMALL_PASS = 1 << 20,      /* multiply-adds of a pass that is not interrupted */
	SHARED_FROM = 1 << 25,     /* multiply-adds of a product that a team shares */
};

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

/* Some of the block's units, whose products have nothing to do with each other. */
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
		stage_work(step->net, step->l, step->stage, block);
}

static void take_step(struct net *net, int l, enum stage stage, struct block block)
{
	const struct net_observer *observer = &net->pass.observer;
	uint64_t cost = (uint64_t)block.units * (uint64_t)block.columns *
		cost_of_a_value(&net->layer[l], stage);
	if (stage == BACKWARD_WEIGHTS && block.column == 0 && observer->backward)
		observer->backward(observer->context, l, block.first, block.units, net->rows, net->stride,
			net->delta + block.offset);
	if (net->team && cost >= SHARED_FROM && block.units > BLOCK_UNITS && is_product(stage))
		team_share(net->team, take_part, &(struct shared_step){net, l, stage, block});
	else
		stage_work(net, l, stage, block);
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
		stage_complete(net, l, stage);
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
			stage_complete(net, at->layer, stage);
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
	for (int k = 0; k < net->tensors; k++) {
		const struct tensor *tensor = &net->tensor[k];
		size_t n = tensor->penalized && tensor_learns(tensor) ? tensor_entries(tensor) : 0;
		for (size_t i = 0; i < n; i++) {
			double w = net->parameter[tensor->at + i];
			absolute += w < 0 ? -w : w;
			squares += w * w;
		}
	}
	return net->spec.l1 * absolute + net->spec.l2 * squares;
}
