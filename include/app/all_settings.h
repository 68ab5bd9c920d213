/* All settings in one list: those of the experiment, then those of the screen.
 *
 * Command line, configuration file, prompt, menu and keys use this list. A row is identified by its
 * index, 0 ... all_settings_count() - 1.
 */
#ifndef APP_ALL_SETTINGS_H
#define APP_ALL_SETTINGS_H

#include "app/screen_settings.h"

struct all_settings {
	struct config config;
	struct screen_settings screen;
};

struct all_settings all_settings_default(void);

int all_settings_count(void);
const struct setting *all_settings_row(int index);
bool all_settings_is_screen(int index);
const char *all_settings_name(int index); /* NULL past the end */

/* Index of the row that the key steps, forward or back; -1: none. */
int all_settings_of_key(int key);

/* The struct that the row's offset refers to. */
void *all_settings_values(struct all_settings *settings, int index);

/* Index of the row with this exact name or unique prefix; -1: error lists the nearest. */
int all_settings_find(const char *name, struct error *error);

/* Sets one setting, and what follows from it (model_follow() in lab/models.h). */
bool all_settings_assign(
	struct all_settings *settings, const char *name, const char *value, struct error *error);

/* "NAME=VALUE" as a command line has it. */
bool all_settings_assign_pair(struct all_settings *settings, const char *pair, struct error *error);

/* Several settings named together, of which none changes another one that was named: begin, then a
 * pair at a time, then end, when what follows from all of them is set. */
enum { ALL_SETTINGS_MAX = 128 };
struct settings_list {
	struct config before;
	bool named[ALL_SETTINGS_MAX];
};
struct settings_list settings_list_begin(const struct config *config);
bool settings_list_pair(struct settings_list *list, struct all_settings *settings, const char *pair,
	struct error *error);
/* The same for a run without a screen: settings of the screen are refused. */
bool settings_list_run_pair(
	struct settings_list *list, struct config *config, const char *pair, struct error *error);
void settings_list_end(const struct settings_list *list, struct config *config);

enum { COMMAND_LINE_MAX = 8192 };

/* "wane depth=9 data='./my file.csv'": a command line for a shell, with the settings that differ
 * from `standard` and do not follow from others. False, and "" if it would be too long. */
bool all_settings_command_line(const struct all_settings *settings,
	const struct all_settings *standard, char out[COMMAND_LINE_MAX]);

/* What a row's key (direction 1) or back key (-1) does; false at the end of its range. */
bool all_settings_step(struct all_settings *settings, int index, int direction);

/* True if the setting at this index has the same value in both. */
bool all_settings_equal(const struct all_settings *a, const struct all_settings *b, int index);

void all_settings_format(
	const struct all_settings *settings, int index, char out[SETTING_VALUE_MAX]);

/* The same for people: `auto` with its number. */
void all_settings_describe(
	const struct all_settings *settings, int index, char out[SETTING_VALUE_MAX]);

#endif
