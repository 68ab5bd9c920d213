/* Bytes from a keyboard in, keys and pastes out.
 *
 * A machine of constant size that eats one byte at a time, so no input, however long, broken or
 * hostile, costs more than its length. Sequences that are no key (mouse, reports, strings) are
 * swallowed; a sequence that comes in pieces is put together again while the pieces are less
 * than term_keys_patience() apart. The clock is the caller's.
 * Understood: UTF-8, CSI and SS3 keys of the xterm, vt, rxvt, screen and Linux console families.
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
	KEYS_ESCAPED,     /* ESC was given out as a key, but its sequence may still come */
	KEYS_CSI,         /* ESC [ */
	KEYS_CSI_CONSOLE, /* ESC [ [ : F1 to F5 of the Linux console */
	KEYS_SS3,         /* ESC O */
	KEYS_SS3_LATE,    /* the same after KEYS_ESCAPED: may be the letter O */
	KEYS_STRING,      /* ESC ] and the like: text up to BEL or ESC \ */
	KEYS_STRING_ESCAPE,
	KEYS_PASTE, /* between ESC [200~ and ESC [201~ */
};

struct term_keys {
	enum term_keys_state state;
	uint32_t code, least; /* UTF-8: the character so far, the least its length may encode */
	int missing;          /* UTF-8: bytes to come */
	int parameter[2];     /* CSI */
	int parameter_at;
	bool foreign;                    /* CSI: has bytes that no key has */
	bool answered;                   /* an answer came, see flow.h; for the caller to set back */
	size_t paste_length, end_length; /* bytes of the paste, of its end mark seen so far */
	char paste[TERM_PASTE_MAX + 1];
};

/* Eats bytes up to the first event; returns how many. The event is TERM_NOTHING, TERM_KEY or
 * TERM_PASTE. All zero is a good start for `keys`. */
size_t term_keys_decode(
	struct term_keys *keys, const unsigned char *bytes, size_t count, struct term_event *event);

/* Seconds to wait for the rest of a sequence; negative when none is open. */
double term_keys_patience(const struct term_keys *keys);

/* Nothing came for that long: what the open sequence was after all. */
struct term_event term_keys_timeout(struct term_keys *keys);

#endif
