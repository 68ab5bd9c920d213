/* The configuration file: $XDG_CONFIG_HOME/wane/config, else $HOME/.config/wane/config.
 *
 * Lines `set NAME VALUE` as at the prompt; blank lines and what follows # at the start of a line
 * are passed over, and a byte order mark before the first. Without either variable there is no
 * file: nothing is ever taken from the working directory.
 */
#ifndef APP_CONFIG_FILE_H
#define APP_CONFIG_FILE_H

#include "app/all_settings.h"

enum { CONFIG_FILE_MAX = 65536 };

/* Reads the person's file into `settings`; a file that is not there is as good as an empty one. */
bool config_file_load(struct all_settings *settings, struct error *error);

/* The same for a text in memory, which is cut up; `path` is for messages. */
bool config_file_parse(
	struct all_settings *settings, const char *path, char *text, struct error *error);

#endif
