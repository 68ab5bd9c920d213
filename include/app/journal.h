/* What was done in a session, as the lines of a script that repeats it (script.h).
 *
 * The session adds an entry when it applies a change, an undo or a redo, the twin when it is made,
 * swapped or dropped, the app when the view changes. Nothing is lost without saying so: a journal
 * that could not take an entry is incomplete, and is never written.
 */
#ifndef APP_JOURNAL_H
#define APP_JOURNAL_H

#include "app/all_settings.h"
#include <stdint.h>
#include <stdio.h>

enum { JOURNAL_ENTRIES_MAX = 20000 };

/* The first line of a script. */
extern const char journal_title[];

struct journal_entry {
	int64_t at;  /* epochs that the run had trained in all, also those undone or restarted */
	bool during; /* the next epoch had begun and was given up */
	char *text;  /* lines; the second and further ones begin with "and" */
};

struct journal {
	struct all_settings start; /* of the session; glyphs and colors NULL: the terminal's */
	struct journal_entry *entry;
	int count, room;
	int change; /* index of the newest change of the run; -1: none */
	bool incomplete;
};

void journal_start(struct journal *journal, const struct all_settings *settings);
void journal_free(struct journal *journal);

void journal_add(struct journal *journal, int64_t at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The settings changed, or with `restart` the run started over, in one change. */
void journal_change(struct journal *journal, int64_t at, bool during, const struct config *from,
	const struct config *to, bool restart);
void journal_undo(struct journal *journal, int64_t at, const char *word); /* "undo" or "redo" */
/* The newest change has become this one; without a difference and a restart there was none. */
void journal_amend(
	struct journal *journal, const struct config *from, const struct config *to, bool restart);
void journal_withdraw(struct journal *journal); /* the newest change did not happen */

/* Settings of the screen changed. */
void journal_screen(struct journal *journal, int64_t at, const struct screen_settings *from,
	const struct screen_settings *to);

/* Of the state after `at` epochs, when the journal had `position` entries, undo has a copy. */
void journal_keep(struct journal *journal, int position, int64_t at);

/* True if there is a file of this name that is no session, or cannot be read. */
bool journal_would_replace(const char *path);

/* The script of a session that has trained `end` epochs. False: error says why not. */
bool journal_save(
	const struct journal *journal, int64_t end, const char *path, struct error *error);

#endif
