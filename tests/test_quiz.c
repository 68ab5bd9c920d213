/* The quiz: no verdict on the screen until it has been guessed; and the timer of a class. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/key.h"

#include "lessons.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char stuck[] = "depth=8 width=5 epochs=30 advice=off quiz=on";

/* Trained for 30 epochs, and at rest. */
static struct fixture rested(const char *settings, int columns, int rows)
{
	char fast[300];
	snprintf(fast, sizeof(fast), "pace=max %.200s", settings);
	struct fixture fixture = start_session(fast, "ascii", columns, rows);
	settle(&fixture);
	return fixture;
}

static int right_key(const struct fixture *fixture)
{
	return '0' + fixture->app->quiz.right;
}

static int wrong_key(const struct fixture *fixture)
{
	return fixture->app->quiz.right == 1 ? '2' : '1';
}

static bool shows_verdict(struct fixture *fixture)
{
	return shows(fixture, "Vanishing") || shows(fixture, "VANISHING") ||
		shows(fixture, "vanishing, loss");
}

static void no_pane_and_no_line_tells_the_verdict_before_it_is_guessed(void **state)
{
	static const char *const layouts[] = {"default", "large", "rows"};
	(void)state;
	for (size_t i = 0; i < COUNT(layouts); i++) {
		char settings[200];
		snprintf(settings, sizeof(settings), "%s layout=%s", stuck, layouts[i]);
		struct fixture fixture = rested(settings, 200, 60);
		for (int pane = 0; pane < pane_count(); pane++) {
			if (shows_verdict(&fixture))
				fail_msg("layout %s: a verdict with pane %s", layouts[i], pane_at(pane)->name);
			press(&fixture, KEYCODE_TAB);
		}
		press(&fixture, right_key(&fixture));
		assert_true(shows(&fixture, "Vanishing: layer 1's"));
		app_free(fixture.app);
	}
}

static void one_choice_is_true_and_the_others_are_not(void **state)
{
	static const struct {
		const char *settings, *verdict;
	} cases[] = {
		{"depth=8 width=5 epochs=30", "vanishing"},
		{"depth=1 width=5 activation=relu epochs=5", "healthy"},
		{"depth=2 init=constant epochs=3", "symmetric"},
		{"depth=3 activation=relu loss=mse init=normal init-sd=90 lr=100 epochs=3", "diverged"},
		{"depth=0 data=circles samples=200 epochs=40", "cannot-learn"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char settings[200];
		struct frame frame;
		snprintf(settings, sizeof(settings), "%s advice=off quiz=on", cases[i].settings);
		struct fixture fixture = rested(settings, 80, 24);
		const struct quiz *quiz = &fixture.app->quiz;
		experiment_frame(experiment_of(&fixture), EPOCH_PRESENT, &frame);
		struct evidence evidence = evidence_collect(&frame);
		assert_int_equal(quiz->count, QUIZ_CHOICES);
		assert_string_equal(quiz->choice[quiz->right - 1]->name, cases[i].verdict);
		for (int k = 0; k < quiz->count; k++) {
			const struct verdict *choice = quiz->choice[k];
			assert_true(shows(&fixture, choice->name));
			for (int j = 0; j < k; j++)
				assert_ptr_not_equal(choice, quiz->choice[j]);
			if (k != quiz->right - 1 && strcmp(choice->name, "healthy") != 0)
				assert_false(choice->applies(&evidence));
		}
		app_free(fixture.app);
	}
}

static void a_digit_answers_and_the_score_is_kept(void **state)
{
	(void)state;
	struct fixture fixture = rested("depth=8 width=5 epochs=40 advice=off quiz=on", 80, 24);
	assert_true(shows(&fixture, "Quiz: what is wrong with this training"));
	press(&fixture, wrong_key(&fixture));
	assert_true(shows(&fixture, "the verdict is vanishing. 0 of 1 right"));
	assert_true(shows(&fixture, "Vanishing: layer 1's"));
	press(&fixture, '2'); /* answered: the key of a pane again */
	assert_int_equal(fixture.app->viewer.focus, 1);
	press(&fixture, 'r');
	press(&fixture, 'S');
	assert_true(shows(&fixture, "Quiz (0 of 1 right): what is wrong"));
	assert_false(shows_verdict(&fixture));
	press(&fixture, right_key(&fixture));
	assert_true(shows(&fixture, "Right: vanishing. 1 of 2 right"));
	app_free(fixture.app);
}

static void while_the_run_trains_no_question_is_posed(void **state)
{
	(void)state;
	struct fixture fixture = start_session("pace=1 quiz=on", "ascii", 80, 24);
	work_until(&fixture, fixture.now + 3.5);
	assert_true(shows(&fixture, "Quiz: pause when you know"));
	assert_int_equal(fixture.app->quiz.count, 0);
	press(&fixture, '2');
	assert_int_equal(fixture.app->quiz.asked, 0);
	assert_int_equal(fixture.app->viewer.focus, 1);
	press(&fixture, ' ');
	assert_int_equal(fixture.app->quiz.count, QUIZ_CHOICES);
	app_free(fixture.app);
}

static void the_question_of_a_lesson_is_answered_before_that_of_the_quiz(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("", "ascii");
	begin_lesson(&fixture, "title T\nsamples=50\nquiz=on\nrun 2\nask Q? | a | b | = 1\nsay E");
	press(&fixture, '1');
	assert_int_equal(fixture.app->tutor.right, 1);
	assert_int_equal(fixture.app->quiz.asked, 0);
	press(&fixture, right_key(&fixture));
	assert_int_equal(fixture.app->quiz.hits, 1);
	app_free(fixture.app);
}

/* The target is reached in an epoch that the run itself tells. */
static void the_timer_counts_the_epochs_to_the_target_and_stops_there(void **state)
{
	(void)state;
	struct fixture fixture = start_paused("depth=0 timer=on target-loss=0.4 lr=1", "ascii");
	press(&fixture, '2');
	press(&fixture, 'z');
	assert_true(shows(&fixture, "epochs so far, to loss 0.4"));
	while (experiment_record(experiment_of(&fixture))->loss > 0.4F)
		press(&fixture, 's');
	int64_t reached = epoch_of(&fixture);
	char text[40];
	snprintf(text, sizeof(text), "epoch %d", (int)reached);
	press(&fixture, 'S');
	assert_true(shows(&fixture, "epochs it took to loss 0.4"));
	assert_true(shows(&fixture, text));
	assert_true(reached > 0);
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_pane_and_no_line_tells_the_verdict_before_it_is_guessed),
		cmocka_unit_test(one_choice_is_true_and_the_others_are_not),
		cmocka_unit_test(a_digit_answers_and_the_score_is_kept),
		cmocka_unit_test(while_the_run_trains_no_question_is_posed),
		cmocka_unit_test(the_question_of_a_lesson_is_answered_before_that_of_the_quiz),
		cmocka_unit_test(the_timer_counts_the_epochs_to_the_target_and_stops_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
