/* Losses: values and slopes are those of the formulas, written down here a second time, for
 * classes, for shares of classes and for numbers. Built for float and, with NN_DOUBLE, for
 * double. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nn/kernels.h"
#include "nn/loss.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#ifdef NN_DOUBLE
static const double tolerance = 64 * DBL_EPSILON;
#else
static const double tolerance = 64 * FLT_EPSILON;
#endif

enum { OUTPUTS = 4, STRIDE = 2 * NN_LANES, ROWS = NN_LANES + 3 };

/* ---- the formulas, of one sample ---- */

static double bce(int outputs, const double *o, const double *y)
{
	double sum = 0;
	for (int k = 0; k < outputs; k++)
		sum += y[k] * log1p(exp(-o[k])) + (1 - y[k]) * log1p(exp(o[k]));
	return sum / outputs;
}

static void bce_slope(int outputs, const double *o, const double *y, double *slope)
{
	for (int k = 0; k < outputs; k++)
		slope[k] = (1 / (1 + exp(-o[k])) - y[k]) / outputs;
}

static double ce(int outputs, const double *o, const double *y)
{
	double all = 0, sum = 0;
	for (int k = 0; k < outputs; k++)
		all += exp(o[k]);
	for (int k = 0; k < outputs; k++)
		sum -= y[k] * log(exp(o[k]) / all);
	return sum;
}

static void ce_slope(int outputs, const double *o, const double *y, double *slope)
{
	double all = 0;
	for (int k = 0; k < outputs; k++)
		all += exp(o[k]);
	for (int k = 0; k < outputs; k++)
		slope[k] = exp(o[k]) / all - y[k]; /* for targets that add up to 1 */
}

static double mse(int outputs, const double *o, const double *y)
{
	double sum = 0;
	for (int k = 0; k < outputs; k++)
		sum += (o[k] - y[k]) * (o[k] - y[k]);
	return sum / outputs;
}

static void mse_slope(int outputs, const double *o, const double *y, double *slope)
{
	for (int k = 0; k < outputs; k++)
		slope[k] = 2 * (o[k] - y[k]) / outputs;
}

static const struct fact {
	const char *name;
	double (*value)(int outputs, const double *o, const double *y);
	void (*slope)(int outputs, const double *o, const double *y, double *slope);
	int least_outputs;
	double threshold;
} facts[] = {
	{"bce", bce, bce_slope, 1, 0},
	{"ce", ce, ce_slope, 2, 0},
	{"mse", mse, mse_slope, 1, 0.5},
};

static const struct fact *fact_of(const struct loss *loss)
{
	for (size_t i = 0; i < COUNT(facts); i++)
		if (strcmp(facts[i].name, loss->name) == 0)
			return &facts[i];
	fail_msg("%s has no facts in this test: add its formula to facts[]", loss->name);
	return NULL;
}

/* ---- samples ---- */

enum targets { HARD, SOFT, ONES_THAT_ARE_SHARED, KINDS };

/* Output `o` of sample `i`: logits between -3 and 3, and what is to be learned. */
static double logit_at(int i, int o)
{
	return fmod(i * 0.61803398875 + o * 0.7548776662, 1) * 6 - 3;
}

static double target_at(enum targets kind, int outputs, int i, int o)
{
	int class = outputs > 1 ? i % outputs : i % 2;
	double hard = outputs > 1 ? o == class : class;
	if (kind == HARD)
		return hard;
	if (kind == SOFT)
		return 0.8 * hard + 0.2 / (outputs > 1 ? outputs : 2);
	/* half of one class and half of the next */
	return outputs > 1 ? (o == class || o == (class + 1) % outputs) / 2.0 : 0.5;
}

static void check_samples(const struct loss *loss, enum targets kind, int outputs)
{
	const struct fact *fact = fact_of(loss);
	real logits[OUTPUTS * STRIDE] = {0}, target[OUTPUTS * STRIDE] = {0}, delta[OUTPUTS * STRIDE];
	double sum = 0, o[OUTPUTS], y[OUTPUTS], slope[OUTPUTS];
	const int total = 3 * ROWS; /* as if more samples followed */
	for (int i = 0; i < ROWS; i++)
		for (int k = 0; k < outputs; k++) {
			logits[k * STRIDE + i] = (real)logit_at(i, k);
			target[k * STRIDE + i] = (real)target_at(kind, outputs, i, k);
		}
	double found = loss->apply(outputs, ROWS, STRIDE, total, logits, target, delta);
	double sample[ROWS];
	loss->each(outputs, ROWS, STRIDE, logits, target, sample);
	for (int i = 0; i < ROWS; i++) {
		for (int k = 0; k < outputs; k++) {
			o[k] = logits[k * STRIDE + i];
			y[k] = target[k * STRIDE + i];
		}
		double value = fact->value(outputs, o, y);
		if (!(fabs(sample[i] - value) <= tolerance * (1 + value)))
			fail_msg("%s, %d outputs, targets of kind %d: the loss of sample %d is %.9g, by hand "
					 "%.9g",
				loss->name, outputs, kind, i, sample[i], value);
		sum += value;
		fact->slope(outputs, o, y, slope);
		for (int k = 0; k < outputs; k++)
			if (!(fabs(delta[k * STRIDE + i] - slope[k] / total) <= tolerance / total))
				fail_msg("%s, %d outputs, targets of kind %d, sample %d: delta of output %d "
						 "is %.9g, by hand %.9g",
					loss->name, outputs, kind, i, k, (double)delta[k * STRIDE + i],
					slope[k] / total);
	}
	if (!(fabs(found - sum) <= tolerance * (1 + sum)))
		fail_msg("%s, %d outputs, targets of kind %d: %.9g, by hand %.9g", loss->name, outputs,
			kind, found, sum);
}

static void values_and_slopes_follow_the_formulas(void **state)
{
	const struct loss *loss;
	(void)state;
	for (int i = 0; (loss = loss_at(i)); i++)
		for (int kind = HARD; kind < KINDS; kind++)
			for (int outputs = fact_of(loss)->least_outputs; outputs <= OUTPUTS; outputs++)
				check_samples(loss, kind, outputs);
}

/* Far from 0 the exponentials are 0 or infinite; the loss of a sample is not. */
static void losses_of_samples_survive_large_logits(void **state)
{
	const real two[] = {300, -300, -300, 300}, sure[] = {1, 0, 0, 1}, wrong[] = {0, 1, 1, 0};
	double sample[2];
	(void)state;
	loss_find("ce")->each(2, 2, 2, two, sure, sample);
	assert_true(sample[0] == 0 && sample[1] == 0);
	loss_find("ce")->each(2, 2, 2, two, wrong, sample);
	assert_true(sample[0] == 600 && sample[1] == 600);
	loss_find("bce")->each(1, 2, 2, two, sure, sample);
	assert_true(sample[0] < 1e-100 && sample[1] < 1e-100);
	loss_find("bce")->each(1, 2, 2, two, wrong, sample);
	assert_true(sample[0] == 300 && sample[1] == 300);
	const real impossible[] = {0, -INFINITY}, class[] = {1, 0};
	loss_find("ce")->each(2, 1, 1, impossible, class, sample);
	assert_true(sample[0] == 0);
}

static void losses_are_the_same_bits_in_every_build(void **state)
{
	static const char *const builds[] = {"avx512", "avx2", "baseline"};
	static real logits[OUTPUTS * STRIDE], target[OUTPUTS * STRIDE];
	const struct kernels *fastest = kernels_find(NULL);
	(void)state;
	for (int i = 0; i < STRIDE; i++)
		for (int o = 0; o < OUTPUTS; o++) {
			logits[o * STRIDE + i] = (real)logit_at(i, o);
			target[o * STRIDE + i] = (real)target_at(i % KINDS, OUTPUTS, i, o);
		}
	for (size_t b = 0; b < COUNT(builds); b++) {
		const struct kernels *build = kernels_find(builds[b]);
		for (int k = 0; build && k < build->losses->count; k++) {
			const struct loss *loss = &build->losses->row[k];
			double expected[ROWS], found[ROWS];
			loss_in(fastest, loss->name)->each(OUTPUTS, ROWS, STRIDE, logits, target, expected);
			loss->each(OUTPUTS, ROWS, STRIDE, logits, target, found);
			if (memcmp(found, expected, sizeof(found)) != 0)
				fail_msg("%s: other bits in %s than in %s", loss->name, builds[b], fastest->name);
		}
	}
}

static void names_are_found_and_thresholds_are_the_middle(void **state)
{
	const struct loss *loss;
	(void)state;
	for (int i = 0; (loss = loss_at(i)); i++) {
		assert_ptr_equal(loss_find(loss->name), loss);
		if (loss->threshold != fact_of(loss)->threshold)
			fail_msg("%s says class 1 above %g, not %g", loss->name, loss->threshold,
				fact_of(loss)->threshold);
	}
	assert_null(loss_find("no such"));
	assert_null(loss_at(-1));
}

static void the_largest_output_or_the_threshold_decides(void **state)
{
	const real logits[] = {(real)0.2, (real)0.7, 1, -1}, classes[] = {0, 1, 0, 1};
	const real three[] = {1, 5, 2, 3, 0, 4}, wanted[] = {0, 1, 1, 0, 0, 0};
	(void)state;
	assert_int_equal(loss_correct(loss_find("mse"), 1, 4, 4, logits, classes), 2);
	assert_int_equal(loss_correct(loss_find("bce"), 1, 4, 4, logits, classes), 1);
	/* [3][2]: the columns are 1 2 0, whose largest is the second, and 5 3 4 */
	assert_int_equal(loss_correct(loss_find("ce"), 3, 2, 2, three, wanted), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_slopes_follow_the_formulas),
		cmocka_unit_test(losses_of_samples_survive_large_logits),
		cmocka_unit_test(losses_are_the_same_bits_in_every_build),
		cmocka_unit_test(names_are_found_and_thresholds_are_the_middle),
		cmocka_unit_test(the_largest_output_or_the_threshold_decides),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
