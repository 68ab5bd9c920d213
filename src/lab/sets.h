/* CSV files that are known by a name: compiled in, or in the user's data folder. */
#ifndef LAB_SETS_H
#define LAB_SETS_H

#include "lab/embedded.h"
#include "lab/user_folder.h"

#include <stdbool.h>

/* A set that is compiled in. Its help is the title of the last column, the target's. Images can be
 * looked at as sequences, too, under a name of their own: a step is a row of pixels. */
struct set {
	const char *name, *help;
	const struct embedded *file;
	bool rows_are_steps;
};

/* False past the end, or if there is none of that name. */
bool set_at(int index, struct set *set);
bool set_find(const char *name, struct set *set);

/* Where the user's folder has that set; false if it has none. */
bool set_path(const char *name, char path[USER_PATH_MAX]);

#endif
