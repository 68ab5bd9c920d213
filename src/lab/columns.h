/* What the columns of a CSV are for: which one is learned, which are features, which are left out;
 * and what they are called in messages.
 *
 * A column is chosen by its name in the header (in any case, if that tells it from the others),
 * else by its number, from 1.
 */
#ifndef LAB_COLUMNS_H
#define LAB_COLUMNS_H

#include "lab/csv.h"
#include "lab/error.h"

enum { COLUMN_NAME = 48, COLUMN_TITLE = COLUMN_NAME + 16 };

struct columns {
	int count;                 /* fields of a line; 0 before the first */
	bool named;                /* the first line holds names */
	bool numbered;             /* which are 0, 1, 2, ..., as pandas writes them */
	char (*name)[COLUMN_NAME]; /* [count] what the first line holds, cut to fit */
	int target;                /* field that is learned */
	bool target_chosen;        /* by the user */
	int features, *feature;    /* [features] the fields that are features, ascending */
};

/* Reads the first line of `csv` to decide; it may turn out a header. An empty `target` is the last
 * column; `drop` lists columns with commas between them. */
bool columns_choose(struct columns *columns, const struct csv *csv, const char *target,
	const char *drop, struct error *error);
void columns_free(struct columns *columns);

/* "column 'price'", or "column 3" without a header. */
void columns_title(const struct columns *columns, int field, char out[COLUMN_TITLE]);

/* "price, rooms, ": the names of the line read, long ones cut; "..., " stands for those that do not
 * fit in `size` bytes (at least 6). */
void columns_names(const struct csv *csv, char *out, size_t size);

/* What `target=` and `drop=` understand: "price", or the number where the name is not so plain. */
void columns_reference(const struct columns *columns, int field, char out[COLUMN_NAME]);

/* A feature whose name says that it is what to learn, while nobody chose and the last column's
 * name does not; -1 if there is none. */
int columns_suspect(const struct columns *columns);

/* True if the features are all pixels of an image, row by row, as their names "row 1 column 1",
 * "row 1 column 2", ... say. */
bool columns_image(const struct columns *columns, int *width, int *height);

#endif
