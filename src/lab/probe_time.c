/* Keeping the time steps of one sample. See probe_time.h. */
#include "probe_time.h"

#include <math.h>
#include <stdlib.h>

enum { OF_GATES = 4, OF_UNITS = 8 }; /* arrays of struct sample_time */

/* Where the next array begins. */
static const float *next(float **at, size_t values)
{
	const float *here = *at;
	*at += values;
	return here;
}

struct sample_time *sample_time_new(const struct net_layer *layer)
{
	const struct recurrent_cell *cell = layer->cell;
	size_t values = (size_t)layer->steps * (size_t)layer->units;
	size_t gates = values * (size_t)cell->gates;
	struct sample_time *time = calloc(1, sizeof(*time));
	struct gate_share *share = calloc((size_t)layer->steps * (size_t)cell->gates, sizeof(*share));
	float *at = calloc(OF_GATES * gates + OF_UNITS * values, sizeof(*at));
	if (!time || !share || !at) {
		free(time);
		free(share);
		free(at);
		return NULL;
	}
	*time = (struct sample_time){
		.steps = layer->steps, .units = layer->units, .cell = cell, .share = share};
	const float **const of_gates[OF_GATES] = {
		&time->given, &time->gate, &time->slope, &time->delta};
	const float **const of_units[OF_UNITS] = {&time->apart, &time->cell_state, &time->squashed,
		&time->squashed_slope, &time->state, &time->delta_state, &time->delta_cell,
		&time->delta_direct};
	for (int i = 0; i < OF_GATES; i++)
		*of_gates[i] = next(&at, gates);
	for (int i = 0; i < OF_UNITS; i++)
		*of_units[i] = next(&at, values);
	return time;
}

void sample_time_free(struct sample_time *time)
{
	if (!time)
		return;
	free((float *)time->given); /* the first of all arrays */
	free((struct gate_share *)time->share);
	free(time);
}

/* Copies one sample of [rows][stride]; nothing if the cell has no such array, or if the sample is
 * not in this part of the batch. */
static void pick(
	const float *kept, int rows, const struct net_place *place, const real *values, int sample)
{
	float *to = (float *)kept + (size_t)place->step * (size_t)rows;
	int column = sample - place->first_sample;
	if (!values || column < 0 || column >= place->samples)
		return;
	for (int row = 0; row < rows; row++)
		to[row] = values[(size_t)row * (size_t)place->stride + (size_t)column];
}

/* Adds a gate of all samples of this part. */
static void add_share(struct gate_share *share, const struct net_place *place, const real *gate)
{
	double open = 0, shut = 0, sum = 0;
	for (int unit = 0; unit < place->units; unit++)
		for (int i = 0; i < place->samples; i++) {
			real value = gate[(size_t)unit * (size_t)place->stride + (size_t)i];
			open += isnan(value) ? (double)value : value > GATE_OPEN;
			shut += isnan(value) ? (double)value : value < GATE_SHUT;
			sum += (double)value;
		}
	share->open += (float)(open / place->units);
	share->shut += (float)(shut / place->units);
	share->mean += (float)(sum / place->units);
}

void sample_time_see(struct sample_time *time, const struct net_place *place,
	const struct cell_step *step, int sample)
{
	int units = time->units, gates = time->cell->gates;
	const real *gate = step->gates ? step->gates : step->state;
	struct gate_share *share = (struct gate_share *)time->share + place->step * gates;
	pick(time->given, gates * units, place, step->given, sample);
	pick(time->gate, gates * units, place, gate, sample);
	pick(time->slope, gates * units, place, step->slopes, sample);
	pick(time->apart, units, place, step->apart, sample);
	pick(time->cell_state, units, place, step->cell_state, sample);
	pick(time->squashed, units, place, step->squashed, sample);
	if (step->cell_state)
		pick(time->squashed_slope, units, place, step->derivative, sample);
	pick(time->state, units, place, step->state, sample);
	for (int i = 0; i < gates; i++)
		add_share(&share[i], place, gate + (size_t)i * step->gap);
}

void sample_time_see_back(struct sample_time *time, const struct net_place *place,
	const struct cell_step *step, int sample)
{
	int units = time->units;
	pick(time->delta, time->cell->gates * units, place, step->delta, sample);
	if (time->cell->has_cell_state)
		pick(time->delta_cell, units, place, step->delta_cell, sample);
	if (time->cell->passes_state)
		pick(time->delta_direct, units, place, step->delta_state, sample);
}

void sample_time_see_delta(
	struct sample_time *time, const struct net_place *place, const float *delta, int sample)
{
	pick(time->delta_state, time->units, place, delta, sample);
}

void sample_time_finish(struct sample_time *time, int samples)
{
	size_t values = (size_t)time->steps * (size_t)time->units, gates = (size_t)time->cell->gates;
	const float *const of_units[] = {time->delta_state, time->delta_cell, time->delta_direct};
	for (size_t i = 0; i < values * gates; i++)
		((float *)time->delta)[i] *= (float)samples;
	for (size_t k = 0; k < sizeof(of_units) / sizeof(of_units[0]); k++)
		for (size_t i = 0; i < values; i++)
			((float *)of_units[k])[i] *= (float)samples;
	for (size_t i = 0; i < (size_t)time->steps * gates; i++) {
		struct gate_share *share = (struct gate_share *)&time->share[i];
		share->open /= (float)samples;
		share->shut /= (float)samples;
		share->mean /= (float)samples;
	}
}
