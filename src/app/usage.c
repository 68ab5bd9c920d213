#include "app/usage.h"

#include "app/catalog.h"
#include "app/list.h"
#include <string.h>

/* The help starts in a fixed column, on the next line if the usage is too long. */
static void usage_line(FILE *file, int indent, int width, const char *usage, const char *help)
{
	if ((int)strlen(usage) > width)
		fprintf(file, "%*s%s\n%*s %s\n", indent, "", usage, indent + width, "", help);
	else
		fprintf(file, "%*s%-*s %s\n", indent, "", width, usage, help);
}

static void usage_options(FILE *file, const struct subcommand *command)
{
	char letter[8] = "", usage[64];
	for (const struct subcommand_option *option = command->option; option && option->name;
		 option++) {
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

void usage_write(FILE *file, const struct subcommand *subcommands)
{
	const struct catalog *settings = catalog_find("settings");
	char pair[64];
	struct item item;
	fputs("wane trains a small neural network in the terminal and shows its gradients.\n\n", file);
	for (const struct subcommand *command = subcommands; command->name; command++) {
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
	fputs("\nFeatures read from a file, and targets that are numbers, are standardized: mean 0 and "
		  "standard\ndeviation 1 over the training set. rmse is the error in the unit of the "
		  "target.\n",
		file);
	fputs("\nOn the screen ? shows help and q quits. Exit status: 0 done, 1 a file failed, 2 wrong "
		  "usage,\n128 + n by signal n.\n",
		file);
}
