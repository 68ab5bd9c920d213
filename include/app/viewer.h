/* What the person is looking at: focus, zoom, chosen layer, and the overlay over the panes. */
#ifndef APP_VIEWER_H
#define APP_VIEWER_H

#include "ui/mouse.h"
#include "ui/pane.h"

enum overlay { OVERLAY_NONE, OVERLAY_HELP, OVERLAY_MENU, OVERLAY_LESSONS };

struct viewer {
	struct canvas *canvas; /* owned by the app */
	struct view view;
	enum overlay overlay;
	int64_t epoch; /* that is shown; EPOCH_PRESENT: the newest */
	int focus;     /* index in the table of panes */
	bool zoomed;
	bool playing;         /* the focused pane goes on by itself, */
	double play_due;      /* the next time then, in seconds */
	int help_top;         /* first line of the help that is shown */
	int menu_row;         /* selected setting, an index for all_settings_row() */
	int lesson_row;       /* selected lesson of the list */
	int menu_top;         /* line at the top of the menu */
	struct mouse pressed; /* the last press of the mouse, */
	double pressed_at;    /* and when, in seconds */
};

/* A movement key: the overlay or the focused pane interprets it. */
struct move {
	int lines; /* down is positive */
	int pages;
	int ends;   /* -1 the first, 1 the last */
	int values; /* right is positive */
};

#endif
