/* The axes of pane loss. See loss_axis.h. */
#include "loss_axis.h"

#include "nn/bounds.h"
#include "nn/elementary.h"

#include <math.h>
#include <string.h>

enum {
	EPOCHS_MIN = 10,
	FEW = 10,           /* one in so many is rare */
	RECORDS_FOR_FEW = 4 /* of fewer none is */
};

static const double FIT_LEAST = 0.3; /* of a loss: the least span of a fitted axis */
static const double NEAR = 0.5;      /* of the span: a value so little above the bulk is shown */

bool loss_is_logarithmic(const struct picture *picture)
{
	return strcmp(picture->view->loss_axis, "log") == 0;
}

struct range {
	double low, high;
	bool logarithmic;
};

static void range_add(struct range *range, double value)
{
	if (!isfinite(value) || (range->logarithmic && value <= 0))
		return;
	range->low = min_f64(range->low, value);
	range->high = max_f64(range->high, value);
}

/* Whole decades. */
static struct axis logarithmic_axis(struct range range)
{
	double from = floor(log10_f64(range.low)), to = ceil(log10_f64(range.high));
	return (struct axis){exp10_f64(from < to ? from : to - 1), exp10_f64(to), true};
}

/* From 0, so that distances on the axis are losses; only a negative loss lowers it. */
static struct axis zero_axis(struct range range)
{
	struct axis axis = {range.low >= 0 ? 0 : range.low - 0.05 * fabs(range.low),
		range.high > 0 ? range.high * 1.05 : 0, false};
	if (!(axis.high > axis.low))
		axis.high = axis.low + 1;
	return axis;
}

static double fitted_span(struct range range)
{
	double least = max_f64(FIT_LEAST * max_f64(fabs(range.low), fabs(range.high)), 1e-30);
	return max_f64(range.high - range.low, least);
}

/* Around the curve; the noise of a plateau fills a small part of the axis only. */
static struct axis fitted_axis(struct range range)
{
	double span = fitted_span(range), middle = range.low + (range.high - range.low) / 2;
	struct axis axis = {middle - 0.55 * span, middle + 0.55 * span, false};
	if (range.low >= 0 && axis.low < 0) {
		axis.low = 0;
		axis.high = max_f64(axis.high, 1.1 * span);
	}
	return axis;
}

static int count_above(const struct history *history, double value)
{
	int count = 0;
	for (int i = 0; i < history_count(history); i++)
		count += history_at(history, i)->val_loss > value;
	return count;
}

/* A validation loss between these that at most one in FEW records exceed, found by halving: nothing
 * is sorted or stored. */
static double bulk_end(const struct history *history, double low, double high)
{
	enum { HALVINGS = 10 };
	int count = history_count(history);
	int most = count < RECORDS_FOR_FEW ? 0 : (count + FEW - 1) / FEW;
	for (int i = 0; i < HALVINGS; i++) {
		double middle = low + (high - low) / 2;
		if (count_above(history, middle) > most)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Adds the validation loss up to the bulk of it, and what lies little above. */
static void add_bulk(struct range *range, const struct history *history, struct range validation)
{
	range_add(range, validation.low);
	if (!(validation.high > range->high + NEAR * fitted_span(*range))) {
		range_add(range, validation.high);
		return;
	}
	range_add(range, bulk_end(history, range->high, validation.high));
	double end = range->high + NEAR * fitted_span(*range);
	for (int i = 0; i < history_count(history); i++)
		if (history_at(history, i)->val_loss <= end)
			range_add(range, history_at(history, i)->val_loss);
}

bool loss_axis(const struct picture *picture, struct axis *axis)
{
	const struct history *runs[] = {picture->frame.history.all, picture->twin.history.all};
	const struct range nothing = {INFINITY, -INFINITY, loss_is_logarithmic(picture)};
	struct range range = nothing, validation = nothing;
	bool from_zero = strcmp(picture->view->loss_axis, "zero") == 0;
	for (int run = 0; run < 2 && runs[run]; run++)
		for (int i = 0; i < history_count(runs[run]); i++)
			range_add(&range, history_at(runs[run], i)->loss);
	for (int i = 0; i < history_count(runs[0]); i++)
		range_add(&validation, history_at(runs[0], i)->val_loss);
	bool fitted = !from_zero && !range.logarithmic;
	if (fitted && range.low <= range.high && validation.low <= validation.high) {
		add_bulk(&range, runs[0], validation);
	} else {
		range_add(&range, validation.low);
		range_add(&range, validation.high);
	}
	if (range.low > range.high)
		return false;
	*axis = range.logarithmic ? logarithmic_axis(range)
		: from_zero           ? zero_axis(range)
							  : fitted_axis(range);
	return true;
}

struct axis epoch_axis(const struct history *history, const struct history *twin)
{
	double first = (double)history_at(history, 0)->epoch;
	double last = (double)history_newest(history)->epoch;
	if (twin && history_count(twin) > 0) {
		first = min_f64(first, (double)history_at(twin, 0)->epoch);
		last = max_f64(last, (double)history_newest(twin)->epoch);
	}
	return (struct axis){first, max_f64(last, first + EPOCHS_MIN), false};
}
