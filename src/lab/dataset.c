#include "lab/dataset.h"

#include "lab/text.h"
#include "nn/rng.h"

#include "generators.h"
#include "labels.h"
#include "projection.h"
#include "sets.h"
#include "table_reader.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES_MIN = 10, PROJECTION_ROWS = 4096 };

static const double noise_max = 1, split_max = 0.9;
static const size_t memory_limit_default = (size_t)1 << 30;

struct phase;

struct dataset_job {
	struct dataset *data;
	double split;
	uint64_t seed;

	const struct generator *generator; /* either this and what it draws from ... */
	struct generator_state state;
	int samples;
	uint32_t *mixed;             /* [samples] the order in which points are made */
	struct table_reader *reader; /* ... or this; NULL once read */

	struct table table;
	int phase, step; /* where in phases[] the job stands */
	bool begun;

	int rank[DATASET_CLASSES_MAX]; /* class of the label with that number */
	struct rng shuffle;
	uint32_t *shuffled, *order; /* [rows] rows of the table: as drawn; training part first */
	int in_class[DATASET_CLASSES_MAX], to_hold[DATASET_CLASSES_MAX];
	int dealt_training, dealt_held;

	double *origin, *mean, *spread; /* [features + 1] each, the last one of the target */
	struct projection projection;
};

/* One thing done to each of a number of rows, in order. */
struct phase {
	int (*steps)(const struct dataset_job *job); /* 0: not in this job */
	bool (*begin)(struct dataset_job *job);      /* false: no memory; NULL: nothing to prepare */
	void (*step)(struct dataset_job *job, int step);
};

static int steps_samples(const struct dataset_job *job)
{
	return job->generator != NULL ? job->samples : 0;
}

static int steps_rows(const struct dataset_job *job)
{
	return job->table.rows;
}

static int steps_training_read(const struct dataset_job *job)
{
	return job->generator != NULL ? 0 : job->data->training;
}

/* Fisher-Yates shuffle, "inside-out": every step adds one number, so it can stop after any. */
static void mix_number(uint32_t *numbers, struct rng *rng, int number)
{
	uint32_t place = rng_below(rng, (uint32_t)number + 1);
	numbers[number] = numbers[place];
	numbers[place] = (uint32_t)number;
}

/* Points are mixed before they get their noise, in scikit-learn's order. */
static bool mix_begin(struct dataset_job *job)
{
	job->shuffle = rng_stream(job->seed, "data", 2);
	job->mixed = malloc((size_t)job->samples * sizeof(*job->mixed));
	return job->mixed != NULL;
}

static void mix_step(struct dataset_job *job, int index)
{
	mix_number(job->mixed, &job->shuffle, index);
}

static void generate_step(struct dataset_job *job, int index)
{
	struct point point;
	job->generator->point(&job->state, (int)job->mixed[index], job->samples, &point);
	double *row = table_append(&job->table);
	int features = job->table.features;
	memcpy(row, point.x, (size_t)features * sizeof(*row));
	row[features] = row[features + 1] = job->data->classes > 0 ? point.class : point.value;
}

/* The class of a row of the table; 0 for all if the target is a value. */
static int row_class(const struct dataset_job *job, int row)
{
	const double *value = table_row(&job->table, row);
	return job->data->classes == 0 ? 0 : job->rank[(int)value[job->table.features + 1]];
}

static bool shuffle_begin(struct dataset_job *job)
{
	struct dataset *data = job->data;
	size_t rows = (size_t)job->table.rows;
	data->rows = job->table.rows;
	data->features = job->table.features;
	job->shuffle = rng_stream(job->seed, "split", 0);
	job->shuffled = malloc(rows * sizeof(*job->shuffled));
	job->order = malloc(rows * sizeof(*job->order));
	return job->shuffled != NULL && job->order != NULL;
}

static void shuffle_step(struct dataset_job *job, int row)
{
	mix_number(job->shuffled, &job->shuffle, row);
	job->in_class[row_class(job, row)]++;
}

/* Shares of `total` in proportion to the classes, by largest remainder; a class never gives
 * its last row. */
static int shares_assign(struct dataset_job *job, int classes, int total)
{
	double remainder[DATASET_CLASSES_MAX];
	int held = 0;
	for (int c = 0; c < classes; c++) {
		double share = job->split * job->in_class[c];
		job->to_hold[c] = (int)share;
		remainder[c] = share - job->to_hold[c];
		held += job->to_hold[c];
	}
	for (; held < total; held++) {
		int most = -1;
		for (int c = 0; c < classes; c++)
			if (job->to_hold[c] + 1 < job->in_class[c] &&
				(most < 0 || remainder[c] > remainder[most]))
				most = c;
		if (most < 0)
			break;
		job->to_hold[most]++;
		remainder[most] -= 1;
	}
	return held;
}

/* The training part's size is known before a row is dealt, so both parts fill one array. */
static bool deal_begin(struct dataset_job *job)
{
	int classes = job->data->classes > 0 ? job->data->classes : 1;
	int total = (int)(job->split * job->data->rows + 0.5);
	job->data->training = job->data->rows - shares_assign(job, classes, total);
	job->dealt_held = job->data->training;
	return true;
}

static void deal_step(struct dataset_job *job, int step)
{
	uint32_t row = job->shuffled[step];
	int *left = &job->to_hold[row_class(job, (int)row)];
	if (*left > 0) {
		(*left)--;
		job->order[job->dealt_held++] = row;
	} else {
		job->order[job->dealt_training++] = row;
	}
}

static double *ordered_row(const struct dataset_job *job, int position)
{
	return table_row(&job->table, (int)job->order[position]);
}

static bool mean_begin(struct dataset_job *job)
{
	size_t columns = (size_t)job->table.features + 1;
	job->origin = calloc(3 * columns, sizeof(double));
	if (job->origin == NULL)
		return false;
	job->mean = job->origin + columns;
	job->spread = job->mean + columns;
	memcpy(job->origin, ordered_row(job, 0), columns * sizeof(double));
	return true;
}

/* Measured from the first row's values, a constant column has exactly its value for a mean:
 * rounding cannot lend it a spread. */
static void mean_step(struct dataset_job *job, int position)
{
	const double *row = ordered_row(job, position);
	for (int c = 0; c <= job->table.features; c++)
		job->mean[c] += row[c] - job->origin[c];
}

static bool spread_begin(struct dataset_job *job)
{
	for (int c = 0; c <= job->table.features; c++)
		job->mean[c] = job->origin[c] + job->mean[c] / job->data->training;
	return true;
}

static void spread_step(struct dataset_job *job, int position)
{
	const double *row = ordered_row(job, position);
	for (int c = 0; c <= job->table.features; c++) {
		double distance = row[c] - job->mean[c];
		job->spread[c] += distance * distance;
	}
}

/* A held-out value may lie beyond all floats if the training part hardly varies. */
static float to_float(double value)
{
	return (float)(value > FLT_MAX ? FLT_MAX : value < -FLT_MAX ? -FLT_MAX : value);
}

/* What the file's features were is kept, to show them. */
static bool keep_scale(const struct dataset_job *job, struct dataset *data)
{
	size_t features = (size_t)data->features;
	data->feature_mean = malloc(features * sizeof(float));
	data->feature_sd = malloc(features * sizeof(float));
	if (data->feature_mean == NULL || data->feature_sd == NULL)
		return false;
	for (size_t f = 0; f < features; f++) {
		data->feature_mean[f] = to_float(job->mean[f]);
		data->feature_sd[f] = to_float(job->spread[f]);
	}
	return true;
}

static bool place_begin(struct dataset_job *job)
{
	struct dataset *data = job->data;
	size_t rows = (size_t)data->rows;
	for (int c = 0; job->spread != NULL && c <= job->table.features; c++)
		job->spread[c] = sqrt(job->spread[c] / data->training);
	data->target_sd = 1;
	if (job->spread != NULL && data->classes == 0) {
		data->target_mean = job->mean[job->table.features];
		data->target_sd = job->spread[job->table.features];
	}
	/* No product overflows: that many rows fit the memory limit with all of this. */
	data->x = malloc(rows * (size_t)data->features * sizeof(float));
	data->target = malloc(rows * sizeof(float));
	data->projection = malloc(2 * rows * sizeof(float));
	if (job->spread != NULL && !keep_scale(job, data))
		return false;
	return data->x != NULL && data->target != NULL && data->projection != NULL;
}

static void standardize(const struct dataset_job *job, double *row)
{
	for (int c = 0; job->spread != NULL && c <= job->table.features; c++)
		row[c] = job->spread[c] < FLT_MIN ? 0 : (row[c] - job->mean[c]) / job->spread[c];
}

static void place_step(struct dataset_job *job, int position)
{
	struct dataset *data = job->data;
	double *row = ordered_row(job, position);
	standardize(job, row);
	for (int f = 0; f < data->features; f++)
		data->x[(size_t)f * (size_t)data->rows + (size_t)position] = to_float(row[f]);
	data->target[position] = data->classes > 0 ? (float)row_class(job, (int)job->order[position])
											   : to_float(row[data->features]);
}

static int projection_rows(const struct dataset_job *job)
{
	return job->data->training < PROJECTION_ROWS ? job->data->training : PROJECTION_ROWS;
}

static int steps_projection(const struct dataset_job *job)
{
	bool needed = job->data->features > PROJECTION_COMPONENTS;
	return needed ? PROJECTION_COMPONENTS * PROJECTION_TURNS * projection_rows(job) : 0;
}

static bool project_begin(struct dataset_job *job)
{
	return projection_begin(&job->projection, job->data->features);
}

/* Power iteration: the first component, then the second, orthogonalized against the first. */
static void project_step(struct dataset_job *job, int step)
{
	int rows = projection_rows(job);
	int component = step / rows / PROJECTION_TURNS;
	projection_add(&job->projection, component, ordered_row(job, step % rows));
	if (step % rows == rows - 1)
		projection_turn(&job->projection, component);
}

/* Keeps the components: what is asked of the network at a place of the plane needs them. */
static bool view_begin(struct dataset_job *job)
{
	struct dataset *data = job->data;
	for (int axis = 0; axis < 2 && data->features > PROJECTION_COMPONENTS; axis++) {
		data->component[axis] = malloc((size_t)data->features * sizeof(float));
		if (data->component[axis] == NULL)
			return false;
		for (int f = 0; f < data->features; f++)
			data->component[axis][f] = (float)job->projection.axis[axis][f];
	}
	return true;
}

/* Needs no axis of its own if there are at most two features: then x is its own view. */
static void view_step(struct dataset_job *job, int position)
{
	struct dataset *data = job->data;
	for (int axis = 0; axis < 2; axis++) {
		size_t at = (size_t)axis * (size_t)data->rows + (size_t)position;
		if (axis >= data->features)
			data->projection[at] = data->target[position];
		else if (data->features <= 2)
			data->projection[at] = data->x[at];
		else
			data->projection[at] =
				to_float(projection_coordinate(&job->projection, axis, ordered_row(job, position)));
	}
}

/* What a job does after reading, if it reads. All state that outlives a step is in the job, so
 * a slice may end after any step of any phase. */
static const struct phase phases[] = {
	{steps_samples, mix_begin, mix_step},
	{steps_samples, NULL, generate_step},
	{steps_rows, shuffle_begin, shuffle_step},
	{steps_rows, deal_begin, deal_step},
	{steps_training_read, mean_begin, mean_step},
	{steps_training_read, spread_begin, spread_step},
	{steps_rows, place_begin, place_step}, /* standardized rows, in the table too */
	{steps_projection, project_begin, project_step},
	{steps_rows, view_begin, view_step},
};

enum { PHASES = sizeof(phases) / sizeof(phases[0]) };

static enum dataset_state fail_memory(const struct dataset_job *job, struct error *error)
{
	error_set(error, STATUS_WORLD, "%s: not enough memory for %d rows of %d features",
		job->data->name, job->table.rows, job->table.features);
	return DATASET_FAILED;
}

/* What the labels were, before the reader that knows them goes. */
static bool take_labels(struct dataset_job *job)
{
	struct dataset *data = job->data;
	const struct labels *labels = table_reader_labels(job->reader);
	if (labels == NULL)
		return true;
	labels_rank(labels, job->rank);
	data->classes = labels->count;
	data->class_name = calloc((size_t)labels->count, sizeof(*data->class_name));
	if (data->class_name == NULL)
		return false;
	for (int i = 0; i < labels->count; i++)
		text_clean(
			data->class_name[job->rank[i]], sizeof(*data->class_name), labels->label[i].text);
	return true;
}

void notes_add(struct notes *notes, const char *format, ...)
{
	va_list arguments;
	if (notes->count == NOTES_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(notes->text[notes->count++], NOTE_MAX, format, arguments);
	va_end(arguments);
}

static enum dataset_state read_table(struct dataset_job *job, uint64_t *budget, struct error *error)
{
	enum table_reader_state state = table_reader_advance(job->reader, &job->table, budget, error);
	if (state == TABLE_READER_MORE)
		return DATASET_MORE;
	if (state == TABLE_READER_FAILED)
		return DATASET_FAILED;
	if (!take_labels(job))
		return fail_memory(job, error);
	job->data->standardized = true;
	text_clean(job->data->target_name, sizeof(job->data->target_name),
		table_reader_target_name(job->reader));
	int width, height;
	if (table_reader_image(job->reader, &width, &height)) {
		job->data->image_width = width;
		job->data->image_height = height;
	}
	table_reader_note(job->reader, &job->table, &job->data->notes);
	table_reader_close(job->reader);
	job->reader = NULL;
	return DATASET_DONE;
}

enum dataset_state dataset_advance(struct dataset_job *job, uint64_t budget, struct error *error)
{
	if (job->reader != NULL) {
		enum dataset_state state = read_table(job, &budget, error);
		if (state != DATASET_DONE)
			return state;
	}
	for (; job->phase < PHASES; job->phase++, job->step = 0, job->begun = false) {
		const struct phase *phase = &phases[job->phase];
		int steps = phase->steps(job);
		if (steps > 0 && !job->begun && phase->begin != NULL && !phase->begin(job))
			return fail_memory(job, error);
		job->begun = true;
		uint64_t cost = (uint64_t)job->table.width;
		for (; job->step < steps; job->step++) {
			if (budget == 0)
				return DATASET_MORE;
			phase->step(job, job->step);
			budget -= cost < budget ? cost : budget;
		}
	}
	return DATASET_DONE;
}

/* Known from the start, as the number of its steps is not. */
static bool phase_applies(const struct dataset_job *job, const struct phase *phase)
{
	if (phase->steps == steps_samples)
		return job->generator != NULL;
	if (phase->steps == steps_training_read)
		return job->generator == NULL;
	return phase->steps != steps_projection || job->table.features > PROJECTION_COMPONENTS;
}

double dataset_progress(const struct dataset_job *job)
{
	const double reading = job->generator != NULL ? 0 : 0.8; /* share of the time, as measured */
	if (job->reader != NULL)
		return reading * table_reader_progress(job->reader);
	if (job->phase == PHASES)
		return 1;
	int steps = phases[job->phase].steps(job), all = 0, done = 0;
	double part = steps > 0 ? (double)job->step / steps : 0;
	for (int i = 0; i < PHASES; i++) {
		all += phase_applies(job, &phases[i]);
		done += i < job->phase && phase_applies(job, &phases[i]);
	}
	return reading + (1 - reading) * (done + part) / all;
}

static bool check_range(const char *name, double value, double maximum, struct error *error)
{
	if (value >= 0 && value <= maximum)
		return true;
	return error_set(error, STATUS_USAGE, "%s: found %g, expected 0 to %g", name, value, maximum);
}

static bool begin_generator(struct dataset_job *job, const struct dataset_request *request,
	size_t memory_limit, struct error *error)
{
	const struct generator *generator = generator_find(request->data);
	if (request->samples < SAMPLES_MIN || request->samples > DATASET_ROWS_MAX)
		return error_set(error, STATUS_USAGE, "samples: found %d, expected %d to %d",
			request->samples, SAMPLES_MIN, DATASET_ROWS_MAX);
	if (!check_range("noise", request->noise, noise_max, error))
		return false;
	table_shape(&job->table, generator->features, memory_limit);
	if (request->samples > job->table.rows_max)
		return error_set(error, STATUS_USAGE,
			"samples: found %d, expected at most %d within %zu bytes of memory", request->samples,
			job->table.rows_max, memory_limit);
	job->generator = generator;
	job->samples = request->samples;
	job->data->classes = generator->classes;
	for (int i = 0; i < generator->classes; i++)
		job->rank[i] = i;
	job->state = (struct generator_state){.seed = request->seed,
		.noise = request->noise,
		.positions = rng_stream(request->seed, "data", 0),
		.errors = rng_stream(request->seed, "noise", 0)};
	if (table_reserve(&job->table, request->samples))
		return true;
	return error_set(
		error, STATUS_WORLD, "samples: not enough memory for %d points", request->samples);
}

/* A word that is no file was probably meant for a data set of ours. */
static bool refuse_word(const char *word, struct error *error)
{
	char names[400] = "";
	for (int i = 0; dataset_name(i) != NULL; i++) {
		size_t used = strlen(names);
		snprintf(names + used, sizeof(names) - used, "%s, ", dataset_name(i));
	}
	return error_set(error, STATUS_USAGE,
		"data: found '%.60s', expected %sor the path of a CSV file", word, names);
}

static bool begin_file(struct dataset_job *job, const struct dataset_request *request,
	size_t memory_limit, struct error *error)
{
	const struct embedded *set = set_find(request->data);
	const char *path = request->data;
	char found[SET_PATH_MAX];
	if (set == NULL && set_path(path, found))
		path = found;
	else if (set == NULL && set_is_word(path) && access(path, F_OK) != 0)
		return refuse_word(path, error);
	job->data->own = set == NULL;
	job->reader = table_reader_open(set, path, request, memory_limit, error);
	return job->reader != NULL;
}

struct dataset_job *dataset_begin(const struct dataset_request *request, struct error *error)
{
	struct dataset_job *job = calloc(1, sizeof(*job));
	struct dataset *data = calloc(1, sizeof(*data));
	if (job == NULL || data == NULL) {
		free(job);
		free(data);
		error_set(error, STATUS_WORLD, "not enough memory");
		return NULL;
	}
	const char *slash = strrchr(request->data, '/');
	snprintf(data->name, sizeof(data->name), "%s", slash != NULL ? slash + 1 : request->data);
	job->data = data;
	job->split = request->split;
	job->seed = request->seed;
	size_t limit = request->memory_limit != 0 ? request->memory_limit : memory_limit_default;
	bool generated = dataset_is_generated(request->data);
	if (check_range("split", request->split, split_max, error) &&
		(generated ? begin_generator : begin_file)(job, request, limit, error))
		return job;
	dataset_finish(job);
	return NULL;
}

struct dataset *dataset_finish(struct dataset_job *job)
{
	if (job == NULL)
		return NULL;
	struct dataset *data = job->data;
	if (job->phase < PHASES) {
		dataset_free(data);
		data = NULL;
	}
	table_reader_close(job->reader);
	table_free(&job->table);
	free(job->mixed);
	free(job->shuffled);
	free(job->order);
	free(job->origin);
	projection_end(&job->projection);
	free(job);
	return data;
}

void dataset_free(struct dataset *data)
{
	if (data == NULL)
		return;
	free(data->x);
	free(data->target);
	free(data->projection);
	free(data->feature_mean);
	free(data->feature_sd);
	free(data->component[0]);
	free(data->component[1]);
	free(data->class_name);
	free(data);
}
