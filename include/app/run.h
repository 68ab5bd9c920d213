/* `wane run`: the training without a screen; records as CSV.
 *
 * The same experiment gives the same bytes here and on the screen. SIGINT, SIGTERM, SIGHUP
 * and SIGQUIT end it between two slices, while it trains and while it writes the weights: what is
 * not whole is not left behind, and old files stay.
 */
#ifndef APP_RUN_H
#define APP_RUN_H

#include "app/cli.h"

enum { RUN_EPOCHS = 100 }; /* where epochs=0 would never end */

int run_command(const struct cli_request *request);

#endif
