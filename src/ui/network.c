#include "network.h"

#include "nn/elementary.h"
#include "ui/pane_rows.h"

#include <math.h>
#include <string.h>

/* Above this, the change of a unit's weights is not computed for each picture. */
enum { WEIGHTS_MAX = 1 << 14 };

static const struct network_quantity quantities[] = {
	{"delta", "RMS δ · log", "RMS δ", false},
	{"activity", "mean |a|", "|a|", true},
	{"slope", "mean |f′|", "|f′|", true},
	{"change", "|W − W₀|/|W₀| · log", "|W − W₀|/|W₀|", false},
};

enum { QUANTITIES = sizeof(quantities) / sizeof(quantities[0]) };

const struct network_quantity *network_quantity(const struct picture *picture)
{
	for (int i = 0; i < QUANTITIES; i++)
		if (picture->view->network && strcmp(picture->view->network, quantities[i].name) == 0)
			return &quantities[i];
	return &quantities[0];
}

static bool is_shown(const struct network *network, const char *name)
{
	return strcmp(network->shown->name, name) == 0;
}

static const struct detail *detail_of(const struct picture *picture)
{
	const struct detail *detail = picture->frame.detail;
	return detail && detail->layers == model_hidden(picture->frame.model) ? detail : NULL;
}

/* The network of a view, if it is of these data and has these layers. */
static const struct net *net_of(const struct network *network)
{
	const struct frame *frame = &network->picture->frame;
	const struct net *net =
		frame->state && frame->state->data == frame->data ? frame->state->net : NULL;
	if (!net || net_spec_of(net)->layers != network->layers)
		return NULL;
	for (int l = 1; l < network->layers; l++)
		if (net_units(net_spec_of(net), l) != network_units(network, l))
			return NULL;
	return net;
}

struct network network_of(const struct picture *picture)
{
	struct network network = {
		.picture = picture,
		.record = picture->frame.record,
		.detail = detail_of(picture),
		.shown = network_quantity(picture),
		.layers = picture->frame.record->layers,
		.layer = layer_selected(picture, picture->frame.record->layers),
	};
	network.net = net_of(&network);
	int units = network_units(&network, network.layer), unit = picture->view->unit;
	network.unit = unit < 0 ? 0 : unit > units ? units : unit;
	return network;
}

int network_inputs(const struct network *network)
{
	if (network->net)
		return net_spec_of(network->net)->size[0];
	return network->picture->frame.data ? network->picture->frame.data->features : 0;
}

int network_units(const struct network *network, int layer)
{
	const struct layer_model *model = model_layer(network->picture->frame.model, layer);
	if (network->net)
		return net_units(net_spec_of(network->net), layer);
	if (network->detail && layer <= network->detail->layers)
		return network->detail->layer[layer - 1].units;
	return model && model->units > 0 ? model->units : 1;
}

/* The layer's matrix with a row for each unit: of a dense layer its weights, of a convolution its
 * kernels. NULL: there is none; a recurrent layer has two, with a row for each gate of a unit. */
static const struct tensor *matrix_of(const struct network *network, int layer)
{
	const struct net_layer *of = network->net ? net_layer_of(network->net, layer) : NULL;
	const struct tensor *matrix = NULL;
	for (int i = 0; of && i < of->tensors && of->tensor[i].penalized; i++) {
		if (matrix)
			return NULL;
		matrix = &of->tensor[i];
	}
	return matrix && matrix->rows == network_units(network, layer) ? matrix : NULL;
}

int network_weight_count(const struct network *network, int layer)
{
	const struct tensor *matrix = matrix_of(network, layer);
	return matrix ? matrix->columns : 0;
}

const real *network_weights(const struct network *network, int layer, int unit)
{
	const struct tensor *matrix = matrix_of(network, layer);
	return matrix ? net_values(network->net, matrix) + (size_t)(unit - 1) * (size_t)matrix->columns
				  : NULL;
}

/* |w - w0| / |w0| of the incoming weights of a unit. */
static double unit_change(const struct network *network, int layer, int unit)
{
	const real *weight = network_weights(network, layer, unit);
	int inputs = network_weight_count(network, layer);
	double moved = 0, start = 0;
	if (!weight || inputs * network_units(network, layer) > WEIGHTS_MAX)
		return network_layer_value(network, layer);
	const real *initial = net_initial_of(network->net, weight);
	for (int i = 0; i < inputs; i++) {
		double difference = (double)weight[i] - (double)initial[i];
		moved += difference * difference;
		start += (double)initial[i] * (double)initial[i];
	}
	return start > 0 ? sqrt(moved / start) : (double)record_nothing();
}

double network_layer_value(const struct network *network, int layer)
{
	const struct layer_record *row = record_layer(network->record, layer);
	if (is_shown(network, "change"))
		return record_is_nothing(row->change_norm) ? (double)row->change_norm
												   : (double)row->change_norm / 100;
	if (is_shown(network, "slope"))
		return (double)row->deriv_rms;
	if (is_shown(network, "delta"))
		return (double)row->delta_rms;
	double mean = (double)row->a_mean, sd = (double)row->a_std;
	return record_is_nothing(row->a_mean) ? mean : sqrt(mean * mean + sd * sd);
}

double network_value(const struct network *network, int layer, int unit)
{
	if (is_shown(network, "change"))
		return unit_change(network, layer, unit);
	if (!network->detail || layer > network->detail->layers)
		return network_layer_value(network, layer);
	const struct layer_detail *units = &network->detail->layer[layer - 1];
	return (double)(is_shown(network, "activity") ? units->activity
			: is_shown(network, "slope")          ? units->derivative
												  : units->delta)[unit - 1];
}
