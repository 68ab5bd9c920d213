/* The phases of a step in convolutional layers. See step.h; the formulas are those of
 * docs/numerics.md, section 7. One channel is shown, the selected one or the first: forward at the
 * place where |z| is largest, on the way back its whole map. */
#include "step.h"

#include "nn/bounds.h"
#include "ui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct geometry {
	int inputs, height, width; /* of the maps that a kernel sees */
	int kernel, padding;
	int channels, lines, places; /* of the layer's own map */
	int pool;
};

static struct geometry geometry_of(const struct drawn_step *step, int l)
{
	const struct net_spec *spec = net_spec_of(step->before);
	const struct net_shape map = layer_kind_of(spec, l)->map(spec, l), *in = &spec->shape[l - 1];
	return (struct geometry){.inputs = net_units(spec, l - 1),
		.height = max_int(in->height, 1),
		.width = max_int(in->width, 1),
		.kernel = spec->kernel[l - 1],
		.padding = spec->padding[l - 1],
		.channels = net_units(spec, l),
		.lines = map.height,
		.places = map.width,
		.pool = spec->pool[l - 1]};
}

static struct geometry geometry(const struct drawn_step *step)
{
	return geometry_of(step, step->phase.layer);
}

static const struct sample_layer *here(const struct drawn_step *step)
{
	return step_sample(step, step->phase.layer);
}

static int channel_of(const struct drawn_step *step)
{
	return step_unit(step, geometry(step).channels);
}

static int places_of(const struct geometry *g)
{
	return g->lines * g->places;
}

/* Of the kernel of one channel. */
static int taps_of(const struct geometry *g)
{
	return g->inputs * g->kernel * g->kernel;
}

/* The channel's part of an array of [channels][lines][places]. */
static const float *map_of(const struct drawn_step *step, const float *array)
{
	struct geometry g = geometry(step);
	return array + (size_t)channel_of(step) * (size_t)places_of(&g);
}

/* The place of the channel where a value is largest. */
static int strongest(const struct drawn_step *step, const float *array)
{
	struct geometry g = geometry(step);
	const float *value = map_of(step, array);
	int most = 0;
	for (int i = 1; i < places_of(&g); i++)
		if (fabs((double)value[i]) > fabs((double)value[most]))
			most = i;
	return most;
}

/* What a tap of the kernel sees at a place; 0 beside the map. Taps count [inputs][line][place]. */
static double seen(const struct drawn_step *step, const struct geometry *g, int tap, int place)
{
	const float *x = step_sample(step, step->phase.layer - 1)->passed;
	int taps = g->kernel * g->kernel, input = tap / taps;
	int y = place / g->places + tap % taps / g->kernel - g->padding;
	int column = place % g->places + tap % g->kernel - g->padding;
	bool inside = y >= 0 && y < g->height && column >= 0 && column < g->width;
	return inside ? (double)x[(input * g->height + y) * g->width + column] : 0;
}

static const real *kernels_of(const struct drawn_step *step)
{
	struct geometry g = geometry(step);
	return step_layer(step)->weight + (size_t)channel_of(step) * (size_t)taps_of(&g);
}

/* "3,4", from 1: line and place. */
static void label_of_place(const struct drawn_step *step, int row, char out[STEP_HEAD])
{
	struct geometry g = geometry(step);
	snprintf(out, STEP_HEAD, "%d,%d", row / g.places + 1, row % g.places + 1);
}

/* "2:1,3": the input channel, then line and place in its kernel. */
static void label_of_tap(const struct drawn_step *step, int row, char out[STEP_HEAD])
{
	struct geometry g = geometry(step);
	int taps = g.kernel * g.kernel, in = row % taps;
	if (g.inputs > 1)
		snprintf(out, STEP_HEAD, "%d:%d,%d", row / taps + 1, in / g.kernel + 1, in % g.kernel + 1);
	else
		snprintf(out, STEP_HEAD, "%d,%d", in / g.kernel + 1, in % g.kernel + 1);
}

/* Places of the map, beginning before the one that matters most. */
static void rows_of_map(const struct drawn_step *step, struct step_table *table, const float *array)
{
	struct geometry g = geometry(step);
	table->rows = places_of(&g);
	table->first = strongest(step, array) - 2;
}

/* ---- one place: patch times kernel ---- */

static double value_weight(const struct drawn_step *step, int row)
{
	return (double)kernels_of(step)[row];
}

static double value_seen(const struct drawn_step *step, int row)
{
	struct geometry g = geometry(step);
	return seen(step, &g, row, strongest(step, here(step)->z));
}

static double value_product(const struct drawn_step *step, int row)
{
	return value_weight(step, row) * value_seen(step, row);
}

static void table_of_place(const struct drawn_step *step, struct step_table *table)
{
	struct geometry g = geometry(step);
	table->rows = taps_of(&g);
	step_add(table, "K", "", 1, value_weight);
	step_add(table, "patch", "×", 2, value_seen);
	step_add(table, "product", "=", 0, value_product);
	table->bar[0] = 2;
	table->rms = false;
}

static void formula_of_place(const struct drawn_step *step, char out[STEP_TEXT])
{
	char label[STEP_HEAD];
	label_of_place(step, strongest(step, here(step)->z), label);
	snprintf(
		out, STEP_TEXT, "z(%s) of channel %d = Σ kernel × patch + b", label, channel_of(step) + 1);
}

static const char *meaning_of_place(const struct drawn_step *step)
{
	(void)step;
	return "the same kernel serves every place of the map";
}

static void effect_of_place(const struct drawn_step *step, struct parts *parts)
{
	struct geometry g = geometry(step);
	char sum[PLOT_NUMBER], bias[PLOT_NUMBER], z[PLOT_NUMBER];
	double products = 0, b = (double)step_layer(step)->bias[channel_of(step)];
	for (int tap = 0; tap < taps_of(&g); tap++)
		products += value_product(step, tap);
	plot_number(sum, products);
	plot_number(bias, b);
	plot_number(z, (double)map_of(step, here(step)->z)[strongest(step, here(step)->z)]);
	parts_add(parts, 0, STYLE_NORMAL,
		step_before_activation(step) ? "sum %s, b %s, u %s" : "sum %s, b %s: z = %s", sum, bias, z);
	parts_add(parts, 1, STYLE_DIM, "the strongest of %d places", places_of(&g));
}

const struct step_row step_place = {
	.name = "forward",
	.row_head = "tap",
	.does = STEP_SUMS,
	.formula = formula_of_place,
	.meaning = meaning_of_place,
	.table = table_of_place,
	.label = label_of_tap,
	.effect = effect_of_place,
};

/* ---- the map ---- */

static double value_z(const struct drawn_step *step, int row)
{
	return (double)map_of(step, here(step)->z)[row];
}

static double value_output(const struct drawn_step *step, int row)
{
	return (double)map_of(step, here(step)->output)[row];
}

static double value_slope(const struct drawn_step *step, int row)
{
	return (double)map_of(step, here(step)->derivative)[row];
}

static void table_of_map(const struct drawn_step *step, struct step_table *table)
{
	rows_of_map(step, table, here(step)->z);
	step_add(table, step_before_activation(step) ? "u" : "z", "", 2, value_z);
	step_add(table, "a", "→", 0, value_output);
	step_add_positive(table, "f′", "", 1, value_slope);
	table->bar[0] = 1;
	table->bar[1] = 2;
}

static void formula_of_map(const struct drawn_step *step, char out[STEP_TEXT])
{
	snprintf(out, STEP_TEXT, "a = %s(z) at each place of channel %d", step_symbol(step),
		channel_of(step) + 1);
}

static const char *meaning_of_map(const struct drawn_step *step)
{
	(void)step;
	return "the channel's map: where the kernel found what it looks for";
}

static void effect_of_map(const struct drawn_step *step, struct parts *parts)
{
	struct geometry g = geometry(step);
	int zeros = 0;
	for (int i = 0; i < places_of(&g); i++)
		zeros += value_slope(step, i) == 0;
	if (zeros > 0)
		parts_add(parts, 0, STYLE_WARNING, "%d of %d places have slope 0: no error passes them",
			zeros, places_of(&g));
	else
		parts_add(parts, 0, STYLE_DIM, "on the way back the slopes multiply the error");
	if (g.pool)
		parts_add(parts, 1, STYLE_NORMAL,
			g.pool == NET_POOL_MAX ? "then the largest of each 2×2 goes on"
								   : "then the mean of the map goes on");
}

const struct step_row step_map = {
	.name = "forward",
	.row_head = "place",
	.does = STEP_ACTIVATES,
	.formula = formula_of_map,
	.meaning = meaning_of_map,
	.table = table_of_map,
	.label = label_of_place,
	.effect = effect_of_map,
};

/* ---- the way back ---- */

/* dL/d of value `index` that this layer passes on, before the pooled places get their shares. */
static double error_of_passed(const struct drawn_step *step, int index)
{
	int l = step->phase.layer + 1;
	const struct net_layer *next = net_layer_of(step->before, l);
	const float *delta = step_sample(step, l)->delta;
	double sum = 0;
	if (!next->kind->map) {
		struct step_product product = step_product_back(step, index);
		return step_product_sum(&product);
	}
	const struct geometry g = geometry_of(step, l);
	int area = g.height * g.width, input = index / area, taps = g.kernel * g.kernel;
	int line = index % area / g.width, column = index % g.width;
	for (int tap = 0; tap < taps; tap++) {
		int y = line - tap / g.kernel + g.padding, x = column - tap % g.kernel + g.padding;
		if (y < 0 || y >= g.lines || x < 0 || x >= g.places)
			continue;
		for (int c = 0; c < g.channels; c++)
			sum +=
				(double)next->weight[(size_t)(c * g.inputs + input) * (size_t)taps + (size_t)tap] *
				(double)delta[(c * g.lines + y) * g.places + x];
	}
	return sum;
}

/* True if max pooling took this place: the first of the largest in its 2 x 2. */
static bool was_taken(const struct drawn_step *step, const struct geometry *g, int row)
{
	const float *value = map_of(step, here(step)->output);
	int top = row / g->places / 2 * 2, left = row % g->places / 2 * 2, most = -1;
	if (top + 1 >= g->lines || left + 1 >= g->places)
		return false;
	for (int i = 0; i < 4; i++) {
		int at = (top + i / 2) * g->places + left + i % 2;
		most = most < 0 || value[at] > value[most] ? at : most;
	}
	return most == row;
}

static double value_error(const struct drawn_step *step, int row)
{
	struct geometry g = geometry(step);
	int channel = channel_of(step);
	if (g.pool == NET_POOL_MEAN)
		return error_of_passed(step, channel) / places_of(&g);
	if (g.pool != NET_POOL_MAX)
		return error_of_passed(step, channel * places_of(&g) + row);
	int lines = g.lines / 2, places = g.places / 2;
	if (!was_taken(step, &g, row))
		return 0;
	return error_of_passed(
		step, (channel * lines + row / g.places / 2) * places + row % g.places / 2);
}

static double value_delta(const struct drawn_step *step, int row)
{
	return (double)map_of(step, here(step)->delta)[row];
}

static void table_of_back(const struct drawn_step *step, struct step_table *table)
{
	rows_of_map(step, table, here(step)->delta);
	step_add(table, "∂L/∂a", "", 1, value_error);
	step_add_positive(table, "f′", "×", 2, value_slope);
	step_add(table, "δ", step_besides(step) ? "→" : "=", 0, value_delta);
	table->bar[0] = 0;
	table->bar[1] = 2;
}

static void formula_of_back(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct geometry g = geometry(step);
	bool conv = net_layer_of(step->before, step->phase.layer + 1)->kind->map;
	const char *pooled = g.pool == NET_POOL_MEAN ? " / places"
		: g.pool == NET_POOL_MAX                 ? " where it was the largest of four"
												 : "";
	snprintf(out, STEP_TEXT, "δ = ∂L/∂a ⊙ %s′(z),  ∂L/∂a = %s%s", step_symbol(step),
		conv ? "Σ turned kernels × δ" : "Wᵀδ", pooled);
}

static const char *meaning_of_back(const struct drawn_step *step)
{
	(void)step;
	return "the next layer's error, place by place";
}

static void effect_of_back(const struct drawn_step *step, struct parts *parts)
{
	const struct sample_layer *next = step_sample(step, step->phase.layer + 1);
	struct geometry g = geometry(step);
	char number[PLOT_NUMBER];
	double all = step_rms_of(here(step)->delta, here(step)->units);
	plot_number(number, step_rms_of(map_of(step, here(step)->delta), places_of(&g)));
	parts_add(parts, 0, STYLE_NORMAL, "RMS δ of the channel %s", number);
	plot_number(number, all);
	parts_add(parts, 1, STYLE_NORMAL, "of the layer %s", number);
	plot_number(number, step_rms_of(next->delta, next->units));
	parts_add(parts, 1, STYLE_NORMAL, "of the next %s", number);
}

const struct step_row step_back_map = {
	.name = "backward",
	.row_head = "place",
	.does = STEP_SENDS_BACK,
	.formula = formula_of_back,
	.meaning = meaning_of_back,
	.table = table_of_back,
	.label = label_of_place,
	.effect = effect_of_back,
};

/* ---- the gradient of a kernel: a sum over places ---- */

/* At each tap, over all places. */
static double value_gradient(const struct drawn_step *step, int row)
{
	struct geometry g = geometry(step);
	const float *delta = map_of(step, here(step)->delta);
	double sum = 0;
	for (int place = 0; place < places_of(&g); place++)
		sum += (double)delta[place] * seen(step, &g, row, place);
	return sum;
}

/* The part of the place where |delta| is largest. */
static double value_of_strongest(const struct drawn_step *step, int row)
{
	struct geometry g = geometry(step);
	int place = strongest(step, here(step)->delta);
	return (double)map_of(step, here(step)->delta)[place] * seen(step, &g, row, place);
}

static double value_of_others(const struct drawn_step *step, int row)
{
	return value_gradient(step, row) - value_of_strongest(step, row);
}

static void table_of_places(const struct drawn_step *step, struct step_table *table)
{
	struct geometry g = geometry(step);
	char head[STEP_HEAD], place[STEP_HEAD];
	table->rows = taps_of(&g);
	label_of_place(step, strongest(step, here(step)->delta), place);
	snprintf(head, sizeof(head), "at %.8s", place);
	step_add(table, head, "", 1, value_of_strongest);
	step_add(table, "others", "+", 2, value_of_others);
	step_add(table, "∂L/∂K", "=", 0, value_gradient);
	table->bar[0] = 0;
	table->bar[1] = 2;
}

static void formula_of_places(const struct drawn_step *step, char out[STEP_TEXT])
{
	struct geometry g = geometry(step);
	snprintf(out, STEP_TEXT, "∂L/∂K of channel %d = Σ δ × patch over %d places",
		channel_of(step) + 1, places_of(&g));
}

static const char *meaning_of_places(const struct drawn_step *step)
{
	(void)step;
	return "one kernel serves all places: their gradients add up";
}

static void effect_of_places(const struct drawn_step *step, struct parts *parts)
{
	struct geometry g = geometry(step);
	const struct tensor *matrix = step_matrix(step->before, step->phase.layer, 0);
	int taps = taps_of(&g);
	double squares = 0;
	char number[PLOT_NUMBER];
	for (int tap = 0; tap < taps; tap++) {
		double gradient = value_gradient(step, tap);
		squares += gradient * gradient / taps;
	}
	plot_number(number, sqrt(squares));
	parts_add(parts, 0, STYLE_NORMAL, "RMS of this sample %s", number);
	plot_number(number,
		step_rms_of(
			step->view->gradient + matrix->at + (size_t)channel_of(step) * (size_t)taps, taps));
	parts_add(parts, 1, STYLE_NORMAL, "of the mean over the minibatch %s", number);
}

const struct step_row step_over_places = {
	.name = "backward",
	.row_head = "tap",
	.formula = formula_of_places,
	.meaning = meaning_of_places,
	.table = table_of_places,
	.label = label_of_tap,
	.effect = effect_of_places,
};
