/* A run as one picture of a fixed size: loss, gradients and their history, with the header and the
 * verdict of the screen.
 */
#ifndef APP_FIGURE_H
#define APP_FIGURE_H

#include "app/screen_settings.h"
#include "lab/atomic_file.h"
#include "lab/frame.h"

/* Writes the run up to this frame as SVG, with the glyphs and colours of the settings (NULL: the
 * richest), and beside it a second run (its model NULL: there is none). The file stays open. False:
 * error says why not. */
bool figure_write(struct atomic_file *file, const struct frame *frame, const struct frame *twin,
	const struct screen_settings *settings, struct error *error);

#endif
