#include "net_internal.h"
#include "sizes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Hands out pieces of a block; with base NULL it only counts. */
struct carver {
	char *base;
	size_t used;
};

static real *carve(struct carver *carver, size_t reals)
{
	/* every array starts on a cache line */
	size_t bytes = checked_multiply(checked_add(reals, 63) & ~(size_t)15, sizeof(real));
	real *piece = carver->base ? (real *)(void *)(carver->base + carver->used) : NULL;
	carver->used = checked_add(carver->used, bytes);
	return piece;
}

static int stride_for(int rows)
{
	return (rows + NN_LANES - 1) / NN_LANES * NN_LANES;
}

static struct tensor_totals tensor_totals_of(const struct net_spec *spec)
{
	struct tensor_totals totals = {0};
	struct tensor list[LAYER_TENSORS_MAX];
	for (int l = 1; l <= spec->layers; l++)
		tensors_add_layer(spec, l, list, &totals);
	return totals;
}

static int widest(const struct net_spec *spec)
{
	int width = spec->size[0];
	for (int l = 1; l <= spec->layers; l++)
		width = max_int(width, max_int(spec->size[l], net_map_values(spec, l)));
	return width;
}

/* ---- layout of the two blocks ---- */

static void carve_parameters(struct net *net, const struct net_spec *spec, struct carver *carver)
{
	struct tensor_totals totals = tensor_totals_of(spec);
	size_t count = totals.parameters;
	real *parameter = carve(carver, count), *initial = carve(carver, count);
	real *running = carve(carver, totals.statistics);
	real *slot[OPTIMIZER_SLOTS_MAX] = {NULL};
	for (int s = 0; s < spec->optimizer_slots; s++)
		slot[s] = carve(carver, count);
	size_t state = carver->used / sizeof(real);
	real *gradient = carve(carver, count);
	if (!net)
		return;
	net->parameter = parameter;
	net->initial = initial;
	net->running = running;
	memcpy(net->slot, slot, sizeof(slot));
	net->state_reals = state;
	net->gradient = gradient;
	net->parameters = count;
	net->statistics = totals.statistics;
}

static real *buffer_of(real *const piece[], const struct buffer *list, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			return piece[i];
	return NULL;
}

/* The workspace of one layer; which buffers it needs follows from the spec alone, so that counting
 * works without a network. */
static void carve_layer_work(struct net_layer *layer, const struct net_spec *spec, int l,
	size_t stride, struct carver *carver)
{
	struct buffer list[LAYER_BUFFERS_MAX];
	real *piece[LAYER_BUFFERS_MAX];
	int count = layer_kind_of(spec, l)->buffers(spec, l, list);
	for (int i = 0; i < count; i++)
		piece[i] = carve(carver,
			checked_add(checked_multiply((size_t)list[i].units, stride), (size_t)list[i].more));
	if (!layer)
		return;
	layer->output = buffer_of(piece, list, count, "output");
	real *map = buffer_of(piece, list, count, "map");
	layer->map = map ? map : layer->output;
	layer->derivative = buffer_of(piece, list, count, "derivative");
	layer->normalized = buffer_of(piece, list, count, "normalized");
	layer->inv_std = buffer_of(piece, list, count, "inv_std");
	layer->preactivation = buffer_of(piece, list, count, "preactivation");
	layer->mask = buffer_of(piece, list, count, "mask");
	layer->state = buffer_of(piece, list, count, "state");
	layer->gates = buffer_of(piece, list, count, "gates");
	layer->slopes = buffer_of(piece, list, count, "slopes");
	layer->cell_state = buffer_of(piece, list, count, "cell_state");
	layer->squashed = buffer_of(piece, list, count, "squashed");
	layer->delta_cell = buffer_of(piece, list, count, "delta_cell");
	layer->apart = buffer_of(piece, list, count, "apart");
	layer->scratch = buffer_of(piece, list, count, "scratch");
}

/* Of the working space that kinds share, as much as the layer has that needs most. */
static void carve_shared(
	struct net *net, const struct net_spec *spec, size_t stride, struct carver *carver)
{
	struct buffer most = {0};
	for (int l = 1; l <= spec->layers; l++) {
		const struct layer_kind *kind = layer_kind_of(spec, l);
		struct buffer needs = kind->shared ? kind->shared(spec, l) : (struct buffer){0};
		most.units = max_int(most.units, needs.units);
		most.more = max_int(most.more, needs.more);
	}
	if (most.units == 0)
		return;
	real *padded = carve(carver, checked_multiply((size_t)most.units, stride));
	real *turned = carve(carver, (size_t)most.more);
	if (!net)
		return;
	net->padded = padded;
	net->turned = turned;
}

static void carve_work(
	struct net *net, const struct net_spec *spec, int capacity, struct carver *carver)
{
	size_t stride = stride_for(capacity);
	for (int l = 1; l <= spec->layers; l++)
		carve_layer_work(net ? &net->layer[l] : NULL, spec, l, stride, carver);
	carve_shared(net, spec, stride, carver);
	size_t values = checked_multiply(widest(spec), stride);
	real *input = carve(carver, checked_multiply(spec->size[0], stride));
	real *target = carve(carver, checked_multiply(spec->size[spec->layers], stride));
	real *preactivation = carve(carver, values), *delta = carve(carver, values);
	real *upstream = carve(carver, values);
	real *held = spec->skip ? carve(carver, values) : NULL;
	if (!net)
		return;
	net->input = input;
	net->target = target;
	net->preactivation = preactivation;
	net->delta = delta;
	net->upstream = upstream;
	net->held = held;
}

size_t net_bytes(const struct net_spec *spec, int capacity)
{
	struct carver carver = {0};
	carve_parameters(NULL, spec, &carver);
	carve_work(NULL, spec, capacity, &carver);
	size_t lists =
		tensor_totals_of(spec).tensors * (sizeof(struct tensor) + sizeof(struct net_range));
	return checked_add(
		carver.used, lists + sizeof(struct net) + (spec->layers + 1) * sizeof(struct net_layer));
}

enum { ALIGNMENT = 64 };

/* Zeroed; freed with free(). calloc takes a large block as fresh pages, which are zero already,
 * so that this takes no time however large the network is. */
static void *allocate(size_t bytes)
{
	return bytes > SIZE_MAX - ALIGNMENT ? NULL : calloc(1, bytes + ALIGNMENT);
}

/* The first address in a block that is aligned for any vector. */
static char *aligned(void *block)
{
	return (char *)block + (ALIGNMENT - (uintptr_t)block % ALIGNMENT);
}

static void *new_work_block(struct net *net, const struct net_spec *spec, int capacity)
{
	struct carver carver = {0};
	carve_work(NULL, spec, capacity, &carver);
	void *block = allocate(carver.used);
	carver = (struct carver){.base = block ? aligned(block) : NULL};
	if (block)
		carve_work(net, spec, capacity, &carver);
	return block;
}

static void *new_parameter_block(struct net *net, const struct net_spec *spec)
{
	struct carver carver = {0};
	carve_parameters(NULL, spec, &carver);
	void *block = allocate(carver.used);
	carver = (struct carver){.base = block ? aligned(block) : NULL};
	if (block)
		carve_parameters(net, spec, &carver);
	return block;
}

/* ---- from a spec to layers ---- */

static const struct tensor *tensor_named(const struct net_layer *layer, const char *name)
{
	for (int i = 0; i < layer->tensors; i++)
		if (strcmp(layer->tensor[i].name, name) == 0)
			return &layer->tensor[i];
	return NULL;
}

static real *values_of(const struct net *net, const struct net_layer *layer, const char *name)
{
	const struct tensor *tensor = tensor_named(layer, name);
	return tensor ? net_values(net, tensor) : NULL;
}

static void place_views(struct net *net, struct net_layer *layer)
{
	const struct tensor *weight = tensor_named(layer, "weight");
	size_t in_products = 0;
	for (int i = 0; i < layer->tensors; i++)
		in_products += layer->tensor[i].penalized ? tensor_entries(&layer->tensor[i]) : 0;
	layer->weights = weight ? tensor_entries(weight) : 0;
	layer->fused = in_products >= NET_FUSED_FROM;
	layer->weight = values_of(net, layer, "weight");
	layer->bias = values_of(net, layer, "bias");
	layer->gamma = values_of(net, layer, "norm.gamma");
	layer->beta = values_of(net, layer, "norm.beta");
	layer->slope = values_of(net, layer, "activation.slope");
	layer->weight_ih = values_of(net, layer, "weight_ih");
	layer->weight_hh = values_of(net, layer, "weight_hh");
	layer->bias_ih = values_of(net, layer, "bias_ih");
	layer->bias_hh = values_of(net, layer, "bias_hh");
	layer->running_mean = values_of(net, layer, "norm.running_mean");
	layer->running_variance = values_of(net, layer, "norm.running_var");
}

static void place_parameters(struct net *net)
{
	struct tensor_totals totals = {0};
	for (int l = 1; l <= net->layers; l++) {
		struct net_layer *layer = &net->layer[l];
		size_t before = totals.tensors;
		struct tensor list[LAYER_TENSORS_MAX];
		layer->kind = layer_kind_of(&net->spec, l);
		assert(layer->kind && layer->kind->fits(&net->spec, l));
		layer->inputs = net->spec.size[l - 1];
		layer->outputs = net->spec.size[l];
		layer->values = net_map_values(&net->spec, l);
		layer->places = net_map_places(&net->spec, l);
		layer->units = net_units(&net->spec, l);
		net->places = max_int(net->places, layer->places);
		layer->steps = layer->kind->steps ? layer->kind->steps(&net->spec, l) : 1;
		layer->hidden = net_hidden(&net->spec, l);
		net->widest = max_int(net->widest, max_int(layer->outputs, layer->values));
		layer->first = totals.parameters;
		tensors_add_layer(&net->spec, l, list, &totals);
		layer->count = totals.parameters - layer->first;
		layer->tensors = (int)(totals.tensors - before);
		layer->tensor =
			memcpy(&net->tensor[before], list, (size_t)layer->tensors * sizeof(list[0]));
	}
	tensors_resolve_ties(net->tensor, totals.tensors);
	net->tensors = (int)totals.tensors;
	net->ranges = tensors_ranges(net->tensor, totals.tensors, totals.parameters, net->range);
	for (int l = 1; l <= net->layers; l++)
		place_views(net, &net->layer[l]);
}

/* Adding is for values of one shape. */
static int skip_into(const struct net_spec *spec, int l)
{
	int from = l - spec->skip;
	bool placed = spec->skip == 1 ? l >= 2 : spec->skip == 2 && l >= 3 && l % 2 == 1;
	for (int k = from + 1; k <= l && placed; k++)
		placed = !layer_kind_of(spec, k)->cell; /* the steps of a layer have none */
	if (!placed || !net_hidden(spec, l))
		return 0;
	bool same =
		net_map_values(spec, l) == spec->size[from] && net_units(spec, l) == net_units(spec, from);
	return same ? from : 0;
}

void start_tensors(struct net *net, const struct net_layer *layer, const char *part)
{
	for (int i = 0; i < layer->tensors; i++) {
		const struct tensor *tensor = &layer->tensor[i];
		real *value = net_values(net, tensor);
		if (tensor->draw == DRAW_MATRIX || !tensor_owns(tensor) ||
			strncmp(tensor->name, part, strlen(part)) != 0)
			continue;
		for (size_t k = 0; k < tensor_entries(tensor); k++)
			value[k] = (real)tensor_start(tensor, (int)(k / (size_t)tensor->columns));
	}
}

/* Points the layers at the rows their names mean. */
static void resolve(struct net *net)
{
	const struct net_spec *spec = &net->spec;
	net->loss = loss_in(net->kernels, spec->loss);
	assert(net->loss);
	net->pass_plan.serves = 0;
	for (int l = 1; l <= net->layers; l++) {
		struct net_layer *layer = &net->layer[l];
		layer->skip_from = skip_into(spec, l);
		layer->normalization =
			normalization_in(net->kernels, layer->hidden ? spec->normalization : "none");
		assert(layer->normalization);
		layer->activation = layer->gate_activation = NULL;
		layer->cell = layer->kind->cell ? recurrent_cell_in(net->kernels, layer->kind->cell) : NULL;
		if (!layer->hidden)
			continue;
		const struct recurrent_cell *cell = layer->cell;
		const char *fixed = cell ? cell->activation : NULL;
		layer->activation = activation_in(net->kernels, fixed ? fixed : spec->activation[l - 1]);
		if (cell && cell->gate_activation)
			layer->gate_activation = activation_in(net->kernels, cell->gate_activation);
		assert(layer->activation);
		layer->parameters.leaky_slope = (real)spec->leaky_slope;
		layer->parameters.elu_alpha = (real)spec->elu_alpha;
	}
}

struct net *net_new(const struct kernels *kernels, const struct net_spec *spec, int capacity)
{
	assert(spec->layers >= 1 && spec->layers <= NET_LAYERS_MAX && capacity >= 1);
	struct net *net = calloc(1, sizeof(*net) + (spec->layers + 1) * sizeof(net->layer[0]));
	if (!net)
		return NULL;
	net->kernels = kernels;
	net->spec = *spec;
	net->layers = spec->layers;
	net->capacity = capacity;
	net->lsuv_from = 1;
	net->gradient_clear = true;
	size_t tensors = tensor_totals_of(spec).tensors;
	net->tensor = calloc(tensors, sizeof(*net->tensor));
	net->range = net->tensor ? calloc(tensors, sizeof(*net->range)) : NULL;
	net->parameter_block = net->range ? new_parameter_block(net, spec) : NULL;
	net->work_block = net->parameter_block ? new_work_block(net, spec, capacity) : NULL;
	if (!net->work_block) {
		net_free(net);
		return NULL;
	}
	place_parameters(net);
	resolve(net);
	for (int l = 1; l <= net->layers; l++)
		start_tensors(net, &net->layer[l], "");
	return net;
}

void net_free(struct net *net)
{
	if (!net)
		return;
	free(net->parameter_block);
	free(net->work_block);
	free(net->tensor);
	free(net->range);
	free(net);
}

/* Allocates vectors for another number of slots and copies the old ones. */
static bool change_slots(struct net *net, const struct net_spec *spec)
{
	struct net old = *net;
	void *block = new_parameter_block(net, spec);
	if (!block) {
		return false;
	}
	memcpy(net->parameter, old.parameter, net->parameters * sizeof(real));
	memcpy(net->initial, old.initial, net->parameters * sizeof(real));
	memcpy(net->running, old.running, net->statistics * sizeof(real));
	int kept = min_int(spec->optimizer_slots, old.spec.optimizer_slots);
	for (int s = 0; s < kept; s++)
		memcpy(net->slot[s], old.slot[s], net->parameters * sizeof(real));
	free(net->parameter_block);
	net->parameter_block = block;
	net->slot_value = NAN;
	net->gradient_clear = true;
	return true;
}

bool net_configure(struct net *net, const struct net_spec *spec, int capacity)
{
	assert(spec->layers == net->layers);
	assert(memcmp(spec->size, net->spec.size, (net->layers + 1) * sizeof(spec->size[0])) == 0);
	assert(memcmp(spec->shape, net->spec.shape, (net->layers + 1) * sizeof(spec->shape[0])) == 0);
	for (int l = 1; l <= net->layers; l++) {
		assert(layer_kind_of(spec, l) == net->layer[l].kind);
		assert(spec->kernel[l - 1] == net->spec.kernel[l - 1]);
		assert(spec->padding[l - 1] == net->spec.padding[l - 1]);
		assert(spec->pool[l - 1] == net->spec.pool[l - 1]);
	}
	/* Before the slots change: if either allocation fails, the old network must still be whole. */
	void *work = new_work_block(net, spec, capacity);
	if (!work)
		return false;
	if (spec->optimizer_slots != net->spec.optimizer_slots && !change_slots(net, spec)) {
		struct carver carver = {.base = aligned(net->work_block)};
		carve_work(net, &net->spec, net->capacity, &carver);
		free(work);
		return false;
	}
	free(net->work_block);
	net->work_block = work;
	bool begins = strcmp(net->spec.normalization, spec->normalization) != 0;
	net->spec = *spec;
	net->capacity = capacity;
	place_parameters(net);
	resolve(net);
	for (int l = 1; l <= net->layers && begins; l++)
		start_tensors(net, &net->layer[l], "norm.");
	return true;
}

void net_use_team(struct net *net, struct team *team)
{
	net->team = team;
}

const struct net_spec *net_spec_of(const struct net *net)
{
	return &net->spec;
}

const struct net_layer *net_layer_of(const struct net *net, int layer)
{
	assert(layer >= 1 && layer <= net->layers);
	return &net->layer[layer];
}

const struct tensor *net_tensor(const struct net *net, int index)
{
	return index >= 0 && index < net->tensors ? &net->tensor[index] : NULL;
}

real *net_values(const struct net *net, const struct tensor *tensor)
{
	return (tensor->trained ? net->parameter : net->running) + tensor->at;
}

/* ---- access ---- */

int net_batch(struct net *net, int rows)
{
	assert(rows >= 1 && rows <= net->capacity);
	net->rows = rows;
	net->stride = stride_for(rows);
	return net->stride;
}

void net_lsuv_from(struct net *net, int layer)
{
	net->lsuv_from = layer;
}

real *net_input(struct net *net)
{
	return net->input;
}

real *net_target(struct net *net)
{
	return net->target;
}

const real *net_logits(const struct net *net)
{
	return net->layer[net->layers].output;
}

const real *net_gradient_of(const struct net *net, const real *parameter)
{
	return net->gradient + (parameter - net->parameter);
}

const real *net_initial_of(const struct net *net, const real *parameter)
{
	return net->initial + (parameter - net->parameter);
}

void net_mark_initial(struct net *net, const real *parameter, size_t count)
{
	memcpy(net->initial + (parameter - net->parameter), parameter, count * sizeof(real));
}

void net_gradient_clear(struct net *net)
{
	if (!net->gradient_clear)
		memset(net->gradient, 0, net->parameters * sizeof(real));
	net->gradient_clear = true;
}

double net_gradient_squares(const struct net *net)
{
	double sum = 0;
	for (size_t i = 0; i < net->parameters; i++)
		sum += (double)net->gradient[i] * net->gradient[i];
	return sum;
}

real *net_parameters(struct net *net, size_t *count)
{
	*count = net->parameters;
	return net->parameter;
}

int64_t net_steps(const struct net *net)
{
	return net->steps;
}
