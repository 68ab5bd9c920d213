#include "svg_shapes.h"

enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8, ROUND = 16, HEAVY = 32 };

/* Box drawing: which edges of the cell a line leads to. */
static const struct {
	uint32_t code;
	int edges;
} lines[] = {
	{0x2500, LEFT | RIGHT},
	{0x2501, LEFT | RIGHT | HEAVY},
	{0x2502, UP | DOWN},
	{0x2503, UP | DOWN | HEAVY},
	{0x250C, RIGHT | DOWN},
	{0x2510, LEFT | DOWN},
	{0x2514, RIGHT | UP},
	{0x2518, LEFT | UP},
	{0x251C, RIGHT | UP | DOWN},
	{0x2524, LEFT | UP | DOWN},
	{0x252C, LEFT | RIGHT | DOWN},
	{0x2534, LEFT | RIGHT | UP},
	{0x253C, LEFT | RIGHT | UP | DOWN},
	{0x256D, RIGHT | DOWN | ROUND},
	{0x256E, LEFT | DOWN | ROUND},
	{0x256F, LEFT | UP | ROUND},
	{0x2570, RIGHT | UP | ROUND},
};

/* 0 if it is no line. */
static int edges_of(uint32_t code)
{
	bool maybe = code >= lines[0].code && code <= 0x2570;
	for (size_t i = 0; maybe && i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i].code == code)
			return lines[i].edges;
	return 0;
}

enum svg_shape svg_shape_of(uint32_t code)
{
	if (code <= ' ' || code == 0x2800)
		return SVG_NOTHING;
	if (code >= 0x2591 && code <= 0x2593)
		return (enum svg_shape)(SVG_SHADE + (code - 0x2591));
	if (code >= 0x2580 && code <= 0x2590)
		return SVG_BLOCK;
	if (code > 0x2800 && code <= 0x28FF)
		return SVG_DOTS;
	int edges = edges_of(code);
	return !edges ? SVG_TEXT : edges & HEAVY ? SVG_LINE_HEAVY : SVG_LINE;
}

static void add_rectangle(FILE *file, int x, int y, int width, int height)
{
	fprintf(file, "M%d %dh%dv%dh-%dz", x, y, width, height, width);
}

/* In the order of the codes: the upper half, 1/8 to 8/8 from below, 7/8 to 1/8 from the left, the
 * right half. */
static void add_block(FILE *file, uint32_t code, int x, int y, int count)
{
	const int wide = count * SVG_WIDTH;
	if (code == 0x2580 || (code >= 0x2591 && code <= 0x2593)) {
		add_rectangle(file, x, y, wide, code == 0x2580 ? SVG_HEIGHT / 2 : SVG_HEIGHT);
	} else if (code <= 0x2588) {
		int height = (int)(code - 0x2580) * SVG_HEIGHT / 8;
		add_rectangle(file, x, y + SVG_HEIGHT - height, wide, height);
	} else {
		bool right = code == 0x2590;
		int width = right ? SVG_WIDTH / 2 : (int)(0x2590 - code) * SVG_WIDTH / 8;
		for (int i = 0; i < count; i++)
			add_rectangle(
				file, x + i * SVG_WIDTH + (right ? SVG_WIDTH / 2 : 0), y, width, SVG_HEIGHT);
	}
}

static void add_corner(FILE *file, int edges, int x, int y)
{
	int from = edges & DOWN ? SVG_HEIGHT : 0, towards = edges & DOWN ? -1 : 1;
	int bend = SVG_WIDTH / 2, aside = edges & RIGHT ? bend : -bend;
	fprintf(file, "M%d %dv%dq0 %d %d %d", x + bend, y + from, towards * (SVG_HEIGHT / 2 - bend),
		towards * bend, aside, towards * bend);
}

static void add_line(FILE *file, int edges, int x, int y, int count)
{
	int left = edges & LEFT ? 0 : SVG_WIDTH / 2, right = edges & RIGHT ? 0 : SVG_WIDTH / 2;
	int top = edges & UP ? 0 : SVG_HEIGHT / 2, bottom = edges & DOWN ? 0 : SVG_HEIGHT / 2;
	if (edges & (LEFT | RIGHT) && !(edges & ROUND))
		fprintf(file, "M%d %dh%d", x + left, y + SVG_HEIGHT / 2, count * SVG_WIDTH - left - right);
	for (int i = 0; i < count && edges & (UP | DOWN); i++, x += SVG_WIDTH)
		if (edges & ROUND)
			add_corner(file, edges, x, y);
		else
			fprintf(file, "M%d %dv%d", x + SVG_WIDTH / 2, y + top, SVG_HEIGHT - top - bottom);
}

/* Bits of a Braille pattern: dots 1 to 3 downwards, 4 to 6 beside them, then 7 and 8 below. */
static void add_dots(FILE *file, uint32_t code, int x, int y, int count)
{
	static const struct {
		int x, y;
	} dots[] = {{2, 2}, {2, 6}, {2, 10}, {6, 2}, {6, 6}, {6, 10}, {2, 14}, {6, 14}};
	for (int i = 0; i < count; i++, x += SVG_WIDTH)
		for (int bit = 0; bit < 8; bit++)
			if (code >> bit & 1)
				fprintf(file, "M%d %dh0", x + dots[bit].x, y + dots[bit].y);
}

void svg_path_add(FILE *file, uint32_t code, int x, int y, int count)
{
	x *= SVG_WIDTH;
	y *= SVG_HEIGHT;
	switch (svg_shape_of(code)) {
	case SVG_BLOCK:
	case SVG_SHADE:
	case SVG_SHADE_MEDIUM:
	case SVG_SHADE_DARK:
		add_block(file, code, x, y, count);
		break;
	case SVG_LINE:
	case SVG_LINE_HEAVY:
		add_line(file, edges_of(code), x, y, count);
		break;
	case SVG_DOTS:
		add_dots(file, code, x, y, count);
		break;
	case SVG_NOTHING:
	case SVG_TEXT:
	case SVG_SHAPES:
		break;
	}
}
