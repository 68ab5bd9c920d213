/* Two runs in one pane: the pinned run and, beside it or below it, the run that keys change, each
 * under its name. Where there is no room for two, the line above says that one is not shown.
 *
 * A pane that draws each run by itself has a struct halves_way and calls halves_draw(),
 * halves_wish() and halves_pinned_wish(); the others lay out by halves_of().
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

/* How a pane draws one run, whether or not there is a second one. */
struct halves_way {
	struct halves_room room;
	bool beside; /* side by side is tried first */
	/* `other`: the run in the other half, for axes that both share; NULL: none is drawn. */
	void (*draw)(const struct picture *picture, struct area area, const struct picture *other);
	struct probe_wish (*wish)(const struct picture *picture, struct area area); /* NULL: none */
};

/* Draws the run, and the pinned one where there is room for both. Clicks on the pinned one mean the
 * pane alone, because its layers and epochs may be others. */
void halves_draw(const struct halves_way *way, const struct picture *picture, struct area area);

/* What the pane needs of the run's state; and of the pinned one's, where that is drawn. */
struct probe_wish halves_wish(
	const struct halves_way *way, const struct picture *picture, struct area area);
struct probe_wish halves_pinned_wish(
	const struct halves_way *way, const struct picture *picture, struct area area);

#endif
