/* The menu of all settings, by groups: values, and what the selected one may be and costs.
 *
 * It stands at the right of the panes, so that the effect of a change is seen at once; on a narrow
 * screen it covers them.
 */
#ifndef APP_MENU_H
#define APP_MENU_H

#include "app/context.h"

/* Columns that the menu takes on a screen of so many: fewer where panes fit beside it. */
int menu_columns(int columns);

/* True if the menu is open and no pane is seen beside it. */
bool menu_covers_panes(const struct viewer *viewer);

void menu_move(const struct context *context, struct move move);
void menu_draw(const struct context *context, struct area area);

#endif
