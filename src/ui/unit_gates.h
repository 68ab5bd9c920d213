/* The gates of recurrent layers: how far each is open, step by step, and how much of it is
 * saturated open or shut. */
#ifndef UI_UNIT_GATES_H
#define UI_UNIT_GATES_H

#include "ui/pane.h"

/* True if some layer of the network has gates. */
bool has_gates(const struct model *model);

/* Draws them in the lowest rows of the pane: of all samples of the minibatch, or of the sample
 * alone, there only of the selected unit if there is one. Returns what is left above. */
struct area unit_gates_draw(const struct picture *picture, struct area area, bool sample);

#endif
