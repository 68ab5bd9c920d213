/* Fewer bytes for the same picture. See shrink.h. */
#include "term/shrink.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOOKS_MAX = 64, /* the looks of a cell many times over; what is longer goes out as it came */
	DOWN_MAX = 3,   /* rows that line feeds go down */
	BACK_MAX = 3,   /* columns that backspaces go back */
	PLACE_MAX = 1000,
	STEPS_MAX = 24,
};

struct shrinker {
	char *out;
	size_t written;
	char looks[LOOKS_MAX]; /* parameters of the changes of looks to come: "0;1;38;5;32" */
	size_t looks_length;
	bool looks_open;
	int columns;
	int row, column; /* where the cursor is, from 1; 0: unknown */
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

/* Length 0: no such sequence starts here, or none that this file needs to understand. */
static struct sequence sequence_at(const char *bytes, size_t count)
{
	struct sequence sequence = {.parameters = bytes + 2};
	size_t at = 2;
	if (count < 3 || bytes[0] != '\033' || bytes[1] != '[')
		return sequence;
	while (at < count && (is_digit(bytes[at]) || bytes[at] == ';'))
		at++;
	if (at == count || at - 2 > LOOKS_MAX || bytes[at] < '@' || bytes[at] > '~')
		return sequence;
	sequence.parameters_length = at - 2;
	sequence.final = bytes[at];
	sequence.length = at + 1;
	return sequence;
}

static void copy(struct shrinker *shrinker, const char *bytes, size_t count)
{
	memmove(shrinker->out + shrinker->written, bytes, count);
	shrinker->written += count;
}

static void close_looks(struct shrinker *shrinker)
{
	if (!shrinker->looks_open)
		return;
	copy(shrinker, "\033[", 2);
	copy(shrinker, shrinker->looks, shrinker->looks_length);
	copy(shrinker, "m", 1);
	shrinker->looks_open = false;
}

static bool is_reset(const struct sequence *looks)
{
	const char *parameters = looks->parameters;
	if (looks->parameters_length > 0 && parameters[0] == '0')
		parameters++;
	return !is_digit(*parameters);
}

/* Joins looks to those before, which a reset makes void. */
static void add_looks(struct shrinker *shrinker, const struct sequence *looks)
{
	size_t start = shrinker->looks_length + 1;
	if (is_reset(looks) || !shrinker->looks_open) {
		start = 0;
	} else if (start + looks->parameters_length > LOOKS_MAX) {
		close_looks(shrinker);
		start = 0;
	}
	if (start > 0)
		shrinker->looks[start - 1] = ';';
	memcpy(shrinker->looks + start, looks->parameters, looks->parameters_length);
	shrinker->looks_length = start + looks->parameters_length;
	shrinker->looks_open = true;
}

/* Steps that lead to a place not far off; 0 if there are none. */
static size_t find_steps(const struct shrinker *shrinker, int row, int column, char *steps)
{
	int down = row - shrinker->row, right = column - shrinker->column;
	size_t length = 0;
	if (shrinker->row == 0 || down < 0 || down > DOWN_MAX)
		return 0;
	if (column == 1)
		steps[length++] = '\r';
	else if (shrinker->column == 0)
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

static void move(struct shrinker *shrinker, const char *bytes, const struct sequence *place)
{
	char *end, steps[STEPS_MAX];
	long row = strtol(place->parameters, &end, 10);
	long column = *end == ';' ? strtol(end + 1, &end, 10) : 0;
	bool known = row > 0 && row < PLACE_MAX && column > 0 && column < PLACE_MAX;
	size_t length = known ? find_steps(shrinker, (int)row, (int)column, steps) : 0;

	if (length > 0 && length < place->length)
		copy(shrinker, steps, length);
	else
		copy(shrinker, bytes, place->length);
	shrinker->row = known ? (int)row : 0;
	shrinker->column = known ? (int)column : 0;
}

static void take_sequence(
	struct shrinker *shrinker, const char *bytes, const struct sequence *sequence)
{
	if (sequence->final == 'm') {
		add_looks(shrinker, sequence);
		return;
	}
	close_looks(shrinker);
	if (sequence->final == 'H') {
		move(shrinker, bytes, sequence);
		return;
	}
	if (strchr("KPX@", sequence->final) == NULL)
		shrinker->column = 0;
	if (strchr("KPX@CDG", sequence->final) == NULL)
		shrinker->row = 0;
	copy(shrinker, bytes, sequence->length);
}

/* How wide a terminal makes other characters than ASCII is never certain. At the right margin
 * the cursor is neither here nor there. */
static void take_byte(struct shrinker *shrinker, const char *byte)
{
	bool ascii = *byte >= ' ' && *byte <= '~';
	close_looks(shrinker);
	if ((unsigned char)*byte < ' ')
		shrinker->row = 0;
	if (!ascii || shrinker->column == shrinker->columns)
		shrinker->column = 0;
	else if (shrinker->column > 0)
		shrinker->column++;
	copy(shrinker, byte, 1);
}

/* Length of a switch to the usual character set (ESC ( B, or shift in); else 0. */
static size_t usual_set_length(const char *bytes, size_t count)
{
	if (bytes[0] == '\017')
		return 1;
	return count >= 3 && memcmp(bytes, "\033(B", 3) == 0 ? 3 : 0;
}

size_t shrink(char *bytes, size_t count, int columns)
{
	struct shrinker shrinker = {.out = bytes, .columns = columns};
	for (size_t at = 0; at < count;) {
		size_t usual_set = usual_set_length(bytes + at, count - at);
		struct sequence sequence = sequence_at(bytes + at, count - at);
		if (usual_set == 0 && sequence.length > 0)
			take_sequence(&shrinker, bytes + at, &sequence);
		else if (usual_set == 0)
			take_byte(&shrinker, bytes + at);
		at += usual_set > 0 ? usual_set : sequence.length > 0 ? sequence.length : 1;
	}
	close_looks(&shrinker);
	return shrinker.written;
}
