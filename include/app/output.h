/* A file that appears whole or not at all.
 *
 * What is written goes to a new file beside the target; output_commit() makes it the target.
 * Until then, and whatever fails, the old file stays as it was; output_abandon() removes the
 * new one. Only a plain file, or no file, is ever replaced.
 */
#ifndef APP_OUTPUT_H
#define APP_OUTPUT_H

#include "lab/error.h"
#include <stdio.h>

struct output {
	FILE *file;
	const char *path;  /* as the person wrote it */
	int directory;     /* descriptor of the folder both names are in */
	const char *name;  /* last component of path */
	char temporary[64];
};

bool output_open(struct output *output, const char *path, struct error *error);
bool output_commit(struct output *output, struct error *error);
void output_abandon(struct output *output);

#endif
