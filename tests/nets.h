/* Networks for tests, in the type that the including test is built for: small specs, weights
 * from fixed seeds, and an endless sequence of samples, each independent of its place in a
 * batch. */
#ifndef TESTS_NETS_H
#define TESTS_NETS_H

#include <stdlib.h>
#include <string.h>

#include "nn/net.h"

static inline struct net_spec plain_spec(
	const char *activation, int depth, int width, const char *loss)
{
	struct net_spec spec = {
		.layers = depth + 1,
		.size = {3},
		.leaky_slope = 0.1,
		.elu_alpha = 1,
		.normalization = "none",
		.norm_epsilon = 1e-5,
		.norm_momentum = 0.1,
		.branch_scale = 1,
		.loss = loss,
	};
	for (int l = 1; l <= depth; l++) {
		spec.size[l] = width;
		spec.activation[l - 1] = activation;
	}
	spec.size[spec.layers] = strcmp(loss, "bce") == 0 ? 1 : 3;
	return spec;
}

static inline struct net *net_of(const struct net_spec *spec, int capacity, double largest_bias)
{
	const struct initializer_parameters parameters = {.gain = 1};
	struct net *net = net_new(kernels_find(NULL), spec, capacity);
	struct rng rng = rng_stream(3, "test", 0);
	uint64_t budget = UINT64_MAX;
	assert_non_null(net);
	net_initialize_begin(net, initializer_find("he-normal"), &parameters, 5, 1, spec->layers);
	assert_true(net_initialize_advance(net, &budget));
	for (int l = 1; l <= spec->layers; l++)
		for (int i = 0; i < spec->size[l] && net_layer_of(net, l)->bias; i++)
			net_layer_of(net, l)->bias[i] = (real)(largest_bias * rng_uniform(&rng));
	return net;
}

/* Makes samples first, first + 1, ... the batch. */
static inline void fill(struct net *net, int first, int rows)
{
	const struct net_spec *spec = net_spec_of(net);
	int stride = net_batch(net, rows), outputs = spec->size[spec->layers];
	bool values = strcmp(spec->loss, "mse") == 0;
	for (int i = 0; i < rows; i++) {
		struct rng rng = rng_stream(4, "sample", (uint64_t)(first + i));
		int class = (int)rng_below(&rng, outputs > 1 ? (uint32_t)outputs : 2);
		for (int f = 0; f < spec->size[0]; f++)
			net_input(net)[f * stride + i] = (real)rng_normal(&rng);
		for (int o = 0; o < outputs; o++)
			net_target(net)[o * stride + i] = values ? (real)rng_normal(&rng)
				: outputs > 1                        ? class == o
													 : class;
	}
}

/* A pass over the present batch, interrupted after every `slice` multiply-adds. */
static inline double run(struct net *net, enum net_mode mode, int total, uint64_t slice,
	const struct net_observer *observer)
{
	struct rng dropout = rng_stream(9, "dropout", 0);
	uint64_t budget = slice;
	net_pass_begin(net, mode, mode != NET_EVALUATE, total, &dropout, observer);
	while (!net_pass_advance(net, &budget))
		budget = slice;
	return net_pass_loss(net);
}

static inline double train_pass(struct net *net, int rows)
{
	fill(net, 0, rows);
	net_gradient_clear(net);
	return run(net, NET_TRAIN, rows, UINT64_MAX, NULL);
}

static inline void take_steps(
	struct net *net, int rows, int steps, uint64_t slice, const struct net_clip *clip)
{
	const struct optimizer_choice adam = {.optimizer = "adam", .rate = 0.01};
	for (int s = 0; s < steps; s++) {
		uint64_t budget = slice;
		train_pass(net, rows);
		net_update_begin(net, &adam, clip, false);
		while (!net_update_advance(net, &budget))
			budget = slice;
	}
}

static inline const real *gradient_of(struct net *net, size_t *count)
{
	return net_gradient_of(net, net_parameters(net, count));
}

static inline void assert_same_gradients(struct net *a, struct net *b)
{
	size_t count, other;
	const real *ga = gradient_of(a, &count), *gb = gradient_of(b, &other);
	assert_int_equal(count, other);
	assert_memory_equal(ga, gb, count * sizeof(*ga));
}

static inline void assert_same_parameters(struct net *a, struct net *b)
{
	size_t count, other;
	const real *pa = net_parameters(a, &count), *pb = net_parameters(b, &other);
	assert_int_equal(count, other);
	assert_memory_equal(pa, pb, count * sizeof(*pa));
}

#endif
