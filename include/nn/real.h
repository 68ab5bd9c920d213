/* The number type of the network, and how one source serves two of them.
 *
 * The product trains in float, as the frameworks do, so that underflow is real. The same
 * sources are built once more with NN_DOUBLE for gradient checks. Both builds live in one
 * program, so every public name of a type-dependent module passes through NN().
 */
#ifndef NN_REAL_H
#define NN_REAL_H

#ifdef NN_DOUBLE
typedef double real;
#define NN(name) name##_f64
#else
typedef float real;
#define NN(name) name##_f32
#endif

/* Every sum over a batch runs in this many interleaved partial sums, joined in one fixed
 * order, whatever the width of the CPU's registers: same numbers on every machine. */
#define NN_LANES 16

#endif
