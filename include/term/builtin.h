/* Descriptions of terminals that the terminfo database may not have.
 *
 * The entries of newer terminals (kitty, foot, alacritty, ghostty, ...) are often missing on remote
 * machines. All these terminals understand the few capabilities described here. ncurses takes a
 * description from the environment: TERMINFO=hex:... (from version 6.1 on).
 */
#ifndef TERM_BUILTIN_H
#define TERM_BUILTIN_H

#include <stdbool.h>
#include <stddef.h>

enum { BUILTIN_TEXT_MAX = 8192 };

struct builtin {
	const char *name; /* for ncurses */
	const char *like; /* for people: "like ..." */
	int colors;
	bool newer; /* has an alternate screen, and moves to a row or column */
};

/* The description for a terminal of this name; NULL if it cannot move its cursor. */
const struct builtin *builtin_for(const char *terminal);

/* The value of TERMINFO that describes a terminal `builtin->name`. */
void builtin_write(const struct builtin *builtin, char out[BUILTIN_TEXT_MAX]);

/* Sets TERMINFO to it; returns the old value, for builtin_withdraw(). */
char *builtin_publish(const struct builtin *builtin);
void builtin_withdraw(char *before);

#endif
