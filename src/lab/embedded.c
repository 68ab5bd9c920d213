#include "lab/embedded.h"

#include <stdlib.h>
#include <string.h>

/* A table's length is known to its end alone. */
const struct embedded *embedded_at(const struct embedded *table, int index)
{
	if (index < 0)
		return NULL;
	for (; index > 0 && table->name; index--)
		table++;
	return table->name ? table : NULL;
}

const struct embedded *embedded_find(const struct embedded *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

char *embedded_text(const struct embedded *row)
{
	char *text = malloc(row->size + 1);
	if (!text)
		return NULL;
	memcpy(text, row->bytes, row->size);
	text[row->size] = '\0';
	return text;
}
