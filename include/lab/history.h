/* All the records of a run, within a fixed budget of memory.
 *
 * Epochs ascend. The oldest and the newest records stay exact; when the number of records or
 * the memory for their layers runs out, the middle is thinned evenly: it keeps one record (or
 * one with its layers: record->layers is 0 for the others) for every 2, 4, 8, ... epochs, and
 * all records with an event.
 * history_add() copies; pointers from history_at() are valid until the next change.
 */
#ifndef LAB_HISTORY_H
#define LAB_HISTORY_H

#include "lab/record.h"
#include <stdbool.h>
#include <stddef.h>

struct history;

struct history *history_new(void);
struct history *history_copy(const struct history *history);
void history_free(struct history *history);

bool history_add(struct history *history, const struct record *record); /* false: no memory */
void history_clear(struct history *history);

int history_count(const struct history *history);
const struct record *history_at(const struct history *history, int index); /* 0 is the oldest */
const struct record *history_newest(const struct history *history);        /* NULL if empty */
size_t history_bytes(const struct history *history);

#endif
