/* The number type of the network: float or double from the same source.
 *
 * Training is in float, as in the frameworks, so that values underflow as they do there. The same
 * sources are built again with NN_DOUBLE for gradient checks. Both builds are linked into one
 * program, so every public name of a type-dependent module gets a suffix from NN().
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

/* Sums over a batch use this many interleaved partial sums, joined in a fixed order, however wide
 * the CPU's registers are: so every machine computes the same numbers. */
#define NN_LANES 16

#endif
