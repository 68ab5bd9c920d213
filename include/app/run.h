/* `wane run`: training without a screen; records as CSV.
 *
 * The experiment computes the same bits as on the screen. SIGINT, SIGTERM, SIGHUP and SIGQUIT end
 * it between two slices of training or of writing the weights; then no incomplete file is left, and
 * old files are unchanged.
 */
#ifndef APP_RUN_H
#define APP_RUN_H

#include "app/subcommand.h"

/* Makes the changes of --twin, NAME=VALUE separated by blanks, in *config. False: error names the
 * option and says what is wrong. */
bool run_twin_settings(const char *text, struct config *config, struct error *error);

int run_command(const struct request *request);

#endif
