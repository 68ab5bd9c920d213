/* The first weights of recurrent layers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nets.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { INPUTS = 3, UNITS = 16, STEPS = 4 };

static const struct cell_case {
	const char *kind;
	int gates;
} cells[] = {{"rnn", 1}, {"lstm", 4}, {"gru", 3}};

static const struct initializer_parameters gain_2 = {.gain = 2}, gain_1 = {.gain = 1};

struct start {
	const char *initializer, *recurrent; /* NULL: not asked for */
	double forget_bias;
	uint64_t seed;
};

/* A recurrent layer, drawn in slices; matrices from state to state with a gain of 2. */
static struct net *started(const struct cell_case *cell, const struct start *start)
{
	struct net_spec spec = plain_spec("tanh", 1, UNITS, "bce");
	uint64_t budget = 1;
	spec.kind[0] = cell->kind;
	spec.size[0] = STEPS * INPUTS;
	spec.shape[0].steps = STEPS;
	spec.forget_bias = start->forget_bias;
	struct net *net = net_new(kernels_find(NULL), &spec, 1);
	assert_non_null(net);
	net_initialize_begin(
		net, initializer_find(start->initializer), &gain_1, start->seed, 1, spec.layers);
	if (start->recurrent)
		net_initialize_recurrent(net, initializer_find(start->recurrent), &gain_2);
	while (!net_initialize_advance(net, &budget))
		budget = 1;
	return net;
}

static double product_of_rows(const real *w, int a, int b)
{
	double sum = 0;
	for (int i = 0; i < UNITS; i++)
		sum += (double)w[a * UNITS + i] * (double)w[b * UNITS + i];
	return sum;
}

static void each_gate_has_an_orthogonal_matrix_of_its_own(void **state)
{
	const struct start start = {"glorot-uniform", "orthogonal", 0, 1};
	(void)state;
	for (size_t c = 0; c < COUNT(cells); c++) {
		struct net *net = started(&cells[c], &start);
		const real *v = net_layer_of(net, 1)->weight_hh;
		for (int gate = 0; gate < cells[c].gates; gate++)
			for (int a = 0; a < UNITS; a++)
				for (int b = 0; b <= a; b++)
					assert_true(fabs(product_of_rows(v, gate * UNITS + a, gate * UNITS + b) -
									(a == b ? 4 : 0)) < 1e-5);
		assert_true(cells[c].gates == 1 || v[0] != v[UNITS * UNITS]);
		assert_memory_equal(
			net_initial_of(net, v), v, (size_t)cells[c].gates * UNITS * UNITS * sizeof(real));
		net_free(net);
	}
}

static void identity_begins_each_gate_with_the_state_itself(void **state)
{
	const struct start start = {"glorot-uniform", "identity", 0, 1};
	(void)state;
	for (size_t c = 0; c < COUNT(cells); c++) {
		struct net *net = started(&cells[c], &start);
		const struct net_layer *layer = net_layer_of(net, 1);
		for (int row = 0; row < cells[c].gates * UNITS; row++) {
			for (int k = 0; k < UNITS; k++)
				assert_true(layer->weight_hh[row * UNITS + k] == (row % UNITS == k ? 2 : 0));
			assert_true(layer->bias_ih[row] == 0 && layer->bias_hh[row] == 0);
			assert_true(layer->weight_ih[row * INPUTS] != 0);
		}
		net_free(net);
	}
}

/* Largest absolute value of an array. */
static double largest(const real *values, int count)
{
	double most = 0;
	for (int i = 0; i < count; i++)
		most = fmax(most, fabs((double)values[i]));
	return most;
}

/* Within a bound, and near it where there are many. */
static void assert_uniform(const real *values, int count, double bound)
{
	assert_true(largest(values, count) <= bound);
	assert_true(largest(values, count) > bound * 0.7);
}

/* PyTorch's layers take the units of the state for all tensors, those of the input too. */
static void pytorch_draws_all_tensors_by_the_units_of_the_state(void **state)
{
	(void)state;
	for (size_t c = 0; c < COUNT(cells); c++) {
		const struct start start = {"pytorch", NULL, 0, 1};
		struct net *net = started(&cells[c], &start);
		const struct net_layer *layer = net_layer_of(net, 1);
		int rows = cells[c].gates * UNITS;
		double bound = 1 / sqrt(UNITS);
		assert_uniform(layer->weight_ih, rows * INPUTS, bound);
		assert_uniform(layer->weight_hh, rows * UNITS, bound);
		assert_uniform(layer->bias_ih, rows, bound);
		assert_uniform(layer->bias_hh, rows, bound);
		assert_uniform(net_layer_of(net, 2)->weight, UNITS, 1 / sqrt(UNITS));
		net_free(net);
	}
}

/* Each initializer draws its own matrix and the bias beside it. */
static void the_two_initializers_draw_apart(void **state)
{
	(void)state;
	for (size_t c = 0; c < COUNT(cells); c++) {
		const struct start mixed = {"he-normal", "pytorch", 0, 1}, same = {"he-normal", NULL, 0, 1};
		struct net *a = started(&cells[c], &mixed), *b = started(&cells[c], &same);
		const struct net_layer *one = net_layer_of(a, 1), *two = net_layer_of(b, 1);
		int rows = cells[c].gates * UNITS;
		assert_memory_equal(one->weight_ih, two->weight_ih, (size_t)rows * INPUTS * sizeof(real));
		assert_uniform(one->weight_hh, rows * UNITS, 2 / sqrt(UNITS));
		assert_true(largest(two->weight_hh, rows * UNITS) > 2 / sqrt(UNITS));
		assert_true(largest(one->bias_ih, rows) == 0 && largest(two->bias_hh, rows) == 0);
		assert_uniform(one->bias_hh, rows, 2 / sqrt(UNITS));
		net_free(a);
		net_free(b);
	}
}

/* Glorot's fans are those of the matrix of all gates, as PyTorch and Keras take them. */
static void fans_are_those_of_all_gates_together(void **state)
{
	(void)state;
	for (size_t c = 0; c < COUNT(cells); c++) {
		const struct start start = {"glorot-uniform", NULL, 0, 1};
		struct net *net = started(&cells[c], &start);
		const struct net_layer *layer = net_layer_of(net, 1);
		int rows = cells[c].gates * UNITS;
		assert_uniform(layer->weight_ih, rows * INPUTS, sqrt(6.0 / (INPUTS + rows)));
		assert_uniform(layer->weight_hh, rows * UNITS, sqrt(6.0 / (UNITS + rows)));
		net_free(net);
	}
}

/* The forget gate is the LSTM's second. Where biases are drawn, the start is added to them. */
static void the_forget_bias_is_where_forget_gates_begin(void **state)
{
	static const char *const initializers[] = {"glorot-uniform", "pytorch"};
	(void)state;
	for (size_t c = 0; c < COUNT(cells); c++)
		for (size_t i = 0; i < COUNT(initializers); i++) {
			const struct start with = {initializers[i], NULL, 1.5, 1};
			const struct start without = {initializers[i], NULL, 0, 1};
			struct net *a = started(&cells[c], &with), *b = started(&cells[c], &without);
			const struct net_layer *one = net_layer_of(a, 1), *two = net_layer_of(b, 1);
			for (int row = 0; row < cells[c].gates * UNITS; row++) {
				bool forgets = strcmp(cells[c].kind, "lstm") == 0 && row / UNITS == 1;
				double added = (double)one->bias_ih[row] - (double)two->bias_ih[row];
				assert_true(fabs(added - (forgets ? 1.5 : 0)) < 1e-6);
				assert_true(one->bias_hh[row] == two->bias_hh[row]);
			}
			net_free(a);
			net_free(b);
		}
}

/* prelu's, as PyTorch's. Cells whose activations are fixed have none, nor do output layers. */
static void a_learned_slope_starts_at_a_quarter(void **state)
{
	static const char *const kinds[] = {"rnn", "each-step", NULL};
	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		struct net_spec spec = plain_spec("prelu", 1, UNITS, "bce");
		spec.kind[0] = kinds[k];
		spec.size[0] = STEPS * INPUTS;
		spec.shape[0].steps = kinds[k] ? STEPS : 0;
		spec.size[1] = k == 1 ? STEPS * UNITS : UNITS;
		spec.shape[1].steps = k == 1 ? STEPS : 0;
		struct net *net = net_new(kernels_find(NULL), &spec, 1);
		assert_non_null(net);
		assert_true(*net_layer_of(net, 1)->slope == (real)0.25);
		assert_null(net_layer_of(net, 2)->slope);
		net_free(net);
	}
	const struct start start = {"glorot-uniform", NULL, 0, 1};
	for (size_t c = 1; c < COUNT(cells); c++) {
		struct net *net = started(&cells[c], &start);
		assert_null(net_layer_of(net, 1)->slope);
		net_free(net);
	}
}

static void a_seed_gives_the_same_weights_again(void **state)
{
	(void)state;
	for (size_t c = 0; c < COUNT(cells); c++) {
		const struct start first = {"pytorch", "orthogonal", 1, 1};
		const struct start second = {"pytorch", "orthogonal", 1, 2};
		struct net *a = started(&cells[c], &first), *b = started(&cells[c], &first);
		struct net *other = started(&cells[c], &second);
		assert_same_parameters(a, b);
		assert_true(*net_layer_of(a, 1)->weight_hh != *net_layer_of(other, 1)->weight_hh);
		net_free(a);
		net_free(b);
		net_free(other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_gate_has_an_orthogonal_matrix_of_its_own),
		cmocka_unit_test(identity_begins_each_gate_with_the_state_itself),
		cmocka_unit_test(pytorch_draws_all_tensors_by_the_units_of_the_state),
		cmocka_unit_test(the_two_initializers_draw_apart),
		cmocka_unit_test(fans_are_those_of_all_gates_together),
		cmocka_unit_test(the_forget_bias_is_where_forget_gates_begin),
		cmocka_unit_test(a_learned_slope_starts_at_a_quarter),
		cmocka_unit_test(a_seed_gives_the_same_weights_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
