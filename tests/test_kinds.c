/* A kind of layer that only a test knows, see kinds.h, gets what every kind gets: it is drawn,
 * trained, penalized, clipped, copied, checked, measured, saved and loaded. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kinds.h"

#ifdef NN_DOUBLE
#include "nn/check.h"
#else
#include "lab/log.h"
#include "lab/stats.h"
#include "lab/weights.h"
#include "place.h"
#endif

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { WIDTH = 4, ROWS = 40 };

static const struct tensor *tensor_of(const struct net *net, int layer, const char *name)
{
	const struct tensor *tensor;
	for (int i = 0; (tensor = net_tensor(net, i)); i++)
		if (tensor->layer == layer && strcmp(tensor->name, name) == 0)
			return tensor;
	fail_msg("layer %d has no %s", layer, name);
	return NULL;
}

static struct net *mixed_net(const struct net_spec *spec)
{
	return net_of(spec, ROWS, 0.3);
}

/* ---- training ---- */

static void it_trains(void **state)
{
	const struct net_clip clip = {.norm = 1, .per_tensor = true};
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	struct net *net = mixed_net(&spec);
	double before = train_pass(net, ROWS);
	(void)state;
	take_steps(net, ROWS, 200, UINT64_MAX, &clip);
	assert_true(train_pass(net, ROWS) < 0.7 * before);
	const real *scale = net_values(net, tensor_of(net, 5, "scale"));
	for (int unit = 0; unit < WIDTH; unit++)
		assert_true(scale[unit] != 1);
	net_free(net);
}

static void a_pass_may_stop_anywhere(void **state)
{
	struct net_spec spec = mixed_spec("sigmoid", WIDTH, "ce");
	struct net *whole = mixed_net(&spec), *parts = mixed_net(&spec);
	const struct net_clip clip = {.norm = 0.01};
	(void)state;
	take_steps(whole, ROWS, 3, UINT64_MAX, &clip);
	for (int s = 0; s < 3; s++) {
		const struct optimizer_choice adam = {.optimizer = "adam", .rate = 0.01};
		uint64_t budget = 1;
		fill(parts, 0, ROWS);
		net_gradient_clear(parts);
		run(parts, NET_TRAIN, ROWS, 1, NULL);
		net_update_begin(parts, &adam, &clip, false);
		while (!net_update_advance(parts, &budget))
			budget = 1;
	}
	assert_same_parameters(whole, parts);
	net_free(whole);
	net_free(parts);
}

/* ---- tied tensors have one storage, and everybody meets it once ---- */

/* The same network with the tied matrix stored twice. */
static struct net *untied_of(const struct net *tied, struct net_spec spec)
{
	struct net *net;
	spec.kind[2] = NULL;
	net = mixed_net(&spec);
	net_copy_parameters(net, tied);
	return net;
}

static void a_tied_matrix_is_stored_and_counted_once(void **state)
{
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	struct net *net = mixed_net(&spec), *untied = untied_of(net, spec);
	const struct net_layer *owner = net_layer_of(net, 2), *tied = net_layer_of(net, 3);
	(void)state;
	assert_ptr_equal(tied->weight, owner->weight);
	assert_ptr_not_equal(tied->bias, owner->bias);
	assert_int_equal(net_parameter_count(untied) - net_parameter_count(net), WIDTH * WIDTH);
	assert_memory_equal(
		net_layer_of(untied, 3)->weight, owner->weight, WIDTH * WIDTH * sizeof(real));
	net_free(net);
	net_free(untied);
}

static void the_gradient_of_a_tied_matrix_is_the_sum_of_both(void **state)
{
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	struct net *net = mixed_net(&spec), *untied = untied_of(net, spec);
	(void)state;
	assert_true(train_pass(net, ROWS) == train_pass(untied, ROWS));
	const real *both = net_gradient_of(net, net_layer_of(net, 2)->weight);
	const real *one = net_gradient_of(untied, net_layer_of(untied, 2)->weight);
	const real *two = net_gradient_of(untied, net_layer_of(untied, 3)->weight);
	for (int i = 0; i < WIDTH * WIDTH; i++) {
		double sum = (double)one[i] + two[i];
		assert_true(one[i] != 0 && two[i] != 0);
		assert_true(fabs(both[i] - sum) <= 1e-5 * (fabs((double)one[i]) + fabs((double)two[i])));
	}
	net_free(net);
	net_free(untied);
}

static void a_tied_matrix_is_penalized_once(void **state)
{
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	(void)state;
	spec.l2 = 0.01;
	struct net *net = mixed_net(&spec), *untied = untied_of(net, spec);
	const real *w = net_layer_of(net, 2)->weight;
	double squares = 0;
	for (int i = 0; i < WIDTH * WIDTH; i++)
		squares += (double)w[i] * w[i];
	assert_true(fabs(net_penalty(untied) - net_penalty(net) - 0.01 * squares) < 1e-9);
	net_gradient_clear(net);
	for (int l = 1; l <= spec.layers; l++)
		net_penalize(net, l);
	for (int i = 0; i < WIDTH * WIDTH; i++)
		assert_true(net_gradient_of(net, w)[i] == (real)0.02 * w[i]);
	net_free(net);
	net_free(untied);
}

/* With a rate of 1 the step is the gradient, and that is as long as it may be. */
static void a_tied_matrix_is_clipped_once(void **state)
{
	const struct optimizer_choice sgd = {.optimizer = "sgd", .rate = 1};
	const struct net_clip clip = {.norm = 1e-3, .per_tensor = true};
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	struct net *net = mixed_net(&spec);
	const real *w = net_layer_of(net, 2)->weight;
	double before[WIDTH * WIDTH], moved = 0;
	uint64_t budget = UINT64_MAX;
	(void)state;
	train_pass(net, ROWS);
	for (int i = 0; i < WIDTH * WIDTH; i++)
		before[i] = (double)w[i];
	net_update_begin(net, &sgd, &clip, false);
	assert_true(net_update_advance(net, &budget));
	for (int i = 0; i < WIDTH * WIDTH; i++)
		moved += ((double)w[i] - before[i]) * ((double)w[i] - before[i]);
	assert_true(fabs(sqrt(moved) / clip.norm - 1) < 2e-3);
	net_free(net);
}

static void unused_parameters_are_not_updated(void **state)
{
	const struct optimizer_choice adamw = {.optimizer = "adamw", .rate = 0.1, .decay = 0.5};
	const struct net_clip clip = {0};
	struct net_spec spec = mixed_spec("prelu", WIDTH, "ce");
	struct net *net = mixed_net(&spec);
	uint64_t budget = UINT64_MAX;
	(void)state;
	train_pass(net, ROWS);
	net_update_begin(net, &adamw, &clip, false);
	assert_true(net_update_advance(net, &budget));
	for (int unit = 0; unit < WIDTH; unit++)
		assert_true(net_layer_of(net, 1)->gamma[unit] == 1);
	assert_true(*net_layer_of(net, 1)->slope != (real)0.25);
	net_free(net);
}

/* ---- first weights, copies, faults ---- */

static double row_product(const real *matrix, int columns, int a, int b)
{
	double sum = 0;
	for (int i = 0; i < columns; i++)
		sum += (double)matrix[a * columns + i] * matrix[b * columns + i];
	return sum;
}

/* 6 rows of 3 columns: of the whole matrix the columns would be orthonormal, of each half both. */
static void blocks_are_drawn_as_matrices_of_their_own(void **state)
{
	const struct initializer_parameters parameters = {.gain = 2};
	struct net_spec spec = plain_spec("tanh", 1, 6, "ce");
	uint64_t budget = UINT64_MAX;
	(void)state;
	spec.own_kinds = own_kinds;
	spec.kind[0] = "halves";
	struct net *net = net_new(kernels_find(NULL), &spec, 1);
	net_initialize_begin(net, initializer_find("orthogonal"), &parameters, 5, 1, spec.layers);
	assert_true(net_initialize_advance(net, &budget));
	const real *w = net_layer_of(net, 1)->weight;
	for (int half = 0; half < 2; half++)
		for (int a = 0; a < 3; a++)
			for (int b = 0; b < 3; b++)
				assert_true(
					fabs(row_product(w, 3, 3 * half + a, 3 * half + b) - (a == b ? 4 : 0)) < 1e-5);
	assert_memory_not_equal(w, w + 9, 9 * sizeof(real));
	net_free(net);
}

static void a_layer_begins_as_its_tensors_say(void **state)
{
	const struct initializer_parameters parameters = {.gain = 1};
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	struct net *net = mixed_net(&spec);
	real *scale = net_values(net, tensor_of(net, 5, "scale"));
	uint64_t budget = UINT64_MAX;
	(void)state;
	for (int again = 0; again < 2; again++) {
		for (int unit = 0; unit < WIDTH; unit++) {
			assert_true(scale[unit] == 1 && net_initial_of(net, scale)[unit] == 1);
			scale[unit] = 7;
		}
		net_initialize_begin(
			net, initializer_find("glorot-uniform"), &parameters, 5, 1, spec.layers);
		assert_true(net_initialize_advance(net, &budget));
	}
	net_free(net);
}

static void it_is_copied(void **state)
{
	const struct net_clip clip = {0};
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	(void)state;
	struct net *trained = mixed_net(&spec), *copy = mixed_net(&spec), *other;
	take_steps(trained, ROWS, 5, UINT64_MAX, &clip);
	net_copy_parameters(copy, trained);
	assert_same_parameters(trained, copy);
	spec.kind[4] = NULL; /* of another kind in the other network: it stays as it was */
	other = mixed_net(&spec);
	const real first = *net_layer_of(other, 5)->weight;
	net_copy_parameters(other, trained);
	assert_true(*net_layer_of(other, 5)->weight == first);
	assert_true(*net_layer_of(other, 4)->weight == *net_layer_of(trained, 4)->weight);
	net_free(trained);
	net_free(copy);
	net_free(other);
}

static void a_fault_in_it_is_found_by_name(void **state)
{
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	struct net *net = mixed_net(&spec);
	struct net_fault fault;
	(void)state;
	train_pass(net, ROWS);
	assert_false(net_find_fault(net, &fault));
	net_values(net, tensor_of(net, 5, "scale"))[WIDTH - 1] = (real)NAN;
	assert_true(net_find_fault(net, &fault));
	assert_int_equal(fault.layer, 5);
	assert_string_equal(fault.tensor, "scale");
	net_free(net);
}

/* ---- the gradient check ---- */

/* ---- the table of kinds ---- */

/* Counted by hand. */
static const struct kind_facts {
	const char *name;
	size_t parameters; /* of a hidden layer with 3 inputs and 4 units */
	int steps;         /* time steps, each with the inputs; 0: it has none */
	bool at_the_end;   /* it may give the units of the last step alone */
} facts[] = {
	{"dense", 4 * 3 + 4, 0, false},
	{"conv", 4 * 3 * 3 * 3 + 4, 0, false},
	{"rnn", 4 * 3 + 4 * 4 + 4 + 4, 5, true},
	{"lstm", 4 * (4 * 3 + 4 * 4 + 4 + 4), 5, true},
	{"gru", 3 * (4 * 3 + 4 * 4 + 4 + 4), 5, true},
	{"each-step", 4 * 3 + 4, 5, false},
};

static const struct kind_facts *facts_of(const struct layer_kind *kind)
{
	for (size_t i = 0; i < COUNT(facts); i++)
		if (strcmp(facts[i].name, kind->name) == 0)
			return &facts[i];
	fail_msg("%s has no facts in this test", kind->name);
	return NULL;
}

static struct net_spec spec_of_kind(const struct layer_kind *kind)
{
	struct net_spec spec = plain_spec("tanh", 2, WIDTH, "ce");
	spec.kind[0] = kind->name;
	if (strcmp(kind->name, "conv") == 0) {
		spec.kernel[0] = 3;
		spec.padding[0] = 1;
	}
	int steps = facts_of(kind)->steps;
	if (steps) {
		spec.shape[0].steps = steps;
		spec.size[0] *= steps;
	}
	if (steps && !facts_of(kind)->at_the_end) {
		spec.shape[1].steps = steps;
		spec.size[1] *= steps;
	}
	return spec;
}

static void each_kind_has_its_parameters(void **state)
{
	const struct layer_kind *kind;
	(void)state;
	for (int i = 0; (kind = layer_kind_at(i)); i++) {
		const struct kind_facts *expected = facts_of(kind);
		const struct net_spec spec = spec_of_kind(kind);
		struct net *net = mixed_net(&spec);
		const struct tensor *tensor;
		size_t parameters = 0;
		assert_int_equal(net_units(&spec, 0), 3);
		assert_int_equal(net_units(&spec, 1), WIDTH);
		for (int k = 0; (tensor = net_tensor(net, k)); k++)
			if (tensor->layer == 1 && tensor->trained && tensor->used)
				parameters += tensor_entries(tensor);
		if (parameters != expected->parameters)
			fail_msg("%s has %zu parameters, expected %zu", kind->name, parameters,
				expected->parameters);
		if (!kind->help || !kind->help[0])
			fail_msg("%s has no help", kind->name);
		if (layer_kind_of(&spec, 1) != kind)
			fail_msg("%s: another kind has this name", kind->name);
		net_free(net);
	}
}

#ifdef NN_DOUBLE

static void each_kind_passes_the_gradient_check(void **state)
{
	const struct layer_kind *kind;
	(void)state;
	for (int i = 0; (kind = layer_kind_at(i)); i++) {
		const struct net_spec spec = spec_of_kind(kind);
		uint64_t budget = UINT64_MAX;
		struct check *check = check_new(&spec, "he-normal", 1.5, 6, 1);
		assert_non_null(check);
		assert_true(check_advance(check, &budget));
		for (int k = 0; k < check_tensors(check); k++) {
			const struct check_tensor *tensor = check_tensor_at(check, k);
			if (tensor->outcome != CHECK_PASSED)
				fail_msg("%s: %s of layer %d did not pass, off by %g", kind->name, tensor->name,
					tensor->layer, tensor->worst);
		}
		check_free(check);
	}
}

static bool was_checked(const struct check *check, int layer, const char *name)
{
	for (int i = 0; i < check_tensors(check); i++) {
		const struct check_tensor *tensor = check_tensor_at(check, i);
		if (tensor->layer == layer && strcmp(tensor->name, name) == 0)
			return tensor->outcome == CHECK_PASSED;
	}
	return false;
}

static void it_passes_the_gradient_check(void **state)
{
	const char *const losses[] = {"ce", "bce", "mse"};
	(void)state;
	for (size_t i = 0; i < COUNT(losses); i++) {
		struct net_spec spec = mixed_spec("tanh", WIDTH, losses[i]);
		uint64_t budget = UINT64_MAX;
		spec.l1 = 0.01;
		spec.l2 = 0.02;
		struct check *check = check_new(&spec, "he-normal", 1.5, 6, 1);
		assert_non_null(check);
		assert_true(check_advance(check, &budget));
		for (int k = 0; k < check_tensors(check); k++) {
			const struct check_tensor *tensor = check_tensor_at(check, k);
			if (tensor->outcome == CHECK_FAILED)
				fail_msg("%s: %s of layer %d is off by %g", losses[i], tensor->name, tensor->layer,
					tensor->worst);
		}
		assert_true(was_checked(check, 2, "weight") && was_checked(check, 3, "bias"));
		assert_true(was_checked(check, 5, "scale") && was_checked(check, 5, "bias"));
		assert_false(was_checked(check, 3, "weight"));
		check_free(check);
	}
}

#else

/* ---- files and statistics ---- */

static enum weights_state save(const char *path, const struct net *net, struct error *error)
{
	struct weights_save *save = weights_save_begin(path, error);
	enum weights_state now = WEIGHTS_MORE;
	assert_non_null(save);
	while (now == WEIGHTS_MORE)
		now = weights_save_advance(save, net, 1000000, error);
	weights_save_finish(save);
	return now;
}

static enum weights_state load(const char *path, struct net *net, struct error *error)
{
	struct weights_load *load = weights_load_begin(path, net, error);
	enum weights_state now = WEIGHTS_MORE;
	assert_non_null(load);
	while (now == WEIGHTS_MORE)
		now = weights_load_advance(load, 1000000, error);
	weights_load_finish(load);
	return now;
}

static int lines_with(const char *path, const char *start)
{
	FILE *file = fopen(path, "r");
	char line[200];
	int lines = 0;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		lines += strncmp(line, start, strlen(start)) == 0;
	fclose(file);
	return lines;
}

static void it_is_saved_and_loaded(void **state)
{
	const struct place *place = *state;
	const struct net_clip clip = {0};
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	struct net *trained, *other;
	struct error error;
	trained = mixed_net(&spec);
	other = mixed_net(&spec);
	take_steps(trained, ROWS, 5, UINT64_MAX, &clip);
	assert_int_equal(save(place->file, trained, &error), WEIGHTS_DONE);
	assert_int_equal(lines_with(place->file, "layer2.weight,"), WIDTH * WIDTH);
	assert_int_equal(lines_with(place->file, "layer3.weight,"), 0);
	assert_int_equal(lines_with(place->file, "layer3.bias,"), WIDTH);
	assert_int_equal(lines_with(place->file, "layer5.scale,"), WIDTH);
	assert_int_equal(load(place->file, other, &error), WEIGHTS_DONE);
	assert_same_parameters(trained, other);
	assert_true(train_pass(trained, ROWS) == train_pass(other, ROWS));
	net_free(trained);
	net_free(other);
}

/* A layer without a matrix has no statistics of weights; the others are as ever. */
static void it_is_measured(void **state)
{
	struct net_spec spec = mixed_spec("tanh", WIDTH, "ce");
	struct net *net = mixed_net(&spec);
	struct stats *stats = stats_new(kernels_find(NULL), &spec);
	struct record *record = record_new(spec.layers);
	uint64_t budget = UINT64_MAX;
	(void)state;
	fill(net, 0, ROWS);
	net_gradient_clear(net);
	stats_epoch_begin(stats, 0);
	stats_measure_begin(stats, net, ROWS, true);
	const struct net_observer observer = stats_observer(stats);
	for (int unit = 0; unit < WIDTH; unit++)
		net_layer_of(net, 5)->bias[unit] = (real)0.5;
	run(net, NET_MEASURE, ROWS, UINT64_MAX, &observer);
	stats_finish_begin(stats);
	assert_true(stats_finish_advance(stats, net, record, &budget));
	for (int l = 1; l <= spec.layers; l++) {
		const struct layer_record *row = &record->layer[l - 1];
		bool scale = strcmp(net_layer_of(net, l)->kind->name, "scale") == 0;
		assert_true(scale ? record_is_nothing(row->weight_rms) : row->weight_rms > 0);
		assert_true(scale ? record_is_nothing(row->grad_rms) : row->grad_rms > 0);
	}
	assert_true(record->layer[1].weight_rms == record->layer[2].weight_rms);
	assert_true(fabs(record->grad_norm / sqrt(net_gradient_squares(net)) - 1) < 1e-6);
	free(record);
	stats_free(stats);
	net_free(net);
}

/* Each time step has a row of its own, which goes into the CSV and comes back from it. */
static void each_of_its_time_steps_has_a_row(void **state)
{
	const struct place *place = *state;
	struct net_spec spec = plain_spec("tanh", 2, WIDTH, "ce");
	uint64_t budget = UINT64_MAX;
	spec.own_kinds = own_kinds;
	spec.kind[1] = "steps";
	struct net *net = mixed_net(&spec);
	struct stats *stats = stats_new(kernels_find(NULL), &spec);
	struct record *record = stats_record(stats);
	assert_int_equal(record->layers, 3);
	assert_int_equal(record->rows, 1 + STEPS + 1);
	fill(net, 0, ROWS);
	net_gradient_clear(net);
	stats_epoch_begin(stats, 0);
	stats_measure_begin(stats, net, ROWS, true);
	const struct net_observer observer = stats_observer(stats);
	run(net, NET_MEASURE, ROWS, UINT64_MAX, &observer);
	stats_finish_begin(stats);
	assert_true(stats_finish_advance(stats, net, record, &budget));
	assert_null(record_row(record, 2, 0));
	assert_null(record_row(record, 2, STEPS + 1));
	for (int step = 1; step <= STEPS; step++) {
		const struct layer_record *row = record_row(record, 2, step);
		const struct layer_record *first = record_row(record, 2, 1);
		assert_ptr_equal(row, &record->layer[step]);
		/* the kind multiplies what it tells of step s by s */
		assert_true(fabs(row->z_mean / (step * (double)first->z_mean) - 1) < 1e-6);
		assert_true(fabs(row->delta_rms / (step * (double)first->delta_rms) - 1) < 1e-6);
		assert_true(row->weight_rms == first->weight_rms && row->grad_rms == first->grad_rms);
	}
	assert_true(stats_detail(stats)->layer[1].samples == STEPS * ROWS);
	/* delta is 1 : 2 : 3, and the line is through these points */
	double last = log10(3), slope = last / 2;
	assert_true(fabs((double)record->decades - last) < 1e-6);
	assert_true(fabs((double)record->decay - slope) < 1e-6);
	assert_true(
		fabs((double)record->r2 -
			2 * slope * slope /
				(pow(log10(2) - last / 3 - log10(2) / 3, 2) + pow(last / 3 + log10(2) / 3, 2) +
					pow(last - last / 3 - log10(2) / 3, 2))) < 1e-6);
	for (int step = 1; step < STEPS; step++) {
		const struct layer_record *row = record_row(record, 2, step);
		assert_true(
			fabs((double)row->gain * (double)row[1].deriv_rms / (step / (step + 1.0)) - 1) < 1e-6);
	}
	FILE *file = fopen(place->file, "w");
	assert_non_null(file);
	assert_int_equal(record_write_header(file), 0);
	assert_int_equal(record_write(file, record), 0);
	fclose(file);
	assert_int_equal(lines_with(place->file, "0,1,dense1,"), 1);
	assert_int_equal(lines_with(place->file, "0,2,"), STEPS);
	assert_int_equal(lines_with(place->file, "0,2,step1,"), 1);
	assert_int_equal(lines_with(place->file, "0,2,step3,"), 1);
	assert_int_equal(lines_with(place->file, "0,3,output,"), 1);
	struct error error;
	struct log *log = log_open(place->file, &error);
	struct frame frame;
	assert_non_null(log);
	while (log_advance(log, &error) <= LOG_RECORD && !log_frame(log, 0, &frame))
		;
	assert_true(log_frame(log, 0, &frame));
	assert_int_equal(frame.record->rows, record->rows);
	assert_true(record_row(frame.record, 2, 3)->delta_rms == record_row(record, 2, 3)->delta_rms);
	log_close(log);
	free(record);
	stats_free(stats);
	net_free(net);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_trains),
		cmocka_unit_test(a_pass_may_stop_anywhere),
		cmocka_unit_test(a_tied_matrix_is_stored_and_counted_once),
		cmocka_unit_test(the_gradient_of_a_tied_matrix_is_the_sum_of_both),
		cmocka_unit_test(a_tied_matrix_is_penalized_once),
		cmocka_unit_test(a_tied_matrix_is_clipped_once),
		cmocka_unit_test(unused_parameters_are_not_updated),
		cmocka_unit_test(blocks_are_drawn_as_matrices_of_their_own),
		cmocka_unit_test(a_layer_begins_as_its_tensors_say),
		cmocka_unit_test(it_is_copied),
		cmocka_unit_test(a_fault_in_it_is_found_by_name),
		cmocka_unit_test(each_kind_has_its_parameters),
#ifdef NN_DOUBLE
		cmocka_unit_test(each_kind_passes_the_gradient_check),
		cmocka_unit_test(it_passes_the_gradient_check),
#else
		cmocka_unit_test_setup_teardown(it_is_saved_and_loaded, place_make, place_remove),
		cmocka_unit_test(it_is_measured),
		cmocka_unit_test_setup_teardown(each_of_its_time_steps_has_a_row, place_make, place_remove),
#endif
	};
	make_own_kinds();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
