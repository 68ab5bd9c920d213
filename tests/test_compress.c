/* A shrunk frame draws the same picture. A model of a terminal, no larger than what ncurses says
 * to one, plays frames as they came and as they were shrunk. */
#include "term/compress.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { COLUMNS = 30, ROWS = 8, FRAME_MAX = 8192, PARAMETERS_MAX = 40 };

struct looks {
	int attributes, foreground;
};

struct terminal {
	int x, y; /* x == COLUMNS: waits at the margin */
	struct looks looks;
	struct {
		char text[5];
		struct looks looks;
	} cell[ROWS][COLUMNS];
};

static void set_looks(struct looks *looks, const int *parameter, int count)
{
	for (int i = 0; i < count; i++)
		if (parameter[i] == 0)
			*looks = (struct looks){0, 0};
		else if (parameter[i] == 38) {
			looks->foreground = parameter[i + 2] + 1;
			i += 2;
		} else if (parameter[i] == 39)
			looks->foreground = 0;
		else
			looks->attributes |= 1 << parameter[i];
}

static const char *play_sequence(struct terminal *terminal, const char *at)
{
	int parameter[PARAMETERS_MAX] = {0}, count = 1;
	for (at += 2; *at == ';' || (*at >= '0' && *at <= '9'); at++)
		if (*at == ';')
			count++;
		else
			parameter[count - 1] = parameter[count - 1] * 10 + *at - '0';
	assert_true(count <= PARAMETERS_MAX - 2);
	switch (*at) {
	case 'm':
		set_looks(&terminal->looks, parameter, count);
		break;
	case 'H':
		terminal->y = parameter[0] - 1;
		terminal->x = parameter[1] - 1;
		break;
	case 'G':
		terminal->x = parameter[0] - 1;
		break;
	case 'C':
		terminal->x += parameter[0] ? parameter[0] : 1;
		break;
	case 'D':
		terminal->x -= parameter[0] ? parameter[0] : 1;
		break;
	case 'd':
		terminal->y = parameter[0] - 1;
		break;
	default:
		fail_msg("the model knows no sequence that ends in %c", *at);
	}
	return at + 1;
}

static const char *play_character(struct terminal *terminal, const char *at)
{
	int length = 1;
	while ((at[length] & 0xC0) == 0x80)
		length++;
	assert_in_range(terminal->x, 0, COLUMNS - 1);
	assert_in_range(terminal->y, 0, ROWS - 1);
	memcpy(terminal->cell[terminal->y][terminal->x].text, at, (size_t)length);
	terminal->cell[terminal->y][terminal->x].looks = terminal->looks;
	terminal->x++;
	return at + length;
}

static void play(struct terminal *terminal, const char *frame)
{
	for (const char *at = frame; *at;) {
		if (strncmp(at, "\033[", 2) == 0)
			at = play_sequence(terminal, at);
		else if (strncmp(at, "\033(B", 3) == 0)
			at += 3;
		else if ((unsigned char)*at >= ' ')
			at = play_character(terminal, at);
		else {
			/* from the margin, where it waits, only the start of a row is a sure place */
			assert_true(terminal->x < COLUMNS || *at == '\r' || *at == '\017');
			terminal->x = *at == '\r' ? 0 : terminal->x - (*at == '\b');
			terminal->y += *at == '\n';
			assert_in_range(terminal->y, 0, ROWS - 1);
			at++;
		}
	}
}

static size_t compress_text(char *frame)
{
	size_t length = compress(frame, strlen(frame), COLUMNS);
	frame[length] = '\0';
	return length;
}

static void check_same_picture(const char *frame)
{
	struct terminal plain = {.x = 0}, shrunk = {.x = 0};
	static char text[FRAME_MAX];
	snprintf(text, sizeof(text), "%s", frame);
	assert_true(compress_text(text) <= strlen(frame));
	play(&plain, frame);
	play(&shrunk, text);
	assert_memory_equal(&plain.cell, &shrunk.cell, sizeof(plain.cell));
	assert_memory_equal(&plain.looks, &shrunk.looks, sizeof(plain.looks));
}

static void check_becomes(const char *frame, const char *expected)
{
	char text[200];
	snprintf(text, sizeof(text), "%s", frame);
	compress_text(text);
	assert_string_equal(text, expected);
}

static void changes_of_looks_become_one(void **state)
{
	(void)state;
	check_becomes("\033[0;1m\033[38;5;32mx", "\033[0;1;38;5;32mx");
	check_becomes("\033[39m\033(B\033[m\033(B\033[0;1mx", "\033[0;1mx");
	check_becomes("\033[1m\033[m", "\033[m");
	check_becomes("\033[1m\033[;4mx", "\033[;4mx");
	check_becomes("\033[1mx\033[4m\017", "\033[1mx\033[4m");
}

static void near_places_are_reached_by_steps(void **state)
{
	(void)state;
	check_becomes("\033[2;5Hab\033[3;1Hc", "\033[2;5Hab\r\nc");
	check_becomes("\033[2;5Hab\033[3;5Hc", "\033[2;5Hab\b\b\nc");
	check_becomes("\033[12;15Habcdefg\033[14;15Hc", "\033[12;15Habcdefg\033[7D\n\nc");
	check_becomes("\033[2;5Hab\033[3;9Hc", "\033[2;5Hab\033[2C\nc");
}

/* Up, far down, and from where it is not certain what the column is. */
static void other_places_keep_their_address(void **state)
{
	static const char *const frames[] = {
		"\033[3;5Hab\033[2;5Hc",
		"\033[1;5Hab\033[6;5Hc",
		"ab\033[2;1Hc",
		"\033[2;5H\342\224\200\033[3;5Hc",
		"\033[2;30H|\033[3;29Hc",
		"\033[2;5H\033[?25l\033[3;1Hc",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++)
		check_becomes(frames[i], frames[i]);
}

static void unknown_sequences_are_left_unchanged(void **state)
{
	static const char *const frames[] = {
		"\033[?1049h\033[22;0;0t\033[1;25r\033=",
		"\033[",
		"\033",
		"\033[38:5:3mx",
		"\033[5",
		"\033[999999999999999999999;1Hx",
		"\033[;Hx",
		"\033[Hx",
		"\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1mx",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++)
		check_becomes(frames[i], frames[i]);
}

static unsigned next_random(unsigned limit)
{
	static uint64_t seed = 1;
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % limit;
}

/* Adds what ncurses might say next; *x is the column then, COLUMNS where it waits. */
static size_t add_random(char *out, int *x, int *y)
{
	static const char *const looks[] = {"\033[0;1m", "\033[m\033(B", "\033[38;5;32m", "\033[39m",
		"\033[4m", "\033[0;7m", "\033(B\033[0m", "\017"};
	static const char *const text[] = {"a", "7", " ", "\302\267", "\342\224\200"};
	unsigned kind = next_random(8);
	if (kind < 3 && *x < COLUMNS) {
		++*x;
		return (size_t)sprintf(out, "%s", text[next_random(5)]);
	}
	if (kind < 6)
		return (size_t)sprintf(out, "%s", looks[next_random(8)]);
	*x = (int)next_random(COLUMNS);
	if (kind == 6)
		return (size_t)sprintf(out, "\033[%dG", *x + 1);
	*y += (int)next_random(5) - 1;
	*y = *y < 0 ? 0 : *y >= ROWS ? 0 : *y;
	*x = next_random(4) ? *x : 0;
	return (size_t)sprintf(out, "\033[%d;%dH", *y + 1, *x + 1);
}

static void random_frames_draw_the_same_picture(void **state)
{
	static char frame[FRAME_MAX];
	(void)state;
	for (int i = 0; i < 5000; i++) {
		size_t length = (size_t)sprintf(frame, "\033[1;1H");
		int x = 0, y = 0;

		for (int step = 0; step < 300; step++)
			length += add_random(frame + length, &x, &y);
		check_same_picture(frame);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_of_looks_become_one),
		cmocka_unit_test(near_places_are_reached_by_steps),
		cmocka_unit_test(other_places_keep_their_address),
		cmocka_unit_test(unknown_sequences_are_left_unchanged),
		cmocka_unit_test(random_frames_draw_the_same_picture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
