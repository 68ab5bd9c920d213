/* Curves of activation functions on one pair of axes, for pane activation. */
#ifndef UI_CURVES_H
#define UI_CURVES_H

#include "function.h"

enum { CURVES_MAX = 6 };

struct curve {
	const struct function *function;
	int which; /* FUNCTION_VALUE or FUNCTION_DERIVATIVE */
	enum stroke stroke;
	enum style style;
};

struct curves {
	int count;
	struct curve curve[CURVES_MAX];
	struct axis y;
};

/* f and f' of one function; f or f' of it; f or f' of several, the one in force first. */
struct curves curves_of_both(const struct function *function);
struct curves curves_of_one(const struct function *function, int which);
struct curves curves_of_several(const struct function *function, int count, int which);

/* Columns of the left axis of curves drawn in this area. */
int curves_left(const struct curves *curves, struct area area);

/* Draws the axis in the first `left` columns, and the curves beside it. */
void curves_draw(const struct curves *curves, struct area area, int left);

/* Writes the names of the curves beside them, each where it is farthest from the others. */
void curves_label(const struct curves *curves, struct area plot);

#endif
