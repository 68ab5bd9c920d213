/* Remedies by name and all trials of a round, for tests of advice. */
#ifndef TESTS_TRIALS_H
#define TESTS_TRIALS_H

#include <string.h>

#include "lab/advice.h"

static inline const struct remedy *remedy_named(const char *name)
{
	for (int i = 0; remedy_at(i); i++)
		if (strcmp(remedy_at(i)->name, name) == 0)
			return remedy_at(i);
	fail_msg("no remedy %s", name);
	return NULL;
}

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
