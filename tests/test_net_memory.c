/* The network's memory: any call for it may be refused, every byte is given back, and what was
 * learned survives changes, copies and saved states. Built for float and, with NN_DOUBLE, for
 * double; linked with --wrap for malloc, calloc, aligned_alloc and free. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nets.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- an allocator that can be told to fail ---- */

static int calls_until_failure; /* 0: never fails */
static int blocks_in_use;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

static int refuses(void)
{
	return calls_until_failure > 0 && --calls_until_failure == 0;
}

static void *counted(void *block)
{
	blocks_in_use += block != NULL;
	return block;
}

void *__wrap_malloc(size_t size)
{
	return refuses() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return refuses() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return refuses() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *block)
{
	blocks_in_use -= block != NULL;
	__real_free(block);
}

/* ---- sizes and refusals ---- */

static void bytes_grow_with_everything_and_never_wrap(void **state)
{
	struct net_spec spec = plain_spec("relu", 300, 1024, "bce");
	size_t bytes = net_bytes(&spec, 1000000);
	(void)state;
	/* h and f' of every layer alone */
	assert_true(bytes > (size_t)300 * 1024 * 1000000 * 2 * sizeof(real));
	assert_true(bytes < (size_t)300 * 1024 * 1000000 * 4 * sizeof(real));
	spec.optimizer_slots = OPTIMIZER_SLOTS_MAX;
	assert_true(net_bytes(&spec, 1000000) > bytes);
	bytes = net_bytes(&spec, 1000000);
	assert_true(net_bytes(&spec, 1000016) > bytes);
	spec.dropout = 0.5;
	assert_true(net_bytes(&spec, 1000000) > bytes);
	bytes = net_bytes(&spec, 1000000);
	spec.normalization = "layer";
	assert_true(net_bytes(&spec, 1000000) > bytes);
	bytes = net_bytes(&spec, 1000000);
	spec.activation[0] = "prelu";
	assert_true(net_bytes(&spec, 1000000) > bytes);
	for (int l = 1; l <= 300; l++)
		spec.size[l] = INT_MAX;
	assert_true(net_bytes(&spec, 1) == SIZE_MAX);
	assert_null(net_new(kernels_find(NULL), &spec, 1));
}

/* Each slot is a vector like the parameters, and is there. */
static void every_slot_is_counted_and_owned(void **state)
{
	struct net_spec spec = plain_spec("relu", 3, 50, "ce");
	const size_t bare = net_bytes(&spec, 8);
	(void)state;
	spec.optimizer_slots = 1;
	const size_t slot = net_bytes(&spec, 8) - bare;

	for (int slots = 1; slots <= OPTIMIZER_SLOTS_MAX; slots++) {
		spec.optimizer_slots = slots;
		assert_true(net_bytes(&spec, 8) == bare + (size_t)slots * slot);
		struct net *net = net_new(kernels_find(NULL), &spec, 8);
		size_t count;

		assert_non_null(net);
		net_parameters(net, &count);
		assert_true(slot >= count * sizeof(real));
		assert_true(net_state_bytes(net) >= (2 + (size_t)slots) * count * sizeof(real));
		net_free(net);
	}
}

static void net_new_survives_any_failing_call(void **state)
{
	struct net_spec spec = plain_spec("prelu", 4, 6, "ce");
	struct net *net = NULL;
	int calls = 0, before = blocks_in_use;
	(void)state;
	while (!net) {
		calls_until_failure = ++calls;
		net = net_new(kernels_find(NULL), &spec, 10);
		calls_until_failure = 0;
		if (!net)
			assert_int_equal(blocks_in_use, before);
	}
	assert_true(calls > 3);
	net_free(net);
	assert_int_equal(blocks_in_use, before);
}

static void a_failing_net_configure_changes_nothing(void **state)
{
	struct net_spec spec = plain_spec("tanh", 4, 6, "ce"), wanted = spec;
	struct net *net = net_of(&spec, 20, 0.3), *fresh = net_of(&spec, 20, 0.3);
	double loss = train_pass(fresh, 20);
	const real *output = net_layer_of(net, 3)->output;
	int calls = 0, before = blocks_in_use;
	bool done = false;
	(void)state;
	wanted.normalization = "batch";
	wanted.dropout = 0.5;
	wanted.optimizer_slots = OPTIMIZER_SLOTS_MAX;
	while (!done) {
		calls_until_failure = ++calls;
		done = net_configure(net, &wanted, 100);
		calls_until_failure = 0;
		assert_int_equal(blocks_in_use, before);
		if (!done) {
			assert_string_equal(net_spec_of(net)->normalization, "none");
			assert_ptr_equal(net_layer_of(net, 3)->output, output);
			assert_true(train_pass(net, 20) == loss);
			assert_same_gradients(net, fresh);
		}
	}
	assert_true(calls > 2);
	assert_true(isfinite(train_pass(net, 100)));
	net_free(net);
	net_free(fresh);
}

static void net_configure_keeps_the_learned_parameters(void **state)
{
	struct net_spec spec = plain_spec("tanh", 4, 6, "ce"), other = spec;
	struct net *net = net_of(&spec, 20, 0.3);
	double loss = train_pass(net, 20);
	(void)state;
	other.normalization = "batch";
	other.optimizer_slots = 2;
	other.activation[1] = "relu";
	net_layer_of(net, 2)->gamma[5] = 3; /* left over from an earlier norm */
	assert_true(net_configure(net, &other, 7));
	assert_true(net_layer_of(net, 2)->gamma[5] == 1 && net_layer_of(net, 2)->beta[5] == 0);
	assert_true(net_layer_of(net, 2)->running_variance[5] == 1);
	assert_true(train_pass(net, 7) != loss);
	assert_true(net_configure(net, &spec, 20));
	assert_true(train_pass(net, 20) == loss);
	net_free(net);
}

/* ---- parameters that move between networks ---- */

static bool same_weights(struct net *a, int l, struct net *b, int k)
{
	const struct net_layer *x = net_layer_of(a, l), *y = net_layer_of(b, k);
	return x->count == y->count && memcmp(x->weight, y->weight, x->count * sizeof(real)) == 0 &&
		memcmp(net_initial_of(a, x->weight), net_initial_of(b, y->weight),
			x->count * sizeof(real)) == 0;
}

static void layers_that_stay_are_copied(void **state)
{
	static const int depths[] = {0, 1, 3, 4, 7};
	const struct net_clip none = {0};
	(void)state;
	for (size_t k = 0; k < COUNT(depths); k++) {
		struct net_spec small = plain_spec("tanh", 4, 6, "ce");
		struct net_spec large = plain_spec("tanh", depths[k], 6, "ce");
		small.optimizer_slots = large.optimizer_slots = 2;
		struct net *from = net_of(&small, 20, 0.3), *to = net_of(&large, 20, 0.1);

		take_steps(from, 20, 3, UINT64_MAX, &none);
		net_copy_parameters(to, from);
		assert_int_equal(net_steps(to), 3);
		for (int l = 1; l <= depths[k]; l++)
			assert_true(same_weights(to, l, from, l > 4 ? 4 : l) == (l <= 4));
		assert_true(same_weights(to, large.layers, from, 5) == (depths[k] > 0));
		if (depths[k] == 4) { /* slots and all: both go on alike */
			take_steps(from, 20, 2, UINT64_MAX, &none);
			take_steps(to, 20, 2, UINT64_MAX, &none);
			assert_true(same_weights(to, 3, from, 3));
		}
		net_free(from);
		net_free(to);
	}
}

static void a_loaded_state_goes_on_bit_by_bit(void **state)
{
	const struct net_clip none = {0};
	struct net_spec spec = plain_spec("prelu", 4, 6, "ce");
	(void)state;
	spec.optimizer_slots = OPTIMIZER_SLOTS_MAX;
	spec.normalization = "batch";
	struct net *net = net_of(&spec, 20, 0.3), *other = net_of(&spec, 20, 0);
	void *saved = malloc(net_state_bytes(net)), *end = malloc(net_state_bytes(net));

	take_steps(net, 20, 4, UINT64_MAX, &none);
	net_state_save(net, saved);
	take_steps(net, 17, 5, UINT64_MAX, &none);
	net_state_save(net, end);
	assert_int_equal(net_state_bytes(other), net_state_bytes(net));
	net_state_load(other, saved);
	take_steps(other, 17, 5, UINT64_MAX, &none);
	net_state_save(other, saved);
	assert_memory_equal(saved, end, net_state_bytes(net));
	assert_int_equal(net_steps(other), 9);
	assert_same_parameters(net, other);
	free(saved);
	free(end);
	net_free(net);
	net_free(other);
}

/* 3 inputs, 4 units, 1 output: 12 + 4 and 4 + 1. */
static void parameters_in_use_are_counted_from_the_first_tensor_on(void **state)
{
	(void)state;
	const struct net_spec spec = plain_spec("relu", 1, 4, "bce");
	struct net *net = net_of(&spec, 1, 0);
	assert_int_equal(net_parameter_count(net), 21);
	net_free(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_grow_with_everything_and_never_wrap),
		cmocka_unit_test(every_slot_is_counted_and_owned),
		cmocka_unit_test(net_new_survives_any_failing_call),
		cmocka_unit_test(a_failing_net_configure_changes_nothing),
		cmocka_unit_test(net_configure_keeps_the_learned_parameters),
		cmocka_unit_test(layers_that_stay_are_copied),
		cmocka_unit_test(a_loaded_state_goes_on_bit_by_bit),
		cmocka_unit_test(parameters_in_use_are_counted_from_the_first_tensor_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
