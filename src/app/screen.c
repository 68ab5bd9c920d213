#include "app/screen.h"

#include "app/action.h"
#include "app/fold.h"
#include "app/header.h"
#include "app/overlay.h"
#include "app/past.h"
#include "app/quiz.h"
#include "lab/text.h"
#include "lab/remedy.h"
#include "lab/verdict.h"
#include "ui/key.h"
#include "ui/large.h"
#include "ui/layout.h"
#include "ui/target.h"
#include <stdio.h>
#include <string.h>

enum { NOTE_LINES = 6, GAP = 2, HINT_PLACES = 6 };

/* ---- verdict and messages ---- */

static enum style tone_style(enum verdict_tone tone)
{
	static const enum style style[] = {
		[TONE_QUIET] = STYLE_NORMAL,
		[TONE_GOOD] = STYLE_GOOD,
		[TONE_WARNING] = STYLE_WARNING,
		[TONE_ALARM] = STYLE_ALARM,
	};
	return style[tone];
}

static void draw_line(struct area area, int y, enum style style, const char *text)
{
	char line[1200];
	fold_line(&text, area.width - 2, area.canvas->glyphs, line, sizeof(line));
	area_text(area, 1, y, style, line);
}

/* Writes `text` at x if it fits; returns the columns used, including the gap after it. */
static int draw_whole(struct area area, int x, int y, enum style style, const char *text)
{
	int width = glyphs_text_width(area.canvas->glyphs, text);
	if (!text[0] || x + width > area.width - 1)
		return 0;
	area_text(area, x, y, style, text);
	return width + GAP;
}

/* Verdict, remarks and advice of a run, the gravest first. */
struct said {
	const struct frame *frame;
	const struct advice *advice; /* NULL: no trials */
	const char *advises;         /* "tried", "rules" or "off" */
	const struct verdict *verdict;
	struct evidence evidence;
	const struct remark *remark[RECORD_REMARKS_MAX];
	int count, shown; /* remarks in all; remarks on the screen so far */
};

static bool said_of(struct said *said)
{
	const struct frame *frame = said->frame;
	const struct record *record = frame->record;
	said->verdict = record && record->verdict ? verdict_find(record->verdict) : NULL;
	said->count = said->shown = 0;
	if (!said->verdict)
		return false;
	said->evidence = evidence_collect(frame);
	for (int i = 0; i < RECORD_REMARKS_MAX && record->remark[i]; i++) {
		const char *name = record->remark[i];
		const struct remark *remark = remark_find(name, strlen(name));
		if (remark)
			said->remark[said->count++] = remark;
	}
	return true;
}

/* The verdict in a log may rest on numbers that the log does not contain; then its sentence cannot
 * be filled in. */
static bool can_be_told(const struct said *said, bool applies)
{
	return said->frame->settings || applies;
}

static void tell_verdict(const struct said *said, int columns, char *out, size_t size)
{
	if (can_be_told(said, said->verdict->applies(&said->evidence)))
		verdict_sentence(said->verdict, &said->evidence, columns, out, size);
	else
		snprintf(out, size, "Verdict in the log: %s.", said->verdict->name);
	if (!out[0])
		snprintf(out, size, "Verdict: %s.", said->verdict->name);
}

static void tell_remark(
	const struct said *said, const struct remark *remark, int columns, char *out, size_t size)
{
	if (can_be_told(said, remark->applies(&said->evidence)))
		remark_sentence(remark, &said->evidence, columns, out, size);
	else
		snprintf(out, size, "Remark in the log: %s.", remark->name);
}

/* The best remedy tried; before the first result, that remedies are being tried. The rule of thumb
 * is shown only if remedies are not or cannot be tried. */
static void say_advice(const struct said *said, int width, char *out, size_t size)
{
	const char *problem = advice_problem(&said->evidence);
	struct advice_view view = {.count = 0};
	char rules[200] = "";
	bool tries = strcmp(said->advises, "tried") == 0;
	const char *head = tries ? "Untried: " : "Try ";
	size_t room = (size_t)width - strlen(head) + 1;
	out[0] = '\0';
	if (!problem || strcmp(said->advises, "off") == 0)
		return;
	if (said->advice) {
		view = advice_view(said->advice);
		advice_sentence(said->advice, said->evidence.epoch, width, out, size);
	}
	if (out[0])
		return;
	if (tries && (!view.count || view.busy))
		snprintf(out, size, "Trying what helps: %d remed%s so far", view.tried,
			view.tried == 1 ? "y" : "ies");
	else if (said->frame->settings)
		remedy_rules(
			problem, said->frame->settings, rules, room < sizeof(rules) ? room : sizeof(rules));
	if (rules[0])
		snprintf(out, size, "%s%s", head, rules);
}

/* Draws the remarks that fit from x on; returns the columns used. One that would speak of layers
 * that the record no longer has is left out. */
static int draw_remarks(struct said *said, struct area area, int x, int y)
{
	char text[400];
	int from = x, end = area.width - 1;
	while (said->shown < said->count) {
		tell_remark(said, said->remark[said->shown], end - x, text, sizeof(text));
		if (!text[0]) {
			said->shown++;
			continue;
		}
		int used = draw_whole(area, x, y, STYLE_NORMAL, text);
		if (!used)
			break;
		x += used;
		said->shown++;
	}
	return x - from;
}

/* If there are a remark and advice they share the line, in their short forms if necessary. */
static void draw_second_line(struct said *said, struct area area, int y)
{
	char advice[400];
	int room = area.width - 2, x = 1;
	say_advice(said, room, advice, sizeof(advice));
	if (!advice[0]) {
		draw_remarks(said, area, x, y);
		return;
	}
	struct area left = area_sub(area, 0, 0, area.width - SENTENCE_BRIEF - GAP, area.height);
	x += draw_remarks(said, left, x, y);
	say_advice(said, area.width - 1 - x, advice, sizeof(advice));
	draw_whole(area, x, y, STYLE_KEY, advice);
}

/* With only one line, the short form of the verdict leaves room for the advice. */
static void draw_one_line(struct said *said, struct area area, int y)
{
	char text[400];
	int room = area.width - 2, half = SENTENCE_BRIEF * 2 + GAP <= room ? SENTENCE_BRIEF : room;
	int x = 1;
	tell_verdict(said, half, text, sizeof(text));
	x += draw_whole(area, x, y, tone_style(said->verdict->tone), text);
	if (half == room)
		return;
	say_advice(said, area.width - 1 - x, text, sizeof(text));
	x += draw_whole(area, x, y, STYLE_KEY, text);
	draw_remarks(said, area, x, y);
}

void verdict_draw(const struct frame *frame, const struct advice *advice, const char *advises,
	struct area area, int y, int rows)
{
	struct said said = {.frame = frame, .advice = advice, .advises = advises};
	char text[400];
	if (!said_of(&said))
		return;
	if (rows < 2) {
		draw_one_line(&said, area, y);
		return;
	}
	tell_verdict(&said, area.width - 2, text, sizeof(text));
	int x = 1 + draw_whole(area, 1, y, tone_style(said.verdict->tone), text);
	draw_remarks(&said, area, x, y);
	draw_second_line(&said, area, y + 1);
}

/* ---- hints ---- */

/* Draws key and word; returns the columns used, including the gap after them. */
static int draw_hint(struct area area, int x, int y, int key, const char *word)
{
	char name[16];
	int start = x;
	key_name(name, key);
	x += area_text(area, x, y, STYLE_KEY, name) + 1;
	x += area_text(area, x, y, STYLE_DIM, word);
	area_target(area_sub(area, start, y, x - start, 1), (struct target){.key = key});
	return x + 2 - start;
}

static int hint_width(struct area area, int key, const char *word)
{
	return draw_hint(area_sub(area, 0, 0, 0, 0), 0, 0, key, word);
}

static bool hints_at(const struct hidden *hidden, int index, int places)
{
	const struct action *action = action_at(index);
	return action->hint && action->hint_place <= places && !hidden->action[index];
}

/* Width of the hints of actions up to this place. */
static int action_hints_width(struct area area, const struct hidden *hidden, int places)
{
	int width = 0;
	for (int i = 0; action_at(i); i++)
		if (hints_at(hidden, i, places))
			width += hint_width(area, action_at(i)->key[0], action_at(i)->hint);
	return width;
}

/* The setting with this place in the line of hints; NULL if there is none. */
static const struct setting *hinted(int place)
{
	for (int i = 0; i < config_table.count; i++)
		if (config_table.row[i].hint == place)
			return &config_table.row[i];
	return NULL;
}

static int draw_setting_hints(struct area area, const struct hidden *hidden, int x, int y, int end)
{
	const struct setting *row;
	for (int place = 1; (row = hinted(place)); place++)
		if (!hidden->setting[row - config_table.row] &&
			x + hint_width(area, row->key, row->name) <= end)
			x += draw_hint(area, x, y, row->key, row->name);
	return x;
}

/* Hints of settings where they fit beside those of actions. In a narrow window the first setting is
 * more important than some actions. */
static void draw_hints(struct area area, const struct hidden *hidden, int y)
{
	const struct setting *first = hinted(1);
	int room = area.width - hint_width(area, first->key, first->name), places = HINT_PLACES;
	while (places > 0 && action_hints_width(area, hidden, places) > room)
		places--;
	int x = draw_setting_hints(
		area, hidden, 1, y, area.width + 1 - action_hints_width(area, hidden, places));
	for (int i = 0; action_at(i); i++)
		if (hints_at(hidden, i, places))
			x += draw_hint(area, x, y, action_at(i)->key[0], action_at(i)->hint);
}

/* ---- prompt ---- */

/* Draws text in as many lines as it needs, over the picture; the last line is `y`. */
static void draw_lines(struct area area, int y, enum style style, const char *text)
{
	struct area nowhere = area_sub(area, 0, 0, 0, 0);
	nowhere.width = area.width - 2;
	int lines = fold_draw(nowhere, 0, 0, style, text);

	if (lines > NOTE_LINES)
		lines = NOTE_LINES;
	struct area box = area_sub(area, 0, y + 1 - lines, area.width, lines);
	area_cover(box);
	fold_draw(box, 1, 0, style, text);
}

static void draw_prompt(const struct prompt *prompt, struct area area)
{
	char before[PROMPT_MAX];
	const struct glyphs *glyphs = area.canvas->glyphs;
	int y = area.height - 1;
	draw_lines(area, y - 1, prompt->alarm ? STYLE_ALARM : STYLE_NORMAL, prompt->note);
	memcpy(before, prompt->text, (size_t)prompt->cursor);
	before[prompt->cursor] = '\0';
	int cursor = 1 + glyphs_text_width(glyphs, before);
	int shift = cursor >= area.width ? cursor - area.width + 1 : 0;
	const char *at = prompt->text + prompt->cursor;
	uint32_t code = *at ? text_next(&at) : ' ';

	area_text(area, 1 - shift, y, STYLE_NORMAL, prompt->text);
	area_put(area, 0, y, ':', STYLE_KEY);
	area_put(area, cursor - shift, y, code, STYLE_SELECTED);
	area_cursor(area, cursor - shift, y);
}

static void draw_too_small(struct area area)
{
	char text[120];
	snprintf(text, sizeof(text), "wane needs %dx%d characters; this is %dx%d. q quits",
		LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN, area.width, area.height);
	fold_draw(area, 0, 0, STYLE_WARNING, text);
}

/* The message replaces the hints, so that it does not cover the verdict, unless it has several
 * lines. */
static void draw_bottom(const struct context *context, const struct frame *frame, struct area all)
{
	const struct session *session = context->session;
	int rows = layout_rows_below(all.width, all.height), last = all.height - 1;
	bool past = past_of(context) > 0;
	if (session_failed(session))
		draw_line(all, all.height - rows, STYLE_ALARM, session_error(session));
	else if (quiz_hides(context))
		quiz_draw(context->quiz, all, last - 1);
	else
		verdict_draw(frame, past ? NULL : follower_advice(context->follower, context->controls),
			past || quiz_is_on(context) ? "off" : context->controls->screen.advice, all,
			all.height - rows, rows - 1);
	if (context->prompt->open)
		draw_prompt(context->prompt, all);
	else if (context->messages->text[0])
		draw_lines(all, last, context->messages->style, context->messages->text);
	else
		draw_hints(all, &context->controls->screen.hidden, last);
}

/* The verdict in one large word, where the layout has rows for it. */
static void draw_banner(const struct context *context, const struct frame *frame, struct area all)
{
	int rows = layout_banner_rows(all.width, all.height, context->controls->screen.layout);
	const char *name = frame->record ? frame->record->verdict : NULL;
	const struct verdict *verdict = name ? verdict_find(name) : NULL;
	if (!verdict || rows == 0 || quiz_hides(context))
		return;
	int scale = large_scale(verdict->name, all.width - 2, rows - 1);
	if (scale != LARGE_NONE)
		large_draw(all, 1, all.height - layout_rows_below(all.width, all.height) - (rows - 1),
			scale, tone_style(verdict->tone), verdict->name);
}

void screen_draw(const struct context *context, int percent)
{
	const struct session *session = context->session;
	const struct picture picture = context_picture(context);
	const struct header header = {
		.wanted = past_of(context) ? picture.frame.settings : &session->wanted,
		.past_of = past_of(context),
		.pace = context->controls->screen.pace,
		.pinned = picture.twin.model ? picture.twin.name : NULL,
		.percent = percent,
		.running = session->left != 0,
		.over = session->over,
		.failed = session_failed(session),
	};
	struct area all = area_all(context->viewer->canvas);
	if (all.width < LAYOUT_COLUMNS_MIN || all.height < LAYOUT_ROWS_MIN) {
		draw_too_small(all);
		return;
	}
	header_draw(&header, &picture.frame, all);
	overlay_draw_panes(context);
	draw_banner(context, &picture.frame, all);
	overlay_draw_panel(context);
	overlay_draw(context);
	draw_bottom(context, &picture.frame, all);
}
