/* The app's own state, shared by the files of src/app that act on it or draw it. */
#ifndef APP_STATE_H
#define APP_STATE_H

#include "app/advisor.h"
#include "app/app.h"
#include "app/prompt.h"
#include "app/session.h"
#include "ui/layout.h"
#include "ui/pane.h"

/* What the keys for moving ask for; what is in front makes of it what it can. */
struct move {
	int lines; /* down is positive */
	int pages;
	int ends;   /* -1 the first, 1 the last */
	int values; /* right is positive */
};

/* What covers the panes, or the panes themselves: a row of the table in front.c. */
struct overlay {
	const char *name;
	void (*move)(struct app *app, struct move move);
	void (*draw)(struct app *app, struct area area);
};

extern const struct overlay overlay_panes, overlay_help, overlay_menu;

struct message {
	char text[600];
	enum style style;
	double until; /* shown up to this moment or the next key */
};

enum { TOLD_KEYS = 64 };

struct app {
	struct session *session;
	struct advisor *advisor;
	struct screen_settings screen;
	struct view view;
	struct canvas *canvas;
	struct prompt prompt;
	struct message message;
	const char *richest_glyphs; /* that the terminal can show */
	int color_count;            /* that it shows */
	const struct overlay *overlay;
	int columns, rows;
	int focus; /* index in the table of panes */
	bool zoomed;
	int help_top, help_page, menu_row, menu_page;
	int percent;                 /* progress shown in the header; -1: none */
	bool following;              /* ! was pressed: the best remedy is tried once more before */
	const struct trial *advised; /* that was the best then */
	bool changed;
	int key;             /* the key at work; 0 for a command */
	int told[TOLD_KEYS]; /* keys of which has been said that they do nothing */
	int told_count;
	double now;
	int exit_status;
};

void app_say(struct app *app, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Why the key at work does nothing: said the first time, not again. */
void app_say_once(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Everything that can be set, as it is wanted now; app_adopt() takes a changed copy. */
struct all_settings app_settings(const struct app *app);
void app_adopt(struct app *app, const struct all_settings *settings);

/* Steps the setting in row `index`, as its key does, and says so. */
void app_step_setting(struct app *app, int index, int direction);

/* Sets NAME to VALUE, as the prompt does. */
bool app_assign(struct app *app, const char *name, const char *value, struct error *error);

/* The trials to be shown; NULL if there are none of the run as it is. */
const struct advice *app_advice(const struct app *app);

/* Makes the change that helps best, after trying it on the weights of now. */
void app_follow_best(struct app *app);

/* Makes the change of a trial, and restarts if the trial did. */
void app_follow(struct app *app, const struct trial *trial);

struct picture app_picture(const struct app *app);
int app_layers(const struct app *app); /* layers of the network wanted, the output included */

/* Draws the first line: what is trained, and how far it is (header.c). */
void header_draw(const struct app *app, const struct frame *frame, struct area area);

/* Draws verdict, remarks and advice in `rows` rows from y on. `advice`: what has been tried, NULL if
 * nothing; `advises`: the screen's setting of that name (screen.c). */
void verdict_draw(const struct frame *frame, const struct advice *advice, const char *advises,
	struct area area, int y, int rows);

/* Draws header, panes or what is in front, verdict and hints (screen.c). */
void screen_draw(struct app *app);

#endif
