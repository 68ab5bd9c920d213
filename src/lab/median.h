/* The median, by quickselect (Hoare 1961). */
#ifndef LAB_MEDIAN_H
#define LAB_MEDIAN_H

#include <stddef.h>

/* Of n > 0 numbers without NaN; the mean of the middle two if n is even. Reorders them. */
float median(float *values, size_t n);

#endif
