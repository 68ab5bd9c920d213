/* Units: a map of the hidden layers' units: dead, saturated or working.
 *
 * Each layer is a row, in one or more stacks side by side; a single stack has the layers' shares
 * beside it if there is room. In very deep networks one column is a layer, or several.
 */
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"
#include "unit_deaths.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	STRETCH_MAX = 4,
	WIDEN_MAX = 12,
	ROWS_FOR_WORDS = 3,
	SHARE_COLUMNS = 14,
	CELLS_MIN = 4,
	SHARES_CELLS_MIN = 8,
	STACK_GAP = 2
};

static const uint32_t NOT_A_NUMBER = '?';
static const double MOSTLY = 0.5, NEARLY_ALL = 0.9;

static void units_title(const struct picture *picture, char *out, int size)
{
	snprintf(out, (size_t)size, "units · dead▓ %s░", idle_word(picture));
}

/* The units that one cell stands for; the ends are exclusive. */
struct unit_range {
	int first_layer, last_layer;
	double from, to; /* as shares of a layer's units, because widths may differ */
};

/* A cell is dead if at least half of its units are, else drawn by their mean saturation. A single
 * NaN among them makes it NOT_A_NUMBER. *step: the colour of their mean activity. */
static uint32_t range_glyph(const struct detail *detail, const struct glyphs *glyphs,
	const struct unit_range *range, enum style *style, int *step)
{
	double dead = 0, saturated = 0, count = 0, activity = 0;
	for (int i = range->first_layer; i < range->last_layer; i++) {
		const struct layer_detail *layer = &detail->layer[i];
		int from = (int)(range->from * layer->units + 1e-9);
		int to = (int)(range->to * layer->units + 1e-9);
		for (int unit = from; unit < to || unit == from; unit++) {
			if (unit >= layer->units)
				break;
			dead += layer->inactive[unit] >= 1;
			saturated += (double)layer->saturated[unit];
			activity += (double)layer->activity[unit];
			count++;
		}
	}
	*step = HEAT_NONE;
	if (isnan(saturated)) {
		*style = STYLE_ALARM;
		return NOT_A_NUMBER;
	}
	if (count > 0 && isfinite(activity))
		*step = heat_step_of_share(activity / count);
	*style = count > 0 && dead / count >= MOSTLY   ? STYLE_DEAD
		: count > 0 && saturated / count >= MOSTLY ? STYLE_SATURATED
												   : STYLE_DIM;
	if (count > 0 && dead / count >= MOSTLY)
		return glyphs->shade[2];
	if (count > 0 && saturated / count >= MOSTLY)
		return glyphs->shade[saturated / count >= NEARLY_ALL];
	return count > 0 ? glyphs->point[0] : ' ';
}

/* The sign of a cell; where colours can be told apart, on its activity. */
static void put_unit(struct area area, int x, int y, uint32_t sign, enum style style, int step)
{
	if (area.canvas->colors < 256 || step < 0)
		area_put(area, x, y, sign, style);
	else if (style == STYLE_DIM)
		heat_cell(area, x, y, step);
	else
		area_put_on(area, x, y, sign, style, heat_style(step));
}

static int most_units(const struct detail *detail)
{
	int most = 1;
	for (int i = 0; i < detail->layers; i++)
		if (detail->layer[i].units > most)
			most = detail->layer[i].units;
	return most;
}

/* Without detail, the layer's shares fill its row: dead, then saturated, then working. */
static uint32_t share_glyph(
	const struct layer_record *layer, const struct glyphs *glyphs, double place, enum style *style)
{
	if (isnan(layer->saturated)) {
		*style = STYLE_ALARM;
		return NOT_A_NUMBER;
	}
	*style = place < (double)layer->dead   ? STYLE_DEAD
		: place < (double)layer->saturated ? STYLE_SATURATED
										   : STYLE_DIM;
	return *style == STYLE_DEAD     ? glyphs->shade[2]
		: *style == STYLE_SATURATED ? glyphs->shade[0]
									: glyphs->point[0];
}

static int cells_wanted(const struct picture *picture, int room)
{
	int units = picture->frame.detail ? most_units(picture->frame.detail) : room;
	return units < room ? units : room;
}

static void draw_cells(const struct picture *picture, struct area cells, int layer)
{
	const struct detail *detail = picture->frame.detail;
	const struct glyphs *glyphs = cells.canvas->glyphs;
	int width = cells.width;
	if (detail)
		width = width * detail->layer[layer - 1].units / most_units(detail);
	for (int x = 0; x < width; x++) {
		enum style style;
		int step = HEAT_NONE;
		struct unit_range range = {layer - 1, layer, (double)x / width, (double)(x + 1) / width};
		uint32_t code = detail ? range_glyph(detail, glyphs, &range, &style, &step)
							   : share_glyph(&picture->frame.record->layer[layer - 1], glyphs,
									 (x + 0.5) / width, &style);
		for (int y = 0; y < cells.height; y++)
			put_unit(cells, x, y, code, style, step);
	}
}

/* Columns of a layer's number and the blank after it. */
static int label_columns(int hidden)
{
	return hidden < 100 ? 3 : 4;
}

static void draw_label(const struct picture *picture, struct area row, int width, int layer)
{
	char label[LAYER_LABEL];
	bool selected = layer == layer_selected(picture, picture->frame.record->layers);
	snprintf(label, sizeof(label), "%d", layer);
	if (selected)
		area_put(row, 0, 0, row.canvas->glyphs->chosen, STYLE_SELECTED);
	caption_right(row, width - 1, 0, selected ? STYLE_SELECTED : STYLE_NORMAL, label);
}

static void percent(char out[PLOT_NUMBER], float share)
{
	if (isnan(share))
		snprintf(out, PLOT_NUMBER, "%s", record_is_nothing(share) ? "-" : "nan");
	else
		plot_share(out, (double)share);
}

static void draw_shares(const struct layer_record *layer, struct area row)
{
	char text[PLOT_NUMBER];
	percent(text, layer->dead);
	caption_right(row, row.width - 7, 0, layer->dead > 0 ? STYLE_ALARM : STYLE_DIM, text);
	percent(text, layer->saturated);
	caption_right(
		row, row.width, 0, layer->saturated >= (float)MOSTLY ? STYLE_WARNING : STYLE_DIM, text);
}

/* The shares of the selected layer in words. */
static void draw_selected(const struct picture *picture, struct area area, int y)
{
	struct parts parts = {0};
	int hidden = model_hidden(picture->frame.model);
	int layer = layer_selected(picture, hidden);
	const struct layer_record *shares = &picture->frame.record->layer[layer - 1];
	char dead[PLOT_NUMBER], saturated[PLOT_NUMBER];
	percent(dead, shares->dead);
	percent(saturated, shares->saturated);
	parts_add(&parts, 0, STYLE_NORMAL, "layer %d: dead %s", layer, dead);
	const char *idle = idle_word(picture);
	bool fits = area.width >= 36 || strlen(idle) <= strlen("sat.");
	parts_add(&parts, 1, STYLE_NORMAL, "%s %s", fits ? idle : "sat.", saturated);
	parts_draw(&parts, area, 0, y);
}

/* The legend, as far as it fits. */
static void draw_rules(const struct picture *picture, struct area area, int y)
{
	struct parts parts = {0};
	bool broken = false;
	for (int l = 0; l < model_hidden(picture->frame.model); l++)
		broken = broken || isnan(picture->frame.record->layer[l].saturated);
	if (broken)
		parts_add(&parts, 0, STYLE_ALARM, "? not a number");
	if (detail_forgotten(picture))
		parts_add(&parts, 0, STYLE_DIM, "units not kept for this epoch: shares");
	parts_add(&parts, 3, STYLE_DIM, "of the samples");
	parts_add(&parts, 1, STYLE_DIM, "▓ all: f′ = 0");
	parts_add(&parts, broken, STYLE_DIM, "░ half: |f′| < 0.1 max f′");
	parts_add(&parts, 2, STYLE_DIM, "▒ nine in ten");
	parts_draw(&parts, area, 0, y);
}

/* Where there are colours for the activity. */
static void draw_activity_legend(const struct picture *picture, struct area area, int y)
{
	static const char word[] = "mean |a| ";
	if (picture->frame.detail && area.canvas->colors >= 256 &&
		heat_legend_of_share(area, (int)sizeof(word) - 1, y))
		area_text(area, 0, y, STYLE_DIM, word);
}

/* Draws the layers as rows in `stacks` columns; returns the rows used, 0 if there are too few cells
 * for the units. */
static int draw_stacks(const struct picture *picture, struct area area, int stacks)
{
	int hidden = model_hidden(picture->frame.model);
	int width = (area.width - (stacks - 1) * STACK_GAP) / stacks;
	int labels = label_columns(hidden), room = width - labels;
	if (room < cells_wanted(picture, CELLS_MIN))
		return 0;
	bool shares = stacks == 1 && room - SHARE_COLUMNS >= cells_wanted(picture, SHARES_CELLS_MIN);
	int cells = cells_wanted(picture, shares ? room - SHARE_COLUMNS : room);
	if (shares)
		cells *= clamp_int((room - SHARE_COLUMNS) / cells, 1, WIDEN_MAX);
	int rows = (hidden + stacks - 1) / stacks;
	int titled = shares && area.height > rows;
	if (titled)
		caption_right(area, labels + cells + SHARE_COLUMNS, 0, STYLE_DIM,
			strcmp(idle_word(picture), "off") == 0 ? "dead   off " : "dead   sat.");
	int pitch = clamp_int((area.height - titled - ROWS_FOR_WORDS) / rows, 1, STRETCH_MAX);
	for (int layer = 1; layer <= hidden; layer++) {
		int stack = (layer - 1) / rows;
		struct area row = area_sub(area, stack * (width + STACK_GAP),
			titled + (layer - 1) % rows * pitch, width, pitch > 2 ? pitch - 1 : pitch);
		area_target(row, (struct target){.layer = layer});
		draw_label(picture, row, labels, layer);
		draw_cells(picture, area_sub(row, labels, 0, cells, row.height), layer);
		if (shares)
			draw_shares(&picture->frame.record->layer[layer - 1],
				area_sub(row, labels + cells, 0, SHARE_COLUMNS, 1));
	}
	return titled + rows * pitch;
}

/* One column is a layer, or several; its units are from top to bottom. */
static void draw_columns(const struct picture *picture, struct area area)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	int hidden = model_hidden(picture->frame.model), worded = area.height >= 3;
	int a_column = (hidden + area.width - 1) / area.width;
	int columns = (hidden + a_column - 1) / a_column;
	int height = cells_wanted(picture, area.height - worded);
	for (int x = 0; x < columns; x++) {
		int last = (x + 1) * a_column < hidden ? (x + 1) * a_column : hidden;
		for (int y = 0; y < height; y++) {
			enum style style;
			int step = HEAT_NONE;
			struct unit_range range = {
				x * a_column,
				last,
				(double)y / height,
				(double)(y + 1) / height,
			};
			uint32_t code = picture->frame.detail
				? range_glyph(picture->frame.detail, glyphs, &range, &style, &step)
				: share_glyph(&picture->frame.record->layer[x * a_column], glyphs,
					  (y + 0.5) / height, &style);
			put_unit(area, x, y, code, style, step);
		}
	}
	if (!worded)
		return;
	struct parts parts = {0};
	parts_add(&parts, 0, STYLE_DIM, "layers 1 to %d", hidden);
	if (a_column > 1)
		parts_add(&parts, 0, STYLE_DIM, "%d a column", a_column);
	parts_draw(&parts, area, 0, area.height - 1);
}

/* Returns the rows used. */
static int draw_map(const struct picture *picture, struct area area)
{
	if (area.height < 1 || area.width < 1)
		return 0;
	int hidden = model_hidden(picture->frame.model);
	int used = draw_stacks(picture, area, (hidden + area.height - 1) / area.height);
	if (used > 0)
		return used;
	draw_columns(picture, area);
	return area.height;
}

/* Leaves out a detail that lacks hidden layers of the record: it is another record's. */
static struct picture matching(const struct picture *picture)
{
	struct picture copy = *picture;
	if (copy.frame.detail && copy.frame.detail->layers < model_hidden(copy.frame.model))
		copy.frame.detail = NULL;
	return copy;
}

static void units_draw(const struct picture *picture, struct area area)
{
	if (!picture->frame.record) {
		caption_sentence(area, STYLE_DIM, "waiting for the first epoch");
		return;
	}
	if (!picture->frame.record->layers || model_hidden(picture->frame.model) == 0) {
		caption_sentence(area, STYLE_DIM,
			picture->frame.record->layers ? "no hidden layers" : "layers not kept for this epoch");
		return;
	}
	struct picture known = matching(picture);
	if (!known.frame.detail && record_is_nothing(picture->frame.record->layer[0].saturated)) {
		caption_sentence(area, STYLE_DIM, "units not recorded");
		return;
	}
	int below = area.height >= 4 ? 1 : 0;
	int used = draw_map(&known, area_sub(area, 0, 0, area.width, area.height - below));
	if (used + below < area.height)
		draw_rules(&known, area, area.height - 1 - below);
	if (used + below + 1 < area.height) {
		int deaths = units_draw_deaths(
			&known, area_sub(area, 0, used, area.width, area.height - used - below - 1));
		if (used + deaths + below + 1 < area.height)
			draw_activity_legend(&known, area, area.height - 2 - below);
	}
	if (below)
		draw_selected(&known, area, area.height - 1);
}

/* clang-format off */
const struct pane pane_units = {
	.name = "units",
	.help = "every unit of the hidden layers: dead, saturated or working",
	.guide = "Each row is a layer, each sign a unit. Dark shade: dead, f' is 0 for every sample. "
		"Light shade: for at least half of the samples |f'| is below a tenth of its largest value "
		"(saturated) or 0 (off: normal with ReLU, where about half of all units are at any time). "
		"Medium shade: the same for nine samples in ten. A dot is a working unit; ? is a unit "
		"whose z is not a number. With 256 colours a unit has the colour of its mean |a|, from 0 "
		"to 1. The last line is about the selected layer. Lines above it tell when its dead units "
		"died: in the first kept epoch since which f' has been 0 for every sample, or between two "
		"kept epochs; and the largest step of any layer there, as |W after - W before| / |W|.",
	.minimum_width = 20, .minimum_height = 5,
	.title = units_title, .draw = units_draw,
};
/* clang-format on */
