/* The panes and what lies over them: help and settings menu. */
#ifndef APP_OVERLAY_H
#define APP_OVERLAY_H

#include "app/context.h"

/* A movement key: scrolls the overlay, or selects a layer or row where there is none. */
void overlay_move(const struct context *context, struct move move);

/* Both draw on the viewer's canvas; the overlay goes over the panes. */
void overlay_draw_panes(const struct context *context);
void overlay_draw(const struct context *context);

/* The part of the screen that the present overlay covers. */
struct area overlay_area(const struct context *context);

struct area overlay_inside(struct area area); /* of its frame */

/* Clears the area and draws a box with a title around it; returns its inside. */
struct area overlay_frame(struct area area, const char *title);

/* The new position after a move from `at` in a list of `count`. */
int overlay_moved(int at, int count, int page, struct move move);

#endif
