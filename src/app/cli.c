#include "app/cli.h"

#include "app/advise.h"
#include "app/bench.h"
#include "app/check.h"
#include "app/config_file.h"
#include "app/console.h"
#include "app/lesson_command.h"
#include "app/list.h"
#include "app/plain.h"
#include "app/play.h"
#include "app/run.h"
#include "app/tables.h"
#include "app/usage.h"
#include "lab/text.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#ifndef WANE_VERSION
#define WANE_VERSION "0.1.0"
#endif

/* ---- options ---- */

static bool parse_count(const char *option, const char *value, int *out, struct error *error)
{
	double number;
	if (!number_parse(value, strlen(value), &number) || number < 1 || number > 2e9 ||
		number != floor(number))
		return error_set(error, STATUS_USAGE,
			"%s: found '%s', expected a whole number from 1 to 2000000000", option, value);
	*out = (int)number;
	return true;
}

static bool set_epochs(struct request *request, const char *value, struct error *error)
{
	return parse_count("--epochs", value, &request->settings.config.epochs, error);
}

static bool set_trial_epochs(struct request *request, const char *value, struct error *error)
{
	return parse_count("--epochs", value, &request->epochs, error);
}

static bool set_after(struct request *request, const char *value, struct error *error)
{
	return parse_count("--after", value, &request->after, error);
}

static bool set_every(struct request *request, const char *value, struct error *error)
{
	return parse_count("--every", value, &request->every, error);
}

static bool set_change(struct request *request, const char *value, struct error *error)
{
	return changes_add(&request->changes, value, error);
}

static bool set_twin(struct request *request, const char *value, struct error *error)
{
	struct config scratch = config_default();
	request->twin = value;
	return run_twin_settings(value, &scratch, error);
}

static bool set_output(struct request *request, const char *value, struct error *error)
{
	request->output = value;
	return value[0] || error_set(error, STATUS_USAGE, "--output: found '', expected a file name");
}

static bool set_save(struct request *request, const char *value, struct error *error)
{
	request->weights = value;
	return value[0] || error_set(error, STATUS_USAGE, "--save: found '', expected a file name");
}

static bool set_picture(struct request *request, const char *value, struct error *error)
{
	request->picture = value;
	return value[0] || error_set(error, STATUS_USAGE, "--svg: found '', expected a file name");
}

static bool set_quick(struct request *request, const char *value, struct error *error)
{
	(void)value;
	(void)error;
	request->quick = true;
	return true;
}

static bool set_plain(struct request *request, const char *value, struct error *error)
{
	(void)value;
	(void)error;
	request->plain = true;
	return true;
}

static bool set_check(struct request *request, const char *value, struct error *error)
{
	(void)value;
	(void)error;
	request->check = true;
	return true;
}

#define OUTPUT_OPTION \
	{ \
		"--output", 'o', "FILE", "write to FILE (replaced atomically)", set_output \
	}

static const struct subcommand_option run_options[] = {
	{"--epochs", 0, "N", "train N epochs; same as epochs=N", set_epochs},
	{"--at", 0, "EPOCH:NAME=VALUE",
		"change a setting after EPOCH epochs, or EPOCH:restart; repeatable", set_change},
	{"--twin", 0, "'NAME=VALUE ...'",
		"a second run beside it, with these changes; column run: first, twin", set_twin},
	{"--every", 0, "K", "write every K-th epoch, and always the first and the last", set_every},
	OUTPUT_OPTION,
	{"--save", 0, "FILE", "write the weights of the last epoch to FILE", set_save},
	{"--svg", 0, "FILE", "draw loss, gradients and their history to FILE", set_picture},
	{.name = NULL},
};

static const struct subcommand_option advise_options[] = {
	{"--after", 0, "N", "train the network for N epochs first (default 100)", set_after},
	{"--epochs", 0, "N", "train every remedy for N epochs (default 100)", set_trial_epochs},
	OUTPUT_OPTION,
	{.name = NULL},
};

static const struct subcommand_option play_options[] = {
	OUTPUT_OPTION,
	{.name = NULL},
};

#define PLAIN_OPTION \
	{ \
		"--plain", 0, NULL, "lines of text in and out instead of a screen, to be read aloud", \
			set_plain \
	}

static const struct subcommand_option screen_options[] = {
	PLAIN_OPTION,
	{.name = NULL},
};

static const struct subcommand_option lesson_options[] = {
	PLAIN_OPTION,
	{"--check", 0, NULL, "no screen: check what the file claims, with seeds 1 to 5", set_check},
	{.name = NULL},
};

static const struct subcommand_option bench_options[] = {
	{"--quick", 0, NULL, "fewer networks and shorter measurements: less precise", set_quick},
	OUTPUT_OPTION,
	{.name = NULL},
};

/* clang-format off */
static const struct subcommand subcommands[] = {
	{.name = "", .operands = "[--plain] [NAME=VALUE ...]", .settings = true,
	  .help = "train on the screen; keys change the settings meanwhile",
	  .option = screen_options},
	{.name = "run", .operands = "[OPTIONS] [NAME=VALUE ...]", .settings = true,
	  .help = "train without a screen; write the records as CSV (default 100 epochs)",
	  .option = run_options, .run = run_command},
	{.name = "advise", .operands = "[OPTIONS] [NAME=VALUE ...]", .settings = true,
	  .help = "try remedies on copies of a trained network; write the results as CSV",
	  .option = advise_options, .run = advise_command},
	{.name = "play", .operands = "[OPTIONS] FILE",
	  .help = "repeat a session that :save has written; without a terminal, write its records",
	  .option = play_options, .run = play_command, .shows = play_shows, .open = play_open},
	{.name = "lesson", .operands = "[OPTIONS] NAME|FILE",
	  .help = "give a lesson on the screen: text beside a real run, and questions before it",
	  .option = lesson_options, .run = lesson_command, .shows = lesson_shows,
	  .open = lesson_open},
	{.name = "preset", .operands = "[OPTIONS] NAME|FILE",
	  .help = "train a set-up that is known to work, or not to, on the screen",
	  .option = lesson_options, .run = preset_command, .shows = lesson_shows,
	  .open = preset_open},
	{.name = "check", .operands = "[NAME=VALUE ...]", .settings = true,
	  .help = "compare backpropagation with central differences; exit status 1 if they differ",
	  .run = check_command},
	{.name = "bench", .operands = "[OPTIONS] [NAME=VALUE ...]", .settings = true,
	  .help = "measure the time of an epoch and the processor's peak speed; write CSV",
	  .option = bench_options, .run = bench_command},
	{.name = "list", .operands = "NAME",
	  .help = "print one of the program's tables: names and help, separated by a tab",
	  .run = list_command},
	{.name = NULL},
};
/* clang-format on */

static const struct subcommand *find_subcommand(const char *name)
{
	for (const struct subcommand *row = subcommands; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

/* ---- arguments ---- */

struct arguments {
	char **next; /* NULL at the end */
	const struct subcommand *command;
	struct request *request;
	bool operands_only; /* after -- */
	struct settings_list list;
};

/* Matches "--name", "--name=value", "-l", "-lvalue"; *value is the attached value, or NULL. */
static bool option_matches(
	const struct subcommand_option *option, const char *text, const char **value)
{
	size_t length = strlen(option->name);
	*value = NULL;
	if (text[1] != '-') {
		*value = text[2] ? text + 2 : NULL;
		return option->letter && text[1] == option->letter;
	}
	if (strncmp(text, option->name, length) != 0)
		return false;
	*value = text[length] == '=' ? text + length + 1 : NULL;
	return text[length] == '\0' || text[length] == '=';
}

static bool take_option(struct arguments *arguments, const char *text, struct error *error)
{
	const struct subcommand_option *option = arguments->command->option;
	const char *value;
	while (option && option->name && !option_matches(option, text, &value))
		option++;
	if (!option || !option->name)
		return error_set(error, STATUS_USAGE, "no option '%s'; see wane --help", text);
	if (!option->argument && value)
		return error_set(error, STATUS_USAGE, "%s: takes no value", text);
	if (option->argument && !value)
		value = *arguments->next ? *arguments->next++ : NULL;
	if (option->argument && !value)
		return error_set(error, STATUS_USAGE, "%s: expected %s", text, option->argument);
	return option->set(arguments->request, value, error);
}

static bool take_operand(struct arguments *arguments, char *text, struct error *error)
{
	struct request *request = arguments->request;
	if (arguments->command->settings)
		return settings_list_pair(&arguments->list, &request->settings, text, error);
	if (request->operand)
		return error_set(error, STATUS_USAGE, "%s: expected one name, found '%s' too",
			arguments->command->name, text);
	request->operand = text;
	return true;
}

static bool take_arguments(struct arguments *arguments, struct error *error)
{
	while (*arguments->next) {
		char *text = *arguments->next++;
		bool option = !arguments->operands_only && text[0] == '-' && text[1];
		if (option && strcmp(text, "--") == 0)
			arguments->operands_only = true;
		else if (option ? !take_option(arguments, text, error)
						: !take_operand(arguments, text, error))
			return false;
	}
	settings_list_end(&arguments->list, &arguments->request->settings.config);
	return true;
}

/* For a first word that has no `=` and is not a command, the error lists the commands. */
static bool find_first(char **argv, const struct subcommand **command, struct error *error)
{
	char names[120] = "";
	size_t used = 0;
	*command = &subcommands[0];
	if (!argv[0] || argv[0][0] == '-' || strchr(argv[0], '='))
		return true;
	*command = argv[0][0] ? find_subcommand(argv[0]) : NULL;
	if (*command)
		return true;
	for (const struct subcommand *row = subcommands + 1; row->name && used < sizeof(names); row++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, " %s", row->name);
	return error_set(
		error, STATUS_USAGE, "found '%s', expected NAME=VALUE or a command:%s", argv[0], names);
}

static bool wants(char **argv, const char *option)
{
	for (; *argv && strcmp(*argv, "--") != 0; argv++)
		if (strcmp(*argv, option) == 0)
			return true;
	return false;
}

static bool read_arguments(
	char **argv, struct request *request, const struct subcommand **command, struct error *error)
{
	request->settings = all_settings_default();
	/* NULL: chosen by the terminal. */
	request->settings.screen.glyphs = request->settings.screen.colors = NULL;
	request->subcommands = subcommands;
	request->every = 1;
	request->after = ADVISE_AFTER;
	request->epochs = ADVISE_EPOCHS;
	if (!find_first(argv, command, error))
		return false;
	if ((*command)->settings && !config_file_load(&request->settings, error))
		return false;
	struct arguments arguments = {
		.next = argv + ((*command)->name[0] != '\0'),
		.command = *command,
		.request = request,
		.list = settings_list_begin(&request->settings.config),
	};
	return take_arguments(&arguments, error);
}

bool cli_run(int argc, char **argv, struct app_options *options, int *status)
{
	struct request request = {.output = NULL};
	const struct subcommand *command;
	struct error error = {STATUS_DONE, ""};
#ifndef NDEBUG
	if (!tables_check(&error)) {
		console_complain(&error);
		assert(!"the tables hold together");
	}
#endif
	argv += argc > 0;
	*status = STATUS_DONE;
	if (wants(argv, "--help") || wants(argv, "-h") || wants(argv, "--version")) {
		if (!wants(argv, "--version"))
			usage_write(stdout, subcommands);
		else
			puts("wane " WANE_VERSION);
		*status = console_finish_output();
		return false;
	}
	if (!read_arguments(argv, &request, &command, &error)) {
		*status = console_complain(&error);
		return false;
	}
	if (command->run && !(command->shows && command->shows(&request))) {
		*status = command->run(&request);
		return false;
	}
	options->settings = request.settings;
	options->plain = request.plain || plain_wanted();
	if (command->open && !command->open(&request, options, &error)) {
		*status = console_complain(&error);
		return false;
	}
	return true;
}
