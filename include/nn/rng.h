/* Seeded random numbers: xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64.
 *
 * A stream is named by (seed, purpose, index), for example (seed, "initial", layer) or (seed,
 * "shuffle", epoch). So drawing more numbers for one purpose does not change those of another.
 * All arithmetic is on integers or correctly rounded doubles: the same on every machine.
 */
#ifndef NN_RNG_H
#define NN_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state[4];
};

struct rng rng_stream(uint64_t seed, const char *purpose, uint64_t index);

uint64_t rng_next(struct rng *rng);

/* Uniform in [0, 1), 53 random bits. */
double rng_uniform(struct rng *rng);

/* Uniform in [low, high). */
double rng_between(struct rng *rng, double low, double high);

/* Standard normal, by Marsaglia's polar method with log_f64(). */
double rng_normal(struct rng *rng);

/* Uniform integer in [0, bound), without bias (Lemire 2019); bound > 0. */
uint32_t rng_below(struct rng *rng, uint32_t bound);

/* A step of the Fisher-Yates shuffle: swaps value `last` with a random one of 0..last. Called for
 * every `last` from count - 1 down to 1, it shuffles `count` values. */
void rng_shuffle_step(struct rng *rng, uint32_t *values, uint32_t last);

#endif
