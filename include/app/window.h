/* The window of help and menu: its place, its frame, and moving in what it lists.
 *
 * The menu stands at the right of the panes, so that the effect of a change is seen at once. Help,
 * and the menu on a narrow screen, covers them.
 */
#ifndef APP_WINDOW_H
#define APP_WINDOW_H

#include "app/viewer.h"

/* Columns of the screen that the open window leaves to the panes; 0: it covers them. */
int window_beside(const struct viewer *viewer);

/* The part of the screen that the window covers, and the inside of its frame. */
struct area window_area(const struct viewer *viewer);
struct area window_inside(struct area area);

/* Clears the area and draws a box with a title around it; returns its inside. */
struct area window_frame(struct area area, const char *title);

/* The new position after a move from `at` in a list of `count`. */
int window_moved(int at, int count, int page, struct move move);

#endif
