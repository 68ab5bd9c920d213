#include "nn/rng.h"

#include <math.h>

#include "nn/elementary.h"

/* 2^64 divided by the golden ratio: the step of splitmix64. */
#define SPLITMIX_STEP UINT64_C(0x9e3779b97f4a7c15)

static uint64_t splitmix_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t hash_add(uint64_t hash, uint64_t word)
{
	return splitmix_mix((hash ^ word) + SPLITMIX_STEP);
}

static uint64_t rotate_left(uint64_t x, int count)
{
	return (x << count) | (x >> (64 - count));
}

struct rng rng_stream(uint64_t seed, const char *purpose, uint64_t index)
{
	uint64_t hash = hash_add(0, seed);
	struct rng rng;
	for (const char *c = purpose; *c; c++)
		hash = hash_add(hash, (unsigned char)*c);
	/* Hashes the end of the text, too: else "a" with index 'b' could equal "ab". */
	hash = hash_add(hash_add(hash, 0), index);

	/* Distinct outputs of one splitmix64 sequence: never all four zero. */
	for (int i = 0; i < 4; i++) {
		hash += SPLITMIX_STEP;
		rng.state[i] = splitmix_mix(hash);
	}
	return rng;
}

uint64_t rng_next(struct rng *rng)
{
	uint64_t *s = rng->state;
	uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t shifted = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate_left(s[3], 45);
	return result;
}

double rng_uniform(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

double rng_between(struct rng *rng, double low, double high)
{
	double value = low + (high - low) * rng_uniform(rng);
	/* The sum can round up to `high`. */
	return value < high ? value : low;
}

double rng_normal(struct rng *rng)
{
	double x, y, square;
	/* A point in the unit disc gives two normals. The second is dropped, so that the state of a
	 * stream is only its four words. */
	do {
		x = 2 * rng_uniform(rng) - 1;
		y = 2 * rng_uniform(rng) - 1;
		square = x * x + y * y;
	} while (square >= 1 || square == 0);
	return x * sqrt(-2 * log_f64(square) / square);
}

uint32_t rng_below(struct rng *rng, uint32_t bound)
{
	uint64_t product = (rng_next(rng) >> 32) * bound;
	/* Rejects the lowest 2^32 mod bound fractions, which would make some results likelier. */
	uint32_t surplus = (0u - bound) % bound;
	while ((uint32_t)product < surplus)
		product = (rng_next(rng) >> 32) * bound;
	return (uint32_t)(product >> 32);
}

void rng_shuffle_step(struct rng *rng, uint32_t *values, uint32_t last)
{
	uint32_t other = rng_below(rng, last + 1), value = values[last];
	values[last] = values[other];
	values[other] = value;
}
