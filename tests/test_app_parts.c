/* The small parts of the program, each alone: the clock of the epochs, lists, windows, messages and
 * the room of a lesson, at the bounds where they turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/fold.h"
#include "app/lesson_file.h"
#include "app/lesson_panel.h"
#include "app/messages.h"
#include "app/pace.h"
#include "app/undo.h"
#include "app/window.h"
#include "ui/glyphs.h"
#include "ui/layout.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- the clock of the epochs; all times here are exact in binary ---- */

static void epoch_k_is_due_k_periods_after_the_first(void **state)
{
	struct pace pace;
	(void)state;
	pace_start(&pace, 4, 100);
	for (int k = 0; k < 9; k++) {
		assert_true(pace_due(&pace) == 100 + 0.25 * k);
		pace_take(&pace, pace_due(&pace) + 0.125); /* what one is late is made up by the next */
	}
}

static void a_new_rate_begins_with_a_whole_period(void **state)
{
	struct pace pace;
	(void)state;
	pace_start(&pace, 4, 100);
	pace_take(&pace, 100);
	pace_change(&pace, 2, 200);
	assert_true(pace_due(&pace) == 200.5);
	pace_take(&pace, 200.5);
	assert_true(pace_due(&pace) == 201);
}

static void only_what_is_late_by_more_than_a_period_is_not_made_up(void **state)
{
	struct pace pace;
	(void)state;
	pace_start(&pace, 4, 100);
	pace_take(&pace, 100.25); /* late by one period: two epochs at once */
	assert_true(pace_due(&pace) == 100.25);
	pace_start(&pace, 4, 100);
	pace_take(&pace, 100.375);
	assert_true(pace_due(&pace) == 100.625);
}

/* ---- lists and windows ---- */

static void a_move_in_a_list_stops_at_its_ends(void **state)
{
	static const struct {
		int at;
		struct move move;
		int expected;
	} cases[] = {
		/* of 30 rows, 10 a page */
		{0, {.lines = -1}, 0},
		{1, {.lines = -1}, 0},
		{0, {.lines = 1}, 1},
		{28, {.lines = 1}, 29},
		{29, {.lines = 1}, 29},
		{5, {.pages = 1}, 15},
		{15, {.pages = -1}, 5},
		{25, {.pages = 1}, 29},
		{5, {.pages = -1}, 0},
		{12, {.ends = -1}, 0},
		{12, {.ends = 1}, 29},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(window_moved(cases[i].at, 30, 10, cases[i].move), cases[i].expected);
	assert_int_equal(window_moved(0, 1, 10, (struct move){.lines = 1}), 0);
}

/* 40 to 60 columns, three tenths of the screen in between; no pane has less than 40. */
static void the_menu_leaves_room_to_panes_where_there_is_some(void **state)
{
	static const int cases[][2] = {/* columns of the screen, beside the menu */
		{40, 0}, {79, 0}, {80, 40}, {132, 92}, {136, 96}, {137, 96}, {160, 112}, {200, 140},
		{203, 143}, {250, 190}};
	struct viewer viewer = {.canvas = canvas_new(), .overlay = OVERLAY_MENU};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(canvas_reset(viewer.canvas, cases[i][0], 24, glyphs_at(0)));
		viewer.overlay = OVERLAY_MENU;
		assert_int_equal(window_beside(&viewer), cases[i][1]);
		struct area area = window_area(&viewer), inside = window_inside(area);
		assert_int_equal(area.x, cases[i][1]);
		assert_int_equal(area.width, cases[i][0] - cases[i][1]);
		assert_int_equal(area.y, 1);
		assert_int_equal(area.height, 23 - layout_rows_below(cases[i][0], 24));
		assert_int_equal(inside.x, area.x + 2); /* a frame and, at the sides, a blank */
		assert_int_equal(inside.y, area.y + 1);
		assert_int_equal(inside.width, area.width - 4);
		assert_int_equal(inside.height, area.height - 2);
		viewer.overlay = OVERLAY_HELP;
		assert_int_equal(window_beside(&viewer), 0);
	}
	canvas_free(viewer.canvas);
}

/* A line holds as many words as fit its columns, the last of them included. */
static void a_line_is_folded_where_the_next_word_is_one_column_too_long(void **state)
{
	char line[40];
	(void)state;
	const char *text = "abcd efgh ijkl";
	assert_true(fold_line(&text, 9, glyphs_at(0), line, sizeof(line)));
	assert_string_equal(line, "abcd efgh");
	assert_true(fold_line(&text, 9, glyphs_at(0), line, sizeof(line)));
	assert_string_equal(line, "ijkl");
	assert_false(fold_line(&text, 9, glyphs_at(0), line, sizeof(line)));
	text = "abcd efgh ijkl";
	assert_true(fold_line(&text, 8, glyphs_at(0), line, sizeof(line)));
	assert_string_equal(line, "abcd");
	text = "abcd efgh"; /* nine letters need room for ten bytes */
	assert_true(fold_line(&text, 30, glyphs_at(0), line, 10));
	assert_string_equal(line, "abcd efgh");
	text = "abcd efgh";
	assert_true(fold_line(&text, 30, glyphs_at(0), line, 9));
	assert_string_equal(line, "abcd");
	text = "abcdefgh";
	assert_true(fold_line(&text, 30, glyphs_at(0), line, 5)); /* nor is a long word lost */
	assert_string_equal(line, "abcd");
	assert_true(fold_line(&text, 30, glyphs_at(0), line, 5));
	assert_string_equal(line, "efgh");
}

/* ---- messages ---- */

static void a_message_stands_for_four_seconds(void **state)
{
	struct messages messages = {.key = 0};
	(void)state;
	messages_begin(&messages, 'a', 100);
	message_say(&messages, STYLE_ALARM, "%d", 7);
	assert_string_equal(messages.text, "7");
	assert_int_equal(messages.style, STYLE_ALARM);
	assert_true(messages.until == 104);
	assert_true(messages.changed);
	messages.changed = false;
	messages_drop(&messages);
	assert_true(messages.changed);
	assert_string_equal(messages.text, "");
	messages.changed = false;
	messages_drop(&messages); /* there is none */
	assert_false(messages.changed);
}

/* Of each key, as many as are remembered; a command (key 0) is always answered. */
static void a_key_without_effect_is_answered_once(void **state)
{
	struct messages messages = {.key = 0};
	(void)state;
	for (int round = 0; round < 2; round++)
		for (int key = 0; key < TOLD_KEYS + 3; key++) {
			messages_begin(&messages, key, 0);
			messages_drop(&messages);
			message_say_once(&messages, "no effect");
			bool again = round == 0 || key == 0 || key > TOLD_KEYS;
			if ((messages.text[0] != '\0') != again)
				fail_msg("round %d, key %d is %sanswered", round, key, again ? "not " : "");
		}
	assert_int_equal(messages.told_count, TOLD_KEYS);
}

/* ---- undo ---- */

/* A quarter of the memory that a run may take, at most 64 MiB. */
static void undo_has_a_quarter_of_the_memory_up_to_64_mebibytes(void **state)
{
	static const int cases[][2] = {{1, 0}, {100, 25}, {252, 63}, {256, 64}, {260, 64}, {4000, 64}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config config = config_default();
		config.memory_limit = cases[i][0];
		assert_int_equal(undo_budget(&config) >> 20, cases[i][1]);
	}
}

/* Without snapshots the number of states alone is limited. */
static void the_oldest_of_fifty_states_makes_room_for_another(void **state)
{
	struct undo_stack stack = {.count = 0};
	struct undo_state one = {.snapshot = NULL, .config = config_default()};
	(void)state;
	for (int i = 1; i <= UNDO_STATES + 2; i++) {
		one.config.seed = i;
		undo_push(&stack, one, 0);
		assert_int_equal(stack.count, i < UNDO_STATES ? i : UNDO_STATES);
	}
	for (int i = UNDO_STATES + 2; i > 2; i--) {
		assert_true(undo_pop(&stack, &one));
		assert_int_equal(one.config.seed, i);
	}
	assert_false(undo_pop(&stack, &one));
}

/* ---- the room of a lesson ---- */

static struct panel_room room_of(const char *text, int columns, int rows)
{
	struct error error = {STATUS_DONE, ""};
	struct lesson *lesson = lesson_read("here", text, &error);
	if (!lesson)
		fail_msg("%s", error.text);
	struct canvas *canvas = canvas_new();
	assert_true(canvas && canvas_reset(canvas, columns, rows, glyphs_at(0)));
	struct tutor tutor = {.lesson = lesson, .open = true};
	struct panel_room room = lesson_panel_room(&tutor, canvas);
	tutor.open = false;
	struct panel_room closed = lesson_panel_room(&tutor, canvas);
	assert_true(closed.columns == 0 && closed.rows == 0);
	canvas_free(canvas);
	lesson_free(lesson);
	return room;
}

/* Beside the panes from 120 columns on, else below them; on a low screen it takes their rows. */
static void a_lesson_stands_beside_or_below_the_panes(void **state)
{
	static const struct {
		int columns, rows;
		struct panel_room room;
	} cases[] = {
		{119, 40, {0, 5}},
		{120, 40, {44, 0}},
		{200, 12, {44, 0}},
		{80, 14, {0, 14 - 3}}, /* header, verdict and hints stay */
		{80, 15, {0, 5}},
		{80, 16, {0, 5}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct panel_room room = room_of("title T\nsay a", cases[i].columns, cases[i].rows);
		if (room.columns != cases[i].room.columns || room.rows != cases[i].room.rows)
			fail_msg("at %dx%d: %d columns and %d rows", cases[i].columns, cases[i].rows,
				room.columns, room.rows);
	}
}

#define EIGHT "12345678 "
#define LINE EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT "1234" /* 76 columns */
#define TEN "0123456789"

/* The frame and the lines of the longest stop, of 76 columns at 80x50. */
static void the_room_of_a_lesson_is_that_of_its_longest_stop(void **state)
{
	static const struct {
		const char *text;
		int lines;
	} cases[] = {
		{"title T\nsay a\nsay b\nsay c\nsay d", 4},
		{"title T\nsay " LINE "\nsay b\nsay c", 3},
		{"title T\nsay " LINE "5\nsay b\nsay c", 4},
		{"title T\nsay a\nsay b\nsay c\nrun 1\nsay d\nsay e", 3},
		{"title T\nsay a\nrun 1\nsay d\nsay e\nsay f\nsay g", 4},
		/* a question has a line, and its choices another */
		{"title T\nsay a\nsay b\nask c | yes | no | = 1", 4},
		/* a prediction is told above the text that follows */
		{"title T\nsay a\nask b | yes | no | = 1\nrun 1\nsay d\nsay e\nsay f", 4},
		/* "1 CHOICE", three blanks, "2 CHOICE": 2 + 30 + 3 + 2 + 39 columns fit in 76 */
		{"title T\nsay a\nsay b\nask c | " TEN TEN TEN " | " TEN TEN TEN "012345678 | = 1", 4},
		{"title T\nsay a\nsay b\nask c | " TEN TEN TEN " | " TEN TEN TEN TEN " | = 1", 5},
		/* a title of more than 46 columns leaves no room to the rest of the heading */
		{"title " TEN TEN TEN TEN "012345\nsay a\nsay b\nsay c", 3},
		{"title " TEN TEN TEN TEN "0123456\nsay a\nsay b\nsay c", 4},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int rows = room_of(cases[i].text, 80, 50).rows;
		if (rows != 2 + cases[i].lines)
			fail_msg("%d rows, expected %d:\n%s", rows, 2 + cases[i].lines, cases[i].text);
	}
	/* never more than leaves ten rows to the rest */
	assert_int_equal(room_of(cases[0].text, 80, 16).rows, 6);
	assert_int_equal(room_of(cases[0].text, 80, 15).rows, 5);
}

/* ---- the head of a lesson ---- */

/* Settings before the first other line are those it starts with, however they are written. */
static void a_lesson_starts_with_the_settings_at_its_head(void **state)
{
	static const char *const heads[] = {"depth=3", "set depth=3", "set depth 3", "set  depth 3"};
	(void)state;
	for (size_t i = 0; i < COUNT(heads); i++) {
		char text[100];
		struct error error = {STATUS_DONE, ""};
		snprintf(text, sizeof(text), "title T\n%s\nwidth=4\nsay A\nset width=5\nsay B", heads[i]);
		struct lesson *made = lesson_read("here", text, &error);
		if (!made)
			fail_msg("%s: %s", heads[i], error.text);
		assert_int_equal(made->start.config.depth, 3);
		assert_int_equal(made->start.config.width, 4);
		assert_int_equal(made->count, 3);
		assert_int_equal(lesson_stops(made), 2);
		assert_false(made->fixes_seed);
		lesson_free(made);
	}
	struct error error;
	struct lesson *made = lesson_read("here", "title T\nseed=4\nsay A", &error);
	assert_true(made && made->fixes_seed);
	lesson_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(epoch_k_is_due_k_periods_after_the_first),
		cmocka_unit_test(a_new_rate_begins_with_a_whole_period),
		cmocka_unit_test(only_what_is_late_by_more_than_a_period_is_not_made_up),
		cmocka_unit_test(a_move_in_a_list_stops_at_its_ends),
		cmocka_unit_test(the_menu_leaves_room_to_panes_where_there_is_some),
		cmocka_unit_test(a_line_is_folded_where_the_next_word_is_one_column_too_long),
		cmocka_unit_test(a_message_stands_for_four_seconds),
		cmocka_unit_test(a_key_without_effect_is_answered_once),
		cmocka_unit_test(undo_has_a_quarter_of_the_memory_up_to_64_mebibytes),
		cmocka_unit_test(the_oldest_of_fifty_states_makes_room_for_another),
		cmocka_unit_test(a_lesson_stands_beside_or_below_the_panes),
		cmocka_unit_test(the_room_of_a_lesson_is_that_of_its_longest_stop),
		cmocka_unit_test(a_lesson_starts_with_the_settings_at_its_head),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
