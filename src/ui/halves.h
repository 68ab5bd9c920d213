/* Two runs in one pane: the pinned run and, beside it or below it, the run that keys change, each
 * under its name. Where there is no room for two, the line above says that one is not shown.
 */
#ifndef UI_HALVES_H
#define UI_HALVES_H

#include "ui/pane.h"

/* What two runs need side by side, and one above the other, names left out. */
struct halves_room {
	int beside_width, beside_height, above_width, above_height;
};

struct halves {
	int heads;               /* rows of a name above each area; 0: there is only one run */
	struct area run, pinned; /* pinned: width 0 if it is not shown */
};

/* The first way in which both have room: side by side if `beside`, else one above the other. */
struct halves halves_of(
	const struct picture *picture, struct area area, const struct halves_room *room, bool beside);

/* Draws the names above both areas. */
void halves_draw_names(const struct halves *halves, const struct picture *picture);

/* The pinned run as a picture of its own. */
struct picture halves_pinned(const struct picture *picture);

#endif
