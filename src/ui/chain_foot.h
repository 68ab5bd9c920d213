/* The words below the chain: what is left of delta, and what bounds it. */
#ifndef UI_CHAIN_FOOT_H
#define UI_CHAIN_FOOT_H

#include "chain_links.h"
#include "nn/act.h"
#include "path.h"
#include "ui/plot.h"

enum { CHAIN_FOOT_ROWS = 3 };

struct chain_foot {
	const struct picture *picture;
	const struct links *links;
	const struct path *path; /* of units; NULL: none is chosen */
	int drawn;               /* links */
};

void chain_foot_draw(const struct chain_foot *foot, struct area area);

/* The activation function of all hidden layers; NULL: they have several, or it is not known.
 * *greatest: the product of the largest |f'| of all hidden layers; NaN: not known. */
const struct activation *chain_activation(const struct model *model, double *greatest);

/* What is left of delta: near 1 as people write it. */
void chain_left_format(char out[PLOT_NUMBER], double left);

#endif
