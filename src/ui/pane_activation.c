/* Activation: the curves of f and f' and, on the same axis, the histogram of the selected layer's
 * z, which shows the values of f' that the gradient meets. */
#include "curves.h"
#include "function_table.h"
#include "halves.h"
#include "lab/text.h"
#include "nn/bounds.h"
#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/target.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	ROWS_FOR_LEGEND = 12, /* below, the legend stands in the plot where that is free */
	COLUMNS_FOR_GRID = 56,
	ROWS_FOR_GRID = 14,
	CURSOR_STEPS = 4, /* to a unit of z */
	CURSOR_LAST = 16 * CURSOR_STEPS + 1,
	CURSOR_MIDDLE = (CURSOR_LAST + 1) / 2,
};

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

static bool shows(const struct picture *picture, const char *curves)
{
	return strcmp(picture->view->curves, curves) == 0;
}

static void activation_title(const struct picture *picture, char *out, int size)
{
	int layers = picture->frame.record ? picture->frame.record->layers : 0;
	const char *known = layer_shown(picture).activation, *name = known ? known : "unknown";
	const struct picture pinned = halves_pinned(picture);
	const char *other = pinned.frame.model ? layer_shown(&pinned).activation : NULL;
	if (shows(picture, "table"))
		snprintf(out, (size_t)size, "activation · all functions · %s in force%s%s", name,
			other ? " · •: pinned " : "", other ? other : "");
	else if (layers < 1)
		snprintf(out, (size_t)size, "activation · %s", name);
	else if (layer_selected(picture, layers) == layers)
		snprintf(out, (size_t)size, "activation · %s · z of out", name);
	else
		snprintf(out, (size_t)size, "activation · %s · z of layer %d", name,
			layer_selected(picture, layers));
}

static double cursor_z(int cursor)
{
	return DETAIL_LOW + (cursor - 1) / (double)CURSOR_STEPS;
}

/* ---- functions ---- */

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

/* Adds the functions of the setting `compare` that are not among these yet. */
static int add_compared(const char *list, struct function function[CURVES_MAX], int count)
{
	char name[64];
	for (const char *at = list; *at && count < CURVES_MAX; at += *at == '/') {
		int length = (int)strcspn(at, "/"), known = 0;
		snprintf(name, sizeof(name), "%.*s", length, at);
		at += length;
		const struct activation *activation = activation_find(name);
		for (int i = 0; i < count; i++)
			known += function[i].activation == activation;
		if (activation && !known)
			function[count++] = (struct function){activation, activation_parameters_default()};
	}
	return count;
}

/* ---- histogram ---- */

static int cursor_column(struct area plot, int cursor)
{
	return plot_column(plot, axis_fraction(&function_z_axis, cursor_z(cursor)));
}

/* Each column stands for the cursor there, or the last one before it. */
static void set_targets(struct area plot)
{
	for (int cursor = 1; cursor <= CURSOR_LAST; cursor++) {
		int x = cursor_column(plot, cursor);
		area_target(
			area_sub(plot, x, 0, plot.width - x, plot.height), (struct target){.cursor = cursor});
	}
}

/* A line at the cursor's z, where nothing else is. */
static void draw_cursor(const struct picture *picture, struct area plot)
{
	if (plot.canvas->target)
		set_targets(plot);
	if (!picture->view->cursor)
		return;
	int x = cursor_column(plot, picture->view->cursor);
	for (int y = 0; y < plot.height; y++)
		if (area_code(plot, x, y) == ' ')
			area_put(plot, x, y, plot.canvas->glyphs->vertical, STYLE_MARK);
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

/* Counts of outputs between two values; a bin counts by the share that lies between them. */
static double outputs_between(const struct layer_detail *detail, double from, double to)
{
	const double width = (DETAIL_OUTPUT_HIGH - DETAIL_OUTPUT_LOW) / DETAIL_BINS;
	double sum = 0;
	for (int i = 0; i < DETAIL_BINS; i++) {
		double low = DETAIL_OUTPUT_LOW + i * width;
		double part = min_f64(to, low + width) - max_f64(from, low);
		sum += part > 0 ? (double)detail->output_bin[i] * part / width : 0;
	}
	return sum;
}

/* The histogram of the layer's output a, turned on its side: each bar has its a on the axis of f.
 * The rows at the ends also have the halves of bins beyond the axis. */
static void draw_outputs(struct area side, const struct axis *y, const struct layer_detail *detail)
{
	const double half = (DETAIL_OUTPUT_HIGH - DETAIL_OUTPUT_LOW) / DETAIL_BINS / 2;
	double each = (y->high - y->low) / side.height, highest = 0;
	for (int turn = 0; turn < 2; turn++)
		for (int row = 0; row < side.height; row++) {
			double from = y->high - (row + 1) * each - (row + 1 == side.height ? half : 0);
			double to = y->high - row * each + (row == 0 ? half : 0);
			double count = outputs_between(detail, from, to);
			highest = max_f64(highest, count);
			if (turn == 1 && highest > 0)
				plot_bar_right(area_sub(side, 0, row, side.width, 1), count / highest, STYLE_GOOD);
		}
	uint64_t all = detail->output_below + detail->output_above;
	for (int i = 0; i < DETAIL_BINS; i++)
		all += detail->output_bin[i];
	if (detail->output_above)
		area_format(side, 0, 0, STYLE_WARNING, "↑ %.2g %%",
			100 * (double)detail->output_above / (double)all);
	if (detail->output_below)
		area_format(side, 0, side.height - 1, STYLE_WARNING, "↓ %.2g %%",
			100 * (double)detail->output_below / (double)all);
}

/* The axis, with the span of one standard deviation around the mean of z. */
static void draw_axis(struct area plot, const struct layer_record *layer)
{
	struct ticks ticks = axis_ticks(&function_z_axis, plot.width >= 24 ? 9 : 3);
	plot_axis_below(plot, &function_z_axis, &ticks);
	if (!layer || !isfinite(layer->z_mean) || !isfinite(layer->z_std))
		return;
	double mean = layer->z_mean, deviation = layer->z_std;
	int from = plot_column(plot, axis_fraction(&function_z_axis, mean - deviation));
	int to = plot_column(plot, axis_fraction(&function_z_axis, mean + deviation));
	for (int x = from < 0 ? 0 : from; x <= to && x < plot.width; x++)
		area_put(plot, x, 0, plot.canvas->glyphs->tick_level, STYLE_GOOD);
	area_put(plot, plot_column(plot, axis_fraction(&function_z_axis, mean)), 0,
		plot.canvas->glyphs->tick, STYLE_GOOD);
}

/* ---- words ---- */

static void add_legend(struct parts *parts, const struct function *function)
{
	const struct summit summit = function_summit(function);
	const char *symbol = function->activation->symbol;
	char greatest[PLOT_NUMBER], place[PLOT_NUMBER];
	plot_number(greatest, summit.value);
	plot_number(place, summit.z);
	parts_add(parts, 2, STYLE_BAR, "%s", symbol);
	parts_add(parts, 1, STYLE_SECOND, "┄%s′ ≤ %s", symbol, greatest);
	if (summit.single)
		parts_add(parts, 3, STYLE_DIM, "greatest at z = %s", place);
}

static void add_names(struct parts *parts, const struct curves *curves)
{
	for (int i = 0; i < curves->count; i++) {
		const struct curve *curve = &curves->curve[i];
		parts_add(parts, i, curve->style, "%s%s%s", curve->stroke == STROKE_DASHED ? "┄" : "",
			curve->function->activation->symbol, curve->which == FUNCTION_DERIVATIVE ? "′" : "");
	}
}

static void value_text(char out[PLOT_NUMBER], double value)
{
	snprintf(out, PLOT_NUMBER, "%.3g", number_to_print((float)value));
}

static void add_value(struct parts *parts, int rank, const struct curve *curve, double z)
{
	double value[2];
	char number[PLOT_NUMBER];
	function_at(curve->function, z, value);
	value_text(number, value[curve->which]);
	parts_add(parts, rank, curve->style, "%s%s %s", curve->function->activation->symbol,
		curve->which == FUNCTION_DERIVATIVE ? "′" : "", number);
}

/* "z 1.25 · σ 0.777 · σ′ = σ×(1−σ) = 0.777×(1−0.777) = 0.173" */
static void add_readout(struct parts *parts, const struct curves *curves, double z)
{
	const struct curve *last = &curves->curve[curves->count - 1];
	const char *symbol = last->function->activation->symbol;
	char letters[FUNCTION_TEXT], numbers[FUNCTION_TEXT], result[PLOT_NUMBER];
	double value[2];
	parts_add(parts, 0, STYLE_MARK, "z %g", z);
	for (int i = 0; i + 1 < curves->count; i++)
		add_value(parts, i ? i : 1, &curves->curve[i], z);
	if (last->which != FUNCTION_DERIVATIVE || last->function != curves->curve[0].function) {
		add_value(parts, curves->count, last, z);
		return;
	}
	function_formula(last->function, z, false, letters);
	function_formula(last->function, z, true, numbers);
	function_at(last->function, z, value);
	value_text(result, value[FUNCTION_DERIVATIVE]);
	if (strcmp(letters, numbers) == 0) {
		parts_add(parts, 0, last->style, "%s′ = %s (%s)", symbol, result, letters);
	} else {
		parts_add(parts, 0, last->style, "%s′ = %s = %s = %s", symbol, letters, numbers, result);
		parts_shorten(parts, "%s′ = %s = %s", symbol, numbers, result);
	}
	parts_shorten(parts, "%s′ %s", symbol, result);
}

/* The blank columns at the left of a row. */
static struct area blank_part(struct area row)
{
	int width = 0;
	while (width < row.width && area_code(row, width, 0) == ' ')
		width++;
	return area_sub(row, 0, 0, width - 1, 1);
}

/* `pinned`: the same layer of a second run that has no picture of its own; NULL: none. */
static void draw_statistics(const struct picture *picture, struct area area, int y,
	const struct layer_record *layer, const struct layer_record *pinned,
	const struct layer_detail *detail)
{
	struct parts parts = {0};
	char mean[PLOT_NUMBER], deviation[PLOT_NUMBER], step[PLOT_NUMBER] = "";
	/* the bars above are those of all time steps */
	if (layer->step > 0)
		snprintf(step, sizeof(step), "t%d: ", layer->step);
	if (!record_is_nothing(layer->z_mean)) {
		snprintf(mean, sizeof(mean), "%.3g", number_to_print(layer->z_mean));
		snprintf(deviation, sizeof(deviation), "%.2g", number_to_print(layer->z_std));
		parts_add(&parts, 1, STYLE_GOOD, "%sz %s ± %s", step, mean, deviation);
	}
	if (!record_is_nothing(layer->deriv_mean))
		parts_add(&parts, pinned ? 2 : 0, STYLE_SECOND, "mean f′ %.3g",
			number_to_print(layer->deriv_mean));
	if (detail && !record_is_nothing(detail->slope))
		parts_add(&parts, 0, STYLE_BAR, "learned slope %.3g", number_to_print(detail->slope));
	if (!record_is_nothing(layer->saturated))
		parts_add(&parts, pinned ? 3 : 2, STYLE_NORMAL, "%s %.3g %%", idle_word(picture),
			number_to_print(100 * (double)layer->saturated));
	if (pinned && !record_is_nothing(pinned->z_mean)) {
		parts_add(&parts, 0, STYLE_TWIN, "pinned %.3g ± %.2g", number_to_print(pinned->z_mean),
			number_to_print(pinned->z_std));
		parts_shorten(&parts, "pinned %.3g", number_to_print(pinned->z_mean));
	}
	parts_draw(&parts, area, 0, y);
}

/* What a picture has to show of the selected layer, and the functions. */
struct scene {
	const struct picture *picture;
	const struct layer_record *layer;  /* NULL: not known */
	const struct layer_record *pinned; /* of a second run without a picture; NULL: none */
	const struct layer_detail *detail;
	int count;
	struct function function[CURVES_MAX]; /* the one in force first */
};

static void draw_words(const struct scene *scene, const struct curves *curves, struct area row)
{
	struct parts parts = {0};
	if (scene->picture->view->cursor)
		add_readout(&parts, curves, cursor_z(scene->picture->view->cursor));
	else if (curves->curve[1].function == curves->curve[0].function)
		add_legend(&parts, &scene->function[0]);
	else
		add_names(&parts, curves);
	if (detail_forgotten(scene->picture))
		parts_add(&parts, 4, STYLE_DIM, "bars: not kept for this epoch");
	else if (scene->detail && !scene->picture->view->cursor)
		parts_add(&parts, 4, STYLE_GOOD, "bars: z of this layer");
	parts_draw(&parts, row, 0, 0);
}

/* Top to bottom: words, curves, histogram, axis with labels, numbers; small panes leave some of
 * them out, never the curves. */
static void draw_single(const struct scene *scene, const struct curves *curves, struct area area)
{
	int numbers = scene->layer && area.height >= 3;
	int words = area.height >= ROWS_FOR_LEGEND || (scene->picture->view->cursor && area.height > 3);
	int axis = area.height >= 6 ? 2 : 0;
	int rest = area.height - numbers - words - axis;
	int bars = scene->detail && rest >= 3 ? (rest + words) / 4 : 0;
	int side = bars && shows(scene->picture, "output") ? area.width / 3 : 0;
	struct area upper = area_sub(area, 0, words, area.width - side, rest - bars);
	int left = curves_left(curves, upper), width = upper.width - left, y = words + rest - bars;
	struct area plot = area_sub(upper, left, 0, width, upper.height);
	curves_draw(curves, upper, left);
	draw_cursor(scene->picture, plot);
	if (side)
		draw_outputs(area_sub(area, area.width - side + 1, words, side - 1, rest - bars),
			&curves->y, scene->detail);
	if (curves->curve[1].function != curves->curve[0].function)
		curves_label(curves, plot);
	if (words)
		draw_words(scene, curves, area_sub(area, 0, 0, area.width, 1));
	else if (area.height > 3)
		draw_words(scene, curves, blank_part(area_sub(plot, 0, 0, width, 1)));
	if (bars) {
		struct area under = area_sub(area, left, y, width, bars);
		draw_histogram(under, scene->detail);
		draw_outside(under, scene->detail);
		draw_cursor(scene->picture, under);
	}
	if (axis) {
		draw_axis(area_sub(area, left, y + bars, width, 2), scene->layer);
		caption_right(area, left, y + bars + 1, STYLE_DIM, "z ");
		caption(area_sub(area, area.width - side + 1, 0, side - 1, area.height), 0, y + bars + 1,
			STYLE_GOOD, "a of this layer");
	}
	if (numbers)
		draw_statistics(
			scene->picture, area, area.height - 1, scene->layer, scene->pinned, scene->detail);
}

/* One curve on its own axes, its formula above. */
static void draw_quarter(
	const struct scene *scene, const struct function *function, struct area area, bool slope)
{
	struct curves curves = curves_of_one(function, slope ? FUNCTION_DERIVATIVE : FUNCTION_VALUE);
	struct parts parts = {0};
	struct area upper = area_sub(area, 0, 1, area.width, area.height - 3);
	int left = curves_left(&curves, upper);
	curves_draw(&curves, upper, left);
	draw_cursor(scene->picture, area_sub(upper, left, 0, upper.width - left, upper.height));
	draw_axis(area_sub(area, left, area.height - 2, area.width - left, 2), scene->layer);
	caption_right(area, left, area.height - 1, STYLE_DIM, "z ");
	if (scene->picture->view->cursor) {
		add_readout(&parts, &curves, cursor_z(scene->picture->view->cursor));
	} else if (slope) {
		char formula[FUNCTION_TEXT];
		function_formula(function, 0, false, formula);
		parts_add(&parts, 0, STYLE_SECOND, "%s′ = %s", function->activation->symbol, formula);
		parts_shorten(&parts, "%s′", function->activation->symbol);
	} else {
		parts_add(&parts, 0, STYLE_BAR, "%s", function->activation->symbol);
		parts_add(&parts, 1, STYLE_DIM, "%s", function->activation->help);
	}
	parts_draw(&parts, area, 0, 0);
}

/* Two functions, one below the other; f is on the left, f' on the right. */
static void draw_grid(const struct scene *scene, struct area area)
{
	int numbers = scene->layer != NULL, height = area.height - numbers, half = height / 2;
	int width = (area.width - 2) / 2;
	for (int i = 0; i < 4; i++)
		draw_quarter(scene, &scene->function[i / 2],
			area_sub(area, i % 2 * (width + 2), i / 2 * half, width, half), i % 2);
	if (numbers)
		draw_statistics(
			scene->picture, area, area.height - 1, scene->layer, scene->pinned, scene->detail);
}

static const struct layer_record *layer_of(const struct picture *picture)
{
	const struct record *record = picture->frame.record;
	return record && record->layers > 0 ? &record->layer[row_selected(picture, record->rows) - 1]
										: NULL;
}

static struct scene scene_of(const struct picture *picture, const struct layer_record *pinned)
{
	struct scene scene = {.picture = picture, .pinned = pinned, .count = 1};
	scene.layer = layer_of(picture);
	scene.detail = detail_of(picture);
	scene.function[0] = function_of(picture, scene.detail);
	if (scene.function[0].activation)
		scene.count = add_compared(picture->view->compare, scene.function, 1);
	return scene;
}

/* `pinned`: the same layer of a second run that has no picture of its own; NULL: none. */
static void draw_run(
	const struct picture *picture, struct area area, const struct layer_record *pinned)
{
	const struct scene scene = scene_of(picture, pinned);
	bool grid = shows(picture, "grid"), slopes = shows(picture, "derivatives");
	if (!scene.function[0].activation) {
		caption_sentence(area, STYLE_DIM, "the formula of this activation is not known");
		return;
	}
	if (grid && scene.count > 1 && area.width >= COLUMNS_FOR_GRID && area.height >= ROWS_FOR_GRID) {
		draw_grid(&scene, area);
		return;
	}
	bool together = scene.count > 1 && (grid || slopes || shows(picture, "functions"));
	struct curves curves = together ? curves_of_several(scene.function, grid ? 2 : scene.count,
										  slopes ? FUNCTION_DERIVATIVE : FUNCTION_VALUE)
									: curves_of_both(&scene.function[0]);
	draw_single(&scene, &curves, area);
}

/* A second run has a picture of its own where there is room, else one number. */
static bool activation_headline(const struct picture *picture, struct headline *headline)
{
	const struct layer_record *layer = layer_of(picture);
	if (!layer || record_is_nothing(layer->deriv_mean))
		return false;
	snprintf(
		headline->number, sizeof(headline->number), "%.3g", number_to_print(layer->deriv_mean));
	snprintf(headline->words, sizeof(headline->words), "mean f′ of layer %d: a factor of its error",
		layer_selected(picture, picture->frame.record->layers));
	headline->usual = "0.000";
	headline->style = STYLE_SECOND;
	headline->briefly = "mean f′";
	return true;
}

static void activation_draw(const struct picture *picture, struct area area)
{
	static const struct halves_room room = {34, 9, 34, 9};
	const struct picture pinned = halves_pinned(picture);
	const struct function in_force = function_of(picture, NULL);
	if (shows(picture, "table") && in_force.activation) {
		function_table_draw(
			area, &in_force, pinned.frame.model ? function_of(&pinned, NULL).activation : NULL);
		return;
	}
	struct halves halves = halves_of(picture, area, &room, true);
	if (halves.pinned.width == 0) {
		draw_run(picture, area, layer_of(&pinned));
		return;
	}
	halves_draw_names(&halves, picture);
	draw_run(picture, halves.run, NULL);
	draw_run(&pinned, halves.pinned, NULL);
}

static bool activation_across(const struct picture *picture, int by, struct view *view)
{
	int before = picture->view->cursor;
	view->cursor = before ? clamp_int(before + by, 1, CURSOR_LAST) : CURSOR_MIDDLE;
	return view->cursor != before;
}

const struct pane pane_activation = {
	.name = "activation",
	.help = "the activation function, its derivative, and the histogram of the selected layer's z",
	.guide =
		"The function f, its derivative f' (dashed) and under them, on the same axis, the "
		"histogram of the selected layer's z (what enters the activation). The gradient is "
		"multiplied by f' at the z of each sample: above high bars, read f'. Arrows at the "
		"sides give the share of z outside the axis. Of a recurrent layer the bars are those of "
		"all time steps, the numbers below those of the selected one. Up and down select. Left and "
		"right move a cursor along z: the first line has f and f' there, and how f' follows "
		"from f. K goes on to the functions of the setting compare beside the one in force, "
		"to their derivatives, to a grid of two functions with their derivatives, to the "
		"histogram of the layer's output a, beside the axis of f, and to a table of all functions: "
		"range, greatest f', f' far left and right; a unit can die where f' is 0. A "
		"pinned run has curves of its own, or where there is no room the mean and deviation of "
		"its z; in the table a point marks its function.",
	.numbers = "f(z), f'(z); z_mean; z_std; deriv_mean; saturated; inactive; outside",
	.minimum_width = 30,
	.minimum_height = 6,
	.title = activation_title,
	.draw = activation_draw,
	.headline = activation_headline,
	.across = activation_across,
};
