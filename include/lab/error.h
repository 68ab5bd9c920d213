/* One line saying what went wrong, for the person who has to mend it.
 *
 * The user's mistakes and a broken world travel as a struct error in the caller's memory; a
 * programmer's mistake is an assert. The text names file, line, what was found and what was
 * expected where these exist; it may quote foreign bytes and is cleaned when shown.
 */
#ifndef LAB_ERROR_H
#define LAB_ERROR_H

#include <stdbool.h>

enum {
	STATUS_DONE = 0,
	STATUS_WORLD = 1, /* a file or the world failed, unreadable content included */
	STATUS_USAGE = 2, /* wrong command line, config, name or value */
};

struct error {
	int status;
	char text[600];
};

/* Fills `error` (may be NULL) and returns false, so that `return error_set(...)` reads well. */
bool error_set(struct error *error, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
