#include "lab/csv.h"

#include "lab/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INPUT_SIZE = 1 << 16, NAP_MILLISECONDS = 5, LINE_SHOWN = 40 };

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

	unsigned char input[INPUT_SIZE];
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
	char start[LINE_SHOWN + 4]; /* of the line in the fields, to be quoted */
};

static const char *shown_name(const char *path)
{
	return text_tail(path, TEXT_PATH_SHOWN);
}

static bool file_check(
	int file, const char *path, bool *is_pipe, uint64_t *size, struct error *error)
{
	struct stat status;
	const char *name = shown_name(path);
	if (fstat(file, &status) != 0)
		return error_set(error, STATUS_WORLD, "%s: %s", name, strerror(errno));
	*is_pipe = S_ISFIFO(status.st_mode);
	*size = S_ISREG(status.st_mode) && status.st_size > 0 ? (uint64_t)status.st_size : 0;
	if (S_ISREG(status.st_mode) || *is_pipe)
		return true;
	return error_set(error, STATUS_WORLD, "%s: found a %s, expected a file or a pipe", name,
		S_ISDIR(status.st_mode) ? "directory" : "device");
}

static struct csv *csv_new(const char *path, int file, struct error *error)
{
	struct csv *csv = calloc(1, sizeof(*csv));
	char *copy = malloc(strlen(path) + 1);
	if (csv == NULL || copy == NULL) {
		error_set(error, STATUS_WORLD, "%s: not enough memory", shown_name(path));
		free(csv);
		free(copy);
		return NULL;
	}
	csv->path = strcpy(copy, path);
	csv->file = file;
	csv->line = csv->first_line = 1;
	return csv;
}

struct csv *csv_open(const char *path, struct error *error)
{
	/* Without O_NONBLOCK a named pipe that nobody writes to would hold us here. */
	int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	bool is_pipe;
	uint64_t size;
	if (file < 0) {
		error_set(error, STATUS_WORLD, "%s: %s", shown_name(path), strerror(errno));
		return NULL;
	}
	struct csv *csv = NULL;
	if (file_check(file, path, &is_pipe, &size, error))
		csv = csv_new(path, file, error);
	if (csv == NULL) {
		close(file);
		return NULL;
	}
	csv->pipe = is_pipe;
	csv->size_known = size;
	return csv;
}

struct csv *csv_open_memory(const char *name, const void *bytes, size_t size, struct error *error)
{
	struct csv *csv = csv_new(name, -1, error);
	if (csv == NULL)
		return NULL;
	csv->memory = bytes;
	csv->memory_left = size;
	csv->size_known = size;
	return csv;
}

void csv_close(struct csv *csv)
{
	if (csv == NULL)
		return;
	if (csv->file >= 0)
		close(csv->file);
	free(csv->path);
	free(csv->text);
	free(csv);
}

__attribute__((format(printf, 3, 4))) static enum gathered gather_failed(
	struct csv *csv, long line, const char *format, ...)
{
	char text[200];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	error_set(&csv->error, STATUS_WORLD, "%s:%ld: %s", shown_name(csv->path), line, text);
	return GATHER_FAILED;
}

/* Like read(): at most one buffer at a time, so that slices are the same as for a file. */
static ssize_t memory_read(struct csv *csv)
{
	size_t count = csv->memory_left < sizeof(csv->input) ? csv->memory_left : sizeof(csv->input);
	if (count > 0)
		memcpy(csv->input, csv->memory, count);
	csv->memory += count;
	csv->memory_left -= count;
	return (ssize_t)count;
}

/* Fills the input; false if nothing was read, either yet or at the end (`ended`). */
static bool input_fill(struct csv *csv)
{
	struct pollfd poll_pipe = {.fd = csv->file, .events = POLLIN};
	/* A named pipe before its first writer reads as ended; poll() knows the difference. */
	if (csv->pipe && poll(&poll_pipe, 1, NAP_MILLISECONDS) <= 0)
		return false;
	ssize_t got =
		csv->file < 0 ? memory_read(csv) : read(csv->file, csv->input, sizeof(csv->input));
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (got < 0)
		csv->gathered = gather_failed(csv, csv->line, "%s", strerror(errno));
	csv->ended = got <= 0;
	csv->used = 0;
	csv->have = got > 0 ? (size_t)got : 0;
	csv->taken += csv->have;
	return got > 0;
}

static bool text_reserve(struct csv *csv)
{
	/* One byte more than the line: the last field's NUL. */
	if (csv->length + 1 < csv->size)
		return true;
	size_t size = csv->size == 0 ? 256 : csv->size * 2;
	char *text = realloc(csv->text, size);
	if (text == NULL)
		return false;
	csv->text = text;
	csv->size = size;
	return true;
}

/* A blank is a delimiter only after it has been chosen. */
static bool is_delimiter(const struct csv *csv, char byte)
{
	if (csv->delimiter != '\0')
		return byte == csv->delimiter || (byte == '\t' && csv->delimiter == ' ');
	return byte == ',' || byte == ';' || byte == '\t' || byte == '|';
}

static bool is_blank(const struct csv *csv, char byte)
{
	return (byte == ' ' || byte == '\t') && !is_delimiter(csv, byte);
}

static bool line_is_blank(const struct csv *csv, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (csv->text[i] != ' ' && csv->text[i] != '\t')
			return false;
	return true;
}

/* True if the first line has a quote or text that is valid only if blanks separate fields; then
 * they are chosen. */
static bool blanks_chosen(struct csv *csv)
{
	char before = csv->length > 1 ? csv->text[csv->length - 2] : '\0';
	if (csv->delimiter != '\0' || csv->separated || before != ' ')
		return false;
	csv->delimiter = ' ';
	csv->place = PLACE_START;
	return true;
}

static enum gathered comment_begin(struct csv *csv)
{
	csv->length = 0;
	csv->place = PLACE_COMMENT;
	return GATHER_MORE;
}

/* Follows the quotes, so that a line end inside them is part of the field. */
static enum gathered place_advance(struct csv *csv, char byte)
{
	enum place place = csv->place;
	if (place == PLACE_QUOTED) {
		csv->place = byte == '"' ? PLACE_QUOTE_SEEN : PLACE_QUOTED;
	} else if (is_delimiter(csv, byte)) {
		csv->place = PLACE_START;
		csv->separated = true;
	} else if (is_blank(csv, byte)) {
		csv->place = place == PLACE_QUOTE_SEEN ? PLACE_CLOSED : place;
	} else if (place == PLACE_CLOSED || (place == PLACE_QUOTE_SEEN && byte != '"')) {
		if (blanks_chosen(csv))
			return place_advance(csv, byte);
		return gather_failed(
			csv, csv->line, "found text after a closing quote, expected the end of the field");
	} else if (byte == '"' && place == PLACE_PLAIN) {
		if (blanks_chosen(csv))
			return place_advance(csv, byte);
		return gather_failed(
			csv, csv->line, "found a quote within a field, expected it around the whole field");
	} else if (byte == '"') {
		if (place == PLACE_START)
			csv->quote_line = csv->line;
		csv->place = PLACE_QUOTED;
	} else if (byte == '#' && place == PLACE_START && line_is_blank(csv, csv->length - 1)) {
		return comment_begin(csv);
	} else {
		csv->place = PLACE_PLAIN;
	}
	return GATHER_MORE;
}

/* True if the first line is "sep=;", with or without quotes around it, as spreadsheets write and
 * read it. */
static bool line_names_delimiter(const struct csv *csv, char *named)
{
	bool quoted = csv->length == 7 && csv->text[0] == '"' && csv->text[6] == '"';
	bool first = csv->line_read == 0 && csv->delimiter == '\0';
	if (!first || csv->length != (quoted ? 7 : 5) ||
		strncasecmp(csv->text + quoted, "sep=", 4) != 0)
		return false;
	*named = csv->text[quoted + 4];
	return true;
}

static enum gathered line_forget(struct csv *csv)
{
	csv->length = 0;
	csv->first_line = csv->line;
	csv->place = PLACE_START;
	return GATHER_MORE;
}

/* A line without content is dropped, but counted; so is one that names the delimiter. */
static enum gathered line_end(struct csv *csv)
{
	bool blank = line_is_blank(csv, csv->length);
	char named;
	csv->line++;
	if (blank)
		return line_forget(csv);
	if (!line_names_delimiter(csv, &named))
		return GATHER_LINE;
	if (!is_delimiter(csv, named) && named != ' ')
		return gather_failed(
			csv, csv->first_line, "found 'sep=%c', expected one of " CSV_SEPARATORS, named);
	csv->delimiter = named;
	return line_forget(csv);
}

static enum gathered gather_byte(struct csv *csv, char byte)
{
	bool belongs = byte == '\n' && csv->after_return;
	csv->after_return = byte == '\r';
	if (byte == '\0')
		return gather_failed(csv, csv->line, "found a NUL byte, expected UTF-8 text");
	if (csv->place != PLACE_QUOTED && (byte == '\n' || byte == '\r'))
		return belongs ? GATHER_MORE : line_end(csv);
	if (csv->place == PLACE_COMMENT)
		return GATHER_MORE;
	if (csv->length >= CSV_LINE_MAX)
		return gather_failed(
			csv, csv->first_line, "found a line of more than %d bytes", CSV_LINE_MAX);
	if (!text_reserve(csv))
		return gather_failed(csv, csv->line, "not enough memory");
	csv->text[csv->length++] = byte;
	if (csv->place == PLACE_QUOTED && (byte == '\r' || (byte == '\n' && !belongs)))
		csv->line++;
	if (csv->length == 3 && csv->line == 1 && memcmp(csv->text, "\xEF\xBB\xBF", 3) == 0) {
		csv->length = 0;
		csv->place = PLACE_START;
		return GATHER_MORE;
	}
	return place_advance(csv, byte);
}

/* Printable ASCII except delimiters, quotes and `#`. */
static bool is_ordinary(unsigned char byte)
{
	static const bool special[256] = {
		['"'] = true, ['#'] = true, [','] = true, [';'] = true, ['|'] = true};
	return byte > ' ' && byte < 0x7F && !special[byte];
}

/* Takes ordinary bytes, most of a file, at once; gather_byte() would do the same one by one. */
static void gather_ordinary(struct csv *csv)
{
	size_t room = csv->size > csv->length + 1 ? csv->size - csv->length - 1 : 0, count = 0;
	size_t left = csv->have - csv->used;
	size_t most = room < left ? room : left;
	if (csv->place > PLACE_PLAIN || most == 0 || csv->length + most > CSV_LINE_MAX)
		return;
	const unsigned char *from = csv->input + csv->used;
	char *to = csv->text + csv->length;
	for (; count < most && is_ordinary(from[count]); count++)
		to[count] = (char)from[count];
	if (count == 0)
		return;
	csv->used += count;
	csv->length += count;
	csv->after_return = false;
	csv->place = PLACE_PLAIN;
}

/* The last line may come without a line end. */
static enum gathered gather_end(struct csv *csv)
{
	if (csv->place == PLACE_QUOTED)
		return gather_failed(csv, csv->quote_line, "found a quote that is not closed");
	char named;
	bool empty = line_is_blank(csv, csv->length) || line_names_delimiter(csv, &named);
	return empty ? GATHER_END : GATHER_LINE;
}

bool csv_ready(struct csv *csv)
{
	if (csv->gathered != GATHER_MORE)
		return true;
	if (csv->used == csv->have && !csv->ended)
		input_fill(csv);
	while (csv->gathered == GATHER_MORE && csv->used < csv->have) {
		csv->gathered = gather_byte(csv, (char)csv->input[csv->used++]);
		if (csv->gathered == GATHER_MORE)
			gather_ordinary(csv);
	}
	if (csv->gathered == GATHER_MORE && csv->ended)
		csv->gathered = gather_end(csv);
	return csv->gathered != GATHER_MORE;
}

/* True if a blank stands between other characters of the line. */
static bool has_blank_within(const struct csv *csv)
{
	size_t first = 0, last = csv->length;
	while (first < last && csv->text[first] == ' ')
		first++;
	while (last > first && csv->text[last - 1] == ' ')
		last--;
	return memchr(csv->text + first, ' ', last - first) != NULL;
}

/* The delimiter that occurs most often outside quotes; if none occurs, blanks; without blanks, the
 * comma. A line that ends in a quote and has blanks outside quotes has chosen blanks already. */
static char delimiter_choose(const struct csv *csv)
{
	static const char candidates[] = {',', ';', '\t', '|'};
	size_t most = 0;
	char chosen = csv->text[csv->length - 1] != '"' && has_blank_within(csv) ? ' ' : ',';
	for (size_t i = 0; i < sizeof(candidates); i++) {
		size_t count = 0;
		bool quoted = false;
		for (size_t at = 0; at < csv->length; at++) {
			quoted ^= csv->text[at] == '"';
			count += !quoted && csv->text[at] == candidates[i];
		}
		if (count > most) {
			most = count;
			chosen = candidates[i];
		}
	}
	return chosen;
}

/* In-place field splitting: the read position is never before the write position. */
struct split {
	size_t read, write, line_start;
	long line;
};

/* Reads past the closing quote; two quotes are one. Reading one byte ahead is safe: a NUL ends the
 * line. */
static void split_quoted(struct csv *csv, struct split *split)
{
	const char *text = csv->text;
	for (split->read++; split->read < csv->length; split->read++) {
		char byte = text[split->read];
		if (byte == '"' && text[++split->read] != '"')
			return;
		csv->text[split->write++] = byte;
		if (byte == '\n' || (byte == '\r' && text[split->read + 1] != '\n')) {
			split->line++;
			split->line_start = split->read + 1;
		}
	}
}

static void split_plain(struct csv *csv, struct split *split)
{
	size_t last = split->write;
	for (; split->read < csv->length && !is_delimiter(csv, csv->text[split->read]); split->read++) {
		char byte = csv->text[split->read];
		csv->text[split->write++] = byte;
		if (!is_blank(csv, byte))
			last = split->write;
	}
	split->write = last;
}

static void split_field(struct csv *csv, struct split *split)
{
	while (split->read < csv->length &&
		(is_blank(csv, csv->text[split->read]) ||
			(csv->delimiter == ' ' && is_delimiter(csv, csv->text[split->read]))))
		split->read++;
	csv->field[csv->fields++] = (struct field){
		.start = split->write, .line = split->line, .column = split->read - split->line_start + 1};
	if (split->read < csv->length && csv->text[split->read] == '"')
		split_quoted(csv, split);
	else
		split_plain(csv, split);
	while (split->read < csv->length && !is_delimiter(csv, csv->text[split->read]))
		split->read++;
	/* Takes the place of the delimiter just read, or of the byte kept free after the line. */
	csv->text[split->write++] = '\0';
}

/* Copies the start of the line, cut between two characters. */
static void keep_start(struct csv *csv)
{
	size_t length = csv->length < LINE_SHOWN ? csv->length : LINE_SHOWN;
	while (length < csv->length && length > 0 && ((unsigned char)csv->text[length] & 0xC0) == 0x80)
		length--;
	memcpy(csv->start, csv->text, length);
	strcpy(csv->start + length, length < csv->length ? "..." : "");
}

/* Splits the line in place: a field never becomes longer than it was in the line. */
static bool line_split(struct csv *csv)
{
	struct split split = {.line = csv->first_line};
	if (csv->delimiter == '\0')
		csv->delimiter = delimiter_choose(csv);
	keep_start(csv);
	while (csv->delimiter == ' ' && is_delimiter(csv, csv->text[csv->length - 1]))
		csv->length--;
	csv->text[csv->length] = '\0';
	csv->fields = 0;
	for (;;) {
		if (csv->fields == CSV_FIELDS_MAX) {
			csv->gathered =
				gather_failed(csv, csv->first_line, "found more than %d fields", CSV_FIELDS_MAX);
			return false;
		}
		split_field(csv, &split);
		if (split.read >= csv->length)
			return true;
		split.read++;
	}
}

int csv_next(struct csv *csv, struct error *error)
{
	while (!csv_ready(csv))
		continue;
	if (csv->gathered == GATHER_LINE && line_split(csv)) {
		csv->line_read = csv->first_line;
		csv->first_line = csv->line;
		csv->gathered = GATHER_MORE;
		csv->place = PLACE_START;
		csv->length = 0;
		return 1;
	}
	if (csv->gathered != GATHER_FAILED)
		return 0;
	error_set(error, csv->error.status, "%s", csv->error.text);
	return -1;
}

int csv_field_count(const struct csv *csv)
{
	return csv->fields;
}

const char *csv_field(const struct csv *csv, int index)
{
	return csv->text + csv->field[index].start;
}

size_t csv_field_column(const struct csv *csv, int index)
{
	return csv->field[index].column;
}

long csv_field_line(const struct csv *csv, int index)
{
	return csv->field[index].line;
}

long csv_line(const struct csv *csv)
{
	return csv->line_read;
}

double csv_progress(const struct csv *csv)
{
	double done = (double)(csv->taken - (csv->have - csv->used));
	if (csv->size_known == 0)
		return 0;
	return done < (double)csv->size_known ? done / (double)csv->size_known : 1;
}

const char *csv_line_start(const struct csv *csv)
{
	return csv->start;
}

const char *csv_separator(const struct csv *csv)
{
	static const char *const names[] = {",", ";", "|"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (csv->delimiter == names[i][0])
			return names[i];
	return csv->delimiter == '\t' ? "TAB" : "blanks";
}

bool csv_refuse(const struct csv *csv, int field, struct error *error, const char *format, ...)
{
	char text[300], where[64] = "";
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (field >= 0)
		snprintf(where, sizeof(where), ":%ld:%zu", csv_field_line(csv, field),
			csv_field_column(csv, field));
	else if (field != CSV_WHOLE && csv->line_read > 0)
		snprintf(where, sizeof(where), ":%ld", csv->line_read);
	return error_set(error, STATUS_WORLD, "%s%s: %s", shown_name(csv->path), where, text);
}
