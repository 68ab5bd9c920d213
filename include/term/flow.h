/* Flow control: limits how much output is under way on a slow line.
 *
 * The system buffers many frames before it reports that a line is full, and the answer to a key
 * would queue behind them. Therefore a frame sometimes ends with a Device Status Report request
 * (ECMA-48 DSR, ESC [ 5 n), and no frame is sent until the answer arrives. This applies to
 * terminals that have answered before.
 *
 * A terminal that never answers is assumed to read TERM_FLOW_LINE bytes per second: the next frame
 * waits until such a line has carried nearly all earlier output, except that a frame after a key
 * does not wait. On a larger screen a line that has never been full for long is assumed to be
 * faster. Times are the caller's.
 *
 * A picture of which much has changed is sent in several frames, so that no frame delays a key for
 * long; after a key it is sent in one, unless the line has been full or an answer late.
 */
#ifndef TERM_FLOW_H
#define TERM_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#define TERM_FLOW_QUESTION "\033[5n"

enum {
	TERM_FLOW_BYTES = 1000, /* sent without a request */
	TERM_FLOW_LINE = 2400,  /* bytes per second of a slow line, on a screen of TERM_FLOW_CELLS */
	TERM_FLOW_CELLS = 80 * 24,
	TERM_FLOW_MOST = 700,   /* bytes after which a frame ends, on a small screen */
	TERM_FLOW_HELD = 16384, /* bytes that the system buffers when a line is full */
};

/* Initially all zero. */
struct term_flow {
	size_t bytes; /* since the last request */
	bool asked;   /* a request has not been answered yet */
	bool answers; /* the terminal has answered before */
	double asked_at;
	double carried_at; /* when the assumed line has carried all output */
	bool urgent;       /* the next frame follows a key or a new size */
	bool slow;         /* the line has been full for long */
	bool late;         /* so was the last answer */
};

/* Records a frame of `bytes`, for a screen of `cells`. */
void term_flow_sent(struct term_flow *flow, size_t bytes, int cells, double now);
void term_flow_full(struct term_flow *flow, double now); /* the line has been full for long */
void term_flow_hurry(struct term_flow *flow); /* the next frame must not wait, if possible */

/* After so many bytes a frame ends, on a screen of `cells`. */
size_t term_flow_most(const struct term_flow *flow, int cells);

/* Counts the bytes of a frame; true if it must end with TERM_FLOW_QUESTION. */
bool term_flow_ask(struct term_flow *flow, size_t bytes, double now);
void term_flow_answered(struct term_flow *flow, double now);
void term_flow_forget(struct term_flow *flow); /* drops the request; `answers` and `slow` stay */

/* Seconds until a frame may be sent if no answer comes; 0: now. */
double term_flow_wait(const struct term_flow *flow, double now);

/* True if an answer is still likely to come. */
bool term_flow_expects(const struct term_flow *flow, double now);

#endif
