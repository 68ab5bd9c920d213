/* The screen and the records of the run as files.
 *
 * A key or a command asks; the owner of the screen then gives the picture. Pictures are written at
 * once, records in slices. No file is ever replaced.
 */
#ifndef APP_EXPORTER_H
#define APP_EXPORTER_H

#include "app/messages.h"
#include "lab/frame.h"
#include "lab/record_file.h"
#include "ui/picture_file.h"

struct exporter {
	bool asked;
	char path[DATA_PATH_MAX];    /* asked for; "": all kinds, under a new name */
	struct record_file *records; /* that are being written; NULL: none */
	char said[300];              /* once they are written */
};

void exporter_end(struct exporter *exporter);

/* Asks for all kinds of files, or for one: its ending chooses the kind. False: error says why
 * not. */
bool exporter_ask(struct exporter *exporter, const char *path, struct error *error);

/* Writes what was asked for; the message says the names, or what went wrong. */
void exporter_write(struct exporter *exporter, const struct canvas *canvas,
	const struct color_scheme *scheme, const struct frame *frame, struct messages *messages);

/* One slice of writing records, if there are any to write. */
void exporter_work(struct exporter *exporter, struct messages *messages);

#endif
