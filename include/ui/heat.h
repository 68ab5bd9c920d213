/* Magnitudes as colours: one ramp for all panes, from 1e-8 (dark) to 1 (light) in HEAT_STEPS
 * steps of two thirds of a decade: error signals are rarely larger. It is absolute: the same number
 * looks the same everywhere, and dark means that hardly any error signal arrives. Without 256
 * colours shades of growing density stand for the colours; no step looks like the empty background.
 */
#ifndef UI_HEAT_H
#define UI_HEAT_H

#include "ui/canvas.h"

enum { HEAT_STEPS = 12, HEAT_NONE = -1, HEAT_NOT_FINITE = -2 };

/* The step of a magnitude: 0 for 1e-8 and everything below, zero included; HEAT_STEPS - 1 for 0.22
 * and above. HEAT_NONE where nothing was recorded (see record_is_nothing()), HEAT_NOT_FINITE for
 * NaN and infinity. */
int heat_step(double magnitude);

/* The step of a share from 0 to 1 on the same ramp. */
int heat_step_of_share(double share);

enum style heat_style(int step);

/* Fills one cell with a step; HEAT_NONE leaves it blank, HEAT_NOT_FINITE draws '!'. */
void heat_cell(struct area area, int x, int y, int step);

/* Two steps in one cell, one above the other, where the terminal can (256 colours and half blocks);
 * elsewhere the cell shows the larger one. */
void heat_pair(struct area area, int x, int y, int upper, int lower);
bool heat_has_pairs(struct area area);

/* "1e-8 ████████████ 1" from x on; returns the columns it took, 0 where there is no room. */
int heat_legend(struct area area, int x, int y);
/* The same for shares: "0 ████████████ 1". */
int heat_legend_of_share(struct area area, int x, int y);
/* The same with these texts at the ends, blanks included. */
int heat_legend_named(struct area area, int x, int y, const char *low, const char *high);

#endif
