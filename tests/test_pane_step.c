/* The pane of a step in slow motion: its phases, and every number against one computed by hand from
 * the network and the sample. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../src/ui/step.h"
#include "numbers_in_rows.h"
#include "runs.h"
#include "slow.h"
#include "ui/plot.h"

enum { WIDTH = 130, HEIGHT = 45 };

static void slow_start(struct slow *slow, const char *settings, int epochs)
{
	slow_begin(slow, trained(settings, epochs), 3);
}

static char *drawn_phase(struct slow *slow, int phase, int layer)
{
	return slow_drawn(slow, phase, layer, WIDTH, HEIGHT);
}

static double weighted(const struct slow *slow, int l, int unit)
{
	const struct net_layer *layer = net_layer_of(slow->net, l);
	double sum = 0;
	for (int i = 0; i < layer->inputs; i++)
		sum += (double)layer->weight[unit * layer->inputs + i] *
			(double)slow->step->layer[l - 1].output[i];
	return sum;
}

static double sent_back(const struct slow *slow, int l, int unit)
{
	const struct net_layer *next = net_layer_of(slow->net, l + 1);
	double sum = 0;
	for (int u = 0; u < next->outputs; u++)
		sum += (double)next->weight[u * next->inputs + unit] *
			(double)slow->step->layer[l + 1].delta[u];
	return sum;
}

static void the_way_forward_has_the_numbers_of_z_and_a(void **state)
{
	(void)state;
	struct slow slow;
	slow_start(&slow, "", 5); /* three layers of five tanh units */
	for (int l = 1; l <= 4; l++) {
		char *sums = drawn_phase(&slow, SUM, l), *outputs = drawn_phase(&slow, ACTIVATION, l);
		const struct net_layer *layer = net_layer_of(slow.net, l);
		for (int u = 0; u < layer->outputs; u++) {
			double sum = weighted(&slow, l, u), bias = (double)layer->bias[u], z = sum + bias;
			ASSERT_UNIT(sums, u, "z", sum, bias, z);
			if (l < 4)
				ASSERT_UNIT(outputs, u, "a", z, tanh(z), 1 - tanh(z) * tanh(z));
		}
		free(sums);
		free(outputs);
	}
	slow_end(&slow);
}

static void the_way_back_has_the_numbers_of_the_chain_rule(void **state)
{
	(void)state;
	struct slow slow;
	slow_start(&slow, "", 5);
	const struct sample_layer *out = &slow.step->layer[4];
	double p = 1 / (1 + exp(-(double)out->z[0])), t = (double)slow.step->target;
	char *text = drawn_phase(&slow, LOSS, 1);
	ASSERT_UNIT(text, 0, "loss", (double)out->z[0], p, t, t > 0 ? -log(p) : -log(1 - p));
	free(text);
	text = drawn_phase(&slow, DELTA, 4);
	ASSERT_UNIT(text, 0, "delta of the output", p, t, p - t);
	free(text);
	for (int l = 3; l >= 1; l--) {
		const struct sample_layer *here = &slow.step->layer[l];
		double squares = 0, before = 0, slope = 0;
		text = drawn_phase(&slow, DELTA, l);
		for (int u = 0; u < here->units; u++) {
			double back = sent_back(&slow, l, u), f = (double)here->derivative[u];
			ASSERT_UNIT(text, u, "delta", back, f, back * f);
			squares += back * f * back * f;
			before += back * back;
			slope += f * f;
		}
		const double rms[] = {sqrt(before / 5), sqrt(slope / 5), sqrt(squares / 5)};
		assert_row(text, "RMS", rms, 3, "delta");
		free(text);
	}
	slow_end(&slow);
}

/* The words of delta: how much of the next layer's RMS is left. */
static void the_words_of_a_delta_say_how_much_passes(void **state)
{
	(void)state;
	struct slow slow;
	slow_start(&slow, "activation=sigmoid depth=4", 3);
	for (int l = 1; l <= 4; l++) {
		double rms[2] = {0, 0};
		for (int k = 0; k < 2; k++) {
			const struct sample_layer *at = &slow.step->layer[l + k];
			for (int u = 0; u < at->units; u++)
				rms[k] += (double)at->delta[u] * (double)at->delta[u] / at->units;
		}
		char words[100], *text = drawn_phase(&slow, DELTA, l);
		snprintf(words, sizeof(words), "only %.0f %% of the error passes . weights",
			100 * sqrt(rms[0] / rms[1]));
		if (!strstr(text, words))
			fail_msg("layer %d does not say '%s':\n%s", l, words, text);
		free(text);
	}
	slow_end(&slow);
}

static void losses_have_their_own_formulas_and_deltas(void **state)
{
	(void)state;
	struct slow slow;
	slow_start(&slow, "loss=mse", 3);
	double z = (double)slow.step->layer[4].z[0], t = (double)slow.step->target;
	char *text = drawn_phase(&slow, DELTA, 4);
	assert_non_null(strstr(text, "2 (z4 - t)"));
	ASSERT_UNIT(text, 0, "delta of mse", z, t, 2 * (z - t));
	free(text);
	text = drawn_phase(&slow, LOSS, 4);
	ASSERT_UNIT(text, 0, "mse", z, t, (z - t) * (z - t));
	free(text);
	slow_end(&slow);

	slow_start(&slow, "data=iris loss=mse", 3);
	text = drawn_phase(&slow, LOSS, 4);
	for (int o = 0; o < 3; o++) {
		double off = (double)slow.step->layer[4].z[o], target = slow.step->target == (float)o;
		ASSERT_UNIT(text, o, "mse of three", off, target, (off - target) * (off - target) / 3);
	}
	free(text);
	slow_end(&slow);

	slow_start(&slow, "data=iris", 3);
	const float *logit = slow.step->layer[4].z;
	double sum = 0;
	for (int o = 0; o < 3; o++)
		sum += exp((double)logit[o]);
	text = drawn_phase(&slow, DELTA, 4);
	assert_non_null(strstr(text, "delta4 = p - t"));
	for (int o = 0; o < 3; o++) {
		double p = exp((double)logit[o]) / sum, target = slow.step->target == (float)o;
		ASSERT_UNIT(text, o, "delta of ce", p, target, p - target);
	}
	free(text);
	slow_end(&slow);
}

static void the_gradient_is_a_matrix_of_delta_times_input(void **state)
{
	(void)state;
	struct slow slow;
	slow_start(&slow, "", 5);
	for (int l = 1; l <= 4; l++) {
		const struct sample_layer *here = &slow.step->layer[l], *below = here - 1;
		char *text = drawn_phase(&slow, GRADIENT, l);
		for (int u = 0; u < here->units; u++) {
			double row[6] = {(double)here->delta[u]};
			char label[16];
			for (int i = 0; i < below->units; i++)
				row[1 + i] = (double)here->delta[u] * (double)below->output[i];
			snprintf(label, sizeof(label), "%d", u + 1);
			assert_row(text, label, row, 1 + below->units, "gradient");
		}
		free(text);
	}
	slow_end(&slow);
}

static void the_update_has_old_gradient_step_and_new(void **state)
{
	(void)state;
	static const char *const settings[] = {"optimizer=sgd lr=0.5", "optimizer=adam lr=0.01"};
	for (int s = 0; s < 2; s++) {
		struct slow slow;
		slow_start(&slow, settings[s], 4);
		char *text = drawn_phase(&slow, UPDATE, 2);
		const struct net_layer *old = net_layer_of(slow.net, 2);
		const struct net_layer *new = net_layer_of(slow.step->after, 2);
		for (int i = 0; i < 10; i++) {
			char label[16];
			double w = (double)old->weight[i], v = (double)new->weight[i];
			double g = (double)slow.step->gradient[old->first + (size_t)i];
			const double numbers[] = {w, g, -(s ? 0.01 : 0.5) * g, v - w, v};
			snprintf(label, sizeof(label), "%d<-%d", i / 5 + 1, i % 5 + 1);
			assert_row(text, label, numbers, 5, settings[s]);
		}
		free(text);
		slow_end(&slow);
	}
}

/* "old - rate x number = new": with sgd the number is g, else it is said to be in place of g. */
static void an_update_written_out_leads_from_the_old_weight_to_the_new(void **state)
{
	(void)state;
	static const char *const settings[] = {
		"optimizer=sgd lr=0.5", "optimizer=adam lr=0.01", "optimizer=adam lr=0.01 seed=2"};
	for (int s = 0; s < 3; s++) {
		struct slow slow;
		slow_start(&slow, settings[s], 4);
		const struct net_layer *old = net_layer_of(slow.net, 2);
		double w = (double)old->weight[0], g = (double)slow.step->gradient[old->first];
		double v = (double)net_layer_of(slow.step->after, 2)->weight[0], rate = slow.step->rate;
		char number[5][PLOT_NUMBER], words[200], *text = drawn_phase(&slow, UPDATE, 2);
		const double values[] = {w, rate, s ? (w - v) / rate : g, v, g};
		for (int i = 0; i < 5; i++)
			plot_number(number[i], values[i]);
		bool negative = number[2][0] == '-';
		snprintf(words, sizeof(words), "1<-1: %s - %s x %s%s%s = %s%s%s%s%s", number[0], number[1],
			negative ? "(" : "", number[2], negative ? ")" : "", number[3], s ? " . " : "",
			s ? number[2] : "", s ? " in place of g = " : "", s ? number[4] : "");
		if (!strstr(text, words))
			fail_msg("%s: no '%s':\n%s", settings[s], words, text);
		free(text);
		slow_end(&slow);
	}
}

/* What the formulas leave out is named wherever it is between the numbers shown. */
static void what_is_not_taken_apart_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *settings, *word;
		bool at[6]; /* phases that name it in layer 2 */
	} cases[] = {
		{"norm=batch", "batch norm", {true, false, false, true, false, false}},
		{"norm=layer norm-position=after", "layer norm", {false, true, false, true, false, false}},
		{"dropout=0.5", "dropout", {false, true, false, true, false, false}},
		{"skip=1", "the skip connection", {false, true, false, true, false, false}},
		{"skip=1 skip-add=pre", "the skip connection", {true, false, false, true, false, false}},
		{"", "not taken apart", {false}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slow slow;
		slow_start(&slow, cases[i].settings, 1);
		for (int phase = SUM; phase <= UPDATE; phase++) {
			char *text = drawn_phase(&slow, phase, 2);
			if ((strstr(text, cases[i].word) != NULL) != cases[i].at[phase])
				fail_msg("%s, phase %d: '%s' is %s:\n%s", cases[i].settings, phase, cases[i].word,
					cases[i].at[phase] ? "missing" : "too much", text);
			free(text);
		}
		slow_end(&slow);
	}
}

static void frozen_layers_say_that_they_are(void **state)
{
	(void)state;
	struct slow slow;
	slow_start(&slow, "freeze=2", 1);
	for (int l = 1; l <= 3; l++) {
		char *text = drawn_phase(&slow, DELTA, l);
		assert_int_equal(strstr(text, "frozen") != NULL, l <= 2);
		free(text);
	}
	slow_end(&slow);
}

static void right_goes_through_all_phases_and_left_back(void **state)
{
	(void)state;
	struct slow slow;
	slow_start(&slow, "", 1);
	const struct pane *pane = pane_named("step");
	struct view *view = &slow.view;
	int seen = 1, last_layer = 0, kinds[6] = {1};
	assert_false(pane->across(&slow.picture, -1, view));
	for (; pane->across(&slow.picture, 1, view); seen++)
		kinds[view->phase]++;
	last_layer = view->layer;
	assert_int_equal(seen, 5 * 4);
	assert_int_equal(last_layer, 4);
	const int expected[] = {4, 3, 1, 4, 4, 4};
	assert_memory_equal(kinds, expected, sizeof(expected));
	while (pane->across(&slow.picture, -1, view))
		seen--;
	assert_int_equal(seen, 1);
	assert_int_equal(view->phase, SUM);
	assert_int_equal(view->layer, 1);
	slow_end(&slow);
}

static void a_step_of_other_data_or_none_is_not_drawn(void **state)
{
	(void)state;
	struct slow slow;
	slow_start(&slow, "", 1);
	char *text = drawn_phase(&slow, DELTA, 2);
	assert_non_null(strstr(text, "RMS"));
	free(text);
	slow.picture.frame.data = NULL;
	text = drawn_phase(&slow, DELTA, 2);
	assert_null(strstr(text, "RMS"));
	free(text);
	slow_end(&slow);
}

/* What stands before the activation is a norm's or a connection's: W·a + b leads to it, u
 * follows. */
static void before_a_norm_the_sum_is_one_number_and_u_another(void **state)
{
	(void)state;
	static const char *const settings[] = {"norm=batch", "skip=1 skip-add=pre", "norm=layer"};
	for (int s = 0; s < 3; s++) {
		struct slow slow;
		slow_start(&slow, settings[s], 5);
		struct net_layer *layer = (struct net_layer *)net_layer_of(slow.net, 2);
		for (int u = 0; u < layer->outputs; u++)
			layer->bias[u] = (real)(0.5 - u); /* a new norm's sums have none that is seen */
		char *sums = drawn_phase(&slow, SUM, 2), *outputs = drawn_phase(&slow, ACTIVATION, 2);
		for (int u = 0; u < layer->outputs; u++) {
			double sum = weighted(&slow, 2, u) + (double)layer->bias[u];
			double input = (double)slow.step->layer[2].z[u];
			ASSERT_UNIT(sums, u, settings[s], sum, input);
			ASSERT_UNIT(outputs, u, settings[s], input, tanh(input), 1 - tanh(input) * tanh(input));
		}
		free(sums);
		free(outputs);
		slow_end(&slow);
	}
}

/* Ten phases of two layers: forward, loss, backward, updates. */
static void a_phase_and_its_place_belong_together(void **state)
{
	(void)state;
	static const struct {
		const struct step_row *row;
		int layer;
	} order[] = {{&step_sum, 1}, {&step_activation, 1}, {&step_sum, 2}, {&step_loss, 2},
		{&step_delta, 2}, {&step_gradient, 2}, {&step_delta, 1}, {&step_gradient, 1},
		{&step_update, 1}, {&step_update, 2}};
	struct slow slow;
	slow_start(&slow, "depth=1", 1);
	assert_int_equal(step_count(slow.net), 10);
	for (int i = -2; i < 12; i++) {
		int at = i < 0 ? 0 : i > 9 ? 9 : i;
		struct step_phase phase = step_phase_at(slow.net, i);
		assert_ptr_equal(phase.row, order[at].row);
		assert_int_equal(phase.layer, order[at].layer);
		assert_int_equal(step_index(slow.net, phase), at);
	}
	slow_end(&slow);
}

static void add_number(char row[200], double value)
{
	char number[PLOT_NUMBER], all[PLOT_NUMBER + 1];
	plot_number(number, value);
	snprintf(all, sizeof(all), "%s%s", value > 0 ? "+" : "", number);
	snprintf(row + strlen(row), 20, "%10s", all);
}

/* Beside the table of a wide pane: the vector that comes in and the matrix, row by row. */
static void a_wide_pane_has_the_matrix_beside_its_products(void **state)
{
	(void)state;
	struct slow slow;
	slow_start(&slow, "", 5);
	slow.view.layer = 2;
	for (int back = 0; back <= 1; back++) {
		slow.view.phase = back ? DELTA : SUM;
		char *text = drawn("step", &slow.picture, 180, HEIGHT, "ascii"), row[200] = "";
		const struct net_layer *layer = net_layer_of(slow.net, back ? 3 : 2);
		for (int i = 0; i < 5; i++) {
			const float *in = back ? slow.step->layer[3].delta : slow.step->layer[1].output;
			add_number(row, (double)in[i]);
		}
		if (!strstr(text, row))
			fail_msg("no '%s' in:\n%s", row, text);
		for (int u = 0; u < 5; u++) {
			row[0] = '\0';
			for (int i = 0; i < 5; i++)
				add_number(row,
					(double)layer->weight[back ? i * layer->inputs + u : u * layer->inputs + i]);
			if (!strstr(text, row))
				fail_msg("no '%s' in:\n%s", row, text);
		}
		free(text);
	}
	slow_end(&slow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_way_forward_has_the_numbers_of_z_and_a),
		cmocka_unit_test(a_wide_pane_has_the_matrix_beside_its_products),
		cmocka_unit_test(the_way_back_has_the_numbers_of_the_chain_rule),
		cmocka_unit_test(the_words_of_a_delta_say_how_much_passes),
		cmocka_unit_test(losses_have_their_own_formulas_and_deltas),
		cmocka_unit_test(the_gradient_is_a_matrix_of_delta_times_input),
		cmocka_unit_test(the_update_has_old_gradient_step_and_new),
		cmocka_unit_test(an_update_written_out_leads_from_the_old_weight_to_the_new),
		cmocka_unit_test(what_is_not_taken_apart_is_named),
		cmocka_unit_test(frozen_layers_say_that_they_are),
		cmocka_unit_test(right_goes_through_all_phases_and_left_back),
		cmocka_unit_test(a_step_of_other_data_or_none_is_not_drawn),
		cmocka_unit_test(before_a_norm_the_sum_is_one_number_and_u_another),
		cmocka_unit_test(a_phase_and_its_place_belong_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
