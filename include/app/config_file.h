/* The configuration file: $XDG_CONFIG_HOME/wane/config, else $HOME/.config/wane/config.
 *
 * Lines `set NAME VALUE` as at the prompt. Blank lines, lines that begin with # and a byte order
 * mark are ignored. If neither variable is set there is no file; the working directory is never
 * searched.
 */
#ifndef APP_CONFIG_FILE_H
#define APP_CONFIG_FILE_H

#include "app/all_settings.h"

enum { CONFIG_FILE_MAX = 65536 };

/* Reads the user's file into `settings`; a missing file counts as empty. */
bool config_file_load(struct all_settings *settings, struct error *error);

/* The same for a text in memory, which is modified; `path` is for messages. */
bool config_file_parse(
	struct all_settings *settings, const char *path, char *text, struct error *error);

#endif
