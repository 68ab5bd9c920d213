#include "sets.h"

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

static int file_count(void)
{
	int count = 0;
	while (embedded_at(embedded_sets, count) != NULL)
		count++;
	return count;
}

bool set_at(int index, struct set *set)
{
	const int files = file_count();
	const struct embedded *file = embedded_at(embedded_sets, index);
	if (file != NULL) {
		*set = (struct set){file->name, title_of_target(file), file, false};
		return true;
	}
	if (index < 0 || index - files >= (int)(sizeof(sequences) / sizeof(sequences[0])))
		return false;
	*set = (struct set){sequences[index - files].name, sequences[index - files].help,
		embedded_find(embedded_sets, sequences[index - files].of), true};
	return true;
}

bool set_find(const char *name, struct set *set)
{
	for (int i = 0; set_at(i, set); i++)
		if (strcmp(set->name, name) == 0)
			return true;
	return false;
}

bool set_path(const char *name, char path[USER_PATH_MAX])
{
	return user_path("", name, "csv", path) && access(path, F_OK) == 0;
}
