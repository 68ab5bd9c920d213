/* Checks the program's tables: run by the tests, and at the start of debug builds. */
#ifndef APP_TABLES_H
#define APP_TABLES_H

#include "lab/error.h"
#include <stdbool.h>

/* Names are unique, keys are unique across settings and actions, defaults parse, choices exist,
 * help fits its line, no key is reserved by terminals. False: error names the row. */
bool tables_check(struct error *error);

/* The row that has a key. */
struct key_owner {
	const char *table; /* "setting" or "action" */
	const char *name;
	const char *what; /* of a setting: the direction; of an action: its group */
	const char *help;
};

/* Row number `index` of those that have the key; false past the last. */
bool key_owner_at(int key, int index, struct key_owner *out);

/* The next of all keys that a row may have, from key_after(0) on; 0 past the last. */
int key_after(int key);

#endif
