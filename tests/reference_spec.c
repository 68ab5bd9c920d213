/* From the names and settings of a file to the spec of a network. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

const char *our_name(const char *theirs, char *ours, size_t size)
{
	static const struct {
		const char *theirs, *ours;
	} exceptions[] = {
		{"hardtanh", "hard-tanh"},
		{"hardsigmoid", "hard-sigmoid"},
		{"bn", "batch"},
		{"ln", "layer"},
		{"spiral", "spirals"},
		{"torch_linear", "pytorch"},
		{"glorot_normal_trunc", "glorot-normal-truncated"},
		{"he_normal_trunc", "he-normal-truncated"},
		{"lecun_normal_trunc", "lecun-normal-truncated"},
	};
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(theirs, exceptions[i].theirs) == 0)
			return exceptions[i].ours;
	snprintf(ours, size, "%s", theirs);
	for (char *at = ours; *at; at++)
		*at = *at == '_' ? '-' : *at;
	return ours;
}

/* ---- from the settings of a file to a spec ---- */

static int read_sizes(const char *text, struct net_spec *spec)
{
	int count = 0;
	for (char *end; count <= NET_LAYERS_MAX; text = end) {
		long size = strtol(text, &end, 10);
		if (end == text || size < 1 || size > 1 << 16)
			break;
		spec->size[count++] = (int)size;
	}
	spec->layers = count - 1;
	return count;
}

static bool read_activations(const char *text, struct net_spec *spec)
{
	char name[64], ours[64];
	int layer = 0, length;
	if (spec->layers == 1)
		return true;
	for (; layer + 1 < spec->layers; layer++, text += length) {
		if (sscanf(text, "%63s%n", name, &length) != 1)
			return false;
		const struct activation *row = activation_find(our_name(name, ours, sizeof(ours)));
		if (!row)
			return false;
		spec->activation[layer] = row->name;
	}
	return true;
}

static const char *known_normalization(const char *name)
{
	const struct normalization *row = normalization_find(name);
	return row ? row->name : NULL;
}

/* Number `index` of a list in a setting; 0 past its end. */
static int listed_number(const struct tensor_file *file, const char *key, int index)
{
	const char *text = tensor_setting(file, key, "");
	long number = 0;
	for (char *end; index >= 0; text = end, index--) {
		number = strtol(text, &end, 10);
		if (end == text)
			return 0;
	}
	return (int)number;
}

/* Layers with kernels are convolutions; what was read as their sizes are their channels. */
static bool read_images(const struct tensor_file *file, struct net_spec *spec)
{
	int channels = listed_number(file, "image", 0);
	if (channels == 0)
		return true;
	spec->shape[0] = (struct net_shape){
		.height = listed_number(file, "image", 1), .width = listed_number(file, "image", 2)};
	if (spec->size[0] != channels * spec->shape[0].height * spec->shape[0].width)
		return false;
	for (int l = 1; l < spec->layers; l++) {
		spec->kernel[l - 1] = listed_number(file, "kernels", l - 1);
		spec->padding[l - 1] = listed_number(file, "paddings", l - 1);
		spec->pool[l - 1] = listed_number(file, "pools", l - 1);
		if (!spec->kernel[l - 1])
			continue;
		spec->kind[l - 1] = "conv";
		spec->shape[l] = net_conv_shape(spec, l);
		spec->size[l] *= spec->shape[l].height * spec->shape[l].width;
	}
	return true;
}

static double setting_number(const struct tensor_file *file, const char *key, const char *otherwise)
{
	return strtod(tensor_setting(file, key, otherwise), NULL);
}

/* The one graph of a file of kind cnn, see reference/README.md. */
static void read_cnn(const struct tensor_file *file, struct net_spec *spec)
{
	int side = listed_number(file, "S", 0);
	*spec = (struct net_spec){.layers = 3,
		.size = {listed_number(file, "C", 0) * side * side, listed_number(file, "K1", 0),
			listed_number(file, "K2", 0), listed_number(file, "O", 0)},
		.shape = {{.height = side, .width = side}},
		.kind = {"conv", "conv"},
		.kernel = {3, 3},
		.padding = {1, 0},
		.pool = {NET_POOL_MAX, NET_POOL_MEAN},
		.activation = {"relu", "tanh"},
		.normalization = "none",
		.branch_scale = 1,
		.loss = "ce",
		.optimizer_slots = OPTIMIZER_SLOTS_MAX};
	for (int l = 1; l < spec->layers; l++) {
		spec->shape[l] = net_conv_shape(spec, l);
		spec->size[l] *= spec->shape[l].height * spec->shape[l].width;
	}
}

bool spec_read(const struct tensor_file *file, struct net_spec *spec)
{
	if (strcmp(tensor_setting(file, "kind", ""), "cnn") == 0) {
		read_cnn(file, spec);
		return true;
	}
	char ours[64];
	const struct loss *loss = loss_find(tensor_setting(file, "loss", ""));
	*spec = (struct net_spec){
		.leaky_slope = 0.01,
		.elu_alpha = 1,
		.branch_scale = 1,
		.normalization =
			known_normalization(our_name(tensor_setting(file, "norm", "none"), ours, sizeof(ours))),
		.normalize_after = strcmp(tensor_setting(file, "norm_pos", "pre"), "post") == 0,
		.norm_epsilon = setting_number(file, "norm_eps", "1e-5"),
		.norm_momentum = setting_number(file, "bn_momentum", "0.1"),
		.skip = (int)setting_number(file, "res", "0"),
		.skip_before = strcmp(tensor_setting(file, "res_add", "post"), "pre") == 0,
		.dropout = setting_number(file, "drop", "0"),
		.l1 = setting_number(file, "l1", "0"),
		.l2 = setting_number(file, "l2", "0"),
		.loss = loss ? loss->name : NULL,
		.optimizer_slots = OPTIMIZER_SLOTS_MAX,
	};
	return loss && spec->normalization &&
		read_sizes(tensor_setting(file, "sizes", ""), spec) >= 2 &&
		read_activations(tensor_setting(file, "acts", ""), spec) && read_images(file, spec);
}

struct net *single_layer(int inputs, int outputs)
{
	struct net_spec *spec = take_memory(1, sizeof(*spec));
	spec->layers = 1;
	spec->size[0] = inputs;
	spec->size[1] = outputs;
	spec->normalization = "none";
	spec->loss = "mse";
	struct net *net = net_new(kernels_find(NULL), spec, 1);
	free(spec);
	return net;
}
