#include "app/list.h"

#include "app/catalog.h"
#include "app/console.h"
#include "app/manual.h"
#include "app/tables.h"
#include "ui/key.h"
#include <stdio.h>
#include <string.h>

/* Every key with its effect and the table of its row. */
static void list_keys(FILE *file, const struct subcommand *subcommands)
{
	struct key_owner owner;
	char name[16];
	(void)subcommands;
	for (int key = key_after(0); key; key = key_after(key))
		for (int i = 0; key_owner_at(key, i, &owner); i++) {
			key_name(name, key);
			fprintf(
				file, "%s\t%s %s, %s: %s\n", name, owner.table, owner.name, owner.what, owner.help);
		}
}

/* Lists that are not catalogs. */
static const struct {
	const char *name;
	void (*write)(FILE *file, const struct subcommand *subcommands);
} others[] = {
	{"keys", list_keys},
	{"man", manual_write},
};

enum { OTHERS = sizeof(others) / sizeof(others[0]) };

const char *list_name(int index)
{
	int catalogs = 0;
	while (catalog_at(catalogs))
		catalogs++;
	if (index < catalogs)
		return catalog_at(index) ? catalog_at(index)->name : NULL;
	return index - catalogs < OTHERS ? others[index - catalogs].name : NULL;
}

static void list_names(char *out, size_t size)
{
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; list_name(i) && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", list_name(i));
}

/* False if there is no such list. */
static bool print_list(const char *name, const struct subcommand *subcommands)
{
	const struct catalog *catalog = catalog_find(name);
	struct item item;
	for (int i = 0; catalog && catalog->item(i, &item); i++)
		printf("%s\t%s%s%s\n", item.name, item.help, item.choices[0] ? "; " : "", item.choices);
	for (int i = 0; i < OTHERS; i++)
		if (strcmp(others[i].name, name) == 0) {
			others[i].write(stdout, subcommands);
			return true;
		}
	return catalog != NULL;
}

int list_command(const struct request *request)
{
	const char *name = request->operand ? request->operand : "";
	struct error error;
	char names[300];
	if (!print_list(name, request->subcommands)) {
		list_names(names, sizeof(names));
		error_set(&error, STATUS_USAGE, "list: %s%s%sexpected one of: %s", name[0] ? "found '" : "",
			name, name[0] ? "', " : "", names);
		return console_complain(&error);
	}
	return console_finish_output();
}
