#include "lab/record.h"

#include "lab/text.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct statistic rows[] = {
#define WHOLE(name, help) {#name, help, offsetof(struct record, name), 0},
#define LAYER(name, help) {#name, help, offsetof(struct layer_record, name), 1},
#include "lab/record.def"
#undef WHOLE
#undef LAYER
};

enum { STATISTICS = sizeof(rows) / sizeof(rows[0]) };

const struct statistic *statistic_at(int index)
{
	return index >= 0 && index < STATISTICS ? &rows[index] : NULL;
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

static float *field(struct record *record, const struct statistic *statistic, int layer)
{
	char *base = statistic->per_layer ? (char *)&record->layer[layer] : (char *)record;
	return (float *)(void *)(base + statistic->offset);
}

float record_value(const struct record *record, const struct statistic *statistic, int layer)
{
	const char *base =
		statistic->per_layer ? (const char *)&record->layer[layer] : (const char *)record;
	return *(const float *)(const void *)(base + statistic->offset);
}

void record_set(struct record *record, const struct statistic *statistic, int layer, float value)
{
	*field(record, statistic, layer) = value;
}

static size_t record_size(int layers)
{
	return sizeof(struct record) + (size_t)layers * sizeof(struct layer_record);
}

struct record *record_new(int layers)
{
	struct record *record = calloc(1, record_size(layers));
	if (!record)
		return NULL;
	record->layers = layers;
	for (int i = 0; i < STATISTICS; i++)
		for (int l = 0; l < (rows[i].per_layer ? layers : 1); l++)
			*field(record, &rows[i], l) = record_nothing();
	return record;
}

struct record *record_copy(const struct record *record, int layers)
{
	struct record *copy = malloc(record_size(layers));
	if (!copy)
		return NULL;
	memcpy(copy, record, record_size(layers));
	copy->layers = layers;
	return copy;
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

static void write_row(FILE *file, const struct record *record, int layer)
{
	fprintf(file, "%lld,", (long long)record->epoch);
	if (layer >= 0 && layer + 1 < record->layers)
		fprintf(file, "%d,dense%d", layer + 1, layer + 1);
	else if (layer >= 0)
		fprintf(file, "%d,output", layer + 1);
	else
		fputc(',', file);
	for (int i = 0; i < STATISTICS; i++) {
		fputc(',', file);
		if (rows[i].per_layer == (layer >= 0)) {
			float value = record_value(record, &rows[i], layer);
			char text[32] = "";
			if (!record_is_nothing(value))
				number_format(text, value);
			fputs(text, file);
		}
		bool last = !rows[i].per_layer && (i + 1 == STATISTICS || rows[i + 1].per_layer);
		if (last && layer < 0)
			write_judgement(file, record);
		else if (last)
			fputs(",,", file);
	}
	fputc(',', file);
	text_write_field(file, layer < 0 ? record->event : "");
	fputc('\n', file);
}

int record_write(FILE *file, const struct record *record)
{
	for (int layer = -1; layer < record->layers; layer++)
		write_row(file, record, layer);
	return ferror(file) ? -1 : 0;
}
