#include "sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The table's length is known to its end alone. */
const struct embedded *set_at(int index)
{
	const struct embedded *set = embedded_sets;
	if (index < 0)
		return NULL;
	for (; index > 0 && set->name != NULL; index--)
		set++;
	return set->name != NULL ? set : NULL;
}

const struct embedded *set_find(const char *name)
{
	for (const struct embedded *set = embedded_sets; set->name != NULL; set++)
		if (strcmp(set->name, name) == 0)
			return set;
	return NULL;
}

const char *set_help(const struct embedded *set)
{
	const char *comma = strrchr(set->first_line, ',');
	return comma != NULL ? comma + 1 : set->first_line;
}

bool set_is_word(const char *text)
{
	return strpbrk(text, "/.") == NULL;
}

/* A folder that is not absolute is to be ignored, says the XDG base directory specification. */
bool set_path(const char *name, char path[SET_PATH_MAX])
{
	const char *folder = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	int length = -1;
	if (*name == '\0' || !set_is_word(name))
		return false;
	if (folder != NULL && folder[0] == '/')
		length = snprintf(path, SET_PATH_MAX, "%s/wane/%s.csv", folder, name);
	else if (home != NULL && home[0] == '/')
		length = snprintf(path, SET_PATH_MAX, "%s/.local/share/wane/%s.csv", home, name);
	return length >= 0 && length < SET_PATH_MAX && access(path, F_OK) == 0;
}
