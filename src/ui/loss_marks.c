/* Changes of settings and peaks off the axis in pane loss. See loss_marks.h. */
#include "loss_marks.h"

#include "lab/settings.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include "ui/solid_curve.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX = 160, VALUE_MAX = 32 };

static int column_of(struct area plot, const struct window *window, const struct record *record)
{
	return plot_column(plot, axis_fraction(&window->epochs, (double)record->epoch));
}

void loss_marks_draw(struct area plot, const struct window *window, const struct history *history)
{
	for (int i = 0; i < history_count(history); i++) {
		const struct record *record = history_at(history, i);
		if (!record->event[0])
			continue;
		int x = column_of(plot, window, record);
		for (int y = 0; y < plot.height; y++)
			area_put(plot, x, y, plot.canvas->glyphs->vertical, STYLE_MARK);
	}
}

/* "relu he-n" of "activation=relu init=he-normal"; a number says nothing without the setting's
 * name, which stands for it: "depth" of "depth=3". */
static void values_of(const char *event, char *out, size_t size)
{
	out[0] = '\0';
	while (*event) {
		size_t length = strcspn(event, " "), name = strcspn(event, "= ");
		char value[VALUE_MAX], brief[VALUE_MAX];
		bool word = name + 1 < length && isalpha((unsigned char)event[name + 1]);
		const char *from = event + (word ? name + 1 : 0);
		snprintf(value, sizeof(value), "%.*s", (int)(word ? length - name - 1 : name), from);
		caption_short_name(brief, sizeof(brief), value, false);
		size_t used = strlen(out);
		snprintf(out + used, size - used, "%s%s", used ? " " : "", brief);
		event += length + strspn(event + length, " ");
	}
}

/* "a" of "activation=relu"; nothing if no key makes such a change. */
static void key_of(const char *event, char *out)
{
	size_t name = strcspn(event, "=");
	out[0] = out[1] = '\0';
	for (int i = 0; i < config_table.count; i++) {
		const struct setting *row = &config_table.row[i];
		if (strlen(row->name) == name && strncmp(row->name, event, name) == 0 && row->key < 128)
			out[0] = (char)row->key;
	}
}

/* Blank or, if `over` is true, the line of another change, which is seen above and below. */
static bool cell_free(struct area plot, int x, int y, bool over)
{
	uint32_t code = area_code(plot, x, y);
	bool line = code == plot.canvas->glyphs->vertical && area_style(plot, x, y) == STYLE_MARK;
	return solid_curve_leaves(plot, x, y, 1) || (over && line);
}

/* Room for a name that begins at `from`; if it hides no line, none may touch it at `beyond`. */
static bool room_for(struct area plot, int from, int width, int beyond, int y, bool over)
{
	for (int i = 0; i < width; i++)
		if (!cell_free(plot, from + i, y, over))
			return false;
	return over || beyond < 0 || beyond >= plot.width || area_style(plot, beyond, y) != STYLE_MARK;
}

/* In the topmost row that leaves a name room right or left of column x. */
static bool name_beside(struct area plot, int x, const char *name, bool over)
{
	int width = glyphs_text_width(plot.canvas->glyphs, name);
	for (int y = 0; y < plot.height && width > 0; y++) {
		if (room_for(plot, x + 1, width, x + 1 + width, y, over))
			return caption(plot, x + 1, y, STYLE_MARK, name);
		if (room_for(plot, x - width, width, x - width - 1, y, over))
			return caption(plot, x - width, y, STYLE_MARK, name);
	}
	return false;
}

void loss_marks_label(struct area plot, const struct window *window, const struct history *history)
{
	for (int i = history_count(history) - 1; i >= 0; i--) {
		const struct record *record = history_at(history, i);
		char values[NAME_MAX], key[2];
		if (!record->event[0])
			continue;
		int x = column_of(plot, window, record);
		values_of(record->event, values, sizeof(values));
		key_of(record->event, key);
		if (!name_beside(plot, x, record->event, false) && !name_beside(plot, x, values, false) &&
			!name_beside(plot, x, values, true))
			name_beside(plot, x, key, true);
	}
}

double loss_peak(const struct axis *axis, const struct history *history)
{
	double peak = 0;
	for (int i = 0; i < history_count(history); i++) {
		double loss = (double)history_at(history, i)->val_loss;
		if (isfinite(loss) && loss > axis->high && loss > peak)
			peak = loss;
	}
	return peak;
}

/* In the upper rows, beside the peak: blank, or nothing there but the baseline's dots. */
static bool room_for_value(struct area plot, int x, int y, int width)
{
	for (int i = 0; i < width; i++) {
		uint32_t code = area_code(plot, x + i, y);
		if (!solid_curve_leaves(plot, x + i, y, 1) &&
			(code != plot.canvas->glyphs->point[0] || y > 0))
			return false;
	}
	return true;
}

static void draw_peak(struct area plot, int x, double loss)
{
	enum { NEAR = 3, ROWS = 2 };
	char number[PLOT_NUMBER];
	snprintf(number, sizeof(number), "%.3g", loss);
	int width = (int)strlen(number);
	area_put(plot, x, 0, plot.canvas->glyphs->arrow_up, STYLE_SECOND);
	for (int y = 0; y < ROWS; y++)
		for (int away = 1; away <= NEAR; away++) {
			int left = x + 1 - away - width;
			bool right = room_for_value(plot, x + away, y, width);
			if (right || room_for_value(plot, left, y, width)) {
				caption(plot, right ? x + away : left, y, STYLE_SECOND, number);
				return;
			}
		}
}

void loss_peaks_draw(struct area plot, const struct window *window, const struct history *history)
{
	int last = -2, at = 0; /* columns: of the value before, of the highest one of this peak */
	double highest = 0;
	for (int i = 0; i < history_count(history); i++) {
		const struct record *record = history_at(history, i);
		double loss = (double)record->val_loss;
		if (!isfinite(loss) || loss <= window->loss.high)
			continue;
		int x = column_of(plot, window, record);
		if (highest > 0 && x > last + 1) {
			draw_peak(plot, at, highest);
			highest = 0;
		}
		at = loss > highest ? x : at;
		highest = loss > highest ? loss : highest;
		last = x;
	}
	if (highest > 0)
		draw_peak(plot, at, highest);
}
