/* One optimizer step over all parameters, in blocks. */
#include "net_internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { BLOCK = 1024, COST_OF_A_STEP = 4 };

enum stage { PENALIZE, MEASURE, CLIP, STEP, DONE };

void net_update_begin(struct net *net, const struct optimizer_choice *choice,
	const struct net_clip *clip)
{
	const struct optimizer *optimizer = find_optimizer(net->kernels, choice->optimizer);
	assert(optimizer && optimizer->slots <= net->spec.optimizer_slots);
	net->steps++;
	net->slots_hold = NAN;
	net->update = (struct net_step){
		.optimizer = optimizer,
		.form = choice->pytorch ? &optimizer->pytorch : &optimizer->keras,
		.step = optimizer_step_prepare(optimizer, choice, net->steps),
		.clip = *clip,
		.scale = 1,
		.at = {.layer = 1},
	};
	for (int l = 1; l <= net->layers; l++)
		net->layer[l].update_squares = net->layer[l].before_squares = 0;
}

static bool stage_needed(const struct net *net, int stage)
{
	switch (stage) {
	case PENALIZE:
		return net->spec.l1 != 0 || net->spec.l2 != 0;
	case MEASURE:
		return net->update.clip.norm > 0;
	case CLIP:
		return net->update.clip.norm > 0 || net->update.clip.value > 0;
	default:
		return true;
	}
}

static void penalize(struct net *net, const real *w, real *g, size_t n)
{
	real l1 = (real)net->spec.l1, l2 = (real)(2 * net->spec.l2);
	for (size_t i = 0; i < n; i++)
		g[i] += l1 * (real)((w[i] > 0) - (w[i] < 0)) + l2 * w[i];
}

void net_penalize(struct net *net, int layer)
{
	struct net_layer *l = &net->layer[layer];
	if (stage_needed(net, PENALIZE))
		penalize(net, l->weight, gradient_at(net, l->weight), l->weights);
}

static void clip_block(struct net_step *update, real *g, size_t n)
{
	real bound = (real)update->clip.value;
	update->clipped |= update->scale < 1;
	for (size_t i = 0; i < n; i++) {
		g[i] *= update->scale;
		if (bound > 0 && (g[i] > bound || g[i] < -bound)) {
			g[i] = g[i] > bound ? bound : -bound;
			update->clipped = true;
		}
	}
}

/* A norm that is not finite is left alone: the run has diverged, and clipping would hide it. */
static real clip_scale(const struct net_clip *clip, double norm)
{
	if (!(norm < INFINITY))
		return 1;
	if (clip->keras)
		return (real)(clip->norm / fmax(norm, clip->norm));
	return (real)fmin(1, clip->norm / (norm + 1e-6));
}

/* Steps a block and adds up how far the weights of the layer moved. */
static void step_block(struct net *net, struct net_layer *layer, size_t at, size_t n, bool weights)
{
	real before[BLOCK];
	real *w = net->parameter + at;
	memcpy(before, w, n * sizeof(real));
	real *slot0 = net->slot[0] ? net->slot[0] + at : NULL;
	real *slot1 = net->slot[1] ? net->slot[1] + at : NULL;
	net->update.form->step(&net->update.step, n, w, net->gradient + at, slot0, slot1);
	memset(net->gradient + at, 0, n * sizeof(real));
	if (!weights)
		return;
	double moved[NN_LANES] = {0}, size[NN_LANES] = {0};
	for (size_t i = 0; i < n; i++) {
		double old = before[i], change = w[i] - old;
		moved[i % NN_LANES] += change * change;
		size[i % NN_LANES] += old * old;
	}
	for (int i = 0; i < NN_LANES; i++) {
		layer->update_squares += moved[i];
		layer->before_squares += size[i];
	}
}

/* The parameters of a layer that are in use end here; those of an unused norm or slope stay. */
static size_t used_end(const struct net_layer *layer)
{
	if (layer->activation && layer->activation->learns_slope)
		return layer->count;
	if (layer->normalization->forward)
		return layer->count - 1;
	return layer->weights + layer->outputs;
}

/* One block of the stage at hand. */
static void block_step(struct net *net, struct net_layer *layer, size_t at, size_t n, bool weights)
{
	struct net_step *update = &net->update;
	real *g = net->gradient + at;
	switch (update->at.stage) {
	case PENALIZE:
		if (weights)
			penalize(net, net->parameter + at, g, n);
		break;
	case MEASURE:
		for (size_t i = 0; i < n; i++)
			update->squares += (double)g[i] * g[i];
		break;
	case CLIP:
		clip_block(update, g, n);
		break;
	default:
		step_block(net, layer, at, n, weights);
	}
}

bool net_update_advance(struct net *net, uint64_t *budget)
{
	struct net_cursor *at = &net->update.at;
	while (at->stage != DONE) {
		if (at->layer > net->layers || !stage_needed(net, at->stage)) {
			if (at->stage == MEASURE && at->layer > net->layers)
				net->update.scale = clip_scale(&net->update.clip, sqrt(net->update.squares));
			net->gradient_clear = at->stage == STEP;
			at->stage++;
			at->layer = 1;
			at->parameter = 0;
			continue;
		}
		if (!*budget)
			return false;
		struct net_layer *layer = &net->layer[at->layer];
		if (at->layer <= net->spec.frozen) {
			memset(net->gradient + layer->first, 0, layer->count * sizeof(real));
			spend(budget, layer->count);
			at->layer++;
			continue;
		}
		size_t end = at->parameter < layer->weights ? layer->weights : used_end(layer);
		size_t n = end - at->parameter < BLOCK ? end - at->parameter : BLOCK;
		bool weights = at->parameter < layer->weights;
		block_step(net, layer, layer->first + at->parameter, n, weights);
		spend(budget, n * COST_OF_A_STEP);
		at->parameter += n;
		if (at->parameter == used_end(layer)) {
			at->layer++;
			at->parameter = 0;
		}
	}
	return true;
}

bool net_update_clipped(const struct net *net)
{
	return net->update.clipped;
}
