/* Layers that go through time steps: recurrent cells, and the dense layer at each step. The loop
 * over the steps and the matrix products are here, what a cell computes in a step in cells.c. */
#include "recurrent.h"
#include "stages.h"

#include <string.h>

/* ---- places in the buffers ---- */

static struct step_shape shape_of(const struct net *net, const struct net_layer *layer)
{
	return step_shape_in(&net->spec, layer_number(net, layer), layer->cell);
}

/* Arrays of one step in `scratch`, each [units][stride] but for those of gates. On the way back the
 * first holds the deltas of the gates. After them come the sums of the gates' two biases. */
struct scratch {
	real *given, *delta_apart, *delta_state, *biases;
};

static struct scratch scratch_of(
	const struct net *net, const struct net_layer *layer, const struct step_shape *s)
{
	size_t values = (size_t)s->units * net->stride;
	real *first = layer->scratch;
	if (!first)
		return (struct scratch){0};
	real *state = first + (s->cell->gates + s->cell->apart) * values;
	return (struct scratch){.given = first,
		.delta_apart = first + s->cell->gates * values,
		.delta_state = state,
		.biases = state + values};
}

/* Where step `step` begins in an array of [steps][rows][stride]. */
static real *at_step(const struct net *net, real *array, int rows, int step)
{
	return array ? array + (size_t)step * rows * net->stride : NULL;
}

/* h of a step: [units][stride]. NULL before the first. */
static real *state_at(
	const struct net *net, const struct net_layer *layer, const struct step_shape *s, int step)
{
	if (step < 0)
		return NULL;
	if (s->all)
		return at_step(net, layer->output, s->units, step);
	return step == s->steps - 1 ? layer->output : at_step(net, layer->state, s->units, step);
}

/* A step of the cell, at the block's samples; n is set by for_each_part(). */
static struct cell_step cell_step_at(
	const struct net *net, struct net_layer *layer, const struct step_shape *s, int step)
{
	struct scratch scratch = scratch_of(net, layer, s);
	int gates = s->cell->gates * s->units;
	struct cell_step out = {
		.activation = layer->activation,
		.gate_activation = layer->gate_activation,
		.parameters = layer->parameters,
		.gap = (size_t)s->units * net->stride,
		.given = scratch.given,
		.apart = at_step(net, layer->apart, s->cell->apart * s->units, step),
		.gates = at_step(net, layer->gates, gates, step),
		.slopes = layer->slopes ? at_step(net, layer->slopes, gates, step)
								: at_step(net, layer->derivative, s->units, step),
		.state_before = state_at(net, layer, s, step - 1),
		.state = state_at(net, layer, s, step),
		.cell_state_before = step ? at_step(net, layer->cell_state, s->units, step - 1) : NULL,
		.cell_state = at_step(net, layer->cell_state, s->units, step),
		.squashed = at_step(net, layer->squashed, s->units, step),
		.derivative = at_step(net, layer->derivative, s->units, step),
		.delta_state = scratch.delta_state,
		.delta_cell = layer->delta_cell,
		.delta = scratch.given,
		.delta_apart = scratch.delta_apart,
	};
	if (layer->slope)
		out.parameters.learned_slope = *layer->slope;
	return out;
}

static void move_by(struct cell_step *step, size_t offset)
{
	const real **const given[] = {
		&step->state_before, &step->cell_state_before, &step->forget_after};
	real **const own[] = {&step->given, &step->apart, &step->gates, &step->slopes, &step->state,
		&step->cell_state, &step->squashed, &step->derivative, &step->delta_state,
		&step->delta_cell, &step->delta, &step->delta_apart};
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		*given[i] = *given[i] ? *given[i] + offset : NULL;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		*own[i] = *own[i] ? *own[i] + offset : NULL;
}

/* Does the work of one step where the block's values are adjacent: all at once, or unit by unit. */
static void for_each_part(const struct net *net, const struct step_shape *s, struct block block,
	struct cell_step step, void (*work)(const struct cell_step *step))
{
	bool whole = block.columns == net->stride;
	int parts = whole ? 1 : s->units;
	step.n = whole ? step.gap : (size_t)block.columns;
	move_by(&step, (size_t)block.column);
	for (int part = 0; part < parts; part++) {
		work(&step);
		move_by(&step, (size_t)net->stride);
	}
}

/* What an observer is told of: all units of a step, for the block's samples. */
static struct net_place step_place(const struct net *net, const struct net_layer *layer,
	const struct step_shape *s, struct block block, int step)
{
	return (struct net_place){.layer = layer_number(net, layer),
		.step = step,
		.units = s->units,
		.first_sample = block.column,
		.samples = block.rows,
		.stride = net->stride};
}

/* ---- the products of a step, for the block's samples ---- */

static const real *input_at(
	const struct net *net, const struct net_layer *layer, const struct step_shape *s, int step)
{
	return layer_input(net, layer) + (size_t)step * s->inputs * net->stride;
}

/* c = start + a b, or c += a b, with a [rows][inner] as it is stored. */
static void multiply(const struct net *net, const struct net_layer *layer, struct block block,
	int rows, int inner, const real *a, const real *b, const real *start, real *c)
{
	net->kernels->product(&(struct product){
		.fused = layer->fused,
		.rows = rows,
		.columns = block.columns,
		.inner = inner,
		.a = a,
		.a_row = inner,
		.a_inner = 1,
		.b = b + block.column,
		.b_row = net->stride,
		.start = start,
		.add = !start,
		.c = c + block.column,
		.c_row = net->stride,
	});
}

/* c = a^T b, or c += a^T b, with a [inner][rows] as it is stored. */
static void multiply_back(const struct net *net, const struct net_layer *layer, struct block block,
	int rows, int inner, const real *a, const real *b, bool add, real *c, const real *factor)
{
	net->kernels->product(&(struct product){
		.fused = layer->fused,
		.rows = rows,
		.columns = block.columns,
		.inner = inner,
		.a = a,
		.a_row = 1,
		.a_inner = rows,
		.b = b + block.column,
		.b_row = net->stride,
		.add = add,
		.c = c + block.column,
		.c_row = net->stride,
		.factor = factor ? factor + block.column : NULL,
	});
}

/* Gradients of a matrix [rows][columns] and of its bias; without b those of the bias alone. */
static void add_gradients(struct net *net, const struct net_layer *layer, struct block block,
	int rows, int columns, const real *delta, const real *b, real *weight, real *bias)
{
	net->kernels->product_transposed(&(struct product){
		.fused = layer->fused,
		.rows = rows,
		.columns = b ? columns : 0,
		.inner = block.columns,
		.a = delta + block.column,
		.a_row = net->stride,
		.a_inner = 1,
		.b = b ? b + block.column : NULL,
		.b_row = net->stride,
		.add = true,
		.c = gradient_at(net, weight),
		.c_row = columns,
		.sums = gradient_at(net, bias),
	});
}

/* ---- forward ---- */

static void add_biases(const struct net_layer *layer, const struct step_shape *s, real *sum)
{
	for (int row = 0; row < s->cell->gates * s->units; row++)
		sum[row] = row < s->joint * s->units ? layer->bias_ih[row] + layer->bias_hh[row]
											 : layer->bias_ih[row];
}

/* What the gates are given. The state before the first step is 0. */
static void give_gates(struct net *net, struct net_layer *layer, const struct step_shape *s,
	struct block block, int step, const struct cell_step *into)
{
	const struct scratch scratch = scratch_of(net, layer, s);
	int joint = s->joint * s->units, apart = s->cell->apart * s->units;
	const real *before = into->state_before ? into->state_before : into->state;
	int inner = into->state_before ? s->units : 0;
	multiply(net, layer, block, joint + apart, s->inputs, layer->weight_ih,
		input_at(net, layer, s, step), scratch.biases, into->given);
	if (inner)
		multiply(net, layer, block, joint, inner, layer->weight_hh, before, NULL, into->given);
	if (apart)
		multiply(net, layer, block, apart, inner, layer->weight_hh + (size_t)joint * s->units,
			before, layer->bias_hh + joint, into->apart);
}

static void observe_step(const struct net *net, const struct net_layer *layer,
	const struct step_shape *s, struct block block, int step, const struct cell_step *done)
{
	const struct net_observer *observer = &net->pass.observer;
	const struct net_place place = step_place(net, layer, s, block, step);
	size_t shown = (size_t)block.column + (s->cell->shown > 0 ? s->cell->shown * done->gap : 0);
	if (!observer->forward)
		return;
	if (!layer->hidden)
		observer->forward(observer->context, &place, done->state + block.column, NULL,
			done->state + block.column);
	else if (s->cell->shown < 0)
		observer->forward(observer->context, &place, done->cell_state + shown,
			done->derivative + shown, done->state + block.column);
	else
		observer->forward(observer->context, &place, done->given + shown, done->slopes + shown,
			done->state + block.column);
}

/* Tells of all that a cell has in its arrays. */
static void observe_cell(const struct net *net, const struct net_layer *layer,
	const struct step_shape *s, struct block block, int step, struct cell_step done,
	void (*tell)(void *context, const struct net_place *place, const struct cell_step *step))
{
	const struct net_place place = step_place(net, layer, s, block, step);
	if (!tell || !s->cell->recurs)
		return;
	move_by(&done, (size_t)block.column);
	tell(net->pass.observer.context, &place, &done);
}

/* Keeps what the activation was given, for the gradient of its slope. */
static void keep_given(struct net *net, struct net_layer *layer, const struct step_shape *s,
	struct block block, int step, const real *given)
{
	real *kept = at_step(net, layer->preactivation, s->units, step);
	for (int unit = 0; kept && unit < s->units; unit++) {
		size_t row = (size_t)unit * net->stride + block.column;
		memcpy(kept + row, given + row, block.columns * sizeof(real));
	}
}

static void forward_steps(struct net *net, struct net_layer *layer, struct block block)
{
	const struct step_shape s = shape_of(net, layer);
	if (s.cell->recurs)
		add_biases(layer, &s, scratch_of(net, layer, &s).biases);
	for (int step = block.first; step < block.first + block.units; step++) {
		struct cell_step now = cell_step_at(net, layer, &s, step);
		if (s.cell->recurs)
			give_gates(net, layer, &s, block, step, &now);
		else
			multiply(net, layer, block, s.units, s.inputs, layer->weight,
				input_at(net, layer, &s, step), layer->bias, layer->hidden ? now.given : now.state);
		if (layer->hidden)
			for_each_part(net, &s, block, now, s.cell->forward);
		keep_given(net, layer, &s, block, step, now.given);
		observe_step(net, layer, &s, block, step, &now);
		observe_cell(net, layer, &s, block, step, now, net->pass.observer.cell);
	}
}

/* ---- backward ---- */

/* dL/dh of the layer comes in one of the network's two arrays, what the layer before gets is made
 * in the other one. */
static real *received(const struct net *net, const struct net_layer *layer)
{
	return layer->hidden ? net->upstream : net->delta;
}

static real *passed_on(const struct net *net, const struct net_layer *layer)
{
	return layer->hidden ? net->delta : net->upstream;
}

/* True if no derivative of the state comes from the step after: there is none, or it is cut. */
static bool starts_anew(const struct net *net, const struct step_shape *s, int step)
{
	int from_end = s->steps - 1 - step;
	return from_end == 0 || (net->spec.truncate > 0 && from_end % net->spec.truncate == 0);
}

/* dL/dh in total: what the layer above sends to this step, and what the step after sends. */
static void add_received(struct net *net, const struct net_layer *layer, const struct step_shape *s,
	struct block block, int step, real *delta_state)
{
	const real *from = at_step(net, received(net, layer), s->units, s->all ? step : 0);
	bool anew = starts_anew(net, s, step), sent = s->all || step == s->steps - 1;
	for (int unit = 0; unit < s->units && (sent || anew); unit++) {
		size_t row = (size_t)unit * net->stride + block.column;
		if (!sent)
			memset(delta_state + row, 0, block.columns * sizeof(real));
		else if (anew)
			memcpy(delta_state + row, from + row, block.columns * sizeof(real));
		else
			net->kernels->scale_add(block.columns, 1, from + row, delta_state + row);
	}
}

static void observe_delta(const struct net *net, const struct net_layer *layer,
	const struct step_shape *s, struct block block, int step, const real *delta)
{
	const struct net_observer *observer = &net->pass.observer;
	const struct net_place place = step_place(net, layer, s, block, step);
	if (observer->backward)
		observer->backward(observer->context, &place, delta + block.column);
}

/* d/dslope = sum over u <= 0 of dL/df * u */
static void add_slope_gradient(struct net *net, struct net_layer *layer, const struct step_shape *s,
	struct block block, int step, const real *above)
{
	const real *u = at_step(net, layer->preactivation, s->units, step);
	double sum = 0;
	for (int unit = 0; u && unit < s->units; unit++)
		for (int i = block.column; i < block.column + block.rows; i++) {
			size_t at = (size_t)unit * net->stride + i;
			sum += u[at] <= 0 ? (double)above[at] * u[at] : 0;
		}
	if (u)
		*gradient_at(net, layer->slope) += (real)sum;
}

/* What the layer before gets from this step. */
static void send_down(struct net *net, struct net_layer *layer, const struct step_shape *s,
	struct block block, int step, const real *delta)
{
	const struct net_layer *before = layer - 1;
	int rows = s->cell->gates * s->units;
	if (layer_number(net, layer) == 1)
		return;
	multiply_back(net, layer, block, s->inputs, rows,
		s->cell->recurs ? layer->weight_ih : layer->weight, delta, false,
		at_step(net, passed_on(net, layer), s->inputs, step),
		before->takes_delta ? at_step(net, before->derivative, s->inputs, step) : NULL);
}

/* What the state before gets through V. */
static void send_back(struct net *net, struct net_layer *layer, const struct step_shape *s,
	struct block block, const struct cell_step *now)
{
	int joint = s->joint * s->units, apart = s->cell->apart * s->units;
	multiply_back(net, layer, block, s->units, joint, layer->weight_hh, now->delta,
		s->cell->passes_state, now->delta_state, NULL);
	if (apart)
		multiply_back(net, layer, block, s->units, apart,
			layer->weight_hh + (size_t)joint * s->units, now->delta_apart, true, now->delta_state,
			NULL);
}

static void recurrent_gradients(struct net *net, struct net_layer *layer,
	const struct step_shape *s, struct block block, int step, const struct cell_step *now)
{
	int joint = s->joint * s->units, apart = s->cell->apart * s->units;
	add_gradients(net, layer, block, joint + apart, s->inputs, now->delta,
		input_at(net, layer, s, step), layer->weight_ih, layer->bias_ih);
	add_gradients(net, layer, block, joint, s->units, now->delta, now->state_before,
		layer->weight_hh, layer->bias_hh);
	if (apart)
		add_gradients(net, layer, block, apart, s->units, now->delta_apart, now->state_before,
			layer->weight_hh + (size_t)joint * s->units, layer->bias_hh + joint);
}

static void backward_recurrent_step(struct net *net, struct net_layer *layer,
	const struct step_shape *s, struct block block, int step)
{
	struct cell_step now = cell_step_at(net, layer, s, step);
	if (s->cell->has_cell_state && !starts_anew(net, s, step))
		now.forget_after = at_step(net, layer->gates, s->cell->gates * s->units, step + 1) +
			s->cell->forget * now.gap;
	add_received(net, layer, s, block, step, now.delta_state);
	observe_delta(net, layer, s, block, step, now.delta_state);
	add_slope_gradient(net, layer, s, block, step, now.delta_state);
	for_each_part(net, s, block, now, s->cell->backward);
	observe_cell(net, layer, s, block, step, now, net->pass.observer.cell_back);
	recurrent_gradients(net, layer, s, block, step, &now);
	send_down(net, layer, s, block, step, now.delta);
	if (step > 0 && !starts_anew(net, s, step - 1))
		send_back(net, layer, s, block, &now);
}

static void backward_dense_step(struct net *net, struct net_layer *layer,
	const struct step_shape *s, struct block block, int step)
{
	struct cell_step now = cell_step_at(net, layer, s, step);
	real *above = at_step(net, received(net, layer), s->units, step);
	now.delta_state = above;
	now.delta = layer->hidden ? now.delta : above;
	if (layer->hidden) {
		add_slope_gradient(net, layer, s, block, step, above);
		for_each_part(net, s, block, now, s->cell->backward);
	}
	observe_delta(net, layer, s, block, step, now.delta);
	add_gradients(net, layer, block, s->units, s->inputs, now.delta, input_at(net, layer, s, step),
		layer->weight, layer->bias);
	send_down(net, layer, s, block, step, now.delta);
}

/* The block counts steps from the last one back. */
static void backward_steps(struct net *net, struct net_layer *layer, struct block block)
{
	const struct step_shape s = shape_of(net, layer);
	for (int i = block.first; i < block.first + block.units; i++) {
		int step = s.steps - 1 - i;
		if (s.cell->recurs)
			backward_recurrent_step(net, layer, &s, block, step);
		else
			backward_dense_step(net, layer, &s, block, step);
	}
}

/* Puts what was made for the layer before where it expects it. */
static void complete_backward(struct net *net, struct net_layer *layer)
{
	bool wants_delta = layer_number(net, layer) > 1 && layer[-1].takes_delta;
	if (layer->hidden == wants_delta)
		return;
	real *delta = net->upstream;
	net->upstream = net->delta;
	net->delta = delta;
}

/* ---- the rows ---- */

/* A step's multiply-adds; an activation takes as long as about 20 of them. */
static uint64_t cost_of_step(const struct net_layer *layer)
{
	uint64_t gates = layer->cell->gates;
	uint64_t inputs = layer->inputs / layer->steps, units = layer->units;
	return gates * units * (inputs + (layer->cell->recurs ? units : 0) + 20);
}

static uint64_t cost_of_step_back(const struct net_layer *layer)
{
	return 2 * cost_of_step(layer);
}

/* clang-format off */
static const struct stage forward[] = {
	{.name = "steps", .cut = CUT_STEPS, .work = forward_steps, .cost = cost_of_step},
	{0},
};

static const struct stage backward[] = {
	{.name = "steps back", .cut = CUT_STEPS, .work = backward_steps,
		.complete = complete_backward, .cost = cost_of_step_back},
	{0},
};

#define ROW(kind, tensors_of, text, ...) \
	const struct layer_kind kind = { \
		.help = text, .fits = recurrent_fits, .tensors = tensors_of, .buffers = recurrent_buffers, \
		.forward = forward, .backward = backward, .steps = recurrent_steps, __VA_ARGS__}

ROW(layer_rnn, recurrent_tensors, "h = f(W x + V h + b) at each time step (Elman 1990)",
	.name = "rnn", .cell = "rnn");
ROW(layer_lstm, recurrent_tensors, "long short-term memory (Hochreiter and Schmidhuber 1997)",
	.name = "lstm", .cell = "lstm");
ROW(layer_gru, recurrent_tensors, "gated recurrent unit (Cho et al. 2014)",
	.name = "gru", .cell = "gru");
ROW(layer_each_step, each_step_tensors, "dense at each time step, with the same weights",
	.name = "each-step", .cell = "each-step");
/* clang-format on */
