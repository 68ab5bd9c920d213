/* `wane check`: compares backpropagation with central differences, tensor by tensor.
 *
 * With settings: the network they describe, in double precision, with inputs and targets drawn
 * from the seed. Without settings: a small network for every combination in the tables. The rule is
 * in nn/check.h.
 */
#ifndef APP_CHECK_H
#define APP_CHECK_H

#include "app/subcommand.h"

enum { CHECK_ROWS = 8 }; /* samples in the loss that is differentiated */

int check_command(const struct request *request);

#endif
