/* The command line: everything that happens before and without the screen.
 *
 * stdout is data, stderr is talk. Sub-commands and options are tables in cli.c, from which
 * --help and the manual are derived.
 */
#ifndef APP_CLI_H
#define APP_CLI_H

#include "app/app.h"
#include "app/changes.h"

/* What the options say; a sub-command reads those of its own row. */
struct cli_request {
	struct all_settings settings;
	const char *output;     /* -o FILE; NULL: stdout */
	const char *weights;    /* --save FILE; NULL: not */
	int every;              /* --every K */
	struct changes changes; /* --at EPOCH:NAME=VALUE */
	int after, epochs;      /* of `advise`: --after N, --epochs N */
	bool quick;             /* --quick */
	const char *operand;    /* of `list`; NULL if missing */
};

struct cli_option {
	const char *name;     /* "--epochs" */
	char letter;          /* 0: none */
	const char *argument; /* NULL if it takes none */
	const char *help;
	/* value: NULL if it takes none */
	bool (*set)(struct cli_request *request, const char *value, struct error *error);
};

struct cli_command {
	const char *name;     /* "" is the screen itself */
	const char *operands; /* for the synopsis */
	const char *help;
	bool settings;                   /* takes NAME=VALUE, and so reads the configuration file */
	const struct cli_option *option; /* up to one without name; NULL: none */
	int (*run)(const struct cli_request *request); /* returns the exit status */
};

const struct cli_command *cli_command_at(int index); /* NULL past the end */

/* Reads the configuration file and the command line. True: the interactive screen is wanted and
 * `options` says how. False: all is done, *status is the exit status. */
bool cli_run(int argc, char **argv, struct app_options *options, int *status);

/* "wane: TEXT" on stderr, made safe to show: in a locale other than UTF-8, in seven bits. All that
 * is said on stderr about a name, a value or a file goes this way. */
void cli_say(const char *text);

/* Says what the error says; returns its status. */
int cli_complain(const struct error *error);

/* Flushes stdout and says how it went: 0, 1 with a word, 141 if nobody reads any more. */
int cli_finish_output(void);

#endif
