/* How the values of each type of setting are read, written and stepped. See settings.h. */
#include "lab/settings.h"

#include "lab/dataset.h"
#include "lab/text.h"
#include "nn/elementary.h"
#include "words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *choice_word(const void *context, int index)
{
	const struct setting *setting = context;
	return setting->choice(index);
}

static bool parse_choice(
	const struct setting *setting, void *field, const char *text, struct error *error)
{
	const struct word_list list = {choice_word, setting};
	int index = words_match(&list, text);
	if (index < 0)
		return words_refuse(error, &list, setting->name, text, index == -2);
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
	int index = path ? -1 : words_match(&list, text);
	if (index < 0 && !path)
		return words_refuse(error, &list, "data", text, index == -2);
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
