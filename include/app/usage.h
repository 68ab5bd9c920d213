/* `wane --help`, derived from the program's tables. */
#ifndef APP_USAGE_H
#define APP_USAGE_H

#include "app/subcommand.h"
#include <stdio.h>

/* `subcommands`: up to a row without name. */
void usage_write(FILE *file, const struct subcommand *subcommands);

#endif
