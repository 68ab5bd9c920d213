/* What layers that go through time steps are made of: shapes, tensors and buffers. */
#include "recurrent.h"

#include <math.h>

int recurrent_steps(const struct net_spec *spec, int l)
{
	int steps = spec->shape[l - 1].steps;
	return steps ? steps : 1;
}

struct step_shape step_shape_in(
	const struct net_spec *spec, int l, const struct recurrent_cell *cell)
{
	int steps = recurrent_steps(spec, l);
	return (struct step_shape){.cell = cell,
		.steps = steps,
		.inputs = spec->size[l - 1] / steps,
		.units = net_units(spec, l),
		.joint = cell->gates - cell->apart,
		.all = spec->shape[l].steps == steps};
}

static struct step_shape shape_of_spec(const struct net_spec *spec, int l)
{
	return step_shape_in(spec, l, recurrent_cell_find(layer_kind_of(spec, l)->cell));
}

bool recurrent_fits(const struct net_spec *spec, int l)
{
	struct step_shape s = shape_of_spec(spec, l);
	const struct net_shape *out = &spec->shape[l];
	bool all = out->steps == s.steps || (s.steps == 1 && !out->steps);
	return s.inputs >= 1 && s.units >= 1 && s.inputs * s.steps == spec->size[l - 1] &&
		s.units * (out->steps ? out->steps : 1) == spec->size[l] && out->height <= 1 &&
		out->width <= 1 && (all || (s.cell->recurs && out->steps <= 1)) &&
		(net_hidden(spec, l) || !s.cell->recurs) && spec->truncate >= 0;
}

static bool learns_slope(const struct net_spec *spec, int l, const struct recurrent_cell *cell)
{
	if (!net_hidden(spec, l) || cell->activation)
		return false;
	const struct activation *activation = activation_find(spec->activation[l - 1]);
	return activation && activation->learns_slope;
}

/* Places in the list of a recurrent layer. */
enum { WEIGHT_IH, WEIGHT_HH, BIAS_IH, BIAS_HH };

/* clang-format off */
static struct tensor slope_tensor(bool used)
{
	return (struct tensor){.name = "activation.slope",
		.value_name = "slope", .gradient_name = "slope gradient",
		.rows = 1, .columns = 1, .start = 0.25, .trained = true, .used = used,
		.least = -INFINITY};
}

/* PyTorch's names and order. Fans are those of the whole matrix, as PyTorch and Keras take them. */
int recurrent_tensors(const struct net_spec *spec, int l, struct tensor out[LAYER_TENSORS_MAX])
{
	struct step_shape s = shape_of_spec(spec, l);
	int rows = s.cell->gates * s.units, count = 0;
	out[count++] = (struct tensor){.name = "weight_ih",
		.value_name = "input weight", .gradient_name = "input weight gradient",
		.rows = rows, .columns = s.inputs, .fan_in = s.inputs, .fan_out = rows,
		.blocks = s.cell->gates, .draw = DRAW_MATRIX, .penalized = true, .trained = true,
		.used = true, .least = -INFINITY};
	out[count++] = (struct tensor){.name = "weight_hh",
		.value_name = "recurrent weight", .gradient_name = "recurrent weight gradient",
		.rows = rows, .columns = s.units, .fan_in = s.units, .fan_out = rows,
		.blocks = s.cell->gates, .draw = DRAW_MATRIX, .recurrent = true, .joined = true,
		.penalized = true, .trained = true, .used = true, .least = -INFINITY};
	out[count++] = (struct tensor){.name = "bias_ih",
		.value_name = "input bias", .gradient_name = "input bias gradient",
		.rows = rows, .columns = 1, .fan_in = s.inputs, .fan_out = rows,
		.blocks = s.cell->gates, .draw = DRAW_BIAS, .joined = true, .trained = true,
		.used = true, .check_spread = 0.3, .least = -INFINITY};
	out[count++] = (struct tensor){.name = "bias_hh",
		.value_name = "recurrent bias", .gradient_name = "recurrent bias gradient",
		.rows = rows, .columns = 1, .fan_in = s.units, .fan_out = rows,
		.blocks = s.cell->gates, .draw = DRAW_BIAS, .recurrent = true, .joined = true,
		.trained = true, .used = true, .check_spread = 0.3, .least = -INFINITY};
	for (int i = 0; i < count; i++)
		out[i].state_units = s.units;
	if (s.cell->forget >= 0)
		out[BIAS_IH].block_start[s.cell->forget] = spec->forget_bias;
	if (!s.cell->activation)
		out[count++] = slope_tensor(learns_slope(spec, l, s.cell));
	return count;
}

int each_step_tensors(
	const struct net_spec *spec, int l, struct tensor out[LAYER_TENSORS_MAX])
{
	struct step_shape s = shape_of_spec(spec, l);
	int count = 0;
	out[count++] = (struct tensor){.name = "weight",
		.value_name = "weight", .gradient_name = "weight gradient",
		.rows = s.units, .columns = s.inputs, .fan_in = s.inputs, .fan_out = s.units,
		.blocks = 1, .draw = DRAW_MATRIX, .penalized = true, .trained = true, .used = true,
		.least = -INFINITY};
	out[count++] = (struct tensor){.name = "bias",
		.value_name = "bias", .gradient_name = "bias gradient",
		.rows = s.units, .columns = 1, .fan_in = s.inputs, .fan_out = s.units,
		.draw = DRAW_BIAS, .joined = true, .trained = true, .used = true, .check_spread = 0.3,
		.least = -INFINITY};
	if (net_hidden(spec, l))
		out[count++] = slope_tensor(learns_slope(spec, l, s.cell));
	return count;
}
/* clang-format on */

/* What struct scratch of layer_recurrent.c points into. */
static int scratch_units(const struct step_shape *s)
{
	return (s->cell->gates + s->cell->apart + 1) * s->units;
}

int recurrent_buffers(const struct net_spec *spec, int l, struct buffer out[LAYER_BUFFERS_MAX])
{
	struct step_shape s = shape_of_spec(spec, l);
	int gates = s.cell->gates, values = s.steps * s.units, count = 0;
	out[count++] = (struct buffer){.name = "output", .units = spec->size[l]};
	if (!net_hidden(spec, l))
		return count;
	out[count++] =
		(struct buffer){.name = "scratch", .units = scratch_units(&s), .more = gates * s.units};
	if (!s.all)
		out[count++] = (struct buffer){.name = "state", .units = values - s.units};
	if (gates > 1) {
		out[count++] = (struct buffer){.name = "gates", .units = gates * values};
		out[count++] = (struct buffer){.name = "slopes", .units = gates * values};
	}
	if (gates == 1 || s.cell->has_cell_state)
		out[count++] = (struct buffer){.name = "derivative", .units = values};
	if (s.cell->has_cell_state) {
		out[count++] = (struct buffer){.name = "cell_state", .units = values};
		out[count++] = (struct buffer){.name = "squashed", .units = values};
		out[count++] = (struct buffer){.name = "delta_cell", .units = s.units};
	}
	if (s.cell->apart)
		out[count++] = (struct buffer){.name = "apart", .units = s.cell->apart * values};
	if (learns_slope(spec, l, s.cell))
		out[count++] = (struct buffer){.name = "preactivation", .units = values};
	return count;
}
