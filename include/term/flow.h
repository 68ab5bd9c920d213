/* How much is on its way to the terminal, on a line that may be slow.
 *
 * The system takes many frames before it says that a line is full, and a key is answered behind
 * all of them. So every now and then a frame ends with the question how the terminal is (ECMA-48
 * DSR); until the answer is back no more frames are sent. That holds for a terminal that has
 * answered before; one that never does is not waited for. The clock is the caller's.
 */
#ifndef TERM_FLOW_H
#define TERM_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#define TERM_FLOW_QUESTION "\033[5n"

enum { TERM_FLOW_BYTES = 1000 }; /* that may go out without a question */

/* All zero is a good start. */
struct term_flow {
	size_t bytes;    /* since the last question */
	bool asked;      /* its answer is not back yet */
	bool answers;    /* there have been answers */
	double asked_at;
};

/* Notes a frame; true if it is to end with the question. */
bool term_flow_ask(struct term_flow *flow, size_t bytes, double now);
void term_flow_answered(struct term_flow *flow);
void term_flow_forget(struct term_flow *flow); /* the question; what has been learnt stays */

/* Seconds until a frame may go out whether or not the answer comes; 0: now. */
double term_flow_wait(const struct term_flow *flow, double now);

/* True if an answer is still likely to come. */
bool term_flow_expects(const struct term_flow *flow, double now);

#endif
