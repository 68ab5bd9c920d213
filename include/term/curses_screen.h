/* The screen as ncurses draws it: src/term/curses_screen.c is the only file that includes ncurses.
 *
 * ncurses writes into tty->memory; settings, size and input of the terminal are ours (tty.h). There
 * is one terminal, so there is one screen.
 */
#ifndef TERM_CURSES_SCREEN_H
#define TERM_CURSES_SCREEN_H

#include "lab/error.h"
#include "term/tty.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"
#include <stdbool.h>

struct curses_screen;

/* Finds out what the terminal can do: from its entry in the terminfo database, else from a
 * description of our own (builtin.h). `tty` must outlive the screen. NULL: error says why the
 * terminal cannot be used. Nothing is written to the terminal yet. */
struct curses_screen *curses_screen_new(struct tty *tty, struct error *error);
void curses_screen_free(struct curses_screen *screen);

/* Takes the size the terminal has now; false if it has not changed. */
bool curses_screen_update_size(struct curses_screen *screen);

/* Sets the modes of the screen (keypad, hidden cursor, bracketed paste), and takes them back. */
void curses_screen_begin(struct curses_screen *screen);
void curses_screen_end(struct curses_screen *screen);

/* Has the mouse reported from now on, or from the next begin on if the screen is not begun; only by
 * a terminal whose description says that it has a mouse. True if bytes were written. */
bool curses_screen_want_mouse(struct curses_screen *screen, bool wanted, bool begun);

/* Tells ncurses that the modes are no longer set. */
void curses_screen_leave(void);

enum screen_drawing {
	SCREEN_UNCHANGED, /* nothing to write */
	SCREEN_IN_PART,   /* the rows below have changes, too */
	SCREEN_WHOLE,
};

/* Writes the changed cells to tty->memory, row by row from the top until there are `most` bytes,
 * not yet compressed; `repaint`: all cells, however many bytes. */
enum screen_drawing curses_screen_draw(struct curses_screen *screen, const struct canvas *canvas,
	const struct color_scheme *scheme, bool repaint, size_t most);

int curses_screen_columns(const struct curses_screen *screen);
int curses_screen_rows(const struct curses_screen *screen);
int curses_screen_colors(void); /* 0, 8, 16 or 256 */
bool curses_screen_is_ecma48(const struct curses_screen *screen);
const char *curses_screen_kind(const struct curses_screen *screen); /* the environment's TERM */

/* One line for the person where another description than that of TERM is used; else empty. */
const char *curses_screen_notice(const struct curses_screen *screen);

/* The bytes that take back all modes, for a crash. */
const char *curses_screen_restore(const struct curses_screen *screen);

#endif
