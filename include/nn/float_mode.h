/* Flush-to-zero and denormals-are-zero for the calling thread.
 *
 * Subnormal operands slow training several times once units die, and some CPUs keep them where
 * others do not. With both bits set, whatever lies below FLT_MIN (1.2e-38) is 0 everywhere:
 * 'underflow' on the screen. To be called first in every thread that trains.
 *
 * One difference between processors is left: the exact result of a product, a fused product or
 * a conversion that lies below FLT_MIN by less than 2^-151, a 2^-25th of it, and so rounds up to
 * FLT_MIN, stays FLT_MIN on x86 and becomes 0 on 64-bit ARM. Sums and quotients of floats cannot
 * come to lie there. See tests/bits/underflow.c.
 */
#ifndef NN_FLOAT_MODE_H
#define NN_FLOAT_MODE_H

void floating_point_setup(void);

#endif
