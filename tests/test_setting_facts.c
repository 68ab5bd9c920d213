/* What every setting of the experiment changes, by how much: each has a fact that follows from its
 * help and from its formula, not from the code. A new setting needs a row in facts[]. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "place.h"
#include "runs.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define POINTS "data=tests/reference/columns/three.csv"
#define RECURRENT(model) "data=echo length=5 depth=1 model=" model " "
#define ONE_STEP "batch=0 " /* an epoch is one step on all points to train on */

enum { EPOCHS = 4 };

/* Runs are small[] in runs.h: 150 points of moons, 120 to train on; three layers of five tanh units
 * and the output layer, which is number 4. */
struct run {
	struct experiment *e;
	struct record *record[EPOCHS + 1];
	int count;
};

static struct run run_of(const char *settings)
{
	struct run run = {.e = experiment_of(settings)};
	do {
		if (run.count)
			experiment_epoch_begin(run.e, REPORT_DETAIL);
		if (settle(run.e, UINT64_MAX, NULL) != EXPERIMENT_IDLE)
			fail_msg("%s: %s", settings, experiment_error(run.e)->text);
		const struct record *record = experiment_record(run.e);
		run.record[run.count] = record_copy(record, record->layers);
		assert_non_null(run.record[run.count]);
		run.count++;
	} while (run.count <= EPOCHS && !experiment_finished(run.e));
	return run;
}

static void run_free(struct run *run)
{
	for (int i = 0; i < run->count; i++)
		free(run->record[i]);
	experiment_free(run->e);
}

/* ---- words of the facts ---- */

static bool near(double value, double expected, double share)
{
	return fabs(value - expected) <= share * fabs(expected);
}

static const struct layer_record *layer(const struct run *run, int epoch, int number)
{
	return &run->record[epoch]->layer[number - 1];
}

/* Root mean square of the steps of a layer's weights in an epoch of one step. */
static double step_of(const struct run *run, int epoch, int number)
{
	return (double)layer(run, epoch, number)->update_ratio *
		(double)layer(run, epoch - 1, number)->weight_rms;
}

static double rate(const struct run *run, int epoch)
{
	return (double)run->record[epoch]->lr;
}

static const struct dataset *data(const struct run *run)
{
	return experiment_data(run->e);
}

static bool same_losses(const struct run *a, const struct run *b)
{
	bool same = a->count == b->count;
	for (int i = 0; same && i < a->count; i++)
		same = a->record[i]->loss == b->record[i]->loss;
	return same;
}

/* Class 0 of moons without noise is on the unit circle. */
static bool on_the_circle(const struct run *run)
{
	const struct dataset *set = data(run);
	for (int i = 0; i < set->rows; i++) {
		double x = (double)set->x[i], y = (double)set->x[set->rows + i];
		if (set->target[i] == 0 && !near(x * x + y * y, 1, 1e-4))
			return false;
	}
	return true;
}

static double share_of_ones(const struct run *run)
{
	double ones = 0;
	for (int i = 0; i < data(run)->training; i++)
		ones += data(run)->target[i] == 1;
	return ones / data(run)->training;
}

/* Length of a step of all weights; biases move, too. */
static double length_of_step(const struct run *run, int epoch)
{
	static const int weights[] = {2 * 5, 5 * 5, 5 * 5, 5};
	double squares = 0;
	for (int l = 1; l <= 4; l++)
		squares += weights[l - 1] * pow(step_of(run, epoch, l), 2);
	return sqrt(squares);
}

/* The same losses as with relu: an elu with alpha 0. */
static bool near_relu(const struct run *run)
{
	struct run relu = run_of("activation=relu");
	bool near_it = near((double)run->record[1]->loss, (double)relu.record[1]->loss, 1e-6);
	run_free(&relu);
	return near_it;
}

static bool has_weights_of(const struct run *run, const char *settings)
{
	struct run other = run_of(settings);
	bool same = true;
	for (int l = 1; l <= 4; l++)
		same = same && layer(run, 0, l)->weight_rms == layer(&other, 0, l)->weight_rms;
	run_free(&other);
	return same;
}

static bool is_repeated(const struct run *run)
{
	struct run again = run_of("seed=2");
	bool same = same_losses(run, &again);
	run_free(&again);
	return same;
}

/* Of z of the one unit of layer 1, without normalization. */
static double variance_alone(void)
{
	struct run plain = run_of("width=1");
	double deviation = (double)layer(&plain, 0, 1)->z_std;
	run_free(&plain);
	return deviation * deviation;
}

/* ---- facts: a is the run without the setting, b the one with it ---- */

#define FACT(name, holds) \
	static bool name(const struct run *a, const struct run *b) \
	{ \
		(void)a; \
		return holds; \
	}

FACT(iris, data(b)->classes == 3 && data(b)->rows == 150 && data(b)->features == 4)
FACT(a_hundred_points, data(b)->rows == 100)
FACT(twenty_steps, data(b)->steps == 20 && data(b)->features == 20)
FACT(no_noise, on_the_circle(b))
FACT(two_fifths_held_out, data(b)->training == 90)
FACT(a_number_to_learn, data(b)->classes == 0)
FACT(x_to_learn, strcmp(data(b)->target_name, "x") == 0)
FACT(a_feature_less, data(b)->features == data(a)->features - 1)
FACT(a_row_for_each_step, b->record[0]->layers == 2 && b->record[0]->rows == 6)
FACT(nothing_goes_back, layer(b, 0, 4)->delta_rms == 0 && layer(b, 0, 5)->delta_rms > 0)
FACT(twice_as_much_each_step, /* f' is 1, the matrix is orthogonal */
	near((double)layer(b, 0, 1)->delta_rms, 16 * (double)layer(b, 0, 5)->delta_rms, 1e-3))
FACT(forgets_all, /* each step's cell state is made of its input alone */
	near((double)layer(b, 0, 5)->q, (double)layer(b, 0, 1)->q, 0.2))
FACT(two_steps_back, layer(b, 0, 3)->delta_rms == 0 && layer(b, 0, 4)->delta_rms > 0)
FACT(five_hidden_layers, b->record[0]->layers == 6)
FACT(seven_units, /* all weights are 0.5: 2 * 7 + 2 * 7 * 7 + 7 of them */
	near((double)b->record[0]->penalty, 0.5 * 119, 1e-6))
FACT(kernels_of_25_weights, /* 25 from the image to 3 channels, 25 * 3 * 3, 3 * 10 classes */
	near((double)b->record[0]->penalty, 0.5 * (75 + 225 + 30), 1e-6) &&
		near((double)a->record[0]->penalty, 0.5 * (27 + 81 + 30), 1e-6))
FACT(slope_one, layer(b, 0, 1)->deriv_mean == 1 && layer(b, 0, 3)->deriv_rms == 1)
FACT(no_slope_below_0, layer(b, 1, 2)->inactive > 0 && near_relu(b))
FACT(weights_of_0, layer(b, 0, 1)->weight_rms == 0 && layer(b, 0, 4)->weight_rms == 0)
FACT(weights_of_a_half, near((double)layer(b, 0, 2)->weight_rms, 0.5, 1e-6))
FACT(weights_of_minus_a_half, weights_of_a_half(a, b) && layer(b, 0, 1)->z_mean != 0)
FACT(weights_of_a_quarter, near((double)layer(b, 0, 2)->weight_rms, 0.25, 0.05))
FACT(weights_of_three_tenths, near((double)layer(b, 0, 2)->weight_rms, 0.3, 1e-6))
FACT(weights_twice_as_large,
	layer(b, 0, 2)->weight_rms == 2 * layer(a, 0, 2)->weight_rms &&
		layer(b, 0, 4)->weight_rms == 2 * layer(a, 0, 4)->weight_rms)
FACT(weights_of_seed_2, has_weights_of(b, "seed=2"))
FACT(normal_z,
	fabs((double)layer(b, 1, 2)->z_mean) < 1e-3 && near((double)layer(b, 1, 2)->z_std, 1, 1e-2))
FACT(normal_a,
	fabs((double)layer(b, 1, 2)->a_mean) < 1e-3 && near((double)layer(b, 1, 2)->a_std, 1, 1e-2))
FACT(statistics_of_the_last_batch, /* of all points, at weights that do not move */
	near((double)b->record[1]->eval_loss, (double)b->record[1]->loss, 1e-3))
FACT(deviation_with_epsilon, /* of one unit with variance v: v / (v + 1) is left */
	near((double)layer(b, 0, 1)->z_std, sqrt(variance_alone() / (variance_alone() + 1)), 1e-3))
FACT(delta_passes_by, /* weights are nearly 0, f' is 1 */
	near((double)layer(b, 0, 2)->delta_rms, (double)layer(b, 0, 3)->delta_rms, 1e-2))
FACT(outputs_of_f, /* which adds after the skip connection: no output is above 1 */
	layer(a, 0, 3)->a_mean > 1 && layer(b, 0, 3)->a_mean < 1)
FACT(branch_of_0,
	layer(b, 0, 2)->a_mean == layer(b, 0, 1)->a_mean &&
		layer(b, 0, 2)->a_std == layer(b, 0, 1)->a_std)
FACT(steps_of_the_rate, near(step_of(b, 1, 2), 0.001, 0.02) && near(step_of(b, 1, 4), 0.001, 0.02))
FACT(steps_of_ten_rates, /* g / sqrt(0.01 g^2); Keras: g / sqrt(0.1 g^2) */
	near(step_of(b, 1, 2), 0.01, 0.02))
FACT(half_of_the_last_step_again, near(step_of(b, 2, 2) / step_of(b, 1, 2), 1.5, 0.02))
FACT(half_of_the_gradient_later, near(step_of(b, 2, 2) / step_of(b, 1, 2), 0.9 + 0.5, 0.02))
FACT(no_memory, /* mean and square are those of the step: each weight moves by the rate */
	near(step_of(b, 4, 1), 0.05, 0.02) && near(step_of(b, 4, 3), 0.05, 0.02))
FACT(steps_of_the_gradient, /* the rate times g / (|g| + 1) */
	near(step_of(b, 1, 3), 0.01 * (double)layer(b, 0, 3)->grad_rms, 0.1))
FACT(steps_of_a_tenth_of_the_gradient,
	near(step_of(b, 1, 2), 0.01 * (double)layer(b, 0, 2)->grad_rms, 0.01))
FACT(a_percent_less, /* 1 - lr * decay is left; the gradient moves little */
	near((double)layer(b, 1, 2)->weight_rms, 0.99 * (double)layer(b, 0, 2)->weight_rms, 2e-3))
FACT(half_of_the_gradient,
	near(step_of(b, 1, 2), 0.5 * (double)layer(b, 0, 2)->grad_rms, 1e-3) && rate(b, 1) == 0.5)
FACT(a_third_in_the_third_step, near(rate(b, 3), rate(b, 1) / 3, 1e-6))
FACT(two_percent_less_each, near(rate(b, 4), rate(b, 1) * pow(0.98, 3), 1e-6))
FACT(half_in_the_third_epoch, rate(b, 2) == rate(b, 1) && near(rate(b, 3), rate(b, 1) / 2, 1e-6))
FACT(nine_tenths_each, near(rate(b, 4), rate(b, 1) * pow(0.9, 3), 1e-6))
FACT(a_tenth_after_two_and_three,
	rate(b, 2) == rate(b, 1) && near(rate(b, 3), rate(b, 1) / 10, 1e-6) &&
		near(rate(b, 4), rate(b, 1) / 100, 1e-6))
FACT(three_steps, b->record[1]->steps == 3)
FACT(squares_of_the_targets, near((double)b->record[0]->loss, share_of_ones(b), 1e-5))
FACT(a_length_of_a_thousandth, length_of_step(b, 1) <= 0.00101 && length_of_step(b, 1) > 0.0005)
FACT(entries_of_a_thousandth, /* of the gradient, times the rate of 10 */
	near(step_of(b, 1, 4), 0.01, 0.02))
FACT(sum_of_sizes, near((double)b->record[0]->penalty, 0.1 * 0.3 * 65, 1e-5))
FACT(sum_of_squares, near((double)b->record[0]->penalty, 0.1 * 0.09 * 65, 1e-5))
FACT(loss_of_half_the_units,
	!near((double)b->record[1]->batch_loss, (double)b->record[1]->loss, 0.01) &&
		near((double)a->record[1]->batch_loss, (double)a->record[1]->loss, 1e-4))
FACT(two_layers_stand_still,
	layer(b, 4, 1)->change_norm == 0 && layer(b, 4, 2)->change_norm == 0 &&
		layer(b, 4, 3)->change_norm > 0)
FACT(two_epochs, b->count == 3 && experiment_finished(b->e) && a->count == EPOCHS + 1)
FACT(other_numbers, !same_losses(a, b) && is_repeated(b))

/* `others` are set in both runs. */
static const struct fact {
	const char *setting, *others, *value;
	bool (*holds)(const struct run *a, const struct run *b);
	const char *elsewhere; /* "PROGRAM: TEST" that states the fact; NULL: it is here */
} facts[] = {
	{"data", "", "iris", iris, NULL},
	{"samples", "", "100", a_hundred_points, NULL},
	{"length", "data=echo", "20", twenty_steps, NULL},
	{"noise", "", "0", no_noise, NULL},
	{"split", "", "0.4", two_fifths_held_out, NULL},
	{"task", POINTS, "regression", a_number_to_learn, NULL},
	{"target", POINTS, "x", x_to_learn, NULL},
	{"drop", POINTS, "x", a_feature_less, NULL},
	{"model", "data=echo length=5 depth=1", "rnn", a_row_for_each_step, NULL},
	{"recurrent-init", RECURRENT("rnn"), "zeros", nothing_goes_back, NULL},
	{"recurrent-gain", RECURRENT("rnn") "activation=identity", "2", twice_as_much_each_step, NULL},
	{"forget-bias", RECURRENT("lstm") "recurrent-init=zeros", "-100", forgets_all, NULL},
	{"truncate", RECURRENT("rnn"), "2", two_steps_back, NULL},
	{"kernel", "data=digits model=cnn depth=2 width=3 init=constant init-value=0.5 l1=1", "5",
		kernels_of_25_weights, NULL},
	{"depth", "", "5", five_hidden_layers, NULL},
	{"width", "init=constant init-value=0.5 l1=1", "7", seven_units, NULL},
	{"activation", "", "identity", slope_one, NULL},
	{"leaky-slope", "activation=leaky-relu", "1", slope_one, NULL},
	{"elu-alpha", "activation=elu", "0", no_slope_below_0, NULL},
	{"init", "", "zeros", weights_of_0, NULL},
	{"init-low", "init=uniform", "0.5", weights_of_a_half, NULL},
	{"init-high", "init=uniform", "-0.5", weights_of_minus_a_half, NULL},
	{"init-sd", "init=normal width=40", "0.25", weights_of_a_quarter, NULL},
	{"init-value", "init=constant", "0.3", weights_of_three_tenths, NULL},
	{"gain", "", "2", weights_twice_as_large, NULL},
	{"weights", "", "a file of the weights of seed 2", weights_of_seed_2, NULL},
	{"norm", "", "batch", normal_z, NULL},
	{"norm-position", "norm=batch", "after", normal_a, NULL},
	{"norm-momentum", ONE_STEP "norm=batch lr=1e-8", "1", statistics_of_the_last_batch, NULL},
	{"norm-epsilon", "norm=batch width=1", "1", deviation_with_epsilon, NULL},
	{"skip", "gain=0.0001", "1", delta_passes_by, NULL},
	{"skip-add", "skip=1 activation=sigmoid", "pre", outputs_of_f, NULL},
	{"branch-scale", "skip=1", "0", branch_of_0, NULL},
	{"optimizer", ONE_STEP "lr=0.001", "adam", steps_of_the_rate, NULL},
	{"optimizer-style", ONE_STEP "optimizer=rmsprop lr=0.001", "pytorch", steps_of_ten_rates, NULL},
	{"momentum", ONE_STEP "optimizer=momentum lr=0.001", "0.5", half_of_the_last_step_again, NULL},
	{"dampening", ONE_STEP "optimizer=momentum optimizer-style=pytorch lr=0.001", "0.5",
		half_of_the_gradient_later, NULL},
	{"beta1", ONE_STEP "optimizer=adam lr=0.05 beta2=1e-9", "1e-9", no_memory, NULL},
	{"beta2", ONE_STEP "optimizer=adam lr=0.05 beta1=1e-9", "1e-9", no_memory, NULL},
	{"epsilon", ONE_STEP "optimizer=adam optimizer-style=pytorch lr=0.01", "1",
		steps_of_the_gradient, NULL},
	{"accumulator", ONE_STEP "optimizer=adagrad lr=0.1", "100", steps_of_a_tenth_of_the_gradient,
		NULL},
	{"lr", ONE_STEP, "0.5", half_of_the_gradient, NULL},
	{"lr-decay", ONE_STEP, "1", a_third_in_the_third_step, NULL},
	{"schedule", "", "exponential", two_percent_less_each, NULL},
	{"schedule-every", "schedule=step", "2", half_in_the_third_epoch, NULL},
	{"schedule-factor", "schedule=step schedule-every=1", "0.9", nine_tenths_each, NULL},
	{"schedule-at", "schedule=multistep", "2/3", a_tenth_after_two_and_three, NULL},
	{"batch", "", "50", three_steps, NULL},
	{"loss", "init=zeros", "mse", squares_of_the_targets, NULL},
	{"clip", ONE_STEP "clip-at=0.001 lr=1", "norm", a_length_of_a_thousandth, NULL},
	{"clip-at", ONE_STEP "clip=value lr=10", "0.001", entries_of_a_thousandth, NULL},
	{"freeze", "", "2", two_layers_stand_still, NULL},
	{"epochs", "", "2", two_epochs, NULL},
	{"seed", "", "2", other_numbers, NULL},
	{"threads", "", "2", NULL, "experiment: records_do_not_depend_on_threads"},
	{"memory-limit", "", "16", NULL, "app: more_memory_than_allowed_is_refused"},
	{"weight-decay", ONE_STEP "lr=0.01", "1", a_percent_less, NULL},
	{"l1", "init=constant init-value=0.3", "0.1", sum_of_sizes, NULL},
	{"l2", "init=constant init-value=0.3", "0.1", sum_of_squares, NULL},
	{"dropout", ONE_STEP "lr=1e-8", "0.5", loss_of_half_the_units, NULL},
	{"stop", "", "1", NULL, "stopping: stopping_is_by_the_recorded_validation_loss"},
};

static const char *setting_name(int index)
{
	return index < config_table.count ? config_table.row[index].name : NULL;
}

static const char *about(size_t f)
{
	return facts[f].setting;
}

static const char *elsewhere(size_t f)
{
	return facts[f].elsewhere;
}

/* `path`: a file of weights. */
static bool holds(size_t f, const void *path)
{
	const struct fact *fact = &facts[f];
	char settings[1200];
	bool file = strcmp(fact->setting, "weights") == 0;
	snprintf(settings, sizeof(settings), "%s %s=%s", fact->others, fact->setting,
		file ? (const char *)path : fact->value);
	struct run a = run_of(fact->others), b = run_of(settings);
	bool before = fact->holds(&a, &a), after = fact->holds(&a, &b);
	run_free(&a);
	run_free(&b);
	if (!before && after)
		return true;
	print_error("%s: what facts[] says of it %s\n", settings,
		before ? "holds without it, too" : "does not hold");
	return false;
}

static void every_setting_changes_what_its_help_says(void **state)
{
	const struct place *place = *state;
	struct experiment *e = trained("seed=2", 0);
	assert_true(save_weights(e, place->file));
	experiment_free(e);
	assert_facts(&(struct facts){
		.kind = "setting",
		.file = "tests/test_setting_facts.c",
		.says = "what it changes, and by how much",
		.row = setting_name,
		.count = COUNT(facts),
		.about = about,
		.elsewhere = elsewhere,
		.holds = holds,
		.context = place->file,
	});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_setting_changes_what_its_help_says, place_make, place_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
