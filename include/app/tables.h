/* The program's tables check themselves: run by the tests, and at the start of debug builds. */
#ifndef APP_TABLES_H
#define APP_TABLES_H

#include "lab/error.h"
#include <stdbool.h>

/* Names unique, keys unique across settings and actions, defaults parse, choices there, help
 * fits, no key that a terminal keeps for itself. False: error names the row. */
bool tables_check(struct error *error);

/* A row that a key belongs to. */
struct key_owner {
	const char *table; /* "setting" or "action" */
	const char *name;
	const char *what; /* of a setting: which way; of an action: its group */
	const char *help;
};

/* The rows of a key, one after the other; false past the last. */
bool key_owner_at(int key, int index, struct key_owner *out);

/* Walks all keys that a row may have, from key_after(0) on; 0 past the last. */
int key_after(int key);

#endif
