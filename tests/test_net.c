/* The network: laws that its gradients must obey, results that depend neither on padding nor on
 * where work is interrupted. Built for float and, with NN_DOUBLE, for double. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nets.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#ifdef NN_DOUBLE
static const double tolerance = 1e-11;
#else
static const double tolerance = 2e-4;
#endif

/* Every normalization, place, skip connection and dropout there is; false past the end. */
static bool vary(struct net_spec *spec, int index)
{
	static const char *const norms[] = {"none", "batch", "layer"};
	*spec = plain_spec(index % 5 ? "tanh" : "prelu", 5, 6, index % 2 ? "ce" : "mse");
	spec->normalization = norms[index % 3];
	spec->skip = index / 3 % 3;
	spec->normalize_after = index / 9 % 2;
	spec->skip_before = index / 18 % 2;
	spec->dropout = index / 36 % 2 ? 0.3 : 0;
	spec->branch_scale = spec->skip ? 0.7 : 1;
	return index < 72;
}

static void assert_near(double value, double expected, double scale)
{
	if (!(fabs(value - expected) <= tolerance * scale))
		fail_msg("%.12g instead of %.12g (scale %g)", value, expected, scale);
}

static double largest_of(const real *values, size_t n)
{
	double largest = 0;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs((double)values[i]));
	return largest;
}

static void assert_near_gradients(struct net *a, struct net *b)
{
	size_t count;
	const real *ga = gradient_of(a, &count), *gb = gradient_of(b, &count);
	double scale = largest_of(ga, count);
	for (size_t i = 0; i < count; i++)
		assert_near((double)gb[i], (double)ga[i], scale);
}

/* ---- laws ---- */

/* Euler's theorem: f(c z) = c f(z) in every layer, so all of them add up to the same. */
static void weights_times_gradients_add_up_alike_in_every_layer(void **state)
{
	static const char *const homogeneous[] = {"relu", "leaky-relu", "prelu", "identity"};
	(void)state;
	for (size_t k = 0; k < COUNT(homogeneous); k++) {
		struct net_spec spec = plain_spec(homogeneous[k], 6, 9, "bce");
		struct net *net = net_of(&spec, 50, 0);
		double sum[8] = {0};
		train_pass(net, 50);
		for (int l = 1; l <= spec.layers; l++) {
			const struct net_layer *layer = net_layer_of(net, l);
			for (size_t i = 0; i < layer->weights; i++)
				sum[l] += (double)layer->weight[i] * net_gradient_of(net, layer->weight)[i];
		}
		assert_true(fabs(sum[1]) > 1e-3);
		for (int l = 2; l <= spec.layers; l++)
			assert_near(sum[l], sum[1], fabs(sum[1]));
		net_free(net);
	}
}

/* The loss of a pass is the sum over the samples. In float the differences are too coarse. */
static void gradients_through_scaled_branches_are_those_of_differences(void **state)
{
	const int rows = 20;
	const double step = 1e-5;
	(void)state;
	for (int place = 0; place < 4 && sizeof(real) == sizeof(double); place++) {
		struct net_spec spec = plain_spec("tanh", 5, 6, "ce");
		spec.skip = 1 + place / 2;
		spec.skip_before = place % 2;
		spec.branch_scale = 0.7;
		struct net *net = net_of(&spec, rows, 0.3), *same = net_of(&spec, rows, 0.3);
		size_t count;
		real *parameter = net_parameters(net, &count);
		train_pass(same, rows);
		const real *gradient = gradient_of(same, &count);
		for (size_t i = 0; i < count; i++) {
			real kept = parameter[i];
			parameter[i] = (real)(kept + step);
			double above = train_pass(net, rows);
			parameter[i] = (real)(kept - step);
			double slope = (above - train_pass(net, rows)) / (2 * step * rows);
			parameter[i] = kept;
			if (!(fabs(slope - gradient[i]) < 1e-7 * largest_of(gradient, count)))
				fail_msg("skip=%d skip-add=%s, parameter %zu: %.12g, the difference is %.12g",
					spec.skip, spec.skip_before ? "pre" : "post", i, (double)gradient[i], slope);
		}
		net_free(net);
		net_free(same);
	}
}

/* Turns the units of layer 2 around, in its rows and in the columns of layer 3. */
static void reverse_units(real *parameters, struct net *net)
{
	const struct net_layer *two = net_layer_of(net, 2), *three = net_layer_of(net, 3);
	size_t count, n = (size_t)two->outputs;
	const real *base = net_parameters(net, &count);
	const struct part {
		const real *at;
		size_t rows, columns, row_step, step;
	} parts[] = {
		{two->weight, n, (size_t)two->inputs, (size_t)two->inputs, 1},
		{two->bias, n, 1, 1, 1},
		{two->gamma, n, 1, 1, 1},
		{two->beta, n, 1, 1, 1},
		{three->weight, n, (size_t)three->outputs, 1, n},
	};
	for (size_t k = 0; k < COUNT(parts); k++)
		for (size_t i = 0; i < n / 2; i++)
			for (size_t c = 0; c < parts[k].columns; c++) {
				real *first = parameters + (parts[k].at - base) + c * parts[k].step;
				real *a = first + i * parts[k].row_step;
				real *b = first + (n - 1 - i) * parts[k].row_step;
				real swap = *a;
				*a = *b;
				*b = swap;
			}
}

static void permuting_units_permutes_gradients_and_nothing_else(void **state)
{
	static const char *const norms[] = {"none", "batch", "layer"};
	(void)state;
	for (size_t k = 0; k < COUNT(norms); k++) {
		struct net_spec spec = plain_spec("tanh", 4, 7, "ce");
		size_t count;
		spec.normalization = norms[k];
		struct net *net = net_of(&spec, 40, 0.3);
		double loss = train_pass(net, 40);
		real *parameters = net_parameters(net, &count);
		const real *gradient = net_gradient_of(net, parameters);
		real *expected = malloc(count * sizeof(*expected));

		memcpy(expected, gradient, count * sizeof(*expected));
		reverse_units(expected, net);
		reverse_units(parameters, net);
		assert_near(train_pass(net, 40), loss, loss);
		for (size_t i = 0; i < count; i++)
			assert_near((double)gradient[i], (double)expected[i], largest_of(expected, count));
		free(expected);
		net_free(net);
	}
}

static void scale_weights(struct net *net, int layer, real factor)
{
	for (size_t i = 0; i < net_layer_of(net, layer)->weights; i++)
		net_layer_of(net, layer)->weight[i] *= factor;
}

/* Powers of two round nothing: what the law says holds to the last bit. */
static void a_factor_can_move_from_one_relu_layer_to_the_next(void **state)
{
	struct net_spec spec = plain_spec("relu", 4, 8, "bce");
	struct net *before = net_of(&spec, 30, 0), *after = net_of(&spec, 30, 0);
	(void)state;
	scale_weights(after, 2, 4);
	scale_weights(after, 3, (real)0.25);
	assert_true(train_pass(before, 30) == train_pass(after, 30));
	for (int l = 1; l <= spec.layers; l++) {
		const struct net_layer *a = net_layer_of(before, l), *b = net_layer_of(after, l);
		double factor = l == 2 ? 0.25 : l == 3 ? 4 : 1;
		for (size_t i = 0; i < a->weights; i++)
			assert_true(net_gradient_of(after, b->weight)[i] ==
				factor * net_gradient_of(before, a->weight)[i]);
	}
	net_free(before);
	net_free(after);
}

static void gradients_are_of_the_mean_over_the_total(void **state)
{
	struct net_spec spec;
	(void)state;
	for (int index = 0; vary(&spec, index); index++) {
		struct net *one = net_of(&spec, 20, 0.3), *two = net_of(&spec, 20, 0.3);
		size_t count;
		const real *a = gradient_of(one, &count), *b = gradient_of(two, &count);
		fill(one, 0, 20);
		fill(two, 0, 20);
		run(one, NET_TRAIN, 20, UINT64_MAX, NULL);
		run(two, NET_TRAIN, 80, UINT64_MAX, NULL);
		assert_true(largest_of(a, count) > 0);
		for (size_t i = 0; i < count; i++)
			assert_true(a[i] == 4 * b[i]);
		net_free(one);
		net_free(two);
	}
}

static void two_passes_make_one_gradient(void **state)
{
	struct net_spec spec = plain_spec("gelu", 3, 8, "mse");
	struct net *whole = net_of(&spec, 50, 0.3), *parts = net_of(&spec, 50, 0.3);
	(void)state;
	spec.normalization = "layer";
	assert_true(net_configure(whole, &spec, 50) && net_configure(parts, &spec, 50));
	double loss = train_pass(whole, 50), sum = 0;

	for (int first = 0; first < 50; first += 20) {
		int rows = first == 40 ? 10 : 20;
		fill(parts, first, rows);
		sum += run(parts, NET_TRAIN, 50, UINT64_MAX, NULL);
	}
	assert_near(sum, loss, loss);
	assert_near_gradients(whole, parts);
	net_free(whole);
	net_free(parts);
}

/* ---- batches and padding ---- */

static real logit(struct net *net, int output, int stride, int sample)
{
	return net_logits(net)[output * stride + sample];
}

/* Wide enough and long enough that a pass takes many blocks of units and of samples. */
static void a_sample_gives_the_same_bits_in_any_batch(void **state)
{
	static const struct shape {
		int width, rows;
	} shapes[] = {
		{6, 1},
		{6, 2},
		{6, 15},
		{6, 16},
		{6, 17},
		{72, 1100},
		{70, 2049},
	};
	(void)state;
	for (size_t k = 0; k < COUNT(shapes) * 2; k++) {
		int rows = shapes[k / 2].rows, stride = (rows + 15) / 16 * 16;
		struct net_spec spec = plain_spec("tanh", 3, shapes[k / 2].width, "ce");
		spec.normalization = k % 2 ? "layer" : "none";
		struct net *all = net_of(&spec, rows, 0.3), *parts = net_of(&spec, 37, 0.3);
		double sum = 0, loss;

		loss = train_pass(all, rows);
		for (int first = 0; first < rows; first += 37) {
			int some = rows - first < 37 ? rows - first : 37;
			fill(parts, first, some);
			sum += run(parts, NET_TRAIN, rows, UINT64_MAX, NULL);
			for (int i = 0; i < some; i++)
				for (int o = 0; o < 3; o++)
					assert_true(logit(parts, o, (some + 15) / 16 * 16, i) ==
						logit(all, o, stride, first + i));
		}
		assert_near(sum, loss, loss);
		assert_near_gradients(all, parts);
		net_free(all);
		net_free(parts);
	}
}

/* The workspace still holds an earlier, larger batch of nothing but NaN and infinities. */
static void earlier_batches_leave_no_trace(void **state)
{
	struct net_spec spec;
	(void)state;
	for (int index = 0; vary(&spec, index); index++)
		for (int rows = 2; rows <= 33; rows += 15) {
			struct net *clean = net_of(&spec, 48, 0.3), *used = net_of(&spec, 48, 0.3);
			fill(used, 0, 48);
			for (int i = 0; i < 48 * 3; i++)
				net_input(used)[i] = (real)(i % 2 ? INFINITY : NAN);
			run(used, NET_TRAIN, 48, UINT64_MAX, NULL);
			assert_true(train_pass(clean, rows) == train_pass(used, rows));
			assert_same_gradients(clean, used);
			net_free(clean);
			net_free(used);
		}
}

static void a_broken_sample_stays_alone(void **state)
{
	(void)state;
	for (int rows = 15; rows <= 33; rows++) {
		struct net_spec spec = plain_spec("relu", 3, 6, "bce");
		spec.normalization = rows % 2 ? "layer" : "none";
		spec.skip = rows % 3;
		struct net *healthy = net_of(&spec, rows, 0.3), *ill = net_of(&spec, rows, 0.3);

		fill(ill, 0, rows);
		net_input(ill)[5] = (real)NAN;
		net_input(ill)[7] = (real)INFINITY;
		run(ill, NET_MEASURE, rows, UINT64_MAX, NULL);
		train_pass(healthy, rows);
		for (int i = 0; i < rows; i++)
			if (i != 5 && i != 7)
				assert_true(net_logits(ill)[i] == net_logits(healthy)[i]);
		assert_true(isnan(net_logits(ill)[5]));
		net_free(healthy);
		net_free(ill);
	}
}

/* ---- slices ---- */

struct tally {
	uint64_t hash;
	int calls;
};

static void see(struct tally *tally, const void *bytes, size_t n)
{
	const unsigned char *byte = bytes;
	for (size_t i = 0; i < n; i++)
		tally->hash = (tally->hash ^ byte[i]) * UINT64_C(0x100000001b3);
	tally->calls++;
}

static void see_place(struct tally *tally, const struct net_place *place, int layer)
{
	const int where[] = {layer, place->step, place->first, place->units};
	see(tally, where, sizeof(where));
}

static void see_forward(void *context, const struct net_place *place, const real *u,
	const real *derivative, const real *output)
{
	const real *const matrices[] = {u, derivative, output};
	see_place(context, place, place->layer);
	for (size_t m = 0; m < COUNT(matrices); m++)
		for (int unit = 0; unit < place->units && matrices[m]; unit++)
			see(context, matrices[m] + unit * place->stride, (size_t)place->samples * sizeof(real));
}

static void see_backward(void *context, const struct net_place *place, const real *delta)
{
	see_place(context, place, -place->layer);
	for (int unit = 0; unit < place->units; unit++)
		see(context, delta + unit * place->stride, (size_t)place->samples * sizeof(real));
}

/* Everything there is to know about a pass, as one number. */
static uint64_t outcome(const struct net_spec *spec, int rows, uint64_t slice)
{
	struct tally tally = {0};
	const struct net_observer observer = {
		.context = &tally, .forward = see_forward, .backward = see_backward};
	struct net *net = net_of(spec, rows, 0.3);
	size_t count;
	const real *gradient = gradient_of(net, &count);
	fill(net, 0, rows);
	double loss = run(net, NET_TRAIN, rows, slice, &observer);

	assert_true(isfinite(loss) && tally.calls > 0);
	see(&tally, &loss, sizeof(loss));
	see(&tally, gradient, count * sizeof(*gradient));
	for (int l = 1; l < spec->layers; l++)
		see(&tally, net_layer_of(net, l)->running_mean, 2 * (size_t)spec->size[l] * sizeof(real));
	net_free(net);
	return tally.hash;
}

static void interruptions_change_nothing(void **state)
{
	static const uint64_t slices[] = {1, 7, 1000};
	struct net_spec spec;
	(void)state;
	for (int index = 0; vary(&spec, index); index++) {
		uint64_t expected = outcome(&spec, 37, UINT64_MAX);
		for (size_t k = 0; k < COUNT(slices); k++)
			assert_true(outcome(&spec, 37, slices[k]) == expected);
	}
	for (int index = 0; vary(&spec, index); index += 13) {
		for (int l = 1; l < spec.layers; l++)
			spec.size[l] = 60;
		assert_true(outcome(&spec, 1300, 1) == outcome(&spec, 1300, UINT64_MAX));
	}
}

/* ---- updates ---- */

static void interrupted_updates_change_nothing(void **state)
{
	const struct net_clip clips[] = {
		{0},
		{.norm = 0.1},
		{.norm = 0.01, .per_tensor = true},
		{.value = 1e-3, .keras = true},
	};
	(void)state;
	for (size_t k = 0; k < COUNT(clips); k++) {
		struct net_spec spec = plain_spec("prelu", 3, 40, "ce");
		spec.optimizer_slots = 2;
		spec.l1 = 1e-3;
		spec.l2 = 1e-2;
		struct net *one = net_of(&spec, 20, 0.3), *two = net_of(&spec, 20, 0.3);

		take_steps(one, 20, 3, UINT64_MAX, &clips[k]);
		take_steps(two, 20, 3, 1, &clips[k]);
		assert_same_parameters(one, two);
		net_free(one);
		net_free(two);
	}
}

/* Tensor by tensor: a step of sgd with rate 1 moves each by its gradient cut to the norm. */
static void each_tensor_is_cut_by_its_own_norm(void **state)
{
	const struct optimizer_choice sgd = {.optimizer = "sgd", .rate = 1};
	const double limit = 0.1;
	int cut = 0, left = 0;
	(void)state;
	for (int form = 0; form < 4; form++) {
		const struct net_clip clip = {.norm = limit, .per_tensor = true, .keras = form % 2};
		/* 70 x 70 weights are more than a block */
		struct net_spec spec = plain_spec(form / 2 ? "prelu" : "tanh", 3, 70, "mse");
		uint64_t budget = UINT64_MAX;
		spec.normalization = "layer";
		struct net *net = net_of(&spec, 20, 0.3);

		train_pass(net, 20);
		size_t count;
		real *w = net_parameters(net, &count);
		double *wanted = malloc(count * sizeof(*wanted));

		for (size_t i = 0; i < count; i++)
			wanted[i] = w[i];
		for (int l = 1; l <= spec.layers; l++) {
			const struct net_layer *layer = net_layer_of(net, l);
			const struct {
				const real *at;
				size_t n;
			} tensors[] = {
				{layer->weight, layer->weights},
				{layer->bias, (size_t)layer->outputs},
				{layer->gamma, (size_t)layer->outputs},
				{layer->beta, (size_t)layer->outputs},
				{layer->slope, 1},
			};
			for (size_t k = 0; k < COUNT(tensors) && tensors[k].at; k++) {
				const real *g = net_gradient_of(net, tensors[k].at);
				double squares = 0;
				for (size_t i = 0; i < tensors[k].n; i++)
					squares += (double)g[i] * g[i];
				double norm = sqrt(squares),
					   scale =
						   clip.keras ? limit / fmax(norm, limit) : fmin(1, limit / (norm + 1e-6));

				cut += scale < 1;
				left += scale == 1 && norm > 0;
				for (size_t i = 0; i < tensors[k].n; i++)
					wanted[tensors[k].at - w + i] -= scale * g[i];
			}
		}
		net_update_begin(net, &sgd, &clip, false);
		assert_true(net_update_advance(net, &budget));
		assert_true(net_update_clipped(net));
		for (size_t i = 0; i < count; i++)
			assert_true(fabs(w[i] - wanted[i]) <= 1e-6 * fmax(0.1, fabs(wanted[i])));
		free(wanted);
		net_free(net);
	}
	if (!cut || !left)
		fail_msg("%d cut, %d left", cut, left);
}

/* One step of sgd with rate 1 moves the weights by exactly what was left of the gradient. */
static double moved_squares(const struct net_clip *clip, double *largest)
{
	const struct optimizer_choice sgd = {.optimizer = "sgd", .rate = 1};
	struct net_spec spec = plain_spec("tanh", 3, 6, "mse");
	struct net *net = net_of(&spec, 20, 0);
	size_t count;
	double squares = 0, reported = 0;
	uint64_t budget = UINT64_MAX;
	train_pass(net, 20);
	real *w = net_parameters(net, &count), *before = malloc(count * sizeof(*before));

	memcpy(before, w, count * sizeof(*before));
	net_update_begin(net, &sgd, clip, true);
	assert_true(net_update_advance(net, &budget));
	for (size_t i = 0; i < count; i++) {
		double change = (double)w[i] - before[i];
		squares += change * change;
		*largest = fmax(*largest, fabs(change));
		assert_true(net_gradient_of(net, w)[i] == 0);
	}
	for (int l = 1; l <= spec.layers; l++) {
		reported += net_layer_of(net, l)->update_squares;
		assert_true(net_layer_of(net, l)->before_squares > 0);
		/* without normalization and learned slope, these stay as they were */
		if (l < spec.layers)
			assert_true(*net_layer_of(net, l)->slope == (real)0.25);
	}
	assert_true(reported <= squares * 1.0001 && reported > squares * 0.5);
	free(before);
	net_free(net);
	return squares;
}

static void clipping_cuts_the_norm_or_the_entries(void **state)
{
	const struct net_clip none = {0}, keras = {.norm = 0.01, .keras = true};
	const struct net_clip pytorch = {.norm = 0.01}, high = {.norm = 1e6};
	const struct net_clip value = {.value = 1e-3};
	double free_largest = 0, largest = 0, cut = 0;
	double free_squares = moved_squares(&none, &free_largest);
	(void)state;
	assert_true(sqrt(free_squares) > 0.02);
	assert_true(fabs(sqrt(moved_squares(&keras, &largest)) - 0.01) < 1e-6);
	assert_true(fabs(sqrt(moved_squares(&pytorch, &largest)) -
					0.01 * sqrt(free_squares) / (sqrt(free_squares) + 1e-6)) < 1e-7);
	assert_true(moved_squares(&high, &largest) == free_squares);
	moved_squares(&value, &cut);
	assert_true(cut <= 1.001e-3 && free_largest > 2e-3);
}

/* Batches are weighted by size, or a small last batch would spoil the variance. */
static void calibration_averages_over_the_samples(void **state)
{
	struct net_spec spec = plain_spec("tanh", 2, 5, "ce");
	(void)state;
	spec.normalization = "batch";
	struct net *net = net_of(&spec, 40, 0.3);
	const struct net_layer *layer = net_layer_of(net, 1);
	double mean[5] = {0};

	for (int first = 0; first < 41; first += 40) {
		int rows = first ? 1 : 40;
		fill(net, first, rows);
		for (int unit = 0; unit < 5; unit++)
			for (int i = 0; i < rows; i++)
				for (int f = 0; f < 3; f++)
					mean[unit] += (double)layer->weight[unit * 3 + f] / 41 *
						net_input(net)[f * (rows > 1 ? 48 : 16) + i];
		run(net, NET_CALIBRATE, first + rows, UINT64_MAX, NULL);
	}
	for (int unit = 0; unit < 5; unit++)
		assert_near((double)layer->running_mean[unit], mean[unit] + layer->bias[unit], 1);
	net_free(net);
}

static void slices_of_initialization_draw_the_same_weights(void **state)
{
	const struct initializer_parameters parameters = {.gain = 1};
	struct net_spec spec = plain_spec("tanh", 3, 30, "ce");
	struct net *one = net_of(&spec, 1, 0), *two = net_new(kernels_find(NULL), &spec, 1);
	uint64_t budget = 1;
	(void)state;
	net_initialize_begin(two, initializer_find("he-normal"), &parameters, 5, 1, 4);
	while (!net_initialize_advance(two, &budget))
		budget = 1;
	assert_same_parameters(one, two);
	net_free(one);
	net_free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_times_gradients_add_up_alike_in_every_layer),
		cmocka_unit_test(gradients_through_scaled_branches_are_those_of_differences),
		cmocka_unit_test(permuting_units_permutes_gradients_and_nothing_else),
		cmocka_unit_test(a_factor_can_move_from_one_relu_layer_to_the_next),
		cmocka_unit_test(gradients_are_of_the_mean_over_the_total),
		cmocka_unit_test(two_passes_make_one_gradient),
		cmocka_unit_test(a_sample_gives_the_same_bits_in_any_batch),
		cmocka_unit_test(earlier_batches_leave_no_trace),
		cmocka_unit_test(a_broken_sample_stays_alone),
		cmocka_unit_test(interruptions_change_nothing),
		cmocka_unit_test(interrupted_updates_change_nothing),
		cmocka_unit_test(each_tensor_is_cut_by_its_own_norm),
		cmocka_unit_test(clipping_cuts_the_norm_or_the_entries),
		cmocka_unit_test(calibration_averages_over_the_samples),
		cmocka_unit_test(slices_of_initialization_draw_the_same_weights),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
