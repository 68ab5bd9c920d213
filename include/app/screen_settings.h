/* Settings of the screen: how the run is shown and how fast, never what is computed.
 *
 * They have their own table, which the functions of lab/settings.h parse and step like that of the
 * experiment. To add one: a field here, a row in screen_settings.c, and the code that uses it.
 */
#ifndef APP_SCREEN_SETTINGS_H
#define APP_SCREEN_SETTINGS_H

#include "app/hidden.h"
#include "lab/settings.h"
#include "ui/pane.h"

struct screen_settings {
	setting_CHOICE pace; /* epochs per second, or "max" */
	setting_INTEGER fps; /* largest number of pictures per second */
	setting_CHOICE glyphs, colors, layout;
	setting_CHOICE mouse;     /* "on", "off" */
	setting_CHOICE gradient;  /* size shown by the bars */
	setting_CHOICE history;   /* size shown by the map of layers and epochs */
	setting_CHOICE network;   /* number shown by the colours of the units */
	setting_CHOICE beside;    /* the table of pane weights: "layers", "traces", "nothing" */
	setting_CHOICE sort;      /* of pane numbers: "layer", "falling", "rising" */
	setting_CHOICE units;     /* of pane units: "all", "sample" */
	setting_CHOICE curves;    /* of pane activation */
	setting_LIST compare;     /* functions it draws beside the one in force */
	setting_CHOICE theory;    /* "start", "on", "off": the prediction beside the bars */
	setting_CHOICE loss_axis; /* "fit", "zero", "log" */
	setting_REAL target_loss; /* the loss that runs race to */
	setting_CHOICE advice;    /* "tried", "rules", "off" */
	setting_CHOICE quiz;      /* "off", "on": verdicts are asked for, not shown */
	setting_CHOICE timer;     /* "off", "on": epochs to target_loss, large */
	setting_CHOICE lang;      /* of lessons: "auto", or a language */
	struct hidden hidden;     /* no row of the table: see hidden.h */
};

extern const struct setting_table screen_table;

struct screen_settings screen_settings_default(void);

/* Sets what the panes see of them; the rest of the view is left alone. */
void screen_settings_view(const struct screen_settings *screen, struct view *view);

/* Epochs per second for a value of `pace`; INFINITY for "max". */
double pace_rate(const char *pace);

/* The next faster (1) or slower (-1) pace; the same at the end. */
const char *pace_step(const char *pace, int direction);

#endif
