/* docs/teaching.md: what it says can be seen is on the screen after the steps it names, and what it
 * says is told is in the lesson and at the stop that it names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/action.h"
#include "app/lesson_file.h"
#include "lab/text.h"
#include "ui/key.h"

#include "session.h"

enum { ROWS = 74, CELLS = 8, LINE = 1024, NUMBER = 0, TAUGHT, REACH, LOOK_FOR, SMALL, LARGE, TOLD };

static const char *const statuses[] = {"seen", "partly", "not", "told", "later"};

static const struct {
	int cell, columns, rows;
} screens[] = {{SMALL, 80, 24}, {LARGE, 132, 43}};

static void trim(char **text)
{
	*text += strspn(*text, " ");
	for (char *end = *text + strlen(*text); end > *text && end[-1] == ' ';)
		*--end = '\0';
}

/* Splits "| a | b |" in place; "\|" is a bar within a cell. False: not a row of the table. */
static bool split(char *line, char *cell[CELLS])
{
	int count = 0;
	char *at = line + 1, *to = at;
	if (line[0] != '|' || !strchr("0123456789", line[2]))
		return false;
	cell[0] = at;
	for (; *at && *at != '\n'; at++) {
		if (*at == '|') {
			*to++ = '\0';
			if (++count == CELLS)
				break;
			cell[count] = to;
			continue;
		}
		at += at[0] == '\\' && at[1] == '|';
		*to++ = *at;
	}
	for (int i = 0; i < CELLS && count == CELLS; i++)
		trim(&cell[i]);
	return count == CELLS;
}

/* The next step in backquotes; NULL at the end. */
static char *next_step(char **rest)
{
	char *start = strchr(*rest, '`'), *end = start ? strchr(start + 1, '`') : NULL;
	if (!end)
		return NULL;
	*end = '\0';
	*rest = end + 1;
	return start + 1;
}

static int key_named(const char *name)
{
	char known[16];
	for (int key = KEYCODE_UP; key <= KEYCODE_BACK_TAB; key++) {
		key_name(known, key);
		if (strcmp(known, name) == 0)
			return key;
	}
	return name[1] == '\0' ? name[0] : KEYCODE_NONE;
}

static bool has_owner(int key)
{
	for (int i = 0; i < all_settings_count(); i++)
		if (all_settings_row(i)->key == key || all_settings_row(i)->back_key == key)
			return true;
	return action_for_key(key) != NULL;
}

static void take_step(struct fixture *fixture, const char *row, const char *step)
{
	enum app_state state;
	struct error error;
	if (step[0] == ':' && !app_command(fixture->app, step + 1, &state, &error))
		fail_msg("row %s: %s: %s", row, step, error.text);
	if (step[0] != ':' && !has_owner(key_named(step)))
		fail_msg("row %s: no key %s", row, step);
	if (step[0] != ':')
		press(fixture, key_named(step));
	app_draw(fixture->app); /* panes ask for what they need when they are drawn */
	work_until(fixture, fixture->now + 0.6);
	for (int i = 0; i < 100 && fixture->app->session->left > 0; i++)
		work_until(fixture, fixture->now + 0.1);
}

struct line {
	char text[CANVAS_COLUMNS_MAX * 4 + 1];
};

static struct line line_of(const struct canvas *canvas, int y)
{
	struct line line;
	size_t used = 0;
	for (int x = 0; x < canvas->columns; x++) {
		uint32_t code = canvas->cell[y * canvas->columns + x].code;
		if (code)
			used += (size_t)text_encode(line.text + used, code);
	}
	line.text[used] = '\0';
	return line;
}

static bool is_shown(const struct canvas *canvas, const char *text)
{
	for (int y = 0; y < canvas->rows; y++)
		if (strstr(line_of(canvas, y).text, text))
			return true;
	return false;
}

static struct fixture start(const char *row, const char *first, int columns, int rows)
{
	struct fixture fixture = {.now = 1000};
	struct app_options options = {
		.settings = all_settings_default(), .glyphs = "braille", .color_count = 256};
	struct error error;
	char copy[LINE], *rest = copy;
	snprintf(copy, sizeof(copy), "%s", first);
	if (strcmp(strtok_r(rest, " ", &rest), "wane") != 0)
		fail_msg("row %s does not begin with wane", row);
	all_settings_assign_pair(&options.settings, "seed=1", &error);
	all_settings_assign_pair(&options.settings, "advice=off", &error);
	for (char *pair; (pair = strtok_r(rest, " ", &rest));)
		if (!all_settings_assign_pair(&options.settings, pair, &error))
			fail_msg("row %s: %s", row, error.text);
	fixture.app = app_new(&options, &error);
	assert_non_null(fixture.app);
	app_resize(fixture.app, columns, rows);
	press(&fixture, ' ');
	return fixture;
}

static bool check_screen(char *const cell[CELLS], int screen)
{
	const char *status = cell[screens[screen].cell];
	char steps[LINE], *rest = steps, *step;
	snprintf(steps, sizeof(steps), "%s", cell[REACH]);
	bool shown = strcmp(status, "seen") == 0 || strcmp(status, "partly") == 0;
	step = next_step(&rest);
	if (!step && shown)
		fail_msg("row %s is %s, but no step leads to it", cell[NUMBER], status);
	if (!step)
		return false;
	struct fixture fixture =
		start(cell[NUMBER], step, screens[screen].columns, screens[screen].rows);
	while ((step = next_step(&rest)))
		take_step(&fixture, cell[NUMBER], step);
	const struct canvas *canvas = app_draw(fixture.app);
	bool wrong = is_shown(canvas, cell[LOOK_FOR]) != shown;
	for (int y = 0; y < canvas->rows && wrong; y++)
		print_error("%s\n", line_of(canvas, y).text);
	if (wrong)
		print_error("row %s is %s at %dx%d, but '%s' is %s\n", cell[NUMBER], status,
			screens[screen].columns, screens[screen].rows, cell[LOOK_FOR],
			shown ? "not there" : "there");
	app_free(fixture.app);
	return wrong;
}

/* All that a lesson says and asks at a stop, counted from 1. */
static void text_of_stop(const struct lesson *lesson, int stop, char *out, size_t size)
{
	int at = 1;
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < lesson->count; i++) {
		const struct lesson_line *line = &lesson->line[i];
		if (at == stop && line->kind == LESSON_SAY)
			used += (size_t)snprintf(out + used, size - used, "%s ", line->text);
		if (at == stop && line->kind == LESSON_ASK)
			used += (size_t)snprintf(out + used, size - used, "%s ", line->question.text);
		for (int c = 0; at == stop && c < line->question.count; c++)
			used += (size_t)snprintf(out + used, size - used, "%s ", line->question.choice[c]);
		assert_true(used < size);
		at += lesson_stops_after(lesson, i);
	}
}

static bool lesson_claims(const struct lesson *lesson, int row)
{
	for (int i = 0; i < lesson->rows; i++)
		if (lesson->row[i] == row)
			return true;
	return false;
}

/* "LESSON STOP: WORDS", "keys" where the steps show it without a lesson, or "later". */
static int check_told(char *const cell[CELLS])
{
	const char *told = cell[TOLD];
	bool shown = strcmp(cell[SMALL], "seen") == 0 || strcmp(cell[LARGE], "seen") == 0;
	char name[40], text[4000], *end;
	struct error error;
	if (strcmp(told, "later") == 0 || strcmp(told, "keys") == 0) {
		bool fits = strcmp(told, "keys") == 0 ? shown : strcmp(cell[SMALL], "later") == 0;
		if (!fits)
			print_error("row %s: told by '%s', but it is %s\n", cell[NUMBER], told, cell[SMALL]);
		return !fits;
	}
	size_t length = strcspn(told, " ");
	snprintf(name, sizeof(name), "%.*s", (int)length, told);
	int stop = (int)strtol(told + length, &end, 10);
	if (strncmp(end, ": ", 2) != 0)
		fail_msg("row %s: found '%s', expected LESSON STOP: WORDS", cell[NUMBER], told);
	struct lesson *lesson = lesson_load(name, &error);
	if (!lesson)
		fail_msg("row %s: %s", cell[NUMBER], error.text);
	text_of_stop(lesson, stop, text, sizeof(text));
	bool says = strstr(text, end + 2) != NULL, claims = lesson_claims(lesson, atoi(cell[NUMBER]));
	if (!says)
		print_error("row %s: stop %d of %s does not say '%s' but: %s\n", cell[NUMBER], stop, name,
			end + 2, text);
	if (!claims)
		print_error("row %s: %s does not name it in its line 'rows'\n", cell[NUMBER], name);
	lesson_free(lesson);
	return !says || !claims;
}

static int check_row(char *const cell[CELLS])
{
	int wrong = 0;
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		bool known = false;
		for (size_t k = 0; k < sizeof(statuses) / sizeof(statuses[0]); k++)
			known = known || strcmp(cell[screens[i].cell], statuses[k]) == 0;
		if (!known)
			fail_msg("row %s: '%s' is no status", cell[NUMBER], cell[screens[i].cell]);
		wrong += check_screen(cell, (int)i);
	}
	return wrong;
}

/* Calls `check` for every row; returns the sum of what it returns. */
static int for_each_row(int (*check)(char *const cell[CELLS]))
{
	FILE *file = fopen("docs/teaching.md", "r");
	char line[LINE], *cell[CELLS];
	int rows = 0, wrong = 0;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (split(line, cell)) {
			if (atoi(cell[NUMBER]) != ++rows)
				fail_msg("docs/teaching.md: found row %s, expected row %d", cell[NUMBER], rows);
			assert_true(cell[TAUGHT][0]);
			wrong += check(cell);
		}
	if (rows != ROWS)
		fail_msg("docs/teaching.md has %d rows, expected %d (ROWS)", rows, ROWS);
	fclose(file);
	return wrong;
}

static void every_row_is_seen_as_the_table_says(void **state)
{
	(void)state;
	int wrong = for_each_row(check_row);
	if (wrong)
		fail_msg("%d rows are not seen as docs/teaching.md says (above)", wrong);
}

static void every_row_is_told_where_the_table_says(void **state)
{
	(void)state;
	int wrong = for_each_row(check_told);
	if (wrong)
		fail_msg("%d rows are not told as docs/teaching.md says (above)", wrong);
}

static void every_row_that_a_lesson_names_is_in_the_table(void **state)
{
	(void)state;
	for (int l = 0; lesson_at(l); l++) {
		struct error error;
		struct lesson *lesson = lesson_load(lesson_at(l)->name, &error);
		assert_non_null(lesson);
		for (int i = 0; i < lesson->rows; i++)
			if (lesson->row[i] > ROWS)
				fail_msg("%s: row %d of %d", lesson->name, lesson->row[i], ROWS);
		if (lesson->rows == 0)
			fail_msg("%s: no line 'rows'", lesson->name);
		lesson_free(lesson);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_seen_as_the_table_says),
		cmocka_unit_test(every_row_is_told_where_the_table_says),
		cmocka_unit_test(every_row_that_a_lesson_names_is_in_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
