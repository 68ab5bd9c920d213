#include "path.h"

#include "nn/bounds.h"
#include "nn/layer.h"
#include "ui/pane_rows.h"

#include <math.h>

bool path_is_chosen(const struct view *view)
{
	for (int layer = 1; layer <= NET_LAYERS_MAX; layer++)
		if (view->path[layer] > 0)
			return true;
	return false;
}

double path_slope(const struct path *path, int layer)
{
	return (double)path->step->layer[layer].derivative[path->unit[layer] - 1];
}

double path_weight(const struct path *path, int layer)
{
	const struct net_layer *next = net_layer_of(path->net, layer + 1);
	return (double)next->weight[(size_t)(path->unit[layer + 1] - 1) * (size_t)next->inputs +
		(size_t)(path->unit[layer] - 1)];
}

/* The unit whose f' and weight to the next one multiply to most. */
static int strongest(struct path *path, int layer)
{
	int best = 1;
	double most = -1;
	for (int unit = 1; unit <= path->step->layer[layer].units; unit++) {
		path->unit[layer] = unit;
		double size = fabs(path_slope(path, layer) * path_weight(path, layer));
		if (size > most) {
			most = size;
			best = unit;
		}
	}
	return best;
}

/* The output with the largest error. */
static int worst_output(const struct step_view *step)
{
	const struct sample_layer *output = &step->layer[step->layers];
	int worst = 1;
	for (int unit = 2; unit <= output->units; unit++)
		if (fabs((double)output->delta[unit - 1]) > fabs((double)output->delta[worst - 1]))
			worst = unit;
	return worst;
}

/* A path goes through one f' and one weight a layer: only between dense layers there is one. */
static bool has_paths(const struct state_view *state, int layers)
{
	for (int layer = 1; layer <= layers; layer++)
		if (net_layer_of(state->net, layer)->kind != &layer_dense)
			return false;
	return true;
}

bool path_of(const struct picture *picture, struct path *path)
{
	const struct state_view *state = picture->frame.state;
	const struct record *record = picture->frame.record;
	if (!path_is_chosen(picture->view) || !state || !state->net || !state->step || !record ||
		state->step->layers != record->layers || !has_paths(state, record->layers))
		return false;
	*path =
		(struct path){.step = state->step, .net = state->net, .layers = record->layers, .paths = 1};
	for (int layer = path->layers; layer >= 1; layer--) {
		int chosen = min_int(picture->view->path[layer], state->step->layer[layer].units);
		path->unit[layer] = chosen > 0 ? chosen
			: layer == path->layers    ? worst_output(path->step)
									   : strongest(path, layer);
		path->paths *= layer < path->layers ? state->step->layer[layer].units : 1;
	}
	return true;
}
