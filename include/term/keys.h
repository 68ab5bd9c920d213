/* Decodes input: bytes in, keys, pastes and presses of the mouse out.
 *
 * A state machine of constant size that consumes one byte at a time, so the cost of any input, also
 * broken or hostile input, is proportional to its length. Sequences that are none of these
 * (reports, strings) are dropped. A sequence may arrive in pieces that are less than
 * term_keys_patience() apart. Times are the caller's. Supported: UTF-8, CSI and SS3 keys of the
 * xterm, vt, rxvt, screen and Linux console families; the mouse as ESC [ < button ; x ; y M
 * (xterm's mode 1006), or as ESC [ M and three bytes where a terminal does not know that mode.
 */
#ifndef TERM_KEYS_H
#define TERM_KEYS_H

#include "term/term.h"
#include <stddef.h>
#include <stdint.h>

enum { TERM_PASTE_MAX = 4096 };

enum term_keys_state {
	KEYS_GROUND,
	KEYS_UTF8,        /* inside a character */
	KEYS_ESCAPE,      /* ESC: a key of its own, or the start of a sequence */
	KEYS_ESCAPED,     /* ESC was returned as a key, but its sequence may still follow */
	KEYS_CSI,         /* ESC [ */
	KEYS_CSI_CONSOLE, /* ESC [ [ : F1 to F5 of the Linux console */
	KEYS_MOUSE,       /* ESC [ M : three bytes */
	KEYS_SS3,         /* ESC O */
	KEYS_SS3_LATE,    /* as KEYS_SS3, but may be the letter O */
	KEYS_STRING,      /* after ESC ], ESC P, ...: text up to BEL or ESC \ */
	KEYS_STRING_ESCAPE,
	KEYS_PASTE, /* between ESC [200~ and ESC [201~ */
};

struct term_keys {
	enum term_keys_state state;
	uint32_t code, least; /* UTF-8: the code so far; the smallest valid one of its length */
	int missing;          /* UTF-8: missing bytes */
	int parameter[3];     /* CSI, and the bytes of the mouse */
	int parameter_at;
	bool mouse;    /* CSI: began with < */
	bool foreign;  /* CSI: contains bytes that no key has */
	bool answered; /* the terminal has answered, see flow.h; for the caller to reset */
	size_t paste_length, end_length; /* bytes of the paste; bytes of its end mark so far */
	char paste[TERM_PASTE_MAX + 1];
};

/* Consumes bytes up to the first event; returns their number. The event is TERM_NOTHING, TERM_KEY,
 * TERM_PASTE or TERM_MOUSE. `keys` is initially all zero. */
size_t term_keys_decode(
	struct term_keys *keys, const unsigned char *bytes, size_t count, struct term_event *event);

/* Seconds to wait for the rest of an incomplete sequence; negative if there is none. */
double term_keys_patience(const struct term_keys *keys);

/* After that time: the event that the incomplete sequence stands for. */
struct term_event term_keys_timeout(struct term_keys *keys);

#endif
