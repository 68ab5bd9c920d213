/* In place of show.c where there is no ncurses: the sub-commands work, the screen does not. */
#include "show.h"

#include "app/console.h"
#include "lab/error.h"

int show(struct app_options *options)
{
	struct error error;
	(void)options;
	error_set(&error, STATUS_USAGE, "built without a screen; to train without one use: wane run");
	return console_complain(&error);
}
