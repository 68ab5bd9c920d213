/* The panes and what lies over them: help and settings menu. */
#ifndef APP_OVERLAY_H
#define APP_OVERLAY_H

#include "app/context.h"

/* A movement key: scrolls the overlay, or selects a layer or row where there is none. */
void overlay_move(const struct context *context, struct move move);

/* The wheel of the mouse over `target`, down (1) or up (-1): moves in the pane there, else as the
 * movement keys do. */
void overlay_wheel(const struct context *context, const struct target *target, int direction);

/* Both draw on the viewer's canvas; the overlay goes over the panes. */
void overlay_draw_panes(const struct context *context);

/* Draws the panel of a lesson beside or under the panes, if one is given. */
void overlay_draw_panel(const struct context *context);
void overlay_draw(const struct context *context);

#endif
