/* `wane list`: the program's tables as tab-separated name and help, all keys, and the derived parts
 * of the manual. */
#ifndef APP_LIST_H
#define APP_LIST_H

#include "app/subcommand.h"

/* Names of the lists: the catalogs, then "keys" and "man". NULL past the end. */
const char *list_name(int index);

int list_command(const struct request *request);

#endif
