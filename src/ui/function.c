#include "function.h"

#include "lab/record.h"
#include "nn/elementary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES_A_COLUMN = 2, SAMPLES = 320 };

const struct axis function_z_axis = {DETAIL_LOW, DETAIL_HIGH, false};

void function_at(const struct function *function, double z, double value[2])
{
	real u = (real)z, f, derivative;
	function->activation->apply(&function->parameters, 1, &u, &f, &derivative);
	value[FUNCTION_VALUE] = (double)f;
	value[FUNCTION_DERIVATIVE] = (double)derivative;
}

static double sample(int i)
{
	return axis_value(&function_z_axis, (double)i / SAMPLES);
}

void function_stretch(const struct function *function, int which, double high, struct axis *y)
{
	for (int i = 0; i <= SAMPLES; i++) {
		double value[2];
		function_at(function, sample(i), value);
		for (int k = 0; k < 2; k++)
			if (which == FUNCTION_BOTH || which == k) {
				y->low = min_f64(y->low, max_f64(value[k], -1));
				y->high = max_f64(y->high, min_f64(value[k], high));
			}
	}
}

struct summit function_summit(const struct function *function)
{
	struct summit summit = {.value = -1};
	int times = 0;
	for (int i = 0; i <= SAMPLES; i++) {
		double value[2];
		function_at(function, sample(i), value);
		double size = fabs(value[FUNCTION_DERIVATIVE]);
		if (size > summit.value + 1e-6) {
			summit = (struct summit){size, sample(i), false};
			times = 0;
		}
		times += size > summit.value - 1e-6;
	}
	summit.single = times <= 2 && fabs(summit.z) < DETAIL_HIGH;
	return summit;
}

/* A negative number in brackets where it stands after an operator. What is not 1 does not round to
 * it, because 1 - f would then seem to be 0. */
static int write_number(char *out, size_t size, double value, bool alone)
{
	char number[PLOT_NUMBER];
	int digits = 3;
	do
		snprintf(number, sizeof(number), "%.*g", digits, value);
	while (digits++ < 9 && fabs(value) != 1 && fabs(strtod(number, NULL)) == 1);
	return snprintf(out, size, number[0] == '-' && !alone ? "(%s)" : "%s", number);
}

bool function_dies(const struct function *function, int side)
{
	const struct activation *activation = function->activation;
	double value[2];
	if (activation->kinks < 1)
		return false;
	function_at(function, activation->kink[side < 0 ? 0 : activation->kinks - 1] + side, value);
	return value[FUNCTION_DERIVATIVE] == 0;
}

void function_formula(
	const struct function *function, double z, bool numbers, char out[FUNCTION_TEXT])
{
	double value[2];
	const char *template = function->activation->derivative;
	size_t used = 0;
	function_at(function, z, value);
	out[0] = '\0';
	for (const char *at = template; *at && used + 1 < FUNCTION_TEXT;) {
		char *to = out + used;
		size_t room = FUNCTION_TEXT - used;
		bool f = strncmp(at, "{f}", 3) == 0, letter = f || strncmp(at, "{z}", 3) == 0;
		if (letter && numbers)
			used += (size_t)write_number(
				to, room, f ? value[FUNCTION_VALUE] : z, at > template && strchr("(|", at[-1]));
		else if (letter)
			used += (size_t)snprintf(to, room, "%s", f ? function->activation->symbol : "z");
		else
			used += (size_t)snprintf(to, room, "%c", *at);
		at += letter ? 3 : 1;
	}
}

void function_draw(struct area plot, const struct function *function, const struct axis *y,
	int which, enum stroke stroke, enum style style)
{
	int count = plot_dots_across(plot) * SAMPLES_A_COLUMN;
	struct spot before = {NAN, NAN};
	for (int i = 0; i <= count; i++) {
		double value[2], fraction = (double)i / count;
		function_at(function, axis_value(&function_z_axis, fraction), value);
		struct spot here = {fraction, axis_fraction(y, value[which])};
		if (i > 0)
			plot_line(plot, before, here, stroke, style);
		before = here;
	}
}
