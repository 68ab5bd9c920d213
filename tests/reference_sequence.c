/* Recurrent networks: every state and its derivative, the gradients, and training. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct sequence_tensor {
	const char *theirs, *ours;
	int layer;
} sequence_tensors[] = {
	{"Wih", "weight_ih", 1},
	{"Whh", "weight_hh", 1},
	{"bih", "bias_ih", 1},
	{"bhh", "bias_hh", 1},
	{"Wo", "weight", 2},
	{"bo", "bias", 2},
};

enum { SEQUENCE_TENSORS = sizeof(sequence_tensors) / sizeof(sequence_tensors[0]) };

/* A recurrent layer and its readout, as a file describes them, with the file's data. */
struct sequence {
	struct tensor_file *file;
	struct tally *tally;
	struct net *net;
	int inputs, units, steps, batch, outputs;
	bool every; /* a readout at each step */
};

static const struct cell_name {
	const char *theirs, *kind, *activation;
} cell_names[] = {
	{"rnn_tanh", "rnn", "tanh"},
	{"rnn_relu", "rnn", "relu"},
	{"lstm", "lstm", NULL},
	{"gru", "gru", NULL},
};

static int number(const struct tensor_file *file, const char *key)
{
	return atoi(tensor_setting(file, key, "0"));
}

static bool read_spec(const struct sequence *sequence, struct net_spec *spec)
{
	const char *cell = tensor_setting(sequence->file, "cell", "");
	const struct loss *loss = loss_find(tensor_setting(sequence->file, "loss", ""));
	*spec = (struct net_spec){.layers = 2,
		.normalization = "none",
		.branch_scale = 1,
		.loss = loss ? loss->name : NULL,
		.optimizer_slots = OPTIMIZER_SLOTS_MAX};
	for (size_t i = 0; i < sizeof(cell_names) / sizeof(cell_names[0]); i++)
		if (strcmp(cell, cell_names[i].theirs) == 0) {
			spec->kind[0] = cell_names[i].kind;
			spec->activation[0] = cell_names[i].activation;
		}
	spec->size[0] = sequence->steps * sequence->inputs;
	spec->shape[0].steps = sequence->steps;
	spec->size[1] = (sequence->every ? sequence->steps : 1) * sequence->units;
	spec->size[2] = (sequence->every ? sequence->steps : 1) * sequence->outputs;
	if (sequence->every) {
		spec->shape[1].steps = spec->shape[2].steps = sequence->steps;
		spec->kind[1] = "each-step";
	}
	return loss && spec->kind[0] && sequence->inputs > 0 && sequence->units > 0 &&
		sequence->steps > 0 && sequence->batch > 0 && sequence->outputs > 0;
}

static const struct tensor *tensor_at(const struct net *net, const struct sequence_tensor *row)
{
	const struct net_layer *layer = &net->layer[row->layer];
	for (int i = 0; i < layer->tensors; i++)
		if (strcmp(layer->tensor[i].name, row->ours) == 0)
			return &layer->tensor[i];
	return NULL;
}

/* The file's parameters and data; everything else is new. */
static void start(struct sequence *s)
{
	struct net *net = s->net;
	const struct file_tensor *x = tensor_find(s->file, "X"), *y = tensor_find(s->file, "Y");
	for (int k = 0; k < SEQUENCE_TENSORS; k++) {
		const struct tensor *tensor = tensor_at(net, &sequence_tensors[k]);
		const struct file_tensor *from = tensor_find(s->file, "%s", sequence_tensors[k].theirs);
		size_t entries = tensor ? tensor_entries(tensor) : 0;
		if (!from || (size_t)from->rows * (size_t)from->columns != entries) {
			tally_complain(s->tally, "%s: another shape", sequence_tensors[k].theirs);
			continue;
		}
		for (size_t i = 0; i < entries; i++)
			net_values(net, tensor)[i] = (float)from->value[i];
	}
	net_gradient_clear(net);
	int stride = net_batch(net, s->batch), answers = s->every ? s->steps : 1;
	bool classes = strcmp(net->spec.loss, "ce") == 0;
	for (int i = 0; i < s->batch; i++) {
		for (int t = 0; t < s->steps; t++)
			for (int f = 0; f < s->inputs; f++)
				net->input[(size_t)(t * s->inputs + f) * stride + i] =
					(float)x->value[(size_t)(t * s->batch + i) * s->inputs + f];
		for (int t = 0; t < answers; t++)
			for (int o = 0; o < s->outputs; o++) {
				const double *target = y->value + (size_t)(t * s->batch + i) * y->columns;
				net->target[(size_t)(t * s->outputs + o) * stride + i] =
					classes ? target[0] == o : (float)target[o];
			}
	}
}

static void compare_parameters(struct sequence *s, const char *prefix, const real *vector)
{
	for (int k = 0; k < SEQUENCE_TENSORS; k++) {
		const struct tensor *tensor = tensor_at(s->net, &sequence_tensors[k]);
		bool is_vector = tensor->columns == 1 && tensor->draw == DRAW_BIAS;
		tally_reals(s->tally, tensor_find(s->file, "%s%s", prefix, sequence_tensors[k].theirs),
			is_vector ? 1 : tensor->rows, is_vector ? tensor->rows : tensor->columns,
			vector + tensor->at);
	}
}

/* ---- what a pass computes on its way ---- */

enum { KEPT_H, KEPT_C, KEPT_DH, KEPT_DC, KEPT };
static const char *const kept_name[KEPT] = {"h", "c", "dh", "dc"};

struct capture {
	struct sequence *sequence;
	double *kept[KEPT]; /* [steps][batch][units] */
};

static void keep(struct capture *capture, int kind, int step, const real *from)
{
	const struct sequence *s = capture->sequence;
	for (int i = 0; i < s->batch; i++)
		for (int unit = 0; unit < s->units; unit++)
			capture->kept[kind][(size_t)(step * s->batch + i) * s->units + unit] =
				from[(size_t)unit * s->net->stride + i];
}

static void see_forward(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	struct capture *capture = context;
	(void)derivative;
	if (place->layer != 1)
		return;
	keep(capture, KEPT_H, place->step, output);
	keep(capture, KEPT_C, place->step, u);
}

/* dL/dc is known once its step is done: when the step before it is shown. */
static void see_backward(void *context, const struct net_place *place, const real *delta)
{
	struct capture *capture = context;
	const struct net_layer *layer = &capture->sequence->net->layer[1];
	if (place->layer != 1)
		return;
	keep(capture, KEPT_DH, place->step, delta);
	if (layer->delta_cell && place->step + 1 < capture->sequence->steps)
		keep(capture, KEPT_DC, place->step + 1, layer->delta_cell);
}

static double run_pass(struct sequence *s, bool backward, const struct net_observer *observer)
{
	uint64_t budget = UINT64_MAX;
	net_pass_begin(s->net, NET_TRAIN, backward, s->batch, NULL, observer);
	net_pass_advance(s->net, &budget);
	return net_pass_loss(s->net) / s->batch;
}

static void compare_kept(struct capture *capture)
{
	struct sequence *s = capture->sequence;
	double *norm = take_memory((size_t)s->steps, sizeof(*norm));
	size_t values = (size_t)s->batch * s->units;
	for (int t = 0; t < s->steps; t++) {
		const double *delta = capture->kept[KEPT_DH] + t * values;
		for (size_t k = 0; k < values; k++)
			norm[t] += delta[k] * delta[k];
		norm[t] = sqrt(norm[t]);
		for (int kind = 0; kind < KEPT; kind++)
			tally_tensor(s->tally, tensor_find(s->file, "%s%d", kept_name[kind], t + 1), s->batch,
				s->units, capture->kept[kind] + t * values);
	}
	tally_tensor(s->tally, tensor_find(s->file, "stat.l2_dh"), 1, s->steps, norm);
	free(norm);
}

static void compare_out(struct sequence *s)
{
	const struct net *net = s->net;
	int answers = s->every ? s->steps : 1, rows = answers * s->batch;
	double *out = take_memory((size_t)rows * s->outputs, sizeof(*out));
	for (int t = 0; t < answers; t++)
		for (int i = 0; i < s->batch; i++)
			for (int o = 0; o < s->outputs; o++)
				out[(size_t)(t * s->batch + i) * s->outputs + o] =
					net_logits(net)[(size_t)(t * s->outputs + o) * net->stride + i];
	tally_tensor(s->tally, tensor_find(s->file, "out"), rows, s->outputs, out);
	free(out);
}

static void compare_first_pass(struct sequence *s)
{
	struct capture capture = {.sequence = s};
	const struct net_observer observer = {
		.context = &capture, .forward = see_forward, .backward = see_backward};
	for (int kind = 0; kind < KEPT; kind++)
		capture.kept[kind] = take_memory((size_t)s->steps * s->batch * s->units, sizeof(double));
	start(s);
	double loss = run_pass(s, true, &observer);
	if (s->net->layer[1].delta_cell)
		keep(&capture, KEPT_DC, 0, s->net->layer[1].delta_cell);
	tally_tensor(s->tally, tensor_find(s->file, "loss"), 1, 1, &loss);
	compare_out(s);
	compare_kept(&capture);
	compare_parameters(s, "d", s->net->gradient);
	for (int kind = 0; kind < KEPT; kind++)
		free(capture.kept[kind]);
}

/* ---- training ---- */

static void compare_recipe(struct sequence *s, const struct recipe *recipe)
{
	const struct file_tensor *curve = tensor_find(s->file, "loss100.%s", recipe->name);
	if (!curve)
		return;
	int count = curve->columns - 1;
	double *losses = take_memory((size_t)curve->columns, sizeof(*losses));
	start(s);
	net_optimizer_reset(s->net, &recipe->choice);
	for (int step = 1; step <= count; step++) {
		uint64_t budget = UINT64_MAX;
		char prefix[48];
		losses[step - 1] = run_pass(s, true, NULL);
		net_update_begin(s->net, &recipe->choice, &recipe->clip, false);
		net_update_advance(s->net, &budget);
		snprintf(prefix, sizeof(prefix), "%s.%d.", recipe->name, step);
		if (step == 1 || step == 20)
			compare_parameters(s, prefix, s->net->parameter);
	}
	losses[count] = run_pass(s, false, NULL);
	tally_losses(s->tally, curve, count + 1, losses);
	free(losses);
}

void compare_sequence(const struct recipes *recipes, const char *path, struct tally *tally)
{
	struct tensor_file *file = comparison_open(path, tally);
	if (!file)
		return;
	struct net_spec *spec = take_memory(1, sizeof(*spec));
	struct sequence s = {.file = file,
		.tally = tally,
		.inputs = number(file, "I"),
		.units = number(file, "H"),
		.steps = number(file, "T"),
		.batch = number(file, "B"),
		.outputs = number(file, "O"),
		.every = number(file, "every")};
	if (read_spec(&s, spec) && tensor_find(file, "X") && tensor_find(file, "Y"))
		s.net = net_new(kernels_find(NULL), spec, s.batch);
	else
		tally_complain(tally, "no network that we know");
	if (s.net) {
		compare_first_pass(&s);
		for (int i = 0; i < recipes->count; i++)
			if (!recipes->recipe[i].missing)
				compare_recipe(&s, &recipes->recipe[i]);
	}
	net_free(s.net);
	free(spec);
	comparison_close(file, tally);
}
