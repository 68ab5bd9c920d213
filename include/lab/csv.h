/* Reads delimited text one line at a time, within fixed bounds on memory.
 *
 * UTF-8 with or without BOM; `,` `;` `|` or TAB between fields (whichever the first line holds
 * most of), or blanks, of any number, where it holds none of these; a first line `sep=;` says
 * which. LF, CRLF or CR; fields quoted with "" (a quoted field may hold delimiters and line ends);
 * blanks around a field are dropped; lines of nothing but blanks are skipped, and so are those
 * that begin with `#`. Refuses NUL bytes, an unclosed or misplaced quote, and lines over
 * CSV_LINE_MAX, by line number. Reads regular files, pipes and bytes in memory; a directory or
 * device is refused by name.
 *
 * csv_next() waits for a pipe that has nothing yet. A caller that must not wait asks csv_ready()
 * first:
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

/* NULL: error says why. The caller closes it by csv_close(). */
struct csv *csv_open(const char *path, struct error *error);

/* The bytes must outlive the reader; error messages show `name` in place of the path. */
struct csv *csv_open_memory(const char *name, const void *bytes, size_t size, struct error *error);

void csv_close(struct csv *csv);

/* Reads at most a buffer's worth, or sleeps 5 ms for a pipe; true if csv_next() will not wait. */
bool csv_ready(struct csv *csv);

/* Reads the next non-empty line. Returns 1 with fields set, 0 at the end, -1 on error.
 * Fields are NUL-terminated, owned by the reader and valid until the next call of csv_ready()
 * or csv_next(). */
int csv_next(struct csv *csv, struct error *error);

/* 0..1 of the bytes; 0 for a pipe, whose end is not known. */
double csv_progress(const struct csv *csv);
int csv_field_count(const struct csv *csv);
const char *csv_field(const struct csv *csv, int index);
size_t csv_field_column(const struct csv *csv, int index); /* 1-based, in bytes of its line */
long csv_field_line(const struct csv *csv, int index);     /* differs after a line end in quotes */
long csv_line(const struct csv *csv);                      /* 1-based number of the line read */

const char *csv_line_start(const struct csv *csv); /* of the line read, "..." where it was cut */
const char *csv_separator(const struct csv *csv);  /* "," ";" "|" "TAB" or "blanks" */

/* Fills `error` with "FILE:LINE:COLUMN: ..." of a field, or if field is -1 with "FILE:LINE: ..."
 * of the line last read ("FILE: ..." before the first, and for CSV_WHOLE), and returns false. */
enum { CSV_WHOLE = -2 };
bool csv_refuse(const struct csv *csv, int field, struct error *error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
