/* See pictures.h. */
#include "pictures.h"
#include "modelled.h"
#include "picture_state.h"
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct record *record_make(int64_t epoch, int layers, double loss)
{
	struct record *record = record_new(layers);
	assert(record);
	record->epoch = epoch;
	record->loss = record->batch_loss = (float)loss;
	record->val_loss = (float)(loss * 1.04);
	record->acc = 0.51f;
	record->val_acc = 0.495f;
	record->lr = 0.1f;
	record->grad_norm = 0.07f;
	return record;
}

/* Delta falls by `decay` decades per layer, from the output layer to layer 1. */
static void fill_layers(struct record *record, double decay, float dead, float saturated)
{
	for (int i = 0; i < record->layers; i++) {
		struct layer_record *layer = &record->layer[i];
		double lost = decay * (record->layers - 1 - i);
		layer->delta_rms = (float)(0.3 * pow(10, -lost));
		layer->delta_mean = layer->delta_rms * 0.8f;
		layer->grad_rms = (float)(0.0625 * pow(10, -lost));
		layer->grad_l2 = layer->grad_rms * 10;
		layer->weight_rms = 0.31f;
		layer->update_ratio = layer->grad_rms / 10;
		layer->change = (float)(100 * layer->grad_rms);
		layer->change_norm = (float)(120 * layer->grad_rms);
		layer->z_mean = (float)(-0.2 + 0.05 * i);
		layer->z_std = 0.43f;
		layer->q = 0.2f;
		layer->a_mean = 0.48f;
		layer->a_std = 0.1f;
		layer->deriv_mean = 0.238f;
		layer->deriv_rms = 0.239f;
		layer->gain = 0.92f;
		layer->dead = i + 1 < record->layers ? dead : 0;
		layer->inactive = layer->dead;
		layer->saturated = i + 1 < record->layers ? saturated : 0;
		layer->theory = 0.21f;
	}
	record->decay = (float)decay;
	record->decades = (float)(decay * (record->layers - 1));
	record->r2 = 0.998f;
}

/* Unit u of layer l is dead in the first quarter and saturated in the second half. */
static struct detail *detail_make(int64_t epoch, int layers, int units, double centre)
{
	int each[300] = {0};
	size_t weights[301] = {0};
	assert(layers <= 300);
	for (int l = 0; l < layers; l++) {
		each[l] = units;
		weights[l] = (size_t)units * (size_t)(l ? units : 2);
	}
	weights[layers] = (size_t)units;
	struct detail *detail = detail_new(layers, each, weights);
	assert(detail);
	detail->epoch = epoch;
	for (int l = 0; l < layers; l++) {
		struct layer_detail *layer = &detail->layer[l];
		float *share = detail_shares(detail, l + 1), *signal = detail_signals(detail, l + 1);
		layer->samples = 800;
		layer->slope = record_nothing();
		for (int b = 0; b < DETAIL_BINS; b++) {
			double z = -8 + (b + 0.5) * 16 / DETAIL_BINS, from = (z - centre) / (0.6 + 0.1 * l);
			layer->bin[b] = (uint64_t)(2000 * exp(-from * from / 2));
		}
		layer->below = l % 2 ? 12 : 0;
		layer->above = centre > 3 ? 900 : 0;
		for (int b = 0; b < DETAIL_BINS; b++)
			layer->output_bin[b] = b < 10 || b > 20 ? 0 : (uint64_t)(40 * (b - 9) * (21 - b));
		layer->output_above = centre > 3 ? 300 : 0;
		for (int u = 0; u < units; u++) {
			int place = (u + 3 * l) % units;
			share[u] = place * 8 < units ? 1.0f : 0.3f;
			share[units + u] = place * 8 < units ? 1.0f : place * 2 > units ? 0.7f : 0.04f;
			signal[u] = (float)(0.02 * pow(10, -0.6 * (layers - 1 - l) - 0.1 * place));
			signal[units + u] = (float)(0.3 + 0.5 * place / units);
			signal[2 * units + u] = (float)(0.25 - 0.2 * place / units);
			signal[3 * units + u] = (float)(centre + 0.1 * place - 0.4);
		}
	}
	return detail;
}

/* Two half circles, or a wave if `classes` is 0; the fractional part of a multiple of the
 * golden ratio stands in for noise. */
static struct dataset *dataset_make(int rows, int classes)
{
	struct dataset *data = calloc(1, sizeof(*data));
	assert(data);
	strcpy(data->name, classes ? "moons" : "wave");
	data->rows = rows;
	data->training = rows - rows / 5;
	data->features = classes ? 2 : 1;
	data->classes = classes;
	data->target = calloc((size_t)rows, sizeof(float));
	data->projection = calloc(2 * (size_t)rows, sizeof(float));
	assert(data->target && data->projection);
	for (int i = 0; i < rows; i++) {
		double along = fmod(i * 0.61803398875, 1) * 3.1416, noise = fmod(i * 0.7548776662, 1) * 0.3;
		int class = classes ? i % classes : 0;
		data->target[i] = (float)(classes ? class : sin(2 * along) + noise);
		data->projection[i] = (float)(class % 2 ? 1 - cos(along) : cos(along) + noise);
		data->projection[rows + i] = (float)(class % 2 ? 0.5 - sin(along) + noise : sin(along));
	}
	data->x = data->projection;
	return data;
}

/* The class at a place of the plane that is answered, and its probability; or the value. */
typedef struct answer answers(double x, double y, int classes);

static struct answer answer_even(double x, double y, int classes)
{
	(void)y;
	(void)classes;
	return (struct answer){(float)(0.51 + 0.001 * x), 1};
}

/* Classes from left to right; the borders lean. */
static struct answer answer_bands(double x, double y, int classes)
{
	double at = (x + 1 + 0.5 * y) / 3.4 * classes, band = floor(at), away = fabs(at - band - 0.5);
	int class = band < 0 ? 0 : band >= classes ? classes - 1 : (int)band;
	return (struct answer){(float)(1 - pow(2 * away, 3) / 2), (int16_t) class};
}

static struct answer answer_curve(double x, double y, int classes)
{
	(void)classes;
	(void)y;
	return (struct answer){x > 0.9 ? NAN : (float)(0.8 * sin(3 * x)), 0};
}

static struct answer answer_nan(double x, double y, int classes)
{
	(void)classes;
	return (struct answer){x < y ? NAN : 1, 11};
}

static void add_state(struct case_data *made, int columns, int rows, answers *answer)
{
	const struct dataset *data = made->data;
	struct state_view *state = calloc(1, sizeof(*state));
	struct answer *grid = calloc((size_t)columns * (size_t)rows, sizeof(*grid));
	struct answer *point = calloc((size_t)data->rows, sizeof(*point));
	assert(state && grid && point);
	*state = (struct state_view){
		.epoch = made->record->epoch,
		.wish = {.points = true, .columns = columns, .rows = rows},
		.data = data,
		.plane = plane_of(data),
		.grid = grid,
		.point = point,
	};
	const struct plane *plane = &state->plane;
	double width = plane->high[0] - plane->low[0], height = plane->high[1] - plane->low[1];
	for (int i = 0; i < columns * rows; i++)
		grid[i] = answer(plane->low[0] + (i % columns + 0.5) / columns * width,
			plane->high[1] - (i / columns + 0.5) / rows * height, data->classes);
	for (int i = 0; i < data->rows; i++)
		point[i] = answer(
			(double)data->projection[i], (double)data->projection[data->rows + i], data->classes);
	made->state = state;
}

static void answers_free(struct state_view *state)
{
	if (!state)
		return;
	free((void *)state->grid);
	free((void *)state->point);
	free(state);
}

/* The layers' shares, counted from the units of the detail. */
static void shares_from_detail(struct case_data *made)
{
	for (int l = 0; l < made->detail->layers; l++) {
		const struct layer_detail *layer = &made->detail->layer[l];
		float dead = 0, saturated = 0;
		for (int u = 0; u < layer->units; u++) {
			dead += layer->inactive[u] >= 1;
			saturated += layer->saturated[u];
		}
		made->record->layer[l].dead = dead / (float)layer->units;
		made->record->layer[l].saturated = saturated / (float)layer->units;
	}
}

static void add_history(
	struct case_data *made, int count, int layers, double decay, double from, double to)
{
	made->history = history_new();
	assert(made->history);
	for (int i = 0; i < count; i++) {
		double loss = from + (to - from) * (1 - exp(-4.0 * i / count));
		struct record *record = record_make(i, layers, loss);
		fill_layers(record, decay, 0, 0);
		if (i > 0 && i == count / 2)
			strcpy(record->event, "activation=relu");
		assert(history_add(made->history, record));
		free(record);
	}
}

/* The remedies that change such a network, in their order. */
static const struct remedy *remedy_for(const struct config *config, int index)
{
	for (int i = 0; remedy_at(i); i++) {
		struct config changed = *config;
		if (remedy_apply(remedy_at(i), &changed) && index-- == 0)
			return remedy_at(i);
	}
	return NULL;
}

/* One trial of each remedy for ten sigmoid layers; the last ones are still waiting or untried. */
static void add_advice(struct case_data *made)
{
	struct config *config = &made->advised;
	*config = config_default();
	for (int i = 0; i < CASE_TRIALS; i++) {
		struct trial *trial = &made->trial[i];
		*trial = (struct trial){
			.first = remedy_for(config, i / 2),
			.restart = i % 2,
			.state = i < 12 ? TRIAL_DONE
				: i < 16    ? TRIAL_WAITING
							: TRIAL_UNTRIED,
			.start = 37,
			.epochs = 100,
			.verdict = i < 6 ? "converged"
				: i == 8     ? "diverged"
							 : "vanishing",
		};
		for (int k = 0; k < TRIAL_LOSSES; k++)
			trial->loss[k] = i == 8 && k > 4 ? NAN : (float)(0.6931 * pow(i < 6 ? 0.4 : 0.99, k));
		trial->reached = trial->loss[TRIAL_LOSSES - 1];
		made->ranked[i] = trial;
	}
	made->trial[CASE_TRIALS - 1].second = remedy_for(config, 1);
	made->advice = (struct advice_view){
		.trial = made->ranked,
		.count = CASE_TRIALS,
		.tried = 11,
		.busy = true,
		.config = config,
		.loss = 0.6931,
	};
}

/* Rows of 8 by 8 pixels: a bright bar as far to the right as the class says. */
static float *add_images(struct dataset *data)
{
	enum { SIDE = 8 };
	strcpy(data->name, "images");
	data->features = SIDE * SIDE;
	data->image_width = data->image_height = SIDE;
	data->x = calloc((size_t)data->rows * SIDE * SIDE, sizeof(float));
	assert(data->x);
	for (int i = 0; i < data->rows; i++)
		for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
			int away = abs(pixel % SIDE - (int)data->target[i] % SIDE);
			data->x[pixel * data->rows + i] = away < 3 ? (float)(3 - away) : 0;
		}
	return data->x;
}

static void make_vanishing(struct case_data *made)
{
	add_history(made, 138, 11, 0.63, 0.7009, 0.6931);
	made->record = record_make(137, 11, 0.6931);
	fill_layers(made->record, 0.63, 0, 0.02f);
	made->record->verdict = "vanishing";
	made->detail = detail_make(137, 10, 10, -0.3);
	shares_from_detail(made);
	made->data = dataset_make(1000, 2);
	add_state(made, 48, 20, answer_even);
	made->view.layer = 5;
	made->view.choice = 1;
	made->view.phase = 3; /* delta */
	made->walk = state_make(made->data, 137, 11, 10, "sigmoid");
	add_advice(made);
}

static void make_healthy(struct case_data *made)
{
	add_history(made, 80, 4, 0.05, 0.71, 0.0123);
	made->record = record_make(79, 4, 0.0123);
	fill_layers(made->record, 0.05, 0.12f, 0.45f);
	made->record->verdict = "healthy";
	made->record->acc = 0.998f;
	made->detail = detail_make(79, 3, 16, 0.4);
	shares_from_detail(made);
	made->data = dataset_make(400, 3);
	add_state(made, 98, 44, answer_bands);
	made->view.unit = 5;
	snprintf(made->config.activation, sizeof(made->config.activation), "%s", "relu");
	made->view.layer = 2;
	made->view.gradient = "delta";
	made->view.loss_axis = "log";
	made->walk = state_make(made->data, 79, 4, 16, "relu");
}

static void make_exploded(struct case_data *made)
{
	made->history = history_new();
	for (int i = 0; i < 30; i++) {
		struct record *record = record_make(i, 8, i < 20 ? pow(10, i / 2.0) : NAN);
		fill_layers(record, -0.4, 0, 0);
		assert(history_add(made->history, record));
		free(record);
	}
	made->record = record_make(29, 8, NAN);
	fill_layers(made->record, -0.4, 0, 0.9f);
	made->record->layer[0].grad_rms = INFINITY;
	made->record->layer[1].grad_rms = NAN;
	made->record->layer[2].grad_rms = 1e30f;
	made->record->layer[3].grad_rms = 0;
	made->record->layer[4].grad_rms = -INFINITY;
	made->record->layer[5].grad_rms = FLT_MIN / 4;
	made->record->layer[6].grad_rms = record_nothing();
	made->record->decay = NAN;
	/* x86's NaN has a sign, that of 64-bit ARM has none; both must look alike */
	made->record->layer[0].z_mean = -NAN;
	made->record->layer[0].z_std = -NAN;
	made->record->layer[0].deriv_mean = -NAN;
	made->record->verdict = "diverged";
	made->detail = detail_make(29, 7, 10, 5);
	for (int l = 0; l < 2; l++) {
		float *share = detail_shares(made->detail, l + 1);
		for (int unit = l; unit < 10; unit += 3)
			for (int number = 0; number < 6; number++)
				share[10 * number + unit] = NAN;
		made->record->layer[l].dead = made->record->layer[l].saturated = NAN;
	}
	made->data = dataset_make(50, 0);
	add_state(made, 60, 1, answer_curve);
	made->view.unit = 2;
	made->view.layer = 1;
	made->view.phase = 5; /* update */
	made->walk = state_make(made->data, 28, 8, 10, "tanh");
	for (int i = 0; i < made->walk->layer[1].units; i++)
		((float *)made->walk->layer[1].delta)[i] = i % 2 ? NAN : INFINITY;
	made->walk->gradient[0] = made->walk->gradient[1] = -NAN;
	net_layer_of(made->walk->after, 1)->weight[0] = NAN;
}

static void make_deep(struct case_data *made)
{
	add_history(made, 400, 301, 0.12, 0.7, 0.69);
	made->record = record_make(399, 301, 0.69);
	fill_layers(made->record, 0.12, 0.1f, 0.3f);
	for (int i = 0; i < 20; i++)
		made->record->layer[i].grad_rms = 0;
	made->record->layer[150].grad_rms = NAN;
	made->record->verdict = "vanishing";
	made->detail = detail_make(399, 300, 10, 0);
	shares_from_detail(made);
	made->data = dataset_make(3000, 2);
	made->view.layer = 999;
	made->view.phase = 4; /* gradient */
	made->walk = state_make(made->data, 399, 301, 10, "sigmoid");
}

static void make_single(struct case_data *made)
{
	add_history(made, 1, 1, 0, 0.7, 0.7);
	made->record = record_make(0, 1, 0.7);
	fill_layers(made->record, 0, 0, 0);
	made->record->decay = NAN;
	made->detail = detail_make(0, 0, 0, 0);
	made->data = dataset_make(1, 2);
	made->view.layer = -3;
	made->walk = state_make(made->data, 0, 1, 0, NULL);
}

static void make_images(struct case_data *made)
{
	add_history(made, 20, 3, 0.3, 2.3, 0.7);
	made->record = record_make(19, 3, 0.7);
	fill_layers(made->record, 0.3, 0, 0);
	made->record->verdict = "healthy";
	made->detail = detail_make(19, 2, 20, 0);
	shares_from_detail(made);
	made->data = dataset_make(60, 10);
	made->pixels = add_images(made->data);
	add_state(made, 40, 30, answer_bands);
}

static void make_nothing(struct case_data *made)
{
	(void)made;
}

static void make_empty_record(struct case_data *made)
{
	made->history = history_new();
	made->record = record_new(6);
	snprintf(made->config.activation, sizeof(made->config.activation), "%s", "no such function");
}

static void make_whole_only(struct case_data *made)
{
	add_history(made, 30, 0, 0, 2, 1);
	made->record = record_make(12, 0, 1.5);
}

static void make_zeros(struct case_data *made)
{
	made->record = record_make(3, 12, 0);
	for (int i = 0; i < 12; i++)
		made->record->layer[i] = (struct layer_record){.layer = i + 1};
	made->record->decay = INFINITY;
	made->record->r2 = 0;
	made->history = history_new();
	assert(history_add(made->history, made->record));
	made->detail = detail_make(3, 11, 1, 100);
}

static void make_infinite(struct case_data *made)
{
	made->history = history_new();
	for (int i = 0; i < 5; i++) {
		struct record *record = record_make(INT64_MAX - 5 + i, 5, i < 4 ? FLT_MAX : INFINITY);
		for (int l = 0; l < 5; l++)
			for (size_t at = offsetof(struct layer_record, grad_rms);
				 at < sizeof(struct layer_record); at += sizeof(float))
				memcpy((char *)&record->layer[l] + at, i ? &(float){INFINITY} : &(float){NAN},
					sizeof(float));
		memset(record->event, 'x', sizeof(record->event) - 1);
		assert(history_add(made->history, record));
		made->record = i == 4 ? record_copy(record, 5) : NULL;
		free(record);
	}
	made->record->verdict = "no such verdict";
	made->data = dataset_make(30, 12);
	for (int i = 0; i < 60; i++)
		made->data->projection[i] = i % 3 ? NAN : i % 2 ? INFINITY : FLT_MAX;
	made->view.loss_axis = "log";
	add_state(made, 300, 200, answer_nan);
}

/* Two runs, of which the pinned one vanishes. */
static void make_pair(struct case_data *made)
{
	make_healthy(made);
	made->pinned = picture_make(picture_case_at(0));
	made->pinned->picture.frame.name = "activation=sigmoid norm=none";
}

/* clang-format off */
static const struct picture_case picture_cases[] = {
	{"vanishing", make_vanishing}, {"healthy", make_healthy}, {"exploded", make_exploded},
	{"deep", make_deep}, {"images", make_images}, {"single", make_single},
	{"nothing", make_nothing}, {"pair", make_pair},
	{"empty", make_empty_record}, {"whole", make_whole_only}, {"zeros", make_zeros},
	{"infinite", make_infinite},
};
/* clang-format on */

const struct picture_case *picture_case_at(int index)
{
	int count = (int)(sizeof(picture_cases) / sizeof(picture_cases[0]));
	return index >= 0 && index < count ? &picture_cases[index] : NULL;
}

void picture_remodel(struct case_data *made)
{
	free(made->model);
	made->model = model_for_points(&made->config);
	assert(made->model);
	made->picture.frame.model = made->model;
}

/* One view with all that was made for the case. */
static const struct state_view *state_of(struct case_data *made)
{
	if (!made->walk)
		return made->state;
	made->walk->view.data = made->data;
	if (!made->state)
		return &made->walk->view;
	made->state->step = made->walk->view.step;
	made->state->net = made->walk->view.net;
	return made->state;
}

struct case_data *picture_make(const struct picture_case *picture)
{
	struct case_data *made = calloc(1, sizeof(*made));
	assert(made);
	made->config = config_default();
	made->view = (struct view){.gradient = "rms",
		.history = "rms",
		.network = "delta",
		.beside = "layers",
		.sort = "layer",
		.units = "all",
		.curves = "own",
		.compare = "relu/sigmoid/tanh",
		.theory = "start",
		.loss_axis = "fit",
		.layer = 1};
	picture->make(made);
	made->config.depth = made->record && made->record->layers ? made->record->layers - 1 : 0;
	made->picture = (struct picture){
		.frame =
			{
				.history = history_until(made->history, INT64_MAX),
				.record = made->record,
				.detail = made->detail,
				.data = made->data,
				.settings = &made->config,
				.loss = "bce",
				.baseline_loss = 0.693147,
				.state = state_of(made),
			},
		.view = &made->view,
		.advice = made->advice,
	};
	picture_remodel(made);
	if (made->pinned) {
		made->picture.twin = made->pinned->picture.frame;
		made->picture.frame.name = "activation=relu norm=batch";
	}
	return made;
}

void picture_free(struct case_data *made)
{
	if (made->pinned)
		picture_free(made->pinned);
	history_free(made->history);
	free(made->record);
	free(made->model);
	detail_release(made->detail);
	if (made->state && made->walk && made->state->net == made->walk->view.net)
		made->state->net = NULL;
	answers_free(made->state);
	state_free(made->walk);
	if (made->data) {
		free(made->pixels);
		free(made->data->target);
		free(made->data->projection);
	}
	free(made->data);
	free(made);
}
