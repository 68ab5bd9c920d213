#include "term/flow.h"
#include <stdint.h>

static const double patience =
	10; /* seconds to wait for an answer, if the terminal has answered before */
static const double first_patience = 0.2; /* if it has not */
static const double ahead = 0.25;         /* seconds of output that may be under way */
static const double late = 0.5;           /* seconds after which an answer tells of a slow line */

void term_flow_sent(struct term_flow *flow, size_t bytes, int cells, double now)
{
	double rate = TERM_FLOW_LINE;
	if (cells > TERM_FLOW_CELLS && !flow->slow)
		rate *= (double)cells / TERM_FLOW_CELLS;
	if (flow->carried_at < now)
		flow->carried_at = now;
	flow->carried_at += (double)bytes / rate;
	flow->urgent = false;
}

void term_flow_full(struct term_flow *flow, double now)
{
	if (!flow->slow)
		flow->carried_at = now + (double)TERM_FLOW_HELD / TERM_FLOW_LINE;
	flow->slow = true;
}

void term_flow_hurry(struct term_flow *flow)
{
	flow->urgent = true;
}

size_t term_flow_most(const struct term_flow *flow, int cells)
{
	const int cells_a_byte = 4; /* of a large screen */
	size_t of_screen = (size_t)(cells / cells_a_byte);
	if (flow->urgent && !flow->slow && !flow->late)
		return SIZE_MAX;
	return of_screen > TERM_FLOW_MOST ? of_screen : TERM_FLOW_MOST;
}

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

void term_flow_answered(struct term_flow *flow, double now)
{
	flow->late = flow->asked && now - flow->asked_at > late;
	flow->asked = false;
	flow->answers = true;
}

void term_flow_forget(struct term_flow *flow)
{
	flow->asked = false;
	flow->bytes = 0;
	flow->carried_at = 0;
}

double term_flow_wait(const struct term_flow *flow, double now)
{
	double left = 0;
	if (flow->answers)
		left = flow->asked ? flow->asked_at + patience - now : 0;
	else if (!flow->urgent && !term_flow_expects(flow, now))
		left = flow->carried_at - ahead - now;
	return left > 0 ? left : 0;
}

bool term_flow_expects(const struct term_flow *flow, double now)
{
	return flow->asked && now < flow->asked_at + (flow->answers ? patience : first_patience);
}
