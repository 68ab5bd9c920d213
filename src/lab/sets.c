#include "sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Images by another name. */
static const struct {
	const char *name, *of, *help;
} sequences[] = {
	{"digit-rows", "digits", "sequence: the rows of handwritten digits"},
};

static const char *title_of_target(const struct embedded *file)
{
	const char *comma = strrchr(file->first_line, ',');
	return comma != NULL ? comma + 1 : file->first_line;
}

static const struct embedded *file_of(const char *name)
{
	const struct embedded *file = embedded_sets;
	while (file->name != NULL && strcmp(file->name, name) != 0)
		file++;
	return file->name != NULL ? file : NULL;
}

bool set_at(int index, struct set *set)
{
	const struct embedded *file = embedded_sets;
	if (index < 0)
		return false;
	for (; index > 0 && file->name != NULL; index--)
		file++;
	if (file->name != NULL) {
		*set = (struct set){file->name, title_of_target(file), file, false};
		return true;
	}
	if (index >= (int)(sizeof(sequences) / sizeof(sequences[0])))
		return false;
	*set = (struct set){
		sequences[index].name, sequences[index].help, file_of(sequences[index].of), true};
	return true;
}

bool set_find(const char *name, struct set *set)
{
	for (int i = 0; set_at(i, set); i++)
		if (strcmp(set->name, name) == 0)
			return true;
	return false;
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
