#include "ui/picture_file.h"

#include "lab/text.h"
#include "svg_shapes.h"

enum {
	BASELINE = 12, /* of text, below the top of its cell */
	DARK = 0x101010,
	LIGHT = 0xd4d4d4, /* the foreground where a style has no colour */
	NO_GROUND = -1,
};

static const struct cell *cell_of(const struct canvas *canvas, int x, int y)
{
	return &canvas->cell[(size_t)y * (size_t)canvas->columns + (size_t)x];
}

bool canvas_write_text(FILE *file, const struct canvas *canvas)
{
	char text[5];
	for (int y = 0; y < canvas->rows; y++) {
		int end = canvas->columns;
		while (end > 0 && cell_of(canvas, end - 1, y)->code == ' ')
			end--;
		for (int x = 0; x < end; x++)
			if (cell_of(canvas, x, y)->code) {
				text_encode(text, cell_of(canvas, x, y)->code);
				fputs(text, file);
			}
		fputc('\n', file);
	}
	return !ferror(file);
}

/* ---- colours ---- */

/* 0xRRGGBB of one of xterm's 256 colours. */
static int rgb_of(int color)
{
	static const int basic[] = {0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2472c8, 0xbc3fbc,
		0x11a8cd, 0xcccccc, 0x666666, 0xf14c4c, 0x23d18b, 0xf5f543, 0x3b8eea, 0xd670d6, 0x29b8db,
		0xffffff};
	static const int level[] = {0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
	if (color < 16)
		return basic[color];
	if (color >= 232)
		return (8 + 10 * (color - 232)) * 0x010101;
	color -= 16;
	return level[color / 36] << 16 | level[color / 6 % 6] << 8 | level[color % 6];
}

/* What is needed of a style; what it looks like depends on the colours that there are. */
struct paint {
	int rgb;
	uint8_t attributes;
};

static struct paint paint_of(
	const struct canvas *canvas, const struct color_scheme *scheme, int style)
{
	const struct look *look = color_scheme_look(scheme, (enum style)style);
	bool color = scheme->color && canvas->colors >= 8;
	int index = !color ? -1 : canvas->colors >= 256 ? look->color256 : look->color8;
	return (struct paint){
		.rgb = index < 0 ? LIGHT : rgb_of(index),
		.attributes = color ? look->attributes : look->mono,
	};
}

struct drawing {
	FILE *file;
	const struct canvas *canvas;
	struct paint paint[STYLE_COUNT];
	unsigned shapes[STYLE_COUNT]; /* bit s: a cell of the style has the shape s */
	bool grounds[STYLE_COUNT];    /* the style's colour is the background of a cell */
};

/* The style whose colour is the background of a cell. */
static int ground_of(const struct drawing *drawing, const struct cell *cell)
{
	if (drawing->paint[cell->style].attributes & ATTRIBUTE_REVERSE)
		return cell->style;
	return cell->ground == STYLE_NORMAL ? NO_GROUND : cell->ground;
}

static void take_stock(struct drawing *drawing)
{
	const struct canvas *canvas = drawing->canvas;
	for (int i = 0; i < canvas->columns * canvas->rows; i++) {
		const struct cell *cell = &canvas->cell[i];
		int ground = ground_of(drawing, cell);
		drawing->shapes[cell->style] |= 1U << svg_shape_of(cell->code);
		if (ground != NO_GROUND)
			drawing->grounds[ground] = true;
	}
}

/* ---- paths ---- */

static void draw_ground(const struct drawing *drawing, int style)
{
	const struct canvas *canvas = drawing->canvas;
	fprintf(drawing->file, "<path fill=\"#%06x\" shape-rendering=\"crispEdges\" d=\"",
		(unsigned)drawing->paint[style].rgb);
	for (int y = 0; y < canvas->rows; y++)
		for (int x = 0; x < canvas->columns; x++) {
			int count = 0;
			while (x + count < canvas->columns &&
				ground_of(drawing, cell_of(canvas, x + count, y)) == style)
				count++;
			if (count > 0)
				svg_path_add(drawing->file, 0x2588, x, y, count);
			x += count;
		}
	fputs("\"/>\n", drawing->file);
}

static void draw_path(
	const struct drawing *drawing, int style, enum svg_shape shape, const char *attributes)
{
	const struct canvas *canvas = drawing->canvas;
	fprintf(drawing->file, "<path %s d=\"", attributes);
	for (int y = 0; y < canvas->rows; y++)
		for (int x = 0; x < canvas->columns; x++) {
			const struct cell *cell = cell_of(canvas, x, y);
			int count = 1;
			if (cell->style != style || svg_shape_of(cell->code) != shape)
				continue;
			while (x + count < canvas->columns && cell[count].code == cell->code &&
				cell[count].style == style)
				count++;
			svg_path_add(drawing->file, cell->code, x, y, count);
			x += count - 1;
		}
	fputs("\"/>\n", drawing->file);
}

/* ---- text ---- */

static void write_character(FILE *file, uint32_t code)
{
	char text[5];
	if (code == '<' || code == '&') {
		fputs(code == '<' ? "&lt;" : "&amp;", file);
		return;
	}
	/* the characters above a blank that XML does not allow */
	text_encode(text, code == 0xFFFE || code == 0xFFFF ? TEXT_MARK : code);
	fputs(text, file);
}

static bool is_text(const struct cell *cell, int style)
{
	return cell->style == style && svg_shape_of(cell->code) == SVG_TEXT;
}

/* The cells from x on that make one piece of text: with single blanks in it, and the right halves
 * of wide characters. */
static int text_length(const struct canvas *canvas, int style, int x, int y)
{
	int end = x + 1;
	for (int at = end; at < canvas->columns; at++) {
		const struct cell *cell = cell_of(canvas, at, y);
		if (is_text(cell, style) || cell->code == 0)
			end = at + 1;
		else if (cell->code != ' ' || at > end)
			break;
	}
	return end - x;
}

static void draw_text(const struct drawing *drawing, int style)
{
	const struct canvas *canvas = drawing->canvas;
	for (int y = 0; y < canvas->rows; y++)
		for (int x = 0; x < canvas->columns; x++) {
			if (!is_text(cell_of(canvas, x, y), style))
				continue;
			int length = text_length(canvas, style, x, y);
			fprintf(
				drawing->file, "<text x=\"%d\" y=\"%d\"", x * SVG_WIDTH, y * SVG_HEIGHT + BASELINE);
			if (length > 1)
				fprintf(drawing->file, " textLength=\"%d\"", length * SVG_WIDTH);
			fputc('>', drawing->file);
			for (int i = 0; i < length; i++)
				if (cell_of(canvas, x + i, y)->code)
					write_character(drawing->file, cell_of(canvas, x + i, y)->code);
			fputs("</text>\n", drawing->file);
			x += length - 1;
		}
}

/* ---- all of it ---- */

static void draw_style(const struct drawing *drawing, int style)
{
	/* moved by half a unit, strokes of odd widths fill whole units */
	static const char *const attributes[SVG_SHAPES] = {
		[SVG_BLOCK] = "shape-rendering=\"crispEdges\"",
		[SVG_SHADE] = "shape-rendering=\"crispEdges\" fill-opacity=\".25\"",
		[SVG_SHADE_MEDIUM] = "shape-rendering=\"crispEdges\" fill-opacity=\".5\"",
		[SVG_SHADE_DARK] = "shape-rendering=\"crispEdges\" fill-opacity=\".75\"",
		[SVG_LINE] = "class=\"l\" transform=\"translate(.5 .5)\"",
		[SVG_LINE_HEAVY] = "class=\"l\" transform=\"translate(.5 .5)\" stroke-width=\"3\"",
		[SVG_DOTS] = "class=\"l\" stroke-width=\"2.5\" stroke-linecap=\"round\"",
	};
	const struct paint *paint = &drawing->paint[style];
	unsigned rgb = (unsigned)(paint->attributes & ATTRIBUTE_REVERSE ? DARK : paint->rgb);
	fprintf(drawing->file, "<g fill=\"#%06x\" stroke=\"#%06x\"%s%s%s>\n", rgb, rgb,
		paint->attributes & ATTRIBUTE_BOLD ? " font-weight=\"bold\"" : "",
		paint->attributes & ATTRIBUTE_DIM ? " opacity=\".6\"" : "",
		paint->attributes & ATTRIBUTE_UNDERLINE ? " text-decoration=\"underline\"" : "");
	for (int shape = 0; shape < SVG_SHAPES; shape++)
		if (attributes[shape] && drawing->shapes[style] >> shape & 1)
			draw_path(drawing, style, (enum svg_shape)shape, attributes[shape]);
	if (drawing->shapes[style] >> SVG_TEXT & 1)
		draw_text(drawing, style);
	fputs("</g>\n", drawing->file);
}

bool canvas_write_svg(FILE *file, const struct canvas *canvas, const struct color_scheme *scheme)
{
	struct drawing drawing = {.file = file, .canvas = canvas};
	int width = canvas->columns * SVG_WIDTH, height = canvas->rows * SVG_HEIGHT;
	for (int style = 0; style < STYLE_COUNT; style++)
		drawing.paint[style] = paint_of(canvas, scheme, style);
	take_stock(&drawing);
	fprintf(file,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" font-size=\"13.3\" font-family=\"DejaVu Sans Mono,Menlo,Consolas,"
		"Liberation Mono,monospace\">\n"
		"<style>text,path{stroke:none}path.l{fill:none;stroke:inherit}</style>\n"
		"<path fill=\"#%06x\" d=\"M0 0h%dv%dH0z\"/>\n",
		width, height, width, height, (unsigned)DARK, width, height);
	for (int style = 0; style < STYLE_COUNT; style++)
		if (drawing.grounds[style])
			draw_ground(&drawing, style);
	for (int style = 0; style < STYLE_COUNT; style++)
		if (drawing.shapes[style] & ~(1U << SVG_NOTHING))
			draw_style(&drawing, style);
	fputs("</svg>\n", file);
	return !ferror(file);
}
