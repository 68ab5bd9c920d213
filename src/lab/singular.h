/* The largest singular value of a matrix: how much longer it makes a vector at most. */
#ifndef LAB_SINGULAR_H
#define LAB_SINGULAR_H

#include "nn/real.h"

/* Of a matrix [rows][columns]. `room`: [rows + columns] to work in. By power iteration, which comes
 * from below: the result is never too large, and after SINGULAR_ITERATIONS, or fewer of a large
 * matrix, hardly too small. NaN if an entry is not finite. */
double largest_singular_value(int rows, int columns, const real *matrix, double *room);

enum { SINGULAR_ITERATIONS = 100 };

#endif
