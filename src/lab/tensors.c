#include "tensors.h"

#include <float.h>
#include <stdio.h>

static struct tensor vector(bool present, real *value, int rows)
{
	return (struct tensor){present ? value : NULL, rows, 1};
}

static struct tensor weight_of(const struct net_layer *layer)
{
	return (struct tensor){layer->weight, layer->outputs, layer->inputs};
}

static struct tensor bias_of(const struct net_layer *layer)
{
	return vector(true, layer->bias, layer->outputs);
}

static bool normalizes(const struct net_layer *layer)
{
	return layer->normalization->forward != NULL;
}

/* Only statistics over the batch are kept running. */
static bool keeps_statistics(const struct net_layer *layer)
{
	return normalizes(layer) && layer->normalization->per_unit;
}

static struct tensor gamma_of(const struct net_layer *layer)
{
	return vector(normalizes(layer), layer->gamma, layer->outputs);
}

static struct tensor beta_of(const struct net_layer *layer)
{
	return vector(normalizes(layer), layer->beta, layer->outputs);
}

static struct tensor mean_of(const struct net_layer *layer)
{
	return vector(keeps_statistics(layer), layer->running_mean, layer->outputs);
}

static struct tensor variance_of(const struct net_layer *layer)
{
	return vector(keeps_statistics(layer), layer->running_variance, layer->outputs);
}

static struct tensor slope_of(const struct net_layer *layer)
{
	return vector(layer->activation && layer->activation->learns_slope, layer->slope, 1);
}

const struct tensor_part tensor_parts[TENSOR_PARTS] = {
	{"weight", weight_of, true, -FLT_MAX},
	{"bias", bias_of, true, -FLT_MAX},
	{"norm.gamma", gamma_of, true, -FLT_MAX},
	{"norm.beta", beta_of, true, -FLT_MAX},
	{"norm.running_mean", mean_of, false, -FLT_MAX},
	{"norm.running_var", variance_of, false, 0},
	{"activation.slope", slope_of, true, -FLT_MAX},
};

const char *const tensor_columns[FIELD_COUNT] = {"tensor", "row", "col", "value"};

int tensor_count(const struct net *net)
{
	return net_spec_of(net)->layers * TENSOR_PARTS;
}

const struct tensor_part *tensor_part(int index)
{
	return &tensor_parts[index % TENSOR_PARTS];
}

struct tensor tensor_at(const struct net *net, int index)
{
	return tensor_part(index)->of(net_layer_of(net, index / TENSOR_PARTS + 1));
}

void tensor_name(char out[TENSOR_NAME_SIZE], int index)
{
	snprintf(out, TENSOR_NAME_SIZE, "layer%d.%s", index / TENSOR_PARTS + 1,
		tensor_part(index)->name);
}

size_t tensor_entries(const struct tensor *tensor)
{
	return tensor->value ? (size_t)tensor->rows * (size_t)tensor->columns : 0;
}
