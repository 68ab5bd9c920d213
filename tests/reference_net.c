/* Networks: every intermediate of one pass, the gradients, and the statistics of the lab. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The tensors of a layer by the reference's names; `alpha` is prelu's one slope. */
static const struct parameter_kind {
	const char *theirs, *ours;
} parameter_kinds[] = {
	{"W", "weight"},
	{"b", "bias"},
	{"gamma", "norm.gamma"},
	{"beta", "norm.beta"},
	{"alpha", "activation.slope"},
};

enum { PARAMETER_KINDS = sizeof(parameter_kinds) / sizeof(parameter_kinds[0]) };

static const struct tensor *layer_tensor(const struct net_layer *layer, const char *name)
{
	for (int i = 0; i < layer->tensors; i++)
		if (strcmp(layer->tensor[i].name, name) == 0)
			return &layer->tensor[i];
	return NULL;
}

/* Vectors are rows there. */
static int tensor_rows(const struct tensor *tensor)
{
	return tensor->draw == DRAW_MATRIX ? tensor->rows : 1;
}

static int tensor_columns(const struct tensor *tensor)
{
	return tensor->draw == DRAW_MATRIX ? tensor->columns : tensor->rows;
}

/* The name of what belongs to a layer, such as W2; the file of a convolution has names of its
 * own. */
static struct file_tensor *tensor_of_layer(
	struct trainee *trainee, const char *prefix, const char *name, int layer)
{
	static const char *const renamed[][2] = {
		{"W1", "K1"},
		{"W2", "K2"},
		{"W3", "Wo"},
		{"b1", "bK1"},
		{"b2", "bK2"},
		{"b3", "bo"},
		{"p2", "a2"},
		{"dp2", "da2"},
		{"delta1", "dz1"},
		{"delta2", "dz2"},
		{"delta3", "dout"},
	};
	char full[48];
	bool cnn = strcmp(tensor_setting(trainee->file, "kind", ""), "cnn") == 0;
	snprintf(full, sizeof(full), "%s%d", name, layer);
	for (size_t i = 0; cnn && i < sizeof(renamed) / sizeof(renamed[0]); i++)
		if (strcmp(full, renamed[i][0]) == 0)
			snprintf(full, sizeof(full), "%s", renamed[i][1]);
	return tensor_find(trainee->file, "%s%s", prefix, full);
}

/* Classes come as one column of numbers. */
static int target_columns(const struct net_spec *spec)
{
	return strcmp(spec->loss, "ce") == 0 ? 1 : spec->size[spec->layers];
}

bool trainee_new(struct trainee *trainee, struct tensor_file *file, struct tally *tally)
{
	struct net_spec *spec = take_memory(1, sizeof(*spec));
	*trainee = (struct trainee){.file = file, .tally = tally};
	trainee->x = tensor_find(file, "X");
	trainee->y = tensor_find(file, "Y");
	bool known = trainee->x && trainee->y && spec_read(file, spec) &&
		trainee->x->columns == spec->size[0] && trainee->y->rows == trainee->x->rows &&
		trainee->y->columns == target_columns(spec);
	if (known) {
		trainee->net = net_new(kernels_find(NULL), spec, trainee->x->rows);
		trainee->stats = stats_new(kernels_find(NULL), spec);
		trainee->record = record_new(spec->layers);
	}
	free(spec);
	if (known && trainee->net && trainee->stats && trainee->record)
		return true;
	tally_complain(tally, known ? "no memory" : "no network that we know");
	trainee_free(trainee);
	return false;
}

void trainee_free(struct trainee *trainee)
{
	net_free(trainee->net);
	stats_free(trainee->stats);
	free(trainee->record);
}

/* ---- filling it ---- */

static void start_parameters(struct trainee *trainee, int l)
{
	const struct net_layer *layer = &trainee->net->layer[l];
	for (int kind = 0; kind < PARAMETER_KINDS; kind++) {
		const struct tensor *ours = layer_tensor(layer, parameter_kinds[kind].ours);
		const struct file_tensor *tensor =
			ours ? tensor_of_layer(trainee, "", parameter_kinds[kind].theirs, l) : NULL;
		if (!tensor)
			continue;
		real *value = net_values(trainee->net, ours);
		int count = ours->rows * ours->columns;
		if (tensor->rows * tensor->columns != count) {
			tally_complain(trainee->tally, "%s: another shape than the layer's", tensor->name);
			continue;
		}
		for (int i = 0; i < count; i++)
			value[i] = (float)tensor->value[i];
	}
}

/* The masks are given and the same at every step. */
static void start_mask(struct trainee *trainee, int l)
{
	struct net_layer *layer = &trainee->net->layer[l];
	const struct file_tensor *mask = tensor_find(trainee->file, "mask%d", l);
	if (!layer->mask || !mask)
		return;
	int stride = net_batch(trainee->net, mask->rows);
	for (int i = 0; i < mask->rows; i++)
		for (int unit = 0; unit < layer->values && unit < mask->columns; unit++)
			layer->mask[(size_t)unit * stride + i] =
				(float)mask->value[(size_t)i * mask->columns + unit];
}

void trainee_start(struct trainee *trainee)
{
	struct net *net = trainee->net;
	for (int l = 1; l <= net->layers; l++) {
		start_parameters(trainee, l);
		struct net_layer *layer = &net->layer[l];
		for (int unit = 0; layer->running_mean && unit < layer->values / layer->places; unit++) {
			layer->running_mean[unit] = 0;
			layer->running_variance[unit] = 1;
		}
		if (layer->running_mean)
			start_mask(trainee, l);
	}
	memcpy(net->initial, net->parameter, net->parameters * sizeof(real));
	net_gradient_clear(net);
	trainee_batch(trainee, NULL, trainee->x->rows);
}

void trainee_batch(struct trainee *trainee, const double *order, int count)
{
	struct net *net = trainee->net;
	const struct file_tensor *x = trainee->x, *y = trainee->y;
	bool classes = strcmp(net->spec.loss, "ce") == 0;
	int stride = net_batch(net, count), outputs = net->spec.size[net->layers];
	for (int i = 0; i < count; i++) {
		int row = order ? (int)order[i] : i;
		const double *inputs = x->value + (size_t)row * x->columns;
		const double *targets = y->value + (size_t)row * y->columns;
		for (int k = 0; k < x->columns; k++)
			net->input[(size_t)k * stride + i] = (float)inputs[k];
		for (int k = 0; k < outputs; k++)
			net->target[(size_t)k * stride + i] = classes ? targets[0] == k : (float)targets[k];
	}
}

double trainee_pass(
	struct trainee *trainee, enum net_mode mode, bool backward, const struct net_observer *observer)
{
	struct net *net = trainee->net;
	uint64_t budget = UINT64_MAX;
	net_pass_begin(net, mode, backward, net->rows, NULL, observer);
	net_pass_advance(net, &budget);
	return net_pass_loss(net) / net->rows + net_penalty(net);
}

void trainee_update(struct trainee *trainee, const struct recipe *recipe)
{
	uint64_t budget = UINT64_MAX;
	net_update_begin(trainee->net, &recipe->choice, &recipe->clip, true);
	net_update_advance(trainee->net, &budget);
}

void trainee_measure(struct trainee *trainee, enum net_mode mode)
{
	struct net *net = trainee->net;
	uint64_t budget = UINT64_MAX;
	struct net_observer observer = stats_observer(trainee->stats);
	net_gradient_clear(net);
	stats_measure_begin(trainee->stats, net, net->rows, true);
	trainee_pass(trainee, mode, true, &observer);
	stats_finish_begin(trainee->stats);
	stats_finish_advance(trainee->stats, net, trainee->record, &budget);
	net_gradient_clear(net);
}

/* ---- comparing ---- */

void trainee_compare(struct trainee *trainee, const char *prefix, const real *vector)
{
	const struct net *net = trainee->net;
	for (int l = 1; l <= net->layers; l++)
		for (int kind = 0; kind < PARAMETER_KINDS; kind++) {
			const struct tensor *ours = layer_tensor(&net->layer[l], parameter_kinds[kind].ours);
			if (ours)
				tally_reals(trainee->tally,
					tensor_of_layer(trainee, prefix, parameter_kinds[kind].theirs, l),
					tensor_rows(ours), tensor_columns(ours), vector + ours->at);
		}
}

void trainee_compare_running(struct trainee *trainee, const char *prefix, const char *suffix)
{
	for (int l = 1; l < trainee->net->layers; l++) {
		const struct net_layer *layer = &trainee->net->layer[l];
		int units = layer->values / layer->places;
		tally_reals(trainee->tally, tensor_find(trainee->file, "%srun_mean%d%s", prefix, l, suffix),
			1, units, layer->running_mean);
		tally_reals(trainee->tally, tensor_find(trainee->file, "%srun_var%d%s", prefix, l, suffix),
			1, units, layer->running_variance);
	}
}

/* Part of a matrix [all units][stride] as batch rows, the layout of the reference. `whole` is
 * the start of the matrix, from which the first unit and sample of `part` follow. */
static void keep_part(
	double *kept, int all, int units, int rows, int stride, const real *whole, const real *part)
{
	ptrdiff_t first = (part - whole) / stride, sample = (part - whole) % stride;
	for (int unit = 0; unit < units; unit++)
		for (int i = 0; i < rows; i++)
			kept[(sample + i) * all + first + unit] = part[(size_t)unit * stride + i];
}

void trainee_compare_logits(struct trainee *trainee, struct file_tensor *tensor)
{
	const struct net *net = trainee->net;
	int outputs = net->spec.size[net->layers];
	double *kept = take_memory((size_t)net->rows * outputs, sizeof(*kept));
	keep_part(kept, outputs, outputs, net->rows, net->stride, net_logits(net), net_logits(net));
	tally_tensor(trainee->tally, tensor, net->rows, outputs, kept);
	free(kept);
}

/* ---- all that a pass computes on its way ---- */

/* The last two: the output of a layer that pools, and the derivative of the loss by it. */
enum { KEPT_Z, KEPT_U, KEPT_H, KEPT_DELTA, KEPT_POOLED, KEPT_DPOOLED, KEPT };
static const char *const kept_name[KEPT] = {"z", "u", "h", "delta", "p", "dp"};

struct capture {
	const struct net *net;
	double *kept[NET_LAYERS_MAX + 1][KEPT];
};

static void see_forward(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	struct capture *capture = context;
	const struct net *net = capture->net;
	int layer = place->layer, all = net->layer[layer].values;
	(void)derivative;
	if (layer == net->layers)
		return;
	keep_part(capture->kept[layer][KEPT_U], all, place->units, place->samples, place->stride,
		net->preactivation, u);
	keep_part(capture->kept[layer][KEPT_H], all, place->units, place->samples, place->stride,
		net->layer[layer].map, output);
}

static void see_backward(void *context, const struct net_place *place, const real *delta)
{
	struct capture *capture = context;
	keep_part(capture->kept[place->layer][KEPT_DELTA], capture->net->layer[place->layer].values,
		place->units, place->samples, place->stride, capture->net->delta, delta);
}

static void keep_all(
	const struct net *net, struct capture *capture, int layer, int kind, const real *from)
{
	const struct net_layer *at = &net->layer[layer];
	int all = kind == KEPT_POOLED || kind == KEPT_DPOOLED ? at->outputs : at->values;
	keep_part(capture->kept[layer][kind], all, all, net->rows, net->stride, from, from);
}

/* In single steps, so that what the network has in one place for all layers is seen before anything
 * overwrites it. */
static void capture_pass(struct net *net, struct capture *capture)
{
	struct net_observer observer = {
		.context = capture, .forward = see_forward, .backward = see_backward};
	net_pass_begin(net, NET_TRAIN, true, net->rows, NULL, &observer);
	for (bool done = false; !done;) {
		int layer = net->pass.at.layer, stage = net->pass.at.stage;
		const struct net_layer *at = &net->layer[layer];
		bool makes_z = strcmp(at->stage[stage]->name, "product") == 0;
		if (stage == at->outward && at->map != at->output)
			keep_all(net, capture, layer, KEPT_DPOOLED, net->upstream);
		uint64_t one_step = 1;
		done = net_pass_advance(net, &one_step);
		if (makes_z && net->pass.at.stage != stage && layer < net->layers)
			keep_all(net, capture, layer, KEPT_Z, net->preactivation);
	}
	for (int l = 1; l < net->layers; l++)
		if (net->layer[l].map != net->layer[l].output)
			keep_all(net, capture, l, KEPT_POOLED, net->layer[l].output);
}

static void compare_capture(struct trainee *trainee)
{
	struct net *net = trainee->net;
	struct capture *capture = take_memory(1, sizeof(*capture));
	capture->net = net;
	for (int l = 1; l <= net->layers; l++)
		for (int kind = 0; kind < KEPT; kind++)
			capture->kept[l][kind] =
				take_memory((size_t)net->rows * net->layer[l].values, sizeof(double));
	capture_pass(net, capture);
	for (int l = 1; l <= net->layers; l++)
		for (int kind = 0; kind < KEPT; kind++) {
			bool pooled = kind == KEPT_POOLED || kind == KEPT_DPOOLED;
			tally_tensor(trainee->tally, tensor_of_layer(trainee, "", kept_name[kind], l),
				net->rows, pooled ? net->layer[l].outputs : net->layer[l].values,
				capture->kept[l][kind]);
			free(capture->kept[l][kind]);
		}
	free(capture);
}

void compare_start(struct trainee *trainee)
{
	struct net *net = trainee->net;
	trainee_start(trainee);
	compare_capture(trainee);
	double loss = net_pass_loss(net) / net->rows + net_penalty(net);
	tally_tensor(trainee->tally, tensor_find(trainee->file, "loss"), 1, 1, &loss);
	trainee_compare_logits(trainee, tensor_find(trainee->file, "out"));
	trainee_compare_running(trainee, "", ".after1");
	for (int l = 1; l <= net->layers; l++)
		net_penalize(net, l);
	trainee_compare(trainee, "d", net->gradient);
	trainee_start(trainee);
	trainee_measure(trainee, NET_TRAIN);
	compare_statistics(trainee, false);
}

/* ---- the lab's statistics ---- */

static const struct {
	const char *name;
	size_t field;
	bool trained; /* after 20 steps of sgd, else at the start */
} statistics[] = {
	{"stat.rms_dW", offsetof(struct layer_record, grad_rms), false},
	{"stat.l2_dW", offsetof(struct layer_record, grad_l2), false},
	{"stat.mean_abs_delta", offsetof(struct layer_record, delta_mean), false},
	{"stat.rms_delta", offsetof(struct layer_record, delta_rms), false},
	{"stat.inactive", offsetof(struct layer_record, inactive), false},
	{"stat.dead", offsetof(struct layer_record, dead), false},
	{"stat.saturated", offsetof(struct layer_record, saturated), false},
	{"stat.update_ratio_sgd", offsetof(struct layer_record, update_ratio), true},
	{"stat.percent_change_W_median_sgd20", offsetof(struct layer_record, change), true},
	{"stat.percent_change_W_frob_sgd20", offsetof(struct layer_record, change_norm), true},
};

static double field_value(const struct layer_record *layer, size_t field)
{
	return *(const float *)(const void *)((const char *)layer + field);
}

/* Deltas below the absolute tolerance of gradients are not compared, nor numbers made of them:
 * float32 loses them on the way to 0. */
static bool underflows(struct trainee *trainee, const char *name, int layer)
{
	const struct file_tensor *tensor = tensor_find(trainee->file, "%s", name);
	double value = tensor && layer < tensor->columns ? tensor->value[layer] : 0;
	return value != 0 && value < 1e-30;
}

/* Mean |delta| divided by that of the next layer; the record has no such column. */
static void compare_delta_ratio(struct trainee *trainee)
{
	const struct file_tensor *tensor = tensor_find(trainee->file, "stat.delta_ratio_next");
	const struct record *record = trainee->record;
	double values[NET_LAYERS_MAX];
	for (int l = 0; l + 1 < record->layers; l++) {
		values[l] = (double)record->layer[l].delta_mean / record->layer[l + 1].delta_mean;
		if (tensor && l < tensor->columns && underflows(trainee, "stat.mean_abs_delta", l))
			values[l] = tensor->value[l];
	}
	tally_tensor(trainee->tally, tensor, 1, record->layers - 1, values);
}

/* The record has the fit's slope; the line goes through the mean of its points. To fewer than three
 * points the lab fits nothing, and says so; the reference draws a line through two, which the
 * recorded deltas must agree with all the same. */
static void compare_decay(struct trainee *trainee)
{
	const struct file_tensor *tensor = tensor_find(trainee->file, "stat.decay_slope_intercept");
	const struct record *record = trainee->record;
	const char *reason = NULL;
	double points = 0, at = 0, value = 0, last = 0, step = 0;
	for (int l = 1; l < record->layers; l++) {
		if (underflows(trainee, "stat.rms_delta", l - 1))
			reason = "a layer's delta is lost to underflow";
		if (!(record->layer[l - 1].delta_rms > 0))
			continue;
		double height = log10(record->layer[l - 1].delta_rms);
		points++;
		at += l;
		value += height;
		step = height - last;
		last = height;
	}
	bool fitted = !record_is_nothing(record->decay);
	if (fitted != (points >= 3))
		tally_complain(
			trainee->tally, "a decay fitted to fewer than three layers, or none to more");
	if (points < 2)
		reason = "fewer than two layers make no line";
	if (reason) {
		if (tensor)
			tally_skip(trainee->tally, reason);
		return;
	}
	double slope = fitted ? record->decay : step;
	double line[2] = {slope, (value - slope * at) / points};
	tally_tensor(trainee->tally, tensor, 1, 2, line);
}

void compare_statistics(struct trainee *trainee, bool trained)
{
	double values[NET_LAYERS_MAX];
	for (size_t i = 0; i < sizeof(statistics) / sizeof(statistics[0]); i++) {
		const struct file_tensor *tensor = statistics[i].trained == trained
			? tensor_find(trainee->file, "%s", statistics[i].name)
			: NULL;
		int layers = tensor ? min_int(tensor->columns, trainee->record->layers) : 0;
		for (int l = 0; l < layers; l++)
			values[l] = field_value(&trainee->record->layer[l], statistics[i].field);
		tally_tensor(trainee->tally, tensor, 1, layers, values);
	}
	if (!trained) {
		compare_delta_ratio(trainee);
		compare_decay(trainee);
	}
}

void compare_network(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct trainee trainee;
	struct tensor_file *file = comparison_open(path, tally);
	if (!file)
		return;
	if (trainee_new(&trainee, file, tally)) {
		compare_start(&trainee);
		for (int i = 0; i < recipes->count; i++)
			compare_training(&trainee, &recipes->recipe[i]);
		trainee_free(&trainee);
	}
	comparison_close(file, tally);
}
