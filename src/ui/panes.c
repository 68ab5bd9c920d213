/* The table of panes, and the frame around one. See pane.h. */
#include "ui/pane.h"
#include "function.h"
#include "ui/caption.h"
#include "nn/bounds.h"
#include "ui/glyphs.h"
#include "ui/large.h"
#include "ui/pane_rows.h"
#include "ui/target.h"
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct pane *const panes[] = {
	&pane_gradients, &pane_loss, &pane_activation, &pane_history, &pane_data, &pane_network,
	&pane_units, &pane_chain, &pane_weights, &pane_step, &pane_numbers, &pane_remedies, &pane_log,
	&pane_maps,
};
/* clang-format on */

int pane_count(void)
{
	return (int)(sizeof(panes) / sizeof(panes[0]));
}

const struct pane *pane_at(int index)
{
	return index >= 0 && index < pane_count() ? panes[index] : NULL;
}

void layer_label(char out[LAYER_LABEL], int layer, int layers)
{
	if (layer == layers)
		snprintf(out, LAYER_LABEL, "out");
	else
		snprintf(out, LAYER_LABEL, "%d", layer);
}

bool has_steps(const struct record *record)
{
	return record->rows > record->layers;
}

void row_label(char out[LAYER_LABEL], const struct record *record, int row)
{
	const struct layer_record *at = &record->layer[row - 1];
	bool several = false;
	for (int r = 0; r < record->rows && at->step > 0; r++)
		several |= record->layer[r].step > 0 && record->layer[r].layer != at->layer;
	if (at->step == 0)
		layer_label(out, at->layer, record->layers);
	else if (several)
		snprintf(out, LAYER_LABEL, "%d:%d", at->layer, at->step);
	else
		snprintf(out, LAYER_LABEL, "t%d", at->step);
}

int row_selected(const struct picture *picture, int rows)
{
	return clamp_int(picture->view->layer, 1, rows);
}

int layer_selected(const struct picture *picture, int layers)
{
	const struct record *record = picture->frame.record;
	int row = row_selected(picture, record && record->rows ? record->rows : layers);
	return record && record->rows ? clamp_int(record->layer[row - 1].layer, 1, layers) : row;
}

int layer_row(const struct picture *picture, int layer)
{
	const struct record *record = picture->frame.record;
	if (!record || !record->rows || layer < 1 || layer > record->layers)
		return layer;
	int row = row_selected(picture, record->rows);
	return record->layer[row - 1].layer == layer ? row : record_last(record, layer) + 1;
}

void view_choose_unit(struct view *view, int unit)
{
	view->unit = unit;
	if (view->layer >= 1 && view->layer <= NET_LAYERS_MAX)
		view->path[view->layer] = unit;
}

const char *idle_word(const struct picture *picture)
{
	const struct record *record = picture->frame.record;
	int hidden = record && record->layers ? model_hidden(picture->frame.model) : 0;
	bool rests = false;
	for (int l = 0; l < hidden; l++) {
		const struct layer_record *layer = record_layer(record, l + 1);
		if (layer->saturated > layer->inactive)
			return "saturated";
		rests = rests || layer->inactive > 0;
	}
	return rests ? "off" : "saturated";
}

bool units_can_die(const struct model *model)
{
	for (int layer = 1; layer <= model_hidden(model); layer++) {
		const struct layer_model *row = model_layer(model, layer);
		const struct function function = {
			row->activation ? activation_find(row->activation) : NULL, row->parameters};
		if (!function.activation || function_dies(&function, -1) || function_dies(&function, 1))
			return true;
	}
	return model_hidden(model) == 0;
}

bool detail_forgotten(const struct picture *picture)
{
	const struct frame *frame = &picture->frame;
	const struct history *history = frame->history.all;
	return frame->record && !frame->detail && history && history_count(history) > 0 &&
		frame->record->epoch < history_newest(history)->epoch;
}

float row_value(const struct record *record, int row, size_t offset)
{
	float value;
	memcpy(&value, (const char *)&record->layer[row - 1] + offset, sizeof(value));
	return value;
}

/* Drops the last part of the title until it fits; a word is never cut. */
static void frame_title(struct area area, const char *title, enum style style)
{
	char text[320];
	snprintf(text, sizeof(text), "%s ", title);
	while (!caption(area, 2, 0, style, text)) {
		char *cut = NULL;
		for (char *at = text; (at = strstr(at, " · ")) != NULL; at++)
			cut = at;
		if (!cut)
			cut = strchr(text, ' ');
		if (!cut || cut[1] == '\0')
			return;
		cut[0] = ' ';
		cut[1] = '\0';
	}
}

struct area pane_inside(struct area area)
{
	if (area.width < 3 || area.height < 3)
		return area;
	return area_sub(area, 1, 1, area.width - 2, area.height - 2);
}

static bool headline_of(
	const struct pane *pane, const struct picture *picture, struct headline *headline)
{
	*headline = (struct headline){.style = STYLE_NORMAL};
	return picture->view->large_first && pane->headline && picture->frame.record &&
		pane->headline(picture, headline);
}

static struct area below(struct area area, int rows)
{
	return area_sub(area, 0, rows, area.width, area.height - rows);
}

struct area pane_room(const struct pane *pane, const struct picture *picture, struct area area)
{
	struct headline headline;
	struct area inside = pane_inside(area);
	bool large = headline_of(pane, picture, &headline);
	return below(inside, large ? large_number_rows(inside, headline.usual, true) : 0);
}

static void draw_headline(const struct pane *pane, const struct picture *picture, struct area area)
{
	struct headline headline;
	int rows;
	if (!headline_of(pane, picture, &headline))
		return;
	int columns = large_number(area, headline.style, headline.number, headline.usual, true, &rows);
	struct area words = area_sub(area, columns, 0, area.width - columns, rows);
	if (columns > 0 && !caption_text(words, STYLE_DIM, headline.words))
		caption_text(words, STYLE_DIM, headline.briefly);
}

static void draw_framed(const struct pane *pane, int number, bool focused,
	const struct picture *picture, struct area area)
{
	if (area.width < 3 || area.height < 3) {
		pane->draw(picture, area);
		return;
	}
	char title[256] = "", numbered[288];
	pane->title(picture, title, sizeof(title));
	if (number > 0)
		snprintf(numbered, sizeof(numbered), "%d %s", number, title);
	else
		snprintf(numbered, sizeof(numbered), "%s", title);
	area_frame(area, focused ? STYLE_FOCUS : STYLE_DIM);
	area_target(area_sub(area, 0, 0, area.width, 1), (struct target){.title = true});
	if (focused)
		area_put(area, 1, 0, area.canvas->glyphs->chosen, STYLE_FOCUS);
	frame_title(
		area_sub(area, 0, 0, area.width - 1, 1), numbered, focused ? STYLE_FOCUS : STYLE_TITLE);
	draw_headline(pane, picture, pane_inside(area));
	pane->draw(picture, pane_room(pane, picture, area));
}

void pane_draw(const struct pane *pane, int number, bool focused, const struct picture *picture,
	struct area area)
{
	struct cursor before = area.canvas->cursor;
	area_target(area, (struct target){.pane = number});
	area_cursor(area, area.width > 2, 0);
	area.canvas->cursor.item = !focused;
	draw_framed(pane, number, focused, picture, area);
	if (!focused)
		area.canvas->cursor = before;
}
