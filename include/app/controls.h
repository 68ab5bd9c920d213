/* All settings of the running program, and how a person changes them.
 *
 * Settings of the run are requested from the session, which applies them between two epochs;
 * settings of the screen take effect at once. Each change is confirmed by a message.
 */
#ifndef APP_CONTROLS_H
#define APP_CONTROLS_H

#include "app/all_settings.h"
#include "app/messages.h"
#include "app/session.h"
#include "ui/pane.h"

struct controls {
	struct session *session;
	struct messages *messages;
	struct view *view; /* follows the settings of the screen */
	struct screen_settings screen;
	const char *richest_glyphs;   /* that the terminal can show */
	struct all_settings standard; /* without any setting, on this terminal */
	bool copies;                  /* the command line is to be printed at the end */
	int color_count;              /* that it shows */
	double now;                   /* of the key or slice that is being handled, in seconds */
};

/* The requested settings, which may not be applied yet; controls_adopt() takes a changed copy. */
struct all_settings controls_settings(const struct controls *controls);
void controls_adopt(struct controls *controls, const struct all_settings *settings);

/* Steps the setting in row `index` as its key does (direction 1) or its back key (-1). */
void controls_step(struct controls *controls, int index, int direction);

/* Sets NAME to VALUE as the prompt does. False: error says why not. */
bool controls_assign(
	struct controls *controls, const char *name, const char *value, struct error *error);

/* What a change of the setting in row `index` costs: "keeps the weights". */
const char *controls_cost(int index);

/* The command line that begins a run with the requested settings; false: it is too long. */
bool controls_command_line(const struct controls *controls, char out[COMMAND_LINE_MAX]);

/* Rows to select from: layers of the requested network, the output layer included; time steps
 * instead where the newest record has some for as many layers. */
int controls_rows(const struct controls *controls);

/* Selects the output layer if the selected row does not exist any more. */
void controls_clamp_row(struct controls *controls);

#endif
