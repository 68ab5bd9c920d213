/* Settings: one table of their names, types, values, keys and help, and of what a change costs.
 *
 * struct config is plain data, copied by value: a run is a function of it alone. The functions
 * below work on any table of settings (the screen's is in src/app/screen_settings.c): the command
 * line, the prompt, the config file and keys all use setting_assign() and setting_step().
 */
#ifndef LAB_SETTINGS_H
#define LAB_SETTINGS_H

#include "lab/error.h"
#include <stddef.h>

enum {
	DATA_PATH_MAX = 1024,
	CHOICE_LIST_MAX = 1024,
	SETTING_VALUE_MAX = 1024,
	NUMBERS_MAX = 8,
};

/* What changing a setting costs; if several change at once, the greatest effect counts. */
enum effect {
	EFFECT_NOTHING,
	EFFECT_LIVE,
	EFFECT_RESET,
	EFFECT_GROW,
	EFFECT_DATA,
	EFFECT_REBUILD,
};

typedef const char *setting_CHOICE;
typedef int setting_COUNT;
typedef int setting_INTEGER;
typedef double setting_REAL;
typedef double setting_RATE;
typedef char setting_SOURCE[DATA_PATH_MAX];
typedef char setting_PATH[DATA_PATH_MAX];
typedef char setting_LIST[CHOICE_LIST_MAX];
typedef char setting_COLUMNS[CHOICE_LIST_MAX];
typedef double setting_NUMBERS[NUMBERS_MAX];

struct config {
#define SETTING( \
	type, field, name, initial, group, effect, key, back, hint, minimum, maximum, choices, help) \
	setting_##type field;
#include "lab/settings.def"
#undef SETTING
};

struct setting;

/* How a kind of value is read, written and stepped. */
struct setting_type {
	const char *name;
	bool (*parse)(
		const struct setting *setting, void *field, const char *text, struct error *error);
	void (*format)(const struct setting *setting, const void *field, char out[SETTING_VALUE_MAX]);
	/* false: at the end */
	bool (*step)(const struct setting *setting, void *field, int direction);
};

struct setting {
	const char *name, *initial, *group, *help;
	const struct setting_type *type;
	size_t offset, size; /* of the field in its struct */
	enum effect effect;
	int key, back_key;
	int hint; /* place in the line of key hints, 1 first; 0: not there */
	double minimum, maximum;
	const char *(*choice)(int index); /* NULL past the end */
};

extern const struct setting_type setting_type_CHOICE, setting_type_COUNT, setting_type_INTEGER,
	setting_type_REAL, setting_type_SOURCE, setting_type_PATH, setting_type_LIST,
	setting_type_COLUMNS, setting_type_NUMBERS, setting_type_RATE;

struct setting_table {
	const struct setting *row;
	int count;
};

extern const struct setting_table config_table;

struct config config_default(void);

/* Name of the activation of hidden layer 1..depth; the last name listed holds for all further
 * ones. */
const char *config_activation(const struct config *config, int layer);

/* The learning rate: the number set, or with `auto` the optimizer's default. */
double config_rate(const struct config *config);

/* Finds a row by exact name or unique prefix. NULL: error lists the nearest. */
const struct setting *setting_find(
	const struct setting_table *table, const char *name, struct error *error);

/* Sets one field from text (choices: exact name or unique prefix). False leaves it alone. */
bool setting_assign(
	const struct setting *setting, void *values, const char *text, struct error *error);

/* Sets what "NAME=VALUE NAME=VALUE ..." says: names and values of rows, exact and without blanks.
 * Those that are true in fixed[config_table.count] stay; NULL: none. */
void config_assign_list(struct config *config, const char *list, const bool *fixed);

/* Next (direction 1) or previous (-1) value: choices in a circle; numbers 1-2-5 or by one. */
bool setting_step(const struct setting *setting, void *values, int direction);

void setting_format(const struct setting *setting, const void *values, char out[SETTING_VALUE_MAX]);

/* Copies the field from one struct to another. */
void setting_copy(const struct setting *setting, const void *from, void *to);

bool setting_equal(const struct setting *setting, const void *a, const void *b);

bool config_same(const struct config *a, const struct config *b); /* in every setting */

/* The costliest effect of the rows in which a and b differ. */
enum effect config_effect(const struct config *a, const struct config *b);

/* "name=value name=value ..." of the rows in which b differs from a, cut to size. */
void config_difference(const struct config *a, const struct config *b, char *out, size_t size);

#endif
