/* A CSV, the user's or one compiled in, as a table of numbers, read in slices.
 *
 * A row of the table is its features, then the target as a value, then the number under which
 * its label was first seen (labels.h); dataset.c reads one of the two.
 */
#ifndef LAB_TABLE_READER_H
#define LAB_TABLE_READER_H

#include "lab/dataset.h"
#include "lab/embedded.h"
#include "lab/error.h"

#include "labels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The table grows by blocks, so that no rows are ever copied: that would take longer than a slice
 * may. */
enum {
	TABLE_BLOCK_ROWS = 256,
	TABLE_BLOCKS = (DATASET_ROWS_MAX + TABLE_BLOCK_ROWS - 1) / TABLE_BLOCK_ROWS,
};

struct table {
	double *block[TABLE_BLOCKS]; /* [TABLE_BLOCK_ROWS][width] each, as far as reserved */
	int rows, blocks, rows_max;
	int skipped; /* rows before row 0 that turned out to be a header */
	int features, width;
};

/* Empties the table; bounds its rows by the cap and by the bytes that a dataset made from them
 * will take. */
void table_shape(struct table *table, int features, size_t memory_limit);

/* Room for `rows` (at most rows_max) in all; false without memory. */
bool table_reserve(struct table *table, int rows);

/* The next row, to be filled; there must be room for it. */
double *table_append(struct table *table);

void table_free(struct table *table);

static inline double *table_row(const struct table *table, int row)
{
	int place = row + table->skipped;
	size_t within = (size_t)(place % TABLE_BLOCK_ROWS);
	return table->block[place / TABLE_BLOCK_ROWS] + within * (size_t)table->width;
}

struct table_reader;

enum table_reader_state { TABLE_READER_MORE, TABLE_READER_DONE, TABLE_READER_FAILED };

/* Reads `embedded`, or the file if that is NULL, as the request's task, target and drop say. */
struct table_reader *table_reader_open(const struct embedded *embedded, const char *path,
	const struct dataset_request *request, size_t memory_limit, struct error *error);
void table_reader_close(struct table_reader *reader);

/* Reads lines into `table` while `budget`, which it charges, lasts. */
enum table_reader_state table_reader_advance(
	struct table_reader *reader, struct table *table, uint64_t *budget, struct error *error);

/* The title of the target column; "" without a header. */
const char *table_reader_target_name(const struct table_reader *reader);

/* True if its features are the pixels of an image (columns.h). */
bool table_reader_image(const struct table_reader *reader, int *width, int *height);

double table_reader_progress(const struct table_reader *reader); /* 0..1 */

/* The classes of a reader that is DONE; NULL if its target holds values. */
const struct labels *table_reader_labels(const struct table_reader *reader);

/* Adds warnings about the file of a reader that is DONE. */
void table_reader_note(
	const struct table_reader *reader, const struct table *table, struct notes *notes);

#endif
