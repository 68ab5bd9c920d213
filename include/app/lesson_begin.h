/* Lessons and presets that a key or a command asks for, and the digits that answer a lesson. */
#ifndef APP_LESSON_BEGIN_H
#define APP_LESSON_BEGIN_H

#include "app/context.h"

/* Begins the lesson, or takes over the preset, that was asked for; says why it cannot. */
void lesson_begin_wanted(const struct context *context);

/* A digit answers the question of a lesson, unless a window lies over it. True if it did. */
bool lesson_takes_key(const struct context *context);

#endif
