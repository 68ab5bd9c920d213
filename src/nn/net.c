#include "net_internal.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- sizes: every product is checked, since depth x width x samples may be anything ---- */

static size_t checked_add(size_t a, size_t b)
{
	return a == SIZE_MAX || b == SIZE_MAX || a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static size_t checked_multiply(size_t a, size_t b)
{
	if (a == SIZE_MAX || b == SIZE_MAX || (b && a > SIZE_MAX / b))
		return SIZE_MAX;
	return a * b;
}

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

static bool is_hidden(const struct net_spec *spec, int layer)
{
	return layer < spec->layers;
}

/* Up to whole vectors. */
static size_t padded(size_t reals)
{
	return checked_add(reals, NN_LANES - 1) & ~(size_t)(NN_LANES - 1);
}

/* Parameters of a layer: weight and bias, and for hidden layers gamma and beta, then one slope,
 * present whether in use or not, so that switching a normalization moves no parameter. Each of
 * these parts is padded, so that an update works on whole vectors; what pads it stays 0. */
static size_t layer_parameters(const struct net_spec *spec, int layer)
{
	size_t outputs = spec->size[layer], inputs = spec->size[layer - 1];
	size_t count = padded(checked_add(checked_multiply(outputs, inputs), outputs));
	return is_hidden(spec, layer) ? checked_add(count, padded(2 * outputs) + padded(1)) : count;
}

static size_t all_parameters(const struct net_spec *spec)
{
	size_t count = 0;
	for (int l = 1; l <= spec->layers; l++)
		count = checked_add(count, layer_parameters(spec, l));
	return count;
}

static size_t running_values(const struct net_spec *spec)
{
	size_t count = 0;
	for (int l = 1; l < spec->layers; l++)
		count += 2 * (size_t)spec->size[l];
	return count;
}

static int widest(const struct net_spec *spec)
{
	int width = 1;
	for (int l = 0; l <= spec->layers; l++)
		if (spec->size[l] > width)
			width = spec->size[l];
	return width;
}

/* ---- layout of the two blocks ---- */

static void carve_parameters(struct net *net, const struct net_spec *spec, struct carver *carver)
{
	size_t count = all_parameters(spec);
	real *parameter = carve(carver, count), *initial = carve(carver, count);
	real *running = carve(carver, running_values(spec));
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
	memcpy(net->slot, slot, sizeof slot);
	net->state_reals = state;
	net->gradient = gradient;
	net->parameters = count;
}

static const struct activation *find_activation(const struct kernels *kernels, const char *name)
{
	for (int i = 0; i < kernels->activations->count; i++)
		if (strcmp(kernels->activations->row[i].name, name) == 0)
			return &kernels->activations->row[i];
	return NULL;
}

static const struct normalization *find_normalization(const struct kernels *kernels,
	const char *name)
{
	for (int i = 0; i < kernels->normalizations->count; i++)
		if (strcmp(kernels->normalizations->row[i].name, name) == 0)
			return &kernels->normalizations->row[i];
	return NULL;
}

static const struct loss *find_loss(const struct kernels *kernels, const char *name)
{
	for (int i = 0; i < kernels->losses->count; i++)
		if (strcmp(kernels->losses->row[i].name, name) == 0)
			return &kernels->losses->row[i];
	return NULL;
}

const struct optimizer *find_optimizer(const struct kernels *kernels, const char *name)
{
	for (int i = 0; i < kernels->optimizers->count; i++)
		if (strcmp(kernels->optimizers->row[i].name, name) == 0)
			return &kernels->optimizers->row[i];
	return NULL;
}

/* The workspace of one layer; which arrays it needs follows from the spec alone, so that
 * counting works without a network. */
static void carve_layer_work(struct net_layer *layer, const struct net_spec *spec, int l,
	size_t stride, struct carver *carver)
{
	size_t values = checked_multiply(spec->size[l], stride);
	bool hidden = is_hidden(spec, l);
	bool normalized = hidden && strcmp(spec->normalization, "none") != 0;
	const struct activation *activation = hidden ? activation_find(spec->activation[l - 1]) : NULL;
	struct net_layer views = {
		.output = carve(carver, values),
		.derivative = hidden ? carve(carver, values) : NULL,
		.normalized = normalized ? carve(carver, values) : NULL,
		.inverse_deviation =
			normalized ? carve(carver, checked_add(spec->size[l], stride)) : NULL,
		.entering = hidden && activation->learns_slope ? carve(carver, values) : NULL,
		.mask = hidden && spec->dropout > 0 ? carve(carver, values) : NULL,
	};
	if (!layer)
		return;
	layer->output = views.output;
	layer->derivative = views.derivative;
	layer->normalized = views.normalized;
	layer->inverse_deviation = views.inverse_deviation;
	layer->entering = views.entering;
	layer->mask = views.mask;
}

static void carve_work(struct net *net, const struct net_spec *spec, int capacity,
	struct carver *carver)
{
	size_t stride = stride_for(capacity);
	for (int l = 1; l <= spec->layers; l++)
		carve_layer_work(net ? &net->layer[l] : NULL, spec, l, stride, carver);
	size_t values = checked_multiply(widest(spec), stride);
	real *input = carve(carver, checked_multiply(spec->size[0], stride));
	real *target = carve(carver, checked_multiply(spec->size[spec->layers], stride));
	real *entering = carve(carver, values), *delta = carve(carver, values);
	real *upstream = carve(carver, values);
	real *held = spec->skip ? carve(carver, values) : NULL;
	if (!net)
		return;
	net->input = input;
	net->target = target;
	net->entering = entering;
	net->delta = delta;
	net->upstream = upstream;
	net->held = held;
}

size_t net_bytes(const struct net_spec *spec, int capacity)
{
	struct carver carver = {0};
	carve_parameters(NULL, spec, &carver);
	carve_work(NULL, spec, capacity, &carver);
	return checked_add(carver.used,
		sizeof(struct net) + (spec->layers + 1) * sizeof(struct net_layer));
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

static void place_parameters(struct net *net)
{
	size_t at = 0;
	real *running = net->running;
	for (int l = 1; l <= net->layers; l++) {
		struct net_layer *layer = &net->layer[l];
		bool hidden = is_hidden(&net->spec, l);
		layer->inputs = net->spec.size[l - 1];
		layer->outputs = net->spec.size[l];
		layer->first = at;
		layer->weights = (size_t)layer->inputs * layer->outputs;
		layer->fused = layer->weights >= NET_FUSED_FROM;
		layer->count = layer_parameters(&net->spec, l);
		layer->weight = net->parameter + at;
		layer->bias = layer->weight + layer->weights;
		size_t outputs = (size_t)layer->outputs;
		layer->gamma = hidden ? layer->weight + padded(layer->weights + outputs) : NULL;
		layer->beta = hidden ? layer->gamma + outputs : NULL;
		layer->slope = hidden ? layer->gamma + padded(2 * outputs) : NULL;
		layer->running_mean = hidden ? running : NULL;
		layer->running_variance = hidden ? running + layer->outputs : NULL;
		running += hidden ? 2 * layer->outputs : 0;
		at += layer->count;
	}
}

static int shortcut_into(const struct net_spec *spec, int l)
{
	int from = l - spec->skip;
	bool placed = spec->skip == 1 ? l >= 2 : spec->skip == 2 && l >= 3 && l % 2 == 1;
	return placed && is_hidden(spec, l) && spec->size[l] == spec->size[from] ? from : 0;
}

void start_normalization(struct net_layer *layer)
{
	for (int unit = 0; unit < layer->outputs; unit++) {
		layer->gamma[unit] = 1;
		layer->beta[unit] = 0;
		layer->running_mean[unit] = 0;
		layer->running_variance[unit] = 1;
	}
}

/* Points the layers at the rows their names mean. */
static void resolve(struct net *net)
{
	const struct net_spec *spec = &net->spec;
	net->loss = find_loss(net->kernels, spec->loss);
	assert(net->loss);
	for (int l = 1; l <= net->layers; l++) {
		struct net_layer *layer = &net->layer[l];
		layer->skip_from = shortcut_into(spec, l);
		layer->normalization = find_normalization(net->kernels,
			is_hidden(spec, l) ? spec->normalization : "none");
		assert(layer->normalization);
		layer->activation = NULL;
		if (!is_hidden(spec, l))
			continue;
		layer->activation = find_activation(net->kernels, spec->activation[l - 1]);
		assert(layer->activation);
		layer->parameters.leaky_slope = (real)spec->leaky_slope;
		layer->parameters.elu_alpha = (real)spec->elu_alpha;
	}
}

struct net *net_new(const struct kernels *kernels, const struct net_spec *spec, int capacity)
{
	assert(spec->layers >= 1 && spec->layers <= NET_LAYERS_MAX && capacity >= 1);
	struct net *net = calloc(1, sizeof *net + (spec->layers + 1) * sizeof net->layer[0]);
	if (!net)
		return NULL;
	net->kernels = kernels;
	net->spec = *spec;
	net->layers = spec->layers;
	net->capacity = capacity;
	net->scale_from = 1;
	net->gradient_clear = true;
	net->parameter_block = new_parameter_block(net, spec);
	net->work_block = net->parameter_block ? new_work_block(net, spec, capacity) : NULL;
	if (!net->work_block) {
		net_free(net);
		return NULL;
	}
	place_parameters(net);
	resolve(net);
	for (int l = 1; l < net->layers; l++) {
		start_normalization(&net->layer[l]);
		*net->layer[l].slope = (real)0.25;
	}
	return net;
}

void net_free(struct net *net)
{
	if (!net)
		return;
	free(net->parameter_block);
	free(net->work_block);
	free(net);
}

/* Takes over the old vectors after a change in the number of slots. */
static bool change_slots(struct net *net, const struct net_spec *spec)
{
	struct net old = *net;
	void *block = new_parameter_block(net, spec);
	if (!block) {
		return false;
	}
	memcpy(net->parameter, old.parameter, net->parameters * sizeof(real));
	memcpy(net->initial, old.initial, net->parameters * sizeof(real));
	memcpy(net->running, old.running, running_values(spec) * sizeof(real));
	int kept = smaller(spec->optimizer_slots, old.spec.optimizer_slots);
	for (int s = 0; s < kept; s++)
		memcpy(net->slot[s], old.slot[s], net->parameters * sizeof(real));
	free(net->parameter_block);
	net->parameter_block = block;
	net->slots_hold = NAN;
	net->gradient_clear = true;
	return true;
}

bool net_configure(struct net *net, const struct net_spec *spec, int capacity)
{
	assert(spec->layers == net->layers);
	assert(memcmp(spec->size, net->spec.size, (net->layers + 1) * sizeof spec->size[0]) == 0);
	/* the new workspace first: it is the last thing that can fail once the slots are done */
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
	for (int l = 1; l < net->layers && begins; l++)
		start_normalization(&net->layer[l]);
	return true;
}

void net_share(struct net *net, struct team *team)
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

static void copy_layer(struct net *to, int l, const struct net *from, int k)
{
	struct net_layer *a = &to->layer[l];
	const struct net_layer *b = &from->layer[k];
	if (a->inputs != b->inputs || a->outputs != b->outputs || a->count != b->count)
		return;
	size_t bytes = a->count * sizeof(real);
	memcpy(to->parameter + a->first, from->parameter + b->first, bytes);
	memcpy(to->initial + a->first, from->initial + b->first, bytes);
	int slots = smaller(to->spec.optimizer_slots, from->spec.optimizer_slots);
	for (int s = 0; s < slots; s++)
		memcpy(to->slot[s] + a->first, from->slot[s] + b->first, bytes);
	if (a->running_mean) {
		memcpy(a->running_mean, b->running_mean, a->outputs * sizeof(real));
		memcpy(a->running_variance, b->running_variance, a->outputs * sizeof(real));
	}
}

void net_copy_parameters(struct net *to, const struct net *from)
{
	for (int l = 1; l < to->layers && l < from->layers; l++)
		copy_layer(to, l, from, l);
	copy_layer(to, to->layers, from, from->layers);
	bool begins = strcmp(to->spec.normalization, from->spec.normalization) != 0;
	for (int l = 1; l < to->layers && begins; l++)
		start_normalization(&to->layer[l]);
	to->steps = from->steps;
	to->slots_hold = NAN;
}

/* ---- access ---- */

int net_batch(struct net *net, int rows)
{
	assert(rows >= 1 && rows <= net->capacity);
	net->rows = rows;
	net->stride = stride_for(rows);
	return net->stride;
}

void net_scale_from(struct net *net, int layer)
{
	net->scale_from = layer;
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

void net_keep_initial(struct net *net, const real *parameter, size_t count)
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

static bool all_finite(const real *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isfinite(values[i]))
			return false;
	return true;
}

/* Of a vector shaped like the parameters: the part of a layer that is not finite; NULL: none. */
static const char *faulty_part(const struct net_layer *layer, const real *vector,
	const char *const name[3])
{
	size_t weights = layer->weights, biases = (size_t)layer->outputs;
	const real *part = vector + layer->first;
	if (!all_finite(part, weights))
		return name[0];
	if (!all_finite(part + weights, biases))
		return name[1];
	return all_finite(part, layer->count) ? NULL : name[2];
}

/* The same over all layers, in the order in which backpropagation comes to them. */
static bool find_part(const struct net *net, const real *vector, const char *const name[3],
	struct net_fault *fault)
{
	for (int l = net->layers; l >= 1; l--) {
		*fault = (struct net_fault){l, faulty_part(&net->layer[l], vector, name)};
		if (fault->tensor)
			return true;
	}
	return false;
}

bool net_find_fault(const struct net *net, struct net_fault *fault)
{
	static const char *const gradients[] = {"weight gradient", "bias gradient", "norm gradient"};
	static const char *const parameters[] = {"weight", "bias", "norm"};
	if (find_part(net, net->parameter, parameters, fault))
		return true;
	for (int l = 1; l <= net->layers; l++)
		if (!all_finite(net->layer[l].output, (size_t)net->layer[l].outputs * net->stride)) {
			*fault = (struct net_fault){l, "output"};
			return true;
		}
	return find_part(net, net->gradient, gradients, fault);
}

size_t net_parameter_count(const struct net *net)
{
	size_t count = 0;
	for (int l = 1; l <= net->layers; l++) {
		const struct net_layer *layer = &net->layer[l];
		count += layer->weights + layer->outputs;
		count += layer->normalization->forward ? 2 * (size_t)layer->outputs : 0;
		count += layer->activation && layer->activation->learns_slope;
	}
	return count;
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

/* ---- saved states ---- */

size_t net_state_bytes(const struct net *net)
{
	return sizeof net->steps + net->state_reals * sizeof(real);
}

void net_state_save(const struct net *net, void *state)
{
	memcpy(state, &net->steps, sizeof net->steps);
	memcpy((char *)state + sizeof net->steps, net->parameter, net->state_reals * sizeof(real));
}

void net_state_load(struct net *net, const void *state)
{
	memcpy(&net->steps, state, sizeof net->steps);
	memcpy(net->parameter, (const char *)state + sizeof net->steps,
		net->state_reals * sizeof(real));
	net->slots_hold = NAN;
}

void net_optimizer_reset(struct net *net, const struct optimizer_choice *choice)
{
	const struct optimizer *optimizer = find_optimizer(net->kernels, choice->optimizer);
	assert(optimizer && optimizer->slots <= net->spec.optimizer_slots);
	double start = optimizer_slot_start(optimizer, choice);
	/* those of a fresh network are 0 already, and a large one would take long to fill */
	bool filled = net->slots_hold == start;
	for (int s = 0; s < net->spec.optimizer_slots && !filled; s++)
		for (size_t i = 0; i < net->parameters; i++)
			net->slot[s][i] = (real)start;
	net->slots_hold = start;
	net->steps = 0;
}
