#include "app/tables.h"

#include "app/action.h"
#include "app/catalog.h"
#include "app/command.h"
#include "app/setup.h"
#include "lab/text.h"
#include "ui/key.h"
#include <string.h>

static int text_columns(const char *text)
{
	int columns = 0;
	for (uint32_t code = text_next(&text); code != 0; code = text_next(&text))
		columns += text_width(code);
	return columns;
}

static bool check_item(const struct catalog *catalog, int index, struct error *error)
{
	struct item item, other;

	catalog->item(index, &item);
	if (!item.name[0] || strpbrk(item.name, " \t="))
		return error_set(error, STATUS_USAGE, "%s %d: name '%s'", catalog->name, index, item.name);
	if (!item.help || !item.help[0] || strchr(item.help, '\t')
		|| text_columns(item.help) > catalog->help_max)
		return error_set(error, STATUS_USAGE, "%s %s: help is missing or over %d columns",
			catalog->name, item.name, catalog->help_max);
	for (int i = 0; i < index; i++)
		if (catalog->item(i, &other) && strcmp(item.name, other.name) == 0)
			return error_set(error, STATUS_USAGE, "%s: '%s' twice", catalog->name, item.name);
	return true;
}

static bool check_catalog(const struct catalog *catalog, struct error *error)
{
	struct item item;
	int count = 0;

	for (; catalog->item(count, &item); count++)
		if (!check_item(catalog, count, error))
			return false;
	return count > 0 || error_set(error, STATUS_USAGE, "%s: empty", catalog->name);
}

static bool check_choices(const struct setting *row, struct error *error)
{
	if (!row->choice)
		return true;
	for (int i = 0; i == 0 || row->choice(i); i++) {
		if (!row->choice(i))
			return error_set(error, STATUS_USAGE, "%s: no choices", row->name);
		for (int j = 0; j < i; j++)
			if (strcmp(row->choice(i), row->choice(j)) == 0)
				return error_set(error, STATUS_USAGE, "%s: choice '%s' twice", row->name,
					row->choice(i));
	}
	return true;
}

static bool check_settings(struct error *error)
{
	struct setup setup;

	memset(&setup, 0, sizeof(setup));
	for (int i = 0; i < setup_count(); i++) {
		const struct setting *row = setup_row(i);
		if (!setting_assign(row, setup_values(&setup, i), row->initial, error)
			|| !check_choices(row, error))
			return false;
	}
	return true;
}

/* How many rows of all tables a key belongs to. */
static int key_owners(int key)
{
	int owners = 0;

	for (int i = 0; i < setup_count(); i++)
		owners += (setup_row(i)->key == key) + (setup_row(i)->back_key == key);
	for (int i = 0; action_at(i); i++) {
		owners += action_has_key(action_at(i), key);
		for (int k = 1; k < ACTION_KEYS; k++)
			for (int j = 0; j < k; j++)
				owners += action_at(i)->key[k] == key && action_at(i)->key[j] == key;
	}
	return owners;
}

static bool check_key(int key, struct error *error)
{
	/* Multiplexers and flow control keep these. */
	static const char kept[] = "ABSQVOY\\";
	char name[16];

	key_name(name, key);
	for (const char *letter = kept; *letter; letter++)
		if (key == KEYCODE_CONTROL(*letter))
			return error_set(error, STATUS_USAGE, "key %s belongs to the terminal", name);
	return key_owners(key) <= 1 || error_set(error, STATUS_USAGE, "key %s twice", name);
}

static bool check_keys(struct error *error)
{
	for (int key = 1; key <= KEYCODE_F(24); key = key == 0x7f ? KEYCODE_UP : key + 1)
		if (key_owners(key) > 0 && !check_key(key, error))
			return false;
	for (int i = 0; action_at(i); i++)
		if (action_at(i)->key[0] >= KEYCODE_F(1))
			return error_set(error, STATUS_USAGE, "%s: no plain key", action_at(i)->name);
	return true;
}

/* The prompt takes commands, actions and settings by name, so they share one name space. */
static bool check_words(struct error *error)
{
	for (int i = 0; command_at(i); i++) {
		const char *name = command_at(i)->name;
		for (int j = 0; action_at(j); j++)
			if (strcmp(action_at(j)->name, name) == 0)
				return error_set(error, STATUS_USAGE, "command and action '%s'", name);
	}
	for (int i = 0; i < setup_count(); i++) {
		const char *name = setup_name(i);
		for (int j = 0; action_at(j); j++)
			if (strcmp(action_at(j)->name, name) == 0)
				return error_set(error, STATUS_USAGE, "setting and action '%s'", name);
		for (int j = 0; command_at(j); j++)
			if (strcmp(command_at(j)->name, name) == 0)
				return error_set(error, STATUS_USAGE, "setting and command '%s'", name);
	}
	return true;
}

bool tables_check(struct error *error)
{
	for (int i = 0; catalog_at(i); i++)
		if (!check_catalog(catalog_at(i), error))
			return false;
	return check_settings(error) && check_keys(error) && check_words(error);
}
