/* The canvas: cells, clipping, and text in the characters of the glyph set. See canvas.h. */
#include "ui/canvas.h"
#include "lab/text.h"
#include "nn/bounds.h"
#include "ui/glyphs.h"
#include "ui/target.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FORMAT_MAX = 1024 };

struct canvas *canvas_new(void)
{
	return calloc(1, sizeof(struct canvas));
}

void canvas_free(struct canvas *canvas)
{
	if (!canvas)
		return;
	free(canvas->cell);
	free(canvas);
}

bool canvas_reset(struct canvas *canvas, int columns, int rows, const struct glyphs *glyphs)
{
	columns = clamp_int(columns, 0, CANVAS_COLUMNS_MAX);
	rows = clamp_int(rows, 0, CANVAS_ROWS_MAX);
	size_t count = (size_t)columns * (size_t)rows;
	if (columns != canvas->columns || rows != canvas->rows || !canvas->cell) {
		struct cell *cell = malloc((count ? count : 1) * sizeof(*cell));
		if (!cell)
			return false;
		free(canvas->cell);
		canvas->cell = cell;
	}
	canvas->columns = columns;
	canvas->rows = rows;
	canvas->glyphs = glyphs;
	canvas->cursor = (struct cursor){0, 0, false};
	for (size_t i = 0; i < count; i++)
		canvas->cell[i] = (struct cell){.code = ' ', .style = STYLE_NORMAL};
	return true;
}

struct area area_all(struct canvas *canvas)
{
	return (struct area){.canvas = canvas, .width = canvas->columns, .height = canvas->rows};
}

/* Clips [*start, *start + *length) to [0, limit); in 64 bits, as the sum may exceed an int. */
static void cut(int *start, int *length, int limit)
{
	int64_t from = *start, to = from + (*length > 0 ? *length : 0);
	from = from < 0 ? 0 : from > limit ? limit : from;
	to = to < from ? from : to > limit ? limit : to;
	*start = (int)from;
	*length = (int)(to - from);
}

struct area area_sub(struct area area, int x, int y, int width, int height)
{
	cut(&x, &width, area.width);
	cut(&y, &height, area.height);
	return (struct area){
		.canvas = area.canvas,
		.x = area.x + x,
		.y = area.y + y,
		.width = width,
		.height = height,
	};
}

static bool inside(struct area area, int x, int y)
{
	return x >= 0 && y >= 0 && x < area.width && y < area.height;
}

static struct cell *cell_at(struct area area, int x, int y)
{
	return area.canvas->cell + (size_t)(area.y + y) * (size_t)area.canvas->columns + area.x + x;
}

/* Overwriting half of a wide character leaves a blank for its other half. */
static void part_from_neighbours(const struct canvas *canvas, struct cell *cell)
{
	int column = (int)((cell - canvas->cell) % canvas->columns);
	if (cell->code == 0 && column > 0)
		cell[-1].code = ' ';
	if (column + 1 < canvas->columns && cell[1].code == 0)
		cell[1].code = ' ';
}

void area_cursor(struct area area, int x, int y)
{
	if (inside(area, x, y))
		area.canvas->cursor = (struct cursor){area.x + x, area.y + y, true};
}

static void add_target(struct target *to, struct target target)
{
	to->pane = target.pane ? target.pane : to->pane;
	to->title = target.title || to->title;
	to->layer = target.layer ? target.layer : to->layer;
	to->unit = target.unit ? target.unit : to->unit;
	to->weight = target.weight ? target.weight : to->weight;
	to->cursor = target.cursor ? target.cursor : to->cursor;
	to->column = target.column ? target.column : to->column;
	to->choice = target.choice ? target.choice : to->choice;
	to->setting = target.setting ? target.setting : to->setting;
	to->value = target.value ? target.value : to->value;
	to->key = target.key ? target.key : to->key;
	to->epoch = target.has_epoch ? target.epoch : to->epoch;
	to->has_epoch = target.has_epoch || to->has_epoch;
}

static struct target *target_of(struct area area, int x, int y)
{
	return &area.canvas->target[(area.y + y) * area.canvas->columns + area.x + x];
}

void area_target(struct area area, struct target target)
{
	for (int y = 0; y < area.height && area.canvas->target; y++)
		for (int x = 0; x < area.width; x++)
			add_target(target_of(area, x, y), target);
}

void area_target_pane_only(struct area area)
{
	for (int y = 0; y < area.height && area.canvas->target; y++)
		for (int x = 0; x < area.width; x++) {
			struct target *target = target_of(area, x, y);
			*target = (struct target){.pane = target->pane, .title = target->title};
		}
}

void area_cover(struct area area)
{
	for (int y = 0; y < area.height; y++)
		for (int x = 0; x < area.width; x++) {
			area_put(area, x, y, ' ', STYLE_NORMAL);
			if (area.canvas->target)
				*target_of(area, x, y) = (struct target){0};
		}
}

void area_put_on(struct area area, int x, int y, uint32_t code, enum style style, enum style ground)
{
	int width = code < 0x80 ? 1 : text_width(code);
	if (!inside(area, x, y) || !inside(area, x + width - 1, y))
		return;
	struct cell *cell = cell_at(area, x, y);
	for (int i = 0; i < width; i++)
		part_from_neighbours(area.canvas, &cell[i]);
	uint8_t below = area.canvas->colors >= 256 ? (uint8_t)ground : STYLE_NORMAL;
	cell[0] = (struct cell){code ? code : ' ', (uint8_t)style, below};
	if (width == 2)
		cell[1] = (struct cell){0, (uint8_t)style, below};
}

void area_put(struct area area, int x, int y, uint32_t code, enum style style)
{
	area_put_on(area, x, y, code, style, STYLE_NORMAL);
}

void area_lay(struct area area, int x, int y, enum style ground)
{
	if (inside(area, x, y) && area.canvas->colors >= 256)
		cell_at(area, x, y)->ground = (uint8_t)ground;
}

void area_chosen(struct area area, int x, int y, enum style style)
{
	area_put(area, x, y, area.canvas->glyphs->chosen, style);
	if (!area.canvas->cursor.item)
		area_cursor(area, x, y);
}

void area_frame(struct area area, enum style style)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	int right = area.width - 1, bottom = area.height - 1;
	for (int x = 1; x < right; x++) {
		area_put(area, x, 0, glyphs->horizontal, style);
		area_put(area, x, bottom, glyphs->horizontal, style);
	}
	for (int y = 1; y < bottom; y++) {
		area_put(area, 0, y, glyphs->vertical, style);
		area_put(area, right, y, glyphs->vertical, style);
	}
	area_put(area, 0, 0, glyphs->corner[0], style);
	area_put(area, right, 0, glyphs->corner[1], style);
	area_put(area, 0, bottom, glyphs->corner[2], style);
	area_put(area, right, bottom, glyphs->corner[3], style);
}

uint32_t area_code(struct area area, int x, int y)
{
	return inside(area, x, y) ? cell_at(area, x, y)->code : 0;
}

enum style area_style(struct area area, int x, int y)
{
	return inside(area, x, y) ? (enum style)cell_at(area, x, y)->style : STYLE_NORMAL;
}

/* clang-format off */
static const struct {
	uint32_t code;
	const char *plain;
} transliterations[] = {
	{0x00B7, "."}, {0x00D7, "x"}, {0x00B1, "+-"}, {0x00B2, "2"}, {0x00B3, "3"}, {0x00B0, "deg"},
	{0x00A0, " "}, {0x00B5, "u"}, {0x00BD, "1/2"}, {0x00BC, "1/4"}, {0x00E4, "ae"},
	{0x00C4, "Ae"}, {0x00D6, "Oe"}, {0x00DC, "Ue"}, {0x201E, "\""},
	{0x00E9, "e"}, {0x00F6, "oe"}, {0x00FC, "ue"}, {0x00DF, "ss"},
	{0x03B1, "alpha"}, {0x03B2, "beta"}, {0x03B3, "gamma"}, {0x03B4, "delta"}, {0x0394, "D"},
	{0x03B5, "eps"}, {0x03B7, "eta"}, {0x03B8, "theta"}, {0x03BA, "kappa"}, {0x03BB, "lambda"},
	{0x03BC, "mu"}, {0x03C0, "pi"}, {0x03C1, "rho"}, {0x03C3, "s"}, {0x03A3, "sum"},
	{0x03A6, "Phi"}, {0x03C6, "phi"}, {0x03C7, "chi"}, {0x03C9, "omega"},
	{0x2010, "-"}, {0x2011, "-"}, {0x2012, "-"}, {0x2013, "-"}, {0x2014, "-"}, {0x2016, "||"},
	{0x2018, "'"}, {0x2019, "'"}, {0x201C, "\""}, {0x201D, "\""}, {0x2022, "*"}, {0x2026, "..."},
	{0x202F, " "}, {0x2032, "'"}, {0x2033, "''"}, {0x1D40, "T"}, {0x207B, "-"}, {0x00B9, "1"},
	{0x2080, "0"}, {0x2081, "1"}, {0x2082, "2"}, {0x2083, "3"}, {0x2084, "4"},
	{0x2085, "5"}, {0x2086, "6"}, {0x2087, "7"}, {0x2088, "8"}, {0x2089, "9"},
	{0x2190, "<-"}, {0x2191, "^"}, {0x2192, "->"}, {0x2193, "v"}, {0x21D2, "=>"},
	{0x2202, "d"}, {0x2207, "grad"}, {0x2208, "in"}, {0x2211, "sum"}, {0x2212, "-"},
	{0x221A, "sqrt"}, {0x221E, "inf"}, {0x2248, "~"}, {0x2260, "!="}, {0x2264, "<="},
	{0x2265, ">="}, {0x2299, "*"}, {0x22C5, "."}, {0x2500, "-"}, {0x2501, "="}, {0x2502, "|"},
	{0x2503, "|"}, {0x2504, ".."}, {0x25B8, ">"},
	{0x25B4, "^"}, {0x25BE, "v"}, {0x25C2, "<"}, {0x25CF, "*"},
	{0x25CB, "o"}, {0x2713, "ok"},
};
/* clang-format on */

const char *glyphs_plain(uint32_t code)
{
	for (size_t i = 0; i < sizeof(transliterations) / sizeof(transliterations[0]); i++)
		if (transliterations[i].code == code)
			return transliterations[i].plain;
	return "?";
}

/* Replaces a block or sign in a text by the glyph set's own, so that a legend looks like what it
 * explains. */
static bool picture_of(const struct glyphs *glyphs, uint32_t *code)
{
	const struct {
		uint32_t written, drawn;
	} pictures[] = {
		{0x2588, glyphs->full},
		{0x2591, glyphs->shade[0]},
		{0x2592, glyphs->shade[1]},
		{0x2593, glyphs->shade[2]},
		{0x25B6, glyphs->run},
		{0x2503, glyphs->tick},
		{0x2501, glyphs->tick_level},
	};
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++)
		if (pictures[i].written == *code) {
			*code = pictures[i].drawn;
			return true;
		}
	return false;
}

/* Draws one character of a text (in 64 bits: texts may be long); returns its width. */
static int put_character(struct area area, const struct glyphs *glyphs, int64_t column, int y,
	enum style style, uint32_t code)
{
	bool visible = column >= 0 && column < area.width;
	if (code < 0x80 || picture_of(glyphs, &code) || glyphs->unicode) {
		if (visible)
			area_put(area, (int)column, y, code, style);
		return code < 0x80 ? 1 : text_width(code);
	}
	int width = 0;
	for (const char *plain = glyphs_plain(code); *plain; plain++, width++)
		if (column + width >= 0 && column + width < area.width)
			area_put(area, (int)(column + width), y, (unsigned char)*plain, style);
	return width;
}

int area_text(struct area area, int x, int y, enum style style, const char *text)
{
	int64_t taken = 0;
	for (uint32_t code; (code = text_next(&text)) != 0;)
		taken += put_character(area, area.canvas->glyphs, x + taken, y, style, code);
	return taken > INT32_MAX ? INT32_MAX : (int)taken;
}

int area_format(struct area area, int x, int y, enum style style, const char *format, ...)
{
	char text[FORMAT_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return area_text(area, x, y, style, text);
}

int glyphs_text_width(const struct glyphs *glyphs, const char *text)
{
	struct area nowhere = {0};
	int64_t taken = 0;
	for (uint32_t code; (code = text_next(&text)) != 0;)
		taken += put_character(nowhere, glyphs, taken, 0, STYLE_NORMAL, code);
	return taken > INT32_MAX ? INT32_MAX : (int)taken;
}
