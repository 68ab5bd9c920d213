/* What a teacher keeps from sight: settings, keys and panes; see app/hiding.h for the lines.
 *
 * It is part of the settings of the screen, so that it ends with the lesson. A hidden setting keeps
 * its value; menu and help leave it out, key and prompt refuse it, and only the lesson itself
 * changes it.
 */
#ifndef APP_HIDDEN_H
#define APP_HIDDEN_H

#include <stdbool.h>

/* By index in the tables of settings, actions and panes. */
struct hidden {
	bool setting[128], action[128], pane[32];
};

/* Panes in sight; the index of number `place` of them; `focus` itself, or the first pane in sight
 * if it is hidden. */
int hidden_panes_left(const struct hidden *hidden);
int hidden_pane_at(const struct hidden *hidden, int place);
int hidden_focus(const struct hidden *hidden, int focus);

#endif
