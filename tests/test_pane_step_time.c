/* The pane of a step in slow motion in recurrent networks: every number of a time step against one
 * computed here from the weights, the inputs and the states. */
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
#include "slow.h"

enum { WIDTH = 130, HEIGHT = 60, STEPS = 10, UNITS = 3 };

static const char *const models[] = {"rnn", "lstm", "gru"};
enum { MODELS = sizeof(models) / sizeof(models[0]) };

/* One recurrent layer of three units after four epochs; a minibatch of one sample. */
static void slow_start(struct slow *slow, const char *model, const char *settings)
{
	char all[300];
	snprintf(all, sizeof(all),
		"model=%s data=adding length=10 depth=1 width=3 samples=40 batch=1 lr=0.01 %s", model,
		settings);
	slow_begin(slow, trained(all, 4), 0);
}

/* The record of such a network has a row for each time step, then the output's. */
static char *drawn_phase(struct slow *slow, int phase, int row)
{
	return slow_drawn(slow, phase, row, WIDTH, HEIGHT);
}

static const char *label_of(const struct slow *slow, int gate, int unit)
{
	static char label[16];
	const struct recurrent_cell *cell = slow->time->cell;
	snprintf(
		label, sizeof(label), "%s%d", cell->gates > 1 ? cell->gate[gate].symbol : "", unit + 1);
	return label;
}

static double state_before(const struct slow *slow, int t, int unit)
{
	return t > 0 ? (double)slow->time->state[(t - 1) * UNITS + unit] : 0;
}

static double input(const struct slow *slow, int t, int i)
{
	return (double)slow->step->layer[0].output[t * 2 + i];
}

static double of_input(const struct slow *slow, int t, int row)
{
	const real *w = slow->layer->weight_ih + row * 2;
	return (double)w[0] * input(slow, t, 0) + (double)w[1] * input(slow, t, 1);
}

static double of_state(const struct slow *slow, int t, int row)
{
	double sum = 0;
	for (int i = 0; i < UNITS; i++)
		sum += (double)slow->layer->weight_hh[row * UNITS + i] * state_before(slow, t, i);
	return sum;
}

static double sigmoid(double u)
{
	return 1 / (1 + exp(-u));
}

static bool is_gru(const struct slow *slow)
{
	return slow->time->cell->gates == 3;
}

static double gate_of(const struct slow *slow, int t, int gate, int unit)
{
	return (double)slow->time->gate[(t * slow->time->cell->gates + gate) * UNITS + unit];
}

static void check_forward(struct slow *slow, int t)
{
	char *given = drawn_phase(slow, GIVEN, t + 1), *gates = drawn_phase(slow, GATES, t + 1);
	for (int gate = 0; gate < slow->time->cell->gates; gate++)
		for (int unit = 0; unit < UNITS; unit++) {
			int row = gate * UNITS + unit;
			const char *label = label_of(slow, gate, unit);
			bool squashed = slow->time->cell->gate[gate].opens;
			double w = of_input(slow, t, row), v = of_state(slow, t, row);
			double d = (double)slow->layer->bias_hh[row], b = (double)slow->layer->bias_ih[row] + d;
			if (is_gru(slow) && gate == 2) { /* r (V h + d), and d is not in b */
				v = gate_of(slow, t, 0, unit) * (v + d);
				b -= d;
			}
			const double sum[] = {w, v, b, w + v + b};
			double u = w + v + b, f = squashed ? sigmoid(u) : tanh(u);
			const double activation[] = {u, f, squashed ? f * (1 - f) : 1 - f * f};
			assert_row(given, label, sum, 4, "u");
			assert_row(gates, label, activation, 3, "gate");
		}
	free(given);
	free(gates);
}

static void a_time_step_forward_has_the_numbers_of_its_gates(void **state)
{
	(void)state;
	for (int m = 0; m < MODELS; m++) {
		struct slow slow;
		slow_start(&slow, models[m], "forget-bias=2");
		for (int t = 0; t < STEPS; t += 3)
			check_forward(&slow, t);
		slow_end(&slow);
	}
}

static void a_time_step_of_an_lstm_keeps_and_adds_and_shows_its_cell(void **state)
{
	struct slow slow;
	(void)state;
	slow_start(&slow, "lstm", "");
	double cell[UNITS] = {0};
	for (int t = 0; t < STEPS; t++) {
		char *cells = drawn_phase(&slow, CELL, t + 1), *states = drawn_phase(&slow, STATE, t + 1);
		for (int unit = 0; unit < UNITS; unit++) {
			double i = gate_of(&slow, t, 0, unit), f = gate_of(&slow, t, 1, unit);
			double g = gate_of(&slow, t, 2, unit), o = gate_of(&slow, t, 3, unit);
			double next = f * cell[unit] + i * g;
			ASSERT_UNIT(cells, unit, "c", f, cell[unit], i, g, next);
			ASSERT_UNIT(states, unit, "h", o, tanh(next), o * tanh(next));
			assert_float_equal(slow.time->state[t * UNITS + unit], o * tanh(next), 1e-5);
			cell[unit] = next;
		}
		free(cells);
		free(states);
	}
	slow_end(&slow);
}

static void a_time_step_of_a_gru_mixes_the_old_state_with_a_new_one(void **state)
{
	struct slow slow;
	(void)state;
	slow_start(&slow, "gru", "");
	for (int t = 0; t < STEPS; t += 4) {
		char *text = drawn_phase(&slow, MIXED, t + 1);
		for (int unit = 0; unit < UNITS; unit++) {
			double z = gate_of(&slow, t, 1, unit), n = gate_of(&slow, t, 2, unit);
			double h = state_before(&slow, t, unit);
			ASSERT_UNIT(text, unit, "h", z, h, 1 - z, n, z * h + (1 - z) * n);
		}
		free(text);
	}
	slow_end(&slow);
}

/* dL/dh from the state on, by small changes of the state: the rest of the sequence is run anew, for
 * an rnn, in double. */
static double loss_from(const struct slow *slow, int t, double h[UNITS])
{
	const struct net_layer *out = net_layer_of(slow->net, 2);
	for (t++; t < STEPS; t++) {
		double next[UNITS];
		for (int unit = 0; unit < UNITS; unit++) {
			double u = of_input(slow, t, unit) + (double)slow->layer->bias_ih[unit] +
				(double)slow->layer->bias_hh[unit];
			for (int i = 0; i < UNITS; i++)
				u += (double)slow->layer->weight_hh[unit * UNITS + i] * h[i];
			next[unit] = tanh(u);
		}
		memcpy(h, next, sizeof(next));
	}
	double z = (double)out->bias[0];
	for (int unit = 0; unit < UNITS; unit++)
		z += (double)out->weight[unit] * h[unit];
	return (z - (double)slow->step->target) * (z - (double)slow->step->target);
}

static void the_way_back_in_time_has_the_derivatives_of_the_loss(void **state)
{
	struct slow slow;
	const double by = 1e-5;
	(void)state;
	slow_start(&slow, "rnn", "");
	for (int t = STEPS - 1; t >= 0; t--) {
		char *text = drawn_phase(&slow, BACK_STATE, t + 1);
		char *deltas = drawn_phase(&slow, BACK_PLAIN, t + 1);
		for (int unit = 0; unit < UNITS; unit++) {
			double up[UNITS], down[UNITS];
			for (int i = 0; i < UNITS; i++)
				up[i] = down[i] = (double)slow.time->state[t * UNITS + i];
			double slope = 1 - up[unit] * up[unit];
			up[unit] += by;
			down[unit] -= by;
			double error = (loss_from(&slow, t, up) - loss_from(&slow, t, down)) / (2 * by);
			bool last = t == STEPS - 1;
			ASSERT_UNIT(text, unit, "dL/dh", last ? error : 0, last ? 0 : error, error);
			ASSERT_UNIT(deltas, unit, "delta", error, slope, error * slope);
		}
		free(text);
		free(deltas);
	}
	slow_end(&slow);
}

/* In each row the first two numbers make the third: dL/dgate times the slope. */
static void deltas_of_gates_are_errors_times_slopes(void **state)
{
	static const struct {
		const char *model;
		int phase;
	} cases[] = {{"lstm", BACK_LSTM}, {"gru", BACK_GRU}};
	(void)state;
	for (size_t c = 0; c < 2; c++) {
		struct slow slow;
		slow_start(&slow, cases[c].model, "");
		int gates = slow.time->cell->gates;
		for (int t = 1; t < STEPS; t += 2) {
			char *text = drawn_phase(&slow, cases[c].phase, t + 1);
			for (int gate = 0; gate < gates; gate++)
				for (int unit = 0; unit < UNITS; unit++) {
					int at = (t * gates + gate) * UNITS + unit;
					double slope = (double)slow.time->slope[at];
					double delta = (double)slow.time->delta[at];
					const double expected[] = {delta / slope, slope, delta};
					assert_row(text, label_of(&slow, gate, unit), expected, 3, cases[c].model);
				}
			free(text);
		}
		slow_end(&slow);
	}
}

/* What comes from above and what comes from the step after make dL/dh; of an LSTM what comes by h
 * and by c makes dL/dc. */
static void errors_of_a_time_step_add_up(void **state)
{
	(void)state;
	for (int m = 0; m < MODELS; m++) {
		struct slow slow;
		slow_start(&slow, models[m], "depth=2");
		for (int t = 0; t < STEPS; t++)
			for (int unit = 0; unit < UNITS; unit++) {
				double n[NUMBERS_MAX_IN_ROW];
				char label[8], *text = drawn_phase(&slow, BACK_STATE, t + 1);
				snprintf(label, sizeof(label), "%d", unit + 1);
				assert_true(numbers_of(text, label, n) >= 3);
				assert_true(near(n[2], (double)slow.time->delta_state[t * UNITS + unit]));
				assert_true(fabs(n[0] + n[1] - n[2]) <= 0.03 * (fabs(n[0]) + fabs(n[1])) + 1e-12);
				assert_true(n[0] != 0);
				free(text);
				if (strcmp(models[m], "lstm") != 0)
					continue;
				text = drawn_phase(&slow, BACK_CELL, t + 1);
				assert_true(numbers_of(text, label, n) >= 5);
				double by_h = n[0] * n[1], by_c = n[2] * n[3];
				assert_true(near(n[4], (double)slow.time->delta_cell[t * UNITS + unit]));
				assert_true(fabs(by_h + by_c - n[4]) <= 0.06 * (fabs(by_h) + fabs(by_c)) + 1e-12);
				free(text);
			}
		slow_end(&slow);
	}
}

static double rms(const float *value, int count)
{
	double sum = 0;
	for (int i = 0; i < count; i++)
		sum += (double)value[i] * (double)value[i];
	return sqrt(sum / count);
}

/* And of the only sample of the minibatch the sum is the gradient itself. */
static void the_gradient_is_shown_as_a_sum_over_the_time_steps(void **state)
{
	(void)state;
	for (int m = 0; m < MODELS; m++) {
		struct slow slow;
		slow_start(&slow, models[m], "");
		int rows = slow.time->cell->gates * UNITS;
		char *text = drawn_phase(&slow, OVER_TIME, 1);
		for (int t = 1; t < STEPS; t++) {
			double delta = rms(slow.time->delta + t * rows, rows);
			double x = rms(slow.step->layer[0].output + t * 2, 2);
			double h = rms(slow.time->state + (t - 1) * UNITS, UNITS);
			const double expected[] = {delta, x, h, delta * x, delta * h};
			char label[16];
			snprintf(label, sizeof(label), "t%d", t + 1);
			assert_row(text, label, expected, is_gru(&slow) ? 4 : 5, models[m]);
		}
		const float *gradient = slow.step->gradient + slow.layer->first +
			(slow.layer->weight_hh - slow.layer->weight_ih);
		double number[2] = {0};
		const char *words = strstr(text, "of this sample: RMS ");
		assert_non_null(words);
		assert_int_equal(sscanf(words, "of this sample: RMS %lf . mean over the minibatch %lf",
							 &number[0], &number[1]),
			2);
		assert_true(near(number[0], rms(gradient, rows * UNITS)));
		assert_true(near(number[1], number[0]));
		free(text);
		slow_end(&slow);
	}
}

/* Both matrices, and they are those after the next step of training. */
static void the_update_shows_both_matrices_as_training_makes_them(void **state)
{
	struct slow slow;
	(void)state;
	slow_start(&slow, "gru", "batch=0"); /* an epoch is one step */
	char *of_w = drawn_phase(&slow, UPDATE, 1), *of_v = drawn_phase(&slow, UPDATE, 2);
	train(slow.e, 1, UINT64_MAX, NULL);
	struct probe *later = probe_new();
	const struct state_view *now = probe_whole(later, slow.e, (struct probe_wish){.weights = true});
	const struct net_layer *after = net_layer_of(now->net, 1);
	for (int row = 0; row < 3 * UNITS; row++) {
		char label[32];
		double old = (double)slow.layer->weight_hh[row * UNITS], number[NUMBERS_MAX_IN_ROW];
		snprintf(label, sizeof(label), "%s<-1", label_of(&slow, row / UNITS, row % UNITS));
		assert_int_equal(numbers_of(of_v, label, number) >= 5, 1);
		assert_true(near(number[0], old));
		assert_true(near(number[4], (double)after->weight_hh[row * UNITS]));
		assert_int_equal(numbers_of(of_w, label, number) >= 5, 1);
		assert_true(near(number[0], (double)slow.layer->weight_ih[row * 2]));
		assert_true(near(number[4], (double)after->weight_ih[row * 2]));
	}
	assert_non_null(strstr(of_w, "W1 <- W1"));
	assert_non_null(strstr(of_v, "V1 <- V1"));
	free(of_w);
	free(of_v);
	probe_free(later);
	slow_end(&slow);
}

static void keys_lead_forward_in_time_and_back_and_leave_out_the_middle(void **state)
{
	static const struct {
		const char *model;
		int phases; /* that are seen of ten steps: three at each end */
	} cases[] = {
		{"rnn", 6 * (2 + 2) + 3 + 5}, {"lstm", 6 * (4 + 3) + 3 + 5}, {"gru", 6 * (3 + 2) + 3 + 5}};
	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct slow slow;
		slow_start(&slow, cases[c].model, "");
		const struct pane *pane = pane_named("step");
		int seen = 1, times[STEPS + 1] = {0}, last = 0;
		slow.view.layer = 1;
		slow.view.phase = GIVEN;
		assert_false(pane->across(&slow.picture, -1, &slow.view));
		for (; pane->across(&slow.picture, 1, &slow.view); seen++) {
			times[slow.view.layer - 1]++;
			if (slow.view.phase == GIVEN)
				assert_true(slow.view.layer > last); /* forward in time */
			if (slow.view.phase == BACK_STATE)
				assert_true(slow.view.layer < last || last == STEPS + 1); /* and back */
			last = slow.view.layer;
		}
		assert_int_equal(seen, cases[c].phases);
		for (int t = 0; t < STEPS; t++)
			assert_int_equal(times[t] > 0, t < 3 || t >= STEPS - 3);
		while (pane->across(&slow.picture, -1, &slow.view))
			seen--;
		assert_int_equal(seen, 1);
		slow_end(&slow);
	}
}

static void a_selected_time_step_in_the_middle_is_shown(void **state)
{
	struct slow slow;
	char title[200];
	(void)state;
	slow_start(&slow, "rnn", "");
	slow.view.layer = 5;
	slow.view.phase = GIVEN;
	pane_named("step")->title(&slow.picture, title, sizeof(title));
	assert_non_null(strstr(title, "step · 9 of 48 · forward · layer 1, t5 "));
	assert_true(pane_named("step")->across(&slow.picture, 1, &slow.view));
	assert_true(pane_named("step")->across(&slow.picture, 1, &slow.view));
	assert_int_equal(slow.view.layer, 6);
	slow_end(&slow);
}

static void a_cut_way_back_says_that_it_is_cut(void **state)
{
	struct slow slow;
	(void)state;
	slow_start(&slow, "rnn", "truncate=4");
	for (int t = 0; t < STEPS; t++) {
		char *text = drawn_phase(&slow, BACK_STATE, t + 1);
		bool cut = t == 5 || t == 1;
		if ((strstr(text, "truncate=4 cuts") != NULL) != cut)
			fail_msg("step %d is %scut:\n%s", t + 1, cut ? "not " : "", text);
		free(text);
	}
	slow_end(&slow);
}

static void every_phase_draws_at_every_size(void **state)
{
	(void)state;
	for (int m = 0; m < MODELS; m++) {
		struct slow slow;
		slow_start(&slow, models[m], "depth=2 length=20");
		for (int phase = SUM; phase <= OVER_TIME + 1; phase++)
			for (int row = 1; row <= 41; row += 5)
				for (int columns = 1; columns < 140; columns += 23)
					for (int rows = 1; rows < 45; rows += 4) {
						slow.view.phase = phase;
						slow.view.layer = row;
						free(drawn("step", &slow.picture, columns, rows, "braille"));
					}
		slow_end(&slow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_step_forward_has_the_numbers_of_its_gates),
		cmocka_unit_test(a_time_step_of_an_lstm_keeps_and_adds_and_shows_its_cell),
		cmocka_unit_test(a_time_step_of_a_gru_mixes_the_old_state_with_a_new_one),
		cmocka_unit_test(the_way_back_in_time_has_the_derivatives_of_the_loss),
		cmocka_unit_test(deltas_of_gates_are_errors_times_slopes),
		cmocka_unit_test(errors_of_a_time_step_add_up),
		cmocka_unit_test(the_gradient_is_shown_as_a_sum_over_the_time_steps),
		cmocka_unit_test(the_update_shows_both_matrices_as_training_makes_them),
		cmocka_unit_test(keys_lead_forward_in_time_and_back_and_leave_out_the_middle),
		cmocka_unit_test(a_selected_time_step_in_the_middle_is_shown),
		cmocka_unit_test(a_cut_way_back_says_that_it_is_cut),
		cmocka_unit_test(every_phase_draws_at_every_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
