/* The terminal: keys, signals and size as events in, canvases out.
 *
 * The screen is drawn into memory (curses_screen.h). The bytes go out through our own non-blocking
 * open of the terminal, so a terminal that stops reading stops neither training nor signals, and
 * frames are dropped, never queued. Signal handlers only write a byte to a pipe. However the
 * program ends, the terminal is left as it was found. Keys are read from the same terminal.
 *
 * There is one terminal, so there is one struct term.
 */
#ifndef TERM_TERM_H
#define TERM_TERM_H

#include "lab/error.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"
#include "ui/mouse.h"
#include <stdbool.h>

struct term;

enum term_event_kind {
	TERM_NOTHING, /* no event waiting */
	TERM_KEY,     /* key: an enum key or code point; ^C and ^Z arrive as keys */
	TERM_PASTE,   /* text: a bracketed paste, cut at 4 KiB, valid until the next call */
	TERM_MOUSE,   /* mouse */
	TERM_RESIZE,  /* columns, rows */
	TERM_RESUMED, /* continued after a stop: redraw everything */
	TERM_END,     /* exit with `status`: 128 + a signal; 129 if the terminal has hung up */
};

struct term_event {
	enum term_event_kind kind;
	int key, columns, rows, status;
	struct mouse mouse;
	const char *text;
};

/* Finds out what the terminal can do: from its entry in the terminfo database, else from a built-in
 * description. NULL: `error` says why it cannot be used (stdin or stdout is not a terminal, TERM is
 * not set or cannot move the cursor). The terminal is not changed before the first term_wait(). */
struct term *term_open(struct error *error);

/* Writes pending bytes for at most 200 ms and restores the terminal. Safe with NULL. */
void term_close(struct term *term);

/* One line for the user if another description than that of TERM is used; else empty. */
const char *term_notice(const struct term *term);

int term_columns(const struct term *term);
int term_rows(const struct term *term);
/* Colours that may be used: 0, 8, 16 or 256; 0 where NO_COLOR is set. */
int term_colors(const struct term *term);
const char *term_glyphs(const struct term *term); /* best set: braille, console or ascii */

/* Asks the terminal to report the mouse, if it can, or not to. Not asked for at first. */
void term_want_mouse(struct term *term, bool wanted);

/* Sleeps until a key or a signal arrives, the last pending byte is sent, or the timeout is over
 * (negative: none; 0: does not sleep). Sends pending bytes as the terminal accepts them. In the
 * background of a shell it sleeps, whatever the timeout, until a signal ends the program or brings
 * it to the foreground. */
void term_wait(struct term *term, double timeout_seconds);

/* True if a key or a signal is waiting: long work may poll this. */
bool term_waiting(const struct term *term);

/* Returns the next event; TERM_NOTHING if there is none. */
struct term_event term_next(struct term *term);

/* True if nothing is pending and little is under way (see flow.h), so that a new frame can be
 * shown. term_wait() returns when this becomes true. */
bool term_ready(const struct term *term);

/* Shows a canvas, if term_ready(): only changed cells are sent. `repaint`: all cells. False if so
 * many have changed that only the upper rows were sent (term_flow_most() in flow.h): the same
 * canvas then continues, another one begins again. */
bool term_present(struct term *term, const struct canvas *canvas, const struct color_scheme *scheme,
	bool repaint);

double term_now(void); /* seconds on a clock that never jumps */

/* ^Z: restores the terminal and stops the process group; after SIGCONT takes the terminal again
 * (TERM_RESUMED). */
void term_suspend(struct term *term);

#endif
