#include "term/compress.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SGR_MAX = 64, /* several times the longest SGR of a cell; longer ones are not merged */
	DOWN_MAX = 3, /* most rows moved by line feeds */
	BACK_MAX = 3, /* most columns moved by backspaces */
	PLACE_MAX = 1000,
	STEPS_MAX = 24,
};

struct compressor {
	char *out;
	size_t written;
	char sgr[SGR_MAX]; /* parameters of the pending SGR: "0;1;38;5;32" */
	size_t sgr_length;
	bool sgr_open;
	int columns;
	int row, column; /* position of the cursor, from 1; 0: unknown */
};

/* ESC [ parameters final */
struct sequence {
	const char *parameters;
	size_t length, parameters_length;
	char final;
};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Length 0: no sequence of this form starts here. */
static struct sequence sequence_at(const char *bytes, size_t count)
{
	struct sequence sequence = {.parameters = bytes + 2};
	size_t at = 2;
	if (count < 3 || bytes[0] != '\033' || bytes[1] != '[')
		return sequence;
	while (at < count && (is_digit(bytes[at]) || bytes[at] == ';'))
		at++;
	if (at == count || at - 2 > SGR_MAX || bytes[at] < '@' || bytes[at] > '~')
		return sequence;
	sequence.parameters_length = at - 2;
	sequence.final = bytes[at];
	sequence.length = at + 1;
	return sequence;
}

static void copy(struct compressor *compressor, const char *bytes, size_t count)
{
	memmove(compressor->out + compressor->written, bytes, count);
	compressor->written += count;
}

static void close_sgr(struct compressor *compressor)
{
	if (!compressor->sgr_open)
		return;
	copy(compressor, "\033[", 2);
	copy(compressor, compressor->sgr, compressor->sgr_length);
	copy(compressor, "m", 1);
	compressor->sgr_open = false;
}

static bool is_reset(const struct sequence *sgr)
{
	const char *parameters = sgr->parameters;
	if (sgr->parameters_length > 0 && parameters[0] == '0')
		parameters++;
	return !is_digit(*parameters);
}

/* Appends parameters to the pending SGR; a reset discards the earlier ones. */
static void add_sgr(struct compressor *compressor, const struct sequence *sgr)
{
	size_t start = compressor->sgr_length + 1;
	if (is_reset(sgr) || !compressor->sgr_open) {
		start = 0;
	} else if (start + sgr->parameters_length > SGR_MAX) {
		close_sgr(compressor);
		start = 0;
	}
	if (start > 0)
		compressor->sgr[start - 1] = ';';
	memcpy(compressor->sgr + start, sgr->parameters, sgr->parameters_length);
	compressor->sgr_length = start + sgr->parameters_length;
	compressor->sgr_open = true;
}

/* Writes a relative move to a near position; returns its length, 0 if there is none. */
static size_t find_steps(const struct compressor *compressor, int row, int column, char *steps)
{
	int down = row - compressor->row, right = column - compressor->column;
	size_t length = 0;
	if (compressor->row == 0 || down < 0 || down > DOWN_MAX)
		return 0;
	if (column == 1)
		steps[length++] = '\r';
	else if (compressor->column == 0)
		return 0;
	else if (right > 0)
		length = (size_t)snprintf(steps, STEPS_MAX, "\033[%dC", right);
	else if (right < -BACK_MAX)
		length = (size_t)snprintf(steps, STEPS_MAX, "\033[%dD", -right);
	else
		for (; right < 0; right++)
			steps[length++] = '\b';
	for (; down > 0; down--)
		steps[length++] = '\n';
	return length;
}

static void move(struct compressor *compressor, const char *bytes, const struct sequence *place)
{
	char *end, steps[STEPS_MAX];
	long row = strtol(place->parameters, &end, 10);
	long column = *end == ';' ? strtol(end + 1, &end, 10) : 0;
	bool known = row > 0 && row < PLACE_MAX && column > 0 && column < PLACE_MAX;
	size_t length = known ? find_steps(compressor, (int)row, (int)column, steps) : 0;

	if (length > 0 && length < place->length)
		copy(compressor, steps, length);
	else
		copy(compressor, bytes, place->length);
	compressor->row = known ? (int)row : 0;
	compressor->column = known ? (int)column : 0;
}

static void take_sequence(
	struct compressor *compressor, const char *bytes, const struct sequence *sequence)
{
	if (sequence->final == 'm') {
		add_sgr(compressor, sequence);
		return;
	}
	close_sgr(compressor);
	if (sequence->final == 'H') {
		move(compressor, bytes, sequence);
		return;
	}
	if (strchr("KPX@", sequence->final) == NULL)
		compressor->column = 0;
	if (strchr("KPX@CDG", sequence->final) == NULL)
		compressor->row = 0;
	copy(compressor, bytes, sequence->length);
}

/* The width of a character that is not ASCII is uncertain, and so is the position of the cursor at
 * the right margin. */
static void take_byte(struct compressor *compressor, const char *byte)
{
	bool ascii = *byte >= ' ' && *byte <= '~';
	close_sgr(compressor);
	if ((unsigned char)*byte < ' ')
		compressor->row = 0;
	if (!ascii || compressor->column == compressor->columns)
		compressor->column = 0;
	else if (compressor->column > 0)
		compressor->column++;
	copy(compressor, byte, 1);
}

/* Length of a switch to the default character set (ESC ( B, or shift in); else 0. */
static size_t usual_set_length(const char *bytes, size_t count)
{
	if (bytes[0] == '\017')
		return 1;
	return count >= 3 && memcmp(bytes, "\033(B", 3) == 0 ? 3 : 0;
}

size_t compress(char *bytes, size_t count, int columns)
{
	struct compressor compressor = {.out = bytes, .columns = columns};
	for (size_t at = 0; at < count;) {
		size_t usual_set = usual_set_length(bytes + at, count - at);
		struct sequence sequence = sequence_at(bytes + at, count - at);
		if (usual_set == 0 && sequence.length > 0)
			take_sequence(&compressor, bytes + at, &sequence);
		else if (usual_set == 0)
			take_byte(&compressor, bytes + at);
		at += usual_set > 0 ? usual_set : sequence.length > 0 ? sequence.length : 1;
	}
	close_sgr(&compressor);
	return compressor.written;
}
