#include "app/tables.h"

#include "app/action.h"
#include "app/catalog.h"
#include "app/command.h"
#include "app/all_settings.h"
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
	if (!item.help || !item.help[0] || strchr(item.help, '\t') ||
		text_columns(item.help) > catalog->help_max)
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
				return error_set(
					error, STATUS_USAGE, "%s: choice '%s' twice", row->name, row->choice(i));
	}
	return true;
}

static bool check_settings(struct error *error)
{
	struct all_settings settings;
	memset(&settings, 0, sizeof(settings));
	for (int i = 0; i < all_settings_count(); i++) {
		const struct setting *row = all_settings_row(i);
		if (!setting_assign(row, all_settings_values(&settings, i), row->initial, error) ||
			!check_choices(row, error))
			return false;
	}
	return true;
}

int key_after(int key)
{
	return key == 0x7f ? KEYCODE_UP : key == KEYCODE_F(24) ? 0 : key + 1;
}

bool key_owner_at(int key, int index, struct key_owner *out)
{
	for (int i = 0; i < all_settings_count(); i++) {
		const struct setting *row = all_settings_row(i);
		if (row->key == key && index-- == 0) {
			*out = (struct key_owner){"setting", row->name, "next value", row->help};
			return true;
		}
		if (row->back_key == key && index-- == 0) {
			*out = (struct key_owner){"setting", row->name, "previous value", row->help};
			return true;
		}
	}
	for (int i = 0; action_at(i); i++) {
		const struct action *row = action_at(i);
		if (action_has_key(row, key) && index-- == 0) {
			*out = (struct key_owner){"action", row->name, row->group, row->help};
			return true;
		}
	}
	return false;
}

/* The letters that no row uses. */
static void free_letters(char *out)
{
	struct key_owner owner;
	for (int key = 'A'; key <= 'z'; key = key == 'Z' ? 'a' : key + 1)
		if (!key_owner_at(key, 0, &owner))
			*out++ = (char)key;
	*out = '\0';
}

static bool check_key(int key, struct error *error)
{
	struct key_owner first, second;
	char letters[64];
	/* Used by tmux and screen, or by flow control (XON, XOFF). */
	static const char kept[] = "ABSQVOY\\";
	char name[16];
	key_name(name, key);
	for (const char *letter = kept; *letter; letter++)
		if (key == KEYCODE_CONTROL(*letter))
			return error_set(error, STATUS_USAGE, "key %s belongs to the terminal", name);
	if (!key_owner_at(key, 1, &second))
		return true;
	key_owner_at(key, 0, &first);
	free_letters(letters);
	return error_set(error, STATUS_USAGE,
		"key %s is used by %s %s (%s) and by %s %s (%s); free "
		"letters: %s",
		name, first.table, first.name, first.what, second.table, second.name, second.what, letters);
}

static bool check_keys(struct error *error)
{
	struct key_owner owner;
	for (int key = key_after(0); key; key = key_after(key))
		if (key_owner_at(key, 0, &owner) && !check_key(key, error))
			return false;
	for (int i = 0; action_at(i); i++) {
		const struct action *row = action_at(i);
		if (row->key[0] >= KEYCODE_F(1))
			return error_set(error, STATUS_USAGE, "%s: no plain key", row->name);
		for (int k = 1; k < ACTION_KEYS; k++)
			for (int j = 0; j < k; j++)
				if (row->key[k] && row->key[k] == row->key[j])
					return error_set(error, STATUS_USAGE, "action %s: a key twice", row->name);
	}
	return true;
}

/* Commands, actions and settings share one name space, that of the prompt. */
static bool check_words(struct error *error)
{
	for (int i = 0; command_at(i); i++) {
		const char *name = command_at(i)->name;
		for (int j = 0; action_at(j); j++)
			if (strcmp(action_at(j)->name, name) == 0)
				return error_set(error, STATUS_USAGE, "command and action '%s'", name);
	}
	for (int i = 0; i < all_settings_count(); i++) {
		const char *name = all_settings_name(i);
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
