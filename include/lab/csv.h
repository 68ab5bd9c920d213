/* Reads delimited text line by line, within fixed bounds on memory.
 *
 * The text is UTF-8, with or without a byte order mark; lines end with LF, CRLF or CR. Lines of
 * blanks only and lines that begin with `#` are skipped.
 *
 * Fields are separated by `,` `;` `|` or TAB, whichever the first line has most of; by any number
 * of blanks if it has none of these. A first line `sep=;` names the separator. Blanks around a
 * field are dropped. A field in "double quotes" may contain separators and line ends.
 *
 * Errors name the line: NUL bytes, a quote that is not closed or in the wrong place, a line of more
 * than CSV_LINE_MAX bytes. Text comes from a regular file, a pipe or memory; a directory or a
 * device is an error, too.
 *
 * csv_next() waits if a pipe has no data yet. A caller that must not wait asks csv_ready() first:
 *
 *	while (csv_ready(csv) && (got = csv_next(csv, &error)) > 0) ...
 */
#ifndef LAB_CSV_H
#define LAB_CSV_H

#include "lab/error.h"
#include <stddef.h>

#define CSV_SEPARATORS ", ; | TAB or blanks"

enum { CSV_LINE_MAX = 1 << 20, CSV_FIELDS_MAX = 4096 };

struct csv;

/* Returns NULL on failure; `error` says why. The caller calls csv_close(). */
struct csv *csv_open(const char *path, struct error *error);

/* Reads bytes in memory, which must stay valid until csv_close(). Error messages show `name` where
 * they would show a path. */
struct csv *csv_open_memory(const char *name, const void *bytes, size_t size, struct error *error);

void csv_close(struct csv *csv);

/* True if csv_next() will not wait. Reads one buffer at most; sleeps 5 ms if a pipe has no data. */
bool csv_ready(struct csv *csv);

/* Reads the next non-empty line. Returns 1 with fields set, 0 at the end, -1 on error.
 * Fields are NUL-terminated, owned by the reader and valid until the next call of csv_ready()
 * or csv_next(). */
int csv_next(struct csv *csv, struct error *error);

/* Share of the bytes that have been read, 0 to 1; 0 for a pipe, whose length is not known. */
double csv_progress(const struct csv *csv);

/* The line read last, and its fields. */
int csv_field_count(const struct csv *csv);
const char *csv_field(const struct csv *csv, int index);
size_t csv_field_column(const struct csv *csv, int index); /* from 1, in bytes of its line */
long csv_field_line(const struct csv *csv, int index);     /* later if quotes hold line ends */
long csv_line(const struct csv *csv);                      /* number of the line, from 1 */

const char *csv_line_start(const struct csv *csv); /* its beginning; "..." if it was cut */
const char *csv_separator(const struct csv *csv);  /* "," ";" "|" "TAB" or "blanks" */

/* Writes a message into `error` and returns false. The message begins with "FILE:LINE:COLUMN: " of
 * the field; if `field` is -1 with "FILE:LINE: " of the line read last; if no line has been read,
 * or for CSV_WHOLE, with "FILE: ". */
enum { CSV_WHOLE = -2 };
bool csv_refuse(const struct csv *csv, int field, struct error *error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
