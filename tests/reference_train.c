/* Training: optimizers alone and on networks, clipping, minibatches in a given order. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- recipes ---- */

/* Settings of the reference that are numbers in wane, too. */
static const struct recipe_key {
	const char *name;
	size_t field;
} recipe_keys[] = {
	{"lr", offsetof(struct recipe, choice.rate)},
	{"momentum", offsetof(struct recipe, choice.momentum)},
	{"weight_decay", offsetof(struct recipe, choice.decay)},
	{"eps", offsetof(struct recipe, choice.epsilon)},
	{"dampening", offsetof(struct recipe, choice.dampening)},
	{"lr_decay", offsetof(struct recipe, choice.rate_decay)},
	{"beta1", offsetof(struct recipe, choice.beta1)},
	{"alpha", offsetof(struct recipe, choice.beta2)},
	{"rho", offsetof(struct recipe, choice.beta2)},
	{"beta2", offsetof(struct recipe, choice.beta2)},
	{"accumulator", offsetof(struct recipe, choice.slot_start)},
	{"max_norm", offsetof(struct recipe, clip.norm)},
	{"clip_value", offsetof(struct recipe, clip.value)},
};

/* Options of theirs that are rows of ours. */
static const struct recipe_row {
	const char *option, *of, *ours;
} recipe_rows[] = {
	{"momentum", "sgd", "momentum"},
	{"momentum", "momentum", "momentum"},
	{"momentum", "nesterov", "nesterov"},
	{"momentum", "rmsprop", "rmsprop-momentum"},
	{"nesterov", "sgd", "nesterov"},
	{"centered", "rmsprop", "rmsprop-centered"},
	{"amsgrad", "adam", "amsgrad"},
};

static void recipe_choose(struct recipe *recipe, const char *option)
{
	for (size_t i = 0; i < sizeof(recipe_rows) / sizeof(recipe_rows[0]); i++)
		if (strcmp(option, recipe_rows[i].option) == 0 &&
			strcmp(recipe->optimizer->name, recipe_rows[i].of) == 0) {
			recipe->optimizer = optimizer_find(recipe_rows[i].ours);
			return;
		}
	recipe->missing = "an option of the optimizer that wane does not have";
}

static void recipe_set(struct recipe *recipe, const char *key, double value)
{
	for (size_t i = 0; i < sizeof(recipe_keys) / sizeof(recipe_keys[0]); i++)
		if (strcmp(key, recipe_keys[i].name) == 0) {
			double *field = (double *)(void *)((char *)recipe + recipe_keys[i].field);
			*field = value;
			return;
		}
	if (value != 0)
		recipe_choose(recipe, key);
}

/* Momentum is a number and a row; nesterov, read before it, decides which row. */
static void recipe_settle(struct recipe *recipe)
{
	if (recipe->choice.momentum > 0)
		recipe_choose(recipe, "momentum");
	recipe->choice.optimizer = recipe->optimizer->name;
}

void recipe_read(struct recipe *recipe, const char *name, const char *settings)
{
	char base[32], key[32];
	double value;
	int length;
	bool keras = strncmp(name, "keras_", 6) == 0;
	*recipe = (struct recipe){.choice.pytorch = !keras, .clip.keras = keras};
	snprintf(recipe->name, sizeof(recipe->name), "%s", name);
	snprintf(base, sizeof(base), "%s", keras ? name + 6 : name);
	/* the rest of the name, as in sgd_clipnorm, repeats the settings */
	base[strcspn(base, "_")] = '\0';
	recipe->optimizer = optimizer_find(base);
	if (!recipe->optimizer) {
		recipe->missing = "an optimizer that wane does not have";
		return;
	}
	while (sscanf(settings, " %31[^= ]=%lf%n", key, &value, &length) == 2) {
		recipe_set(recipe, key, value);
		settings += length;
	}
	recipe_settle(recipe);
}

/* ---- networks ---- */

static void skip_recipe(struct trainee *trainee, const struct recipe *recipe)
{
	char prefix[40];
	struct tensor_file *file = trainee->file;
	snprintf(prefix, sizeof(prefix), "%s.", recipe->name);
	for (int i = 0; i < file->tensors; i++)
		if (strncmp(file->tensor[i].name, prefix, strlen(prefix)) == 0) {
			file->tensor[i].asked = true;
			tally_skip(trainee->tally, recipe->missing);
		}
	if (tensor_find(file, "loss100.%s", recipe->name))
		tally_skip(trainee->tally, recipe->missing);
}

/* The file has some values for plain sgd alone: running statistics, loss in evaluation, how far
 * the weights moved. */
static void compare_sgd(struct trainee *trainee, int step)
{
	char prefix[40];
	snprintf(prefix, sizeof(prefix), "sgd.%d.", step);
	trainee_compare_running(trainee, prefix, "");
	struct file_tensor *logits = tensor_find(trainee->file, "%seval_out", prefix);
	if (logits) {
		trainee_pass(trainee, NET_EVALUATE, false, NULL);
		trainee_compare_logits(trainee, logits);
	}
	if (step == 1)
		return;
	trainee_measure(trainee, NET_MEASURE);
	compare_statistics(trainee, true);
}

static void compare_step(struct trainee *trainee, const struct recipe *recipe, int step)
{
	char prefix[48];
	bool sgd = strcmp(recipe->name, "sgd") == 0;
	if (step == 1 && sgd)
		stats_step(trainee->stats, trainee->net);
	if (step != 1 && step != 20)
		return;
	snprintf(prefix, sizeof(prefix), "%s.%d.", recipe->name, step);
	trainee_compare(trainee, prefix, trainee->net->parameter);
	if (sgd)
		compare_sgd(trainee, step);
}

void compare_training(struct trainee *trainee, const struct recipe *recipe)
{
	struct tensor_file *file = trainee->file;
	const struct file_tensor *curve = tensor_find(file, "loss100.%s", recipe->name);
	if (!curve && !tensor_find(file, "%s.1.W1", recipe->name))
		return;
	if (recipe->missing) {
		skip_recipe(trainee, recipe);
		return;
	}
	int steps = curve && curve->columns > 20 ? curve->columns - 1 : 20;
	double *losses = take_memory((size_t)steps + 1, sizeof(*losses));
	trainee_start(trainee);
	net_optimizer_reset(trainee->net, &recipe->choice);
	stats_epoch_begin(trainee->stats, 1);
	for (int step = 1; step <= steps; step++) {
		losses[step - 1] = trainee_pass(trainee, NET_TRAIN, true, NULL);
		trainee_update(trainee, recipe);
		compare_step(trainee, recipe, step);
	}
	losses[steps] = trainee_pass(trainee, NET_TRAIN, false, NULL);
	if (curve)
		tally_losses(trainee->tally, curve, steps + 1, losses);
	free(losses);
}

/* ---- epochs of minibatches ---- */

/* The losses of one optimizer: one for each batch, and two for each epoch. */
struct epoch_losses {
	double *each, *running, *full;
	int batches;
};

static void train_epoch(struct trainee *trainee, const struct recipe *recipe, int batch,
	const double *order, int epoch, struct epoch_losses *losses)
{
	int rows = trainee->x->rows;
	double sum = 0;
	for (int first = 0; first < rows; first += batch) {
		int count = min_int(batch, rows - first);
		trainee_batch(trainee, order + first, count);
		double loss = trainee_pass(trainee, NET_TRAIN, true, NULL);
		trainee_update(trainee, recipe);
		losses->each[losses->batches++] = loss;
		sum += loss * count;
	}
	losses->running[epoch] = sum / rows;
	trainee_batch(trainee, NULL, rows);
	losses->full[epoch] = trainee_pass(trainee, NET_EVALUATE, false, NULL);
}

static void compare_recipe_epochs(struct trainee *trainee, const struct recipe *recipe,
	const struct file_tensor *order, int batch)
{
	struct tensor_file *file = trainee->file;
	int epochs = order->rows, rows = trainee->x->rows;
	size_t batches = (size_t)epochs * ((rows + batch - 1) / batch);
	struct epoch_losses losses = {take_memory(batches, sizeof(double)),
		take_memory((size_t)epochs, sizeof(double)), take_memory((size_t)epochs, sizeof(double)),
		0};
	char prefix[48];
	snprintf(prefix, sizeof(prefix), "%s.end.", recipe->name);
	trainee_start(trainee);
	net_optimizer_reset(trainee->net, &recipe->choice);
	for (int epoch = 0; epoch < epochs; epoch++)
		train_epoch(trainee, recipe, batch, order->value + (size_t)epoch * rows, epoch, &losses);
	tally_tensor(trainee->tally, tensor_find(file, "%s.batch_loss", recipe->name), 1,
		losses.batches, losses.each);
	tally_tensor(trainee->tally, tensor_find(file, "%s.running_loss", recipe->name), 1, epochs,
		losses.running);
	tally_tensor(
		trainee->tally, tensor_find(file, "%s.full_loss", recipe->name), 1, epochs, losses.full);
	trainee_compare(trainee, prefix, trainee->net->parameter);
	free(losses.each);
	free(losses.running);
	free(losses.full);
}

static bool order_is_sound(const struct file_tensor *order, int rows)
{
	if (!order || order->columns != rows)
		return false;
	for (int i = 0; i < order->rows * rows; i++)
		if (!(order->value[i] >= 0 && order->value[i] < rows))
			return false;
	return true;
}

void compare_epochs(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct trainee trainee;
	struct tensor_file *file = comparison_open(path, tally);
	if (!file)
		return;
	const struct file_tensor *order = tensor_find(file, "perm");
	int batch = atoi(tensor_setting(file, "batch", "0"));
	if (trainee_new(&trainee, file, tally)) {
		bool sound = batch > 0 && order_is_sound(order, trainee.x->rows);
		if (!sound)
			tally_complain(tally, "no order of the samples, or no batch size");
		for (int i = 0; sound && i < recipes->count; i++) {
			const struct recipe *recipe = &recipes->recipe[i];
			if (!tensor_find(file, "%s.batch_loss", recipe->name))
				continue;
			if (recipe->missing)
				skip_recipe(&trainee, recipe);
			else
				compare_recipe_epochs(&trainee, recipe, order, batch);
		}
		trainee_free(&trainee);
	}
	comparison_close(file, tally);
}

/* ---- optimizers alone ---- */

/* The parameters after each of the given gradients; `rates` NULL: the recipe's own. */
static void compare_alone(struct tally *tally, const struct recipe *recipe,
	const struct file_tensor *tensor, const struct file_tensor *start,
	const struct file_tensor *gradients, const struct file_tensor *rates)
{
	int n = gradients->columns, steps = gradients->rows;
	struct optimizer_choice choice = recipe->choice;
	double slot_start = optimizer_slot_start(recipe->optimizer, &choice);
	real *w = take_memory((size_t)n * (2 + OPTIMIZER_SLOTS_MAX), sizeof(*w));
	real *g = w + n, *slot = g + n;
	double *path = take_memory((size_t)n * steps, sizeof(*path));
	for (int i = 0; i < n; i++)
		w[i] = (float)start->value[i];
	for (int i = 0; i < n * OPTIMIZER_SLOTS_MAX; i++)
		slot[i] = (real)slot_start;
	for (int t = 0; t < steps; t++) {
		for (int i = 0; i < n; i++)
			g[i] = (float)gradients->value[(size_t)t * n + i];
		if (rates)
			choice.rate = rates->value[t];
		struct optimizer_step step = optimizer_step_prepare(recipe->optimizer, &choice, t + 1);
		step.take(&step, (size_t)n, w, g, slot, slot + n, slot + 2 * n);
		for (int i = 0; i < n; i++)
			path[(size_t)t * n + i] = w[i];
	}
	tally_tensor(tally, tensor, steps, n, path);
	free(path);
	free(w);
}

/* opt<i>: its settings are "name key=value ..." under the same name. */
static void compare_rows(struct tensor_file *file, struct tally *tally,
	const struct file_tensor *start, const struct file_tensor *gradients)
{
	struct file_tensor *tensor;
	for (int i = 0; (tensor = tensor_find(file, "opt%d", i)); i++) {
		char name[32] = "";
		struct recipe recipe;
		const char *settings = tensor_setting(file, tensor->name, "");
		int length = (int)strcspn(settings, " ");
		snprintf(name, sizeof(name), "%.*s", length, settings);
		recipe_read(&recipe, name, settings + length);
		if (recipe.missing)
			tally_skip(tally, recipe.missing);
		else
			compare_alone(tally, &recipe, tensor, start, gradients, NULL);
	}
}

/* momentum<m>_<torch or keras>_nesterov<0 or 1>_varying_lr */
static void compare_changing_rates(struct tensor_file *file, struct tally *tally,
	const struct file_tensor *start, const struct file_tensor *gradients)
{
	const struct file_tensor *rates = tensor_find(file, "varying_lr");
	if (!rates || rates->columns != gradients->rows)
		return;
	for (int i = 0; i < file->tensors; i++) {
		struct file_tensor *tensor = &file->tensor[i];
		char style[16], name[32], settings[64];
		double momentum;
		int nesterov;
		if (sscanf(tensor->name, "momentum%lf_%15[a-z]_nesterov%d_varying_lr", &momentum, style,
				&nesterov) != 3)
			continue;
		struct recipe recipe;
		snprintf(name, sizeof(name), "%s%s", strcmp(style, "keras") == 0 ? "keras_" : "",
			nesterov ? "nesterov" : "momentum");
		snprintf(settings, sizeof(settings), "momentum=%g", momentum);
		recipe_read(&recipe, name, settings);
		tensor->asked = true;
		compare_alone(tally, &recipe, tensor, start, gradients, rates);
	}
}

void compare_optimizers(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct tensor_file *file = comparison_open(path, tally);
	(void)recipes;
	if (!file)
		return;
	const struct file_tensor *start = tensor_find(file, "p0");
	const struct file_tensor *gradients = tensor_find(file, "grads");
	if (start && gradients && start->columns == gradients->columns) {
		compare_rows(file, tally, start, gradients);
		compare_changing_rates(file, tally, start, gradients);
	} else {
		tally_complain(tally, "no p0 and grads of the same length");
	}
	comparison_close(file, tally);
}

/* ---- clipping ---- */

static const struct clip_form {
	const char *name;
	bool keras, by_value, per_tensor;
} clip_forms[] = {
	{"torch_norm", false, false, false},
	{"keras_global", true, false, false},
	{"keras_pertensor", true, false, true},
	{"value", false, true, false},
};

/* A network with a layer for each gradient of a case, whose bias has as many entries. */
static struct net *net_of_biases(struct tensor_file *file, int which)
{
	struct net_spec *spec = take_memory(1, sizeof(*spec));
	const struct file_tensor *tensor;
	struct net *net = NULL;
	spec->size[0] = 1;
	for (; (tensor = tensor_find(file, "case%d.grad%d", which, spec->layers)); spec->layers++) {
		spec->activation[spec->layers] = "identity";
		spec->size[spec->layers + 1] = tensor->rows * tensor->columns;
	}
	spec->normalization = "none";
	spec->loss = "mse";
	if (spec->layers)
		net = net_new(kernels_find(NULL), spec, 1);
	free(spec);
	return net;
}

/* The gradients of a case become those of biases: from 0, a step with rate 1 leaves minus the
 * clipped gradient. */
static struct net *clipped(
	struct tensor_file *file, int which, const struct net_clip *clip, double *norm)
{
	static const struct optimizer_choice choice = {.optimizer = "sgd", .pytorch = true, .rate = 1};
	struct net *net = net_of_biases(file, which);
	for (int l = 1; net && l <= net->layers; l++) {
		const struct file_tensor *tensor = tensor_find(file, "case%d.grad%d", which, l - 1);
		real *gradient = gradient_at(net, net->layer[l].bias);
		for (int i = 0; i < net->layer[l].outputs; i++)
			gradient[i] = (float)tensor->value[i];
	}
	if (!net)
		return NULL;
	uint64_t budget = UINT64_MAX;
	*norm = sqrt(net_gradient_squares(net));
	net_update_begin(net, &choice, clip, false);
	net_update_advance(net, &budget);
	return net;
}

static void compare_clipped(struct tensor_file *file, struct tally *tally,
	struct file_tensor *tensor, int which, const struct clip_form *form, double limit, int part)
{
	struct net_clip clip = {.norm = form->by_value ? 0 : limit,
		.value = form->by_value ? limit : 0,
		.keras = form->keras,
		.per_tensor = form->per_tensor};
	double norm;
	struct net *net = clipped(file, which, &clip, &norm);
	const struct file_tensor *given = tensor_find(file, "case%d.grad%d", which, part);
	if (!net || !given) {
		tally_complain(tally, "%s: no such gradient", tensor->name);
		net_free(net);
		return;
	}
	const struct net_layer *layer = &net->layer[part + 1];
	double *ours = take_memory((size_t)layer->outputs, sizeof(*ours));
	for (int i = 0; i < layer->outputs; i++)
		ours[i] = -layer->bias[i];
	tally_tensor(tally, tensor, given->rows, given->columns, ours);
	free(ours);
	net_free(net);
}

static void compare_norm(
	struct tensor_file *file, struct tally *tally, struct file_tensor *tensor, int which)
{
	static const struct net_clip none = {0};
	double norm = NAN;
	net_free(clipped(file, which, &none, &norm));
	tally_tensor(tally, tensor, 1, 1, &norm);
}

/* case<c>.<form><limit>.grad<k>, or case<c>.total_norm */
static void compare_clip_tensor(
	struct tensor_file *file, struct tally *tally, struct file_tensor *tensor)
{
	int which, at = 0;
	if (tensor->asked || sscanf(tensor->name, "case%d.%n", &which, &at) != 1 || !at)
		return;
	const char *form = tensor->name + at, *part = strstr(form, ".grad");
	tensor->asked = true;
	if (strcmp(form, "total_norm") == 0) {
		compare_norm(file, tally, tensor, which);
		return;
	}
	for (size_t i = 0; i < sizeof(clip_forms) / sizeof(clip_forms[0]) && part; i++) {
		size_t length = strlen(clip_forms[i].name);
		if (strncmp(form, clip_forms[i].name, length) != 0)
			continue;
		compare_clipped(file, tally, tensor, which, &clip_forms[i], strtod(form + length, NULL),
			atoi(part + 5));
		return;
	}
	tensor->asked = false;
}

void compare_clipping(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct tensor_file *file = comparison_open(path, tally);
	(void)recipes;
	if (!file)
		return;
	/* first the gradients, so that only results are left */
	for (int which = 0; tensor_find(file, "case%d.grad0", which); which++)
		for (int k = 1; tensor_find(file, "case%d.grad%d", which, k);)
			k++;
	for (int i = 0; i < file->tensors; i++)
		compare_clip_tensor(file, tally, &file->tensor[i]);
	comparison_close(file, tally);
}
