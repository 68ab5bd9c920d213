/* Keyboard input of the terminal: bytes in, keys out. */
#ifndef TERM_INPUT_H
#define TERM_INPUT_H

#include "term/keys.h"
#include "term/tty.h"

struct term_input {
	struct term_keys keys;
	unsigned char bytes[1024];
	size_t at, end;
	double heard; /* when the last byte arrived */
	bool silent;  /* the time limit of an incomplete sequence is over */
};

/* True if input_next() has an event. */
bool input_waiting(const struct term_input *input);

/* Seconds until an incomplete sequence times out, at least 0; negative if there is none. */
double input_patience(const struct term_input *input, double now);

/* Reads if all earlier bytes have been decoded. */
void input_read(struct term_input *input, struct tty *tty);

/* The next key or paste, or TERM_NOTHING. `answered`: the terminal has answered, see flow.h. */
struct term_event input_next(struct term_input *input, bool *answered);

#endif
