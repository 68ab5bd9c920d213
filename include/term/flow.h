/* How much is on its way to the terminal, on a line that may be slow.
 *
 * The system takes many frames before it says that a line is full, and a key is answered behind
 * all of them. So every now and then a frame ends with the question how the terminal is (ECMA-48
 * DSR); until the answer is back no more frames are sent. That holds for a terminal that has
 * answered before.
 *
 * One that never does is taken for a line of so many bytes a second: the next frame waits until
 * such a line has carried nearly all that went before, but one that follows a key does not wait.
 * A line that has never been full for long may carry more on a larger screen. The clock is the
 * caller's.
 */
#ifndef TERM_FLOW_H
#define TERM_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#define TERM_FLOW_QUESTION "\033[5n"

enum {
	TERM_FLOW_BYTES = 1000, /* that may go out without a question */
	TERM_FLOW_LINE = 2400,  /* bytes a second of a slow line, on the smallest usual screen: */
	TERM_FLOW_CELLS = 80 * 24,
	TERM_FLOW_HELD = 16384, /* bytes that the system holds of a line that is full */
};

/* All zero is a good start. */
struct term_flow {
	size_t bytes; /* since the last question */
	bool asked;   /* its answer is not back yet */
	bool answers; /* there have been answers */
	double asked_at;
	double carried_at; /* when the line taken for granted has carried all that went out */
	bool urgent;       /* the next frame follows a key, or a new size */
	bool slow;         /* it has been full for long */
};

/* Notes a frame of so many bytes, for a screen of so many cells. */
void term_flow_sent(struct term_flow *flow, size_t bytes, int cells, double now);
void term_flow_full(struct term_flow *flow, double now); /* the line has been full for long */
void term_flow_hurry(
	struct term_flow *flow); /* the next frame is not to wait, if that can be helped */

/* Notes the frame once more; true if it is to end with the question. */
bool term_flow_ask(struct term_flow *flow, size_t bytes, double now);
void term_flow_answered(struct term_flow *flow);
void term_flow_forget(struct term_flow *flow); /* the question; what has been learnt stays */

/* Seconds until a frame may go out if no answer comes; 0: now. */
double term_flow_wait(const struct term_flow *flow, double now);

/* True if an answer is still likely to come. */
bool term_flow_expects(const struct term_flow *flow, double now);

#endif
