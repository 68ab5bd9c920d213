/* Atomic replacement of a file: readers see the old content or all of the new.
 *
 *	struct atomic_file file;
 *	if (!atomic_file_open(&file, path, &error)) return false;
 *	... fprintf(file.stream, ...); on failure: atomic_file_abandon(&file) ...
 *	return atomic_file_commit(&file, &error);
 *
 * The stream writes a new file beside the target; committing renames it to the target, abandoning
 * removes it. Until then, and whatever fails, the old file stays as it was. Only a plain file,
 * or no file, is ever replaced: never a device, a pipe or what a symbolic link points to. The new
 * file keeps the mode of the old one, and its owner and group if that is allowed.
 *
 * atomic_file_open_new() is for files that replace nothing: it refuses a name that is taken, and
 * committing fails if it has been taken meanwhile.
 *
 * The file beside the target is called .wane-PROCESS-RANDOM-TARGET.tmp. A process that is killed
 * leaves it there; the next one to open the same target removes it.
 */
#ifndef LAB_ATOMIC_FILE_H
#define LAB_ATOMIC_FILE_H

#include "lab/error.h"
#include <stdio.h>

enum { ATOMIC_NAME_SIZE = 256 };

struct atomic_file {
	FILE *stream;
	const char *path; /* as the person wrote it; the caller's, until the end */
	const char *name; /* its last component */
	int directory;    /* descriptor of the folder that both names are in */
	bool fresh;       /* replaces nothing */
	char temporary[ATOMIC_NAME_SIZE];
};

bool atomic_file_open(struct atomic_file *file, const char *path, struct error *error);
bool atomic_file_open_new(struct atomic_file *file, const char *path, struct error *error);

/* True if both, which are open, would end up as the same file. */
bool atomic_file_same(const struct atomic_file *a, const struct atomic_file *b);

/* Passes on to the disk what has been written so far, so that committing a large file does not
 * take long. On false the file is to be abandoned. */
bool atomic_file_settle(struct atomic_file *file, struct error *error);

/* Both end the use of `file`. A stream that has failed is never committed. */
bool atomic_file_commit(struct atomic_file *file, struct error *error);
void atomic_file_abandon(struct atomic_file *file);

/* Fills `error` with "PATH: cannot be written: " and what errno says; returns false. */
bool atomic_file_refuse(const struct atomic_file *file, struct error *error);

#endif
