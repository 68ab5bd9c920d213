#include "nn/check.h"
#include "nn/elementary.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS_MAX = 200 };

struct check {
	struct net *net;
	int rows;
	struct rng rng;
	double closest; /* distance to a kink of the last pass */
	double loss, noise;
	double *gradient;    /* [parameters] */
	int tensors, tensor; /* how many there are; the present one */
	size_t entry;
	double planted;
	int planted_tensor;
	struct checked {
		struct check_tensor tensor;
		real *values;
	} result[];
};

static void see_distance(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	struct check *check = context;
	const struct activation *activation = net_layer_of(check->net, place->layer)->activation;
	(void)derivative, (void)output;
	for (int k = 0; activation && k < activation->kinks; k++)
		for (int unit = 0; unit < place->units; unit++)
			for (int i = 0; i < place->samples; i++) {
				double z = u[(size_t)unit * place->stride + i];
				double away = fabs(z - activation->kink[k]);
				check->closest = min_f64(check->closest, away);
			}
}

/* Where max pooling begins to choose another value: how far the largest value of a window is above
 * the next. Values that are equal are so because the activation is flat there, and choosing another
 * of them changes nothing. */
static double distance_of_choices(const struct net *net, int l, int rows)
{
	const struct net_layer *layer = net_layer_of(net, l);
	const struct net_shape map = layer->kind->map(net_spec_of(net), l);
	const int stride = (rows + NN_LANES - 1) / NN_LANES * NN_LANES,
			  units = layer->values / layer->places;
	double closest = INFINITY;
	for (int window = 0; window < units * (map.height / 2) * (map.width / 2); window++)
		for (int i = 0; i < rows; i++) {
			int x = window % (map.width / 2), line = window / (map.width / 2);
			int y = line % (map.height / 2), unit = line / (map.height / 2);
			double first = -INFINITY, second = -INFINITY;
			for (int k = 0; k < 4; k++) {
				int place = (2 * y + k / 2) * map.width + 2 * x + k % 2;
				double h = layer->map[((size_t)unit * layer->places + place) * stride + i];
				second = max_f64(second, min_f64(h, first));
				first = max_f64(first, h);
			}
			if (first > second)
				closest = min_f64(closest, first - second);
		}
	return closest;
}

/* The loss at the present parameters; the observer notes how near a kink it came, or another
 * choice of max pooling. */
static double loss_of(struct check *check, bool backward, struct rng *dropout)
{
	const struct net_observer observer = {.context = check, .forward = see_distance};
	uint64_t budget = UINT64_MAX;
	check->closest = INFINITY;
	net_pass_begin(check->net, NET_TRAIN, backward, check->rows, dropout, &observer);
	while (!net_pass_advance(check->net, &budget))
		;
	const struct net_spec *spec = net_spec_of(check->net);
	for (int l = 1; l <= spec->layers; l++)
		if (spec->pool[l - 1] == NET_POOL_MAX)
			check->closest =
				min_f64(check->closest, distance_of_choices(check->net, l, check->rows));
	return net_pass_loss(check->net) / check->rows + net_penalty(check->net);
}

/* Every other sample has soft targets, a tenth of which is shared among the classes. */
static real class_target(int sample, int outputs, int class, int output)
{
	real hard = outputs > 1 ? class == output : class;
	real even = outputs > 1 ? (real)(1.0 / outputs) : (real)0.5;
	return sample % 2 ? (real)0.9 * hard + (real)0.1 * even : hard;
}

static void draw_data(struct check *check)
{
	const struct net_spec *spec = net_spec_of(check->net);
	int stride = net_batch(check->net, check->rows), outputs = net_units(spec, spec->layers);
	real *x = net_input(check->net), *y = net_target(check->net);
	bool values = strcmp(spec->loss, "mse") == 0;
	for (int i = 0; i < check->rows; i++) {
		for (int f = 0; f < spec->size[0]; f++)
			x[(size_t)f * stride + i] = (real)rng_normal(&check->rng);
		for (int first = 0; first < spec->size[spec->layers]; first += outputs) {
			int class = (int)rng_below(&check->rng, outputs > 1 ? (uint32_t)outputs : 2);
			for (int o = 0; o < outputs; o++)
				y[(size_t)(first + o) * stride + i] =
					values ? (real)rng_normal(&check->rng) : class_target(i, outputs, class, o);
		}
	}
}

/* Moves what would begin as one number, such as biases, unit by unit. */
static void spread_vectors(struct check *check, const struct net_layer *layer)
{
	int longest = 0;
	for (int i = 0; i < layer->tensors; i++)
		if (layer->tensor[i].check_spread > 0 && layer->tensor[i].rows > longest)
			longest = layer->tensor[i].rows;
	for (int unit = 0; unit < longest; unit++)
		for (int i = 0; i < layer->tensors; i++) {
			const struct tensor *tensor = &layer->tensor[i];
			double spread = tensor->check_spread;
			if (!(spread > 0) || unit >= tensor->rows || !tensor_owns(tensor))
				continue;
			double start = tensor_start(tensor, unit);
			net_values(check->net, tensor)[unit] =
				(real)rng_between(&check->rng, start - spread, start + spread);
		}
}

static void draw_parameters(
	struct check *check, const char *initializer, double gain, uint64_t seed)
{
	const struct net_spec *spec = net_spec_of(check->net);
	const struct initializer_parameters parameters = {
		.low = -0.5, .high = 0.5, .std = 1, .value = 0.5, .gain = gain};
	uint64_t budget = UINT64_MAX;
	net_initialize_begin(
		check->net, initializer_find(initializer), &parameters, seed, 1, spec->layers);
	while (!net_initialize_advance(check->net, &budget))
		;
	for (int l = 1; l <= spec->layers; l++)
		spread_vectors(check, net_layer_of(check->net, l));
}

/* Draws data until no pre-activation is near a kink, then backpropagates. */
static bool prepare(struct check *check)
{
	for (int draw = 0; draw < DRAWS_MAX; draw++) {
		draw_data(check);
		loss_of(check, false, &check->rng);
		if (check->closest > 20 * CHECK_EPSILON) {
			net_gradient_clear(check->net);
			check->loss = loss_of(check, true, NULL);
			for (int l = 1; l <= net_spec_of(check->net)->layers; l++)
				net_penalize(check->net, l);
			check->noise = 0x1p-50 * max_f64(check->loss, 1) / CHECK_EPSILON;
			return true;
		}
	}
	return false;
}

/* Remembers the gradient and the largest of each tensor. */
static void keep_gradient(struct check *check)
{
	size_t count;
	real *parameters = net_parameters(check->net, &count);
	for (size_t i = 0; i < count; i++)
		check->gradient[i] = *net_gradient_of(check->net, parameters + i);
	const struct tensor *tensor;
	for (int i = 0; (tensor = net_tensor(check->net, i)); i++) {
		const char *part = strrchr(tensor->name, '.');
		if (!tensor_learns(tensor))
			continue;
		struct checked *checked = &check->result[check->tensors++];
		checked->values = net_values(check->net, tensor);
		checked->tensor = (struct check_tensor){.layer = tensor->layer,
			.name = part ? part + 1 : tensor->name,
			.entries = tensor_entries(tensor)};
		struct check_tensor *result = &checked->tensor;
		for (size_t k = 0; k < result->entries; k++) {
			double size = fabs(check->gradient[checked->values - parameters + k]);
			/* a NaN is no small gradient: it must come to be checked, and fail */
			result->largest = max_f64(result->largest, isnan(size) ? INFINITY : size);
		}
		double least = max_f64(1e-9, 1e4 * check->noise);
		result->outcome = result->largest < least ? CHECK_TOO_SMALL : CHECK_PASSED;
	}
}

struct check *check_new(
	const struct net_spec *spec, const char *initializer, double gain, int rows, uint64_t seed)
{
	struct check *check = calloc(
		1, sizeof(*check) + (size_t)spec->layers * LAYER_TENSORS_MAX * sizeof(check->result[0]));
	if (!check)
		return NULL;
	size_t count = 0;
	check->rows = rows;
	check->planted_tensor = -1;
	check->rng = rng_stream(seed, "check", 0);
	check->net = net_new(kernels_find(NULL), spec, rows);
	if (check->net) {
		net_parameters(check->net, &count);
		check->gradient = malloc(count * sizeof(*check->gradient));
	}
	if (check->gradient) {
		draw_parameters(check, initializer, gain, seed);
		if (prepare(check)) {
			keep_gradient(check);
			return check;
		}
	}
	check_free(check);
	return NULL;
}

void check_free(struct check *check)
{
	if (!check)
		return;
	net_free(check->net);
	free(check->gradient);
	free(check);
}

void check_plant_error(struct check *check, int layer, const char *name, double factor)
{
	for (int i = 0; i < check->tensors; i++)
		if (check->result[i].tensor.layer == layer &&
			strcmp(check->result[i].tensor.name, name) == 0)
			check->planted_tensor = i;
	assert(check->planted_tensor >= 0);
	check->planted = factor;
}

static double difference(struct check *check, real *value, double epsilon)
{
	real kept = *value;
	*value = kept + epsilon;
	double above = loss_of(check, false, NULL), step = *value;
	*value = kept - epsilon;
	double below = loss_of(check, false, NULL);
	step -= *value;
	*value = kept;
	return (above - below) / step;
}

static void check_entry(struct check *check, struct check_tensor *tensor, real *value)
{
	size_t count;
	const real *parameters = net_parameters(check->net, &count);
	double a = check->gradient[value - parameters];
	if (check->tensor == check->planted_tensor)
		a *= check->planted;
	/* Richardson's extrapolation: what curvature adds to the two differences cancels */
	double near = difference(check, value, CHECK_EPSILON);
	double far = difference(check, value, 2 * CHECK_EPSILON);
	double n = (4 * near - far) / 3;
	double scale = max_f64(fabs(a) + fabs(n), 1e-3 * tensor->largest);
	double off = fabs(a - n) - check->noise;
	/* max_f64() would take 0 over a NaN, and that is no agreement */
	double error = off <= 0 ? 0 : off / scale;
	tensor->worst = max_f64(tensor->worst, isnan(error) ? INFINITY : error);
}

bool check_advance(struct check *check, uint64_t *budget)
{
	enum { PASSES = 4 };
	size_t count;
	net_parameters(check->net, &count);
	for (; check->tensor < check->tensors; check->tensor++, check->entry = 0) {
		struct check_tensor *tensor = &check->result[check->tensor].tensor;
		real *values = check->result[check->tensor].values;
		if (tensor->outcome == CHECK_TOO_SMALL)
			continue;
		for (; check->entry < tensor->entries; check->entry++) {
			if (!*budget)
				return false;
			check_entry(check, tensor, values + check->entry);
			uint64_t cost = PASSES * count * (uint64_t)check->rows;
			*budget -= cost < *budget ? cost : *budget;
		}
		if (!(tensor->worst <= 1e-6))
			tensor->outcome = CHECK_FAILED;
	}
	return true;
}

int check_tensors(const struct check *check)
{
	return check->tensors;
}

const struct check_tensor *check_tensor_at(const struct check *check, int index)
{
	return &check->result[index].tensor;
}

/* ---- the walk ---- */

static int count_rows(const void *(*at)(int))
{
	int count = 0;
	while (at(count))
		count++;
	return count;
}

static const void *any_activation(int i)
{
	return activation_at(i);
}

static const void *any_normalization(int i)
{
	return normalization_at(i);
}

static const void *any_loss(int i)
{
	return loss_at(i);
}

/* The lowest digit of a mixed-radix number; *index keeps the higher digits. */
static int digit(int *index, int radix)
{
	int value = *index % radix;
	*index /= radix;
	return value;
}

bool check_walk(int index, struct net_spec *spec, char *name, size_t size)
{
	enum { POSITIONS = 2, SKIPS = 3, ADDITIONS = 2, DEPTH = 4 };
	int activation = digit(&index, count_rows(any_activation));
	int norm = digit(&index, count_rows(any_normalization));
	int loss = digit(&index, count_rows(any_loss));
	int skip = digit(&index, SKIPS);
	int position = digit(&index, POSITIONS), addition = digit(&index, ADDITIONS);
	if (index)
		return false;
	memset(spec, 0, sizeof(*spec));
	spec->layers = DEPTH + 1;
	spec->size[0] = 3;
	for (int l = 1; l <= DEPTH; l++) {
		spec->size[l] = 4;
		spec->activation[l - 1] = activation_at(activation)->name;
	}
	spec->loss = loss_at(loss)->name;
	spec->size[spec->layers] = strcmp(spec->loss, "bce") == 0 ? 1 : 3;
	spec->leaky_slope = 0.1;
	spec->elu_alpha = 1.3;
	spec->normalization = normalization_at(norm)->name;
	spec->normalize_after = position;
	spec->norm_epsilon = 1e-5;
	spec->norm_momentum = 0.1;
	spec->skip = skip;
	spec->skip_before = addition;
	spec->branch_scale = skip ? 0.7 : 1;
	/* dropout and penalties ride along where normalization leaves the gradient large */
	spec->dropout = norm == 0 && position ? 0.2 : 0;
	spec->l1 = norm == 0 && addition ? 0.01 : 0;
	spec->l2 = norm == 0 && addition ? 0.02 : 0;
	const char *const part[] = {spec->activation[0], " norm=", spec->normalization,
		position ? " after" : " before",
		skip == 0       ? " skip=0"
			: skip == 1 ? " skip=1"
						: " skip=2",
		addition ? " pre" : " post", " loss=", spec->loss};
	size_t used = 0;
	name[0] = '\0';
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		size_t length = strlen(part[i]);
		if (used + length < size) {
			memcpy(name + used, part[i], length + 1);
			used += length;
		}
	}
	return true;
}
