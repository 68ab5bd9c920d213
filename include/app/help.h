/* The help screen, derived from the program's tables. */
#ifndef APP_HELP_H
#define APP_HELP_H

#include "app/hidden.h"
#include "ui/pane.h"

/* Receives the help line by line. keys: "" if the text takes the whole width. Make it the first
 * member of your own struct. */
struct help_writer {
	void (*heading)(struct help_writer *writer, const char *text);
	void (*line)(struct help_writer *writer, const char *keys, const char *text);
};

/* The help screen, beginning with the focused pane and its numbers as they are in `picture` (NULL:
 * without them), and without what is hidden. */
void help_write(struct help_writer *writer, const struct pane *pane, const struct picture *picture,
	const struct hidden *hidden);

#endif
