/* Descriptions of terminals that the terminfo database may not have.
 *
 * Newer terminals (kitty, foot, alacritty, ghostty, ...) bring entries of their own that are not
 * on the machine one logs in to. All of them understand what a few lines here describe. ncurses
 * takes such a description from the environment: TERMINFO=hex:... (from version 6.1 on).
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
	bool newer; /* has a screen of its own for programs, and moves to a row or column */
};

/* The description for a terminal of that name; NULL if such a one cannot move its cursor. */
const struct builtin *builtin_for(const char *terminal);

/* The value of TERMINFO that describes a terminal `builtin->name`. */
void builtin_write(const struct builtin *builtin, char out[BUILTIN_TEXT_MAX]);

/* Puts that into the environment; returns what was there before, for builtin_withdraw(). */
char *builtin_publish(const struct builtin *builtin);
void builtin_withdraw(char *before);

#endif
