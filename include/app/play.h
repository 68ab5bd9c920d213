/* `wane play`: repeats a session from its script, on the screen or without one.
 *
 * Without a screen the records of the run, and of every run that was pinned, are written as CSV,
 * bit for bit those of the session. Signals end it as they end `wane run`.
 */
#ifndef APP_PLAY_H
#define APP_PLAY_H

#include "app/app.h"
#include "app/subcommand.h"

/* True if the script is to be played on the screen: the output is a terminal. */
bool play_shows(const struct request *request);

/* Reads the script for the screen. False: error says what is wrong with it. */
bool play_open(const struct request *request, struct app_options *options, struct error *error);

int play_command(const struct request *request);

#endif
