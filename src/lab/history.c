#include "lab/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	RECORDS_MAX = 2048,
	EDGE = 256,                 /* oldest and newest records that are never thinned */
	BYTES_MAX = 1 << 20,        /* of records with their layers */
	EDGE_WITH_LAYERS = 8,       /* these keep their layers as well */
};

struct history {
	int count;
	size_t bytes;
	struct record *record[RECORDS_MAX];
};

static size_t bytes_of(const struct record *record)
{
	return sizeof *record + (size_t)record->layers * sizeof record->layer[0];
}

struct history *history_new(void)
{
	return calloc(1, sizeof(struct history));
}

void history_clear(struct history *history)
{
	for (int i = 0; i < history->count; i++)
		free(history->record[i]);
	history->count = 0;
	history->bytes = 0;
}

void history_free(struct history *history)
{
	if (history)
		history_clear(history);
	free(history);
}

struct history *history_copy(const struct history *history)
{
	struct history *copy = history_new();
	for (int i = 0; copy && i < history->count; i++)
		if (!history_add(copy, history->record[i])) {
			history_free(copy);
			return NULL;
		}
	return copy;
}

/* Drops every second record between the edges. An event stays: it is what a curve's mark needs. */
static void thin(struct history *history)
{
	int kept = 0;
	for (int i = 0; i < history->count; i++) {
		struct record *record = history->record[i];
		bool edge = i < EDGE || i >= history->count - EDGE;
		if (edge || i % 2 == 0 || record->event[0]) {
			history->record[kept++] = record;
			continue;
		}
		history->bytes -= bytes_of(record);
		free(record);
	}
	history->count = kept;
}

/* Takes the layers from every second record that has them, between smaller edges. */
static void strip_layers(struct history *history)
{
	bool strip = false;
	for (int i = EDGE_WITH_LAYERS; i < history->count - EDGE_WITH_LAYERS; i++) {
		struct record *record = history->record[i];
		if (!record->layers)
			continue;
		strip = !strip;
		struct record *bare = strip ? record_copy(record, 0) : NULL;
		if (!bare)
			continue;
		history->bytes -= bytes_of(record) - bytes_of(bare);
		free(record);
		history->record[i] = bare;
	}
}

bool history_add(struct history *history, const struct record *record)
{
	assert(!history->count || history->record[history->count - 1]->epoch < record->epoch);
	struct record *copy = record_copy(record, record->layers);
	if (!copy)
		return false;
	if (history->count == RECORDS_MAX)
		thin(history);
	if (history->count == RECORDS_MAX) {
		/* nothing but events in the middle: the oldest of those has to go */
		history->bytes -= bytes_of(history->record[EDGE]);
		free(history->record[EDGE]);
		memmove(&history->record[EDGE], &history->record[EDGE + 1],
			(RECORDS_MAX - EDGE - 1) * sizeof history->record[0]);
		history->count--;
	}
	history->record[history->count++] = copy;
	history->bytes += bytes_of(copy);
	if (history->bytes > BYTES_MAX)
		strip_layers(history);
	return true;
}

int history_count(const struct history *history)
{
	return history->count;
}

const struct record *history_at(const struct history *history, int index)
{
	assert(index >= 0 && index < history->count);
	return history->record[index];
}

const struct record *history_newest(const struct history *history)
{
	return history->count ? history->record[history->count - 1] : NULL;
}

size_t history_bytes(const struct history *history)
{
	return sizeof *history + history->bytes;
}
