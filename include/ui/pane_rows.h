/* Shared by the panes' files: their rows, and a layer's label and numbers. */
#ifndef UI_PANE_ROWS_H
#define UI_PANE_ROWS_H

#include "ui/pane.h"

extern const struct pane pane_gradients, pane_loss, pane_activation, pane_history, pane_data,
	pane_network, pane_units, pane_chain, pane_weights, pane_step, pane_numbers, pane_remedies,
	pane_log, pane_maps;

enum { LAYER_LABEL = 24 };

/* "1", "2", ..., and "out" for the last of `layers`. */
void layer_label(char out[LAYER_LABEL], int layer, int layers);

/* That of a row of the record, from 1: of a layer without time as above; of a time step "t12", or
 * "2:12" where several layers have time. */
void row_label(char out[LAYER_LABEL], const struct record *record, int row);

/* True if some layer of the record has time steps. */
bool has_steps(const struct record *record);

/* The word for units that are idle but not dead: "off" if every idle unit's f' is 0, as with ReLU,
 * where that is normal; "saturated" if f' is small but not 0 in some. */
const char *idle_word(const struct picture *picture);

/* False if f' of no hidden layer can be 0 on a whole side: then no unit dies, it saturates. */
bool units_can_die(const struct model *model);

/* True if the picture is of a past epoch whose detail was not kept. */
bool detail_forgotten(const struct picture *picture);

/* A field of struct layer_record by its offset; rows count from 1. */
float row_value(const struct record *record, int row, size_t offset);

#endif
