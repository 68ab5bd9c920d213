/* What tests of mean-field theory's predictions are made of. */
#ifndef TESTS_PREDICTIONS_H
#define TESTS_PREDICTIONS_H

#include <math.h>

#include "lab/theory.h"
#include "runs.h"

static inline void assert_near(double ours, double theirs, double tolerance, const char *what)
{
	if (!(fabs(ours - theirs) <= tolerance))
		fail_msg("%s: %.9g, expected %.9g +- %.2g", what, ours, theirs, tolerance);
}

static inline void config_set(struct config *config, const char *name, const char *value)
{
	char change[100];
	assert_true(snprintf(change, sizeof(change), "%s=%s", name, value) < (int)sizeof(change));
	*config = config_with(*config, change);
}

static inline void plan_of(
	const struct config *config, const struct dataset *data, struct plan *plan)
{
	struct error error = {0, ""};
	if (!plan_make(config, data, plan, &error))
		fail_msg("%s", error.text);
}

#endif
