#include "traces.h"

#include "nn/bounds.h"
#include "nn/elementary.h"
#include "step.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/solid_curve.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { OTHERS = 8, LEFT_COLUMNS = 16, ROWS_FOR_LEGEND = 4, ROWS_FOR_EPOCHS = 7 };

/* Of several plots: the least room of one, and the most side by side. */
enum { PLOT_WIDTH = 30, PLOT_HEIGHT = 9, PLOTS_ACROSS = 3 };

struct traces {
	const struct frame *frame;
	const struct layer_detail *now; /* which weights are kept */
	int layer, chosen;              /* place of the chosen one among those that are kept */
	struct axis epochs, y;
	int kept; /* epochs with weights of this layer */
};

/* The weights of the layer beside a record; NULL: not kept, or those of another network. */
static const struct layer_detail *weights_at(const struct traces *traces, int index)
{
	const struct detail *detail = history_detail(traces->frame->history.all, index);
	const struct layer_detail *layer;
	if (!detail || detail->layers != traces->frame->detail->layers)
		return NULL;
	layer = &detail->layer[traces->layer - 1];
	return layer->weights == traces->now->weights &&
			layer->weight_every == traces->now->weight_every
		? layer
		: NULL;
}

/* The place of curve i: the chosen weight is the last one, drawn over the others. */
static int place_of(const struct traces *traces, int curve)
{
	int others = min_int(OTHERS, traces->now->weights);
	return curve < others ? curve * traces->now->weights / others : traces->chosen;
}

static int curves_of(const struct traces *traces)
{
	return min_int(OTHERS, traces->now->weights) + 1;
}

/* The curves of a layer of a run; false: it has none. */
static bool traces_of(const struct frame *frame, int layer, int chosen, struct traces *traces)
{
	const struct detail *detail = frame->detail;
	if (!detail || !frame->history.all || layer > detail->layers + 1 ||
		detail->layer[layer - 1].weights < 1)
		return false;
	*traces = (struct traces){
		.frame = frame,
		.layer = layer,
		.now = &detail->layer[layer - 1],
		.epochs = {0, 1, false},
		.y = {INFINITY, -INFINITY, false},
	};
	traces->chosen = min_int(chosen / traces->now->weight_every, traces->now->weights - 1);
	return true;
}

/* Finds the range of epochs and values. */
static void measure(struct traces *traces)
{
	const struct history_view *history = &traces->frame->history;
	for (int i = 0; i < history->count; i++) {
		const struct layer_detail *layer = weights_at(traces, i);
		traces->kept += layer != NULL;
		for (int c = 0; layer && c < curves_of(traces); c++) {
			double value = (double)layer->weight[place_of(traces, c)];
			if (!isfinite(value))
				continue;
			traces->y.low = min_f64(traces->y.low, value);
			traces->y.high = max_f64(traces->y.high, value);
			traces->epochs.high =
				max_f64(traces->epochs.high, (double)history_at(history->all, i)->epoch);
		}
	}
}

/* Axes around these curves and those of another run; NULL: there is none. */
static void set_axes(struct traces *traces, const struct traces *other)
{
	double low = traces->y.low, high = traces->y.high;
	if (other) {
		low = min_f64(low, other->y.low);
		high = max_f64(high, other->y.high);
		traces->epochs.high = max_f64(traces->epochs.high, other->epochs.high);
	}
	double margin = high > low ? 0.05 * (high - low) : 0.5;
	traces->y = (struct axis){low - margin, high + margin, false};
}

static void draw_curve(const struct traces *traces, struct area plot, int curve)
{
	const struct history_view *history = &traces->frame->history;
	bool chosen = curve + 1 == curves_of(traces);
	const struct glyphs *glyphs = plot.canvas->glyphs;
	struct spot before = {NAN, NAN};
	struct solid_curve marked; /* not by a thinner line, where these are hard to tell apart */
	solid_curve_begin(&marked, plot);
	for (int i = 0; i < history->count; i++) {
		const struct layer_detail *layer = weights_at(traces, i);
		if (!layer)
			continue;
		double value = (double)layer->weight[place_of(traces, curve)];
		struct spot here = {
			axis_fraction(&traces->epochs, (double)history_at(history->all, i)->epoch),
			axis_fraction(&traces->y, value),
		};
		struct spot from = isnan(before.x) ? here : before;
		if (chosen && glyphs->second)
			solid_curve_add(&marked, from, here);
		else
			plot_line(plot, from, here, chosen ? STROKE_SOLID : STROKE_DASHED,
				chosen ? STYLE_BAR : STYLE_DIM);
		before = here;
	}
	solid_curve_spell(&marked, glyphs->point[1], STYLE_BAR);
}

static void draw_legend(
	const struct traces *traces, int inputs, bool one_of_several, struct area row)
{
	struct parts parts = {0};
	char label[LAYER_LABEL], first[PLOT_NUMBER], now[PLOT_NUMBER];
	int index = traces->chosen * traces->now->weight_every, i = 0, rank = one_of_several;
	const char *sign = row.canvas->glyphs->second ? "*" : "━";
	while (!weights_at(traces, i))
		i++;
	layer_label(label, traces->layer, traces->frame->record->layers);
	if (one_of_several)
		parts_add(&parts, 0, STYLE_TITLE, "layer %s", label);
	plot_pair(first, now, (double)weights_at(traces, i)->weight[traces->chosen],
		(double)traces->now->weight[traces->chosen], PLOT_NUMBER - 1);
	if (inputs)
		parts_add(&parts, rank, STYLE_BAR, "%s %d←%d: %s → %s", sign, index / inputs + 1,
			index % inputs + 1, first, now);
	else
		parts_add(&parts, rank, STYLE_BAR, "%s weight %d: %s → %s", sign, index + 1, first, now);
	if (!one_of_several) {
		parts_add(&parts, 1, STYLE_DIM, "┄ others of layer %s", label);
		parts_shorten(&parts, "┄ others");
	}
	parts_add(&parts, 2, STYLE_DIM, "%d epochs kept", traces->kept);
	parts_draw(&parts, row, 0, 0);
}

/* The columns of the matrix whose weights are kept; 0: not known. Through time, a unit sees all
 * units of its own layer. */
static int inputs_of(const struct frame *frame, int layer)
{
	const struct layer_model *here = model_layer(frame->model, layer);
	if (!here || strcmp(here->kind, layer_dense.name) != 0)
		return here && here->steps > 1 ? here->units : 0;
	const struct layer_model *below = model_layer(frame->model, layer - 1);
	if (layer > 1)
		return below ? below->units : 0;
	return frame->data ? frame->data->features : 0;
}

static void draw_layer(const struct picture *picture, const struct frame *other, int layer,
	int chosen, bool one_of_several, struct area area)
{
	struct traces traces, others;
	if (!traces_of(&picture->frame, layer, chosen, &traces)) {
		caption_sentence(area, STYLE_DIM, "weights not kept for this epoch");
		return;
	}
	measure(&traces);
	if (!(traces.y.low <= traces.y.high)) {
		caption_sentence(area, STYLE_DIM,
			traces.kept ? "no weight is a number" : "weights not kept for any epoch yet");
		return;
	}
	bool both = other && traces_of(other, layer, chosen, &others);
	if (both)
		measure(&others);
	set_axes(&traces, both ? &others : NULL);
	int legend = area.height >= ROWS_FOR_LEGEND, below = area.height >= ROWS_FOR_EPOCHS ? 2 : 0;
	struct area upper = area_sub(area, 0, legend, area.width, area.height - legend - below);
	struct ticks ticks = axis_ticks(&traces.y, 2 + upper.height / 3);
	int left = area.width >= LEFT_COLUMNS ? ticks.width + 1 : 0;
	struct area plot = area_sub(upper, left, 0, area.width - left, upper.height);
	if (left)
		plot_axis_left(upper, left, &traces.y, &ticks);
	for (int c = 0; c < curves_of(&traces); c++)
		draw_curve(&traces, plot, c);
	if (legend)
		draw_legend(&traces, inputs_of(&picture->frame, layer), one_of_several,
			area_sub(area, 0, 0, area.width, 1));
	if (below) {
		struct ticks epochs = axis_ticks(&traces.epochs, plot.width >= 40 ? 6 : 3);
		plot_axis_below(
			area_sub(area, left, area.height - 2, plot.width, 2), &traces.epochs, &epochs);
	}
}

void traces_draw(const struct picture *picture, const struct frame *other, int layer, int chosen,
	struct area area)
{
	draw_layer(picture, other, layer, chosen, false, area);
}

bool traces_draw_layers(
	const struct picture *picture, const struct frame *other, int chosen, struct area area)
{
	int layers = picture->frame.record ? picture->frame.record->layers : 0;
	int across = min_int(area.width / PLOT_WIDTH, PLOTS_ACROSS);
	int down = across > 0 ? min_int(area.height / PLOT_HEIGHT, (layers + across - 1) / across) : 0;
	int count = min_int(across * down, layers);
	if (count < 2)
		return false;
	int width = (area.width - 2 * (across - 1)) / across, height = (area.height - down + 1) / down;
	for (int i = 0; i < count; i++)
		draw_layer(picture, other, 1 + (i * (layers - 1) + (count - 1) / 2) / (count - 1), chosen,
			true,
			area_sub(area, i % across * (width + 2), i / across * (height + 1), width, height));
	return true;
}
