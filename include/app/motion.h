/* Goes through a pane by itself, at a pace that can be read: Enter in pane step. */
#ifndef APP_MOTION_H
#define APP_MOTION_H

#include "app/context.h"

/* Pauses the run if the focused pane goes through phases: those of a network that trains on would
 * not fit together. */
void motion_hold(const struct context *context);

/* Starts in the focused pane, from its beginning if it is at its end, or stops. */
void motion_toggle(const struct context *context);

/* Goes one step on when it is due; stops at the end, in another pane and under an overlay. True if
 * it moved. */
bool motion_work(const struct context *context);

/* Seconds until motion_work() has something to do; negative: never. */
double motion_wait(const struct viewer *viewer, double now);

#endif
