/* From rows as read or generated to a data set: shuffled, split, standardized and projected. */
#include "dataset_internal.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PROJECTION_ROWS = 4096 };

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
	double *row = table_append(&job->table);
	int features = job->table.features;
	if (job->generator->sequence != NULL) {
		job->generator->sequence(&job->state, job->length, row, &point);
	} else {
		job->generator->point(&job->state, (int)job->mixed[index], job->samples, &point);
		memcpy(row, point.x, (size_t)features * sizeof(*row));
	}
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

/* A generated sequence has no plane to be seen in. */
static bool is_projected(const struct dataset_job *job)
{
	bool sequence = job->generator != NULL && job->generator->sequence != NULL;
	return job->table.features > PROJECTION_COMPONENTS && !sequence;
}

static int steps_projection(const struct dataset_job *job)
{
	return is_projected(job) ? PROJECTION_COMPONENTS * PROJECTION_TURNS * projection_rows(job) : 0;
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
	for (int axis = 0; axis < 2 && is_projected(job); axis++) {
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
		else if (!is_projected(job))
			data->projection[at] = data->x[at];
		else
			data->projection[at] =
				to_float(projection_coordinate(&job->projection, axis, ordered_row(job, position)));
	}
}

const struct phase dataset_phases[DATASET_PHASES] = {
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

bool dataset_phase_applies(const struct dataset_job *job, const struct phase *phase)
{
	if (phase->steps == steps_samples)
		return job->generator != NULL;
	if (phase->steps == steps_training_read)
		return job->generator == NULL;
	return phase->steps != steps_projection || is_projected(job);
}
