/* What comes from the terminal's keyboard: read as bytes, taken as keys. */
#ifndef TERM_INPUT_H
#define TERM_INPUT_H

#include "term/keys.h"
#include "term/tty.h"

struct term_input {
	struct term_keys keys;
	unsigned char bytes[1024];
	size_t at, end;
	double heard; /* when the last byte came */
	bool silent;  /* nothing more came for as long as an open sequence may take */
};

/* True if input_next() has something to say. */
bool input_waiting(const struct term_input *input);

/* Seconds until an open sequence is given up, at least 0; negative when none is open. */
double input_patience(const struct term_input *input, double now);

/* Reads if nothing is left to take; true if bytes came. */
bool input_read(struct term_input *input, struct tty *tty);

/* The next key or paste, or TERM_NOTHING. `answered`: an answer came, see flow.h. */
struct term_event input_next(struct term_input *input, bool *answered);

#endif
