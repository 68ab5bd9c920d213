/* Dead units in words: how many there are, and when those of the selected layer died. */
#ifndef UI_UNIT_DEATHS_H
#define UI_UNIT_DEATHS_H

#include "ui/pane.h"

/* A line for each, the newest death first, as many as fit; returns the rows used. */
int units_draw_deaths(const struct picture *picture, struct area area);

/* The line of one unit (from 1) of a layer, in the first row; false: it is not dead. */
bool units_draw_death(const struct picture *picture, int layer, int unit, struct area row);

/* The share of units that are dead, or, where none can die, of samples for which they saturate. */
bool units_headline(const struct picture *picture, struct headline *headline);

#endif
