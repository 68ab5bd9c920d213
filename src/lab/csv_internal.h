/* What the parts of the CSV reader share. See lab/csv.h. */
#ifndef LAB_CSV_INTERNAL_H
#define LAB_CSV_INTERNAL_H

#include "lab/csv.h"

#include <stdint.h>

enum { CSV_INPUT_SIZE = 1 << 16, CSV_LINE_SHOWN = 40 };

/* The state of quotes while a line is gathered. */
enum place {
	PLACE_START,
	PLACE_PLAIN,
	PLACE_QUOTED,
	PLACE_QUOTE_SEEN,
	PLACE_CLOSED,
	PLACE_COMMENT,
};

enum gathered { GATHER_MORE, GATHER_LINE, GATHER_END, GATHER_FAILED };

struct field {
	size_t start;  /* in csv->text */
	size_t column; /* 1-based, in bytes of its line */
	long line;
};

struct csv {
	int file; /* -1: memory */
	const unsigned char *memory;
	size_t memory_left;
	bool pipe, ended;
	char delimiter; /* '\0' until the first line has been seen; ' ': any blanks */
	bool separated; /* the first line holds a delimiter that is no blank */
	char *path;

	unsigned char input[CSV_INPUT_SIZE];
	size_t have, used;
	uint64_t size_known, taken; /* bytes: of all, 0 for a pipe; put into the input so far */

	char *text; /* the line as gathered, then its fields, each with a final NUL */
	size_t length, size;
	enum place place;
	bool after_return; /* a CR ended the last line; an LF now belongs to it */
	enum gathered gathered;
	long line, first_line, quote_line; /* being gathered: now, where it and its quote began */
	long line_read;                    /* the one in the fields */
	struct error error;

	struct field field[CSV_FIELDS_MAX];
	int fields;
	char start[CSV_LINE_SHOWN + 4]; /* of the line in the fields, to be quoted */
};

/* The path as messages show it: its end, if it is long. */
const char *csv_shown_name(const char *path);

/* Notes an error of a line; the caller stores the result in csv->gathered. */
enum gathered csv_gather_failed(struct csv *csv, long line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A blank is a delimiter only after it has been chosen. */
bool csv_is_delimiter(const struct csv *csv, char byte);
bool csv_is_blank(const struct csv *csv, char byte);

/* Splits the gathered line in place: a field never becomes longer than it was in the line. False:
 * csv->gathered says that it failed. */
bool csv_split_line(struct csv *csv);

#endif
