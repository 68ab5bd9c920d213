/* What a place of the picture stands for, so that it can be pointed at with the mouse.
 *
 * Drawing code says it where it draws, by area_target(): so a place means what is seen there. To
 * ask, set canvas.target and draw. Later targets add to earlier ones and replace what both name.
 */
#ifndef UI_TARGET_H
#define UI_TARGET_H

#include "ui/canvas.h"

/* All of this area stands for `target`. */
void area_target(struct area area, struct target target);

/* What was drawn in this area stands for its pane alone, as a pinned run does. */
void area_target_pane_only(struct area area);

/* Blanks this area, which then stands for nothing that was drawn below it. */
void area_cover(struct area area);

#endif
