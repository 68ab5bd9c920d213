/* Forward and backward in small steps.
 *
 * Each layer goes through the stages of its kind that the pass needs. A step runs one stage over a
 * block of units (or of samples, where a norm runs over the units) and moves the cursor. Blocks
 * have fixed sizes, and every sum lies within one block or is carried in order to the next, so
 * results do not depend on where a pass was interrupted. In a pass too small to be interrupted
 * every stage runs over its whole layer.
 */
#include "stages.h"

#include <assert.h>
#include <string.h>

enum {
	BLOCK_VALUES = 1 << 15,  /* values that one elementwise step touches */
	BLOCK_SAMPLES = 1 << 10, /* samples in one step of a sum over the batch */
	BLOCK_UNITS = 4,         /* units are cut in multiples of this */
	SMALL_PASS = 1 << 20,    /* multiply-adds of a pass that is not interrupted */
	SHARED_FROM = 1 << 25,   /* multiply-adds of a product that a team shares */
	STEP_PRODUCTS = 1 << 25, /* multiply-adds of one time step of some samples */
	OBSERVED_SAMPLES = 256,  /* whose losses an observer gets in one call */
};

/* ---- the loss, between the way out and the way back ---- */

/* Loss, delta and correct answers of a block of samples. The loss of a sample with several answers
 * is their mean. Padding columns get delta 0, so that they add nothing to any gradient. */
static void run_loss(struct net *net, struct net_layer *layer, struct block block)
{
	struct net_pass *pass = &net->pass;
	int steps = net_answers(&net->spec), outputs = block.units / steps;
	real *delta = net->delta + block.column;
	double sum = 0;
	(void)layer;
	for (int step = 0; step < steps; step++) {
		size_t at = (size_t)step * outputs * net->stride + block.column;
		const real *logits = net_logits(net) + at, *target = net->target + at;
		sum += net->loss->apply(
			outputs, block.rows, net->stride, pass->total * steps, logits, target, net->delta + at);
		if (pass->mode != NET_TRAIN)
			pass->correct +=
				loss_correct(net->loss, outputs, block.rows, net->stride, logits, target);
	}
	pass->loss += sum / steps;
	for (int o = 0; o < block.units; o++)
		for (int i = block.rows; i < block.columns; i++)
			delta[(size_t)o * net->stride + i] = 0;
}

static bool loss_is_observed(const struct net *net)
{
	return net->pass.observer.loss;
}

static void observe_loss(struct net *net, struct net_layer *layer, struct block block)
{
	const struct net_observer *observer = &net->pass.observer;
	int steps = net_answers(&net->spec), outputs = block.units / steps;
	struct net_place place = place_of(net, layer, block);
	double mean[OBSERVED_SAMPLES], sample[OBSERVED_SAMPLES];
	for (int i = 0; i < block.rows; i += place.samples) {
		place.first_sample = block.column + i;
		place.samples = min_int(block.rows - i, OBSERVED_SAMPLES);
		memset(mean, 0, sizeof(mean));
		for (int step = 0; step < steps; step++) {
			size_t at = (size_t)step * outputs * net->stride + place.first_sample;
			net->loss->each(outputs, place.samples, net->stride, net_logits(net) + at,
				net->target + at, sample);
			for (int k = 0; k < place.samples; k++)
				mean[k] += sample[k] / steps;
		}
		observer->loss(observer->context, &place, mean);
	}
}

static uint64_t cost_of_loss(const struct net_layer *layer)
{
	(void)layer;
	return 8;
}

/* clang-format off */
static const struct stage loss_stage = {
	.name = "loss", .cut = CUT_LOSS, .work = run_loss, .cost = cost_of_loss,
};
static const struct stage loss_observed_stage = {
	.name = "loss, observed", .cut = CUT_LOSS, .work = observe_loss, .cost = cost_of_loss,
};
/* clang-format on */

/* ---- a step, alone or with a team ---- */

struct shared_step {
	struct net *net;
	struct net_layer *layer;
	const struct stage *stage;
	struct block block;
};

/* Some of the block's units, whose products have nothing to do with each other. */
static void run_part(void *context, int part, int parts)
{
	const struct shared_step *step = context;
	struct block block = step->block;
	int from = block.units * part / parts / BLOCK_UNITS * BLOCK_UNITS;
	int to = part + 1 == parts ? block.units
							   : block.units * (part + 1) / parts / BLOCK_UNITS * BLOCK_UNITS;
	size_t stride = (size_t)step->net->stride;
	block.first += from;
	block.units = to - from;
	block.offset += (size_t)from * stride;
	block.values = (size_t)block.units * stride;
	if (block.units > 0)
		step->stage->work(step->net, step->layer, block);
}

static bool is_shared(const struct stage *stage)
{
	return stage->cut == CUT_PRODUCT || stage->cut == CUT_PLACES;
}

static uint64_t cost_of(
	const struct net_layer *layer, const struct stage *stage, struct block block)
{
	return (uint64_t)block.units * (uint64_t)block.columns * stage->cost(layer);
}

static inline void run_step(
	struct net *net, struct net_layer *layer, const struct stage *stage, struct block block)
{
	if (net->team && is_shared(stage) && block.units > BLOCK_UNITS &&
		cost_of(layer, stage, block) >= SHARED_FROM)
		team_share(net->team, run_part, &(struct shared_step){net, layer, stage, block});
	else
		stage->work(net, layer, block);
}

/* ---- the machine ---- */

static inline struct block block_of(
	const struct net *net, int first, int units, int column, int columns)
{
	size_t values = (size_t)units * net->stride;
	return (struct block){.first = first,
		.units = units,
		.column = column,
		.columns = columns,
		.rows = min_int(net->rows - column, columns),
		.offset = (size_t)first * net->stride + column,
		.values = columns < net->stride ? (size_t)columns : values};
}

/* Units of one step, from the cost of one unit. */
static int units_at_once(uint64_t per_unit, uint64_t limit)
{
	uint64_t fit = limit / per_unit;
	return fit < BLOCK_UNITS ? 1 : (int)(fit / BLOCK_UNITS * BLOCK_UNITS);
}

/* Samples of which one time step is done at once. That is the same on every CPU, because a sum over
 * the samples is cut there. */
static int samples_of_a_step(const struct net_layer *layer, const struct stage *stage)
{
	uint64_t fit = STEP_PRODUCTS / stage->cost(layer) / NN_LANES * NN_LANES;
	return fit < NN_LANES ? NN_LANES : fit < BLOCK_SAMPLES ? (int)fit : BLOCK_SAMPLES;
}

static inline int units_of(
	const struct net *net, const struct net_layer *layer, const struct stage *stage)
{
	if (stage->units)
		return stage->units(net, layer);
	if (stage->cut == CUT_STEPS)
		return layer->steps;
	if (stage->cut == CUT_NORM)
		return layer->values / layer->places;
	return stage->over_inputs ? layer->inputs : layer->values;
}

static enum cut cut_of(const struct net_layer *layer, const struct stage *stage)
{
	if (stage->cut != CUT_NORM)
		return stage->cut;
	return layer->normalization->per_unit ? CUT_UNITS : CUT_SAMPLES;
}

/* Samples that one place is worked on with: fewer where it has many channels. */
static int places_columns(const struct net *net, uint64_t cost)
{
	uint64_t fit = net->kernels->product_block / cost / NN_LANES;
	return fit >= BLOCK_SAMPLES / NN_LANES ? BLOCK_SAMPLES
		: fit < 1                          ? NN_LANES
										   : (int)fit * NN_LANES;
}

/* What the cursor stands before. Products cut their units the same way for every stretch of
 * samples, the shorter last one too, so that each unit sees all of them. */
static struct block next_block(
	const struct net *net, const struct net_layer *layer, const struct stage *stage)
{
	const struct net_cursor *at = &net->pass.at;
	enum cut cut = cut_of(layer, stage);
	int all = units_of(net, layer, stage), units = all, columns = BLOCK_VALUES;
	if (cut == CUT_PRODUCT) {
		columns = BLOCK_SAMPLES;
		units = units_at_once(stage->cost(layer) * (uint64_t)min_int(net->stride, columns),
			net->kernels->product_block);
	} else if (cut == CUT_PLACES) {
		columns = places_columns(net, stage->cost(layer));
		units = units_at_once(stage->cost(layer) * (uint64_t)min_int(net->stride, columns),
			net->kernels->product_block);
	} else if (cut == CUT_STEPS) {
		columns = samples_of_a_step(layer, stage);
		units = 1;
	} else if (cut == CUT_SAMPLES) {
		columns = max_int(BLOCK_SAMPLES / layer->places / NN_LANES, 1) * NN_LANES;
	} else if (cut != CUT_LOSS) {
		int places = stage->cut == CUT_NORM || stage->units ? layer->places : 1;
		units = units_at_once((uint64_t)net->stride * places, BLOCK_VALUES);
		columns = cut == CUT_UNITS ? net->stride : BLOCK_VALUES;
	}
	return block_of(net, at->unit, min_int(units, all - at->unit), at->column,
		min_int(columns, net->stride - at->column));
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

/* On to the next stage: of this layer, or of the one that comes next on the way to the output layer
 * and back. */
static void next_stage(struct net *net)
{
	struct net_cursor *at = &net->pass.at;
	at->stage++;
	if (at->layer < net->layers && at->stage == net->layer[at->layer].outward) {
		at->layer++;
		at->stage = 0;
		return;
	}
	while (at->stage == net->layer[at->layer].stages) {
		net->pass.done = !net->pass.backward || at->layer == 1;
		if (net->pass.done)
			return;
		at->layer--;
		at->stage = net->layer[at->layer].outward;
	}
}

/* Stages first .. end - 1 of a layer, each over the whole of it. */
static void run_stages(struct net *net, struct net_layer *layer, int first, int end)
{
	for (int i = first; i < end; i++) {
		const struct stage *stage = layer->stage[i];
		run_step(net, layer, stage, block_of(net, 0, units_of(net, layer, stage), 0, net->stride));
		if (stage->complete)
			stage->complete(net, layer);
	}
}

/* A small pass in one go. */
static void run_pass(struct net *net)
{
	struct net_layer *last = &net->layer[net->layers];
	for (struct net_layer *layer = &net->layer[1]; layer < last; layer++)
		run_stages(net, layer, 0, layer->outward);
	run_stages(net, last, 0, last->stages);
	for (struct net_layer *layer = last - 1; layer > net->layer; layer--)
		run_stages(net, layer, layer->outward, layer->stages);
	net->pass.done = true;
}

/* ---- what a pass has to do ---- */

static void add_stage(struct net *net, struct net_layer *layer, const struct stage *stage)
{
	assert(layer->stages < LAYER_STAGES_MAX);
	layer->stage[layer->stages++] = stage;
	net->pass_plan.cost_of_a_sample += (uint64_t)units_of(net, layer, stage) * stage->cost(layer);
}

static void add_needed(struct net *net, struct net_layer *layer, const struct stage *row)
{
	for (; row->name; row++)
		if (!row->needed || row->needed(net, layer))
			add_stage(net, layer, row);
}

/* Lists the stages that each layer goes through in passes like the present one. */
static void plan_stages(struct net *net)
{
	net->pass_plan.cost_of_a_sample = 0;
	for (int l = 1; l <= net->layers; l++) {
		struct net_layer *layer = &net->layer[l];
		layer->stages = 0;
		layer->takes_delta = layer->kind->takes_delta && layer->kind->takes_delta(net, layer);
		add_needed(net, layer, layer->kind->forward);
		if (!layer->hidden)
			add_stage(net, layer, &loss_stage);
		if (!layer->hidden && loss_is_observed(net))
			add_stage(net, layer, &loss_observed_stage);
		layer->outward = layer->stages;
		if (net->pass.backward)
			add_needed(net, layer, layer->kind->backward);
	}
}

/* The plan of the pass before serves again where nothing differs that a stage may depend on. */
static void plan_pass(struct net *net)
{
	const struct net_pass *pass = &net->pass;
	int passes_like_it = 1 +
		((int)pass->mode << 4 | pass->backward << 3 | (pass->observer.forward != NULL) << 2 |
			(pass->observer.backward != NULL) << 1 | loss_is_observed(net));
	if (net->pass_plan.serves == passes_like_it)
		return;
	plan_stages(net);
	net->pass_plan.serves = passes_like_it;
}

/* Multiply-adds of a pass that is small enough to run without interruption; else 0. A pass in which
 * a stage would be cut is not, because where a stage is cut changes the order of some sums. */
static uint64_t cost_in_one_go(const struct net *net)
{
	uint64_t cost = net->pass_plan.cost_of_a_sample * net->stride;
	bool cut = (uint64_t)net->widest * net->stride > BLOCK_VALUES ||
		(uint64_t)net->places * net->stride > BLOCK_SAMPLES;
	return !cut && cost <= SMALL_PASS ? cost : 0;
}

void net_pass_begin(struct net *net, enum net_mode mode, bool backward, int total,
	struct rng *dropout, const struct net_observer *observer)
{
	net->pass = (struct net_pass){
		.mode = mode, .backward = backward, .total = total, .dropout = dropout, .at = {.layer = 1}};
	net->gradient_clear &= !backward;
	if (observer)
		net->pass.observer = *observer;
	plan_pass(net);
	net->pass.cost_in_one_go = cost_in_one_go(net);
	/* padding columns repeat a real sample, so they overflow only if it does */
	for (int i = 0; i < net->spec.size[0]; i++) {
		real *row = net->input + (size_t)i * net->stride;
		for (int k = net->rows; k < net->stride; k++)
			row[k] = row[net->rows - 1];
	}
}

static bool is_begun(const struct net_cursor *at)
{
	return at->layer > 1 || at->stage || at->unit || at->column;
}

bool net_pass_advance(struct net *net, uint64_t *budget)
{
	struct net_cursor *at = &net->pass.at;
	uint64_t cost = net->pass.cost_in_one_go;
	if (cost && cost <= *budget && !is_begun(at)) {
		run_pass(net);
		spend(budget, cost);
	}
	while (!net->pass.done) {
		struct net_layer *layer = &net->layer[at->layer];
		const struct stage *stage = layer->stage[at->stage];
		if (!*budget)
			return false;
		struct block block = next_block(net, layer, stage);
		run_step(net, layer, stage, block);
		spend(budget, cost_of(layer, stage, block));
		if (pass_block(at, block, units_of(net, layer, stage), net->stride)) {
			if (stage->complete)
				stage->complete(net, layer);
			next_stage(net);
		}
	}
	return true;
}

double net_pass_loss(const struct net *net)
{
	assert(net->pass.done);
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
