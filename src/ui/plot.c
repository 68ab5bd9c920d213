/* Axes, bars and curves. See plot.h. */
#include "ui/plot.h"
#include "nn/elementary.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double axis_fraction(const struct axis *axis, double value)
{
	if (!axis->logarithmic)
		return (value - axis->low) / (axis->high - axis->low);
	if (value < 0)
		return NAN;
	return (log10_f64(value) - log10_f64(axis->low)) /
		(log10_f64(axis->high) - log10_f64(axis->low));
}

double axis_value(const struct axis *axis, double fraction)
{
	if (!axis->logarithmic)
		return axis->low + fraction * (axis->high - axis->low);
	return axis->low * exp_f64(fraction * log_f64(axis->high / axis->low));
}

static void tick_add(struct ticks *ticks, double value, const char *label)
{
	if (ticks->count == PLOT_TICKS_MAX)
		return;
	ticks->value[ticks->count] = value;
	int width = snprintf(ticks->label[ticks->count], PLOT_NUMBER, "%s", label);
	if (width > ticks->width)
		ticks->width = width;
	ticks->count++;
}

/* The smallest of 1, 2, 5 times a power of ten that makes at most `most` steps of `span`. */
static double round_step(double span, int most)
{
	double step = exp10_f64(floor(log10_f64(span / most)));
	while (span / step > most)
		step *= span / (step * 2) <= most ? 2 : span / (step * 5) <= most ? 5 : 10;
	return step;
}

/* An axis that ends at 0.9997 still gets its tick at 1. */
static const double NEARLY = 1e-3;

static struct ticks ticks_linear(const struct axis *axis, int most)
{
	struct ticks ticks = {0};
	double span = axis->high - axis->low;
	if (most < 2 || !(span > 0) || !isfinite(span))
		return ticks;
	double step = round_step(span, most - 1);
	int decimals = step < 1 ? (int)-floor(log10_f64(step) + 1e-9) : 0;
	for (double k = ceil(axis->low / step - NEARLY); k * step <= axis->high + step * NEARLY; k++) {
		char label[PLOT_NUMBER];
		double value = k == 0 ? 0 : k * step;
		if (decimals > 4 || fabs(value) >= 1e6)
			plot_number(label, value);
		else
			snprintf(label, sizeof(label), "%.*f", decimals, value);
		tick_add(&ticks, value, label);
		if (ticks.count == PLOT_TICKS_MAX)
			break;
	}
	return ticks;
}

/* The smallest step that makes at most `most` of them, or a slightly larger one that divides the
 * span. */
static int decade_step(int span, int most)
{
	int least = (span + most - 1) / most;
	for (int step = least; step < 2 * least; step++)
		if (span % step == 0)
			return step;
	return least;
}

static struct ticks ticks_decades(const struct axis *axis, int most)
{
	struct ticks ticks = {0};
	int low = (int)lround(log10_f64(axis->low)), high = (int)lround(log10_f64(axis->high));
	if (most < 2 || high <= low)
		return ticks;
	if (most > PLOT_TICKS_MAX)
		most = PLOT_TICKS_MAX;
	int step = decade_step(high - low, most - 1);
	char label[PLOT_NUMBER];
	for (int decade = low; decade < high; decade += step) {
		/* too close to the end, which is always labelled */
		if (decade > low && high - decade < (step + 1) / 2)
			break;
		snprintf(label, sizeof(label), "1e%d", decade);
		tick_add(&ticks, exp10_f64(decade), label);
	}
	snprintf(label, sizeof(label), "1e%d", high);
	tick_add(&ticks, axis->high, label);
	return ticks;
}

struct ticks axis_ticks(const struct axis *axis, int most)
{
	return axis->logarithmic ? ticks_decades(axis, most) : ticks_linear(axis, most);
}

static bool number_word(char out[PLOT_NUMBER], double value)
{
	if (isfinite(value))
		return false;
	snprintf(out, PLOT_NUMBER, "%s", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
	return true;
}

void plot_number(char out[PLOT_NUMBER], double value)
{
	if (number_word(out, value))
		return;
	double size = fabs(value);
	if (value == 0)
		snprintf(out, PLOT_NUMBER, "0");
	else if (size >= 1e-3 && size < 99999.5)
		snprintf(out, PLOT_NUMBER, "%.*g", size < 0.01 ? 3 : size < 9999.5 ? 4 : 5, value);
	else
		snprintf(out, PLOT_NUMBER, "%.1e", value);
}

/* With so many significant digits of the larger of two numbers, which is `size`. */
static int precise_number(char out[PLOT_NUMBER], double value, double size, int digits)
{
	if (size < 1e-3 || size >= 99999.5)
		return snprintf(out, PLOT_NUMBER, "%.*e", digits - 1, value);
	int whole = size < 1 ? -(int)floor(-log10_f64(size)) : (int)floor(log10_f64(size)) + 1;
	return snprintf(out, PLOT_NUMBER, "%.*f", digits > whole ? digits - whole : 0, value);
}

void plot_pair(char a[PLOT_NUMBER], char b[PLOT_NUMBER], double x, double y, int columns)
{
	enum { FEWEST = 5, MOST = 9 };
	int room = columns < PLOT_NUMBER - 1 ? columns : PLOT_NUMBER - 1;
	double size = max_f64(fabs(x), fabs(y));
	plot_number(a, x);
	plot_number(b, y);
	if (x == y || !isfinite(x - y))
		return;
	for (int digits = FEWEST; digits <= MOST && strcmp(a, b) == 0; digits++) {
		int first = precise_number(a, x, size, digits), second = precise_number(b, y, size, digits);
		if (first > room || second > room || (digits == MOST && strcmp(a, b) == 0)) {
			plot_number(a, x);
			plot_number(b, y);
			return;
		}
	}
}

void plot_quantity(char out[PLOT_NUMBER], double value)
{
	double size = fabs(value);
	if (size >= 9999.5 && size < 999999999.5)
		snprintf(out, PLOT_NUMBER, "%.0f", value);
	else
		plot_number(out, value);
}

void plot_scientific(char out[PLOT_NUMBER], double value)
{
	if (!number_word(out, value))
		snprintf(out, PLOT_NUMBER, value == 0 ? "%.0f" : "%.1e", value == 0 ? 0.0 : value);
}

void plot_time(char out[PLOT_NUMBER], double seconds)
{
	bool long_one = seconds >= 0.995;
	double time = long_one ? seconds : 1000 * seconds;
	snprintf(out, PLOT_NUMBER, time >= 99.5 ? "%.0f %s" : "%.2g %s", time, long_one ? "s" : "ms");
}

void plot_share(char out[PLOT_NUMBER], double share)
{
	if (share > 0 && share < 0.005)
		snprintf(out, PLOT_NUMBER, "<1 %%");
	else if (share < 1 && share >= 0.995)
		snprintf(out, PLOT_NUMBER, ">99 %%");
	else
		snprintf(out, PLOT_NUMBER, "%.0f %%", 100 * share);
}

/* Length of a bar in eighths of a cell; at least 1 if the fraction is positive. */
static int eighths(double fraction, int length)
{
	if (!(fraction > 0))
		return 0;
	int whole = length * GLYPHS_BAR_STEPS;
	if (fraction >= 1)
		return whole;
	int count = (int)(fraction * whole + 0.5);
	return count < 1 ? 1 : count;
}

/* How full cell `i` is, in eighths. */
static int filled(int count, int i)
{
	int rest = count - i * GLYPHS_BAR_STEPS;
	return rest < 0 ? 0 : rest > GLYPHS_BAR_STEPS ? GLYPHS_BAR_STEPS : rest;
}

void plot_bar_right(struct area area, double fraction, enum style style)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	int count = eighths(fraction, area.width);
	for (int x = 0; x < area.width && filled(count, x) > 0; x++)
		for (int y = 0; y < area.height; y++)
			area_put(area, x, y, glyphs->horizontal_bar[filled(count, x)], style);
}

void plot_bar_up(struct area area, double fraction, enum style style)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	int count = eighths(fraction, area.height);
	for (int i = 0; i < area.height && filled(count, i) > 0; i++)
		for (int x = 0; x < area.width; x++)
			area_put(area, x, area.height - 1 - i, glyphs->vertical_bar[filled(count, i)], style);
}

int plot_dots_across(struct area area)
{
	return area.width * area.canvas->glyphs->dot_columns;
}

int plot_dots_down(struct area area)
{
	return area.height * area.canvas->glyphs->dot_rows;
}

/* Index of the dot at a fraction of `count` dots, bounded so that differences fit an int; NaN is
 * far outside. */
static int dot_of(double fraction, int count)
{
	double dot = floor(fraction * (count - 1) + 0.5);
	return !(dot >= -4.0 * count) ? -4 * count : dot > 5.0 * count ? 5 * count : (int)dot;
}

/* The cell that contains the dot; -1 before the first. */
static int cell_of(double fraction, int dots, int dots_a_cell)
{
	int dot = isnan(fraction) ? -1 : dot_of(fraction, dots);
	return dot < 0 ? -1 : dot / dots_a_cell;
}

int plot_column(struct area area, double fraction)
{
	return cell_of(fraction, plot_dots_across(area), area.canvas->glyphs->dot_columns);
}

int plot_row(struct area area, double fraction)
{
	return cell_of(1 - fraction, plot_dots_down(area), area.canvas->glyphs->dot_rows);
}

/* Braille numbers its dots down the left column, then the right one; the fourth row was added to
 * the standard later. */
static const uint8_t braille_bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

enum { BRAILLE = 0x2800, BRAILLE_END = 0x28FF };

static uint32_t dot_join(const struct glyphs *glyphs, uint32_t code, int column, int row)
{
	if (glyphs->braille) {
		uint32_t known = code >= BRAILLE && code <= BRAILLE_END ? code : BRAILLE;
		return known | braille_bit[row][column];
	}
	uint32_t mask = 0;
	for (uint32_t i = 0; i < 1u << glyphs->dot_rows; i++)
		if (glyphs->dot[i] == code)
			mask = i;
	return glyphs->dot[mask | 1u << row];
}

void plot_dot(struct area area, int x, int y, enum style style)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	if (x < 0 || y < 0 || x >= plot_dots_across(area) || y >= plot_dots_down(area))
		return;
	int column = x / glyphs->dot_columns, row = y / glyphs->dot_rows;
	uint32_t code = dot_join(
		glyphs, area_code(area, column, row), x % glyphs->dot_columns, y % glyphs->dot_rows);
	area_put(area, column, row, code, style);
}

/* Dashes are counted along x, so that lines drawn piece by piece keep one rhythm; a steep
 * piece is broken along y instead. */
static bool in_gap(enum stroke stroke, int x, int y, bool steep)
{
	return stroke == STROKE_DASHED && ((steep ? y : x) & 1);
}

void plot_line(
	struct area area, struct spot from, struct spot to, enum stroke stroke, enum style style)
{
	if (isnan(from.x) || isnan(from.y) || isnan(to.x) || isnan(to.y))
		return;
	int across = plot_dots_across(area), down = plot_dots_down(area);
	int x0 = dot_of(from.x, across), y0 = dot_of(1 - from.y, down);
	int x1 = dot_of(to.x, across), y1 = dot_of(1 - to.y, down);
	int width = x1 - x0, height = y1 - y0;
	bool steep = abs(height) > abs(width);
	int steps = steep ? abs(height) : abs(width);
	for (int i = 0; i <= steps; i++) {
		int x = steps ? x0 + (int)lround((double)width * i / steps) : x0;
		int y = steps ? y0 + (int)lround((double)height * i / steps) : y0;
		if (!in_gap(stroke, x, y, steep))
			plot_dot(area, x, y, style);
	}
}

void plot_axis_left(struct area area, int width, const struct axis *axis, const struct ticks *ticks)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	for (int y = 0; y < area.height; y++)
		area_put(area, width - 1, y, glyphs->vertical, STYLE_DIM);
	int last = area.height;
	for (int i = 0; i < ticks->count; i++) {
		int y = plot_row(area, axis_fraction(axis, ticks->value[i]));
		if (y == last)
			continue;
		last = y;
		if (caption_right(area, width - 1, y, STYLE_DIM, ticks->label[i]))
			area_put(area, width - 1, y, glyphs->axis_left, STYLE_DIM);
	}
}

void plot_axis_below(struct area area, const struct axis *axis, const struct ticks *ticks)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	for (int x = 0; x < area.width; x++)
		area_put(area, x, 0, glyphs->horizontal, STYLE_DIM);
	int free_from = 0;
	for (int i = 0; i < ticks->count; i++) {
		int x = plot_column(area, axis_fraction(axis, ticks->value[i]));
		area_put(area, x, 0, glyphs->axis_below, STYLE_DIM);
		int width = glyphs_text_width(glyphs, ticks->label[i]);
		int start = x - width / 2;
		if (start < 0)
			start = 0;
		if (start + width > area.width)
			start = area.width - width;
		if (start >= free_from && caption(area, start, 1, STYLE_DIM, ticks->label[i]))
			free_from = start + width + 1;
	}
}
