#include "lab/model.h"

#include <stdlib.h>

struct layer_model model_hidden_layer(const struct config *config, int layer)
{
	const char *name = config_activation(config, layer);
	const struct activation *activation = name ? activation_find(name) : NULL;
	struct layer_model model = {
		.kind = "dense",
		.activation = name,
		.parameters = activation_parameters_default(),
		.units = config->width,
		.steps = 1,
		.hidden = true,
		.frozen = layer <= config->freeze,
	};
	model.parameters.leaky_slope = (real)config->leaky_slope;
	model.parameters.elu_alpha = (real)config->elu_alpha;
	if (activation)
		model.saturation_below = 0.1 * activation_max_slope(activation, &model.parameters);
	return model;
}

struct model *model_new(const struct config *config, int outputs)
{
	int layers = config->depth + 1;
	struct model *model = calloc(1, sizeof(*model) + (size_t)layers * sizeof(model->layer[0]));
	if (!model)
		return NULL;
	model->layers = layers;
	model->normalization = config->norm;
	for (int l = 1; l < layers; l++)
		model->layer[l - 1] = model_hidden_layer(config, l);
	model->layer[layers - 1] = (struct layer_model){
		.kind = "dense",
		.activation = "identity",
		.parameters = activation_parameters_default(),
		.units = outputs,
		.steps = 1,
	};
	return model;
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
