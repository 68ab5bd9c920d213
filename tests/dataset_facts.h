/* Every data set, in the order of `wane list data`: the one list of facts about them, which a new
 * one is added to. */
#ifndef TESTS_DATASET_FACTS_H
#define TESTS_DATASET_FACTS_H

#include <math.h>
#include <stdint.h>

static inline double ring_class(double x, double y)
{
	return hypot(x, y) - 1;
}

static inline double checker_class(double x, double y)
{
	return fmod(floor(x) + floor(y) + 4, 2);
}

static inline double line_value(double x, double y)
{
	(void)y;
	return x / 2;
}

static inline double wave_value(double x, double y)
{
	(void)y;
	return sin(3.14159265358979323846 * x);
}

static inline double xor_class(double x, double y)
{
	return x * y > 0;
}

/* Points that are generated are checked by the formula of their target, by those of the reference,
 * or by a test of their own. */
static const struct dataset_fact {
	const char *name;
	int rows, features, classes; /* 0 rows: generated, as many as wanted; 0 classes: values */
	int steps;                   /* of a sequence, with the length that test requests have */
	/* The first point of 100 of seed 1 as it has always been, because the next version must repeat
	 * the runs of this one: the bits of its place in the view (of real data that depends on all of
	 * their numbers), and its class. */
	struct {
		uint32_t x, y;
		int class;
	} first;
	double (*target)(double x, double y);
	double reach;          /* of the first feature, both ways */
	const char *reference; /* how tensors of the reference begin, and what divides them */
	double scale;
	const char *elsewhere; /* "PROGRAM: TEST" */
} dataset_facts[] = {
	{"moons", 0, 2, 2, .first = {0x3E6D05D1, 0x3F7E3F7B, 0}, .reference = "moons.", .scale = 1},
	{"circles", 0, 2, 2, .first = {0xBF554894, 0x3E7C61D1, 0}, .reference = "circles.", .scale = 1},
	{"spirals", 0, 2, 2, .first = {0xBEBEAA9A, 0x3E30821B, 1}, .reference = "spiral.", .scale = 6},
	{"xor", 0, 2, 2, .first = {0xBDD1FD2C, 0xBF2965FC, 1}, .target = xor_class, .reach = 5.3 / 6},
	{"blobs", 0, 2, 3, .first = {0x3D39EB53, 0xBF6974D2, 1},
		.elsewhere = "generators: blobs_lie_apart_whatever_the_seed"},
	{"rings", 0, 2, 3, .first = {0x3F7AEB8E, 0x3E86D8DE, 0}, .target = ring_class, .reach = 3},
	{"checker", 0, 2, 2, .first = {0xBFF0E4B7, 0x4002EF61, 1}, .target = checker_class, .reach = 2},
	{"line", 0, 1, 0, .first = {0xBF3807C3, 0xBEDE3684, 0}, .target = line_value, .reach = 1},
	{"wave", 0, 1, 0, .first = {0xBF3807C3, 0xBF58EBEA, 0}, .target = wave_value, .reach = 1},
	{"echo", 0, 50, 0, 50, .first = {0xBF69180F, 0xBF2B2005, 0},
		.elsewhere = "generators: an_echo_is_the_first_input"},
	{"adding", 0, 100, 0, 50, .first = {0x3EA2E63A, 0x0, 0},
		.elsewhere = "generators: adding_is_of_a_mark_in_each_half"},
	{"parity", 0, 50, 2, 50, .first = {0x3D98F221, 0xBC503802, 0},
		.elsewhere = "generators: parity_is_that_of_all_bits"},
	{"cancer", 569, 30, 2, .first = {0x4055D31A, 0xC01200CB, 1}},
	{"digits", 1797, 64, 10, .first = {0x4042A4F4, 0xBE41727B, 3}},
	{"iris", 150, 4, 3, .first = {0x3FB0AE85, 0x3ECB4DA6, 2}},
	{"wine", 178, 13, 3, .first = {0x4005DA36, 0x3FCC2A7E, 0}},
	{"digit-rows", 1797, 64, 10, 8, .first = {0x4042A4F4, 0xBE41727B, 3}},
};

#endif
