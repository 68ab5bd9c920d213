#include "lab/settings.h"

#include "lab/dataset.h"
#include "lab/models.h"
#include "lab/schedule.h"
#include "nn/act.h"
#include "nn/init.h"
#include "nn/team.h"
#include "nn/loss.h"
#include "nn/norm.h"
#include "nn/optim.h"
#include "words.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- choices: the names of table rows ---- */

#define NAMES_OF(function, type, at) \
	static const char *function(int index) \
	{ \
		const struct type *row = at(index); \
		return row ? row->name : NULL; \
	}

NAMES_OF(activation_name, activation, activation_at)
NAMES_OF(initializer_name, initializer, initializer_at)
NAMES_OF(model_name, model_type, model_type_at)
NAMES_OF(normalization_name, normalization, normalization_at)
NAMES_OF(optimizer_name, optimizer, optimizer_at)
NAMES_OF(schedule_name, schedule, schedule_at)

/* Choices that are not rows of a table. */
#define WORDS(function, ...) \
	static const char *function(int index) \
	{ \
		static const char *const word[] = {__VA_ARGS__}; \
		return index >= 0 && index < (int)(sizeof(word) / sizeof(word[0])) ? word[index] : NULL; \
	}

WORDS(choice_task, "auto", "class", "regression")
WORDS(choice_norm_position, "before", "after")
WORDS(choice_kernel, "3", "5")
WORDS(choice_skip_add, "post", "pre")
WORDS(choice_optimizer_style, "keras", "pytorch")
WORDS(choice_clip, "none", "norm", "tensor-norm", "value")

/* No variance can be 1 at every time step: LSUV is left out. */
static const char *choice_recurrent_init(int index)
{
	const struct initializer *row;
	int count = 0;
	for (int i = 0; (row = initializer_at(i)); i++)
		if (!row->unit_variance && ++count == index)
			return row->name;
	return index == 0 ? "same" : NULL;
}

static const char *choice_loss(int index)
{
	const struct loss *row = loss_at(index - 1);
	return index == 0 ? "auto" : row ? row->name : NULL;
}

static const struct setting rows[] = {
#define SETTING( \
	type, field, name, initial, group, effect, key, back, hint, minimum, maximum, choices, help) \
	{name, initial, group, help, &setting_type_##type, offsetof(struct config, field), \
		sizeof((struct config *)0)->field, EFFECT_##effect, key, back, hint, minimum, maximum, \
		choices},
#include "lab/settings.def"
#undef SETTING
};

const struct setting_table config_table = {rows, (int)(sizeof(rows) / sizeof(rows[0]))};

struct config config_default(void)
{
	struct config config;
	memset(&config, 0, sizeof(config));
	for (int i = 0; i < config_table.count; i++) {
		bool parsed = setting_assign(&rows[i], &config, rows[i].initial, NULL);
		assert(parsed);
		(void)parsed;
	}
	return config;
}

const char *config_activation(const struct config *config, int layer)
{
	const char *at = config->activation;
	for (int l = 1; l < layer && strchr(at, '/'); l++)
		at = strchr(at, '/') + 1;
	size_t length = strcspn(at, "/");
	for (int i = 0; activation_name(i); i++)
		if (strncmp(activation_name(i), at, length) == 0 && !activation_name(i)[length])
			return activation_name(i);
	return NULL;
}

static const char *row_word(const void *context, int index)
{
	const struct setting_table *table = context;
	return index < table->count ? table->row[index].name : NULL;
}

const struct setting *setting_find(
	const struct setting_table *table, const char *name, struct error *error)
{
	const struct word_list list = {row_word, table};
	int index = words_match(&list, name);
	if (index >= 0)
		return &table->row[index];
	words_refuse(error, &list, "setting", name, index == -2);
	return NULL;
}

bool setting_assign(
	const struct setting *setting, void *values, const char *text, struct error *error)
{
	return setting->type->parse(setting, (char *)values + setting->offset, text, error);
}

void config_assign_list(struct config *config, const char *list, const bool *fixed)
{
	while (*list) {
		char pair[DATA_PATH_MAX + 32];
		size_t length = strcspn(list, " ");
		snprintf(pair, sizeof(pair), "%.*s", (int)length, list);
		char *sign = strchr(pair, '=');
		*sign = '\0';
		const struct setting *row = setting_find(&config_table, pair, NULL);
		if (!fixed || !fixed[row - config_table.row]) {
			bool assigned = setting_assign(row, config, sign + 1, NULL);
			assert(assigned);
			(void)assigned;
		}
		list += length + strspn(list + length, " ");
	}
}

bool setting_step(const struct setting *setting, void *values, int direction)
{
	return setting->type->step(setting, (char *)values + setting->offset, direction);
}

void setting_format(const struct setting *setting, const void *values, char out[SETTING_VALUE_MAX])
{
	setting->type->format(setting, (const char *)values + setting->offset, out);
}

void setting_copy(const struct setting *setting, const void *from, void *to)
{
	memcpy((char *)to + setting->offset, (const char *)from + setting->offset, setting->size);
}

bool setting_equal(const struct setting *setting, const void *a, const void *b)
{
	return memcmp((const char *)a + setting->offset, (const char *)b + setting->offset,
			   setting->size) == 0;
}

bool config_same(const struct config *a, const struct config *b)
{
	for (int i = 0; i < config_table.count; i++)
		if (!setting_equal(&rows[i], a, b))
			return false;
	return true;
}

enum effect config_effect(const struct config *a, const struct config *b)
{
	enum effect effect = EFFECT_NOTHING;
	for (int i = 0; i < config_table.count; i++)
		if (!setting_equal(&rows[i], a, b) && rows[i].effect > effect)
			effect = rows[i].effect;
	return effect;
}

void config_difference(const struct config *a, const struct config *b, char *out, size_t size)
{
	char value[SETTING_VALUE_MAX];
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; i < config_table.count; i++) {
		if (setting_equal(&rows[i], a, b))
			continue;
		setting_format(&rows[i], b, value);
		int n = snprintf(out + used, size - used, "%s%s=%s", used ? " " : "", rows[i].name, value);
		if (n < 0 || (size_t)n >= size - used) {
			out[used] = '\0';
			return;
		}
		used += (size_t)n;
	}
}
