/* All trials of a round, for tests of advice. */
#ifndef TESTS_TRIALS_H
#define TESTS_TRIALS_H

#include "lab/advice.h"

static inline struct advice *tried_on(const struct experiment *e, const struct advice_limits *given)
{
	struct advice *advice = advice_new();
	assert_non_null(advice);
	assert_true(advice_begin(advice, e, given));
	while (advice_advance(advice, 5000000))
		continue;
	return advice;
}

#endif
