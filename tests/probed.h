/* What a probe sees of an experiment. */
#ifndef TESTS_PROBED_H
#define TESTS_PROBED_H

#include "lab/probe.h"

/* Makes the view that is wished, in one slice. */
static inline const struct state_view *probe_whole(
	struct probe *probe, const struct experiment *e, struct probe_wish wish)
{
	uint64_t budget = UINT64_MAX;
	assert_non_null(probe);
	assert_true(probe_begin(probe, e, &wish));
	assert_true(probe_advance(probe, &budget));
	return probe_view(probe);
}

#endif
