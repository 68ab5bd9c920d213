/* An observer of the loss gets the loss of every sample of a pass, once and in order, and changes
 * nothing that the pass computes. Built for float and, with NN_DOUBLE, for double. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nets.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#ifdef NN_DOUBLE
static const double tolerance = 64 * DBL_EPSILON;
#else
static const double tolerance = 64 * FLT_EPSILON;
#endif

enum { SAMPLES_MAX = 1300 };

/* Losses by sample, as an observer got them. */
struct seen {
	int samples, layer, units;
	double loss[SAMPLES_MAX];
};

static void see_loss(void *context, const struct net_place *place, const double *sample)
{
	struct seen *seen = context;
	assert_int_equal(place->layer, seen->layer);
	assert_int_equal(place->step, 0);
	assert_int_equal(place->first, 0);
	assert_int_equal(place->units, seen->units);
	assert_int_equal(place->first_sample, seen->samples);
	assert_true(place->samples > 0 && seen->samples + place->samples <= SAMPLES_MAX);
	for (int i = 0; i < place->samples; i++)
		seen->loss[seen->samples++] = sample[i];
}

/* The formulas, in the plainest form. */
static double loss_by_hand(const char *name, int outputs, int stride, const real *o, const real *y)
{
	double sum = 0, all = 0;
	for (int k = 0; k < outputs; k++)
		all += exp((double)o[k * stride]);
	for (int k = 0; k < outputs; k++) {
		double out = o[k * stride], target = y[k * stride];
		if (strcmp(name, "bce") == 0)
			sum += (target * log1p(exp(-out)) + (1 - target) * log1p(exp(out))) / outputs;
		else if (strcmp(name, "ce") == 0)
			sum -= target * log(exp(out) / all);
		else
			sum += (out - target) * (out - target) / outputs;
	}
	return sum;
}

static double observed_pass(
	struct net *net, enum net_mode mode, int rows, uint64_t slice, struct seen *seen)
{
	const struct net_spec *spec = net_spec_of(net);
	const struct net_observer observer = {.context = seen, .loss = see_loss};
	*seen = (struct seen){.layer = spec->layers, .units = spec->size[spec->layers]};
	fill(net, 0, rows);
	net_gradient_clear(net);
	double loss = run(net, mode, rows, slice, &observer);
	assert_int_equal(seen->samples, rows);
	return loss;
}

static void check_losses(const char *loss, enum net_mode mode, int rows)
{
	static struct seen seen;
	struct net_spec spec = plain_spec("tanh", 2, 5, loss);
	struct net *net = net_of(&spec, rows, 0.3);
	double whole = observed_pass(net, mode, rows, UINT64_MAX, &seen), sum = 0;
	int stride = net_batch(net, rows);
	for (int i = 0; i < rows; i++) {
		double expected =
			loss_by_hand(loss, seen.units, stride, net_logits(net) + i, net_target(net) + i);
		if (!(fabs(seen.loss[i] - expected) <= tolerance * (1 + expected)))
			fail_msg("%s, sample %d of %d: the observer gets %.9g, by hand %.9g", loss, i, rows,
				seen.loss[i], expected);
		sum += seen.loss[i];
	}
	if (!(fabs(sum / rows - whole / rows) <= tolerance * (1 + whole / rows)))
		fail_msg("%s: the mean of %d samples is %.9g, the loss of the pass %.9g", loss, rows,
			sum / rows, whole / rows);
	net_free(net);
}

static void the_mean_over_the_samples_is_the_loss_of_the_pass(void **state)
{
	static const int rows[] = {1, 15, 16, 37, 256, 257, SAMPLES_MAX};
	const struct loss *loss;
	(void)state;
	for (int i = 0; (loss = loss_at(i)); i++)
		for (size_t k = 0; k < COUNT(rows); k++)
			for (int mode = NET_TRAIN; mode <= NET_EVALUATE; mode++)
				check_losses(loss->name, mode, rows[k]);
}

static void an_observed_pass_computes_the_same_bits_in_any_slices(void **state)
{
	static struct seen seen, sliced;
	static const uint64_t slices[] = {1, 100, UINT64_MAX};
	const int rows = 600;
	struct net_spec spec = plain_spec("relu", 3, 6, "ce");
	struct net *plain = net_of(&spec, rows, 0.3), *observed = net_of(&spec, rows, 0.3);
	double loss = train_pass(plain, rows);
	(void)state;
	observed_pass(observed, NET_TRAIN, rows, UINT64_MAX, &seen);
	for (size_t k = 0; k < COUNT(slices); k++) {
		assert_true(observed_pass(observed, NET_TRAIN, rows, slices[k], &sliced) == loss);
		assert_memory_equal(&sliced, &seen, sizeof(seen));
		assert_same_gradients(plain, observed);
	}
	/* a pass without the observer does not call the one before it */
	assert_true(train_pass(observed, rows) == loss);
	assert_int_equal(sliced.samples, rows);
	net_free(plain);
	net_free(observed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mean_over_the_samples_is_the_loss_of_the_pass),
		cmocka_unit_test(an_observed_pass_computes_the_same_bits_in_any_slices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
