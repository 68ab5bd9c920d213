/* The whole program without a terminal: keys in, a canvas out, training between.
 *
 * Whoever owns a terminal (src/show.c, a test) calls
 *	app_resize() once and at each change of size, app_key() for each key, app_work() whenever
 *	app_wait() says so, and app_draw() when app_changed() and the terminal can take a frame.
 * Time comes in as an argument (seconds, monotonic); the app never asks for it, never sleeps,
 * never writes to a terminal.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/all_settings.h"
#include "app/app_state.h"
#include "lab/error.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"

struct app;

struct app_options {
	struct all_settings settings; /* glyphs and colors NULL: the terminal's, as below */
	const char *glyphs;           /* best glyph set that the terminal can show */
	const char *colors;           /* colour scheme for it */
	int color_count;              /* colours that it shows: 0, 8, 16 or 256 */
};

/* Loads the data. NULL: error says why not. */
struct app *app_new(const struct app_options *options, struct error *error);
void app_free(struct app *app);

void app_resize(struct app *app, int columns, int rows);

/* One line to start with, shown for some seconds or up to the first key. */
void app_notice(struct app *app, const char *text, double now);

/* Handles one key; returns what the caller has to do next. */
enum app_state app_key(struct app *app, int key, double now);

/* Text of a bracketed paste: goes to an open prompt, is dropped otherwise. */
void app_paste(struct app *app, const char *text);

/* One slice of training, about a millisecond; call while app_wait() returns 0. */
void app_work(struct app *app, double now);

/* Tells how long some calls of app_work() took on the clock and on the processor: where others
 * want the processor, too, less is done that nobody waits for. */
void app_took(struct app *app, double seconds, double processor_seconds);

/* Seconds until app_work() has something to do: 0 now, negative never (paused, finished). */
double app_wait(const struct app *app, double now);

/* True if the picture has changed since app_draw(). */
bool app_changed(const struct app *app);
const struct canvas *app_draw(struct app *app);
const struct color_scheme *app_colors(const struct app *app);
int app_frames_per_second(const struct app *app);

#endif
