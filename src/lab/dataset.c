#include "dataset_internal.h"

#include "lab/text.h"

#include "labels.h"
#include "sets.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES_MIN = 10 };

static const double noise_max = 1, split_max = 0.9;
static const size_t memory_limit_default = (size_t)1 << 30;

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
		job->data->steps = job->rows_are_steps ? height : 0;
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
	for (; job->phase < DATASET_PHASES; job->phase++, job->step = 0, job->begun = false) {
		const struct phase *phase = &dataset_phases[job->phase];
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

double dataset_progress(const struct dataset_job *job)
{
	const double reading = job->generator != NULL ? 0 : 0.8; /* share of the time, as measured */
	if (job->reader != NULL)
		return reading * table_reader_progress(job->reader);
	if (job->phase == DATASET_PHASES)
		return 1;
	int steps = dataset_phases[job->phase].steps(job), all = 0, done = 0;
	double part = steps > 0 ? (double)job->step / steps : 0;
	for (int i = 0; i < DATASET_PHASES; i++) {
		all += dataset_phase_applies(job, &dataset_phases[i]);
		done += i < job->phase && dataset_phase_applies(job, &dataset_phases[i]);
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
	int length = generator->sequence != NULL ? request->length : 1;
	if (generator->sequence != NULL && (length < DATASET_LENGTH_MIN || length > DATASET_LENGTH_MAX))
		return error_set(error, STATUS_USAGE, "length: found %d, expected %d to %d", length,
			DATASET_LENGTH_MIN, DATASET_LENGTH_MAX);
	table_shape(&job->table, generator->features * length, memory_limit);
	if (request->samples > job->table.rows_max)
		return error_set(error, STATUS_USAGE,
			"samples: found %d, expected at most %d within %zu bytes of memory", request->samples,
			job->table.rows_max, memory_limit);
	job->generator = generator;
	job->samples = request->samples;
	job->length = length;
	job->data->steps = generator->sequence != NULL ? length : 0;
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
	struct set set;
	bool known = set_find(request->data, &set);
	const char *path = request->data;
	char found[USER_PATH_MAX];
	if (!known && set_path(path, found))
		path = found;
	else if (!known && user_is_word(path) && access(path, F_OK) != 0)
		return refuse_word(path, error);
	job->data->own = !known;
	job->rows_are_steps = known && set.rows_are_steps;
	job->reader = table_reader_open(known ? set.file : NULL, path, request, memory_limit, error);
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
	if (job->phase < DATASET_PHASES) {
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
