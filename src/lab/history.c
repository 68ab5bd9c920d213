#include "lab/history.h"

#include "lab/conditions.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* A curve has at most two points a column, and a run without end may not grow for ever: all
	 * of it together is less than a quarter of a megabyte. */
	RECORDS_MAX = 512,
	EDGE = 64,                        /* oldest and newest records that are never thinned */
	LAYER_ROWS_MAX = 558,             /* layer rows of all records; 48 KiB with 20 statistics */
	LAYERED_MIN = 48,                 /* at least this many records keep theirs */
	EDGE_WITH_LAYERS = 8,             /* oldest and newest records that always keep theirs */
	CONDITIONS_BYTES_MAX = 256 << 10, /* budget for the conditions of all records */
	CONDITIONS_MIN = 8,               /* at least this many are kept */
	DETAIL_BYTES_MAX = 512 << 10,     /* budget for all details */
	DETAILS_MIN = 4,                  /* at least this many are kept */
	EDGE_WITH_DETAIL = 2,             /* oldest and newest that are always kept */
};

struct entry {
	struct record *record;
	struct conditions *conditions; /* it was made under; NULL: not noted or not kept */
	struct detail *detail;         /* NULL: not given or not kept */
	double seconds;                /* of training, all epochs up to this one */
};

struct history {
	int count;
	size_t bytes;
	size_t detail_bytes;
	/* the middle keeps one record every `gap` epochs, one with layers every `layer_gap`, and one
	 * with its detail every `detail_gap` */
	int64_t gap, layer_gap, detail_gap;
	struct entry entry[RECORDS_MAX];
};

struct history *history_new(void)
{
	struct history *history = calloc(1, sizeof(*history));
	if (history)
		history->gap = history->layer_gap = history->detail_gap = 1;
	return history;
}

static void forget_detail(struct history *history, struct entry *entry)
{
	if (entry->detail)
		history->detail_bytes -= detail_bytes(entry->detail);
	detail_release(entry->detail);
	entry->detail = NULL;
}

static void free_entry(struct history *history, struct entry *entry)
{
	forget_detail(history, entry);
	free(entry->record);
	conditions_release(entry->conditions);
}

void history_clear(struct history *history)
{
	for (int i = 0; i < history->count; i++)
		free_entry(history, &history->entry[i]);
	history->count = 0;
	history->bytes = history->detail_bytes = 0;
	history->gap = history->layer_gap = history->detail_gap = 1;
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
	if (!copy)
		return NULL;
	/* not by history_add(): what there is has been thinned already */
	for (int i = 0; i < history->count; i++) {
		const struct entry *entry = &history->entry[i];
		struct record *record = record_copy(entry->record, entry->record->layers);
		if (!record) {
			history_free(copy);
			return NULL;
		}
		copy->entry[copy->count++] = (struct entry){
			record,
			conditions_share(entry->conditions),
			detail_share(entry->detail),
			entry->seconds,
		};
	}
	copy->bytes = history->bytes;
	copy->detail_bytes = history->detail_bytes;
	copy->gap = history->gap;
	copy->layer_gap = history->layer_gap;
	copy->detail_gap = history->detail_gap;
	return copy;
}

static size_t layer_bytes(const struct history *history)
{
	return history->bytes - (size_t)history->count * sizeof(struct record);
}

static const struct record *newest_of(const struct history *history)
{
	return history->entry[history->count - 1].record;
}

static int64_t epochs_spanned(const struct history *history)
{
	return newest_of(history)->epoch - history->entry[0].record->epoch;
}

/* Whether two epochs fall into one stretch of `gap` epochs. Stretches are counted from the first
 * record on, so that those of a doubled gap begin where others began before. */
static bool one_stretch(const struct history *history, int64_t a, int64_t b, int64_t gap)
{
	int64_t first = history->entry[0].record->epoch;
	return (a - first) / gap == (b - first) / gap;
}

/* Keeps the first record of each stretch between the edges. An event stays too: it is what a
 * curve's mark needs. */
static void drop_between(struct history *history)
{
	int kept = 0;
	int64_t last = history->entry[0].record->epoch;
	for (int i = 0; i < history->count; i++) {
		struct record *record = history->entry[i].record;
		bool edge = i < EDGE || i >= history->count - EDGE;
		if (edge || record->event[0] || !one_stretch(history, record->epoch, last, history->gap)) {
			history->entry[kept++] = history->entry[i];
			last = record->epoch;
			continue;
		}
		history->bytes -= record_bytes(record);
		free_entry(history, &history->entry[i]);
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
	int64_t last = history->entry[0].record->epoch;
	for (int i = 0; i < history->count; i++) {
		struct record *record = history->entry[i].record;
		bool edge = i < EDGE_WITH_LAYERS || i >= history->count - EDGE_WITH_LAYERS;
		if (!record->layers)
			continue;
		bool stays = edge || !one_stretch(history, record->epoch, last, history->layer_gap);
		struct record *bare = stays ? NULL : record_copy(record, 0);
		if (!bare) {
			last = record->epoch;
			continue;
		}
		history->bytes -= record_bytes(record) - record_bytes(bare);
		free(record);
		history->entry[i].record = bare;
		forget_detail(history, &history->entry[i]);
	}
}

static size_t layer_room(const struct record *record)
{
	size_t least = LAYERED_MIN * (size_t)record->rows * sizeof(record->layer[0]);
	size_t usual = LAYER_ROWS_MAX * sizeof(record->layer[0]);
	return least > usual ? least : usual;
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
	assert(!history->count || newest_of(history)->epoch < record->epoch);
	struct record *copy = record_copy(record, record->layers);
	if (!copy)
		return false;
	if (history->count == RECORDS_MAX)
		thin(history);
	if (history->count == RECORDS_MAX) {
		/* nothing but events in the middle: the oldest of those has to go */
		history->bytes -= record_bytes(history->entry[EDGE].record);
		free_entry(history, &history->entry[EDGE]);
		memmove(&history->entry[EDGE], &history->entry[EDGE + 1],
			(RECORDS_MAX - EDGE - 1) * sizeof(history->entry[0]));
		history->count--;
	}
	double seconds = history->count ? history->entry[history->count - 1].seconds : 0;
	history->entry[history->count++] = (struct entry){.record = copy, .seconds = seconds};
	history->bytes += record_bytes(copy);
	if (layer_bytes(history) > layer_room(record))
		strip_layers(history, layer_room(record));
	return true;
}

/* ---- conditions ---- */

/* All of one run of records with the same conditions are counted once. */
static bool begins_conditions(const struct history *history, int i)
{
	const struct conditions *conditions = history->entry[i].conditions;
	return conditions && (i == 0 || conditions != history->entry[i - 1].conditions);
}

/* Records from the second stretch on lose theirs, oldest first, until the rest has room. */
static void forget_conditions(struct history *history)
{
	size_t bytes = 0;
	int stretches = 0;
	for (int i = 0; i < history->count; i++)
		if (begins_conditions(history, i)) {
			bytes += conditions_bytes(history->entry[i].conditions);
			stretches++;
		}
	const struct conditions *first = history->entry[0].conditions, *old = NULL;
	for (int i = 1; i < history->count; i++) {
		struct conditions **conditions = &history->entry[i].conditions;
		if (!*conditions || *conditions == first)
			continue;
		if (*conditions != old) {
			if (bytes <= CONDITIONS_BYTES_MAX || stretches <= CONDITIONS_MIN)
				return;
			bytes -= conditions_bytes(*conditions);
			stretches--;
			old = *conditions;
		}
		conditions_release(*conditions);
		*conditions = NULL;
	}
}

void history_note(struct history *history, struct conditions *conditions)
{
	struct entry *newest = &history->entry[history->count - 1];
	assert(history->count > 0);
	conditions_release(newest->conditions);
	newest->conditions = conditions_share(conditions);
	if (begins_conditions(history, history->count - 1))
		forget_conditions(history);
}

const struct conditions *history_conditions(const struct history *history, int index)
{
	assert(index >= 0 && index < history->count);
	return history->entry[index].conditions;
}

/* ---- details ---- */

/* Takes the detail, between the edges, from all but the first of each stretch that has one. */
static void drop_details(struct history *history)
{
	int count = 0, at = 0;
	int64_t last = 0;
	for (int i = 0; i < history->count; i++)
		count += history->entry[i].detail != NULL;
	for (int i = 0; i < history->count; i++) {
		struct entry *entry = &history->entry[i];
		int64_t epoch = entry->record->epoch;
		if (!entry->detail)
			continue;
		bool edge = at == 0 || at >= count - EDGE_WITH_DETAIL;
		at++;
		if (edge || !one_stretch(history, epoch, last, history->detail_gap))
			last = epoch;
		else
			forget_detail(history, entry);
	}
}

bool history_keep_detail(struct history *history, const struct detail *detail)
{
	struct entry *newest = &history->entry[history->count - 1];
	assert(history->count > 0);
	size_t bytes = detail_bytes(detail), room = DETAILS_MIN * bytes;
	room = room > DETAIL_BYTES_MAX ? room : DETAIL_BYTES_MAX;
	forget_detail(history, newest);
	newest->detail = detail_copy(detail);
	if (!newest->detail)
		return false;
	history->detail_bytes += bytes;
	if (history->detail_bytes > room)
		drop_details(history);
	while (history->detail_bytes > room && history->detail_gap < epochs_spanned(history)) {
		history->detail_gap *= 2;
		drop_details(history);
	}
	return true;
}

const struct detail *history_detail(const struct history *history, int index)
{
	assert(index >= 0 && index < history->count);
	return history->entry[index].detail;
}

/* ---- reading ---- */

struct history_view history_until(const struct history *history, int64_t epoch)
{
	int count = history ? history->count : 0;
	while (count > 0 && history->entry[count - 1].record->epoch > epoch)
		count--;
	return (struct history_view){history, count};
}

int64_t history_reached(struct history_view history, double loss)
{
	for (int i = 0; i < history.count; i++) {
		const struct record *record = history_at(history.all, i);
		if ((double)record->loss <= loss)
			return record->epoch;
	}
	return -1;
}

double history_work(struct history_view history, int64_t epoch)
{
	int64_t before = 0;
	double work = 0;
	for (int i = 0; i < history.count && before < epoch; i++) {
		const struct conditions *conditions = history_conditions(history.all, i);
		int64_t here = history_at(history.all, i)->epoch;
		here = here < epoch ? here : epoch;
		if (here > before)
			work += (double)(here - before) * (conditions ? conditions->epoch_cost : (double)NAN);
		before = here > before ? here : before;
	}
	return before >= epoch ? work : (double)NAN;
}

void history_spend(struct history *history, double seconds)
{
	if (history->count)
		history->entry[history->count - 1].seconds += seconds;
}

double history_time(struct history_view history, int64_t epoch)
{
	int last = history.all ? history_until(history.all, epoch).count : 0;
	last = last < history.count ? last : history.count;
	double seconds = last > 0 ? history.all->entry[last - 1].seconds : 0;
	return seconds > 0 ? seconds : (double)NAN;
}

int history_find(const struct history *history, int64_t epoch)
{
	int last = history_until(history, epoch).count - 1;
	return last >= 0 && history->entry[last].record->epoch == epoch ? last : -1;
}

int history_count(const struct history *history)
{
	return history->count;
}

const struct record *history_at(const struct history *history, int index)
{
	assert(index >= 0 && index < history->count);
	return history->entry[index].record;
}

const struct record *history_newest(const struct history *history)
{
	return history->count ? newest_of(history) : NULL;
}

size_t history_bytes(const struct history *history)
{
	return sizeof(*history) + history->bytes;
}
