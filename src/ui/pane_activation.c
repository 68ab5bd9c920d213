/* Activation: the curves of f and f' and, on the same axis, the histogram of the selected layer's
 * z, which shows the values of f' that the gradient meets. */
#include "halves.h"
#include "lab/text.h"
#include "nn/act.h"
#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include <math.h>
#include <stdio.h>

enum { SAMPLES_A_COLUMN = 2, LABEL_COLUMNS = 16 };

static const struct axis z_axis = {DETAIL_LOW, DETAIL_HIGH, false};

/* The selected layer, or the last hidden one if that is the output layer. Without a model, a hidden
 * layer as the settings describe it. */
static struct layer_model layer_shown(const struct picture *picture)
{
	const struct frame *frame = &picture->frame;
	int layers = frame->record ? frame->record->layers : 0, hidden = model_hidden(frame->model);
	int layer = layers > 0 ? layer_selected(picture, layers) : 1;
	const struct layer_model *model = model_layer(frame->model, layer < hidden ? layer : hidden);
	if (model)
		return *model;
	return frame->settings ? model_hidden_layer(frame->settings, layer) : (struct layer_model){0};
}

static void activation_title(const struct picture *picture, char *out, int size)
{
	int layers = picture->frame.record ? picture->frame.record->layers : 0;
	const char *known = layer_shown(picture).activation, *name = known ? known : "unknown";
	if (layers < 1)
		snprintf(out, (size_t)size, "activation · %s", name);
	else if (layer_selected(picture, layers) == layers)
		snprintf(out, (size_t)size, "activation · %s · z of out", name);
	else
		snprintf(out, (size_t)size, "activation · %s · z of layer %d", name,
			layer_selected(picture, layers));
}

/* An activation function and its parameters. */
struct function {
	const struct activation *activation;
	struct activation_parameters parameters;
};

static struct function function_of(const struct picture *picture, const struct layer_detail *detail)
{
	const struct layer_model layer = layer_shown(picture);
	struct function function = {NULL, layer.parameters};
	if (layer.activation)
		function.activation = activation_find(layer.activation);
	if (detail && !record_is_nothing(detail->slope))
		function.parameters.learned_slope = (real)detail->slope;
	return function;
}

/* Both values at z; [0] is f, [1] is f'. */
static void evaluate(const struct function *function, double z, double value[2])
{
	real u = (real)z, f, derivative;
	function->activation->apply(&function->parameters, 1, &u, &f, &derivative);
	value[0] = (double)f;
	value[1] = (double)derivative;
}

struct shape {
	struct axis y;
	double greatest, place; /* largest sampled |f'|, and its z */
	int times;              /* samples that reach it; many if f' has a plateau */
};

/* The axis spans at most -1 to 3; an unbounded function leaves the picture. */
static struct shape shape_of(const struct function *function)
{
	struct shape shape = {.y = {0, 1, false}, .greatest = -1};
	for (int i = -160; i <= 160; i++) {
		double z = i / 20.0, value[2];
		evaluate(function, z, value);
		for (int k = 0; k < 2; k++) {
			shape.y.low = min_f64(shape.y.low, max_f64(value[k], -1));
			shape.y.high = max_f64(shape.y.high, min_f64(value[k], 3));
		}
		if (fabs(value[1]) > shape.greatest + 1e-6) {
			shape.greatest = fabs(value[1]);
			shape.place = z;
			shape.times = 0;
		}
		shape.times += fabs(value[1]) > shape.greatest - 1e-6;
	}
	return shape;
}

static void draw_curve(struct area plot, const struct function *function, const struct axis *y,
	int which, enum stroke stroke, enum style style)
{
	int count = plot_dots_across(plot) * SAMPLES_A_COLUMN;
	struct spot before = {NAN, NAN};
	for (int i = 0; i <= count; i++) {
		double value[2], fraction = (double)i / count;
		evaluate(function, axis_value(&z_axis, fraction), value);
		struct spot here = {fraction, axis_fraction(y, value[which])};
		if (i > 0)
			plot_line(plot, before, here, stroke, style);
		before = here;
	}
}

static void draw_curves(
	struct area area, int left, const struct function *function, const struct shape *shape)
{
	struct area plot = area_sub(area, left, 0, area.width - left, area.height);
	struct ticks ticks = axis_ticks(&shape->y, 2 + area.height / 2);
	if (left)
		plot_axis_left(area, left, &shape->y, &ticks);
	int zero = plot_row(plot, axis_fraction(&shape->y, 0));
	for (int x = 0; x < plot.width; x += 2)
		area_put(plot, x, zero, plot.canvas->glyphs->point[0], STYLE_DIM);
	draw_curve(plot, function, &shape->y, 0, STROKE_SOLID, STYLE_BAR);
	draw_curve(plot, function, &shape->y, 1, STROKE_DASHED, STYLE_SECOND);
}

static const struct layer_detail *detail_of(const struct picture *picture)
{
	const struct detail *detail = picture->frame.detail;
	if (!detail || !picture->frame.record || picture->frame.record->layers < 1)
		return NULL;
	int layer = layer_selected(picture, picture->frame.record->layers);
	return layer <= detail->layers ? &detail->layer[layer - 1] : NULL;
}

/* Height of column x: the mean of the bins it covers, each weighted by the share it covers, because
 * bins and columns seldom coincide. */
static double column_height(const struct layer_detail *detail, int x, int width)
{
	double from = (double)x * DETAIL_BINS / width, to = (double)(x + 1) * DETAIL_BINS / width;
	double sum = 0;
	for (int bin = (int)from; bin < DETAIL_BINS && bin < to; bin++)
		sum += (double)detail->bin[bin] * (min_f64(to, bin + 1) - max_f64(from, bin));
	return sum / (to - from);
}

static void draw_histogram(struct area plot, const struct layer_detail *detail)
{
	double highest = 0;
	for (int x = 0; x < plot.width; x++)
		highest = max_f64(highest, column_height(detail, x, plot.width));
	if (highest <= 0)
		return;
	for (int x = 0; x < plot.width; x++)
		plot_bar_up(area_sub(plot, x, 0, 1, plot.height),
			column_height(detail, x, plot.width) / highest, STYLE_GOOD);
}

static double share_outside(const struct layer_detail *detail, uint64_t count)
{
	double all = (double)detail->below + (double)detail->above;
	for (int i = 0; i < DETAIL_BINS; i++)
		all += (double)detail->bin[i];
	return all > 0 ? 100 * (double)count / all : 0;
}

/* Values outside the axis: an arrow and their share. */
static void draw_outside(struct area plot, const struct layer_detail *detail)
{
	const struct glyphs *glyphs = plot.canvas->glyphs;
	char text[32];
	int y = plot.height - 1;
	if (detail->below) {
		snprintf(text, sizeof(text), " %.2g %%", share_outside(detail, detail->below));
		area_put(plot, 0, y, glyphs->arrow_left, STYLE_WARNING);
		caption(plot, 1, y, STYLE_WARNING, text);
	}
	if (detail->above) {
		snprintf(text, sizeof(text), "%.2g %% ", share_outside(detail, detail->above));
		area_put(plot, plot.width - 1, y, glyphs->arrow_right, STYLE_WARNING);
		caption_right(plot, plot.width - 1, y, STYLE_WARNING, text);
	}
}

/* The axis, with the span of one standard deviation around the mean of z. */
static void draw_axis(struct area plot, const struct layer_record *layer)
{
	struct ticks ticks = axis_ticks(&z_axis, plot.width >= 24 ? 9 : 3);
	plot_axis_below(plot, &z_axis, &ticks);
	if (!layer || !isfinite(layer->z_mean) || !isfinite(layer->z_std))
		return;
	double mean = layer->z_mean, deviation = layer->z_std;
	int from = plot_column(plot, axis_fraction(&z_axis, mean - deviation));
	int to = plot_column(plot, axis_fraction(&z_axis, mean + deviation));
	for (int x = from < 0 ? 0 : from; x <= to && x < plot.width; x++)
		area_put(plot, x, 0, plot.canvas->glyphs->tick_level, STYLE_GOOD);
	area_put(plot, plot_column(plot, axis_fraction(&z_axis, mean)), 0, plot.canvas->glyphs->tick,
		STYLE_GOOD);
}

/* `bars`: what the histogram shows, or why there is none; NULL: no word about it. */
static void draw_legend(struct area area, int y, const struct activation *activation,
	const struct shape *shape, const char *bars)
{
	struct parts parts = {0};
	char greatest[PLOT_NUMBER], place[PLOT_NUMBER];
	plot_number(greatest, shape->greatest);
	plot_number(place, shape->place);
	parts_add(&parts, 2, STYLE_BAR, "%s", activation->symbol);
	parts_add(&parts, 1, STYLE_SECOND, "┄%s′ ≤ %s", activation->symbol, greatest);
	if (shape->times <= 2)
		parts_add(&parts, 3, STYLE_DIM, "greatest at z = %s", place);
	if (bars)
		parts_add(&parts, 4, STYLE_GOOD, "bars: %s", bars);
	parts_draw(&parts, area, 0, y);
}

/* `pinned`: the same layer of a second run that has no picture of its own; NULL: none. */
static void draw_statistics(const struct picture *picture, struct area area, int y,
	const struct layer_record *layer, const struct layer_record *pinned,
	const struct layer_detail *detail)
{
	struct parts parts = {0};
	char mean[PLOT_NUMBER], deviation[PLOT_NUMBER];
	if (!record_is_nothing(layer->z_mean)) {
		snprintf(mean, sizeof(mean), "%.3g", number_to_print(layer->z_mean));
		snprintf(deviation, sizeof(deviation), "%.2g", number_to_print(layer->z_std));
		parts_add(&parts, 1, STYLE_GOOD, "z %s ± %s", mean, deviation);
	}
	if (!record_is_nothing(layer->deriv_mean))
		parts_add(&parts, 0, STYLE_SECOND, "mean f′ %.3g", number_to_print(layer->deriv_mean));
	if (detail && !record_is_nothing(detail->slope))
		parts_add(&parts, 0, STYLE_BAR, "learned slope %.3g", number_to_print(detail->slope));
	if (!record_is_nothing(layer->saturated))
		parts_add(&parts, 2, STYLE_NORMAL, "%s %.3g %%", idle_word(picture),
			number_to_print(100 * (double)layer->saturated));
	if (pinned && !record_is_nothing(pinned->z_mean))
		parts_add(&parts, 3, STYLE_TWIN, "pinned %.3g ± %.2g", number_to_print(pinned->z_mean),
			number_to_print(pinned->z_std));
	parts_draw(&parts, area, 0, y);
}

static const struct layer_record *layer_of(const struct picture *picture)
{
	const struct record *record = picture->frame.record;
	return record && record->layers > 0
		? &record->layer[layer_selected(picture, record->layers) - 1]
		: NULL;
}

/* Top to bottom: legend, curves, histogram, axis with labels, numbers; small panes leave some of
 * them out, never the curves. */
static void draw_run(
	const struct picture *picture, struct area area, const struct layer_record *pinned)
{
	const struct layer_detail *detail = detail_of(picture);
	const struct function function = function_of(picture, detail);
	const struct layer_record *layer = layer_of(picture);
	if (!function.activation) {
		caption_sentence(area, STYLE_DIM, "the formula of this activation is not known");
		return;
	}
	int numbers = layer && area.height >= 3, legend = area.height >= 4;
	int axis = area.height >= 6 ? 2 : 0;
	int rest = area.height - numbers - legend - axis;
	int bars = detail && rest >= 3 ? (rest + 1) / 3 : 0;
	struct shape shape = shape_of(&function);
	struct ticks ticks = axis_ticks(&shape.y, 2 + (rest - bars) / 2);
	int left = area.width >= LABEL_COLUMNS && rest >= 3 ? ticks.width + 1 : 0;
	int width = area.width - left, y = legend;
	if (legend)
		draw_legend(area, 0, function.activation, &shape,
			bars > 0                        ? "z of this layer"
				: detail_forgotten(picture) ? "not kept for this epoch"
											: NULL);
	draw_curves(area_sub(area, 0, y, area.width, rest - bars), left, &function, &shape);
	y += rest - bars;
	if (bars) {
		draw_histogram(area_sub(area, left, y, width, bars), detail);
		draw_outside(area_sub(area, left, y, width, bars), detail);
	}
	y += bars;
	if (axis) {
		draw_axis(area_sub(area, left, y, width, 2), layer);
		caption_right(area, left, y + 1, STYLE_DIM, "z ");
	}
	if (numbers)
		draw_statistics(picture, area, area.height - 1, layer, pinned, detail);
}

/* A second run has a picture of its own where there is room, else one number. */
static void activation_draw(const struct picture *picture, struct area area)
{
	static const struct halves_room room = {34, 9, 34, 9};
	const struct picture pinned = halves_pinned(picture);
	struct halves halves = halves_of(picture, area, &room, true);
	if (halves.pinned.width == 0) {
		draw_run(picture, area, layer_of(&pinned));
		return;
	}
	halves_draw_names(&halves, picture);
	draw_run(picture, halves.run, NULL);
	draw_run(&pinned, halves.pinned, NULL);
}

const struct pane pane_activation = {
	.name = "activation",
	.help = "the activation function, its derivative, and the histogram of the selected layer's z",
	.guide = "The function f, its derivative f' (dashed) and under them, on the same axis, the "
			 "histogram of the selected layer's z (what enters the activation). The gradient is "
			 "multiplied by f' at the z of each sample: above high bars, read f'. Arrows at the "
			 "sides give the share of z outside the axis. j and k select a layer. A pinned run "
			 "has curves of its own, or where there is no room the mean and deviation of its z.",
	.minimum_width = 30,
	.minimum_height = 6,
	.title = activation_title,
	.draw = activation_draw,
};
