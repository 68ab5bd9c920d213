/* CSV files that are known by a name: compiled in, or in the user's data folder. */
#ifndef LAB_SETS_H
#define LAB_SETS_H

#include "lab/embedded.h"

#include <stdbool.h>

enum { SET_PATH_MAX = 4096 };

/* The sets that are compiled in; NULL past the end, or if there is none of that name. */
const struct embedded *set_at(int index);
const struct embedded *set_find(const char *name);

/* What the title of the last column, the target's, says. */
const char *set_help(const struct embedded *set);

/* True for what can only be a name: nothing in it that paths have. */
bool set_is_word(const char *text);

/* Where the user's folder has that set; false if it has none. */
bool set_path(const char *name, char path[SET_PATH_MAX]);

#endif
