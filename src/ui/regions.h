/* What the network answers all over the plane of the data, drawn behind the points.
 *
 * A grid of answers (lab/probe.h) covers the area, whatever its numbers of columns and rows. With
 * 256 colours a region is a dark background: its hue is the class, its strength the probability.
 * Elsewhere each class has a shade. The border between two classes is dotted in both.
 */
#ifndef UI_REGIONS_H
#define UI_REGIONS_H

#include "lab/probe.h"
#include "ui/canvas.h"

enum {
	REGIONS_CLASSES = 4, /* that differ by hue and shade; more of them share */
	REGIONS_STEPS = 4,   /* of the probability: even, then three strengths */
};

/* Rows of answers that an area can show: two in a cell if it has half blocks on backgrounds. */
int regions_rows(struct area area);

/* The background for an answer; STYLE_NORMAL if it is not a number. */
enum style regions_style(const struct answer *answer);

/* The background of a step for class 0. */
enum style regions_step(int step);

/* The shade for a class, where backgrounds are missing. */
uint32_t regions_shade(struct area area, int class);

/* The sign of a border, of which there are dots at several heights with Braille. */
uint32_t regions_border(struct area area);

/* The background at a place, given as fractions of the area from its left and from its top. */
enum style regions_ground(
	struct area area, const struct state_view *state, double across, double down);

void regions_draw(struct area area, const struct state_view *state);

#endif
