/* The menu of all settings, by groups: values, and what the selected one may be and costs; it is in
 * a window (window.h). */
#ifndef APP_MENU_H
#define APP_MENU_H

#include "app/context.h"

void menu_move(const struct context *context, struct move move);
void menu_draw(const struct context *context, struct area area);

#endif
