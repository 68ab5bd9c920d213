/* The plane that data are drawn in. See probe.h. */
#include "lab/probe.h"

#include "nn/elementary.h"

#include <math.h>

static void widen(double *low, double *high, double value)
{
	if (!isfinite(value))
		return;
	*low = min_f64(*low, value);
	*high = max_f64(*high, value);
}

/* Adds a margin, so that no point is at the edge. A range of width 0 gets a width, too. */
static void settle(double *low, double *high)
{
	const double margin = 0.02;
	if (!(*low <= *high)) {
		*low = 0;
		*high = 1;
	}
	double span = *high - *low;
	if (!(span > 0))
		span = fabs(*low) > 0 ? fabs(*low) : 1;
	*low -= margin * span;
	*high += margin * span;
}

struct plane plane_of(const struct dataset *data)
{
	struct plane plane = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
	const float *upright = data->classes ? data->projection + data->rows : data->target;
	for (int i = 0; i < data->rows; i++) {
		widen(&plane.low[0], &plane.high[0], (double)data->projection[i]);
		widen(&plane.low[1], &plane.high[1], (double)upright[i]);
	}
	for (int axis = 0; axis < 2; axis++)
		settle(&plane.low[axis], &plane.high[axis]);
	return plane;
}
