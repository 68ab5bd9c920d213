/* Normalizations follow their formulas, with the same bits in every build; so do the optimizers'
 * steps. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nn/kernels.h"
#include "nn/rng.h"

#include "variants.h"

/* ---- norms ---- */

/* A layer, with all that a norm reads and writes, so that two can be compared as bytes. */
struct layer {
	real x[VALUES], normalized[VALUES], y[VALUES], gradient[VALUES];
	real gamma[UNITS_MAX], beta[UNITS_MAX], gamma_gradient[UNITS_MAX], beta_gradient[UNITS_MAX];
	real running_mean[UNITS_MAX], running_variance[UNITS_MAX];
	real inverse[UNITS_MAX + STRIDE_MAX];
};

static struct norm_work work_of(struct layer *layer, int units, int places, int rows)
{
	return (struct norm_work){
		.units = units,
		.places = places,
		.rows = rows,
		.stride = (rows + NN_LANES - 1) / NN_LANES * NN_LANES,
		.epsilon = (real)1e-5,
		.gamma = layer->gamma,
		.beta = layer->beta,
		.inv_std = layer->inverse,
		.running_mean = layer->running_mean,
		.running_variance = layer->running_variance,
		.momentum = (real)0.1,
		.update_running = true,
	};
}

static void draw_layer(struct layer *layer)
{
	memset(layer, 0, sizeof(*layer));
	draw(layer->x, VALUES, 6);
	draw(layer->gradient, VALUES, 7);
	draw(layer->gamma, UNITS_MAX, 8);
	draw(layer->beta, UNITS_MAX, 9);
	for (int i = 0; i < UNITS_MAX; i++) {
		layer->running_mean[i] = (real)(0.1 * i);
		layer->running_variance[i] = (real)(1 + 0.1 * i);
	}
}

static void run_norm(const struct normalization *norm, struct layer *layer, int units, int places,
	int rows, bool evaluate)
{
	struct norm_work work = work_of(layer, units, places, rows);
	work.evaluate = evaluate;
	norm->forward(&work, layer->x, layer->normalized, layer->y);
	if (!evaluate)
		norm->backward(
			&work, layer->normalized, layer->gradient, layer->gamma_gradient, layer->beta_gradient);
}

static void norms_give_the_same_bits_in_every_build(void **state)
{
	static const int units[] = {1, 3, 16, 23, 4}, places[] = {1, 1, 1, 1, 5};
	static const int rows[] = {2, 7, 15, 16, 17, 33, 80};
	static struct layer first, other;
	const struct normalization_table *table = kernels_find(variants[0])->normalizations;
	(void)state;
	for (size_t v = 1; v < COUNT(variants); v++)
		for (int i = 0; i < table->count; i++)
			for (size_t k = 0; k < COUNT(units) * COUNT(rows) * 2; k++) {
				size_t shape = k / 2 % COUNT(units);
				int u = units[shape], p = places[shape], r = rows[k / 2 / COUNT(units)];
				const struct kernels *kernels = kernels_find(variants[v]);
				if (!kernels || !table->row[i].forward)
					continue;
				draw_layer(&first);
				draw_layer(&other);
				run_norm(&table->row[i], &first, u, p, r, k % 2);
				run_norm(&kernels->normalizations->row[i], &other, u, p, r, k % 2);
				assert_memory_equal(&first, &other, sizeof(first));
			}
}

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
		fail_msg("%.17g instead of %.17g", value, expected);
}

/* The values over which a norm takes mean and variance; a unit has one at each place. */
static const struct norm_fact {
	const char *name;
	bool normalizes, of_the_batch; /* of a unit over the samples; else of a sample over the units */
} norm_facts[] = {
	{"none", false, false},
	{"batch", true, true},
	{"layer", true, false},
};

/* Mean and biased variance of first x second values. */
static void moments(const real *x, int first, ptrdiff_t first_step, int second,
	ptrdiff_t second_step, double *mean, double *variance)
{
	const int n = first * second;
	*mean = *variance = 0;
	for (int i = 0; i < n; i++)
		*mean += (double)x[i / second * first_step + i % second * second_step] / n;
	for (int i = 0; i < n; i++) {
		double away = (double)x[i / second * first_step + i % second * second_step] - *mean;
		*variance += away * away / n;
	}
}

static const struct norm_fact *norm_fact_of(const struct normalization *norm)
{
	for (size_t i = 0; i < COUNT(norm_facts); i++)
		if (strcmp(norm_facts[i].name, norm->name) == 0)
			return &norm_facts[i];
	fail_msg("%s has no facts in this test: add to norm_facts[] what it normalizes", norm->name);
	return NULL;
}

static void check_norm_values(const struct normalization *norm, int units, int places, int rows)
{
	static struct layer layer, before;
	const struct norm_fact *fact = norm_fact_of(norm);
	draw_layer(&layer);
	before = layer;
	run_norm(norm, &layer, units, places, rows, false);
	struct norm_work work = work_of(&layer, units, places, rows);
	int stride = work.stride, n = rows * places;

	for (int value = 0; value < units * places; value++)
		for (int i = 0; i < rows; i++) {
			double mean, variance;
			int unit = value / places;
			size_t at = (size_t)value * stride + i;
			if (fact->of_the_batch)
				moments(before.x + (size_t)unit * places * stride, places, stride, rows, 1, &mean,
					&variance);
			else
				moments(before.x + i, units * places, stride, 1, 0, &mean, &variance);
			double expected = (before.x[at] - mean) / sqrt(variance + (double)work.epsilon);

			assert_near(layer.normalized[at], expected, 8 * REAL_EPSILON);
			assert_near(
				layer.y[at], layer.gamma[unit] * expected + layer.beta[unit], 16 * REAL_EPSILON);
			if (!fact->of_the_batch || i > 0)
				continue;
			assert_near(layer.running_mean[unit], 0.9 * before.running_mean[unit] + 0.1 * mean,
				4 * REAL_EPSILON);
			assert_near(layer.running_variance[unit],
				0.9 * before.running_variance[unit] + 0.1 * variance * n / (n - 1),
				4 * REAL_EPSILON);
		}
}

static void norms_follow_their_formulas(void **state)
{
	const struct normalization *norm;
	(void)state;
	for (int i = 0; (norm = normalization_at(i)); i++) {
		if ((norm->forward != NULL) != norm_fact_of(norm)->normalizes)
			fail_msg("%s: forward is %s", norm->name, norm->forward ? "there" : "missing");
		for (int rows = 2; rows <= 40 && norm->forward; rows += 7) {
			check_norm_values(norm, 9, 1, rows);
			check_norm_values(norm, 3, 6, rows);
		}
	}
}

/* Against the difference of a weighted sum of y, in double alone. */
static void norms_of_maps_pass_a_gradient_check(void **state)
{
	enum { UNITS = 3, PLACES = 4, ROWS = 5 };
	static struct layer layer, moved;
	const struct normalization *norm;
	(void)state;
	for (int k = 0; (norm = normalization_at(k)); k++) {
		if (!norm->forward || sizeof(real) < sizeof(double))
			continue;
		draw_layer(&layer);
		const struct layer before = layer;
		run_norm(norm, &layer, UNITS, PLACES, ROWS, false);
		int stride = work_of(&layer, UNITS, PLACES, ROWS).stride;
		for (int at = 0; at < UNITS * PLACES * stride; at++) {
			double loss[2] = {0};
			if (at % stride >= ROWS)
				continue;
			for (int side = 0; side < 2; side++) {
				moved = before;
				moved.x[at] += (real)(side ? 1e-5 : -1e-5);
				run_norm(norm, &moved, UNITS, PLACES, ROWS, false);
				for (int i = 0; i < UNITS * PLACES * stride; i++)
					loss[side] += i % stride < ROWS ? (double)before.gradient[i] * moved.y[i] : 0;
			}
			assert_near(layer.gradient[at], (loss[1] - loss[0]) / 2e-5, 1e-7);
		}
	}
}

static void batch_norm_evaluates_by_its_running_statistics(void **state)
{
	static struct layer layer;
	const struct normalization *norm = normalization_at(1);
	(void)state;
	assert_string_equal(norm->name, "batch");
	draw_layer(&layer);
	run_norm(norm, &layer, 5, 1, 1, true);
	for (int unit = 0; unit < 5; unit++)
		assert_near(layer.normalized[unit * NN_LANES],
			(layer.x[unit * NN_LANES] - 0.1 * unit) / sqrt(1 + 0.1 * unit + 1e-5),
			8 * REAL_EPSILON);
}

/* Padding columns must not reach any gradient. */
static void norms_clear_the_gradient_of_padding(void **state)
{
	static struct layer layer;
	const struct normalization *norm;
	(void)state;
	for (int i = 0; (norm = normalization_at(i)); i++)
		for (int rows = 2; rows < NN_LANES && norm->forward; rows++) {
			draw_layer(&layer);
			run_norm(norm, &layer, 2, 2, rows, false);
			for (int value = 0; value < 4; value++)
				for (int k = rows; k < NN_LANES; k++)
					assert_true(layer.gradient[value * NN_LANES + k] == 0);
		}
}

/* ---- optimizers ---- */

enum { LENGTH_MAX = 70 };

struct vectors {
	real w[LENGTH_MAX], g[LENGTH_MAX], slot[OPTIMIZER_SLOTS_MAX][LENGTH_MAX];
};

/* The forms of an optimizer: Keras's, PyTorch's, and PyTorch's with dampening. */
enum { FORMS = 3 };

static void take_steps(
	const struct optimizer *optimizer, int form, size_t n, bool alone, struct vectors *v)
{
	const struct optimizer_choice choice = {.optimizer = optimizer->name,
		.pytorch = form > 0,
		.rate = 0.05,
		.momentum = 0.9,
		.decay = 0.01,
		.dampening = form > 1 ? 0.3 : 0};
	size_t length = alone ? 1 : n;
	memset(v, 0, sizeof(*v));
	draw(v->w, LENGTH_MAX, 10);
	for (int t = 1; t <= 3; t++) {
		struct optimizer_step step = optimizer_step_prepare(optimizer, &choice, t);
		draw(v->g, LENGTH_MAX, 10 + (uint64_t)t);
		for (size_t at = 0; at < n; at += length)
			step.take(&step, length, v->w + at, v->g + at, v->slot[0] + at, v->slot[1] + at,
				v->slot[2] + at);
	}
}

static void steps_give_the_same_bits_in_every_build_and_length(void **state)
{
	static struct vectors expected, found;
	const struct optimizer_table *table = kernels_find(variants[0])->optimizers;
	(void)state;
	for (size_t v = 0; v < COUNT(variants); v++)
		for (int i = 0; i < FORMS * table->count; i++)
			for (size_t n = 1; n <= LENGTH_MAX; n++) {
				const struct kernels *kernels = kernels_find(variants[v]);
				if (!kernels)
					continue;
				take_steps(&table->row[i / FORMS], i % FORMS, n, true, &expected);
				take_steps(&kernels->optimizers->row[i / FORMS], i % FORMS, n, false, &found);
				assert_memory_equal(&expected, &found, sizeof(expected));
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(norms_give_the_same_bits_in_every_build),
		cmocka_unit_test(norms_follow_their_formulas),
		cmocka_unit_test(norms_of_maps_pass_a_gradient_check),
		cmocka_unit_test(batch_norm_evaluates_by_its_running_statistics),
		cmocka_unit_test(norms_clear_the_gradient_of_padding),
		cmocka_unit_test(steps_give_the_same_bits_in_every_build_and_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
