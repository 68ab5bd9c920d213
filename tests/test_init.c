/* Initializers: what is drawn has the moments and bounds that the table claims, the same for a
 * seed always, and no layer's weights depend on how many layers there are. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nets.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const struct initializer_parameters parameters = {
	.low = -0.25, .high = 0.75, .std = 0.4, .value = -0.3, .gain = 1.5,
};
/* clang-format on */

static const struct fans {
	int in, out;
} fans[] = {{2, 300}, {300, 2}, {40, 40}, {7, 90}};

static void walk(void (*check)(const struct initializer *row, int fan_in, int fan_out))
{
	const struct initializer *row;
	int seen = 0;
	for (int i = 0; (row = initializer_at(i)); i++, seen++)
		for (size_t k = 0; k < COUNT(fans); k++)
			check(row, fans[k].in, fans[k].out);
	assert_true(seen >= 14);
}

/* The first layer, with these inputs and units, of a network initialized in slices. */
static struct net *drawn(const struct initializer *row, int fan_in, int fan_out, uint64_t seed)
{
	struct net_spec spec = plain_spec("tanh", 1, fan_out, "bce");
	uint64_t budget = 1;
	spec.size[0] = fan_in;
	struct net *net = net_new(kernels_find(NULL), &spec, 1);

	assert_non_null(net);
	net_initialize_begin(net, row, &parameters, seed, 1, 2);
	while (!net_initialize_advance(net, &budget))
		budget = 1;
	return net;
}

struct sample_moments {
	double mean, deviation, largest;
};

/* Over enough matrices that 5 standard errors are a few percent. */
static struct sample_moments measure(const struct initializer *row, int fan_in, int fan_out)
{
	enum { MATRICES = 20 };
	struct sample_moments m = {0};
	double n = (double)MATRICES * fan_in * fan_out, squares = 0;
	for (uint64_t seed = 1; seed <= MATRICES; seed++) {
		struct net *net = drawn(row, fan_in, fan_out, seed);
		const struct net_layer *layer = net_layer_of(net, 1);
		for (size_t i = 0; i < layer->weights; i++) {
			double w = layer->weight[i];
			m.mean += w / n;
			squares += w * w / n;
			m.largest = fmax(m.largest, fabs(w));
		}
		net_free(net);
	}
	m.deviation = sqrt(fmax(0, squares - m.mean * m.mean));
	return m;
}

/* The mean if it is not 0. */
static double mean_of(const struct initializer *row, int fan_in, int fan_out)
{
	if (strcmp(row->name, "uniform") == 0)
		return 1.5 * 0.25;
	if (strcmp(row->name, "uniform-2-5") == 0)
		return 1.5 * 3.5;
	if (strcmp(row->name, "identity") == 0)
		return 1.5 / fmax(fan_in, fan_out);
	if (strcmp(row->name, "constant") == 0)
		return 1.5 * -0.3;
	return 0;
}

static void check_moments(const struct initializer *row, int fan_in, int fan_out)
{
	struct sample_moments m = measure(row, fan_in, fan_out);
	double n = 20.0 * fan_in * fan_out, deviation = row->std(&parameters, fan_in, fan_out);
	double bound = row->bound(&parameters, fan_in, fan_out);
	if (!(fabs(m.mean - mean_of(row, fan_in, fan_out)) <= 5 * deviation / sqrt(n) + 1e-6))
		fail_msg("%s %dx%d: mean %g", row->name, fan_out, fan_in, m.mean);
	if (!(fabs(m.deviation - deviation) <= 5 * deviation / sqrt(2 * n) + 1e-4))
		fail_msg("%s %dx%d: deviation %g, the table says %g", row->name, fan_out, fan_in,
			m.deviation, deviation);
	/* within the bound, and near it */
	if (bound > 0 && !(m.largest <= bound * (1 + 1e-7) && m.largest >= 0.95 * bound))
		fail_msg(
			"%s %dx%d: up to %g, the table says %g", row->name, fan_out, fan_in, m.largest, bound);
}

static void draws_have_the_claimed_moments_and_bounds(void **state)
{
	(void)state;
	walk(check_moments);
}

/* The rules, written a second time: gain 1, [out] x [in] = 50 x 200. */
static void standard_deviations_equal_their_papers(void **state)
{
	static const struct rule {
		const char *name;
		double variance, bound;
	} rules[] = {
		{"glorot-uniform", 2.0 / 250, 6.0 / 250},
		{"glorot-normal", 2.0 / 250, 0},
		{"he-uniform", 2.0 / 200, 6.0 / 200},
		{"he-normal", 2.0 / 200, 0},
		{"lecun-uniform", 1.0 / 200, 3.0 / 200},
		{"lecun-normal", 1.0 / 200, 0},
		{"normal", 0.16, 0},
		{"uniform", 1.0 / 12, 0.5625},
		{"uniform-2-5", 9.0 / 12, 25},
		{"zeros", 0, 0},
		{"constant", 0, 0.09},
		{"orthogonal", 1.0 / 200, 0},
		{"lsuv", 1.0 / 200, 0},
		{"identity", 0.005 * 0.995, 0}, /* 50 ones among 10000 entries */
		{"pytorch", 1.0 / 600, 1.0 / 200},
		{"he-normal-truncated", 2.0 / 200, 2.0 / 200 * 2.2737 * 2.2737},
		{"glorot-normal-truncated", 2.0 / 250, 2.0 / 250 * 2.2737 * 2.2737},
		{"lecun-normal-truncated", 1.0 / 200, 1.0 / 200 * 2.2737 * 2.2737},
	};
	struct initializer_parameters plain = parameters;
	(void)state;
	plain.gain = 1;
	for (int i = 0; initializer_at(i); i++) {
		const struct initializer *row = initializer_at(i);
		size_t rule = 0;
		while (rule < COUNT(rules) && strcmp(rules[rule].name, row->name) != 0)
			rule++;
		if (rule == COUNT(rules))
			fail_msg(
				"%s has no facts in this test: add its variance and bound to rules[]", row->name);
		assert_ptr_equal(initializer_find(row->name), row);
		double deviation = row->std(&plain, 200, 50), bound = row->bound(&plain, 200, 50);

		if (!(fabs(deviation * deviation - rules[rule].variance) <= 1e-12))
			fail_msg("%s: variance %g, by its paper %g", row->name, deviation * deviation,
				rules[rule].variance);
		if (!(fabs(bound * bound - rules[rule].bound) <= 1e-4 * rules[rule].bound))
			fail_msg("%s: bound %g, by its paper %g", row->name, bound, sqrt(rules[rule].bound));
	}
	assert_null(initializer_find("no such"));
	assert_null(initializer_at(-1));
}

static void check_repeats(const struct initializer *row, int fan_in, int fan_out)
{
	struct net *one = drawn(row, fan_in, fan_out, 3), *two = drawn(row, fan_in, fan_out, 3);
	struct net *other = drawn(row, fan_in, fan_out, 4);
	const struct net_layer *a = net_layer_of(one, 1), *b = net_layer_of(other, 1);
	bool random = row->std(&parameters, 8, 8) > 0 && strcmp(row->name, "identity") != 0;
	assert_same_parameters(one, two);
	for (size_t i = 0; i < a->weights; i++)
		assert_true((a->weight[i] != b->weight[i]) == random);
	/* nothing has moved since initialization */
	assert_memory_equal(net_initial_of(one, a->weight), a->weight, a->count * sizeof(real));
	for (int unit = 0; unit < fan_out; unit++)
		assert_true((a->bias[unit] != 0) == row->draws_bias);
	net_free(one);
	net_free(two);
	net_free(other);
}

static void a_seed_always_gives_the_same_weights(void **state)
{
	(void)state;
	walk(check_repeats);
}

static void identity_is_one_on_the_diagonal(void **state)
{
	struct net *net = drawn(initializer_find("identity"), 9, 5, 1);
	(void)state;
	for (int r = 0; r < 5; r++)
		for (int c = 0; c < 9; c++)
			assert_true(net_layer_of(net, 1)->weight[r * 9 + c] == (r == c ? 1.5 : 0));
	net_free(net);
}

/* Product of rows a and b of a [rows][columns] matrix, or of its columns. */
static double product_of(const real *w, int rows, int columns, int a, int b)
{
	double sum = 0;
	for (int i = 0; i < (rows <= columns ? columns : rows); i++)
		sum += rows <= columns ? (double)w[a * columns + i] * w[b * columns + i]
							   : (double)w[i * columns + a] * w[i * columns + b];
	return sum;
}

static void orthogonal_weights_are_orthonormal_times_the_gain(void **state)
{
	const struct initializer *row = initializer_find("orthogonal");
	(void)state;
	for (size_t k = 0; k < COUNT(fans); k++) {
		int in = fans[k].in, out = fans[k].out, vectors = in < out ? in : out;
		struct net *net = drawn(row, in, out, 1);
		const real *w = net_layer_of(net, 1)->weight;
		for (int a = 0; a < vectors; a++)
			for (int b = 0; b <= a; b++)
				assert_true(fabs(product_of(w, out, in, a, b) - (a == b) * 2.25) < 1e-5);
		net_free(net);
	}
}

/* The variance of z in each layer, and the whole output. */
struct spread {
	double sum[20], squares[20], count[20];
};

static void see_z(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	struct spread *spread = context;
	int layer = place->layer;
	(void)derivative, (void)output;
	for (int unit = 0; unit < place->units; unit++)
		for (int i = 0; i < place->samples; i++) {
			double z = u[unit * place->stride + i];
			spread->sum[layer] += z;
			spread->squares[layer] += z * z;
			spread->count[layer]++;
		}
}

static void lsuv_gives_every_hidden_layer_variance_one(void **state)
{
	const struct initializer *row = initializer_find("lsuv");
	struct net_spec spec = plain_spec("sigmoid", 12, 8, "bce");
	struct net *net = net_new(kernels_find(NULL), &spec, 100);
	struct spread spread = {0};
	const struct net_observer observer = {.context = &spread, .forward = see_z};
	uint64_t budget = UINT64_MAX;
	(void)state;
	assert_true(row->unit_variance && row->orthogonal);
	net_initialize_begin(net, row, &parameters, 1, 1, spec.layers);
	assert_true(net_initialize_advance(net, &budget));
	fill(net, 0, 100);
	run(net, NET_UNIT_VARIANCE, 100, 7, NULL);
	net_gradient_clear(net);
	run(net, NET_MEASURE, 100, UINT64_MAX, &observer);
	for (int l = 1; l < spec.layers; l++) {
		double mean = spread.sum[l] / spread.count[l];
		assert_true(fabs(spread.squares[l] / spread.count[l] - mean * mean - 1) < 0.1);
		assert_memory_equal(net_initial_of(net, net_layer_of(net, l)->weight),
			net_layer_of(net, l)->weight, net_layer_of(net, l)->weights * sizeof(real));
	}
	net_free(net);
}

/* The bounds are two settings that a user may well give in the other order. */
static void bounds_of_uniform_may_come_in_any_order(void **state)
{
	const struct initializer *row = initializer_find("uniform");
	const struct initializer_parameters turned = {.low = 0.75, .high = -0.25, .gain = 1.5};
	struct rng one = rng_stream(1, "weights", 0), two = one;
	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(
			row->draw(&parameters, &one, 1, 1, 0, 0) == row->draw(&turned, &two, 1, 1, 0, 0));
	assert_true(row->std(&parameters, 1, 1) == row->std(&turned, 1, 1));
	assert_true(row->bound(&parameters, 1, 1) == row->bound(&turned, 1, 1));
}

static void depth_changes_no_layers_weights(void **state)
{
	struct net_spec shallow = plain_spec("tanh", 3, 8, "ce");
	struct net_spec deep = plain_spec("tanh", 9, 8, "ce");
	struct net *one = net_of(&shallow, 1, 0), *two = net_of(&deep, 1, 0);
	(void)state;
	for (int l = 1; l <= 4; l++) {
		const struct net_layer *a = net_layer_of(one, l);
		const struct net_layer *b = net_layer_of(two, l < 4 ? l : 10);
		assert_memory_equal(a->weight, b->weight, a->weights * sizeof(real));
		assert_memory_equal(net_initial_of(one, a->weight), a->weight, a->weights * sizeof(real));
		if (l > 1)
			assert_memory_not_equal(a->weight, net_layer_of(one, l - 1)->weight, 3 * sizeof(real));
	}
	net_free(one);
	net_free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_have_the_claimed_moments_and_bounds),
		cmocka_unit_test(standard_deviations_equal_their_papers),
		cmocka_unit_test(a_seed_always_gives_the_same_weights),
		cmocka_unit_test(identity_is_one_on_the_diagonal),
		cmocka_unit_test(orthogonal_weights_are_orthonormal_times_the_gain),
		cmocka_unit_test(lsuv_gives_every_hidden_layer_variance_one),
		cmocka_unit_test(bounds_of_uniform_may_come_in_any_order),
		cmocka_unit_test(depth_changes_no_layers_weights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
