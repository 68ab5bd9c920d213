/* The numbers of the network pane: one for every unit. */
#ifndef UI_NETWORK_H
#define UI_NETWORK_H

#include "ui/pane.h"

/* What the colours of the units show. */
struct network_quantity {
	const char *name;   /* a value of the setting `network` */
	const char *title;  /* "RMS δ · log" */
	const char *symbol; /* "RMS δ" */
	bool share;         /* from 0 to 1; else a magnitude on a logarithmic scale */
};

struct network {
	const struct picture *picture;
	const struct record *record;
	const struct detail
		*detail;           /* NULL: units are not kept, their layer's number stands for them */
	const struct net *net; /* NULL: its weights are not known */
	const struct network_quantity *shown;
	int layers;
	int layer, unit; /* selected; unit 0: none */
};

const struct network_quantity *network_quantity(const struct picture *picture);
struct network network_of(const struct picture *picture); /* the record must have its layers */

int network_inputs(const struct network *network); /* 0: not known */
int network_units(const struct network *network, int layer);
/* The shown quantity of a unit, or of the layer as a whole; nothing where it is not recorded. */
double network_value(const struct network *network, int layer, int unit);
double network_layer_value(const struct network *network, int layer);

/* Incoming weights of a unit [network_weight_count()], of a convolution those of its kernels; NULL
 * if they are not known, or are not one row: then the count is 0. */
const real *network_weights(const struct network *network, int layer, int unit);
int network_weight_count(const struct network *network, int layer);

#endif
