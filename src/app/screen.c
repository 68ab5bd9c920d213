#include "app/state.h"

#include "app/action.h"
#include "app/fold.h"
#include "lab/text.h"
#include "lab/remedy.h"
#include "lab/verdict.h"
#include "ui/caption.h"
#include "ui/key.h"
#include <stdio.h>
#include <string.h>

enum { NOTE_LINES = 6, EVIDENCE_MIN = 24 };

/* ---- header ---- */

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static void add_data(struct parts *parts, const struct app *app, const struct config *config)
{
	const struct dataset *data = experiment_data(app->session->experiment);
	const char *name = last_component(config->data);

	if (dataset_is_generated(config->data))
		parts_add(parts, 7, STYLE_NORMAL, "%s %d", name, config->samples);
	else if (data)
		parts_add(parts, 7, STYLE_NORMAL, "%.40s %d", name, data->rows);
	else
		parts_add(parts, 7, STYLE_NORMAL, "%.40s", name);
}

/* The learning rate: under a schedule what it has come to, once what is wanted is in force. */
static void add_rate(struct parts *parts, const struct app *app, const struct config *config)
{
	const struct experiment *experiment = app->session->experiment;
	const struct record *record = experiment_record(experiment);
	const struct config *present = experiment_config(experiment);
	bool in_force = record && present->lr == config->lr &&
		strcmp(present->schedule, config->schedule) == 0;

	if (strcmp(config->schedule, "constant") == 0)
		parts_add(parts, 4, STYLE_NORMAL, "%s lr %g", config->optimizer, config->lr);
	else
		parts_add(parts, 4, STYLE_NORMAL, "%s %s lr %.3g", config->optimizer, config->schedule,
			in_force ? (double)record->lr : config->lr);
}

/* What is wanted rather than what is in force: a key shows at once that it was heard. What
 * differs from the defaults is the last to go where there is little room. */
static void add_settings(struct parts *parts, const struct app *app)
{
	const struct config *config = &app->session->wanted;
	const struct config initial = config_default();

	add_data(parts, app, config);
	if (config->depth > 0)
		parts_add(parts, 6, STYLE_NORMAL, "mlp %d\xc3\x97%d", config->depth, config->width);
	else
		parts_add(parts, 6, STYLE_NORMAL, "no hidden layer");
	if (config->depth > 0)
		parts_add(parts, 0, STYLE_NORMAL, "%s", config->activation);
	parts_add(parts, strcmp(config->init, initial.init) == 0 ? 9 : 3, STYLE_NORMAL, "%s",
		config->init);
	if (strcmp(config->norm, "none") != 0)
		parts_add(parts, 1, STYLE_NORMAL, "%s norm", config->norm);
	if (config->skip > 0)
		parts_add(parts, 2, STYLE_NORMAL, "skip %d", config->skip);
	if (strcmp(config->clip, "none") != 0)
		parts_add(parts, 5, STYLE_NORMAL, "clip %s %g", config->clip, config->clip_at);
	if (config->dropout > 0)
		parts_add(parts, 5, STYLE_NORMAL, "dropout %g", config->dropout);
	if (config->freeze > 0)
		parts_add(parts, 5, STYLE_NORMAL, "freeze %d", config->freeze);
	add_rate(parts, app, config);
}

static void header_state(const struct app *app, char *out, size_t size)
{
	const struct session *session = app->session;
	const struct experiment *experiment = session->experiment;
	const struct glyphs *glyphs = app->canvas->glyphs;
	bool running = session->left != 0;
	char glyph[5], progress[16] = "", epoch[32] = "starting";

	text_encode(glyph, running ? glyphs->run : glyphs->pause);
	if (app->percent >= 0)
		snprintf(progress, sizeof(progress), " %d%%", app->percent);
	if (!experiment_data(experiment))
		snprintf(epoch, sizeof(epoch), "loading");
	else if (experiment_record(experiment))
		snprintf(epoch, sizeof(epoch), "epoch %lld", (long long)experiment_epoch(experiment));
	if (session_failed(session))
		snprintf(out, size, "failed");
	else if (!running)
		snprintf(out, size, "%s%s  %s %s", epoch, progress, glyph,
			session->over ? "over" : "paused");
	else
		snprintf(out, size, "%s%s  %s %s%s", epoch, progress, glyph, app->screen.pace,
			strcmp(app->screen.pace, "max") == 0 ? "" : "/s");
}

static void draw_header(const struct app *app, struct area area)
{
	struct parts parts = { .count = 0 };
	char right[120];

	header_state(app, right, sizeof(right));
	int start = area.width - 1 - glyphs_text_width(app->canvas->glyphs, right);
	add_settings(&parts, app);
	area_text(area, 1, 0, STYLE_TITLE, "wane");
	parts_draw(&parts, area_sub(area, 7, 0, start - 9, 1), 0, 0);
	area_text(area, start, 0, STYLE_TITLE, right);
}

/* ---- verdict and messages ---- */

static enum style tone_style(enum verdict_tone tone)
{
	static const enum style style[] = {
		[TONE_QUIET] = STYLE_NORMAL, [TONE_GOOD] = STYLE_GOOD,
		[TONE_WARNING] = STYLE_WARNING, [TONE_ALARM] = STYLE_ALARM,
	};
	return style[tone];
}

static void draw_line(struct area area, int y, enum style style, const char *text)
{
	char line[1200];
	fold_line(&text, area.width - 2, area.canvas->glyphs, line, sizeof(line));
	area_text(area, 1, y, style, line);
}

/* Where both do not fit, the first thing to try stays whole and the evidence is cut. */
static void draw_advised(struct area area, int y, enum style style, const char *sentence,
	char *advice)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	char text[1200] = "";
	int room = area.width - 2;
	int x = 1;

	if (glyphs_text_width(glyphs, sentence) + 1 + glyphs_text_width(glyphs, advice) > room)
		advice[strcspn(advice, ",")] = '\0';
	if (advice[0])
		room -= 1 + glyphs_text_width(glyphs, advice);
	bool cut = glyphs_text_width(glyphs, sentence) > room;
	if (!cut || room >= EVIDENCE_MIN || !advice[0])
		fold_line(&sentence, cut ? room - 4 : room, glyphs, text, sizeof(text));
	x += area_text(area, x, y, style, text);
	if (cut && text[0])
		x += area_text(area, x, y, style, " ...");
	area_text(area, text[0] ? x + 1 : x, y, STYLE_KEY, advice);
}

/* Adds the remarks that fit whole beside the first thing to try. */
static void add_remarks(const struct verdict_case *given, const char *advice, struct area area,
	char *sentence, size_t size)
{
	const struct glyphs *glyphs = area.canvas->glyphs;
	char first[200], remark[200];

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(advice, ","), advice);
	int room = area.width - 4 - glyphs_text_width(glyphs, first);
	for (int i = 0; remark_at(i); i++) {
		if (!remark_at(i)->applies(given))
			continue;
		remark_at(i)->say(given, remark, sizeof(remark));
		size_t used = strlen(sentence);
		if (glyphs_text_width(glyphs, sentence) + 1 + glyphs_text_width(glyphs, remark) <= room)
			snprintf(sentence + used, size - used, " %s", remark);
	}
}

static void draw_verdict(const struct app *app, struct area area, int y)
{
	const struct experiment *experiment = app->session->experiment;
	const struct record *record = experiment_record(experiment);
	const struct config *config = experiment_config(experiment);
	const struct verdict *verdict;
	char sentence[400], rules[190], advice[200];

	if (session_failed(app->session)) {
		draw_line(area, y, STYLE_ALARM, experiment_error(experiment)->text);
		return;
	}
	verdict = record && record->verdict ? verdict_find(record->verdict) : NULL;
	if (!verdict)
		return;
	struct verdict_case given = experiment_case(experiment);
	verdict_sentence(verdict, &given, sentence, sizeof(sentence));
	remedy_rules(verdict->name, config, rules, sizeof(rules));
	snprintf(advice, sizeof(advice), "%s%s", rules[0] ? "Try " : "", rules);
	add_remarks(&given, advice, area, sentence, sizeof(sentence));
	draw_advised(area, y, tone_style(verdict->tone), sentence, advice);
}

/* ---- hints ---- */

/* Draws key and word; returns the columns used, with the gap before the next. */
static int draw_hint(struct area area, int x, int y, int key, const char *word)
{
	char name[16];
	int start = x;

	key_name(name, key);
	x += area_text(area, x, y, STYLE_KEY, name) + 1;
	return x + area_text(area, x, y, STYLE_DIM, word) + 2 - start;
}

static int hint_width(struct area area, int key, const char *word)
{
	return draw_hint(area_sub(area, 0, 0, 0, 0), 0, 0, key, word);
}

/* Width of the actions' hints but for the first few. */
static int action_hints_width(struct area area, int dropped)
{
	int width = 0;
	for (int i = 0; action_at(i); i++)
		if (action_at(i)->hint && dropped-- <= 0)
			width += hint_width(area, action_at(i)->key[0], action_at(i)->hint);
	return width;
}

/* The setting with this place in the line; NULL if there is none. */
static const struct setting *hinted(int place)
{
	for (int i = 0; i < config_table.count; i++)
		if (config_table.row[i].hint == place)
			return &config_table.row[i];
	return NULL;
}

static int draw_setting_hints(struct area area, int x, int y, int end)
{
	const struct setting *row;
	for (int place = 1; (row = hinted(place)); place++)
		if (x + hint_width(area, row->key, row->name) <= end)
			x += draw_hint(area, x, y, row->key, row->name);
	return x;
}

/* Settings as they fit beside the actions; in a narrow window the first setting is worth more
 * than the first actions. */
static void draw_hints(struct area area, int y)
{
	const struct setting *first = hinted(1);
	int room = area.width - hint_width(area, first->key, first->name), dropped = 0;

	while (action_hints_width(area, dropped) > room)
		dropped++;
	int x = draw_setting_hints(area, 1, y, area.width + 1 - action_hints_width(area, dropped));
	for (int i = 0; action_at(i); i++) {
		const struct action *action = action_at(i);
		if (action->hint && dropped-- <= 0)
			x += draw_hint(area, x, y, action->key[0], action->hint);
	}
}

/* ---- prompt ---- */

/* The note stands above the line, over whatever is there, in as many lines as it needs. */
static void draw_note(const struct prompt *prompt, struct area area)
{
	struct area nowhere = area_sub(area, 0, 0, 0, 0);
	nowhere.width = area.width - 2;
	int lines = fold_draw(nowhere, 0, 0, STYLE_NORMAL, prompt->note);

	if (lines > NOTE_LINES)
		lines = NOTE_LINES;
	struct area box = area_sub(area, 0, area.height - 1 - lines, area.width, lines);
	for (int y = 0; y < box.height; y++)
		for (int x = 0; x < box.width; x++)
			area_put(box, x, y, ' ', STYLE_NORMAL);
	fold_draw(box, 1, 0, prompt->alarm ? STYLE_ALARM : STYLE_NORMAL, prompt->note);
}

static void draw_prompt(const struct prompt *prompt, struct area area)
{
	char before[PROMPT_MAX];
	const struct glyphs *glyphs = area.canvas->glyphs;
	int y = area.height - 1;

	draw_note(prompt, area);
	memcpy(before, prompt->text, (size_t)prompt->cursor);
	before[prompt->cursor] = '\0';
	int cursor = 1 + glyphs_text_width(glyphs, before);
	int shift = cursor >= area.width ? cursor - area.width + 1 : 0;
	const char *at = prompt->text + prompt->cursor;
	uint32_t code = *at ? text_next(&at) : ' ';

	area_text(area, 1 - shift, y, STYLE_NORMAL, prompt->text);
	area_put(area, 0, y, ':', STYLE_KEY);
	area_put(area, cursor - shift, y, code, STYLE_SELECTED);
}

static void draw_too_small(struct app *app, struct area area)
{
	char text[120];

	snprintf(text, sizeof(text), "wane needs %dx%d characters; this is %dx%d. q quits",
		LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN, app->columns, app->rows);
	fold_draw(area, 0, 0, STYLE_WARNING, text);
}

static void draw_bottom(struct app *app, struct area all)
{
	if (app->message.text[0])
		draw_line(all, all.height - 2, app->message.style, app->message.text);
	else
		draw_verdict(app, all, all.height - 2);
	if (app->prompt.open)
		draw_prompt(&app->prompt, all);
	else
		draw_hints(all, all.height - 1);
}

void screen_draw(struct app *app)
{
	struct area all = area_all(app->canvas);

	if (all.width < LAYOUT_COLUMNS_MIN || all.height < LAYOUT_ROWS_MIN) {
		draw_too_small(app, all);
		return;
	}
	draw_header(app, all);
	front_panes.draw(app, all);
	if (app->front != &front_panes)
		app->front->draw(app, area_sub(all, 0, 1, all.width, all.height - 3));
	draw_bottom(app, all);
}
