/* Sequences of a data set: a few of them over time, each with its target and the network's answer,
 * those that the network gets wrong first. */
#ifndef UI_SEQUENCES_H
#define UI_SEQUENCES_H

#include "lab/probe.h"
#include "ui/canvas.h"

/* Fills the area; `view` has an answer to each row, or is NULL. */
void sequences_draw(struct area area, const struct dataset *data, const struct state_view *view);

#endif
