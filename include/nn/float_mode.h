/* Flush-to-zero and denormals-are-zero for the calling thread.
 *
 * Subnormal operands make training several times slower once units die, and some CPUs keep them
 * while others do not. With both bits set, every value below FLT_MIN (1.2e-38) is 0 on every CPU:
 * 'underflow' on the screen. Every thread that trains must call this first.
 *
 * One difference between CPUs remains. If the exact result of a product, a fused multiply-add or a
 * conversion is less than FLT_MIN by less than 2^-151, it rounds to FLT_MIN: x86 keeps it, 64-bit
 * ARM makes it 0. Sums and quotients of floats never fall in that range. See
 * tests/bits/underflow.c.
 */
#ifndef NN_FLOAT_MODE_H
#define NN_FLOAT_MODE_H

void floating_point_setup(void);

#endif
