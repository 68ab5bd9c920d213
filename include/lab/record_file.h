/* The records of a run as a new CSV file, as `wane run` writes them: a job done in slices.
 *
 *	struct record_file *file = record_file_begin(path, history, &error);    NULL: error says why
 *	while ((state = record_file_advance(file, 20, &error)) == RECORD_FILE_MORE) ...;
 *	record_file_finish(file);                                               always
 *
 * The records are copied at the beginning, so the run may go on meanwhile. Of long runs not all
 * records are kept, and not all of those with their layers; see lab/history.h.
 */
#ifndef LAB_RECORD_FILE_H
#define LAB_RECORD_FILE_H

#include "lab/error.h"
#include "lab/history.h"

enum record_file_state { RECORD_FILE_MORE, RECORD_FILE_DONE, RECORD_FILE_FAILED };

struct record_file;

/* Refuses a name that is taken. Copies path and records; `history` NULL has none. */
struct record_file *record_file_begin(
	const char *path, const struct history *history, struct error *error);

/* Writes up to `lines` lines. DONE: the file is whole and in its place. FAILED: there is none. */
enum record_file_state record_file_advance(
	struct record_file *file, int lines, struct error *error);

void record_file_finish(struct record_file *file); /* gives up what is not DONE; NULL: nothing */

#endif
