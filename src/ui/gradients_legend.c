/* The line under the bars: fitted decay, theory, R2, verdict, and the number of a layer. */
#include "gradients.h"
#include "lab/verdict.h"
#include "nn/elementary.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BACK_FROM = 38, FRESH_FROM = 72 }; /* columns from which there is room for more words */

void gradients_add_row(struct parts *parts, int rank, const struct picture *picture,
	const struct quantity *shown, int row, bool named)
{
	char label[LAYER_LABEL], number[PLOT_NUMBER];
	const struct record *record = picture->frame.record;
	float value = row_value(record, row, shown->offset);
	const char *word = gradients_word(record, row, value);
	bool hidden_layer = row < record->rows && record->layer[row - 1].step == 0;
	row_label(label, record, row);
	plot_scientific(number, (double)value);
	parts_add(parts, rank, word ? STYLE_ALARM : STYLE_NORMAL, "%s%s: %s",
		named && hidden_layer ? "layer " : "", label, word ? word : number);
}

bool gradients_factor(const struct record *record, char out[PLOT_NUMBER])
{
	double factor = exp10_f64(-(double)record->decay);
	if (!isfinite(record->decay))
		return false;
	if (factor >= 0.01 && factor < 100)
		snprintf(out, PLOT_NUMBER, "%.2f", factor);
	else
		plot_scientific(out, factor);
	return true;
}

/* Ranks: the least important parts are dropped first (see caption.h). */
void gradients_draw_summary(const struct picture *picture, const struct quantity *shown,
	struct area area, int y, const char *legend, const char *pinned, int selected)
{
	const struct record *record = picture->frame.record;
	struct parts parts = {0};
	if (selected)
		gradients_add_row(&parts, 0, picture, shown, selected, true);
	char number[PLOT_NUMBER];
	if (gradients_factor(record, number))
		parts_add(&parts, 2, STYLE_NORMAL, "%s ×%s a %s%s", has_steps(record) ? "∂L/∂h" : "δ",
			number, has_steps(record) ? "step" : "layer", area.width < BACK_FROM ? "" : " back");
	double sum = 0;
	int count = 0;
	for (int row = 1; row < record->rows; row++)
		if (gradients_drawable(record->layer[row - 1].theory)) {
			sum += log10_f64((double)record->layer[row - 1].theory);
			count++;
		}
	double low, high;
	bool drawn = gradients_predicted(picture, 1, &low, &high);
	if (count)
		parts_add(&parts, 5, drawn ? STYLE_MARK : STYLE_NORMAL, "%s%s ×%.2g", drawn ? "~ " : "",
			record->epoch == 0            ? "theory"
				: area.width < FRESH_FROM ? "fresh"
										  : "theory for fresh weights",
			exp10_f64(sum / count));
	if (legend)
		parts_add(&parts, 4, gradients_tick, "%s", legend);
	if (picture->twin.model && picture->twin.record)
		parts_add(&parts, 0, STYLE_TWIN, "%s%s", pinned ? pinned : "",
			pinned ? ": pinned" : "pinned not drawn");
	if (isfinite(record->r2))
		parts_add(&parts, 6, STYLE_NORMAL, "R² %.3f", (double)record->r2);
	const struct verdict *verdict = record->verdict ? verdict_find(record->verdict) : NULL;
	if (verdict && !picture->view->quiz && strcmp(verdict->name, "healthy") != 0) {
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
