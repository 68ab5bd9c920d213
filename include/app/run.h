/* `wane run`: training without a screen; records as CSV.
 *
 * The experiment computes the same bits as on the screen. SIGINT, SIGTERM, SIGHUP and SIGQUIT end
 * it between two slices of training or of writing the weights; then no incomplete file is left, and
 * old files are unchanged.
 */
#ifndef APP_RUN_H
#define APP_RUN_H

#include "app/subcommand.h"

int run_command(const struct request *request);

#endif
