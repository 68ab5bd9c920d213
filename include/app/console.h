/* Messages to stderr and the end of stdout, for everything that runs without the screen. */
#ifndef APP_CONSOLE_H
#define APP_CONSOLE_H

#include "lab/error.h"
#include <stdio.h>

/* Writes the text as far as a terminal may get it: control characters are made visible; in a locale
 * other than UTF-8 the text is reduced to ASCII. */
void console_write(FILE *file, const char *text);

/* Writes "wane: TEXT" to stderr in this way. Every message about a name, a value or a file is
 * written here. */
void console_say(const char *text);

/* Writes the error's text; returns its status. */
int console_complain(const struct error *error);

/* Flushes stdout. Returns the exit status: 0; 1 and a message if it cannot be written; 141 without
 * a message if the reader has closed it. */
int console_finish_output(void);

#endif
