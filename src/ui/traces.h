/* Single weights over the epochs, from the details that the history keeps. */
#ifndef UI_TRACES_H
#define UI_TRACES_H

#include "ui/pane.h"

/* Curves of the chosen weight (from 0; if it is not kept, the one before it that is) of a layer,
 * and of some others of that layer. `other`: another run whose curves have the same axes; NULL:
 * there is none. */
void traces_draw(const struct picture *picture, const struct frame *other, int layer, int chosen,
	struct area area);

/* Layers from the first to the output, evenly chosen, in as many plots as the area has room for;
 * false: for not even two. */
bool traces_draw_layers(
	const struct picture *picture, const struct frame *other, int chosen, struct area area);

#endif
