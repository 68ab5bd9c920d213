/* The axes of pane loss: which part of the curves they show. */
#ifndef UI_LOSS_AXIS_H
#define UI_LOSS_AXIS_H

#include "ui/pane.h"
#include "ui/plot.h"

struct window {
	struct axis epochs, loss;
};

bool loss_is_logarithmic(const struct picture *picture);

/* The axis that the view asks for. A fitted one follows the bulk of the curves: the training losses
 * whole, and the validation loss without its rare peaks, which may lie above. False if there is
 * nothing to show. */
bool loss_axis(const struct picture *picture, struct axis *axis);

/* From the first record of either run to the last. */
struct axis epoch_axis(const struct history *history, const struct history *twin);

#endif
