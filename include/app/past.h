/* Walking through the epochs that the history keeps.
 *
 * While training goes on, the screen may show an epoch of the past: header, verdict and all panes
 * are drawn from its frame. Only epochs whose layers and settings are kept can be shown.
 */
#ifndef APP_PAST_H
#define APP_PAST_H

#include "app/context.h"

/* The shown epoch; EPOCH_PRESENT while the screen follows the run. */
int64_t past_shown(const struct context *context);

/* The run's epoch while an earlier one is shown; else 0. */
int64_t past_of(const struct context *context);

/* Shows the next epoch that can be shown, earlier (-1) or later (1), and says which. */
void past_step(const struct context *context, int direction);

/* Shows this epoch, or the nearest one before it that can be shown, and says which; false:
 * there is none. */
bool past_go(const struct context *context, int64_t epoch);

/* Follows the run again. */
void past_leave(const struct context *context);

/* Before and after the run advances: leaves the past if a change is made. If the shown epoch has
 * lost its layers, the one kept before is shown, else the present. True if anything changed. */
bool past_check(const struct context *context);

#endif
