/* The panel of a lesson: its text and question, beside the panes or under them, never over them. */
#ifndef APP_LESSON_PANEL_H
#define APP_LESSON_PANEL_H

#include "app/tutor.h"
#include "ui/canvas.h"

/* What the panel takes from the panes of a screen of this size. Its height is that of the longest
 * text of the lesson, so that the panes keep their places.
 * Where there is no room for both it takes that of the panes. */
struct panel_room {
	int columns; /* at the right; 0: none */
	int rows;    /* below the panes; 0: none */
};

struct panel_room lesson_panel_room(const struct tutor *tutor, const struct canvas *canvas);

void lesson_panel_draw(const struct tutor *tutor, struct area area);

#endif
