/* One optimizer step over all parameters, in blocks. */
#include "net_internal.h"
#include "nn/elementary.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
	BLOCK = 1024, /* parameters, a multiple of NN_LANES */
	COST_OF_A_STEP = 4,
	SHARED_BLOCKS = 1024, /* most blocks that a team updates in one call */
	SHARED_FROM = 512,    /* fewest blocks that are shared with a team */
};

enum update_stage { PENALIZE, MEASURE, CLIP, STEP, UPDATED };

void net_update_begin(struct net *net, const struct optimizer_choice *choice,
	const struct net_clip *clip, bool measured)
{
	const struct optimizer *optimizer = optimizer_in(net->kernels, choice->optimizer);
	assert(optimizer && optimizer->slots <= net->spec.optimizer_slots);
	net->steps++;
	net->slot_value = NAN;
	net->update = (struct net_step){
		.step = optimizer_step_prepare(optimizer, choice, net->steps),
		.clip = *clip,
		.scale = 1,
		.measured = measured,
	};
	for (int l = 1; l <= net->layers; l++) {
		struct net_layer *layer = &net->layer[l];
		layer->update_squares = layer->before_squares = 0;
		memset(layer->gradient_squares, 0, sizeof(layer->gradient_squares));
	}
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
	const struct net_layer *l = &net->layer[layer];
	for (int i = 0; i < l->tensors && stage_needed(net, PENALIZE); i++) {
		const struct tensor *tensor = &l->tensor[i];
		if (tensor->penalized && tensor_learns(tensor))
			penalize(net, net->parameter + tensor->at, net->gradient + tensor->at,
				tensor_entries(tensor));
	}
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
		return (real)(clip->norm / max_f64(norm, clip->norm));
	return (real)min_f64(1, clip->norm / (norm + 1e-6));
}

/* |W|^2 before a step and |dW|^2, of a block. */
struct step_size {
	double before, moved;
};

/* Steps a block; returns its step size if sizes are measured, else zeros. */
static struct step_size step_block(struct net *net, size_t at, size_t n, size_t weights)
{
	struct step_size size = {0};
	const struct moment_kernels *moments = net->kernels->moments;
	real before[BLOCK];
	real *w = net->parameter + at;
	real *slot0 = net->slot[0] ? net->slot[0] + at : NULL;
	real *slot1 = net->slot[1] ? net->slot[1] + at : NULL;
	real *slot2 = net->slot[2] ? net->slot[2] + at : NULL;
	if (net->update.measured)
		memcpy(before, w, weights * sizeof(real));
	net->update.step.take(&net->update.step, n, w, net->gradient + at, slot0, slot1, slot2);
	memset(net->gradient + at, 0, n * sizeof(real));
	if (net->update.measured)
		moments->distance_squares(weights, w, before, &size.before, &size.moved);
	return size;
}

/* A stretch of a layer's parameters, block by block. */
struct stretch {
	struct net *net;
	size_t at, n, weights; /* first parameter, how many, how many of them are weights */
	struct step_size size[SHARED_BLOCKS];
};

static void step_part(void *context, int part, int parts)
{
	struct stretch *stretch = context;
	for (size_t i = (size_t)part; i * BLOCK < stretch->n; i += (size_t)parts) {
		size_t from = i * BLOCK;
		size_t weights = from < stretch->weights ? stretch->weights - from : 0;
		size_t n = min_size(stretch->n - from, BLOCK);
		stretch->size[i] = step_block(stretch->net, stretch->at + from, n, min_size(weights, n));
	}
}

/* The sizes of the blocks are added up in their order, whoever stepped them. */
static void step_stretch(
	struct net *net, struct net_layer *layer, size_t at, size_t n, size_t weights)
{
	struct stretch stretch; /* its sizes are filled as far as they are used */
	stretch.net = net;
	stretch.at = at;
	stretch.n = n;
	stretch.weights = weights;
	if (n >= SHARED_FROM * BLOCK)
		team_share(net->team, step_part, &stretch);
	else
		step_part(&stretch, 0, 1);
	for (size_t i = 0; i * BLOCK < n; i++) {
		layer->before_squares += stretch.size[i].before;
		layer->update_squares += stretch.size[i].moved;
	}
}

/* What a stage goes over, in blocks: a range, or one tensor where each is clipped by itself. */
struct piece {
	struct net_layer *layer;
	size_t at, count, weights; /* first parameter, how many, how many of them are weights */
	double *squares;           /* of the gradient: where the piece adds its own */
};

static bool goes_by_tensor(const struct net_step *update)
{
	return update->clip.per_tensor && (update->stage == MEASURE || update->stage == CLIP);
}

static int piece_count(const struct net *net)
{
	return goes_by_tensor(&net->update) ? net->tensors : net->ranges;
}

static struct piece tensor_piece(struct net *net, const struct tensor *tensor)
{
	struct net_layer *layer = &net->layer[tensor->layer];
	return (struct piece){.layer = layer,
		.at = tensor->at,
		.count = tensor_learns(tensor) ? tensor_entries(tensor) : 0,
		.squares = &layer->gradient_squares[tensor - layer->tensor]};
}

static struct piece piece_at(struct net *net, int index)
{
	const struct net_range *range = &net->range[index];
	if (goes_by_tensor(&net->update))
		return tensor_piece(net, &net->tensor[index]);
	return (struct piece){
		&net->layer[range->layer], range->at, range->count, range->weights, &net->update.squares};
}

static void measure_block(double *squares, const real *g, size_t n)
{
	double sum = *squares;
	for (size_t i = 0; i < n; i++)
		sum += (double)g[i] * g[i];
	*squares = sum;
}

/* Runs the present stage over one block, or over several that follow each other; the first
 * `weights` parameters are weights. */
static void block_step(
	struct net *net, const struct piece *piece, size_t at, size_t n, size_t weights)
{
	struct net_step *update = &net->update;
	real *g = net->gradient + at;
	switch (update->stage) {
	case PENALIZE:
		penalize(net, net->parameter + at, g, weights);
		break;
	case MEASURE:
		measure_block(piece->squares, g, n);
		break;
	case CLIP:
		if (update->clip.per_tensor)
			update->scale = clip_scale(&update->clip, sqrt(*piece->squares));
		clip_block(update, g, n);
		break;
	default:
		step_stretch(net, piece->layer, at, n, weights);
	}
}

static void next_stage(struct net *net)
{
	struct net_step *update = &net->update;
	if (update->stage == MEASURE && !update->clip.per_tensor && stage_needed(net, MEASURE))
		update->scale = clip_scale(&update->clip, sqrt(update->squares));
	net->gradient_clear = update->stage == STEP;
	update->stage++;
	update->piece = 0;
	update->parameter = 0;
}

bool net_update_advance(struct net *net, uint64_t *budget)
{
	struct net_step *update = &net->update;
	while (update->stage != UPDATED) {
		if (update->piece >= piece_count(net) || !stage_needed(net, update->stage)) {
			next_stage(net);
			continue;
		}
		if (!*budget)
			return false;
		struct piece piece = piece_at(net, update->piece);
		size_t left = piece.count - update->parameter;
		if (piece.layer <= &net->layer[net->spec.frozen]) {
			memset(net->gradient + piece.at, 0, piece.count * sizeof(real));
			spend(budget, piece.count);
			left = 0;
		}
		bool shared = update->stage == STEP && team_size(net->team) > 1;
		size_t n = min_size(left, shared ? SHARED_BLOCKS * BLOCK : BLOCK);
		size_t weights = piece.weights > update->parameter ? piece.weights - update->parameter : 0;
		if (n > 0)
			block_step(net, &piece, piece.at + update->parameter, n, min_size(weights, n));
		spend(budget, n * COST_OF_A_STEP);
		update->parameter += n;
		if (n == left) {
			update->piece++;
			update->parameter = 0;
		}
	}
	return true;
}

bool net_update_clipped(const struct net *net)
{
	return net->update.clipped;
}
