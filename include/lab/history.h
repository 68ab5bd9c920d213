/* All the records of a run, within a fixed budget of memory.
 *
 * Epochs ascend. The oldest and the newest records stay exact; when the number of records or
 * the memory for their layers runs out, the middle is thinned evenly: it keeps one record (or
 * one with its layers: record->layers is 0 for the others) for every 2, 4, 8, ... epochs, and
 * all records with an event.
 * history_add() copies; pointers from history_at() are valid until the next change.
 *
 * Beside each record the history keeps the conditions it was made under, shared with its copies
 * (so history_bytes() leaves them out). They have a budget of their own: where settings change
 * very often, records of the middle lose theirs. Details are kept in the same way, beside records
 * that have their layers: the first, the newest, and some evenly in between.
 */
#ifndef LAB_HISTORY_H
#define LAB_HISTORY_H

#include "lab/record.h"
#include <stdbool.h>
#include <stddef.h>

struct history;
struct conditions;

/* NULL without memory. The caller frees both by history_free(). A copy shares conditions and
 * details, and copies the records. */
struct history *history_new(void);
struct history *history_copy(const struct history *history);
void history_free(struct history *history);

bool history_add(struct history *history, const struct record *record); /* false: no memory */
/* The newest record was made under these conditions, of which the history holds a share. */
void history_note(struct history *history, struct conditions *conditions);
/* Keeps a copy of the detail with the newest record; false: no memory. */
bool history_keep_detail(struct history *history, const struct detail *detail);
void history_clear(struct history *history);

/* Training up to the newest record took so many seconds more than up to the one before it. */
void history_spend(struct history *history, double seconds);

int history_count(const struct history *history);
const struct record *history_at(const struct history *history, int index); /* 0 is the oldest */
const struct record *history_newest(const struct history *history);        /* NULL if empty */
size_t history_bytes(const struct history *history);

/* The conditions of the record at this index; NULL if not noted or not kept. */
const struct conditions *history_conditions(const struct history *history, int index);

const struct detail *history_detail(const struct history *history, int index); /* likewise */

/* A history as it was at an epoch: its first `count` records. */
struct history_view {
	const struct history *all; /* NULL: there is none */
	int count;
};

/* The records up to this epoch; of NULL none. */
struct history_view history_until(const struct history *history, int64_t epoch);

/* The first epoch that was recorded with a training loss of at most `loss`; -1: none. */
int64_t history_reached(struct history_view history, double loss);

/* About how many multiply-adds it took to train up to this epoch; NaN: not known. */
double history_work(struct history_view history, int64_t epoch);

/* How many seconds training took up to the newest record that is not after this epoch, as
 * history_spend() was told; NaN: nothing was measured. */
double history_time(struct history_view history, int64_t epoch);

/* The index of the record of exactly this epoch; -1 if it is not kept. */
int history_find(const struct history *history, int64_t epoch);

#endif
