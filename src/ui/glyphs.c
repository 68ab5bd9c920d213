/* Glyph sets and colour schemes. See glyphs.h. */
#include "ui/glyphs.h"
#include <assert.h>
#include <string.h>

/* Shared by the sets for fonts with block elements. */
#define UNICODE_SHAPES \
	.unicode = true, .horizontal = 0x2500, .vertical = 0x2502, .axis_left = 0x2524, \
	.axis_below = 0x252C, .axis_corner = 0x253C, .full = 0x2588, \
	.shade = {0x2591, 0x2592, 0x2593}, \
	.horizontal_bar = {' ', 0x258F, 0x258E, 0x258D, 0x258C, 0x258B, 0x258A, 0x2589, 0x2588}, \
	.vertical_bar = {' ', 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587, 0x2588}, \
	.height = {' ', 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587, 0x2588}, \
	.point = {0x00B7, 0x2022}, .tick = 0x2503, .tick_level = 0x2501, .arrow_left = 0x2190, \
	.arrow_right = 0x2192, .arrow_up = 0x2191, .arrow_down = 0x2193, .chosen = 0x25B8, \
	.run = 0x25B6, .pause = 0x2016

/* clang-format off */
static const struct glyphs glyph_sets[] = {
	{
		.name = "braille",
		.help = "Braille dots for curves, eighth blocks for bars (best, needs a Unicode font)",
		.braille = true,
		.dot_columns = 2, .dot_rows = 4,
		.corner = {0x256D, 0x256E, 0x2570, 0x256F},
		UNICODE_SHAPES,
	},
	{
		.name = "block",
		.help = "half blocks for curves, eighth blocks for bars",
		.dot_columns = 1, .dot_rows = 2, .dot = {' ', 0x2580, 0x2584, 0x2588},
		.corner = {0x250C, 0x2510, 0x2514, 0x2518},
		UNICODE_SHAPES,
	},
	{
		.name = "console",
		.help = "only glyphs that the Linux console's font has",
		.dot_columns = 1, .dot_rows = 3,
		.dot = {' ', '\'', '-', '"', '.', ':', '=', '|'},
		.horizontal = 0x2500, .vertical = 0x2502,
		.corner = {0x250C, 0x2510, 0x2514, 0x2518},
		.axis_left = 0x2524, .axis_below = 0x252C, .axis_corner = 0x253C,
		.full = 0x2588, .shade = {0x2591, 0x2591, 0x2592},
		.horizontal_bar = {' ', 0x2591, 0x2591, 0x2591, 0x2592, 0x2592, 0x2592, 0x2588, 0x2588},
		.vertical_bar = {' ', 0x2591, 0x2591, 0x2591, 0x2592, 0x2592, 0x2592, 0x2588, 0x2588},
		.height = {' ', '_', '_', '_', '=', '=', '=', 0x2588, 0x2588}, .body = 0x2591,
		.second = 'o',
		.point = {'.', '*'}, .tick = 0x2502, .tick_level = 0x2500,
		.arrow_left = '<', .arrow_right = '>', .arrow_up = '^', .arrow_down = 'v',
		.chosen = '>', .run = '>', .pause = '|',
	},
	{
		.name = "ascii",
		.help = "7-bit ASCII, for any terminal and any font",
		.dot_columns = 1, .dot_rows = 3,
		.dot = {' ', '\'', '-', '"', '.', ':', '=', '|'},
		.horizontal = '-', .vertical = '|', .corner = {'+', '+', '+', '+'},
		.axis_left = '+', .axis_below = '+', .axis_corner = '+',
		.full = '#', .shade = {'-', '=', '#'},
		.horizontal_bar = {' ', '-', '-', '-', '=', '=', '=', '#', '#'},
		.vertical_bar = {' ', '.', '.', ':', ':', ':', '|', '#', '#'},
		.height = {' ', '_', '_', '_', '=', '=', '=', '#', '#'}, .body = ':', .second = 'o',
		.point = {'.', '*'}, .tick = '|', .tick_level = '=',
		.arrow_left = '<', .arrow_right = '>', .arrow_up = '^', .arrow_down = 'v',
		.chosen = '>', .run = '>', .pause = '|',
	},
};
/* clang-format on */

const struct glyphs *glyphs_at(int index)
{
	if (index < 0 || index >= (int)(sizeof(glyph_sets) / sizeof(glyph_sets[0])))
		return NULL;
	return &glyph_sets[index];
}

const struct glyphs *glyphs_find(const char *name)
{
	for (int i = 0; glyphs_at(i); i++)
		if (strcmp(glyphs_at(i)->name, name) == 0)
			return glyphs_at(i);
	return NULL;
}

#define BOLD ATTRIBUTE_BOLD
#define DIM ATTRIBUTE_DIM
#define REVERSE ATTRIBUTE_REVERSE
#define UNDERLINE ATTRIBUTE_UNDERLINE

/* The background is the terminal's own and may be black or white, so each of the 256 colours used
 * is a middle tone, readable on both. Of the 8 basic colours only red and magenta are; where things
 * differ by more than colour, the terminal's own foreground is used instead. */
/* clang-format off */
static const struct color_scheme color_schemes[] = {
	{
		.name = "default", .help = "middle tones for dark and light terminals", .color = true,
		.look = {
			[STYLE_NORMAL] = {-1, -1, 0, 0},
			[STYLE_DIM] = {244, -1, 0, DIM},
			[STYLE_TITLE] = {-1, -1, BOLD, BOLD},
			[STYLE_FOCUS] = {32, -1, BOLD, BOLD},
			[STYLE_KEY] = {-1, -1, BOLD | UNDERLINE, BOLD | UNDERLINE},
			[STYLE_BAR] = {32, -1, 0, 0},
			[STYLE_SECOND] = {166, 5, BOLD, BOLD},
			[STYLE_GOOD] = {28, 2, 0, 0},
			[STYLE_WARNING] = {130, 5, BOLD, UNDERLINE},
			[STYLE_ALARM] = {160, 1, BOLD, BOLD | REVERSE},
			[STYLE_SATURATED] = {130, 5, 0, 0},
			[STYLE_DEAD] = {160, 1, BOLD, BOLD},
			[STYLE_MARK] = {133, 5, 0, 0},
			[STYLE_SELECTED] = {-1, -1, REVERSE, REVERSE},
			[STYLE_CLASS0] = {32, 4, BOLD, 0},
			[STYLE_CLASS1] = {166, 1, 0, BOLD},
			[STYLE_CLASS2] = {28, 2, 0, DIM},
			[STYLE_CLASS3] = {133, 5, 0, UNDERLINE},
			[STYLE_TWIN] = {28, 2, 0, DIM},
		},
	},
	{
		.name = "mono", .help = "no colour: bold, dim, underline and reverse", .color = false,
		.look = {
			[STYLE_NORMAL] = {-1, -1, 0, 0},
			[STYLE_DIM] = {-1, -1, DIM, DIM},
			[STYLE_TITLE] = {-1, -1, BOLD, BOLD},
			[STYLE_FOCUS] = {-1, -1, BOLD, BOLD},
			[STYLE_KEY] = {-1, -1, BOLD | UNDERLINE, BOLD | UNDERLINE},
			[STYLE_BAR] = {-1, -1, 0, 0},
			[STYLE_SECOND] = {-1, -1, BOLD, BOLD},
			[STYLE_GOOD] = {-1, -1, 0, 0},
			[STYLE_WARNING] = {-1, -1, UNDERLINE, UNDERLINE},
			[STYLE_ALARM] = {-1, -1, BOLD | REVERSE, BOLD | REVERSE},
			[STYLE_SATURATED] = {-1, -1, 0, 0},
			[STYLE_DEAD] = {-1, -1, BOLD, BOLD},
			[STYLE_MARK] = {-1, -1, 0, 0},
			[STYLE_SELECTED] = {-1, -1, REVERSE, REVERSE},
			[STYLE_CLASS0] = {-1, -1, 0, 0},
			[STYLE_CLASS1] = {-1, -1, BOLD, BOLD},
			[STYLE_CLASS2] = {-1, -1, DIM, DIM},
			[STYLE_CLASS3] = {-1, -1, UNDERLINE, UNDERLINE},
			[STYLE_TWIN] = {-1, -1, DIM, DIM},
		},
	},
	{
		.name = "high-contrast", .help = "the terminal's own foreground, bold; alarms reversed",
		.color = true,
		.look = {
			[STYLE_NORMAL] = {-1, -1, BOLD, BOLD},
			[STYLE_DIM] = {-1, -1, 0, 0},
			[STYLE_TITLE] = {-1, -1, BOLD, BOLD},
			[STYLE_FOCUS] = {-1, -1, BOLD | REVERSE, BOLD | REVERSE},
			[STYLE_KEY] = {-1, -1, BOLD | UNDERLINE, BOLD | UNDERLINE},
			[STYLE_BAR] = {-1, -1, BOLD, BOLD},
			[STYLE_SECOND] = {160, 1, BOLD, BOLD},
			[STYLE_GOOD] = {-1, -1, BOLD, BOLD},
			[STYLE_WARNING] = {-1, -1, BOLD | UNDERLINE, BOLD | UNDERLINE},
			[STYLE_ALARM] = {160, 1, BOLD | REVERSE, BOLD | REVERSE},
			[STYLE_SATURATED] = {-1, -1, 0, 0},
			[STYLE_DEAD] = {160, 1, BOLD, BOLD},
			[STYLE_MARK] = {-1, -1, BOLD, BOLD},
			[STYLE_SELECTED] = {-1, -1, BOLD | REVERSE, BOLD | REVERSE},
			[STYLE_CLASS0] = {-1, -1, BOLD, 0},
			[STYLE_CLASS1] = {160, 1, BOLD, BOLD},
			[STYLE_CLASS2] = {28, 2, BOLD, UNDERLINE},
			[STYLE_CLASS3] = {27, 4, BOLD, BOLD | UNDERLINE},
			[STYLE_TWIN] = {28, 2, 0, DIM},
		},
	},
	{
		.name = "colour-blind",
		.help = "blue, vermilion, bluish green, purple (after Okabe and Ito)",
		.color = true,
		.look = {
			[STYLE_NORMAL] = {-1, -1, 0, 0},
			[STYLE_DIM] = {244, -1, 0, DIM},
			[STYLE_TITLE] = {-1, -1, BOLD, BOLD},
			[STYLE_FOCUS] = {32, -1, BOLD, BOLD},
			[STYLE_KEY] = {-1, -1, BOLD | UNDERLINE, BOLD | UNDERLINE},
			[STYLE_BAR] = {32, -1, 0, 0},
			[STYLE_SECOND] = {166, 5, BOLD, BOLD},
			[STYLE_GOOD] = {32, 4, 0, 0},
			[STYLE_WARNING] = {136, 5, UNDERLINE, UNDERLINE},
			[STYLE_ALARM] = {166, 5, BOLD | REVERSE, BOLD | REVERSE},
			[STYLE_SATURATED] = {136, 5, 0, 0},
			[STYLE_DEAD] = {166, 5, BOLD, BOLD},
			[STYLE_MARK] = {168, 5, 0, 0},
			[STYLE_SELECTED] = {-1, -1, REVERSE, REVERSE},
			[STYLE_CLASS0] = {32, 4, BOLD, 0},
			[STYLE_CLASS1] = {166, -1, BOLD, BOLD},
			[STYLE_CLASS2] = {29, 5, 0, DIM},
			[STYLE_CLASS3] = {168, -1, UNDERLINE, UNDERLINE},
			[STYLE_TWIN] = {29, 5, 0, DIM},
		},
	},
};
/* clang-format on */

const struct color_scheme *color_scheme_at(int index)
{
	if (index < 0 || index >= (int)(sizeof(color_schemes) / sizeof(color_schemes[0])))
		return NULL;
	return &color_schemes[index];
}

const struct color_scheme *color_scheme_find(const char *name)
{
	for (int i = 0; color_scheme_at(i); i++)
		if (strcmp(color_scheme_at(i)->name, name) == 0)
			return color_scheme_at(i);
	return NULL;
}

/* Magnitudes: lightness rises all the way, so that grey shows it, too. Regions are dark, so that
 * the points on them, which are light, stand out. */
/* clang-format off */
static const struct look common_looks[] = {
	{17, 4, 0, 0}, {54, 4, 0, 0}, {90, 4, 0, 0}, {126, 5, 0, 0}, {162, 5, 0, 0}, {167, 5, 0, 0},
	{202, 1, 0, 0}, {208, 1, 0, 0}, {214, 1, 0, 0}, {220, 3, 0, 0}, {228, 3, 0, 0}, {230, 3, 0, 0},
	{17, 4, 0, 0}, {23, 4, 0, 0}, {24, 4, 0, 0},
	{52, 1, 0, 0}, {58, 1, 0, 0}, {94, 1, 0, 0},
	{22, 2, 0, 0}, {28, 2, 0, 0}, {29, 2, 0, 0},
	{53, 5, 0, 0}, {54, 5, 0, 0}, {90, 5, 0, 0},
	{234, -1, 0, 0},
	{117, -1, BOLD, 0}, {222, -1, BOLD, 0}, {157, -1, BOLD, 0}, {219, -1, BOLD, 0},
	{253, -1, 0, 0}, {210, -1, BOLD, 0},
};
/* clang-format on */
static_assert(sizeof(common_looks) / sizeof(common_looks[0]) == STYLE_COUNT - STYLE_OWN_COUNT,
	"each style has a look");

const struct look *color_scheme_look(const struct color_scheme *scheme, enum style style)
{
	return style < STYLE_OWN_COUNT ? &scheme->look[style] : &common_looks[style - STYLE_OWN_COUNT];
}
