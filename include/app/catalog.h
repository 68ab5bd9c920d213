/* The lists that help, completion, `wane list` and the manual are made of.
 *
 * Each walks a table of the program, so none is kept by hand. To add one: a function and a row
 * in catalog.c.
 */
#ifndef APP_CATALOG_H
#define APP_CATALOG_H

#include <stdbool.h>

struct item {
	const char *name, *help;
	const char *group;   /* actions: the heading they stand under; else NULL */
	const char *initial; /* settings: the default; else NULL */
	char keys[64];       /* "" if it has none */
	char choices[160];   /* of a setting what it may be, "" if that is a table or a number; of an
	                        optimizer its constants; of a remedy what it sets */
};

struct catalog {
	const char *name;                          /* as `wane list` takes it */
	const char *title;                         /* as a heading */
	bool (*item)(int index, struct item *out); /* false past the end */
	int help_max; /* columns of help: less where keys and a name stand before it */
};

const struct catalog *catalog_at(int index);          /* NULL past the end */
const struct catalog *catalog_find(const char *name); /* NULL if unknown */

#endif
