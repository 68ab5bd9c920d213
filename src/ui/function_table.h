/* A line for each activation function, with what decides whether a gradient gets through it. */
#ifndef UI_FUNCTION_TABLE_H
#define UI_FUNCTION_TABLE_H

#include "function.h"

/* Marks the function in force, whose parameters are those of all; it is among the lines where
 * there is no room for all. `pinned`: the function of a second run, marked by a point; NULL: there
 * is none. */
void function_table_draw(
	struct area area, const struct function *in_force, const struct activation *pinned);

#endif
