#include "lab/settings.h"

#include "lab/dataset.h"
#include "lab/schedule.h"
#include "lab/text.h"
#include "nn/act.h"
#include "nn/elementary.h"
#include "nn/init.h"
#include "nn/team.h"
#include "nn/loss.h"
#include "nn/norm.h"
#include "nn/optim.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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
WORDS(choice_skip_add, "post", "pre")
WORDS(choice_optimizer_style, "keras", "pytorch")
WORDS(choice_clip, "none", "norm", "tensor-norm", "value")

static const char *choice_loss(int index)
{
	const struct loss *row = loss_at(index - 1);
	return index == 0 ? "auto" : row ? row->name : NULL;
}

static const struct setting rows[] = {
#define SETTING( \
	type, field, name, initial, effect, key, back, hint, minimum, maximum, choices, help) \
	{name, initial, help, &setting_type_##type, offsetof(struct config, field), \
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

/* ---- names and prefixes ---- */

/* Levenshtein distance of two short words. */
static int edit_distance(const char *a, const char *b)
{
	enum { LONGEST = 40 };
	int row[LONGEST + 1];
	int length = (int)strlen(b);
	if (length > LONGEST || strlen(a) > LONGEST)
		return LONGEST;
	for (int j = 0; j <= length; j++)
		row[j] = j;
	for (int i = 1; a[i - 1]; i++) {
		int diagonal = row[0];
		row[0] = i;
		for (int j = 1; j <= length; j++) {
			int replace = diagonal + (a[i - 1] != b[j - 1]);
			int shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			diagonal = row[j];
			row[j] = replace < shift ? replace : shift;
		}
	}
	return row[length];
}

/* A list of words, so that names of settings and of choices are matched by the same code. */
struct word_list {
	const char *(*word)(const void *context, int index);
	const void *context;
};

static const char *row_word(const void *context, int index)
{
	const struct setting_table *table = context;
	return index < table->count ? table->row[index].name : NULL;
}

static const char *choice_word(const void *context, int index)
{
	const struct setting *setting = context;
	return setting->choice(index);
}

/* Index of the word meant by `text`: exact or unique prefix; -1 none, -2 several. */
static int match(const struct word_list *list, const char *text)
{
	const char *word;
	int found = -1;
	for (int i = 0; (word = list->word(list->context, i)); i++) {
		if (strcmp(word, text) == 0)
			return i;
		if (text[0] && strncmp(word, text, strlen(text)) == 0)
			found = found == -1 ? i : -2;
	}
	return found;
}

static const char *nearest(const struct word_list *list, const char *text)
{
	const char *word, *best = NULL;
	/* words that differ by this many edits or more are not suggested */
	int length = (int)strlen(text), least = length < 4 ? length : 4;
	for (int i = 0; (word = list->word(list->context, i)); i++) {
		int distance = edit_distance(text, word);
		if (distance < least) {
			least = distance;
			best = word;
		}
	}
	return best;
}

/* The words, or those beginning with `prefix`, in one line that fits an error. */
static void list_words(const struct word_list *list, const char *prefix, char *out, size_t size)
{
	const char *word;
	size_t used = 0;
	out[0] = '\0';
	for (int i = 0; (word = list->word(list->context, i)); i++) {
		if (strncmp(word, prefix, strlen(prefix)) != 0)
			continue;
		int n = snprintf(out + used, size - used, "%s%s", used ? " " : "", word);
		if (n < 0 || (size_t)n >= size - used) {
			out[used] = '\0';
			return;
		}
		used += (size_t)n;
	}
}

static bool refuse_word(struct error *error, const struct word_list *list, const char *what,
	const char *text, bool several)
{
	char words[420];
	list_words(list, several ? text : "", words, sizeof(words));
	if (several)
		return error_set(error, STATUS_USAGE, "%s '%.60s' may mean: %s", what, text, words);
	const char *near = nearest(list, text);
	if (near)
		return error_set(
			error, STATUS_USAGE, "no %s '%.60s'; did you mean %s? (%s)", what, text, near, words);
	return error_set(error, STATUS_USAGE, "no %s '%.60s'; there are: %s", what, text, words);
}

const struct setting *setting_find(
	const struct setting_table *table, const char *name, struct error *error)
{
	const struct word_list list = {row_word, table};
	int index = match(&list, name);
	if (index >= 0)
		return &table->row[index];
	refuse_word(error, &list, "setting", name, index == -2);
	return NULL;
}

/* ---- the types ---- */

static bool parse_choice(
	const struct setting *setting, void *field, const char *text, struct error *error)
{
	const struct word_list list = {choice_word, setting};
	int index = match(&list, text);
	if (index < 0)
		return refuse_word(error, &list, setting->name, text, index == -2);
	*(const char **)field = setting->choice(index);
	return true;
}

static void format_choice(
	const struct setting *setting, const void *field, char out[SETTING_VALUE_MAX])
{
	(void)setting;
	snprintf(out, SETTING_VALUE_MAX, "%s", *(const char *const *)field);
}

/* The word after or before `now` in the circle of choices. */
static const char *next_choice(const struct setting *setting, const char *now, int direction)
{
	int count = 0, at = -1;
	for (const char *word; (word = setting->choice(count)); count++)
		if (strcmp(word, now) == 0)
			at = count;
	if (at < 0)
		return setting->choice(direction > 0 ? 0 : count - 1);
	return setting->choice((at + direction + count) % count);
}

static bool step_choice(const struct setting *setting, void *field, int direction)
{
	const char **value = field;
	*value = next_choice(setting, *value, direction);
	return true;
}

/* The shortest decimal that reads back as the same double. */
static int write_number(char *out, size_t size, double value)
{
	int length = 0;
	for (int digits = 6; digits <= 17; digits++) {
		length = snprintf(out, size, "%.*g", digits, value);
		if (strtod(out, NULL) == value)
			break;
	}
	return length;
}

/* Prints the exact bounds: a maximum just below 1, rounded, would read as if 1 were allowed. */
static bool refuse_outside(const struct setting *setting, const char *text, struct error *error)
{
	char low[40], high[40];
	double above = ceil(setting->maximum);
	write_number(low, sizeof(low), setting->minimum);
	if (above == setting->maximum)
		snprintf(high, sizeof(high), "%.0f", above);
	else
		write_number(high, sizeof(high), setting->maximum);
	return error_set(error, STATUS_USAGE, "%s: found %.60s, expected %s to %s%s", setting->name,
		text, low, high,
		above == 1 && setting->maximum < 1 && setting->maximum > 0.99 ? ", below 1" : "");
}

static bool parse_number(
	const struct setting *setting, const char *text, double *value, struct error *error)
{
	if (!number_parse(text, strlen(text), value))
		return error_set(
			error, STATUS_USAGE, "%s: found '%.60s', expected a number", setting->name, text);
	if (!(*value >= setting->minimum && *value <= setting->maximum))
		return refuse_outside(setting, text, error);
	return true;
}

static bool parse_integer(
	const struct setting *setting, void *field, const char *text, struct error *error)
{
	double value;
	if (!parse_number(setting, text, &value, error))
		return false;
	if (value != floor(value))
		return error_set(
			error, STATUS_USAGE, "%s: found %.60s, expected a whole number", setting->name, text);
	*(int *)field = (int)value;
	return true;
}

static void format_integer(
	const struct setting *setting, const void *field, char out[SETTING_VALUE_MAX])
{
	(void)setting;
	snprintf(out, SETTING_VALUE_MAX, "%d", *(const int *)field);
}

/* The next of 1, 2, 5, 10, 20, 50, ... in a direction, worked out in decimal so that 0.1
 * stepped up and down is 0.1 again. 0 leads to the smallest step that makes sense. */
static double step_125(double value, int direction, double first)
{
	static const double mantissa[] = {1, 2, 5};
	char text[40];
	double best = direction > 0 ? INFINITY : 0;
	if (value <= 0)
		return direction > 0 ? first : 0;
	int exponent = (int)floor(log10_f64(value));
	for (int e = exponent - 1; e <= exponent + 1; e++)
		for (int i = 0; i < 3; i++) {
			snprintf(text, sizeof(text), "%ge%d", mantissa[i], e);
			double candidate = strtod(text, NULL);
			if (direction > 0 && candidate > value * 1.000001 && candidate < best)
				best = candidate;
			if (direction < 0 && candidate < value * 0.999999 && candidate > best)
				best = candidate;
		}
	return best;
}

static bool store_integer(const struct setting *setting, int *field, double value)
{
	value = min_f64(max_f64(value, setting->minimum), setting->maximum);
	bool moved = *field != (int)value;
	*field = (int)value;
	return moved;
}

static bool step_integer(const struct setting *setting, void *field, int direction)
{
	int *value = field;
	return store_integer(setting, value, step_125(*value, direction, 1));
}

static bool step_count(const struct setting *setting, void *field, int direction)
{
	int *value = field;
	if (!setting->back_key && direction > 0 && *value == (int)setting->maximum)
		return store_integer(setting, value, setting->minimum);
	/* by one while one matters, then by ten */
	int by = *value >= 20 + (direction < 0) * 10 ? 10 : 1;
	return store_integer(setting, value, (double)*value + direction * by);
}

static bool parse_real(
	const struct setting *setting, void *field, const char *text, struct error *error)
{
	double value;
	if (!parse_number(setting, text, &value, error))
		return false;
	*(double *)field = value;
	return true;
}

static void format_real(
	const struct setting *setting, const void *field, char out[SETTING_VALUE_MAX])
{
	(void)setting;
	write_number(out, SETTING_VALUE_MAX, *(const double *)field);
}

/* Around 0, where 1-2-5 would never arrive, the steps are -0.001, 0, 0.001. */
static double step_signed(double value, int direction, double minimum)
{
	static const double first = 0.001;
	if (value < 0)
		return 0 - step_signed(-value, -direction, minimum);
	if (direction < 0 && minimum <= 0 && value <= first)
		return value > 0 ? 0 : -first;
	return step_125(value, direction, first);
}

static bool step_real(const struct setting *setting, void *field, int direction)
{
	double *value = field;
	double next = step_signed(*value, direction, setting->minimum);
	next = min_f64(max_f64(next, setting->minimum), setting->maximum);
	bool moved = next != *value;
	*value = next;
	return moved;
}

static bool parse_path(
	const struct setting *setting, void *field, const char *text, struct error *error)
{
	if (strlen(text) >= setting->size)
		return error_set(
			error, STATUS_USAGE, "%s: longer than %zu bytes", setting->name, setting->size - 1);
	memset(field, 0, setting->size);
	memcpy(field, text, strlen(text));
	return true;
}

/* There is no next file or column: a step removes the name. */
static bool step_path(const struct setting *setting, void *field, int direction)
{
	(void)direction;
	bool named = *(char *)field;
	memset(field, 0, setting->size);
	return named;
}

/* A generator's name (exact, or a unique prefix without `/` or `.`) or a path. */
static bool parse_source(
	const struct setting *setting, void *field, const char *text, struct error *error)
{
	const struct word_list list = {choice_word, setting};
	bool path = strpbrk(text, "/.") != NULL || dataset_is_found(text);
	int index = path ? -1 : match(&list, text);
	if (index < 0 && !path)
		return refuse_word(error, &list, "data", text, index == -2);
	return parse_path(setting, field, index >= 0 ? setting->choice(index) : text, error);
}

static void format_source(
	const struct setting *setting, const void *field, char out[SETTING_VALUE_MAX])
{
	(void)setting;
	snprintf(out, SETTING_VALUE_MAX, "%s", (const char *)field);
}

static bool step_source(const struct setting *setting, void *field, int direction)
{
	const char *next = next_choice(setting, field, direction);
	memset(field, 0, DATA_PATH_MAX);
	memcpy(field, next, strlen(next));
	return true;
}

/* Each part of the list by the rule for a choice; stored in full. */
static bool parse_list(
	const struct setting *setting, void *field, const char *text, struct error *error)
{
	char list[CHOICE_LIST_MAX] = "", part[64];
	size_t used = 0;
	for (const char *at = text;; at++) {
		size_t length = strcspn(at, "/");
		const char *choice = NULL;
		snprintf(part, sizeof(part), "%.*s", (int)(length < 60 ? length : 60), at);
		if (!parse_choice(setting, &choice, part, error))
			return false;
		int n = snprintf(list + used, sizeof(list) - used, "%s%s", used ? "/" : "", choice);
		if (n < 0 || (size_t)n >= sizeof(list) - used)
			return error_set(error, STATUS_USAGE, "%s: a list of more than %d bytes", setting->name,
				CHOICE_LIST_MAX - 1);
		used += (size_t)n;
		at += length;
		if (!*at)
			break;
	}
	memset(field, 0, CHOICE_LIST_MAX);
	memcpy(field, list, used);
	return true;
}

/* Steps from the first entry of the list; the result is one choice for all layers. */
static bool step_list(const struct setting *setting, void *field, int direction)
{
	char *list = field;
	list[strcspn(list, "/")] = '\0';
	const char *next = next_choice(setting, list, direction);
	memset(list, 0, CHOICE_LIST_MAX);
	memcpy(list, next, strlen(next));
	return true;
}

/* 0 for none, or numbers above it with '/' between them. */
static bool parse_numbers(
	const struct setting *setting, void *field, const char *text, struct error *error)
{
	double number[NUMBERS_MAX] = {0};
	char part[64];
	int count = 0;
	for (const char *at = text;; at++) {
		size_t length = strcspn(at, "/");
		snprintf(part, sizeof(part), "%.*s", (int)(length < 60 ? length : 60), at);
		if (count == NUMBERS_MAX)
			return error_set(
				error, STATUS_USAGE, "%s: more than %d numbers", setting->name, NUMBERS_MAX);
		if (!parse_number(setting, part, &number[count], error))
			return false;
		if (number[count++] == 0 && (at != text || at[length]))
			return error_set(
				error, STATUS_USAGE, "%s: found '%.60s', but 0 stands alone", setting->name, text);
		at += length;
		if (!*at)
			break;
	}
	memcpy(field, number, sizeof(number));
	return true;
}

static void format_numbers(
	const struct setting *setting, const void *field, char out[SETTING_VALUE_MAX])
{
	(void)setting;
	const double *number = field;
	int used = write_number(out, SETTING_VALUE_MAX, number[0]);
	for (int i = 1; i < NUMBERS_MAX && number[i] > 0; i++) {
		out[used++] = '/';
		used += write_number(out + used, SETTING_VALUE_MAX - (size_t)used, number[i]);
	}
}

/* Steps from the first number of the list; the result is one number. */
static bool step_numbers(const struct setting *setting, void *field, int direction)
{
	double *number = field, next = step_125(number[0], direction, 1);
	next = min_f64(next, setting->maximum);
	bool moved = next != number[0] || number[1] != 0;
	memset(number, 0, sizeof(setting_NUMBERS));
	number[0] = next;
	return moved;
}

const struct setting_type setting_type_CHOICE = {
	"choice", parse_choice, format_choice, step_choice};
const struct setting_type setting_type_COUNT = {
	"whole number", parse_integer, format_integer, step_count};
const struct setting_type setting_type_INTEGER = {
	"whole number", parse_integer, format_integer, step_integer};
const struct setting_type setting_type_REAL = {"number", parse_real, format_real, step_real};
const struct setting_type setting_type_SOURCE = {
	"name or path", parse_source, format_source, step_source};

const struct setting_type setting_type_PATH = {"path", parse_path, format_source, step_path};
const struct setting_type setting_type_LIST = {
	"name/name/...", parse_list, format_source, step_list};
const struct setting_type setting_type_COLUMNS = {
	"name or number", parse_path, format_source, step_path};
const struct setting_type setting_type_NUMBERS = {
	"number/number/...", parse_numbers, format_numbers, step_numbers};

/* ---- every setting ---- */

bool setting_assign(
	const struct setting *setting, void *values, const char *text, struct error *error)
{
	return setting->type->parse(setting, (char *)values + setting->offset, text, error);
}

bool setting_step(const struct setting *setting, void *values, int direction)
{
	return setting->type->step(setting, (char *)values + setting->offset, direction);
}

void setting_format(const struct setting *setting, const void *values, char out[SETTING_VALUE_MAX])
{
	setting->type->format(setting, (const char *)values + setting->offset, out);
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
