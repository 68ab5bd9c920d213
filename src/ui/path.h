/* A path of units through the network, one a layer, for pane chain: the derivative of the output
 * with respect to z of a unit is the sum over all such paths to it of the products of f' and
 * weights along them.
 */
#ifndef UI_PATH_H
#define UI_PATH_H

#include "ui/pane.h"

struct path {
	const struct step_view *step; /* the sample whose f' are taken */
	const struct net *net;
	int layers;                   /* the output layer included */
	int unit[NET_LAYERS_MAX + 1]; /* of each layer, from 1 */
	double paths;                 /* all paths from layer 1 to this output: the product of widths */
};

/* The path through the units that the view has chosen; in the other layers, from the output on
 * back, the unit with the largest |f' × weight|. False: no unit is chosen, or the state is not
 * known. */
bool path_of(const struct picture *picture, struct path *path);

double path_slope(const struct path *path, int layer);  /* f'(z) of its unit in a hidden layer */
double path_weight(const struct path *path, int layer); /* from that unit to the next layer's */

/* True if a unit is chosen in any layer. */
bool path_is_chosen(const struct view *view);

#endif
