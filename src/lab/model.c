#include "lab/model.h"

#include "lab/models.h"

#include <stdlib.h>

/* 1 where the layer has no time, or the data that say how much are not loaded. */
static int steps_of(const struct net_spec *spec, int layer)
{
	const struct layer_kind *kind = layer_kind_of(spec, layer);
	int steps = kind->steps ? kind->steps(spec, layer) : 1;
	return steps > 0 ? steps : 1;
}

/* Of a network that may be larger than any that can be built: only this layer is looked at. */
static struct layer_model layer_of(const struct net_spec *spec, int layer)
{
	const char *name = spec->activation[layer - 1];
	const struct activation *activation = name ? activation_find(name) : NULL;
	const struct layer_kind *kind = layer_kind_of(spec, layer);
	struct layer_model model = {
		.kind = kind->name,
		.activation = net_hidden(spec, layer) ? name : "identity",
		.parameters = activation_parameters_default(),
		.units = net_units(spec, layer),
		.steps = steps_of(spec, layer),
		.cell = kind->cell ? recurrent_cell_find(kind->cell) : NULL,
		.first_step = steps_of(spec, layer) > 1 ? net_first_step(spec, layer) : 1,
		.hidden = net_hidden(spec, layer),
		.frozen = net_hidden(spec, layer) && layer <= spec->frozen,
	};
	if (!model.hidden)
		return model;
	model.parameters.leaky_slope = (real)spec->leaky_slope;
	model.parameters.elu_alpha = (real)spec->elu_alpha;
	if (activation)
		model.saturation_below = 0.1 * activation_max_slope(activation, &model.parameters);
	return model;
}

struct layer_model model_hidden_layer(const struct config *config, int layer)
{
	const struct data_shape unknown = {0};
	struct config deep = *config;
	struct net_spec spec;
	deep.depth = layer > config->depth ? layer : config->depth;
	model_spec(&deep, &unknown, &spec);
	return layer_of(&spec, layer);
}

static double unshared(const struct net_spec *spec)
{
	double sum = 0;
	bool maps = false;
	for (int l = 1; l <= spec->layers; l++) {
		int values = net_map_values(spec, l);
		maps = maps || layer_kind_of(spec, l)->map;
		sum += (double)values * ((double)spec->size[l - 1] + 1);
	}
	return maps && spec->size[0] > 0 ? sum : 0;
}

struct model *model_of(const struct net_spec *spec)
{
	size_t layers = (size_t)spec->layers;
	struct model *model = calloc(1, sizeof(*model) + layers * sizeof(model->layer[0]));
	if (!model)
		return NULL;
	model->layers = spec->layers;
	model->normalization = spec->normalization;
	model->unshared = unshared(spec);
	for (int l = 1; l <= spec->layers; l++)
		model->layer[l - 1] = layer_of(spec, l);
	return model;
}

struct model *model_asked_for(const struct config *config)
{
	const struct data_shape unknown = {0};
	struct net_spec spec;
	model_spec(config, &unknown, &spec);
	return model_of(&spec);
}

struct model *model_unknown(int layers)
{
	struct model *model = calloc(1, sizeof(*model) + (size_t)layers * sizeof(model->layer[0]));
	if (!model)
		return NULL;
	model->layers = layers;
	for (int l = 1; l <= layers; l++)
		model->layer[l - 1] = (struct layer_model){
			.kind = "dense",
			.parameters = activation_parameters_default(),
			.steps = 1,
			.first_step = 1,
			.hidden = l < layers,
		};
	return model;
}

const struct layer_model *model_layer(const struct model *model, int layer)
{
	return layer >= 1 && layer <= model->layers ? &model->layer[layer - 1] : NULL;
}

int model_hidden(const struct model *model)
{
	int hidden = 0;
	for (int l = 0; l < model->layers; l++)
		hidden += model->layer[l].hidden;
	return hidden;
}
