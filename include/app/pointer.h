/* What a press of the mouse does. Everything it does has a key, too. */
#ifndef APP_POINTER_H
#define APP_POINTER_H

#include "app/context.h"

/* The mouse was pressed on `target`: focuses the pane there, and selects the layer, unit, weight,
 * epoch or row. Returns the key that does the rest, or KEYCODE_NONE: that of a hint; Enter where
 * the row had been selected before. Twice on a pane's title zooms it. */
int pointer_press(
	const struct context *context, const struct target *target, const struct mouse *mouse);

#endif
