/* The help screen, derived from the program's tables. */
#ifndef APP_HELP_H
#define APP_HELP_H

#include "ui/pane.h"

/* Takes the help line by line: `text` under a heading if keys is NULL, else keys and what they
 * do. Put it first in a struct of your own. */
struct help_writer {
	void (*heading)(struct help_writer *writer, const char *text);
	void (*line)(struct help_writer *writer, const char *keys, const char *text);
};

/* The help screen, beginning with the pane in front. */
void help_write(struct help_writer *writer, const struct pane *pane);

#endif
