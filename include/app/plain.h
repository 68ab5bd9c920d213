/* The program as lines of text: for screen readers, logs, and terminals without a cursor.
 *
 * Standard input takes the lines of the prompt; an empty line goes on with a lesson. Standard
 * output gets one sentence for each event: a message, a new verdict, the end of a run, and now and
 * then an epoch. A run begins paused. Lines from a file are read only when what was asked before
 * is done.
 */
#ifndef APP_PLAIN_H
#define APP_PLAIN_H

#include "app/app.h"

/* True if the environment asks for it: ACCESSIBLE is set, or TERM is dumb. */
bool plain_wanted(void);

/* Runs until quit or the end of the input; returns the exit status. */
int plain_run(const struct app_options *options);

#endif
