/* What stands on the curves of pane loss: changes of settings, and peaks off the axis. */
#ifndef UI_LOSS_MARKS_H
#define UI_LOSS_MARKS_H

#include "loss_axis.h"

/* A vertical line at every change; drawn before the curves. */
void loss_marks_draw(struct area plot, const struct window *window, const struct history *history);

/* Names the changes beside their lines, the newest first, never over a curve; in little room by the
 * new value alone, then by the key that makes such a change. */
void loss_marks_label(struct area plot, const struct window *window, const struct history *history);

/* An arrow and the value at the upper edge where the validation loss lies above the axis. */
void loss_peaks_draw(struct area plot, const struct window *window, const struct history *history);

/* The largest validation loss above the axis; 0: there is none. */
double loss_peak(const struct axis *axis, const struct history *history);

#endif
