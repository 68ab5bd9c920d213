#include "lab/user_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool user_is_word(const char *text)
{
	return strpbrk(text, "/.") == NULL;
}

/* A folder that is not absolute is to be ignored, says the XDG base directory specification. */
bool user_path(
	const char *subfolder, const char *name, const char *suffix, char path[USER_PATH_MAX])
{
	const char *folder = getenv("XDG_DATA_HOME"), *home = getenv("HOME"), *within = "";
	if (!name[0] || !user_is_word(name))
		return false;
	if (!folder || folder[0] != '/') {
		folder = home;
		within = "/.local/share";
	}
	if (!folder || folder[0] != '/')
		return false;
	int length =
		snprintf(path, USER_PATH_MAX, "%s%s/wane/%s%s.%s", folder, within, subfolder, name, suffix);
	return length >= 0 && length < USER_PATH_MAX;
}
