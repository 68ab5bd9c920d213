/* The whole program without a terminal: keys in, a canvas out, training between.
 *
 * The owner of the terminal (src/show.c, or a test) calls
 *	app_resize() once and at each change of size, app_key() for each key, app_work() whenever
 *	app_wait() says so, and app_draw() when app_changed() and the terminal can take a frame.
 * Time is an argument (seconds, monotonic): the app never reads a clock, sleeps, or writes to a
 * terminal.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/all_settings.h"
#include "app/app_state.h"
#include "app/lesson.h"
#include "app/script.h"
#include "lab/error.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"
#include "ui/mouse.h"

struct app;

struct app_options {
	struct all_settings settings; /* glyphs and colors NULL: the terminal's, as below */
	const char *glyphs;           /* best glyph set that the terminal can show */
	const char *colors;           /* colour scheme for it */
	int color_count;              /* colours that it shows: 0, 8, 16 or 256 */
	double (*processor)(void);    /* seconds of processor time so far; NULL: epochs are not timed */
	struct script *script;        /* to play, which the app then owns; NULL: none */
	struct lesson *lesson;        /* to give, likewise */
	bool plain;                   /* lines of text instead of a screen */
	char greeting[200];           /* the first message; "": none */
};

/* Starts the run, and works on it for a moment, so that a bad data file is refused. NULL: error
 * says why. */
struct app *app_new(const struct app_options *options, struct error *error);
void app_free(struct app *app);

void app_resize(struct app *app, int columns, int rows);

/* True while a script is played. Afterwards *error says why it ended before its last line. */
bool app_plays(const struct app *app, struct error *error);

/* What is to be printed after the terminal is as it was; false: nothing. */
bool app_last_words(const struct app *app, char out[COMMAND_LINE_MAX]);

/* Shows one line for some seconds or until the first key. */
void app_notice(struct app *app, const char *text, double now);

/* Handles one key; returns what the caller has to do next. */
enum app_state app_key(struct app *app, int key, double now);

/* The same for the mouse; app_wants_mouse(): whether the terminal should report it. */
enum app_state app_mouse(struct app *app, const struct mouse *mouse, double now);
bool app_wants_mouse(const struct app *app);

/* Text of a bracketed paste: inserted into an open prompt, else ignored. */
void app_paste(struct app *app, const char *text);

/* One slice of work, about a millisecond; call it while app_wait() returns 0. */
void app_work(struct app *app, double now);

/* Reports how much wall time and CPU time some calls of app_work() took: if other programs need the
 * processor, remedies are tried more slowly. */
void app_took(struct app *app, double seconds, double processor_seconds);

/* Seconds until app_work() has something to do: 0: now; negative: never (paused, finished). */
double app_wait(const struct app *app, double now);

/* True if the picture has changed since app_draw(). */
bool app_changed(const struct app *app);
const struct canvas *app_draw(struct app *app);
const struct color_scheme *app_colors(const struct app *app);
int app_frames_per_second(const struct app *app);

#endif
