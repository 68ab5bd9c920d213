#include "unit_deaths.h"

#include "lab/deaths.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINES_MAX = 6 };

/* A dead unit and its death; unit 0: none. The newest death has the first line. */
struct turn {
	int unit;
	struct death death;
};

static bool comes_after(const struct turn *a, const struct turn *b)
{
	return a->death.epoch < b->death.epoch ||
		(a->death.epoch == b->death.epoch && a->unit > b->unit);
}

/* The dead unit whose line follows that of `before` (none: the first line), and how many are left
 * with it. */
static struct turn next_turn(
	const struct picture *picture, int layer, const struct turn *before, int *left)
{
	const struct frame *frame = &picture->frame;
	struct turn next = {0};
	*left = 0;
	for (int unit = 1; unit <= frame->detail->layer[layer - 1].units; unit++) {
		struct turn turn = {.unit = unit};
		if (!death_find(frame->history, frame->detail, layer, unit, &turn.death) ||
			(before->unit && !comes_after(&turn, before)))
			continue;
		++*left;
		if (!next.unit || comes_after(&next, &turn))
			next = turn;
	}
	return next;
}

static void add_time(struct parts *parts, const struct turn *turn)
{
	long long epoch = (long long)turn->death.epoch, alive = (long long)turn->death.alive;
	if (alive < 0 && epoch == 0) {
		parts_add(parts, 0, STYLE_DEAD, "unit %d dead from the start", turn->unit);
		parts_shorten(parts, "unit %d: dead in epoch 0", turn->unit);
	} else if (alive < 0) {
		parts_add(parts, 0, STYLE_DEAD, "unit %d died at or before epoch %lld", turn->unit, epoch);
		parts_shorten(parts, "unit %d: died by %lld", turn->unit, epoch);
	} else if (alive + 1 == epoch) {
		parts_add(parts, 0, STYLE_DEAD, "unit %d died in epoch %lld", turn->unit, epoch);
		parts_shorten(parts, "unit %d: died %lld", turn->unit, epoch);
	} else {
		parts_add(parts, 0, STYLE_DEAD, "unit %d died in epochs %lld to %lld", turn->unit,
			alive + 1, epoch);
		parts_shorten(parts, "unit %d: died %lld-%lld", turn->unit, alive + 1, epoch);
	}
}

static void draw_death(const struct turn *turn, struct area area, int y, int more, int layers)
{
	struct parts parts = {0};
	char number[PLOT_NUMBER], label[LAYER_LABEL];
	add_time(&parts, turn);
	if (turn->death.step_layer) {
		plot_number(number, (double)turn->death.step);
		layer_label(label, turn->death.step_layer, layers);
		parts_add(&parts, 2, STYLE_NORMAL, "largest step %s of |W| (layer %s)", number, label);
		parts_shorten(&parts, "step %s of |W|", number);
	}
	if (more > 0)
		parts_add(&parts, 1, STYLE_DIM, "%d more", more);
	parts_draw(&parts, area, 0, y);
}

bool units_draw_death(const struct picture *picture, int layer, int unit, struct area row)
{
	const struct frame *frame = &picture->frame;
	struct turn turn = {.unit = unit};
	if (!death_find(frame->history, frame->detail, layer, unit, &turn.death))
		return false;
	draw_death(&turn, row, 0, 0, frame->record->layers);
	return true;
}

int units_draw_deaths(const struct picture *picture, struct area area)
{
	int hidden = model_hidden(picture->frame.model), left, y = 0;
	int layer = layer_selected(picture, hidden);
	struct turn turn = {0};
	int lines = min_int(area.height, LINES_MAX);
	if (!picture->frame.detail || lines < 1)
		return 0;
	turn = next_turn(picture, layer, &turn, &left);
	for (; turn.unit && y < lines; y++) {
		draw_death(&turn, area, y, y + 1 == lines ? left - 1 : 0, hidden + 1);
		turn = next_turn(picture, layer, &turn, &left);
	}
	return y;
}

bool units_headline(const struct picture *picture, struct headline *headline)
{
	const struct record *record = picture->frame.record;
	int hidden = record->layers ? model_hidden(picture->frame.model) : 0;
	double dead = 0, saturated = 0;
	for (int l = 0; l < hidden; l++) {
		dead += (double)record_layer(record, l + 1)->dead / hidden;
		saturated += (double)record_layer(record, l + 1)->saturated / hidden;
	}
	if (hidden == 0 || !isfinite(dead))
		return false;
	bool die = dead > 0 || strcmp(idle_word(picture), "off") == 0;
	if (!die && !isfinite(saturated))
		return false;
	plot_share(headline->number, die ? dead : saturated);
	snprintf(headline->words, sizeof(headline->words), "%s",
		die ? "of the hidden units are dead" : "of all hidden units and samples: saturated");
	headline->usual = "00 %";
	headline->style = dead > 0 ? STYLE_ALARM : STYLE_NORMAL;
	headline->briefly = die ? "dead" : "saturated";
	return true;
}
