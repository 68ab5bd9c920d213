/* Questions that keep a slow line short. See flow.h. */
#include "term/flow.h"

static const double patience = 10;       /* seconds, with a terminal that has answered before */
static const double first_patience = 0.2; /* with one that has not */

bool term_flow_ask(struct term_flow *flow, size_t bytes, double now)
{
	flow->bytes += bytes;
	if (flow->asked || flow->bytes < TERM_FLOW_BYTES)
		return false;
	flow->bytes = 0;
	flow->asked = true;
	flow->asked_at = now;
	return true;
}

void term_flow_answered(struct term_flow *flow)
{
	flow->asked = false;
	flow->answers = true;
}

void term_flow_forget(struct term_flow *flow)
{
	flow->asked = false;
	flow->bytes = 0;
}

double term_flow_wait(const struct term_flow *flow, double now)
{
	double left = flow->asked_at + patience - now;

	return flow->asked && flow->answers && left > 0 ? left : 0;
}

bool term_flow_expects(const struct term_flow *flow, double now)
{
	return flow->asked && now < flow->asked_at + (flow->answers ? patience : first_patience);
}
