/* Optimizers: every form takes the steps of its formula, written down here a second time, and
 * every one goes downhill. Built for float and, with NN_DOUBLE, for double. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nets.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#ifdef NN_DOUBLE
#define REAL_EPSILON DBL_EPSILON
#else
#define REAL_EPSILON FLT_EPSILON
#endif

static const double rate = 0.02, inertia = 0.8, decay = 0.3;

/* One parameter and its state, in double. */
struct scalar {
	double w, v, s, most;
};

/* Keras shrinks the weight beside the step; PyTorch adds the decay to the gradient. */
static double kept(const struct scalar *x)
{
	return x->w * (1 - rate * decay);
}

static void sgd_keras(struct scalar *x, double g, int t)
{
	(void)t;
	x->w = kept(x) - rate * g;
}

static void sgd_pytorch(struct scalar *x, double g, int t)
{
	(void)t;
	x->w -= rate * (g + decay * x->w);
}

static void momentum_keras(struct scalar *x, double g, int t)
{
	(void)t;
	x->v = inertia * x->v - rate * g;
	x->w = kept(x) + x->v;
}

static void momentum_pytorch(struct scalar *x, double g, int t)
{
	(void)t;
	x->v = inertia * x->v + g + decay * x->w;
	x->w -= rate * x->v;
}

static void nesterov_keras(struct scalar *x, double g, int t)
{
	(void)t;
	x->v = inertia * x->v - rate * g;
	x->w = kept(x) + inertia * x->v - rate * g;
}

static void nesterov_pytorch(struct scalar *x, double g, int t)
{
	(void)t;
	g += decay * x->w;
	x->v = inertia * x->v + g;
	x->w -= rate * (g + inertia * x->v);
}

static void adagrad_keras(struct scalar *x, double g, int t)
{
	x->s = (t == 1 ? 0.1 : x->s) + g * g;
	x->w = kept(x) - rate * g / sqrt(x->s + 1e-7);
}

static void adagrad_pytorch(struct scalar *x, double g, int t)
{
	(void)t;
	g += decay * x->w;
	x->s += g * g;
	x->w -= rate * g / (sqrt(x->s) + 1e-10);
}

static void rmsprop_keras(struct scalar *x, double g, int t)
{
	(void)t;
	x->s = 0.9 * x->s + 0.1 * g * g;
	x->w = kept(x) - rate * g / sqrt(x->s + 1e-7);
}

static void rmsprop_pytorch(struct scalar *x, double g, int t)
{
	(void)t;
	g += decay * x->w;
	x->s = 0.99 * x->s + 0.01 * g * g;
	x->w -= rate * g / (sqrt(x->s) + 1e-8);
}

static void moments(struct scalar *x, double g)
{
	x->v = 0.9 * x->v + 0.1 * g;
	x->s = 0.999 * x->s + 0.001 * g * g;
}

static void adam_keras(struct scalar *x, double g, int t)
{
	moments(x, g);
	x->w =
		kept(x) - rate * sqrt(1 - pow(0.999, t)) / (1 - pow(0.9, t)) * x->v / (sqrt(x->s) + 1e-7);
}

static double adam_step(const struct scalar *x, int t)
{
	return rate / (1 - pow(0.9, t)) * x->v / (sqrt(x->s) / sqrt(1 - pow(0.999, t)) + 1e-8);
}

static void adam_pytorch(struct scalar *x, double g, int t)
{
	moments(x, g + decay * x->w);
	x->w -= adam_step(x, t);
}

static void adamw_pytorch(struct scalar *x, double g, int t)
{
	moments(x, g);
	x->w = kept(x) - adam_step(x, t);
}

static void rmsprop_momentum_keras(struct scalar *x, double g, int t)
{
	(void)t;
	x->s = 0.9 * x->s + 0.1 * g * g;
	x->v = inertia * x->v + rate * g / sqrt(x->s + 1e-7);
	x->w = kept(x) - x->v;
}

static void rmsprop_momentum_pytorch(struct scalar *x, double g, int t)
{
	(void)t;
	g += decay * x->w;
	x->s = 0.99 * x->s + 0.01 * g * g;
	x->v = inertia * x->v + g / (sqrt(x->s) + 1e-8);
	x->w -= rate * x->v;
}

static void rmsprop_centered_keras(struct scalar *x, double g, int t)
{
	(void)t;
	x->s = 0.9 * x->s + 0.1 * g * g;
	x->v = 0.9 * x->v + 0.1 * g;
	x->w = kept(x) - rate * g / sqrt(x->s - x->v * x->v + 1e-7);
}

static void rmsprop_centered_pytorch(struct scalar *x, double g, int t)
{
	(void)t;
	g += decay * x->w;
	x->s = 0.99 * x->s + 0.01 * g * g;
	x->v = 0.99 * x->v + 0.01 * g;
	x->w -= rate * g / (sqrt(x->s - x->v * x->v) + 1e-8);
}

static void amsgrad_keras(struct scalar *x, double g, int t)
{
	moments(x, g);
	x->most = fmax(x->most, x->s);
	x->w = kept(x) -
		rate * sqrt(1 - pow(0.999, t)) / (1 - pow(0.9, t)) * x->v / (sqrt(x->most) + 1e-7);
}

static void amsgrad_pytorch(struct scalar *x, double g, int t)
{
	moments(x, g + decay * x->w);
	x->most = fmax(x->most, x->s);
	x->w -= rate / (1 - pow(0.9, t)) * x->v / (sqrt(x->most) / sqrt(1 - pow(0.999, t)) + 1e-8);
}

static const struct rule {
	const char *name;
	void (*keras)(struct scalar *x, double g, int t);
	void (*pytorch)(struct scalar *x, double g, int t);
} rules[] = {
	{"sgd", sgd_keras, sgd_pytorch},
	{"momentum", momentum_keras, momentum_pytorch},
	{"nesterov", nesterov_keras, nesterov_pytorch},
	{"rmsprop", rmsprop_keras, rmsprop_pytorch},
	{"adagrad", adagrad_keras, adagrad_pytorch},
	{"adam", adam_keras, adam_pytorch},
	{"adamw", adam_keras, adamw_pytorch},
	{"rmsprop-momentum", rmsprop_momentum_keras, rmsprop_momentum_pytorch},
	{"rmsprop-centered", rmsprop_centered_keras, rmsprop_centered_pytorch},
	{"amsgrad", amsgrad_keras, amsgrad_pytorch},
};

static const struct optimizer *row_of(const char *name)
{
	const struct optimizer *row = optimizer_find(name);
	if (!row)
		fail_msg("no optimizer %s", name);
	return row;
}

static const struct rule *rule_of(const struct optimizer *row)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		if (strcmp(rules[i].name, row->name) == 0)
			return &rules[i];
	fail_msg("%s has no facts in this test: add its two formulas to rules[]", row->name);
	return NULL;
}

/* Calls check() for every optimizer in both styles. */
static void walk(void (*check)(const struct optimizer *row, bool pytorch))
{
	const struct optimizer *row;
	for (int i = 0; (row = optimizer_at(i)); i++) {
		check(row, false);
		check(row, true);
	}
}

static const struct optimizer_form *form_of(const struct optimizer *row, bool pytorch)
{
	return pytorch ? &row->pytorch : &row->keras;
}

/* The network allocates as many slots as the row says: the steps use all of them and no more. */
static void check_slots(const struct optimizer *row, bool pytorch)
{
	const struct optimizer_choice choice = {
		.optimizer = row->name, .pytorch = pytorch, .rate = rate, .momentum = inertia};
	real w = 1, g = (real)0.5, slot[OPTIMIZER_SLOTS_MAX];
	int used = 0;
	for (int k = 0; k < OPTIMIZER_SLOTS_MAX; k++)
		slot[k] = (real)form_of(row, pytorch)->slot_start;
	struct optimizer_step step = optimizer_step_prepare(row, &choice, 1);
	step.take(&step, 1, &w, &g, &slot[0], &slot[1], &slot[2]);
	for (int k = 0; k < OPTIMIZER_SLOTS_MAX; k++)
		if (slot[k] != (real)form_of(row, pytorch)->slot_start)
			used = k + 1;
	if (used != row->slots)
		fail_msg("%s (%s) uses %d slots, its row says .slots = %d", row->name,
			pytorch ? "pytorch" : "keras", used, row->slots);
}

static void an_optimizer_uses_the_slots_of_its_row(void **state)
{
	(void)state;
	walk(check_slots);
}

/* Gradients from ordinary to so small that epsilon and its place decide, and one that falls. */
static void check_steps(const struct optimizer *row, bool pytorch)
{
	static const double start[] = {1, -0.5, 0, 0, 0, 0};
	static const double gradients[][6] = {
		{0.5, -0.02, 3e-4, 1e-6, -2e-8, 0.5},
		{-0.1, -0.03, 4e-4, -3e-6, 1e-8, 1e-3},
		{0.7, 0.01, -2e-4, 2e-6, 5e-8, 1e-3},
	};
	const struct optimizer_choice choice = {.optimizer = row->name,
		.pytorch = pytorch,
		.rate = rate,
		.momentum = inertia,
		.decay = decay};
	const struct optimizer_form *form = form_of(row, pytorch);
	const struct rule *rule = rule_of(row);
	for (size_t i = 0; i < COUNT(start); i++) {
		real w = (real)start[i], slot[OPTIMIZER_SLOTS_MAX];
		struct scalar expected = {.w = start[i]};
		double path = fabs(start[i]);
		for (int k = 0; k < OPTIMIZER_SLOTS_MAX; k++)
			slot[k] = (real)form->slot_start;
		for (int t = 1; t <= 3; t++) {
			struct optimizer_step step = optimizer_step_prepare(row, &choice, t);
			real g = (real)gradients[t - 1][i];
			step.take(&step, 1, &w, &g, &slot[0], &slot[1], &slot[2]);
			double before = expected.w;

			(pytorch ? rule->pytorch : rule->keras)(&expected, gradients[t - 1][i], t);
			path += fabs(expected.w - before);
			if (!(fabs((double)w - expected.w) <= 16 * REAL_EPSILON * path))
				fail_msg("%s (%s), step %d of entry %zu: %.9g, by hand %.9g", row->name,
					pytorch ? "pytorch" : "keras", t, i, (double)w, expected.w);
		}
	}
}

static void steps_follow_the_formulas(void **state)
{
	(void)state;
	walk(check_steps);
	for (size_t i = 0; i < COUNT(rules); i++)
		row_of(rules[i].name); /* it is there */
	assert_null(optimizer_find("no such"));
}

/* The sum of c w^2 / 2 with curvatures c from 0.2 to 1. */
static double quadratic(const real *w, real *g, int n)
{
	double sum = 0;
	for (int i = 0; i < n; i++) {
		double curvature = (i + 1.0) / n;
		g[i] = (real)(curvature * w[i]);
		sum += 0.5 * curvature * w[i] * w[i];
	}
	return sum;
}

static void check_descent(const struct optimizer *row, bool pytorch)
{
	enum { SIZE = 5, STEPS = 300 };
	const struct optimizer_choice choice = {
		.optimizer = row->name, .pytorch = pytorch, .rate = rate, .momentum = inertia};
	const struct optimizer_form *form = form_of(row, pytorch);
	real w[SIZE] = {1, -1, (real)0.5, 2, -1}, g[SIZE];
	real slot[OPTIMIZER_SLOTS_MAX][SIZE];
	double first = quadratic(w, g, SIZE), before = first;
	for (int i = 0; i < SIZE * OPTIMIZER_SLOTS_MAX; i++)
		slot[i / SIZE][i % SIZE] = (real)form->slot_start;
	for (int t = 1; t <= STEPS; t++) {
		struct optimizer_step step = optimizer_step_prepare(row, &choice, t);
		step.take(&step, SIZE, w, g, slot[0], slot[1], slot[2]);
		double loss = quadratic(w, g, SIZE);

		if (t <= 10 && !(loss < before))
			fail_msg("%s goes uphill in step %d", row->name, t);
		before = loss;
	}
	if (!(before < 0.5 * first))
		fail_msg("%s: %g after %d steps from %g", row->name, before, STEPS, first);
}

static void every_optimizer_goes_downhill(void **state)
{
	(void)state;
	walk(check_descent);
}

/* Without a decay of the user's own, only AdamW has one. */
static void check_default_decay(const struct optimizer *row, bool pytorch)
{
	const struct optimizer_choice choice = {
		.optimizer = row->name, .pytorch = pytorch, .rate = rate};
	struct optimizer_step step = optimizer_step_prepare(row, &choice, 1);
	double wanted = strcmp(row->name, "adamw") != 0 ? 0 : pytorch ? 0.01 : 0.004;
	assert_true(step.keep == (real)(1 - rate * wanted));
	assert_true(step.coupled == 0);
}

static void only_adamw_decays_by_itself(void **state)
{
	(void)state;
	walk(check_default_decay);
}

/* 1 - b^t must not lose its digits: not at t = 1, and not after 10^12 steps. */
static void corrections_hold_from_the_first_to_the_last_step(void **state)
{
	static const int64_t steps[] = {1, 2, 10, 1000, 1000000, INT64_C(1000000000000)};
	const struct optimizer *adam = row_of("adam");
	const struct optimizer_choice choice = {.optimizer = "adam", .pytorch = true, .rate = rate};
	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct optimizer_step step = optimizer_step_prepare(adam, &choice, steps[i]);
		double t = (double)steps[i];
		double first = rate / -expm1(t * log(0.9)), second = 1 / sqrt(-expm1(t * log(0.999)));
		assert_true(fabs(step.rate - first) <= 1e-12 * first + REAL_EPSILON * first);
		assert_true(fabs(step.rms_correction - second) <= 1e-12 * second + REAL_EPSILON * second);
	}
}

static void dampening_spares_the_first_gradient(void **state)
{
	const struct optimizer *row = row_of("momentum");
	const struct optimizer_choice choice = {
		.optimizer = "momentum", .pytorch = true, .rate = 0.5, .momentum = 0.5, .dampening = 0.75};
	/* powers of two: no rounding */
	static const double left[] = {-0.5, -0.875, -1.1875};
	real w = 0, g = 1, slot = 0;
	(void)state;
	for (int t = 1; t <= 3; t++) {
		struct optimizer_step step = optimizer_step_prepare(row, &choice, t);
		step.take(&step, 1, &w, &g, &slot, NULL, NULL);
		assert_true((double)w == left[t - 1]);
	}
}

/* Without dampening, and where there is none, the loop is the plain one. */
static void check_plain(const struct optimizer *row, bool pytorch)
{
	struct optimizer_choice choice = {.optimizer = row->name, .pytorch = pytorch, .rate = rate};
	const struct optimizer_form *form = form_of(row, pytorch);
	assert_true(optimizer_step_prepare(row, &choice, 2).take == form->step);
	choice.dampening = 0.5;
	bool damped = optimizer_step_prepare(row, &choice, 2).take != form->step;

	assert_int_equal(damped, pytorch && strcmp(row->name, "momentum") == 0);
}

static void only_dampening_costs_another_loop(void **state)
{
	(void)state;
	walk(check_plain);
}

static void check_choices(const struct optimizer *row, bool pytorch)
{
	const struct optimizer_choice choice = {.optimizer = row->name,
		.pytorch = pytorch,
		.rate = 0.5,
		.rate_decay = 0.25,
		.beta1 = 0.5,
		.beta2 = 0.75,
		.epsilon = 0.125,
		.slot_start = 2,
		.decay = 0.5};
	struct optimizer_step step = optimizer_step_prepare(row, &choice, 5);
	double slow = 0.25; /* 0.5 / (1 + 4 * 0.25) */
	assert_true(optimizer_rate(&choice, 1) == 0.5 && optimizer_rate(&choice, 5) == slow);
	if (!row->corrects_bias)
		assert_true(step.rate == (real)slow);
	assert_true(step.beta1 == (real)0.5 && step.one_minus_beta1 == (real)0.5);
	assert_true(step.beta2 == (real)0.75 && step.one_minus_beta2 == (real)0.25);
	assert_true(step.epsilon == (real)0.125);
	assert_true(step.keep == (real)(form_of(row, pytorch)->decoupled ? 1 - slow * 0.5 : 1));
	assert_true(optimizer_slot_start(row, &choice) == (strcmp(row->name, "adagrad") == 0 ? 2 : 0));
}

static void a_chosen_constant_replaces_the_optimizers_own(void **state)
{
	(void)state;
	walk(check_choices);
}

/* A gradient that stays has no variance left but rounding, which may be below 0. */
static void a_constant_gradient_has_a_step(void **state)
{
	static const double gradients[] = {1, 0.1, 1.0 / 3, 7e-5, 0};
	const struct optimizer *row = row_of("rmsprop-centered");
	(void)state;
	for (int form = 0; form <= 1; form++)
		for (size_t i = 0; i < COUNT(gradients); i++) {
			const struct optimizer_choice choice = {
				.optimizer = row->name, .pytorch = form, .rate = rate};
			real w = 1, g = (real)gradients[i], slot[2] = {0, 0};
			for (int t = 1; t <= 5000; t++) {
				struct optimizer_step step = optimizer_step_prepare(row, &choice, t);
				step.take(&step, 1, &w, &g, &slot[0], &slot[1], NULL);
				assert_true(isfinite((double)w));
			}
		}
}

/* What the network does around a step: slots begin at the form's value, a reset begins anew. */
static void a_reset_network_steps_like_a_new_one(void **state)
{
	const struct optimizer_choice adagrad = {.optimizer = "adagrad", .rate = rate};
	const struct net_clip none = {0};
	struct net_spec spec = plain_spec("tanh", 2, 4, "ce");
	(void)state;
	spec.optimizer_slots = 1;
	struct net *net = net_of(&spec, 20, 0.3);
	const struct net_layer *layer = net_layer_of(net, 2);

	for (int round = 0; round < 2; round++) {
		uint64_t budget = UINT64_MAX;
		double w[16], g[16];
		net_optimizer_reset(net, &adagrad);
		assert_int_equal(net_steps(net), 0);
		train_pass(net, 20);
		for (int i = 0; i < 16; i++) {
			w[i] = layer->weight[i];
			g[i] = net_gradient_of(net, layer->weight)[i];
		}
		net_update_begin(net, &adagrad, &none, false);
		assert_true(net_update_advance(net, &budget));
		assert_int_equal(net_steps(net), 1);
		for (int i = 0; i < 16; i++)
			assert_true(
				fabs(layer->weight[i] - (w[i] - rate * g[i] / sqrt(0.1 + g[i] * g[i] + 1e-7))) <=
				4 * REAL_EPSILON);
	}
	net_free(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_follow_the_formulas),
		cmocka_unit_test(an_optimizer_uses_the_slots_of_its_row),
		cmocka_unit_test(every_optimizer_goes_downhill),
		cmocka_unit_test(only_adamw_decays_by_itself),
		cmocka_unit_test(corrections_hold_from_the_first_to_the_last_step),
		cmocka_unit_test(dampening_spares_the_first_gradient),
		cmocka_unit_test(only_dampening_costs_another_loop),
		cmocka_unit_test(a_chosen_constant_replaces_the_optimizers_own),
		cmocka_unit_test(a_constant_gradient_has_a_step),
		cmocka_unit_test(a_reset_network_steps_like_a_new_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
