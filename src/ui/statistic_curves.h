/* A statistic of the layers over the epochs, for pane numbers. */
#ifndef UI_STATISTIC_CURVES_H
#define UI_STATISTIC_CURVES_H

#include "ui/pane.h"

enum { STATISTIC_CURVES_ROWS = 7 }; /* the fewest that it is drawn in */

/* A curve for each row of the record, of as many as there is room for beside their names; the
 * selected one is solid. Draws nothing where too little is kept. */
void statistic_curves_draw(
	const struct picture *picture, const struct statistic *statistic, struct area area);

#endif
