/* Gradients: one bar a layer on a logarithmic axis, upright where rows run out, and several
 * layers a bar where columns do. What is not a positive number is a word, never a small bar. */
#include "lab/verdict.h"
#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	RECENT = 20,
	LABEL_WIDTH = 5,
	NUMBER_WIDTH = 8,
	UPRIGHT_AXIS = 6,
	BAR_COLUMNS_MAX = 10,
	PITCH_MAX = 3,
	BACK_FROM = 38,
	FRESH_FROM = 72 /* columns, for more words */
};

/* What the bars can show, and what the tick beside it is. */
static const struct shown {
	const char *name, *symbol, *heading, *tick_symbol, *level_symbol;
	size_t offset, tick;
} shown_rows[] = {
	{"rms", "RMS ∂L/∂W", "RMS ∂L/∂W", "┃ RMS δ", "━ RMS δ", offsetof(struct layer_record, grad_rms),
		offsetof(struct layer_record, delta_rms)},
	{"l2", "L2 ∂L/∂W", "L2 ∂L/∂W", "┃ RMS δ", "━ RMS δ", offsetof(struct layer_record, grad_l2),
		offsetof(struct layer_record, delta_rms)},
	{"delta", "RMS δ = ∂L/∂z", "RMS δ", "┃ ∂L/∂W", "━ ∂L/∂W",
		offsetof(struct layer_record, delta_rms), offsetof(struct layer_record, grad_rms)},
};

static const struct shown *shown_find(const struct picture *picture)
{
	for (size_t i = 0; i < sizeof(shown_rows) / sizeof(shown_rows[0]); i++)
		if (strcmp(shown_rows[i].name, picture->view->gradient) == 0)
			return &shown_rows[i];
	return &shown_rows[0];
}

static void gradients_title(const struct picture *picture, char *out, int size)
{
	snprintf(out, (size_t)size, "gradients · %s · log", shown_find(picture)->symbol);
}

static bool drawable(double value)
{
	return isfinite(value) && value > 0;
}

/* The decades that one record spans, bars and ticks; false if it has no positive number. */
static bool record_range(
	const struct record *record, const struct shown *shown, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (int layer = 1; layer <= record->layers; layer++)
		for (int i = 0; i < 2; i++) {
			double value = (double)layer_value(record, layer, i ? shown->tick : shown->offset);
			if (!drawable(value))
				continue;
			*low = min_f64(*low, log10_f64(value));
			*high = max_f64(*high, log10_f64(value));
		}
	return *low <= *high;
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

/* Whole decades around what the last records span, back to the last change of a setting. One
 * extreme record in ten is left out on either side: a single spike is clipped, with an arrow,
 * instead of squeezing all bars for the next epochs. */
static struct axis recent_axis(const struct picture *picture, const struct shown *shown)
{
	double low[RECENT], high[RECENT];
	int count = record_range(picture->frame.record, shown, &low[0], &high[0]);
	const struct history_view *history = &picture->frame.history;
	bool changed = picture->frame.record->event[0] != '\0';
	for (int i = history->count - 1; i >= 0 && !changed; i--) {
		const struct record *record = history_at(history->all, i);
		if (record->epoch >= picture->frame.record->epoch)
			continue;
		changed = record->event[0] != '\0';
		count += record_range(record, shown, &low[count], &high[count]);
		if (count == RECENT)
			break;
	}
	if (count == 0)
		return (struct axis){1e-8, 1, true};
	sort(low, count);
	sort(high, count);
	/* a tenth of a decade of room, so that the smallest bar is more than its first eighth */
	double from = floor(low[count / 10] - 0.1), to = ceil(high[count - 1 - count / 10]);
	from = max_f64(from, -46);
	to = min_f64(max_f64(to, from + 3), 39);
	return (struct axis){exp10_f64(min_f64(from, to - 3)), exp10_f64(to), true};
}

/* Why a gradient is exactly 0 when it is not underflow; NULL if it must be. */
static const char *zero_reason(const struct record *record, int layer)
{
	for (int i = layer > 1 ? layer - 1 : layer; i <= record->layers; i++) {
		if (record->layer[i - 1].dead >= 1)
			return "0 by a dead layer";
		if (i > layer && record->layer[i - 1].weight_rms == 0)
			return "0 by zero weights";
	}
	const struct layer_record *below = layer > 1 ? &record->layer[layer - 2] : NULL;
	if (below && below->a_mean == 0 && below->a_std == 0 && record->layer[layer - 1].delta_rms > 0)
		return "0 by zero inputs";
	return NULL;
}

/* The word in place of a bar; NULL if there is a bar to draw. */
static const char *value_word(const struct record *record, int layer, float value)
{
	if (drawable((double)value))
		return NULL;
	if (isnan(value))
		return record_is_nothing(value) ? "not recorded" : "nan";
	if (isinf(value))
		return value > 0 ? "inf" : "-inf";
	const char *reason = value < 0 ? "below 0" : zero_reason(record, layer);
	return reason ? reason : "0 underflow";
}

/* Where theory expects the delta of a layer: the typical network, within its spread. It is a
 * prediction for the initial weights, so it stands there at epoch 0, and later if asked for. */
static bool predicted(const struct picture *picture, int layer, double *low, double *high)
{
	const struct record *record = picture->frame.record;
	const char *when = picture->view->theory;
	if (!picture->frame.theory || layer >= record->layers || strcmp(when, "off") == 0 ||
		(strcmp(when, "start") == 0 && record->epoch != 0))
		return false;
	double output = (double)record->layer[record->layers - 1].delta_rms;
	*low = output * picture->frame.theory[layer - 1].low;
	*high = output * picture->frame.theory[layer - 1].high;
	return drawable((float)*low) && drawable((float)*high);
}

/* The number of a layer; `named`: it is the first on its line, so that "layer" has to be said. */
static void add_layer(struct parts *parts, int rank, const struct picture *picture,
	const struct shown *shown, int layer, bool named)
{
	char label[LAYER_LABEL], number[PLOT_NUMBER];
	const struct record *record = picture->frame.record;
	float value = layer_value(record, layer, shown->offset);
	const char *word = value_word(record, layer, value);
	layer_label(label, layer, record->layers);
	plot_scientific(number, (double)value);
	parts_add(parts, rank, word ? STYLE_ALARM : STYLE_NORMAL, "%s%s: %s",
		named && layer < record->layers ? "layer " : "", label, word ? word : number);
}

/* The row of words under the bars: what the numbers say, most important last to go. `legend`:
 * what the ticks are, where nothing else says it; `selected`: the layer whose number stands nowhere
 * else, or 0. */
static void draw_summary(const struct picture *picture, const struct shown *shown, struct area area,
	int y, const char *legend, int selected)
{
	const struct record *record = picture->frame.record;
	struct parts parts = {0};
	if (selected)
		add_layer(&parts, 0, picture, shown, selected, true);
	char number[PLOT_NUMBER];
	if (isfinite(record->decay)) {
		double factor = exp10_f64(-(double)record->decay);
		if (factor >= 0.01 && factor < 100)
			snprintf(number, sizeof(number), "%.2f", factor);
		else
			plot_scientific(number, factor);
		parts_add(&parts, 2, STYLE_NORMAL, "δ ×%s a layer%s", number,
			area.width < BACK_FROM ? "" : " back");
	}
	double sum = 0;
	int count = 0;
	for (int layer = 1; layer < record->layers; layer++)
		if (drawable(record->layer[layer - 1].theory)) {
			sum += log10_f64((double)record->layer[layer - 1].theory);
			count++;
		}
	double low, high;
	bool drawn = predicted(picture, 1, &low, &high);
	if (count)
		parts_add(&parts, 4, drawn ? STYLE_MARK : STYLE_NORMAL, "%s%s ×%.2g", drawn ? "~ " : "",
			record->epoch == 0            ? "theory"
				: area.width < FRESH_FROM ? "fresh"
										  : "theory for fresh weights",
			exp10_f64(sum / count));
	if (legend)
		parts_add(&parts, 3, STYLE_SECOND, "%s", legend);
	if (isfinite(record->r2))
		parts_add(&parts, 5, STYLE_NORMAL, "R² %.3f", (double)record->r2);
	const struct verdict *verdict = record->verdict ? verdict_find(record->verdict) : NULL;
	if (verdict && strcmp(verdict->name, "healthy") != 0) {
		char name[32];
		size_t i = 0;
		for (; verdict->name[i] && i + 1 < sizeof(name); i++)
			name[i] = (char)toupper((unsigned char)verdict->name[i]);
		name[i] = '\0';
		parts_add(&parts, 1,
			verdict->tone == TONE_ALARM         ? STYLE_ALARM
				: verdict->tone == TONE_WARNING ? STYLE_WARNING
												: STYLE_GOOD,
			"%s", name);
	}
	parts_draw(&parts, area, 1, y);
}

/* Columns of numbers right of the bars; the first always, the others on wide panes. */
struct column {
	const char *title;
	size_t offset;
	bool percent;
	int from_width;
};

static int number_columns(const struct shown *shown, int width, struct column column[3])
{
	const struct column all[] = {
		{shown->heading, shown->offset, false, 24},
		{shown->tick_symbol, shown->tick, false, 64},
		{"change", offsetof(struct layer_record, change), true, 84},
	};
	int count = 0;
	while (count < 3 && width >= all[count].from_width) {
		column[count] = all[count];
		count++;
	}
	return count;
}

static int column_width(const struct column *column, int count)
{
	/* beside others, a column needs room for its title, or for the words in place of a number */
	return column->percent ? 17 : count > 1 ? 11 : NUMBER_WIDTH;
}

/* The words for a change of 0 after training: a median of 0 can be that of weights of which some
 * have moved. NULL: it is a number. */
static const char *change_word(const struct picture *picture, int layer)
{
	const struct record *record = picture->frame.record;
	const struct layer_record *numbers = &record->layer[layer - 1];
	if (numbers->change != 0 || record->epoch == 0)
		return NULL;
	const struct layer_model *model = model_layer(picture->frame.model, layer);
	if (model && model->frozen)
		return "frozen";
	return numbers->change_norm > 0 ? "<0.001 %" : "no step moved it";
}

static void draw_number(const struct picture *picture, struct area area, int end, int y,
	const struct column *column, int layer, enum style style)
{
	char number[PLOT_NUMBER], text[PLOT_NUMBER + 4];
	float value = layer_value(picture->frame.record, layer, column->offset);
	const char *word = column->percent ? change_word(picture, layer) : NULL;
	if (record_is_nothing(value))
		return;
	if (word) {
		caption_right(area, end, y, style, word);
		return;
	}
	if (column->percent)
		plot_number(number, (double)value);
	else
		plot_scientific(number, (double)value);
	snprintf(text, sizeof(text), column->percent ? "%s %%" : "%s", number);
	caption_right(area, end, y, style, text);
}

/* Places where the axis is labelled are marked through the rows by faint points. */
static void draw_grid(struct area bar, const struct axis *axis, const struct ticks *ticks)
{
	for (int i = 0; i < ticks->count; i++)
		for (int y = 0; y < bar.height; y++)
			area_put(bar, plot_column(bar, axis_fraction(axis, ticks->value[i])), y,
				bar.canvas->glyphs->point[0], STYLE_DIM);
}

/* Marks beside a bar that has been drawn: its tick, and arrows where either leaves the axis. */
static void draw_marks(struct area bar, const struct axis *axis, double value, double tick)
{
	const struct glyphs *glyphs = bar.canvas->glyphs;
	double fraction = axis_fraction(axis, value), place = axis_fraction(axis, tick);
	for (int y = 0; y < bar.height; y++) {
		if (drawable(tick) && place < 0)
			area_put(bar, 0, y, glyphs->arrow_left, STYLE_SECOND);
		else if (drawable(tick) && place > 1)
			area_put(bar, bar.width - 1, y, glyphs->arrow_right, STYLE_SECOND);
		else if (drawable(tick))
			area_put(bar, plot_column(bar, place), y, glyphs->tick, STYLE_SECOND);
		if (fraction < 0)
			area_put(bar, 0, y, glyphs->arrow_left, STYLE_WARNING);
		else if (fraction > 1)
			area_put(bar, bar.width - 1, y, glyphs->arrow_right, STYLE_WARNING);
	}
}

/* Over the bars, under the ticks. */
static void draw_band_across(struct area bar, const struct axis *axis, double low, double high)
{
	for (int x = plot_column(bar, axis_fraction(axis, low));
		 x <= plot_column(bar, axis_fraction(axis, high)); x++)
		for (int y = 0; y < bar.height; y++)
			area_put(bar, x, y, '~', STYLE_MARK);
}

static void draw_band_up(struct area bar, const struct axis *axis, double low, double high)
{
	for (int y = plot_row(bar, axis_fraction(axis, high));
		 y <= plot_row(bar, axis_fraction(axis, low)); y++)
		for (int x = 0; x < bar.width; x++)
			area_put(bar, x, y, '~', STYLE_MARK);
}

static void draw_level_row(const struct picture *picture, struct area row, int layer,
	const struct shown *shown, const struct axis *axis, const struct column *column, int columns)
{
	const struct record *record = picture->frame.record;
	char label[LAYER_LABEL];
	bool selected = layer == layer_selected(picture, record->layers);
	enum style style = selected ? STYLE_SELECTED : STYLE_NORMAL;
	int left = row.width >= 8 ? LABEL_WIDTH : 0, end = row.width;
	layer_label(label, layer, record->layers);
	if (left) {
		caption_right(row, left - 1, 0, style, label);
		if (selected)
			area_put(row, 0, 0, row.canvas->glyphs->chosen, STYLE_SELECTED);
	}
	float value = layer_value(record, layer, shown->offset);
	const char *word = value_word(record, layer, value);
	for (int i = columns - 1; i >= 0; i--) {
		if (i > 0 || !word)
			draw_number(picture, row, end, 0, &column[i], layer, style);
		end -= column_width(&column[i], columns);
	}
	struct area bar = area_sub(row, left, 0, end - left, row.height);
	if (word) {
		/* alone, the word may take the place of the number as well */
		struct area rest = area_sub(row, left, 0, columns == 1 ? row.width - left : end - left, 1);
		for (int x = 0; x < rest.width; x++)
			area_put(rest, x, 0, ' ', STYLE_NORMAL);
		caption(rest, 1, 0, STYLE_ALARM, word);
		return;
	}
	double low, high;
	plot_bar_right(bar, axis_fraction(axis, (double)value), STYLE_BAR);
	if (predicted(picture, layer, &low, &high))
		draw_band_across(bar, axis, low, high);
	draw_marks(bar, axis, (double)value, (double)layer_value(record, layer, shown->tick));
}

/* One row a layer. */
static void draw_level(const struct picture *picture, struct area area, const struct shown *shown)
{
	int layers = picture->frame.record->layers;
	bool labelled = area.height > layers + 1, summed = area.height > layers;
	int pitch = (area.height - labelled - summed) / layers;
	pitch = pitch > PITCH_MAX ? PITCH_MAX : pitch;
	struct axis axis = recent_axis(picture, shown);
	struct column column[3];
	int columns = number_columns(shown, area.width, column);
	int left = area.width >= 8 ? LABEL_WIDTH : 0, end = area.width;
	for (int i = columns - 1; i >= 0; i--) {
		if (labelled && columns > 1)
			caption_right(area, end, 0, i == 1 ? STYLE_SECOND : STYLE_DIM, column[i].title);
		end -= column_width(&column[i], columns);
	}
	struct area bars = area_sub(area, left, labelled, end - left, layers * pitch);
	struct ticks ticks = axis_ticks(&axis, 1 + bars.width / 11);
	draw_grid(bars, &axis, &ticks);
	if (labelled) {
		struct area strip = area_sub(area, left, 0, end - left, 1);
		for (int i = 0; i < ticks.count; i++) {
			int centre = plot_column(strip, axis_fraction(&axis, ticks.value[i]));
			int width = glyphs_text_width(area.canvas->glyphs, ticks.label[i]);
			int start = i == 0         ? 0
				: i == ticks.count - 1 ? strip.width - width
									   : centre - width / 2;
			caption(strip, start, 0, STYLE_DIM, ticks.label[i]);
		}
	}
	for (int layer = 1; layer <= layers; layer++)
		draw_level_row(picture,
			area_sub(area, 0, labelled + (layer - 1) * pitch, area.width, pitch > 2 ? 2 : 1), layer,
			shown, &axis, column, columns);
	if (summed)
		draw_summary(
			picture, shown, area, area.height - 1, columns == 1 ? shown->tick_symbol : NULL, 0);
}

/* Layers that share one upright bar: geometric means, or the word for the worst of them. */
struct group {
	const char *word;
	double value, tick;
	bool predicted; /* low to high: theory's band, where a column is one layer */
	double low, high;
};

/* nan before inf before 0 before what was not recorded. */
static int severity(const char *word)
{
	static const char *const order[] = {"nan", "inf", "0", "not"};
	for (int i = 0; word && i < 4; i++)
		if (strncmp(word, order[i], strlen(order[i])) == 0)
			return 5 - i;
	return word ? 1 : 0;
}

static struct group group_of(
	const struct record *record, const struct shown *shown, int first, int last)
{
	struct group group = {0};
	for (int layer = first; layer <= last; layer++) {
		float value = layer_value(record, layer, shown->offset);
		const char *word = value_word(record, layer, value);
		if (severity(word) > severity(group.word))
			group.word = word;
		group.value += log10_f64((double)value) / (last - first + 1);
		group.tick +=
			log10_f64((double)layer_value(record, layer, shown->tick)) / (last - first + 1);
	}
	group.value = exp10_f64(group.value);
	group.tick = exp10_f64(group.tick);
	return group;
}

/* Along the column in place of a bar where it is too narrow for the word; if that is too long
 * as well, its first word or letter. */
static void draw_word_up(struct area bar, const char *word)
{
	int length = (int)strcspn(word, " ");
	if (strncmp(word, "not", 3) == 0) {
		area_put(bar, 0, bar.height - 1, '-', STYLE_DIM);
		return;
	}
	if (length > bar.height)
		length = 1;
	if (length > 1 && bar.width >= length) {
		area_format(bar, 0, bar.height - 1, STYLE_ALARM, "%.*s", length, word);
		return;
	}
	for (int i = 0; i < length; i++)
		area_put(bar, 0, bar.height - length + i, (unsigned char)word[i], STYLE_ALARM);
}

static void draw_group(struct area bar, const struct axis *axis, const struct group *group)
{
	const struct glyphs *glyphs = bar.canvas->glyphs;
	double fraction = axis_fraction(axis, group->value);
	double place = axis_fraction(axis, group->tick);
	bool ticked = drawable(group->tick) && place >= 0 && place <= 1;
	if (!group->word) {
		plot_bar_up(bar, fraction, STYLE_BAR);
		if (group->predicted)
			draw_band_up(bar, axis, group->low, group->high);
	}
	for (int x = 0; x < bar.width && ticked; x++)
		area_put(bar, x, plot_row(bar, place), glyphs->tick_level, STYLE_SECOND);
	if (group->word) {
		draw_word_up(bar, group->word);
		return;
	}
	for (int x = 0; x < bar.width; x++) {
		if (fraction < 0)
			area_put(bar, x, bar.height - 1, glyphs->arrow_down, STYLE_WARNING);
		if (fraction > 1)
			area_put(bar, x, 0, glyphs->arrow_up, STYLE_WARNING);
	}
}

/* Upright bars have no room for their numbers: the selected one, the first and the last. */
static void draw_numbers_line(
	const struct picture *picture, const struct shown *shown, struct area area, int a_column)
{
	enum { LEGEND = 4 };
	struct parts parts = {.spare = LEGEND};
	int layers = picture->frame.record->layers, selected = layer_selected(picture, layers);
	add_layer(&parts, 0, picture, shown, selected, true);
	if (selected > 1)
		add_layer(&parts, 2, picture, shown, 1, false);
	if (selected < layers)
		add_layer(&parts, 3, picture, shown, layers, false);
	parts_add(&parts, LEGEND, STYLE_SECOND, "%s", shown->level_symbol);
	if (a_column > 1) {
		parts_add(&parts, 1, STYLE_DIM, "%d layers a column: geometric mean", a_column);
		parts_shorten(&parts, "%d layers a column", a_column);
		parts_shorten(&parts, "%d a column", a_column);
	}
	parts_draw(&parts, area, 0, 0);
}

/* Labels of the columns: the selected one, the first and the last, then those between. */
static void draw_labels(
	const struct picture *picture, struct area area, int y, int step, int a_column)
{
	int layers = picture->frame.record->layers, selected = layer_selected(picture, layers);
	int columns = (layers + a_column - 1) / a_column;
	char label[LAYER_LABEL];
	layer_label(label, selected, layers);
	int chosen_x = (selected - 1) / a_column * step, chosen_width = (int)strlen(label);
	if (chosen_x + chosen_width > area.width)
		chosen_x = area.width - chosen_width;
	int chosen_end = chosen_x + chosen_width;
	bool marked = caption(area, chosen_x, y, STYLE_SELECTED, label);
	layer_label(label, layers, layers);
	int last_x = (columns - 1) * step, last_end = last_x + 3;
	if (last_end > area.width)
		last_x = area.width - 3;
	if (!marked || chosen_end < last_x)
		caption(area, last_x, y, STYLE_NORMAL, label);
	else
		last_x = chosen_x;
	layer_label(label, layers - 1, layers);
	int every = ((int)strlen(label) + step) / step;
	for (int i = 0; i < columns - 1; i += every) {
		int x = i * step;
		layer_label(label, i * a_column + 1, layers);
		int end = x + (int)strlen(label);
		bool hidden = marked && end >= chosen_x && x <= chosen_end;
		if (end < last_x && !hidden)
			caption(area, x, y, STYLE_NORMAL, label);
	}
}

/* One column a layer, or several layers a column. */
static void draw_upright(const struct picture *picture, struct area area, const struct shown *shown)
{
	int layers = picture->frame.record->layers;
	int above = area.height >= 6, below = (area.height >= 3) + (area.height >= 4);
	int left = area.width >= 16 && area.height >= 3 ? UPRIGHT_AXIS : 0;
	struct axis axis = recent_axis(picture, shown);
	struct area plot = area_sub(area, left, above, area.width - left, area.height - above - below);
	if (plot.width < 1 || plot.height < 1)
		return;
	int a_column = (layers + plot.width - 1) / plot.width;
	int columns = (layers + a_column - 1) / a_column, step = plot.width / columns;
	step = step > BAR_COLUMNS_MAX ? BAR_COLUMNS_MAX : step;
	struct ticks ticks = axis_ticks(&axis, 1 + plot.height / 2);
	if (left)
		plot_axis_left(area_sub(area, 0, above, left, plot.height), left, &axis, &ticks);
	for (int i = 0; i < columns; i++) {
		int last = (i + 1) * a_column < layers ? (i + 1) * a_column : layers;
		struct group group = group_of(picture->frame.record, shown, i * a_column + 1, last);
		group.predicted = a_column == 1 && predicted(picture, i + 1, &group.low, &group.high);
		draw_group(
			area_sub(plot, i * step, 0, step > 1 ? step - 1 : 1, plot.height), &axis, &group);
	}
	if (above)
		draw_numbers_line(picture, shown, area, a_column);
	if (below == 2)
		draw_labels(picture, area_sub(area, left, 0, area.width - left, area.height),
			area.height - 2, step, a_column);
	if (below)
		draw_summary(picture, shown, area, area.height - 1, NULL,
			above ? 0 : layer_selected(picture, layers));
}

static void gradients_draw(const struct picture *picture, struct area area)
{
	const struct shown *shown = shown_find(picture);
	if (!picture->frame.record)
		caption_sentence(area, STYLE_DIM, "waiting for the first epoch");
	else if (picture->frame.record->layers < 1)
		caption_sentence(area, STYLE_DIM, "layers not kept for this epoch");
	else if (picture->frame.record->layers <= area.height - (area.height > 3))
		draw_level(picture, area, shown);
	else
		draw_upright(picture, area, shown);
}

/* clang-format off */
const struct pane pane_gradients = {
	.name = "gradients",
	.help = "size of the gradient in every layer on a logarithmic axis, and the fitted decay",
	.guide = "Each layer has a bar on a logarithmic axis, layer 1 next to the input, out the "
		"output layer. The bar is the gradient dL/dW of its weight matrix (root mean square; "
		"Y swaps it for the L2 norm or for delta). The tick is the error term delta = dL/dz "
		"of the same layer, which the verdict and the fit are about. \"δ ×0.22 a layer back\" "
		"is the factor by which delta shrinks (or, above 1, grows) with every layer from the "
		"output back to the input, fitted over the hidden layers; R² says how straight that "
		"line is. \"theory\" (\"fresh\" in narrow panes) is the same factor as mean-field "
		"theory expects it for fresh weights; tildes mark where it expects delta (P). The axis "
		"follows the last twenty epochs; an arrow means that a value lies outside it. 0, nan and inf are "
		"written as words. \"no step moved it\": all steps were 0, or less than the last "
		"digit of the weights.",
	.minimum_width = 30, .minimum_height = 6,
	.title = gradients_title, .draw = gradients_draw,
};
/* clang-format on */
