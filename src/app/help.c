#include "app/help.h"

#include "app/catalog.h"
#include "app/cli.h"
#include "app/command.h"
#include "app/list.h"
#include <stdio.h>
#include <string.h>

/* ---- the help screen ---- */

/* True if no earlier action stands under the same heading. */
static bool opens_group(const struct catalog *actions, int index, const char *group)
{
	struct item item;
	for (int i = 0; i < index; i++)
		if (actions->item(i, &item) && strcmp(item.group, group) == 0)
			return false;
	return true;
}

static void write_group(
	struct help_writer *writer, const struct catalog *actions, const char *group)
{
	char heading[64];
	struct item item;
	snprintf(heading, sizeof(heading), "Keys: %s", group);
	writer->heading(writer, heading);
	for (int i = 0; actions->item(i, &item); i++)
		if (strcmp(item.group, group) == 0)
			writer->line(writer, item.keys, item.help);
}

static void write_keys(struct help_writer *writer)
{
	const struct catalog *actions = catalog_find("actions");
	struct item item;
	for (int i = 0; actions->item(i, &item); i++)
		if (opens_group(actions, i, item.group))
			write_group(writer, actions, item.group);
}

static void write_setting_keys(struct help_writer *writer)
{
	const struct catalog *settings = catalog_find("settings");
	char text[200];
	struct item item;
	writer->heading(writer, "Keys: settings (next value, value before)");
	for (int i = 0; settings->item(i, &item); i++) {
		snprintf(text, sizeof(text), "%s: %s", item.name, item.help);
		if (item.keys[0])
			writer->line(writer, item.keys, text);
	}
}

static void command_usage(const struct command *command, char *out, size_t size)
{
	snprintf(
		out, size, "%s%s%s", command->name, command->argument[0] ? " " : "", command->argument);
}

static void write_commands(struct help_writer *writer)
{
	char usage[64];
	writer->heading(writer, "Commands of the prompt (:); a key's action has a name there, too");
	for (int i = 0; command_at(i); i++) {
		command_usage(command_at(i), usage, sizeof(usage));
		writer->line(writer, usage, command_at(i)->help);
	}
}

static void write_names(struct help_writer *writer, const struct catalog *catalog)
{
	struct item item;
	char text[400];
	writer->heading(writer, catalog->title);
	for (int i = 0; catalog->item(i, &item); i++) {
		snprintf(
			text, sizeof(text), "%s%s%s", item.help, item.choices[0] ? ": " : "", item.choices);
		writer->line(writer, item.name, text);
	}
}

void help_write(struct help_writer *writer, const struct pane *pane)
{
	const struct catalog *catalog;
	writer->heading(writer, "In front");
	writer->line(writer, pane->name, pane->help);
	writer->line(writer, "", pane->guide);
	write_keys(writer);
	write_setting_keys(writer);
	write_commands(writer);
	/* keys stand above, by their groups */
	for (int i = 0; (catalog = catalog_at(i)); i++)
		if (catalog != catalog_find("actions"))
			write_names(writer, catalog);
	writer->heading(writer, "Small numbers");
	writer->line(writer, "underflow",
		"Numbers are 32-bit floats, as in the frameworks. What is "
		"smaller than 1e-38 becomes 0; a gradient of 0 is shown as underflow.");
}

/* ---- --help ---- */

/* The help begins in one column: below what is too long to stand before it. */
static void usage_line(FILE *file, int indent, int width, const char *usage, const char *help)
{
	if ((int)strlen(usage) > width)
		fprintf(file, "%*s%s\n%*s %s\n", indent, "", usage, indent + width, "", help);
	else
		fprintf(file, "%*s%-*s %s\n", indent, "", width, usage, help);
}

static void usage_options(FILE *file, const struct cli_command *command)
{
	char letter[8] = "", usage[64];
	for (const struct cli_option *option = command->option; option && option->name; option++) {
		if (option->letter)
			snprintf(letter, sizeof(letter), "-%c ", option->letter);
		snprintf(usage, sizeof(usage), "%s%s%s%s", option->letter ? letter : "", option->name,
			option->argument ? " " : "", option->argument ? option->argument : "");
		usage_line(file, 6, 20, usage, option->help);
	}
}

static void usage_tables(FILE *file)
{
	fputs("      Tables:", file);
	for (int i = 0; list_name(i); i++)
		fprintf(file, " %s", list_name(i));
	fputs("\n", file);
}

void help_usage(FILE *file)
{
	const struct catalog *settings = catalog_find("settings");
	char pair[64];
	struct item item;
	fputs("wane trains a small neural network in the terminal and shows its gradients.\n\n", file);
	for (int i = 0; cli_command_at(i); i++) {
		const struct cli_command *command = cli_command_at(i);
		fprintf(file, "  wane %s%s%s\n      %s\n", command->name, command->name[0] ? " " : "",
			command->operands, command->help);
		usage_options(file, command);
	}
	usage_tables(file);
	fputs("  wane --help | --version\n\nSettings with their defaults; a unique prefix of a name "
		  "or value is enough:\n\n",
		file);
	for (int i = 0; settings->item(i, &item); i++) {
		snprintf(pair, sizeof(pair), "%s=%s", item.name, item.initial);
		usage_line(file, 2, 21, pair, item.help);
		if (item.choices[0])
			usage_line(file, 2, 21, "", item.choices);
	}
	fputs(
		"\nFeatures read from a file, and targets that are numbers, are standardized: mean 0 and "
		"standard\ndeviation 1 over the points to train on. rmse is the error in the target's own "
		"unit.\n",
		file);
	fputs("\nOn the screen ? is help and q quits. Exit status: 0 done, 1 a file failed, 2 wrong "
		  "usage,\n128 + n by signal n.\n",
		file);
}

/* ---- the manual ---- */

/* What mdoc would take for an escape or a typographic mark, and how it is written instead. */
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

/* Text as mdoc reads it back, in lines of bounded length; nothing in it begins a request. */
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

/* `\&` before the tag keeps mdoc from taking a key such as `.` or `:` for punctuation. */
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

static void manual_command_line(FILE *file)
{
	char usage[128];
	fputs(".Ss Options\n.Bl -tag -width Ds -compact\n", file);
	for (int i = 0; cli_command_at(i); i++) {
		const struct cli_command *command = cli_command_at(i);
		const struct cli_option *option = command->option;
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

void help_manual(FILE *file)
{
	manual_command_line(file);
	for (int i = 0; catalog_at(i); i++)
		manual_catalog(file, catalog_at(i));
}
