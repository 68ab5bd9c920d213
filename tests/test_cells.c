/* Layers that go through time steps: gradients of whole sequences, truncation, what observers see,
 * and the same bits however a pass is cut. Numbers of an independent implementation are compared
 * by test_reference. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nets.h"
#include "variants.h"

#ifdef NN_DOUBLE
#include "nn/check.h"
#endif

enum { STEPS = 7, INPUTS = 2, UNITS = 5, ROWS = 21 };

static const struct cell_case {
	const char *kind, *activation;
} cells[] = {
	{"rnn", "tanh"},
	{"rnn", "relu"},
	{"rnn", "prelu"},
	{"lstm", "relu"}, /* which it does not look at */
	{"gru", NULL},
};

/* Two recurrent layers of UNITS, then a readout of the last step or of each. */
static struct net_spec sequence_spec(const struct cell_case *cell, const char *loss, bool every)
{
	struct net_spec spec = plain_spec("tanh", 2, UNITS, loss);
	for (int l = 0; l <= 3; l++)
		if (l < 2 || every)
			spec.shape[l].steps = STEPS;
	spec.size[0] = STEPS * INPUTS;
	spec.size[1] *= STEPS;
	for (int l = 1; l <= 2; l++) {
		spec.kind[l - 1] = cell->kind;
		spec.activation[l - 1] = cell->activation;
	}
	if (every) {
		spec.kind[2] = "each-step";
		spec.size[2] *= STEPS;
		spec.size[3] *= STEPS;
	}
	spec.optimizer_slots = 2;
	return spec;
}

/* Calls a check for each cell, with either readout. */
static void walk(void (*check)(struct net_spec *spec))
{
	for (size_t i = 0; i < COUNT(cells); i++)
		for (int every = 0; every < 2; every++) {
			struct net_spec spec = sequence_spec(&cells[i], "ce", every);
			check(&spec);
		}
}

static const struct tensor *tensor_of(const struct net *net, int layer, const char *name)
{
	const struct net_layer *l = net_layer_of(net, layer);
	for (int i = 0; i < l->tensors; i++)
		if (strcmp(l->tensor[i].name, name) == 0)
			return &l->tensor[i];
	fail_msg("layer %d has no %s", layer, name);
	return NULL;
}

static const real *gradient_in(const struct net *net, int layer, const char *name)
{
	return net_gradient_of(net, net_values(net, tensor_of(net, layer, name)));
}

/* Classes at each step, or one; see fill() of nets.h, which knows of no steps. */
static void fill_sequences(struct net *net, int first, int rows)
{
	const struct net_spec *spec = net_spec_of(net);
	int outputs = net_units(spec, spec->layers);
	fill(net, first, rows);
	int stride = net_batch(net, rows);
	for (int i = 0; i < rows; i++)
		for (int o = 0; o < spec->size[spec->layers]; o++)
			net_target(net)[(size_t)o * stride + i] = (first + i + o / outputs) % 3 == o % outputs;
}

static double train_sequences(struct net *net, int first, int rows, int total, uint64_t slice,
	const struct net_observer *observer)
{
	fill_sequences(net, first, rows);
	return run(net, NET_TRAIN, total, slice, observer);
}

/* ---- gradients ---- */

#ifdef NN_DOUBLE

static void check_gradient(const struct net_spec *spec)
{
	uint64_t budget = UINT64_MAX;
	struct check *check = check_new(spec, "glorot-normal", 1.5, 4, 2);
	assert_non_null(check);
	assert_true(check_advance(check, &budget));
	int vectors = strcmp(spec->activation[0] ? spec->activation[0] : "", "prelu") == 0 ? 5 : 4;
	assert_int_equal(check_tensors(check), 2 * vectors + 2);
	for (int i = 0; i < check_tensors(check); i++) {
		const struct check_tensor *tensor = check_tensor_at(check, i);
		if (tensor->outcome != CHECK_PASSED)
			fail_msg("%s, %s: %s of layer %d did not pass, off by %g", spec->kind[0], spec->loss,
				tensor->name, tensor->layer, tensor->worst);
	}
	check_free(check);
}

static void gradients_pass_the_check(void **state)
{
	static const char *const losses[] = {"ce", "bce", "mse"};
	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++)
		for (size_t k = 0; k < COUNT(losses); k++)
			for (int every = 0; every < 2; every++) {
				struct net_spec spec = sequence_spec(&cells[i], losses[k], every);
				spec.l2 = 0.01;
				check_gradient(&spec);
			}
}

/* A hidden layer that is dense at each step, below a recurrent one and above one. */
static void a_hidden_dense_layer_at_each_step_passes_the_check(void **state)
{
	(void)state;
	for (int at = 0; at < 2; at++)
		for (size_t i = 0; i < COUNT(cells); i++) {
			struct net_spec spec = sequence_spec(&cells[i], "ce", true);
			uint64_t budget = UINT64_MAX;
			spec.kind[at] = "each-step";
			spec.activation[at] = "prelu";
			struct check *check = check_new(&spec, "glorot-normal", 1.5, 4, 2);
			assert_non_null(check);
			assert_true(check_advance(check, &budget));
			for (int k = 0; k < check_tensors(check); k++)
				assert_int_equal(check_tensor_at(check, k)->outcome, CHECK_PASSED);
			check_free(check);
		}
}

/* A dense layer below is asked for its delta, a dense layer above sees the states of all steps. */
static void dense_layers_around_it_pass_the_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct net_spec spec = sequence_spec(&cells[i], "ce", true);
		uint64_t budget = UINT64_MAX;
		spec.size[0] = 3;
		spec.shape[0].steps = 0;
		spec.kind[0] = spec.kind[2] = NULL;
		spec.activation[0] = "sigmoid";
		spec.size[3] = 3;
		spec.shape[3].steps = 0;
		spec.skip = 1; /* which goes around no recurrent layer */
		struct check *check = check_new(&spec, "glorot-normal", 1.5, 4, 2);
		assert_non_null(check);
		assert_true(check_advance(check, &budget));
		for (int k = 0; k < check_tensors(check); k++)
			assert_int_equal(check_tensor_at(check, k)->outcome, CHECK_PASSED);
		check_free(check);
	}
}

#endif

/* ---- the same however it is cut ---- */

static void check_slices(struct net_spec *spec)
{
	static const int rows[] = {ROWS, 1, 300, 1100};
	const struct net_clip clip = {.norm = 0.01};
	const struct optimizer_choice adam = {.optimizer = "adam", .rate = 0.01};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct net *whole = net_of(spec, rows[i], 0.3), *parts = net_of(spec, rows[i], 0.3);
		for (int s = 0; s < 2; s++) {
			uint64_t all = UINT64_MAX, one = 1;
			double loss = train_sequences(whole, s, rows[i], rows[i], UINT64_MAX, NULL);
			assert_true(loss == train_sequences(parts, s, rows[i], rows[i], 1, NULL));
			assert_same_gradients(whole, parts);
			net_update_begin(whole, &adam, &clip, false);
			assert_true(net_update_advance(whole, &all));
			net_update_begin(parts, &adam, &clip, false);
			while (!net_update_advance(parts, &one))
				one = 1;
		}
		assert_same_parameters(whole, parts);
		net_free(whole);
		net_free(parts);
	}
}

static void a_pass_may_stop_at_any_step(void **state)
{
	(void)state;
	walk(check_slices);
}

static void check_builds(struct net_spec *spec)
{
	struct net *first = NULL;
	for (int wide = 0; wide < 2; wide++) {
		spec->size[1] = STEPS * (wide ? 40 : UNITS); /* large enough for fused products, or not */
		for (size_t i = 0; i < COUNT(variants); i++) {
			const struct kernels *kernels = kernels_find(variants[i]);
			if (!kernels)
				continue;
			struct net *net = net_new(kernels, spec, ROWS), *drawn = net_of(spec, ROWS, 0.3);
			net_copy_parameters(net, drawn);
			train_sequences(net, 0, ROWS, ROWS, UINT64_MAX, NULL);
			if (first) {
				assert_same_gradients(first, net);
				net_free(net);
			} else {
				first = net;
			}
			net_free(drawn);
		}
		net_free(first);
		first = NULL;
	}
}

static void every_build_gives_the_same_bits(void **state)
{
	(void)state;
	walk(check_builds);
}

/* 1100 samples in one pass, whose steps are cut, and sample by sample: what pads a batch adds
 * nothing. */
static void check_samples(struct net_spec *spec)
{
	enum { MANY = 1100 };
	struct net *together = net_of(spec, MANY, 0.3), *alone = net_of(spec, 1, 0.3);
	double loss = train_sequences(together, 0, MANY, MANY, UINT64_MAX, NULL), sum = 0;
	size_t count, other;
	for (int i = 0; i < MANY; i++)
		sum += train_sequences(alone, i, 1, MANY, UINT64_MAX, NULL);
	assert_true(fabs(loss / sum - 1) < 1e-5);
	const real *a = gradient_of(together, &count), *b = gradient_of(alone, &other);
	double largest = 0;
	for (size_t i = 0; i < count; i++)
		largest = fmax(largest, fabs((double)a[i]));
	assert_true(largest > 1e-3);
	for (size_t i = 0; i < count; i++)
		assert_true(fabs((double)a[i] - (double)b[i]) < 2e-5 * largest);
	net_free(together);
	net_free(alone);
}

static void the_gradient_of_a_batch_is_that_of_its_samples(void **state)
{
	(void)state;
	walk(check_samples);
}

/* ---- truncation ---- */

/* The last two of six steps as a sequence of their own, whose first input carries the state before
 * it: V stands beside W. */
static void truncation_takes_the_state_before_as_a_constant(void **state)
{
	enum { LONG = 6, SHORT = 2, WIDE = INPUTS + UNITS };
	static real kept[UNITS * 16];
	struct net_spec spec = plain_spec("tanh", 1, UNITS, "ce");
	(void)state;
	spec.kind[0] = "rnn";
	spec.size[0] = LONG * INPUTS;
	spec.shape[0].steps = LONG;
	spec.truncate = SHORT;
	struct net *cut = net_of(&spec, 1, 0.3);
	spec.size[0] = SHORT * WIDE;
	spec.shape[0].steps = SHORT;
	spec.truncate = 0;
	struct net *constant = net_of(&spec, 1, 0.3);
	train_sequences(cut, 0, 1, 1, UINT64_MAX, NULL);
	int stride = net_batch(cut, 1);
	memcpy(kept, net_layer_of(cut, 1)->state + (size_t)(LONG - SHORT - 1) * UNITS * stride,
		sizeof(kept));
	/* the same weights, V twice */
	real *w = net_values(constant, tensor_of(constant, 1, "weight_ih"));
	real *v = net_values(constant, tensor_of(constant, 1, "weight_hh"));
	const real *w0 = net_values(cut, tensor_of(cut, 1, "weight_ih"));
	const real *v0 = net_values(cut, tensor_of(cut, 1, "weight_hh"));
	memcpy(v, v0, UNITS * UNITS * sizeof(real));
	for (int row = 0; row < UNITS; row++)
		for (int k = 0; k < WIDE; k++)
			w[row * WIDE + k] = k < INPUTS ? w0[row * INPUTS + k] : v0[row * UNITS + k - INPUTS];
	memcpy(net_layer_of(constant, 2)->weight, net_layer_of(cut, 2)->weight,
		net_layer_of(cut, 2)->weights * sizeof(real));
	fill_sequences(constant, 0, 1);
	memcpy(net_target(constant), net_target(cut), 3 * (size_t)stride * sizeof(real));
	for (int step = 0; step < SHORT; step++)
		for (int k = 0; k < WIDE; k++)
			net_input(constant)[(size_t)(step * WIDE + k) * stride] = k < INPUTS
				? net_input(cut)[(size_t)((LONG - SHORT + step) * INPUTS + k) * stride]
				: step == 0 ? kept[(k - INPUTS) * stride]
							: 0;
	run(constant, NET_TRAIN, 1, UINT64_MAX, NULL);
	const real *dw = gradient_in(constant, 1, "weight_ih");
	const real *dv = gradient_in(constant, 1, "weight_hh");
	for (int row = 0; row < UNITS; row++) {
		for (int k = 0; k < UNITS; k++) {
			double expected = (double)dw[row * WIDE + INPUTS + k] + (double)dv[row * UNITS + k];
			double found = (double)gradient_in(cut, 1, "weight_hh")[row * UNITS + k];
			assert_true(fabs(found - expected) <= 1e-5 * fabs(expected) + 2e-7);
			assert_true(found != 0);
		}
		for (int k = 0; k < INPUTS; k++)
			assert_true(fabs((double)gradient_in(cut, 1, "weight_ih")[row * INPUTS + k] -
							(double)dw[row * WIDE + k]) < 2e-6);
		assert_true(fabs((double)gradient_in(cut, 1, "bias_hh")[row] -
						(double)gradient_in(constant, 1, "bias_hh")[row]) < 2e-6);
	}
	net_free(cut);
	net_free(constant);
}

/* |dL/dh| of each layer and step, as observed, and what came when. */
struct seen {
	const struct net *net;
	double delta[4][STEPS];
	int forward[4][STEPS], backward[4][STEPS], calls;
};

static void see_forward(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	struct seen *seen = context;
	const struct net_layer *layer = net_layer_of(seen->net, place->layer);
	seen->forward[place->layer][place->step] = ++seen->calls;
	assert_int_equal(place->units, layer->units);
	assert_int_equal(place->first, 0);
	assert_int_equal(place->samples, ROWS);
	assert_true(layer->hidden || (u == output && !derivative));
	for (int k = 0; layer->hidden && k < place->units; k++)
		for (int i = 0; i < place->samples; i++) {
			size_t at = (size_t)k * place->stride + i;
			double f = tanh((double)u[at]), h = (double)output[at];
			size_t values = (size_t)place->units * place->stride;
			if (strcmp(layer->kind->name, "lstm") == 0) {
				const real *gates = layer->gates + (size_t)place->step * 4 * values;
				assert_true(u == layer->cell_state + place->step * values);
				assert_true(fabs((double)gates[3 * values + at] * f - h) < 1e-6);
				assert_true(fabs(1 - f * f - (double)derivative[at]) < 1e-6);
			} else if (strcmp(layer->kind->name, "gru") == 0) {
				const real *gates = layer->gates + (size_t)place->step * 3 * values;
				assert_true(fabs((double)gates[2 * values + at] - f) < 1e-6);
				assert_true(fabs(1 - f * f - (double)derivative[at]) < 1e-6);
			} else if (strcmp(layer->activation->name, "tanh") == 0) {
				assert_true(fabs(f - h) < 1e-6);
				assert_true(fabs(1 - f * f - (double)derivative[at]) < 1e-6);
			}
		}
}

static void see_backward(void *context, const struct net_place *place, const real *delta)
{
	struct seen *seen = context;
	double squares = 0;
	seen->backward[place->layer][place->step] = ++seen->calls;
	for (int k = 0; k < place->units; k++)
		for (int i = 0; i < place->samples; i++) {
			double value = (double)delta[(size_t)k * place->stride + i];
			squares += value * value;
		}
	seen->delta[place->layer][place->step] = sqrt(squares);
}

static void observe(struct net *net, struct seen *seen)
{
	const struct net_observer observer = {
		.context = seen, .forward = see_forward, .backward = see_backward};
	*seen = (struct seen){.net = net};
	net_gradient_clear(net);
	train_sequences(net, 0, ROWS, ROWS, UINT64_MAX, &observer);
}

/* In layer 2, of which the last state alone is read, nothing comes to steps before the cut; with
 * as many steps as there are, nothing is cut. */
static void check_cut(struct net_spec *spec)
{
	struct seen full, cut;
	bool every = spec->shape[2].steps == STEPS;
	spec->truncate = 0;
	struct net *a = net_of(spec, ROWS, 0.3);
	observe(a, &full);
	for (int truncate = 1; truncate <= STEPS; truncate++) {
		spec->truncate = truncate;
		struct net *b = net_of(spec, ROWS, 0.3);
		observe(b, &cut);
		if (truncate == STEPS)
			assert_same_gradients(a, b);
		assert_true(cut.delta[2][STEPS - 1] == full.delta[2][STEPS - 1]);
		for (int step = 0; step < STEPS && !every; step++) {
			bool reached = step >= STEPS - truncate;
			assert_true(full.delta[2][step] > 0);
			assert_true(cut.delta[2][step] == (reached ? full.delta[2][step] : 0));
		}
		net_free(b);
	}
	net_free(a);
}

static void truncation_cuts_every_so_many_steps_from_the_end(void **state)
{
	(void)state;
	walk(check_cut);
}

/* ---- observers and losses ---- */

static void check_observed(struct net_spec *spec)
{
	struct seen seen;
	struct net *net = net_of(spec, ROWS, 0.3);
	observe(net, &seen);
	for (int l = 1; l <= 3; l++)
		for (int step = 0; step < STEPS; step++) {
			bool has = l < 3 || spec->shape[3].steps == STEPS || step == 0;
			assert_int_equal(seen.forward[l][step] > 0, has);
			assert_int_equal(seen.backward[l][step] > 0, has);
			if (step == 0 || !has)
				continue;
			assert_true(seen.forward[l][step] == seen.forward[l][step - 1] + 1);
			assert_true(seen.backward[l][step] == seen.backward[l][step - 1] - 1);
		}
	net_free(net);
}

static void observers_see_each_step_and_the_last_one_first_on_the_way_back(void **state)
{
	(void)state;
	walk(check_observed);
}

struct losses {
	double sum;
	int samples;
};

static void add_losses(void *context, const struct net_place *place, const double *sample)
{
	struct losses *losses = context;
	assert_int_equal(place->first_sample, losses->samples);
	losses->samples += place->samples;
	for (int i = 0; i < place->samples; i++)
		losses->sum += sample[i];
}

/* With weights 0 every logit is 0 and the loss of three classes is log 3 at each step. */
static void the_loss_of_a_sequence_is_the_mean_over_its_steps(void **state)
{
	enum { MANY = 300 };
	struct net_spec spec = sequence_spec(&cells[0], "ce", true);
	struct net *net = net_new(kernels_find(NULL), &spec, MANY);
	struct losses losses = {0};
	const struct net_observer observer = {.context = &losses, .loss = add_losses};
	(void)state;
	fill_sequences(net, 0, MANY);
	double loss = run(net, NET_MEASURE, MANY, UINT64_MAX, &observer);
	assert_true(fabs(loss / MANY - log(3)) < 1e-6);
	assert_true(fabs(losses.sum / loss - 1) < 1e-6);
	assert_int_equal(losses.samples, MANY);
	/* class 0 wins every draw; it is the right one in every third step of a sample */
	assert_int_equal(net_answers(&spec), STEPS);
	assert_int_equal(net_pass_correct(net), MANY * STEPS / 3);
	/* softmax - target at each step, over samples and steps */
	const real *bias = net_gradient_of(net, net_layer_of(net, 3)->bias);
	for (int o = 0; o < 3; o++)
		assert_true(fabs((double)bias[o]) < 1e-6);
	net_layer_of(net, 3)->bias[1] = 10;
	net_gradient_clear(net);
	run(net, NET_MEASURE, MANY, UINT64_MAX, NULL);
	assert_true(fabs((double)bias[1] - 2.0 / 3) < 1e-3);
	net_free(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef NN_DOUBLE
		cmocka_unit_test(gradients_pass_the_check),
		cmocka_unit_test(a_hidden_dense_layer_at_each_step_passes_the_check),
		cmocka_unit_test(dense_layers_around_it_pass_the_check),
#endif
		cmocka_unit_test(a_pass_may_stop_at_any_step),
		cmocka_unit_test(every_build_gives_the_same_bits),
		cmocka_unit_test(the_gradient_of_a_batch_is_that_of_its_samples),
		cmocka_unit_test(truncation_takes_the_state_before_as_a_constant),
		cmocka_unit_test(truncation_cuts_every_so_many_steps_from_the_end),
		cmocka_unit_test(observers_see_each_step_and_the_last_one_first_on_the_way_back),
		cmocka_unit_test(the_loss_of_a_sequence_is_the_mean_over_its_steps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
