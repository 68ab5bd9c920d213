#include "app/harm.h"

#include "lab/text.h"

#include <math.h>
#include <stdio.h>

static const double times = 3, more = 0.1; /* of the loss before, and above it: less is no harm */

double harm_loss(const struct experiment *experiment)
{
	const struct record *record = experiment_record(experiment);
	return record ? (double)record->loss : (double)NAN;
}

bool harm_tell(const struct experiment *experiment, double before, char *out, size_t size)
{
	const struct record *record = experiment_record(experiment);
	double after = harm_loss(experiment);
	if (!experiment_previewed(experiment) || !record->event[0] || !isfinite(before))
		return false;
	if (after < times * before || after < before + more)
		return false;
	snprintf(out, size, "%s: the loss was %.2g, now %.2g: trained without it · u takes it back",
		record->event, number_to_print(before), number_to_print(after));
	return true;
}
