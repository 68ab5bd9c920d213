/* The small parts of the program, each alone: the clock of the epochs, lists, windows, messages,
 * files that a person wrote, figures and the room of a lesson, at the bounds where they turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/figure.h"
#include "app/fold.h"
#include "app/journal.h"
#include "app/lesson_panel.h"
#include "app/messages.h"
#include "app/pace.h"
#include "app/script.h"
#include "app/text_file.h"
#include "app/undo.h"
#include "app/window.h"
#include "lab/atomic_file.h"
#include "ui/glyphs.h"
#include "ui/layout.h"

#include "lessons.h"
#include "place.h"

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
	struct lesson *lesson = lesson_of(text);
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
		snprintf(text, sizeof(text), "title T\n%s\nwidth=4\nsay A\nset width=5\nsay B", heads[i]);
		struct lesson *made = lesson_of(text);
		assert_int_equal(made->start.config.depth, 3);
		assert_int_equal(made->start.config.width, 4);
		assert_int_equal(made->count, 3);
		assert_int_equal(lesson_stops(made), 2);
		assert_false(made->fixes_seed);
		lesson_free(made);
	}
	struct lesson *made = lesson_of("title T\nseed=4\nsay A");
	assert_true(made->fixes_seed);
	lesson_free(made);
}

/* ---- files that a person wrote ---- */

static void a_text_file_is_read_whole_or_refused(void **state)
{
	const struct place *place = *state;
	struct error error;
	char text[8], cause[200];
	bool missing = true;
	file_put(place->file, "1234567", 7); /* and its end: eight bytes */
	assert_true(text_file_read(place->file, text, 8, &missing, &error));
	assert_string_equal(text, "1234567");
	assert_false(missing);
	assert_false(text_file_read(place->file, text, 7, NULL, &error));
	snprintf(cause, sizeof(cause), "%s: expected less than 7 bytes", place->file);
	assert_string_equal(error.text, cause);
	assert_int_equal(error.status, STATUS_USAGE);
	file_put(place->file, "", 0);
	assert_true(text_file_read(place->file, text, 8, NULL, &error));
	assert_string_equal(text, "");
	file_put(place->file,
		"12\0"
		"45",
		5);
	assert_false(text_file_read(place->file, text, 8, NULL, &error));
	assert_non_null(strstr(error.text, ": a NUL byte"));
	assert_false(text_file_read(place->folder, text, 8, &missing, &error));
	assert_non_null(strstr(error.text, ": not a plain file"));
	assert_int_equal(error.status, STATUS_WORLD);
	assert_false(missing);
	snprintf(cause, sizeof(cause), "%s/none", place->folder);
	error.text[0] = '\0';
	assert_false(text_file_read(cause, text, 8, &missing, &error));
	assert_true(missing && !error.text[0]);
	assert_false(text_file_read(cause, text, 8, NULL, &error));
	assert_non_null(strstr(error.text, "/none: cannot be read: "));
	assert_int_equal(error.status, STATUS_WORLD);
}

static void lines_are_cut_without_the_blanks_around_them(void **state)
{
	static const char *const lines[] = {"a b", "", "c", "d", ""};
	char text[] = "\xef\xbb\xbf a b \t\r\n\n\tc\nd\n";
	char *rest = text_file_begin(text);
	(void)state;
	assert_ptr_equal(rest, text + 3);
	assert_ptr_equal(text_file_begin(text + 3), text + 3);
	assert_int_equal(text_file_lines(text), 5);
	for (size_t i = 0; i < COUNT(lines); i++) {
		assert_non_null(rest);
		assert_string_equal(text_file_line(&rest), lines[i]);
	}
	assert_null(rest);
	struct error error;
	assert_false(text_file_refuse("f", 1, "wrong", STATUS_USAGE, &error));
	assert_string_equal(error.text, "f:1: wrong");
	assert_false(text_file_refuse("f", 0, "wrong", STATUS_WORLD, &error));
	assert_string_equal(error.text, "f: wrong");
	assert_int_equal(error.status, STATUS_WORLD);
}

/* Times of a script: whole numbers that never fall, up to two thousand millions. */
static void lines_of_a_script_have_their_times(void **state)
{
	static const struct {
		const char *text; /* after "at 3 run-pause" */
		int64_t at;       /* of the second line; -1: it is refused */
		bool during, joined;
	} cases[] = {
		{"at 3 restart", 3, false, false},
		{"at\t4\trestart", 4, false, false},
		{"at 4+ restart", 4, true, false},
		{"and restart", 3, false, true},
		{"at 2000000000 restart", 2000000000, false, false},
		{"at 2000000001 restart", -1, false, false},
		{"at 2 restart", -1, false, false},
		{"at 3.5 restart", -1, false, false},
		{"at -1 restart", -1, false, false},
		{"at 3 end", 3, false, false},
		{"at 3 keep", 3, false, false},
		{"at 3 keeps", -1, false, false},
		{"and", -1, false, false},
		{"android restart", -1, false, false},
		{"attic", -1, false, false},
	};
	const struct place *place = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[100];
		struct error error = {STATUS_DONE, ""};
		snprintf(text, sizeof(text), "# times\ndepth=3\nat 3 undo\n%s\n", cases[i].text);
		file_put(place->file, text, strlen(text));
		struct script *script = script_load(place->file, &error);
		if ((script != NULL) != (cases[i].at >= 0))
			fail_msg("%s: %s", cases[i].text, script ? "taken" : error.text);
		if (!script) {
			char where[120];
			snprintf(where, sizeof(where), "%s:4: ", place->file);
			assert_int_equal(strncmp(error.text, where, strlen(where)), 0);
			continue;
		}
		assert_int_equal(script->start.config.depth, 3);
		assert_int_equal(script->count, 2);
		assert_int_equal(script->line[0].number, 3);
		assert_int_equal(script->line[0].at, 3);
		assert_int_equal(script->line[1].number, 4);
		assert_int_equal(script->line[1].at, cases[i].at);
		assert_int_equal(script->line[1].during, cases[i].during);
		assert_int_equal(script->line[1].joined, cases[i].joined);
		assert_non_null(strstr(cases[i].text, script->line[1].text));
		assert_true(strlen(script->line[1].text) >= 3);
		assert_false(script->pins);
		script_free(script);
	}
	struct error error;
	file_put(place->file, "at 0 pin\n", 9); /* before the first epoch */
	struct script *script = script_load(place->file, &error);
	assert_true(script && script->count == 1 && script->line[0].at == 0 && script->pins);
	script_free(script);
}

/* ---- a run as one picture ---- */

enum { FIGURE_MAX = 1 << 20 };

/* The frames of a figure are where its panes are; with colours unless the scheme has none. */
static void a_figure_has_three_panes_in_their_places(void **state)
{
	static const struct {
		int x, y, width, height;
	} panes[] = {{0, 1, 52, 16}, {52, 1, 48, 16}, {0, 17, 100, 17}};
	static const char *const schemes[] = {NULL, "mono"};
	const struct place *place = *state;
	struct fixture fixture = start_paused("advice=off", "braille");
	press(&fixture, 's');
	for (int s = 0; s < 2; s++) {
		struct atomic_file file;
		struct error error;
		struct frame frame, twin = {.model = NULL};
		struct screen_settings settings = fixture.app->controls.screen;
		char path[200], corner[80];
		settings.glyphs = "braille";
		settings.colors = schemes[s];
		snprintf(path, sizeof(path), "%s/%d.svg", place->folder, s);
		experiment_frame(experiment_of(&fixture), EPOCH_PRESENT, &frame);
		assert_true(atomic_file_open_new(&file, path, &error));
		assert_true(figure_write(&file, &frame, &twin, &settings, &error));
		assert_true(atomic_file_commit(&file, &error));
		char *svg = calloc(1, FIGURE_MAX);
		FILE *stream = fopen(path, "r");
		assert_true(svg && stream && fread(svg, 1, FIGURE_MAX - 1, stream) > 0);
		fclose(stream);
		assert_non_null(strstr(svg, "viewBox=\"0 0 800 576\"")); /* 100x36 cells of 8x16 */
		for (size_t i = 0; i < COUNT(panes); i++) {
			int left = panes[i].x * 8 + 4, right = left + (panes[i].width - 1) * 8;
			int top = panes[i].y * 16 + 16, bottom = (panes[i].y + panes[i].height - 1) * 16;
			snprintf(corner, sizeof(corner), "M%d %dv-4q0 -4 4 -4", left, top);
			assert_non_null(strstr(svg, corner));
			snprintf(corner, sizeof(corner), "M%d %dv4q0 4 -4 4", right, bottom);
			assert_non_null(strstr(svg, corner));
		}
		assert_non_null(strstr(svg, "wane</text>"));
		assert_non_null(strstr(svg, "over</text>"));
		int greys = 0, colours = 0;
		for (const char *at = svg; (at = strstr(at, "fill=\"#")); at++)
			if (strncmp(at + 7, "101010", 6) == 0 || strncmp(at + 7, "d4d4d4", 6) == 0)
				greys++;
			else
				colours++;
		assert_true(greys > 1 && (colours > 0) == (s == 0));
		free(svg);
	}
	app_free(fixture.app);
}

/* The key r is written down, but not beside a setting that begins anew by itself. */
static void a_restart_is_in_the_journal_unless_a_setting_brings_it(void **state)
{
	static const struct {
		const char *setting;
		bool written;
	} rows[] = {{"lr=0.5", true}, {"depth=3", true}, {"samples=60", false}};
	const struct place *place = *state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct journal journal = {.count = 0};
		struct error error = {0};
		struct all_settings start = all_settings_default(), later = start;
		assert_true(all_settings_assign_pair(&later, rows[i].setting, &error));
		journal_start(&journal, &start);
		journal_change(&journal, 3, false, &start.config, &later.config, true);
		assert_true(journal_save(&journal, 5, place->file, &error));
		struct script *script = script_load(place->file, &error);
		assert_non_null(script);
		assert_string_equal(script->line[0].text, rows[i].setting);
		bool restarts = strcmp(script->line[1].text, "restart") == 0;
		if (restarts != rows[i].written)
			fail_msg("%s: '%s' follows", rows[i].setting, script->line[1].text);
		script_free(script);
		journal_free(&journal);
	}
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
		cmocka_unit_test_setup_teardown(
			a_text_file_is_read_whole_or_refused, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			lines_of_a_script_have_their_times, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			a_figure_has_three_panes_in_their_places, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			a_restart_is_in_the_journal_unless_a_setting_brings_it, place_make, place_remove),
		cmocka_unit_test(lines_are_cut_without_the_blanks_around_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
