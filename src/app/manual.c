#include "app/manual.h"

#include "app/catalog.h"
#include "app/command.h"
#include <string.h>

/* Characters that mdoc interprets, and how they are escaped. */
/* clang-format off */
static const struct {
	char plain;
	const char *written;
} manual_mark[] = {
	{'\\', "\\e"}, {'-', "\\-"}, {'^', "\\(ha"}, {'\'', "\\(aq"}, {'~', "\\(ti"},
	{'`', "\\(ga"},
};
/* clang-format on */

static void manual_character(FILE *file, char c)
{
	for (size_t i = 0; i < sizeof(manual_mark) / sizeof(manual_mark[0]); i++) {
		if (c == manual_mark[i].plain) {
			fputs(manual_mark[i].written, file);
			return;
		}
	}
	fputc(c, file);
}

/* Writes escaped text in lines of limited length; no line can begin a request. */
static void manual_text(FILE *file, const char *text)
{
	enum { LINE = 60 };
	int column = 0;
	for (; *text; text++) {
		if (column == 0 && (*text == '.' || *text == '\''))
			fputs("\\&", file);
		bool ends = *text == ' ' && column >= LINE;
		manual_character(file, ends ? '\n' : *text);
		column = ends ? 0 : column + 1;
	}
	fputc('\n', file);
}

/* `\&` before the tag, because mdoc takes a key such as `.` or `:` for punctuation. */
static void manual_item(FILE *file, const char *tag, const char *value, const char *text)
{
	fputs(".It Li \\&", file);
	if (value) {
		char pair[128];
		snprintf(pair, sizeof(pair), "%s=%s", tag, value);
		manual_text(file, pair);
	} else {
		manual_text(file, tag);
	}
	manual_text(file, text);
}

static void manual_catalog(FILE *file, const struct catalog *catalog)
{
	bool keys = strcmp(catalog->name, "actions") == 0;
	char text[400];
	struct item item;
	fprintf(file, ".Ss %s\n.Bl -tag -width Ds -compact\n", catalog->title);
	for (int i = 0; catalog->item(i, &item); i++) {
		if (keys)
			snprintf(text, sizeof(text), "%s (%s)", item.help, item.name);
		else if (item.keys[0])
			snprintf(text, sizeof(text), "%s; %s %s", item.help,
				strchr(item.keys, ' ') ? "keys" : "key", item.keys);
		else
			snprintf(text, sizeof(text), "%s", item.help);
		size_t used = strlen(text);
		if (item.choices[0])
			snprintf(text + used, sizeof(text) - used, "; %s", item.choices);
		manual_item(file, keys ? item.keys : item.name, item.initial, text);
	}
	fputs(".El\n", file);
}

/* The arguments of a macro: in one line. */
static void manual_words(FILE *file, const char *text)
{
	for (; *text; text++)
		manual_character(file, *text);
}

static void manual_option(FILE *file, const struct subcommand_option *option)
{
	const char letter[] = {option->letter, '\0'};
	fputs(".Op Fl ", file);
	manual_words(file, option->letter ? letter : option->name + 1);
	if (option->argument) {
		fputs(" Ar ", file);
		manual_words(file, option->argument);
	}
	fputc('\n', file);
}

static void manual_synopsis(FILE *file, const struct subcommand *command)
{
	const struct subcommand_option *option = command->option;
	const char *last = strrchr(command->operands, ' ');
	fputs(".Nm\n", file);
	if (command->name[0])
		fprintf(file, ".Cm %s\n", command->name);
	for (; option && option->name; option++)
		manual_option(file, option);
	if (command->settings)
		fputs(".Op Ar NAME Ns = Ns Ar VALUE ...\n", file);
	else
		fprintf(file, ".Ar %s\n", last ? last + 1 : command->operands);
}

static void manual_command_line(FILE *file, const struct subcommand *subcommands)
{
	char usage[128];
	fputs(".Ss Options\n.Bl -tag -width Ds -compact\n", file);
	for (const struct subcommand *command = subcommands; command->name; command++) {
		const struct subcommand_option *option = command->option;
		for (; option && option->name; option++) {
			snprintf(usage, sizeof(usage), "wane %s %s%s%s", command->name, option->name,
				option->argument ? " " : "", option->argument ? option->argument : "");
			manual_item(file, usage, NULL, option->help);
		}
	}
	fputs(".El\n.Ss Prompt\n.Bl -tag -width Ds -compact\n", file);
	for (int i = 0; command_at(i); i++) {
		command_usage(command_at(i), usage, sizeof(usage));
		manual_item(file, usage, NULL, command_at(i)->help);
	}
	fputs(".El\n", file);
}

void manual_write(FILE *file, const struct subcommand *subcommands)
{
	for (const struct subcommand *command = subcommands; command->name; command++)
		manual_synopsis(file, command);
	manual_command_line(file, subcommands);
	for (int i = 0; catalog_at(i); i++)
		manual_catalog(file, catalog_at(i));
}
