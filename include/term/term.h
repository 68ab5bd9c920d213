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
#include <stdbool.h>

struct term;

enum term_event_kind {
	TERM_NOTHING, /* no event waiting */
	TERM_KEY,     /* key: an enum key or code point; ^C and ^Z arrive as keys */
	TERM_PASTE,   /* text: a bracketed paste, cut at 4 KiB, valid until the next call */
	TERM_RESIZE,  /* columns, rows */
	TERM_RESUMED, /* back from a stop: draw everything anew */
	TERM_END,     /* leave with `status`: 128 + a signal, 129 too for a terminal that is gone */
};

struct term_event {
	enum term_event_kind kind;
	int key, columns, rows, status;
	const char *text;
};

/* Finds out what the terminal can do: from its entry in the terminfo database, else from a
 * description of our own. NULL: `error` says why it cannot be used (stdin or stdout no terminal,
 * TERM not set or unable to move the cursor). Either way nothing on the terminal has changed yet:
 * it is taken over by the first term_wait(). */
struct term *term_open(struct error *error);

/* Gives it back: last bytes get 200 ms, settings are restored. Safe with NULL. */
void term_close(struct term *term);

/* One line for the person, where the terminal is not quite what was asked for; else empty. */
const char *term_notice(const struct term *term);

int term_columns(const struct term *term);
int term_rows(const struct term *term);
/* Colours that may be used: 0, 8, 16 or 256; 0 where NO_COLOR is set. */
int term_colors(const struct term *term);
const char *term_glyphs(const struct term *term); /* best set: braille, console or ascii */

/* Sleeps until a key, a signal, the last pending byte is sent, or the timeout (negative: for
 * ever; 0: just looks). Sends pending bytes as the terminal takes them. In the background of a
 * shell it sleeps, whatever the timeout, until a signal ends us or the terminal is ours. */
void term_wait(struct term *term, double timeout_seconds);

/* True if a key or a signal has come that term_wait() would find: work may look here. */
bool term_waiting(const struct term *term);

/* Takes the next event; TERM_NOTHING when there is none. */
struct term_event term_next(struct term *term);

/* True when nothing is pending and little is on its way (see flow.h), so that a new frame can be
 * presented. term_wait() returns when that comes true. */
bool term_ready(const struct term *term);

/* Shows a canvas, if term_ready(): only changed cells travel. `repaint` sends everything. */
void term_present(struct term *term, const struct canvas *canvas, const struct color_scheme *scheme,
	bool repaint);

double term_now(void); /* seconds on a clock that never jumps */

/* ^Z: gives the terminal back, stops the program and its process group; after SIGCONT takes
 * it again (TERM_RESUMED). */
void term_suspend(struct term *term);

#endif
