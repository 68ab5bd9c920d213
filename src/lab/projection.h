/* The plane in which a cloud of points spreads most: its first two principal components.
 *
 * Power iteration with products of the points themselves: no covariance matrix, so a thousand
 * features cost a thousand times one. Points have their mean at 0. For component 0, then 1:
 * projection_turn() after every point has been added, PROJECTION_TURNS times; the start, and
 * so every bit of the result, is the same in every run.
 */
#ifndef LAB_PROJECTION_H
#define LAB_PROJECTION_H

#include <stdbool.h>

enum { PROJECTION_COMPONENTS = 2, PROJECTION_TURNS = 64 };

struct projection {
	int features;
	double *axis[PROJECTION_COMPONENTS]; /* [features] each, of length 1, or 0 without spread */
	double *sum;                         /* [features] */
};

bool projection_begin(struct projection *projection, int features); /* false: no memory */
void projection_end(struct projection *projection);

void projection_add(struct projection *projection, int component, const double *point);
void projection_turn(struct projection *projection, int component);

double projection_coordinate(
	const struct projection *projection, int component, const double *point);

#endif
