/* Convolutional networks for tests. */
#ifndef TESTS_CONVS_H
#define TESTS_CONVS_H

#include "nets.h"

enum { CHANNELS = 3, CONVOLUTIONS = 4, HEIGHT = 6, WIDTH = 5, KERNEL = 3 };

static inline void add_conv(
	struct net_spec *spec, int l, int channels, int kernel, int padding, int pool)
{
	spec->kind[l - 1] = "conv";
	spec->kernel[l - 1] = kernel;
	spec->padding[l - 1] = padding;
	spec->pool[l - 1] = pool;
	spec->shape[l] = net_conv_shape(spec, l);
	spec->size[l] = channels * spec->shape[l].height * spec->shape[l].width;
}

/* Two maps of 6 x 5, then layers of three channels: 6 x 5, pooled to 3 x 2, 3 x 2, and 1 x 1; then
 * a dense layer and the outputs. */
static inline struct net_spec conv_spec(const char *activation, const char *loss)
{
	struct net_spec spec = plain_spec(activation, CONVOLUTIONS + 1, CHANNELS, loss);
	spec.shape[0] = (struct net_shape){.height = HEIGHT, .width = WIDTH};
	spec.size[0] = 2 * HEIGHT * WIDTH;
	add_conv(&spec, 1, CHANNELS, KERNEL, 1, 0);
	add_conv(&spec, 2, CHANNELS, KERNEL, 1, NET_POOL_MAX);
	add_conv(&spec, 3, CHANNELS, KERNEL, 1, 0);
	add_conv(&spec, 4, CHANNELS, 2, 0, NET_POOL_MEAN);
	spec.optimizer_slots = 2;
	return spec;
}

static inline struct net *conv_net(
	const struct kernels *kernels, const struct net_spec *spec, int capacity)
{
	const struct initializer_parameters parameters = {.gain = 1};
	struct net *net = net_new(kernels, spec, capacity);
	uint64_t budget = UINT64_MAX;
	assert_non_null(net);
	net_initialize_begin(net, initializer_find("pytorch"), &parameters, 5, 1, spec->layers);
	assert_true(net_initialize_advance(net, &budget));
	return net;
}

#endif
