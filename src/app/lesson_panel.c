#include "app/lesson_panel.h"

#include "app/fold.h"
#include "nn/bounds.h"
#include "ui/caption.h"
#include "ui/target.h"
#include "ui/glyphs.h"
#include "ui/layout.h"
#include <stdio.h>
#include <string.h>

enum {
	BESIDE_FROM = 120, /* columns of a screen with the panel beside the panes */
	BESIDE_COLUMNS = 44,
	ROWS_LEAST = 5, /* frame, a line of text, the keys */
};

/* ---- text ---- */

/* Paragraphs are parted by line ends. Returns the number of lines. */
static int draw_text(struct area area, int y, enum style style, const char *text)
{
	int first = y;
	while (*text) {
		char paragraph[TUTOR_TEXT_MAX];
		size_t length = strcspn(text, "\n");
		snprintf(paragraph, sizeof(paragraph), "%.*s", (int)length, text);
		y += fold_draw(area, 0, y, style, paragraph);
		text += length + (text[length] == '\n');
	}
	return y - first;
}

/* Choices side by side, as many in a line as fit. Returns the number of lines. */
static int draw_choices(struct area area, int y, const struct lesson_question *question, int chosen)
{
	int x = 0, first = y;
	for (int i = 0; i < question->count; i++) {
		char text[200];
		snprintf(text, sizeof(text), "%s", question->choice[i]);
		int width = 2 + glyphs_text_width(area.canvas->glyphs, text);
		if (x > 0 && x + width > area.width) {
			x = 0;
			y++;
		}
		bool right = chosen && i + 1 == question->right;
		area_format(area, x, y, STYLE_KEY, "%d", i + 1);
		area_text(area, x + 2, y,
			right                 ? STYLE_GOOD
				: i + 1 == chosen ? STYLE_WARNING
								  : STYLE_NORMAL,
			text);
		x += width + 3;
	}
	return y + 1 - first;
}

static int draw_inside(const struct tutor *tutor, struct area area)
{
	const struct lesson_line *asked = tutor->question;
	char told[400];
	bool right;
	int y = 0;
	if (tutor_tell(tutor, told, sizeof(told), &right))
		y = fold_draw(area, 0, 0, right ? STYLE_GOOD : STYLE_WARNING, told);
	y += draw_text(area, y, STYLE_NORMAL, tutor->text);
	if (asked) {
		y += fold_draw(area, 0, y, STYLE_TITLE, tutor->asking);
		y += draw_choices(area, y, &asked->question, tutor->answer[asked - tutor->lesson->line]);
	}
	return y;
}

/* ---- the panel ---- */

static void draw_keys(const struct tutor *tutor, struct area area, int y)
{
	const struct language *words = tutor->lesson->language;
	char text[80];
	switch (tutor->state) {
	case TUTOR_ASKS:
		snprintf(text, sizeof(text), " 1-%d %s  < %s ", tutor->question->question.count,
			words->predicts, words->back);
		break;
	case TUTOR_WORKS:
		snprintf(text, sizeof(text), " %s ...  > %s ", words->training, words->at_once);
		break;
	case TUTOR_STOPS:
		snprintf(text, sizeof(text), "%s%s%s > %s  < %s ", tutor->departed ? " " : "",
			tutor->departed ? words->own_way : "", tutor->departed ? ":" : "", words->goes_on,
			words->back);
		break;
	case TUTOR_ENDED:
		snprintf(text, sizeof(text), " %s  < %s  L %s ", words->end, words->back, words->lessons);
		break;
	}
	caption(area, 2, y, STYLE_KEY, text);
}

/* Columns of the heading that a title leaves to the other parts. */
enum { HEADING_REST = 30 };

/* A title that is too long for the frame stands above the text. */
static bool title_is_inside(const struct lesson *lesson, struct area inside)
{
	return glyphs_text_width(inside.canvas->glyphs, lesson->title) > inside.width - HEADING_REST;
}

static void draw_heading(const struct tutor *tutor, struct area area, bool titled)
{
	struct parts parts = {0};
	parts_add(&parts, 0, STYLE_FOCUS, " %s ", titled ? tutor->lesson->title : "lesson");
	if (tutor->asked > 0)
		parts_add(&parts, 2, STYLE_DIM, " %d %s %d %s ", tutor->right, tutor->lesson->language->of,
			tutor->asked, tutor->lesson->language->hits);
	parts_add(&parts, 1, STYLE_DIM, " %d/%d ", tutor->stop, tutor->stops);
	parts_draw(&parts, area, 2, 0);
}

void lesson_panel_draw(const struct tutor *tutor, struct area area)
{
	area_cover(area);
	area_frame(area, STYLE_FOCUS);
	struct area inside = area_sub(area, 2, 1, area.width - 4, area.height - 2);
	bool titled = title_is_inside(tutor->lesson, inside);
	int y = titled ? fold_draw(inside, 0, 0, STYLE_FOCUS, tutor->lesson->title) : 0;
	draw_heading(tutor, area_sub(area, 0, 0, area.width - 1, 1), !titled);
	draw_inside(tutor, area_sub(inside, 0, y, inside.width, inside.height - y));
	draw_keys(tutor, area_sub(area, 0, area.height - 1, area.width - 1, 1), 0);
}

/* ---- its room ---- */

/* Lines of the longest stop of the lesson, its numbers as long as they are written. */
static int longest(const struct lesson *lesson, struct area nowhere)
{
	int most = 1, lines = 0;
	for (int i = 0; i < lesson->count; i++) {
		const struct lesson_line *line = &lesson->line[i];
		if (line->kind == LESSON_SAY)
			lines += fold_draw(nowhere, 0, 0, STYLE_NORMAL, line->text);
		if (line->kind == LESSON_ASK) {
			lines += fold_draw(nowhere, 0, 0, STYLE_NORMAL, line->question.text);
			lines += draw_choices(nowhere, 0, &line->question, 0);
		}
		if (!lesson_stops_after(lesson, i))
			continue;
		most = lines > most ? lines : most;
		lines = line->kind == LESSON_ASK ? 1 : 0; /* the prediction is told above the next text */
	}
	if (title_is_inside(lesson, nowhere))
		most += fold_draw(nowhere, 0, 0, STYLE_NORMAL, lesson->title);
	return most;
}

struct panel_room lesson_panel_room(const struct tutor *tutor, const struct canvas *canvas)
{
	struct panel_room room = {0, 0};
	if (!tutor->lesson || !tutor->open)
		return room;
	int above = 1 + layout_rows_below(canvas->columns, canvas->rows);
	if (canvas->columns >= BESIDE_FROM) {
		room.columns = BESIDE_COLUMNS;
		return room;
	}
	int most = canvas->rows - LAYOUT_ROWS_MIN;
	if (most < ROWS_LEAST) {
		room.rows = canvas->rows - above;
		return room;
	}
	/* drawing into an area without cells only counts */
	struct area nowhere = {(struct canvas *)canvas, 0, 0, 0, 0};
	nowhere.width = canvas->columns - 4;
	room.rows = clamp_int(2 + longest(tutor->lesson, nowhere), ROWS_LEAST, most);
	return room;
}
