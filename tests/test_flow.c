/* A terminal that answers is sent no more than it can take; one that does not is sent no more
 * than a slow line carries. */
#include "term/flow.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void asks_once_in_a_while(void **state)
{
	struct term_flow flow = {0};
	(void)state;
	assert_false(term_flow_ask(&flow, TERM_FLOW_BYTES / 2, 0));
	assert_true(term_flow_ask(&flow, TERM_FLOW_BYTES / 2, 0));
	assert_false(term_flow_ask(&flow, 2 * TERM_FLOW_BYTES, 0));
	term_flow_answered(&flow, 0);
	assert_true(term_flow_ask(&flow, 1, 0));
}

static void a_mute_terminal_is_not_waited_for_when_a_line_has_carried_all(void **state)
{
	struct term_flow flow = {0};
	(void)state;
	for (int now = 0; now < 100; now++) {
		assert_true(term_flow_wait(&flow, now) == 0);
		term_flow_sent(&flow, TERM_FLOW_BYTES, TERM_FLOW_CELLS, now);
		assert_int_equal(term_flow_ask(&flow, TERM_FLOW_BYTES, now), now == 0);
	}
	assert_true(term_flow_expects(&flow, 0));
	assert_false(term_flow_expects(&flow, 1));
}

/* Seconds that a frame of one second's bytes delays the next. */
static double wait_after_a_second(int cells, bool urgent)
{
	struct term_flow flow = {0};
	term_flow_hurry(&flow);
	term_flow_sent(&flow, TERM_FLOW_LINE, cells, 100);
	if (urgent)
		term_flow_hurry(&flow);
	return term_flow_wait(&flow, 100);
}

static void a_silent_terminal_gets_no_more_than_a_slow_line_carries(void **state)
{
	(void)state;
	double wait = wait_after_a_second(TERM_FLOW_CELLS, false);

	assert_true(wait > 0.5 && wait < 1);
	assert_true(wait_after_a_second(10, false) == wait);
	assert_true(wait_after_a_second(2 * TERM_FLOW_CELLS, false) < wait);
	assert_true(wait_after_a_second(TERM_FLOW_CELLS, true) == 0);

	struct term_flow full = {0};
	term_flow_full(&full, 100);
	wait = term_flow_wait(&full, 100);
	assert_true(wait > 1);
	term_flow_full(&full, 101);
	assert_true(term_flow_wait(&full, 100) == wait);
	term_flow_sent(&full, TERM_FLOW_LINE, 2 * TERM_FLOW_CELLS, 200);
	assert_true(term_flow_wait(&full, 200) == wait_after_a_second(TERM_FLOW_CELLS, false));

	struct term_flow talks = {0};
	term_flow_sent(&talks, 100 * TERM_FLOW_LINE, TERM_FLOW_CELLS, 100);
	assert_true(term_flow_wait(&talks, 100) > 50);
	term_flow_answered(&talks, 0);
	assert_true(term_flow_wait(&talks, 100) == 0);
}

static void known_terminal_is_waited_for(void **state)
{
	struct term_flow flow = {.answers = true};
	(void)state;
	assert_true(term_flow_wait(&flow, 5) == 0);
	assert_true(term_flow_ask(&flow, TERM_FLOW_BYTES, 5));
	assert_true(term_flow_wait(&flow, 6) > 0);
	assert_true(term_flow_expects(&flow, 6));
	term_flow_answered(&flow, 0);
	assert_true(term_flow_wait(&flow, 6) == 0);
	assert_false(term_flow_expects(&flow, 6));
}

/* An answer can get lost, say with a terminal that was left and taken again. */
static void waiting_has_an_end(void **state)
{
	struct term_flow flow = {.answers = true};
	(void)state;
	assert_true(term_flow_ask(&flow, TERM_FLOW_BYTES, 0));
	assert_true(term_flow_wait(&flow, 1000) == 0);
	term_flow_forget(&flow);
	assert_true(term_flow_wait(&flow, 0) == 0);
	assert_true(term_flow_ask(&flow, TERM_FLOW_BYTES, 0));
}

static void a_large_picture_is_sent_in_parts_but_not_after_a_key(void **state)
{
	struct term_flow flow = {0};
	const size_t part = term_flow_most(&flow, TERM_FLOW_CELLS);
	(void)state;
	assert_int_equal(part, TERM_FLOW_MOST);
	assert_true(term_flow_most(&flow, 10 * TERM_FLOW_CELLS) > part);
	term_flow_hurry(&flow);
	assert_true(term_flow_most(&flow, TERM_FLOW_CELLS) == SIZE_MAX);
	term_flow_sent(&flow, part, TERM_FLOW_CELLS, 0);
	assert_int_equal(term_flow_most(&flow, TERM_FLOW_CELLS), part);
}

/* The parameters: seconds until the answer; full: of the line, before. */
static size_t part_after_a_key(double answer, bool full)
{
	struct term_flow flow = {0};
	if (full)
		term_flow_full(&flow, 0);
	assert_true(term_flow_ask(&flow, TERM_FLOW_BYTES, 0));
	term_flow_answered(&flow, answer);
	term_flow_hurry(&flow);
	return term_flow_most(&flow, TERM_FLOW_CELLS);
}

static void a_slow_line_gets_parts_even_after_a_key(void **state)
{
	(void)state;
	assert_true(part_after_a_key(0.1, false) == SIZE_MAX);
	assert_int_equal(part_after_a_key(1, false), TERM_FLOW_MOST);
	assert_int_equal(part_after_a_key(0.1, true), TERM_FLOW_MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_once_in_a_while),
		cmocka_unit_test(a_mute_terminal_is_not_waited_for_when_a_line_has_carried_all),
		cmocka_unit_test(a_silent_terminal_gets_no_more_than_a_slow_line_carries),
		cmocka_unit_test(known_terminal_is_waited_for),
		cmocka_unit_test(waiting_has_an_end),
		cmocka_unit_test(a_large_picture_is_sent_in_parts_but_not_after_a_key),
		cmocka_unit_test(a_slow_line_gets_parts_even_after_a_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
