/* The data sets that are known by name. See dataset.h. */
#include "lab/dataset.h"

#include "generators.h"
#include "sets.h"

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
	const struct embedded *set = set_at(index - generator_count());
	return generator != NULL ? generator->name : set != NULL ? set->name : NULL;
}

const char *dataset_help(int index)
{
	const struct generator *generator = generator_at(index);
	const struct embedded *set = set_at(index - generator_count());
	return generator != NULL ? generator->help : set != NULL ? set_help(set) : NULL;
}

bool dataset_is_generated(const char *data)
{
	return generator_find(data) != NULL;
}

bool dataset_is_found(const char *data)
{
	char path[SET_PATH_MAX];
	return generator_find(data) == NULL && set_find(data) == NULL && set_path(data, path);
}
