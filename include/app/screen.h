/* The whole screen: header, panes, overlay, verdict, and the line at the bottom. */
#ifndef APP_SCREEN_H
#define APP_SCREEN_H

#include "app/context.h"

/* Draws on the viewer's canvas. `percent`: progress shown in the header; -1: none. */
void screen_draw(const struct context *context, int percent);

/* Draws verdict, remarks and advice in `rows` rows from y on. `advice`: the trials, or NULL;
 * `advises`: the value of the setting advice. */
void verdict_draw(const struct frame *frame, const struct advice *advice, const char *advises,
	struct area area, int y, int rows);

#endif
