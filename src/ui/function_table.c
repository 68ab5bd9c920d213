#include "function_table.h"
#include "lab/text.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/glyphs.h"
#include <math.h>
#include <stdio.h>

enum {
	PINNED = 1,
	NAME = 2,
	RANGE = 15,
	GREATEST = 31,
	FAR = 49,
	WORD = 64,
};

static const double far_away = 100; /* where f' is its limit to the last digit shown */

/* Values far to one side. */
struct end {
	double value, slope;
	bool dies; /* f' is 0 from a kink on, not just small */
};

/* At infinity f and f' are their limits, see nn/act.h; an infinite f may leave f' to a finite z. */
static struct end end_of(const struct function *function, int side)
{
	double value[2];
	struct end end = {0};
	function_at(function, side * (double)INFINITY, value);
	end.value = value[FUNCTION_VALUE];
	end.slope = value[FUNCTION_DERIVATIVE];
	if (isinf(end.value)) {
		function_at(function, side * far_away, value);
		end.slope = value[FUNCTION_DERIVATIVE];
	}
	end.dies = function_dies(function, side);
	return end;
}

static const char *word_of(const struct end *left, const struct end *right)
{
	if (isnan(left->value) || isnan(right->value))
		return "periodic";
	if (left->dies || right->dies)
		return "can die";
	if (left->slope == 0)
		return right->slope == 0 ? "saturates" : "saturates left";
	return right->slope == 0 ? "saturates right" : "";
}

static void number(char out[PLOT_NUMBER], double value)
{
	if (isinf(value))
		snprintf(out, PLOT_NUMBER, "%s∞", value < 0 ? "-" : "");
	else
		snprintf(out, PLOT_NUMBER, "%.3g", number_to_print((float)value) + 0.0); /* no -0 */
}

static void draw_range(struct area row, const struct function *function, struct axis range)
{
	struct parts cell = {0};
	char low[PLOT_NUMBER], high[PLOT_NUMBER];
	function_stretch(function, FUNCTION_VALUE, (double)INFINITY, &range);
	number(low, range.low);
	number(high, range.high);
	parts_add(&cell, 0, STYLE_BAR, "f %s to %s", low, high);
	parts_draw(&cell, row, RANGE, 0);
}

static void draw_greatest(struct area row, const struct function *function, bool periodic)
{
	const struct summit summit = function_summit(function);
	struct parts cell = {0};
	char bound[PLOT_NUMBER], place[PLOT_NUMBER];
	number(bound, activation_max_slope(function->activation, &function->parameters));
	number(place, summit.z);
	if (summit.single && !periodic)
		parts_add(&cell, 0, STYLE_SECOND, "f′ ≤ %s at %s", bound, place);
	else
		parts_add(&cell, 0, STYLE_SECOND, "f′ ≤ %s", bound);
	parts_shorten(&cell, "f′ ≤ %s", bound);
	parts_draw(&cell, row, GREATEST, 0);
}

static void draw_far(struct area row, double left, double right)
{
	struct parts cell = {0};
	char before[PLOT_NUMBER], after[PLOT_NUMBER];
	number(before, left);
	number(after, right);
	parts_add(&cell, 0, STYLE_SECOND, "f′ → %s, %s", before, after);
	parts_draw(&cell, row, FAR, 0);
}

static void draw_line(struct area row, const struct function *function, bool chosen, bool pinned)
{
	const struct end left = end_of(function, -1), right = end_of(function, 1);
	bool periodic = isnan(left.value) || isnan(right.value);
	struct axis range = {0};
	if (chosen)
		area_chosen(row, 0, 0, STYLE_SELECTED);
	if (pinned)
		area_put(row, PINNED, 0, row.canvas->glyphs->point[1], STYLE_TWIN);
	caption(row, NAME, 0,
		chosen       ? STYLE_SELECTED
			: pinned ? STYLE_TWIN
					 : STYLE_NORMAL,
		function->activation->name);
	if (!periodic)
		range = (struct axis){left.value, right.value, false};
	draw_range(row, function, range);
	draw_greatest(row, function, periodic);
	if (!periodic)
		draw_far(row, left.slope, right.slope);
	caption(row, WORD, 0, STYLE_NORMAL, word_of(&left, &right));
}

static void draw_heading(struct area row)
{
	caption(row, RANGE, 0, STYLE_DIM, "range of f");
	caption(row, GREATEST, 0, STYLE_DIM, "greatest at z");
	caption(row, FAR, 0, STYLE_DIM, "far left, right");
}

void function_table_draw(
	struct area area, const struct function *in_force, const struct activation *pinned)
{
	int count = 0, chosen = 0;
	for (; activation_at(count); count++)
		if (activation_at(count) == in_force->activation)
			chosen = count;
	int heading = area.height > count, rows = area.height - heading;
	int first = rows < count ? clamp_int(chosen - rows / 2, 0, count - rows) : 0;
	if (heading)
		draw_heading(area_sub(area, 0, 0, area.width, 1));
	for (int i = first; i < count && i - first < rows; i++) {
		const struct function function = {activation_at(i), in_force->parameters};
		draw_line(area_sub(area, 0, heading + i - first, area.width, 1), &function, i == chosen,
			function.activation == pinned);
	}
}
