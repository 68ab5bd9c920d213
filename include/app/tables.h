/* The program's tables check themselves: run by the tests, and at the start of debug builds. */
#ifndef APP_TABLES_H
#define APP_TABLES_H

#include "lab/error.h"

/* Names unique, keys unique across settings and actions, defaults parse, choices there, help
 * fits, no key that a terminal keeps for itself. False: error names the row. */
bool tables_check(struct error *error);

#endif
