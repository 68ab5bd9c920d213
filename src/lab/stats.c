#include "lab/stats.h"

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
	double u, u_squares, a, a_squares, derivative, derivative_squares, delta_absolute,
		delta_squares;
	double pairs;
	double saturation; /* |f'| below this is saturated */
	uint32_t *inactive, *saturated; /* [units] samples */
	float step_ratio[STEPS_SAMPLED];
};

struct stats {
	struct net_spec spec;
	int total;
	int64_t step, sample_every;
	int sampled;
	int layer;              /* that stats_finish_advance() works on */
	double gradient_squares;
	uint32_t *counts;       /* [2][hidden units], behind the pointers in sums */
	float *scratch;         /* [median_room()] */
	struct detail *detail;  /* at work */
	struct detail *finished;
	bool any_finished;
	struct layer_sums sums[]; /* [layers], from layer 1 */
};

static size_t hidden_units(const struct net_spec *spec)
{
	size_t units = 0;
	for (int l = 1; l < spec->layers; l++)
		units += (size_t)spec->size[l];
	return units;
}

static size_t median_room(const struct net_spec *spec)
{
	size_t largest = STEPS_SAMPLED;
	for (int l = 1; l <= spec->layers; l++) {
		size_t weights = (size_t)spec->size[l] * spec->size[l - 1];
		largest = weights > largest ? weights : largest;
	}
	return largest < MEDIAN_OF ? largest : MEDIAN_OF;
}

size_t stats_bytes(const struct net_spec *spec)
{
	return sizeof(struct stats) + spec->layers * sizeof(struct layer_sums) +
		2 * (sizeof(struct detail) + spec->layers * sizeof(struct layer_detail)) +
		median_room(spec) * sizeof(float) +
		hidden_units(spec) * (2 * sizeof(uint32_t) + 4 * sizeof(float));
}

/* A detail and the shares of its units in one block. */
static struct detail *detail_new(const struct net_spec *spec)
{
	struct detail *detail;
	size_t head = sizeof *detail + spec->layers * sizeof detail->layer[0];
	detail = calloc(1, head + hidden_units(spec) * 2 * sizeof(float));
	if (!detail)
		return NULL;
	float *shares = (float *)(void *)((char *)detail + head);
	detail->layers = spec->layers - 1;
	for (int l = 0; l < detail->layers; l++) {
		struct layer_detail *layer = &detail->layer[l];
		layer->units = spec->size[l + 1];
		layer->inactive = shares;
		layer->saturated = shares + layer->units;
		shares += 2 * layer->units;
	}
	return detail;
}

struct stats *stats_new(const struct net_spec *spec)
{
	struct stats *stats = calloc(1, sizeof *stats + spec->layers * sizeof stats->sums[0]);
	if (!stats)
		return NULL;
	stats->spec = *spec;
	stats->scratch = malloc(median_room(spec) * sizeof(float));
	stats->counts = calloc(2 * hidden_units(spec) + 1, sizeof *stats->counts);
	stats->detail = detail_new(spec);
	stats->finished = detail_new(spec);
	if (!stats->scratch || !stats->counts || !stats->detail || !stats->finished) {
		stats_free(stats);
		return NULL;
	}
	uint32_t *counts = stats->counts;
	for (int l = 1; l < spec->layers; l++) {
		stats->sums[l - 1].inactive = counts;
		stats->sums[l - 1].saturated = counts + spec->size[l];
		counts += 2 * spec->size[l];
	}
	return stats;
}

void stats_free(struct stats *stats)
{
	if (!stats)
		return;
	free(stats->scratch);
	free(stats->counts);
	free(stats->detail);
	free(stats->finished);
	free(stats);
}

/* ---- while training ---- */

void stats_epoch_begin(struct stats *stats, int64_t steps_expected)
{
	stats->step = 0;
	stats->sampled = 0;
	stats->sample_every = (steps_expected + STEPS_SAMPLED - 1) / STEPS_SAMPLED;
}

void stats_step(struct stats *stats, const struct net *net)
{
	if (stats->step++ % stats->sample_every != 0 || stats->sampled == STEPS_SAMPLED)
		return;
	for (int l = 1; l <= stats->spec.layers; l++) {
		const struct net_layer *layer = net_layer_of(net, l);
		stats->sums[l - 1].step_ratio[stats->sampled] =
			(float)(sqrt(layer->update_squares) / sqrt(layer->before_squares));
	}
	stats->sampled++;
}

/* ---- while measuring ---- */

void stats_measure_begin(struct stats *stats, const struct net *net, int total)
{
	stats->total = total;
	for (int l = 1; l <= stats->spec.layers; l++) {
		struct layer_sums *sums = &stats->sums[l - 1];
		const struct net_layer *layer = net_layer_of(net, l);
		memset(sums, 0, offsetof(struct layer_sums, inactive));
		if (!layer->activation)
			continue;
		sums->saturation = 0.1 * activation_supremum(layer->activation, &layer->parameters);
		size_t units = (size_t)stats->spec.size[l];
		memset(sums->inactive, 0, 2 * units * sizeof(uint32_t));
		struct layer_detail *detail = &stats->detail->layer[l - 1];
		detail->samples = detail->below = detail->above = 0;
		memset(detail->bin, 0, sizeof detail->bin);
	}
}

static void count_bins(struct layer_detail *detail, int rows, const real *u)
{
	const double scale = DETAIL_BINS / (DETAIL_HIGH - DETAIL_LOW);
	for (int i = 0; i < rows; i++) {
		double position = (u[i] - DETAIL_LOW) * scale;
		if (position >= 0 && position < DETAIL_BINS)
			detail->bin[(int)position]++;
		else if (position < 0)
			detail->below++;
		else if (position >= DETAIL_BINS)
			detail->above++;
	}
}

/* One unit of a hidden layer over the samples: f' and whether it works. */
static void add_derivatives(struct layer_sums *sums, int unit, int rows, const real *derivative)
{
	uint32_t inactive = 0, saturated = 0;
	for (int i = 0; i < rows; i++) {
		double d = derivative[i];
		sums->derivative += d;
		sums->derivative_squares += d * d;
		inactive += d == 0;
		saturated += fabs(d) < sums->saturation;
	}
	sums->inactive[unit] += inactive;
	sums->saturated[unit] += saturated;
}

static void see_forward(void *context, int layer, int first, int units, int rows, int stride,
	const real *u, const real *derivative, const real *output)
{
	struct stats *stats = context;
	struct layer_sums *sums = &stats->sums[layer - 1];
	for (int unit = 0; unit < units; unit++) {
		size_t row = (size_t)unit * stride;
		for (int i = 0; i < rows; i++) {
			double z = u[row + i], a = output[row + i];
			sums->u += z;
			sums->u_squares += z * z;
			sums->a += a;
			sums->a_squares += a * a;
		}
		if (derivative) {
			add_derivatives(sums, first + unit, rows, derivative + row);
			count_bins(&stats->detail->layer[layer - 1], rows, u + row);
		}
	}
	sums->pairs += (double)units * rows;
	if (derivative && first == 0)
		stats->detail->layer[layer - 1].samples += (uint64_t)rows;
}

static void see_backward(void *context, int layer, int first, int units, int rows, int stride,
	const real *delta)
{
	struct stats *stats = context;
	struct layer_sums *sums = &stats->sums[layer - 1];
	(void)first;
	for (int unit = 0; unit < units; unit++)
		for (int i = 0; i < rows; i++) {
			double d = delta[(size_t)unit * stride + i];
			sums->delta_absolute += fabs(d);
			sums->delta_squares += d * d;
		}
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

/* Median of |100 (w - w0) / w0| over the entries, those that began at 0 left out. */
static float median_change(size_t n, const real *weight, const real *initial, float *scratch)
{
	size_t kept = 0, every = (n + MEDIAN_OF - 1) / MEDIAN_OF;
	for (size_t i = 0; i < n; i += every) {
		double old = initial[i];
		float change = (float)fabs(100 * (weight[i] - old) / old);
		if (old != 0 && !isnan(change))
			scratch[kept++] = change;
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

static void fill_weights(struct stats *stats, struct net *net, int l, struct layer_record *out)
{
	const struct net_layer *layer = net_layer_of(net, l);
	const real *initial = net_initial_of(net, layer->weight);
	net_penalize(net, l);
	const real *gradient = net_gradient_of(net, layer->weight);
	double gradient_squares = 0, squares = 0, moved = 0, start = 0;
	size_t n = layer->weights;
	for (size_t i = 0; i < n; i++) {
		double w = layer->weight[i], g = gradient[i], old = initial[i];
		gradient_squares += g * g;
		squares += w * w;
		moved += (w - old) * (w - old);
		start += old * old;
	}
	out->grad_l2 = (float)sqrt(gradient_squares);
	out->grad_rms = (float)sqrt(gradient_squares / n);
	out->weight_rms = (float)sqrt(squares / n);
	out->change = median_change(n, layer->weight, initial, stats->scratch);
	if (start > 0)
		out->change_norm = (float)(100 * sqrt(moved / start));
	if (stats->sampled)
		out->update_ratio = median_ratio(stats->sums[l - 1].step_ratio, stats->sampled,
			stats->scratch);
	/* all parameters of the layer: bias, gamma and the rest lie behind the weights */
	for (size_t i = n; i < layer->count; i++)
		gradient_squares += (double)gradient[i] * gradient[i];
	stats->gradient_squares += gradient_squares;
}

static void fill_signals(const struct stats *stats, int l, struct layer_record *out)
{
	const struct layer_sums *sums = &stats->sums[l - 1];
	double n = sums->pairs, mean = sums->u / n, a_mean = sums->a / n;
	out->z_mean = (float)mean;
	out->q = (float)(sums->u_squares / n);
	out->z_std = (float)sqrt(fmax(0, sums->u_squares / n - mean * mean));
	out->a_mean = (float)a_mean;
	out->a_std = (float)sqrt(fmax(0, sums->a_squares / n - a_mean * a_mean));
	out->delta_rms = (float)(stats->total * sqrt(sums->delta_squares / n));
	out->delta_mean = (float)(stats->total * (sums->delta_absolute / n));
}

/* Only hidden layers have an activation, units that die, and a histogram. */
static void fill_activation(struct stats *stats, const struct net_layer *layer, int l,
	struct layer_record *out)
{
	struct layer_sums *sums = &stats->sums[l - 1];
	double n = sums->pairs, samples = (double)stats->detail->layer[l - 1].samples;
	int units = stats->spec.size[l], dead = 0;
	/* the detail's own block, const only for those who read it */
	float *inactive_share = (float *)stats->detail->layer[l - 1].inactive;
	float *saturated_share = inactive_share + units;
	double inactive = 0, saturated = 0;
	for (int unit = 0; unit < units; unit++) {
		inactive += sums->inactive[unit];
		saturated += sums->saturated[unit];
		dead += sums->inactive[unit] == samples;
		inactive_share[unit] = (float)(sums->inactive[unit] / samples);
		saturated_share[unit] = (float)(sums->saturated[unit] / samples);
	}
	bool learns = layer->activation->learns_slope;
	stats->detail->layer[l - 1].slope = learns ? (float)*layer->slope : record_nothing();
	out->deriv_mean = (float)(sums->derivative / n);
	out->deriv_rms = (float)sqrt(sums->derivative_squares / n);
	out->dead = (float)dead / units;
	out->inactive = (float)(inactive / n);
	out->saturated = (float)(saturated / n);
}

/* Least squares of log10 rms delta on the layer's number, over hidden layers with a delta. */
static void fit_decay(struct record *record)
{
	double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
	for (int l = 0; l + 1 < record->layers; l++) {
		double delta = record->layer[l].delta_rms;
		if (!(delta > 0) || isinf(delta))
			continue;
		double value = log10_f64(delta), at = l + 1;
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
	for (int l = 0; l + 1 < record->layers; l++) {
		struct layer_record *layer = &record->layer[l];
		double next = layer[1].delta_rms, works = layer->deriv_rms;
		if (next > 0 && works > 0)
			layer->gain = (float)(layer->delta_rms / next / works);
	}
	double first = record->layer[0].delta_rms, last = record->layer[record->layers - 1].delta_rms;
	if (last > 0 && first > 0)
		record->decades = (float)log10_f64(last / first);
	else if (last > 0)
		record->decades = INFINITY;
	fit_decay(record);
}

void stats_finish_begin(struct stats *stats)
{
	stats->layer = 1;
	stats->gradient_squares = 0;
}

bool stats_finish_advance(struct stats *stats, struct net *net, struct record *record,
	uint64_t *budget)
{
	enum { COST_OF_A_WEIGHT = 12 };
	for (; stats->layer <= stats->spec.layers; stats->layer++) {
		int l = stats->layer;
		if (!*budget)
			return false;
		fill_weights(stats, net, l, &record->layer[l - 1]);
		fill_signals(stats, l, &record->layer[l - 1]);
		if (l < stats->spec.layers)
			fill_activation(stats, net_layer_of(net, l), l, &record->layer[l - 1]);
		uint64_t cost = net_layer_of(net, l)->weights * COST_OF_A_WEIGHT;
		*budget -= cost < *budget ? cost : *budget;
	}
	fill_whole(stats, record);
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
