#include "lab/models.h"

#include "nn/optim.h"
#include <stdio.h>
#include <string.h>

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void dense_layer(const struct config *config, struct net_spec *spec, int l)
{
	spec->size[l] = config->width;
	spec->activation[l - 1] = config_activation(config, l);
}

/* Whatever shape the inputs have, each is connected to every unit. */
static void mlp_hidden(const struct config *config, struct net_spec *spec)
{
	spec->layers = config->depth + 1;
	for (int l = 1; l <= config->depth; l++)
		dense_layer(config, spec, l);
}

/* ---- recurrent networks ---- */

/* Each layer hands the states of all steps to the next one, the last layer its last state to the
 * output. */
static void recurrent_hidden(
	const struct config *config, struct net_spec *spec, const char *kind, const char *activation)
{
	int steps = spec->shape[0].steps;
	spec->layers = config->depth + 1;
	for (int l = 1; l <= config->depth; l++) {
		bool last = l == config->depth;
		spec->kind[l - 1] = kind;
		spec->shape[l].steps = last ? 0 : steps;
		spec->size[l] = config->width * (last || steps == 0 ? 1 : steps);
		spec->activation[l - 1] = activation ? activation : config_activation(config, l);
	}
}

static void rnn_hidden(const struct config *config, struct net_spec *spec)
{
	recurrent_hidden(config, spec, "rnn", NULL);
}

static void lstm_hidden(const struct config *config, struct net_spec *spec)
{
	recurrent_hidden(config, spec, "lstm", "tanh");
}

static void gru_hidden(const struct config *config, struct net_spec *spec)
{
	recurrent_hidden(config, spec, "gru", "tanh");
}

/* ---- convolutional networks ---- */

static int at_least_1(int size)
{
	return size > 1 ? size : 1;
}

/* With as many zeros around it that the size of the map stays. In the middle of the layers the
 * largest of each 2x2 places is taken, after the last one the mean of each map (global average
 * pooling, Lin et al. 2014). */
static void cnn_hidden(const struct config *config, struct net_spec *spec)
{
	int kernel = config->kernel[0] - '0', middle = (config->depth + 1) / 2;
	spec->layers = config->depth + 1;
	for (int l = 1; l <= config->depth; l++) {
		bool halves = l == middle && spec->shape[l - 1].height > 1 && spec->shape[l - 1].width > 1;
		spec->kind[l - 1] = "conv";
		spec->kernel[l - 1] = kernel;
		spec->padding[l - 1] = kernel / 2;
		spec->pool[l - 1] = l == config->depth ? NET_POOL_MEAN : halves ? NET_POOL_MAX : 0;
		spec->activation[l - 1] = config_activation(config, l);
		spec->shape[l] = net_conv_shape(spec, l);
		spec->size[l] =
			config->width * at_least_1(spec->shape[l].height) * at_least_1(spec->shape[l].width);
	}
}

/* ---- the table ---- */

/* clang-format off */
#define OF_MAPS "kernel"
#define OF_TIME "forget-bias recurrent-init recurrent-gain truncate"
#define OF_DENSE "norm-position norm-momentum norm-epsilon skip-add branch-scale"
#define RECURRENT \
	.takes = DATA_SEQUENCES, .chooses = DATA_SEQUENCES, .data = "echo", .depth_min = 1, \
	.usual = "depth=1 width=32 activation=tanh norm=none skip=0 dropout=0 freeze=0 " \
		"optimizer=adam lr=auto", \
	.only = "norm=none skip=0 dropout=0"
static const struct model_type types[] = {
	{.name = "mlp", .help = "multilayer perceptron: dense layers, each on top of the one before",
		.takes = DATA_POINTS | DATA_SEQUENCES | DATA_IMAGES, .chooses = DATA_POINTS | DATA_IMAGES,
		.data = "moons", .usual = "depth=10 width=10 activation=sigmoid optimizer=sgd lr=auto",
		.hidden = mlp_hidden, .only = "", .lacks = OF_TIME " " OF_MAPS},
	{.name = "rnn", .help = "recurrent: h = f(W x + V h + b) at each time step, f the activation",
		.hidden = rnn_hidden, .lacks = OF_DENSE " " OF_MAPS " forget-bias", RECURRENT},
	{.name = "lstm", .help = "recurrent: long short-term memory, with gates and a cell state",
		.hidden = lstm_hidden,
		.lacks = OF_DENSE " " OF_MAPS " activation leaky-slope elu-alpha", RECURRENT},
	{.name = "gru", .help = "recurrent: gated recurrent unit",
		.hidden = gru_hidden,
		.lacks = OF_DENSE " " OF_MAPS " activation leaky-slope elu-alpha forget-bias", RECURRENT},
	{.name = "cnn", .help = "convolutional: kernels moved over images, with pooling",
		.hidden = cnn_hidden, .lacks = OF_TIME, .takes = DATA_IMAGES, .data = "digits",
		.depth_min = 1, .only = "",
		.usual = "depth=4 width=8 activation=relu init=he-normal norm=none skip=0 dropout=0 "
			"freeze=0 optimizer=adam lr=auto"},
};
/* clang-format on */

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

const struct model_type *model_type_of(const struct config *config)
{
	for (int i = 0; i < LENGTH(types); i++)
		if (strcmp(types[i].name, config->model) == 0)
			return &types[i];
	return NULL;
}

/* ---- what fits together ---- */

/* The first model that is chosen for data of one of these kinds. */
static const struct model_type *type_for(int kinds)
{
	int i = 0;
	while (i + 1 < LENGTH(types) && !(types[i].chooses & kinds))
		i++;
	return &types[i];
}

static bool is_fixed(const bool *fixed, const char *name)
{
	const struct setting *row = setting_find(&config_table, name, NULL);
	return fixed && fixed[row - config_table.row];
}

/* Data that the model had taken before, of the same kind, are no reason for another one. */
static bool keeps_model(const struct config *before, const struct config *config)
{
	const struct model_type *type = model_type_of(config);
	int kinds = dataset_kinds(config->data), kinds_before = dataset_kinds(before->data);
	return type->chooses & kinds || (type->takes & kinds && kinds & kinds_before);
}

void model_follow(const struct config *before, struct config *config, const bool *fixed)
{
	bool other_data = strcmp(before->data, config->data) != 0;
	bool other_model = strcmp(before->model, config->model) != 0;
	const struct model_type *type = model_type_of(config);
	int kinds = dataset_kinds(config->data);
	if (other_data && !other_model && !keeps_model(before, config) && !is_fixed(fixed, "model")) {
		type = type_for(kinds);
		config->model = type->name;
	} else if (other_model && !(type->takes & kinds) && !is_fixed(fixed, "data")) {
		char brought[DATA_PATH_MAX + 32];
		snprintf(brought, sizeof(brought), "data=%s target= drop=", type->data);
		config_assign_list(config, brought, fixed);
	}
	if (strcmp(model_type_of(before)->usual, type->usual) != 0)
		config_assign_list(config, type->usual, fixed);
}

void model_take_setting(struct config *config, const struct config *from, int index)
{
	const struct config before = *config;
	setting_copy(&config_table.row[index], from, config);
	model_follow(&before, config, NULL);
}

bool model_lacks(const struct config *config, const char *setting)
{
	size_t length = strlen(setting);
	for (const char *at = model_type_of(config)->lacks; *at; at += strspn(at, " ")) {
		size_t word = strcspn(at, " ");
		if (word == length && strncmp(at, setting, length) == 0)
			return true;
		at += word;
	}
	return false;
}

/* False: error names the first setting that is not as the model needs it. */
static bool has_only(
	const struct config *config, const struct model_type *type, struct error *error)
{
	struct config needed = *config;
	config_assign_list(&needed, type->only, NULL);
	for (int i = 0; i < config_table.count; i++) {
		const struct setting *row = &config_table.row[i];
		char found[SETTING_VALUE_MAX], expected[SETTING_VALUE_MAX];
		if (setting_equal(row, config, &needed))
			continue;
		setting_format(row, config, found);
		setting_format(row, &needed, expected);
		return error_set(error, STATUS_USAGE, "%s=%.60s: model=%s has %s=%.60s only", row->name,
			found, type->name, row->name, expected);
	}
	return true;
}

bool model_takes_change(const struct config *before, const struct config *after)
{
	for (int i = 0; i < config_table.count; i++)
		if (!setting_equal(&config_table.row[i], before, after) &&
			model_lacks(after, config_table.row[i].name))
			return false;
	return has_only(after, model_type_of(after), NULL);
}

/* The kinds of data that a model takes, as nouns. */
static const char *nouns(int kinds)
{
	return kinds & DATA_POINTS ? "points" : kinds & DATA_SEQUENCES ? "sequences" : "images";
}

bool model_fits(const struct config *config, const struct data_shape *data, struct error *error)
{
	const struct model_type *type = model_type_of(config);
	int kind = data->arranged.steps ? DATA_SEQUENCES
		: data->arranged.width      ? DATA_IMAGES
									: DATA_POINTS;
	if (!(type->takes & kind))
		return error_set(error, STATUS_USAGE,
			"model=%s learns from %s, but %.200s has %s: try data=%s, or model=%s", type->name,
			nouns(type->takes), config->data, nouns(kind), type->data, type_for(kind)->name);
	if (config->depth < type->depth_min)
		return error_set(error, STATUS_USAGE, "depth=%d: model=%s has at least %d hidden layer",
			config->depth, type->name, type->depth_min);
	return has_only(config, type, error);
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
	model_type_of(config)->hidden(config, spec);
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
	spec->forget_bias = config->forget_bias;
	spec->truncate = config->truncate;
	spec->dropout = config->dropout;
	spec->l1 = config->l1;
	spec->l2 = config->l2;
	spec->frozen = config->freeze;
	spec->optimizer_slots = optimizer_find(config->optimizer)->slots;
}
