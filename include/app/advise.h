/* `wane advise`: trains a network, tries every remedy on a copy of it, and prints what each
 * reached, best first, as CSV.
 */
#ifndef APP_ADVISE_H
#define APP_ADVISE_H

#include "app/subcommand.h"

enum { ADVISE_AFTER = 100, ADVISE_EPOCHS = 100 };

int advise_command(const struct request *request);

#endif
