/* The interactive program: show.c, or no_screen.c in a build without one. */
#ifndef SHOW_H
#define SHOW_H

#include "app/app.h"

/* Runs until the user quits; returns the exit status. Glyphs and colours of `options` are filled
 * in from the terminal. */
int show(struct app_options *options);

#endif
