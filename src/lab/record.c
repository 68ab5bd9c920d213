#include "lab/record.h"

#include "lab/text.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct statistic rows[] = {
#define WHOLE(name, help, formula) {#name, help, formula, offsetof(struct record, name), 0},
#define LAYER(name, help, formula) {#name, help, formula, offsetof(struct layer_record, name), 1},
#include "lab/record.def"
#undef WHOLE
#undef LAYER
};

enum { STATISTICS = sizeof(rows) / sizeof(rows[0]) };

const struct statistic *statistic_at(int index)
{
	return index >= 0 && index < STATISTICS ? &rows[index] : NULL;
}

const struct statistic *statistic_find(const char *name)
{
	for (int i = 0; i < STATISTICS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

/* Its payload tells it from the NaNs that arithmetic makes. */
static const uint32_t nothing_bits = 0x7fc0da7a;

float record_nothing(void)
{
	float value;
	memcpy(&value, &nothing_bits, sizeof(value));
	return value;
}

bool record_is_nothing(float value)
{
	return memcmp(&value, &nothing_bits, sizeof(value)) == 0;
}

static float *field(struct record *record, const struct statistic *statistic, int row)
{
	char *base = statistic->per_layer ? (char *)&record->layer[row] : (char *)record;
	return (float *)(void *)(base + statistic->offset);
}

float record_value(const struct record *record, const struct statistic *statistic, int row)
{
	const char *base =
		statistic->per_layer ? (const char *)&record->layer[row] : (const char *)record;
	return *(const float *)(const void *)(base + statistic->offset);
}

void record_set(struct record *record, const struct statistic *statistic, int row, float value)
{
	*field(record, statistic, row) = value;
}

static size_t record_size(int count)
{
	return sizeof(struct record) + (size_t)count * sizeof(struct layer_record);
}

size_t record_bytes(const struct record *record)
{
	return record_size(record->rows);
}

int record_rows_of(int steps)
{
	return steps < 1 ? 1 : steps < RECORD_STEPS_MAX ? steps : RECORD_STEPS_MAX;
}

int record_step_of(int steps, int row)
{
	int count = record_rows_of(steps);
	return steps == count ? row + 1 : 1 + row * (steps - 1) / (count - 1);
}

int record_row_of(int steps, int step)
{
	int count = record_rows_of(steps);
	if (steps == count)
		return step - 1;
	int row = ((step - 1) * (count - 1) + steps - 2) / (steps - 1);
	return record_step_of(steps, row) == step ? row : -1;
}

static int rows_of(const int *steps, int l)
{
	return record_rows_of(steps ? steps[l] : 0);
}

struct record *record_new_with_steps(int layers, const int *steps)
{
	int count = 0;
	for (int l = 0; l < layers; l++)
		count += rows_of(steps, l);
	struct record *record = calloc(1, record_size(count));
	if (!record)
		return NULL;
	record->layers = layers;
	for (int l = 0; l < layers; l++)
		for (int i = 0; i < rows_of(steps, l); i++) {
			record->layer[record->rows].layer = l + 1;
			record->layer[record->rows++].step =
				steps && steps[l] > 0 ? record_step_of(steps[l], i) : 0;
		}
	for (int i = 0; i < STATISTICS; i++)
		for (int r = 0; r < (rows[i].per_layer ? count : 1); r++)
			*field(record, &rows[i], r) = record_nothing();
	return record;
}

struct record *record_new(int layers)
{
	return record_new_with_steps(layers, NULL);
}

struct record *record_copy(const struct record *record, int layers)
{
	int count = layers ? record->rows : 0;
	struct record *copy = malloc(record_size(count));
	if (!copy)
		return NULL;
	memcpy(copy, record, record_size(count));
	copy->layers = layers;
	copy->rows = count;
	return copy;
}

const struct layer_record *record_row(const struct record *record, int layer, int step)
{
	for (int r = 0; r < record->rows; r++)
		if (record->layer[r].layer == layer && record->layer[r].step == step)
			return &record->layer[r];
	return NULL;
}

int record_first(const struct record *record, int layer)
{
	int row = record->rows == record->layers ? layer - 1 : 0;
	while (record->layer[row].layer < layer)
		row++;
	return row;
}

int record_last(const struct record *record, int layer)
{
	int row = record_first(record, layer);
	while (row + 1 < record->rows && record->layer[row + 1].layer == layer)
		row++;
	return row;
}

const struct layer_record *record_layer(const struct record *record, int layer)
{
	return &record->layer[record_last(record, layer)];
}

float record_dead(const struct record *record, int layer)
{
	int first = record_first(record, layer), last = record_last(record, layer);
	float least = record->layer[first].dead;
	for (int row = first + 1; row <= last; row++)
		least = record->layer[row].dead < least ? record->layer[row].dead : least;
	return least;
}

int record_row_above(const struct record *record, int row)
{
	int layer = record->layer[row].layer;
	return row < record_last(record, layer) || layer == record->layers
		? row + 1
		: record_last(record, layer + 1);
}

float record_slope(const struct record *record, int row)
{
	int above = record_row_above(record, row);
	if (record->layer[row].step == 0 || above == record->rows)
		return record->layer[row].deriv_rms;
	return record->layer[above].step > 0 ? record->layer[above].deriv_rms : 1;
}

int record_write_runs_header(FILE *file)
{
	fputs("run,", file);
	return record_write_header(file);
}

int record_write_header(FILE *file)
{
	fputs("epoch,layer,name", file);
	for (int i = 0; i < STATISTICS; i++) {
		fprintf(file, ",%s", rows[i].name);
		if (!rows[i].per_layer && (i + 1 == STATISTICS || rows[i + 1].per_layer))
			fputs(",verdict,remarks", file);
	}
	fputs(",event\n", file);
	return ferror(file) ? -1 : 0;
}

static void write_judgement(FILE *file, const struct record *record)
{
	fprintf(file, ",%s,", record->verdict ? record->verdict : "");
	for (int i = 0; i < RECORD_REMARKS_MAX && record->remark[i]; i++)
		fprintf(file, "%s%s", i ? " " : "", record->remark[i]);
}

static void write_name(FILE *file, const struct record *record, const struct layer_record *row)
{
	fprintf(file, "%d,", row->layer);
	if (row->step > 0)
		fprintf(file, "step%d", row->step);
	else if (row->layer < record->layers)
		fprintf(file, "dense%d", row->layer);
	else
		fputs("output", file);
}

int record_write_row(FILE *file, const struct record *record, int row)
{
	fprintf(file, "%lld,", (long long)record->epoch);
	if (row >= 0)
		write_name(file, record, &record->layer[row]);
	else
		fputc(',', file);
	for (int i = 0; i < STATISTICS; i++) {
		fputc(',', file);
		if (rows[i].per_layer == (row >= 0)) {
			float value = record_value(record, &rows[i], row);
			char text[32] = "";
			if (!record_is_nothing(value))
				number_format(text, value);
			fputs(text, file);
		}
		bool last = !rows[i].per_layer && (i + 1 == STATISTICS || rows[i + 1].per_layer);
		if (last && row < 0)
			write_judgement(file, record);
		else if (last)
			fputs(",,", file);
	}
	fputc(',', file);
	text_write_field(file, row < 0 ? record->event : "");
	fputc('\n', file);
	return ferror(file) ? -1 : 0;
}

int record_write_run(FILE *file, const char *run, const struct record *record)
{
	for (int row = -1; row < record->rows; row++) {
		if (run) {
			text_write_field(file, run);
			fputc(',', file);
		}
		record_write_row(file, record, row);
	}
	return ferror(file) ? -1 : 0;
}

int record_write(FILE *file, const struct record *record)
{
	return record_write_run(file, NULL, record);
}
