/* Weights: how far each layer has moved from its random start, and single weights before and now.
 *
 * The layers stand on the left, or above; the weights of the selected layer beside them, or below,
 * where there is room for them.
 */
#include "halves.h"
#include "nn/bounds.h"
#include "nn/elementary.h"
#include "nn/net.h"
#include "step.h"
#include "traces.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	SIDE_BY_SIDE = 60,  /* columns from which the weights stand beside the layers, */
	TRACES_BESIDE = 72, /* or beside the curves of one of two runs */
	STACKED = 14,       /* rows from which they stand below */
	NUMBER = 10,
	LABEL = 5,
	SHARE = 6,
	BAR_MIN = 4,
	MORE_DIGITS = 3,
	ROWS_FOR_RULE = 12,
	ROWS_OF_WEIGHTS = 4, /* the fewest: one between two heads and its next step */
};

/* The weights of a layer that the pane shows. */
struct matrix {
	const char *name; /* "weight_hh" of a layer with several; NULL: it is the only one */
	int rows, columns, count;
	const real *now, *start;
	size_t at; /* of the first one in the network's parameters */
};

/* What the pane knows of the network: its state, or only records. */
struct weights {
	const struct picture *picture;
	const struct record *record;
	const struct net *net;        /* NULL: the state is not known */
	const struct step_view *step; /* NULL: likewise */
	const char *optimizer;
	int layers, layer;    /* the selected one */
	struct matrix matrix; /* of it, with `net` */
	int chosen;           /* weight of the matrix, from 0 */
	double moved;         /* sum of |W - start| over all layers */
	double most;          /* of one layer */
};

static struct matrix matrix_of(const struct net *net, int l)
{
	const struct net_layer *layer = net_layer_of(net, l);
	const struct tensor *tensor = tensor_shown(layer->tensor, layer->tensors);
	if (!tensor)
		return (struct matrix){0};
	const real *now = net_values(net, tensor);
	return (struct matrix){
		.name = tensor > layer->tensor ? tensor->name : NULL,
		.rows = tensor->rows,
		.columns = tensor->columns,
		.count = (int)tensor_entries(tensor),
		.now = now,
		.start = net_initial_of(net, now),
		.at = tensor->at,
	};
}

/* Sum of |W - start| over all weights of a layer, which may have several matrices. */
static double layer_moved(const struct net *net, int l)
{
	const struct net_layer *layer = net_layer_of(net, l);
	double sum = 0;
	for (int t = 0; t < layer->tensors && layer->tensor[t].penalized; t++) {
		const real *now = net_values(net, &layer->tensor[t]), *start = net_initial_of(net, now);
		for (size_t i = 0; i < tensor_entries(&layer->tensor[t]); i++)
			sum += fabs((double)now[i] - (double)start[i]);
	}
	return sum;
}

static bool weights_of(const struct picture *picture, struct weights *weights)
{
	const struct frame *frame = &picture->frame;
	const struct state_view *state = frame->state;
	if (!frame->record || !frame->record->layers)
		return false;
	*weights = (struct weights){
		.record = frame->record,
		.layers = frame->record->layers,
		.optimizer = frame->settings ? frame->settings->optimizer : "",
		.picture = picture,
		.layer = layer_selected(picture, frame->record->layers),
	};
	if (!state || !state->net || state->data != frame->data ||
		net_spec_of(state->net)->layers != weights->layers)
		return true;
	weights->net = state->net;
	weights->step = state->step;
	for (int l = 1; l <= weights->layers; l++) {
		double moved = layer_moved(state->net, l);
		weights->moved += moved;
		weights->most = max_f64(weights->most, moved);
	}
	weights->matrix = matrix_of(state->net, weights->layer);
	weights->chosen = clamp_int(picture->view->weight, 0, weights->matrix.count - 1);
	return true;
}

/* ---- layers ---- */

/* The change of layers first..last: the mean of their medians, and their share of all movement. */
static void draw_layer(const struct weights *weights, struct area area, int first, int last)
{
	char label[2 * LAYER_LABEL + 2], end[LAYER_LABEL], change[PLOT_NUMBER + 4], part[PLOT_NUMBER];
	double sum = 0, moved = 0;
	for (int l = first; l <= last; l++) {
		sum += (double)record_layer(weights->record, l)->change;
		moved += weights->net ? layer_moved(weights->net, l) : 0;
	}
	double percent = sum / (last - first + 1), share = moved / weights->moved;
	bool selected = weights->layer >= first && weights->layer <= last;
	enum style style = selected ? STYLE_SELECTED : STYLE_NORMAL;
	area_target(area,
		(struct target){.layer = layer_row(weights->picture, selected ? weights->layer : first)});
	int middle = (area.height - 1) / 2, x = LABEL + NUMBER + 2;
	layer_label(label, first, weights->layers);
	layer_label(end, last, weights->layers);
	if (last > first)
		snprintf(label + strlen(label), LAYER_LABEL + 1, "-%s", end);
	if (selected)
		area_chosen(area, 0, middle, style);
	caption_right(area_sub(area, 1, 0, LABEL - 1, area.height), LABEL - 1, middle, style,
		last > first && strlen(label) > LABEL - 1 ? strchr(label, '-') + 1 : label);
	plot_number(change, percent);
	snprintf(change + strlen(change), 3, " %%");
	caption_right(area, x, middle, isfinite(percent) ? STYLE_NORMAL : STYLE_ALARM,
		record_is_nothing((float)percent) ? "-" : change);
	int heat = heat_step(percent / 100);
	if (!weights->net) {
		static const struct axis axis = {1e-6, 100, true};
		plot_bar_right(area_sub(area, x + 1, 0, area.width - x - 1, area.height),
			percent > 0 ? axis_fraction(&axis, percent) : 0, heat_style(heat));
		return;
	}
	plot_share(part, share);
	if (weights->moved > 0)
		caption_right(area, x + SHARE, middle, STYLE_NORMAL, part);
	x += SHARE + 1;
	if (area.width - x >= BAR_MIN)
		plot_bar_right(area_sub(area, x, 0, area.width - x, area.height),
			weights->most > 0 ? moved / weights->most : 0, heat_style(heat));
}

static void draw_layers(const struct weights *weights, struct area area)
{
	int rows = area.height - 1, each = rows > 0 ? (weights->layers + rows - 1) / rows : 0;
	if (each == 0)
		return;
	int count = (weights->layers + each - 1) / each, tall = max_int(rows / count, 1);
	caption_right(area, LABEL, 0, STYLE_DIM, "layer");
	caption_right(area, LABEL + NUMBER + 2, 0, STYLE_DIM, "change");
	const char *share = area.width >= 44 ? "share of all movement" : "share";
	if (weights->net)
		caption(area, LABEL + NUMBER + 3, 0, STYLE_DIM, share);
	for (int i = 0; i < count; i++)
		draw_layer(weights, area_sub(area, 0, 1 + i * tall, area.width, tall), 1 + i * each,
			min_int((i + 1) * each, weights->layers));
}

/* ---- single weights ---- */

struct weight {
	double start, now, gradient; /* gradient: of the next step's minibatch */
	double by_difference;        /* (start - now) / rate */
};

static struct weight weight_at(const struct weights *weights, int index)
{
	struct weight weight = {
		.start = (double)weights->matrix.start[index],
		.now = (double)weights->matrix.now[index],
		.gradient = record_nothing(),
		.by_difference = record_nothing(),
	};
	if (weights->step) {
		weight.gradient = (double)weights->step->gradient[weights->matrix.at + (size_t)index];
		weight.by_difference = (weight.start - weight.now) / weights->step->rate;
	}
	return weight;
}

/* |100 (start - now) / start|; a weight that starts at 0 has no percentage. */
static void change_text(char out[PLOT_NUMBER + 4], const struct weight *weight)
{
	if (weight->start == 0) {
		snprintf(out, PLOT_NUMBER + 4, weight->now == 0 ? "0 %%" : "from 0");
		return;
	}
	plot_number(out, fabs(100 * (weight->start - weight->now) / weight->start));
	snprintf(out + strlen(out), 3, " %%");
}

static const struct {
	const char *head;
	int rank;
} weight_columns[] = {{"start", 1}, {"now", 0}, {"change", 2}, {"(start−now)/η", 4}, {"∂L/∂W", 3}};

enum { WEIGHT_COLUMNS = sizeof(weight_columns) / sizeof(weight_columns[0]) };

/* Width of each column, a blank before its head included; 0: no room. */
static void place_columns(const struct glyphs *glyphs, int width, int out[WEIGHT_COLUMNS])
{
	int used = 0;
	for (int i = 0; i < WEIGHT_COLUMNS; i++) {
		out[i] = max_int(NUMBER, 1 + glyphs_text_width(glyphs, weight_columns[i].head));
		used += out[i];
	}
	for (int rank = WEIGHT_COLUMNS; rank >= 0 && used > width; rank--)
		for (int i = 0; i < WEIGHT_COLUMNS; i++)
			if (weight_columns[i].rank == rank) {
				used -= out[i];
				out[i] = 0;
			}
	for (int i = 0; i < 2 && width - used >= 2 * MORE_DIGITS; i++)
		out[i] += MORE_DIGITS; /* of start and now, where a change is small */
}

/* Both with their signs, and with as many digits as show a change. */
static void signed_pair(
	char a[PLOT_NUMBER + 4], char b[PLOT_NUMBER + 4], double x, double y, int columns)
{
	char first[PLOT_NUMBER], second[PLOT_NUMBER];
	plot_pair(first, second, x, y, columns);
	snprintf(a, PLOT_NUMBER + 4, "%s%s", x > 0 ? "+" : "", first);
	snprintf(b, PLOT_NUMBER + 4, "%s%s", y > 0 ? "+" : "", second);
}

static void draw_weight(const struct weights *weights, struct area area, int label_width, int index,
	const int width[WEIGHT_COLUMNS])
{
	int columns = weights->matrix.columns;
	struct weight weight = weight_at(weights, index);
	bool chosen = index == weights->chosen;
	enum style style = chosen ? STYLE_SELECTED : STYLE_NORMAL;
	char label[STEP_HEAD], text[WEIGHT_COLUMNS][PLOT_NUMBER + 4];
	area_target(area, (struct target){.weight = index + 1});
	snprintf(label, sizeof(label), "%d←%d", index / columns + 1, index % columns + 1);
	if (chosen)
		area_chosen(area, 0, 0, style);
	caption(area, 1, 0, chosen ? style : STYLE_DIM, label);
	signed_pair(text[0], text[1], weight.start, weight.now, width[1] - 2);
	change_text(text[2], &weight);
	step_number(text[3], sizeof(text[3]), weight.by_difference);
	step_number(text[4], sizeof(text[4]), weight.gradient);
	int x = label_width;
	for (int i = 0; i < WEIGHT_COLUMNS; i++) {
		x += width[i];
		if (width[i] > 0 && (i < 3 || weights->step))
			caption_right(area, x, 0, style, text[i]);
	}
}

/* The distance of a weight to the next larger one that a float can have. */
static double float_spacing(double value)
{
	int exponent;
	frexp(value, &exponent);
	return ldexp(1, exponent - FLT_MANT_DIG);
}

/* Why the numbers of the next step are as they are: the rule, or the rounding that swallowed it. */
static void add_rule(
	struct parts *parts, const struct weights *weights, const struct weight *weight, double next)
{
	char number[PLOT_NUMBER], size[PLOT_NUMBER];
	if (next == weight->now && weight->gradient != 0 && isfinite(next)) {
		plot_number(number, fabs(weight->now));
		plot_scientific(size, float_spacing(weight->now));
		parts_add(
			parts, 1, STYLE_WARNING, "lost in rounding: floats near %s are %s apart", number, size);
		parts_shorten(parts, "lost: floats here are %s apart", size);
	} else if (strcmp(weights->optimizer, "sgd") == 0) {
		parts_add(parts, 1, STYLE_DIM, "old − η × gradient = new");
	} else {
		step_number(number, sizeof(number), -weights->step->rate * weight->gradient);
		parts_add(parts, 1, STYLE_DIM, "%s; −η × gradient is %s", weights->optimizer, number);
	}
}

/* "2←1: 0.3121 − 0.1 × 0.0021 = 0.3119": the next step of the chosen weight, and in a second row,
 * if there is one, why. */
static void draw_update(const struct weights *weights, struct area area)
{
	int columns = weights->matrix.columns;
	struct weight weight = weight_at(weights, weights->chosen);
	char old[PLOT_NUMBER], rate[PLOT_NUMBER], gradient[PLOT_NUMBER], new[PLOT_NUMBER];
	char step[PLOT_NUMBER], label[STEP_HEAD], change[3 * PLOT_NUMBER];
	double next = (double)matrix_of(weights->step->after, weights->layer).now[weights->chosen];
	struct parts parts = {0}, below = {0};
	snprintf(label, sizeof(label), "%d←%d", weights->chosen / columns + 1,
		weights->chosen % columns + 1);
	plot_pair(old, new, weight.now, next, PLOT_NUMBER - 1);
	plot_number(rate, weights->step->rate);
	plot_number(gradient, weight.gradient);
	plot_number(step, fabs(next - weight.now));
	if (strcmp(weights->optimizer, "sgd") == 0)
		snprintf(change, sizeof(change), gradient[0] == '-' ? "− %s × (%s)" : "− %s × %s", rate,
			gradient);
	else
		snprintf(change, sizeof(change), "%s %s", next < weight.now ? "−" : "+", step);
	parts_add(&parts, 0, STYLE_NORMAL, "next step of %s: %s %s = %s", label, old, change, new);
	parts_shorten(&parts, "%s: %s %s = %s", label, old, change, new);
	add_rule(area.height > 1 ? &below : &parts, weights, &weight, next);
	parts_draw(&parts, area, 0, 0);
	parts_draw(&below, area, 0, 1);
}

/* The selected layer in words: its median change, its signs, and weights that no step has moved. */
static void draw_signs(const struct weights *weights, struct area area)
{
	const struct matrix *matrix = &weights->matrix;
	int positive = 0, negative = 0, still = 0;
	for (int i = 0; i < matrix->count; i++) {
		still += matrix->now[i] == matrix->start[i];
		positive += matrix->now[i] > 0;
		negative += matrix->now[i] < 0;
	}
	char label[LAYER_LABEL], part[PLOT_NUMBER], change[PLOT_NUMBER];
	struct parts parts = {0};
	layer_label(label, weights->layer, weights->layers);
	plot_share(part, (double)positive / (double)matrix->count);
	plot_number(change, (double)record_layer(weights->record, weights->layer)->change);
	parts_add(&parts, 0, STYLE_TITLE, "layer %s: %d weights%s%s", label, matrix->count,
		matrix->name ? " of " : "", matrix->name ? matrix->name : "");
	parts_add(&parts, 2, STYLE_NORMAL, "median change %s %%", change);
	parts_add(&parts, 1, STYLE_NORMAL, "%s positive", part);
	if (still > 0)
		parts_add(&parts, 3, STYLE_ALARM, "%d have not moved", still);
	if (positive + negative < matrix->count)
		parts_add(&parts, 4, STYLE_NORMAL, "%d are 0", matrix->count - positive - negative);
	parts_draw(&parts, area, 0, 0);
}

/* Returns the rows that the table leaves in the middle, from *free_row on. */
static int draw_weights(const struct weights *weights, struct area area, int *free_row)
{
	const struct matrix *matrix = &weights->matrix;
	int width[WEIGHT_COLUMNS], count = matrix->count;
	char label[STEP_HEAD];
	int label_width = snprintf(label, sizeof(label), " %d-%d", matrix->rows, matrix->columns) + 1;
	draw_signs(weights, area);
	int update = !weights->step || area.height < ROWS_OF_WEIGHTS ? 0
		: area.height < ROWS_FOR_RULE                            ? 1
																 : 2;
	int rows = area.height - 2 - update;
	place_columns(area.canvas->glyphs, area.width - label_width, width);
	int x = label_width;
	for (int i = 0; i < WEIGHT_COLUMNS; i++) {
		x += width[i];
		if (width[i] > 0 && (i < 3 || weights->step))
			caption_right(area, x, 1, STYLE_DIM, weight_columns[i].head);
	}
	int top = clamp_int(weights->chosen - rows / 2, 0, count > rows ? count - rows : 0);
	for (int i = 0; i < rows && top + i < count; i++)
		draw_weight(weights, area_sub(area, 0, 2 + i, area.width, 1), label_width, top + i, width);
	int y = area.height - update;
	if (update)
		draw_update(weights, area_sub(area, 0, y, area.width, update));
	*free_row = 2 + min_int(rows, count);
	return y - *free_row;
}

/* ---- the pane ---- */

static bool shows(const struct picture *picture, const char *beside)
{
	return strcmp(picture->view->beside, beside) == 0;
}

/* The weights of the selected layer and, in the room that they leave, those of all layers over the
 * epochs. */
static void draw_selected(const struct picture *picture, const struct picture *other,
	const struct weights *weights, struct area area)
{
	int row, rows = draw_weights(weights, area, &row);
	traces_draw_layers(picture, other ? &other->frame : NULL, picture->view->weight,
		area_sub(area, 0, row + 1, area.width, rows - 2));
}

/* Above the weights: a row for each layer, if that leaves enough for them. */
static int rows_of_layers(const struct weights *weights, int height)
{
	int rows = weights->layers + 1;
	return rows + ROWS_OF_WEIGHTS <= height ? rows : min_int(rows, height / 2);
}

static void draw_run(const struct picture *picture, struct area area, const struct picture *other)
{
	struct weights weights;
	if (!weights_of(picture, &weights)) {
		caption_sentence(area, STYLE_DIM,
			picture->frame.record ? "layers not kept for this epoch"
								  : "waiting for the first epoch");
		return;
	}
	bool traces = shows(picture, "traces"), alone = shows(picture, "nothing");
	bool beside = area.width >= (traces && other ? TRACES_BESIDE : SIDE_BY_SIDE),
		 below = !beside && area.height >= STACKED;
	bool both = weights.net && (beside || below);
	if (alone && weights.net) {
		draw_selected(picture, other, &weights, area);
		return;
	}
	int width = beside && both ? clamp_int(area.width * 3 / 8, 28, 60) : area.width;
	if (beside && both && traces)
		width = area.width - clamp_int(area.width / 2, 45, 60);
	int height = !both || beside ? area.height
		: traces                 ? area.height / 2
								 : rows_of_layers(&weights, area.height);
	int gap = area.height - height > ROWS_OF_WEIGHTS;
	struct area first = area_sub(area, 0, 0, width, height);
	if (traces)
		traces_draw(
			picture, other ? &other->frame : NULL, weights.layer, picture->view->weight, first);
	else
		draw_layers(&weights, first);
	if (both)
		draw_selected(picture, other, &weights,
			beside ? area_sub(area, width + 2, 0, area.width - width - 2, area.height)
				   : area_sub(area, 0, height + gap, area.width, area.height - height - gap));
}

static void weights_title(const struct picture *picture, char *out, int size)
{
	snprintf(out, (size_t)size, "weights · %s",
		shows(picture, "traces") ? "epoch by epoch" : "change since the start");
}

static bool weights_headline(const struct picture *picture, struct headline *headline)
{
	const struct record *record = picture->frame.record;
	int layer = layer_selected(picture, record->layers);
	char label[LAYER_LABEL];
	if (!record->layers || !isfinite(record_layer(record, layer)->change))
		return false;
	layer_label(label, layer, record->layers);
	const struct layer_record *row = record_layer(record, layer);
	bool hidden = row->change == 0 && row->change_norm > 0; /* by the precision of a float */
	plot_number(headline->number, (double)row->change);
	snprintf(headline->number + strlen(headline->number), 3, " %%");
	snprintf(headline->words, sizeof(headline->words), "layer %s: %s", label,
		hidden ? "most weights show no change" : "median change of a weight");
	headline->usual = "0.00 %";
	headline->style = STYLE_NORMAL;
	headline->briefly = hidden ? "most weights" : "median change";
	return true;
}

static struct probe_wish wish_of(const struct picture *picture, struct area area)
{
	bool single = area.width >= SIDE_BY_SIDE || area.height >= STACKED || shows(picture, "nothing");
	return (struct probe_wish){.weights = true, .step = single, .sample = picture->view->sample};
}

static const struct halves_way way = {{28, 6, 28, 6}, true, draw_run, wish_of};

static void weights_draw(const struct picture *picture, struct area area)
{
	halves_draw(&way, picture, area);
}

static struct probe_wish weights_wish(const struct picture *picture, struct area area)
{
	return halves_wish(&way, picture, area);
}

static struct probe_wish weights_pinned_wish(const struct picture *picture, struct area area)
{
	return halves_pinned_wish(&way, picture, area);
}

static bool weights_across(const struct picture *picture, int by, struct view *view)
{
	struct weights weights;
	if (!weights_of(picture, &weights) || !weights.net)
		return false;
	int count = weights.matrix.count;
	int before = weights.chosen;
	view->weight = clamp_int(before + by, 0, count - 1);
	return view->weight != before;
}

/* clang-format off */
const struct pane pane_weights = {
	.name = "weights",
	.help = "change of the weights since the start: by layer, and weight by weight",
	.guide = "Each row on the left is a layer. Change: the median over its weights of "
		"|100 (start - now) / start| in percent. Share: the sum of |start - now| over the layer's "
		"weights, divided by that of all layers; the longest bar is the largest share, its colour "
		"the change: dark for 1e-8, light for 1. On the right are the weights of the selected "
		"layer: "
		"2<-1 leads from input 1 to unit 2. Up and down select the layer, left and right the "
		"weight. (start - now) / eta is the sum of the gradients of all steps so far if the "
		"optimizer is plain SGD with a constant rate; it is the gradient only after one such "
		"step. dL/dW is the gradient of the next minibatch. A weight that started at 0 has no "
		"percentage: from 0. % goes on to curves of single weights over the epochs, in place of "
		"the layers, and to the weights alone. The curve of the chosen weight is solid; a large "
		"layer keeps some of its weights, and shows the one before the chosen one. \"lost in "
		"rounding\": the next step is so small that the weight stays the same number. A "
		"pinned run has rows and curves of its own, curves on the same axes.",
	.numbers = "change; share; new weight; (start-now)/η; dL/dW",
	.minimum_width = 24, .minimum_height = 4,
	.title = weights_title, .draw = weights_draw, .headline = weights_headline,
	.wish = weights_wish,
	.pinned_wish = weights_pinned_wish, .across = weights_across,
};
/* clang-format on */
