#include "lab/plan.h"

#include "lab/models.h"
#include "lab/stats.h"
#include "nn/elementary.h"
#include <assert.h>
#include <string.h>

enum {
	/* samples in one pass of a measurement, memory permitting: enough for wide layers, and few
	 * enough that a pass stays in the cache */
	MEASURED_AT_ONCE = 128,
	/* with batch norm, whose statistics are those of a pass, as many as can be */
	NORMALIZED_AT_ONCE = 4096,
};

float plan_target(const struct plan *plan, const struct dataset *data, int row, int output)
{
	if (data->classes == 0 || plan->spec.size[plan->spec.layers] == 1)
		return data->target[row];
	return data->target[row] == (float)output;
}

static double variance_of_targets(const struct dataset *data)
{
	double sum = 0, squares = 0;
	for (int i = 0; i < data->training; i++) {
		sum += data->target[i];
		squares += (double)data->target[i] * data->target[i];
	}
	double mean = sum / data->training;
	return squares / data->training - mean * mean;
}

/* Loss of an output that is 1 for a share p of the samples and always answers p. */
static double loss_of_share(const char *loss, double p)
{
	double q = 1 - p, log_p = p > 0 ? log_f64(p) : 0, log_q = q > 0 ? log_f64(q) : 0;
	if (strcmp(loss, "mse") == 0)
		return p * q;
	return strcmp(loss, "ce") == 0 ? -p * log_p : -p * log_p - q * log_q;
}

static uint64_t epoch_cost(const struct net_spec *spec, const struct dataset *data)
{
	enum { PASSES = 3 }; /* forward, and backward for the weights and for the layer before */
	uint64_t weights = 0;
	for (int l = 1; l <= spec->layers; l++) {
		const struct layer_kind *kind = layer_kind_of(spec, l);
		struct tensor list[LAYER_TENSORS_MAX];
		int tensors = kind->tensors(spec, l, list), steps = kind->steps ? kind->steps(spec, l) : 1;
		uint64_t times = (uint64_t)steps * (uint64_t)net_map_places(spec, l);
		for (int t = 0; t < tensors; t++)
			weights += list[t].penalized ? times * tensor_entries(&list[t]) : 0;
	}
	return PASSES * weights * (uint64_t)data->training;
}

static double baseline_loss(const struct plan *plan, const struct dataset *data)
{
	const char *loss = plan->spec.loss;
	int outputs = plan->spec.size[plan->spec.layers];
	int in_class[DATASET_CLASSES_MAX] = {0};
	if (data->classes == 0)
		return variance_of_targets(data);
	for (int i = 0; i < data->training; i++)
		in_class[(int)data->target[i]]++;
	if (outputs == 1)
		return loss_of_share(loss, (double)in_class[1] / data->training);
	double sum = 0;
	for (int c = 0; c < data->classes; c++)
		sum += loss_of_share(loss, (double)in_class[c] / data->training);
	return strcmp(loss, "ce") == 0 ? sum : sum / outputs;
}

/* Layers above the frozen ones are what is left to train; the output layer always is. */
static bool freezes_layers_there_are(const struct config *config, struct error *error)
{
	return config->freeze <= config->depth ||
		error_set(error, STATUS_USAGE, "freeze=%d: there are %d hidden layers", config->freeze,
			config->depth);
}

static bool batch_norm_needs_two(const struct config *config, const struct plan *plan,
	const struct dataset *data, struct error *error)
{
	int last = data->training % plan->batch;
	if (strcmp(config->norm, "batch") != 0 || (plan->batch > 1 && last != 1))
		return true;
	return error_set(error, STATUS_USAGE,
		"batch=%d leaves a minibatch of one point, and batch norm needs two (%d to train on)",
		config->batch, data->training);
}

/* Measures as many samples at once as fit; a batch must fit in any case. */
static bool fit_memory(
	const struct config *config, const struct dataset *data, struct plan *plan, struct error *error)
{
	size_t limit = (size_t)config->memory_limit << 20;
	size_t values = (size_t)data->rows * ((size_t)data->features + 4) * sizeof(float);
	size_t other = values + stats_bytes(&plan->spec);
	int measured = strcmp(config->norm, "batch") == 0 ? NORMALIZED_AT_ONCE : MEASURED_AT_ONCE;
	measured = data->training < measured ? data->training : measured;
	for (;; measured /= 2) {
		plan->capacity = plan->batch > measured ? plan->batch : measured;
		size_t bytes = net_bytes(&plan->spec, plan->capacity);
		if (bytes <= limit && other <= limit - bytes)
			return true;
		if (plan->capacity > plan->batch && measured > 1)
			continue;
		if (bytes > SIZE_MAX - other)
			return error_set(error, STATUS_USAGE, "network: needs more bytes than a size can hold");
		return error_set(error, STATUS_USAGE,
			"network of %d hidden layers of %d units with "
			"batches of %d: needs %zu MiB, memory-limit is %d MiB",
			config->depth, config->width, plan->batch, ((bytes + other) >> 20) + 1,
			config->memory_limit);
	}
}

struct dataset_request plan_request(const struct config *config)
{
	return (struct dataset_request){
		.data = config->data,
		.samples = config->samples,
		.length = config->length,
		.noise = config->noise,
		.split = config->split,
		.task = config->task,
		.target = config->target,
		.drop = config->drop,
		.seed = (uint64_t)config->seed,
		.memory_limit = (size_t)config->memory_limit << 20,
	};
}

bool plan_make(
	const struct config *config, const struct dataset *data, struct plan *plan, struct error *error)
{
	memset(plan, 0, sizeof(*plan));
	const struct data_shape shape = data_shape_of(data);
	if (!model_fits(config, &shape, error))
		return false;
	model_spec(config, &shape, &plan->spec);
	bool all = config->batch == 0 || config->batch > data->training;
	plan->batch = all ? data->training : config->batch;
	plan->steps = (data->training + plan->batch - 1) / plan->batch;
	plan->schedule = schedule_find(config->schedule);
	plan->rates = (struct schedule_parameters){
		.every = config->schedule_every,
		.factor = config->schedule_factor,
	};
	static_assert(sizeof(plan->rates.at) == sizeof(config->schedule_at), "as many numbers");
	memcpy(plan->rates.at, config->schedule_at, sizeof(plan->rates.at));
	plan->optimizer = (struct optimizer_choice){
		.optimizer = config->optimizer,
		.pytorch = strcmp(config->optimizer_style, "pytorch") == 0,
		.rate = config_rate(config),
		.momentum = config->momentum,
		.dampening = config->dampening,
		.rate_decay = config->lr_decay,
		.decay = config->weight_decay,
		.beta1 = config->beta1,
		.beta2 = config->beta2,
		.epsilon = config->epsilon,
		.slot_start = config->accumulator,
	};
	bool per_tensor = strcmp(config->clip, "tensor-norm") == 0;
	plan->clip = (struct net_clip){
		.norm = per_tensor || strcmp(config->clip, "norm") == 0 ? config->clip_at : 0,
		.per_tensor = per_tensor,
		.value = strcmp(config->clip, "value") == 0 ? config->clip_at : 0,
		.keras = !plan->optimizer.pytorch,
	};
	plan->initializer = initializer_find(config->init);
	plan->initial = (struct initializer_parameters){
		.low = config->init_low,
		.high = config->init_high,
		.std = config->init_sd,
		.value = config->init_value,
		.gain = config->gain,
	};
	plan->recurrent = strcmp(config->recurrent_init, "same") == 0
		? plan->initializer
		: initializer_find(config->recurrent_init);
	plan->recurrent_initial = plan->initial;
	plan->recurrent_initial.gain = config->recurrent_gain;
	if (data->classes == 0 && strcmp(plan->spec.loss, "mse") != 0)
		return error_set(error, STATUS_USAGE, "loss=%s needs classes, but %s has numbers: use mse",
			plan->spec.loss, data->name);
	if (config->stop && data->training == data->rows)
		return error_set(error, STATUS_USAGE, "stop=%d needs points to validate on: split is %g",
			config->stop, config->split);
	plan->baseline_loss = baseline_loss(plan, data);
	plan->epoch_cost = epoch_cost(&plan->spec, data);
	return freezes_layers_there_are(config, error) &&
		batch_norm_needs_two(config, plan, data, error) && fit_memory(config, data, plan, error);
}
