#include "app/list.h"

#include "app/catalog.h"
#include "app/help.h"
#include <stdio.h>
#include <string.h>

static void list_names(char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; catalog_at(i) && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s ", catalog_at(i)->name);
	if (used < size)
		snprintf(out + used, size - used, "man");
}

int list_command(const struct cli_request *request)
{
	const char *name = request->operand ? request->operand : "";
	const struct catalog *catalog = catalog_find(name);
	struct error error;
	char names[200];
	struct item item;

	if (catalog) {
		for (int i = 0; catalog->item(i, &item); i++)
			printf("%s\t%s%s%s\n", item.name, item.help, item.choices[0] ? "; " : "",
				item.choices);
	} else if (strcmp(name, "man") == 0) {
		help_manual(stdout);
	} else {
		list_names(names, sizeof(names));
		error_set(&error, STATUS_USAGE, "list: %s%s%sexpected one of: %s", name[0] ? "found '" : "",
			name, name[0] ? "', " : "", names);
		return cli_complain(&error);
	}
	return cli_finish_output();
}
