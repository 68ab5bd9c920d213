/* The first line: what is trained, and how far it is. */
#ifndef APP_HEADER_H
#define APP_HEADER_H

#include "lab/frame.h"
#include "lab/settings.h"
#include "ui/canvas.h"

struct header {
	const struct config *wanted; /* requested settings, which may not be applied yet */
	const char *pace;            /* epochs a second, or "max" */
	const char *pinned;          /* the settings in which a pinned run differs; NULL: none */
	int percent;                 /* progress of work that takes long; -1: none */
	bool running, over, failed;
	int64_t past_of; /* the run's epoch where an earlier one is shown; 0: the present one is */
};

void header_draw(const struct header *header, const struct frame *frame, struct area area);

#endif
