#include "generators.h"

#include "nn/elementary.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const double pi = 3.14159265358979323846;

static void point_blur(struct generator_state *state, struct point *point)
{
	for (int i = 0; i < GENERATOR_FEATURES_MAX; i++)
		point->x[i] += state->noise * rng_normal(&state->errors);
}

static void moons_point(struct generator_state *state, int index, int count, struct point *point)
{
	int outer = count / 2, inner = count - outer;
	if (index < outer) {
		double angle = pi * index / (outer - 1);
		*point = (struct point){.x = {cos_f64(angle), sin_f64(angle)}, .class = 0};
	} else {
		double angle = pi * (index - outer) / (inner - 1);
		*point = (struct point){.x = {1 - cos_f64(angle), 0.5 - sin_f64(angle)}, .class = 1};
	}
	point_blur(state, point);
}

static void circles_point(struct generator_state *state, int index, int count, struct point *point)
{
	int outer = count / 2, class = index >= outer;
	double turn = class ? (double)(index - outer) / (count - outer) : (double)index / outer;
	double angle = 2 * pi * turn, radius = class ? 0.8 : 1;
	*point =
		(struct point){.x = {radius * cos_f64(angle), radius * sin_f64(angle)}, .class = class};
	point_blur(state, point);
}

/* TensorFlow Playground's plane reaches to 6; ours to 1, so that noise is one length in all
 * data sets. Its spirals' arms are then 0.24 apart: the noise stays uniform, U(-noise, noise),
 * since the tails of a normal one would join the arms at the default noise already. */
static const double playground_scale = 6;

static void spirals_point(struct generator_state *state, int index, int count, struct point *point)
{
	int first = count / 2, second = count - first;
	int class = index < first;
	double along = class ? (double)index / first : (double)(index - first) / second;
	double angle = 1.75 * 2 * pi * along + (class ? 0 : pi);
	double radius = 5 * along / playground_scale;
	*point =
		(struct point){.x = {radius * sin_f64(angle), radius * cos_f64(angle)}, .class = class};
	for (int i = 0; i < GENERATOR_FEATURES_MAX; i++)
		point->x[i] += state->noise * rng_between(&state->errors, -1, 1);
}

/* As in Playground the points stay where they are, 0.3 clear of the axes, and the noise moves
 * a copy that only the class is read from: U(-5, 5) there, as is everything divided by 6. */
static void xor_point(struct generator_state *state, int index, int count, struct point *point)
{
	double product = 1;
	(void)index;
	(void)count;
	for (int i = 0; i < GENERATOR_FEATURES_MAX; i++) {
		double x = rng_between(&state->positions, -5, 5);
		x += x > 0 ? 0.3 : -0.3;
		product *= x + state->noise * rng_between(&state->errors, -5, 5);
		point->x[i] = x / playground_scale;
	}
	point->class = product >= 0;
}

enum { BLOBS = 3 };

/* scikit-learn's centres U(-10, 10) and sd 1, divided by 10: at the default noise of 0.1 the
 * same picture, and noise is the sd. Unlike there, centres closer than six of that sd are
 * drawn again: classes that nobody can tell apart would teach the wrong lesson. */
static void blobs_centres(uint64_t seed, double centre[BLOBS][GENERATOR_FEATURES_MAX])
{
	static const double apart = 0.6;
	struct rng rng = rng_stream(seed, "data", 1);
	for (int i = 0; i < BLOBS; i++) {
		centre[i][0] = rng_between(&rng, -1, 1);
		centre[i][1] = rng_between(&rng, -1, 1);
		for (int other = 0; other < i; other++) {
			double x = centre[i][0] - centre[other][0], y = centre[i][1] - centre[other][1];
			if (x * x + y * y < apart * apart) {
				i--;
				break;
			}
		}
	}
}

/* The centres are drawn anew for every point, so that a point needs nothing but its number. */
static void blobs_point(struct generator_state *state, int index, int count, struct point *point)
{
	double centre[BLOBS][GENERATOR_FEATURES_MAX];
	(void)count;
	blobs_centres(state->seed, centre);
	point->class = index % BLOBS;
	for (int i = 0; i < GENERATOR_FEATURES_MAX; i++)
		point->x[i] = centre[point->class][i];
	point_blur(state, point);
}

enum { RINGS = 3 };

/* Circles of radius 1, 2 and 3, of as many points each; what is left over goes to the last. */
static void rings_point(struct generator_state *state, int index, int count, struct point *point)
{
	int share = count / RINGS;
	int ring = index / share < RINGS ? index / share : RINGS - 1;
	int points = ring < RINGS - 1 ? share : count - ring * share;
	double angle = 2 * pi * (index - ring * share) / points, radius = ring + 1;
	*point = (struct point){.x = {radius * cos_f64(angle), radius * sin_f64(angle)}, .class = ring};
	point_blur(state, point);
}

/* The class is that of the square before noise moves the point. */
static void checker_point(struct generator_state *state, int index, int count, struct point *point)
{
	int squares = 0;
	(void)index;
	(void)count;
	for (int i = 0; i < GENERATOR_FEATURES_MAX; i++) {
		point->x[i] = rng_between(&state->positions, -2, 2);
		squares += (int)floor(point->x[i]) + 2;
	}
	point->class = squares % 2;
	point_blur(state, point);
}

static void line_point(struct generator_state *state, int index, int count, struct point *point)
{
	(void)index;
	(void)count;
	point->x[0] = rng_between(&state->positions, -1, 1);
	point->value = point->x[0] / 2 + state->noise * rng_normal(&state->errors);
}

static void wave_point(struct generator_state *state, int index, int count, struct point *point)
{
	(void)index;
	(void)count;
	point->x[0] = rng_between(&state->positions, -1, 1);
	point->value = sin_f64(pi * point->x[0]) + state->noise * rng_normal(&state->errors);
}

/* ---- sequences: the answer is asked for after the last step ---- */

/* The first of all inputs: remembering it is the whole task. */
static void echo_sequence(
	struct generator_state *state, int length, double *x, struct point *target)
{
	for (int t = 0; t < length; t++)
		x[t] = rng_between(&state->positions, -1, 1);
	target->value = x[0] + state->noise * rng_normal(&state->errors);
}

/* The sum of two marked values, one in each half (Hochreiter and Schmidhuber 1997). A step is the
 * value, then the mark. */
static void adding_sequence(
	struct generator_state *state, int length, double *x, struct point *target)
{
	uint32_t half = (uint32_t)length / 2, rest = (uint32_t)length - half;
	uint32_t first = rng_below(&state->positions, half);
	uint32_t second = half + rng_below(&state->positions, rest);
	target->value = state->noise * rng_normal(&state->errors);
	for (uint32_t t = 0; t < (uint32_t)length; t++) {
		double value = rng_between(&state->positions, 0, 1);
		bool marked = t == first || t == second;
		x[2 * t] = value;
		x[2 * t + 1] = marked;
		target->value += marked ? value : 0;
	}
}

/* Whether the number of ones is odd. The bits are blurred after they are counted. */
static void parity_sequence(
	struct generator_state *state, int length, double *x, struct point *target)
{
	target->class = 0;
	for (int t = 0; t < length; t++) {
		int bit = (int)rng_below(&state->positions, 2);
		target->class ^= bit;
		x[t] = bit + state->noise * rng_normal(&state->errors);
	}
}

static const struct generator generators[] = {
	{"moons", "two half moons that reach into each other", 2, 2, moons_point, NULL},
	{"circles", "a circle and a smaller one inside it", 2, 2, circles_point, NULL},
	{"spirals", "two spiral arms wound around each other", 2, 2, spirals_point, NULL},
	{"xor", "four squares, opposite ones of the same class", 2, 2, xor_point, NULL},
	{"blobs", "three round clouds with centres drawn from the seed", 2, BLOBS, blobs_point, NULL},
	{"rings", "three rings around each other, a class each", 2, RINGS, rings_point, NULL},
	{"checker", "a board of four by four squares in two colours", 2, 2, checker_point, NULL},
	{"line", "regression: a straight line, y = x/2", 1, 0, line_point, NULL},
	{"wave", "regression: one turn of a sine, y = sin(pi x)", 1, 0, wave_point, NULL},
	{"echo", "sequence: numbers, the first of which is the answer", 1, 0, NULL, echo_sequence},
	{"adding", "sequence: the sum of two marked numbers", 2, 0, NULL, adding_sequence},
	{"parity", "sequence: is the number of ones odd?", 1, 2, NULL, parity_sequence},
};

const struct generator *generator_at(int index)
{
	return index >= 0 && index < LENGTH(generators) ? &generators[index] : NULL;
}

const struct generator *generator_find(const char *name)
{
	for (int i = 0; i < LENGTH(generators); i++)
		if (strcmp(generators[i].name, name) == 0)
			return &generators[i];
	return NULL;
}
