/* Convolutional layers get what dense ones get, and what they compute depends on nothing but their
 * numbers. That these are right, test_reference says. Built for float and for double. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "convs.h"

#ifndef NN_DOUBLE
#include "lab/stats.h"
#include "lab/weights.h"
#include "place.h"
#endif

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { LARGE = 1100 };

/* Formulas that the layers are tried with. */
static const struct formula {
	const char *activation, *normalization;
	bool after, before; /* normalization after, skip connection before the activation */
	int skip;
	double dropout;
} formulas[] = {
	{"tanh", "none", false, false, 0, 0},
	{"relu", "batch", false, false, 1, 0},
	{"silu", "layer", false, true, 1, 0},
	{"prelu", "batch", true, false, 2, 0},
	{"elu", "layer", true, true, 2, 0},
	{"relu", "none", false, false, 2, 0.3},
	{"softplus", "none", false, true, 1, 0},
};

static struct net_spec spec_with(const struct formula *formula)
{
	struct net_spec spec = conv_spec(formula->activation, "ce");
	spec.normalization = formula->normalization;
	spec.normalize_after = formula->after;
	spec.skip = formula->skip;
	spec.skip_before = formula->before;
	spec.branch_scale = formula->skip ? 0.7 : 1;
	spec.dropout = formula->dropout;
	return spec;
}

static const struct net_clip no_clip = {0};

/* ---- what it computes depends on its numbers alone ---- */

static void interruptions_change_nothing(void **state)
{
	static const uint64_t slices[] = {1, 777, 100000};
	static const int rows[] = {5, 37, LARGE};
	(void)state;
	for (size_t f = 0; f < COUNT(formulas); f++)
		for (size_t r = 0; r < COUNT(rows); r++) {
			const struct net_spec spec = spec_with(&formulas[f]);
			struct net *whole = conv_net(kernels_find(NULL), &spec, rows[r]);
			fill(whole, 0, rows[r]);
			double loss = run(whole, NET_TRAIN, rows[r], UINT64_MAX, NULL);
			for (size_t s = 0; s < COUNT(slices); s++) {
				struct net *parts = conv_net(kernels_find(NULL), &spec, rows[r]);
				fill(parts, 0, rows[r]);
				assert_true(run(parts, NET_TRAIN, rows[r], slices[s], NULL) == loss);
				assert_same_gradients(whole, parts);
				net_free(parts);
			}
			net_free(whole);
		}
}

/* A pass so small that it may run in one go, with sums over samples that would be cut otherwise. */
static void interruptions_change_nothing_in_small_passes(void **state)
{
	struct net_spec spec = plain_spec("tanh", 1, 2, "ce");
	(void)state;
	spec.shape[0] = (struct net_shape){.height = 8, .width = 8};
	spec.size[0] = 64;
	spec.normalization = "layer";
	add_conv(&spec, 1, 2, KERNEL, 1, NET_POOL_MEAN);
	struct net *whole = conv_net(kernels_find(NULL), &spec, 32);
	struct net *parts = conv_net(kernels_find(NULL), &spec, 32);
	fill(whole, 0, 32);
	fill(parts, 0, 32);
	assert_true(run(whole, NET_TRAIN, 32, UINT64_MAX, NULL) == run(parts, NET_TRAIN, 32, 1, NULL));
	assert_same_gradients(whole, parts);
	net_free(whole);
	net_free(parts);
}

#ifndef NN_DOUBLE

static void every_build_gives_the_same_bits(void **state)
{
	static const char *const builds[] = {"avx2", "avx512"};
	(void)state;
	for (size_t f = 0; f < COUNT(formulas); f++)
		for (size_t b = 0; b < COUNT(builds); b++) {
			const struct kernels *kernels = kernels_find(builds[b]);
			const struct net_spec spec = spec_with(&formulas[f]);
			if (!kernels)
				continue;
			struct net *plain = conv_net(kernels_find("baseline"), &spec, 40);
			struct net *fast = conv_net(kernels, &spec, 40);
			take_steps(plain, 37, 2, UINT64_MAX, &no_clip);
			take_steps(fast, 37, 2, UINT64_MAX, &no_clip);
			assert_same_parameters(plain, fast);
			net_free(plain);
			net_free(fast);
		}
}

#endif

/* Large enough for the products to be shared. */
static void a_team_gives_the_same_bits(void **state)
{
	enum { SIDE = 12, MANY = 24, ROWS = 96 };
	struct net_spec spec = plain_spec("relu", 2, MANY, "ce");
	struct team *team = team_new(3);
	(void)state;
	assert_non_null(team);
	spec.shape[0] = (struct net_shape){.height = SIDE, .width = SIDE};
	spec.size[0] = 2 * SIDE * SIDE;
	add_conv(&spec, 1, MANY, KERNEL, 1, 0);
	add_conv(&spec, 2, MANY, KERNEL, 1, NET_POOL_MAX);
	struct net *alone = conv_net(kernels_find(NULL), &spec, ROWS);
	struct net *shared = conv_net(kernels_find(NULL), &spec, ROWS);
	net_use_team(shared, team);
	assert_true(train_pass(alone, ROWS) == train_pass(shared, ROWS));
	assert_same_gradients(alone, shared);
	net_free(alone);
	net_free(shared);
	team_free(team);
}

/* What pads a batch to whole vectors reaches neither outputs nor gradients. */
static void a_sample_gives_the_same_bits_in_any_batch(void **state)
{
	const struct net_spec spec = conv_spec("tanh", "ce");
	struct net *one = conv_net(kernels_find(NULL), &spec, 40);
	struct net *many = conv_net(kernels_find(NULL), &spec, 40);
	size_t count;
	(void)state;
	fill(many, 0, 37);
	run(many, NET_EVALUATE, 37, UINT64_MAX, NULL);
	int stride = net_batch(many, 37);
	for (int i = 0; i < 37; i++) {
		fill(one, i, 1);
		run(one, NET_EVALUATE, 1, UINT64_MAX, NULL);
		for (int o = 0; o < 3; o++)
			assert_true(net_logits(one)[(size_t)o * NN_LANES] == net_logits(many)[o * stride + i]);
	}
	/* the gradient of 3 samples is the sum of those of each */
	net_gradient_clear(one);
	net_gradient_clear(many);
	fill(many, 0, 3);
	run(many, NET_TRAIN, 3, UINT64_MAX, NULL);
	for (int i = 0; i < 3; i++) {
		fill(one, i, 1);
		run(one, NET_TRAIN, 3, UINT64_MAX, NULL);
	}
	const real *a = gradient_of(one, &count), *b = gradient_of(many, &count);
	for (size_t i = 0; i < count; i++)
		assert_true(fabs((double)a[i] - b[i]) <= 1e-6 * (1 + fabs((double)b[i])));
	net_free(one);
	net_free(many);
}

/* ---- pooling ---- */

/* One channel that passes on a map of 2 x 3: its last place of each line is left out. */
static struct net *passing_net(int pool, const real map[6])
{
	struct net_spec spec = plain_spec("identity", 1, 1, "mse");
	spec.shape[0] = (struct net_shape){.height = 2, .width = 3};
	spec.size[0] = 6;
	spec.size[2] = 1;
	add_conv(&spec, 1, 1, 1, 0, pool);
	struct net *net = net_new(kernels_find(NULL), &spec, 1);
	assert_non_null(net);
	*net_layer_of(net, 1)->weight = *net_layer_of(net, 2)->weight = 1;
	int stride = net_batch(net, 1);
	for (int i = 0; i < 6; i++)
		net_input(net)[(size_t)i * stride] = map[i];
	net_target(net)[0] = 0;
	return net;
}

static void keep_delta(void *context, const struct net_place *place, const real *delta)
{
	real *kept = context;
	for (int unit = 0; place->layer == 1 && unit < place->units; unit++)
		kept[place->first + unit] = delta[(size_t)unit * place->stride];
}

static void max_pooling_sends_its_gradient_to_the_first_of_the_largest(void **state)
{
	static const struct {
		real map[6];
		int largest;
	} cases[] = {
		{{1, 2, 9, 3, 4, 9}, 4},
		{{5, 5, 9, 5, 5, 9}, 0},
		{{1, 5, 9, 5, 5, 9}, 1},
		{{1, 2, 9, 5, 5, 9}, 3},
		{{-3, -2, 9, -7, -4, 9}, 1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		real delta[6];
		const struct net_observer observer = {.context = delta, .backward = keep_delta};
		struct net *net = passing_net(NET_POOL_MAX, cases[i].map);
		run(net, NET_TRAIN, 1, UINT64_MAX, &observer);
		real largest = cases[i].map[cases[i].largest];
		assert_true(*net_layer_of(net, 1)->output == largest);
		for (int k = 0; k < 6; k++)
			assert_true(delta[k] == (k == cases[i].largest ? 2 * largest : 0));
		net_free(net);
	}
}

static void mean_pooling_shares_its_gradient(void **state)
{
	static const real map[6] = {1, 2, 9, 3, 4, 5};
	real delta[6];
	const struct net_observer observer = {.context = delta, .backward = keep_delta};
	struct net *net = passing_net(NET_POOL_MEAN, map);
	(void)state;
	run(net, NET_TRAIN, 1, UINT64_MAX, &observer);
	assert_true(*net_layer_of(net, 1)->output == 4);
	for (int k = 0; k < 6; k++)
		assert_true(fabs((double)delta[k] - 8.0 / 6) < 1e-6);
	net_free(net);
}

static void a_value_that_is_no_number_gets_through_pooling(void **state)
{
	(void)state;
	for (int place = 0; place < 6; place++)
		for (int mean = 0; mean < 2; mean++) {
			real map[6] = {1, 2, 3, 4, 5, 6};
			map[place] = (real)NAN;
			struct net *net = passing_net(mean ? NET_POOL_MEAN : NET_POOL_MAX, map);
			run(net, NET_TRAIN, 1, UINT64_MAX, NULL);
			bool seen = mean || place % 3 < 2;
			assert_true((bool)isnan(*net_layer_of(net, 1)->output) == seen);
			net_free(net);
		}
}

/* ---- shapes ---- */

static void only_sound_shapes_fit(void **state)
{
	struct net_spec spec = conv_spec("tanh", "ce");
	(void)state;
	for (int l = 1; l <= CONVOLUTIONS; l++)
		assert_true(layer_conv.fits(&spec, l));
	static const struct {
		size_t field;
		int layer, value;
	} bad[] = {
		{offsetof(struct net_spec, kernel), 1, 0},
		{offsetof(struct net_spec, kernel), 1, 2}, /* a map of another size */
		{offsetof(struct net_spec, kernel), 1, 9},
		{offsetof(struct net_spec, padding), 1, -1},
		{offsetof(struct net_spec, padding), 1, 3},
		{offsetof(struct net_spec, pool), 1, 3},
		{offsetof(struct net_spec, pool), 1, NET_POOL_MAX},
		{offsetof(struct net_spec, size), 2, 91},
		{offsetof(struct net_spec, size), 1, 59},
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct net_spec other = spec;
		int *list = (int *)(void *)((char *)&other + bad[i].field);
		list[bad[i].layer - 1] = bad[i].value;
		if (layer_conv.fits(&other, 1))
			fail_msg("case %zu fits", i);
	}
	spec.layers = 1; /* the output layer is dense */
	assert_false(layer_conv.fits(&spec, 1));
}

static void skip_connections_are_between_equal_shapes(void **state)
{
	static const int from[2][CONVOLUTIONS + 2] = {{0, 0, 1, 2, 0, 0}, {0, 0, 0, 0, 0, 0}};
	struct net_spec spec = conv_spec("tanh", "ce");
	(void)state;
	for (spec.skip = 1; spec.skip <= 2; spec.skip++) {
		struct net *net = net_new(kernels_find(NULL), &spec, 1);
		for (int l = 1; l <= CONVOLUTIONS; l++)
			assert_int_equal(net_layer_of(net, l)->skip_from, from[spec.skip - 1][l]);
		net_free(net);
	}
	/* as many values, but 2 maps of 4 x 4 and 8 of 2 x 2 */
	spec = plain_spec("tanh", 2, CHANNELS, "ce");
	spec.shape[0] = (struct net_shape){.height = 4, .width = 4};
	spec.size[0] = 16;
	spec.skip = 1;
	add_conv(&spec, 1, 2, KERNEL, 1, 0);
	add_conv(&spec, 2, 8, KERNEL, 0, 0);
	struct net *net = net_new(kernels_find(NULL), &spec, 1);
	assert_int_equal(net_layer_of(net, 1)->values, net_layer_of(net, 2)->values);
	assert_int_equal(net_layer_of(net, 2)->skip_from, 0);
	net_free(net);
}

static void the_map_is_beside_the_output(void **state)
{
	static const int values[] = {90, 90, 18, 6}, outputs[] = {90, 18, 18, 3};
	const struct net_spec spec = conv_spec("tanh", "ce");
	struct net *net = conv_net(kernels_find(NULL), &spec, 4);
	(void)state;
	train_pass(net, 4);
	for (int l = 1; l <= CONVOLUTIONS; l++) {
		const struct net_layer *layer = net_layer_of(net, l);
		assert_int_equal(layer->values, values[l - 1]);
		assert_int_equal(layer->outputs, outputs[l - 1]);
		assert_int_equal(layer->places, values[l - 1] / CHANNELS);
		assert_int_equal(net_map_values(&spec, l), values[l - 1]);
		assert_int_equal(net_units(&spec, l), CHANNELS);
		assert_true((layer->map == layer->output) == (values[l - 1] == outputs[l - 1]));
	}
	assert_int_equal(net_layer_of(net, 1)->weights, CHANNELS * 2 * 9);
	net_free(net);
}

/* ---- what every layer gets ---- */

static void it_trains(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(formulas); f++) {
		const struct net_spec spec = spec_with(&formulas[f]);
		struct net *net = conv_net(kernels_find(NULL), &spec, 32);
		double before = train_pass(net, 32);
		take_steps(net, 32, 150, UINT64_MAX, &no_clip);
		assert_true(train_pass(net, 32) < 0.8 * before);
		net_free(net);
	}
}

static void initial_weights_have_the_deviation_of_their_fan(void **state)
{
	const struct initializer_parameters parameters = {.gain = 1};
	struct net_spec spec = plain_spec("relu", 2, 64, "ce");
	uint64_t budget = UINT64_MAX;
	(void)state;
	spec.shape[0] = (struct net_shape){.height = 4, .width = 4};
	spec.size[0] = 16;
	add_conv(&spec, 1, 32, KERNEL, 1, 0);
	add_conv(&spec, 2, 64, KERNEL, 1, NET_POOL_MEAN);
	struct net *net = net_new(kernels_find(NULL), &spec, 1);
	static const struct {
		const char *initializer;
		double variance;
	} cases[] = {{"he-normal", 2.0 / (32 * 9)}, {"glorot-normal", 2.0 / ((32 + 64) * 9)}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		budget = UINT64_MAX;
		net_initialize_begin(
			net, initializer_find(cases[i].initializer), &parameters, 1, 1, spec.layers);
		assert_true(net_initialize_advance(net, &budget));
		const struct net_layer *layer = net_layer_of(net, 2);
		double squares = 0;
		for (size_t k = 0; k < layer->weights; k++)
			squares += (double)layer->weight[k] * layer->weight[k];
		assert_int_equal(layer->weights, 64 * 32 * 9);
		assert_true(fabs(squares / (double)layer->weights / cases[i].variance - 1) < 0.05);
	}
	net_free(net);
}

/* Of a whole map, over samples and places. */
static void see_variance(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	double(*sums)[3] = context;
	(void)derivative;
	(void)output;
	for (int unit = 0; unit < place->units; unit++)
		for (int i = 0; i < place->samples; i++) {
			double z = (double)u[(size_t)unit * place->stride + i];
			sums[place->layer][0]++;
			sums[place->layer][1] += z;
			sums[place->layer][2] += z * z;
		}
}

static void lsuv_gives_maps_unit_variance(void **state)
{
	const struct net_spec spec = conv_spec("tanh", "ce");
	const struct initializer_parameters parameters = {.gain = 3};
	struct net *net = net_new(kernels_find(NULL), &spec, 64);
	double sums[CONVOLUTIONS + 3][3] = {{0}};
	const struct net_observer observer = {.context = sums, .forward = see_variance};
	uint64_t budget = UINT64_MAX;
	(void)state;
	net_initialize_begin(net, initializer_find("he-normal"), &parameters, 5, 1, spec.layers);
	assert_true(net_initialize_advance(net, &budget));
	fill(net, 0, 64);
	net_pass_begin(net, NET_UNIT_VARIANCE, false, 64, NULL, NULL);
	budget = UINT64_MAX;
	assert_true(net_pass_advance(net, &budget));
	net_pass_begin(net, NET_MEASURE, false, 64, NULL, &observer);
	budget = UINT64_MAX;
	assert_true(net_pass_advance(net, &budget));
	for (int l = 1; l <= CONVOLUTIONS; l++) {
		double mean = sums[l][1] / sums[l][0];
		assert_true(fabs(sums[l][2] / sums[l][0] - mean * mean - 1) < 0.1);
	}
	net_free(net);
}

static void another_depth_keeps_its_kernels(void **state)
{
	const struct net_spec spec = conv_spec("tanh", "ce");
	struct net_spec deeper = plain_spec("tanh", CONVOLUTIONS + 2, CHANNELS, "ce");
	(void)state;
	deeper.shape[0] = spec.shape[0];
	deeper.size[0] = spec.size[0];
	deeper.optimizer_slots = 2;
	for (int l = 1; l <= CONVOLUTIONS + 1; l++)
		add_conv(&deeper, l, CHANNELS, KERNEL, 1, l == 2 ? NET_POOL_MAX : 0);
	struct net *trained = conv_net(kernels_find(NULL), &spec, 32);
	struct net *other = conv_net(kernels_find(NULL), &deeper, 32);
	take_steps(trained, 32, 3, UINT64_MAX, &no_clip);
	const real fresh = *net_layer_of(other, 4)->weight;
	net_copy_parameters(other, trained);
	for (int l = 1; l <= 3; l++)
		assert_memory_equal(net_layer_of(other, l)->weight, net_layer_of(trained, l)->weight,
			net_layer_of(trained, l)->weights * sizeof(real));
	assert_true(*net_layer_of(other, 4)->weight == fresh); /* another kernel */
	net_free(trained);
	net_free(other);
}

static void formulas_may_change_and_kernels_stay(void **state)
{
	struct net_spec spec = conv_spec("tanh", "ce");
	struct net *net = conv_net(kernels_find(NULL), &spec, 16);
	(void)state;
	take_steps(net, 16, 2, UINT64_MAX, &no_clip);
	const struct net_layer *layer = net_layer_of(net, 2);
	double before = (double)layer->weight[7];
	spec.normalization = "batch";
	spec.skip = 1;
	spec.dropout = 0.2;
	assert_true(net_configure(net, &spec, LARGE));
	assert_true((double)net_layer_of(net, 2)->weight[7] == before);
	take_steps(net, LARGE, 1, 1000000, &no_clip);
	struct net_fault fault;
	assert_false(net_find_fault(net, &fault));
	net_free(net);
}

static void faults_are_found_behind_pooling(void **state)
{
	static const real map[6] = {1, 2, 3, 4, (real)-INFINITY, 6};
	struct net *net = passing_net(NET_POOL_MAX, map);
	struct net_fault fault;
	(void)state;
	run(net, NET_EVALUATE, 1, UINT64_MAX, NULL);
	assert_true(net_logits(net)[0] == 4);
	assert_true(net_find_fault(net, &fault));
	assert_int_equal(fault.layer, 1);
	assert_string_equal(fault.tensor, "output");
	net_layer_of(net, 1)->weight[0] = (real)NAN;
	assert_true(net_find_fault(net, &fault));
	assert_string_equal(fault.tensor, "weight");
	net_free(net);
}

#ifndef NN_DOUBLE

/* ---- files and statistics ---- */

static void it_is_saved_and_loaded(void **state)
{
	const struct place *place = *state;
	const struct net_spec spec = spec_with(&formulas[1]);
	struct net *trained = conv_net(kernels_find(NULL), &spec, 32);
	struct net *other = conv_net(kernels_find(NULL), &spec, 32);
	enum weights_state now = WEIGHTS_MORE;
	struct error error;
	take_steps(trained, 32, 3, UINT64_MAX, &no_clip);
	struct weights_save *save = weights_save_begin(place->file, &error);
	while (now == WEIGHTS_MORE)
		now = weights_save_advance(save, trained, 1000000, &error);
	weights_save_finish(save);
	assert_int_equal(now, WEIGHTS_DONE);
	struct weights_load *load = weights_load_begin(place->file, other, &error);
	for (now = WEIGHTS_MORE; now == WEIGHTS_MORE;)
		now = weights_load_advance(load, 1000000, &error);
	weights_load_finish(load);
	assert_int_equal(now, WEIGHTS_DONE);
	assert_same_parameters(trained, other);
	fill(trained, 0, 9);
	fill(other, 0, 9);
	assert_true(run(trained, NET_EVALUATE, 9, UINT64_MAX, NULL) ==
		run(other, NET_EVALUATE, 9, UINT64_MAX, NULL));
	net_free(trained);
	net_free(other);
}

/* A unit is a channel with all places of its map; one of three that is off is a third of them. */
static void channels_are_measured_with_all_their_places(void **state)
{
	enum { ROWS = 20 };
	struct net_spec spec = conv_spec("relu", "ce");
	struct net *net = conv_net(kernels_find(NULL), &spec, ROWS);
	struct stats *stats = stats_new(kernels_find(NULL), &spec);
	struct record *record = stats_record(stats);
	const struct net_observer observer = stats_observer(stats);
	uint64_t budget = UINT64_MAX;
	(void)state;
	net_layer_of(net, 1)->bias[0] = 100;
	net_layer_of(net, 1)->bias[1] = 100;
	net_layer_of(net, 1)->bias[2] = -100;
	fill(net, 0, ROWS);
	net_gradient_clear(net);
	stats_epoch_begin(stats, 0);
	stats_measure_begin(stats, net, ROWS, true);
	run(net, NET_MEASURE, ROWS, UINT64_MAX, &observer);
	stats_finish_begin(stats);
	assert_true(stats_finish_advance(stats, net, record, &budget));
	const struct layer_record *first = &record->layer[0];
	assert_true(fabs((double)first->dead - 1.0 / CHANNELS) < 1e-6);
	assert_true(fabs((double)first->inactive - 1.0 / CHANNELS) < 1e-6);
	assert_true(first->delta_rms > 0 && first->grad_rms > 0 && first->weight_rms > 0);
	for (int l = 1; l <= CONVOLUTIONS; l++) {
		assert_int_equal(stats_detail(stats)->layer[l - 1].units, CHANNELS);
		assert_int_equal(
			stats_detail(stats)->layer[l - 1].samples, ROWS * net_map_places(&spec, l));
	}
	free(record);
	stats_free(stats);
	net_free(net);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interruptions_change_nothing),
		cmocka_unit_test(interruptions_change_nothing_in_small_passes),
		cmocka_unit_test(a_team_gives_the_same_bits),
		cmocka_unit_test(a_sample_gives_the_same_bits_in_any_batch),
		cmocka_unit_test(max_pooling_sends_its_gradient_to_the_first_of_the_largest),
		cmocka_unit_test(mean_pooling_shares_its_gradient),
		cmocka_unit_test(a_value_that_is_no_number_gets_through_pooling),
		cmocka_unit_test(only_sound_shapes_fit),
		cmocka_unit_test(skip_connections_are_between_equal_shapes),
		cmocka_unit_test(the_map_is_beside_the_output),
		cmocka_unit_test(it_trains),
		cmocka_unit_test(initial_weights_have_the_deviation_of_their_fan),
		cmocka_unit_test(lsuv_gives_maps_unit_variance),
		cmocka_unit_test(another_depth_keeps_its_kernels),
		cmocka_unit_test(formulas_may_change_and_kernels_stay),
		cmocka_unit_test(faults_are_found_behind_pooling),
#ifndef NN_DOUBLE
		cmocka_unit_test(every_build_gives_the_same_bits),
		cmocka_unit_test_setup_teardown(it_is_saved_and_loaded, place_make, place_remove),
		cmocka_unit_test(channels_are_measured_with_all_their_places),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
