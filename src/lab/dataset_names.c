/* The data sets that are known by name. See dataset.h. */
#include "lab/dataset.h"

#include "generators.h"
#include "sets.h"

#include <string.h>

static int generator_count(void)
{
	int count = 0;
	while (generator_at(count) != NULL)
		count++;
	return count;
}

const char *dataset_name(int index)
{
	const struct generator *generator = generator_at(index);
	struct set set;
	if (generator != NULL)
		return generator->name;
	return set_at(index - generator_count(), &set) ? set.name : NULL;
}

const char *dataset_help(int index)
{
	const struct generator *generator = generator_at(index);
	struct set set;
	if (generator != NULL)
		return generator->help;
	return set_at(index - generator_count(), &set) ? set.help : NULL;
}

/* Images have the titles that the head of dataset.h names. */
int dataset_kinds(const char *data)
{
	static const char first_pixel[] = "row 1 column 1,";
	const struct generator *generator = generator_find(data);
	struct set set;
	if (generator != NULL)
		return generator->sequence != NULL ? DATA_SEQUENCES : DATA_POINTS;
	if (!set_find(data, &set))
		return DATA_POINTS | DATA_IMAGES;
	if (set.rows_are_steps)
		return DATA_SEQUENCES;
	bool image = strncmp(set.file->first_line, first_pixel, strlen(first_pixel)) == 0;
	return image ? DATA_IMAGES : DATA_POINTS;
}

bool dataset_is_generated(const char *data)
{
	return generator_find(data) != NULL;
}

bool dataset_is_found(const char *data)
{
	char path[USER_PATH_MAX];
	struct set set;
	return generator_find(data) == NULL && !set_find(data, &set) && set_path(data, path);
}
