#include "lab/stats.h"

#include "lab/plan.h"
#include "nn/elementary.h"

#include "median.h"
#include "unit_sums.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	STEPS_SAMPLED = 256,
	MEDIAN_SAMPLE = 1 << 16, /* of a larger matrix every k-th entry is used */
};

/* Sums over the samples and units of one row: a layer, or a time step of it. */
struct row_sums {
	struct moments preactivation, output, derivative, delta; /* of delta the absolute values */
	double pairs;                                            /* samples x units summed so far */
	uint64_t samples;
	real saturation;               /* |f'| below this is saturated */
	uint64_t bin[DETAIL_BINS + 3]; /* below, DETAIL_BINS bins, above, not a number */
	struct unit_sums *unit;        /* [units] of a hidden layer; NULL in the output layer */
};

/* |W after - W before| / |W before| of a layer in each sampled step. */
struct step_ratios {
	float of[STEPS_SAMPLED];
};

struct stats {
	const struct moment_kernels *moments;
	struct net_spec spec;
	int total;
	bool detailed; /* the histogram and the units are wanted */
	int64_t step, sample_every;
	int sampled;
	int layer; /* that stats_finish_advance() works on */
	double gradient_squares;
	struct unit_sums *units;   /* [units] of each hidden row; the pointers in sums point into it */
	struct step_ratios *ratio; /* [layers] */
	float *scratch;            /* [median_room()] */
	struct detail *detail;     /* in progress */
	struct detail *finished;
	bool any_finished;
	int row_of[NET_LAYERS_MAX + 2]; /* first row of each layer; of layers + 1: the number of rows */
	struct row_sums sums[];         /* [rows] as in the record */
};

/* Time steps of a layer; 0 where it has no time. */
static int steps_of(const struct net_spec *spec, int layer)
{
	const struct layer_kind *kind = layer_kind_of(spec, layer);
	return kind->steps ? kind->steps(spec, layer) : 0;
}

static int rows_of(const struct net_spec *spec, int layer)
{
	int steps = steps_of(spec, layer);
	return steps > 0 ? steps : 1;
}

static size_t rows_in_all(const struct net_spec *spec)
{
	size_t rows = 0;
	for (int l = 1; l <= spec->layers; l++)
		rows += (size_t)rows_of(spec, l);
	return rows;
}

static size_t hidden_units(const struct net_spec *spec)
{
	size_t units = 0;
	for (int l = 1; l <= spec->layers; l++)
		units += net_hidden(spec, l) ? (size_t)spec->size[l] : 0;
	return units;
}

/* Units of the hidden layers, once in each row. */
static size_t counted_units(const struct net_spec *spec)
{
	size_t units = 0;
	for (int l = 1; l <= spec->layers; l++)
		units += net_hidden(spec, l) ? (size_t)spec->size[l] * (size_t)rows_of(spec, l) : 0;
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
	return largest < MEDIAN_SAMPLE ? largest : MEDIAN_SAMPLE;
}

size_t stats_bytes(const struct net_spec *spec)
{
	return sizeof(struct stats) + rows_in_all(spec) * sizeof(struct row_sums) +
		spec->layers * sizeof(struct step_ratios) +
		2 * (sizeof(struct detail) + spec->layers * sizeof(struct layer_detail)) +
		median_room(spec) * sizeof(float) + counted_units(spec) * sizeof(struct unit_sums) +
		hidden_units(spec) * 2 * (UNIT_SHARES + UNIT_SIGNALS) * sizeof(float);
}

/* Gives each layer its rows, and each hidden row its counts. */
static void place_rows(struct stats *stats)
{
	const struct net_spec *spec = &stats->spec;
	struct unit_sums *units = stats->units;
	int row = 0;
	for (int l = 1; l <= spec->layers; l++) {
		stats->row_of[l] = row;
		row += rows_of(spec, l);
		for (int r = stats->row_of[l]; r < row && net_hidden(spec, l); r++) {
			stats->sums[r].unit = units;
			units += spec->size[l];
		}
	}
	stats->row_of[spec->layers + 1] = row;
}

struct stats *stats_new(const struct kernels *kernels, const struct net_spec *spec)
{
	struct stats *stats = calloc(1, sizeof(*stats) + rows_in_all(spec) * sizeof(stats->sums[0]));
	if (!stats)
		return NULL;
	stats->moments = kernels->moments;
	stats->spec = *spec;
	stats->ratio = calloc((size_t)spec->layers, sizeof(*stats->ratio));
	stats->scratch = malloc(median_room(spec) * sizeof(float));
	stats->units = calloc(counted_units(spec) + 1, sizeof(*stats->units));
	stats->detail = detail_new(plan_hidden(spec), &spec->size[1]);
	stats->finished = detail_new(plan_hidden(spec), &spec->size[1]);
	if (!stats->ratio || !stats->scratch || !stats->units || !stats->detail || !stats->finished) {
		stats_free(stats);
		return NULL;
	}
	place_rows(stats);
	return stats;
}

struct record *stats_record(const struct stats *stats)
{
	int steps[NET_LAYERS_MAX];
	for (int l = 1; l <= stats->spec.layers; l++)
		steps[l - 1] = steps_of(&stats->spec, l);
	return record_new_with_steps(stats->spec.layers, steps);
}

void stats_free(struct stats *stats)
{
	if (!stats)
		return;
	free(stats->ratio);
	free(stats->scratch);
	free(stats->units);
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
		stats->ratio[l - 1].of[stats->sampled] =
			(float)(sqrt(layer->update_squares) / sqrt(layer->before_squares));
	}
	stats->sampled++;
}

/* ---- while measuring ---- */

static void clear_row(struct row_sums *sums, const struct net_layer *layer, int units)
{
	memset(sums, 0, offsetof(struct row_sums, unit));
	if (!layer->hidden)
		return;
	sums->saturation = (real)(0.1 * activation_max_slope(layer->activation, &layer->parameters));
	memset(sums->unit, 0, (size_t)units * sizeof(sums->unit[0]));
}

void stats_measure_begin(struct stats *stats, const struct net *net, int total, bool detailed)
{
	stats->total = total;
	stats->detailed = detailed;
	for (int l = 1; l <= stats->spec.layers; l++) {
		const struct net_layer *layer = net_layer_of(net, l);
		for (int r = stats->row_of[l]; r < stats->row_of[l + 1]; r++)
			clear_row(&stats->sums[r], layer, stats->spec.size[l]);
	}
}

/* Sums of f' of one hidden unit over the samples, and how often it is inactive or saturated. */
static void see_derivative(
	struct stats *stats, struct row_sums *sums, int unit, int rows, const real *derivative)
{
	stats->moments->moments((size_t)rows, derivative, &sums->derivative);
	stats->moments->count_small((size_t)rows, derivative, sums->saturation,
		&sums->unit[unit].inactive, &sums->unit[unit].saturated);
}

/* f'(NaN) may be 0 or 1, depending on f, so samples with u = NaN are counted. They are looked for
 * only after the sum of u over the samples has become NaN. */
static void see_broken(struct row_sums *sums, int unit, int rows, const real *u)
{
	if (!isnan(lanes_joined(sums->preactivation.sum)))
		return;
	for (int i = 0; i < rows; i++)
		sums->unit[unit].broken += isnan(u[i]);
}

static struct row_sums *sums_at(struct stats *stats, const struct net_place *place)
{
	return &stats->sums[stats->row_of[place->layer] + place->step];
}

static void see_forward(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	struct stats *stats = context;
	struct row_sums *sums = sums_at(stats, place);
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
		if (sums->unit && stats->detailed)
			unit_sums_forward(&sums->unit[place->first + unit], stats->moments, samples, u + row,
				derivative ? derivative + row : NULL, output + row);
	}
	sums->pairs += (double)place->units * place->samples;
	if (derivative && place->first == 0)
		sums->samples += samples;
}

static void see_backward(void *context, const struct net_place *place, const real *delta)
{
	struct stats *stats = context;
	struct row_sums *sums = sums_at(stats, place);
	size_t samples = (size_t)place->samples;
	for (int unit = 0; unit < place->units; unit++) {
		const real *row = delta + (size_t)unit * place->stride;
		stats->moments->absolute_moments(samples, row, &sums->delta);
		if (sums->unit && stats->detailed)
			unit_sums_backward(&sums->unit[place->first + unit], stats->moments, samples, row);
	}
}

struct net_observer stats_observer(struct stats *stats)
{
	return (struct net_observer){
		.context = stats, .forward = see_forward, .backward = see_backward};
}

/* ---- from sums to the record ---- */

/* Median of |100 (w - w0) / w0| over the weights of a layer with w0 != 0. */
static float median_change(const struct net *net, const struct net_layer *layer, float *scratch)
{
	size_t all = weights_of(layer->tensor, layer->tensors);
	size_t kept = 0, every = (all + MEDIAN_SAMPLE - 1) / MEDIAN_SAMPLE, next = 0;
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

/* The largest sampled step of any layer. Weights of 0 have no ratio. */
static void note_largest_step(const struct stats *stats, int l, struct record *record)
{
	const float *ratio = stats->ratio[l - 1].of;
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

/* Sums of squares over the weights of a layer: of the gradient, the weights, the initial weights,
 * and the difference from the initial weights. */
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

/* Statistics of all weight matrices of a layer. Returns the sum of squares of the gradient of those
 * that the layer owns (not tied). */
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
		out->update_ratio = median_ratio(stats->ratio[l - 1].of, stats->sampled, stats->scratch);
	return own;
}

/* Statistics of all parameters of a layer; tied parameters count in their owner only. */
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

static void fill_signals(
	const struct stats *stats, const struct row_sums *sums, struct layer_record *out)
{
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

/* Only rows of hidden layers have an activation and units that die. */
static void fill_activation(const struct row_sums *sums, int units, struct layer_record *out)
{
	double n = sums->pairs, inactive = 0, saturated = 0;
	bool broken = false;
	int dead = 0;
	if (!sums->samples) /* a kind of layer without an activation */
		return;
	for (int unit = 0; unit < units; unit++) {
		inactive += sums->unit[unit].inactive;
		saturated += sums->unit[unit].saturated;
		dead += sums->unit[unit].inactive == sums->samples;
		broken = broken || sums->unit[unit].broken;
	}
	out->deriv_mean = (float)(lanes_joined(sums->derivative.sum) / n);
	out->deriv_rms = (float)sqrt(lanes_joined(sums->derivative.squares) / n);
	out->dead = (float)dead / units;
	out->inactive = (float)(inactive / n);
	out->saturated = (float)(saturated / n);
	if (broken)
		out->deriv_mean = out->deriv_rms = out->dead = out->inactive = out->saturated = NAN;
}

/* The detail of a hidden layer is over all its time steps. */
static void fill_detail(const struct stats *stats, const struct net_layer *layer, int l)
{
	const struct row_sums *row = &stats->sums[stats->row_of[l]];
	struct layer_detail *detail = &stats->detail->layer[l - 1];
	int rows = stats->row_of[l + 1] - stats->row_of[l];
	float *shares = detail_shares(stats->detail, l);
	float *signals = detail_signals(stats->detail, l);
	memset(detail->bin, 0, sizeof(detail->bin));
	detail->samples = detail->below = detail->above = 0;
	for (int r = 0; r < rows; r++) {
		detail->samples += row[r].samples;
		detail->below += row[r].bin[0];
		for (int i = 0; i < DETAIL_BINS; i++)
			detail->bin[i] += row[r].bin[i + 1];
		detail->above += row[r].bin[DETAIL_BINS + 1];
	}
	for (int unit = 0; unit < detail->units; unit++) {
		struct unit_sums sums = {0};
		for (int r = 0; r < rows; r++)
			unit_sums_join(&sums, &row[r].unit[unit]);
		unit_sums_write_shares(&sums, (double)detail->samples, shares, detail->units, unit);
		if (stats->detailed)
			unit_sums_write_signals(&sums, stats->total, signals, detail->units, unit);
	}
	bool learns = layer->activation && layer->activation->learns_slope;
	detail->slope = learns ? (float)*layer->slope : record_nothing();
}

/* Least squares of log10 rms delta on the row's number, over rows of hidden layers with a delta. */
static void fit_decay(const struct net_spec *spec, struct record *record)
{
	double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
	for (int r = 0; r < record->rows; r++) {
		double delta = record->layer[r].delta_rms;
		if (!net_hidden(spec, record->layer[r].layer) || !(delta > 0) || isinf(delta))
			continue;
		double value = log10_f64(delta), at = r + 1;
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
	for (int r = 0; r < record->rows; r++) {
		struct layer_record *row = &record->layer[r];
		if (!net_hidden(&stats->spec, row->layer))
			continue;
		double next = row[1].delta_rms, works = row->deriv_rms;
		if (next > 0 && works > 0)
			row->gain = (float)(row->delta_rms / next / works);
	}
	double first = record->layer[0].delta_rms, last = record->layer[record->rows - 1].delta_rms;
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

/* The rows of a layer; the weights are the same in all its time steps. */
static void fill_layer(struct stats *stats, struct net *net, int l, struct record *record)
{
	const struct net_layer *layer = net_layer_of(net, l);
	int first = stats->row_of[l];
	struct layer_record weights = record->layer[first];
	fill_parameters(stats, net, l, &weights);
	note_largest_step(stats, l, record);
	if (layer->hidden && !record->equal_layer && has_equal_units(layer))
		record->equal_layer = l;
	for (int r = first; r < stats->row_of[l + 1]; r++) {
		struct layer_record *row = &record->layer[r];
		weights.step = row->step;
		*row = weights;
		fill_signals(stats, &stats->sums[r], row);
		if (layer->hidden)
			fill_activation(&stats->sums[r], stats->spec.size[l], row);
	}
	if (layer->hidden)
		fill_detail(stats, layer, l);
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
		fill_layer(stats, net, l, record);
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
