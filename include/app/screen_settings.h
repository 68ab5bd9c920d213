/* The screen's own settings: how it is shown and how fast, never what is computed.
 *
 * They live in a table of their own, read and stepped by the engine of lab/settings.h, so that
 * the command line, the config file, the prompt, the menu and the keys treat both alike. To add
 * one: a field here, a row in screen_settings.c, and the code that looks at the field.
 */
#ifndef APP_SCREEN_SETTINGS_H
#define APP_SCREEN_SETTINGS_H

#include "lab/settings.h"

struct screen_settings {
	setting_CHOICE pace; /* epochs a second, or "max" */
	setting_INTEGER fps; /* most pictures a second */
	setting_CHOICE glyphs, colors, layout;
	setting_CHOICE gradient; /* what the bars show */
	setting_CHOICE theory;   /* "start", "on", "off": its prediction beside the bars */
	setting_CHOICE log_y;    /* "on": the loss on a logarithmic axis */
	setting_CHOICE advice;   /* "tried", "rules", "off" */
};

extern const struct setting_table screen_table;

struct screen_settings screen_settings_default(void);

/* Epochs a second for a value of `pace`; INFINITY for "max". */
double pace_rate(const char *pace);

/* The next faster (1) or slower (-1) pace; the same at the end. */
const char *pace_step(const char *pace, int direction);

#endif
