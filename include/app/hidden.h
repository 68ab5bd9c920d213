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

/* Of the first `count` rows of a table, by its flags: how many are in sight; and the index of
 * number `place` of these, the last one if there are fewer, 0 if there is none. */
int in_sight_count(const bool *hidden, int count);
int in_sight_at(const bool *hidden, int count, int place);

/* `focus` itself, or the first pane in sight if it is hidden. */
int hidden_focus(const struct hidden *hidden, int focus);

#endif
