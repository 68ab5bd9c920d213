/* The wire to the terminal: settings, size, bytes in and out, never blocking.
 *
 * What has to go out is written to `memory`, a file that exists nowhere; term_link_pump() passes
 * it on as the terminal takes it. The terminal is opened anew, because O_NONBLOCK on the
 * descriptors we were given would be shared with whoever gave them.
 */
#ifndef TERM_LINK_H
#define TERM_LINK_H

#include "lab/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

struct term_link {
	int tty, memory;
	off_t sent;        /* bytes of `memory` that have gone out */
	bool gone;         /* the terminal has hung up */
	double full_since; /* when it would not take all; 0: it does */
	bool been_slow;    /* it was full for long */
	struct termios found, raw;
};

bool term_link_open(struct term_link *link, struct error *error);
void term_link_close(struct term_link *link);

/* False while a shell or another job has the terminal: whoever then reads it or sets it is
 * stopped. Where no shell decides on that, it is ours. */
bool term_link_is_ours(const struct term_link *link);
void term_link_find(struct term_link *link); /* its settings now are those to leave */

void term_link_set_raw(struct term_link *link);
void term_link_set_found(struct term_link *link);

/* Columns and rows, from 1 to the largest we draw; 80x24 when the terminal does not know. */
void term_link_size(const struct term_link *link, int *columns, int *rows);

void term_link_write(struct term_link *link, const char *text);
void term_link_shrink(struct term_link *link, int columns); /* a frame before its first pump */
size_t term_link_left(const struct term_link *link);        /* bytes that have not gone out yet */
bool term_link_pending(const struct term_link *link);
void term_link_pump(struct term_link *link);
void term_link_flush(struct term_link *link, int milliseconds); /* then drops what is left */
void term_link_drop(struct term_link *link);

/* Bytes read, 0 if there are none; a hang-up sets `gone`. */
size_t term_link_read(struct term_link *link, unsigned char *bytes, size_t size);
/* Reads away what comes, up to and with the byte `last`. */
void term_link_swallow(struct term_link *link, unsigned char last, int milliseconds);

#endif
