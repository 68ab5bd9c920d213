/* The wire to the terminal: settings, size, bytes in and out, never blocking.
 *
 * What has to go out is written to `memory`, a file that exists nowhere; tty_pump() passes
 * it on as the terminal takes it. The terminal is opened anew, because O_NONBLOCK on the
 * descriptors we were given would be shared with whoever gave them.
 */
#ifndef TERM_TTY_H
#define TERM_TTY_H

#include "lab/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

struct tty {
	int descriptor, memory;
	off_t sent;        /* bytes of `memory` that have gone out */
	bool gone;         /* the terminal has hung up */
	double full_since; /* when it would not take all; 0: it does */
	bool been_slow;    /* it was full for long */
	struct termios found, raw;
};

bool tty_open(struct tty *tty, struct error *error);
void tty_close(struct tty *tty);

/* False while a shell or another job has the terminal: whoever then reads it or sets it is
 * stopped. Where no shell decides on that, it is ours. */
bool tty_is_ours(const struct tty *tty);
void tty_find(struct tty *tty); /* its settings now are those to leave */

void tty_set_raw(struct tty *tty);
void tty_set_found(struct tty *tty);

/* Columns and rows, from 1 to the largest we draw; 80x24 when the terminal does not know. */
void tty_size(const struct tty *tty, int *columns, int *rows);

void tty_write(struct tty *tty, const char *text);
void tty_compress(struct tty *tty, int columns); /* a frame before its first pump */
size_t tty_left(const struct tty *tty);          /* bytes that have not gone out yet */
bool tty_pending(const struct tty *tty);
void tty_pump(struct tty *tty);
void tty_flush(struct tty *tty, int milliseconds); /* then drops what is left */
void tty_drop(struct tty *tty);

/* Bytes read, 0 if there are none; a hang-up sets `gone`. */
size_t tty_read(struct tty *tty, unsigned char *bytes, size_t size);
/* Reads away what comes, up to and with the byte `last`. */
void tty_swallow(struct tty *tty, unsigned char last, int milliseconds);

#endif
