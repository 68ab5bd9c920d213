/* Built-in descriptions of terminals. See builtin.h and term(5). */
#include "term/builtin.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct builtin builtins[] = {
	{"wane-256color", "xterm with 256 colours", 256, true},
	{"wane-8color", "a VT100 with 8 colours", 8, false},
};

/* The first row that is a prefix of the terminal's name decides. NULL: it cannot move its
 * cursor. */
/* clang-format off */
static const struct {
	const char *prefix;
	const struct builtin *builtin;
} kinds[] = {
	{"dumb", NULL}, {"emacs", NULL}, {"linux", &builtins[1]}, {"vte", &builtins[0]},
	{"vt", &builtins[1]}, {"ansi", &builtins[1]}, {"cons", &builtins[1]},
	{"", &builtins[0]},
};
/* clang-format on */

/* Positions in the lists of all capabilities, the same in every terminfo. */
static const struct {
	int place;
	const char *name;
} flags[] = {{1, "am"}, {4, "xenl"}, {14, "msgr"}};

enum { AT_COLUMNS = 0, AT_LINES = 2, AT_COLORS = 13, AT_PAIRS = 14, PAIRS_MOST = 0x7FFF };

/* `for_colors`: only for terminals with this number of colours; 0: for all. */
static const struct capability {
	int place;
	const char *name, *text;
	int for_colors;
	bool newer;
} capabilities[] = {
	{1, "bel", "\007", 0, false},
	{2, "cr", "\r", 0, false},
	{5, "clear", "\033[H\033[2J", 0, false},
	{6, "el", "\033[K", 0, false},
	{7, "ed", "\033[J", 0, false},
	{8, "hpa", "\033[%i%p1%dG", 0, true},
	{10, "cup", "\033[%i%p1%d;%p2%dH", 0, false},
	{11, "cud1", "\n", 0, false},
	{12, "home", "\033[H", 0, false},
	{13, "civis", "\033[?25l", 0, false},
	{14, "cub1", "\b", 0, false},
	{16, "cnorm", "\033[?25h", 0, false},
	{17, "cuf1", "\033[C", 0, false},
	{19, "cuu1", "\033[A", 0, false},
	{27, "bold", "\033[1m", 0, false},
	{28, "smcup", "\033[?1049h", 0, true},
	{30, "dim", "\033[2m", 0, true},
	{34, "rev", "\033[7m", 0, false},
	{35, "smso", "\033[7m", 0, false},
	{36, "smul", "\033[4m", 0, false},
	{39, "sgr0", "\033[m", 0, false},
	{40, "rmcup", "\033[?1049l", 0, true},
	{43, "rmso", "\033[27m", 0, true},
	{44, "rmul", "\033[24m", 0, true},
	{107, "cud", "\033[%p1%dB", 0, false},
	{111, "cub", "\033[%p1%dD", 0, false},
	{112, "cuf", "\033[%p1%dC", 0, false},
	{114, "cuu", "\033[%p1%dA", 0, false},
	{127, "vpa", "\033[%i%p1%dd", 0, true},
	{297, "op", "\033[39;49m", 0, false},
	{355, "kmous", "\033[<", 0, true},
	{359, "setaf", "\033[3%p1%dm", 8, false},
	{359, "setaf", "\033[%?%p1%{8}%<%t3%p1%d%e38;5;%p1%d%;m", 256, false},
	{360, "setab", "\033[4%p1%dm", 8, false},
	{360, "setab", "\033[%?%p1%{8}%<%t4%p1%d%e48;5;%p1%d%;m", 256, false},
};

enum { FLAG_COUNT = 15, NUMBER_COUNT = 15, STRING_COUNT = 361 };

const struct builtin *builtin_for(const char *terminal)
{
	size_t i = 0;
	while (strncmp(terminal, kinds[i].prefix, strlen(kinds[i].prefix)) != 0)
		i++;
	return kinds[i].builtin;
}

static bool has(const struct builtin *builtin, const struct capability *capability)
{
	return (!capability->newer || builtin->newer) &&
		(capability->for_colors == 0 || capability->for_colors == builtin->colors);
}

static const struct capability *at_place(const struct builtin *builtin, int place)
{
	for (size_t i = 0; i < LENGTH(capabilities); i++)
		if (capabilities[i].place == place && has(builtin, &capabilities[i]))
			return &capabilities[i];
	return NULL;
}

/* ---- the compiled form: a header of six numbers, names, flags, numbers, offsets, strings ---- */

struct writer {
	char *out;
	size_t used;
	int bytes;
};

static void put_byte(struct writer *writer, int byte)
{
	assert(writer->used + 3 <= BUILTIN_TEXT_MAX);
	writer->used += (size_t)sprintf(writer->out + writer->used, "%02X", (unsigned)byte & 0xFF);
	writer->bytes++;
}

static void put_number(struct writer *writer, int number)
{
	put_byte(writer, number);
	put_byte(writer, number >> 8);
}

static void put_text(struct writer *writer, const char *text)
{
	do
		put_byte(writer, *text);
	while (*text++ != '\0');
}

static int size_of_texts(const struct builtin *builtin)
{
	const struct capability *capability;
	size_t size = 0;
	for (int place = 0; place < STRING_COUNT; place++)
		if ((capability = at_place(builtin, place)) != NULL)
			size += strlen(capability->text) + 1;
	return (int)size;
}

static void put_header(struct writer *writer, const struct builtin *builtin)
{
	enum { MAGIC = 0432 };
	const int header[] = {MAGIC, (int)strlen(builtin->name) + 1, FLAG_COUNT, NUMBER_COUNT,
		STRING_COUNT, size_of_texts(builtin)};
	for (size_t i = 0; i < LENGTH(header); i++)
		put_number(writer, header[i]);
}

static void put_flags(struct writer *writer)
{
	for (int place = 0; place < FLAG_COUNT; place++) {
		bool set = false;
		for (size_t i = 0; i < LENGTH(flags); i++)
			set |= flags[i].place == place;
		put_byte(writer, set);
	}
	if (writer->bytes % 2 != 0)
		put_byte(writer, 0);
}

static void put_numbers(struct writer *writer, const struct builtin *builtin)
{
	int pairs = builtin->colors * builtin->colors;
	const int number[NUMBER_COUNT] = {[AT_COLUMNS] = 80,
		[AT_LINES] = 24,
		[AT_COLORS] = builtin->colors,
		[AT_PAIRS] = pairs < PAIRS_MOST ? pairs : PAIRS_MOST};
	for (int place = 0; place < NUMBER_COUNT; place++)
		put_number(writer, number[place] > 0 ? number[place] : -1);
}

void builtin_write(const struct builtin *builtin, char out[BUILTIN_TEXT_MAX])
{
	struct writer writer = {.out = out};
	const struct capability *capability;
	int offset = 0;
	writer.used = (size_t)sprintf(out, "hex:");
	put_header(&writer, builtin);
	put_text(&writer, builtin->name);
	put_flags(&writer);
	put_numbers(&writer, builtin);
	for (int place = 0; place < STRING_COUNT; place++) {
		capability = at_place(builtin, place);
		put_number(&writer, capability != NULL ? offset : -1);
		offset += capability != NULL ? (int)strlen(capability->text) + 1 : 0;
	}
	for (int place = 0; place < STRING_COUNT; place++)
		if ((capability = at_place(builtin, place)) != NULL)
			put_text(&writer, capability->text);
}

/* ---- the environment, through which ncurses reads it ---- */

char *builtin_publish(const struct builtin *builtin)
{
	const char *found = getenv("TERMINFO");
	char description[BUILTIN_TEXT_MAX], *before = found != NULL ? strdup(found) : NULL;
	builtin_write(builtin, description);
	setenv("TERMINFO", description, 1);
	return before;
}

void builtin_withdraw(char *before)
{
	if (before != NULL)
		setenv("TERMINFO", before, 1);
	else
		unsetenv("TERMINFO");
	free(before);
}
