/* The weights beside the sums that are made with them. See step.h. */
#include "step.h"

#include "nn/bounds.h"

void step_draw_factors(const struct drawn_step *step, struct area area, int rows)
{
	enum { LABEL = 6, COLUMN = 10, COLUMNS_MIN = 2 };
	struct step_factors factors;
	if (!step->phase.row->factors || !step->phase.row->factors(step, &factors))
		return;
	int columns = min_int(factors.columns, (area.width - LABEL) / COLUMN);
	int written = step_unit(step, rows); /* the row with whose numbers the formula is written */
	if (columns < min_int(factors.columns, COLUMNS_MIN) || columns < 1)
		return;
	caption(area, 0, 0, STYLE_DIM, factors.vector);
	caption(area, 0, 1, STYLE_DIM, factors.matrix);
	for (int i = 0; i < columns; i++)
		step_draw_number(area, LABEL + (i + 1) * COLUMN, (double)factors.in[i], true, STYLE_TITLE);
	for (int row = 0; row < rows; row++) {
		struct area line = area_sub(area, 0, row + 1, area.width, 1);
		for (int i = 0; i < columns; i++)
			step_draw_number(line, LABEL + (i + 1) * COLUMN,
				(double)
					factors.weight[(size_t)row * factors.by_row + (size_t)i * factors.by_column],
				true, row == written ? STYLE_NORMAL : STYLE_DIM);
	}
	if (columns < factors.columns && rows + 1 < area.height)
		area_format(
			area, LABEL + 1, rows + 1, STYLE_DIM, "… %d more columns", factors.columns - columns);
}
