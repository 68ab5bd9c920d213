/* Views of the time steps of one sample in a recurrent network: its gates and deltas follow from
 * the weights, step by step, and add up to the gradient. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "probed.h"
#include "runs.h"

static const char *const models[] = {"rnn", "lstm", "gru"};
enum { MODELS = sizeof(models) / sizeof(models[0]) };

/* A view of one sample of a small network of two recurrent layers, after three epochs. */
struct seen {
	struct experiment *e;
	struct probe *probe;
	const struct step_view *step;
	const struct net *net;
};

static void look_at(struct seen *seen, int sample)
{
	const struct probe_wish wish = {.weights = true, .step = true, .sample = sample};
	const struct state_view *view = probe_whole(seen->probe, seen->e, wish);
	seen->step = view->step;
	seen->net = view->net;
}

static struct seen seen_start(const char *model, const char *settings)
{
	char all[300];
	snprintf(all, sizeof(all), "model=%s data=adding length=10 depth=2 width=3 samples=40 %s",
		model, settings);
	struct seen seen = {.e = experiment_of(all), .probe = probe_new()};
	train(seen.e, 3, UINT64_MAX, NULL);
	look_at(&seen, 1);
	return seen;
}

static void seen_end(struct seen *seen)
{
	probe_free(seen->probe);
	experiment_free(seen->e);
}

/* x of a step: a feature of the sample, or the state of the layer below. */
static double input_of(const struct seen *seen, int l, int t, int i)
{
	int inputs = net_units(net_spec_of(seen->net), l - 1);
	return l == 1 ? (double)seen->step->layer[0].output[t * inputs + i]
				  : (double)seen->step->layer[l - 1].time->state[t * inputs + i];
}

static double state_before(const struct seen *seen, int l, int t, int unit)
{
	const struct sample_time *time = seen->step->layer[l].time;
	return t > 0 ? (double)time->state[(t - 1) * time->units + unit] : 0;
}

/* What a row of the gates is given of W x + b, and of V h + d. */
static double of_input(const struct seen *seen, int l, int t, int row)
{
	const struct net_layer *layer = net_layer_of(seen->net, l);
	int inputs = net_units(net_spec_of(seen->net), l - 1);
	double sum = (double)layer->bias_ih[row];
	for (int i = 0; i < inputs; i++)
		sum += (double)layer->weight_ih[row * inputs + i] * input_of(seen, l, t, i);
	return sum;
}

static double of_state(const struct seen *seen, int l, int t, int row)
{
	const struct net_layer *layer = net_layer_of(seen->net, l);
	double sum = (double)layer->bias_hh[row];
	for (int i = 0; i < layer->units; i++)
		sum += (double)layer->weight_hh[row * layer->units + i] * state_before(seen, l, t, i);
	return sum;
}

static double sigmoid(double u)
{
	return 1 / (1 + exp(-u));
}

static void assert_gate(const struct seen *seen, int l, int t, int gate, int unit, double expected)
{
	const struct sample_time *time = seen->step->layer[l].time;
	double found = (double)time->gate[(t * time->cell->gates + gate) * time->units + unit];
	if (!(fabs(found - expected) < 1e-5))
		fail_msg("%s, layer %d, step %d: the gate %s of unit %d is %.7f, it should be %.7f",
			time->cell->name, l, t, time->cell->gate[gate].name, unit, found, expected);
}

/* The formulas of the three cells: docs/numerics.md, section 7. Returns h. */
static double check_gates(const struct seen *seen, int l, int t, int unit, double *cell_state)
{
	const struct sample_time *time = seen->step->layer[l].time;
	double x[4], h[4], before = state_before(seen, l, t, unit);
	for (int gate = 0; gate < time->cell->gates; gate++) {
		x[gate] = of_input(seen, l, t, gate * time->units + unit);
		h[gate] = of_state(seen, l, t, gate * time->units + unit);
	}
	if (time->cell->gates == 1)
		return tanh(x[0] + h[0]);
	if (time->cell->gates == 3) {
		double r = sigmoid(x[0] + h[0]), z = sigmoid(x[1] + h[1]), n = tanh(x[2] + r * h[2]);
		assert_string_equal(time->cell->gate[0].name, "reset");
		assert_gate(seen, l, t, 0, unit, r);
		assert_string_equal(time->cell->gate[1].name, "update");
		assert_gate(seen, l, t, 1, unit, z);
		assert_gate(seen, l, t, 2, unit, n);
		return (1 - z) * n + z * before;
	}
	double i = sigmoid(x[0] + h[0]), f = sigmoid(x[1] + h[1]), o = sigmoid(x[3] + h[3]);
	assert_string_equal(time->cell->gate[0].name, "input");
	assert_gate(seen, l, t, 0, unit, i);
	assert_string_equal(time->cell->gate[1].name, "forget");
	assert_gate(seen, l, t, 1, unit, f);
	assert_gate(seen, l, t, 2, unit, tanh(x[2] + h[2]));
	assert_string_equal(time->cell->gate[3].name, "output");
	assert_gate(seen, l, t, 3, unit, o);
	*cell_state = f * *cell_state + i * tanh(x[2] + h[2]);
	return o * tanh(*cell_state);
}

static void gates_and_states_of_a_sample_follow_from_its_weights_step_by_step(void **state)
{
	(void)state;
	for (int m = 0; m < MODELS; m++) {
		struct seen seen = seen_start(models[m], "forget-bias=3");
		for (int l = 1; l <= 2; l++)
			for (int unit = 0; unit < 3; unit++) {
				const struct sample_time *time = seen.step->layer[l].time;
				double cell_state = 0;
				assert_int_equal(time->steps, 10);
				for (int t = 0; t < time->steps; t++) {
					double h = check_gates(&seen, l, t, unit, &cell_state);
					assert_float_equal(time->state[t * 3 + unit], h, 1e-5);
					assert_float_equal(time->cell_state[t * 3 + unit], cell_state, 1e-5);
				}
			}
		seen_end(&seen);
	}
}

/* Each sample of the minibatch by itself, and counted. */
static void shares_of_a_gate_are_of_all_units_and_all_samples_of_the_minibatch(void **state)
{
	enum { SAMPLES = 8, STEPS = 10, UNITS = 3 };
	(void)state;
	for (int m = 1; m < MODELS; m++) {
		struct seen seen = seen_start(models[m], "batch=8 gain=6 forget-bias=2");
		int gates = seen.step->layer[1].time->cell->gates, extreme = 0;
		for (int l = 1; l <= 2; l++) {
			double open[STEPS * 4] = {0}, shut[STEPS * 4] = {0}, sum[STEPS * 4] = {0};
			for (int sample = 0; sample < SAMPLES; sample++) {
				look_at(&seen, sample);
				const float *gate = seen.step->layer[l].time->gate;
				for (int i = 0; i < STEPS * gates * UNITS; i++) {
					open[i / UNITS] += (double)gate[i] > 0.9;
					shut[i / UNITS] += (double)gate[i] < 0.1;
					sum[i / UNITS] += (double)gate[i];
				}
			}
			for (int i = 0; i < STEPS * gates; i++) {
				const struct gate_share *share = &seen.step->layer[l].time->share[i];
				assert_float_equal(share->open, open[i] / (SAMPLES * UNITS), 1e-6);
				assert_float_equal(share->shut, shut[i] / (SAMPLES * UNITS), 1e-6);
				assert_float_equal(share->mean, sum[i] / (SAMPLES * UNITS), 1e-5);
				extreme += share->open > 0 && share->shut > 0;
			}
		}
		assert_true(extreme > 3);
		seen_end(&seen);
	}
}

/* dL/dh of a step is what the deltas of the step after send back through V, and what the layer
 * above sends; that of the last step comes from the output. */
static void deltas_go_back_from_step_to_step(void **state)
{
	(void)state;
	for (int m = 0; m < MODELS; m++) {
		struct seen seen = seen_start(models[m], "");
		const struct net_layer *layer = net_layer_of(seen.net, 2), *out = net_layer_of(seen.net, 3);
		const struct sample_time *time = seen.step->layer[2].time;
		int rows = time->cell->gates * 3;
		for (int t = 9; t >= 0; t--)
			for (int unit = 0; unit < 3; unit++) {
				double expected = 0;
				if (t == 9)
					expected = (double)out->weight[unit] * (double)seen.step->layer[3].delta[0];
				for (int row = 0; row < rows && t < 9; row++) {
					double delta = (double)time->delta[(t + 1) * rows + row];
					if (strcmp(models[m], "gru") == 0 && row >= 6) /* behind the reset gate */
						delta *= (double)time->gate[(t + 1) * rows + row - 6];
					expected += (double)layer->weight_hh[row * 3 + unit] * delta;
				}
				if (t < 9)
					expected += (double)time->delta_direct[(t + 1) * 3 + unit];
				double found = (double)time->delta_state[t * 3 + unit];
				if (!(fabs(found - expected) <= 1e-5 * fabs(expected) + 1e-7))
					fail_msg("%s: dL/dh of step %d, unit %d is %.7g, it should be %.7g", models[m],
						t, unit, found, expected);
			}
		seen_end(&seen);
	}
}

/* The gradients of W and V are sums over the steps; the mean over a minibatch of one sample is that
 * of the sample. */
static void deltas_times_inputs_of_all_steps_add_up_to_the_gradient(void **state)
{
	(void)state;
	for (int m = 0; m < MODELS; m++) {
		struct seen seen = seen_start(models[m], "batch=1");
		for (int l = 1; l <= 2; l++) {
			const struct net_layer *layer = net_layer_of(seen.net, l);
			const struct sample_time *time = seen.step->layer[l].time;
			int inputs = net_units(net_spec_of(seen.net), l - 1), rows = time->cell->gates * 3;
			const float *gradient = seen.step->gradient + layer->first;
			const float *of_v = gradient + (layer->weight_hh - layer->weight_ih);
			for (int row = 0; row < rows; row++) {
				double dw = 0, dv = 0;
				for (int t = 0; t < 10; t++) {
					double delta = (double)time->delta[t * rows + row];
					dw += delta * input_of(&seen, l, t, inputs - 1);
					if (strcmp(models[m], "gru") == 0 && row >= 6)
						delta *= (double)time->gate[t * rows + row - 6];
					dv += delta * state_before(&seen, l, t, 1);
				}
				assert_float_equal(gradient[row * inputs + inputs - 1], dw, 1e-5);
				assert_float_equal(of_v[row * 3 + 1], dv, 1e-5);
			}
		}
		seen_end(&seen);
	}
}

static void layers_without_a_state_have_no_time_steps(void **state)
{
	(void)state;
	struct seen seen = seen_start("lstm", "");
	assert_null(seen.step->layer[0].time);
	assert_null(seen.step->layer[3].time);
	seen_end(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gates_and_states_of_a_sample_follow_from_its_weights_step_by_step),
		cmocka_unit_test(shares_of_a_gate_are_of_all_units_and_all_samples_of_the_minibatch),
		cmocka_unit_test(deltas_go_back_from_step_to_step),
		cmocka_unit_test(deltas_times_inputs_of_all_steps_add_up_to_the_gradient),
		cmocka_unit_test(layers_without_a_state_have_no_time_steps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
