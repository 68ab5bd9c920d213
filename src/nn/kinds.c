/* The kinds of layer there are. */
#include "nn/layer.h"
#include "nn/net.h"

#include <math.h>
#include <string.h>

static const struct normalization *find_normalization(const char *name)
{
	const struct normalization *row;
	for (int i = 0; (row = normalization_at(i)); i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

/* Hidden layers have gamma, beta and a slope whether these are in use or not. */
static int dense_tensors(const struct net_spec *spec, int l, struct tensor out[LAYER_TENSORS_MAX])
{
	int inputs = spec->size[l - 1], outputs = spec->size[l], count = 0;
	out[count++] = (struct tensor){.name = "weight",
		.value_name = "weight", .gradient_name = "weight gradient",
		.rows = outputs, .columns = inputs, .fan_in = inputs, .fan_out = outputs, .blocks = 1,
		.draw = DRAW_MATRIX, .penalized = true, .trained = true, .used = true,
		.least = -INFINITY};
	out[count++] = (struct tensor){.name = "bias",
		.value_name = "bias", .gradient_name = "bias gradient",
		.rows = outputs, .columns = 1, .fan_in = inputs, .fan_out = outputs, .draw = DRAW_BIAS,
		.joined = true, .trained = true, .used = true, .check_spread = 0.3, .least = -INFINITY};
	if (l == spec->layers)
		return count;
	const struct normalization *norm = find_normalization(spec->normalization);
	bool normalizes = norm && norm->forward;
	/* only statistics over the batch are kept running */
	bool keeps_statistics = normalizes && norm->per_unit;
	out[count++] = (struct tensor){.name = "norm.gamma",
		.value_name = "norm", .gradient_name = "norm gradient",
		.rows = outputs, .columns = 1, .start = 1, .trained = true, .used = normalizes,
		.check_spread = 0.4, .least = -INFINITY};
	out[count++] = (struct tensor){.name = "norm.beta",
		.value_name = "norm", .gradient_name = "norm gradient",
		.rows = outputs, .columns = 1, .joined = true, .trained = true, .used = normalizes,
		.check_spread = 0.3, .least = -INFINITY};
	out[count++] = (struct tensor){.name = "norm.running_mean", .value_name = "running mean",
		.rows = outputs, .columns = 1, .used = keeps_statistics, .least = -INFINITY};
	out[count++] = (struct tensor){.name = "norm.running_var", .value_name = "running variance",
		.rows = outputs, .columns = 1, .start = 1, .used = keeps_statistics, .least = 0};
	const struct activation *activation = activation_find(spec->activation[l - 1]);
	out[count++] = (struct tensor){.name = "activation.slope",
		.value_name = "slope", .gradient_name = "slope gradient",
		.rows = 1, .columns = 1, .start = 0.25, .trained = true,
		.used = activation && activation->learns_slope, .least = -INFINITY};
	return count;
}

static const struct layer_kind kinds[] = {
	{"dense", "every unit sees every unit of the layer before", dense_tensors},
};

const struct layer_kind *layer_kind_at(int index)
{
	return index >= 0 && index < (int)(sizeof kinds / sizeof kinds[0]) ? &kinds[index] : NULL;
}

const struct layer_kind *layer_kind_of(const struct net_spec *spec, int layer)
{
	const char *name = spec->kind[layer - 1];
	const struct layer_kind *kind = spec->own_kinds;
	if (!name)
		return &kinds[0];
	for (; kind && kind->name; kind++)
		if (strcmp(kind->name, name) == 0)
			return kind;
	for (int i = 0; (kind = layer_kind_at(i)); i++)
		if (strcmp(kind->name, name) == 0)
			return kind;
	return NULL;
}
