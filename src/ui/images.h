/* Rows of a data set of images as images, those that the network gets wrong first. */
#ifndef UI_IMAGES_H
#define UI_IMAGES_H

#include "lab/probe.h"
#include "ui/canvas.h"

/* Columns at the right of an area that images take; 0 if the data are not images or there is too
 * little room. */
int images_width(struct area area, const struct dataset *data);

/* Fills the area; `view` has an answer to each row, or is NULL. */
void images_draw(struct area area, const struct dataset *data, const struct state_view *view);

#endif
