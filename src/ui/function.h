/* An activation function as the pane draws it: its values, its range, and its formula with
 * numbers. */
#ifndef UI_FUNCTION_H
#define UI_FUNCTION_H

#include "nn/act.h"
#include "ui/plot.h"

enum { FUNCTION_TEXT = 120 };

struct function {
	const struct activation *activation;
	struct activation_parameters parameters;
};

enum { FUNCTION_VALUE, FUNCTION_DERIVATIVE, FUNCTION_BOTH };

/* Writes f(z) to value[FUNCTION_VALUE] and f'(z) to value[FUNCTION_DERIVATIVE]. */
void function_at(const struct function *function, double z, double value[2]);

/* Grows an axis so that it holds f, f' or both, but not beyond -1 and `high`: an unbounded
 * function leaves the picture. */
void function_stretch(const struct function *function, int which, double high, struct axis *y);

/* The largest |f'| over the axis of z. */
struct summit {
	double value, z;
	bool single; /* at this z alone, not on a plateau or outside */
};
struct summit function_summit(const struct function *function);

/* True if f' is 0 all the way to the left (side -1) or to the right (1) of some z: there a unit can
 * die. */
bool function_dies(const struct function *function, int side);

/* "σ×(1−σ)"; with `numbers` the values at z in place of the letters: "0.731×(1−0.731)". */
void function_formula(
	const struct function *function, double z, bool numbers, char out[FUNCTION_TEXT]);

/* Draws f or f' over the axis of z. */
void function_draw(struct area plot, const struct function *function, const struct axis *y,
	int which, enum stroke stroke, enum style style);

/* The axis of z, that of the histogram in a detail. */
extern const struct axis function_z_axis;

#endif
