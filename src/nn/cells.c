/* Recurrent cells, value by value. */
#include "variant.h"

static void apply(const struct cell_step *step, const struct activation *activation, int gate)
{
	size_t at = (size_t)gate * step->gap;
	activation->apply(
		&step->parameters, step->n, step->given + at, step->gates + at, step->slopes + at);
}

/* ---- h = f(given): also what is done at each step without a state ---- */

static void plain_forward(const struct cell_step *step)
{
	step->activation->apply(&step->parameters, step->n, step->given, step->state, step->slopes);
}

static void plain_backward(const struct cell_step *step)
{
	const real *restrict slope = step->slopes, *restrict above = step->delta_state;
	real *restrict delta = step->delta;
	for (size_t k = 0; k < step->n; k++)
		delta[k] = above[k] * slope[k];
}

/* ---- LSTM (Hochreiter and Schmidhuber 1997), with the forget gate of Gers et al. (2000) ---- */

enum { INPUT, FORGET, CANDIDATE, OUTPUT };

static void lstm_forward(const struct cell_step *step)
{
	apply(step, step->gate_activation, INPUT);
	apply(step, step->gate_activation, FORGET);
	apply(step, step->activation, CANDIDATE);
	apply(step, step->gate_activation, OUTPUT);
	const real *restrict i = step->gates, *restrict f = step->gates + FORGET * step->gap;
	const real *restrict g = step->gates + CANDIDATE * step->gap;
	const real *restrict o = step->gates + OUTPUT * step->gap;
	const real *restrict before = step->cell_state_before;
	real *restrict c = step->cell_state, *restrict h = step->state;
	if (before)
		for (size_t k = 0; k < step->n; k++)
			c[k] = f[k] * before[k] + i[k] * g[k];
	else
		for (size_t k = 0; k < step->n; k++)
			c[k] = i[k] * g[k];
	step->activation->apply(&step->parameters, step->n, c, step->squashed, step->derivative);
	const real *restrict squashed = step->squashed;
	for (size_t k = 0; k < step->n; k++)
		h[k] = o[k] * squashed[k];
}

static void lstm_cell_delta(const struct cell_step *step)
{
	const real *restrict o = step->gates + OUTPUT * step->gap, *restrict above = step->delta_state;
	const real *restrict derivative = step->derivative, *restrict after = step->forget_after;
	real *restrict delta = step->delta_cell;
	if (after)
		for (size_t k = 0; k < step->n; k++)
			delta[k] = above[k] * o[k] * derivative[k] + after[k] * delta[k];
	else
		for (size_t k = 0; k < step->n; k++)
			delta[k] = above[k] * o[k] * derivative[k];
}

static void lstm_backward(const struct cell_step *step)
{
	lstm_cell_delta(step);
	const size_t gap = step->gap;
	const real *restrict gate = step->gates, *restrict slope = step->slopes;
	const real *restrict above = step->delta_state, *restrict cell = step->delta_cell;
	const real *restrict squashed = step->squashed, *restrict before = step->cell_state_before;
	real *restrict delta = step->delta;
	for (size_t k = 0; k < step->n; k++) {
		delta[k] = cell[k] * gate[CANDIDATE * gap + k] * slope[k];
		delta[CANDIDATE * gap + k] = cell[k] * gate[k] * slope[CANDIDATE * gap + k];
		delta[OUTPUT * gap + k] = above[k] * squashed[k] * slope[OUTPUT * gap + k];
	}
	delta += FORGET * gap;
	slope += FORGET * gap;
	for (size_t k = 0; k < step->n; k++)
		delta[k] = before ? cell[k] * before[k] * slope[k] : 0;
}

/* ---- the GRU of Cho et al. (2014), in the form of cuDNN: Keras's reset_after ---- */

enum { RESET, UPDATE, NEW };

static void gru_forward(const struct cell_step *step)
{
	apply(step, step->gate_activation, RESET);
	apply(step, step->gate_activation, UPDATE);
	const real *restrict r = step->gates, *restrict apart = step->apart;
	real *restrict given = step->given + NEW * step->gap;
	for (size_t k = 0; k < step->n; k++)
		given[k] += r[k] * apart[k];
	apply(step, step->activation, NEW);
	const real *restrict z = step->gates + UPDATE * step->gap;
	const real *restrict n = step->gates + NEW * step->gap;
	const real *restrict before = step->state_before;
	real *restrict h = step->state;
	if (before)
		for (size_t k = 0; k < step->n; k++)
			h[k] = (1 - z[k]) * n[k] + z[k] * before[k];
	else
		for (size_t k = 0; k < step->n; k++)
			h[k] = (1 - z[k]) * n[k];
}

static void gru_backward(const struct cell_step *step)
{
	const size_t gap = step->gap;
	const real *restrict r = step->gates, *restrict z = step->gates + UPDATE * gap;
	const real *restrict n = step->gates + NEW * gap, *restrict slope = step->slopes;
	const real *restrict apart = step->apart, *restrict before = step->state_before;
	real *restrict delta = step->delta, *restrict delta_apart = step->delta_apart;
	real *restrict above = step->delta_state;
	for (size_t k = 0; k < step->n; k++) {
		real change = before ? before[k] - n[k] : -n[k];
		delta[UPDATE * gap + k] = above[k] * change * slope[UPDATE * gap + k];
	}
	for (size_t k = 0; k < step->n; k++) {
		real candidate = above[k] * (1 - z[k]) * slope[NEW * gap + k];
		delta[NEW * gap + k] = candidate;
		delta[k] = candidate * apart[k] * slope[k];
		delta_apart[k] = candidate * r[k];
		above[k] *= z[k];
	}
}

/* clang-format off */
static const struct recurrent_cell rows[] = {
	{.name = "rnn", .gates = 1, .recurs = true, .forget = -1, .keeps = -1,
		.gate = {{"state", "h", false}},
		.forward = plain_forward, .backward = plain_backward},
	{.name = "lstm", .gates = 4, .shown = -1, .recurs = true, .has_cell_state = true,
		.activation = "tanh", .gate_activation = "sigmoid", .forget = FORGET, .keeps = FORGET,
		.gate = {{"input", "i", true}, {"forget", "f", true}, {"candidate", "g", false},
			{"output", "o", true}},
		.forward = lstm_forward, .backward = lstm_backward},
	{.name = "gru", .gates = 3, .apart = 1, .shown = NEW, .recurs = true, .passes_state = true,
		.activation = "tanh", .gate_activation = "sigmoid", .forget = -1, .keeps = UPDATE,
		.gate = {{"reset", "r", true}, {"update", "z", true}, {"candidate", "n", false}},
		.forward = gru_forward, .backward = gru_backward},
	{.name = "each-step", .gates = 1, .forget = -1, .keeps = -1, .gate = {{"output", "a", false}},
		.forward = plain_forward, .backward = plain_backward},
};
/* clang-format on */

const struct recurrent_cell_table VARIANT(recurrent_cell_table) = TABLE(rows);
