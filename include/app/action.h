/* Actions: one row has the name, keys, function and help of one.
 *
 * The keys of settings are in the tables of settings. To add an action: one function and one
 * row in action.c; the help screen, the hints, the prompt, `wane list actions` and the manual
 * follow.
 */
#ifndef APP_ACTION_H
#define APP_ACTION_H

#include "app/app_state.h"
#include "app/context.h"

enum { ACTION_KEYS = 4 };

struct action {
	const char *name;
	int key[ACTION_KEYS]; /* the one without modifier or function key first; 0: none */
	int through;          /* last of a range of keys that key[0] begins; 0: no range */
	const char *group;
	const char *help;
	const char *hint; /* word in the line of key hints; NULL: not shown there */
	int hint_place;   /* where space is short, the highest are dropped first */
	enum app_state (*run)(const struct context *context); /* NULL: a movement, see `move` */
	struct move move;
	bool essential; /* cannot be hidden: without it one would be lost */
	bool scripted;  /* part of what repeats a session: allowed in scripts */
};

const struct action *action_at(int index); /* NULL past the end */
int action_count(void);
const struct action *action_for_key(int key); /* NULL if it has none */
bool action_has_key(const struct action *action, int key);

/* "Space p F5" */
void action_keys(const struct action *action, char *out, size_t size);

#endif
