/* `wane lesson` and `wane preset`: on the screen, or with --check without one.
 *
 * --check carries out a lesson or preset as a student would who goes on at every stop, with the
 * seeds 1 to 5 or the one that the file fixes. For each seed with which a claim (`expect`, `until`)
 * does not hold it prints a line; exit status 1 if there is one.
 */
#ifndef APP_LESSON_COMMAND_H
#define APP_LESSON_COMMAND_H

#include "app/app.h"
#include "app/subcommand.h"

bool lesson_shows(const struct request *request);
bool lesson_open(const struct request *request, struct app_options *options, struct error *error);
int lesson_command(const struct request *request);

bool preset_open(const struct request *request, struct app_options *options, struct error *error);
int preset_command(const struct request *request);

#endif
