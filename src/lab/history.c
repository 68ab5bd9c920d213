#include "lab/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* A curve has at most two points a column, and a run without end may not grow for ever: all
	 * of it together is less than a quarter of a megabyte. */
	RECORDS_MAX = 512,
	EDGE = 64,                  /* oldest and newest records that are never thinned */
	LAYER_BYTES_MAX = 48 << 10, /* of the layers of all records together, unless that is fewer ... */
	LAYERED_MIN = 48,           /* ... records than so many */
	EDGE_WITH_LAYERS = 8,       /* these keep their layers as well */
};

struct history {
	int count;
	size_t bytes;
	int64_t gap, layer_gap; /* epochs for which the middle keeps one record, and one with layers */
	struct record *record[RECORDS_MAX];
};

static size_t bytes_of(const struct record *record)
{
	return sizeof *record + (size_t)record->layers * sizeof record->layer[0];
}

struct history *history_new(void)
{
	struct history *history = calloc(1, sizeof *history);
	if (history)
		history->gap = history->layer_gap = 1;
	return history;
}

void history_clear(struct history *history)
{
	for (int i = 0; i < history->count; i++)
		free(history->record[i]);
	history->count = 0;
	history->bytes = 0;
	history->gap = history->layer_gap = 1;
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
	if (copy) {
		copy->gap = history->gap;
		copy->layer_gap = history->layer_gap;
	}
	return copy;
}

static size_t layer_bytes(const struct history *history)
{
	return history->bytes - (size_t)history->count * sizeof(struct record);
}

static int64_t epochs_spanned(const struct history *history)
{
	return history->record[history->count - 1]->epoch - history->record[0]->epoch;
}

/* Whether two epochs fall into one stretch of `gap` epochs. Stretches are counted from the first
 * record on, so that those of a doubled gap begin where others began before. */
static bool one_stretch(const struct history *history, int64_t a, int64_t b, int64_t gap)
{
	int64_t first = history->record[0]->epoch;
	return (a - first) / gap == (b - first) / gap;
}

/* Keeps the first record of each stretch between the edges. An event stays too: it is what a
 * curve's mark needs. */
static void drop_between(struct history *history)
{
	int kept = 0;
	int64_t last = history->record[0]->epoch;
	for (int i = 0; i < history->count; i++) {
		struct record *record = history->record[i];
		bool edge = i < EDGE || i >= history->count - EDGE;
		if (edge || record->event[0] || !one_stretch(history, record->epoch, last, history->gap)) {
			history->record[kept++] = record;
			last = record->epoch;
			continue;
		}
		history->bytes -= bytes_of(record);
		free(record);
	}
	history->count = kept;
}

/* Makes room by a gap that doubles: so the middle stays evenly dense however long the run. (To
 * halve all of it each time would leave next to nothing of its beginning.) */
static void thin(struct history *history)
{
	const int enough = RECORDS_MAX - RECORDS_MAX / 4;
	drop_between(history);
	while (history->count > enough && history->gap < epochs_spanned(history)) {
		history->gap *= 2;
		drop_between(history);
	}
}

/* Takes the layers, between smaller edges, from all but the first record of each stretch. */
static void strip_between(struct history *history)
{
	int64_t last = history->record[0]->epoch;
	for (int i = 0; i < history->count; i++) {
		struct record *record = history->record[i];
		bool edge = i < EDGE_WITH_LAYERS || i >= history->count - EDGE_WITH_LAYERS;
		if (!record->layers)
			continue;
		bool stays = edge || !one_stretch(history, record->epoch, last, history->layer_gap);
		struct record *bare = stays ? NULL : record_copy(record, 0);
		if (!bare) {
			last = record->epoch;
			continue;
		}
		history->bytes -= bytes_of(record) - bytes_of(bare);
		free(record);
		history->record[i] = bare;
	}
}

static size_t layer_room(const struct record *record)
{
	size_t least = LAYERED_MIN * (size_t)record->layers * sizeof record->layer[0];
	return least > LAYER_BYTES_MAX ? least : LAYER_BYTES_MAX;
}

static void strip_layers(struct history *history, size_t room)
{
	const size_t enough = room - room / 8;
	strip_between(history);
	while (layer_bytes(history) > enough && history->layer_gap < epochs_spanned(history)) {
		history->layer_gap *= 2;
		strip_between(history);
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
	if (layer_bytes(history) > layer_room(record))
		strip_layers(history, layer_room(record));
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
