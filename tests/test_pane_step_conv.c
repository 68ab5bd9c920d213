/* The pane of a step in slow motion in convolutional networks: patches times kernels, maps, and
 * gradients as sums over places, against numbers of the network. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "numbers_in_rows.h"
#include "runs.h"
#include "../src/ui/step.h"
#include "slow.h"

enum { WIDTH = 120, HEIGHT = 100, CHANNELS = 3, LAYERS = 4 };

/* Three convolutions: maps of 8x8, then pooled to 4x4. */
static void slow_start(struct slow *slow, const char *settings)
{
	char all[300];
	snprintf(
		all, sizeof(all), "model=cnn data=digits depth=3 width=3 activation=tanh %s", settings);
	slow_begin(slow, trained(all, 1), 0);
}

static char *drawn_phase(struct slow *slow, int phase, int layer, int channel)
{
	slow->view.unit = channel + 1;
	return slow_drawn(slow, phase, layer, WIDTH, HEIGHT);
}

static int side_of(int layer)
{
	return layer < 3 ? 8 : 4;
}

/* x of a layer: the pixel, or the map of the layer before, pooled here anew. */
static double input_at(const struct slow *slow, int layer, int channel, int y, int x)
{
	int side = side_of(layer), before = side_of(layer - 1);
	const float *map = slow->step->layer[layer - 1].output;
	if (y < 0 || y >= side || x < 0 || x >= side)
		return 0;
	if (layer == 1)
		return (double)map[y * 8 + x];
	map += channel * before * before;
	if (side == before)
		return (double)map[y * side + x];
	double most = -INFINITY;
	for (int i = 0; i < 4; i++)
		most = fmax(most, (double)map[(2 * y + i / 2) * before + 2 * x + i % 2]);
	return most;
}

static int kernel_of(const struct slow *slow, int layer)
{
	return net_spec_of(slow->net)->kernel[layer - 1];
}

static double kernel_at(const struct slow *slow, int layer, int channel, int input, int tap)
{
	int k = kernel_of(slow, layer), inputs = layer == 1 ? 1 : CHANNELS;
	return (double)net_layer_of(slow->net, layer)->weight[(channel * inputs + input) * k * k + tap];
}

static const char *tap_label(const struct slow *slow, int layer, int input, int tap)
{
	static char label[48];
	int k = kernel_of(slow, layer);
	if (layer == 1)
		snprintf(label, sizeof(label), "%d,%d", tap / k + 1, tap % k + 1);
	else
		snprintf(label, sizeof(label), "%d:%d,%d", input + 1, tap / k + 1, tap % k + 1);
	return label;
}

static void check_place(struct slow *slow, int layer, int channel)
{
	int k = kernel_of(slow, layer), side = side_of(layer), most = 0;
	const float *z = slow->step->layer[layer].z + channel * side * side;
	char words[100];
	for (int i = 0; i < side * side; i++)
		most = fabs((double)z[i]) > fabs((double)z[most]) ? i : most;
	char *text = drawn_phase(slow, PLACE, layer, channel);
	snprintf(words, sizeof(words), "z(%d,%d) of channel %d", most / side + 1, most % side + 1,
		channel + 1);
	if (!strstr(text, words))
		fail_msg("no '%s' in\n%s", words, text);
	double sum = (double)net_layer_of(slow->net, layer)->bias[channel];
	for (int input = 0; input < (layer == 1 ? 1 : CHANNELS); input++)
		for (int tap = 0; tap < k * k; tap++) {
			double w = kernel_at(slow, layer, channel, input, tap);
			double x = input_at(
				slow, layer, input, most / side + tap / k - k / 2, most % side + tap % k - k / 2);
			const double expected[] = {w, x, w * x};
			assert_row(text, tap_label(slow, layer, input, tap), expected, 3, "patch");
			sum += w * x;
		}
	assert_float_equal(sum, z[most], 1e-4);
	free(text);
}

static void a_place_is_a_patch_times_the_kernel(void **state)
{
	(void)state;
	for (int kernel = 3; kernel <= 5; kernel += 2) {
		struct slow slow;
		slow_start(&slow, kernel == 3 ? "batch=1" : "batch=1 kernel=5");
		for (int layer = 1; layer <= 3; layer++)
			for (int channel = 0; channel < CHANNELS; channel++)
				check_place(&slow, layer, channel);
		slow_end(&slow);
	}
}

static void a_map_has_its_places_and_their_deltas_follow_from_the_layer_above(void **state)
{
	struct slow slow;
	(void)state;
	slow_start(&slow, "batch=1 kernel=5");
	for (int layer = 1; layer <= 3; layer++)
		for (int channel = 0; channel < CHANNELS; channel++) {
			int side = side_of(layer), nothing = 0;
			const struct sample_layer *here = &slow.step->layer[layer];
			char *map = drawn_phase(&slow, MAP, layer, channel);
			char *back = drawn_phase(&slow, BACK_MAP, layer, channel);
			for (int i = 0; i < side * side; i++) {
				int at = channel * side * side + i;
				char label[48];
				double a = tanh((double)here->z[at]), slope = 1 - a * a;
				const double forward[] = {(double)here->z[at], a, slope};
				const double backward[] = {
					(double)here->delta[at] / slope, slope, (double)here->delta[at]};
				snprintf(label, sizeof(label), "%d,%d", i / side + 1, i % side + 1);
				assert_row(map, label, forward, 3, "map");
				assert_row(back, label, backward, 3, "delta");
				nothing += here->delta[at] == 0;
			}
			/* where the largest of four goes on, three get nothing back */
			assert_true(layer == 2 ? nothing >= side * side * 3 / 4 : nothing == 0);
			free(map);
			free(back);
		}
	slow_end(&slow);
}

static void the_gradient_of_a_kernel_is_a_sum_over_all_places(void **state)
{
	struct slow slow;
	(void)state;
	slow_start(&slow, "batch=1");
	for (int layer = 1; layer <= 3; layer++)
		for (int channel = 0; channel < CHANNELS; channel++) {
			int inputs = layer == 1 ? 1 : CHANNELS;
			char *text = drawn_phase(&slow, OVER_PLACES, layer, channel);
			const float *gradient = slow.step->gradient + net_layer_of(slow.net, layer)->first;
			for (int input = 0; input < inputs; input++)
				for (int tap = 0; tap < 9; tap++) {
					double n[NUMBERS_MAX_IN_ROW];
					double g = (double)gradient[(channel * inputs + input) * 9 + tap];
					assert_true(numbers_of(text, tap_label(&slow, layer, input, tap), n) >= 3);
					if (!near(n[2], g) && fabs(g) > 1e-8)
						fail_msg("layer %d, channel %d, input %d, tap %d: %g is shown, it is %g",
							layer, channel, input, tap, n[2], g);
					assert_true(
						fabs(n[0] + n[1] - n[2]) <= 0.03 * (fabs(n[0]) + fabs(n[1])) + 1e-9);
				}
			free(text);
		}
	slow_end(&slow);
}

static void the_update_leads_to_the_kernels_that_training_makes(void **state)
{
	struct slow slow;
	(void)state;
	slow_start(&slow, "batch=0 lr=0.01"); /* an epoch is one step */
	char *text = drawn_phase(&slow, UPDATE, 2, 0);
	train(slow.e, 1, UINT64_MAX, NULL);
	struct probe *later = probe_new();
	const struct state_view *now = probe_whole(later, slow.e, (struct probe_wish){.weights = true});
	const struct net_layer *after = net_layer_of(now->net, 2);
	for (int i = 0; i < 3 * CHANNELS * 9; i++) {
		char label[48];
		double n[NUMBERS_MAX_IN_ROW];
		snprintf(label, sizeof(label), "%d<-%d:%d,%d", i / 27 + 1, i / 9 % 3 + 1, i % 9 / 3 + 1,
			i % 3 + 1);
		assert_true(numbers_of(text, label, n) >= 5);
		assert_true(near(n[0], kernel_at(&slow, 2, i / 27, i / 9 % 3, i % 9)));
		assert_true(near(n[4], (double)after->weight[i]));
	}
	free(text);
	probe_free(later);
	slow_end(&slow);
}

static void keys_lead_through_all_phases_of_a_convolution(void **state)
{
	struct slow slow;
	int seen = 1;
	(void)state;
	slow_start(&slow, "batch=4");
	slow.view.layer = 1;
	slow.view.phase = PLACE;
	while (pane_named("step")->across(&slow.picture, 1, &slow.view))
		seen++;
	assert_int_equal(seen, LAYERS * 5);
	slow_end(&slow);
}

static void every_phase_draws_at_every_size(void **state)
{
	struct slow slow;
	(void)state;
	slow_start(&slow, "batch=4 norm=batch skip=1");
	for (int phase = 0; phase <= OVER_PLACES + 1; phase++)
		for (int layer = 1; layer <= LAYERS; layer++)
			for (int columns = 1; columns < 140; columns += 23)
				for (int rows = 1; rows < 45; rows += 4) {
					slow.view.phase = phase;
					slow.view.layer = layer;
					slow.view.unit = phase % 5;
					free(drawn("step", &slow.picture, columns, rows, "braille"));
				}
	slow_end(&slow);
}

/* Beside the sums of the output layer: W, and above it the means of the maps that it multiplies. */
static void a_dense_layer_after_pooling_is_drawn_with_what_it_is_given(void **state)
{
	struct slow slow;
	char words[100], number[3][24];
	(void)state;
	slow_start(&slow, "");
	const struct sample_layer *maps = &slow.step->layer[3];
	const struct net_layer *output = net_layer_of(slow.net, 4);
	for (int i = 0; i < 3; i++)
		step_number(number[i], sizeof(number[i]), (double)maps->passed[i]);
	snprintf(words, sizeof(words), "%10s%10s%10s", number[0], number[1], number[2]);
	char *text = slow_drawn(&slow, SUM, 4, 200, 45);
	if (!strstr(text, words))
		fail_msg("no '%s' in\n%s", words, text);
	free(text);
	for (int channel = 0; channel < CHANNELS; channel++) {
		double sum = 0;
		for (int place = 0; place < 16; place++)
			sum += (double)maps->output[channel * 16 + place];
		assert_float_equal(maps->passed[channel], sum / 16, 1e-5);
	}
	assert_int_equal(output->inputs, CHANNELS);
	slow_end(&slow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_place_is_a_patch_times_the_kernel),
		cmocka_unit_test(a_map_has_its_places_and_their_deltas_follow_from_the_layer_above),
		cmocka_unit_test(the_gradient_of_a_kernel_is_a_sum_over_all_places),
		cmocka_unit_test(the_update_leads_to_the_kernels_that_training_makes),
		cmocka_unit_test(keys_lead_through_all_phases_of_a_convolution),
		cmocka_unit_test(every_phase_draws_at_every_size),
		cmocka_unit_test(a_dense_layer_after_pooling_is_drawn_with_what_it_is_given),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
