/* The list of the lessons that are compiled in: a window to choose one from. */
#ifndef APP_LESSON_LIST_H
#define APP_LESSON_LIST_H

#include "app/context.h"

void lesson_list_move(const struct context *context, struct move move);
void lesson_list_draw(const struct context *context, struct area area);

#endif
