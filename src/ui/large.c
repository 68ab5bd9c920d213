#include "ui/large.h"

#include "lab/text.h"
#include "nn/bounds.h"
#include "ui/glyphs.h"
#include <string.h>

enum {
	ROWS = 5,
	BLANK_WIDTH = 2,
	SCALE_MAX = 4,
	HALF = GLYPHS_BAR_STEPS / 2,
	UPPER_HALF = 0x2580,
	LOWER_HALF = 0x2584,
};

/* clang-format off */
static const struct letter {
	uint32_t code;
	const char *row[ROWS];
} letters[] = {
	{'0', {"###", "#.#", "#.#", "#.#", "###"}},
	{'1', {".#.", "##.", ".#.", ".#.", "###"}},
	{'2', {"###", "..#", "###", "#..", "###"}},
	{'3', {"###", "..#", ".##", "..#", "###"}},
	{'4', {"#.#", "#.#", "###", "..#", "..#"}},
	{'5', {"###", "#..", "###", "..#", "###"}},
	{'6', {"###", "#..", "###", "#.#", "###"}},
	{'7', {"###", "..#", "..#", ".#.", ".#."}},
	{'8', {"###", "#.#", "###", "#.#", "###"}},
	{'9', {"###", "#.#", "###", "..#", "###"}},
	{'.', {".", ".", ".", ".", "#"}},
	{'%', {"#.#", "..#", ".#.", "#..", "#.#"}},
	{'<', {"..#", ".#.", "#..", ".#.", "..#"}},
	{'>', {"#..", ".#.", "..#", ".#.", "#.."}},
	{'-', {"...", "...", "###", "...", "..."}},
	{'+', {"...", ".#.", "###", ".#.", "..."}},
	{0xD7, {"...", "#.#", ".#.", "#.#", "..."}}, /* times */
	{'A', {"###", "#.#", "###", "#.#", "#.#"}},
	{'B', {"##.", "#.#", "##.", "#.#", "##."}},
	{'C', {"###", "#..", "#..", "#..", "###"}},
	{'D', {"##.", "#.#", "#.#", "#.#", "##."}},
	{'E', {"###", "#..", "##.", "#..", "###"}},
	{'F', {"###", "#..", "##.", "#..", "#.."}},
	{'G', {"###", "#..", "#.#", "#.#", "###"}},
	{'H', {"#.#", "#.#", "###", "#.#", "#.#"}},
	{'I', {"#", "#", "#", "#", "#"}},
	{'J', {"..#", "..#", "..#", "#.#", "###"}},
	{'K', {"#.#", "#.#", "##.", "#.#", "#.#"}},
	{'L', {"#..", "#..", "#..", "#..", "###"}},
	{'M', {"#...#", "##.##", "#.#.#", "#...#", "#...#"}},
	{'N', {"#..#", "##.#", "#.##", "#..#", "#..#"}},
	{'O', {"###", "#.#", "#.#", "#.#", "###"}},
	{'P', {"###", "#.#", "###", "#..", "#.."}},
	{'Q', {"###.", "#.#.", "#.#.", "#.#.", "####"}},
	{'R', {"###", "#.#", "##.", "#.#", "#.#"}},
	{'S', {"###", "#..", "###", "..#", "###"}},
	{'T', {"###", ".#.", ".#.", ".#.", ".#."}},
	{'U', {"#.#", "#.#", "#.#", "#.#", "###"}},
	{'V', {"#.#", "#.#", "#.#", "#.#", ".#."}},
	{'W', {"#...#", "#...#", "#.#.#", "##.##", "#...#"}},
	{'X', {"#.#", "#.#", ".#.", "#.#", "#.#"}},
	{'Y', {"#.#", "#.#", ".#.", ".#.", ".#."}},
	{'Z', {"###", "..#", ".#.", "#..", "###"}},
};
/* clang-format on */

static const struct letter *letter_of(uint32_t code)
{
	if (code >= 'a' && code <= 'z')
		code = code - 'a' + 'A';
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].code == code)
			return &letters[i];
	return NULL;
}

/* Dots across. */
static int width_of(const struct letter *letter)
{
	return letter ? (int)strlen(letter->row[0]) : BLANK_WIDTH;
}

static int columns_a_dot(int scale)
{
	return scale == 0 ? 1 : 2 * scale;
}

int large_height(int scale)
{
	return scale == 0 ? (ROWS + 1) / 2 : ROWS * scale;
}

int large_width(const char *text, int scale)
{
	int dots = 0;
	for (uint32_t code; (code = text_next(&text)) != 0;)
		dots += width_of(letter_of(code)) + 1;
	return dots > 0 ? (dots - 1) * columns_a_dot(scale) : 0;
}

int large_scale(const char *text, int columns, int rows)
{
	for (int scale = SCALE_MAX; scale >= 0; scale--)
		if (large_height(scale) <= rows && large_width(text, scale) <= columns)
			return scale;
	return LARGE_NONE;
}

static bool is_dot(const struct letter *letter, int column, int row)
{
	return row < ROWS && letter->row[row][column] == '#';
}

/* Two rows of dots in each row of cells; without half blocks, signs above and below. */
static void draw_halves(
	struct area area, int x, int y, enum style style, const struct letter *letter)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	bool halves = glyphs->vertical_bar[HALF] == LOWER_HALF;
	uint32_t above = halves ? UPPER_HALF : '\'', below = halves ? LOWER_HALF : '.';
	for (int row = 0; row < ROWS; row += 2)
		for (int column = 0; column < width_of(letter); column++) {
			bool upper = is_dot(letter, column, row), lower = is_dot(letter, column, row + 1);
			if (upper || lower)
				area_put(area, x + column, y + row / 2,
					upper && lower ? glyphs->full
						: upper    ? above
								   : below,
					style);
		}
}

static void draw_blocks(
	struct area area, int x, int y, int scale, enum style style, const struct letter *letter)
{
	int wide = columns_a_dot(scale);
	for (int i = 0; i < ROWS * scale; i++)
		for (int k = 0; k < width_of(letter) * wide; k++)
			if (is_dot(letter, k / wide, i / scale))
				area_put(area, x + k, y + i, area.canvas->glyphs->full, style);
}

void large_draw(struct area area, int x, int y, int scale, enum style style, const char *text)
{
	for (uint32_t code; (code = text_next(&text)) != 0;) {
		const struct letter *letter = letter_of(code);
		if (letter && scale == 0)
			draw_halves(area, x, y, style, letter);
		else if (letter)
			draw_blocks(area, x, y, scale, style, letter);
		x += (width_of(letter) + 1) * columns_a_dot(scale);
	}
}

static int number_scale(struct area area, const char *usual, bool first)
{
	enum { ROWS_BELOW = 2 };
	int rows = area.height / 4;
	if (first)
		rows = max_int(rows, min_int(large_height(0), area.height - ROWS_BELOW));
	return large_scale(usual, area.width * 2 / 3, rows);
}

int large_number_rows(struct area area, const char *usual, bool first)
{
	int scale = number_scale(area, usual, first);
	return scale == LARGE_NONE ? 0 : large_height(scale);
}

int large_number(struct area area, enum style style, const char *number, const char *usual,
	bool first, int *rows)
{
	enum { GAP = 2 };
	int scale = number_scale(area, usual, first);
	*rows = 0;
	if (scale == LARGE_NONE)
		return 0;
	large_draw(area, 0, 0, scale, style, number);
	*rows = large_height(scale);
	return max_int(large_width(number, scale), large_width(usual, scale)) + GAP;
}
