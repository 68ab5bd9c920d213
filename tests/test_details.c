/* The signals of units in a detail, beside the record of the same epoch. Their values are those of
 * tests/reference/make_columns.py (test_oracle); here, what holds for every network. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "frames.h"
#include "nn/float_mode.h"
#include "runs.h"

static const char *const networks[] = {
	"activation=sigmoid",
	"activation=sine gain=4",
	"activation=gelu norm=batch",
	"activation=relu dropout=0.5 batch=100",
	"activation=tanh skip=2 samples=3000",
};

enum { NETWORKS = sizeof(networks) / sizeof(networks[0]), TRAINED = 3 };

static struct experiment *run_with(const char *network, enum experiment_report report)
{
	const struct config config = config_with(config_default(), network);
	struct experiment *e = experiment_new(&config, NULL);
	assert_non_null(e);
	for (int epoch = 0; epoch <= TRAINED; epoch++) {
		if (epoch)
			experiment_epoch_begin(e, report);
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
	}
	return e;
}

static double mean_of(const float *value, int count, bool squares)
{
	double sum = 0;
	for (int i = 0; i < count; i++)
		sum += squares ? (double)value[i] * (double)value[i] : (double)value[i];
	return sum / count;
}

static void assert_near(
	const char *network, int layer, const char *what, double found, double expected)
{
	if (!(fabs(found - expected) <= 1e-5 * fabs(expected) + 1e-7))
		fail_msg("%s, layer %d: %s of the units %.9g, of the layer %.9g", network, layer, what,
			found, expected);
}

static void the_signals_of_units_make_those_of_their_layer(void **state)
{
	(void)state;
	for (int n = 0; n < NETWORKS; n++) {
		struct experiment *e = run_with(networks[n], REPORT_DETAIL);
		const struct frame frame = frame_of(e);
		double apart = 0;
		assert_int_equal(frame.detail->epoch, TRAINED);
		for (int l = 0; l < frame.detail->layers; l++) {
			const struct layer_detail *units = &frame.detail->layer[l];
			const struct layer_record *layer = &frame.record->layer[l];
			double derivative = mean_of(units->derivative, units->units, false);
			assert_near(networks[n], l + 1, "delta",
				sqrt(mean_of(units->delta, units->units, true)), (double)layer->delta_rms);
			assert_near(networks[n], l + 1, "z", mean_of(units->z, units->units, false),
				(double)layer->z_mean);
			assert_true(mean_of(units->activity, units->units, false) >=
				fabs((double)layer->a_mean) - 1e-6);
			assert_true(derivative >= fabs((double)layer->deriv_mean) - 1e-6);
			apart = fmax(apart, derivative - fabs((double)layer->deriv_mean));
		}
		experiment_free(e);
		if (strstr(networks[n], "sine") && apart < 0.1) /* its f' has both signs */
			fail_msg("%s: the units' mean |f'| is the layer's mean f'", networks[n]);
		if ((strstr(networks[n], "sigmoid") || strstr(networks[n], "relu")) && apart > 1e-5)
			fail_msg("%s: the units' mean |f'| is %g above the layer's", networks[n], apart);
	}
}

/* Bins are as wide as their values are apart from the mean that the record tells. */
static void the_histogram_of_outputs_counts_all_of_them(void **state)
{
	const double width = (DETAIL_OUTPUT_HIGH - DETAIL_OUTPUT_LOW) / DETAIL_BINS;
	(void)state;
	for (int n = 0; n < NETWORKS; n++) {
		struct experiment *e = run_with(networks[n], REPORT_DETAIL);
		const struct frame frame = frame_of(e);
		for (int l = 0; l < frame.detail->layers; l++) {
			const struct layer_detail *units = &frame.detail->layer[l];
			uint64_t count = units->output_below + units->output_above;
			double sum = 0;
			for (int i = 0; i < DETAIL_BINS; i++) {
				count += units->output_bin[i];
				sum += (double)units->output_bin[i] * (DETAIL_OUTPUT_LOW + (i + 0.5) * width);
			}
			assert_int_equal(count, units->samples * (uint64_t)units->units);
			if (units->output_below + units->output_above == 0 &&
				fabs(sum / (double)count - (double)frame.record->layer[l].a_mean) > width / 2)
				fail_msg("%s, layer %d: mean of the bins %g, of the layer %g", networks[n], l + 1,
					sum / (double)count, (double)frame.record->layer[l].a_mean);
		}
		experiment_free(e);
	}
}

static void a_detail_changes_no_bit_of_a_record(void **state)
{
	(void)state;
	for (int n = 0; n < NETWORKS; n++) {
		struct experiment *with = run_with(networks[n], REPORT_DETAIL);
		struct experiment *without = run_with(networks[n], REPORT_RECORD);
		const struct record *a = experiment_record(with), *b = experiment_record(without);
		if (memcmp(a, b, record_bytes(a)) != 0)
			fail_msg("%s: the records differ", networks[n]);
		experiment_free(with);
		experiment_free(without);
	}
}

/* At most 128 weights of a layer, of all layers together 4096: every n-th of them. */
static void so_many_weights_are_kept(void **state)
{
	enum { LAYERS_MAX = 99 };
	static const struct {
		int layers;
		size_t weights;
		int kept, every;
	} cases[] = {{3, 0, 0, 0}, {3, 1, 1, 1}, {3, 128, 128, 1}, {3, 129, 65, 2}, {3, 256, 128, 2},
		{3, 257, 86, 3}, {31, 256, 128, 2}, {32, 124, 124, 1}, {32, 125, 63, 2}, {99, 40, 40, 1},
		{99, 41, 21, 2}};
	static real weight[260];
	(void)state;
	for (int i = 0; i < 260; i++)
		weight[i] = (real)(i + 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int units[LAYERS_MAX], layers = cases[i].layers;
		size_t weights[LAYERS_MAX + 1];
		for (int l = 0; l <= layers; l++) {
			weights[l] = cases[i].weights;
			if (l < layers)
				units[l] = 1 + l % 3;
		}
		struct detail *detail = detail_new(layers, units, weights);
		assert_non_null(detail);
		for (int l = 1; l <= layers + 1; l++)
			detail_take_weights(detail, l, weight);
		struct detail *copy = detail_copy(detail);
		size_t in_all = 0;
		for (int l = 0; l <= layers; l++) {
			const struct layer_detail *row = &copy->layer[l];
			assert_int_equal(row->weights, cases[i].kept);
			for (int k = 0; k < row->weights; k++)
				assert_true(row->weight[k] == (float)(k * cases[i].every + 1));
			in_all += (size_t)row->weights;
			if (l < layers)
				in_all += 6 * (size_t)units[l];
		}
		assert_int_equal(detail_bytes(detail),
			sizeof(*detail) + (size_t)(layers + 1) * sizeof(detail->layer[0]) +
				in_all * sizeof(float));
		detail_take_weights(detail, layers + 1, NULL);
		for (int k = 0; k < cases[i].kept; k++)
			assert_true(record_is_nothing(detail->layer[layers].weight[k]));
		detail_release(detail);
		detail_release(copy);
	}
}

static void counts_come_below_into_and_above_the_bins(void **state)
{
	uint64_t count[DETAIL_BINS + 2], bin[DETAIL_BINS], below = 100, above = 200;
	(void)state;
	for (int i = 0; i < DETAIL_BINS + 2; i++)
		count[i] = (uint64_t)i + 1;
	for (int i = 0; i < DETAIL_BINS; i++)
		bin[i] = 1000;
	detail_count(count, &below, bin, &above);
	assert_int_equal(below, 101);
	assert_int_equal(above, 200 + DETAIL_BINS + 2);
	for (int i = 0; i < DETAIL_BINS; i++)
		assert_int_equal(bin[i], 1000 + i + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_signals_of_units_make_those_of_their_layer),
		cmocka_unit_test(the_histogram_of_outputs_counts_all_of_them),
		cmocka_unit_test(so_many_weights_are_kept),
		cmocka_unit_test(counts_come_below_into_and_above_the_bins),
		cmocka_unit_test(a_detail_changes_no_bit_of_a_record),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
