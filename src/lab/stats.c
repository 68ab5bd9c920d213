#include "lab/stats.h"

#include "lab/plan.h"
#include "nn/elementary.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	STEPS_SAMPLED = 256,
	MEDIAN_OF = 1 << 16, /* a larger matrix gives every k-th entry to the median */
};

/* Sums over the samples and units of one layer. */
struct layer_sums {
	struct moments preactivation, output, derivative, delta; /* of delta the absolute values */
	double pairs;
	real saturation;                         /* |f'| below this is saturated */
	uint64_t bin[DETAIL_BINS + 3];           /* below, DETAIL_BINS bins, above, not a number */
	uint32_t *inactive, *saturated, *broken; /* [units] samples; broken: u is not a number */
	float step_ratio[STEPS_SAMPLED];
};

struct stats {
	const struct moment_kernels *moments;
	struct net_spec spec;
	int total;
	bool detailed; /* the histogram is wanted */
	int64_t step, sample_every;
	int sampled;
	int layer; /* that stats_finish_advance() works on */
	double gradient_squares;
	uint32_t *counts;      /* [3][hidden units], behind the pointers in sums */
	float *scratch;        /* [median_room()] */
	struct detail *detail; /* at work */
	struct detail *finished;
	bool any_finished;
	struct layer_sums sums[]; /* [layers], from layer 1 */
};

static size_t hidden_units(const struct net_spec *spec)
{
	size_t units = 0;
	for (int l = 1; l <= spec->layers; l++)
		units += net_hidden(spec, l) ? (size_t)spec->size[l] : 0;
	return units;
}

/* Entries of a layer's weight matrices. */
static size_t weights_of(const struct tensor *tensor, int tensors)
{
	size_t weights = 0;
	for (int i = 0; i < tensors; i++)
		weights += tensor[i].penalized ? tensor_entries(&tensor[i]) : 0;
	return weights;
}

static size_t median_room(const struct net_spec *spec)
{
	size_t largest = STEPS_SAMPLED;
	for (int l = 1; l <= spec->layers; l++) {
		struct tensor list[LAYER_TENSORS_MAX];
		size_t weights = weights_of(list, layer_kind_of(spec, l)->tensors(spec, l, list));
		largest = weights > largest ? weights : largest;
	}
	return largest < MEDIAN_OF ? largest : MEDIAN_OF;
}

size_t stats_bytes(const struct net_spec *spec)
{
	return sizeof(struct stats) + spec->layers * sizeof(struct layer_sums) +
		2 * (sizeof(struct detail) + spec->layers * sizeof(struct layer_detail)) +
		median_room(spec) * sizeof(float) +
		hidden_units(spec) * (3 * sizeof(uint32_t) + 4 * sizeof(float));
}

struct stats *stats_new(const struct kernels *kernels, const struct net_spec *spec)
{
	struct stats *stats = calloc(1, sizeof(*stats) + spec->layers * sizeof(stats->sums[0]));
	if (!stats)
		return NULL;
	stats->moments = kernels->moments;
	stats->spec = *spec;
	stats->scratch = malloc(median_room(spec) * sizeof(float));
	stats->counts = calloc(3 * hidden_units(spec) + 1, sizeof(*stats->counts));
	stats->detail = detail_new(plan_hidden(spec), &spec->size[1]);
	stats->finished = detail_new(plan_hidden(spec), &spec->size[1]);
	if (!stats->scratch || !stats->counts || !stats->detail || !stats->finished) {
		stats_free(stats);
		return NULL;
	}
	uint32_t *counts = stats->counts;
	for (int l = 1; l <= spec->layers; l++) {
		if (!net_hidden(spec, l))
			continue;
		stats->sums[l - 1].inactive = counts;
		stats->sums[l - 1].saturated = counts + spec->size[l];
		stats->sums[l - 1].broken = counts + 2 * spec->size[l];
		counts += 3 * spec->size[l];
	}
	return stats;
}

void stats_free(struct stats *stats)
{
	if (!stats)
		return;
	free(stats->scratch);
	free(stats->counts);
	detail_release(stats->detail);
	detail_release(stats->finished);
	free(stats);
}

/* ---- while training ---- */

void stats_epoch_begin(struct stats *stats, int64_t steps_expected)
{
	stats->step = 0;
	stats->sampled = 0;
	stats->sample_every = (steps_expected + STEPS_SAMPLED - 1) / STEPS_SAMPLED;
}

bool stats_wants_step(const struct stats *stats)
{
	return stats->sample_every && stats->step % stats->sample_every == 0 &&
		stats->sampled < STEPS_SAMPLED;
}

void stats_step(struct stats *stats, const struct net *net)
{
	bool wanted = stats_wants_step(stats);
	stats->step++;
	if (!wanted)
		return;
	for (int l = 1; l <= stats->spec.layers; l++) {
		const struct net_layer *layer = net_layer_of(net, l);
		stats->sums[l - 1].step_ratio[stats->sampled] =
			(float)(sqrt(layer->update_squares) / sqrt(layer->before_squares));
	}
	stats->sampled++;
}

/* ---- while measuring ---- */

void stats_measure_begin(struct stats *stats, const struct net *net, int total, bool detailed)
{
	stats->total = total;
	stats->detailed = detailed;
	for (int l = 1; l <= stats->spec.layers; l++) {
		struct layer_sums *sums = &stats->sums[l - 1];
		const struct net_layer *layer = net_layer_of(net, l);
		memset(sums, 0, offsetof(struct layer_sums, inactive));
		if (!layer->hidden)
			continue;
		sums->saturation =
			(real)(0.1 * activation_max_slope(layer->activation, &layer->parameters));
		size_t units = (size_t)stats->spec.size[l];
		memset(sums->inactive, 0, 3 * units * sizeof(uint32_t));
		stats->detail->layer[l - 1].samples = 0;
	}
}

/* A unit of a hidden layer over the samples: f' and whether it works. */
static void see_derivative(
	struct stats *stats, struct layer_sums *sums, int unit, int rows, const real *derivative)
{
	stats->moments->moments((size_t)rows, derivative, &sums->derivative);
	stats->moments->count_small(
		(size_t)rows, derivative, sums->saturation, &sums->inactive[unit], &sums->saturated[unit]);
}

/* f' of what is not a number may be 0 or 1, by how f is written: such samples are counted. It is
 * looked for only where the sum over all samples so far has turned into a NaN. */
static void see_broken(struct layer_sums *sums, int unit, int rows, const real *u)
{
	if (!isnan(lanes_joined(sums->preactivation.sum)))
		return;
	for (int i = 0; i < rows; i++)
		sums->broken[unit] += isnan(u[i]);
}

static void see_forward(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	struct stats *stats = context;
	struct layer_sums *sums = &stats->sums[place->layer - 1];
	size_t samples = (size_t)place->samples;
	for (int unit = 0; unit < place->units; unit++) {
		size_t row = (size_t)unit * place->stride;
		stats->moments->moments(samples, u + row, &sums->preactivation);
		stats->moments->moments(samples, output + row, &sums->output);
		if (derivative) {
			see_derivative(stats, sums, place->first + unit, place->samples, derivative + row);
			see_broken(sums, place->first + unit, place->samples, u + row);
		}
		if (derivative && stats->detailed)
			stats->moments->count_bins(
				samples, u + row, DETAIL_LOW, DETAIL_HIGH, DETAIL_BINS, sums->bin);
	}
	sums->pairs += (double)place->units * place->samples;
	if (derivative && place->first == 0)
		stats->detail->layer[place->layer - 1].samples += samples;
}

static void see_backward(void *context, const struct net_place *place, const real *delta)
{
	struct stats *stats = context;
	struct moments *sums = &stats->sums[place->layer - 1].delta;
	for (int unit = 0; unit < place->units; unit++)
		stats->moments->absolute_moments(
			(size_t)place->samples, delta + (size_t)unit * place->stride, sums);
}

struct net_observer stats_observer(struct stats *stats)
{
	return (struct net_observer){stats, see_forward, see_backward};
}

/* ---- from sums to the record ---- */

/* The k-th smallest of n numbers, by partitioning; reorders them. */
static float select_kth(float *values, size_t n, size_t k)
{
	size_t low = 0, high = n - 1;
	while (low < high) {
		float pivot = values[low + (high - low) / 2];
		size_t i = low, j = high;
		for (;;) {
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i >= j)
				break;
			float swap = values[i];
			values[i++] = values[j];
			values[j--] = swap;
		}
		/* everything up to j is <= pivot, everything after it >= pivot */
		if (k <= j)
			high = j;
		else
			low = j + 1;
	}
	return values[k];
}

/* Median of n numbers without NaN, the mean of the middle two if n is even. */
static float median(float *values, size_t n)
{
	float upper = select_kth(values, n, n / 2);
	if (n % 2)
		return upper;
	float lower = values[0];
	for (size_t i = 1; i < n / 2; i++)
		lower = values[i] > lower ? values[i] : lower;
	return (float)(((double)lower + upper) / 2);
}

/* Median of |100 (w - w0) / w0| over the weights of a layer, those that began at 0 left out. */
static float median_change(const struct net *net, const struct net_layer *layer, float *scratch)
{
	size_t all = weights_of(layer->tensor, layer->tensors);
	size_t kept = 0, every = (all + MEDIAN_OF - 1) / MEDIAN_OF, next = 0;
	for (int t = 0; t < layer->tensors; t++) {
		const struct tensor *tensor = &layer->tensor[t];
		if (!tensor->penalized)
			continue;
		const real *weight = net_values(net, tensor), *initial = net_initial_of(net, weight);
		size_t n = tensor_entries(tensor);
		for (; next < n; next += every) {
			double old = initial[next];
			float change = (float)fabs(100 * (weight[next] - old) / old);
			if (old != 0 && !isnan(change))
				scratch[kept++] = change;
		}
		next -= n;
	}
	return kept ? median(scratch, kept) : record_nothing();
}

static float median_ratio(const float *ratio, int n, float *scratch)
{
	size_t kept = 0;
	for (int i = 0; i < n; i++)
		if (!isnan(ratio[i]))
			scratch[kept++] = ratio[i];
	return kept ? median(scratch, kept) : record_nothing();
}

/* The largest step of the sample in any layer. What starts at 0 has no step to compare. */
static void note_largest_step(const struct stats *stats, int l, struct record *record)
{
	const float *ratio = stats->sums[l - 1].step_ratio;
	for (int i = 0; i < stats->sampled; i++)
		if (ratio[i] > record->largest_step && isfinite(ratio[i])) {
			record->largest_step = ratio[i];
			record->largest_step_layer = l;
		}
}

/* True if a layer has several units, and all of them compute the same. */
static bool has_equal_units(const struct net_layer *layer)
{
	size_t inputs = (size_t)layer->inputs;
	if (!layer->weight || !layer->bias)
		return false;
	for (int unit = 1; unit < layer->outputs; unit++)
		if (layer->bias[unit] != layer->bias[0] ||
			memcmp(layer->weight + unit * inputs, layer->weight, inputs * sizeof(real)) != 0)
			return false;
	return layer->outputs > 1;
}

/* Sums over the weights of a layer: squares of their gradient, of themselves, of what they began
 * with and of how far they are from there. */
struct weight_sums {
	double gradient, value, start, moved;
};

static struct weight_sums weight_sums(
	const struct stats *stats, const struct net *net, const struct tensor *tensor)
{
	const real *value = net_values(net, tensor);
	struct weight_sums sums = {0};
	struct moments of_gradient = {0}, of_value = {0};
	size_t n = tensor_entries(tensor);
	stats->moments->moments(n, net_gradient_of(net, value), &of_gradient);
	stats->moments->moments(n, value, &of_value);
	stats->moments->distance_squares(
		n, value, net_initial_of(net, value), &sums.start, &sums.moved);
	sums.gradient = lanes_joined(of_gradient.squares);
	sums.value = lanes_joined(of_value.squares);
	return sums;
}

/* The weight matrices of a layer, tied ones as well; returns the square of the gradient of those
 * that are no other layer's. */
static double fill_weights(struct stats *stats, struct net *net, int l, struct layer_record *out)
{
	const struct net_layer *layer = net_layer_of(net, l);
	struct weight_sums sums = {0};
	double own = 0, n = (double)weights_of(layer->tensor, layer->tensors);
	for (int t = 0; t < layer->tensors; t++) {
		const struct tensor *tensor = &layer->tensor[t];
		if (!tensor->penalized)
			continue;
		const struct weight_sums of = weight_sums(stats, net, tensor);
		sums.gradient += of.gradient;
		sums.value += of.value;
		sums.start += of.start;
		sums.moved += of.moved;
		own += tensor_owns(tensor) ? of.gradient : 0;
	}
	if (!(n > 0))
		return 0;
	out->grad_l2 = (float)sqrt(sums.gradient);
	out->grad_rms = (float)sqrt(sums.gradient / n);
	out->weight_rms = (float)sqrt(sums.value / n);
	out->change = median_change(net, layer, stats->scratch);
	if (sums.start > 0)
		out->change_norm = (float)(100 * sqrt(sums.moved / sums.start));
	if (stats->sampled)
		out->update_ratio =
			median_ratio(stats->sums[l - 1].step_ratio, stats->sampled, stats->scratch);
	return own;
}

/* All parameters of a layer, each of the network's numbers once. */
static void fill_parameters(struct stats *stats, struct net *net, int l, struct layer_record *out)
{
	const struct net_layer *layer = net_layer_of(net, l);
	net_penalize(net, l);
	double squares = fill_weights(stats, net, l, out);
	for (int t = 0; t < layer->tensors; t++) {
		const struct tensor *tensor = &layer->tensor[t];
		if (tensor->penalized || !tensor_learns(tensor))
			continue;
		const real *gradient = net_gradient_of(net, net_values(net, tensor));
		for (size_t i = 0; i < tensor_entries(tensor); i++)
			squares += (double)gradient[i] * gradient[i];
	}
	stats->gradient_squares += squares;
}

static void fill_signals(const struct stats *stats, int l, struct layer_record *out)
{
	const struct layer_sums *sums = &stats->sums[l - 1];
	double n = sums->pairs;
	double mean = lanes_joined(sums->preactivation.sum) / n,
		   a_mean = lanes_joined(sums->output.sum) / n;
	double q = lanes_joined(sums->preactivation.squares) / n;
	double a_squares = lanes_joined(sums->output.squares) / n;
	out->z_mean = (float)mean;
	out->q = (float)q;
	out->z_std = (float)sqrt(max_f64(0, q - mean * mean));
	out->a_mean = (float)a_mean;
	out->a_std = (float)sqrt(max_f64(0, a_squares - a_mean * a_mean));
	out->delta_rms = (float)(stats->total * sqrt(lanes_joined(sums->delta.squares) / n));
	out->delta_mean = (float)(stats->total * (lanes_joined(sums->delta.sum) / n));
}

/* Only hidden layers have an activation, units that die, and a histogram. */
static void fill_activation(
	struct stats *stats, const struct net_layer *layer, int l, struct layer_record *out)
{
	struct layer_sums *sums = &stats->sums[l - 1];
	double n = sums->pairs, samples = (double)stats->detail->layer[l - 1].samples;
	int units = stats->spec.size[l], dead = 0;
	struct layer_detail *detail = &stats->detail->layer[l - 1];
	float *inactive_share = detail_shares(stats->detail, l);
	float *saturated_share = inactive_share + units;
	double inactive = 0, saturated = 0;
	bool broken = false;
	for (int unit = 0; unit < units; unit++) {
		inactive += sums->inactive[unit];
		saturated += sums->saturated[unit];
		dead += sums->inactive[unit] == samples;
		inactive_share[unit] = (float)(sums->inactive[unit] / samples);
		saturated_share[unit] = (float)(sums->saturated[unit] / samples);
		if (sums->broken[unit]) {
			broken = true;
			inactive_share[unit] = saturated_share[unit] = NAN;
		}
	}
	bool learns = layer->activation->learns_slope;
	detail->slope = learns ? (float)*layer->slope : record_nothing();
	detail->below = sums->bin[0];
	memcpy(detail->bin, sums->bin + 1, sizeof(detail->bin));
	detail->above = sums->bin[DETAIL_BINS + 1];
	out->deriv_mean = (float)(lanes_joined(sums->derivative.sum) / n);
	out->deriv_rms = (float)sqrt(lanes_joined(sums->derivative.squares) / n);
	out->dead = (float)dead / units;
	out->inactive = (float)(inactive / n);
	out->saturated = (float)(saturated / n);
	if (broken)
		out->deriv_mean = out->deriv_rms = out->dead = out->inactive = out->saturated = NAN;
}

/* Least squares of log10 rms delta on the layer's number, over hidden layers with a delta. */
static void fit_decay(const struct net_spec *spec, struct record *record)
{
	double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
	for (int l = 1; l <= record->layers; l++) {
		double delta = record->layer[l - 1].delta_rms;
		if (!net_hidden(spec, l) || !(delta > 0) || isinf(delta))
			continue;
		double value = log10_f64(delta), at = l;
		n += 1, x += at, y += value;
		xx += at * at, xy += at * value, yy += value * value;
	}
	if (n < 3)
		return;
	double sxx = xx - x * x / n, sxy = xy - x * y / n, syy = yy - y * y / n;
	record->decay = (float)(sxy / sxx);
	if (syy > 0)
		record->r2 = (float)(sxy * sxy / (sxx * syy));
}

static void fill_whole(const struct stats *stats, struct record *record)
{
	record->grad_norm = (float)sqrt(stats->gradient_squares);
	for (int l = 1; l <= record->layers; l++) {
		if (!net_hidden(&stats->spec, l))
			continue;
		struct layer_record *layer = &record->layer[l - 1];
		double next = layer[1].delta_rms, works = layer->deriv_rms;
		if (next > 0 && works > 0)
			layer->gain = (float)(layer->delta_rms / next / works);
	}
	double first = record->layer[0].delta_rms, last = record->layer[record->layers - 1].delta_rms;
	if (last > 0 && first > 0)
		record->decades = (float)log10_f64(last / first);
	else if (last > 0)
		record->decades = INFINITY;
	fit_decay(&stats->spec, record);
}

void stats_finish_begin(struct stats *stats)
{
	stats->layer = 1;
	stats->gradient_squares = 0;
}

bool stats_finish_advance(
	struct stats *stats, struct net *net, struct record *record, uint64_t *budget)
{
	enum { COST_OF_A_WEIGHT = 12 };
	for (; stats->layer <= stats->spec.layers; stats->layer++) {
		int l = stats->layer;
		const struct net_layer *layer = net_layer_of(net, l);
		if (!*budget)
			return false;
		fill_parameters(stats, net, l, &record->layer[l - 1]);
		note_largest_step(stats, l, record);
		if (layer->hidden && !record->equal_layer && has_equal_units(layer))
			record->equal_layer = l;
		fill_signals(stats, l, &record->layer[l - 1]);
		if (layer->hidden)
			fill_activation(stats, layer, l, &record->layer[l - 1]);
		uint64_t cost = layer->count * COST_OF_A_WEIGHT;
		*budget -= cost < *budget ? cost : *budget;
	}
	fill_whole(stats, record);
	if (!stats->detailed)
		return true;
	stats->detail->epoch = record->epoch;
	struct detail *swap = stats->finished;
	stats->finished = stats->detail;
	stats->detail = swap;
	stats->any_finished = true;
	return true;
}

const struct detail *stats_detail(const struct stats *stats)
{
	return stats->any_finished ? stats->finished : NULL;
}
