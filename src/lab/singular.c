#include "singular.h"

#include <math.h>
#include <stddef.h>

/* A large matrix gets fewer iterations, so that none takes longer than a few milliseconds. */
static int iterations_for(int rows, int columns)
{
	enum { LEAST = 10 };
	static const double multiply_adds = 1e7;
	double affordable = multiply_adds / (2.0 * rows * columns);
	if (affordable >= SINGULAR_ITERATIONS)
		return SINGULAR_ITERATIONS;
	return affordable > LEAST ? (int)affordable : LEAST;
}

/* x = x / |x|; returns |x|. */
static double normalize(int n, double *x)
{
	double squares = 0;
	for (int i = 0; i < n; i++)
		squares += x[i] * x[i];
	double length = sqrt(squares);
	for (int i = 0; i < n && length > 0; i++)
		x[i] /= length;
	return length;
}

/* One step of the power iteration for M^T M: y = M x, x = M^T y / |M^T y|. Returns |M x|. */
static double multiply(int rows, int columns, const real *matrix, double *x, double *y)
{
	double squares = 0;
	for (int i = 0; i < rows; i++) {
		const real *row = matrix + (size_t)i * columns;
		y[i] = 0;
		for (int j = 0; j < columns; j++)
			y[i] += (double)row[j] * x[j];
		squares += y[i] * y[i];
	}
	for (int j = 0; j < columns; j++)
		x[j] = 0;
	for (int i = 0; i < rows; i++) {
		const real *row = matrix + (size_t)i * columns;
		for (int j = 0; j < columns; j++)
			x[j] += (double)row[j] * y[i];
	}
	normalize(columns, x);
	return sqrt(squares);
}

double largest_singular_value(int rows, int columns, const real *matrix, double *room)
{
	static const double enough = 1e-9; /* relative change of the value in one iteration */
	double *x = room, *y = room + columns;
	int iterations = iterations_for(rows, columns);
	double value = 0, before = 0;
	for (int j = 0; j < columns; j++)
		x[j] = 1 + (double)j / columns; /* along no axis, and not all alike */
	normalize(columns, x);
	/* the first value is that of an arbitrary vector */
	for (int i = 0; i < iterations && (i < 2 || value - before > enough * value); i++) {
		before = value;
		value = multiply(rows, columns, matrix, x, y);
		if (!isfinite(value))
			return NAN;
	}
	return value;
}
