/* What the help says of each number that a pane shows: its formula, with the numbers of the moment
 * put in.
 *
 *	left of δ     rms δ / rms δ of the output = 9.4e-08 / 0.5 = 1.9e-07 (layer 1)
 *
 * The statistics of a record have theirs in lab/record.def; what panes derive from them, or ask of
 * the network, is in the table of formula.c. In a formula "{loss}" stands for a number of the whole
 * network, "{delta_rms(.)}" for one of the selected row, (+) of the row from which delta comes to
 * it, (first) and (last) of the ends over which decay is fitted, (out) of the output layer, and
 * "{train}" for one of the counts in formula.c.
 * What stands behind a bar is left out where a number of it is not known.
 */
#ifndef UI_FORMULA_H
#define UI_FORMULA_H

#include "ui/pane.h"

enum { FORMULA_TEXT = 400 };

struct formula {
	const char *name, *formula;
	bool per_layer;
	double (*value)(const struct picture *picture, int row); /* NULL: the pane alone knows it */
};

const struct formula *formula_at(int index); /* NULL past the end */

/* The name of number `index` in a pane's list; false past the end. */
bool formula_of_pane(const struct pane *pane, int index, char out[40]);

/* The text for a name of the table or of a statistic; false if there is none. `picture` NULL, or
 * without a record: the formula alone. */
bool formula_explain(const char *name, const struct picture *picture, char out[FORMULA_TEXT]);

#endif
