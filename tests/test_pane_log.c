/* What happened in a run, line by line, from histories made by hand. */
#include "pictures.h"
#include "ui/glyphs.h"
#include "ui/pane_rows.h"
#include "ui/plot.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drawn.h"

static const struct view view = {.gradient = "rms", .history = "rms", .layer = 1};

static struct picture picture_of(const struct history *history, int64_t epoch)
{
	return (struct picture){
		.frame = {.history = history_until(history, epoch), .epoch = epoch},
		.view = &view,
	};
}

/* One record; `fill` may change it before it is kept. */
static void add(struct history *history, int64_t epoch, const char *verdict, const char *event,
	void (*fill)(struct record *record))
{
	struct record *record = record_new(3);
	assert_non_null(record);
	record->epoch = epoch;
	record->loss = 0.5f;
	record->verdict = verdict;
	for (int layer = 1; layer < 3; layer++)
		record->layer[layer - 1].dead = 0;
	snprintf(record->event, sizeof(record->event), "%s", event);
	if (fill)
		fill(record);
	assert_true(history_add(history, record));
	free(record);
}

static void assert_drawn(const struct picture *picture, int width, int height, const char *expected)
{
	char *text = drawn("log", picture, width, height, "ascii"), *end = text;
	for (const char *at = text; *at; at++) { /* without the blanks at the ends of rows */
		while (*at == '\n' && end > text && end[-1] == ' ')
			end--;
		*end++ = *at;
	}
	*end = '\0';
	assert_string_equal(text, expected);
	free(text);
}

static void changes_and_verdicts_have_a_line_each(void **state)
{
	(void)state;
	struct history *history = history_new();
	add(history, 0, "healthy", "", NULL);
	add(history, 1, "vanishing", "", NULL);
	add(history, 2, "vanishing", "activation=relu", NULL);
	add(history, 3, "learning", "lr=0.2 clip=norm", NULL);
	add(history, 4, NULL, "", NULL);
	struct picture picture = picture_of(history, 4);
	assert_drawn(&picture, 44, 7,
		"0 verdict healthy, loss 0.5\n"
		"1 verdict vanishing, loss 0.5\n"
		"2 change  activation=relu\n"
		"3 change  lr=0.2 clip=norm\n"
		"3 verdict learning, loss 0.5\n"
		"\n\n");
	/* narrow: without the kind, and a long line loses words, not letters */
	assert_drawn(&picture, 17, 5,
		"0 healthy, ..\n"
		"1 vanishing, ..\n"
		"2 activation=relu\n"
		"3 lr=0.2 ..\n"
		"3 learning, ..\n");
	history_free(history);
}

static void the_newest_lines_stay_when_rows_run_out(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 8; epoch < 12; epoch++)
		add(history, epoch, epoch % 2 ? "healthy" : "learning", "", NULL);
	struct picture picture = picture_of(history, 11);
	assert_drawn(&picture, 50, 2,
		"10 verdict learning, loss 0.5\n"
		"11 verdict healthy, loss 0.5\n");
	/* seen from an epoch before, later lines are not there */
	picture = picture_of(history, 9);
	assert_drawn(&picture, 50, 2,
		"8 verdict learning, loss 0.5\n"
		"9 verdict healthy, loss 0.5\n");
	history_free(history);
}

static void clip(struct record *record)
{
	record->steps = 25;
	record->clipped = 3;
}

static void clipping_is_told_once_after_each_change(void **state)
{
	(void)state;
	struct history *history = history_new();
	add(history, 0, NULL, "", NULL);
	add(history, 1, NULL, "", clip);
	add(history, 2, NULL, "", clip);
	add(history, 3, NULL, "clip-at=2", clip);
	struct picture picture = picture_of(history, 3);
	assert_drawn(&picture, 60, 4,
		"1 clip    gradient clipped in 3 of 25 steps\n"
		"3 change  clip-at=2\n"
		"3 clip    gradient clipped in 3 of 25 steps\n"
		"\n");
	history_free(history);
}

static void kill_some(struct record *record)
{
	record->layer[1].dead = 0.3f;
}

static void kill_more(struct record *record)
{
	record->layer[0].dead = 0.1f;
	record->layer[1].dead = 0.5f;
}

static void deaths_are_told_when_they_grow(void **state)
{
	(void)state;
	struct history *history = history_new();
	add(history, 0, NULL, "", NULL);
	add(history, 1, NULL, "", kill_some);
	add(history, 2, NULL, "", kill_some);
	add(history, 3, NULL, "", NULL);
	add(history, 4, NULL, "", kill_some);
	add(history, 5, NULL, "", kill_more);
	struct picture picture = picture_of(history, 5);
	assert_drawn(&picture, 60, 3,
		"1 dead    15 % of the units are dead, 30 % of layer 2\n"
		"5 dead    30 % of the units are dead, 50 % of layer 2\n"
		"\n");
	history_free(history);
}

static void diverge(struct record *record)
{
	record->loss = NAN;
	record->fault = (struct fault){.epoch = 2, .layer = 1, .tensor = "weight"};
}

static void the_first_number_that_is_not_finite_is_named(void **state)
{
	(void)state;
	struct history *history = history_new();
	add(history, 1, "healthy", "", NULL);
	add(history, 2, "diverged", "", diverge);
	add(history, 3, "diverged", "", diverge);
	struct picture picture = picture_of(history, 3);
	assert_drawn(&picture, 60, 4,
		"1 verdict healthy, loss 0.5\n"
		"2 fault   weight of layer 1: the first number not finite\n"
		"2 verdict diverged, loss nan\n"
		"\n");
	history_free(history);
}

static void remedies_are_one_line_where_the_best_of_them_began(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	char *text = drawn("log", &made->picture, 70, 10, "ascii");
	const char *tried = strstr(text, " 37 tried   11 remedies, best "),
			   *change = strstr(text, "change");
	assert_non_null(tried);
	assert_non_null(strstr(tried, "in 100 epochs"));
	assert_true(change > tried); /* activation=relu at epoch 69 */
	free(text);
	made->picture.frame.history = history_until(made->history, 20);
	made->picture.frame.epoch = 20;
	assert_shows(&made->picture, "log", 70, 10, "tried", false);
	picture_free(made);
}

/* The number is what one looks for, so no width cuts it. */
static void the_loss_of_the_best_remedy_is_read_at_every_width(void **state)
{
	(void)state;
	struct case_data *made = case_named("vanishing");
	char number[PLOT_NUMBER], loss[PLOT_NUMBER + 8];
	plot_number(number, (double)made->picture.advice.trial[0]->reached);
	snprintf(loss, sizeof(loss), ": loss %s", number);
	for (int width = 34; width <= 100; width++)
		assert_shows(&made->picture, "log", width, 10, loss, true);
	picture_free(made);
}

static void epochs_that_were_not_kept_are_said(void **state)
{
	(void)state;
	struct history *history = history_new();
	for (int64_t epoch = 0; epoch <= 20; epoch++)
		add(history, epoch, "healthy", "", NULL);
	struct picture picture = picture_of(history, INT64_MAX);
	assert_shows(&picture, "log", 60, 6, "not kept", false);
	add(history, 28, "vanishing", "", NULL);
	picture = picture_of(history, INT64_MAX);
	assert_shows(
		&picture, "log", 90, 6, "changes are exact, other lines up to 7 epochs late", true);
	history_free(history);
}

/* A gap in which nothing is told makes no line late. */
static void lateness_is_said_of_the_lines_that_are_seen(void **state)
{
	(void)state;
	struct history *history = history_new();
	add(history, 0, "healthy", "", NULL);
	add(history, 1, "vanishing", "", NULL);
	add(history, 40, "vanishing", "", NULL);
	add(history, 50, "vanishing", "lr=0.2", NULL);
	struct picture picture = picture_of(history, INT64_MAX);
	assert_shows(&picture, "log", 90, 9, "late", false);
	add(history, 61, "healthy", "", kill_some);
	picture = picture_of(history, INT64_MAX);
	assert_shows(&picture, "log", 90, 9, "up to 10 epochs late", true);
	add(history, 62, "healthy", "lr=0.3", NULL);
	add(history, 63, "healthy", "lr=0.4", NULL);
	add(history, 64, "healthy", "lr=0.5", NULL);
	add(history, 65, "healthy", "lr=0.6", NULL);
	picture = picture_of(history, INT64_MAX);
	assert_shows(&picture, "log", 90, 4, "late", false);
	history_free(history);
}

static void learn(struct record *record)
{
	record->loss = 0.02f;
	record->val_loss = 0.03f;
	record->decades = 1.5f;
}

static void a_large_pane_explains_its_lines_and_has_their_numbers(void **state)
{
	(void)state;
	struct history *history = history_new();
	add(history, 0, "vanishing", "", NULL);
	add(history, 1, "vanishing", "", kill_more);
	add(history, 2, NULL, "activation=relu", NULL);
	add(history, 3, "healthy", "", learn);
	add(history, 4, NULL, "lr=0.2", NULL);
	struct picture picture = picture_of(history, 4);
	static const char *const texts[] = {
		"          D >= 3 decades lost back to layer 1",
		"          by layer: 1: 10 %, 2: 50 %",
		"          loss 0.5 before; lowest until the next change 0.02, in epoch 3",
		"          loss 0.02 before; lowest until the next change 0.5, in epoch 4",
		"loss 0.02        val 0.03           D 1.5",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_shows(&picture, "log", 130, 10, texts[i], true);
		assert_shows(&picture, "log", 130, 9, texts[i], i == 4);
		assert_shows(&picture, "log", 90, 10, texts[i], i < 4);
		assert_shows(&picture, "log", 60, 10, texts[i], false);
	}
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_and_verdicts_have_a_line_each),
		cmocka_unit_test(the_newest_lines_stay_when_rows_run_out),
		cmocka_unit_test(clipping_is_told_once_after_each_change),
		cmocka_unit_test(deaths_are_told_when_they_grow),
		cmocka_unit_test(the_first_number_that_is_not_finite_is_named),
		cmocka_unit_test(remedies_are_one_line_where_the_best_of_them_began),
		cmocka_unit_test(the_loss_of_the_best_remedy_is_read_at_every_width),
		cmocka_unit_test(epochs_that_were_not_kept_are_said),
		cmocka_unit_test(lateness_is_said_of_the_lines_that_are_seen),
		cmocka_unit_test(a_large_pane_explains_its_lines_and_has_their_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
