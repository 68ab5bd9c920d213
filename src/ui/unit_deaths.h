/* When the dead units of the selected layer died, in words. */
#ifndef UI_UNIT_DEATHS_H
#define UI_UNIT_DEATHS_H

#include "ui/pane.h"

/* A line for each, the newest death first, as many as fit; returns the rows used. */
int units_draw_deaths(const struct picture *picture, struct area area);

#endif
