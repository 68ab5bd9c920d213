/* Views of a state. See probe.h. */
#include "lab/probe.h"

#include "experiment_internal.h"
#include "nn/elementary.h"
#include "probe_time.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PASS_ROWS = 256, COST_OF_A_ROW = 4 };

enum probe_phase { PROBE_IDLE, PROBE_GRID, PROBE_POINTS, PROBE_STEP, PROBE_UPDATE };

/* A view and the memory it points to. */
struct slot {
	struct state_view view;
	struct step_view step;
	struct shared_data *data;
	struct net *net;   /* the state: answers come from it */
	struct net *after; /* a copy of it, trained by one step; NULL: not wanted */
	float *gradient;
	size_t parameters;
	struct answer *grid, *point;
	struct sample_layer *layer; /* [layers + 1] */
	float *values;              /* of the sample: input, then z, f', h and delta of each layer */
};

struct probe {
	struct slot slot[2];
	int shown; /* the slot with the finished view; -1: none */
	enum probe_phase phase;
	struct plan plan; /* of the view being made */
	int next;         /* its next row of grid or data */
	bool passing;     /* a pass is under way */
	int rows;         /* of that pass */
	uint32_t *order;  /* [training rows] of the next epoch */
	struct rng dropout;
};

/* ---- wishes ---- */

bool probe_wishes(const struct probe_wish *wish)
{
	return wish->points || wish->columns > 0 || wish->weights || wish->step;
}

struct probe_wish probe_wish_join(struct probe_wish a, struct probe_wish b)
{
	bool larger = b.columns * b.rows > a.columns * a.rows;
	return (struct probe_wish){
		.points = a.points || b.points,
		.columns = larger ? b.columns : a.columns,
		.rows = larger ? b.rows : a.rows,
		.weights = a.weights || b.weights,
		.step = a.step || b.step,
		.sample = a.step ? a.sample : b.sample,
	};
}

bool probe_wish_covers(const struct probe_wish *have, const struct probe_wish *want)
{
	bool grid = want->columns == 0 || (want->columns == have->columns && want->rows == have->rows);
	bool step = !want->step || (have->step && want->sample == have->sample);
	return grid && step && have->points >= want->points && have->weights >= want->weights;
}

/* ---- life ---- */

struct probe *probe_new(void)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	if (probe)
		probe->shown = -1;
	return probe;
}

static void slot_clear(struct slot *slot)
{
	if (slot->data)
		shared_data_release(slot->data);
	net_free(slot->net);
	net_free(slot->after);
	free(slot->gradient);
	free(slot->grid);
	free(slot->point);
	for (int l = 1; slot->layer && l <= slot->step.layers; l++)
		sample_time_free((struct sample_time *)slot->layer[l].time);
	free(slot->layer);
	free(slot->values);
	*slot = (struct slot){0};
}

static struct slot *slot_made(struct probe *probe)
{
	return &probe->slot[probe->shown == 0];
}

void probe_forget(struct probe *probe)
{
	slot_clear(&probe->slot[0]);
	slot_clear(&probe->slot[1]);
	free(probe->order);
	probe->order = NULL;
	probe->shown = -1;
	probe->phase = PROBE_IDLE;
}

void probe_free(struct probe *probe)
{
	if (!probe)
		return;
	probe_forget(probe);
	free(probe);
}

bool probe_busy(const struct probe *probe)
{
	return probe->phase != PROBE_IDLE;
}

const struct state_view *probe_view(const struct probe *probe)
{
	return probe->shown < 0 ? NULL : &probe->slot[probe->shown].view;
}

/* ---- beginning ---- */

static int larger_of(int a, int b)
{
	return a > b ? a : b;
}

/* Both slots may be in use, each with the network and, for a step, with a copy of it. */
static bool fits(const struct experiment *e, const struct probe_wish *wish, int capacity)
{
	size_t limit = (size_t)e->config.memory_limit << 20;
	size_t bytes = net_bytes(&e->plan.spec, capacity);
	size_t copies = wish->step ? 5 : 2;
	return bytes < limit / 4 / copies;
}

/* Values of a layer that are kept: of a recurrent layer those of one time step, of a convolution
 * the whole map before pooling. */
static int values_of(const struct net_spec *spec, int l)
{
	return layer_kind_of(spec, l)->map ? net_map_values(spec, l) : net_units(spec, l);
}

/* Values that it passes on instead, if it pools them; else 0. */
static size_t pooled_of(const struct net_spec *spec, int l)
{
	return spec->pool[l - 1] ? (size_t)spec->size[l] : 0;
}

/* Allocates the sample's arrays in one block; layer 0 is the input. */
static bool place_sample(struct slot *slot, const struct net_spec *spec)
{
	size_t values = (size_t)spec->size[0];
	for (int l = 1; l <= spec->layers; l++)
		values += 4 * (size_t)values_of(spec, l) + pooled_of(spec, l);
	slot->layer = calloc((size_t)spec->layers + 1, sizeof(*slot->layer));
	slot->values = calloc(values, sizeof(*slot->values));
	if (!slot->layer || !slot->values)
		return false;
	float *at = slot->values;
	slot->layer[0] = (struct sample_layer){.units = spec->size[0], .output = at, .passed = at};
	at += spec->size[0];
	for (int l = 1; l <= spec->layers; l++) {
		int units = values_of(spec, l);
		slot->layer[l] = (struct sample_layer){.units = units,
			.z = at,
			.derivative = net_hidden(spec, l) ? at + units : NULL,
			.output = at + 2 * units,
			.passed = at + (pooled_of(spec, l) ? 4 : 2) * units,
			.delta = at + 3 * units};
		at += 4 * (size_t)units + pooled_of(spec, l);
	}
	return true;
}

/* The layers that have a state get room for each of their time steps. */
static bool place_time(struct slot *slot, const struct net_spec *spec)
{
	for (int l = 1; l <= spec->layers; l++) {
		const struct net_layer *layer = net_layer_of(slot->after, l);
		if (!layer->cell || !layer->cell->recurs)
			continue;
		slot->layer[l].time = sample_time_new(layer);
		if (!slot->layer[l].time)
			return false;
	}
	return true;
}

/* The order of the rows in the next epoch, drawn as training draws it. */
static bool draw_order(struct probe *probe, const struct experiment *e)
{
	int training = dataset_of(e)->training;
	uint32_t *order = malloc((size_t)training * sizeof(*order));
	free(probe->order);
	probe->order = order;
	if (!order)
		return false;
	struct rng shuffle = experiment_shuffle(e);
	for (int i = 0; i < training; i++)
		order[i] = (uint32_t)i;
	for (uint32_t left = (uint32_t)training; left > 1;)
		rng_shuffle_step(&shuffle, order, --left);
	return true;
}

static bool prepare_step(struct probe *probe, struct slot *slot, const struct experiment *e)
{
	const struct net_spec *spec = &e->plan.spec;
	slot->after = net_new(e->kernels, spec, e->plan.batch);
	slot->step.layers = spec->layers;
	if (!slot->after || !place_sample(slot, spec) || !place_time(slot, spec) ||
		!draw_order(probe, e))
		return false;
	net_copy_parameters(slot->after, e->net);
	net_parameters(slot->after, &slot->parameters);
	slot->gradient = calloc(slot->parameters, sizeof(*slot->gradient));
	probe->dropout = experiment_dropout(e);
	probe->plan.optimizer.rate = experiment_next_rate(e);
	int sample = slot->view.wish.sample;
	sample = sample < 0 ? 0 : sample >= e->plan.batch ? e->plan.batch - 1 : sample;
	int row = (int)probe->order[sample];
	slot->step = (struct step_view){
		.samples = e->plan.batch,
		.sample = sample,
		.row = row,
		.layers = spec->layers,
		.target = dataset_of(e)->target[row],
		.rate = probe->plan.optimizer.rate,
		.layer = slot->layer,
		.after = slot->after,
		.gradient = slot->gradient,
	};
	slot->view.step = &slot->step;
	return slot->gradient != NULL;
}

static bool prepare(struct probe *probe, struct slot *slot, const struct experiment *e)
{
	const struct probe_wish *wish = &slot->view.wish;
	slot->net = net_new(e->kernels, &e->plan.spec, PASS_ROWS);
	if (!slot->net)
		return false;
	net_copy_parameters(slot->net, e->net);
	if (wish->weights)
		slot->view.net = slot->net;
	if (wish->columns > 0) {
		slot->grid = calloc((size_t)wish->columns * (size_t)wish->rows, sizeof(*slot->grid));
		slot->view.grid = slot->grid;
	}
	if (wish->points) {
		slot->point = calloc((size_t)dataset_of(e)->rows, sizeof(*slot->point));
		slot->view.point = slot->point;
	}
	if ((wish->columns > 0 && !slot->grid) || (wish->points && !slot->point))
		return false;
	return !wish->step || prepare_step(probe, slot, e);
}

bool probe_begin(
	struct probe *probe, const struct experiment *experiment, const struct probe_wish *wish)
{
	assert(experiment->phase == IDLE && experiment->net);
	struct slot *slot = slot_made(probe);
	slot_clear(slot);
	probe->phase = PROBE_IDLE;
	if (!fits(experiment, wish, larger_of(PASS_ROWS, wish->step ? experiment->plan.batch : 0)))
		return false;
	probe->plan = experiment->plan;
	slot->data = experiment->data;
	slot->data->users++;
	slot->view = (struct state_view){.epoch = experiment->epoch,
		.wish = *wish,
		.data = slot->data->dataset,
		.plane = plane_of(slot->data->dataset)};
	if (!prepare(probe, slot, experiment)) {
		slot_clear(slot);
		return false;
	}
	probe->next = 0;
	probe->passing = false;
	probe->phase = PROBE_GRID;
	return true;
}

/* ---- answers ---- */

static double sigmoid(double logit)
{
	return 1 / (1 + exp_f64(-logit));
}

static double within_0_and_1(double value)
{
	return value < 0 ? 0 : value > 1 ? 1 : value;
}

/* The class of the largest output, and its probability. */
static struct answer answer_of_classes(
	const struct loss *loss, int outputs, int stride, const float *logit)
{
	int best = 0;
	for (int o = 0; o < outputs; o++) {
		if (!isfinite(logit[(size_t)o * stride]))
			return (struct answer){NAN, 0};
		if (logit[(size_t)o * stride] > logit[(size_t)best * stride])
			best = o;
	}
	double value = (double)logit[(size_t)best * stride], sum = 0;
	for (int o = 0; o < outputs && loss->softmax; o++)
		sum += exp_f64((double)logit[(size_t)o * stride] - value);
	double share = loss->softmax ? 1 / sum
		: loss->threshold != 0   ? within_0_and_1(value)
								 : sigmoid(value);
	return (struct answer){(float)share, (int16_t)best};
}

static struct answer answer_of(
	const struct plan *plan, const struct dataset *data, int stride, const float *logit)
{
	const struct loss *loss = loss_find(plan->spec.loss);
	int outputs = plan->spec.size[plan->spec.layers];
	if (data->classes == 0)
		return (struct answer){*logit, 0};
	if (outputs > 1)
		return answer_of_classes(loss, outputs, stride, logit);
	if (!isfinite(*logit))
		return (struct answer){NAN, 0};
	double one = loss->threshold != 0 ? within_0_and_1((double)*logit) : sigmoid((double)*logit);
	bool says_one = (double)*logit > loss->threshold;
	return (struct answer){(float)(says_one ? one : 1 - one), says_one};
}

/* Writes the features of the point in the middle of a grid cell. Its other principal components,
 * which the plane does not show, are 0. */
static void place_cell(const struct slot *slot, int cell, int stride, float *input)
{
	const struct state_view *view = &slot->view;
	const struct dataset *data = slot->data->dataset;
	int column = cell % view->wish.columns, row = cell / view->wish.columns;
	double at[2] = {(column + 0.5) / view->wish.columns, 1 - (row + 0.5) / view->wish.rows};
	for (int axis = 0; axis < 2; axis++)
		at[axis] =
			view->plane.low[axis] + at[axis] * (view->plane.high[axis] - view->plane.low[axis]);
	if (data->classes == 0)
		at[1] = 0; /* the vertical axis is the target, which is no input */
	for (int f = 0; f < data->features; f++) {
		float *to = &input[(size_t)f * stride];
		if (data->features <= 2)
			*to = (float)at[f];
		else if (!data->component[0])
			*to = 0; /* a generated sequence: nobody draws a plane of those */
		else
			*to = (float)(at[0] * data->component[0][f] + at[1] * data->component[1][f]);
	}
}

static void place_row(const struct dataset *data, int row, int stride, float *input)
{
	for (int f = 0; f < data->features; f++)
		input[(size_t)f * stride] = data->x[(size_t)f * data->rows + row];
}

/* Answers the next cells of the grid or rows of the data; true when all are answered. */
static bool answer_some(struct probe *probe, struct slot *slot, int count, uint64_t *budget)
{
	const struct dataset *data = slot->data->dataset;
	bool grid = probe->phase == PROBE_GRID;
	struct answer *answer = grid ? slot->grid : slot->point;
	while (probe->next < count) {
		int left = count - probe->next;
		if (!probe->passing) {
			probe->rows = left < PASS_ROWS ? left : PASS_ROWS;
			int stride = net_batch(slot->net, probe->rows);
			for (int i = 0; i < probe->rows && grid; i++)
				place_cell(slot, probe->next + i, stride, net_input(slot->net) + i);
			for (int i = 0; i < probe->rows && !grid; i++)
				place_row(data, probe->next + i, stride, net_input(slot->net) + i);
			memset(net_target(slot->net), 0,
				(size_t)probe->plan.spec.size[probe->plan.spec.layers] * stride * sizeof(float));
			net_pass_begin(slot->net, NET_EVALUATE, false, probe->rows, NULL, NULL);
			probe->passing = true;
			uint64_t cost = (uint64_t)probe->rows * (uint64_t)data->features * COST_OF_A_ROW;
			*budget -= cost < *budget ? cost : *budget;
		}
		if (!net_pass_advance(slot->net, budget))
			return false;
		int stride = net_batch(slot->net, probe->rows);
		for (int i = 0; i < probe->rows; i++)
			answer[probe->next + i] =
				answer_of(&probe->plan, data, stride, net_logits(slot->net) + i);
		probe->passing = false;
		probe->next += probe->rows;
	}
	probe->next = 0;
	return true;
}

/* ---- a step ---- */

/* Copies the values of one sample from a block of samples. */
static void pick(const float *values, float *into, const struct net_place *place, int sample)
{
	if (sample < place->first_sample || sample >= place->first_sample + place->samples || !values)
		return;
	for (int u = 0; u < place->units; u++)
		into[place->first + u] = values[(size_t)u * place->stride + sample - place->first_sample];
}

static bool is_last_step(const struct slot *slot, const struct net_place *place)
{
	return place->step + 1 == net_layer_of(slot->after, place->layer)->steps;
}

static void see_forward(void *context, const struct net_place *place, const float *u,
	const float *derivative, const float *output)
{
	struct slot *slot = context;
	const struct sample_layer *layer = &slot->layer[place->layer];
	if (!is_last_step(slot, place))
		return;
	pick(u, (float *)layer->z, place, slot->step.sample);
	pick(derivative, (float *)layer->derivative, place, slot->step.sample);
	pick(output, (float *)layer->output, place, slot->step.sample);
}

static struct sample_time *time_of(const struct slot *slot, const struct net_place *place)
{
	return (struct sample_time *)slot->layer[place->layer].time;
}

static void see_backward(void *context, const struct net_place *place, const float *delta)
{
	struct slot *slot = context;
	struct sample_time *time = time_of(slot, place);
	if (is_last_step(slot, place))
		pick(delta, (float *)slot->layer[place->layer].delta, place, slot->step.sample);
	if (time)
		sample_time_see_delta(time, place, delta, slot->step.sample);
}

static void see_cell(void *context, const struct net_place *place, const struct cell_step *step)
{
	struct slot *slot = context;
	sample_time_see(time_of(slot, place), place, step, slot->step.sample);
}

static void see_cell_back(
	void *context, const struct net_place *place, const struct cell_step *step)
{
	struct slot *slot = context;
	sample_time_see_back(time_of(slot, place), place, step, slot->step.sample);
}

static void see_loss(void *context, const struct net_place *place, const double *sample)
{
	struct slot *slot = context;
	int at = slot->step.sample - place->first_sample;
	if (at >= 0 && at < place->samples)
		slot->step.sample_loss = (float)sample[at];
}

static void begin_step(struct probe *probe, struct slot *slot)
{
	const struct dataset *data = slot->data->dataset;
	int rows = slot->step.samples, stride = net_batch(slot->after, rows);
	int outputs = probe->plan.spec.size[probe->plan.spec.layers];
	for (int i = 0; i < rows; i++) {
		int row = (int)probe->order[i];
		place_row(data, row, stride, net_input(slot->after) + i);
		for (int o = 0; o < outputs; o++)
			net_target(slot->after)[(size_t)o * stride + i] =
				plan_target(&probe->plan, data, row, o);
	}
	place_row(data, slot->step.row, 1, (float *)slot->layer[0].output);
	struct net_observer observer = {.context = slot,
		.forward = see_forward,
		.backward = see_backward,
		.cell = see_cell,
		.cell_back = see_cell_back,
		.loss = see_loss};
	net_gradient_clear(slot->after);
	net_pass_begin(slot->after, NET_TRAIN, true, rows, &probe->dropout, &observer);
}

/* Observers see a map before it is pooled. */
static void keep_pooled(struct slot *slot, int l)
{
	const struct net_layer *layer = net_layer_of(slot->after, l);
	int stride = net_batch(slot->after, slot->step.samples);
	if (slot->layer[l].passed == slot->layer[l].output)
		return;
	for (int i = 0; i < layer->outputs; i++)
		((float *)slot->layer[l].passed)[i] =
			layer->output[(size_t)i * (size_t)stride + (size_t)slot->step.sample];
}

/* Scales delta to the sample's own loss, and saves the gradient before the update clears it. */
static void end_step(struct probe *probe, struct slot *slot)
{
	for (int l = 1; l <= slot->step.layers; l++) {
		keep_pooled(slot, l);
		for (int u = 0; u < slot->layer[l].units; u++)
			((float *)slot->layer[l].delta)[u] *= (float)slot->step.samples;
		if (slot->layer[l].time)
			sample_time_finish((struct sample_time *)slot->layer[l].time, slot->step.samples);
	}
	const real *parameters = net_parameters(slot->after, &slot->parameters);
	memcpy(slot->gradient, net_gradient_of(slot->after, parameters),
		slot->parameters * sizeof(*slot->gradient));
	slot->step.loss = (float)(net_pass_loss(slot->after) / slot->step.samples);
	net_update_begin(slot->after, &probe->plan.optimizer, &probe->plan.clip, false);
}

/* ---- work ---- */

static bool work(struct probe *probe, struct slot *slot, uint64_t *budget)
{
	const struct probe_wish *wish = &slot->view.wish;
	switch (probe->phase) {
	case PROBE_GRID:
		return answer_some(probe, slot, wish->columns * wish->rows, budget);
	case PROBE_POINTS:
		return answer_some(probe, slot, wish->points ? slot->data->dataset->rows : 0, budget);
	case PROBE_STEP:
		if (!wish->step)
			return true;
		if (!probe->passing)
			begin_step(probe, slot);
		probe->passing = true;
		if (!net_pass_advance(slot->after, budget))
			return false;
		probe->passing = false;
		end_step(probe, slot);
		return true;
	default:
		if (wish->step && !net_update_advance(slot->after, budget))
			return false;
		slot->step.clipped = wish->step && net_update_clipped(slot->after);
		return true;
	}
}

bool probe_advance(struct probe *probe, uint64_t *budget)
{
	struct slot *slot = slot_made(probe);
	while (probe->phase != PROBE_IDLE) {
		if (!work(probe, slot, budget))
			return false;
		if (probe->phase == PROBE_UPDATE) {
			probe->phase = PROBE_IDLE;
			probe->shown = (int)(slot - probe->slot);
			return true;
		}
		probe->phase++;
	}
	return false;
}
