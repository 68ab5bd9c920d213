/* Remedies: the results of changed settings, tried on copies of the run, best first. */
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/target.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	NAME_COLUMNS = 14, /* least width of the change */
	NAME_COLUMNS_MAX = 44,
	WIDEN_MAX = 4, /* columns of a loss on the way */
	LOSS_COLUMNS = 8,
	EPOCHS_COLUMNS = 5,
	VERDICT_COLUMNS = 16,
	GAP = 1,
};

static void remedies_title(const struct picture *picture, char *out, int size)
{
	const struct advice_view *advice = &picture->advice;
	if (!advice->count)
		snprintf(out, (size_t)size, "remedies");
	else if (advice->busy)
		snprintf(out, (size_t)size, "remedies · %d tried, going on", advice->tried);
	else
		snprintf(out, (size_t)size, "remedies · %d tried · Enter applies it", advice->tried);
}

/* The losses of a trial as bars from 0 to the largest; "!" is a loss that is nan or inf. */
static void draw_losses(struct area area, const struct trial *trial)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	int wide = area.width / TRIAL_LOSSES;
	double most = 0;
	for (int i = 0; i < TRIAL_LOSSES; i++)
		if (isfinite(trial->loss[i]) && (double)trial->loss[i] > most)
			most = (double)trial->loss[i];
	for (int i = 0; i < TRIAL_LOSSES; i++) {
		double share = most > 0 ? (double)trial->loss[i] / most : 0;
		int step = isfinite(trial->loss[i]) ? (int)ceil(share * GLYPHS_BAR_STEPS) : 0;
		if (record_is_nothing(trial->loss[i]))
			continue;
		for (int x = i * wide; x < (i + 1) * wide; x++)
			if (isfinite(trial->loss[i]))
				area_put(area, x, 0, glyphs->vertical_bar[step < 1 ? 1 : step], STYLE_BAR);
			else
				area_put(area, x, 0, '!', STYLE_ALARM);
	}
}

/* The change keeps NAME_COLUMNS: of the room beyond, the losses are served first, then the verdict,
 * then the epochs. The change takes no more than a name needs: further away, numbers are hard to
 * follow along their rows, so the losses become wider instead. */
struct columns {
	int change, losses, epochs, verdict; /* width; 0: not shown */
};

static int take(int *room, int width)
{
	if (*room - width - GAP < NAME_COLUMNS)
		return 0;
	*room -= width + GAP;
	return width;
}

static struct columns columns_for(int width)
{
	struct columns columns;
	int room = width - 1 - LOSS_COLUMNS - GAP;
	columns.losses = take(&room, TRIAL_LOSSES);
	columns.verdict = take(&room, VERDICT_COLUMNS);
	columns.epochs = take(&room, EPOCHS_COLUMNS);
	for (int wide = 1; columns.losses && wide < WIDEN_MAX; wide++)
		if (room - TRIAL_LOSSES >= NAME_COLUMNS_MAX) {
			columns.losses += TRIAL_LOSSES;
			room -= TRIAL_LOSSES;
		}
	columns.change = room < NAME_COLUMNS_MAX ? room : NAME_COLUMNS_MAX;
	return columns;
}

static enum style style_of(const struct picture *picture, const struct trial *trial)
{
	bool alone = !trial->first && !trial->restart;
	if (trial->state != TRIAL_DONE || alone)
		return STYLE_DIM;
	return (double)trial->reached < 0.5 * picture->advice.loss ? STYLE_GOOD : STYLE_NORMAL;
}

/* The keys to press if they fit, else the names of the remedies. */
static void draw_change(
	const struct picture *picture, struct area area, const struct trial *trial, enum style style)
{
	const struct config *from = picture->advice.config;
	const struct config to = trial_config(trial, from);
	const char *restart = trial->restart ? trial->first ? " [r]" : "[r] restart" : "";
	char text[TRIAL_SETTINGS_MAX], keys[TRIAL_SETTINGS_MAX - 16];
	remedy_keys(from, &to, keys, sizeof(keys));
	snprintf(
		text, sizeof(text), "%s%s", trial->first || trial->restart ? keys : "left alone", restart);
	if (caption(area, 0, 0, style, text))
		return;
	trial_name(trial, keys, sizeof(keys));
	snprintf(text, sizeof(text), "%s%s", keys, restart);
	area_text(area, 0, 0, style, text);
}

static void draw_result(
	struct area area, const struct trial *trial, struct columns columns, enum style style)
{
	char number[PLOT_NUMBER];
	int x = 1 + columns.change + GAP + LOSS_COLUMNS;
	plot_number(number, (double)trial->reached);
	caption_right(area, x, 0, style, number);
	x += GAP;
	if (columns.losses)
		draw_losses(area_sub(area, x, 0, columns.losses, 1), trial);
	x += columns.losses + GAP;
	if (columns.epochs) {
		area_format(area_sub(area, x, 0, columns.epochs, 1), 0, 0, style, "%*d", columns.epochs - 1,
			trial->epochs);
		x += columns.epochs + GAP;
	}
	if (columns.verdict && trial->verdict)
		caption(area_sub(area, x, 0, columns.verdict, 1), 0, 0, style, trial->verdict);
}

static void draw_trial(
	const struct picture *picture, struct area area, int row, struct columns columns)
{
	const struct trial *trial = picture->advice.trial[row];
	bool chosen = row == picture->view->choice;
	enum style style = chosen ? STYLE_SELECTED : style_of(picture, trial);
	area_target(area, (struct target){.choice = row + 1});
	if (chosen)
		area_chosen(area, 0, 0, style);
	draw_change(picture, area_sub(area, 1, 0, columns.change, 1), trial, style);
	if (trial->state == TRIAL_DONE)
		draw_result(area, trial, columns, style);
	else
		caption_right(area, 1 + columns.change + GAP + LOSS_COLUMNS, 0, style,
			trial->state == TRIAL_WAITING ? "waits" : "untried");
}

static void draw_heads(const struct picture *picture, struct area area, struct columns columns)
{
	char now[40], number[PLOT_NUMBER];
	int x = 1 + columns.change + GAP + LOSS_COLUMNS;
	plot_number(number, picture->advice.loss);
	snprintf(now, sizeof(now), "loss now %s", number);
	caption(area_sub(area, 1, 0, columns.change, 1), 0, 0, STYLE_DIM, now);
	caption_right(area, x, 0, STYLE_DIM, "reached");
	x += GAP;
	if (columns.losses)
		caption(area_sub(area, x, 0, columns.losses, 1), 0, 0, STYLE_DIM, "on the way");
	x += columns.losses + GAP;
	if (columns.epochs)
		caption(area, x - 1, 0, STYLE_DIM, "epochs");
	x += columns.epochs ? columns.epochs + GAP : 0;
	if (columns.verdict)
		caption(area, x, 0, STYLE_DIM, "verdict");
}

static int remedies_choices(const struct picture *picture)
{
	return picture->advice.count > 0 ? picture->advice.count : 1;
}

static void remedies_draw(const struct picture *picture, struct area area)
{
	const struct advice_view *advice = &picture->advice;
	struct columns columns = columns_for(area.width);
	int rows = area.height - 1;
	if (!advice->count) {
		caption_sentence(area, STYLE_DIM,
			"While a network is in trouble, remedies are tried "
			"here on copies of it (advice=tried).");
		return;
	}
	if (columns.change < NAME_COLUMNS / 2 || rows < 1)
		return;
	int top = picture->view->choice - rows / 2;
	top = top > advice->count - rows ? advice->count - rows : top;
	top = top < 0 ? 0 : top;
	draw_heads(picture, area_sub(area, 0, 0, area.width, 1), columns);
	for (int i = 0; i < rows && top + i < advice->count; i++)
		draw_trial(picture, area_sub(area, 0, i + 1, area.width, 1), top + i, columns);
}

/* clang-format off */
const struct pane pane_remedies = {
	.name = "remedies",
	.help = "remedies tried on copies of the network, best first; Enter applies the chosen one",
	.guide = "While the network is in trouble, copies of it are trained ahead, each with one "
		"remedy (later with two), either from its present weights or restarted from the seed. "
		"Rows are sorted by the class of the loss reached (below 5, 15, 50, 90 % of the "
		"baseline loss); within a class the smallest change is first. A row has the keys to press, "
		"the loss reached, the losses on the way (bars from 0 to the largest), the epochs, and "
		"the verdict at the end. Up and down choose a row, Enter applies its change to the run. "
		"Applied at the epoch of the trial, the run continues exactly as the trial did. "
		"\"untried\": the trial would take too long.",
	.numbers = "reached; on the way; epochs",
	.minimum_width = 24, .minimum_height = 5,
	.title = remedies_title, .draw = remedies_draw, .choices = remedies_choices,
};
/* clang-format on */
