#include "app/hiding.h"

#include "app/refusal.h"
#include "ui/key.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Place of a row in its table, and whether it may be hidden. */
static int action_index(const struct action *action)
{
	int index = 0;
	while (action_at(index) && action_at(index) != action)
		index++;
	return index;
}

/* ---- kinds ---- */

static bool *find_setting(struct hidden *hidden, const char *name, struct error *error)
{
	int index = all_settings_find(name, error);
	return index < 0 ? NULL : &hidden->setting[index];
}

static int setting_name_count(void)
{
	assert(all_settings_count() <= (int)(sizeof(((struct hidden *)0)->setting)));
	return all_settings_count();
}

static bool *setting_flag(struct hidden *hidden, int index)
{
	return &hidden->setting[index];
}

/* KEYCODE_NONE: no key is written so. */
static int key_written(const char *name)
{
	char written[16];
	for (int key = 1; key <= KEYCODE_F(24); key = key == 0x7f ? KEYCODE_UP : key + 1) {
		key_name(written, key);
		if (strcmp(written, name) == 0)
			return key;
	}
	return KEYCODE_NONE;
}

/* By the name of the action, or as the key is written; a setting's key stands for the setting. */
static bool *find_key(struct hidden *hidden, const char *name, struct error *error)
{
	const struct action *found = NULL;
	int setting = -1;
	for (int i = 0; action_at(i); i++)
		if (strcmp(action_at(i)->name, name) == 0)
			found = action_at(i);
	int key = found ? KEYCODE_NONE : key_written(name);
	if (key != KEYCODE_NONE) {
		found = action_for_key(key);
		setting = all_settings_of_key(key);
	}
	if (found && found->essential) {
		error_set(error, STATUS_USAGE, "found '%.40s', which cannot be hidden", name);
		return NULL;
	}
	if (found)
		return &hidden->action[action_index(found)];
	if (setting >= 0)
		return &hidden->setting[setting];
	error_set(
		error, STATUS_USAGE, "found '%.40s', expected a key or an action: wane list keys", name);
	return NULL;
}

static int action_name_count(void)
{
	assert(action_count() <= (int)(sizeof(((struct hidden *)0)->action)));
	return action_count();
}

static bool *action_flag(struct hidden *hidden, int index)
{
	return action_at(index)->essential ? NULL : &hidden->action[index];
}

static bool *find_pane(struct hidden *hidden, const char *name, struct error *error)
{
	for (int i = 0; pane_at(i); i++)
		if (strcmp(pane_at(i)->name, name) == 0)
			return &hidden->pane[i];
	error_set(error, STATUS_USAGE, "found '%.40s', expected a pane: wane list panes", name);
	return NULL;
}

static int pane_name_count(void)
{
	assert(pane_count() <= (int)(sizeof(((struct hidden *)0)->pane)));
	return pane_count();
}

static bool *pane_flag(struct hidden *hidden, int index)
{
	return &hidden->pane[index];
}

static const struct kind {
	const char *word;
	bool *(*find)(struct hidden *hidden, const char *name, struct error *error);
	int (*count)(void);
	bool *(*flag)(struct hidden *hidden, int index); /* NULL: it is never hidden */
} kinds[] = {
	{"setting", find_setting, setting_name_count, setting_flag},
	{"key", find_key, action_name_count, action_flag},
	{"pane", find_pane, pane_name_count, pane_flag},
};

/* ---- lines ---- */

static const struct kind *kind_find(const char *word)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].word, word) == 0)
			return &kinds[i];
	return NULL;
}

static void change_all(struct hidden *hidden, const struct kind *kind, bool hides)
{
	for (int i = 0; i < kind->count(); i++) {
		bool *flag = kind->flag(hidden, i);
		if (flag)
			*flag = hides;
	}
}

/* The next word; false at the end. */
static bool take(const char **text, char out[64])
{
	const char *from = *text + strspn(*text, " \t\r");
	size_t length = strcspn(from, " \t\r");
	snprintf(out, 64, "%.*s", (int)length, from);
	*text = from + length;
	return length > 0;
}

bool hiding_change(struct hidden *hidden, const char *argument, bool hides, struct error *error)
{
	struct hidden changed = *hidden;
	char word[64];
	const struct kind *kind = take(&argument, word) ? kind_find(word) : NULL;
	int names = 0;
	for (; kind && take(&argument, word); names++) {
		bool *flag = NULL;
		if (strcmp(word, "all") == 0)
			change_all(&changed, kind, hides);
		else if (!(flag = kind->find(&changed, word, error)))
			return false;
		if (flag)
			*flag = hides;
	}
	if (names == 0)
		return error_set(error, STATUS_USAGE,
			"found '%.40s', expected setting, key or pane, then names or all", word);
	*hidden = changed;
	return true;
}

/* ---- keys ---- */

bool hiding_refuses_key(const struct context *context)
{
	const struct hidden *hidden = &context->controls->screen.hidden;
	const struct action *action = action_for_key(context->key);
	int setting = all_settings_of_key(context->key);
	char name[16];
	if (!(action && hidden->action[action_index(action)]) &&
		!(setting >= 0 && hidden->setting[setting]))
		return false;
	key_name(name, context->key);
	message_say(context->messages, STYLE_NORMAL, "%s (%s) is %s", name,
		action ? action->name : all_settings_name(setting), refusal_reason(context));
	return true;
}
