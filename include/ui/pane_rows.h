/* What the files of single panes share: their rows, and how a layer is called. */
#ifndef UI_PANE_ROWS_H
#define UI_PANE_ROWS_H

#include "ui/pane.h"

extern const struct pane pane_gradients, pane_loss, pane_activation, pane_units, pane_data,
	pane_numbers, pane_remedies;

enum { LAYER_LABEL = 12 };

/* "1", "2", ..., and "out" for the last of `layers`. */
void layer_label(char out[LAYER_LABEL], int layer, int layers);

/* The selected layer, within 1..layers. */
int layer_selected(const struct picture *picture, int layers);

/* What a unit is that does not work but is not dead: "off" where f' is 0 or not small at all, as
 * with ReLU, so that it rests; "saturated" where f' is small. */
const char *idle_word(const struct picture *picture);

/* True where the picture is of an epoch that has passed, and its detail was not kept. */
bool detail_forgotten(const struct picture *picture);

/* A field of struct layer_record by its offset; layer is 1-based. */
float layer_value(const struct record *record, int layer, size_t offset);

#endif
