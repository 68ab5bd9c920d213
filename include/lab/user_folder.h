/* The folder for the user's own files: $XDG_DATA_HOME/wane, else $HOME/.local/share/wane. */
#ifndef LAB_USER_FOLDER_H
#define LAB_USER_FOLDER_H

#include <stdbool.h>

enum { USER_PATH_MAX = 4096 };

/* True for what can only be the name of a file there: nothing in it that paths have. */
bool user_is_word(const char *text);

/* The path of a file there: "SUBFOLDERNAME.SUFFIX"; `subfolder` is "" or ends with a slash. False:
 * there is no such folder, or `name` is not a word. */
bool user_path(
	const char *subfolder, const char *name, const char *suffix, char path[USER_PATH_MAX]);

#endif
