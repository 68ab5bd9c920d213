#include "app/overlay.h"

#include "app/fold.h"
#include "app/help.h"
#include "app/lesson_list.h"
#include "app/lesson_panel.h"
#include "app/menu.h"
#include "app/motion.h"
#include "app/quiz.h"
#include "app/window.h"
#include "ui/layout.h"
#include "ui/target.h"
#include "nn/bounds.h"
#include <stdio.h>

enum { KEYS_WIDTH = 16, LAYER_PAGE = 10, OUT_OF_SIGHT = 1 << 20 };

/* Moves in the list of the focused pane. */
static void choice_move(const struct context *context, int count, struct move move)
{
	int before = context->viewer->view.choice;
	context->viewer->view.choice = window_moved(before, count, LAYER_PAGE, move);
	if (context->viewer->view.choice != before)
		return;
	if (count == 0)
		message_say_once(context->messages, "the list is empty");
	else
		message_say_once(context->messages,
			before == 0 ? "this is the first of the list" : "this is the last of the list");
}

static void say_row(const struct context *context, const struct record *record, int rows)
{
	int row = context->viewer->view.layer;
	const struct layer_record *at = record && row <= record->rows ? &record->layer[row - 1] : NULL;
	if (row == rows)
		message_say(context->messages, STYLE_NORMAL, "output layer");
	else if (at && at->step > 0)
		message_say(
			context->messages, STYLE_NORMAL, "time step %d of layer %d", at->step, at->layer);
	else
		message_say(context->messages, STYLE_NORMAL, "layer %d", row);
}

static void pane_move(const struct context *context, const struct pane *pane, struct move move)
{
	const struct picture picture = context_picture(context);
	int before = context->viewer->view.layer, rows = controls_rows(context->controls);
	if (pane->choices && move.values == 0) {
		choice_move(context, pane->choices(&picture), move);
		return;
	}
	if (pane->across && move.values != 0) {
		motion_hold(context);
		if (!pane->across(&picture, move.values, &context->viewer->view))
			message_say_once(context->messages, "pane %s %s here", pane->name,
				move.values < 0 ? "begins" : "ends");
		return;
	}
	if (pane->output_on_top) {
		move.lines = -move.lines;
		move.pages = -move.pages;
		move.ends = -move.ends;
	}
	move.lines += move.values;
	context->viewer->view.layer =
		1 + window_moved(context->viewer->view.layer - 1, rows, LAYER_PAGE, move);
	if (context->viewer->view.layer != before && !context->viewer->zoomed)
		return;
	/* a zoomed pane may not show which row is selected */
	if (context->viewer->view.layer != before)
		say_row(context, picture.frame.record, rows);
	else if (rows == 1)
		message_say_once(
			context->messages, "the output layer is the only one; d adds a hidden layer");
	else if (before == 1)
		message_say_once(context->messages, "layer 1 is the first");
	else
		message_say_once(context->messages, "the output layer is the last");
}

static void panes_move(const struct context *context, struct move move)
{
	pane_move(context, pane_at(context->viewer->focus), move);
}

/* The layout of the panes that are in sight; none of them: no pane. */
static struct layout layout_in_sight(
	const struct screen_settings *screen, int columns, int rows, const struct viewer *viewer)
{
	const bool *hidden = screen->hidden.pane;
	int count = in_sight_count(hidden, pane_count());
	int focus = in_sight_count(hidden, viewer->focus);
	struct layout layout =
		layout_compute(columns, rows, count, focus, viewer->zoomed, screen->layout);
	for (int i = 0; i < layout.count; i++)
		layout.pane[i] = in_sight_at(hidden, pane_count(), layout.pane[i]);
	return layout;
}

/* Beside the menu the panes have fewer columns, but end in the same row. */
static struct layout panes_layout(const struct context *context)
{
	const struct viewer *viewer = context->viewer;
	int columns = viewer->canvas->columns, rows = viewer->canvas->rows;
	int below = layout_rows_below(columns, rows);
	struct panel_room panel = lesson_panel_room(context->tutor, viewer->canvas);
	if (viewer->overlay == OVERLAY_MENU && window_beside(viewer) > 0)
		columns = window_beside(viewer);
	else
		columns -= panel.columns;
	rows -= panel.rows + below - layout_rows_below(columns, rows - panel.rows);
	return layout_in_sight(&context->controls->screen, columns, rows, viewer);
}

void overlay_draw_panes(const struct context *context)
{
	struct viewer *viewer = context->viewer;
	viewer->view.large_first = layout_is_large(context->controls->screen.layout);
	viewer->view.large = viewer->zoomed || viewer->view.large_first;
	viewer->view.quiz = quiz_hides(context);
	struct picture picture = context_picture(context);
	if (quiz_is_on(context))
		picture.advice.count = 0;
	struct layout layout = panes_layout(context);
	struct area whole = area_all(context->viewer->canvas);
	struct probe_wish wish = {0}, pinned = {0};
	for (int i = 0; i < layout.count; i++) {
		struct rectangle place = layout.place[i];
		const struct pane *pane = pane_at(layout.pane[i]);
		struct area area = area_sub(whole, place.x, place.y, place.width, place.height);
		pane_draw(
			pane, layout.pane[i] + 1, layout.pane[i] == context->viewer->focus, &picture, area);
		if (pane->wish)
			wish = probe_wish_join(wish, pane->wish(&picture, pane_room(pane, &picture, area)));
		if (pane->pinned_wish)
			pinned = probe_wish_join(
				pinned, pane->pinned_wish(&picture, pane_room(pane, &picture, area)));
	}
	bool past = context->viewer->epoch != EPOCH_PRESENT;
	prober_want(past ? &context->kept->prober : context->prober, wish);
	prober_want(past ? context->prober : &context->kept->prober, (struct probe_wish){0});
	prober_want(&context->twin->prober, pinned);
}

void overlay_draw_panel(const struct context *context)
{
	const struct canvas *canvas = context->viewer->canvas;
	struct panel_room room = lesson_panel_room(context->tutor, canvas);
	struct area all = area_all(context->viewer->canvas);
	int below = layout_rows_below(all.width, all.height);
	if (room.columns > 0)
		lesson_panel_draw(context->tutor,
			area_sub(all, all.width - room.columns, 1, room.columns, all.height - 1 - below));
	else if (room.rows > 0)
		lesson_panel_draw(
			context->tutor, area_sub(all, 0, all.height - below - room.rows, all.width, room.rows));
}

/* Draws the help from line `top` on and counts its lines. */
struct help_screen {
	struct help_writer writer;
	struct area area;
	int y;
};

static void help_heading(struct help_writer *writer, const char *text)
{
	struct help_screen *screen = (struct help_screen *)writer;
	screen->y++;
	area_text(screen->area, 0, screen->y++, STYLE_TITLE, text);
}

static void help_line(struct help_writer *writer, const char *keys, const char *text)
{
	struct help_screen *screen = (struct help_screen *)writer;
	int indent = keys[0] ? KEYS_WIDTH : 0;
	int width = area_text(screen->area, 0, screen->y, STYLE_KEY, keys);
	screen->y += width >= KEYS_WIDTH; /* long keys have their own line */
	screen->y += fold_draw(screen->area, indent, screen->y, STYLE_NORMAL, text);
}

static int write_help(const struct context *context, struct area area, int top)
{
	struct help_screen screen = {{help_heading, help_line}, area, -1 - top};
	const struct picture picture = context_picture(context);
	help_write(&screen.writer, pane_at(context->viewer->focus), &picture,
		&context->controls->screen.hidden);
	return screen.y + top;
}

static void help_move(const struct context *context, struct move move)
{
	struct area inside = window_inside(window_area(context->viewer));
	int lines = write_help(context, inside, OUT_OF_SIGHT), before = context->viewer->help_top;
	context->viewer->help_top =
		window_moved(before, lines - inside.height + 1, inside.height, move);
	if (context->viewer->help_top != before)
		return;
	if (move.values)
		message_say_once(context->messages, "arrows up and down scroll the help; q closes it");
	else
		message_say_once(
			context->messages, before == 0 ? "the help begins here" : "the help ends here");
}

static void help_draw(const struct context *context, struct area area)
{
	struct area inside = window_frame(area, " help \xc2\xb7 q closes \xc2\xb7 arrows scroll ");
	int lines = write_help(context, inside, context->viewer->help_top);
	area_cursor(inside, 0, 0);
	int last = context->viewer->help_top + inside.height;
	area_format(area, area.width - 12, area.height - 1, STYLE_FOCUS, " %3d%% ",
		lines > last ? 100 * last / lines : 100);
}

static const struct {
	void (*move)(const struct context *context, struct move move);
	void (*draw)(const struct context *context, struct area area);
} overlays[] = {
	[OVERLAY_NONE] = {panes_move, NULL},
	[OVERLAY_HELP] = {help_move, help_draw},
	[OVERLAY_MENU] = {menu_move, menu_draw},
	[OVERLAY_LESSONS] = {lesson_list_move, lesson_list_draw},
};

void overlay_move(const struct context *context, struct move move)
{
	overlays[context->viewer->overlay].move(context, move);
}

void overlay_wheel(const struct context *context, const struct target *target, int direction)
{
	static const int help_lines = 3;
	bool help = context->viewer->overlay == OVERLAY_HELP;
	struct move move = {.lines = help ? help_lines * direction : direction};
	if (target->pane)
		pane_move(context, pane_at(target->pane - 1), move);
	else
		overlay_move(context, move);
}

void overlay_draw(const struct context *context)
{
	if (context->viewer->overlay != OVERLAY_NONE)
		overlays[context->viewer->overlay].draw(context, window_area(context->viewer));
}
