/* The language of the prompt: commands, actions and settings.
 *
 *	set NAME VALUE   NAME=VALUE   NAME VALUE   pane NAME   run N   pause   any action's name
 *
 * A unique prefix of the first word is enough; an exact name beats a prefix.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/action.h"

struct command {
	const char *name, *argument, *help; /* argument: "" if it takes none */
	bool (*run)(const struct context *context, const char *argument, struct error *error);
	bool scripted; /* part of what repeats a session: allowed in scripts */
};

const struct command *command_at(int index); /* NULL past the end */

/* "run [N]" */
void command_usage(const struct command *command, char *out, size_t size);

/* Carries out one line. *action: the action that the line names, for the caller to run, or NULL.
 * False: error says what is wrong. */
bool command_run(const struct context *context, const char *line, const struct action **action,
	struct error *error);

/* Checks a line of a script: a setting, which is set in *known, or an action or command that a
 * script may contain. False: error says what is wrong. */
bool command_check(const char *line, struct all_settings *known, struct error *error);

/* Completes the last word of `line` as far as it is unique. If several completions remain,
 * `choices` lists them, separated by blanks; else it is "". */
void command_complete(const char *line, char *out, size_t size, char *choices, size_t choices_size);

#endif
