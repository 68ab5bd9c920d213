/* Gradients: one bar a layer on a logarithmic axis. The bars are drawn by gradients_level.c or,
 * where rows run out, by gradients_upright.c; the line under them by gradients_legend.c. */
#include "gradients.h"
#include "lab/history.h"
#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/large.h"
#include "ui/pane_rows.h"
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
	RECENT = 20,         /* records that the axis follows */
	RECENT_IN_COLOR = 8, /* that the colour of a bar follows */
};

static const struct quantity quantities[] = {
	{"rms", "RMS ∂L/∂W", "RMS ∂L/∂W", "┃ RMS δ", "━ RMS δ", offsetof(struct layer_record, grad_rms),
		offsetof(struct layer_record, delta_rms)},
	{"l2", "L2 ∂L/∂W", "L2 ∂L/∂W", "┃ RMS δ", "━ RMS δ", offsetof(struct layer_record, grad_l2),
		offsetof(struct layer_record, delta_rms)},
	{"delta", "RMS δ = ∂L/∂z", "RMS δ", "┃ ∂L/∂W", "━ ∂L/∂W",
		offsetof(struct layer_record, delta_rms), offsetof(struct layer_record, grad_rms)},
};

/* The weights are the same at all time steps, so that only the gradient of the state can differ. */
static const struct quantity through_time = {"delta", "RMS ∂L/∂h of each time step", "RMS ∂L/∂h",
	NULL, NULL, offsetof(struct layer_record, delta_rms), offsetof(struct layer_record, delta_rms)};

static const struct quantity *shown_find(const struct picture *picture)
{
	if (picture->frame.record && has_steps(picture->frame.record))
		return &through_time;
	for (size_t i = 0; i < sizeof(quantities) / sizeof(quantities[0]); i++)
		if (strcmp(quantities[i].name, picture->view->gradient) == 0)
			return &quantities[i];
	return &quantities[0];
}

static void gradients_title(const struct picture *picture, char *out, int size)
{
	snprintf(out, (size_t)size, "gradients · %s · log", shown_find(picture)->symbol);
}

double gradients_tick_of(const struct record *record, const struct quantity *shown, int row)
{
	return shown->tick_symbol ? (double)row_value(record, row, shown->tick) : NAN;
}

bool gradients_drawable(double value)
{
	return isfinite(value) && value > 0;
}

/* The range of log10 of the bars and ticks of a record; false if no number in it is positive. */
static bool record_range(
	const struct record *record, const struct quantity *shown, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (int row = 1; row <= record->rows; row++)
		for (int i = 0; i < 2; i++) {
			double value = (double)row_value(record, row, i ? shown->tick : shown->offset);
			if (!gradients_drawable(value))
				continue;
			*low = min_f64(*low, log10_f64(value));
			*high = max_f64(*high, log10_f64(value));
		}
	return *low <= *high;
}

/* The shown record and those before it that have layers, back to the last change of a setting. */
static int recent_records(const struct picture *picture, int most, const struct record *recent[])
{
	const struct history_view *history = &picture->frame.history;
	const struct record *newest = picture->frame.record;
	int count = 0;
	recent[count++] = newest;
	for (int i = history->count - 1; i >= 0 && count < most; i--) {
		if (recent[count - 1]->event[0])
			break;
		const struct record *record = history_at(history->all, i);
		if (record->epoch < newest->epoch && (record->layers || record->event[0]))
			recent[count++] = record;
	}
	return count;
}

static void sort(double *value, int count)
{
	for (int i = 1; i < count; i++)
		for (int k = i; k > 0 && value[k - 1] > value[k]; k--) {
			double swap = value[k];
			value[k] = value[k - 1];
			value[k - 1] = swap;
		}
}

/* One extreme record in ten is ignored at either end: a single spike is clipped, with an arrow, and
 * does not compress all bars for the next epochs. */
struct axis gradients_axis(const struct picture *picture, const struct quantity *shown)
{
	const struct record *recent[RECENT];
	double low[RECENT], high[RECENT];
	int records = recent_records(picture, RECENT, recent), count = 0;
	for (int i = 0; i < records; i++)
		count += record_range(recent[i], shown, &low[count], &high[count]);
	if (count == 0)
		return (struct axis){1e-8, 1, true};
	sort(low, count);
	sort(high, count);
	/* a tenth of a decade of room, so that the smallest bar is longer than one eighth of a cell */
	double from = floor(low[count / 10] - 0.1), to = ceil(high[count - 1 - count / 10]);
	double twin_low, twin_high;
	if (picture->twin.model && picture->twin.record &&
		record_range(picture->twin.record, shown, &twin_low, &twin_high)) {
		from = min_f64(from, floor(twin_low - 0.1));
		to = max_f64(to, ceil(twin_high));
	}
	from = max_f64(from, -46);
	to = min_f64(max_f64(to, from + 3), 39);
	return (struct axis){exp10_f64(min_f64(from, to - 3)), exp10_f64(to), true};
}

enum style gradients_color(
	const struct picture *picture, const struct quantity *shown, int first, int last)
{
	const struct record *recent[RECENT_IN_COLOR];
	int records = recent_records(picture, RECENT_IN_COLOR, recent), count = 0;
	double sum = 0;
	for (int i = 0; i < records; i++)
		for (int row = first; row <= last && last <= recent[i]->rows; row++) {
			double value = (double)row_value(recent[i], row, shown->offset);
			if (gradients_drawable(value)) {
				sum += log10_f64(value);
				count++;
			}
		}
	return heat_style(heat_step(count ? exp10_f64(sum / count) : 0));
}

void gradients_put_theory(struct area bar, int x, int y, enum style color)
{
	uint32_t below = area_code(bar, x, y);
	bool covered = below != ' ' && below != bar.canvas->glyphs->point[0];
	if (!covered)
		area_put(bar, x, y, '~', STYLE_MARK);
	else if ((x + y) % 2)
		area_put_on(bar, x, y, '~', STYLE_MARK, color);
}

double gradients_end(const struct canvas *canvas, double fraction, int length)
{
	double halves = 2.0 * length, least = 0.25;
	if (canvas->colors == 0 || !(fraction > 0 && fraction < 1))
		return fraction;
	return max_f64(floor(fraction * halves + 0.5), least) / halves;
}

/* A field of the second run's row that is as far from the last one as this row. */
static double twin_value(const struct picture *picture, size_t offset, int row)
{
	const struct record *record = picture->twin.model ? picture->twin.record : NULL;
	int same = record ? row - picture->frame.record->rows + record->rows : 0;
	double value = same < 1 ? NAN : (double)row_value(record, same, offset);
	return gradients_drawable(value) ? value : NAN;
}

double gradients_twin(const struct picture *picture, const struct quantity *shown, int row)
{
	return twin_value(picture, shown->offset, row);
}

double gradients_twin_tick(const struct picture *picture, const struct quantity *shown, int row)
{
	return shown->tick_symbol ? twin_value(picture, shown->tick, row) : NAN;
}

/* The reason for a gradient of exactly 0; NULL if none but underflow is left. */
static const char *zero_reason(const struct record *record, int row)
{
	for (int i = row > 1 ? row - 1 : row; i <= record->rows; i++) {
		if (record->layer[i - 1].dead >= 1)
			return "0 by a dead layer";
		if (i > row && record->layer[i - 1].weight_rms == 0)
			return "0 by zero weights";
	}
	const struct layer_record *below = row > 1 ? &record->layer[row - 2] : NULL;
	if (below && below->a_mean == 0 && below->a_std == 0 && record->layer[row - 1].delta_rms > 0)
		return "0 by zero inputs";
	return NULL;
}

const char *gradients_word(const struct record *record, int row, float value)
{
	if (gradients_drawable((double)value))
		return NULL;
	if (isnan(value))
		return record_is_nothing(value) ? "not recorded" : "nan";
	if (isinf(value))
		return value > 0 ? "inf" : "-inf";
	const char *reason = value < 0 ? "below 0" : zero_reason(record, row);
	return reason ? reason : "0 underflow";
}

bool gradients_predicted(const struct picture *picture, int row, double *low, double *high)
{
	const struct record *record = picture->frame.record;
	const char *when = picture->view->theory;
	if (!picture->frame.theory || has_steps(record) || row >= record->rows ||
		strcmp(when, "off") == 0 || (strcmp(when, "start") == 0 && record->epoch != 0))
		return false;
	double output = (double)record->layer[record->rows - 1].delta_rms;
	*low = output * picture->frame.theory[row - 1].low;
	*high = output * picture->frame.theory[row - 1].high;
	return gradients_drawable((float)*low) && gradients_drawable((float)*high);
}

/* True if a pane of this height has a line for each row of the record. */
static bool are_level(const struct picture *picture, int height)
{
	return picture->frame.record->rows <= height - (height > 3);
}

/* Draws the factor a layer in large digits; returns the area below. Level bars remain level, unless
 * the large digits come first. */
static struct area draw_large(const struct picture *picture, struct area area)
{
	char factor[PLOT_NUMBER], number[PLOT_NUMBER + 2];
	int rows, height = area.height - area.height / 4;
	bool first = picture->view->large_first;
	if (!picture->view->large || !gradients_factor(picture->frame.record, factor) ||
		(!first && are_level(picture, height) != are_level(picture, area.height)))
		return area;
	snprintf(number, sizeof(number), "×%s", factor);
	int columns = large_number(area, STYLE_NORMAL, number, "×0.00", first, &rows);
	struct area words = area_sub(area, columns, 0, area.width - columns, rows);
	if (columns > 0) {
		bool steps = has_steps(picture->frame.record);
		if (!caption_text(words, STYLE_DIM,
				steps ? "∂L/∂h from step to step, back to the input"
					  : "δ from layer to layer, back to the input"))
			caption_text(words, STYLE_DIM, steps ? "a step back" : "δ a layer back");
	}
	return area_sub(area, 0, rows, area.width, area.height - rows);
}

static void draw_bars(const struct picture *picture, struct area area, const struct quantity *shown)
{
	if (are_level(picture, area.height))
		gradients_draw_level(picture, area, shown);
	else
		gradients_draw_upright(picture, area, shown);
}

static void gradients_draw(const struct picture *picture, struct area area)
{
	const struct quantity *shown = shown_find(picture);
	if (!picture->frame.record)
		caption_sentence(area, STYLE_DIM, "waiting for the first epoch");
	else if (picture->frame.record->layers < 1)
		caption_sentence(area, STYLE_DIM, "layers not kept for this epoch");
	else
		draw_bars(picture, draw_large(picture, area), shown);
}

/* clang-format off */
const struct pane pane_gradients = {
	.name = "gradients",
	.help = "size of the gradient in every layer on a logarithmic axis, and the fitted decay",
	.guide = "Each layer has a bar on a logarithmic axis; layer 1 is next to the input, \"out\" is "
		"the output layer. The bar is the gradient dL/dW of its weight matrix (root mean square; "
		"Y changes it to the L2 norm or to delta); its colour is that of its size in all panes, "
		"over the last epochs: dark where hardly any gradient arrives. The tick is the error term "
		"delta = dL/dz of the same layer; the verdict and the fit are about delta. "
		"\"δ ×0.22 a layer back\" is the factor by which delta shrinks (or, above 1, grows) with "
		"every layer from the output back to the input, fitted over the hidden layers; R² says how "
		"straight that line is. "
		"\"theory\" (\"fresh\" in narrow panes) is the factor that mean-field theory predicts "
		"for fresh weights; tildes mark the range it predicts for delta (P shows or hides them). "
		"The axis follows the last twenty epochs; an arrow marks a value outside it. 0, nan and "
		"inf are written as words. Wide panes add |ΔW|/|W|, the median of the steps, and the "
		"median weight's change since the start. \"no step moved it\": all steps were 0, or too "
		"small to change the last digit of a weight. A layer with time steps has a bar for each: "
		"dL/dh of the state after step 1 (t1), 2, ...; its weights are the same at all steps. "
		"A pinned run has bars beside or under those of the run, each with its own tick, or where "
		"there is no room a point at the end of its bar; layers are compared from the output on.",
	.numbers = "grad_rms; grad_l2; delta_rms; a layer back; r2; theory; update_ratio; "
		"change; decay",
	.minimum_width = 30, .minimum_height = 6,
	.title = gradients_title, .draw = gradients_draw,
};
/* clang-format on */
