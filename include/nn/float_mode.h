/* Flush-to-zero and denormals-are-zero for the calling thread.
 *
 * Subnormal operands slow training several times once units die, and some CPUs keep them where
 * others do not. With both bits set, whatever lies below FLT_MIN (1.2e-38) is 0 everywhere:
 * 'underflow' on the screen. To be called first in every thread that trains.
 */
#ifndef NN_FLOAT_MODE_H
#define NN_FLOAT_MODE_H

void floating_point_setup(void);

#endif
