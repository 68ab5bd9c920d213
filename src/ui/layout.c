/* Where the panes go. See layout.h. */
#include "ui/layout.h"
#include "nn/bounds.h"
#include <string.h>

/* Row 0 is the header. */
enum { ROWS_ABOVE = 1, PANE_COLUMNS_MIN = 38, PANE_ROWS_MIN = 7 };

struct grid {
	int across, down;
};

/* A layout: its grid for a screen size, and the weights that divide the width. */
struct layout_scheme {
	const char *name, *help;
	struct grid (*grid)(int columns, int rows);
	int first_weight, other_weight;
	bool focus_first; /* the focused pane has the first column to itself */
	bool large;       /* large print: for the last row of a hall */
};

/* From the largest screen down; the first row that fits is used. */
/* clang-format off */
static const struct {
	int columns, rows;
	struct grid grid;
} default_grids[] = {
	{180, 50, {4, 3}}, {180, 34, {4, 2}}, {114, 44, {3, 3}}, {114, 28, {3, 2}}, {114, 16, {3, 1}},
	{76, 60, {2, 4}}, {60, 36, {2, 3}}, {60, 16, {2, 2}}, {60, 10, {2, 1}},
	{40, 40, {1, 3}}, {40, 16, {1, 2}}, {40, 10, {1, 1}},
};
/* clang-format on */

static int at_least_one(int value)
{
	return value < 1 ? 1 : value;
}

static struct grid grid_default(int columns, int rows)
{
	size_t count = sizeof(default_grids) / sizeof(default_grids[0]);
	for (size_t i = 0; i + 1 < count; i++)
		if (columns >= default_grids[i].columns && rows >= default_grids[i].rows)
			return default_grids[i].grid;
	return default_grids[count - 1].grid;
}

int layout_rows_below(int columns, int rows)
{
	return columns >= 80 && rows >= 24 ? 3 : 2;
}

static struct grid grid_columns(int columns, int rows)
{
	(void)rows;
	return (struct grid){.across = at_least_one(columns / PANE_COLUMNS_MIN), .down = 1};
}

static struct grid grid_rows(int columns, int rows)
{
	int inside = rows - ROWS_ABOVE - layout_rows_below(columns, rows);
	return (struct grid){.across = 1, .down = at_least_one(inside / PANE_ROWS_MIN)};
}

/* The focused pane, and a column of as many others as keep PANE_ROWS_MIN rows. */
static struct grid grid_main(int columns, int rows)
{
	if (columns < 60)
		return (struct grid){.across = 1, .down = 1};
	return (struct grid){.across = 2, .down = grid_rows(columns, rows).down};
}

/* Two panes, or one where two would be narrow and low. */
static struct grid grid_large(int columns, int rows)
{
	if (columns >= 2 * PANE_COLUMNS_MIN)
		return (struct grid){.across = 2, .down = 1};
	return (struct grid){.across = 1, .down = rows >= 36 ? 2 : 1};
}

static const struct layout_scheme schemes[] = {
	{"default", "a grid, the first column wider", grid_default, 5, 3, false, false},
	{"columns", "panes side by side", grid_columns, 1, 1, false, false},
	{"rows", "panes one above the other", grid_rows, 1, 1, false, false},
	{"main", "the focused pane large, the others small beside it", grid_main, 5, 3, true, false},
	{"large", "two panes, large numbers and verdict, for a projector", grid_large, 1, 1, false,
		true},
};

enum { SCHEME_COUNT = sizeof(schemes) / sizeof(schemes[0]) };

const char *layout_name(int index)
{
	return index >= 0 && index < SCHEME_COUNT ? schemes[index].name : NULL;
}

const char *layout_help(int index)
{
	return index >= 0 && index < SCHEME_COUNT ? schemes[index].help : NULL;
}

static const struct layout_scheme *scheme_find(const char *name)
{
	for (int i = 0; i < SCHEME_COUNT; i++)
		if (name && strcmp(schemes[i].name, name) == 0)
			return &schemes[i];
	return &schemes[0];
}

int layout_banner_rows(int columns, int rows, const char *name)
{
	if (!scheme_find(name)->large || columns < LAYOUT_COLUMNS_MIN || rows < 18)
		return 0;
	return 1 + (rows < 36 ? 3 : rows < 56 ? 5 : 10);
}

bool layout_is_large(const char *name)
{
	return scheme_find(name)->large;
}

/* Start of part `index` when `length` is divided into `count` parts by weight. */
static int share(int length, int index, int count, int first_weight, int other_weight)
{
	if (index <= 0)
		return 0;
	int whole = first_weight + (count - 1) * other_weight;
	return length * (first_weight + (index - 1) * other_weight) / whole;
}

/* Shows the first panes of the table; the focused one replaces the last if it is not among them. */
static void choose_panes(struct layout *layout, int count, int focus)
{
	layout->count = count;
	for (int i = 0; i < count; i++)
		layout->pane[i] = i;
	if (focus >= count)
		layout->pane[count - 1] = focus;
}

/* Fills `whole` with rows of `across` panes; the last row may have fewer, wider ones. */
static void place_grid(
	struct layout *layout, struct rectangle whole, int across, const struct layout_scheme *scheme)
{
	int down = (layout->count + across - 1) / across;
	for (int i = 0; i < layout->count; i++) {
		int row = i / across, column = i % across;
		int in_row = row == down - 1 ? layout->count - row * across : across;
		/* among three or more columns the first is less privileged */
		int first =
			in_row > 2 ? (scheme->first_weight + scheme->other_weight) / 2 : scheme->first_weight;
		int left = share(whole.width, column, in_row, first, scheme->other_weight);
		int right = share(whole.width, column + 1, in_row, first, scheme->other_weight);
		/* rows left over by the division go to the upper panes */
		int top = (row * whole.height + down - 1) / down;
		int bottom = ((row + 1) * whole.height + down - 1) / down;
		layout->place[i] = (struct rectangle){
			.x = whole.x + left,
			.y = whole.y + top,
			.width = right - left,
			.height = bottom - top,
		};
	}
}

static void place_main(
	struct layout *layout, struct rectangle whole, int focus, const struct layout_scheme *scheme)
{
	int split = layout->count == 1
		? whole.width
		: share(whole.width, 1, 2, scheme->first_weight, scheme->other_weight);
	int others = layout->count - 1, seen = 0;
	for (int i = 0; i < layout->count; i++) {
		if (layout->pane[i] == focus) {
			layout->place[i] = whole;
			layout->place[i].width = split;
			continue;
		}
		int top = seen * whole.height / others, bottom = (seen + 1) * whole.height / others;
		seen++;
		layout->place[i] = (struct rectangle){
			.x = whole.x + split,
			.y = whole.y + top,
			.width = whole.width - split,
			.height = bottom - top,
		};
	}
}

/* Reduces the grid to the number of panes, with rows as equal as possible. */
static struct grid shrink(struct grid grid, int panes)
{
	if (grid.across * grid.down > panes) {
		if (grid.across > panes)
			grid.across = panes;
		grid.down = (panes + grid.across - 1) / grid.across;
		grid.across = (panes + grid.down - 1) / grid.down;
	}
	return grid;
}

struct layout layout_compute(
	int columns, int rows, int panes, int focus, bool zoomed, const char *name)
{
	const struct layout_scheme *scheme = scheme_find(name);
	struct layout layout = {.too_small = columns < LAYOUT_COLUMNS_MIN || rows < LAYOUT_ROWS_MIN};
	if (layout.too_small || panes < 1)
		return layout;
	struct rectangle whole = {
		.y = ROWS_ABOVE,
		.width = columns,
		.height = rows - ROWS_ABOVE - layout_rows_below(columns, rows),
	};
	focus = focus < 0 ? 0 : focus >= panes ? panes - 1 : focus;
	whole.height -= layout_banner_rows(columns, rows, name);
	if (zoomed) {
		layout.count = 1;
		layout.pane[0] = focus;
		layout.place[0] = whole;
		return layout;
	}
	int most = min_int(panes, LAYOUT_PANES_MAX);
	struct grid grid = scheme->grid(columns, rows);
	if (scheme->focus_first) {
		choose_panes(&layout, min_int(most, grid.across == 1 ? 1 : 1 + grid.down), focus);
		place_main(&layout, whole, focus, scheme);
		return layout;
	}
	grid = shrink(grid, most);
	choose_panes(&layout, min_int(most, grid.across * grid.down), focus);
	place_grid(&layout, whole, grid.across, scheme);
	return layout;
}
