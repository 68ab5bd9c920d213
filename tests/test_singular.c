/* The largest singular value of the recurrent matrix: that of an independent program, and never
 * less than the factor by which a network's gradient is seen to grow in a step. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../src/lab/experiment_internal.h"
#include "../src/lab/singular.h"
#include "nn/cell.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { SIZE = 60 };

static double room[2 * SIZE];

static double entry(int i, int j)
{
	return ((i * 7 + j * 13 + i * i * j * 3) % 11 - 5) / 4.0;
}

/* numpy.linalg.svd of the matrices of entry(i, j). */
static const struct {
	int rows, columns;
	double value;
} by_numpy[] = {
	{1, 1, 1.25},
	{1, 7, 2.31840462},
	{7, 1, 2.29128785},
	{8, 8, 3.77229373},
	{32, 8, 6.65915847},
	{8, 32, 7.10083413},
	{32, 32, 12.7418062},
	{60, 60, 24.7796179},
};

static void the_value_is_that_of_numpy(void **state)
{
	static real matrix[SIZE * SIZE];
	(void)state;
	for (size_t k = 0; k < COUNT(by_numpy); k++) {
		int rows = by_numpy[k].rows, columns = by_numpy[k].columns;
		for (int i = 0; i < rows * columns; i++)
			matrix[i] = (real)entry(i / columns, i % columns);
		double value = largest_singular_value(rows, columns, matrix, room);
		if (!(fabs(value - by_numpy[k].value) < 1e-6 * by_numpy[k].value))
			fail_msg("%dx%d: %.9g, not %.9g", rows, columns, value, by_numpy[k].value);
	}
}

static void special_matrices_have_their_value(void **state)
{
	const real turned[] = {0, -3, 3, 0}, zeros[4] = {0}, one_way[] = {0, 0, 5, 0};
	const real broken[] = {1, 2, (real)INFINITY, 0};
	(void)state;
	assert_true(fabs(largest_singular_value(2, 2, turned, room) - 3) < 1e-12);
	assert_true(largest_singular_value(2, 2, zeros, room) == 0);
	/* all its eigenvalues are 0, and yet it makes a vector longer */
	assert_true(fabs(largest_singular_value(2, 2, one_way, room) - 5) < 1e-12);
	assert_true(isnan(largest_singular_value(2, 2, broken, room)));
}

/* ---- in a record ---- */

static const char recurrent[] =
	"model=rnn data=echo depth=1 width=12 length=20 samples=60 optimizer=adam lr=0.01";

static struct experiment *recurrent_run(const char *settings, int epochs)
{
	char all[300];
	snprintf(all, sizeof(all), "%s %s", recurrent, settings);
	return trained(all, epochs);
}

static void fresh_weights_stretch_by_their_gain(void **state)
{
	static const struct {
		const char *settings;
		double value;
	} rows[] = {{"", 1}, {"recurrent-gain=1.3", 1.3}, {"recurrent-gain=0", 0},
		{"recurrent-init=identity recurrent-gain=0.5", 0.5}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct experiment *e = recurrent_run(rows[i].settings, 0);
		const struct record *record = experiment_record(e);
		assert_true(fabs((double)record->layer[0].stretch - rows[i].value) < 1e-5);
		assert_true(record->layer[19].stretch == record->layer[0].stretch);
		assert_true(record_is_nothing(record->layer[20].stretch)); /* the output */
		experiment_free(e);
	}
}

/* |V^T D delta| <= sigma max|f'| |delta|, and so is the root mean square over samples and units. */
static void no_gradient_grows_by_more_in_a_step(void **state)
{
	static const char *const settings[] = {"activation=tanh", "activation=tanh recurrent-gain=2",
		"activation=relu recurrent-init=identity", "activation=sigmoid recurrent-gain=9",
		"activation=tanh recurrent-init=glorot-uniform"};
	(void)state;
	for (size_t i = 0; i < COUNT(settings); i++)
		for (int epochs = 0; epochs <= 4; epochs += 2) {
			struct experiment *e = recurrent_run(settings[i], epochs);
			const struct record *record = experiment_record(e);
			double slope = strstr(settings[i], "sigmoid") ? 0.25 : 1, largest = 0;
			for (int r = 0; r + 1 < 20; r++) {
				const struct layer_record *row = &record->layer[r];
				double factor = row->delta_rms / (double)row[1].delta_rms;
				largest = factor > largest ? factor : largest;
			}
			if (!(largest <= slope * (double)record->layer[0].stretch * 1.0001))
				fail_msg("%s, epoch %d: a factor of %g, at most %g expected", settings[i], epochs,
					largest, slope * (double)record->layer[0].stretch);
			experiment_free(e);
		}
}

/* sigma is the root of the largest eigenvalue of V^T V, by Jacobi's rotations. */
static double by_jacobi(int n, const real *v)
{
	static double a[SIZE][SIZE];
	double largest = 0;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			a[i][j] = 0;
			for (int k = 0; k < n; k++)
				a[i][j] += (double)v[k * n + i] * (double)v[k * n + j];
		}
	for (int sweep = 0; sweep < 30; sweep++)
		for (int p = 0; p < n; p++)
			for (int q = p + 1; q < n; q++) {
				double angle = 0.5 * atan2(2 * a[p][q], a[q][q] - a[p][p]);
				double c = cos(angle), s = sin(angle);
				for (int k = 0; k < n; k++) {
					double x = a[k][p], y = a[k][q];
					a[k][p] = c * x - s * y;
					a[k][q] = s * x + c * y;
				}
				for (int k = 0; k < n; k++) {
					double x = a[p][k], y = a[q][k];
					a[p][k] = c * x - s * y;
					a[q][k] = s * x + c * y;
				}
			}
	for (int i = 0; i < n; i++)
		largest = a[i][i] > largest ? a[i][i] : largest;
	return sqrt(largest);
}

static void trained_weights_have_the_value_of_another_method(void **state)
{
	struct experiment *e = recurrent_run("activation=tanh", 6);
	double found = (double)experiment_record(e)->layer[0].stretch;
	(void)state;
	assert_true(fabs(found - 1) > 0.01); /* training has changed it */
	assert_true(fabs(found / by_jacobi(12, net_layer_of(e->net, 1)->weight_hh) - 1) < 1e-5);
	experiment_free(e);
}

/* ---- gates ---- */

/* Without weights all gates are given their bias alone. */
static void gates_keep_the_sigmoid_of_their_bias(void **state)
{
	static const struct {
		const char *settings;
		double kept;
	} rows[] = {{"model=lstm forget-bias=0", 0.5}, {"model=lstm forget-bias=3", 0.952574},
		{"model=lstm forget-bias=-2", 0.119203}, {"model=gru", 0.5}, {"model=rnn", (double)NAN}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char settings[100];
		snprintf(settings, sizeof(settings), "init=zeros recurrent-gain=0 %s", rows[i].settings);
		struct experiment *e = recurrent_run(settings, 0);
		const struct record *record = experiment_record(e);
		for (int r = 0; r < 20; r++) {
			double kept = (double)record->layer[r].kept;
			if (isnan(rows[i].kept) ? !record_is_nothing(record->layer[r].kept)
									: !(fabs(kept - rows[i].kept) < 1e-5))
				fail_msg("%s, step %d: %g", settings, r + 1, kept);
		}
		assert_int_equal(record_is_nothing(record->layer[0].stretch), !isnan(rows[i].kept));
		experiment_free(e);
	}
}

static void the_gate_that_keeps_the_state_is_that_of_the_formulas(void **state)
{
	const struct recurrent_cell *lstm = recurrent_cell_find("lstm");
	const struct recurrent_cell *gru = recurrent_cell_find("gru");
	(void)state;
	assert_string_equal(lstm->gate[lstm->keeps].name, "forget");
	assert_string_equal(gru->gate[gru->keeps].name, "update");
	assert_int_equal(recurrent_cell_find("rnn")->keeps, -1);
}

/* c = f c' + i g, and z of a GRU likewise: what the last pass left in the network's own arrays. */
static void what_is_kept_is_the_mean_of_that_gate(void **state)
{
	static const char *const models[] = {"lstm", "gru"};
	(void)state;
	for (int m = 0; m < 2; m++) {
		char settings[100]; /* all samples in one pass */
		snprintf(settings, sizeof(settings), "model=%s samples=12 split=0 batch=0", models[m]);
		struct experiment *e = recurrent_run(settings, 3);
		const struct net_layer *layer = net_layer_of(e->net, 1);
		int stride = net_batch(e->net, 12);
		for (int step = 0; step < 20; step++) {
			const real *gate = layer->gates +
				((size_t)step * layer->cell->gates + layer->cell->keeps) * 12 * stride;
			double sum = 0;
			for (int unit = 0; unit < 12; unit++)
				for (int i = 0; i < 12; i++)
					sum += (double)gate[unit * stride + i];
			assert_true(fabs((double)experiment_record(e)->layer[step].kept - sum / 144) < 1e-6);
		}
		experiment_free(e);
	}
}

static void a_dense_network_has_neither(void **state)
{
	struct experiment *e = trained("", 1);
	(void)state;
	for (int r = 0; r < experiment_record(e)->rows; r++) {
		assert_true(record_is_nothing(experiment_record(e)->layer[r].stretch));
		assert_true(record_is_nothing(experiment_record(e)->layer[r].kept));
	}
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_value_is_that_of_numpy),
		cmocka_unit_test(special_matrices_have_their_value),
		cmocka_unit_test(fresh_weights_stretch_by_their_gain),
		cmocka_unit_test(no_gradient_grows_by_more_in_a_step),
		cmocka_unit_test(trained_weights_have_the_value_of_another_method),
		cmocka_unit_test(gates_keep_the_sigmoid_of_their_bias),
		cmocka_unit_test(the_gate_that_keeps_the_state_is_that_of_the_formulas),
		cmocka_unit_test(what_is_kept_is_the_mean_of_that_gate),
		cmocka_unit_test(a_dense_network_has_neither),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
