/* Loss: training and validation loss over the epochs, with a mark at every change of settings. */
#include "ui/caption.h"
#include "nn/bounds.h"
#include "nn/elementary.h"
#include "ui/glyphs.h"
#include "loss_marks.h"
#include "ui/large.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include "ui/solid_curve.h"
#include "ui/target.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	ROWS_FOR_NUMBERS = 4,
	ROWS_FOR_RACE = 7,
	ROWS_FOR_AXIS = 5,
	ROWS_FOR_EVEN_TICKS = 8,
	COLUMNS_FOR_AXIS = 20
};

static const double LN_2 = 0.69314718055994531;

static void loss_title(const struct picture *picture, char *out, int size)
{
	const struct record *record = picture->frame.record;
	char clipped[48] = "";
	if (record && record->clipped > 0)
		snprintf(clipped, sizeof(clipped), " · clipped %d/%d", record->clipped, record->steps);
	snprintf(out, (size_t)size, "loss%s%s%s%s", clipped, picture->frame.loss ? " · " : "",
		picture->frame.loss ? picture->frame.loss : "",
		loss_is_logarithmic(picture) ? " · log" : "");
}

/* A dotted line at the loss of the best constant answer. */
static void draw_baseline(struct area plot, const struct axis *axis, double loss)
{
	double fraction = axis_fraction(axis, loss);
	int y = plot_row(plot, fraction);
	if (!(fraction >= 0 && fraction <= 1))
		return;
	for (int x = 0; x < plot.width; x++)
		area_put(plot, x, y, plot.canvas->glyphs->point[0], STYLE_DIM);
}

/* Collects the series in `curve`; NULL: draws it as a thin line. */
static void draw_series(struct area plot, const struct window *window,
	const struct history *history, size_t offset, enum stroke stroke, enum style style,
	struct solid_curve *curve)
{
	struct spot before = {NAN, NAN};
	for (int i = 0; i < history_count(history); i++) {
		const struct record *record = history_at(history, i);
		float value;
		memcpy(&value, (const char *)record + offset, sizeof(value));
		struct spot here = {
			axis_fraction(&window->epochs, (double)record->epoch),
			isfinite(value) ? axis_fraction(&window->loss, (double)value) : NAN,
		};
		struct spot from = isnan(before.y) ? here : before;
		if (curve)
			solid_curve_add(curve, from, here);
		else
			plot_line(plot, from, here, stroke, style);
		before = here;
	}
}

/* Writes nan or inf where the curve ends. */
static void draw_breaks(
	struct area plot, const struct window *window, const struct history *history)
{
	for (int i = 1; i < history_count(history); i++) {
		const struct record *record = history_at(history, i);
		if (isfinite(record->loss) || record_is_nothing(record->loss) ||
			!isfinite(history_at(history, i - 1)->loss))
			continue;
		int x = plot_column(plot, axis_fraction(&window->epochs, (double)record->epoch));
		const char *word = isnan(record->loss) ? "nan" : "inf";
		if (!caption(plot, x, plot.height / 2, STYLE_ALARM, word))
			caption_right(plot, plot.width, plot.height / 2, STYLE_ALARM, word);
	}
}

/* True if a text on the baseline would hide nothing but that line. */
static bool line_free(struct area plot, int x, int y, int width)
{
	for (int i = 0; i < width; i++)
		if (area_code(plot, x + i, y) != plot.canvas->glyphs->point[0])
			return false;
	return x >= 0;
}

/* At the right end: on the line, or with an arrow below or above it; false if curves leave no
 * room. */
static bool place_label(struct area plot, int line, const char *label)
{
	const struct glyphs *glyphs = plot.canvas->glyphs;
	int width = glyphs_text_width(glyphs, label), x = plot.width - width;
	if (line_free(plot, x, line, width))
		return caption(plot, x, line, STYLE_DIM, label);
	for (int beside = 1; beside >= -1; beside -= 2) {
		int y = line + beside;
		if (y < 0 || y >= plot.height || !solid_curve_leaves(plot, x - 2, y, width + 2))
			continue;
		area_put(plot, x - 2, y, beside > 0 ? glyphs->arrow_up : glyphs->arrow_down, STYLE_DIM);
		area_put(plot, x - 1, y, ' ', STYLE_NORMAL);
		return caption(plot, x, y, STYLE_NORMAL, label);
	}
	return false;
}

/* Drawn after the curves, and never over them. */
static void label_baseline(struct area plot, const struct axis *axis, double loss)
{
	double fraction = axis_fraction(axis, loss);
	if (!(fraction >= 0 && fraction <= 1) || plot.height < 3)
		return;
	char label[40], number[PLOT_NUMBER];
	plot_number(number, loss);
	bool ln_2 = fabs(loss - LN_2) < 0.005 * LN_2;
	int line = plot_row(plot, fraction);
	snprintf(label, sizeof(label), "%s%s: baseline", ln_2 ? "ln 2 = " : "", number);
	if (plot.width < 40 || !place_label(plot, line, label))
		place_label(plot, line, ln_2 ? "ln 2" : "baseline");
}

/* The epoch that the other panes show, if it is not the newest. */
static void draw_cursor(
	struct area plot, const struct window *window, const struct picture *picture)
{
	const struct record *record = picture->frame.record;
	if (!record || record->epoch >= history_newest(picture->frame.history.all)->epoch)
		return;
	int x = plot_column(plot, axis_fraction(&window->epochs, (double)record->epoch));
	for (int y = 0; y < plot.height; y++)
		area_put(plot, x, y, plot.canvas->glyphs->vertical, STYLE_SELECTED);
}

/* When a run reached the target: "≤ 0.1 in epoch 20", of two runs with the seconds of training. A
 * long run does not keep every epoch; then the epoch found is the latest that it can be. */
static void add_reached(struct parts *parts, int rank, enum style style,
	const struct picture *picture, const struct history_view *history)
{
	double target = picture->view->target_loss;
	int64_t epoch = history_reached(*history, target);
	if (epoch <= 0)
		return;
	const char *when = history_find(history->all, epoch - 1) >= 0 ? "in" : "by";
	double seconds = history_time(*history, epoch);
	char time[PLOT_NUMBER];
	plot_time(time, seconds);
	bool timed = picture->twin.model && isfinite(seconds);
	parts_add(parts, rank, style, "≤ %g %s epoch %lld%s%s", target, when, (long long)epoch,
		timed ? ", " : "", timed ? time : "");
	if (timed)
		parts_shorten(parts, "≤ %g %s epoch %lld", target, when, (long long)epoch);
}

/* What the timer counts, beside its large digits. */
static void add_timer(struct parts *parts, const struct picture *picture)
{
	double target = picture->view->target_loss;
	bool reached = history_reached(picture->frame.history, target) > 0;
	parts_add(parts, 0, reached ? STYLE_GOOD : STYLE_BAR, "epochs %s loss %g",
		reached ? "it took to" : "so far, to", target);
	parts_shorten(parts, "epochs to %g", target);
}

/* The numbers are the legend, too: a dash precedes the quantity drawn dashed. In one line, or in
 * three beside the loss, or the timer, in large digits. */
static void draw_numbers(const struct picture *picture, const struct record *record,
	const struct axis *axis, struct area area, bool large)
{
	bool sign = area.canvas->glyphs->second != 0;
	double peak = loss_peak(axis, picture->frame.history.all);
	const struct dataset *data = picture->frame.data;
	struct parts first = {0}, parts = {0}, below = {0}, *epochs = large ? &below : &parts;
	char number[PLOT_NUMBER];
	plot_number(number, record->loss);
	if (large && picture->view->timer)
		add_timer(&first, picture);
	if (!record_is_nothing(record->loss))
		parts_add(large && !picture->view->timer ? &first : &parts, 0,
			isfinite(record->loss) ? STYLE_BAR : STYLE_ALARM, "%sloss %s", sign ? "█ " : "",
			number);
	if (large && !picture->view->timer)
		parts_shorten(&first, "loss");
	if (!record_is_nothing(record->val_loss)) {
		plot_number(number, record->val_loss);
		parts_add(&parts, 1, STYLE_SECOND, "%sval %s", sign ? "o " : "┄", number);
	}
	if (isfinite(record->acc))
		parts_add(&parts, 2, STYLE_NORMAL, "acc %.1f %%", 100 * (double)record->acc);
	if (isfinite(record->val_acc))
		parts_add(&parts, 3, STYLE_NORMAL, "val acc %.1f %%", 100 * (double)record->val_acc);
	if (isfinite(record->rmse)) {
		const char *name = data ? data->target_name : "";
		plot_quantity(number, record->rmse);
		parts_add(&parts, 2, STYLE_NORMAL, "RMSE %s%s%s%s", number, name[0] ? " (unit of " : "",
			name, name[0] ? ")" : "");
	}
	add_reached(epochs, 4, STYLE_GOOD, picture, &picture->frame.history);
	parts_add(epochs, 5, STYLE_DIM, "epoch %lld", (long long)record->epoch);
	if (peak > 0) {
		parts_add(epochs, 4, STYLE_SECOND, "↑ val up to %.3g, above the axis (y)", peak);
		parts_shorten(epochs, "↑ val %.3g", peak);
	}
	parts_draw(&first, area, 0, 0);
	parts_draw(&parts, area, 0, large);
	parts_draw(&below, area, 0, 2);
}

/* Which run was first at the target, and how much longer the other took: in epochs, and in seconds
 * of training and multiply-adds, because an epoch of a larger network takes longer. */
static void add_winner(struct parts *parts, const struct picture *picture)
{
	static const char *const name[] = {"this", "pinned"};
	const struct history_view run[] = {picture->frame.history, picture->twin.history};
	double target = picture->view->target_loss;
	int64_t reached[] = {history_reached(run[0], target), history_reached(run[1], target)};
	if (reached[0] <= 0 && reached[1] <= 0)
		return;
	bool one = reached[0] <= 0 || reached[1] <= 0;
	int first = reached[0] > 0 && (reached[1] <= 0 || reached[0] <= reached[1]) ? 0 : 1;
	int last = 1 - first;
	if (one) {
		parts_add(
			parts, 1, STYLE_NORMAL, "%s first; %s not at %g yet", name[first], name[last], target);
		parts_shorten(parts, "%s was first", name[first]);
		return;
	}
	double epochs = (double)reached[last] / (double)reached[first];
	double time = history_time(run[last], reached[last]) / history_time(run[first], reached[first]);
	double work = history_work(run[last], reached[last]) / history_work(run[first], reached[first]);
	char more[96] = "", timed[32] = "";
	if (isfinite(time))
		snprintf(timed, sizeof(timed), ", %.2g× the time", time);
	snprintf(more, sizeof(more), "%s", timed);
	if (isfinite(work))
		snprintf(more + strlen(more), 40, ", %.2g× the multiply-adds", work);
	if (reached[0] == reached[1]) {
		parts_add(parts, 1, STYLE_NORMAL, "both in epoch %lld%s%s%s", (long long)reached[0],
			more[0] ? "; " : "", more[0] ? name[last] : "", more[0] ? more + 1 : "");
		parts_shorten(parts, "both in epoch %lld", (long long)reached[0]);
		return;
	}
	parts_add(parts, 1, STYLE_NORMAL, "%s first: %s takes %.2g× the epochs%s", name[first],
		name[last], epochs, more);
	if (timed[0])
		parts_shorten(
			parts, "%s first: %s %.2g× the epochs%s", name[first], name[last], epochs, timed);
	parts_shorten(parts, "%s first by %.2g×", name[first], epochs);
}

/* The second run's numbers, and the race of the two. */
static void draw_race(const struct picture *picture, struct area area, int y)
{
	enum { LOSS = 2, REACHED };
	struct parts parts = {.spare = LOSS}; /* who was first is told in full before these */
	char number[PLOT_NUMBER];
	parts_add(&parts, 0, STYLE_TWIN, "pinned %s", picture->twin.name);
	parts_shorten(&parts, "pinned");
	if (picture->twin.record) {
		plot_number(number, (double)picture->twin.record->loss);
		parts_add(&parts, LOSS, STYLE_TWIN, "loss %s", number);
	}
	add_reached(&parts, REACHED, STYLE_TWIN, picture, &picture->twin.history);
	add_winner(&parts, picture);
	parts_draw(&parts, area, 0, y);
}

/* Each column stands for the last epoch that is drawn there, or the last one before it. */
static void set_epochs(struct area plot, const struct window *window, const struct history *history)
{
	int64_t first = history_at(history, 0)->epoch, last = history_newest(history)->epoch;
	for (int x = 0; x < plot.width; x++) {
		double after = floor(axis_value(&window->epochs, (x + 1.0) / plot.width)) + 1;
		int64_t epoch = after < (double)last ? (int64_t)after : last;
		while (
			epoch > first && plot_column(plot, axis_fraction(&window->epochs, (double)epoch)) > x)
			epoch--;
		area_target(area_sub(plot, x, 0, 1, plot.height),
			(struct target){.has_epoch = true, .epoch = epoch});
	}
}

/* The epochs to the target in large digits: they stop when it is reached. */
static int draw_timer(
	const struct picture *picture, const struct record *record, struct area area, int *rows)
{
	int64_t reached = history_reached(picture->frame.history, picture->view->target_loss);
	char number[24];
	snprintf(number, sizeof(number), "%lld", (long long)(reached > 0 ? reached : record->epoch));
	return large_number(area, reached > 0 ? STYLE_GOOD : STYLE_BAR, number, "000", true, rows);
}

/* The loss in large digits; returns the columns and *rows to leave free. */
static int draw_large(
	const struct picture *picture, const struct record *record, struct area area, int *rows)
{
	char number[PLOT_NUMBER];
	*rows = 0;
	if (picture->view->timer)
		return draw_timer(picture, record, area, rows);
	if (!picture->view->large || record_is_nothing(record->loss))
		return 0;
	plot_number(number, (double)record->loss);
	return large_number(area, isfinite(record->loss) ? STYLE_BAR : STYLE_ALARM, number, "0.0000",
		picture->view->large_first, rows);
}

static void draw_curves(
	struct area plot, const struct window *window, const struct picture *picture)
{
	const struct history *history = picture->frame.history.all;
	bool baseline = picture->frame.baseline_loss > 0;
	struct solid_curve body, second;
	if (plot.canvas->target)
		set_epochs(plot, window, history);
	if (baseline)
		draw_baseline(plot, &window->loss, picture->frame.baseline_loss);
	loss_marks_draw(plot, window, history);
	draw_cursor(plot, window, picture);
	if (picture->twin.model)
		draw_series(plot, window, picture->twin.history.all, offsetof(struct record, loss),
			STROKE_SOLID, STYLE_TWIN, NULL);
	uint32_t sign = plot.canvas->glyphs->second;
	solid_curve_begin(&second, plot);
	draw_series(plot, window, history, offsetof(struct record, val_loss), STROKE_DASHED,
		STYLE_SECOND, sign ? &second : NULL);
	solid_curve_spell(&second, sign, STYLE_SECOND);
	solid_curve_begin(&body, plot);
	draw_series(
		plot, window, history, offsetof(struct record, loss), STROKE_SOLID, STYLE_BAR, &body);
	solid_curve_draw(&body, STYLE_BAR);
	solid_curve_body(&body);
	if (baseline)
		label_baseline(plot, &window->loss, picture->frame.baseline_loss);
	loss_peaks_draw(plot, window, history);
	loss_marks_label(plot, window, history);
	draw_breaks(plot, window, history);
	solid_curve_fill(&body, STYLE_REGION);
}

static void loss_draw(const struct picture *picture, struct area area)
{
	const struct history *history = picture->frame.history.all;
	struct window window;
	if (!history || history_count(history) == 0) {
		caption_sentence(area, STYLE_DIM, "waiting for the first epoch");
		return;
	}
	if (!loss_axis(picture, &window.loss)) {
		float loss = history_newest(history)->loss;
		bool recorded = !record_is_nothing(loss) && !isfinite(loss);
		caption_sentence(area, recorded ? STYLE_ALARM : STYLE_DIM,
			!recorded         ? "no loss recorded that this axis can show"
				: isnan(loss) ? "the loss is nan"
							  : "the loss is inf");
		return;
	}
	window.epochs = epoch_axis(history, picture->twin.history.all);
	const struct record *record =
		picture->frame.record ? picture->frame.record : history_newest(history);
	int large_rows, large = draw_large(picture, record, area, &large_rows);
	struct area words = area_sub(area, large, 0, area.width - large, area.height);
	int above = area.height >= ROWS_FOR_NUMBERS ? 1 : 0;
	bool race = above && picture->twin.model && area.height >= ROWS_FOR_RACE;
	above = max_int(above, large_rows) + race;
	int below = area.height - large_rows >= ROWS_FOR_AXIS ? 2 : 0;
	int height = area.height - above - below;
	/* of many rows no two ticks are next to each other, so that their steps look even */
	int most = height < ROWS_FOR_EVEN_TICKS ? 2 + height / 2 : 1 + 2 * height / 5;
	struct ticks ticks = axis_ticks(&window.loss, most);
	int left = area.width >= COLUMNS_FOR_AXIS && height > 1 ? ticks.width + 1 : 0;
	struct area plot = area_sub(area, left, above, area.width - left, height);
	if (left)
		plot_axis_left(area_sub(area, 0, above, left, height), left, &window.loss, &ticks);
	draw_curves(plot, &window, picture);
	if (above)
		draw_numbers(picture, record, &window.loss, words, large > 0);
	if (race)
		draw_race(picture, area, above - 1);
	if (!below)
		return;
	struct ticks epochs = axis_ticks(&window.epochs, 1 + plot.width / 9);
	plot_axis_below(area_sub(area, left, above + height, plot.width, 2), &window.epochs, &epochs);
	if (left)
		area_put(area, left - 1, above + height, area.canvas->glyphs->axis_corner, STYLE_DIM);
	caption(area, 0, area.height - 1, STYLE_DIM, left > 5 ? "epoch" : "");
}

/* clang-format off */
const struct pane pane_loss = {
	.name = "loss",
	.help = "training and validation loss over the epochs; a vertical line is a change of settings",
	.guide = "Solid: loss on the training set after each epoch, in columns of several epochs "
		"their range; dashed: on the points held out for validation. Dotted: the baseline, the "
		"loss of the best constant answer; ln 2 for two equally likely classes. RMSE (of a "
		"regression) is the root mean squared error in the unit of the file's column; the loss is "
		"that of standardized targets. A vertical line marks an epoch at which a setting was "
		"changed, with the change where there is room, else its value or its key. \"clipped "
		"3/25\": the gradient was clipped in 3 of the epoch's 25 steps. Beside a pinned run, "
		"\"this first\" means that the run you change reached target-loss first; \"takes 3× the "
		"epochs, 2× the time, 6× the multiply-adds\" is what "
		"the other one needed. The time is the processor's while it trained that run, without "
		"measuring and drawing; a multiply-add is one weight times one input. A long run does not "
		"keep every epoch: \"by epoch 640\" says that it was then or a few epochs before. y fits "
		"the axis to the curve, begins it at zero, or makes it logarithmic. A fitted axis leaves "
		"out rare peaks of the validation loss: an arrow at the upper edge gives their value. With "
		"timer=on large digits count the epochs to target-loss, and stop there.",
	.numbers = "loss; val_loss; acc; val_acc; rmse; baseline; clipped; to target; "
		"epochs, time, multiply-adds",
	.minimum_width = 24, .minimum_height = 6,
	.title = loss_title, .draw = loss_draw,
};
/* clang-format on */
