/* All settings as one vocabulary: those of the experiment, then those of the screen.
 *
 * Whoever takes NAME=VALUE from a person (command line, config file, prompt, menu, keys) comes
 * through here; a row is known by its index, 0 ... setup_count() - 1.
 */
#ifndef APP_SETUP_H
#define APP_SETUP_H

#include "app/view.h"

struct setup {
	struct config config;
	struct screen_settings screen;
};

struct setup setup_default(void);

int setup_count(void);
const struct setting *setup_row(int index);
bool setup_is_screen(int index);
const char *setup_name(int index); /* NULL past the end */

/* The struct that a row's offset counts from. */
void *setup_values(struct setup *setup, int index);

/* Index of the row with this exact name or unique prefix; -1: error lists the nearest. */
int setup_find(const char *name, struct error *error);

bool setup_assign(struct setup *setup, const char *name, const char *value, struct error *error);

/* "NAME=VALUE" as a command line has it. */
bool setup_assign_pair(struct setup *setup, const char *pair, struct error *error);

/* What a row's key (direction 1) or back key (-1) does; false at the end of its range. */
bool setup_step(struct setup *setup, int index, int direction);

void setup_format(const struct setup *setup, int index, char out[SETTING_VALUE_MAX]);

/* The same for a reader: with the number that auto stands for. */
void setup_describe(const struct setup *setup, int index, char out[SETTING_VALUE_MAX]);

#endif
