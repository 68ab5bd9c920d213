/* Views of a state: answers are those of the network, and the step shown is the step made. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "lab/probe.h"
#include "nn/optim.h"
#include "runs.h"

static const struct state_view *view_of(
	struct probe *probe, const struct experiment *e, struct probe_wish wish, uint64_t slice)
{
	if (!probe_begin(probe, e, &wish))
		fail_msg("no view was begun");
	for (int i = 0; i < 100000000; i++) {
		uint64_t budget = slice;
		if (probe_advance(probe, &budget))
			return probe_view(probe);
	}
	fail_msg("the view is never finished");
	return NULL;
}

/* The network after a step on a copy, and after training made the same step, number by number. */
static void check_step(const char *settings, int epochs)
{
	char all[1000];
	snprintf(all, sizeof(all), "samples=100 split=0.2 batch=80 %s", settings);
	struct experiment *e = trained(all, epochs);
	struct probe *probe = probe_new(), *later = probe_new();
	const struct state_view *view =
		view_of(probe, e, (struct probe_wish){.step = true, .sample = 7}, UINT64_MAX);
	size_t count, known;
	struct net *after = (struct net *)(uintptr_t)view->step->after;
	const float *stepped = net_parameters(after, &count);
	train(e, 1, UINT64_MAX, NULL);
	const struct state_view *now =
		view_of(later, e, (struct probe_wish){.weights = true}, UINT64_MAX);
	const float *trained_to = net_parameters((struct net *)(uintptr_t)now->net, &known);
	assert_int_equal(count, known);
	for (size_t i = 0; i < count; i++)
		if (memcmp(&stepped[i], &trained_to[i], sizeof(float)) != 0)
			fail_msg("%s: parameter %zu is %.9g after the step shown, %.9g after the step made",
				settings, i, (double)stepped[i], (double)trained_to[i]);
	assert_int_equal(view->step->clipped, experiment_record(e)->clipped);
	if (!strstr(settings, "l2="))
		assert_float_equal(view->step->loss, experiment_record(e)->batch_loss, 1e-5);
	probe_free(probe);
	probe_free(later);
	experiment_free(e);
}

static void a_step_in_slow_motion_is_the_next_step_of_training(void **state)
{
	(void)state;
	for (int i = 0; optimizer_at(i); i++) {
		char settings[200];
		snprintf(settings, sizeof(settings), "optimizer=%s lr=0.01", optimizer_at(i)->name);
		check_step(settings, 2);
	}
	check_step("norm=batch dropout=0.3", 2);
	check_step("norm=layer skip=1 depth=5 activation=relu", 1);
	check_step("clip=norm clip-at=0.001 l2=0.01 optimizer=adam", 3);
	check_step("data=iris batch=120 depth=2 schedule=cosine epochs=10", 3);
	check_step("freeze=2 activation=prelu", 1);
	check_step("model=rnn data=echo length=10 depth=2 truncate=4", 1);
	check_step("model=lstm data=echo length=10 clip=norm clip-at=0.01", 1);
	check_step("model=gru data=echo length=10 optimizer=sgd", 1);
	check_step("model=cnn data=digits batch=2000 depth=2 norm=batch", 1);
}

/* z = W a + b, delta = W' delta ⊙ f'(z) and the gradient of the output's bias, by hand. */
static void the_sample_of_a_step_follows_the_chain_rule(void **state)
{
	(void)state;
	struct experiment *e = trained("batch=16 loss=mse", 3);
	struct probe *probe = probe_new();
	struct probe_wish wish = {.step = true, .weights = true, .sample = 3};
	const struct state_view *view = view_of(probe, e, wish, 1000);
	const struct step_view *step = view->step;
	const struct dataset *data = experiment_data(e);
	assert_int_equal(step->samples, 16);
	for (int f = 0; f < data->features; f++)
		assert_float_equal(step->layer[0].output[f], data->x[f * data->rows + step->row], 0);
	for (int l = 1; l <= step->layers; l++) {
		const struct net_layer *layer = net_layer_of(view->net, l);
		const struct sample_layer *below = &step->layer[l - 1], *here = &step->layer[l];
		for (int u = 0; u < here->units; u++) {
			double z = (double)layer->bias[u];
			for (int i = 0; i < below->units; i++)
				z += (double)layer->weight[u * below->units + i] * (double)below->output[i];
			assert_float_equal(here->z[u], z, 1e-5);
			if (l < step->layers)
				assert_float_equal(here->output[u], tanh(z), 1e-5);
		}
		for (int i = 0; i < below->units && l > 1; i++) {
			double back = 0;
			for (int u = 0; u < here->units; u++)
				back += (double)layer->weight[u * below->units + i] * (double)here->delta[u];
			assert_float_equal(below->delta[i], back * (double)below->derivative[i], 1e-5);
		}
	}
	const struct sample_layer *output = &step->layer[step->layers];
	double error = (double)output->output[0] - (double)step->target;
	assert_float_equal(step->sample_loss, error * error, 1e-5);
	assert_float_equal(output->delta[0], 2 * error, 1e-5);
	probe_free(probe);
	experiment_free(e);
}

static void answers_to_the_points_give_the_recorded_accuracy(void **state)
{
	(void)state;
	static const char *const runs[] = {"data=moons activation=relu optimizer=adam",
		"data=moons loss=mse", "data=iris", "data=wine depth=1", "data=digits width=20 depth=1",
		"data=spiral norm=layer"};
	for (size_t r = 0; r < sizeof(runs) / sizeof(runs[0]); r++) {
		struct experiment *e = trained(runs[r], 20);
		struct probe *probe = probe_new();
		const struct state_view *view =
			view_of(probe, e, (struct probe_wish){.points = true}, 100000);
		const struct dataset *data = experiment_data(e);
		int right = 0;
		for (int i = 0; i < data->training; i++) {
			right += view->point[i].class == (int)data->target[i];
			assert_true(view->point[i].value >= 1.0F / (float)data->classes - 1e-6F ||
				strstr(runs[r], "mse"));
			assert_true(view->point[i].value <= 1);
		}
		if (fabs(right / (double)data->training - (double)experiment_record(e)->acc) > 1e-6)
			fail_msg("%s: %d right, but the accuracy recorded is %.6f", runs[r], right,
				(double)experiment_record(e)->acc);
		probe_free(probe);
		experiment_free(e);
	}
}

/* Without hidden layers the answer at a place is the sigmoid of a plane. */
static void a_grid_has_the_answer_of_the_middle_of_each_cell(void **state)
{
	(void)state;
	enum { COLUMNS = 37, ROWS = 22 };
	struct experiment *e = trained("depth=0 optimizer=adam lr=0.1", 30);
	struct probe *probe = probe_new();
	struct probe_wish wish = {.columns = COLUMNS, .rows = ROWS, .weights = true};
	const struct state_view *view = view_of(probe, e, wish, 5000);
	const struct net_layer *layer = net_layer_of(view->net, 1);
	int ones = 0;
	for (int i = 0; i < COLUMNS * ROWS; i++) {
		double across = (i % COLUMNS + 0.5) / COLUMNS, upright = 1 - (i / COLUMNS + 0.5) / ROWS;
		double x = view->plane.low[0] + across * (view->plane.high[0] - view->plane.low[0]);
		double y = view->plane.low[1] + upright * (view->plane.high[1] - view->plane.low[1]);
		double z =
			(double)layer->weight[0] * x + (double)layer->weight[1] * y + (double)layer->bias[0];
		double one = 1 / (1 + exp(-z));
		assert_int_equal(view->grid[i].class, one > 0.5);
		assert_float_equal(view->grid[i].value, one > 0.5 ? one : 1 - one, 1e-5);
		ones += view->grid[i].class;
	}
	assert_in_range(ones, 1, COLUMNS * ROWS - 1);
	probe_free(probe);
	experiment_free(e);
}

/* A row of the data is where its components say, so its cell has nearly its answer. */
static void a_grid_over_many_features_lies_in_the_plane_of_the_components(void **state)
{
	(void)state;
	struct experiment *e = trained("data=iris depth=1", 30);
	const struct dataset *data = experiment_data(e);
	for (int a = 0; a < 2; a++)
		for (int b = 0; b <= a; b++) {
			double product = 0;
			for (int f = 0; f < data->features; f++)
				product += (double)data->component[a][f] * (double)data->component[b][f];
			assert_float_equal(product, a == b, 1e-5);
		}
	for (int i = 0; i < data->rows; i++)
		for (int axis = 0; axis < 2; axis++) {
			double place = 0;
			for (int f = 0; f < data->features; f++)
				place += (double)data->component[axis][f] * (double)data->x[f * data->rows + i];
			assert_float_equal(place, data->projection[axis * data->rows + i], 1e-4);
		}
	enum { SIDE = 100 };
	struct probe *probe = probe_new();
	struct probe_wish wish = {.columns = SIDE, .rows = SIDE, .points = true};
	const struct state_view *view = view_of(probe, e, wish, UINT64_MAX);
	int same = 0;
	for (int i = 0; i < data->rows; i++) {
		double at[2];
		for (int axis = 0; axis < 2; axis++)
			at[axis] = ((double)data->projection[axis * data->rows + i] - view->plane.low[axis]) /
				(view->plane.high[axis] - view->plane.low[axis]);
		int column = (int)(at[0] * SIDE), row = (int)((1 - at[1]) * SIDE);
		same += view->grid[row * SIDE + column].class == view->point[i].class;
	}
	assert_true(same > data->rows * 9 / 10);
	probe_free(probe);
	experiment_free(e);
}

static void a_regression_has_a_curve(void **state)
{
	(void)state;
	struct experiment *e = trained("data=line depth=1 optimizer=adam lr=0.05", 200);
	struct probe *probe = probe_new();
	const struct state_view *view = view_of(
		probe, e, (struct probe_wish){.columns = 50, .rows = 1, .points = true}, UINT64_MAX);
	const struct dataset *data = experiment_data(e);
	double squares = 0;
	for (int i = 0; i < data->training; i++)
		squares += pow((double)view->point[i].value - (double)data->target[i], 2);
	assert_float_equal(squares / data->training, experiment_record(e)->loss, 1e-4);
	for (int i = 1; i < 50; i++)
		assert_true(isfinite(view->grid[i].value));
	probe_free(probe);
	experiment_free(e);
}

static void training_is_the_same_whether_it_is_looked_at_or_not(void **state)
{
	(void)state;
	static const char settings[] = "dropout=0.2 norm=batch optimizer=adam";
	struct experiment *seen = trained(settings, 0), *alone = trained(settings, 0);
	struct probe *probe = probe_new();
	struct probe_wish wish = {.points = true, .columns = 20, .rows = 9, .step = true};
	for (int i = 0; i < 10; i++) {
		view_of(probe, seen, wish, 777);
		train(seen, 1, UINT64_MAX, NULL);
		train(alone, 1, UINT64_MAX, NULL);
		assert_memory_equal(
			&experiment_record(seen)->loss, &experiment_record(alone)->loss, sizeof(float));
	}
	probe_free(probe);
	experiment_free(seen);
	experiment_free(alone);
}

static void slices_of_any_size_give_the_same_view(void **state)
{
	(void)state;
	struct experiment *e = trained("dropout=0.2", 3);
	struct probe *whole = probe_new(), *sliced = probe_new();
	struct probe_wish wish = {.points = true, .columns = 11, .rows = 7, .step = true, .sample = 2};
	const struct state_view *a = view_of(whole, e, wish, UINT64_MAX);
	const struct state_view *b = view_of(sliced, e, wish, 1);
	assert_memory_equal(a->grid, b->grid, 77 * sizeof(*a->grid));
	for (int l = 1; l <= a->step->layers; l++)
		assert_memory_equal(a->step->layer[l].delta, b->step->layer[l].delta,
			(size_t)a->step->layer[l].units * sizeof(float));
	probe_free(whole);
	probe_free(sliced);
	experiment_free(e);
}

static void a_view_stays_while_the_next_one_is_made_or_given_up(void **state)
{
	(void)state;
	struct experiment *e = trained("", 2);
	struct probe *probe = probe_new();
	struct probe_wish wish = {.columns = 30, .rows = 30};
	assert_null(probe_view(probe));
	const struct state_view *first = view_of(probe, e, wish, UINT64_MAX);
	float value = first->grid[99].value;
	train(e, 3, UINT64_MAX, NULL);
	assert_true(probe_begin(probe, e, &wish));
	uint64_t little = 100;
	assert_false(probe_advance(probe, &little));
	assert_true(probe_busy(probe));
	assert_ptr_equal(probe_view(probe), first);
	assert_float_equal(first->grid[99].value, value, 0);
	assert_true(view_of(probe, e, wish, UINT64_MAX)->epoch == 5);
	probe_forget(probe);
	assert_null(probe_view(probe));
	probe_free(probe);
	experiment_free(e);
}

static void a_network_too_large_for_copies_has_no_view(void **state)
{
	(void)state;
	struct experiment *e = trained("width=1000 depth=2 memory-limit=64 samples=20 batch=16", 0);
	struct probe *probe = probe_new();
	struct probe_wish wish = {.step = true};
	assert_false(probe_begin(probe, e, &wish));
	assert_false(probe_busy(probe));
	probe_free(probe);
	experiment_free(e);
}

static void wishes_are_joined_and_compared(void **state)
{
	(void)state;
	struct probe_wish none = {0}, grid = {.columns = 3, .rows = 4},
					  step = {.step = true, .sample = 5};
	assert_false(probe_wishes(&none));
	assert_true(probe_wishes(&grid) && probe_wishes(&step));
	struct probe_wish both = probe_wish_join(grid, step);
	assert_int_equal(both.columns, 3);
	assert_int_equal(both.sample, 5);
	assert_true(probe_wish_covers(&both, &grid) && probe_wish_covers(&both, &step));
	assert_false(probe_wish_covers(&grid, &step));
	step.sample = 6;
	assert_false(probe_wish_covers(&both, &step));
}

/* 2 % of margin; an axis on which all points lie at 0 counts as one unit long. */
static void a_plane_encloses_its_points_also_where_an_axis_has_no_width(void **state)
{
	(void)state;
	float projection[] = {-1, 3, 0, 0}, target[] = {0, 1};
	const struct dataset data = {
		.rows = 2, .classes = 2, .projection = projection, .target = target};
	const struct plane plane = plane_of(&data);
	static const double expected[2][2] = {{-1.08, 3.08}, {-0.02, 0.02}};
	for (int axis = 0; axis < 2; axis++) {
		assert_true(fabs(plane.low[axis] - expected[axis][0]) < 1e-9);
		assert_true(fabs(plane.high[axis] - expected[axis][1]) < 1e-9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_in_slow_motion_is_the_next_step_of_training),
		cmocka_unit_test(the_sample_of_a_step_follows_the_chain_rule),
		cmocka_unit_test(answers_to_the_points_give_the_recorded_accuracy),
		cmocka_unit_test(a_grid_has_the_answer_of_the_middle_of_each_cell),
		cmocka_unit_test(a_grid_over_many_features_lies_in_the_plane_of_the_components),
		cmocka_unit_test(a_regression_has_a_curve),
		cmocka_unit_test(training_is_the_same_whether_it_is_looked_at_or_not),
		cmocka_unit_test(slices_of_any_size_give_the_same_view),
		cmocka_unit_test(a_view_stays_while_the_next_one_is_made_or_given_up),
		cmocka_unit_test(a_network_too_large_for_copies_has_no_view),
		cmocka_unit_test(wishes_are_joined_and_compared),
		cmocka_unit_test(a_plane_encloses_its_points_also_where_an_axis_has_no_width),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
