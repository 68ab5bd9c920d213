/* `wane list`: the program's tables as tab-separated name and help, and the manual's parts. */
#ifndef APP_LIST_H
#define APP_LIST_H

#include "app/cli.h"

int list_command(const struct cli_request *request);

#endif
