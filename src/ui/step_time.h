/* Numbers of a recurrent layer at one time step, for the files of its phases. */
#ifndef UI_STEP_TIME_H
#define UI_STEP_TIME_H

#include "step.h"
#include "ui/plot.h"

#include <stdio.h>

/* The order of gates in nn/cells.c, which is PyTorch's. */
enum { INPUT, FORGET, CANDIDATE, OUTPUT };
enum { RESET, UPDATE, NEW };

/* ---- arrays ---- */

static inline const struct sample_time *time_of(const struct drawn_step *step)
{
	return step_sample(step, step->phase.layer)->time;
}

static inline int units_of(const struct drawn_step *step)
{
	return time_of(step)->units;
}

static inline int gates_of(const struct drawn_step *step)
{
	return time_of(step)->cell->gates;
}

/* Values of a time step in an array of [steps][units], and of [steps][gates][units]. */
static inline const float *units_at(const struct drawn_step *step, const float *array, int t)
{
	return array + (size_t)t * (size_t)units_of(step);
}

static inline const float *gates_at(const struct drawn_step *step, const float *array, int t)
{
	return array + (size_t)t * (size_t)gates_of(step) * (size_t)units_of(step);
}

static inline const float *units_now(const struct drawn_step *step, const float *array)
{
	return units_at(step, array, step_time(step));
}

static inline const float *gates_now(const struct drawn_step *step, const float *array)
{
	return gates_at(step, array, step_time(step));
}

static inline double gate_now(const struct drawn_step *step, int gate, int unit)
{
	return (double)gates_now(step, time_of(step)->gate)[gate * units_of(step) + unit];
}

/* f'(u) of a row of the gates. */
static inline double value_slope(const struct drawn_step *step, int row)
{
	return (double)gates_now(step, time_of(step)->slope)[row];
}

/* Of the time step before; 0 before the first. */
static inline double value_before(const struct drawn_step *step, const float *array, int unit)
{
	int t = step_time(step);
	return t > 0 ? (double)units_at(step, array, t - 1)[unit] : 0;
}

static inline int inputs_of(const struct drawn_step *step)
{
	return net_units(net_spec_of(step->before), step->phase.layer - 1);
}

/* x of a time step: features of the sample, or the state of the layer below. */
static inline const float *input_at(const struct drawn_step *step, int t)
{
	const struct sample_layer *below = step_sample(step, step->phase.layer - 1);
	return (below->time ? below->time->state : below->output) + (size_t)t * (size_t)inputs_of(step);
}

/* A gate that gets what the state gives it only as far as the reset gate is open. */
static inline bool is_apart(const struct drawn_step *step, int row)
{
	return row / units_of(step) >= gates_of(step) - time_of(step)->cell->apart;
}

/* Nothing comes back from the step after: there is none, or the setting truncate cuts it. */
static inline bool starts_anew(const struct drawn_step *step)
{
	int truncate = net_spec_of(step->before)->truncate;
	int from_end = time_of(step)->steps - 1 - step_time(step);
	return from_end == 0 || (truncate > 0 && from_end % truncate == 0);
}

/* ---- names ---- */

struct names {
	char now[STEP_SUBSCRIPT], before[STEP_SUBSCRIPT], after[STEP_SUBSCRIPT];
};

static inline struct names names_of(const struct drawn_step *step)
{
	struct names names;
	step_below(names.now, step_time(step) + 1);
	step_below(names.before, step_time(step));
	step_below(names.after, step_time(step) + 2);
	return names;
}

/* "f3": the gate and the unit; of a cell without gates the unit alone. */
static inline void label_of_gate(const struct drawn_step *step, int row, char out[STEP_HEAD])
{
	const struct recurrent_cell *cell = time_of(step)->cell;
	int units = units_of(step);
	snprintf(out, STEP_HEAD, "%s%d", cell->gates > 1 ? cell->gate[row / units].symbol : "",
		row % units + 1);
}

static inline void add_rms(struct parts *parts, int rank, const char *what, double value)
{
	char number[PLOT_NUMBER];
	plot_number(number, value);
	parts_add(parts, rank, STYLE_NORMAL, "%s %s", what, number);
}

static inline void gate_rows(const struct drawn_step *step, struct step_table *table)
{
	table->rows = gates_of(step) * units_of(step);
}

#endif
