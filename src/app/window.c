#include "app/window.h"

#include "nn/bounds.h"
#include "ui/layout.h"
#include "ui/target.h"

enum { MENU_MIN = 40, MENU_MAX = 60 };

/* Columns on a screen of so many: the menu leaves room for panes beside it if there is enough. */
static int window_columns(const struct viewer *viewer)
{
	int columns = viewer->canvas->columns;
	if (viewer->overlay != OVERLAY_MENU || columns < LAYOUT_COLUMNS_MIN + MENU_MIN)
		return columns;
	return clamp_int(columns * 3 / 10, MENU_MIN, MENU_MAX);
}

int window_beside(const struct viewer *viewer)
{
	return viewer->canvas->columns - window_columns(viewer);
}

struct area window_area(const struct viewer *viewer)
{
	struct area all = area_all(viewer->canvas);
	int below = layout_rows_below(all.width, all.height), beside = window_beside(viewer);
	return area_sub(all, beside, 1, all.width - beside, all.height - 1 - below);
}

struct area window_inside(struct area area)
{
	return area_sub(area, 2, 1, area.width - 4, area.height - 2);
}

struct area window_frame(struct area area, const char *title)
{
	area_cover(area);
	area_frame(area, STYLE_FOCUS);
	area_text(area, 2, 0, STYLE_FOCUS, title);
	return window_inside(area);
}

int window_moved(int at, int count, int page, struct move move)
{
	if (move.ends)
		at = move.ends < 0 ? 0 : count - 1;
	return clamp_int(at + move.lines + move.pages * page, 0, count - 1);
}
