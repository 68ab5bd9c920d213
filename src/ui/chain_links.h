/* The way of delta back from the output, link by link, as pane chain draws it. */
#ifndef UI_CHAIN_LINKS_H
#define UI_CHAIN_LINKS_H

#include "ui/pane_rows.h"

/* The factors between a layer and the next one; record_nothing() where they were not recorded. */
struct factors {
	double slope, weights; /* rms f', and what the weights do */
	double step;           /* their product: delta_rms of the layer over the next one's */
};

static inline bool is_known(double value)
{
	return !record_is_nothing((float)value);
}

/* Through all layers or, where layers have time steps, from
 * the output through the last step of the layers above to the steps of one layer, back in time.
 * Links count from 1, the earliest; the last one is the output layer. */
struct links {
	const struct record *record;
	int layer; /* whose time steps are links; without time layer 1 */
	int steps; /* links of that layer */
	int count;
};

/* The layer with time steps that is selected, else the first one that has some. */
struct links links_of(const struct picture *picture);
/* The record's row of a link, from 0. */
int links_row(const struct links *links, int link);
const struct layer_record *links_at(const struct links *links, int link);
int links_selected(const struct links *links, const struct picture *picture);
struct factors links_factors(const struct links *links, int link);
/* What is left of delta at a link, from what is left at the next one. After a link without factors
 * the measured ratio takes over. */
double links_left(const struct links *links, int link, double left);
/* True if some step is known. */
bool links_recorded(const struct links *links);

#endif
