#include "lab/models.h"

#include "nn/optim.h"
#include <string.h>

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Dense layers of one width; whatever shape the inputs have, each is connected to every unit. */
static void mlp_hidden(const struct config *config, struct net_spec *spec)
{
	spec->layers = config->depth + 1;
	for (int l = 1; l <= config->depth; l++) {
		spec->size[l] = config->width;
		spec->activation[l - 1] = config_activation(config, l);
	}
}

static const struct model_type types[] = {
	{"mlp", "dense layers one after the other: a multilayer perceptron", mlp_hidden},
};

const struct model_type *model_type_at(int index)
{
	return index >= 0 && index < LENGTH(types) ? &types[index] : NULL;
}

struct data_shape data_shape_of(const struct dataset *data)
{
	return (struct data_shape){
		.features = data->features,
		.arranged = data->steps
			? (struct net_shape){.steps = data->steps}
			: (struct net_shape){.height = data->image_height, .width = data->image_width},
		.classes = data->classes,
	};
}

static const char *loss_name(const struct config *config, const struct data_shape *data)
{
	if (strcmp(config->loss, "auto") != 0)
		return config->loss;
	return data->classes == 0 ? "mse" : data->classes == 2 ? "bce" : "ce";
}

/* One output for a number or for two classes, one a class otherwise; softmax needs two. */
static int output_count(const char *loss, const struct data_shape *data)
{
	if (data->features == 0)
		return 0;
	if (data->classes == 0)
		return 1;
	return data->classes == 2 && strcmp(loss, "ce") != 0 ? 1 : data->classes;
}

void model_spec(const struct config *config, const struct data_shape *data, struct net_spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	spec->loss = loss_name(config, data);
	spec->size[0] = data->features;
	spec->shape[0] = data->arranged;
	types[0].hidden(config, spec);
	spec->size[spec->layers] = output_count(spec->loss, data);
	spec->leaky_slope = config->leaky_slope;
	spec->elu_alpha = config->elu_alpha;
	spec->normalization = config->norm;
	spec->normalize_after = strcmp(config->norm_position, "after") == 0;
	spec->norm_epsilon = config->norm_epsilon;
	spec->norm_momentum = config->norm_momentum;
	spec->skip = config->skip;
	spec->skip_before = strcmp(config->skip_add, "pre") == 0;
	spec->branch_scale = config->branch_scale;
	spec->dropout = config->dropout;
	spec->l1 = config->l1;
	spec->l2 = config->l2;
	spec->frozen = config->freeze;
	spec->optimizer_slots = optimizer_find(config->optimizer)->slots;
}
