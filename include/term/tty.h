/* The terminal device: modes, size, bytes in and out, never blocking.
 *
 * Output is written to `memory`, a memfd; tty_pump() passes it on as the terminal accepts it. The
 * terminal is opened again, because O_NONBLOCK on the inherited descriptors would also apply to the
 * processes that share them.
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
	off_t sent;        /* bytes of `memory` that have been written to the terminal */
	bool gone;         /* the terminal has hung up */
	double full_since; /* since when it does not accept all bytes; 0: it does */
	bool been_slow;    /* it has been full for long */
	struct termios found, raw;
};

bool tty_open(struct tty *tty, struct error *error);
void tty_close(struct tty *tty);

/* False while the program is in the background: reading the terminal or setting its modes would
 * then stop it. True without job control. */
bool tty_is_ours(const struct tty *tty);
void tty_find(struct tty *tty); /* its present modes are those to restore */

void tty_set_raw(struct tty *tty);
void tty_set_found(struct tty *tty);

/* Columns and rows, from 1 to CANVAS_COLUMNS_MAX and CANVAS_ROWS_MAX; 80x24 if unknown. */
void tty_size(const struct tty *tty, int *columns, int *rows);

void tty_write(struct tty *tty, const char *text);
void tty_compress(struct tty *tty, int columns); /* a frame that has not been pumped yet */
size_t tty_left(const struct tty *tty);          /* bytes not written to the terminal yet */
bool tty_pending(const struct tty *tty);
void tty_pump(struct tty *tty);
void tty_flush(struct tty *tty, int milliseconds); /* then drops the rest */
void tty_drop(struct tty *tty);

/* Number of bytes read; 0: none. A hang-up sets `gone`. */
size_t tty_read(struct tty *tty, unsigned char *bytes, size_t size);
/* Reads and drops input up to and including the byte `last`. */
void tty_swallow(struct tty *tty, unsigned char last, int milliseconds);

#endif
