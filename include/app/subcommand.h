/* A row of the table of sub-commands, and what the command line asks of one.
 *
 * Data goes to stdout, messages go to stderr.
 */
#ifndef APP_SUBCOMMAND_H
#define APP_SUBCOMMAND_H

#include "app/all_settings.h"
#include "app/changes.h"

/* The values of all options; a sub-command reads those of its own row. */
struct request {
	struct all_settings settings;
	const char *output;     /* -o FILE; NULL: stdout */
	const char *weights;    /* --save FILE; NULL: not */
	const char *picture;    /* --svg FILE; NULL: not */
	int every;              /* --every K */
	struct changes changes; /* --at EPOCH:NAME=VALUE */
	const char *twin;       /* --twin 'NAME=VALUE ...'; NULL: no second run */
	int after, epochs;      /* of `advise`: --after N, --epochs N */
	bool plain;             /* --plain */
	bool check;             /* --check */
	bool quick;             /* --quick */
	const char *operand;    /* of `list`, `play`, `lesson`, `preset`; NULL if missing */
	const struct subcommand *subcommands; /* all of them, for the manual */
};

struct app_options;

struct subcommand_option {
	const char *name;     /* "--epochs" */
	char letter;          /* 0: none */
	const char *argument; /* NULL if it takes none */
	const char *help;
	/* value: NULL if it takes none */
	bool (*set)(struct request *request, const char *value, struct error *error);
};

struct subcommand {
	const char *name;     /* "" is the screen itself; NULL ends the table */
	const char *operands; /* for the synopsis */
	const char *help;
	bool settings; /* takes NAME=VALUE, and so reads the configuration file */
	const struct subcommand_option *option;    /* up to one without name; NULL: none */
	int (*run)(const struct request *request); /* returns the exit status */
	/* NULL, or: true if the screen does it instead, after open() */
	bool (*shows)(const struct request *request);
	bool (*open)(const struct request *request, struct app_options *options, struct error *error);
};

#endif
