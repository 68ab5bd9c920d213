/* From bytes to a line: input, quotes, comments and line ends. */
#include "csv_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { NAP_MILLISECONDS = 5 };

enum gathered csv_gather_failed(struct csv *csv, long line, const char *format, ...)
{
	char text[200];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	error_set(&csv->error, STATUS_WORLD, "%s:%ld: %s", csv_shown_name(csv->path), line, text);
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
		csv->gathered = csv_gather_failed(csv, csv->line, "%s", strerror(errno));
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

bool csv_is_delimiter(const struct csv *csv, char byte)
{
	if (csv->delimiter != '\0')
		return byte == csv->delimiter || (byte == '\t' && csv->delimiter == ' ');
	return byte == ',' || byte == ';' || byte == '\t' || byte == '|';
}

bool csv_is_blank(const struct csv *csv, char byte)
{
	return (byte == ' ' || byte == '\t') && !csv_is_delimiter(csv, byte);
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
	} else if (csv_is_delimiter(csv, byte)) {
		csv->place = PLACE_START;
		csv->separated = true;
	} else if (csv_is_blank(csv, byte)) {
		csv->place = place == PLACE_QUOTE_SEEN ? PLACE_CLOSED : place;
	} else if (place == PLACE_CLOSED || (place == PLACE_QUOTE_SEEN && byte != '"')) {
		if (blanks_chosen(csv))
			return place_advance(csv, byte);
		return csv_gather_failed(
			csv, csv->line, "found text after a closing quote, expected the end of the field");
	} else if (byte == '"' && place == PLACE_PLAIN) {
		if (blanks_chosen(csv))
			return place_advance(csv, byte);
		return csv_gather_failed(
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
	if (!csv_is_delimiter(csv, named) && named != ' ')
		return csv_gather_failed(
			csv, csv->first_line, "found 'sep=%c', expected one of " CSV_SEPARATORS, named);
	csv->delimiter = named;
	return line_forget(csv);
}

static enum gathered gather_byte(struct csv *csv, char byte)
{
	bool belongs = byte == '\n' && csv->after_return;
	csv->after_return = byte == '\r';
	if (byte == '\0')
		return csv_gather_failed(csv, csv->line, "found a NUL byte, expected UTF-8 text");
	if (csv->place != PLACE_QUOTED && (byte == '\n' || byte == '\r'))
		return belongs ? GATHER_MORE : line_end(csv);
	if (csv->place == PLACE_COMMENT)
		return GATHER_MORE;
	if (csv->length >= CSV_LINE_MAX)
		return csv_gather_failed(
			csv, csv->first_line, "found a line of more than %d bytes", CSV_LINE_MAX);
	if (!text_reserve(csv))
		return csv_gather_failed(csv, csv->line, "not enough memory");
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
		return csv_gather_failed(csv, csv->quote_line, "found a quote that is not closed");
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
