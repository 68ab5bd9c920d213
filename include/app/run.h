/* `wane run`: the training without a screen; records as CSV.
 *
 * The same experiment gives the same bytes here and on the screen. SIGINT, SIGTERM, SIGHUP
 * and SIGQUIT end it between two slices, while it trains and while it writes the weights: what is
 * not whole is not left behind, and old files stay.
 */
#ifndef APP_RUN_H
#define APP_RUN_H

#include "app/subcommand.h"

int run_command(const struct request *request);

#endif
