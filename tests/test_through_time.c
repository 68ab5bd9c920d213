/* How much of a derivative is left after 60 time steps, by cell and first weights: the numbers of
 * docs/numerics.md, section 7. */
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

enum { STEPS = 60, INPUTS = 2, UNITS = 32, ROWS = 16, DRAWS = 20 };

/* Medians of 20 draws, measured with PyTorch; other random numbers give others, within a factor. */
static const struct through_time {
	const char *kind, *activation, *input, *recurrent;
	double gain, forget_bias;
	double left; /* |dL/dh| at step 1, divided by that at step 60 */
	double factor;
} rows[] = {
	{"rnn", "tanh", "glorot-uniform", "orthogonal", 0.5, 0, 4e-21, 4},
	{"rnn", "tanh", "glorot-uniform", "orthogonal", 0.9, 0, 1e-7, 4},
	{"rnn", "tanh", "glorot-uniform", "orthogonal", 1, 0, 2e-5, 4},
	{"rnn", "tanh", "glorot-uniform", "orthogonal", 1.5, 0, 5, 4},
	{"rnn", "tanh", "glorot-uniform", "orthogonal", 3, 0, 5e7, 4},
	{"rnn", "tanh", "pytorch", "pytorch", 1, 0, 1e-15, 4},
	{"rnn", "relu", "glorot-uniform", "identity", 1, 0, 0.33, 4},
	{"rnn", "relu", "glorot-uniform", "identity", 1.1, 0, 150, 4},
	{"lstm", NULL, "pytorch", "pytorch", 1, 0, 5e-13, 6},
	{"lstm", NULL, "glorot-uniform", "orthogonal", 1, 0, 5e-10, 6},
	{"lstm", NULL, "glorot-uniform", "orthogonal", 1, 1, 2e-3, 6},
	{"lstm", NULL, "glorot-uniform", "orthogonal", 1, 3, 2, 6},
	{"lstm", NULL, "glorot-uniform", "orthogonal", 1, 5, 4, 6},
	{"gru", NULL, "pytorch", "pytorch", 1, 0, 1.5e-12, 6},
	{"gru", NULL, "glorot-uniform", "orthogonal", 1, 0, 2e-9, 6},
};

static void see_delta(void *context, const struct net_place *place, const real *delta)
{
	double *squares = context;
	for (int k = 0; place->layer == 1 && k < place->units; k++)
		for (int i = 0; i < place->samples; i++) {
			double value = delta[(size_t)k * place->stride + i];
			squares[place->step] += value * value;
		}
}

static double left_after_all_steps(const struct through_time *row, uint64_t seed)
{
	const struct initializer_parameters one = {.gain = 1}, gain = {.gain = row->gain};
	struct net_spec spec = plain_spec("tanh", 1, UNITS, "mse");
	double squares[STEPS] = {0};
	const struct net_observer observer = {.context = squares, .backward = see_delta};
	uint64_t budget = UINT64_MAX;
	spec.kind[0] = row->kind;
	spec.activation[0] = row->activation;
	spec.shape[0].steps = STEPS;
	spec.size[0] = STEPS * INPUTS;
	spec.size[2] = 1;
	spec.forget_bias = row->forget_bias;
	struct net *net = net_new(kernels_find(NULL), &spec, ROWS);
	net_initialize_begin(net, initializer_find(row->input), &one, seed, 1, spec.layers);
	net_initialize_recurrent(net, initializer_find(row->recurrent), &gain);
	assert_true(net_initialize_advance(net, &budget));
	fill(net, (int)seed * ROWS, ROWS);
	run(net, NET_TRAIN, ROWS, UINT64_MAX, &observer);
	net_free(net);
	return sqrt(squares[0] / squares[STEPS - 1]);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void what_is_left_of_a_derivative_is_as_documented(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct through_time *row = &rows[i];
		double left[DRAWS];
		for (int draw = 0; draw < DRAWS; draw++)
			left[draw] = left_after_all_steps(row, (uint64_t)draw + 1);
		qsort(left, DRAWS, sizeof(left[0]), compare_doubles);
		double median = (left[DRAWS / 2 - 1] + left[DRAWS / 2]) / 2;
		if (!(median < row->left * row->factor && median > row->left / row->factor))
			fail_msg("%s, %s, %s times %g, forget bias %g: %g is left instead of %g", row->kind,
				row->input, row->recurrent, row->gain, row->forget_bias, median, row->left);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_of_a_derivative_is_as_documented),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
