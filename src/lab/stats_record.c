/* From sums to the record and its detail. */
#include "stats_internal.h"

#include "nn/cell.h"
#include "nn/elementary.h"
#include "nn/layer.h"

#include "median.h"
#include "singular.h"

#include <math.h>
#include <string.h>

size_t stats_weights_of(const struct tensor *tensor, int tensors)
{
	size_t weights = 0;
	for (int i = 0; i < tensors; i++)
		weights += tensor[i].penalized ? tensor_entries(&tensor[i]) : 0;
	return weights;
}

/* Median of |100 (w - w0) / w0| over the weights of a layer with w0 != 0. */
static float median_change(const struct net *net, const struct net_layer *layer, float *scratch)
{
	size_t all = stats_weights_of(layer->tensor, layer->tensors);
	size_t kept = 0, every = (all + STATS_MEDIAN_SAMPLE - 1) / STATS_MEDIAN_SAMPLE, next = 0;
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

/* True if all units have the same entries in a tensor of one row, or several blocks of rows, for
 * each unit. */
static bool has_equal_rows(const struct tensor *tensor, const real *values, int units)
{
	size_t columns = (size_t)tensor->columns;
	for (int row = 0; row < tensor->rows; row++)
		if (memcmp(values + (size_t)row * columns, values + (size_t)(row / units * units) * columns,
				columns * sizeof(real)) != 0)
			return false;
	return true;
}

/* True if a layer has several units, and all of them compute the same. */
static bool has_equal_units(const struct net *net, const struct net_layer *layer, int units)
{
	bool drawn = false;
	for (int t = 0; t < layer->tensors; t++) {
		const struct tensor *tensor = &layer->tensor[t];
		if (tensor->draw == DRAW_NONE)
			continue;
		drawn = true;
		if (!has_equal_rows(tensor, net_values(net, tensor), units))
			return false;
	}
	return drawn && units > 1;
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
	double own = 0, n = (double)stats_weights_of(layer->tensor, layer->tensors);
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

/* In other kinds V is not all that leads from one state to the one before. */
static void fill_stretch(
	const struct stats *stats, const struct net_layer *layer, struct layer_record *out)
{
	if (layer->kind == &layer_rnn)
		out->stretch = (float)largest_singular_value(
			layer->units, layer->units, layer->weight_hh, stats->vectors);
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

/* Layers without such a gate have summed nothing. */
static void fill_kept(
	const struct net_layer *layer, const struct row_sums *sums, struct layer_record *out)
{
	if (layer->cell && layer->cell->keeps >= 0)
		out->kept = (float)(lanes_joined(sums->kept.sum) / sums->pairs);
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
	memset(detail->output_bin, 0, sizeof(detail->output_bin));
	detail->samples = detail->below = detail->above = 0;
	detail->output_below = detail->output_above = 0;
	for (int r = 0; r < rows; r++) {
		detail->samples += row[r].samples;
		detail_count(row[r].bin, &detail->below, detail->bin, &detail->above);
		detail_count(
			row[r].output_bin, &detail->output_below, detail->output_bin, &detail->output_above);
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

/* The rows along which the error term goes back: the time steps of the first layer that has time,
 * without those that truncation cuts off, or all layers. `last`: the row where it starts, number
 * `first` is where it ends. */
struct way_back {
	int first, last;
	bool in_time;
};

static struct way_back way_back(const struct net_spec *spec, const struct record *record)
{
	struct way_back way = {0, record->rows - 1, false};
	for (int r = 0; r < record->rows; r++) {
		const struct layer_record *row = &record->layer[r];
		if (row->step == 0 || row->step < net_first_step(spec, row->layer))
			continue;
		way = (struct way_back){r, r, true};
		while (way.last + 1 < record->rows &&
			record->layer[way.last + 1].layer == record->layer[r].layer)
			way.last++;
		break;
	}
	return way;
}

/* Least squares of log10 rms delta on the number of the layer or time step, over hidden layers,
 * where there is a delta. */
static void fit_decay(
	const struct net_spec *spec, const struct way_back *way, struct record *record)
{
	double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
	for (int r = way->first; r <= way->last; r++) {
		const struct layer_record *row = &record->layer[r];
		double delta = row->delta_rms;
		if (!net_hidden(spec, row->layer) || !(delta > 0) || isinf(delta))
			continue;
		double value = log10_f64(delta), at = way->in_time ? row->step : row->layer;
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

/* The factor of the weights between a row and the one above; not over several time steps. */
static void fill_gain(struct record *record, int row)
{
	struct layer_record *here = &record->layer[row];
	const struct layer_record *above = &record->layer[record_row_above(record, row)];
	if (above->layer == here->layer && above->step != here->step + 1)
		return;
	double next = above->delta_rms, works = record_slope(record, row);
	if (next > 0 && works > 0)
		here->gain = (float)(here->delta_rms / next / works);
}

static void fill_whole(const struct stats *stats, struct record *record)
{
	record->grad_norm = (float)sqrt(stats->gradient_squares);
	for (int r = 0; r < record->rows; r++)
		if (net_hidden(&stats->spec, record->layer[r].layer))
			fill_gain(record, r);
	const struct way_back way = way_back(&stats->spec, record);
	double first = record->layer[way.first].delta_rms, last = record->layer[way.last].delta_rms;
	if (last > 0 && first > 0)
		record->decades = (float)log10_f64(last / first);
	else if (last > 0)
		record->decades = INFINITY;
	fit_decay(&stats->spec, &way, record);
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
	const struct tensor *shown = tensor_shown(layer->tensor, layer->tensors);
	int first = stats->row_of[l], units = net_units(&stats->spec, l);
	struct layer_record weights = record->layer[first];
	fill_parameters(stats, net, l, &weights);
	fill_stretch(stats, layer, &weights);
	note_largest_step(stats, l, record);
	if (layer->hidden && !record->equal_layer && has_equal_units(net, layer, units))
		record->equal_layer = l;
	for (int r = first; r < stats->row_of[l + 1]; r++) {
		struct layer_record *row = &record->layer[r];
		weights.step = row->step;
		*row = weights;
		fill_signals(stats, &stats->sums[r], row);
		fill_kept(layer, &stats->sums[r], row);
		if (layer->hidden)
			fill_activation(&stats->sums[r], units, row);
	}
	if (layer->hidden)
		fill_detail(stats, layer, l);
	if (stats->detailed && l <= stats->detail->layers + 1)
		detail_take_weights(stats->detail, l, shown ? net_values(net, shown) : NULL);
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
