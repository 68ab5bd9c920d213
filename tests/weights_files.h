/* Weights loaded and saved in slices, and a small network for it. */
#ifndef TESTS_WEIGHTS_FILES_H
#define TESTS_WEIGHTS_FILES_H

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "lab/weights.h"
#include "nets.h"
#include "place.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static const uint64_t no_limit = UINT64_MAX;

static inline enum weights_state load_in(
	const char *path, struct net *net, uint64_t slice, int *slices, struct error *error)
{
	struct weights_load *load = weights_load_begin(path, net, error);
	enum weights_state state = load ? WEIGHTS_MORE : WEIGHTS_FAILED;
	for (*slices = 0; state == WEIGHTS_MORE; ++*slices)
		state = weights_load_advance(load, slice, error);
	weights_load_finish(load);
	return state;
}

/* Loads in one slice; a refused file must leave the network unchanged. */
static inline bool load(const char *path, struct net *net, struct error *error)
{
	size_t bytes = net_state_bytes(net);
	char *before = malloc(bytes), *after = malloc(bytes);
	int slices;
	net_state_save(net, before);
	bool loaded = load_in(path, net, no_limit, &slices, error) == WEIGHTS_DONE;
	net_state_save(net, after);
	if (!loaded) {
		assert_int_equal(error->status, STATUS_WORLD);
		assert_memory_equal(before, after, bytes);
	}
	free(before);
	free(after);
	return loaded;
}

static inline enum weights_state save_in(
	const char *path, const struct net *net, uint64_t slice, int *slices, struct error *error)
{
	struct weights_save *save = weights_save_begin(path, error);
	enum weights_state state = save ? WEIGHTS_MORE : WEIGHTS_FAILED;
	for (*slices = 0; state == WEIGHTS_MORE; ++*slices)
		state = weights_save_advance(save, net, slice, error);
	weights_save_finish(save);
	return state;
}

static inline bool save(const char *path, const struct net *net, struct error *error)
{
	int slices;
	return save_in(path, net, 1000000, &slices, error) == WEIGHTS_DONE;
}

/* ---- the small network and its file ---- */

static inline struct net *small_net(void)
{
	struct net_spec spec = plain_spec("prelu", 1, 2, "bce");
	spec.size[0] = 2;
	spec.normalization = "batch";
	return net_of(&spec, 1, 0.5);
}

static const char *const small_file[] = {
	"tensor,row,col,value\n",
	"layer1.weight,0,0,0.1\n",
	"layer1.weight,0,1,-2\n",
	"layer1.weight,1,0,3e+10\n",
	"layer1.weight,1,1,-0\n",
	"layer1.bias,0,0,0.5\n",
	"layer1.bias,1,0,-0.25\n",
	"layer1.norm.gamma,0,0,1\n",
	"layer1.norm.gamma,1,0,0.33333334\n",
	"layer1.norm.beta,0,0,0\n",
	"layer1.norm.beta,1,0,7\n",
	"layer1.norm.running_mean,0,0,-1.5\n",
	"layer1.norm.running_mean,1,0,2\n",
	"layer1.norm.running_var,0,0,1\n",
	"layer1.norm.running_var,1,0,4\n",
	"layer1.activation.slope,0,0,0.125\n",
	"layer2.weight,0,0,1\n",
	"layer2.weight,0,1,-1\n",
	"layer2.bias,0,0,1e-05\n",
};

/* The file's text with line `line` (from 1; 0: none) replaced. */
static inline size_t small_text(char out[4096], int line, const char *replacement)
{
	out[0] = '\0';
	for (int i = 0; i < COUNT(small_file); i++)
		strcat(out, i + 1 == line ? replacement : small_file[i]);
	return strlen(out);
}

static inline void assert_same_statistics(const struct net *a, const struct net *b)
{
	for (int l = 1; l < net_spec_of(a)->layers; l++) {
		const struct net_layer *x = net_layer_of(a, l), *y = net_layer_of(b, l);
		size_t bytes = (size_t)x->outputs * sizeof(real);
		assert_memory_equal(x->running_mean, y->running_mean, bytes);
		assert_memory_equal(x->running_variance, y->running_variance, bytes);
	}
}

/* ---- round trips ---- */

static inline real any_number(struct rng *rng)
{
	static const real borders[] = {FLT_MAX, -FLT_MAX, FLT_MIN, -FLT_MIN, 0, -0.0f, 1, 1e9f,
		16777215, 1 / 3.0f, 9.999999e-5f, FLT_EPSILON};
	uint32_t bits = rng_below(rng, UINT32_MAX);
	real value;
	memcpy(&value, &bits, sizeof(value));
	return isnormal(value) && bits % 4 != 0 ? value : borders[bits / 4 % COUNT(borders)];
}

static inline void scramble_array(real *value, int count, struct rng *rng)
{
	for (int i = 0; i < count; i++)
		value[i] = any_number(rng);
}

/* Replaces every number in use by an arbitrary one. */
static inline void scramble(struct net *net)
{
	struct rng rng = rng_stream(8, "scramble", 0);
	const struct net_spec *spec = net_spec_of(net);
	for (int l = 1; l <= spec->layers; l++) {
		const struct net_layer *layer = net_layer_of(net, l);
		scramble_array(layer->weight, layer->inputs * layer->outputs, &rng);
		scramble_array(layer->bias, layer->outputs, &rng);
		if (l == spec->layers)
			continue;
		if (strcmp(spec->normalization, "none") != 0) {
			scramble_array(layer->gamma, layer->outputs, &rng);
			scramble_array(layer->beta, layer->outputs, &rng);
		}
		if (strcmp(spec->normalization, "batch") == 0)
			scramble_array(layer->running_mean, layer->outputs, &rng);
		for (int i = 0; strcmp(spec->normalization, "batch") == 0 && i < layer->outputs; i++)
			layer->running_variance[i] = fabsf(any_number(&rng));
		if (strcmp(spec->activation[l - 1], "prelu") == 0)
			*layer->slope = any_number(&rng);
	}
}

static inline void assert_starts_here(struct net *net)
{
	size_t count;
	const real *parameter = net_parameters(net, &count);
	assert_memory_equal(net_initial_of(net, parameter), parameter, count * sizeof(real));
}

/* ---- refusals ---- */

static inline const char *after_folder(const struct error *error)
{
	const char *slash = strrchr(error->text, '/');
	return slash ? slash + 1 : error->text;
}

static inline struct net_spec spec_of(
	const char *activation, const char *normalization, int depth, int width)
{
	struct net_spec spec = plain_spec(activation, depth, width, "bce");
	spec.normalization = normalization;
	return spec;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

#endif
