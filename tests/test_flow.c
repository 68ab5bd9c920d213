/* A terminal that answers is not sent more than it can take; one that does not is never waited
 * for. */
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
	term_flow_answered(&flow);
	assert_true(term_flow_ask(&flow, 1, 0));
}

static void mute_terminal_is_never_waited_for(void **state)
{
	struct term_flow flow = {0};

	(void)state;
	for (int now = 0; now < 100; now++) {
		assert_int_equal(term_flow_ask(&flow, TERM_FLOW_BYTES, now), now == 0);
		assert_true(term_flow_wait(&flow, now) == 0);
	}
	assert_true(term_flow_expects(&flow, 0));
	assert_false(term_flow_expects(&flow, 1));
}

static void known_terminal_is_waited_for(void **state)
{
	struct term_flow flow = {.answers = true};

	(void)state;
	assert_true(term_flow_wait(&flow, 5) == 0);
	assert_true(term_flow_ask(&flow, TERM_FLOW_BYTES, 5));
	assert_true(term_flow_wait(&flow, 6) > 0);
	assert_true(term_flow_expects(&flow, 6));
	term_flow_answered(&flow);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_once_in_a_while),
		cmocka_unit_test(mute_terminal_is_never_waited_for),
		cmocka_unit_test(known_terminal_is_waited_for),
		cmocka_unit_test(waiting_has_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
