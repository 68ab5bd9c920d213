/* Lessons: files, expressions, and the tutor who gives them in a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/lesson_panel.h"
#include "lab/expression.h"
#include "ui/key.h"

#include "lessons.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- expressions ---- */

static struct record *record_made(float loss)
{
	const int steps[] = {3, 0};
	struct record *record = record_new_with_steps(2, steps);
	assert_non_null(record);
	record->epoch = 7;
	record->loss = loss;
	record->verdict = "vanishing";
	for (int row = 0; row < record->rows; row++)
		record->layer[row].delta_rms = (float)(row + 1);
	return record;
}

static void an_expression_compares_what_was_recorded(void **state)
{
	static const struct {
		const char *text;
		bool holds;
	} cases[] = {
		{"loss < 0.6", true},
		{"loss > 0.6", false},
		{"loss=0.5", true},
		{"loss != 0.5", false},
		{"loss >= 0.5", true},
		{"loss <= 0.4", false},
		{"epoch = 7", true},
		{"delta_rms(1) = 3", true}, /* its last step */
		{"delta_rms(1, 1) = 1", true},
		{"delta_rms(1,2) = 2", true},
		{"delta_rms(-1) = 4", true},
		{"delta_rms(2) = 4", true},
		{"delta_rms(3) = 4", false}, /* there is no layer 3 */
		{"twin.loss = 2", true},
		{"loss < 0.5 * twin.loss", true},
		{"loss < 0.2 * twin.loss", false},
		{"loss < twin.loss", true},
		{"twin.delta_rms(-1) <= delta_rms(-1)", true},
		{"verdict = vanishing", true},
		{"verdict != vanishing", false},
		{"twin.verdict = vanishing", true},
		{"verdict = healthy", false},
		{"val_loss < 1", false}, /* not recorded: neither */
		{"val_loss > 0", false},
		{"val_loss != 1", false},
	};
	(void)state;
	struct record *run = record_made(0.5f), *twin = record_made(2);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct expression expression;
		struct error error;
		if (!expression_parse(cases[i].text, &expression, &error))
			fail_msg("%s: %s", cases[i].text, error.text);
		if (expression_holds(&expression, (struct record_pair){run, twin}) != cases[i].holds)
			fail_msg("'%s' should be %s", cases[i].text, cases[i].holds ? "true" : "false");
		assert_false(expression_holds(&expression, (struct record_pair){NULL, NULL}));
	}
	free(run);
	free(twin);
}

static void what_is_no_expression_is_refused_with_what_was_expected(void **state)
{
	static const char *const cases[][2] = {
		{"", "expected epoch, verdict or a statistic"},
		{"lose < 1", "found 'lose < 1', expected epoch, verdict or a statistic"},
		{"loss", "expected one of < <= > >= = !="},
		{"loss < ", "expected a number or a name"},
		{"loss < many", "expected epoch, verdict or a statistic"},
		{"loss < 1 2", "found '2' at the end"},
		{"loss < 2 * ", "expected epoch, verdict or a statistic"},
		{"delta_rms < 1", "a number of each layer, expected NAME(LAYER)"},
		{"loss(1) < 1", "a number of the whole network"},
		{"delta_rms(0) < 1", "expected NAME(LAYER)"},
		{"delta_rms(1", "expected NAME(LAYER)"},
		{"verdict < vanishing", "a verdict is compared by = or !="},
		{"verdict =", "expected a verdict"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct expression expression;
		struct error error = {STATUS_DONE, ""};
		if (expression_parse(cases[i][0], &expression, &error))
			fail_msg("'%s' is taken", cases[i][0]);
		if (!strstr(error.text, cases[i][1]))
			fail_msg("'%s' is refused by:\n%s\nwithout: %s", cases[i][0], error.text, cases[i][1]);
	}
}

/* ---- files ---- */

static void a_lesson_that_cannot_be_read_names_file_line_and_what_was_expected(void **state)
{
	static const char *const cases[][2] = {
		{"say Hello", "here: found no title, expected a line: title TEXT"},
		{"title T\nsay", "here:2: found no text"},
		{"title T\nwidth=0", "here:2: "},
		{"title T\nwidht=3", "here:2: "},
		{"title T\nrun many", "here:2: found 'many', expected epochs from 1 to"},
		{"title T\nrun 0", "here:2: found '0', expected epochs"},
		{"title T\nminutes 90", "here:2: found '90', expected minutes from 1 to 60"},
		{"title T\nrows 1 x", "here:2: found 'x', expected at most"},
		{"title T\nexpect loss", "here:2: found '', expected one of"},
		{"title T\nuntil loss < 1 within x", "here:2: found 'x', expected epochs"},
		{"title T\nask Which? | one | = 1", "here:2: found no right choice"},
		{"title T\nask Which? | one | two", "here:2: found no right choice"},
		{"title T\nask Which? | one | two | = 3", "here:2: found no right choice"},
		{"title T\nask Which? | 1 | 2 | 3 | 4 | 5 | 6 | 7 | = 1", "here:2: found more than 6"},
		{"title T\nsay A\nfly", "here:3: no command, action or setting 'fly'"},
		{"title T\nsay A\nquit", "here:3: quit is not for scripts"},
		{"title T\nsay A\nfocus nowhere loss", "here:3: "},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error error = {STATUS_DONE, ""};
		struct lesson *lesson = lesson_read("here", cases[i][0], &error);
		if (lesson)
			fail_msg("taken:\n%s", cases[i][0]);
		if (!strstr(error.text, cases[i][1]))
			fail_msg("%s\nis refused by:\n%s\nwithout: %s", cases[i][0], error.text, cases[i][1]);
	}
}

static void a_lesson_of_too_many_lines_is_refused_where_they_begin(void **state)
{
	static char text[LESSON_LINES_MAX * 8 + 100] = "title T\n";
	struct error error = {STATUS_DONE, ""};
	(void)state;
	for (int i = 0; i < LESSON_LINES_MAX; i++)
		strcat(text, "say a\n");
	lesson_free(lesson_of(text));
	strcat(text, "say b\n");
	assert_null(lesson_read("here", text, &error));
	assert_string_equal(
		error.text, "here:402: found more than 400 lines: expected a shorter lesson, or two");
}

static void a_lesson_that_is_not_there_is_told_with_where_to_look(void **state)
{
	struct error error;
	(void)state;
	assert_null(lesson_load("nonesuch", &error));
	assert_string_equal(error.text, "no lesson 'nonesuch'; wane list lessons names them");
	assert_null(preset_load("nonesuch", &error));
	assert_string_equal(error.text, "no preset 'nonesuch'; wane list presets names them");
	assert_null(lesson_load("./nonesuch.txt", &error));
}

/* ---- the tutor ---- */

static const char small[] = "title   A small lesson\n"
							"depth=2\n"
							"samples=50\n"
							"activation=sigmoid\n"
							"say     The loss is {loss}.\n"
							"say     More of it.\n"
							"ask     What comes? | this | that | = 2\n"
							"run     20\n"
							"say     Trained for {epoch} epochs.\n"
							"twin\n"
							"activation=relu\n"
							"until   epoch >= 33 within 50\n"
							"expect  epoch = 33\n"
							"say     Now {twin.epoch} and {epoch}.\n"
							"run     5\n"
							"say     The end.\n";

/* Records are without gaps, so all bytes are numbers that must agree. */
static struct record *record_now(const struct fixture *fixture)
{
	const struct record *record = experiment_record(experiment_of(fixture));
	struct record *copy = record_copy(record, record->layers);
	assert_non_null(copy);
	return copy;
}

static void assert_same_numbers(const struct record *a, const struct record *b)
{
	assert_int_equal(a->epoch, b->epoch);
	assert_int_equal(a->rows, b->rows);
	for (int i = 0; statistic_at(i); i++)
		for (int row = 0; row < (statistic_at(i)->per_layer ? a->rows : 1); row++) {
			float x = record_value(a, statistic_at(i), row);
			float y = record_value(b, statistic_at(i), row);
			if (memcmp(&x, &y, sizeof(x)) != 0)
				fail_msg(
					"%s, row %d: %g, then %g", statistic_at(i)->name, row, (double)x, (double)y);
		}
}

static void the_tutor_stops_at_texts_and_takes_no_step_before_the_prediction(void **state)
{
	(void)state;
	struct fixture fixture = lesson_begun(small);
	const struct tutor *tutor = &fixture.app->tutor;
	assert_int_equal(tutor->stops, 4);
	assert_int_equal(tutor->stop, 1);
	assert_int_equal(tutor->state, TUTOR_ASKS);
	assert_true(shows(&fixture, "More of it."));
	assert_true(shows(&fixture, "1 this   2 that"));
	press(&fixture, '>');
	assert_int_equal(epoch_of(&fixture), 0);
	press(&fixture, '3'); /* no such choice: the key of a pane */
	assert_int_equal(tutor->state, TUTOR_ASKS);
	press(&fixture, '2');
	assert_int_equal(epoch_of(&fixture), 20);
	assert_int_equal(tutor->stop, 2);
	assert_int_equal(tutor->right, 1);
	assert_true(shows(&fixture, "Your prediction was right: that"));
	assert_true(shows(&fixture, "Trained for 20 epochs."));
	press(&fixture, '>');
	assert_int_equal(epoch_of(&fixture), 33);
	assert_int_equal(experiment_epoch(fixture.app->twin.experiment), 33);
	assert_true(shows(&fixture, "Now 33 and 33."));
	press(&fixture, '>');
	press(&fixture, '>');
	assert_int_equal(tutor->state, TUTOR_ENDED);
	assert_int_equal(tutor->failures, 0);
	app_free(fixture.app);
}

static void a_wrong_prediction_is_told_with_what_is_true(void **state)
{
	(void)state;
	struct fixture fixture = lesson_begun(small);
	press(&fixture, '1');
	assert_true(shows(&fixture, "You predicted: this. It is: that"));
	assert_true(shows(&fixture, "0 of 1 right"));
	app_free(fixture.app);
}

static void going_back_and_on_again_gives_the_same_numbers(void **state)
{
	(void)state;
	struct fixture fixture = lesson_begun(small);
	press(&fixture, '2');
	struct record *second = record_now(&fixture);
	press(&fixture, '>');
	struct record *third = record_now(&fixture);
	press(&fixture, '<');
	assert_int_equal(fixture.app->tutor.stop, 2);
	assert_null(fixture.app->twin.experiment);
	struct record *again = record_now(&fixture);
	assert_same_numbers(second, again);
	free(again);
	press(&fixture, '>');
	again = record_now(&fixture);
	assert_same_numbers(third, again);
	press(&fixture, '<');
	press(&fixture, '<');
	assert_int_equal(fixture.app->tutor.stop, 1);
	assert_int_equal(epoch_of(&fixture), 0);
	assert_int_equal(fixture.app->tutor.state, TUTOR_STOPS); /* it has been answered */
	free(second);
	free(third);
	free(again);
	app_free(fixture.app);
}

static void what_the_student_changes_at_a_stop_is_forgotten_when_the_lesson_goes_on(void **state)
{
	(void)state;
	struct fixture undisturbed = lesson_begun(small), fixture = lesson_begun(small);
	press(&undisturbed, '2');
	press(&undisturbed, '>');
	press(&fixture, '2');
	static const char *const ways[] = {"a", "S", "r", "dd", "c", " "};
	struct record *expected = record_now(&undisturbed);
	for (size_t i = 0; i < COUNT(ways); i++) {
		for (const char *key = ways[i]; *key; key++) {
			app_key(fixture.app, *key, fixture.now);
			for (int k = 0; k < 2000; k++)
				app_work(fixture.app, fixture.now);
		}
		app_key(fixture.app, '>', fixture.now);
		settle(&fixture);
		struct record *found = record_now(&fixture);
		assert_int_equal(fixture.app->tutor.stop, 3);
		assert_same_numbers(expected, found);
		free(found);
		press(&fixture, '<');
	}
	free(expected);
	app_free(undisturbed.app);
	app_free(fixture.app);
}

static void a_claim_that_is_not_true_is_counted_with_its_line(void **state)
{
	(void)state;
	struct fixture fixture = lesson_begun("title T\ndepth=1\nsamples=50\nrun 1\n"
										  "expect loss > 100\nuntil epoch = 9 within 3\nsay x");
	const struct tutor *tutor = &fixture.app->tutor;
	assert_int_equal(tutor->stop, 1);
	assert_int_equal(tutor->failures, 2);
	assert_non_null(strstr(tutor->failed.text, "here:5: expected loss > 100, found: loss is 0."));
	assert_int_equal(epoch_of(&fixture), 4);
	app_free(fixture.app);
}

static void the_panel_takes_no_cell_of_a_pane_and_can_be_closed_and_opened(void **state)
{
	static const int sizes[][2] = {{40, 10}, {60, 14}, {80, 24}, {119, 30}, {120, 30}, {200, 60}};
	(void)state;
	struct fixture fixture = lesson_begun(small);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		app_resize(fixture.app, sizes[i][0], sizes[i][1]);
		settle(&fixture);
		assert_true(shows(&fixture, "A small lesson"));
		assert_true(shows(&fixture, "gradients") == (sizes[i][1] > 14));
		press(&fixture, KEYCODE_ESCAPE);
		assert_false(shows(&fixture, "A small lesson"));
		press(&fixture, '>');
		assert_true(shows(&fixture, "A small lesson"));
	}
	for (int columns = 40; columns < 220; columns += 9)
		for (int rows = 10; rows < 70; rows += 5) {
			app_resize(fixture.app, columns, rows);
			app_draw(fixture.app);
		}
	app_free(fixture.app);
}

/* A change after the end of a run lets it go on; a lesson trains only where it says so. */
static void a_lesson_goes_on_after_a_run_that_diverged(void **state)
{
	(void)state;
	struct fixture fixture =
		lesson_begun("title T\nsamples=50\ndepth=2\nactivation=relu\n"
					 "loss=mse\nrun 1\nlr=100\ninit=uniform-2-5\nrestart\nrun 9\n"
					 "expect verdict = diverged\nlr=0.1\n"
					 "init=he-normal\nrestart\npin\nrun 2\n"
					 "expect epoch = 2\nsay x");
	for (int i = 0; i < 3; i++)
		press(&fixture, '>');
	assert_int_equal(fixture.app->tutor.stop, 1);
	if (fixture.app->tutor.failures)
		fail_msg("%s", fixture.app->tutor.failed.text);
	app_free(fixture.app);
}

static void settings_of_the_screen_are_the_lessons_until_it_ends_or_is_closed(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("gradient=l2 advice=rules", "ascii");
	const struct screen_settings *screen = &fixture.app->controls.screen;
	begin_lesson(&fixture, "title T\ngradient=delta\nsamples=50\nsay A\nsay B\nrun 1\nsay C");
	assert_string_equal(screen->gradient, "delta");
	assert_string_equal(screen->advice, "off");
	press(&fixture, KEYCODE_ESCAPE);
	assert_string_equal(screen->gradient, "l2");
	assert_string_equal(screen->advice, "rules");
	press(&fixture, '>');
	press(&fixture, '>');
	assert_int_equal(fixture.app->tutor.stop, 2);
	assert_string_equal(screen->gradient, "delta");
	press(&fixture, '>');
	assert_int_equal(fixture.app->tutor.state, TUTOR_ENDED);
	assert_string_equal(screen->gradient, "l2");
	assert_string_equal(screen->advice, "rules");
	app_free(fixture.app);
}

static void commands_select_a_layer_and_a_unit(void **state)
{
	static const struct {
		const char *line, *refusal; /* NULL: it is taken */
		int layer, unit;
	} cases[] = {
		{"layer 2", NULL, 2, 0},
		{"layer out", NULL, 4, 0},
		{"unit 2", NULL, 4, 2},
		{"layer 5", "found '5', expected a layer up to 4 or out", 4, 2},
		{"layer 1 x", "found '1 x'", 4, 2},
		{"unit 0", "found '0', expected a number from 1 on", 4, 2},
		{"layer 1", NULL, 1, 2},
	};
	(void)state;
	struct fixture fixture = start_paused("depth=3", "ascii");
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum app_state asked;
		struct error error = {STATUS_DONE, ""};
		bool taken = app_command(fixture.app, cases[i].line, &asked, &error);
		if (taken != !cases[i].refusal || (!taken && !strstr(error.text, cases[i].refusal)))
			fail_msg("'%s': %s", cases[i].line, error.text);
		assert_int_equal(fixture.app->viewer.view.layer, cases[i].layer);
		assert_int_equal(fixture.app->viewer.view.unit, cases[i].unit);
	}
	app_free(fixture.app);
}

static void the_list_begins_the_chosen_lesson(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("", "ascii");
	press(&fixture, 'L');
	assert_true(shows(&fixture, "Enter begins"));
	press(&fixture, 'j');
	press(&fixture, KEYCODE_ENTER);
	assert_string_equal(fixture.app->tutor.lesson->name, lesson_at(1)->name);
	assert_true(shows(&fixture, " 1/"));
	app_free(fixture.app);
}

/* ---- those that are compiled in ---- */

static int questions_in(const struct lesson *lesson)
{
	int questions = 0;
	for (int i = 0; i < lesson->count; i++)
		questions += lesson->line[i].kind == LESSON_ASK;
	return questions;
}

/* Each under ten minutes, with predictions, and texts that fit under the panes at 80x24. */
static void every_lesson_is_short_asks_and_fits(void **state)
{
	(void)state;
	struct canvas *canvas = canvas_new();
	assert_non_null(canvas);
	assert_true(canvas_reset(canvas, 80, 24, glyphs_find("ascii")));
	for (int i = 0; lesson_at(i); i++) {
		struct error error;
		struct lesson *lesson = lesson_load(lesson_at(i)->name, &error);
		if (!lesson)
			fail_msg("%s", error.text);
		const char *name = lesson->name;
		if (lesson->minutes < 1 || lesson->minutes > 10)
			fail_msg("%s: minutes %d, expected 1 to 10", name, lesson->minutes);
		if (!lesson->sees[0] || strlen(lesson->sees) > 220)
			fail_msg("%s: a line 'sees' of at most 220 bytes is expected", name);
		if (questions_in(lesson) < 1)
			fail_msg("%s asks for no prediction", name);
		struct tutor tutor = {.lesson = lesson, .open = true};
		struct panel_room room = lesson_panel_room(&tutor, canvas);
		if (room.rows >= 14)
			fail_msg("%s: a text is too long for the panel at 80x24", name);
		lesson_free(lesson);
	}
	canvas_free(canvas);
}

static void every_preset_says_why_and_what_it_claims(void **state)
{
	(void)state;
	for (int i = 0; preset_at(i); i++) {
		struct error error;
		struct lesson *preset = preset_load(preset_at(i)->name, &error);
		if (!preset)
			fail_msg("%s", error.text);
		int claims = 0;
		for (int k = 0; k < preset->count; k++)
			claims += preset->line[k].kind == LESSON_EXPECT || preset->line[k].kind == LESSON_UNTIL;
		if (claims == 0 || !preset->sees[0])
			fail_msg("%s: expected a line 'sees' and a claim", preset->name);
		lesson_free(preset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_expression_compares_what_was_recorded),
		cmocka_unit_test(what_is_no_expression_is_refused_with_what_was_expected),
		cmocka_unit_test(a_lesson_that_cannot_be_read_names_file_line_and_what_was_expected),
		cmocka_unit_test(a_lesson_of_too_many_lines_is_refused_where_they_begin),
		cmocka_unit_test(a_lesson_that_is_not_there_is_told_with_where_to_look),
		cmocka_unit_test(the_tutor_stops_at_texts_and_takes_no_step_before_the_prediction),
		cmocka_unit_test(a_wrong_prediction_is_told_with_what_is_true),
		cmocka_unit_test(going_back_and_on_again_gives_the_same_numbers),
		cmocka_unit_test(what_the_student_changes_at_a_stop_is_forgotten_when_the_lesson_goes_on),
		cmocka_unit_test(a_claim_that_is_not_true_is_counted_with_its_line),
		cmocka_unit_test(the_panel_takes_no_cell_of_a_pane_and_can_be_closed_and_opened),
		cmocka_unit_test(a_lesson_goes_on_after_a_run_that_diverged),
		cmocka_unit_test(settings_of_the_screen_are_the_lessons_until_it_ends_or_is_closed),
		cmocka_unit_test(commands_select_a_layer_and_a_unit),
		cmocka_unit_test(the_list_begins_the_chosen_lesson),
		cmocka_unit_test(every_lesson_is_short_asks_and_fits),
		cmocka_unit_test(every_preset_says_why_and_what_it_claims),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
