/* The parts of the manual page that follow from the program's tables, in mdoc. */
#ifndef APP_MANUAL_H
#define APP_MANUAL_H

#include "app/subcommand.h"
#include <stdio.h>

/* The synopsis, then sections, of which the first begins with .Ss. `subcommands`: up to a row
 * without name. */
void manual_write(FILE *file, const struct subcommand *subcommands);

#endif
