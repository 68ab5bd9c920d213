#include "app/lesson_list.h"

#include "app/fold.h"
#include "app/lesson_file.h"
#include "app/translation.h"
#include "app/tutor.h"
#include "app/window.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/target.h"
#include <stdio.h>

enum { MINUTES_AT = 2, TITLE_AT = 10, DETAILS = 4, PAGE = 10 };

static int lessons(void)
{
	int count = 0;
	while (lesson_at(count))
		count++;
	return count;
}

void lesson_list_move(const struct context *context, struct move move)
{
	struct viewer *viewer = context->viewer;
	int before = viewer->lesson_row;
	viewer->lesson_row = window_moved(before, lessons(), PAGE, move);
	if (viewer->lesson_row == before)
		message_say_once(context->messages,
			before == 0 ? "this is the first lesson" : "this is the last lesson");
}

static void draw_row(struct area row, const struct lesson *lesson, bool selected)
{
	enum style style = selected ? STYLE_SELECTED : STYLE_NORMAL;
	area_format(row, 0, 0, style, "%*s", row.width, "");
	if (selected) {
		area_put(row, 0, 0, row.canvas->glyphs->chosen, style);
		area_cursor(row, 0, 0);
	}
	area_format(row, MINUTES_AT, 0, selected ? style : STYLE_DIM, "%2d min", lesson->minutes);
	area_text(row, TITLE_AT, 0, style, lesson->title);
}

/* What one will have seen, and the name that the command line takes. */
static void draw_details(struct area area, const struct lesson *lesson)
{
	char text[400];
	int y = fold_draw(area, 0, 0, STYLE_NORMAL, lesson->sees);
	snprintf(text, sizeof(text), "wane lesson %s", lesson->name);
	caption(area, 0, y, STYLE_DIM, text);
}

void lesson_list_draw(const struct context *context, struct area area)
{
	struct area inside = window_frame(area, " lessons \xc2\xb7 Enter begins \xc2\xb7 q closes ");
	int count = lessons(), selected = context->viewer->lesson_row;
	int details = inside.height > 2 * DETAILS ? DETAILS : 0, rows = inside.height - details;
	int top = clamp_int(selected - rows / 2, 0, count > rows ? count - rows : 0);
	for (int i = top; i < count && i < top + rows; i++) {
		struct error ignored;
		struct lesson *lesson = lesson_load(lesson_at(i)->name, &ignored);
		if (!lesson)
			continue;
		translation_load(lesson, language_chosen(context->controls->screen.lang), &ignored);
		draw_row(area_sub(inside, 0, i - top, inside.width, 1), lesson, i == selected);
		if (i == selected && details)
			draw_details(area_sub(inside, 0, rows + 1, inside.width, details - 1), lesson);
		lesson_free(lesson);
	}
}
