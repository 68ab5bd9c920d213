#include "app/help.h"

#include "app/catalog.h"
#include "app/command.h"
#include "ui/formula.h"
#include <stdio.h>
#include <string.h>

/* True if no earlier action has the same heading. */
static bool opens_group(const struct catalog *actions, int index, const char *group)
{
	struct item item;
	for (int i = 0; i < index; i++)
		if (actions->item(i, &item) && strcmp(item.group, group) == 0)
			return false;
	return true;
}

static void write_group(struct help_writer *writer, const struct catalog *actions,
	const char *group, const bool *hidden)
{
	char heading[64];
	struct item item;
	bool begun = false;
	snprintf(heading, sizeof(heading), "Keys: %s", group);
	for (int i = 0; actions->item(i, &item); i++) {
		if (hidden[i] || strcmp(item.group, group) != 0)
			continue;
		if (!begun)
			writer->heading(writer, heading);
		begun = true;
		writer->line(writer, item.keys, item.help);
	}
}

static void write_keys(struct help_writer *writer, const struct hidden *hidden)
{
	const struct catalog *actions = catalog_find("actions");
	struct item item;
	for (int i = 0; actions->item(i, &item); i++)
		if (opens_group(actions, i, item.group))
			write_group(writer, actions, item.group, hidden->action);
}

static void write_setting_keys(struct help_writer *writer, const struct hidden *hidden)
{
	const struct catalog *settings = catalog_find("settings");
	char text[200];
	struct item item;
	writer->heading(writer, "Keys: settings (next value, previous value)");
	for (int i = 0; settings->item(i, &item); i++) {
		snprintf(text, sizeof(text), "%s: %s", item.name, item.help);
		if (item.keys[0] && !hidden->setting[i])
			writer->line(writer, item.keys, text);
	}
}

static void write_commands(struct help_writer *writer)
{
	char usage[64];
	writer->heading(writer, "Commands (type : first); every action also works by its name");
	for (int i = 0; command_at(i); i++) {
		command_usage(command_at(i), usage, sizeof(usage));
		writer->line(writer, usage, command_at(i)->help);
	}
}

/* Rows of settings and panes may be hidden; NULL: none of this catalog is. */
static const bool *hidden_in(const struct catalog *catalog, const struct hidden *hidden)
{
	return catalog == catalog_find("settings") ? hidden->setting
		: catalog == catalog_find("panes")     ? hidden->pane
											   : NULL;
}

/* Under one heading, or one for each group. */
static void write_names(
	struct help_writer *writer, const struct catalog *catalog, const bool *hidden)
{
	struct item item;
	char text[400];
	const char *group = "";
	bool begun = false;
	for (int i = 0; catalog->item(i, &item); i++) {
		if (hidden && hidden[i])
			continue;
		if (!begun || (item.group && strcmp(item.group, group) != 0)) {
			snprintf(text, sizeof(text), "%s%s%s", catalog->title, item.group ? ": " : "",
				item.group ? item.group : "");
			writer->heading(writer, text);
		}
		begun = true;
		group = item.group;
		snprintf(
			text, sizeof(text), "%s%s%s", item.help, item.choices[0] ? ": " : "", item.choices);
		writer->line(writer, item.name, text);
	}
}

/* Each number of the pane with its formula. */
static void write_numbers(
	struct help_writer *writer, const struct pane *pane, const struct picture *picture)
{
	char name[40], text[FORMULA_TEXT];
	const struct record *record = picture ? picture->frame.record : NULL;
	if (record)
		snprintf(text, sizeof(text), "Its numbers, in epoch %lld", (long long)record->epoch);
	writer->heading(writer, record ? text : "Its numbers");
	for (int i = 0; formula_of_pane(pane, i, name); i++)
		if (formula_explain(name, picture, text))
			writer->line(writer, name, text);
}

void help_write(struct help_writer *writer, const struct pane *pane, const struct picture *picture,
	const struct hidden *hidden)
{
	const struct catalog *catalog;
	writer->heading(writer, "Focused pane");
	writer->line(writer, pane->name, pane->help);
	writer->line(writer, "", pane->guide);
	write_numbers(writer, pane, picture);
	write_keys(writer, hidden);
	write_setting_keys(writer, hidden);
	write_commands(writer);
	/* the keys are listed above, by group */
	for (int i = 0; (catalog = catalog_at(i)); i++)
		if (catalog != catalog_find("actions"))
			write_names(writer, catalog, hidden_in(catalog, hidden));
	writer->heading(writer, "Small numbers");
	writer->line(writer, "underflow",
		"Numbers are 32-bit floats, as in the frameworks. A number "
		"below 1e-38 becomes 0; a gradient of 0 is shown as underflow.");
}
