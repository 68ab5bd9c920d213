/* From a line to its fields. */
#include "csv_internal.h"

#include <string.h>

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
	for (; split->read < csv->length && !csv_is_delimiter(csv, csv->text[split->read]);
		 split->read++) {
		char byte = csv->text[split->read];
		csv->text[split->write++] = byte;
		if (!csv_is_blank(csv, byte))
			last = split->write;
	}
	split->write = last;
}

static void split_field(struct csv *csv, struct split *split)
{
	while (split->read < csv->length &&
		(csv_is_blank(csv, csv->text[split->read]) ||
			(csv->delimiter == ' ' && csv_is_delimiter(csv, csv->text[split->read]))))
		split->read++;
	csv->field[csv->fields++] = (struct field){
		.start = split->write, .line = split->line, .column = split->read - split->line_start + 1};
	if (split->read < csv->length && csv->text[split->read] == '"')
		split_quoted(csv, split);
	else
		split_plain(csv, split);
	while (split->read < csv->length && !csv_is_delimiter(csv, csv->text[split->read]))
		split->read++;
	/* Takes the place of the delimiter just read, or of the byte kept free after the line. */
	csv->text[split->write++] = '\0';
}

/* Copies the start of the line, cut between two characters. */
static void keep_start(struct csv *csv)
{
	size_t length = csv->length < CSV_LINE_SHOWN ? csv->length : CSV_LINE_SHOWN;
	while (length < csv->length && length > 0 && ((unsigned char)csv->text[length] & 0xC0) == 0x80)
		length--;
	memcpy(csv->start, csv->text, length);
	strcpy(csv->start + length, length < csv->length ? "..." : "");
}

bool csv_split_line(struct csv *csv)
{
	struct split split = {.line = csv->first_line};
	if (csv->delimiter == '\0')
		csv->delimiter = delimiter_choose(csv);
	keep_start(csv);
	while (csv->delimiter == ' ' && csv_is_delimiter(csv, csv->text[csv->length - 1]))
		csv->length--;
	csv->text[csv->length] = '\0';
	csv->fields = 0;
	for (;;) {
		if (csv->fields == CSV_FIELDS_MAX) {
			csv->gathered = csv_gather_failed(
				csv, csv->first_line, "found more than %d fields", CSV_FIELDS_MAX);
			return false;
		}
		split_field(csv, &split);
		if (split.read >= csv->length)
			return true;
		split.read++;
	}
}
