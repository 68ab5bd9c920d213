/* The command line: everything that happens before and without the screen.
 *
 * Sub-commands and options are tables in cli.c, from which --help and the manual are derived.
 */
#ifndef APP_CLI_H
#define APP_CLI_H

#include "app/app.h"

/* Reads the configuration file and the command line. True: the interactive screen is wanted and
 * `options` says how. False: all is done, *status is the exit status. */
bool cli_run(int argc, char **argv, struct app_options *options, int *status);

#endif
