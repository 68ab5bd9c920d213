/* Lessons and presets as files: compiled in, in the user's folder, or by path. See lesson.h. */
#ifndef APP_LESSON_FILE_H
#define APP_LESSON_FILE_H

#include "app/lesson.h"
#include "lab/embedded.h"

/* The lessons and presets that are compiled in. NULL past the end. */
const struct embedded *lesson_at(int index);
const struct embedded *preset_at(int index);

/* The lesson (or preset) of this name: compiled in, in $XDG_DATA_HOME/wane/lessons (presets), or a
 * path. NULL: error says why not, and names file, line, what was found and what was expected. The
 * caller frees it by lesson_free(). */
struct lesson *lesson_load(const char *name, struct error *error);
struct lesson *preset_load(const char *name, struct error *error);

/* From a text; `name` is for messages. */
struct lesson *lesson_read(const char *name, const char *text, struct error *error);

#endif
