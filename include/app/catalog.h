/* The lists behind help, completion, `wane list` and the manual.
 *
 * Each is derived from a table of the program. To add one: a function and a row
 * in catalog.c.
 */
#ifndef APP_CATALOG_H
#define APP_CATALOG_H

#include <stdbool.h>

struct item {
	const char *name, *help;
	const char *group;   /* actions and settings: their heading; else NULL */
	const char *initial; /* settings: the default; else NULL */
	char keys[64];       /* "" if it has none */
	char choices[160];   /* of a setting: its values, "" if they are a table or numbers; of an
	                        optimizer: its constants; of a remedy: the settings it changes */
};

struct catalog {
	const char *name;                          /* as `wane list` takes it */
	const char *title;                         /* as a heading */
	bool (*item)(int index, struct item *out); /* false past the end */
	int help_max; /* columns of help; fewer where keys and a name precede it */
};

const struct catalog *catalog_at(int index);          /* NULL past the end */
const struct catalog *catalog_find(const char *name); /* NULL if unknown */

#endif
