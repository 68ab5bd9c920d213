/* When the dead units of the selected layer died, in words. */
#ifndef UI_UNIT_DEATHS_H
#define UI_UNIT_DEATHS_H

#include "ui/pane.h"

/* A line for each, the newest death first, as many as fit; returns the rows used. */
int units_draw_deaths(const struct picture *picture, struct area area);

/* The line of one unit (from 1) of a layer, in the first row; false: it is not dead. */
bool units_draw_death(const struct picture *picture, int layer, int unit, struct area row);

#endif
