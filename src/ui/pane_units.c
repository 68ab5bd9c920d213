/* Units: a map of the hidden layers' units: dead, saturated or working.
 *
 * Each layer is a row, in one or more stacks side by side; a single stack has the layers' shares
 * beside it if there is room. In very deep networks one column is a layer, or several.
 */
#include "halves.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/heat.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"
#include "unit_deaths.h"
#include "unit_face.h"
#include "unit_gates.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	STRETCH_MAX = 8,
	ROWS_FOR_WORDS = 3,
	SHARE_COLUMNS = 14,
	CELLS_MIN = 4,
	SHARES_CELLS_MIN = 8,
	STACK_GAP = 2
};

static const uint32_t NOT_A_NUMBER = '?';
static const double MOSTLY = 0.5, NEARLY_ALL = 0.9;

/* What the map is drawn from: one sample, the detail of all samples, or the layers' shares. */
struct units {
	const struct picture *picture;
	const struct detail *detail;  /* NULL: not known */
	const struct step_view *step; /* the sample's; NULL: not shown */
};

static bool shows_sample(const struct picture *picture)
{
	return strcmp(picture->view->units, "sample") == 0;
}

static void units_title(const struct picture *picture, char *out, int size)
{
	if (shows_sample(picture))
		snprintf(out, (size_t)size, "units · one sample · off·");
	else
		snprintf(out, (size_t)size, "units · dead▓ %s░", idle_word(picture));
}

static int count_of(const struct units *units, int layer)
{
	return units->step ? units->step->layer[layer].units : units->detail->layer[layer - 1].units;
}

/* Values of a unit of the layer: of one sample a channel has one for each place of its map. */
static int places_of(const struct units *units, int layer)
{
	const struct layer_model *model = model_layer(units->picture->frame.model, layer);
	return units->step && model && model->units > 0
		? max_int(count_of(units, layer) / model->units, 1)
		: 1;
}

/* A unit, from 0: for which shares of the samples f' is 0 and small, and its mean |a|. */
struct unit {
	double inactive, saturated, activity;
};

static struct unit unit_of(const struct units *units, int layer, int unit)
{
	if (!units->step) {
		const struct layer_detail *detail = &units->detail->layer[layer - 1];
		return (struct unit){(double)detail->inactive[unit], (double)detail->saturated[unit],
			(double)detail->activity[unit]};
	}
	const struct sample_layer *sample = &units->step->layer[layer];
	const struct layer_model *model = model_layer(units->picture->frame.model, layer);
	double slope = fabs((double)sample->derivative[unit]);
	return (struct unit){
		.inactive = slope == 0,
		.saturated = isnan(slope) ? slope : slope < model->saturation_below,
		.activity = fabs((double)sample->output[unit]),
	};
}

/* The units that one cell stands for; the ends are exclusive. */
struct unit_range {
	int first_layer, last_layer;
	double from, to; /* as shares of a layer's units, because widths may differ */
};

static struct unit sum_of(const struct units *units, const struct unit_range *range, int *count)
{
	struct unit sum = {0};
	*count = 0;
	for (int layer = range->first_layer; layer < range->last_layer; layer++) {
		int all = count_of(units, layer + 1);
		int from = (int)(range->from * all + 1e-9), to = (int)(range->to * all + 1e-9);
		for (int at = from; (at < to || at == from) && at < all; at++, ++*count) {
			const struct unit unit = unit_of(units, layer + 1, at);
			sum.inactive += unit.inactive >= 1;
			sum.saturated += unit.saturated;
			sum.activity += unit.activity;
		}
	}
	return sum;
}

/* A cell is dead (of one sample: off) if at least half of its units are, else drawn by their mean
 * saturation. A single NaN among them makes it NOT_A_NUMBER. */
static struct unit_face face_of(
	const struct units *units, const struct glyphs *glyphs, const struct unit_range *range)
{
	int count;
	const struct unit sum = sum_of(units, range, &count);
	bool sample = units->step != NULL;
	struct unit_face face = {.sign = ' ', .style = STYLE_DIM, .activity = NAN};
	if (isnan(sum.saturated)) {
		face.style = STYLE_ALARM;
		face.sign = NOT_A_NUMBER;
		return face;
	}
	if (count == 0)
		return face;
	bool off = sum.inactive / count >= MOSTLY, saturated = sum.saturated / count >= MOSTLY;
	if (isfinite(sum.activity) && !(off && sample))
		face.activity = sum.activity / count;
	face.works = !off && !saturated;
	if (off) {
		face.style = sample ? STYLE_DIM : STYLE_DEAD;
		face.sign = sample ? glyphs->point[0] : glyphs->shade[2];
	} else if (saturated) {
		face.style = STYLE_SATURATED;
		face.sign = glyphs->shade[sum.saturated / count >= NEARLY_ALL && !sample];
	} else
		face.sign = sample ? glyphs->full : glyphs->point[0];
	return face;
}

/* The units themselves are known, not only their shares. */
static bool are_known(const struct units *units)
{
	return units->step || units->detail;
}

static int most_units(const struct units *units)
{
	int most = 1, hidden = model_hidden(units->picture->frame.model);
	for (int layer = 1; layer <= hidden; layer++)
		most = count_of(units, layer) > most ? count_of(units, layer) : most;
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

static int cells_wanted(const struct units *units, int room)
{
	int most = are_known(units) ? most_units(units) : room;
	return most < room ? most : room;
}

/* The unit that is selected in this layer, from 1; 0: none. */
static int unit_selected(const struct units *units, int layer)
{
	const struct picture *picture = units->picture;
	int chosen = layer_selected(picture, model_hidden(picture->frame.model));
	return layer == chosen && are_known(units)
		? min_int(picture->view->unit, count_of(units, layer) / places_of(units, layer))
		: 0;
}

static void draw_cells(const struct units *units, struct area cells, int layer)
{
	const struct glyphs *glyphs = cells.canvas->glyphs;
	bool known = are_known(units);
	int width = cells.width, selected = unit_selected(units, layer);
	if (known)
		width = width * count_of(units, layer) / most_units(units);
	int each = known ? max_int(width / count_of(units, layer), 1) : 1;
	for (int x = 0; x < width; x += each) {
		struct unit_range range = {layer - 1, layer, (double)x / width, (double)(x + each) / width};
		struct unit_face face = {.activity = NAN};
		if (known)
			face = face_of(units, glyphs, &range);
		else
			face.sign = share_glyph(record_layer(units->picture->frame.record, layer), glyphs,
				(x + 0.5) / width, &face.style);
		unit_face_draw(area_sub(cells, x, 0, each, cells.height), &face);
	}
	int places = known ? places_of(units, layer) : 1;
	for (int x = 0; x < width && known; x++) {
		int value = ((x + 1) * count_of(units, layer) + width - 1) / width;
		area_target(area_sub(cells, x, 0, 1, cells.height),
			(struct target){.unit = (value + places - 1) / places});
	}
	if (selected)
		area_chosen(
			cells, (selected - 1) * places * width / count_of(units, layer), 0, STYLE_SELECTED);
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
		area_chosen(row, 0, 0, STYLE_SELECTED);
	caption_right(row, width - 1, 0, selected ? STYLE_SELECTED : STYLE_NORMAL, label);
}

static void percent(char out[PLOT_NUMBER], float share)
{
	if (isnan(share))
		snprintf(out, PLOT_NUMBER, "%s", record_is_nothing(share) ? "-" : "nan");
	else
		plot_share(out, (double)share);
}

/* How many values of a channel (0: of all units of the layer) are off and saturated for the sample,
 * and the mean |a| of them. */
static double count_sample(
	const struct units *units, int layer, int channel, int *off, int *saturated)
{
	int count = channel ? places_of(units, layer) : count_of(units, layer);
	int first = channel ? (channel - 1) * count : 0;
	double activity = 0;
	*off = *saturated = 0;
	for (int i = first; i < first + count; i++) {
		const struct unit of = unit_of(units, layer, i);
		*off += of.inactive > 0;
		*saturated += of.saturated > 0 && of.inactive == 0;
		activity += of.activity;
	}
	return activity / count;
}

static void draw_shares(const struct units *units, int layer, struct area row)
{
	const struct layer_record *shares = record_layer(units->picture->frame.record, layer);
	char text[PLOT_NUMBER];
	if (units->step) {
		int off, saturated;
		count_sample(units, layer, 0, &off, &saturated);
		snprintf(text, sizeof(text), "%d", off);
		caption_right(row, row.width - 7, 0, off ? STYLE_NORMAL : STYLE_DIM, text);
		snprintf(text, sizeof(text), "%d", saturated);
		caption_right(row, row.width, 0, saturated ? STYLE_WARNING : STYLE_DIM, text);
		return;
	}
	percent(text, shares->dead);
	caption_right(row, row.width - 7, 0, shares->dead > 0 ? STYLE_ALARM : STYLE_DIM, text);
	percent(text, shares->saturated);
	caption_right(
		row, row.width, 0, shares->saturated >= (float)MOSTLY ? STYLE_WARNING : STYLE_DIM, text);
}

/* A channel and the map that it has for the sample. */
static void draw_channel(const struct units *units, int layer, int channel, struct area row)
{
	struct parts parts = {0};
	char number[PLOT_NUMBER];
	int places = places_of(units, layer), off, saturated;
	plot_number(number, count_sample(units, layer, channel, &off, &saturated));
	parts_add(&parts, 0, STYLE_SELECTED, "layer %d, channel %d", layer, channel);
	parts_shorten(&parts, "%d/%d", layer, channel);
	parts_add(&parts, 0, STYLE_NORMAL, "%d of %d places off", off, places);
	parts_shorten(&parts, "off: %d/%d", off, places);
	if (saturated)
		parts_add(&parts, 2, STYLE_NORMAL, "%d saturated", saturated);
	parts_add(&parts, 1, STYLE_NORMAL, "mean |a| %s", number);
	parts_draw(&parts, row, 0, 0);
}

/* The selected unit: its death, or how it works. */
static void draw_unit(const struct units *units, int layer, int unit, struct area row)
{
	struct parts parts = {0};
	char off[PLOT_NUMBER], number[PLOT_NUMBER];
	if (!units->step && units_draw_death(units->picture, layer, unit, row))
		return;
	if (places_of(units, layer) > 1) {
		draw_channel(units, layer, unit, row);
		return;
	}
	const struct unit of = unit_of(units, layer, unit - 1);
	plot_number(number, of.activity);
	parts_add(&parts, 0, STYLE_SELECTED, "layer %d, unit %d", layer, unit);
	parts_shorten(&parts, "%d/%d", layer, unit);
	if (units->step) {
		double z = (double)units->step->layer[layer].z[unit - 1];
		plot_number(off, z);
		parts_add(&parts, 0, STYLE_NORMAL, of.inactive > 0 ? "off" : "on");
		parts_add(&parts, 1, STYLE_NORMAL, "z %s", off);
		parts_add(&parts, 2, STYLE_NORMAL, "|a| %s", number);
	} else {
		percent(off, (float)of.inactive);
		parts_add(&parts, 0, STYLE_NORMAL, "f′ = 0: %s", off);
		parts_add(&parts, 1, STYLE_NORMAL, "mean |a| %s", number);
	}
	parts_draw(&parts, row, 0, 0);
}

/* The sample, and what is off in the selected layer. */
static void draw_sample(const struct units *units, int layer, struct area row)
{
	struct parts parts = {0};
	int off, saturated;
	count_sample(units, layer, 0, &off, &saturated);
	parts_add(
		&parts, 1, STYLE_TITLE, "sample %d of %d", units->step->sample + 1, units->step->samples);
	parts_add(&parts, 0, STYLE_NORMAL, "layer %d: %d of %d %soff", layer, off,
		count_of(units, layer), places_of(units, layer) > 1 ? "places " : "");
	if (saturated)
		parts_add(&parts, 2, STYLE_NORMAL, "%d saturated", saturated);
	parts_add(&parts, 3, STYLE_DIM, "n: next sample");
	parts_draw(&parts, row, 0, 0);
}

/* The shares of the selected layer in words. */
static void draw_layer(const struct units *units, int layer, struct area row)
{
	const struct picture *picture = units->picture;
	const struct layer_record *shares = record_layer(picture->frame.record, layer);
	struct parts parts = {0};
	char dead[PLOT_NUMBER], saturated[PLOT_NUMBER];
	if (units->step) {
		draw_sample(units, layer, row);
		return;
	}
	percent(dead, shares->dead);
	percent(saturated, shares->saturated);
	parts_add(&parts, 0, STYLE_NORMAL, "layer %d: dead %s", layer, dead);
	const char *idle = idle_word(picture);
	bool fits = row.width >= 36 || strlen(idle) <= strlen("sat.");
	parts_add(&parts, 1, STYLE_NORMAL, "%s %s", fits ? idle : "sat.", saturated);
	parts_draw(&parts, row, 0, 0);
}

/* The legend, as far as it fits. */
static void draw_rules(const struct units *units, struct area area, int y)
{
	const struct picture *picture = units->picture;
	struct parts parts = {0};
	bool broken = false;
	if (units->step) {
		parts_add(&parts, 0, STYLE_DIM, "· off: f′ = 0, no error passes");
		parts_add(&parts, 1, STYLE_DIM, "░ |f′| < 0.1 max f′");
		parts_draw(&parts, area, 0, y);
		return;
	}
	if (shows_sample(picture))
		parts_add(&parts, 0, STYLE_DIM, "no sample: the weights of this epoch are not kept");
	for (int l = 0; l < model_hidden(picture->frame.model); l++)
		broken = broken || isnan(record_layer(picture->frame.record, l + 1)->saturated);
	if (broken)
		parts_add(&parts, 0, STYLE_ALARM, "? not a number");
	if (detail_forgotten(picture))
		parts_add(&parts, 0, STYLE_DIM, "units not kept for this epoch: shares");
	parts_add(&parts, 3, STYLE_DIM, "of the samples");
	if (units_can_die(picture->frame.model))
		parts_add(&parts, 1, STYLE_DIM, "▓ all: f′ = 0");
	else
		parts_add(&parts, 1, STYLE_DIM, "f′ is nowhere 0: none can die");
	parts_add(&parts, broken || shows_sample(picture), STYLE_DIM, "░ half: |f′| < 0.1 max f′");
	const struct glyphs *glyphs = area.canvas->glyphs;
	if (glyphs->shade[0] != glyphs->shade[1])
		parts_add(&parts, 2, STYLE_DIM, "▒ nine in ten");
	parts_draw(&parts, area, 0, y);
}

/* Draws the layers as rows in `stacks` columns; returns the rows used, 0 if there are too few cells
 * for the units. */
static int draw_stacks(const struct units *units, struct area area, int stacks)
{
	const struct picture *picture = units->picture;
	int hidden = model_hidden(picture->frame.model);
	int width = (area.width - (stacks - 1) * STACK_GAP) / stacks;
	int labels = label_columns(hidden), room = width - labels;
	if (room < cells_wanted(units, CELLS_MIN))
		return 0;
	bool shares = stacks == 1 && room - SHARE_COLUMNS >= cells_wanted(units, SHARES_CELLS_MIN);
	int cells = cells_wanted(units, shares ? room - SHARE_COLUMNS : room);
	if (shares)
		cells *= max_int((room - SHARE_COLUMNS) / cells, 1);
	int rows = (hidden + stacks - 1) / stacks;
	int titled = shares && area.height > rows;
	if (titled)
		caption_right(area, labels + cells + SHARE_COLUMNS, 0, STYLE_DIM,
			units->step                                  ? " off   sat."
				: strcmp(idle_word(picture), "off") == 0 ? "dead   off "
														 : "dead   sat.");
	int pitch = clamp_int((area.height - titled - ROWS_FOR_WORDS) / rows, 1, STRETCH_MAX);
	for (int layer = 1; layer <= hidden; layer++) {
		int stack = (layer - 1) / rows;
		struct area row = area_sub(area, stack * (width + STACK_GAP),
			titled + (layer - 1) % rows * pitch, width, pitch > 2 ? pitch - 1 : pitch);
		area_target(row, (struct target){.layer = layer_row(picture, layer)});
		draw_label(picture, row, labels, layer);
		draw_cells(units, area_sub(row, labels, 0, cells, row.height), layer);
		if (shares)
			draw_shares(units, layer, area_sub(row, labels + cells, 0, SHARE_COLUMNS, 1));
	}
	return titled + rows * pitch;
}

/* One column is a layer, or several; its units are from top to bottom. */
static void draw_columns(const struct units *units, struct area area)
{
	const struct picture *picture = units->picture;
	const struct glyphs *glyphs = area.canvas->glyphs;
	int hidden = model_hidden(picture->frame.model), worded = area.height >= 3;
	int a_column = (hidden + area.width - 1) / area.width;
	int columns = (hidden + a_column - 1) / a_column;
	int height = cells_wanted(units, area.height - worded);
	for (int x = 0; x < columns; x++) {
		int last = (x + 1) * a_column < hidden ? (x + 1) * a_column : hidden;
		for (int y = 0; y < height; y++) {
			struct unit_face face = {.activity = NAN};
			struct unit_range range = {
				x * a_column,
				last,
				(double)y / height,
				(double)(y + 1) / height,
			};
			if (are_known(units))
				face = face_of(units, glyphs, &range);
			else
				face.sign = share_glyph(record_layer(picture->frame.record, x * a_column + 1),
					glyphs, (y + 0.5) / height, &face.style);
			unit_face_draw(area_sub(area, x, y, 1, 1), &face);
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
static int draw_map(const struct units *units, struct area area)
{
	if (area.height < 1 || area.width < 1)
		return 0;
	int hidden = model_hidden(units->picture->frame.model);
	int used = draw_stacks(units, area, (hidden + area.height - 1) / area.height);
	if (used > 0)
		return used;
	draw_columns(units, area);
	return area.height;
}

/* Leaves out a detail that lacks hidden layers of the record, and a sample of another network: it
 * is another record's. */
static struct units units_of(const struct picture *picture)
{
	const struct frame *frame = &picture->frame;
	const struct state_view *state = frame->state;
	int hidden = model_hidden(frame->model);
	struct units units = {.picture = picture, .detail = frame->detail};
	if (units.detail && units.detail->layers < hidden)
		units.detail = NULL;
	bool fits = shows_sample(picture) && state && state->step && state->step->layers > hidden;
	for (int layer = 1; fits && layer <= hidden; layer++)
		fits = state->step->layer[layer].derivative != NULL;
	units.step = fits ? state->step : NULL;
	return units;
}

static void draw_run(const struct picture *picture, struct area area, const struct picture *other)
{
	(void)other;
	if (!picture->frame.record) {
		caption_sentence(area, STYLE_DIM, "waiting for the first epoch");
		return;
	}
	if (!picture->frame.record->layers || model_hidden(picture->frame.model) == 0) {
		caption_sentence(area, STYLE_DIM,
			picture->frame.record->layers ? "no hidden layers" : "layers not kept for this epoch");
		return;
	}
	const struct units units = units_of(picture);
	if (has_gates(picture->frame.model))
		area = unit_gates_draw(picture, area, shows_sample(picture));
	if (!are_known(&units) && record_is_nothing(picture->frame.record->layer[0].saturated)) {
		caption_sentence(area, STYLE_DIM, "units not recorded");
		return;
	}
	int layer = layer_selected(picture, model_hidden(picture->frame.model));
	int unit = unit_selected(&units, layer), below = area.height >= 4;
	int used = draw_map(&units, area_sub(area, 0, 0, area.width, area.height - below));
	bool both = unit && area.height - used - below > 1;
	below += both;
	int left = area.height - used - below;
	if (left > 0)
		draw_rules(&units, area, area.height - 1 - below);
	if (left > 1) {
		struct area list = area_sub(area, 0, used, area.width, left - 1);
		int deaths = units.step || !units.detail ? 0 : units_draw_deaths(picture, list);
		if (deaths < left - 1 && are_known(&units))
			unit_face_legend(area, area.height - 2 - below, !units.step);
	}
	if (below && (!unit || both))
		draw_layer(&units, layer, area_sub(area, 0, area.height - below, area.width, 1));
	if (below && unit)
		draw_unit(&units, layer, unit, area_sub(area, 0, area.height - 1, area.width, 1));
}

static struct probe_wish wish_of(const struct picture *picture, struct area area)
{
	(void)area;
	return (struct probe_wish){.step = shows_sample(picture) || has_gates(picture->frame.model),
		.sample = picture->view->sample};
}

static const struct halves_way way = {{20, 5, 20, 5}, true, draw_run, wish_of};

static void units_draw(const struct picture *picture, struct area area)
{
	halves_draw(&way, picture, area);
}

static struct probe_wish units_wish(const struct picture *picture, struct area area)
{
	return halves_wish(&way, picture, area);
}

static struct probe_wish units_pinned_wish(const struct picture *picture, struct area area)
{
	return halves_pinned_wish(&way, picture, area);
}

/* clang-format off */
const struct pane pane_units = {
	.name = "units",
	.help = "every unit of the hidden layers: dead, saturated or working",
	.guide = "Each row is a layer, each sign a unit. Dark shade: dead, f' is 0 for every sample. "
		"Light shade: for at least half of the samples |f'| is below a tenth of its largest value "
		"(saturated) or 0 (off: normal with ReLU, where about half of all units are at any time). "
		"Medium shade: the same for nine samples in ten. ? is a unit whose z is not a number. With "
		"256 colours a unit has the colour of its mean |a|, from 0 to 1; with fewer, a working "
		"unit is a bar of that height, or a digit: tenths. The last line is about the selected "
		"layer. Lines above it tell when its dead units "
		"died: in the first kept epoch since which f' has been 0 for every sample, or between two "
		"kept epochs; and the largest step of any layer there, as |W after - W before| / |W|. "
		"( and ) select a unit, and the last line tells of it. J shows one sample of the next "
		"minibatch (n: the next one): a unit is on, or off where its f' is 0 for this sample; no "
		"error passes a unit that is off. Of a convolution each sign is then a place of a "
		"channel's map. "
		"LSTM and GRU have gates: each is a strip over the time steps, light where it is open "
		"(1), dark where it is shut (0). mean is over all units, time steps and samples of the "
		"next minibatch; open is the share of values above 0.9, shut below 0.1, where the gate "
		"itself hardly learns. An LSTM keeps what its forget gate lets through, a GRU what its "
		"update gate does. Of one sample a gate's rows are its units, or the selected unit. "
		"A pinned run has a map of its own.",
	.numbers = "dead; saturated; inactive; z, |a|, |f'| of a unit; died; largest step; gate; "
		"open, shut",
	.minimum_width = 20, .minimum_height = 5,
	.title = units_title, .draw = units_draw, .headline = units_headline, .wish = units_wish,
	.pinned_wish = units_pinned_wish,
};
/* clang-format on */
