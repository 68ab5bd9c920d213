#include "stats_internal.h"

#include "lab/plan.h"
#include "nn/cell.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Time steps of a layer; 0 where it has no time. */
static int steps_of(const struct net_spec *spec, int layer)
{
	const struct layer_kind *kind = layer_kind_of(spec, layer);
	return kind->steps ? kind->steps(spec, layer) : 0;
}

static int rows_of(const struct net_spec *spec, int layer)
{
	return record_rows_of(steps_of(spec, layer));
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
		units += net_hidden(spec, l) ? (size_t)net_units(spec, l) : 0;
	return units;
}

/* Units of the hidden layers, once in each row. */
static size_t counted_units(const struct net_spec *spec)
{
	size_t units = 0;
	for (int l = 1; l <= spec->layers; l++)
		units += net_hidden(spec, l) ? (size_t)net_units(spec, l) * (size_t)rows_of(spec, l) : 0;
	return units;
}

static size_t median_room(const struct net_spec *spec)
{
	size_t largest = STATS_STEPS_SAMPLED;
	for (int l = 1; l <= spec->layers; l++) {
		struct tensor list[LAYER_TENSORS_MAX];
		size_t weights = stats_weights_of(list, layer_kind_of(spec, l)->tensors(spec, l, list));
		largest = weights > largest ? weights : largest;
	}
	return largest < STATS_MEDIAN_SAMPLE ? largest : STATS_MEDIAN_SAMPLE;
}

/* Numbers that the singular value of a layer needs: for a vector and its product. */
static size_t vector_room(const struct net_spec *spec)
{
	size_t most = 0;
	for (int l = 1; l <= spec->layers; l++) {
		size_t room = layer_kind_of(spec, l) == &layer_rnn ? 2 * (size_t)net_units(spec, l) : 0;
		most = room > most ? room : most;
	}
	return most;
}

size_t stats_bytes(const struct net_spec *spec)
{
	return sizeof(struct stats) + rows_in_all(spec) * sizeof(struct row_sums) +
		spec->layers * sizeof(struct step_ratios) +
		2 * (sizeof(struct detail) + spec->layers * sizeof(struct layer_detail)) +
		2 * DETAIL_WEIGHTS_IN_ALL * sizeof(float) + median_room(spec) * sizeof(float) +
		vector_room(spec) * sizeof(double) + counted_units(spec) * sizeof(struct unit_sums) +
		hidden_units(spec) * 2 * (UNIT_SHARES + UNIT_SIGNALS) * sizeof(float);
}

/* The gate that keeps a layer's state; -1: it has none. */
static int kept_gate(const struct net_spec *spec, int layer)
{
	const char *cell = layer_kind_of(spec, layer)->cell;
	return cell ? recurrent_cell_find(cell)->keeps : -1;
}

/* Gives each layer its rows, and each hidden row its counts. */
static void place_rows(struct stats *stats)
{
	const struct net_spec *spec = &stats->spec;
	struct unit_sums *units = stats->units;
	int row = 0;
	for (int l = 1; l <= spec->layers; l++) {
		stats->steps[l] = steps_of(spec, l);
		stats->places[l] = net_map_places(spec, l);
		stats->keeps[l] = kept_gate(spec, l);
		stats->row_of[l] = row;
		row += rows_of(spec, l);
		for (int r = stats->row_of[l]; r < row && net_hidden(spec, l); r++) {
			stats->sums[r].unit = units;
			units += net_units(spec, l);
		}
	}
	stats->row_of[spec->layers + 1] = row;
}

static struct detail *new_detail(const struct net_spec *spec)
{
	struct tensor list[LAYER_TENSORS_MAX];
	size_t weights[NET_LAYERS_MAX];
	int units[NET_LAYERS_MAX];
	for (int l = 1; l <= spec->layers; l++) {
		int tensors = layer_kind_of(spec, l)->tensors(spec, l, list);
		const struct tensor *shown = tensor_shown(list, tensors);
		weights[l - 1] = shown ? tensor_entries(shown) : 0;
		units[l - 1] = net_units(spec, l);
	}
	return detail_new(plan_hidden(spec), units, weights);
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
	stats->vectors = calloc(vector_room(spec) + 1, sizeof(*stats->vectors));
	stats->units = calloc(counted_units(spec) + 1, sizeof(*stats->units));
	stats->detail = new_detail(spec);
	stats->finished = new_detail(spec);
	if (!stats->ratio || !stats->scratch || !stats->vectors || !stats->units || !stats->detail ||
		!stats->finished) {
		stats_free(stats);
		return NULL;
	}
	place_rows(stats);
	return stats;
}

struct record *stats_record(const struct stats *stats)
{
	return record_new_with_steps(stats->spec.layers, &stats->steps[1]);
}

void stats_free(struct stats *stats)
{
	if (!stats)
		return;
	free(stats->ratio);
	free(stats->scratch);
	free(stats->vectors);
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
	stats->sample_every = (steps_expected + STATS_STEPS_SAMPLED - 1) / STATS_STEPS_SAMPLED;
}

bool stats_wants_step(const struct stats *stats)
{
	return stats->sample_every && stats->step % stats->sample_every == 0 &&
		stats->sampled < STATS_STEPS_SAMPLED;
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
			clear_row(&stats->sums[r], layer, net_units(&stats->spec, l));
	}
}

/* Sums of f' of one hidden unit over the samples, and how often it is inactive or saturated. */
static void see_derivative(struct stats *stats, struct row_sums *sums, struct unit_sums *unit,
	int rows, const real *derivative)
{
	stats->moments->moments((size_t)rows, derivative, &sums->derivative);
	stats->moments->count_small(
		(size_t)rows, derivative, sums->saturation, &unit->inactive, &unit->saturated);
}

/* f'(NaN) may be 0 or 1, depending on f, so samples with u = NaN are counted. They are looked for
 * only after the sum of u over the samples has become NaN. */
static void see_broken(struct row_sums *sums, struct unit_sums *unit, int rows, const real *u)
{
	if (!isnan(lanes_joined(sums->preactivation.sum)))
		return;
	for (int i = 0; i < rows; i++)
		unit->broken += isnan(u[i]);
}

/* NULL: a time step that has no row. */
static struct row_sums *sums_at(struct stats *stats, const struct net_place *place)
{
	int steps = stats->steps[place->layer];
	int row = steps > 0 ? record_row_of(steps, place->step + 1) : 0;
	return row < 0 ? NULL : &stats->sums[stats->row_of[place->layer] + row];
}

/* The sums of the unit that a value belongs to; NULL in the output layer. All places of a map are
 * one unit. */
static struct unit_sums *unit_of(const struct stats *stats, const struct row_sums *sums,
	const struct net_place *place, int value)
{
	return sums->unit ? &sums->unit[(place->first + value) / stats->places[place->layer]] : NULL;
}

static void see_forward(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	struct stats *stats = context;
	struct row_sums *sums = sums_at(stats, place);
	size_t samples = (size_t)place->samples;
	if (!sums)
		return;
	for (int value = 0; value < place->units; value++) {
		size_t row = (size_t)value * place->stride;
		struct unit_sums *unit = unit_of(stats, sums, place, value);
		stats->moments->moments(samples, u + row, &sums->preactivation);
		stats->moments->moments(samples, output + row, &sums->output);
		if (derivative) {
			see_derivative(stats, sums, unit, place->samples, derivative + row);
			see_broken(sums, unit, place->samples, u + row);
		}
		if (derivative && stats->detailed) {
			stats->moments->count_bins(
				samples, u + row, DETAIL_LOW, DETAIL_HIGH, DETAIL_BINS, sums->bin);
			stats->moments->count_bins(samples, output + row, (real)DETAIL_OUTPUT_LOW,
				(real)DETAIL_OUTPUT_HIGH, DETAIL_BINS, sums->output_bin);
		}
		if (unit && stats->detailed)
			unit_sums_forward(unit, stats->moments, samples, u + row,
				derivative ? derivative + row : NULL, output + row);
	}
	sums->pairs += (double)place->units * place->samples;
	if (derivative && place->first == 0)
		sums->samples += samples * (size_t)stats->places[place->layer];
}

static void see_backward(void *context, const struct net_place *place, const real *delta)
{
	struct stats *stats = context;
	struct row_sums *sums = sums_at(stats, place);
	size_t samples = (size_t)place->samples;
	if (!sums)
		return;
	for (int value = 0; value < place->units; value++) {
		const real *row = delta + (size_t)value * place->stride;
		struct unit_sums *unit = unit_of(stats, sums, place, value);
		stats->moments->absolute_moments(samples, row, &sums->delta);
		if (unit && stats->detailed)
			unit_sums_backward(unit, stats->moments, samples, row);
	}
}

static void see_cell(void *context, const struct net_place *place, const struct cell_step *step)
{
	struct stats *stats = context;
	struct row_sums *sums = sums_at(stats, place);
	int keeps = stats->keeps[place->layer];
	if (!sums || keeps < 0)
		return;
	for (int unit = 0; unit < place->units; unit++)
		stats->moments->moments((size_t)place->samples,
			step->gates + keeps * step->gap + (size_t)unit * place->stride, &sums->kept);
}

struct net_observer stats_observer(struct stats *stats)
{
	return (struct net_observer){
		.context = stats, .forward = see_forward, .backward = see_backward, .cell = see_cell};
}
