/* A script: a session written down by journal_save(), or by a person.
 *
 *	# a session of wane; wane play FILE repeats it
 *	depth=9                      settings of the start
 *	at 12 activation=relu        after 12 epochs in all: a line of the prompt
 *	and norm=batch               together with the line before, as one change
 *	at 40+ restart               the 41st epoch had begun and is given up
 *	at 80 end
 *
 * Lines are settings, the actions and commands that repeat a session, and two words of scripts
 * alone: `keep` (undo after a divergence leads back here) and `end`. Epochs never fall; those that
 * were undone or came before a restart count, too. Blank lines and lines that begin with # are
 * passed over.
 */
#ifndef APP_SCRIPT_H
#define APP_SCRIPT_H

#include "app/all_settings.h"
#include <stdint.h>

#define SCRIPT_KEEP "keep"
#define SCRIPT_END "end"

struct script_line {
	int number; /* in the file, from 1 */
	int64_t at;
	bool during, joined; /* "at 40+"; "and" */
	const char *text;
};

struct script {
	char *path, *bytes;
	struct all_settings start; /* glyphs and colors NULL where the script does not say */
	struct script_line *line;
	int count;
	bool pins; /* there may be a second run */
};

/* Reads and checks a script; NULL: error names file and line. The caller frees. */
struct script *script_load(const char *path, struct error *error);
void script_free(struct script *script);

/* "FILE:LINE: CAUSE"; returns false. */
bool script_refuse(const struct script *script, const struct script_line *line, const char *cause,
	int status, struct error *error);

#endif
