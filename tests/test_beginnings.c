/* How a run begins and how it breaks: first weights, what theory says of them beside the
 * records, and the first number that was not finite. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/float_mode.h"

#include "../src/lab/experiment_internal.h"
#include "place.h"
#include "frames.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- theory ---- */

static void theory_stands_beside_every_hidden_layer_or_none(void **state)
{
	static const struct {
		const char *settings;
		bool applies;
	} cases[] = {
		{"", true},
		{"init=glorot-normal", true},
		{"activation=relu init=he-normal", true},
		{"activation=relu/sigmoid init=orthogonal", true},
		{"init=pytorch", true},
		{"norm=batch", false},
		{"norm=layer", false},
		{"skip=1", false},
		{"dropout=0.1", false},
		{"init=lsuv", false},
		{"init=zeros", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct experiment *e = trained(cases[i].settings, i % 2);
		const struct record *record = experiment_record(e);
		assert_int_equal(frame_of(e).theory != NULL, cases[i].applies);
		for (int l = 0; l < record->layers - 1; l++)
			if ((record->layer[l].theory > 0) != cases[i].applies)
				fail_msg("%s: layer %d", cases[i].settings, l + 1);
		assert_true(record_is_nothing(record->layer[record->layers - 1].theory));
		experiment_free(e);
	}
}

static void theory_follows_changes_and_knows_no_file(void **state)
{
	struct place *place = *state;
	struct experiment *e = trained("", 2);
	float before = experiment_record(e)->layer[1].theory;
	char settings[200];
	assert_true(save_weights(e, place->file));
	change(e, "activation=relu");
	assert_true(experiment_record(e)->layer[1].theory != before);
	change(e, "depth=5");
	assert_true(experiment_record(e)->layer[4].theory > 0);
	change(e, "skip=1");
	assert_null(frame_of(e).theory);
	change(e, "skip=0 activation=tanh");
	assert_true(experiment_record(e)->layer[1].theory == before);
	experiment_free(e);
	snprintf(settings, sizeof(settings), "weights=%s", place->file);
	e = trained(settings, 0);
	assert_null(frame_of(e).theory);
	assert_true(record_is_nothing(experiment_record(e)->layer[1].theory));
	experiment_free(e);
}

static void bands_hold_most_of_wide_networks_but_not_all(void **state)
{
	static const char *const kinds[] = {"activation=relu init=he-normal", "activation=tanh"};
	enum { NETS = 20, HIDDEN = 5 };
	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		int inside[HIDDEN] = {0}, all = 0;
		for (int seed = 1; seed <= NETS; seed++) {
			char settings[120];
			snprintf(settings, sizeof(settings), "%s samples=60 width=150 depth=%d seed=%d",
				kinds[k], HIDDEN, seed);
			struct experiment *e = trained(settings, 0);
			const struct theory_band *band = frame_of(e).theory;
			const struct layer_record *layer = experiment_record(e)->layer;

			for (int l = 0; l < HIDDEN; l++) {
				double ratio = layer[l].delta_rms / layer[HIDDEN].delta_rms;
				inside[l] += ratio >= band[l].low && ratio <= band[l].high;
			}
			experiment_free(e);
		}
		for (int l = 0; l < HIDDEN; l++) {
			if (2 * inside[l] <= NETS)
				fail_msg("%s, layer %d: %d inside", kinds[k], l + 1, inside[l]);
			all += inside[l];
		}
		assert_true(all < NETS * HIDDEN);
	}
}

/* ---- the number that broke first ---- */

static void assert_fault(const struct experiment *e, int64_t epoch, int layer, const char *tensor)
{
	const struct fault fault = frame_of(e).fault;
	char sentence[200], place[100], time[100];
	assert_true(experiment_diverged(e));
	assert_int_equal(fault.epoch, epoch);
	assert_int_equal(fault.layer, layer);
	assert_string_equal(fault.tensor, tensor);
	snprintf(place, sizeof(place), "layer %d's %s", layer, tensor);
	snprintf(time, sizeof(time), "epoch %d.", (int)epoch);
	verdict_sentence(verdict_find("diverged"), experiment_evidence(e), SENTENCE_WHOLE, sentence,
		sizeof(sentence));
	assert_non_null(strstr(sentence, place));
	assert_non_null(strstr(sentence, time));
}

static void the_first_number_that_is_not_finite_is_named(void **state)
{
	static const struct {
		int layer;
		double weight, bias;
		const char *tensor;
	} cases[] = {
		{1, NAN, 0, "weight"},
		{3, INFINITY, 0, "weight"},
		{4, NAN, 0, "weight"},
		{2, 0, NAN, "bias"},
		{2, 3e38, 0, "output"},
		{4, 3e38, 3e38, "output"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct experiment *e = trained("activation=identity", 2);
		const struct net_layer *layer = net_layer_of(e->net, cases[i].layer);
		struct snapshot *before = experiment_save(e);
		for (int unit = 0; unit < layer->outputs; unit++) {
			layer->bias[unit] = (real)cases[i].bias;
			for (int k = 0; k < layer->inputs; k++)
				layer->weight[unit * layer->inputs + k] = (real)cases[i].weight;
		}
		for (int unit = 0; unit < layer->inputs && cases[i].layer == 2; unit++)
			net_layer_of(e->net, 1)->bias[unit] = 10;
		train(e, 1, UINT64_MAX, NULL);
		assert_fault(e, 3, cases[i].layer, cases[i].tensor);
		train(e, 1, UINT64_MAX, NULL);
		assert_fault(e, 3, cases[i].layer, cases[i].tensor);
		struct snapshot *broken = experiment_save(e);

		assert_true(experiment_restore(e, before));
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		assert_int_equal(frame_of(e).fault.layer, 0);
		train(e, 1, UINT64_MAX, NULL);
		assert_false(experiment_diverged(e));
		assert_true(experiment_restore(e, broken));
		assert_int_equal(settle(e, UINT64_MAX, NULL), EXPERIMENT_IDLE);
		assert_fault(e, 3, cases[i].layer, cases[i].tensor);
		snapshot_free(before);
		snapshot_free(broken);
		experiment_free(e);
	}
}

/* Whatever f makes of a NaN: its units are not dead, saturated or working, other units are
 * unaffected, and no sample is classified. */
static void units_that_are_not_numbers_count_in_no_share(void **state)
{
	(void)state;
	for (int i = 0; activation_at(i); i++) {
		char settings[100];
		snprintf(settings, sizeof(settings), "activation=%s", activation_at(i)->name);
		struct experiment *e = trained(settings, 1);

		*net_layer_of(e->net, 1)->weight = (real)NAN;
		change(e, "lr=0.2");
		const struct record *record = experiment_record(e);
		const struct layer_detail *unit = frame_of(e).detail->layer;

		assert_true(isnan(record->loss));
		assert_true(record_is_nothing(record->acc) && record_is_nothing(record->val_acc));
		for (int l = 0; l < 2; l++) {
			const struct layer_record *layer = &record->layer[l];
			assert_true(isnan(layer->dead) && isnan(layer->saturated));
			assert_true(isnan(layer->inactive) && isnan(layer->deriv_rms));
			assert_true(isnan(unit[l].inactive[0]) && isnan(unit[l].saturated[0]));
			assert_true(isnan(unit[l].inactive[1]) == (l > 0));
		}
		assert_string_equal(record->verdict, "diverged");
		experiment_free(e);
	}
}

/* Settings that break a run and are taken back are not reported again later. */
static void a_fault_that_passes_is_forgotten(void **state)
{
	struct experiment *e = trained("", 2);
	real *weight = net_layer_of(e->net, 2)->weight;
	real kept = *weight;
	(void)state;
	*weight = (real)NAN;
	change(e, "lr=0.2");
	assert_fault(e, 2, 2, "weight");
	*net_layer_of(e->net, 2)->weight = kept;
	change(e, "lr=0.1");
	assert_int_equal(frame_of(e).fault.layer, 0);
	*net_layer_of(e->net, 3)->bias = (real)NAN;
	train(e, 1, UINT64_MAX, NULL);
	assert_fault(e, 3, 3, "bias");
	experiment_free(e);
}

/* Steps far too large: the tensor that breaks is named in the first epoch that is not finite. */
static void a_run_that_diverges_names_its_epoch_and_a_layer(void **state)
{
	static const char *const runs[] = {
		"lr=100 data=wave activation=relu init=he-normal",
		"lr=100 data=wave batch=0 depth=6",
		"lr=100 data=wave activation=identity depth=0",
		"lr=100 data=wave activation=elu batch=0",
	};
	size_t diverged = 0;
	(void)state;
	for (size_t i = 0; i < COUNT(runs); i++) {
		struct experiment *e = trained(runs[i], 0);
		for (int k = 0; k < 200 && !experiment_diverged(e); k++) {
			assert_int_equal(frame_of(e).fault.layer, 0);
			train(e, 1, UINT64_MAX, NULL);
		}
		const struct fault fault = frame_of(e).fault;

		if (experiment_diverged(e)) {
			assert_int_equal(fault.epoch, experiment_epoch(e));
			assert_in_range(fault.layer, 1, experiment_record(e)->layers);
			assert_non_null(fault.tensor);
			diverged++;
		}
		experiment_free(e);
	}
	assert_true(diverged >= 2);
}

/* ---- first weights ---- */

static void weights_of_a_file_give_the_same_numbers(void **state)
{
	static const char *const kinds[] = {
		"",
		"norm=batch optimizer=adam",
		"activation=prelu data=rings",
	};
	struct place *place = *state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct experiment *from = trained(kinds[i], 4);
		char settings[200];
		assert_true(save_weights(from, place->file));
		snprintf(settings, sizeof(settings), "%s%sweights=%s seed=1", kinds[i],
			*kinds[i] ? " " : "", place->file);
		struct experiment *to = trained(settings, 0);

		assert_int_equal(experiment_epoch(to), 0);
		assert_true(loss_of(to) == loss_of(from));
		assert_true(experiment_record(to)->val_loss == experiment_record(from)->val_loss);
		assert_true(experiment_record(to)->layer[0].change == 0);
		train(to, 1, UINT64_MAX, NULL);
		assert_true(loss_of(to) != loss_of(from));
		experiment_free(from);
		experiment_free(to);
	}
}

static void weights_of_another_shape_are_refused(void **state)
{
	static const char *const shapes[] = {
		"depth=4",
		"depth=2",
		"width=6",
		"data=rings",
		"norm=batch",
		"lr=1",
	};
	struct place *place = *state;
	struct experiment *from = trained("", 1);
	assert_true(save_weights(from, place->file));
	for (size_t i = 0; i < COUNT(shapes); i++) {
		bool missing = strcmp(shapes[i], "lr=1") == 0;
		char settings[200];
		snprintf(settings, sizeof(settings), "%s weights=%s%s", shapes[i], place->file,
			missing ? "x" : "");
		struct experiment *e = experiment_of(settings);

		assert_int_equal(settle(e, 1000, NULL), EXPERIMENT_FAILED);
		if (!strstr(experiment_error(e)->text, place->file))
			fail_msg("%s: '%s'", settings, experiment_error(e)->text);
		experiment_free(e);
	}
	experiment_free(from);
}

static void assert_unit_variance(const struct record *record, int l, const char *what)
{
	double variance = (double)record->layer[l].z_std * record->layer[l].z_std;
	if (!(fabs(variance - 1) < 0.1))
		fail_msg("%s, layer %d: %g", what, l + 1, variance);
	assert_true(record->layer[l].change == 0);
}

static void lsuv_gives_every_hidden_layer_unit_variance(void **state)
{
	static const char *const kinds[] = {"tanh", "relu", "relu/sigmoid/sine"};
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		char settings[120];
		snprintf(settings, sizeof(settings), "init=lsuv batch=0 depth=6 width=20 activation=%s",
			kinds[i]);
		struct experiment *e = trained(settings, 0);
		const struct record *record = experiment_record(e);

		for (int l = 0; l < 6; l++)
			assert_unit_variance(record, l, kinds[i]);
		train(e, 3, UINT64_MAX, NULL);
		size_t count = net_layer_of(e->net, 7)->first;
		real *before = malloc(count * sizeof(*before));

		memcpy(before, net_layer_of(e->net, 1)->weight, count * sizeof(*before));
		change(e, "depth=8");
		assert_memory_equal(net_layer_of(e->net, 1)->weight, before, count * sizeof(*before));
		for (int l = 6; l < 8; l++)
			assert_unit_variance(experiment_record(e), l, kinds[i]);
		free(before);
		experiment_free(e);
	}
}

/* Columns (rows if there are fewer) of length `gain`, at right angles. */
static void assert_orthogonal(const struct net_layer *layer, double gain)
{
	bool columns = layer->outputs > layer->inputs;
	int count = columns ? layer->inputs : layer->outputs;
	int length = columns ? layer->outputs : layer->inputs;
	int next = columns ? 1 : length, step = columns ? count : 1;

	for (int i = 0; i < count; i++)
		for (int k = 0; k < count; k++) {
			const real *a = layer->weight + i * next, *b = layer->weight + k * next;
			double sum = 0;
			for (int n = 0; n < length; n++)
				sum += (double)a[n * step] * b[n * step];
			assert_true(fabs(sum - (i == k) * gain * gain) < 1e-5);
		}
}

static void orthogonal_weights_keep_lengths_times_the_gain(void **state)
{
	struct experiment *e = trained("init=orthogonal gain=1.5 data=rings width=12", 0);
	(void)state;
	for (int l = 1; l <= 4; l++)
		assert_orthogonal(net_layer_of(e->net, l), 1.5);
	experiment_free(e);
}

static void pytorch_biases_lie_within_their_bound_and_are_drawn(void **state)
{
	struct experiment *e = trained("init=pytorch width=100 depth=2", 0);
	(void)state;
	for (int l = 1; l <= 2; l++) {
		const struct net_layer *layer = net_layer_of(e->net, l);
		double bound = sqrt(1.0 / layer->inputs), largest = 0, sum = 0;
		for (int unit = 0; unit < layer->outputs; unit++) {
			largest = fmax(largest, fabs(layer->bias[unit]));
			sum += layer->bias[unit];
		}
		assert_true(largest <= bound && largest > 0.9 * bound);
		assert_true(fabs(sum / layer->outputs) < 0.25 * bound);
	}
	experiment_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(theory_stands_beside_every_hidden_layer_or_none),
		cmocka_unit_test_setup_teardown(
			theory_follows_changes_and_knows_no_file, place_make, place_remove),
		cmocka_unit_test(bands_hold_most_of_wide_networks_but_not_all),
		cmocka_unit_test(the_first_number_that_is_not_finite_is_named),
		cmocka_unit_test(units_that_are_not_numbers_count_in_no_share),
		cmocka_unit_test(a_fault_that_passes_is_forgotten),
		cmocka_unit_test(a_run_that_diverges_names_its_epoch_and_a_layer),
		cmocka_unit_test_setup_teardown(
			weights_of_a_file_give_the_same_numbers, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
			weights_of_another_shape_are_refused, place_make, place_remove),
		cmocka_unit_test(lsuv_gives_every_hidden_layer_unit_variance),
		cmocka_unit_test(orthogonal_weights_keep_lengths_times_the_gain),
		cmocka_unit_test(pytorch_biases_lie_within_their_bound_and_are_drawn),
	};
	floating_point_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
