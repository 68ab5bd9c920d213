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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_signals_of_units_make_those_of_their_layer),
		cmocka_unit_test(the_histogram_of_outputs_counts_all_of_them),
		cmocka_unit_test(a_detail_changes_no_bit_of_a_record),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
