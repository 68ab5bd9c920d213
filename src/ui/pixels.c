#include "pixels.h"

#include "nn/bounds.h"
#include "ui/heat.h"

int pixels_columns(struct area area, int width, int size)
{
	return (heat_has_pairs(area) ? 1 : 2) * width * size;
}

int pixels_rows(struct area area, int height, int size)
{
	return heat_has_pairs(area) ? (height * size + 1) / 2 : height * size;
}

static int step_of(float value, struct pixels_scale scale)
{
	double span = scale.high > scale.low ? scale.high - scale.low : 1;
	return heat_step_of_share(((double)value - scale.low) / span);
}

void pixels_draw(struct area area, int width, int height, const float *value,
	struct pixels_scale scale, int size)
{
	bool pairs = heat_has_pairs(area);
	int columns = pixels_columns(area, width, size), rows = pixels_rows(area, height, size);
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < columns; x++) {
			int column = x * width / columns;
			int upper = (pairs ? 2 * y : y) / size, lower = (pairs ? 2 * y + 1 : y) / size;
			int above = step_of(value[upper * width + column], scale);
			lower = min_int(lower, height - 1);
			if (pairs)
				heat_pair(area, x, y, above, step_of(value[lower * width + column], scale));
			else
				heat_cell(area, x, y, above != 0 ? above : HEAT_NONE);
		}
}
