/* `wane list`: the program's tables as tab-separated name and help, the keys of all of them, and
 * the manual's parts. */
#ifndef APP_LIST_H
#define APP_LIST_H

#include "app/subcommand.h"

/* All that it can print: the catalogs, then "keys" and "man". NULL past the end. */
const char *list_name(int index);

int list_command(const struct request *request);

#endif
