/* What the keys of a pane lead to. */
#ifndef TESTS_VIEWS_H
#define TESTS_VIEWS_H

#include <string.h>

#include "pictures.h"

struct choice {
	const char *pane, *of; /* a picture by name */
	struct view view;      /* fields that are set replace those of the picture */
};

static const struct choice choices[] = {
	{"activation", "vanishing", {.cursor = 37}},
	{"activation", "vanishing", {.cursor = 37, .curves = "functions"}},
	{"activation", "vanishing", {.curves = "derivatives"}},
	{"activation", "vanishing", {.cursor = 37, .curves = "grid"}},
	{"activation", "healthy", {.curves = "output"}},
	{"activation", "vanishing", {.curves = "table"}},
	{"history", "healthy", {.history = "output"}},
	{"units", "healthy", {.units = "sample"}},
	{"weights", "healthy", {.beside = "nothing"}},
	{"chain", "vanishing", {.path = {[5] = 3, [4] = 7}}},
	{"numbers", "vanishing", {.sort = "falling", .column = 7}},
};

static inline void choose(struct view *view, const struct view *chosen)
{
	view->cursor = chosen->cursor;
	view->column = chosen->column;
	memcpy(view->path, chosen->path, sizeof(view->path));
	view->curves = chosen->curves ? chosen->curves : view->curves;
	view->history = chosen->history ? chosen->history : view->history;
	view->units = chosen->units ? chosen->units : view->units;
	view->beside = chosen->beside ? chosen->beside : view->beside;
	view->sort = chosen->sort ? chosen->sort : view->sort;
}

#endif
