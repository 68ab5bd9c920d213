#include "projection.h"

#include "nn/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool projection_begin(struct projection *projection, int features)
{
	size_t count = (size_t)features;
	double *block = calloc(count * (PROJECTION_COMPONENTS + 1), sizeof(*block));
	if (block == NULL)
		return false;
	projection->features = features;
	projection->sum = block;
	/* A start that no data set is square to by its symmetry, as all ones could be. */
	struct rng rng = rng_stream(0, "view", 0);
	for (int c = 0; c < PROJECTION_COMPONENTS; c++) {
		projection->axis[c] = block + count * (size_t)(c + 1);
		for (int f = 0; f < features; f++)
			projection->axis[c][f] = rng_between(&rng, -1, 1);
	}
	return true;
}

void projection_end(struct projection *projection)
{
	free(projection->sum); /* the block's beginning */
}

static double dot(const double *a, const double *b, int count)
{
	double sum = 0;
	for (int i = 0; i < count; i++)
		sum += a[i] * b[i];
	return sum;
}

double projection_coordinate(
	const struct projection *projection, int component, const double *point)
{
	return dot(projection->axis[component], point, projection->features);
}

void projection_add(struct projection *projection, int component, const double *point)
{
	double coordinate = projection_coordinate(projection, component, point);
	for (int f = 0; f < projection->features; f++)
		projection->sum[f] += coordinate * point[f];
}

/* An axis may as well point the other way: its largest loading is made positive. */
static double sign_of_largest(const double *axis, int count)
{
	double largest = 0;
	for (int i = 0; i < count; i++)
		if (fabs(axis[i]) > fabs(largest))
			largest = axis[i];
	return largest < 0 ? -1 : 1;
}

void projection_turn(struct projection *projection, int component)
{
	int features = projection->features;
	double *sum = projection->sum, *axis = projection->axis[component];
	for (int c = 0; c < component; c++) {
		double shared = dot(sum, projection->axis[c], features);
		for (int f = 0; f < features; f++)
			sum[f] -= shared * projection->axis[c][f];
	}
	double length = sqrt(dot(sum, sum, features));
	double factor = length > 0 ? sign_of_largest(sum, features) / length : 0;
	for (int f = 0; f < features; f++)
		axis[f] = sum[f] * factor;
	memset(sum, 0, (size_t)features * sizeof(*sum));
}
